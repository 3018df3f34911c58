//! As much of HTTP as the stories need: one request, one answer, then the connection ends.

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// An answer: its status, its headers as they came, and its body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The first header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(':'));
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// Asks the server at `authority` (`127.0.0.1:4010`). `headers` are whole lines. An error means that nobody listens.
pub(crate) async fn ask(
    authority: &str,
    method: &str,
    path: &str,
    headers: &[&str],
    body: &str,
) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(authority).await?;
    let (first, host) = (format!("{method} {path} HTTP/1.1"), format!("Host: {authority}"));
    let length = format!("Content-Length: {}", body.len());
    let own = [&*first, &*host, &*length, "User-Agent: story", "Connection: close"];
    let request = [&own, headers, &["", body]].concat().join("\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await? == 0 {
            return Err(std::io::Error::other("no whole answer"));
        }
    }
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| std::io::Error::other("no status line"))?;
    let mut answer = Answer { status, head, body: String::new() };
    // Not every server closes the connection as it was asked to.
    let length = answer.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(u64::MAX);
    stream.take(length).read_to_string(&mut answer.body).await?;
    Ok(answer)
}

/// Sends one request line as it is, without any care, and tells all that came back. Who hangs up has answered nothing.
pub(crate) async fn ask_carelessly(authority: &str, target: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(authority).await?;
    let head = format!("GET {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    let mut answer = Vec::new();
    if stream.write_all(head.as_bytes()).await.is_ok() {
        let _hung_up = stream.read_to_end(&mut answer).await;
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

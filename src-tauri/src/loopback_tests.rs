//! Good and hostile requests over a real socket.

#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;

struct Receiver {
    port: u16,
    links: UnboundedReceiver<String>,
    listening: Listening,
}

impl Receiver {
    fn start(reception: LinkReception) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, links) = unbounded_channel();
        let listening = super::start(listener, move |link| {
            sender.send(link).unwrap();
            std::future::ready(reception)
        })
        .unwrap();
        Self { port, links, listening }
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))).await
    }

    async fn ask(&self, request: &[u8]) -> String {
        let mut stream = self.connect().await.unwrap();
        // The other end may close before it has read everything.
        let _closed_early = stream.write_all(request).await;
        let mut answer = Vec::new();
        let _reset = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    }

    fn get(&self, target: &str) -> String {
        format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAccept: */*\r\n\r\n", self.port)
    }
}

#[tokio::test]
async fn the_link_is_handed_over_whole_and_answered() {
    let mut receiver = Receiver::start(LinkReception::Accepted);
    let answer = receiver.ask(receiver.get("/oauth/callback?code=a%20b&state=c").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(answer.contains("You can close this tab. Narthex is in front again."));
    for header in [
        "Cache-Control: no-store\r\n",
        "Referrer-Policy: no-referrer\r\n",
        "Content-Security-Policy: default-src 'none';",
    ] {
        assert!(answer.contains(header), "{header}");
    }
    assert!(!answer.contains("a%20b") && !answer.contains("a b"));
    let link = receiver.links.recv().await.unwrap();
    assert_eq!(link, format!("http://127.0.0.1:{}/oauth/callback?code=a%20b&state=c", receiver.port));
}

#[tokio::test]
async fn a_link_that_was_not_accepted_is_told_in_words_of_its_own() {
    for (reception, title) in
        [(LinkReception::Ended, "Not signed in"), (LinkReception::Ignored, "Nothing changed")]
    {
        let receiver = Receiver::start(reception);
        let answer = receiver.ask(receiver.get("/oauth/callback?state=x").as_bytes()).await;
        assert!(answer.contains(&format!("<h1>{title}</h1>")), "{answer}");
        assert!(!answer.contains("Back to Narthex"));
    }
}

#[tokio::test]
async fn everything_else_is_not_found_and_hands_nothing_over() {
    let mut receiver = Receiver::start(LinkReception::Accepted);
    let port = receiver.port;
    let host = format!("Host: 127.0.0.1:{port}\r\n");
    let hostile = [
        receiver.get("/favicon.ico"),
        receiver.get("/"),
        receiver.get("/oauth/callback"),
        receiver.get("/oauth/callback/?code=a"),
        receiver.get("/oauth/callbacks?code=a"),
        receiver.get("//oauth/callback?code=a"),
        receiver.get("/OAuth/callback?code=a"),
        receiver.get("/oauth/callback#?code=a"),
        receiver.get(&format!("http://127.0.0.1:{port}/oauth/callback?code=a")),
        format!("POST /oauth/callback?code=a HTTP/1.1\r\n{host}\r\n"),
        format!("HEAD /oauth/callback?code=a HTTP/1.1\r\n{host}\r\n"),
        format!("get /oauth/callback?code=a HTTP/1.1\r\n{host}\r\n"),
        format!("GET /oauth/callback?code=a HTTP/2\r\n{host}\r\n"),
        format!("GET /oauth/callback?code=a b HTTP/1.1\r\n{host}\r\n"),
        format!("GET  /oauth/callback?code=a HTTP/1.1\r\n{host}\r\n"),
        format!("GET /oauth/callback?code=a\r\n{host}\r\n"),
        "GET /oauth/callback?code=a HTTP/1.1\r\n\r\n".to_owned(),
        "GET /oauth/callback?code=a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".to_owned(),
        format!("GET /oauth/callback?code=a HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"),
        format!("GET /oauth/callback?code=a HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n"),
        format!("GET /oauth/callback?code=a HTTP/1.1\r\n{host}Host: evil.example\r\n\r\n"),
        format!("GET /oauth/callback?code=a HTTP/1.1\r\n{host}{host}\r\n"),
        format!("GET /oauth/callback?code={} HTTP/1.1\r\n{host}\r\n", "a".repeat(MAX_HEAD_BYTES)),
    ];
    for request in &hostile {
        let answer = receiver.ask(request.as_bytes()).await;
        // A request longer than what is read may be answered by a reset alone.
        let expected = answer.starts_with("HTTP/1.1 404 Not Found\r\n") || request.len() > MAX_HEAD_BYTES;
        assert!(expected, "{request}\n{answer}");
    }
    let not_text = [b"GET /oauth/callback?code=\xff HTTP/1.1\r\n", host.as_bytes(), b"\r\n"].concat();
    assert!(receiver.ask(&not_text).await.starts_with("HTTP/1.1 404"));
    assert!(receiver.links.try_recv().is_err());
}

#[tokio::test]
async fn a_caller_that_says_nothing_does_not_hold_up_the_browser() {
    let mut receiver = Receiver::start(LinkReception::Accepted);
    let mut silent = Vec::new();
    for _ in 0..MAX_CONNECTIONS - 1 {
        silent.push(receiver.connect().await.unwrap());
    }
    let answer = receiver.ask(receiver.get("/oauth/callback?code=a").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(receiver.links.recv().await.is_some());
    drop(silent);
}

#[tokio::test]
async fn the_port_is_closed_when_the_guard_goes() {
    let receiver = Receiver::start(LinkReception::Accepted);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, receiver.port));
    receiver.ask(receiver.get("/").as_bytes()).await;
    drop(receiver.listening);
    // The task ends at its next turn.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_taken_port_is_passed_over() {
    let deliver = |_| std::future::ready(LinkReception::Ignored);
    let (first, _open) = listen(deliver).unwrap();
    let (second, _also_open) = listen(deliver).unwrap();
    assert_ne!(first, second);
    assert!(RedirectUri::ALL.contains(&first) && RedirectUri::ALL.contains(&second));
}

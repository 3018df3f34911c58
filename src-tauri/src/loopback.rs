//! The second way for the browser to come back: a listener on 127.0.0.1 for one address and one sign-in (RFC 8252
//! section 7.3). It answers with fixed pages and repeats nothing of what it was sent.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use app_core::LinkReception;
use pco_client::{LOOPBACK_PORTS, RedirectUri};
use tauri::async_runtime::{JoinHandle, spawn};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;

const MAX_HEAD_BYTES: usize = 8 * 1024;
const MAX_CONNECTIONS: usize = 16;
/// For reading one request, and again for writing its answer.
const LIMIT: Duration = Duration::from_secs(5);
/// How long the browser's tab waits for the sign-in to end; after that it is sent back to the program all the same.
const PATIENCE: Duration = Duration::from_secs(10);

/// Keeps the listener open. Dropping it closes the port; answers being written are still completed.
#[derive(Debug)]
pub struct Listening(JoinHandle<()>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Listens on the first registered port that is free. Each link that arrives goes to `deliver`, whole.
///
/// # Errors
/// When every registered port is in use.
pub fn listen<D, F>(deliver: D) -> io::Result<(RedirectUri, Listening)>
where
    D: Fn(String) -> F + Send + Sync + 'static,
    F: Future<Output = LinkReception> + Send + 'static,
{
    let mut refusal = io::ErrorKind::AddrInUse.into();
    for port in LOOPBACK_PORTS {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => return Ok((RedirectUri::Loopback(port), start(listener, deliver)?)),
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}

fn start<D, F>(listener: TcpListener, deliver: D) -> io::Result<Listening>
where
    D: Fn(String) -> F + Send + Sync + 'static,
    F: Future<Output = LinkReception> + Send + 'static,
{
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    let deliver = Arc::new(deliver);
    Ok(Listening(spawn(async move {
        match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => accept(&listener, port, &deliver).await,
            Err(error) => tracing::warn!(%error, "the return address cannot be listened on"),
        }
    })))
}

async fn accept<D, F>(listener: &tokio::net::TcpListener, port: u16, deliver: &Arc<D>)
where
    D: Fn(String) -> F + Send + Sync + 'static,
    F: Future<Output = LinkReception> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let deliver = Arc::clone(deliver);
                spawn(async move {
                    serve(stream, port, &*deliver).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::debug!(%error, "a connection to the return address failed");
                // Out of file handles, most likely: asking again at once would only burn time.
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve<D, F>(mut stream: TcpStream, port: u16, deliver: &D)
where
    D: Fn(String) -> F,
    F: Future<Output = LinkReception> + Send + 'static,
{
    let Ok(Ok(head)) = timeout(LIMIT, read_head(&mut stream)).await else {
        return;
    };
    let answer = match head.as_deref().and_then(|head| returned_link(head, port)) {
        // A task of its own, so that a closed tab does not cut the sign-in off.
        Some(link) => match timeout(PATIENCE, spawn(deliver(link))).await {
            Ok(Ok(LinkReception::Accepted)) | Err(_) => ACCEPTED,
            Ok(Ok(LinkReception::Ended) | Err(_)) => ENDED,
            Ok(Ok(LinkReception::Ignored)) => IGNORED,
        },
        None => ELSEWHERE,
    };
    let written = timeout(LIMIT, async {
        stream.write_all(answer.to_http().as_bytes()).await?;
        stream.shutdown().await
    });
    if !matches!(written.await, Ok(Ok(()))) {
        tracing::debug!("the browser went away before its answer");
    }
}

/// The request up to its empty line; `None` when it is too long.
async fn read_head(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::with_capacity(1024);
    let mut piece = [0; 1024];
    loop {
        let read = stream.read(&mut piece).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        head.extend_from_slice(&piece[..read]);
        if let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
            head.truncate(end);
            return Ok((end <= MAX_HEAD_BYTES).then_some(head));
        }
        if head.len() > MAX_HEAD_BYTES {
            return Ok(None);
        }
    }
}

/// The address that came back, if the request is a plain `GET` for the redirect address at this very host. The host is
/// checked because a page of another site may point a name of its own at 127.0.0.1.
fn returned_link(head: &[u8], port: u16) -> Option<String> {
    let head = std::str::from_utf8(head).ok()?;
    let mut lines = head.split("\r\n");
    let mut request = lines.next()?.split(' ');
    let (method, target, version) = (request.next()?, request.next()?, request.next()?);
    if method != "GET" || !matches!(version, "HTTP/1.1" | "HTTP/1.0") || request.next().is_some() {
        return None;
    }
    let mut hosts = lines
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.eq_ignore_ascii_case("host"))
        .map(|(_, value)| value.trim_matches([' ', '\t']));
    let host = hosts.next()?;
    let redirect = RedirectUri::Loopback(port).url();
    if host != format!("{}:{port}", Ipv4Addr::LOCALHOST) || hosts.next().is_some() {
        return None;
    }
    let query = target.strip_prefix(redirect.path())?.strip_prefix('?')?;
    Some(format!("{redirect}?{query}"))
}

/// A page that needs nothing from outside itself.
struct Answer {
    status: &'static str,
    title: &'static str,
    sentence: &'static str,
}

const ACCEPTED: Answer = Answer {
    status: "200 OK",
    title: "Back to Narthex",
    sentence: "You can close this tab. Narthex is in front again.",
};
const ENDED: Answer = Answer {
    status: "200 OK",
    title: "Not signed in",
    sentence: "You can close this tab. Narthex is in front again and says why.",
};
const IGNORED: Answer = Answer {
    status: "200 OK",
    title: "Nothing changed",
    sentence: "This sign-in link does not fit the sign-in that is open in Narthex, or it is too old. Go back to Narthex.",
};
const ELSEWHERE: Answer = Answer {
    status: "404 Not Found",
    title: "Nothing here",
    sentence: "This address belongs to Narthex and is only used while signing in.",
};

impl Answer {
    fn to_http(&self) -> String {
        let Self { status, title, sentence } = self;
        let page = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
             <h1>{title}</h1><p>{sentence}</p></html>\n"
        );
        format!(
            "HTTP/1.1 {status}\r\n\
             Content-Type: text/html; charset=utf-8\r\n\
             Content-Length: {}\r\n\
             Cache-Control: no-store\r\n\
             Referrer-Policy: no-referrer\r\n\
             Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\
             X-Content-Type-Options: nosniff\r\n\
             Connection: close\r\n\r\n{page}",
            page.len()
        )
    }
}

#[cfg(test)]
#[path = "loopback_tests.rs"]
mod tests;

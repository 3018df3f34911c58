//! For the tests beside this code: answers calls on a loopback port from one function, and counts them. The
//! stories with a whole Planning Center are elsewhere; these need single answers, such as one that breaks
//! off.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use url::Url;

/// What the function answers: a status with a body, or a connection that breaks off.
pub(super) enum Canned {
    Json(u16, String),
    Html(u16),
    Cut,
}

pub(super) struct CannedServer {
    pub(super) base: Url,
    calls: Arc<Mutex<Vec<String>>>,
}

impl CannedServer {
    /// `answer` gets the path and the body of each call, one at a time.
    pub(super) fn start(answer: impl Fn(&str, &str) -> Canned + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let calls = Arc::<Mutex<Vec<String>>>::default();
        let log = Arc::clone(&calls);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some((path, body)) = read(&stream) else { continue };
                log.lock().unwrap().push(format!("{path} {body}"));
                let (status, kind, body) = match answer(&path, &body) {
                    Canned::Json(status, body) => (status, "application/json", body),
                    Canned::Html(status) => {
                        (status, "text/html", "<html>Welcome to the hotel</html>".to_owned())
                    }
                    Canned::Cut => continue,
                };
                let length = body.len();
                let head =
                    format!("HTTP/1.1 {status} Canned\r\nContent-Type: {kind}\r\nContent-Length: {length}");
                write!(stream, "{head}\r\nConnection: close\r\n\r\n{body}").ok();
            }
        });
        Self { base, calls }
    }

    /// Calls so far whose path starts so, as `path body`.
    pub(super) fn calls(&self, path: &str) -> Vec<String> {
        self.calls.lock().unwrap().iter().filter(|call| call.starts_with(path)).cloned().collect()
    }
}

/// Token endpoint's answer with these names in it.
pub(super) fn tokens(access: &str, refresh: &str) -> Canned {
    Canned::Json(
        200,
        format!(
            r#"{{"access_token":"{access}","token_type":"Bearer","expires_in":7200,"refresh_token":"{refresh}","scope":"people services","created_at":1795000000}}"#
        ),
    )
}

/// Refusal of a dead grant.
pub(super) fn invalid_grant() -> Canned {
    Canned::Json(400, r#"{"error":"invalid_grant","error_description":"dead"}"#.to_owned())
}

fn read(stream: &TcpStream) -> Option<(String, String)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, String::from_utf8(body).ok()?))
}

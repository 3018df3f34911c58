//! A tap in the line between the program and the server. It writes down every secret that runs through it, and can be
//! shut for some requests.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Where each kind of secret begins on the wire, and how many there must be of it by the end of a sign-in.
const SECRETS: [&str; 5] = [CODE, "code_verifier=", ACCESS, "\"refresh_token\":\"", "authorization: Bearer "];
const CODE: &str = "code=";
const ACCESS: &str = "\"access_token\":\"";

/// Listens in the server's place until dropped; then nobody answers there any more.
pub(crate) struct Tap {
    address: String,
    heard: Arc<Mutex<Vec<u8>>>,
    shut_for: watch::Sender<Option<String>>,
    lines: JoinHandle<()>,
}

impl Tap {
    /// Listens in place of the server at `authority`.
    pub(crate) async fn on(authority: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let shut_for = watch::Sender::new(None);
        let lines = listen(listener, authority.to_owned(), Arc::clone(&heard), shut_for.subscribe());
        Self { address, heard, shut_for, lines: tokio::spawn(lines) }
    }

    /// Lets requests with these words in them wait from now on, instead of any it was shut for before.
    pub(crate) fn shut(&self, words: &str) {
        self.shut_for.send_replace(Some(words.to_owned()));
    }

    /// Lets everything through again, and first of all what waits.
    pub(crate) fn open(&self) {
        self.shut_for.send_replace(None);
    }

    /// `http://127.0.0.1:<port>`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Every code, verifier and token that was sent or answered. Panics if a kind of them never came through: then
    /// nothing is proved by not finding it elsewhere.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let mut secrets: Vec<String> = SECRETS
            .iter()
            .flat_map(|beginning| {
                let found = self.beginning_with(beginning);
                assert!(!found.is_empty(), "no {beginning} came through");
                found
            })
            .collect();
        secrets.sort();
        secrets.dedup();
        secrets
    }

    /// The authorization codes among them, which the desktop hands to the program in the open.
    pub(crate) fn codes(&self) -> Vec<String> {
        self.beginning_with(CODE)
    }

    /// How often tokens were given out.
    pub(crate) fn grants(&self) -> usize {
        self.beginning_with(ACCESS).len()
    }

    fn beginning_with(&self, words: &str) -> Vec<String> {
        let heard = String::from_utf8_lossy(&self.heard.lock().unwrap()).into_owned();
        let secret_at = |(at, _)| {
            let rest = &heard[at + words.len()..];
            let end = rest.find(|sign: char| !(sign.is_ascii_alphanumeric() || "-._~".contains(sign)));
            rest[..end.unwrap_or(rest.len())].to_owned()
        };
        // `code=` is also the end of other words.
        heard.match_indices(words).map(secret_at).filter(|secret| secret.len() >= 20).collect()
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.lines.abort();
    }
}

async fn listen(
    listener: TcpListener,
    authority: String,
    heard: Arc<Mutex<Vec<u8>>>,
    shut_for: watch::Receiver<Option<String>>,
) {
    let mut lines = tokio::task::JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        let Ok(far) = TcpStream::connect(&authority).await else { continue };
        let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
        lines.spawn(pass(from_near, to_far, Arc::clone(&heard), Some(shut_for.clone())));
        lines.spawn(pass(from_far, to_near, Arc::clone(&heard), None));
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    heard: Arc<Mutex<Vec<u8>>>,
    mut shut_for: Option<watch::Receiver<Option<String>>>,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length) = from.read(&mut buffer).await {
        let bytes = &mut buffer[..length];
        if let Some(shut_for) = &mut shut_for {
            ask_for_plain_text(bytes);
            let text = String::from_utf8_lossy(bytes);
            let is_open = |words: &Option<String>| words.as_ref().is_none_or(|words| !text.contains(words));
            let _gone_with_the_tap = shut_for.wait_for(is_open).await;
        }
        if length == 0 || to.write_all(bytes).await.is_err() {
            break;
        }
        heard.lock().unwrap().extend_from_slice(bytes);
    }
    let _already_closed = to.shutdown().await;
}

/// Takes the wish for compression out of a request, in place: what nobody can read in the line would not be written down.
fn ask_for_plain_text(request: &mut [u8]) {
    const WISH: &[u8] = b"\r\naccept-encoding: ";
    if let Some(at) = request.windows(WISH.len()).position(|words| words.eq_ignore_ascii_case(WISH)) {
        request[at + 2] = b'x';
    }
}

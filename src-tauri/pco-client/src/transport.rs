//! The wire beneath OAuth and API calls alike: which base addresses are allowed, how the HTTP
//! client is set up, how a body is read, and how a failure is sorted.

use std::error::Error;
use std::io;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use reqwest::redirect::Policy;
use url::{Host, Url};

use crate::error::{ApiError, Unreachable};

/// Longest body that is read, after decompression: a page of a hundred people with everything
/// included is a tenth of it.
pub(crate) const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// Time limits of one HTTP call.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connect: Duration,
    /// Longest silence between two pieces of the answer.
    pub(crate) stall: Duration,
    pub(crate) whole: Duration,
}

/// A complete answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Why there is no complete answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Unreachable(Unreachable),
    #[error("the server's certificate was refused")]
    Certificate,
    #[error("the answer is too large")]
    TooLarge,
}

/// Whether requests with secrets may go to `base`: https to a named host, or http to a loopback IP
/// literal (the practice church). `localhost` is a name that others may answer to, so it is not one.
fn is_allowed_base(base: &Url) -> bool {
    let is_origin = base.username().is_empty()
        && base.password().is_none()
        && base.path() == "/"
        && base.query().is_none()
        && base.fragment().is_none();
    is_origin
        && match base.scheme() {
            "https" => base.has_host(),
            "http" => is_loopback(base),
            _ => false,
        }
}

pub(crate) fn is_loopback(base: &Url) -> bool {
    match base.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    }
}

/// Refuses a base to which requests with secrets may not go.
pub(crate) fn check_base(base: &Url) -> Result<(), ApiError> {
    if is_allowed_base(base) { Ok(()) } else { Err(refused()) }
}

/// An HTTP client for `base`, if requests with secrets may go there.
pub(crate) fn checked_client(
    base: &Url,
    user_agent: &str,
    limits: Limits,
) -> Result<reqwest::Client, ApiError> {
    check_base(base)?;
    http_client(base, user_agent, limits).map_err(|_| refused())
}

fn refused() -> ApiError {
    ApiError::Address { template: "base".to_owned() }
}

/// An HTTP client for `base`: no redirects, no cookies, no retries beneath ours, https only unless
/// `base` is a loopback address, and then no proxy. Reads the computer's certificates, which takes some milliseconds.
pub(crate) fn http_client(
    base: &Url,
    user_agent: &str,
    limits: Limits,
) -> Result<reqwest::Client, reqwest::Error> {
    builder(base, user_agent, limits).build()
}

fn builder(base: &Url, user_agent: &str, limits: Limits) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .user_agent(user_agent)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(limits.connect)
        .read_timeout(limits.stall)
        .timeout(limits.whole);
    if is_loopback(base) { builder.no_proxy() } else { builder.https_only(true) }
}

/// Reads an answer piece by piece, so that a compressed flood is cut off at `longest` bytes.
pub(crate) async fn read(mut response: reqwest::Response, longest: usize) -> Result<Answer, Failure> {
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| sort(&error))? {
        if body.len() + piece.len() > longest {
            return Err(Failure::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(Answer { status, headers, body })
}

/// Sorts a failed send or read by its cause.
pub(crate) fn sort(error: &reqwest::Error) -> Failure {
    if is_certificate(error) {
        return Failure::Certificate;
    }
    Failure::Unreachable(if error.is_dns() {
        Unreachable::Name
    } else if error.is_connect() {
        Unreachable::Connect
    } else if error.is_timeout() {
        Unreachable::Timeout
    } else {
        Unreachable::Reset
    })
}

fn is_certificate(error: &(dyn Error + 'static)) -> bool {
    let mut link = Some(error);
    while let Some(current) = link {
        if current.downcast_ref::<rustls::Error>().is_some_and(is_distrust) {
            return true;
        }
        // An io::Error gives the source of what it wraps as its own, and so hides what it wraps.
        link = match current.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => current.source(),
        };
    }
    false
}

/// A verdict on the server that a second attempt would only repeat.
fn is_distrust(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::InvalidCertificate(_)
            | rustls::Error::NoCertificatesPresented
            | rustls::Error::PeerIncompatible(_)
            | rustls::Error::UnsupportedNameType
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::net::{Ipv6Addr, SocketAddr};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpSocket, TcpStream};

    use super::*;

    #[test]
    fn only_https_and_loopback_literals_are_bases() {
        let allowed = [
            "https://api.planningcenteronline.com",
            "https://api.planningcenteronline.com/",
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:9",
        ];
        for base in allowed {
            assert!(is_allowed_base(&Url::parse(base).unwrap()), "{base}");
        }
        let refused = [
            "http://api.planningcenteronline.com",
            "http://localhost:8080",
            "http://192.168.1.2",
            "http://0.0.0.0:80",
            "http://127.0.0.1.example.org",
            "https://user@api.planningcenteronline.com",
            "https://user:word@api.planningcenteronline.com",
            "https://api.planningcenteronline.com/people",
            "https://api.planningcenteronline.com/?a=b",
            "https://api.planningcenteronline.com/#a",
            "ftp://127.0.0.1/",
            "org.narthex.desktop:/oauth/callback",
        ];
        for base in refused {
            assert!(!is_allowed_base(&Url::parse(base).unwrap()), "{base}");
        }
    }

    /// What becomes of a request to a server that sends `answer` and then keeps silent.
    async fn failure_after(answer: &'static str) -> Failure {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
            stream.write_all(answer.as_bytes()).await.unwrap();
            std::future::pending::<()>().await;
        };
        let limits = Limits {
            connect: Duration::from_secs(5),
            stall: Duration::from_millis(30),
            whole: Duration::from_secs(5),
        };
        let http = http_client(&base, "test", limits).unwrap();
        let request = async {
            match http.get(base.clone()).send().await {
                Ok(response) => read(response, MAX_BODY_BYTES).await.map(|answer| answer.status),
                Err(error) => Err(sort(&error)),
            }
        };
        tokio::select! {
            result = request => result.unwrap_err(),
            () = server => unreachable!("the server stays silent"),
        }
    }

    #[tokio::test]
    async fn silence_before_or_within_an_answer_is_a_timeout() {
        for answer in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"] {
            let failure = failure_after(answer).await;
            assert_eq!(failure, Failure::Unreachable(Unreachable::Timeout), "{answer:?}");
        }
    }

    #[tokio::test]
    async fn an_answer_that_only_drips_is_a_timeout_too() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 999999\r\n\r\n").await.unwrap();
            // Never silent for long.
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            std::future::pending::<()>().await;
        };
        let patient = Duration::from_secs(30);
        let limits = Limits { connect: patient, stall: patient, whole: Duration::from_millis(100) };
        let http = http_client(&base, "test", limits).unwrap();
        let request = async {
            let response = http.get(base.clone()).send().await.unwrap();
            read(response, MAX_BODY_BYTES).await.map(|answer| answer.status)
        };
        tokio::select! {
            result = request => assert_eq!(result, Err(Failure::Unreachable(Unreachable::Timeout))),
            () = server => unreachable!("the server goes on dripping"),
        }
    }

    /// An address at which nobody says a word, because the one connection that has room there waits already (the kernel
    /// drops what comes then); and what keeps it so. `None` on a computer without IPv6.
    async fn black_hole() -> Option<(SocketAddr, (TcpListener, TcpStream))> {
        let socket = TcpSocket::new_v6().ok()?;
        socket.bind((Ipv6Addr::LOCALHOST, 0).into()).ok()?;
        let listener = socket.listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let waiting = TcpStream::connect(address).await.unwrap();
        Some((address, (listener, waiting)))
    }

    #[tokio::test]
    #[allow(clippy::print_stderr, reason = "a test that was not run says so")]
    async fn a_black_hole_on_ipv6_is_gone_around_on_ipv4() {
        let Some((hole, _kept)) = black_hole().await else {
            return eprintln!("NOT TRIED: this computer has no IPv6");
        };
        let patient = Duration::from_secs(30);
        let limits = |connect| Limits { connect, stall: patient, whole: patient };
        let ask = async |addresses: &[SocketAddr], connect| {
            let base = Url::parse("https://api.church.test").unwrap();
            let http = builder(&base, "test", limits(connect)).no_proxy();
            let http = http.resolve_to_addrs("api.church.test", addresses).build().unwrap();
            sort(&http.get(base).send().await.unwrap_err())
        };
        let silent = ask(&[hole], Duration::from_millis(100)).await;
        assert_eq!(silent, Failure::Unreachable(Unreachable::Connect), "this is no black hole");

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addresses = [hole, listener.local_addr().unwrap()];
        tokio::select! {
            failure = ask(&addresses, Duration::from_secs(3)) => panic!("no way around it: {failure:?}"),
            accepted = listener.accept() => assert!(accepted.is_ok()),
        }
    }

    #[test]
    fn a_bad_certificate_is_found_however_deep_it_lies() {
        let expired = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        let wrapped = io::Error::new(io::ErrorKind::InvalidData, expired.clone());
        assert!(is_certificate(&expired));
        assert!(is_certificate(&wrapped));
        // As it comes out of the connector.
        assert!(is_certificate(&io::Error::other(wrapped)));
        let cut = rustls::Error::AlertReceived(rustls::AlertDescription::InternalError);
        assert!(!is_certificate(&io::Error::new(io::ErrorKind::InvalidData, cut)));
        assert!(!is_certificate(&io::Error::from(io::ErrorKind::ConnectionReset)));
    }
}

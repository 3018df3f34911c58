//! A second port with certificates that are wrong on purpose, so that a client can be seen to refuse them (F23).

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

use crate::door::{self, Speech};
use crate::server::Shared;

/// What the second port shows. All but [`Certificate::Valid`] must be refused, each for the one reason it names:
/// in everything else it is as the valid one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certificate {
    /// Good for 127.0.0.1 and localhost, for whoever trusts the test authority.
    Valid,
    /// Its time ended in 2021.
    Expired,
    /// Its time begins in 2090.
    NotYetValid,
    /// It is for another host.
    WrongName,
    /// It vouches for itself.
    SelfSigned,
    /// It comes from an authority of the same name whose key nobody trusts.
    UnknownAuthority,
    /// It is for clients, not for servers.
    WrongPurpose,
    /// It is an authority's own certificate.
    AuthorityAsServer,
    /// The certificate between it and the authority is not sent.
    BrokenChain,
    /// Its signature does not fit its contents.
    TamperedSignature,
    /// No certificate at all: the server knows nothing newer than TLS 1.1.
    Tls11,
}

/// Why the second port could not open.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A certificate could not be made.
    #[error("no certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library does not take what was made.
    #[error("no TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// No port is free.
    #[error("no port: {0}")]
    Port(#[from] std::io::Error),
}

/// The second port.
pub(crate) struct Port {
    /// Scheme, host and port.
    pub(crate) address: String,
    pub(crate) offer: Arc<Offer>,
}

/// Shows a certificate on the second port, which opens when it is first asked for. The answer is its address.
pub(crate) fn offer(shared: &Arc<Shared>, certificate: Certificate) -> Result<String, TlsError> {
    let mut port = shared.tls();
    if let Some(port) = &*port {
        port.offer.show(certificate)?;
        return Ok(port.address.clone());
    }
    let _entered = shared.runtime.enter();
    let offer = Arc::new(Offer::new(certificate)?);
    let listener = door::listen(0)?;
    let address = format!("https://{}", listener.local_addr()?);
    door::open(listener, Speech::Https(Arc::clone(&offer)), shared);
    *port = Some(Port { address: address.clone(), offer });
    Ok(address)
}

/// The test authority, and what the second port shows at present.
pub(crate) struct Offer {
    authority: Authority,
    shown: Mutex<Shown>,
    /// Handshakes that both sides completed.
    handshakes: AtomicU64,
    /// Bytes of the application received, after decryption.
    bytes: Arc<AtomicU64>,
}

enum Shown {
    Tls(Arc<ServerConfig>),
    Tls11,
}

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Result<Self, TlsError> {
        let key = KeyPair::generate()?;
        let params = authority_params();
        let pem = params.self_signed(&key)?.pem();
        Ok(Self { issuer: Issuer::new(params, key), pem })
    }
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Emulator Test Authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2099, 1, 1));
    params
}

fn server_params(names: Vec<String>) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "Emulator");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2099, 1, 1));
    Ok(params)
}

impl Offer {
    pub(crate) fn new(certificate: Certificate) -> Result<Self, TlsError> {
        let authority = Authority::new()?;
        let shown = Mutex::new(shown(&authority, certificate)?);
        Ok(Self { authority, shown, handshakes: AtomicU64::new(0), bytes: Arc::default() })
    }

    /// Shows another certificate to the connections that come from now on.
    pub(crate) fn show(&self, certificate: Certificate) -> Result<(), TlsError> {
        let shown = shown(&self.authority, certificate)?;
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = shown;
        Ok(())
    }

    /// Handshakes completed, and bytes of the application received.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.handshakes.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed))
    }

    /// What counts the bytes of the application that come in.
    pub(crate) fn byte_counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.bytes)
    }

    /// The certificate of the test authority, as PEM.
    pub(crate) fn authority_pem(&self) -> &str {
        &self.authority.pem
    }

    /// None when the client did not accept what it was shown.
    pub(crate) async fn shake_hands(&self, mut stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        let config = match &*self.shown.lock().unwrap_or_else(PoisonError::into_inner) {
            Shown::Tls(config) => Some(Arc::clone(config)),
            Shown::Tls11 => None,
        };
        let Some(config) = config else {
            if let Err(error) = greet_in_tls_1_1(&mut stream).await {
                tracing::debug!(%error, "a client left during the handshake");
            }
            return None;
        };
        let outcome = TlsAcceptor::from(config).accept(stream).await;
        match outcome {
            Ok(stream) => {
                self.handshakes.fetch_add(1, Ordering::Relaxed);
                Some(stream)
            }
            Err(error) => {
                tracing::debug!(%error, "a client refused the certificate");
                None
            }
        }
    }
}

fn shown(authority: &Authority, certificate: Certificate) -> Result<Shown, TlsError> {
    if certificate == Certificate::Tls11 {
        return Ok(Shown::Tls11);
    }
    let key = KeyPair::generate()?;
    let chain = chain(authority, certificate, &key)?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let signing_key =
        provider.key_provider.load_private_key(PrivateKeyDer::Pkcs8(key.serialize_der().into()))?;
    // Handed over unchecked: the library would refuse some of these certificates by itself.
    let certified = Always(Arc::new(CertifiedKey::new(chain, signing_key)));
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(certified));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Shown::Tls(Arc::new(config)))
}

fn chain(
    authority: &Authority,
    certificate: Certificate,
    key: &KeyPair,
) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let here = vec!["localhost".to_owned(), Ipv4Addr::LOCALHOST.to_string()];
    let mut params = server_params(here)?;
    let signed = match certificate {
        Certificate::Valid | Certificate::Tls11 => params.signed_by(key, &authority.issuer)?,
        Certificate::Expired => {
            params.not_after = date_time_ymd(2021, 1, 1);
            params.signed_by(key, &authority.issuer)?
        }
        Certificate::NotYetValid => {
            params.not_before = date_time_ymd(2090, 1, 1);
            params.signed_by(key, &authority.issuer)?
        }
        Certificate::WrongName => {
            server_params(vec!["elsewhere.example".to_owned()])?.signed_by(key, &authority.issuer)?
        }
        Certificate::SelfSigned => params.self_signed(key)?,
        Certificate::UnknownAuthority => params.signed_by(key, &Authority::new()?.issuer)?,
        Certificate::WrongPurpose => {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            params.signed_by(key, &authority.issuer)?
        }
        Certificate::AuthorityAsServer => {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.key_usages.push(KeyUsagePurpose::KeyCertSign);
            params.signed_by(key, &authority.issuer)?
        }
        Certificate::BrokenChain => {
            let mut between = authority_params();
            between.distinguished_name.push(DnType::CommonName, "Emulator Test Authority, second");
            params.signed_by(key, &Issuer::new(between, KeyPair::generate()?))?
        }
        Certificate::TamperedSignature => {
            let mut bytes = params.signed_by(key, &authority.issuer)?.der().to_vec();
            // The signature stands last; another lowest bit keeps its form and spoils its value.
            if let Some(last) = bytes.last_mut() {
                *last ^= 1;
            }
            return Ok(vec![bytes.into()]);
        }
    };
    Ok(vec![signed.der().clone()])
}

/// Shows one certificate to everybody.
#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// A server hello in TLS 1.1 (RFC 4346), with a cipher suite of its time. The client has to end it there.
async fn greet_in_tls_1_1(stream: &mut TcpStream) -> std::io::Result<()> {
    const HELLO: [u8; 6] = [0x02, 0x00, 0x00, 0x26, 0x03, 0x02];
    const SUITE: [u8; 4] = [0x00, 0x00, 0x2f, 0x00];
    let mut heard = [0; 512];
    let mut length = stream.read(&mut heard).await?;
    let handshake = [HELLO.as_slice(), &[0x5a; 32], &SUITE].concat();
    let record = [&[0x16, 0x03, 0x02, 0x00, 0x2a], handshake.as_slice()].concat();
    stream.write_all(&record).await?;
    // The rest of its hello and its alert, until it leaves.
    while length > 0 {
        length = stream.read(&mut heard).await?;
    }
    Ok(())
}

//! Servers that would have the token go elsewhere: by links, by redirects, behind certificates that prove nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use pco_client::{
    AccessToken, AccessTokens, ApiError, Client, ClientConfig, Connections, Lane, Product, Query, RateGate,
    TokenError,
};
use pco_emulator::{Certificate, Fault, FaultKind, Rotation};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use url::Url;

use crate::Scale;
use crate::callbacks::Random;
use crate::ground::Ground;
use crate::table::{Table, Tally};

pub(crate) async fn run(table: &mut Table, scale: Scale, seed: u64) {
    let tries = scale.of(40, 250, 250);
    let elsewhere = "0 requests anywhere else";
    table.row(
        "T13 links",
        "links.next and links.self that lead elsewhere",
        elsewhere,
        links(tries, seed).await,
    );
    table.row("T13 redirects", "301 to 308 that lead elsewhere", elsewhere, redirects(tries, seed).await);
    table.row("T14", "bad certificates and old TLS", "refused, 0 bytes sent", certificates().await);
}

/// A place that no token may reach. It counts whoever comes.
struct Elsewhere {
    address: String,
    visits: Arc<AtomicUsize>,
}

impl Elsewhere {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let visits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&visits);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 1024]).await;
            }
        });
        Self { address, visits }
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }

    /// An address that looks like the server's own and leads here, or nowhere good.
    fn lure(&self, own: &Url, random: &mut Random) -> String {
        let (here, port) = (&self.address, self.address.rsplit(':').next().unwrap());
        let own = own.authority();
        let path = "people/v2/people?offset=100&per_page=100";
        match random.below(12) {
            0 => format!("http://{here}/{path}"),
            1 => format!("//{here}/{path}"),
            2 => format!("http://{own}@{here}/{path}"),
            3 => format!("http://{here}/{path}#{own}"),
            4 => format!("http://localhost:{port}/{path}"),
            5 => format!("http://[::ffff:127.0.0.1]:{port}/{path}"),
            6 => format!("http://127.1:{port}/{path}"),
            7 => format!("http:\\\\{here}\\{path}"),
            8 => format!("https://{here}/{path}"),
            9 => format!("http://\u{ff11}27.0.0.1:{port}/{path}"),
            10 => format!("HTTP://{here}/%2e%2e/{path}"),
            _ => format!("http://{here}/x{}?{path}", random.next()),
        }
    }
}

async fn links(tries: usize, seed: u64) -> Tally {
    let (ground, elsewhere, mut random) =
        (Ground::new(Rotation::Strict).await, Elsewhere::open().await, Random(seed));
    let run = ground.signed_in().await;
    let client = run.client();
    let people = Query::new(Product::People, "people").fields("Person", &["name"]).per_page(100);
    let mut tally = Tally::default();
    for _ in 0..tries {
        let lure = elsewhere.lure(ground.emulator.url(), &mut random);
        let body = serde_json::json!({
            "links": {"self": lure, "next": lure},
            "data": [{"type": "Person", "id": "1", "attributes": {"name": "x"}, "links": {"self": lure}}],
            "included": [],
            "meta": {"total_count": 101, "count": 1, "next": {"offset": 100}},
        });
        let kind = FaultKind::Body { status: 200, text: body.to_string() };
        ground.emulator.add_fault(Fault { times: Some(1), ..Fault::new("/people/v2/people", kind) });
        let mut walk = client.walk(Lane::Person, &people);
        while let Ok(Some(_)) = walk.next().await {}
        ground.emulator.clear_faults();
        tally.count(elsewhere.visits() == 0);
    }
    tally
}

async fn redirects(tries: usize, seed: u64) -> Tally {
    let (ground, elsewhere, mut random) =
        (Ground::new(Rotation::Strict).await, Elsewhere::open().await, Random(seed));
    let run = ground.signed_in().await;
    let client = run.client();
    let mut tally = Tally::default();
    for _ in 0..tries {
        let status = [301, 302, 303, 307, 308][random.below(5)];
        let location = elsewhere.lure(ground.emulator.url(), &mut random);
        ground.emulator.add_fault(Fault::new("/people/", FaultKind::Redirect { status, location }));
        let refused = client.get(Lane::Person, &Query::new(Product::People, "me")).await.is_err();
        ground.emulator.clear_faults();
        tally.count(refused && elsewhere.visits() == 0);
    }
    tally
}

struct OneToken;

#[async_trait]
impl AccessTokens for OneToken {
    async fn bearer(&self, _: Option<&AccessToken>) -> Result<AccessToken, TokenError> {
        Ok(AccessToken::new("CNRY-AT-bearer".to_owned()))
    }
}

async fn certificates() -> Tally {
    let ground = Ground::new(Rotation::Strict).await;
    let mut tally = Tally::default();
    for certificate in [
        Certificate::Expired,
        Certificate::NotYetValid,
        Certificate::WrongName,
        Certificate::SelfSigned,
        Certificate::UnknownAuthority,
        Certificate::WrongPurpose,
        Certificate::AuthorityAsServer,
        Certificate::BrokenChain,
        Certificate::TamperedSignature,
        Certificate::Tls11,
    ] {
        let base = ground.emulator.offer_tls(certificate).unwrap();
        let client = Client::new(ClientConfig {
            connections: Connections::to(base, "Narthex-drill/0 (tests)").unwrap(),
            tokens: Arc::new(OneToken),
            gate: Arc::new(RateGate::new()),
        });
        let answer = client.get(Lane::Person, &Query::new(Product::People, "me")).await;
        let refused = matches!(answer, Err(ApiError::Certificate | ApiError::Unreachable(_)));
        tally.count(refused && ground.emulator.counters().tls_bytes == 0);
    }
    tally
}

//! Servers that say nothing, or next to nothing, with the limits that the program has. Their time passes much faster here.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pco_client::{ApiError, Lane, Product, Query, Unreachable};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};
use url::Url;

use crate::server::client_of;

/// The longest that anybody waits for a call.
const LONGEST: Duration = Duration::from_mins(1);
/// What the steps may add in which time passes here, and the work itself.
const MARGIN: Duration = Duration::from_secs(2);
/// In every step the sockets are looked at: without steps time would jump from one limit to the next, past all answers.
const STEP: Duration = Duration::from_millis(10);
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 35\r\n\r\n";
const BODY: &[u8] = br#"{"data":{"type":"Person","id":"1"}}"#;

/// How a server answers on one connection.
#[derive(Clone, Copy)]
enum Manner {
    Silent,
    SilentAfterHead,
    /// A byte a second, and so many bytes that it never ends.
    Drips,
    Late(Duration),
}

#[tokio::test(start_paused = true)]
async fn silence_is_given_up_within_a_minute() {
    for manner in [Manner::Silent, Manner::SilentAfterHead] {
        let asked = ask(vec![manner]).await;
        assert!(matches!(asked.result, Err(ApiError::Unreachable(Unreachable::Timeout))));
        assert!(asked.took < LONGEST, "{:?}", asked.took);
        assert_eq!(asked.connections, 3);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_drips_is_given_up_within_a_minute() {
    for manners in [vec![Manner::Drips], vec![Manner::Silent, Manner::Drips]] {
        let asked = ask(manners).await;
        assert!(matches!(asked.result, Err(ApiError::Unreachable(Unreachable::Timeout))));
        assert!(asked.took < LONGEST + MARGIN, "{:?}", asked.took);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_takes_five_seconds_is_waited_for() {
    let late = Duration::from_secs(5);
    let asked = ask(vec![Manner::Late(late)]).await;
    assert!(asked.result.is_ok() && asked.took < late + MARGIN, "{:?}", asked.took);
    assert_eq!(asked.connections, 1);
}

/// What came of one call.
struct Asked {
    result: Result<(), ApiError>,
    took: Duration,
    connections: usize,
}

/// Asks a server that answers on its connections in these manners, and on all that follow in the last of them.
async fn ask(manners: Vec<Manner>) -> Asked {
    let connections = Arc::new(AtomicUsize::new(0));
    let base = start(manners, Arc::clone(&connections)).await;
    let steps = tokio::spawn(async {
        loop {
            sleep(STEP).await;
        }
    });
    let started = Instant::now();
    let result = client_of(&base).get(Lane::Person, &Query::new(Product::People, "me")).await.map(drop);
    steps.abort();
    Asked { result, took: started.elapsed(), connections: connections.load(Ordering::Relaxed) }
}

async fn start(manners: Vec<Manner>, connections: Arc<AtomicUsize>) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let number = connections.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(answer(stream, manners[number.min(manners.len() - 1)]));
        }
    });
    base
}

/// Goes on until the client has had enough.
async fn answer(mut stream: TcpStream, manner: Manner) {
    assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
    match manner {
        Manner::Silent => {}
        Manner::SilentAfterHead => stream.write_all(HEAD).await.unwrap(),
        Manner::Drips => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 999999\r\n\r\n").await.unwrap();
            while stream.write_all(b" ").await.is_ok() {
                sleep(Duration::from_secs(1)).await;
            }
        }
        Manner::Late(wait) => {
            sleep(wait).await;
            stream.write_all(&[HEAD, BODY].concat()).await.unwrap();
        }
    }
    std::future::pending::<()>().await;
}

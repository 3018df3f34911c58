//! Links that nobody asked for, however they are delivered: none is taken, and none harms the sign-in under way.

use std::sync::Arc;

use app_core::LinkReception;
use app_core::session::Received;
use app_core::session::views::{RedirectChoice, SessionView};
use narthex::loopback;
use pco_emulator::Rotation;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

use crate::Scale;
use crate::callbacks::{Known, generated, written};
use crate::ground::{Ground, Run};
use crate::table::{Table, Tally};

/// The number of links from the grammar; with those written by hand 10,064 are tried on every way in.
const GENERATED: usize = 10_000;
const FORGERIES_BEFORE_EACH: usize = 100;

pub(crate) async fn run(table: &mut Table, scale: Scale, seed: u64) {
    let none = "0 taken, 0 exchanges";
    let links = "hostile links";
    table.row("T1 operating system", links, none, forged(seed, Delivery::System).await);
    table.row("T1 pasted", links, none, forged(seed, Delivery::Pasted).await);
    table.row("T1 local address", links, none, forged_at_the_local_address(seed).await);
    table.row("T1 nobody signs in", links, none, forged_from_nowhere(seed).await);
    let harmed = "0 sign-ins harmed";
    table.row("T2", "100 forgeries before each answer", harmed, interleaved(scale, seed).await);
    table.row("T3", "denials without the state", "still waiting", denials().await);
    table.row("T4", "another person's code, refused", "nothing kept", another_person().await);
    table.row("T6", "the answer once more", "0 exchanges", replays().await);
}

#[derive(Clone, Copy)]
enum Delivery {
    System,
    Pasted,
}

/// Ground with a sign-in that waits, and its true answer.
async fn waiting() -> (Ground, Run, Url) {
    let ground = Ground::new(Rotation::Grace).await;
    let run = ground.start().await;
    let answer = ground.emulator.approve(&run.begin().await).unwrap();
    (ground, run, answer)
}

fn hostile(answer: &Url, ground: &Ground, seed: u64) -> Vec<String> {
    let known = Known::of(answer, ground.emulator.url());
    let mut links = written(&known);
    links.extend(generated(&known, GENERATED, seed));
    links
}

fn is_waiting(run: &Run) -> bool {
    matches!(run.session.status(), SessionView::Waiting { .. })
}

/// The true answer still ends the sign-in well, and nothing but it was exchanged.
async fn ends_well(ground: &Ground, run: &Run, answer: &Url) -> bool {
    let exchanged_before = ground.emulator.counters().tokens_issued;
    let confirm = run.session.receive(answer.as_str()).await == Received::Confirm;
    confirm && exchanged_before == 0
}

async fn forged(seed: u64, delivery: Delivery) -> Tally {
    let (ground, run, answer) = waiting().await;
    let mut tally = Tally::default();
    for link in hostile(&answer, &ground, seed) {
        let received = match delivery {
            Delivery::System => run.session.receive(&link).await,
            // Space around a paste is forgiven, and may have been all that was wrong with it.
            Delivery::Pasted if link.trim() != link => continue,
            Delivery::Pasted => run.session.receive_by_hand(&link).await,
        };
        tally.count(matches!(received, Received::Ignored(_)) && is_waiting(&run));
    }
    if !ends_well(&ground, &run, &answer).await {
        tally.failed += 1;
    }
    tally
}

async fn forged_from_nowhere(seed: u64) -> Tally {
    let (ground, run, answer) = waiting().await;
    run.session.cancel().await;
    let mut tally = Tally::default();
    for link in hostile(&answer, &ground, seed) {
        let received = run.session.receive(&link).await;
        let still_out = matches!(run.session.status(), SessionView::SignedOut { .. });
        tally.count(matches!(received, Received::Ignored(_)) && still_out);
    }
    tally.failed += usize::from(ground.emulator.counters().tokens_issued > 0);
    tally
}

/// Through the listener, as any program or page of this computer can send them.
async fn forged_at_the_local_address(seed: u64) -> Tally {
    let ground = Ground::new(Rotation::Grace).await;
    let run = ground.start().await;
    let session = Arc::clone(&run.session);
    let (redirect, _listening) = loopback::listen(move |link| {
        let session = Arc::clone(&session);
        async move {
            match session.receive(&link).await {
                Received::Ignored(_) => LinkReception::Ignored,
                Received::Ended => LinkReception::Ended,
                Received::Confirm | Received::SameAccount => LinkReception::Accepted,
            }
        }
    })
    .unwrap();
    let listening_at = Url::parse(&redirect.as_str()).unwrap();
    let origin = listening_at.origin().ascii_serialization();
    run.session.start(RedirectChoice::Loopback).await.unwrap();
    let asked = run.host.links().pop().unwrap();
    let answer = ground.emulator.approve(&asked).unwrap();
    let mut tally = Tally::default();
    for link in hostile(&answer, &ground, seed) {
        let target = link.strip_prefix(&origin).unwrap_or(&link);
        let answered = request(&listening_at, target).await;
        tally.count(!answered.contains("Back to Narthex") && is_waiting(&run));
    }
    if !ends_well(&ground, &run, &answer).await {
        tally.failed += 1;
    }
    tally
}

/// Sends one request line as it is, without the care of an HTTP library.
async fn request(address: &Url, target: &str) -> String {
    let authority = address.authority();
    let mut stream = TcpStream::connect(authority).await.unwrap();
    let head = format!("GET {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    let mut answer = Vec::new();
    // A listener that hangs up on nonsense has refused it as well.
    if stream.write_all(head.as_bytes()).await.is_ok() {
        let _ = stream.read_to_end(&mut answer).await;
    }
    String::from_utf8_lossy(&answer).into_owned()
}

async fn interleaved(scale: Scale, seed: u64) -> Tally {
    let mut tally = Tally::default();
    for round in 0..scale.of(20, 200, 200) {
        let (ground, run, answer) = waiting().await;
        let known = Known::of(&answer, ground.emulator.url());
        for link in generated(&known, FORGERIES_BEFORE_EACH, seed + round as u64) {
            run.session.receive(&link).await;
        }
        let confirmed = run.session.receive(answer.as_str()).await == Received::Confirm;
        let saved = match run.session.agree() {
            Ok(agreed) => run.session.save(agreed).await.is_ok(),
            Err(_) => false,
        };
        tally.count(confirmed && saved && run.ask().await.is_ok());
    }
    tally
}

async fn denials() -> Tally {
    let (ground, run, answer) = waiting().await;
    let known = Known::of(&answer, ground.emulator.url());
    let mut tally = Tally::default();
    for error in
        ["access_denied", "server_error", "temporarily_unavailable", "invalid_request", "invalid_scope"]
    {
        for state in ["", "&state=", "&state=x", "&State=", "&state=%20"] {
            let received = run.session.receive(&format!("{}?error={error}{state}", known.address)).await;
            tally.count(matches!(received, Received::Ignored(_)) && is_waiting(&run));
        }
    }
    tally
}

/// Login CSRF: the answer is right, and the person behind it another. The program shows that one, and keeps nothing when
/// told that this is the wrong account.
async fn another_person() -> Tally {
    let ground = Ground::new(Rotation::Grace).await;
    let mut tally = Tally::default();
    for other in ground.emulator.person_ids().into_iter().take(20) {
        let run = ground.start().await;
        let link = run.begin().await;
        ground.emulator.sign_in_as(&other).unwrap();
        let answer = ground.emulator.approve(&link).unwrap();
        let shown = run.session.receive(answer.as_str()).await == Received::Confirm;
        let nothing_kept = ground.secrets.items().is_empty();
        run.session.refuse().await;
        let refused = matches!(run.session.status(), SessionView::SignedOut { .. });
        tally.count(shown && nothing_kept && refused && ground.secrets.items().is_empty());
    }
    tally
}

async fn replays() -> Tally {
    let (ground, run, answer) = waiting().await;
    let mut tally = Tally::default();
    run.session.receive(answer.as_str()).await;
    let exchanged = ground.emulator.counters().tokens_issued;
    for _ in 0..100 {
        let received = run.session.receive(answer.as_str()).await;
        tally.count(
            matches!(received, Received::Ignored(_)) && ground.emulator.counters().tokens_issued == exchanged,
        );
    }
    tally
}

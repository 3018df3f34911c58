//! Attempts to sign in that do not come to their end, and a code in the wrong hands.

use std::time::Duration;

use app_core::session::Received;
use app_core::session::views::SessionView;
use pco_emulator::Rotation;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::{Url, form_urlencoded};

use crate::Scale;
use crate::ground::{Ground, Run};
use crate::table::{Table, Tally};

/// An attempt ends with the second after these.
const ALMOST_TEN_MINUTES: Duration = Duration::from_secs(599);

pub(crate) async fn run(table: &mut Table, scale: Scale) {
    let rounds = scale.of(3, 20, 50);
    table.row(
        "T5",
        "a code without its verifier, with another, as plain",
        "3 refusals each, the real sign-in unharmed",
        stolen(rounds).await,
    );
    table.row(
        "F38 closed",
        "the browser never comes back",
        "over after 10 min, told, link void",
        closed(rounds).await,
    );
    table.row("F38 denied", "denied in the browser", "over at once, told", denied(rounds).await);
    table.row("F38 again", "a second attempt", "the first one's link void", again(rounds).await);
}

fn is_out_and_told(run: &Run) -> bool {
    matches!(run.session.status(), SessionView::SignedOut { can_sign_in: true, notice: Some(_) })
}

/// A new attempt comes to its end.
async fn signs_in(ground: &Ground, run: &Run) -> bool {
    run.sign_in(&ground.emulator).await;
    run.ask().await.is_ok()
}

async fn closed(rounds: usize) -> Tally {
    let mut tally = Tally::default();
    for _ in 0..rounds {
        let ground = Ground::new(Rotation::Strict).await;
        let run = ground.start().await;
        let answer = ground.emulator.approve(&run.begin().await).unwrap();
        ground.clock.advance(ALMOST_TEN_MINUTES);
        let waits = matches!(run.session.status(), SessionView::Waiting { .. });
        ground.clock.advance(Duration::from_secs(1));
        let over = is_out_and_told(&run);
        let void = matches!(run.session.receive(answer.as_str()).await, Received::Ignored(_));
        let nothing_exchanged = ground.emulator.counters().tokens_issued == 0;
        tally.count(waits && over && void && nothing_exchanged && signs_in(&ground, &run).await);
    }
    tally
}

async fn denied(rounds: usize) -> Tally {
    let mut tally = Tally::default();
    for _ in 0..rounds {
        let ground = Ground::new(Rotation::Strict).await;
        let run = ground.start().await;
        let answer = ground.emulator.deny(&run.begin().await).unwrap();
        let ended = run.session.receive(answer.as_str()).await == Received::Ended;
        tally.count(ended && is_out_and_told(&run) && signs_in(&ground, &run).await);
    }
    tally
}

async fn again(rounds: usize) -> Tally {
    let mut tally = Tally::default();
    for _ in 0..rounds {
        let ground = Ground::new(Rotation::Strict).await;
        let run = ground.start().await;
        let first = ground.emulator.approve(&run.begin().await).unwrap();
        let second = ground.emulator.approve(&run.begin().await).unwrap();
        let void = matches!(run.session.receive(first.as_str()).await, Received::Ignored(_));
        let waits = matches!(run.session.status(), SessionView::Waiting { .. });
        let counts = run.session.receive(second.as_str()).await == Received::Confirm;
        tally.count(void && waits && counts && ground.emulator.counters().tokens_issued == 1);
    }
    tally
}

/// Whoever reads the answer on its way has the code, and what stood in the address that the browser was sent to.
async fn stolen(rounds: usize) -> Tally {
    let mut tally = Tally::default();
    for _ in 0..rounds {
        let ground = Ground::new(Rotation::Strict).await;
        let run = ground.start().await;
        let asked = run.begin().await;
        let answer = ground.emulator.approve(&asked).unwrap();
        let challenge = parameter(&asked, "code_challenge");
        let proofs = [
            ("invalid_request", vec![]),
            (
                "invalid_grant",
                vec![("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned())],
            ),
            (
                "invalid_grant",
                vec![("code_verifier", challenge), ("code_challenge_method", "plain".to_owned())],
            ),
        ];
        for (refused, proof) in proofs {
            let mut form = vec![
                ("grant_type", "authorization_code".to_owned()),
                ("code", parameter(&answer, "code")),
                ("redirect_uri", parameter(&asked, "redirect_uri")),
                ("client_id", ground.emulator.client_id().to_owned()),
            ];
            form.extend(proof);
            let answered = post(ground.emulator.url(), "/oauth/token", &form).await;
            tally.count(answered.contains(refused));
        }
        // Whose code it is still signs in.
        let confirm = run.session.receive(answer.as_str()).await == Received::Confirm;
        tally.failed += usize::from(!confirm || ground.emulator.counters().tokens_issued != 1);
    }
    tally
}

fn parameter(address: &Url, wanted: &str) -> String {
    address.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned()).unwrap()
}

/// What any program of this computer may send, without our own client.
async fn post(base: &Url, path: &str, form: &[(&str, String)]) -> String {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let authority = base.authority();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: thief\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(authority).await.unwrap();
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

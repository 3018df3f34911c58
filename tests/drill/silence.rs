//! Planning Center says nothing, or next to nothing: nobody waits for it longer than a minute, and it is told. The limits are
//! the program's own, and time passes as it does.

use std::time::{Duration, Instant};

use app_core::status::Freshness;
use futures::future::join_all;
use pco_client::{ApiError, Lane, Product, Query, Unreachable};
use pco_emulator::{Fault, FaultKind, Rotation};

use crate::Scale;
use crate::ground::{Ground, ask};
use crate::table::{Table, Tally};

/// The longest that anybody waits for a call, and what a busy computer may add.
const LONGEST: Duration = Duration::from_secs(60 + 5);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

pub(crate) async fn run(table: &mut Table, scale: Scale) {
    if scale == Scale::Quick {
        return Table::note("F16 is left out: it waits for minutes");
    }
    let silent = || join_all(silences().map(gives_up));
    let told = || join_all(silences().map(tells));
    let (given_up, told, late) = futures::join!(silent(), told(), waits_for_five_seconds());
    let injected = "silence before and within an answer, drops of one byte and of a hundred";
    table.row("F16 calls", injected, "no call waits longer than a minute", tally(&given_up));
    table.row("F16 told", injected, "Offline is told within that minute", tally(&told));
    table.row("F16 late", "answers that take 5 s", "every call answered", tally(&[late]));
}

fn silences() -> impl Iterator<Item = FaultKind> {
    [
        FaultKind::Stall { bytes: 0 },
        FaultKind::Stall { bytes: 700 },
        FaultKind::Trickle { bytes: 1, ms: 1_000 },
        // The head comes in time, and what follows it never ends.
        FaultKind::Trickle { bytes: 100, ms: 1_000 },
    ]
    .into_iter()
}

async fn gives_up(kind: FaultKind) -> bool {
    let ground = Ground::new(Rotation::Strict).await;
    let run = ground.signed_in().await;
    ground.emulator.add_fault(Fault::new("/people", kind));
    let (asked, everybody) = (Instant::now(), Query::new(Product::People, "people").per_page(100));
    let answer = run.client().page(Lane::Person, &everybody, 0).await;
    matches!(answer, Err(ApiError::Unreachable(Unreachable::Timeout))) && asked.elapsed() < LONGEST
}

/// The whole core, when it reads everybody for the first time.
async fn tells(kind: FaultKind) -> bool {
    let ground = Ground::new(Rotation::Strict).await;
    let program = ground.open().await;
    ground.emulator.add_fault(Fault::new("/people/v2/people", kind));
    program.sign_in(&ground.emulator).await;
    let told = async {
        while program.app.app_status().freshness != Freshness::Offline {
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    };
    tokio::time::timeout(LONGEST, told).await.is_ok()
}

async fn waits_for_five_seconds() -> bool {
    let ground = Ground::new(Rotation::Strict).await;
    let run = ground.signed_in().await;
    ground.emulator.add_fault(Fault::new("/people", FaultKind::Slow { ms: 5_000 }));
    ask(&run.client()).await.is_ok()
}

fn tally(outcomes: &[bool]) -> Tally {
    let mut tally = Tally::default();
    for came_out in outcomes {
        tally.count(*came_out);
    }
    tally
}

//! Many callers, one renewal; and what an access token's end, a jumping clock or a night asleep come to.

use std::time::Duration;

use futures::future::join_all;
use jiff::SignedDuration;
use pco_client::{ApiError, Lane, Product, Query};
use pco_emulator::{Fault, FaultKind, Role, Rotation};

use crate::Scale;
use crate::ground::{Ground, Run, ask};
use crate::table::{Table, Tally};

pub(crate) async fn run(table: &mut Table, scale: Scale) {
    let once = "1 renewal each, every caller answered";
    table.row("F1", "1,000 callers on one expired token", once, many_callers(scale.of(2, 10, 20)).await);
    table.row(
        "F9",
        "the wall clock jumps an hour or a day",
        "still signed in, at most 1 renewal",
        jumps().await,
    );
    table.row("F10", "nine hours asleep", "1 renewal, 0 errors", asleep(scale.of(3, 10, 50)).await);
    table.row("F11 once", "401, expired", "1 renewal, 1 repeat", refused_once().await);
    table.row(
        "F11 always",
        "401, expired, on every token",
        "told, 2 calls each, no loop",
        refused_always().await,
    );
    table.row("F8", "91 days away", "sign in again, told", away(scale.of(3, 10, 50)).await);
    table.row("F11 no right", "401, no access to Services", "told, 0 renewals", no_right().await);
    table.row(
        "F7",
        "every token revoked",
        "sign in again, 0 calls after that",
        revoked(scale.of(3, 10, 50)).await,
    );
}

async fn signed_in() -> (Ground, Run) {
    let ground = Ground::new(Rotation::Strict).await;
    let run = ground.signed_in().await;
    (ground, run)
}

async fn many_callers(rounds: usize) -> Tally {
    let (ground, run) = signed_in().await;
    let client = run.client();
    let mut tally = Tally::default();
    for _ in 0..rounds {
        ground.emulator.expire_access_tokens();
        let before = ground.emulator.counters().refreshes;
        let answers = join_all((0..1_000).map(|_| ask(&client))).await;
        let renewals = ground.emulator.counters().refreshes - before;
        tally.count(renewals == 1 && answers.iter().all(Result::is_ok));
    }
    tally
}

async fn jumps() -> Tally {
    let (ground, run) = signed_in().await;
    let mut tally = Tally::default();
    for hours in [1, -1, 24, -24] {
        let before = ground.emulator.counters().refreshes;
        ground.clock.jump(SignedDuration::from_hours(hours));
        let answered = run.ask().await.is_ok() && run.ask().await.is_ok();
        let renewals = ground.emulator.counters().refreshes - before;
        tally.count(answered && renewals <= 1 && !run.needs_sign_in());
    }
    tally
}

async fn asleep(nights: usize) -> Tally {
    let (ground, run) = signed_in().await;
    let client = run.client();
    let mut tally = Tally::default();
    for _ in 0..nights {
        ground.clock.advance(Duration::from_hours(9));
        ground.emulator.expire_access_tokens();
        let before = ground.emulator.counters().refreshes;
        let answers = join_all((0..10).map(|_| ask(&client))).await;
        let renewals = ground.emulator.counters().refreshes - before;
        tally.count(renewals == 1 && answers.iter().all(Result::is_ok));
    }
    tally
}

async fn refused_once() -> Tally {
    let (ground, run) = signed_in().await;
    let mut tally = Tally::default();
    for _ in 0..20 {
        let before = ground.emulator.counters();
        ground.emulator.expire_access_tokens();
        let answered = run.ask().await.is_ok();
        let after = ground.emulator.counters();
        // The refused call, the renewal, and the call repeated.
        tally.count(
            answered && after.refreshes - before.refreshes == 1 && after.requests - before.requests == 3,
        );
    }
    tally
}

async fn refused_always() -> Tally {
    let (ground, run) = signed_in().await;
    let kind = FaultKind::Unauthorized { hint: Some("BABOON".to_owned()) };
    ground.emulator.add_fault(Fault::new("/people/", kind));
    let mut tally = Tally::default();
    for _ in 0..10 {
        let before = ground.emulator.counters();
        let answer = run.ask().await;
        let after = ground.emulator.counters();
        let calls = (after.requests - before.requests) - (after.refreshes - before.refreshes);
        tally.count(matches!(answer, Err(ApiError::Unauthorized)) && calls == 2 && !run.needs_sign_in());
    }
    tally
}

async fn no_right() -> Tally {
    let (ground, run) = signed_in().await;
    ground.emulator.set_role(Role::NoServices);
    let before = ground.emulator.counters().refreshes;
    let me = Query::new(Product::Services, "me").fields("Person", &["id"]);
    let mut tally = Tally::default();
    for _ in 0..10 {
        let answer = run.client().get(Lane::Person, &me).await;
        let renewals = ground.emulator.counters().refreshes - before;
        tally
            .count(matches!(answer, Err(ApiError::NoProductAccess)) && renewals == 0 && !run.needs_sign_in());
    }
    tally
}

async fn revoked(rounds: usize) -> Tally {
    let mut tally = Tally::default();
    for _ in 0..rounds {
        let (ground, run) = signed_in().await;
        ground.emulator.revoke_all();
        let client = run.client();
        let told = matches!(ask(&client).await, Err(ApiError::SignInRequired | ApiError::Revoked));
        let requests = ground.emulator.counters().requests;
        let quiet = join_all((0..100).map(|_| ask(&client))).await.iter().all(Result::is_err);
        let silent = ground.emulator.counters().requests == requests;
        let kept = !ground.secrets.items().is_empty();
        tally.count(told && run.needs_sign_in() && quiet && silent && kept);
    }
    tally
}

async fn away(rounds: usize) -> Tally {
    let mut tally = Tally::default();
    let away = Duration::from_hours(91 * 24);
    for _ in 0..rounds {
        let (ground, run) = signed_in().await;
        ground.clock.advance(away);
        ground.emulator.advance(away);
        let told = matches!(run.ask().await, Err(ApiError::SignInRequired));
        tally.count(told && run.needs_sign_in() && !ground.secrets.items().is_empty());
    }
    tally
}

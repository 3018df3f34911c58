//! The whole core with an account open: rights that go, consent that was narrower, accounts that change, and the end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use app_core::App;
use app_core::products::people::views::ListPeopleRequest;
use app_core::products::services::views::ListPlansRequest;
use app_core::session::views::SessionView;
use app_core::status::{AppStatus, Freshness};
use app_core::views::Coverage;
use pco_emulator::{Emulator, Fault, FaultKind, PeopleRight, Rights, Role, Rotation, ServicesRight};
use url::Url;

use crate::Scale;
use crate::ground::{Ground, Opened};
use crate::table::{Table, Tally};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) async fn run(table: &mut Table, scale: Scale) {
    let (few, switches) = (scale.of(2, 5, 20), scale.of(6, 50, 50));
    table.row(
        "F36",
        "the right to Services removed in mid-session",
        "purged, told, still signed in",
        right_removed(few).await,
    );
    table.row(
        "F36 scope",
        "consent given to People alone",
        "told, People works, 0 renewals",
        narrower(few).await,
    );
    table.row("T20", "accounts that take turns, under sync", "0 cross rows", turns(switches).await);
    table.row("T27", "sign out and erase", "ended there, nothing left, told", leaves(few, true).await);
    table.row(
        "T27 offline",
        "sign out and erase without a network",
        "nothing left, told what was not done",
        leaves(few, false).await,
    );
}

/// Waits until the frame shows this; false when it never does.
async fn comes_to(app: &App, wanted: impl Fn(&AppStatus) -> bool) -> bool {
    let began = Instant::now();
    while !wanted(&app.app_status()) {
        if began.elapsed() > PATIENCE {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    true
}

fn people(app: &App) -> u32 {
    let everybody = ListPeopleRequest { search: String::new(), offset: 0, limit: 1 };
    app.list_people(&everybody).map_or(0, |listed| listed.total)
}

fn plans(app: &App) -> u32 {
    app.list_plans(&ListPlansRequest::default()).map_or(0, |listed| listed.total)
}

async fn everything_read(ground: &Ground) -> Opened {
    let opened = ground.open().await;
    opened.sign_in(&ground.emulator).await;
    assert!(comes_to(&opened.app, |status| status.freshness == Freshness::Fresh).await);
    opened
}

async fn right_removed(rounds: usize) -> Tally {
    let mut tally = Tally::default();
    for _ in 0..rounds {
        let ground = Ground::new(Rotation::Strict).await;
        let opened = everything_read(&ground).await;
        let app = &opened.app;
        let had = plans(app) > 0;
        ground.emulator.set_role(Role::NoServices);
        ground.clock.advance(Duration::from_mins(1));
        app.refresh();
        let told = || {
            matches!(
                app.list_plans(&ListPlansRequest::default()).map(|listed| listed.coverage),
                Ok(Coverage::NoRight { .. })
            )
        };
        let purged = comes_to(app, |status| status.plans == 0 && told()).await;
        let still_in = matches!(app.session_status(), SessionView::SignedIn { needs_sign_in: false, .. });
        tally.count(had && purged && still_in && people(app) > 100);
    }
    tally
}

/// The person's browser asks for less than the program wanted.
fn only_people(asked: &Url) -> Url {
    let mut narrower = asked.clone();
    let pairs: Vec<(String, String)> = asked.query_pairs().into_owned().collect();
    let less = |(name, value): (String, String)| match name.as_str() {
        "scope" => (name, "people".to_owned()),
        _ => (name, value),
    };
    narrower.query_pairs_mut().clear().extend_pairs(pairs.into_iter().map(less));
    narrower
}

async fn narrower(rounds: usize) -> Tally {
    let mut tally = Tally::default();
    for _ in 0..rounds {
        let ground = Ground::new(Rotation::Strict).await;
        let opened = ground.open().await;
        let answer = ground.emulator.approve(&only_people(&opened.begin().await)).unwrap();
        opened.app.receive_link(answer.as_str()).await;
        opened.app.confirm_account().await.unwrap();
        let told = comes_to(&opened.app, |status| {
            status.freshness == Freshness::SignInNeeded && status.progress.is_none() && status.people > 100
        })
        .await;
        tally.count(told && plans(&opened.app) == 0 && ground.emulator.counters().refreshes == 0);
    }
    tally
}

/// One account may see people and no plans, the other plans and nobody: a row of the other kind is the other's.
async fn turns(switches: usize) -> Tally {
    let ground = Ground::new(Rotation::Strict).await;
    let [one, other] = two_people(&ground.emulator);
    let opened = ground.open().await;
    let app = Arc::clone(&opened.app);
    let mut tally = Tally::default();
    for turn in 0..switches {
        let sees_people = turn % 2 == 0;
        let watched = tokio::spawn(watch(Arc::clone(&app)));
        let asked = opened.begin().await;
        let answer = ground.emulator.approve_as(&asked, if sees_people { &one } else { &other }).unwrap();
        app.receive_link(answer.as_str()).await;
        app.confirm_account().await.unwrap();
        // Every other one is left in the middle of its first reads.
        let is_read = turn % 4 < 2
            || comes_to(&app, |status| status.progress.is_none() && (status.people > 1 || status.plans > 0))
                .await;
        let cross = if sees_people { plans(&app) } else { people(&app).saturating_sub(1) };
        watched.abort();
        tally.count(is_read && cross == 0 && !watched.await.is_ok_and(|mixed| mixed));
    }
    tally
}

/// True as soon as both kinds of rows are seen under one name.
async fn watch(app: Arc<App>) -> bool {
    loop {
        let before = app.session_status();
        let (people, plans) = (people(&app), plans(&app));
        if people > 1 && plans > 0 && before == app.session_status() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn two_people(emulator: &Emulator) -> [String; 2] {
    let everybody = emulator.person_ids();
    let [one, other] = [everybody[0].clone(), everybody[1].clone()];
    let rights = Rights::default();
    let sees_people = Rights { people: PeopleRight::Viewer, services: ServicesRight::None, ..rights };
    let sees_plans = Rights { people: PeopleRight::None, services: ServicesRight::Viewer, ..rights };
    emulator.grant(&one, sees_people).unwrap();
    emulator.grant(&other, sees_plans).unwrap();
    [one, other]
}

async fn leaves(rounds: usize, has_network: bool) -> Tally {
    let mut tally = Tally::default();
    for _ in 0..rounds {
        let ground = Ground::new(Rotation::Strict).await;
        let opened = everything_read(&ground).await;
        if !has_network {
            ground.emulator.add_fault(Fault::new("/", FaultKind::Reset));
        }
        let report = opened.app.sign_out().await.unwrap();
        let ended_there = ground.emulator.counters().revocations == 1;
        let told = report.report[0].contains(if has_network { "has ended" } else { "could not be reached" });
        let nothing_left = ground.secrets.items().is_empty() && ground.files() == 0;
        let out = matches!(opened.app.session_status(), SessionView::SignedOut { notice: None, .. });
        tally.count(
            report.revoked == has_network && ended_there == has_network && told && nothing_left && out,
        );
    }
    tally
}

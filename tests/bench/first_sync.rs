//! How long a church takes to arrive, against what the rate limit makes anybody wait.

use std::sync::Arc;
use std::time::{Duration, Instant};

use app_core::products::services::views::{GetPlanRequest, ListPlansRequest};
use app_core::status::Freshness;
use pco_emulator::{Emulator, Limit};

use crate::LATENCY;
use crate::program::{Program, reached};
use crate::report::{Report, floor};

/// Everybody, as fast as can be.
pub(crate) async fn nobody_at_the_screen(
    emulator: &Emulator,
    people: u32,
    limit: Limit,
    report: &mut Report,
) {
    let (program, began) = Program::signed_in(emulator, false).await;
    let everybody = program.everybody(people).await - began;
    let counters = emulator.counters();
    report.time("everybody, with nobody at the screen", everybody);
    report.count("requests until then, sign-in included", counters.requests);
    report.floor_at_most(everybody, floor(counters.requests, limit), 1.02);
    report.count_at_most("answers 429", counters.rate_limited, 0);
    // Tokens come over one of their own.
    report.count_at_most("connections to the API", program.meter.connections() - 1, 8);
    report.count("bytes on the wire for each person", program.meter.bytes() / u64::from(people.max(1)));
}

/// Everybody, while a person opens one plan after another.
pub(crate) async fn somebody_clicks(emulator: &Emulator, people: u32, limit: Limit, report: &mut Report) {
    let (program, began) = Program::signed_in(emulator, true).await;
    // The first hundred people come before the plans, and everybody else after this week's: few are here before that is told.
    reached(|| {
        program.status().is_some_and(|status| {
            let is_reading_people = status.progress.is_some_and(|progress| progress.label == "People");
            status.plans > 0 && (is_reading_people || program.has_everybody())
        })
    })
    .await;
    let plans: Vec<String> = program
        .app
        .list_plans(&ListPlansRequest::default())
        .unwrap()
        .weeks
        .iter()
        .flat_map(|week| week.plans.iter().map(|plan| plan.id.clone()))
        .collect();
    let program = Arc::new(program);
    let waiting = Arc::clone(&program);
    let everybody = tokio::spawn(async move { waiting.everybody(people).await });
    let mut waits = Vec::new();
    let between = Duration::from_secs(5) * limit.seconds / 20;
    for plan_id in plans.iter().cycle() {
        tokio::time::sleep(between).await;
        if everybody.is_finished() {
            break;
        }
        waits.push(click(&program, plan_id).await);
    }
    let everybody = everybody.await.unwrap() - began;
    let counters = emulator.counters();
    waits.sort();
    report.time("everybody, while somebody opens plans", everybody);
    report.floor_at_most(everybody, floor(counters.requests, limit), 1.15);
    report.count_at_most("answers 429", counters.rate_limited, 0);
    report.count("plans opened", waits.len() as u64);
    if let (Some(middle), Some(worst)) = (waits.get(waits.len() / 2), waits.get(waits.len() * 99 / 100)) {
        report.time("a plan's answer at full scale, median", report.full_scale(*middle));
        report.time_at_most(
            "a plan's answer at full scale, p99",
            report.full_scale(*worst),
            Duration::from_secs(1),
        );
    }
}

/// The first people, the last, and a refresh that finds nothing new.
pub(crate) async fn how_soon(emulator: &Emulator, people: u32, limit: Limit, report: &mut Report) {
    let (program, began) = Program::signed_in(emulator, true).await;
    let first = reached(|| program.people("", 1).is_ok_and(|list| list.total >= 100)).await - began;
    let everybody = program.everybody(people).await - began;
    let requests = emulator.counters().requests;
    report.time_at_most("a hundred people are shown (two round trips asked)", first, LATENCY * 2);
    report.time_at_most(
        "everybody (16 round trips and a second asked)",
        everybody,
        LATENCY * 16 + Duration::from_secs(1),
    );
    report.count("requests until then, sign-in included", requests);
    report.time("floor that the rate limit sets for them", floor(requests, limit));
    reached(|| program.app.app_status().freshness == Freshness::Fresh).await;
    let (before, bytes_before) = (emulator.counters().requests, program.meter.bytes());
    program.clock.advance(Duration::from_mins(11));
    let told = program.app.app_status().as_of;
    program.app.refresh();
    reached(|| {
        let status = program.app.app_status();
        status.progress.is_none() && status.freshness == Freshness::Fresh && status.as_of != told
    })
    .await;
    report.count_at_most(
        "requests of a refresh that finds nothing new",
        emulator.counters().requests - before,
        10,
    );
    report.count("bytes on the wire of that refresh", program.meter.bytes() - bytes_before);
}

/// Opens a plan that was looked at some minutes ago, and waits for what is new on it.
async fn click(program: &Program, plan_id: &str) -> Duration {
    program.clock.advance(Duration::from_mins(3));
    let mut told = program.plans_told.clone();
    told.mark_unchanged();
    let began = Instant::now();
    program.app.get_plan(&GetPlanRequest { plan_id: plan_id.to_owned() }).unwrap();
    told.changed().await.unwrap();
    began.elapsed()
}

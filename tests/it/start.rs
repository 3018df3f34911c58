//! What a start shows first, and when.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use app_core::products::services::views::{GetPlanRequest, ListPlansRequest};
use app_core::session::views::SessionView;
use tauri::ipc::Channel;
use tokio::time::Instant;

use crate::harness::Story;
use crate::practice::Desk;

#[tokio::test]
async fn the_first_answer_holds_the_schedule_and_its_next_plan_without_a_network() {
    let remains = Story::signed_in().await.end();
    let (app, _) = remains.start().await;
    let first = app.first_view();
    assert!(matches!(first.session, SessionView::SignedIn { .. }), "{:?}", first.session);
    assert!(first.status.people > 100, "{:?}", first.status);
    assert_eq!(first.status.as_of.unwrap().label, "9:00 am");
    let (plans, plan) = (first.plans.unwrap(), first.plan.unwrap());
    let mut listed = app.list_plans(&ListPlansRequest::default()).unwrap();
    listed.weeks.retain(|week| !week.past);
    assert_eq!(plans, listed, "the weeks that have been are folded away, and asked for next");
    assert_eq!(Some(&plan.id), plans.next_plan_id.as_ref());
    assert!(!plan.order.is_empty() && !plan.teams.is_empty());
    assert_eq!(plan, app.get_plan(&GetPlanRequest { plan_id: plan.id.clone() }).unwrap());
}

#[tokio::test]
async fn nobody_signed_in_is_a_first_answer_too() {
    let story = Story::new().await;
    let first = story.app.first_view();
    assert!(matches!(first.session, SessionView::SignedOut { .. }), "{:?}", first.session);
    assert_eq!((first.plans, first.plan), (None, None));
}

#[tokio::test]
async fn whoever_hears_of_an_account_can_read_what_is_stored_of_it() {
    let story = Story::signed_in().await;
    assert!(!story.host.told_too_early(), "after signing in");
    let (_, host) = story.end().start().await;
    assert!(matches!(host.record().session(), Some(SessionView::SignedIn { .. })));
    assert!(!host.told_too_early(), "after a start");
}

#[tokio::test(start_paused = true)]
async fn a_start_that_takes_long_is_not_waited_for_and_its_end_is_told() {
    let desk = Desk::new();
    let channel = || Channel::new(|_| Ok(()));
    let asked = Instant::now();
    let first = desk.shell.subscribe(channel()).await;
    assert_eq!(first.session, SessionView::Starting);
    assert!(asked.elapsed() < Duration::from_millis(500), "blank for {:?}", asked.elapsed());

    desk.shell.start(false).await;
    let asked = Instant::now();
    let first = desk.shell.subscribe(channel()).await;
    assert!(matches!(first.session, SessionView::SignedOut { .. }), "{:?}", first.session);
    assert_eq!(asked.elapsed(), Duration::ZERO);
    assert_eq!(desk.host.session(), Some(first.session), "the end of the start is told");
}

/// Modules that import one another are found one after the other, unless the page names them all. The first question is no
/// module: the window asks it ahead of the page.
#[test]
fn the_page_fetches_all_its_modules_at_once() {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let page = fs::read_to_string(ui.join("index.html")).unwrap();
    let named: Vec<_> = page
        .lines()
        .filter(|line| line.contains("modulepreload") || line.contains("type=\"module\""))
        .map(|line| {
            let (_, rest) = line.split_once("href=\"").or_else(|| line.split_once("src=\"")).unwrap();
            rest.split('"').next().unwrap().to_owned()
        })
        .collect();
    let once: BTreeSet<_> = named.iter().cloned().collect();
    assert_eq!(once.len(), named.len(), "a module is named twice");
    let mut modules = modules(&ui, "");
    assert!(modules.remove("opening.js"));
    assert_eq!(once, modules, "name each module in ui/index.html");
}

fn modules(folder: &Path, prefix: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            found.extend(modules(&entry.path(), &format!("{prefix}{name}/")));
        } else if Path::new(&name).extension().is_some_and(|extension| extension == "js") {
            found.insert(format!("{prefix}{name}"));
        }
    }
    found
}

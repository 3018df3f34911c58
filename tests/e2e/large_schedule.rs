//! The schedule of a church with very many service types: its weeks are asked for when they come near, and are there.

use app_core::store::{Batch, Record, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::harness::{Keychain, Window, story, until};

/// So many times as many plans as there were.
const TIMES: u64 = 40;
/// The last week of those that come; after it are the plans without a date.
const LAST: &str = "#schedule-list > .week:nth-last-child(2)";
/// The latest of those that were.
const LATEST: &str = ".earlier > .week:last-child";
/// How many plans of a week there are to see, and the first.
const PLANS_OF: &str = "const rows = document.querySelectorAll(WEEK + ' .plan-row');
    return rows.length ? [rows.length, rows[0].dataset.id] : null";

#[tokio::test]
async fn every_week_of_thousands_of_plans_is_there_when_one_comes_to_it() {
    story(Keychain::Unlocked, async |desktop| {
        let window = Window::open_over(desktop, multiply_plans).await;
        window.sees("#schedule-list", "Next week").await;
        window.sees("#freshness-words", "Offline").await;
        assert_eq!(plans_of(&window, LAST).await, None, "a week that is far away is not asked for");

        let to_the_end =
            "const list = document.getElementById('schedule-list'); list.scrollTop = list.scrollHeight";
        window.run(to_the_end).await;
        comes(&window, LAST).await;

        window.click(".earlier > summary").await;
        let id = comes(&window, LATEST).await;

        // By another way to a plan whose week is not in the list.
        window.click("#nav-people").await;
        window.sees("#people-list", "Ruth Adeyemi").await;
        window.run(&format!("location.hash = '#/schedule/{id}'")).await;
        window
            .becomes(
                &format!("return document.querySelector('{LATEST} [aria-current]')?.dataset.id"),
                json!(id),
            )
            .await;
    })
    .await;
}

/// Waits until a week's plans are there, and tells the first.
async fn comes(window: &Window<'_>, week: &str) -> String {
    let (plans, first) = until(&format!("the plans of {week}"), async || plans_of(window, week).await).await;
    assert!(plans >= TIMES, "{plans} plans in {week}");
    first
}

async fn plans_of(window: &Window<'_>, week: &str) -> Option<(u64, String)> {
    let plans = window.run(&PLANS_OF.replace("WEEK", &json!(week).to_string())).await;
    serde_json::from_value(plans).ok()
}

/// A plan as the store keeps it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Plan(Value);

impl Record for Plan {
    const KIND: &'static str = "plan";

    fn id(&self) -> &str {
        self.0["id"].as_str().unwrap()
    }

    fn owner(&self) -> &str {
        self.0["service_type_id"].as_str().unwrap()
    }

    fn at(&self) -> Option<Timestamp> {
        let services = self.0["times"].as_array().unwrap().iter().filter(|time| time["kind"] == "Service");
        services.map(|time| time["starts_at"].as_str().unwrap().parse().unwrap()).min()
    }
}

/// Adds many plans beside each that has a time.
fn multiply_plans(batch: &Batch<'_>) -> Result<(), StoreError> {
    let plans = batch.reader().all::<Plan>()?;
    for plan in plans.iter().filter(|plan| plan.at().is_some()) {
        for number in 1..TIMES {
            let mut another = plan.clone();
            another.0["id"] = json!(format!("9{number:03}{}", plan.id()));
            batch.put(&another, 0)?;
        }
    }
    Ok(())
}

//! A start of the program in a process that has done nothing else, so that its times and its memory are its own.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app_core::ports::{SecretBytes, SecretItem, SecretKey};
use app_core::products::services::views::{GetPlanRequest, ListPlansRequest};
use app_core::search::views::SearchRequest;
use app_core::store::{Record, Store};
use app_core::testing::{ManualClock, MemoryStore};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::program::{people, start};

/// What people type, letter by letter.
const TYPED: [&str; 10] =
    ["maria", "kim", "garcia jo", "0199", "nguyen", "smith", "anna lee", "example.org", "zz", "o"];
const ROUNDS: usize = 20;

/// What outlives a run of the program outside its folder.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kept {
    client_id: String,
    /// Where Planning Center was; nobody answers there any more.
    base: Url,
    now: jiff::Timestamp,
    /// Account, whether it is the store's key, and the bytes.
    secrets: Vec<(String, bool, Vec<u8>)>,
}

/// How long one thing took that was done often.
#[derive(Serialize, Deserialize)]
pub(crate) struct Spread {
    pub(crate) median: Duration,
    pub(crate) p99: Duration,
}

/// How long an answer to the page took, and how large it is there.
#[derive(Serialize, Deserialize)]
pub(crate) struct Answers {
    pub(crate) median: Duration,
    pub(crate) bytes: u64,
}

/// A person as the store alone has them.
#[derive(Serialize, Deserialize)]
struct Stored {
    id: String,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

impl Record for Stored {
    const KIND: &'static str = "person";

    fn id(&self) -> &str {
        &self.id
    }
}

/// What came of the store alone.
#[derive(Serialize, Deserialize)]
pub(crate) struct MeasuredStore {
    /// Opened, and fifty people read in order.
    pub(crate) opened: Duration,
    /// The best fifty of everything that people are found by.
    pub(crate) found: Spread,
}

/// What came of the start.
#[derive(Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) opened: Duration,
    pub(crate) listed: Duration,
    pub(crate) search_ready: Duration,
    pub(crate) listed_found: Spread,
    pub(crate) palette: Spread,
    pub(crate) schedule: Answers,
    pub(crate) first_view: Answers,
    pub(crate) plan: Answers,
    /// Bytes of memory in use after all searches.
    pub(crate) resident: u64,
}

impl Kept {
    pub(crate) fn of(secrets: &MemoryStore, base: &Url, client_id: &str) -> Self {
        let keys = secrets.items().into_iter();
        let secrets = keys
            .map(|key| {
                let bytes = secrets.item(&key).unwrap().expose().to_vec();
                (key.account, key.item == SecretItem::CacheKey, bytes)
            })
            .collect();
        Self { client_id: client_id.to_owned(), base: base.clone(), now: jiff::Timestamp::now(), secrets }
    }

    fn keychain(self) -> Arc<MemoryStore> {
        let keychain = MemoryStore::new();
        for (account, is_key, bytes) in self.secrets {
            let item = if is_key { SecretItem::CacheKey } else { SecretItem::Session };
            keychain.put(SecretKey { account, item }, SecretBytes::new(bytes));
        }
        Arc::new(keychain)
    }
}

/// Opens the store in `folder` with nothing around it, reads fifty people in order, searches among all, and prints how
/// long that took.
pub(crate) fn measure_store(folder: &Path) {
    let kept: Kept = serde_json::from_reader(std::io::stdin()).unwrap();
    let (account, _, key) = kept.secrets.into_iter().find(|(_, is_key, _)| *is_key).unwrap();
    let (folder, key) = (folder.join(account), SecretBytes::new(key));
    let began = Instant::now();
    let store = Store::open(&folder, &key).unwrap().store;
    let people = store.read(|reader| {
        let rows = reader.in_order::<Stored>(0, 50)?;
        rows.iter().map(|row| reader.at::<Stored>(*row)).collect::<Result<Vec<_>, _>>()
    });
    let opened = began.elapsed();
    assert!(people.unwrap().iter().flatten().count() > 0);
    let found = spread(|typed| {
        let words: Vec<String> = typed.split_whitespace().map(ToOwned::to_owned).collect();
        let best = store.search(|blocks| blocks.of::<Stored>().best(&words, 50)).unwrap();
        assert!(best.len() <= 50);
    });
    println!("{}", serde_json::to_string(&MeasuredStore { opened, found }).unwrap());
}

/// Opens what is in `folder`, without any network, and prints what that took.
pub(crate) async fn measure(folder: &Path) {
    let kept: Kept = serde_json::from_reader(std::io::stdin()).unwrap();
    let clock = Arc::new(ManualClock::at(kept.now));
    let (client_id, base, secrets) = (kept.client_id.clone(), kept.base.clone(), kept.keychain());
    let (app, _host) = start(&client_id, &base, &secrets, &clock, folder);
    let began = Instant::now();
    app.start().await;
    let opened = began.elapsed();
    assert!(!people(&app, "", 50).unwrap().items.is_empty());
    let listed = began.elapsed();
    people(&app, "zzzz", 50).unwrap();
    let search_ready = began.elapsed().saturating_sub(opened);
    let listed_found = spread(|typed| drop(people(&app, typed, 50).unwrap()));
    let palette = spread(|typed| {
        let request = SearchRequest { search: typed.to_owned(), within: None };
        drop(app.search(&request).unwrap());
    });
    let schedule = answers(|| app.list_plans(&ListPlansRequest::default()).unwrap());
    let first_view = answers(|| app.first_view());
    let next = app.list_plans(&ListPlansRequest::default()).unwrap().next_plan_id.unwrap();
    let plan = answers(|| app.get_plan(&GetPlanRequest { plan_id: next.clone() }).unwrap());
    let resident = resident();
    let measured = Measured {
        opened,
        listed,
        search_ready,
        listed_found,
        palette,
        schedule,
        first_view,
        plan,
        resident,
    };
    println!("{}", serde_json::to_string(&measured).unwrap());
}

/// An answer, asked for a few times and written as the page gets it.
fn answers<T: Serialize>(ask: impl Fn() -> T) -> Answers {
    let mut times = Vec::new();
    let mut bytes = 0;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        bytes = serde_json::to_vec(&ask()).unwrap().len() as u64;
        times.push(began.elapsed());
    }
    times.sort();
    Answers { median: times[times.len() / 2], bytes }
}

/// Times of everything typed, a few times over.
fn spread(search: impl Fn(&str)) -> Spread {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .flat_map(|_| TYPED)
        .flat_map(|typed| (1..=typed.len()).map(move |letters| &typed[..letters]))
        .map(|typed| {
            let began = Instant::now();
            search(typed);
            began.elapsed()
        })
        .collect();
    times.sort();
    Spread { median: times[times.len() / 2], p99: times[times.len() * 99 / 100] }
}

/// Bytes of this process's memory that are in use.
pub(crate) fn resident() -> u64 {
    memory("VmRSS:")
}

/// Bytes of this process's memory that were in use at the most.
pub(crate) fn most_resident() -> u64 {
    memory("VmHWM:")
}

fn memory(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

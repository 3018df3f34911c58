//! Processes that are killed while they fill the store: whatever the moment, the store is sound afterwards and no row
//! that was saved is gone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use app_core::ports::{Clock, SecretBytes, SecretStore};
use app_core::session::views::RedirectChoice;
use app_core::status::{ClientIdSource, Freshness};
use app_core::store::{Opened, PartCoverage, Record, Store, StoreError};
use app_core::testing::RecordingHost;
use app_core::{App, AppConfig, Ports};
use narthex::clock::SleepAwareClock;
use pco_client::ClientId;
use pco_emulator::{EmulatorConfig, Mutation, Rotation};
use serde::{Deserialize, Serialize};
use tokio::process::Command;
use url::Url;

use crate::Scale;
use crate::callbacks::Random;
use crate::field::{Field, Place};
use crate::ground::Ground;
use crate::keychain_file::FileKeychain;
use crate::table::{Table, Tally};

/// The store is looked at after so many kills at the most; until then the next process finds it as the kill left it.
const KILLS_PER_LOOK: usize = 3;
/// A process is killed after so many requests at the most, wherever it is then …
const MOST_REQUESTS: usize = 60;
/// … and so much later at the most: answers are read and saved meanwhile.
const AFTER_REQUEST: Duration = Duration::from_millis(40);
/// Songs, on ten pages.
const SONGS: usize = 950;
/// People, on more pages than are asked for at once.
const PEOPLE: u32 = 2_000;
/// Where a reading is killed: after so many requests of such a path at the most.
const STRETCHES: [(&str, usize); 4] = [
    ("GET /services/v2/songs", 11),
    ("GET /people/v2/people", 21),
    ("GET /services/v2/service_types/{id}/plans", 6),
    ("GET /services/v2/service_types/{id}/plans/{id}/items", 60),
];
/// What a damaged store is called once it is out of the way.
const SET_ASIDE: &str = "store.set-aside";

pub(crate) async fn run(table: &mut Table, scale: Scale, seed: u64) {
    let kills = scale.of(30, 300, 1_000);
    table.row("F25", "kill -9 in mid-sync", "store sound, 0 rows lost", at_random(kills, seed).await);
    let (tally, most) = read_again(scale.of(8, 40, 200), seed).await;
    table.row(
        "F25 again",
        "kill -9 in mid-sync, and a start",
        "of a list, no page read twice but what was under way",
        tally,
    );
    Table::note(&format!("F25 again: {most} pages of all lists together at the most"));
}

/// A process that reads everything into the store, unless somebody kills it.
#[derive(clap::Args)]
pub(crate) struct Filler {
    #[command(flatten)]
    place: Place,
}

impl Filler {
    pub(crate) async fn run(self) -> ExitCode {
        let Place { base, client_id, folder, keychain } = self.place;
        let app = program(&base, &client_id, folder, Arc::new(FileKeychain::new(keychain, None)));
        app.start().await;
        while app.app_status().freshness != Freshness::Fresh {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        app.end();
        ExitCode::SUCCESS
    }
}

/// A person of the store, of whom only the id counts here.
#[derive(Serialize, Deserialize)]
struct Person {
    id: String,
}

impl Record for Person {
    const KIND: &'static str = "person";

    fn id(&self) -> &str {
        &self.id
    }
}

/// What the store holds after a kill.
#[derive(Default)]
struct Look {
    everybody: BTreeSet<String>,
    is_complete: bool,
}

fn filler(field: &Field) -> Command {
    let mut command = field.process("filler");
    command.stdout(Stdio::null());
    command
}

fn find(folder: PathBuf, wanted: fn(&Path) -> bool) -> Option<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).find(|path| wanted(path))
}

/// The damaged store that a process has found and moved out of the way of a new one.
fn set_aside(field: &Field) -> Option<PathBuf> {
    let folder = find(field.ground.folder(), |folder| folder.join(SET_ASIDE).exists())?;
    Some(folder.join(SET_ASIDE))
}

/// Opens the store as the program would; `None` before any process has come so far. `Err` when it is damaged, or was.
fn open(field: &Field) -> Result<Option<Store>, StoreError> {
    if set_aside(field).is_some() {
        return Err(StoreError::Unreadable);
    }
    let folder = find(field.ground.folder(), |path| path.join("store.db").exists());
    let key = find(field.ground.keychain(), |path| path.extension().is_some_and(|item| item == "cache-key"));
    let (Some(folder), Some(key)) = (folder, key) else { return Ok(None) };
    let Opened { store, rebuilt } = Store::open(&folder, &SecretBytes::new(std::fs::read(key).unwrap()))?;
    store.check()?;
    if rebuilt { Err(StoreError::Unreadable) } else { Ok(Some(store)) }
}

fn look(field: &Field) -> Result<Look, StoreError> {
    let Some(store) = open(field)? else { return Ok(Look::default()) };
    store.read(|reader| {
        let everybody = reader.ids::<Person>()?.into_iter().collect();
        Ok(Look { everybody, is_complete: reader.part("people")?.coverage == PartCoverage::Complete })
    })
}

/// Starts a process and kills it after so many requests of a path, or of any; tells whether that came before its end.
async fn kill(field: &Field, path: Option<&str>, after: usize, random: &mut Random) -> bool {
    let requests = || {
        let counters = field.ground.emulator.counters();
        path.map_or(counters.requests, |path| counters.paths.get(path).copied().unwrap_or_default())
    };
    let enough = requests() + u64::try_from(after).unwrap();
    let mut child = filler(field).spawn().unwrap();
    let moment = async {
        while requests() < enough {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(random.within(AFTER_REQUEST)).await;
    };
    tokio::select! {
        _ = child.wait() => false,
        () = moment => {
            child.kill().await.unwrap();
            true
        }
    }
}

async fn at_random(kills: usize, seed: u64) -> Tally {
    let field = Field::new(Rotation::Grace).await;
    let (mut random, mut tally) = (Random(seed), Tally::default());
    let mut saved = BTreeSet::new();
    while tally.tried < kills {
        for _ in 0..=random.below(KILLS_PER_LOOK) {
            let after = 1 + random.below(MOST_REQUESTS);
            tally.tried += usize::from(kill(&field, None, after, &mut random).await);
        }
        match look(&field) {
            Ok(Look { everybody, is_complete: false }) if everybody.is_superset(&saved) => saved = everybody,
            Ok(Look { everybody, .. }) if everybody.is_superset(&saved) => {
                // All are here: the reading begins anew.
                open(&field).unwrap().unwrap().erase().unwrap();
                saved.clear();
            }
            _ => {
                tally.failed += 1;
                saved.clear();
                // It is told once.
                if let Some(damaged) = set_aside(&field) {
                    std::fs::remove_file(damaged).unwrap();
                }
            }
        }
    }
    // Whatever the last kill left, the next reading ends with everybody.
    filler(&field).status().await.unwrap();
    tally.count(look(&field).is_ok_and(|look| look.is_complete && look.everybody.is_superset(&saved)));
    tally
}

/// Kills each reading once and lets the next process read to the end; tells how many pages were read twice at the most.
async fn read_again(kills: usize, seed: u64) -> (Tally, usize) {
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("requests");
    let config =
        EmulatorConfig { people: Some(PEOPLE), access_log: Some(log.clone()), ..EmulatorConfig::default() };
    let field = Field::at(Ground::with(config).await).await;
    for number in 0..SONGS {
        let title = format!("Evening Prayer {number}");
        field.ground.emulator.mutate(Mutation::AddSong { title }).unwrap();
    }
    let (mut random, mut tally, mut most) = (Random(seed), Tally::default(), 0);
    while tally.tried < kills {
        let (path, requests) = STRETCHES[tally.tried % STRETCHES.len()];
        let begun = std::fs::metadata(&log).map_or(0, |log| log.len());
        if kill(&field, Some(path), 1 + random.below(requests), &mut random).await {
            filler(&field).status().await.unwrap();
            let requests = std::fs::read(&log).unwrap();
            let twice = read_twice(&requests[usize::try_from(begun).unwrap()..]);
            let is_whole = look(&field).is_ok_and(|look| look.is_complete);
            tally.count(is_whole && twice.iter().all(|(list, pages)| *pages <= pages_under_way(list)));
            most = most.max(twice.values().sum());
        }
        open(&field).unwrap().unwrap().erase().unwrap();
    }
    (tally, most)
}

/// Of which lists how many pages were answered in whole more than once. What every start looks at does not count: the
/// church, and who or what changed last.
fn read_twice(requests: &[u8]) -> BTreeMap<String, usize> {
    let mut answered: BTreeMap<(String, String), usize> = BTreeMap::new();
    for line in requests.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let request: serde_json::Value = serde_json::from_slice(line).unwrap();
        let [path, query] = ["path", "query"].map(|part| request[part].as_str().unwrap());
        let is_look = path.split('/').count() <= 3 || query.contains("order=-updated_at");
        if request["status"] == 200 && path.contains("/v2/") && !is_look {
            *answered.entry((path.to_owned(), query.to_owned())).or_default() += 1;
        }
    }
    let mut twice: BTreeMap<String, usize> = BTreeMap::new();
    for ((path, _), times) in answered {
        *twice.entry(path).or_default() += times - 1;
    }
    twice
}

/// People are read several pages at a time, and plans with a date and without one at the same time; all other lists page
/// by page.
fn pages_under_way(list: &str) -> usize {
    match list {
        "/people/v2/people" => 8,
        list if list.ends_with("/plans") => 2,
        _ => 1,
    }
}

fn program(base: &Url, client_id: &str, folder: PathBuf, secrets: Arc<dyn SecretStore>) -> Arc<App> {
    let config = AppConfig {
        base: base.clone(),
        client_id: ClientId::parse(client_id).ok(),
        client_id_source: ClientIdSource::CommandLine,
        redirect: RedirectChoice::CustomScheme,
        folder: Some(folder),
        practice: false,
        test_server: None,
        version: "0.0.0".to_owned(),
        user_agent: "Narthex-drill/0 (tests)".to_owned(),
    };
    let clock = Arc::new(SleepAwareClock::default()) as Arc<dyn Clock>;
    App::new(config, Ports { host: Arc::new(RecordingHost::new()), secrets, clock }).unwrap()
}

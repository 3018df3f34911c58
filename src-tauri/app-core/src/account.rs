//! An account that is open: its store, its search block and its sync.

mod photos;
mod plan_on_screen;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use pco_client::{Client, Lane};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};

use self::plan_on_screen::PlanReads;
use crate::error::{AppError, Chain, ErrorCode};
use crate::event::DataTag;
use crate::photo::Turns;
use crate::ports::{Clock, SecretBytes};
use crate::products::people::views::{GetPersonRequest, ListPeopleRequest, PeopleListing, PersonView};
use crate::products::people::{self, Person};
use crate::products::services::views::{ListPlansRequest, PlanListing};
use crate::products::services::{self, PLANS, Plan, Song};
use crate::products::{self, church, coverage};
use crate::search::Search;
use crate::search::views::{SearchRequest, SearchView};
use crate::session::AccountId;
use crate::session::views::Words;
use crate::status::Freshness;
use crate::store::{PartCoverage, Reader, SearchBlocks, Store, StoreError};
use crate::sync::{Refresher, SyncContext, SyncState, last_kept, resume};
use crate::views::{AsOf, Coverage};
use crate::words;

/// The saved data is looked through for damage so long after it was opened: the start has other things to do.
const CHECK_AFTER: Duration = Duration::from_secs(30);
/// Without any contact for longer than this, what is stored is not shown: the person may have left the church since, and
/// nobody could tell this computer.
const LOCK_AFTER: SignedDuration = SignedDuration::from_hours(30 * 24);

/// One account's data while the program runs. Dropping it stops the sync, which runs for the owner alone.
pub(crate) struct OpenAccount {
    pub(crate) id: AccountId,
    store: Arc<Store>,
    state: Arc<SyncState>,
    client: Client,
    clock: Arc<dyn Clock>,
    wake: Arc<Notify>,
    /// Empty where another run of the program keeps the data current.
    refresher: OnceLock<AbortHandle>,
    /// Which state of the data the page was told of, where another run changes it.
    version_told: Mutex<Option<i64>>,
    plan_finder: services::PlanFinder,
    plan_reads: Arc<PlanReads>,
    photo_turns: Turns,
    /// Reads of single plans, and the look for damage; they end with the account.
    tasks: Mutex<JoinSet<()>>,
}

/// What the freshness line is made of.
pub(crate) struct Standing {
    pub(crate) freshness: Freshness,
    pub(crate) as_of: Option<AsOf>,
    pub(crate) people: u32,
    pub(crate) plans: u32,
    pub(crate) coverage: Coverage,
}

/// Opens an account's store. Without a key or a folder, or when the folder cannot be written, it lives in memory;
/// the words tell the person whatever is not as usual.
pub(crate) fn open_store(
    folder: Option<&Path>,
    id: &AccountId,
    key: Option<&SecretBytes>,
) -> Result<(Store, Option<Words>), AppError> {
    let (Some(folder), Some(key)) = (folder, key) else { return Ok((Store::in_memory()?, None)) };
    match Store::open(&account_folder(folder, id), key) {
        Ok(opened) => {
            let notice = opened.rebuilt.then(|| words::STORE_UNREADABLE.words());
            Ok((opened.store, notice))
        }
        Err(error @ (StoreError::DiskFull | StoreError::NotWritable)) => {
            let error = AppError::from(error);
            tracing::error!(cause = %Chain(&error), "the store stays in memory");
            let copy = Store::copy_in_memory(&account_folder(folder, id), key);
            Ok((copy.or_else(|_| Store::in_memory())?, Some(error.words())))
        }
        Err(error) => Err(error.into()),
    }
}

/// Opens the store that another run of the program writes, to read it. What cannot be read now is not there: it is the
/// owner's to mend.
pub(crate) fn look_into_store(
    folder: Option<&Path>,
    id: &AccountId,
    key: Option<&SecretBytes>,
) -> Result<(Store, Option<Words>), AppError> {
    let (Some(folder), Some(key)) = (folder, key) else { return Ok((Store::in_memory()?, None)) };
    let store = Store::open_to_read(&account_folder(folder, id), key).or_else(|error| {
        tracing::warn!(cause = %Chain(&error), "what another run keeps cannot be read now");
        Store::in_memory()
    })?;
    Ok((store, None))
}

/// Where an account's files lie.
pub(crate) fn account_folder(folder: &Path, id: &AccountId) -> std::path::PathBuf {
    folder.join(id.as_str())
}

impl OpenAccount {
    /// Makes an opened store readable. Nothing keeps it current yet.
    pub(crate) fn new(
        id: AccountId,
        store: Store,
        state: Arc<SyncState>,
        client: Client,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let store = Arc::new(store);
        let mut tasks = JoinSet::new();
        let searched = Arc::clone(&store);
        // Whoever searches first finds the search ready, or meets the trouble that this one did.
        tasks.spawn_blocking(move || drop(searched.search(|_| ())));
        Self {
            id,
            store,
            state,
            client,
            clock,
            wake: Arc::new(Notify::new()),
            refresher: OnceLock::new(),
            version_told: Mutex::default(),
            plan_finder: services::PlanFinder::default(),
            plan_reads: Arc::default(),
            tasks: Mutex::new(tasks),
            photo_turns: Turns::new(),
        }
    }

    /// Keeps the store current from now on, at the pace at which the last run stopped.
    pub(crate) fn start_sync(&self) {
        if let Err(error) = resume(&self.client, &self.store, self.clock.as_ref()) {
            tracing::warn!(cause = %Chain(&error), "the pace of the last run could not be read");
        }
        self.refresher.get_or_init(|| {
            lock(&self.tasks).spawn(look_for_damage(Arc::clone(&self.store), Arc::clone(&self.wake)));
            let context = context(&self.client, &self.store, &self.clock, &self.state, Lane::Background);
            tokio::spawn(Refresher::new(context, Arc::clone(&self.wake)).run()).abort_handle()
        });
    }

    /// Whether another run of the program keeps the store current, so that it is only read here.
    pub(crate) fn is_looking_on(&self) -> bool {
        self.refresher.get().is_none()
    }

    /// Tells the page to read again if another run of the program has changed the data.
    pub(crate) fn notice_changes(&self) {
        let Ok(version) = self.store.version() else { return };
        if lock(&self.version_told).replace(version) != Some(version) {
            self.store.forget_search();
            self.state.changed(&[DataTag::People, DataTag::Plans, DataTag::Plan]);
            self.state.settled(None);
        }
    }

    pub(crate) fn list_people(&self, request: &ListPeopleRequest) -> Result<PeopleListing, AppError> {
        let search = people::PeopleSearch::new(request)?;
        let found = if search.finds_everybody() {
            // Everybody in order is told by the store too, while the search is not ready.
            self.store.search_if_ready(|blocks| search.find(blocks))
        } else {
            Some(self.search(|blocks| search.find(blocks))?)
        };
        self.answer(|reader| people::list_people(reader, found, self.clock.now(), &search))
    }

    /// The best of people, plans, songs and teams.
    pub(crate) fn find(&self, request: &SearchRequest) -> Result<SearchView, AppError> {
        let search = Search::new(request)?;
        let candidates = self.search(|blocks| search.candidates(blocks))?;
        self.answer(|reader| {
            crate::search::search(reader, self.clock.now(), &search, &candidates, &self.plan_finder)
        })
    }

    pub(crate) fn get_person(&self, request: &GetPersonRequest) -> Result<PersonView, AppError> {
        self.answer(|reader| people::get_person(reader, self.clock.now(), request))
    }

    pub(crate) fn list_plans(&self, request: &ListPlansRequest) -> Result<PlanListing, AppError> {
        self.answer(|reader| services::list_plans(reader, self.clock.now(), request))
    }

    /// Starts a round of reads now, and reads all of the plan on the screen.
    pub(crate) fn refresh(&self) {
        self.wake.notify_one();
        self.refresh_plan();
    }

    /// How current and complete everything is together.
    pub(crate) fn standing(&self) -> Result<Standing, AppError> {
        self.read(|reader| {
            let now = self.clock.now();
            let calendar = church::calendar(reader)?;
            let (people, plans) = (reader.count::<Person>()?, reader.count::<Plan>()?);
            let (everybody, schedule) = (reader.part(people::PART)?, reader.part(PLANS)?);
            let oldest = [everybody.as_of, schedule.as_of].into_iter().flatten().min();
            let mut worst = Coverage::Complete;
            for coverage in [coverage(&everybody, people, "People"), services::schedule_coverage(reader)?] {
                // What may still come is told before what will not.
                if matches!(worst, Coverage::Complete | Coverage::NoRight { .. })
                    && coverage != Coverage::Complete
                {
                    worst = coverage;
                }
            }
            Ok(Standing {
                freshness: self.freshness(reader, now)?,
                as_of: oldest.map(|as_of| calendar.as_of(as_of, now)),
                people,
                plans,
                coverage: worst,
            })
        })
    }

    /// How many songs there are.
    pub(crate) fn songs(&self) -> Result<u32, AppError> {
        self.read(|reader| Ok(reader.count::<Song>()?))
    }

    /// Whether the data outlives the program.
    pub(crate) fn is_on_disk(&self) -> bool {
        self.store.is_on_disk()
    }

    /// Size on disk in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.store.size()
    }

    /// Where progress is told.
    pub(crate) fn sync_state(&self) -> &SyncState {
        &self.state
    }

    /// Stops the sync and closes the store.
    pub(crate) fn close(&self) -> Result<(), StoreError> {
        self.stop();
        self.store.close()
    }

    /// Stops the sync and removes the account's files.
    pub(crate) fn erase(&self) -> Result<(), StoreError> {
        self.stop();
        self.store.erase()?;
        Ok(())
    }

    fn stop(&self) {
        if let Some(refresher) = self.refresher.get() {
            refresher.abort();
        }
        lock(&self.tasks).abort_all();
    }

    /// Answers a screen, unless nobody has confirmed for too long that this person may see what is stored.
    fn answer<T>(&self, work: impl FnOnce(&Reader<'_>) -> Result<T, AppError>) -> Result<T, AppError> {
        self.read(|reader| {
            if is_locked(reader, self.clock.now())? {
                return Err(AppError::new(&words::LOCKED));
            }
            work(reader)
        })
    }

    fn read<T>(&self, work: impl FnOnce(&Reader<'_>) -> Result<T, AppError>) -> Result<T, AppError> {
        self.readable(self.store.read(|reader| Ok(work(reader))).map_err(AppError::from).flatten())
    }

    fn search<T>(&self, work: impl FnOnce(&SearchBlocks) -> T) -> Result<T, AppError> {
        self.readable(self.store.search(work).map_err(AppError::from))
    }

    /// Hands an answer on. When what is stored cannot be read, it is begun anew.
    fn readable<T>(&self, answer: Result<T, AppError>) -> Result<T, AppError> {
        if answer.as_ref().is_err_and(|error| error.code == ErrorCode::StoreUnreadable) {
            // The round that this starts can write nothing, and begins the store anew.
            self.store.distrust();
            self.wake.notify_one();
        }
        answer
    }

    fn freshness(&self, reader: &Reader<'_>, now: Timestamp) -> Result<Freshness, AppError> {
        if self.is_looking_on() {
            return Ok(Freshness::OpenElsewhere);
        }
        if let Some(trouble) = self.state.trouble() {
            return Ok(trouble);
        }
        let mut is_fresh = self.state.is_confirmed();
        let jobs = products::ALL.iter().flat_map(|product| product.jobs().iter().map(|job| (*product, job)));
        for (product, job) in jobs {
            let part = reader.part(job.part)?;
            match part.as_of {
                // Twice its age limit: a part that is only just due is not stale yet.
                Some(as_of) => {
                    let age = now.duration_since(as_of).unsigned_abs();
                    is_fresh &= age < job.max_age * 2 || age < product.max_age(job, reader, now)? * 2;
                }
                None if part.coverage == PartCoverage::NoRight => {}
                None => return Ok(Freshness::Loading),
            }
        }
        Ok(if is_fresh { Freshness::Fresh } else { Freshness::Stale })
    }
}

impl Drop for OpenAccount {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Whether Planning Center has not answered for longer than [`LOCK_AFTER`]. Where nothing was ever read to its end, what
/// was kept last tells.
fn is_locked(reader: &Reader<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let mut contact = None;
    for job in products::ALL.iter().flat_map(|product| product.jobs()) {
        contact = contact.max(reader.part(job.part)?.as_of);
    }
    let contact = match contact {
        None => last_kept(reader)?,
        read => read,
    };
    Ok(contact.is_some_and(|contact| now.duration_since(contact) > LOCK_AFTER))
}

/// Looks through the saved data in the background. Damage is met by the next write, which begins the store anew.
async fn look_for_damage(store: Arc<Store>, wake: Arc<Notify>) {
    tokio::time::sleep(CHECK_AFTER).await;
    let checked = tokio::task::spawn_blocking(move || store.check()).await;
    if let Ok(Err(error)) = checked {
        tracing::error!(cause = %Chain(&error), "the saved data did not pass the check");
        wake.notify_one();
    }
}

fn context(
    client: &Client,
    store: &Arc<Store>,
    clock: &Arc<dyn Clock>,
    state: &Arc<SyncState>,
    lane: Lane,
) -> SyncContext {
    SyncContext {
        client: client.clone(),
        store: Arc::clone(store),
        clock: Arc::clone(clock),
        lane,
        state: Arc::clone(state),
        forced_age: None,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

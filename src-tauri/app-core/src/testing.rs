//! Fakes for story tests, and the practice church's keychain in memory. They record and obey; they hold no
//! script.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use pco_client::{LOOPBACK_PORTS, RedirectUri};
use url::Url;

use crate::event::AppEvent;
use crate::ports::{Clock, Host, HostError, ReturnPath, SecretBytes, SecretError, SecretKey, SecretStore};
use crate::session::views::{RedirectChoice, SessionView};

/// A keychain in memory, gone with the program. It works unless told otherwise.
#[derive(Default)]
pub struct MemoryStore {
    state: Mutex<MemoryState>,
}

/// How a [`MemoryStore`] behaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// It works.
    #[default]
    Works,
    /// There is no keychain service.
    Absent,
    /// It is locked, and nobody unlocks it.
    Locked,
    /// It does not answer, until the caller's keychain thread gives up after this time.
    Silent(Duration),
}

#[derive(Default)]
struct MemoryState {
    items: BTreeMap<SecretKey, SecretBytes>,
    mood: Mood,
    writes_to_fail: usize,
    writes_to_garble: usize,
    writes: usize,
}

impl MemoryStore {
    /// An empty keychain that works.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Changes how it behaves from now on; what it holds stays.
    pub fn set_mood(&self, mood: Mood) {
        self.lock().mood = mood;
    }

    /// Lets the next `count` writes fail, with nothing changed.
    pub fn fail_next_writes(&self, count: usize) {
        self.lock().writes_to_fail = count;
    }

    /// Lets the next `count` writes claim success while keeping something else.
    pub fn garble_next_writes(&self, count: usize) {
        self.lock().writes_to_garble = count;
    }

    /// Writes asked for so far, failed ones included.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.lock().writes
    }

    /// What it holds, whatever its mood.
    #[must_use]
    pub fn items(&self) -> Vec<SecretKey> {
        self.lock().items.keys().cloned().collect()
    }

    /// One item, whatever its mood.
    #[must_use]
    pub fn item(&self, key: &SecretKey) -> Option<SecretBytes> {
        self.lock().items.get(key).cloned()
    }

    /// Puts an item in, as another program would.
    pub fn put(&self, key: SecretKey, value: SecretBytes) {
        self.lock().items.insert(key, value);
    }

    async fn obey(&self) -> Result<(), SecretError> {
        let mood = self.lock().mood.clone();
        match mood {
            Mood::Works => Ok(()),
            Mood::Absent => Err(SecretError::Absent),
            Mood::Locked => Err(SecretError::Locked),
            Mood::Silent(patience) => {
                tokio::time::sleep(patience).await;
                Err(SecretError::Silent)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, MemoryState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SecretStore for MemoryStore {
    async fn read(&self, key: &SecretKey) -> Result<Option<SecretBytes>, SecretError> {
        self.obey().await?;
        Ok(self.item(key))
    }

    async fn write(&self, key: &SecretKey, value: SecretBytes) -> Result<(), SecretError> {
        self.lock().writes += 1;
        self.obey().await?;
        let mut state = self.lock();
        if state.writes_to_fail > 0 {
            state.writes_to_fail -= 1;
            return Err(SecretError::Failed("told to fail".to_owned()));
        }
        let kept = if state.writes_to_garble > 0 {
            state.writes_to_garble -= 1;
            SecretBytes::new(b"something else".to_vec())
        } else {
            value
        };
        state.items.insert(key.clone(), kept);
        Ok(())
    }

    async fn delete(&self, key: &SecretKey) -> Result<(), SecretError> {
        self.obey().await?;
        self.lock().items.remove(key);
        Ok(())
    }
}

/// A clock that moves only when told to.
pub struct ManualClock {
    time: Mutex<(Timestamp, Duration)>,
}

impl ManualClock {
    /// A clock that stands at this instant.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self { time: Mutex::new((now, Duration::from_secs(1000))) }
    }

    /// Lets time pass, as it does for the computer and the wall alike.
    pub fn advance(&self, by: Duration) {
        let mut time = self.lock();
        time.0 = time.0.checked_add(by).unwrap_or(Timestamp::MAX);
        time.1 = time.1.saturating_add(by);
    }

    /// Sets the wall clock forward or back while no time passes.
    pub fn jump(&self, by: SignedDuration) {
        let mut time = self.lock();
        time.0 = time.0.checked_add(by).unwrap_or(Timestamp::MAX);
    }

    fn lock(&self) -> MutexGuard<'_, (Timestamp, Duration)> {
        self.time.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.lock().0
    }

    fn monotonic(&self) -> Duration {
        self.lock().1
    }
}

/// A desktop that writes down what it was asked to do.
#[derive(Default)]
pub struct RecordingHost {
    state: Mutex<Recording>,
}

#[derive(Default)]
struct Recording {
    links: Vec<Url>,
    events: Vec<AppEvent>,
    raised: usize,
    receivers: Vec<Weak<()>>,
    has_no_browser: bool,
    has_no_port: bool,
}

impl RecordingHost {
    /// A desktop with a browser and free ports.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the browser opens from now on.
    pub fn set_browser(&self, opens: bool) {
        self.lock().has_no_browser = !opens;
    }

    /// Whether a return path can be had from now on.
    pub fn set_ports(&self, free: bool) {
        self.lock().has_no_port = !free;
    }

    /// Addresses handed out, in order.
    #[must_use]
    pub fn links(&self) -> Vec<Url> {
        self.lock().links.clone()
    }

    /// Events sent, in order.
    #[must_use]
    pub fn events(&self) -> Vec<AppEvent> {
        self.lock().events.clone()
    }

    /// The session as the page knows it from the events alone.
    #[must_use]
    pub fn session(&self) -> Option<SessionView> {
        self.lock().events.iter().rev().find_map(|event| match event {
            AppEvent::SessionChanged { session } => Some(session.clone()),
            _ => None,
        })
    }

    /// How often the window was brought to the front.
    #[must_use]
    pub fn raised(&self) -> usize {
        self.lock().raised
    }

    /// Return paths that are still being listened on.
    #[must_use]
    pub fn open_return_paths(&self) -> usize {
        self.lock().receivers.iter().filter(|receiver| receiver.strong_count() > 0).count()
    }

    fn lock(&self) -> MutexGuard<'_, Recording> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Host for RecordingHost {
    fn open_link(&self, url: &Url) -> Result<(), HostError> {
        let mut state = self.lock();
        if state.has_no_browser {
            return Err(HostError::NothingOpened);
        }
        state.links.push(url.clone());
        Ok(())
    }

    fn prepare_return(&self, choice: RedirectChoice) -> Result<ReturnPath, HostError> {
        let mut state = self.lock();
        if state.has_no_port && choice == RedirectChoice::Loopback {
            return Err(HostError::NoPortFree);
        }
        let receiver = Arc::new(());
        state.receivers.push(Arc::downgrade(&receiver));
        let redirect = match choice {
            RedirectChoice::CustomScheme => RedirectUri::CustomScheme,
            RedirectChoice::Loopback => RedirectUri::Loopback(LOOPBACK_PORTS[0]),
        };
        Ok(ReturnPath { redirect, receiver: Box::new(receiver) })
    }

    fn send(&self, event: AppEvent) {
        self.lock().events.push(event);
    }

    fn raise(&self) {
        self.lock().raised += 1;
    }
}

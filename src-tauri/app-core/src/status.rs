//! What the frame around the screens shows: freshness, progress and what the program keeps.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::session::views::{AccountView, RedirectChoice};
use crate::views::{AsOf, Coverage};

/// The frame's answer: one freshness line, one progress bar, and what the window must say at all times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AppStatus {
    /// How current the stored data is.
    pub freshness: Freshness,
    /// When everything shown was last agreed with Planning Center: the oldest part counts.
    pub as_of: Option<AsOf>,
    /// People on this computer.
    pub people: u32,
    /// Plans on this computer.
    pub plans: u32,
    /// How complete people and plans are together.
    pub coverage: Coverage,
    /// What is being read now.
    pub progress: Option<Progress>,
    /// Whether the person wants reading to rest.
    pub paused: bool,
    /// Whether the practice church is shown.
    pub practice: bool,
    /// The address used in place of Planning Center's, if the program was started with one.
    pub test_server: Option<String>,
    /// The program's version.
    pub version: String,
}

/// How current the stored data is, in one word for the freshness line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Freshness {
    /// Not everything has been read once yet; the first read is under way.
    Loading,
    /// Read within the time that the product asks for.
    Fresh,
    /// Older than that, and a new read has not come through yet.
    Stale,
    /// No network: what is stored is shown.
    Offline,
    /// Planning Center asked to slow down.
    CatchingUp,
    /// Planning Center answers with errors.
    ServiceDown,
    /// The network answers in Planning Center's place, as a hotel's sign-in page does.
    NetworkSignIn,
    /// Planning Center no longer accepts the sign-in.
    SignInNeeded,
    /// This computer's disk, or the person's share of it, cannot take more.
    DiskFull,
    /// This computer does not let the program write to its folder: read-only, not its own, or a disk that fails.
    NotWritable,
    /// Planning Center answers, but something of it makes no sense: what could be read is here.
    Unreadable,
    /// Another run of the program keeps it current; here it is only shown.
    OpenElsewhere,
}

/// A read under way, with true counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// `This Sunday`, `People`, `Coming weeks`; or what is done while nothing can be counted.
    pub label: String,
    /// How many are here.
    pub done: u32,
    /// How many there are; none until Planning Center has told.
    pub total: Option<u32>,
    /// Seconds until all are here at the pace that Planning Center allows; none where nobody can tell.
    pub seconds_left: Option<u32>,
    /// Seconds until nothing is left that was never read, of whatever comes after these as well; none while nobody can tell.
    pub seconds_in_all: Option<u32>,
}

impl Progress {
    /// Somebody pressed Refresh, and nothing was answered yet: told at once, however slow the network is.
    pub(crate) fn asking() -> Self {
        let label = "Asking Planning Center".to_owned();
        Self { label, done: 0, total: None, seconds_left: None, seconds_in_all: None }
    }
}

/// What Settings shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// Who is signed in.
    pub account: Option<AccountView>,
    /// Whether the sign-in survives closing the program, in a sentence.
    pub keychain: String,
    /// What is stored, a line each: `42 plans with teams, order of service and notes`.
    pub stored: Vec<String>,
    /// The folder it lies in; none while everything stays in memory.
    pub folder: Option<String>,
    /// Bytes on disk, in words: `1.4 MB`.
    pub size: String,
    /// The client id in use, and where it comes from.
    pub client_id: ClientIdView,
    /// How the browser returns.
    pub redirect: RedirectChoice,
    /// The return addresses to register, in order.
    pub redirect_uris: Vec<String>,
    /// Where an administrator registers the program.
    pub registration_url: String,
    /// The program's version.
    pub version: String,
}

/// The client id in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClientIdView {
    /// The id, which is public.
    pub value: Option<String>,
    /// Where it comes from.
    pub source: ClientIdSource,
}

/// Where the client id comes from; the first that is given wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ClientIdSource {
    /// `--client-id`.
    CommandLine,
    /// Typed into the settings.
    Settings,
    /// Baked in by the build.
    Build,
    /// Nobody gave one.
    Missing,
}

/// Request of `save_settings`. A field left `null` stays as it is.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SaveSettingsRequest {
    /// A new client id; an empty text takes it away again.
    pub client_id: Option<String>,
    /// How the browser is to return.
    pub redirect: Option<RedirectChoice>,
}

/// Answer of `sign_out`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignedOutView {
    /// Whether Planning Center confirmed that the sign-in has ended.
    pub revoked: bool,
    /// What was done and what was not, a sentence each.
    pub report: Vec<String>,
}

/// Request of `set_paused`.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetPausedRequest {
    /// Whether reading is to rest.
    pub paused: bool,
}

/// Request of `set_active`.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetActiveRequest {
    /// Whether somebody used keyboard, pointer or touch within the last minute.
    pub active: bool,
}

/// Request of `open_outside`.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpenOutsideRequest {
    /// A `tel:`, `mailto:` or Planning Center `https:` address from an earlier answer.
    pub url: String,
}

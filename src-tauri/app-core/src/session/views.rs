//! What the page may know of the session: never a token, a code or a verifier.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::views::Face;

/// Where sign-in stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SessionView {
    /// The program starts: it is still looking into the keychain, or opening the store of the account it found there.
    Starting,
    /// Nobody is signed in.
    SignedOut {
        /// Whether this build knows a client id, so that signing in is possible at all.
        can_sign_in: bool,
        /// Why the last attempt ended, if it did not end well.
        notice: Option<Words>,
    },
    /// The browser has been asked to open; the answer is awaited.
    Waiting {
        /// The address to copy when the browser did not open.
        link: String,
        /// How the browser is to come back.
        redirect: RedirectChoice,
        /// When the attempt ends, RFC 3339 in UTC.
        until: String,
        /// Seconds left now.
        seconds_left: u32,
        /// Something to tell while waiting, such as a return link that did not fit.
        notice: Option<Words>,
    },
    /// The browser came back: the code is exchanged and the account looked up, or, once the person has agreed, kept.
    Finishing,
    /// The person is asked whether this is the right account. Nothing has been stored yet.
    Confirm {
        /// Who signed in, and to which church.
        account: AccountView,
        /// Where everything would be kept; nowhere when this run keeps nothing on disk.
        folder: Option<String>,
    },
    /// Signed in. What is stored is readable, with or without a network.
    SignedIn {
        /// Who, and which church.
        account: AccountView,
        /// Whether the sign-in survives closing the program.
        remembered: bool,
        /// Planning Center no longer accepts the sign-in; the data stays readable.
        needs_sign_in: bool,
        /// Something to tell about the sign-in, such as a keychain that could not be reached.
        notice: Option<Words>,
    },
}

/// A sentence and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Words {
    /// What happened.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// A person signed in to one church.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// The person's name.
    pub name: String,
    /// The church's name.
    pub church: String,
    /// The person's circle.
    pub face: Face,
    /// Whether this is the practice church.
    pub practice: bool,
}

/// How the browser returns to the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RedirectChoice {
    /// `org.narthex.desktop:/oauth/callback`, through the operating system.
    CustomScheme,
    /// `http://127.0.0.1:8127` to `8129`, the first free one.
    Loopback,
}

/// Request of `start_sign_in`.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StartSignInRequest {
    /// How the browser is to return; `null` takes the choice in the settings.
    pub redirect: Option<RedirectChoice>,
}

/// Request of `finish_sign_in_by_hand`.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FinishSignInByHandRequest {
    /// The return address as the person pasted it.
    pub link: String,
}

//! What can go wrong, as data.

use serde::{Deserialize, Serialize};

use crate::church::mutation::Mutation;
use crate::config::Limit;

/// What a fault does to a request. `F` and a number name the row of the project's fault matrix that it serves.
///
/// Some rows are caused elsewhere: an expired or dead token (F1, F2, F7, F8) by `/_emulator/expire-access-tokens`,
/// `/_emulator/revoke` and the clock; limits that change at some moment or are shared (F13, F14) by `/_emulator/limits`; a
/// server that cannot be reached (F22, F24) by `/_emulator/refuse`; bad certificates (F23) by `/_emulator/tls`; rights
/// taken away (F36) by `/_emulator/role`; a consent that is denied or never given (F38) by the consent mode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// Resets the connection without doing anything (F17).
    Reset,
    /// Closes the connection without doing anything (F17).
    Close,
    /// Resets the connection without doing anything, but only one that has carried a request before (F17).
    ResetOnReuse,
    /// Does what was asked, then closes the connection without an answer (F5).
    AnswerLost,
    /// Does what was asked and closes the connection in the middle of the answer's body (F6, F18).
    Truncate,
    /// Does what was asked and closes the connection after so many bytes of the answer, its head included (F5, F16).
    CutAfter {
        /// Bytes that still arrive.
        bytes: usize,
    },
    /// Does what was asked; after so many bytes of the answer, its head included, nothing more comes (F16).
    Stall {
        /// Bytes that still arrive.
        bytes: usize,
    },
    /// Sends the answer piece by piece (F16).
    Trickle {
        /// Bytes in a piece.
        bytes: usize,
        /// Milliseconds between two pieces.
        ms: u64,
    },
    /// Answers late (F16).
    Slow {
        /// Milliseconds to wait.
        ms: u64,
    },
    /// Answers late, now more and now less (F16).
    Jitter {
        /// The shortest wait in milliseconds.
        from_ms: u64,
        /// The longest wait in milliseconds.
        to_ms: u64,
    },

    /// Answers with an error: 500 in JSON, others (403, 502, 503, 504, 511) as an HTML page from in front of the
    /// service (F6, F15, F21).
    Status {
        /// The status code.
        status: u16,
    },
    /// Answers 503 with a wait (F15).
    Unavailable {
        /// The `Retry-After` header as sent.
        retry_after: String,
    },
    /// Answers 401, whatever the token is worth (F11).
    Unauthorized {
        /// The animal that tells why: `BABOON`, `TRASH_PANDA`, …; none at all is possible.
        #[serde(default)]
        hint: Option<String>,
    },
    /// Answers 429 (F6, F12).
    RateLimited {
        /// The `Retry-After` header as sent: seconds, a date, nonsense; None leaves it out.
        #[serde(default)]
        retry_after: Option<String>,
    },
    /// Answers 429 with a date in `Retry-After` (F12).
    RateLimitedUntil {
        /// Seconds from now to that date; negative for one that has passed.
        seconds: i64,
    },
    /// Answers 400 as to a version that is no longer served (F37).
    VersionSunset,
    /// Answers 200 with the sign-in page of a captive portal (F6, F21).
    #[serde(rename = "html_200")]
    Html200,
    /// Sends the client elsewhere (F21).
    Redirect {
        /// The status code: 302, 307, …
        status: u16,
        /// The address, on whatever host.
        location: String,
    },
    /// Answers with this status and body, as `application/json` (F19, F36).
    Body {
        /// The status code.
        status: u16,
        /// The body.
        text: String,
    },
    /// Answers 200 with JSON nested so deep (F19).
    Deep {
        /// Arrays within arrays.
        levels: usize,
    },

    /// Names another type of content for the same bytes (F21).
    ContentType {
        /// The header's value.
        content_type: String,
    },
    /// Lies about the time in the `Date` header (F9).
    DateSkew {
        /// Seconds ahead of the truth; negative behind.
        seconds: i64,
    },
    /// Ends the body in its middle, as if it were whole (F18, F19).
    HalfBody,
    /// Ends a compressed body in its middle, as if it were whole (F18).
    HalfGzip,
    /// Makes the document this much larger, uncompressed (F19).
    Padding {
        /// Bytes to add.
        bytes: usize,
    },
    /// Makes the document this much larger and sends it compressed to next to nothing (F19).
    GzipBomb {
        /// Bytes to add before compression.
        bytes: usize,
    },

    /// Lies about `meta.total_count` (F18).
    TotalCount {
        /// The number to claim.
        n: usize,
    },
    /// The next page is this page again (F18).
    NextIsSelf,
    /// The page is empty, and still there is a next one (F18).
    EmptyPage,
    /// The page begins elsewhere: earlier ones are rows that came twice, later ones rows that were left out (F18, F20).
    ShiftedRows {
        /// Rows later than asked for; negative for earlier.
        rows: i64,
    },
    /// Every record is of a type that nobody knows (F19).
    UnknownType,
    /// Every attribute is null (F19).
    NullAttributes,
    /// Every attribute has another type than it should (F19).
    WrongTypes,
    /// Ids are numbers, not strings (F19).
    NumericIds,
    /// Attributes, links, members and included records that nobody has heard of (F37).
    UnknownMembers,
    /// A link without a name, as Planning Center has sent (F37).
    EmptyLinkName,
    /// An attribute goes by another name (F37).
    RenamedAttribute {
        /// Its name.
        from: String,
        /// The name it has now.
        to: String,
    },

    /// Somebody else changes the church just before the request is answered (F20).
    Change {
        /// The change; one that is impossible is left out.
        change: Mutation,
    },
    /// The general rate limit changes just before the request is counted (F13).
    Limit {
        /// The limit from now on.
        rate_limit: Limit,
    },
}

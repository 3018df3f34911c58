//! Errors as a person meets them: a code for the page, a sentence and a next step for the reader.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use pco_client::{ApiError, OAuthError, TokenError};
use serde::Serialize;
use ts_rs::TS;

use crate::ports::{HostError, SecretError};
use crate::session::views::Words;
use crate::words::{self, Sentence};

/// What the core could not do: words for the person, and the cause for the log.
///
/// `Display` is for the log and names no person. [`view`](Self::view) is what the page receives.
#[derive(Clone, Debug)]
pub struct AppError {
    /// For the page to branch on.
    pub code: ErrorCode,
    /// What happened, for the person.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// When trying again makes sense.
    pub retry_after: Option<Duration>,
    reference: Option<String>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl AppError {
    /// An error that says this sentence.
    #[must_use]
    pub fn new(sentence: &Sentence) -> Self {
        Self {
            code: sentence.code,
            message: sentence.message.to_owned(),
            hint: Some(sentence.hint.to_owned()),
            retry_after: None,
            reference: None,
            source: None,
        }
    }

    /// An error that says this sentence, with its cause for the log.
    ///
    /// What a person cannot mend is written to the log here, under a reference that the page can show.
    #[must_use]
    pub fn because(sentence: &Sentence, source: impl Error + Send + Sync + 'static) -> Self {
        let mut error = Self::new(sentence);
        error.source = Some(Arc::new(source));
        if matches!(error.code, ErrorCode::Unexpected | ErrorCode::SignInRejected) {
            error.reference = new_reference();
            tracing::error!(reference = error.reference.as_deref(), cause = %Chain(&error), "unexpected");
        }
        error
    }

    /// A request that does not hold up; `message` names the field in the words of the page.
    #[must_use]
    pub fn invalid_input(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::new(&words::INVALID_INPUT) }
    }

    /// Message and hint alone, for places that show no code.
    #[must_use]
    pub fn words(&self) -> Words {
        Words { message: self.message.clone(), hint: self.hint.clone() }
    }

    /// What crosses the command boundary.
    #[must_use]
    pub fn view(&self) -> ErrorView {
        ErrorView {
            code: self.code,
            message: self.message.clone(),
            hint: self.hint.clone(),
            retry_after_seconds: self.retry_after.map(whole_seconds),
            reference: self.reference.clone(),
        }
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", self.code)
    }
}

impl Error for AppError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

impl From<ErrorCode> for AppError {
    fn from(code: ErrorCode) -> Self {
        Self::new(words::for_code(code))
    }
}

impl From<ApiError> for AppError {
    fn from(error: ApiError) -> Self {
        let retry_after = match &error {
            ApiError::RateLimited { retry_after } => Some(*retry_after),
            _ => None,
        };
        let sentence = match &error {
            ApiError::SignInRequired | ApiError::Unauthorized | ApiError::Revoked => &words::SIGN_IN_REQUIRED,
            ApiError::ScopeMissing => &words::SCOPE_MISSING,
            ApiError::NoProductAccess => &words::NO_PRODUCT_ACCESS,
            ApiError::Forbidden => &words::PERMISSION_DENIED,
            ApiError::NotFound => &words::NOT_FOUND,
            ApiError::RateLimited { .. } => &words::BUSY,
            ApiError::Unreachable(_) => &words::OFFLINE,
            ApiError::ServiceDown { .. } => &words::SERVICE_DOWN,
            ApiError::NotPlanningCenter => &words::NETWORK_SIGN_IN,
            ApiError::Certificate => &words::NO_SAFE_CONNECTION,
            ApiError::BrokenPaging { .. } | ApiError::DeepOffset { .. } => &words::INCOMPLETE,
            _ => &words::UNEXPECTED,
        };
        Self { retry_after, ..Self::because(sentence, error) }
    }
}

impl From<OAuthError> for AppError {
    fn from(error: OAuthError) -> Self {
        Self::because(sentence_of(&error), error)
    }
}

impl From<TokenError> for AppError {
    fn from(error: TokenError) -> Self {
        ApiError::from(error).into()
    }
}

impl From<HostError> for AppError {
    fn from(error: HostError) -> Self {
        let sentence = match error {
            HostError::NothingOpened => &words::BROWSER_UNAVAILABLE,
            HostError::NoPortFree => &words::RETURN_ADDRESS_TAKEN,
        };
        Self::because(sentence, error)
    }
}

impl From<SecretError> for AppError {
    fn from(error: SecretError) -> Self {
        Self::because(&words::KEYCHAIN_UNAVAILABLE, error)
    }
}

/// Prints an error and all its causes on one line, for the log.
pub struct Chain<'a>(pub &'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(formatter, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

/// What the page may act on. A code exists only where the page does something of its own with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    /// No session, or Planning Center ended it.
    SignInRequired,
    /// The person chose Deny in the browser.
    SignInDenied,
    /// A return link after the attempt ended, or with none in progress.
    SignInTimedOut,
    /// The exchange was refused, or the return link did not fit.
    SignInRejected,
    /// Another run of the program owns what is saved on this computer.
    OpenElsewhere,
    /// No client id is known to this build.
    ClientIdMissing,
    /// The browser could not be opened, or no return address is free.
    BrowserUnavailable,
    /// No keychain, or it is locked or silent.
    KeychainUnavailable,
    /// The person's rights in Planning Center do not reach this.
    PermissionDenied,
    /// The entry no longer exists.
    NotFound,
    /// Planning Center asks to slow down.
    Busy,
    /// No way to Planning Center.
    Offline,
    /// Planning Center answers with errors, or something else answers in its place.
    ServiceDown,
    /// A walk ended with fewer records than Planning Center counts.
    Incomplete,
    /// The saved data cannot be read.
    StoreUnreadable,
    /// Nobody has confirmed for too long that this person may see the saved data.
    Locked,
    /// The disk cannot take more.
    DiskFull,
    /// The program's folder cannot be written, for another reason than a full disk.
    NotWritable,
    /// The request itself does not hold up.
    InvalidInput,
    /// A bug or a broken answer.
    Unexpected,
}

/// An error at the command boundary: five fields, no library words, nothing personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ErrorView {
    /// For the page to branch on.
    pub code: ErrorCode,
    /// What happened, for the person.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// When trying again makes sense, in seconds.
    pub retry_after_seconds: Option<u32>,
    /// Finds the event in the log.
    pub reference: Option<String>,
}

#[allow(clippy::match_wildcard_for_single_variants, reason = "the set is open")]
fn sentence_of(error: &OAuthError) -> &'static Sentence {
    match error {
        OAuthError::InvalidGrant => &words::SIGN_IN_REQUIRED,
        OAuthError::Refused { .. } => &words::SIGN_IN_REJECTED,
        OAuthError::Unreachable(_) => &words::OFFLINE,
        OAuthError::Certificate => &words::NO_SAFE_CONNECTION,
        OAuthError::ServerDown { .. } => &words::SERVICE_DOWN,
        _ => &words::UNEXPECTED,
    }
}

/// Eight characters that a person can read out. Without randomness there is none, and the log line stands
/// alone.
fn new_reference() -> Option<String> {
    let mut bytes = [0_u8; 4];
    getrandom::fill(&mut bytes).ok()?;
    Some(format!("{:08x}", u32::from_be_bytes(bytes)))
}

/// Rounded up, so that nobody is sent back too early.
fn whole_seconds(duration: Duration) -> u32 {
    let seconds = duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0));
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use pco_client::Unreachable;

    use super::*;

    #[test]
    fn the_view_has_words_and_no_library_text() {
        let error = AppError::from(ApiError::Decode {
            path: "data[3].attributes.name".to_owned(),
            template: "people/{id}".to_owned(),
        });
        let view = error.view();
        assert_eq!(view.code, ErrorCode::Unexpected);
        assert_eq!(view.message, words::UNEXPECTED.message);
        assert_eq!(view.reference.unwrap().len(), 8);
        assert!(Chain(&error).to_string().contains("data[3]"));
        assert!(!error.to_string().contains("data[3]"));
    }

    #[test]
    fn waiting_time_is_rounded_up_and_never_overflows() {
        let busy = |retry_after| AppError::from(ApiError::RateLimited { retry_after }).view();
        assert_eq!(busy(Duration::from_millis(1)).retry_after_seconds, Some(1));
        assert_eq!(busy(Duration::from_secs(20)).retry_after_seconds, Some(20));
        assert_eq!(busy(Duration::MAX).retry_after_seconds, Some(u32::MAX));
        assert_eq!(busy(Duration::from_secs(20)).code, ErrorCode::Busy);
    }

    #[test]
    fn what_the_token_keeper_met_reaches_the_person() {
        let code = |error: TokenError| AppError::from(error).code;
        assert_eq!(code(TokenError::SignInRequired), ErrorCode::SignInRequired);
        assert_eq!(code(TokenError::Offline), ErrorCode::Offline);
        assert_eq!(code(TokenError::ServiceDown { status: 503 }), ErrorCode::ServiceDown);
        assert_eq!(AppError::from(TokenError::Certificate).message, words::NO_SAFE_CONNECTION.message);
    }

    #[test]
    fn each_cause_has_its_code() {
        let cases: [(AppError, ErrorCode); 9] = [
            (ApiError::NoProductAccess.into(), ErrorCode::PermissionDenied),
            (ApiError::Forbidden.into(), ErrorCode::PermissionDenied),
            (ApiError::ScopeMissing.into(), ErrorCode::SignInRequired),
            (ApiError::Revoked.into(), ErrorCode::SignInRequired),
            (ApiError::NotPlanningCenter.into(), ErrorCode::ServiceDown),
            (ApiError::Unreachable(Unreachable::Name).into(), ErrorCode::Offline),
            (OAuthError::ServerDown { status: 500 }.into(), ErrorCode::ServiceDown),
            (HostError::NoPortFree.into(), ErrorCode::BrowserUnavailable),
            (SecretError::Locked.into(), ErrorCode::KeychainUnavailable),
        ];
        for (error, code) in cases {
            assert_eq!(error.code, code, "{}", Chain(&error));
        }
    }
}

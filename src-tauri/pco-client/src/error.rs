//! What can go wrong on API paths. Errors of `/oauth/*` have another shape and another type:
//! [`OAuthError`](crate::OAuthError).

use std::error::Error;
use std::time::Duration;

/// Why an API call brought no document. The texts are for logs: they name paths as templates and
/// never hold a value out of an answer.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// There is no usable sign-in; the person has to sign in again.
    #[error("a sign-in is required")]
    SignInRequired,
    /// The token source failed for a reason of its own, such as its storage.
    #[error("no access token could be had")]
    Token(#[source] Box<dyn Error + Send + Sync>),
    /// The server refused even a token that had just been renewed for this call (401).
    #[error("the renewed access token was refused too")]
    Unauthorized,
    /// The person has no access to this product (`TRASH_PANDA`; a permission matter despite its 401).
    #[error("the person has no access to this product")]
    NoProductAccess,
    /// The sign-in lacks the scope of this product (`PELICAN`); a new consent is needed.
    #[error("the sign-in lacks the scope of this product")]
    ScopeMissing,
    /// The sign-in was revoked (`CAPUCHIN`), or its person, church or application no longer exists.
    #[error("the sign-in was revoked")]
    Revoked,
    /// 403 in JSON: this person may not see this resource.
    #[error("the person may not see this resource")]
    Forbidden,
    /// 404 in JSON: deleted, merged, or never there.
    #[error("the resource was not found")]
    NotFound,
    /// Any other 4xx in JSON, such as 422 on a write.
    #[error("the request was refused with {status} (code {code:?}, parameter {parameter:?})")]
    Invalid {
        /// HTTP status.
        status: u16,
        /// The server's machine word, where it gave one.
        code: Option<String>,
        /// The parameter or attribute at fault, where the server named one.
        parameter: Option<String>,
    },
    /// 429 on every attempt.
    #[error("the rate limit was met; ask again in {} s", retry_after.as_secs())]
    RateLimited {
        /// What the server asked us to wait; the gate is paused for as long.
        retry_after: Duration,
    },
    /// Nobody answered, or the answer broke off.
    #[error("Planning Center cannot be reached: {0}")]
    Unreachable(Unreachable),
    /// No secure connection: the certificate is wrong, expired, or from an unknown authority.
    #[error("the server's certificate was refused")]
    Certificate,
    /// 5xx on every attempt, or an error page in place of JSON.
    #[error("Planning Center is not answering (status {status})")]
    ServiceDown {
        /// HTTP status of the last answer.
        status: u16,
    },
    /// Somebody else answered: a captive portal or a proxy.
    #[error("the answer did not come from Planning Center")]
    NotPlanningCenter,
    /// The body was not the document we know.
    #[error("the answer for {template} could not be read at {path}")]
    Decode {
        /// Place inside the document, such as `data[3].id`, or the reason, such as `end of input`.
        path: String,
        /// The request's path with ids left out, or the type of the resource.
        template: String,
    },
    /// The answer was longer than a page may be.
    #[error("the answer for {template} is too large")]
    TooLarge {
        /// The request's path with ids left out.
        template: String,
    },
    /// The next page lies at an offset that Planning Center throttles. Walk in windows instead.
    #[error("offset {offset} is too deep")]
    DeepOffset {
        /// The offset that was not asked for.
        offset: u32,
    },
    /// The server's paging leads nowhere: an empty page with a next one, or a step not forward.
    #[error("paging of {template} is broken at offset {offset}")]
    BrokenPaging {
        /// The request's path with ids left out.
        template: String,
        /// Offset of the page at fault.
        offset: u32,
    },
    /// The address could not be built: a path segment that is no PCO name or id, or a base that is
    /// neither https nor a loopback address.
    #[error("no safe address for {template}")]
    Address {
        /// The request's path with ids left out, or `base`.
        template: String,
    },
}

/// In which way nobody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    /// The name did not resolve.
    #[error("the name did not resolve")]
    Name,
    /// No connection came about; the request was certainly not performed.
    #[error("no connection")]
    Connect,
    /// A time limit passed.
    #[error("time limit passed")]
    Timeout,
    /// The connection broke off.
    #[error("connection lost")]
    Reset,
    /// The access token was stale and could not be renewed for want of a network.
    #[error("the access token could not be renewed")]
    Renewal,
}

/// Why an [`AccessTokens`](crate::AccessTokens) has no token to give.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// There is no usable sign-in.
    #[error("a sign-in is required")]
    SignInRequired,
    /// A renewal is due and the network is away.
    #[error("the network is away")]
    Offline,
    /// A renewal is due and Planning Center does not answer.
    #[error("Planning Center is not answering (status {status})")]
    ServiceDown {
        /// HTTP status of the last answer.
        status: u16,
    },
    /// A renewal is due and no secure connection is possible.
    #[error("the server's certificate was refused")]
    Certificate,
    /// Anything else, such as storage that failed.
    #[error("the token source failed")]
    Other(#[source] Box<dyn Error + Send + Sync>),
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::SignInRequired => Self::SignInRequired,
            TokenError::Offline => Self::Unreachable(Unreachable::Renewal),
            TokenError::ServiceDown { status } => Self::ServiceDown { status },
            TokenError::Certificate => Self::Certificate,
            TokenError::Other(source) => Self::Token(source),
        }
    }
}

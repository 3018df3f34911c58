//! How to speak to Planning Center: OAuth 2.0 with PKCE for a public client, JSON:API documents,
//! paging, pacing by the server's own headers, and retries sorted by cause.
//!
//! The crate knows nothing of windows, keychains or databases. Whoever uses it hands in a base
//! address and an [`AccessTokens`], and gets documents or an [`ApiError`] back.
//!
//! | Module | Story |
//! |---|---|
//! | `oauth` | one sign-in: the authorization request, its callback, exchange, renewal, revocation |
//! | `secret` | tokens that cannot be printed |
//! | `query` | what is asked: product, path, parameters |
//! | `client` | one call: bearer, pacing, send, interpret, repeat |
//! | `tag` | what an answer was, to ask whether it still is |
//! | `page` | many calls: the walk to the last page, with a count check |
//! | `photo` | pictures of people, fetched without credentials |
//! | `document` | JSON:API bodies |
//! | `pacing` | when a request may leave |
//! | `retry` | which failures are worth a second attempt |
//! | `error` | what can go wrong on API paths |

mod answer;
mod circuit;
mod client;
mod document;
mod error;
mod oauth;
mod pacing;
mod page;
mod photo;
mod query;
mod retry;
mod secret;
mod tag;
mod transport;

pub use answer::retry_after;
pub use client::{AccessTokens, Client, ClientConfig, Connections};
pub use document::{Document, Included, Meta, Resource, ResourceId};
pub use error::{ApiError, TokenError, Unreachable};
pub use oauth::{
    AuthorizationCode, AuthorizationRequest, AuthorizationResponse, CUSTOM_SCHEME, CallbackRefusal, ClientId,
    ClientIdError, LOOPBACK_PORTS, OAuthClient, OAuthError, OAuthErrorCode, RedirectUri, TokenCallEnd,
    looks_like_callback,
};
pub use pacing::{Lane, Pace, RateGate};
pub use page::{DEEP_OFFSET, Page, PageTag, Walk, WalkOutcome};
pub use query::{Product, Query};
pub use secret::{AccessToken, RefreshToken, TokenSet};

/// Planning Center's own address, for OAuth and API alike.
pub const PLANNING_CENTER: &str = "https://api.planningcenteronline.com/";

//! The OAuth rules of Planning Center, which follow Doorkeeper's: authorization requests, codes, tokens, revocation.

mod application;
mod authorization_request;
mod codes;
mod error;
pub(crate) mod form;
pub(crate) mod identity;
pub(crate) mod pages;
mod tokens;

use std::collections::{BTreeMap, HashMap};

use crate::config::Rotation;
pub(crate) use application::{Application, Credentials};
pub(crate) use authorization_request::{AuthorizationRefusal, AuthorizationRequest};
use codes::Code;
pub(crate) use error::TokenError;
use tokens::Grant;
pub(crate) use tokens::{Access, AccessRefusal, Issued, TokenResponse};

/// What an application may ask for.
pub(crate) const SCOPES: &[&str] = &[
    "people",
    "services",
    "calendar",
    "check_ins",
    "giving",
    "groups",
    "publishing",
    "registrations",
    "resources",
    "openid",
];

/// Parameters by name; a name that comes twice makes the request unreadable.
pub(crate) type Parameters = BTreeMap<String, String>;

/// The authorization server of the registered applications.
pub(crate) struct OAuth {
    applications: Vec<Application>,
    /// Registered for each of the applications.
    redirect_uris: Vec<String>,
    rotation: Rotation,
    /// Seconds.
    access_token_life: i64,
    codes: HashMap<String, Code>,
    grants: Vec<Grant>,
    pub(crate) tokens_issued: u64,
    pub(crate) refreshes: u64,
    pub(crate) revocations: u64,
}

impl OAuth {
    pub(crate) fn new(
        applications: Vec<Application>,
        redirect_uris: Vec<String>,
        rotation: Rotation,
        access_token_life: u64,
    ) -> Self {
        Self {
            applications,
            redirect_uris,
            rotation,
            access_token_life: i64::try_from(access_token_life).unwrap_or(i64::MAX / 2),
            codes: HashMap::new(),
            grants: Vec::new(),
            tokens_issued: 0,
            refreshes: 0,
            revocations: 0,
        }
    }

    /// `POST /oauth/token`.
    pub(crate) fn token(
        &mut self,
        parameters: &Parameters,
        credentials: Option<&Credentials>,
        now: i64,
    ) -> Result<Issued, TokenError> {
        match given(parameters, "grant_type").ok_or_else(|| TokenError::missing("grant_type"))? {
            "authorization_code" => self.exchange(parameters, credentials, now),
            "refresh_token" => self.refresh(parameters, credentials, now),
            _ => Err(TokenError::unsupported_grant_type()),
        }
    }

    fn application(&self, id: &str) -> Option<&Application> {
        self.applications.iter().find(|application| application.id == id)
    }

    /// The application that the credentials prove.
    fn authenticate(&self, credentials: Option<&Credentials>) -> Option<&Application> {
        self.applications
            .iter()
            .find(|application| credentials.is_some_and(|shown| application.accepts(shown)))
    }
}

/// A parameter that is there and not empty.
fn given<'a>(parameters: &'a Parameters, name: &str) -> Option<&'a str> {
    parameters.get(name).map(String::as_str).filter(|value| !value.is_empty())
}

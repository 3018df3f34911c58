//! The handle to a running emulator.

use std::fmt;
use std::fs::OpenOptions;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use url::Url;

use crate::church::mutation::{Mutation, MutationError};
use crate::church::rights::Rights;
use crate::church::table::Id;
use crate::config::{Consent, EmulatorConfig, Limit, Role};
use crate::counters::Counters;
use crate::door::{self, Speech};
use crate::faults::Fault;
use crate::hex::hex;
use crate::oauth::form::{self, Malformed};
use crate::oauth::{AuthorizationRefusal, AuthorizationRequest, TokenError};
use crate::random::Random;
use crate::server::Shared;
use crate::tls::{self, Certificate, TlsError};

const CLIENT_STREAM: u64 = 71;

/// A running emulator. It stops when dropped.
pub struct Emulator {
    url: Url,
    client_id: String,
    redirect_uris: Vec<String>,
    shared: Arc<Shared>,
    /// Dropping it tells the server to stop.
    _running: watch::Sender<()>,
}

/// Why an emulator could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum EmulatorError {
    /// The port is taken, or the access log cannot be opened.
    #[error("the emulator cannot start: {0}")]
    Start(#[from] std::io::Error),
    /// The configuration contradicts itself.
    #[error("the emulator cannot start: {0}")]
    Configuration(&'static str),
    /// The authorization request would have been answered with a page instead of a redirect.
    #[error("the authorization request is refused: {0}")]
    Refused(String),
    /// No certificate could be made for the second port.
    #[error("the second port cannot open: {0}")]
    Tls(#[from] TlsError),
    /// A change names something that does not exist.
    #[error(transparent)]
    Mutation(#[from] MutationError),
}

impl fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Emulator").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

impl Emulator {
    /// Makes the church, listens on 127.0.0.1, and serves on the current tokio runtime.
    pub async fn start(config: EmulatorConfig) -> Result<Self, EmulatorError> {
        let client_id = config.client_id.clone().unwrap_or_else(|| client_id(config.seed));
        if !is_client_id(&client_id) {
            return Err(EmulatorError::Configuration("a client ID has 64 lowercase hexadecimal characters"));
        }
        if config.client_secret.as_ref().is_some_and(|(id, _)| *id == client_id) {
            return Err(EmulatorError::Configuration("the Confidential application needs an id of its own"));
        }
        if config.redirect_uris.is_empty() {
            return Err(EmulatorError::Configuration("a client needs a redirect address"));
        }
        let access_log = config
            .access_log
            .as_ref()
            .map(|path| OpenOptions::new().create(true).append(true).open(path))
            .transpose()?;
        let listener = door::listen(config.port)?;
        let base = format!("http://{}", listener.local_addr()?);
        let url = Url::parse(&base)
            .map_err(|_| EmulatorError::Configuration("the address cannot be written as a URL"))?;
        let redirect_uris = config.redirect_uris.clone();
        let running = watch::Sender::new(());
        let (id, stopped) = (client_id.clone(), running.subscribe());
        // A large church takes its time, which whoever else lives on this runtime should not notice.
        let made = tokio::task::spawn_blocking(move || Shared::new(config, id, access_log, stopped)).await;
        let shared = Arc::new(made.map_err(std::io::Error::other)?);
        shared.set_base(base);
        door::open(listener, Speech::Http, &shared);
        Ok(Self { url, client_id, redirect_uris, shared, _running: running })
    }

    /// `http://127.0.0.1:<port>/`.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The registered client: 64 lowercase hexadecimal characters.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The registered redirect addresses.
    #[must_use]
    pub fn redirect_uris(&self) -> &[String] {
        &self.redirect_uris
    }

    /// Acts as a browser whose user clicks Allow, whatever the consent mode: the redirect address with code and
    /// state, or with an error where the server redirects one.
    pub fn approve(&self, authorization_url: &Url) -> Result<Url, EmulatorError> {
        let person = self.shared.church().staff;
        self.allow(authorization_url, person)
    }

    /// The same with another person of the church at the browser. Whose the earlier tokens are stays as it is.
    pub fn approve_as(&self, authorization_url: &Url, person_id: &str) -> Result<Url, EmulatorError> {
        let person =
            self.shared.church().people.iter().map(|(id, _)| id).find(|id| id.to_string() == person_id);
        self.allow(authorization_url, person.ok_or(MutationError::NotFound("person"))?)
    }

    fn allow(&self, authorization_url: &Url, person: Id) -> Result<Url, EmulatorError> {
        match self.request(authorization_url)? {
            Ok(request) => Ok(self.shared.oauth().allow(&request, person, self.shared.clock.now())),
            Err(redirect) => Ok(redirect),
        }
    }

    /// Acts as a browser whose user clicks Deny.
    pub fn deny(&self, authorization_url: &Url) -> Result<Url, EmulatorError> {
        Ok(self.request(authorization_url)?.map_or_else(|redirect| redirect, |request| request.deny()))
    }

    fn request(&self, authorization_url: &Url) -> Result<Result<AuthorizationRequest, Url>, EmulatorError> {
        if authorization_url.origin() != self.url.origin() || authorization_url.path() != "/oauth/authorize" {
            let reason = "the address is not this server's authorization endpoint";
            return Err(EmulatorError::Refused(reason.to_owned()));
        }
        let parameters = form::from_query(authorization_url.query().unwrap_or_default())
            .map_err(|Malformed| EmulatorError::Refused(TokenError::malformed().description))?;
        match self.shared.oauth().check(&parameters) {
            Ok(request) => Ok(Ok(request)),
            Err(AuthorizationRefusal::Redirect(address)) => Ok(Err(address)),
            Err(AuthorizationRefusal::Page(reason)) => Err(EmulatorError::Refused(reason)),
        }
    }

    /// Every access token issued so far is answered 401 `BABOON` from now on.
    pub fn expire_access_tokens(&self) {
        self.shared.oauth().expire_access_tokens();
    }

    /// Every token issued so far is dead: 401 `CAPUCHIN`, `invalid_grant`.
    pub fn revoke_all(&self) {
        self.shared.oauth().revoke_all();
    }

    /// Lets so much time pass for codes and tokens at once.
    pub fn advance(&self, time: Duration) {
        self.shared.clock.advance(time);
    }

    /// What happened since the start.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.shared.counters()
    }

    /// Puts a fault in waiting, behind those already there.
    pub fn add_fault(&self, fault: Fault) {
        self.shared.faults().add(fault);
    }

    /// Takes all faults away.
    pub fn clear_faults(&self) {
        self.shared.faults().clear();
    }

    /// The faults still in waiting, with what is left of their skips and times.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.shared.faults().list().into_iter().cloned().collect()
    }

    /// Changes the general rate limit, in mid-flight: what a token has spent stays spent.
    pub fn set_rate_limit(&self, limit: Limit) {
        self.shared.rate_gate().set_limit(limit);
    }

    /// Changes the limit for requests with an offset of 30,000 or more.
    pub fn set_deep_offset_limit(&self, limit: Limit) {
        self.shared.deep_offset_gate().set_limit(limit);
    }

    /// Lets another program of the same person make so many requests in every period.
    pub fn set_eaten(&self, requests: u32) {
        self.shared.rate_gate().set_eaten(requests);
    }

    /// Refuses connections, and resets those that are used; returns when that holds.
    pub async fn refuse_connections(&self) {
        self.shared.access.set(false).await;
    }

    /// Takes connections again.
    pub async fn accept_connections(&self) {
        self.shared.access.set(true).await;
    }

    /// Opens the second port, where this certificate is shown from now on; the answer is its address. Called again, it
    /// changes the certificate and keeps the address.
    pub fn offer_tls(&self, certificate: Certificate) -> Result<Url, EmulatorError> {
        let address = tls::offer(&self.shared, certificate)?;
        Url::parse(&address)
            .map_err(|_| EmulatorError::Configuration("the address cannot be written as a URL"))
    }

    /// The test authority's own certificate as PEM, once a certificate was offered.
    #[must_use]
    pub fn tls_authority(&self) -> Option<String> {
        self.shared.tls().as_ref().map(|port| port.offer.authority_pem().to_owned())
    }

    /// Changes the church; the answer is the id of the record changed.
    pub fn mutate(&self, mutation: Mutation) -> Result<String, EmulatorError> {
        Ok(self.shared.church_mut().mutate(mutation)?.to_string())
    }

    /// Changes what the consent page does.
    pub fn set_consent(&self, consent: Consent) {
        self.shared.set_consent(consent);
    }

    /// Changes what the signed-in person may see.
    pub fn set_role(&self, role: Role) {
        self.shared.set_role(role);
    }

    /// Gives a person of the church other rights from now on.
    pub fn grant(&self, person_id: &str, rights: Rights) -> Result<(), EmulatorError> {
        let mut church = self.shared.church_mut();
        let person = church.people.iter().map(|(id, _)| id).find(|id| id.to_string() == person_id);
        church.granted_rights.insert(person.ok_or(MutationError::NotFound("person"))?, rights);
        Ok(())
    }

    /// Lets another person of the church be the one at the browser, and behind every token.
    pub fn sign_in_as(&self, person_id: &str) -> Result<(), EmulatorError> {
        let mut church = self.shared.church_mut();
        let person = church.people.iter().map(|(id, _)| id).find(|id| id.to_string() == person_id);
        let person = person.ok_or(MutationError::NotFound("person"))?;
        church.staff = person;
        self.shared.oauth().hand_over(person);
        Ok(())
    }

    /// How many people the church has.
    #[must_use]
    pub fn people_count(&self) -> usize {
        self.shared.church().people.len()
    }

    /// The ids of a plan's `PlanPerson` records with this status letter; none for an unknown plan.
    #[must_use]
    pub fn team_member_ids(&self, plan_id: &str, status: &str) -> Vec<String> {
        let church = self.shared.church();
        let Some((plan, _)) = church.plans.iter().find(|(id, _)| id.to_string() == plan_id) else {
            return Vec::new();
        };
        let members = church.contents(plan).team_members.iter();
        members
            .filter(|member| member.answer.letter() == status)
            .map(|member| member.id.to_string())
            .collect()
    }

    /// Everybody's id, in the order in which people were added.
    #[must_use]
    pub fn person_ids(&self) -> Vec<String> {
        let church = self.shared.church();
        let mut people: Vec<_> = church.people.iter().map(|(id, person)| (person.created_at, id)).collect();
        people.sort_unstable();
        people.into_iter().map(|(_, id)| id.to_string()).collect()
    }

    /// The id of every song, in the order in which they were added.
    #[must_use]
    pub fn song_ids(&self) -> Vec<String> {
        self.shared.church().songs.iter().map(|(id, _)| id.to_string()).collect()
    }

    /// The id of the service type with this name.
    #[must_use]
    pub fn service_type_id(&self, name: &str) -> Option<String> {
        let church = self.shared.church();
        church.service_types.iter().find(|(_, row)| row.name == name).map(|(id, _)| id.to_string())
    }

    /// The id of the household with this name.
    #[must_use]
    pub fn household_id(&self, name: &str) -> Option<String> {
        let church = self.shared.church();
        church.households.iter().find(|(_, row)| row.name == name).map(|(id, _)| id.to_string())
    }

    /// The path below which everything on a plan stands.
    #[must_use]
    pub fn path_of_plan(&self, plan_id: &str) -> Option<String> {
        let church = self.shared.church();
        let (id, plan) = church.plans.iter().find(|(id, _)| id.to_string() == plan_id)?;
        Some(format!("/services/v2/service_types/{}/plans/{id}", plan.service_type))
    }

    /// The id of the first person with this name as shown.
    #[must_use]
    pub fn person_id(&self, name: &str) -> Option<String> {
        let church = self.shared.church();
        church.people.iter().find(|(_, person)| person.name() == name).map(|(id, _)| id.to_string())
    }

    /// The first phone number of the first person with this name, as typed by the church.
    #[must_use]
    pub fn person_phone(&self, name: &str) -> Option<String> {
        let church = self.shared.church();
        let (person, _) = church.people.iter().find(|(_, person)| person.name() == name)?;
        let number = church.phone_numbers.ids_owned_by(person, |row| row.person).into_iter().next()?;
        Some(church.phone_numbers[number].number.to_string())
    }
}

fn client_id(seed: u64) -> String {
    let mut random = Random::new(seed, CLIENT_STREAM, 0);
    hex(&[(); 4].map(|()| random.next().to_be_bytes()).concat())
}

fn is_client_id(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

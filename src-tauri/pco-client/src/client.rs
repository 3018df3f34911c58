//! One call to Planning Center's API: bearer, pacing, send, interpret, repeat.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use http::header::{ACCEPT, AUTHORIZATION, HeaderValue, IF_NONE_MATCH};
use http::{Method, StatusCode};
use tokio::time::Instant;
use url::Url;

use crate::answer;
use crate::circuit::Circuit;
use crate::document::Document;
use crate::error::{ApiError, TokenError};
use crate::pacing::{Lane, Permit, RateGate, RateHeaders};
use crate::page::{DEEP_OFFSET, Page, PageTag, Walk};
use crate::query::Query;
use crate::retry::{Cause, Hint, Retries};
use crate::secret::AccessToken;
use crate::tag::EntityTag;
use crate::transport::{self, Answer, Failure, Limits};

/// The last of them is for a call with all its repetitions; what it waits for its turn is not counted.
const LIMITS: Limits =
    Limits { connect: Duration::from_secs(5), stall: Duration::from_secs(15), whole: Duration::from_mins(1) };

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Where bearer tokens come from. Implemented by whoever keeps the sign-in.
#[async_trait]
pub trait AccessTokens: Send + Sync {
    /// A token to send. With `refused`, the server has called that one expired: give another one,
    /// renewing only if the one at hand is still the refused one.
    async fn bearer(&self, refused: Option<&AccessToken>) -> Result<AccessToken, TokenError>;

    /// The server has called `token` revoked. That also befalls a token which a renewal has just replaced: then
    /// the new one is handed out, to be tried once. Otherwise the sign-in is over, and this is the place to note it.
    async fn revoked(&self, _token: &AccessToken) -> Option<AccessToken> {
        None
    }
}

/// Connections to the API, which outlive a client: whoever comes next finds them open. Cheap to clone.
#[derive(Clone)]
pub struct Connections {
    http: reqwest::Client,
    base: Url,
}

impl Connections {
    /// Connections to `base`: https, or http to a loopback IP literal. Nothing is opened yet. `user_agent` reads
    /// `name/version (contact)`; Planning Center refuses calls without it now and then.
    ///
    /// # Errors
    /// [`ApiError::Address`] for any other base.
    pub fn to(base: Url, user_agent: &str) -> Result<Self, ApiError> {
        let http = transport::checked_client(&base, user_agent, LIMITS)?;
        Ok(Self { http, base })
    }
}

/// What a [`Client`] is made of.
pub struct ClientConfig {
    /// The way to the API.
    pub connections: Connections,
    /// The sign-in.
    pub tokens: Arc<dyn AccessTokens>,
    /// The pace, shared by all clients of one sign-in.
    pub gate: Arc<RateGate>,
}

/// Speaks to the API of Planning Center on behalf of one sign-in. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Url,
    tokens: Arc<dyn AccessTokens>,
    gate: Arc<RateGate>,
    circuit: Circuit,
    /// The server's tags cannot be relied on.
    distrusts_tags: AtomicBool,
}

/// One call, as it is sent on every attempt.
struct Call<'a> {
    query: &'a Query,
    url: Url,
    template: String,
    /// What the last answer was, if another one is wanted only.
    known: Option<&'a EntityTag>,
}

/// A document, and the tag by which it can be asked for again.
struct Answered {
    document: Document,
    tag: Option<EntityTag>,
}

impl Client {
    /// Sets the client up; nothing is sent.
    #[must_use]
    pub fn new(config: ClientConfig) -> Self {
        let ClientConfig { connections: Connections { http, base }, tokens, gate } = config;
        Self {
            inner: Arc::new(Inner {
                http,
                base,
                tokens,
                gate,
                circuit: Circuit::default(),
                distrusts_tags: AtomicBool::new(false),
            }),
        }
    }

    /// The gate that its requests pass.
    #[must_use]
    pub fn gate(&self) -> &RateGate {
        &self.inner.gate
    }

    /// Whether calls in this lane fail at once for now: the service was found down too often in a row.
    #[must_use]
    pub fn is_resting(&self, lane: Lane) -> bool {
        self.inner.circuit.open(lane, Instant::now()).is_some()
    }

    /// Reads one document, such as a single record.
    pub async fn get(&self, lane: Lane, query: &Query) -> Result<Document, ApiError> {
        let answered = self.read(lane, query, None, None).await?;
        Ok(answered.ok_or(ApiError::NotPlanningCenter)?.document)
    }

    /// Reads the page of a collection that starts at `offset`.
    ///
    /// # Errors
    /// Besides those of a call: [`ApiError::DeepOffset`] from [`DEEP_OFFSET`] on, without asking,
    /// and [`ApiError::BrokenPaging`] when the page's own paging leads nowhere.
    pub async fn page(&self, lane: Lane, query: &Query, offset: u32) -> Result<Page, ApiError> {
        let page = self.page_unless(lane, query, offset, None).await?;
        page.ok_or(ApiError::NotPlanningCenter)
    }

    /// The same, unless it is the page that is `known` by its tag: then `None`, and no body was sent. That counts against
    /// the limit as any other answer.
    pub async fn page_unless(
        &self,
        lane: Lane,
        query: &Query,
        offset: u32,
        known: Option<&PageTag>,
    ) -> Result<Option<Page>, ApiError> {
        if offset >= DEEP_OFFSET {
            return Err(ApiError::DeepOffset { offset });
        }
        let known = known.filter(|known| known.offset == offset).map(|known| &known.tag);
        let answered = self.read(lane, query, Some(offset), known).await?;
        answered.map(|Answered { document, tag }| Page::new(document, offset, tag, query)).transpose()
    }

    /// Reads a collection page by page from its start.
    #[must_use]
    pub fn walk(&self, lane: Lane, query: &Query) -> Walk {
        Walk::new(self.clone(), lane, query.clone())
    }

    /// An answer, or `None` when it is the one that is known.
    async fn read(
        &self,
        lane: Lane,
        query: &Query,
        offset: Option<u32>,
        known: Option<&EntityTag>,
    ) -> Result<Option<Answered>, ApiError> {
        let template = query.template();
        let Some(url) = query.url(&self.inner.base, offset) else {
            return Err(ApiError::Address { template });
        };
        let call = Call { query, url, template, known };
        if let Some(status) = self.inner.circuit.open(lane, Instant::now()) {
            return Err(ApiError::ServiceDown { status });
        }
        let result = self.attempts(lane, &call).await;
        self.inner.circuit.note(result.as_ref().err(), Instant::now());
        if let Err(error) = &result {
            tracing::debug!(path = %call.template, %error, "call failed");
        }
        result
    }

    async fn attempts(&self, lane: Lane, call: &Call<'_>) -> Result<Option<Answered>, ApiError> {
        let mut bearer = self.inner.tokens.bearer(None).await?;
        let mut is_renewed = false;
        let mut retries = Retries::default();
        let mut time_left = LIMITS.whole;
        loop {
            let cause = match self.attempt(lane, call, &mut bearer, &mut time_left).await {
                Ok(answered) => return Ok(answered),
                Err(cause) => cause,
            };
            if matches!(cause, Cause::Unauthorized(Hint::Expired)) && !is_renewed {
                bearer = self.inner.tokens.bearer(Some(&bearer)).await?;
                is_renewed = true;
                continue;
            }
            if matches!(cause, Cause::Unauthorized(Hint::Revoked))
                && !is_renewed
                && let Some(newer) = self.inner.tokens.revoked(&bearer).await
            {
                bearer = newer;
                is_renewed = true;
                continue;
            }
            let wait = retries.after(&cause, chance()).filter(|_| !time_left.is_zero());
            let Some(wait) = wait else {
                return Err(cause.into_error());
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Sends the call once, when its turn comes, with the token of that moment, which `bearer` is then. It takes no more than
    /// `time_left`, and of that its share.
    async fn attempt(
        &self,
        lane: Lane,
        call: &Call<'_>,
        bearer: &mut AccessToken,
        time_left: &mut Duration,
    ) -> Result<Option<Answered>, Cause> {
        let failed = |failure: Failure| Cause::of_failure(failure, &call.template);
        let mut permit = self.inner.gate.acquire(lane).await;
        // The turn may have been long in coming, and somebody else may have met the token's end meanwhile.
        *bearer = self.inner.tokens.bearer(None).await.map_err(|error| Cause::Final(error.into()))?;
        let known = call.known.filter(|_| !self.inner.distrusts_tags.load(Ordering::Relaxed));
        let mut request = request(call, bearer, known).map_err(Cause::Final)?;
        *request.timeout_mut() = Some(*time_left);
        let sent = Instant::now();
        let answer = self.send(request, &mut permit).await;
        *time_left = time_left.saturating_sub(sent.elapsed());
        let answer = answer.map_err(failed)?;
        tracing::debug!(path = %call.template, status = answer.status.as_u16(), "answered");
        let result = self.interpret(call, known, &answer);
        if let Err(Cause::Throttled { retry_after }) = result {
            permit.pause(retry_after);
        }
        result
    }

    /// Sends a request and reads the answer to its end.
    async fn send(&self, request: reqwest::Request, permit: &mut Permit) -> Result<Answer, Failure> {
        let response = self.inner.http.execute(request).await.map_err(|error| transport::sort(&error))?;
        let mut rate = RateHeaders::read(response.headers());
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            // Its count says how much was asked, not when there is room again; Retry-After does.
            rate.count = None;
        }
        permit.observe(&rate);
        transport::read(response, transport::MAX_BODY_BYTES).await
    }

    /// Reads an answer. "Not modified" (RFC 9110 section 15.4.5) means the one that is known; to a request without a tag it
    /// is no answer of Planning Center's.
    fn interpret(
        &self,
        call: &Call<'_>,
        known: Option<&EntityTag>,
        answer: &Answer,
    ) -> Result<Option<Answered>, Cause> {
        if let Some(known) = known.filter(|_| answer.status == StatusCode::NOT_MODIFIED) {
            if known.is_meant_by(&answer.headers) {
                return Ok(None);
            }
            // Of some answer that nobody asked about. The next attempt asks for the whole, and so does whatever comes
            // after it: twice the requests would be a bad bargain.
            self.inner.distrusts_tags.store(true, Ordering::Relaxed);
            return Err(Cause::Malformed(ApiError::NotPlanningCenter));
        }
        let document = answer::interpret(answer, &call.template)?;
        Ok(Some(Answered { document, tag: EntityTag::of(answer) }))
    }
}

/// The only place that writes an `Authorization` header. The address was built here, so a token cannot follow one that
/// somebody else wrote.
fn request(
    call: &Call<'_>,
    bearer: &AccessToken,
    known: Option<&EntityTag>,
) -> Result<reqwest::Request, ApiError> {
    let mut authorization =
        HeaderValue::from_str(&format!("Bearer {}", bearer.expose())).map_err(|_| ApiError::Unauthorized)?;
    authorization.set_sensitive(true);
    let mut request = reqwest::Request::new(Method::GET, call.url.clone());
    let headers = request.headers_mut();
    headers.insert(AUTHORIZATION, authorization);
    headers.insert(ACCEPT, JSON);
    headers.insert("x-pco-api-version", HeaderValue::from_static(call.query.product().version()));
    if let Some(tag) = known.and_then(EntityTag::header) {
        headers.insert(IF_NONE_MATCH, tag);
    }
    Ok(request)
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("base", &self.inner.base.as_str()).finish_non_exhaustive()
    }
}

/// A random number from 0 to 1, to spread repeated calls. Without randomness: the longest wait.
fn chance() -> f64 {
    getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX))
}

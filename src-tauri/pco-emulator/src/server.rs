//! The HTTP server: reads a request, lets a fault strike, hands it to the part that answers, and counts.

use std::fs::File;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::StatusCode;
use hyper::{Request, Response};
use serde_json::json;
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::answer::{Answer, Asked, not_found};
use crate::church::Church;
use crate::clock::{self, Clock};
use crate::config::{Consent, EmulatorConfig, Role};
use crate::connection::{Delivery, Line};
use crate::counters::Counters;
use crate::door::Access;
use crate::faults::{self, FaultKind, Faults};
use crate::oauth::{Application, OAuth};
use crate::random::Random;
use crate::rate::RateGate;
use crate::tls::Port;
use crate::{api, authorization, avatar, control, headers, hostile};

/// Everything the parts share. Locks are held only while no one waits for anything else.
pub(crate) struct Shared {
    pub(crate) config: EmulatorConfig,
    pub(crate) started: Instant,
    /// What codes and tokens live by.
    pub(crate) clock: Clock,
    pub(crate) connections: AtomicU64,
    pub(crate) access: Access,
    tls: Mutex<Option<Port>>,
    pub(crate) runtime: Handle,
    /// Open as long as the emulator runs; its other end is dropped to stop all ports.
    pub(crate) stopped: watch::Receiver<()>,
    requests: AtomicU64,
    base: OnceLock<String>,
    church: RwLock<Church>,
    oauth: Mutex<OAuth>,
    rate_gate: Mutex<RateGate>,
    deep_offset_gate: Mutex<RateGate>,
    faults: Mutex<Faults>,
    counters: Mutex<Counters>,
    role: Mutex<Role>,
    consent: Mutex<Consent>,
    access_log: Option<Mutex<File>>,
}

impl Shared {
    pub(crate) fn new(
        config: EmulatorConfig,
        client_id: String,
        access_log: Option<File>,
        stopped: watch::Receiver<()>,
    ) -> Self {
        let gate = |limit| Mutex::new(RateGate::new(limit, config.rate_window, config.time_scale));
        let confidential =
            config.client_secret.clone().map(|(id, secret)| Application::confidential(id, secret));
        let applications = [Application::public(client_id)].into_iter().chain(confidential).collect();
        Self {
            started: Instant::now(),
            clock: Clock::default(),
            connections: AtomicU64::new(0),
            access: Access::new(),
            tls: Mutex::default(),
            runtime: Handle::current(),
            stopped,
            requests: AtomicU64::new(0),
            base: OnceLock::new(),
            church: RwLock::new(Church::new(&config)),
            oauth: Mutex::new(OAuth::new(
                applications,
                config.redirect_uris.clone(),
                config.rotation,
                config.access_token_life,
            )),
            rate_gate: gate(config.rate_limit),
            deep_offset_gate: gate(config.deep_offset_limit),
            faults: Mutex::default(),
            counters: Mutex::default(),
            role: Mutex::default(),
            consent: Mutex::new(config.consent),
            access_log: access_log.map(Mutex::new),
            config,
        }
    }

    /// The server's own address, known once it listens.
    pub(crate) fn set_base(&self, base: String) {
        self.base.get_or_init(|| base);
    }

    /// Scheme, host and port.
    pub(crate) fn base(&self) -> &str {
        self.base.get().map_or("", String::as_str)
    }

    pub(crate) fn church(&self) -> RwLockReadGuard<'_, Church> {
        self.church.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn church_mut(&self) -> RwLockWriteGuard<'_, Church> {
        self.church.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn oauth(&self) -> MutexGuard<'_, OAuth> {
        lock(&self.oauth)
    }

    pub(crate) fn rate_gate(&self) -> MutexGuard<'_, RateGate> {
        lock(&self.rate_gate)
    }

    pub(crate) fn deep_offset_gate(&self) -> MutexGuard<'_, RateGate> {
        lock(&self.deep_offset_gate)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    /// The second port, once it was asked for.
    pub(crate) fn tls(&self) -> MutexGuard<'_, Option<Port>> {
        lock(&self.tls)
    }

    pub(crate) fn role(&self) -> Role {
        *lock(&self.role)
    }

    pub(crate) fn consent(&self) -> Consent {
        *lock(&self.consent)
    }

    pub(crate) fn set_consent(&self, consent: Consent) {
        *lock(&self.consent) = consent;
    }

    pub(crate) fn set_role(&self, role: Role) {
        *lock(&self.role) = role;
    }

    pub(crate) fn counters(&self) -> Counters {
        let (tls_handshakes, tls_bytes) = self.tls().as_ref().map_or((0, 0), |port| port.offer.counts());
        let oauth = self.oauth();
        Counters {
            tokens_issued: oauth.tokens_issued,
            refreshes: oauth.refreshes,
            revocations: oauth.revocations,
            connections: self.connections.load(Ordering::Relaxed),
            tls_handshakes,
            tls_bytes,
            ..lock(&self.counters).clone()
        }
    }

    /// Told in `X-Request-Id`; no two requests have the same.
    fn request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        format!("{number:08x}-0000-4000-8000-{:012x}", self.config.seed & 0xFFFF_FFFF_FFFF)
    }

    /// One JSON line per request: never a token, and no header but the program's name.
    fn log(&self, asked: &Asked, template: &str, status: Option<u16>, bytes: usize, took: Duration) {
        let Some(file) = &self.access_log else { return };
        let entry = json!({
            "at": clock::now(), "method": asked.method, "path": asked.path, "query": asked.query, "template": template, "status": status,
            "bytes": bytes, "milliseconds": u64::try_from(took.as_millis()).unwrap_or(u64::MAX), "user_agent": asked.header("user-agent"),
        });
        if let Err(error) = writeln!(lock(file), "{entry}") {
            tracing::warn!(%error, "the access log cannot be written");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Handles every request of every path.
pub(crate) async fn handle(shared: &Arc<Shared>, line: &Line, request: Request<Body>) -> Response<Body> {
    let arrived = Instant::now();
    let reused = line.begin();
    let (parts, body) = request.into_parts();
    let body = hostile::read_body(body, shared.config.patience).await;
    let (body, refusal) = body.map_or_else(|refusal| (Vec::new(), Some(refusal)), |body| (body, None));
    let asked = Asked {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
    };
    if let Some(refusal) = refusal.or_else(|| hostile::refusal(&asked)) {
        return finish(shared, &asked, refusal.at("(refused)"), Delivery::Whole, arrived);
    }
    if asked.path.starts_with("/_emulator/") {
        return respond(control::answer(shared, &asked));
    }
    if !shared.access.is_wanted() {
        line.deliver(Delivery::Nothing { reset: true });
        return respond(Answer::html(503, ""));
    }
    if !shared.config.latency.is_zero() {
        tokio::time::sleep(shared.config.latency).await;
    }
    let struck = shared.faults().strike(&asked.method, &asked.path, reused);
    let Some((kind, random)) = struck else {
        let answer = faults::packed(
            None,
            asked.header("accept-encoding"),
            complete(shared, &asked, answer(shared, &asked), arrived),
        );
        return finish(shared, &asked, answer, Delivery::Whole, arrived);
    };
    strike(shared, &kind, random).await;
    let answer = faulty(shared, &asked, &kind, arrived);
    let delivery = delivery(&kind, answer.body.len());
    line.deliver(delivery);
    finish(shared, &asked, answer, delivery, arrived)
}

/// What a fault does before anything is answered.
async fn strike(shared: &Shared, kind: &FaultKind, mut random: Random) {
    match kind {
        FaultKind::Slow { ms } => tokio::time::sleep(Duration::from_millis(*ms)).await,
        FaultKind::Jitter { from_ms, to_ms } => {
            let wait = from_ms.saturating_add(random.below(to_ms.saturating_sub(*from_ms).saturating_add(1)));
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
        FaultKind::Change { change } => {
            if let Err(error) = shared.church_mut().mutate(change.clone()) {
                tracing::warn!(%error, "a change is left out");
            }
        }
        FaultKind::Limit { rate_limit } => shared.rate_gate().set_limit(*rate_limit),
        _ => {}
    }
}

/// The answer of a request that a fault has struck.
fn faulty(shared: &Shared, asked: &Asked, kind: &FaultKind, arrived: Instant) -> Answer {
    let now = clock::now();
    let limit = shared.rate_gate().limit();
    let answer = if let Some(answer) = faults::instead(kind, limit, now) {
        answer.at(asked.path.clone())
    } else {
        let other = faults::to_distort(kind, asked);
        faults::distorted(kind, asked, answer(shared, other.as_ref().unwrap_or(asked)))
    };
    let answer = faults::repackaged(kind, complete(shared, asked, answer, arrived), now);
    faults::packed(Some(kind), asked.header("accept-encoding"), answer)
}

/// How the answer of a struck request travels.
fn delivery(kind: &FaultKind, body: usize) -> Delivery {
    match kind {
        FaultKind::Reset | FaultKind::ResetOnReuse => Delivery::Nothing { reset: true },
        FaultKind::Close | FaultKind::AnswerLost => Delivery::Nothing { reset: false },
        FaultKind::Truncate => Delivery::CutInBody(body / 2),
        FaultKind::CutAfter { bytes } => Delivery::CutAfter(*bytes),
        FaultKind::Stall { bytes } => Delivery::StallAfter(*bytes),
        FaultKind::Trickle { bytes, ms } => {
            Delivery::Pieces { bytes: *bytes, pause: Duration::from_millis(*ms) }
        }
        _ => Delivery::Whole,
    }
}

fn answer(shared: &Shared, asked: &Asked) -> Answer {
    match asked.path.as_str() {
        "/oauth/authorize" => authorization::authorize(shared, asked).at("/oauth/authorize"),
        "/oauth/token" => authorization::token(shared, asked).at("/oauth/token"),
        "/oauth/revoke" => authorization::revoke(shared, asked).at("/oauth/revoke"),
        "/oauth/userinfo" => authorization::userinfo(shared, asked).at("/oauth/userinfo"),
        "/oauth/discovery/keys" => authorization::keys(asked).at("/oauth/discovery/keys"),
        "/.well-known/openid-configuration" => {
            authorization::discovery(shared, asked).at("/.well-known/openid-configuration")
        }
        "/check" => api::check(shared, asked).at("/check"),
        path if path.starts_with("/_avatars/") => picture(shared, asked).at("/_avatars/{picture}"),
        _ => api::answer(shared, asked),
    }
}

fn picture(shared: &Shared, asked: &Asked) -> Answer {
    avatar::picture(&shared.church(), &asked.path, &asked.query).map_or_else(not_found, |file| {
        Answer::new(200, "image/png", file).with("cache-control", "public, max-age=31536000")
    })
}

fn complete(shared: &Shared, asked: &Asked, answer: Answer, arrived: Instant) -> Answer {
    headers::complete(asked, answer, shared.request_id(), arrived.elapsed().as_secs_f64())
}

/// Counts and logs the answer, and sends it.
fn finish(
    shared: &Shared,
    asked: &Asked,
    answer: Answer,
    delivery: Delivery,
    arrived: Instant,
) -> Response<Body> {
    let status = (!matches!(delivery, Delivery::Nothing { .. })).then_some(answer.status);
    lock(&shared.counters).count(&asked.method, &answer.template, status);
    shared.log(asked, &answer.template, status, answer.body.len(), arrived.elapsed());
    respond(answer)
}

fn respond(answer: Answer) -> Response<Body> {
    let headers = answer.header_map();
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    response
}

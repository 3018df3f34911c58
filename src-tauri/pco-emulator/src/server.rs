//! The HTTP server: reads a request, lets a fault strike, hands it to the part that answers, and counts.

use std::fs::File;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::answer::{Answer, Asked, error, front_page, not_found, too_many_requests};
use crate::church::Church;
use crate::clock::{self, Clock};
use crate::config::{EmulatorConfig, Role};
use crate::connection::Line;
use crate::counters::Counters;
use crate::faults::{FaultKind, Faults};
use crate::oauth::{Application, OAuth};
use crate::rate::RateGate;
use crate::{api, authorization, avatar, control};

/// No request here has a larger body.
const LARGEST_BODY: usize = 1 << 20;
/// Smaller answers are not worth compressing.
const SMALLEST_COMPRESSED: usize = 860;

/// Everything the parts share. Locks are held only while no one waits for anything else.
pub(crate) struct Shared {
    pub(crate) config: EmulatorConfig,
    pub(crate) started: Instant,
    /// What codes and tokens live by.
    pub(crate) clock: Clock,
    pub(crate) connections: Arc<AtomicU64>,
    base: OnceLock<String>,
    church: RwLock<Church>,
    oauth: Mutex<OAuth>,
    rate_gate: Mutex<RateGate>,
    deep_offset_gate: Mutex<RateGate>,
    faults: Mutex<Faults>,
    counters: Mutex<Counters>,
    role: Mutex<Role>,
    access_log: Option<Mutex<File>>,
}

impl Shared {
    pub(crate) fn new(config: EmulatorConfig, client_id: String, access_log: Option<File>) -> Self {
        let confidential =
            config.client_secret.clone().map(|(id, secret)| Application::confidential(id, secret));
        let applications = [Application::public(client_id)].into_iter().chain(confidential).collect();
        Self {
            started: Instant::now(),
            clock: Clock::default(),
            connections: Arc::default(),
            base: OnceLock::new(),
            church: RwLock::new(Church::new(&config)),
            oauth: Mutex::new(OAuth::new(
                applications,
                config.redirect_uris.clone(),
                config.rotation,
                config.access_token_life,
            )),
            rate_gate: Mutex::new(RateGate::new(config.rate_limit, config.time_scale)),
            deep_offset_gate: Mutex::new(RateGate::new(config.deep_offset_limit, config.time_scale)),
            faults: Mutex::default(),
            counters: Mutex::default(),
            role: Mutex::default(),
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

    pub(crate) fn role(&self) -> Role {
        *lock(&self.role)
    }

    pub(crate) fn set_role(&self, role: Role) {
        *lock(&self.role) = role;
    }

    pub(crate) fn counters(&self) -> Counters {
        let oauth = self.oauth();
        Counters {
            tokens_issued: oauth.tokens_issued,
            refreshes: oauth.refreshes,
            revocations: oauth.revocations,
            connections: self.connections.load(Ordering::Relaxed),
            ..lock(&self.counters).clone()
        }
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
pub(crate) async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response {
    let arrived = Instant::now();
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_BODY).await else {
        return respond(front_page(413, "Request Entity Too Large"));
    };
    let asked = Asked {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: body.to_vec(),
    };
    if asked.path.starts_with("/_emulator/") {
        return respond(control::answer(&shared, &asked));
    }
    if !shared.config.latency.is_zero() {
        tokio::time::sleep(shared.config.latency).await;
    }
    let fault = shared.faults().strike(&asked.method, &asked.path);
    if let Some(FaultKind::Slow { ms }) = fault {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
    let answer = match &fault {
        Some(kind) => faulty(&shared, &asked, kind),
        None => Some(answer(&shared, &asked, None)),
    };
    let answer = answer.map(|answer| {
        compress(&asked, answer.with("x-request-id", request_id(&shared)).with("x-runtime", runtime(arrived)))
    });
    let cut = match (&fault, &answer) {
        (Some(FaultKind::Reset | FaultKind::AnswerLost), _) | (_, None) => true,
        (Some(FaultKind::Truncate), Some(answer)) => {
            line.cut_in_body(answer.body.len() / 2);
            false
        }
        _ => false,
    };
    if cut {
        line.cut();
    }
    let answer = answer.unwrap_or_else(|| Answer::html(502, "").at("(reset)"));
    let status = (!cut).then_some(answer.status);
    lock(&shared.counters).count(&asked.method, &answer.template, status);
    shared.log(&asked, &answer.template, status, answer.body.len(), arrived.elapsed());
    respond(answer)
}

/// The answer of a request that a fault has struck; None when nothing is done at all.
fn faulty(shared: &Shared, asked: &Asked, kind: &FaultKind) -> Option<Answer> {
    let answer = match kind {
        FaultKind::Reset => return None,
        FaultKind::AnswerLost | FaultKind::Truncate | FaultKind::Slow { .. } => {
            return Some(answer(shared, asked, None));
        }
        FaultKind::TotalCount { n } => return Some(answer(shared, asked, Some(*n))),
        FaultKind::Status { status: 500 } => error(500, "Internal Server Error", api::INTERNAL),
        FaultKind::Status { status } => {
            let title = StatusCode::from_u16(*status)
                .ok()
                .and_then(|status| status.canonical_reason())
                .unwrap_or("Error");
            front_page(*status, title)
        }
        FaultKind::Html200 => Answer::html(
            200,
            "<!doctype html><title>Free Wi-Fi</title><h1>Welcome to the café</h1><form action=\"http://192.0.2.1/login\"><button>Connect</button></form>",
        ),
        FaultKind::RateLimited { retry_after } => {
            let limit = shared.config.rate_limit;
            let refusal = too_many_requests(limit.count + 1, limit.count, limit.seconds);
            match retry_after {
                Some(retry_after) => refusal.with("retry-after", retry_after),
                None => refusal,
            }
        }
        FaultKind::Body { status, text } => {
            Answer::new(*status, "application/json; charset=utf-8", text.clone())
        }
    };
    Some(answer.at(asked.path.clone()))
}

fn answer(shared: &Shared, asked: &Asked, claimed_total: Option<usize>) -> Answer {
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
        path if path.starts_with("/_avatars/") => picture(shared, path).at("/_avatars/{picture}"),
        _ => api::answer(shared, asked, claimed_total),
    }
}

fn picture(shared: &Shared, path: &str) -> Answer {
    avatar::picture(&shared.church(), path).map_or_else(not_found, |file| {
        Answer::new(200, "image/png", file).with("cache-control", "public, max-age=31536000")
    })
}

fn compress(asked: &Asked, mut answer: Answer) -> Answer {
    let wanted = asked
        .header("accept-encoding")
        .is_some_and(|encodings| encodings.split(',').any(|encoding| encoding.trim().starts_with("gzip")));
    let packed =
        answer.headers.iter().any(|(name, value)| *name == "content-type" && value.starts_with("image/"));
    if !wanted || packed || answer.body.len() < SMALLEST_COMPRESSED {
        return answer;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    if let Ok(body) = encoder.write_all(&answer.body).and_then(|()| encoder.finish()) {
        answer.body = body;
        answer = answer.with("content-encoding", "gzip");
    }
    answer
}

fn request_id(shared: &Shared) -> String {
    let number = lock(&shared.counters).requests + 1;
    format!("{number:08x}-0000-4000-8000-{:012x}", shared.config.seed & 0xFFFF_FFFF_FFFF)
}

fn runtime(arrived: Instant) -> String {
    format!("{:.6}", arrived.elapsed().as_secs_f64())
}

fn respond(answer: Answer) -> Response {
    let headers = answer.header_map();
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    response
}

//! A server that answers as a test says and remembers what it was asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::{Router, serve};
use pco_client::{AccessToken, AccessTokens, Client, ClientConfig, Connections, RateGate, TokenError};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::{Url, form_urlencoded};

pub(crate) const USER_AGENT: &str = "Narthex/0.1.0 (test@example.org)";

/// One request as the server saw it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn form(&self) -> BTreeMap<String, String> {
        form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }

    pub(crate) fn offset(&self) -> usize {
        self.query.get("offset").map_or(0, |offset| offset.parse().unwrap())
    }
}

pub(crate) struct Server {
    pub(crate) base: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// `answer` gets each request and its number, counted from 0.
    pub(crate) async fn start(answer: impl Fn(&Seen, usize) -> Response + Send + Sync + 'static) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(answer);
        let log = Arc::clone(&seen);
        let router = Router::new().fallback(move |request: Request| {
            let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
            async move {
                let request = read(request).await;
                let number = {
                    let mut log = log.lock().unwrap();
                    log.push(request.clone());
                    log.len() - 1
                };
                answer(&request, number)
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let task = tokio::spawn(async move { serve(listener, router).await.unwrap() });
        Self { base, seen, task }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The bearer of every request, in order.
    pub(crate) fn bearers(&self) -> Vec<String> {
        self.seen()
            .iter()
            .map(|seen| seen.header("authorization").unwrap_or_default().replace("Bearer ", ""))
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read(request: Request) -> Seen {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let query = parts.uri.query().unwrap_or_default();
    Seen {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

pub(crate) fn respond(status: u16, kind: &str, body: impl Into<Body>) -> Response {
    Response::builder().status(status).header("content-type", kind).body(body.into()).unwrap()
}

pub(crate) fn json(status: u16, body: &Value) -> Response {
    respond(status, "application/vnd.api+json; charset=utf-8", body.to_string())
}

pub(crate) fn html(status: u16) -> Response {
    respond(status, "text/html", "<html>Welcome to the coffee shop</html>")
}

/// A 401 with PCO's hint.
pub(crate) fn unauthorized(hint: &str) -> Response {
    let detail = format!("This request could not be authenticated. Error Code Hint: ({hint})");
    json(
        401,
        &serde_json::json!({"errors": [
            {"code": "unauthorized", "title": "Unauthorized", "status": "401", "detail": detail}
        ]}),
    )
}

/// Hands out `token-0`, and after each refusal the next one.
#[derive(Default)]
pub(crate) struct CountingTokens {
    refused: Mutex<Vec<String>>,
}

impl CountingTokens {
    pub(crate) fn refused(&self) -> Vec<String> {
        self.refused.lock().unwrap().clone()
    }
}

#[async_trait]
impl AccessTokens for CountingTokens {
    async fn bearer(&self, refused: Option<&AccessToken>) -> Result<AccessToken, TokenError> {
        let mut all = self.refused.lock().unwrap();
        all.extend(refused.map(|token| token.expose().to_owned()));
        Ok(AccessToken::new(format!("token-{}", all.len())))
    }
}

pub(crate) fn client_with(base: &Url, tokens: Arc<dyn AccessTokens>) -> Client {
    Client::new(ClientConfig {
        connections: Connections::to(base.clone(), USER_AGENT).unwrap(),
        tokens,
        gate: Arc::new(RateGate::new()),
    })
}

pub(crate) fn client(server: &Server) -> Client {
    client_of(&server.base)
}

pub(crate) fn client_of(base: &Url) -> Client {
    client_with(base, Arc::new(CountingTokens::default()))
}

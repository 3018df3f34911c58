//! Answers held in memory to be asked for by their tag: a private cache that never answers by itself, but has the server
//! say each time whether what it holds is still valid (RFC 9111 section 4.3).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::header::{ETAG, HeaderValue};
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretSlice};
use url::Url;

use crate::transport::Answer;

/// Bytes held at the most, over all answers.
const CAPACITY: usize = 4 * 1024 * 1024;

/// The answers of one sign-in. They live no longer than its client, and only in memory.
#[derive(Default)]
pub(crate) struct Cache(Mutex<Held>);

#[derive(Default)]
struct Held {
    /// The one used longest ago comes first.
    responses: VecDeque<(Url, Arc<StoredResponse>)>,
    bytes: usize,
}

/// A complete 200 with its tag: neither is there without the other.
pub(crate) struct StoredResponse {
    etag: HeaderValue,
    body: SecretSlice<u8>,
}

impl Cache {
    /// What is held of the answer from this address.
    pub(crate) fn get(&self, url: &Url) -> Option<Arc<StoredResponse>> {
        let mut held = self.held();
        let place = held.place(url)?;
        let entry = held.responses.remove(place)?;
        let response = Arc::clone(&entry.1);
        held.responses.push_back(entry);
        Some(response)
    }

    /// Holds an answer in place of the last one from this address, if it is one that can be asked for by its tag
    /// (RFC 9110 section 8.8.3). What was used longest ago makes room.
    pub(crate) fn put(&self, url: &Url, answer: Answer) {
        let mut held = self.held();
        held.remove(url);
        let Some(response) = StoredResponse::of(answer).filter(|response| response.size() <= CAPACITY) else {
            return;
        };
        held.bytes += response.size();
        held.responses.push_back((url.clone(), Arc::new(response)));
        while held.bytes > CAPACITY
            && let Some((_, oldest)) = held.responses.pop_front()
        {
            held.bytes -= oldest.size();
        }
    }

    /// Holds nothing from this address any more.
    pub(crate) fn remove(&self, url: &Url) {
        self.held().remove(url);
    }

    /// Holds nothing at all any more.
    pub(crate) fn clear(&self) {
        *self.held() = Held::default();
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn place(&self, url: &Url) -> Option<usize> {
        self.responses.iter().position(|(held, _)| held == url)
    }

    fn remove(&mut self, url: &Url) {
        if let Some((_, response)) = self.place(url).and_then(|place| self.responses.remove(place)) {
            self.bytes -= response.size();
        }
    }
}

impl StoredResponse {
    fn of(answer: Answer) -> Option<Self> {
        let etag = answer.headers.get(ETAG).filter(|_| answer.status == StatusCode::OK)?.clone();
        Some(Self { etag, body: SecretSlice::from(answer.body) })
    }

    /// For `If-None-Match` (RFC 9110 section 13.1.2).
    pub(crate) fn etag(&self) -> &HeaderValue {
        &self.etag
    }

    /// The body as it came.
    pub(crate) fn body(&self) -> &[u8] {
        self.body.expose_secret()
    }

    /// Whether a 304 with these headers means this answer (RFC 9111 section 4.3.4). One that names no tag can mean no
    /// other.
    pub(crate) fn is_selected_by(&self, headers: &HeaderMap) -> bool {
        headers.get(ETAG).is_none_or(|told| opaque(told) == opaque(&self.etag))
    }

    fn size(&self) -> usize {
        self.body().len() + self.etag.len()
    }
}

/// A tag without what tells weak from strong (RFC 9110 section 8.8.3.2, weak comparison).
fn opaque(etag: &HeaderValue) -> &[u8] {
    let etag = etag.as_bytes();
    etag.strip_prefix(b"W/").unwrap_or(etag)
}

//! Answers held in memory to be asked for by their tag: a private cache that never answers by itself, but has the server
//! say each time whether what it holds is still valid (RFC 9111 section 4.3).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::header::{ETAG, HeaderValue};
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretSlice};
use url::Url;

use crate::transport::Answer;

/// Bytes held at the most, over all answers: a refresh of twenty-five service types asks for half of it.
const CAPACITY: usize = 4 * 1024 * 1024;

/// The answers of one sign-in. They live no longer than its client, and only in memory.
#[derive(Default)]
pub(crate) struct Cache(Mutex<Held>);

struct Held {
    /// The one used longest ago comes first.
    responses: VecDeque<Arc<StoredResponse>>,
    bytes: usize,
    capacity: usize,
}

/// A complete 200 with its tag: neither is there without the other.
pub(crate) struct StoredResponse {
    url: Url,
    etag: HeaderValue,
    body: SecretSlice<u8>,
}

impl Cache {
    /// What is held of the answer from this address.
    pub(crate) fn get(&self, url: &Url) -> Option<Arc<StoredResponse>> {
        let mut held = self.held();
        let place = held.place(url)?;
        let response = held.responses.remove(place)?;
        held.responses.push_back(Arc::clone(&response));
        Some(response)
    }

    /// Holds an answer in place of the last one from this address, if it is one that can be asked for by its tag
    /// (RFC 9110 section 8.8.3). What was used longest ago makes room.
    pub(crate) fn put(&self, url: &Url, answer: Answer) {
        let mut held = self.held();
        held.remove(url);
        let capacity = held.capacity;
        let response = StoredResponse::of(url, answer).filter(|response| response.size() <= capacity);
        let Some(response) = response else { return };
        held.bytes += response.size();
        held.responses.push_back(Arc::new(response));
        while held.bytes > capacity
            && let Some(oldest) = held.responses.pop_front()
        {
            held.bytes -= oldest.size();
        }
    }

    /// Holds nothing from this address any more.
    pub(crate) fn remove(&self, url: &Url) {
        self.held().remove(url);
    }

    /// Holds nothing any more from this address, whatever its query, and from what lies below it.
    pub(crate) fn remove_with_all_below(&self, url: &Url) {
        self.held().remove_with_all_below(url);
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        let mut held = self.held();
        *held = Held::of(held.capacity);
    }

    /// Forgets everything and holds nothing from now on, since the server's tags cannot be relied on.
    pub(crate) fn give_up(&self) {
        *self.held() = Held::of(0);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Held {
    fn default() -> Self {
        Self::of(CAPACITY)
    }
}

impl Held {
    fn of(capacity: usize) -> Self {
        Self { responses: VecDeque::new(), bytes: 0, capacity }
    }

    fn place(&self, url: &Url) -> Option<usize> {
        self.responses.iter().position(|response| response.url == *url)
    }

    fn remove(&mut self, url: &Url) {
        if let Some(response) = self.place(url).and_then(|place| self.responses.remove(place)) {
            self.bytes -= response.size();
        }
    }

    fn remove_with_all_below(&mut self, url: &Url) {
        let is_outside = |response: &Arc<StoredResponse>| {
            response
                .url
                .path()
                .strip_prefix(url.path())
                .is_none_or(|below| !below.is_empty() && !below.starts_with('/'))
        };
        self.responses.retain(is_outside);
        self.bytes = self.responses.iter().map(|response| response.size()).sum();
    }
}

impl StoredResponse {
    fn of(url: &Url, answer: Answer) -> Option<Self> {
        let etag = answer.headers.get(ETAG).filter(|_| answer.status == StatusCode::OK)?.clone();
        Some(Self { url: url.clone(), etag, body: SecretSlice::from(answer.body) })
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
    /// other: it was asked about this one alone.
    pub(crate) fn is_selected_by(&self, headers: &HeaderMap) -> bool {
        headers.get(ETAG).is_none_or(|told| opaque(told) == opaque(&self.etag))
    }

    fn size(&self) -> usize {
        self.url.as_str().len() + self.etag.len() + self.body().len()
    }
}

/// A tag without what tells weak from strong (RFC 9110 section 8.8.3.2, weak comparison).
fn opaque(etag: &HeaderValue) -> &[u8] {
    let etag = etag.as_bytes();
    etag.strip_prefix(b"W/").unwrap_or(etag)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    const ROOM: usize = 400;

    fn url(number: u8) -> Url {
        format!("https://example.org/{number}").parse().unwrap()
    }

    fn answer(tag: Option<u8>, bytes: u8) -> Answer {
        let tag = tag.map(|tag| (ETAG, HeaderValue::from(u16::from(tag))));
        Answer { status: StatusCode::OK, headers: tag.into_iter().collect(), body: vec![0; bytes.into()] }
    }

    #[derive(Clone, Debug)]
    enum Step {
        Get(u8),
        Put(u8, Option<u8>, u8),
        Remove(u8),
        Clear,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0..9_u8).prop_map(Step::Get),
            8 => (0..9_u8, prop::option::weighted(0.9, any::<u8>()), any::<u8>())
                .prop_map(|(url, tag, bytes)| Step::Put(url, tag, bytes)),
            2 => (0..9_u8).prop_map(Step::Remove),
            1 => Just(Step::Clear),
        ]
    }

    proptest! {
        /// Whatever is done: what is there is what came last, its tag and body together, in no more room than there is.
        #[test]
        fn what_is_held_is_the_last_answer_and_fits(steps in prop::collection::vec(step(), 0..60)) {
            let cache = Cache(Mutex::new(Held::of(ROOM)));
            let mut last: HashMap<u8, (u8, u8)> = HashMap::new();
            for step in steps {
                match step {
                    Step::Get(number) => drop(cache.get(&url(number))),
                    Step::Put(number, tag, bytes) => {
                        cache.put(&url(number), answer(tag, bytes));
                        last.remove(&number);
                        if let Some(tag) = tag {
                            last.insert(number, (tag, bytes));
                            prop_assert!(cache.get(&url(number)).is_some(), "there was room for one");
                        }
                    }
                    Step::Remove(number) => {
                        cache.remove(&url(number));
                        last.remove(&number);
                    }
                    Step::Clear => {
                        cache.clear();
                        last.clear();
                    }
                }
                let mut room = 0;
                for number in 0..9 {
                    let Some(held) = cache.held().responses.iter().find(|held| held.url == url(number)).cloned()
                    else { continue };
                    room += held.size();
                    let (tag, bytes) = last[&number];
                    prop_assert_eq!(held.etag(), HeaderValue::from(u16::from(tag)));
                    prop_assert_eq!(held.body().len(), usize::from(bytes));
                }
                prop_assert_eq!(cache.held().bytes, room);
                prop_assert!(room <= ROOM, "{}", room);
            }
        }
    }
}

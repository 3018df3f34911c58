//! Entity tags: by them the server can be asked whether an answer would be another one today (RFC 9110 section 8.8.3).

use http::header::{ETAG, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

use crate::transport::Answer;

/// What an answer was. As long as the server tells the same tag for the same request, it would answer the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EntityTag(String);

impl EntityTag {
    /// The tag of a complete answer, where it has one that can be sent back.
    pub(crate) fn of(answer: &Answer) -> Option<Self> {
        let tag = answer.headers.get(ETAG).filter(|_| answer.status == StatusCode::OK)?;
        Some(Self(tag.to_str().ok()?.to_owned()))
    }

    /// For `If-None-Match` (RFC 9110 section 13.1.2).
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }

    /// Whether a 304 with these headers means the answer of this tag. It has to name it (RFC 9110 section 15.4.5): one that
    /// does not may be anybody's.
    pub(crate) fn is_meant_by(&self, headers: &HeaderMap) -> bool {
        headers.get(ETAG).is_some_and(|told| opaque(told.as_bytes()) == opaque(self.0.as_bytes()))
    }
}

/// A tag without what tells weak from strong (RFC 9110 section 8.8.3.2, weak comparison).
fn opaque(tag: &[u8]) -> &[u8] {
    tag.strip_prefix(b"W/").unwrap_or(tag)
}

//! Requests that no honest client makes: each is refused before anything looks into it.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt;

use crate::answer::{Answer, Asked, front_page};

/// No request here has a larger body.
const LARGEST_BODY: usize = 1 << 20;
/// So much of a body that is too large is still read and thrown away, so that its sender hears the refusal.
const MOST_THROWN_AWAY: usize = 64 << 20;
/// The front of the service takes no longer address.
const LONGEST_ADDRESS: usize = 8_192;
/// The service reads no parameter nested deeper: `a[b][c]…`.
const DEEPEST_PARAMETER: usize = 32;

/// The whole body, or the refusal of one that is too large, too slow or broken.
pub(crate) async fn read_body(mut body: Body, patience: Duration) -> Result<Vec<u8>, Answer> {
    let (mut bytes, mut thrown_away) = (Vec::new(), 0);
    loop {
        let Ok(frame) = tokio::time::timeout(patience, body.frame()).await else {
            return Err(front_page(408, "Request Time-out"));
        };
        let data = match frame {
            None if thrown_away > 0 => return Err(front_page(413, "Request Entity Too Large")),
            None => return Ok(bytes),
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
            Some(Err(_)) => return Err(front_page(400, "Bad Request")),
        };
        if thrown_away > 0 || bytes.len() + data.len() > LARGEST_BODY {
            thrown_away += data.len() + std::mem::take(&mut bytes).len();
            if thrown_away > MOST_THROWN_AWAY {
                return Err(front_page(413, "Request Entity Too Large"));
            }
        } else {
            bytes.extend_from_slice(&data);
        }
    }
}

/// The refusal of an address that makes no sense. The sign-in is left out: it has pages of its own for what it cannot
/// read.
pub(crate) fn refusal(asked: &Asked) -> Option<Answer> {
    if asked.path.starts_with("/oauth/") {
        return None;
    }
    if asked.path.len() + asked.query.len() > LONGEST_ADDRESS {
        return Some(front_page(414, "Request-URI Too Large"));
    }
    let deep = asked.query.split('&').any(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        name.matches('[').count() + name.matches("%5B").count() > DEEPEST_PARAMETER
    });
    let sensible = !deep && is_text(&asked.path) && is_text(&asked.query);
    (!sensible).then(|| front_page(400, "Bad Request"))
}

/// Percent-encoding is complete, and stands for UTF-8 without NUL.
fn is_text(encoded: &str) -> bool {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        match (digit(), digit()) {
            (Some(high), Some(low)) => bytes.push(u8::try_from(high * 16 + low).unwrap_or_default()),
            _ => return false,
        }
    }
    !bytes.contains(&0) && String::from_utf8(bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_text;

    #[test]
    fn percent_encoding_is_complete_and_stands_for_text() {
        for good in ["", "/people/v2", "where[name]=J%C3%BCrgen+M", "a=100%25"] {
            assert!(is_text(good), "{good}");
        }
        for bad in ["%", "a=%2", "a=%zz", "a=%C3", "a=%FF%FE", "a=%00", "100%"] {
            assert!(!is_text(bad), "{bad}");
        }
    }
}

//! Compression of answers, as the service's front does it.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::answer::Answer;

/// Whether an `Accept-Encoding` header lets an answer be gzip.
pub(crate) fn accepts_gzip(header: &str) -> bool {
    header.split(',').any(|choice| {
        let (encoding, weight) = choice.split_once(';').unwrap_or((choice, "q=1"));
        let refused =
            weight.trim().strip_prefix("q=").is_some_and(|weight| weight.trim().parse() == Ok(0.0_f32));
        matches!(encoding.trim(), "gzip" | "*") && !refused
    })
}

/// The answer as gzip. Pictures are packed already, and an empty body stays empty.
pub(crate) fn compressed(mut answer: Answer) -> Answer {
    let packed =
        answer.headers.iter().any(|(name, value)| *name == "content-type" && value.starts_with("image/"));
    if packed || answer.body.is_empty() {
        return answer;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    match encoder.write_all(&answer.body).and_then(|()| encoder.finish()) {
        Ok(body) => {
            answer.body = body;
            answer.with("content-encoding", "gzip").with("vary", "Accept-Encoding")
        }
        Err(error) => {
            tracing::warn!(%error, "an answer stays uncompressed");
            answer
        }
    }
}

#[cfg(test)]
mod tests {
    use super::accepts_gzip;

    #[test]
    fn gzip_is_sent_only_to_those_who_take_it() {
        for header in ["gzip", "gzip, deflate", "br;q=1.0, gzip;q=0.5", "*"] {
            assert!(accepts_gzip(header), "{header}");
        }
        for header in ["", "identity", "deflate, br", "gzip;q=0", "gzip; q=0.0"] {
            assert!(!accepts_gzip(header), "{header}");
        }
    }
}

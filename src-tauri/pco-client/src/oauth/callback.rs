//! The inward half of a sign-in: a strict reader of the link that comes back.
//!
//! Any program and any page can send such a link, so it is read byte by byte against the one
//! request that is awaited, without the normalisation a URL library would do.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::OAuthErrorCode;
use super::redirect::CUSTOM_SCHEME;

const MAX_LINK_BYTES: usize = 4096;

/// A one-time code to be exchanged for tokens. It cannot be printed or cloned.
pub struct AuthorizationCode(SecretString);

impl AuthorizationCode {
    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for AuthorizationCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AuthorizationCode([hidden])")
    }
}

/// What Planning Center answered to the request (RFC 6749 section 4.1.2).
#[derive(Debug)]
pub enum AuthorizationResponse {
    /// The person agreed.
    Granted(AuthorizationCode),
    /// The person said no (`access_denied`).
    Denied,
    /// The server refused the request itself.
    Failed(OAuthErrorCode),
}

/// Why a link is not the awaited answer. Holds nothing of the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("callback refused: {}", self.reason())]
pub enum CallbackRefusal {
    /// Longer than 4096 bytes.
    TooLong,
    /// A byte that no URL holds: space, control character, or beyond ASCII.
    ForbiddenByte,
    /// It has a fragment.
    Fragment,
    /// Not this request's redirect address: another scheme, user, host, port or path.
    OtherAddress,
    /// The query is not a list of `name=value`.
    MalformedQuery,
    /// Percent encoding is broken, or hides a control character.
    BadEncoding,
    /// A known parameter is there twice.
    Duplicate,
    /// No `state`.
    StateMissing,
    /// Another `state`: forged, or the answer to an earlier attempt.
    StateMismatch,
    /// `iss` names another issuer (RFC 9207).
    IssuerMismatch,
    /// Neither `code` nor `error`.
    NoAnswer,
    /// Both `code` and `error`.
    CodeAndError,
    /// `code` is empty or holds characters that RFC 6749 does not allow.
    InvalidCode,
    /// `error` is not a machine word.
    InvalidError,
}

impl CallbackRefusal {
    /// A short machine word for counters and logs.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::ForbiddenByte => "forbidden_byte",
            Self::Fragment => "fragment",
            Self::OtherAddress => "other_address",
            Self::MalformedQuery => "malformed_query",
            Self::BadEncoding => "bad_encoding",
            Self::Duplicate => "duplicate",
            Self::StateMissing => "state_missing",
            Self::StateMismatch => "state_mismatch",
            Self::IssuerMismatch => "issuer_mismatch",
            Self::NoAnswer => "no_answer",
            Self::CodeAndError => "code_and_error",
            Self::InvalidCode => "invalid_code",
            Self::InvalidError => "invalid_error",
        }
    }
}

/// Whether a program argument claims to be a sign-in link: it has the program's own scheme. Says
/// nothing about its truth.
#[must_use]
pub fn looks_like_callback(link: &str) -> bool {
    link.split_once(':').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case(CUSTOM_SCHEME))
}

/// What the answer has to agree with.
pub(super) struct Awaited<'a> {
    pub(super) address: &'a str,
    pub(super) issuer: &'a str,
    pub(super) state: &'a str,
}

pub(super) fn parse(link: &str, awaited: &Awaited<'_>) -> Result<AuthorizationResponse, CallbackRefusal> {
    if link.len() > MAX_LINK_BYTES {
        return Err(CallbackRefusal::TooLong);
    }
    if !link.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(CallbackRefusal::ForbiddenByte);
    }
    if link.contains('#') {
        return Err(CallbackRefusal::Fragment);
    }
    let rest = link.strip_prefix(awaited.address).ok_or(CallbackRefusal::OtherAddress)?;
    let parameters = match rest.strip_prefix('?') {
        Some(query) => Parameters::read(query)?,
        None if rest.is_empty() => Parameters::default(),
        None => return Err(CallbackRefusal::OtherAddress),
    };

    // The state comes first: without it nothing else in the link is worth a word.
    let state = parameters.state.ok_or(CallbackRefusal::StateMissing)?;
    if !bool::from(state.as_bytes().ct_eq(awaited.state.as_bytes())) {
        return Err(CallbackRefusal::StateMismatch);
    }
    if parameters.iss.is_some_and(|issuer| issuer != awaited.issuer) {
        return Err(CallbackRefusal::IssuerMismatch);
    }
    match (parameters.code, parameters.error) {
        (Some(_), Some(_)) => Err(CallbackRefusal::CodeAndError),
        (None, None) => Err(CallbackRefusal::NoAnswer),
        (Some(code), None) => granted(code),
        (None, Some(error)) => refused(&error),
    }
}

fn granted(code: String) -> Result<AuthorizationResponse, CallbackRefusal> {
    // RFC 6749 appendix A.11: code = 1*VSCHAR.
    let is_code = !code.is_empty() && code.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
    if !is_code {
        return Err(CallbackRefusal::InvalidCode);
    }
    Ok(AuthorizationResponse::Granted(AuthorizationCode(code.into())))
}

fn refused(error: &str) -> Result<AuthorizationResponse, CallbackRefusal> {
    if error == "access_denied" {
        return Ok(AuthorizationResponse::Denied);
    }
    OAuthErrorCode::parse(error).map(AuthorizationResponse::Failed).ok_or(CallbackRefusal::InvalidError)
}

/// The parameters we know, each at most once. Others are passed over, as RFC 6749 section 4.1.2
/// demands, but their encoding has to be sound too.
#[derive(Default)]
struct Parameters {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

impl Parameters {
    fn read(query: &str) -> Result<Self, CallbackRefusal> {
        let mut parameters = Self::default();
        if query.is_empty() {
            return Ok(parameters);
        }
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').ok_or(CallbackRefusal::MalformedQuery)?;
            let (name, value) = (decode(name)?, decode(value)?);
            let place = match name.as_str() {
                "code" => &mut parameters.code,
                "state" => &mut parameters.state,
                "iss" => &mut parameters.iss,
                "error" => &mut parameters.error,
                "error_description" => &mut parameters.error_description,
                _ => continue,
            };
            if place.replace(value).is_some() {
                return Err(CallbackRefusal::Duplicate);
            }
        }
        Ok(parameters)
    }
}

/// Form decoding that accepts only what an encoder would write: whole `%XX` triplets, UTF-8, no
/// control characters.
fn decode(text: &str) -> Result<String, CallbackRefusal> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (rest.next().and_then(hex), rest.next().and_then(hex)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(CallbackRefusal::BadEncoding),
            },
            other => other,
        });
    }
    let text = String::from_utf8(bytes).map_err(|_| CallbackRefusal::BadEncoding)?;
    if text.chars().any(char::is_control) {
        return Err(CallbackRefusal::BadEncoding);
    }
    Ok(text)
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
#[path = "callback_tests.rs"]
mod tests;

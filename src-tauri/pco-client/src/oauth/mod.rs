//! One sign-in as a public client: RFC 6749 with PKCE (RFC 7636) and the rules for native
//! programs (RFC 8252). `client_id` goes in the body, and there is no secret anywhere.

mod authorization;
mod callback;
mod redirect;
mod token;

use std::fmt;

pub use authorization::AuthorizationRequest;
pub use callback::{AuthorizationCode, AuthorizationResponse, CallbackRefusal, looks_like_callback};
pub use redirect::{CUSTOM_SCHEME, LOOPBACK_PORTS, RedirectUri};
pub use token::{OAuthClient, OAuthError, TokenCallEnd};

/// The public identifier of the Planning Center application: 64 lowercase hexadecimal characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ClientId(String);

/// Why a text is not a client id. The texts are for the person who pasted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientIdError {
    /// Too short or too long.
    #[error("A client ID has 64 characters; this has {found}. Copy it again from Planning Center.")]
    WrongLength {
        /// Characters found.
        found: usize,
    },
    /// The right length, but not a client id.
    #[error(
        "A client ID has only the digits 0–9 and the small letters a–f. Copy it again from Planning Center."
    )]
    NotLowerHex,
}

impl ClientId {
    const LENGTH: usize = 64;

    /// Checks a pasted or configured client id; space around it is forgiven.
    ///
    /// # Errors
    /// [`ClientIdError`] when it is not 64 lowercase hexadecimal characters.
    pub fn parse(text: &str) -> Result<Self, ClientIdError> {
        let text = text.trim();
        let found = text.chars().count();
        if found != Self::LENGTH {
            return Err(ClientIdError::WrongLength { found });
        }
        if !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(ClientIdError::NotLowerHex);
        }
        Ok(Self(text.to_owned()))
    }

    /// The identifier as sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ClientId({})", self.0)
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An error word of RFC 6749, such as `invalid_scope`. The set is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthErrorCode(String);

impl OAuthErrorCode {
    const MAX_LENGTH: usize = 64;

    /// `None` unless the text is a plausible machine word, so that it may be logged.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_word = !text.is_empty()
            && text.len() <= Self::MAX_LENGTH
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        is_word.then(|| Self(text.to_owned()))
    }

    /// The word itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OAuthErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_client_id_is_sixty_four_lowercase_hex_characters() {
        let good = "0123456789abcdef".repeat(4);
        assert_eq!(ClientId::parse(&format!(" {good}\n")).unwrap().as_str(), good);
        assert_eq!(ClientId::parse(""), Err(ClientIdError::WrongLength { found: 0 }));
        assert_eq!(ClientId::parse(&good[1..]), Err(ClientIdError::WrongLength { found: 63 }));
        assert_eq!(ClientId::parse(&format!("{good}0")), Err(ClientIdError::WrongLength { found: 65 }));
        assert_eq!(ClientId::parse(&good.to_uppercase()), Err(ClientIdError::NotLowerHex));
        assert_eq!(ClientId::parse(&"é".repeat(64)), Err(ClientIdError::NotLowerHex));
        assert_eq!(ClientId::parse(&"g".repeat(64)), Err(ClientIdError::NotLowerHex));
    }
}

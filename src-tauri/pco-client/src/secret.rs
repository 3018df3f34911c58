//! Tokens as types: they cannot be printed, are wiped from memory when dropped, and compare in
//! constant time.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// A bearer token for API calls, good for about two hours. Lives in memory only.
pub struct AccessToken(SecretString);

/// The token that buys the next [`TokenSet`]. Each may be used once: the server rotates it.
pub struct RefreshToken(SecretString);

/// What the token endpoint hands out (RFC 6749 section 5.1).
#[derive(Clone, Debug)]
pub struct TokenSet {
    /// For the `Authorization` header.
    pub access: AccessToken,
    /// For the next renewal. Absent means that the one already held stays valid (RFC 6749 section 6).
    pub refresh: Option<RefreshToken>,
    /// Life of the access token, counted from the answer.
    pub expires_in: Duration,
    /// The server's own time of issue, where it tells.
    pub created_at: Option<jiff::Timestamp>,
    /// Granted scopes, space-separated, where the server tells.
    pub scope: Option<String>,
}

macro_rules! secret_text {
    ($name:ident) => {
        impl $name {
            /// Takes the secret in. The text handed over is not copied elsewhere.
            #[must_use]
            pub fn new(secret: String) -> Self {
                Self(SecretString::from(secret))
            }

            /// The secret itself, for the few places that send or store it.
            #[must_use]
            pub fn expose(&self) -> &str {
                self.0.expose_secret()
            }
        }

        impl Clone for $name {
            fn clone(&self) -> Self {
                Self(SecretString::from(self.expose()))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "([hidden])"))
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
            }
        }

        impl Eq for $name {}
    };
}

secret_text!(AccessToken);
secret_text!(RefreshToken);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printing_shows_nothing_of_the_secret() {
        let tokens = TokenSet {
            access: AccessToken::new("access-canary".to_owned()),
            refresh: Some(RefreshToken::new("refresh-canary".to_owned())),
            expires_in: Duration::from_hours(2),
            created_at: None,
            scope: Some("people services".to_owned()),
        };
        let printed = format!("{tokens:?} {tokens:#?}");
        assert!(!printed.contains("canary"), "{printed}");
        assert!(printed.contains("AccessToken([hidden])"), "{printed}");
        assert!(printed.contains("RefreshToken([hidden])"), "{printed}");
    }

    #[test]
    fn equality_is_of_the_whole_text() {
        let token = AccessToken::new("abc".to_owned());
        assert_eq!(token, token.clone());
        assert_ne!(token, AccessToken::new("abd".to_owned()));
        assert_ne!(token, AccessToken::new("abcd".to_owned()));
    }
}

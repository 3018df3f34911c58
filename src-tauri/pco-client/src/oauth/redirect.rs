//! Where the browser comes back to. This file alone in the program names the scheme and the ports.

use std::borrow::Cow;
use std::fmt;

use url::Url;

/// The program's identifier and its private-use URI scheme: a reverse domain name (RFC 8252
/// section 7.1).
pub const CUSTOM_SCHEME: &str = "org.narthex.desktop";

/// Loopback ports, all registered with Planning Center, which may refuse any other.
pub const LOOPBACK_PORTS: [u16; 3] = [8127, 8128, 8129];

// RFC 8252 section 7.1: a single slash after the scheme, since there is no authority.
const CUSTOM_SCHEME_ADDRESS: &str = "org.narthex.desktop:/oauth/callback";

/// One registered redirect address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RedirectUri {
    /// The operating system hands the link to the program.
    CustomScheme,
    /// The program listens on 127.0.0.1 at this port (RFC 8252 section 7.3).
    Loopback(u16),
}

impl RedirectUri {
    /// Every registered address, in the order in which they are tried and shown.
    pub const ALL: [Self; 4] = [
        Self::CustomScheme,
        Self::Loopback(LOOPBACK_PORTS[0]),
        Self::Loopback(LOOPBACK_PORTS[1]),
        Self::Loopback(LOOPBACK_PORTS[2]),
    ];

    /// The address exactly as registered and sent.
    #[must_use]
    pub fn as_str(&self) -> Cow<'static, str> {
        match self {
            Self::CustomScheme => Cow::Borrowed(CUSTOM_SCHEME_ADDRESS),
            Self::Loopback(port) => Cow::Owned(format!("http://127.0.0.1:{port}/oauth/callback")),
        }
    }

    /// The address as a URL.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "a test parses every address")]
    pub fn url(&self) -> Url {
        Url::parse(&self.as_str()).expect("every redirect address is written as a valid URL")
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registered_addresses_read_as_written_down() {
        let addresses: Vec<_> = RedirectUri::ALL.iter().map(RedirectUri::as_str).collect();
        assert_eq!(
            addresses,
            [
                "org.narthex.desktop:/oauth/callback",
                "http://127.0.0.1:8127/oauth/callback",
                "http://127.0.0.1:8128/oauth/callback",
                "http://127.0.0.1:8129/oauth/callback",
            ]
        );
        assert!(addresses[0].starts_with(&format!("{CUSTOM_SCHEME}:/")));
    }

    #[test]
    fn parsing_as_url_changes_nothing() {
        for redirect in RedirectUri::ALL {
            assert_eq!(redirect.url().as_str(), redirect.as_str());
        }
    }
}

//! The registered applications, and how one proves that it is the one it says.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Parameters;

/// An application as its developer registered it.
pub(crate) struct Application {
    pub(crate) id: String,
    /// None for a Public application: no secret is ever issued to it.
    secret: Option<String>,
}

impl Application {
    pub(crate) fn public(id: String) -> Self {
        Self { id, secret: None }
    }

    pub(crate) fn confidential(id: String, secret: String) -> Self {
        Self { id, secret: Some(secret) }
    }

    pub(crate) fn is_public(&self) -> bool {
        self.secret.is_none()
    }

    /// A Public application has nothing to prove itself with, and must not pretend to.
    pub(super) fn accepts(&self, credentials: &Credentials) -> bool {
        self.id == credentials.id && self.secret.as_deref().unwrap_or_default() == credentials.secret
    }
}

/// What a request says about the application that sends it.
pub(crate) struct Credentials {
    id: String,
    /// Empty when there is none.
    secret: String,
}

impl Credentials {
    /// From the Basic header, or else from the body: Doorkeeper looks in this order.
    pub(crate) fn find(authorization: Option<&str>, parameters: &Parameters) -> Option<Self> {
        authorization.and_then(Self::from_basic).or_else(|| {
            let id = parameters.get("client_id").filter(|id| !id.is_empty())?.clone();
            Some(Self { id, secret: parameters.get("client_secret").cloned().unwrap_or_default() })
        })
    }

    fn from_basic(authorization: &str) -> Option<Self> {
        let (kind, encoded) = authorization.split_once(' ')?;
        let decoded = kind.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(encoded.trim()).ok())??;
        let text = String::from_utf8(decoded).ok()?;
        let (id, secret) = text.split_once(':').unwrap_or((&text, ""));
        Some(Self { id: id.to_owned(), secret: secret.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::{Application, Credentials};
    use crate::oauth::Parameters;

    fn credentials(authorization: Option<&str>, pairs: &[(&str, &str)]) -> Option<Credentials> {
        let parameters: Parameters =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Credentials::find(authorization, &parameters)
    }

    #[test]
    fn a_secret_is_read_from_the_header_or_the_body() {
        let server = Application::confidential("id".to_owned(), "secret".to_owned());
        for (header, body, accepted) in [
            (Some("Basic aWQ6c2VjcmV0"), &[][..], true),
            (Some("basic aWQ6c2VjcmV0"), &[("client_id", "other")][..], true),
            (Some("Basic aWQ6d3Jvbmc="), &[][..], false),
            (Some("Basic %%%"), &[][..], false),
            (None, &[("client_id", "id"), ("client_secret", "secret")][..], true),
            (None, &[("client_id", "id")][..], false),
        ] {
            let found = credentials(header, body);
            assert_eq!(found.is_some_and(|found| server.accepts(&found)), accepted, "{header:?} {body:?}");
        }
    }

    #[test]
    fn a_public_application_has_no_secret_to_show() {
        let desktop = Application::public("id".to_owned());
        assert!(credentials(None, &[("client_id", "id")]).is_some_and(|found| desktop.accepts(&found)));
        let pretends = credentials(None, &[("client_id", "id"), ("client_secret", "made up")]);
        assert!(pretends.is_some_and(|found| !desktop.accepts(&found)));
    }
}

//! What the token and revocation endpoints say when they refuse (RFC 6749 section 5.2), in Doorkeeper's words.

/// A refusal with its HTTP status.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TokenError {
    pub(crate) status: u16,
    pub(crate) error: &'static str,
    pub(crate) description: String,
}

pub(super) const INVALID_REQUEST: &str = "The request is missing a required parameter, includes an unsupported parameter value, or is otherwise malformed.";
pub(super) const INVALID_CLIENT: &str = "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.";
pub(super) const INVALID_SCOPE: &str = "The requested scope is invalid, unknown, or malformed.";
const INVALID_GRANT: &str = "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.";

impl TokenError {
    fn new(status: u16, error: &'static str, description: &str) -> Self {
        Self { status, error, description: description.to_owned() }
    }

    /// The request cannot be read, or contradicts itself.
    pub(crate) fn malformed() -> Self {
        Self::new(400, "invalid_request", INVALID_REQUEST)
    }

    pub(super) fn missing(parameter: &str) -> Self {
        Self::new(400, "invalid_request", &format!("Missing required parameter: {parameter}."))
    }

    pub(super) fn invalid_client() -> Self {
        Self::new(401, "invalid_client", INVALID_CLIENT)
    }

    pub(super) fn invalid_grant() -> Self {
        Self::new(400, "invalid_grant", INVALID_GRANT)
    }

    pub(super) fn invalid_scope() -> Self {
        Self::new(400, "invalid_scope", INVALID_SCOPE)
    }

    pub(super) fn unsupported_grant_type() -> Self {
        Self::new(
            400,
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server.",
        )
    }

    /// The token to be revoked belongs to another application.
    pub(super) fn may_not_revoke() -> Self {
        Self::new(403, "unauthorized_client", "You are not authorized to revoke this token")
    }
}

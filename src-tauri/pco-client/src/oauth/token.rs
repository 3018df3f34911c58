//! Calls to the token and revocation endpoints (RFC 6749 sections 4.1.3 and 6, RFC 7009).
//!
//! No call is repeated here: a refresh token may be good for one use only, so whether to try again
//! is for the keeper of the tokens to say. [`OAuthError::end`] tells it what is known.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use oauth2::basic::{BasicErrorResponse, BasicErrorResponseType, BasicTokenType};
use oauth2::{
    AsyncHttpClient, Client as ProtocolClient, EndpointNotSet, ExtraTokenFields, HttpRequest, HttpResponse,
    RequestTokenError, StandardTokenResponse, TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};

use super::authorization::redirect_url;
use super::{AuthorizationCode, AuthorizationRequest, ClientId, OAuthErrorCode};
use crate::answer::is_json;
use crate::error::{ApiError, Unreachable};
use crate::secret::{AccessToken, RefreshToken, TokenSet};
use crate::transport::{self, Failure, Limits};

const LIMITS: Limits = Limits {
    connect: Duration::from_secs(5),
    stall: Duration::from_secs(15),
    whole: Duration::from_secs(20),
};

/// Planning Center's documented life of an access token, for an answer that does not say.
const USUAL_LIFE: Duration = Duration::from_hours(2);

/// Longest answer that is read: tokens with everything around them are a few kilobytes.
const LONGEST: usize = 64 * 1024;

/// Speaks to `/oauth/*` as a public client: `client_id` in the body, no secret, no `Authorization`
/// header, no redirect followed.
#[derive(Clone, Debug)]
pub struct OAuthClient {
    http: Arc<Http>,
    base: Url,
    client_id: ClientId,
}

/// The HTTP client, made for the first call: hours may pass until then, and a program that starts has no time for it.
#[derive(Debug)]
struct Http {
    made: OnceLock<reqwest::Client>,
    user_agent: String,
}

/// Why a call to `/oauth/*` failed. The texts are for logs and hold no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OAuthError {
    /// The code or refresh token is dead: used, expired, revoked, or never ours.
    #[error("the grant is no longer valid")]
    InvalidGrant,
    /// The server refused the request for another reason of RFC 6749 section 5.2.
    #[error("the request was refused: {code}")]
    Refused {
        /// The server's error word.
        code: OAuthErrorCode,
    },
    /// Nobody answered, or the answer broke off.
    #[error("Planning Center cannot be reached: {0}")]
    Unreachable(Unreachable),
    /// No secure connection: the certificate is wrong, expired, or from an unknown authority.
    #[error("the server's certificate was refused")]
    Certificate,
    /// An answer that decides nothing: 429, 5xx, or a page in place of JSON.
    #[error("Planning Center is not answering (status {status})")]
    ServerDown {
        /// HTTP status.
        status: u16,
    },
    /// A success whose body could not be read. The grant may have been used up.
    #[error("the answer of the token endpoint could not be read")]
    Unreadable,
}

/// What is known after a failed token call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenCallEnd {
    /// The server said no. Asking again with the same grant is of no use.
    Refused,
    /// The server did not perform the call; the grant is as good as before.
    NotPerformed,
    /// The server may have performed it: a refresh token may already have been replaced.
    Unknown,
}

impl OAuthError {
    /// What is known about the call's effect on the server.
    #[must_use]
    pub fn end(&self) -> TokenCallEnd {
        match self {
            Self::InvalidGrant | Self::Refused { .. } => TokenCallEnd::Refused,
            Self::Certificate
            | Self::Unreachable(Unreachable::Name | Unreachable::Connect)
            | Self::ServerDown { status: 300..=499 } => TokenCallEnd::NotPerformed,
            Self::Unreachable(_) | Self::ServerDown { .. } | Self::Unreadable => TokenCallEnd::Unknown,
        }
    }
}

impl OAuthClient {
    /// A client for the OAuth endpoints below `base`. `user_agent` reads `name/version (contact)`.
    ///
    /// # Errors
    /// [`ApiError::Address`] unless `base` is https or a loopback IP literal.
    pub fn new(base: Url, client_id: ClientId, user_agent: &str) -> Result<Self, ApiError> {
        transport::check_base(&base)?;
        let http = Http { made: OnceLock::new(), user_agent: user_agent.to_owned() };
        Ok(Self { http: Arc::new(http), base, client_id })
    }

    /// The application that asks for tokens and ends them.
    #[must_use]
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// The origin that tokens come from, such as `https://api.planningcenteronline.com`. They go nowhere else.
    #[must_use]
    pub fn origin(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// Exchanges a code for tokens. Consumes the request: its verifier is sent once.
    pub async fn exchange(
        &self,
        request: AuthorizationRequest,
        code: AuthorizationCode,
    ) -> Result<TokenSet, OAuthError> {
        let redirect = redirect_url(request.redirect());
        let answer = self
            .protocol()
            .set_token_uri(self.token_url())
            .set_redirect_uri(redirect)
            .exchange_code(oauth2::AuthorizationCode::new(code.expose().to_owned()))
            .set_pkce_verifier(request.into_verifier())
            .request_async(&Wire(self))
            .await;
        token_set(answer)
    }

    /// Buys a new [`TokenSet`]. Expect `refresh` to be dead afterwards, whatever the outcome.
    pub async fn refresh(&self, refresh: &RefreshToken) -> Result<TokenSet, OAuthError> {
        let answer = self
            .protocol()
            .set_token_uri(self.token_url())
            .exchange_refresh_token(&oauth2::RefreshToken::new(refresh.expose().to_owned()))
            .request_async(&Wire(self))
            .await;
        token_set(answer)
    }

    /// Ends the sign-in on the server (RFC 7009). A token that is already dead counts as success.
    pub async fn revoke(&self, refresh: &RefreshToken) -> Result<(), OAuthError> {
        // Written out, since oauth2 revokes over https only and the practice church is on loopback.
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", refresh.expose())
            .append_pair("token_type_hint", "refresh_token")
            .append_pair("client_id", self.client_id.as_str())
            .finish();
        let headers = HeaderMap::from_iter([
            (ACCEPT, HeaderValue::from_static("application/json")),
            (CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
        ]);
        let response = self
            .post(self.endpoint("/oauth/revoke").as_str(), headers, body.into_bytes())
            .await
            .map_err(|WireError(error)| error)?;
        if response.status() == StatusCode::OK {
            return Ok(());
        }
        let status = response.status().as_u16();
        let refusal = serde_json::from_slice::<BasicErrorResponse>(response.body());
        Err(refusal.map_or(OAuthError::ServerDown { status }, |refusal| refusal_of(&refusal)))
    }

    fn http(&self) -> Result<&reqwest::Client, WireError> {
        if let Some(http) = self.http.made.get() {
            return Ok(http);
        }
        // Nothing was sent yet.
        let http = transport::http_client(&self.base, &self.http.user_agent, LIMITS)
            .map_err(|_| WireError(OAuthError::Unreachable(Unreachable::Connect)))?;
        Ok(self.http.made.get_or_init(|| http))
    }

    fn protocol(&self) -> Protocol {
        Protocol::new(oauth2::ClientId::new(self.client_id.as_str().to_owned()))
    }

    fn token_url(&self) -> TokenUrl {
        TokenUrl::from_url(self.endpoint("/oauth/token"))
    }

    fn endpoint(&self, path: &str) -> Url {
        let mut endpoint = self.base.clone();
        endpoint.set_path(path);
        endpoint
    }

    /// Lets through only answers that RFC 6749 defines: 200, and refusals in JSON.
    async fn post(&self, url: &str, headers: HeaderMap, body: Vec<u8>) -> Result<HttpResponse, WireError> {
        let response = self
            .http()?
            .post(url)
            .headers(headers)
            .body(body)
            .send()
            .await
            .map_err(|error| transport::sort(&error))?;
        let answer = transport::read(response, LONGEST).await?;
        let is_defined = answer.status == StatusCode::OK
            || (answer.status.is_client_error()
                && answer.status != StatusCode::TOO_MANY_REQUESTS
                && is_json(&answer.headers)
                && serde_json::from_slice::<BasicErrorResponse>(&answer.body).is_ok());
        if !is_defined {
            return Err(WireError(OAuthError::ServerDown { status: answer.status.as_u16() }));
        }
        let mut response = HttpResponse::new(answer.body);
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}

/// The adapter between `oauth2` and our HTTP client.
struct Wire<'a>(&'a OAuthClient);

impl<'c> AsyncHttpClient<'c> for Wire<'_> {
    type Error = WireError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, WireError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            self.0.post(&parts.uri.to_string(), parts.headers, body).await
        })
    }
}

type Protocol = ProtocolClient<
    BasicErrorResponse,
    WireTokens,
    oauth2::basic::BasicTokenIntrospectionResponse,
    oauth2::StandardRevocableToken,
    oauth2::basic::BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
>;

type WireTokens = StandardTokenResponse<WireExtra, BasicTokenType>;

/// Doorkeeper's addition to the token answer.
#[derive(Debug, Deserialize, Serialize)]
struct WireExtra {
    // Untyped, since tokens must not be lost over a time we can do without.
    #[serde(default)]
    created_at: serde_json::Value,
}

impl ExtraTokenFields for WireExtra {}

/// A failure on the way, in the form that `oauth2` carries through.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct WireError(OAuthError);

impl From<Failure> for WireError {
    fn from(failure: Failure) -> Self {
        Self(match failure {
            Failure::Unreachable(kind) => OAuthError::Unreachable(kind),
            Failure::Certificate => OAuthError::Certificate,
            Failure::TooLarge => OAuthError::Unreadable,
        })
    }
}

fn token_set(
    answer: Result<WireTokens, RequestTokenError<WireError, BasicErrorResponse>>,
) -> Result<TokenSet, OAuthError> {
    let tokens = answer.map_err(|error| match error {
        RequestTokenError::ServerResponse(refusal) => refusal_of(&refusal),
        RequestTokenError::Request(WireError(error)) => error,
        // The texts and bodies inside may hold tokens, so they end here.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => OAuthError::Unreadable,
    })?;
    if *tokens.token_type() != BasicTokenType::Bearer || tokens.access_token().secret().is_empty() {
        return Err(OAuthError::Unreadable);
    }
    let scope =
        tokens.scopes().map(|scopes| scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" "));
    Ok(TokenSet {
        access: AccessToken::new(tokens.access_token().secret().clone()),
        refresh: tokens
            .refresh_token()
            .filter(|token| !token.secret().is_empty())
            .map(|token| RefreshToken::new(token.secret().clone())),
        expires_in: tokens.expires_in().unwrap_or(USUAL_LIFE),
        created_at: tokens
            .extra_fields()
            .created_at
            .as_i64()
            .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()),
        scope,
    })
}

fn refusal_of(refusal: &BasicErrorResponse) -> OAuthError {
    let word = refusal.error().as_ref();
    // Seen for refresh tokens that died of mass invalidation, in place of invalid_grant.
    let is_dead_refresh_token = *refusal.error() == BasicErrorResponseType::InvalidRequest
        && refusal.error_description().is_some_and(|text| text.contains("refresh token is no longer valid"));
    if *refusal.error() == BasicErrorResponseType::InvalidGrant || is_dead_refresh_token {
        return OAuthError::InvalidGrant;
    }
    OAuthErrorCode::parse(word).map_or(OAuthError::Unreadable, |code| OAuthError::Refused { code })
}

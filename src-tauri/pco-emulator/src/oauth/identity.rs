//! Who signed in, as OpenID Connect tells it: claims, the signed identity token, and what a client needs to check it.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::SCOPES;
use crate::church::Church;
use crate::church::table::Id;

/// Seconds until an identity token is no longer to be believed.
const LIFE: i64 = 120;

/// One key for every emulator of this program, made when first needed.
static KEY: LazyLock<KeyPair> =
    LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).expect("the operating system gives random bytes"));

/// What Planning Center tells about a person: no more than this.
#[derive(Debug, Serialize)]
pub(crate) struct Claims {
    sub: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    organization_id: String,
    organization_name: &'static str,
}

/// For whom an identity token is made, and when.
pub(crate) struct Audience<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) now: i64,
}

#[derive(Serialize)]
struct IdToken<'a> {
    iss: &'a str,
    aud: &'a str,
    exp: i64,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(flatten)]
    claims: &'a Claims,
}

impl Claims {
    /// None when the person is no longer there.
    pub(crate) fn of(church: &Church, person: Id) -> Option<Self> {
        Some(Self {
            sub: person.to_string(),
            name: church.people.get(person)?.name(),
            email: church.primary_email(person).map(str::to_owned),
            organization_id: church.organization_id.to_string(),
            organization_name: church.name,
        })
    }

    /// A JSON Web Token signed with RS256 (RFC 7515, RFC 7519).
    pub(crate) fn sign(&self, audience: &Audience<'_>) -> String {
        let token = IdToken {
            iss: audience.issuer,
            aud: audience.client_id,
            exp: audience.now.saturating_add(LIFE),
            iat: audience.now,
            nonce: audience.nonce,
            claims: self,
        };
        let header = json!({ "typ": "JWT", "alg": "RS256", "kid": key_id() });
        let signed = format!("{}.{}", encode(header.to_string()), encode(json!(token).to_string()));
        let mut signature = vec![0; KEY.public_modulus_len()];
        KEY.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .expect("a key of 2,048 bits signs a SHA-256 digest");
        format!("{signed}.{}", encode(signature))
    }
}

/// `GET /oauth/discovery/keys`: the public half of the signing key (RFC 7517).
pub(crate) fn keys() -> Value {
    let Value::Object(mut key) = public_key() else { return json!({ "keys": [] }) };
    key.extend(
        [("kid", key_id()), ("use", "sig".to_owned()), ("alg", "RS256".to_owned())]
            .map(|(name, value)| (name.to_owned(), Value::String(value))),
    );
    json!({ "keys": [key] })
}

/// `GET /.well-known/openid-configuration`. Public applications prove themselves with nothing, which Planning
/// Center does not advertise; `api` and `home` it advertises and refuses.
pub(crate) fn discovery(base: &str) -> Value {
    let scopes: Vec<&str> = SCOPES.iter().copied().chain(["api", "home"]).collect();
    json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/oauth/authorize"),
        "token_endpoint": format!("{base}/oauth/token"),
        "revocation_endpoint": format!("{base}/oauth/revoke"),
        "userinfo_endpoint": format!("{base}/oauth/userinfo"),
        "jwks_uri": format!("{base}/oauth/discovery/keys"),
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claim_types_supported": ["normal"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "name", "email", "organization_id", "organization_name"],
        "code_challenge_methods_supported": ["S256"],
    })
}

/// The members that name an RSA key, in the order that RFC 7638 section 3.3 hashes them in.
fn public_key() -> Value {
    let key = KEY.public_key();
    json!({
        "e": encode(key.exponent().big_endian_without_leading_zero()),
        "kty": "RSA",
        "n": encode(key.modulus().big_endian_without_leading_zero()),
    })
}

/// The key's thumbprint (RFC 7638).
fn key_id() -> String {
    encode(Sha256::digest(public_key().to_string()))
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

//! OpenID Connect: the identity token, its keys, user info and discovery.

use std::time::Duration;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Response, StatusCode};
use serde_json::Value;

use crate::harness::{Story, config, query, text};

/// The tokens of a fresh sign-in with these scopes.
async fn sign_in(story: &mut Story, scope: &str, nonce: &str) -> Value {
    let address = story.authorization_url(&[("scope", scope), ("nonce", nonce)]);
    let code = query(&story.emulator.approve(&address).unwrap())["code"].clone();
    let (_, tokens) = story.exchange(&code).await;
    story.access_token = text(&tokens["access_token"]);
    tokens
}

/// The claims of an identity token whose signature is right.
async fn verified(story: &Story, token: &str) -> Value {
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let read =
        |part: &str| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
    let keys = public(story, "oauth/discovery/keys").await;
    let key = &keys["keys"][0];
    assert_eq!(
        (text(&key["kty"]), text(&key["alg"]), text(&key["use"])),
        ("RSA".into(), "RS256".into(), "sig".into())
    );
    assert_eq!(read(header)["alg"], "RS256");
    assert_eq!(read(header)["kid"], key["kid"]);
    let number = |name: &str| URL_SAFE_NO_PAD.decode(text(&key[name])).unwrap();
    let key = RsaPublicKeyComponents { n: number("n"), e: number("e") };
    let signed = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature).unwrap();
    read(claims)
}

async fn public(story: &Story, path: &str) -> Value {
    let response = story.client.get(story.address(path)).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.json().await.unwrap()
}

async fn userinfo(story: &Story) -> Response {
    story.ask("oauth/userinfo").await
}

#[tokio::test]
async fn an_identity_token_tells_who_signed_in_to_which_church() {
    let mut story = Story::begin().await;
    let tokens = sign_in(&mut story, "openid people", "n-0S6_WzA2Mj").await;
    let claims = verified(&story, &text(&tokens["id_token"])).await;
    let me = story.get("people/v2/me").await;
    assert_eq!(text(&claims["iss"]) + "/", story.emulator.url().as_str());
    assert_eq!(claims["aud"], story.emulator.client_id());
    assert_eq!(claims["sub"], me["data"]["id"]);
    assert_eq!(claims["nonce"], "n-0S6_WzA2Mj");
    assert_eq!(claims["name"], "Ruth Adeyemi");
    assert!(text(&claims["email"]).contains('@'));
    assert_eq!(claims["organization_name"], "St. Brigid’s Church");
    assert!(claims["exp"].as_i64().unwrap() > claims["iat"].as_i64().unwrap());
    assert!(claims.get("email_verified").is_none());

    let (_, next) = story.refresh(&text(&tokens["refresh_token"])).await;
    let claims = verified(&story, &text(&next["id_token"])).await;
    assert!(claims.get("nonce").is_none(), "a nonce belongs to one sign-in");
}

#[tokio::test]
async fn without_openid_nothing_tells_who_signed_in() {
    let mut story = Story::begin().await;
    let tokens = sign_in(&mut story, "people services", "n").await;
    assert!(tokens.get("id_token").is_none());
    let refused = userinfo(&story).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(refused.text().await.unwrap(), "");
}

#[tokio::test]
async fn userinfo_gives_the_claims_of_the_token() {
    let mut story = Story::begin().await;
    let tokens = sign_in(&mut story, "openid", "n").await;
    let claims = verified(&story, &text(&tokens["id_token"])).await;
    let info: Value = userinfo(&story).await.json().await.unwrap();
    let mut names: Vec<_> = info.as_object().unwrap().keys().cloned().collect();
    names.sort();
    assert_eq!(names, ["email", "name", "organization_id", "organization_name", "sub"]);
    for name in names {
        assert_eq!(info[&name], claims[&name], "{name}");
    }
}

#[tokio::test]
async fn userinfo_refuses_unknown_expired_and_revoked_tokens_each_in_its_words() {
    let mut story = Story::with_scope(config(), "openid").await;
    let good = story.access_token.clone();
    story.access_token = "0".repeat(64);
    let unknown = userinfo(&story).await;
    story.access_token = good;
    story.emulator.advance(Duration::from_hours(2));
    let expired = userinfo(&story).await;
    story.emulator.revoke_all();
    let revoked = userinfo(&story).await;
    for (refused, words) in [
        (unknown, "The access token is invalid"),
        (expired, "The access token expired"),
        (revoked, "The access token was revoked"),
    ] {
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        let expected = format!(
            "Bearer realm=\"Planning Center\", error=\"invalid_token\", error_description=\"{words}\""
        );
        assert_eq!(refused.headers()["www-authenticate"], expected.as_str());
    }
}

#[tokio::test]
async fn discovery_names_endpoints_that_are_there() {
    let story = Story::begin().await;
    let found = public(&story, ".well-known/openid-configuration").await;
    assert_eq!(text(&found["issuer"]) + "/", story.emulator.url().as_str());
    for name in
        ["authorization_endpoint", "token_endpoint", "revocation_endpoint", "userinfo_endpoint", "jwks_uri"]
    {
        let address: url::Url = text(&found[name]).parse().unwrap();
        let asked = story.client.get(address.clone()).send().await.unwrap();
        let told = story.client.post(address).send().await.unwrap();
        assert!([asked, told].iter().any(|answer| answer.status() != StatusCode::NOT_FOUND), "{name}");
    }
    let methods = &found["token_endpoint_auth_methods_supported"];
    assert_eq!(methods, &serde_json::json!(["client_secret_basic", "client_secret_post"]));
    assert_eq!(found["id_token_signing_alg_values_supported"][0], "RS256");
    let scopes = found["scopes_supported"].as_array().unwrap();
    for scope in ["people", "services", "openid", "api", "home"] {
        assert!(scopes.iter().any(|known| known == scope), "{scope}");
    }
}

#[tokio::test]
async fn current_tells_who_one_is_whatever_was_agreed_to() {
    let mut story = Story::with_scope(config(), "giving").await;
    let idle = story.emulator.person_id("Peggy Whitfield").unwrap();
    let me = story.get("current/v2/me?include=organization").await;
    assert_eq!(me["data"]["attributes"]["first_name"], "Ruth");
    assert_eq!(me["data"]["attributes"]["last_name"], "Adeyemi");
    assert!(text(&me["data"]["attributes"]["email"]).contains('@'));
    assert_eq!(me["included"][0]["attributes"]["name"], "St. Brigid’s Church");
    assert_eq!(me["included"][0]["attributes"]["subdomain"], "stbrigids");
    assert!(story.ask("people/v2/me").await.text().await.unwrap().contains("(PELICAN)"));

    story.emulator.sign_in_as(&idle).unwrap();
    assert_eq!(text(&story.get("current/v2/me").await["data"]["id"]), idle);
    let tokens = sign_in(&mut story, "openid", "n").await;
    assert_eq!(text(&verified(&story, &text(&tokens["id_token"])).await["sub"]), idle);
}

//! The authorization endpoint: its pages, who signs in on them, and what it refuses.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pco_emulator::{Consent, EmulatorConfig, PeopleRight, Rights, ServicesRight};
use reqwest::StatusCode;
use sha2::{Digest, Sha256};
use url::Url;

use crate::harness::{Story, config, query, text};

async fn page(story: &Story, address: &Url) -> String {
    let response = story.client.get(address.clone()).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{address}");
    response.text().await.unwrap()
}

/// Where the browser is sent.
async fn redirect(story: &Story, address: &Url) -> Url {
    let response = story.client.get(address.clone()).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::FOUND, "{address}");
    response.headers()["location"].to_str().unwrap().parse().unwrap()
}

async fn post(story: &Story, body: String) -> reqwest::Response {
    story
        .client
        .post(story.address("oauth/authorize"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .unwrap()
}

/// The fields of a page's form as its submission sends them, without those of its buttons.
fn hidden_fields(page: &str) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for field in page.split("<input type=\"hidden\" name=\"").skip(1) {
        let (name, rest) = field.split_once("\" value=\"").unwrap();
        form.append_pair(name, rest.split_once('"').unwrap().0);
    }
    form.finish()
}

/// The value of the button on the sign-in page that stands before this name.
fn button_of(page: &str, name: &str) -> String {
    let before = page.split(&format!("<bdi>{name}</bdi>")).next().unwrap();
    let value = before.rsplit("name=\"person\" value=\"").next().unwrap();
    value.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_staff_member_is_signed_in_already_and_can_give_way_to_someone_else() {
    let mut story = Story::begin().await;
    let daniel = story.emulator.person_id("Daniel Kim").unwrap();
    let rights = Rights {
        organization_administrator: false,
        people: PeopleRight::Editor,
        services: ServicesRight::Scheduler,
    };
    story.emulator.grant(&daniel, rights).unwrap();

    let first = page(&story, &story.authorization_url(&[])).await;
    assert!(first.contains("Ruth Adeyemi") && first.contains("Organization Administrator"));
    let elsewhere = first.split("id=\"switch\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let address = story.address(&elsewhere.replace("&amp;", "&"));
    assert_eq!(query(&address)["prompt"], "select_account");

    let choice = page(&story, &address).await;
    assert!(choice.contains("Who signs in to St. Brigid’s Church?"));
    assert!(choice.contains("Editor in People, Scheduler in Services"));
    let mut chosen = story.address("oauth/authorize");
    chosen.set_query(Some(&format!(
        "{}&person={}",
        hidden_fields(&choice),
        button_of(&choice, "Daniel Kim")
    )));
    let consent = page(&story, &chosen).await;
    assert!(
        consent.contains("<strong><bdi>Daniel Kim</bdi></strong> (Editor in People, Scheduler in Services)")
    );

    let answer = post(&story, format!("{}&decision=allow", hidden_fields(&consent))).await;
    assert_eq!(answer.status(), StatusCode::FOUND);
    let back: Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
    assert_eq!(query(&back)["state"], "a state/with+signs");
    let (_, tokens) = story.exchange(&query(&back)["code"]).await;
    let ruths = std::mem::replace(&mut story.access_token, text(&tokens["access_token"]));
    assert_eq!(text(&story.get("people/v2/me").await["data"]["id"]), daniel);
    assert_eq!(story.get("check").await["person_id"].to_string(), daniel);
    let (_, next) = story.refresh(&text(&tokens["refresh_token"])).await;
    story.access_token = text(&next["access_token"]);
    assert_eq!(text(&story.get("people/v2/me").await["data"]["id"]), daniel, "a refresh keeps the person");
    story.access_token = ruths;
    assert_eq!(text(&story.get("people/v2/me").await["data"]["attributes"]["name"]), "Ruth Adeyemi");
}

#[tokio::test]
async fn the_sign_in_page_offers_people_of_different_rights() {
    let story = Story::begin().await;
    let choice = page(&story, &story.authorization_url(&[("prompt", "login")])).await;
    for words in ["Organization Administrator", "Scheduled Viewer in Services", "No permissions"] {
        assert!(choice.contains(words), "{words}");
    }
    let administrator = choice.find("Organization Administrator").unwrap();
    assert!(administrator < choice.find("No permissions").unwrap(), "the most powerful comes first");
}

#[tokio::test]
async fn pages_are_whole_documents_without_script_that_load_nothing() {
    let story = Story::begin().await;
    for prompt in ["consent", "login"] {
        let address = story.authorization_url(&[("prompt", prompt)]);
        let response = story.client.get(address).send().await.unwrap();
        let headers = response.headers().clone();
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-frame-options"], "DENY");
        let page = response.text().await.unwrap();
        assert!(page.starts_with("<!doctype html><html lang=\"en\">") && page.contains("<title>"));
        assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("style=\""));
        let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
        let hash = STANDARD.encode(Sha256::digest(style));
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with(&format!("default-src 'none'; style-src 'sha256-{hash}'")), "{policy}");
    }
}

#[tokio::test]
async fn prompt_decides_which_page_comes_first() {
    let story = Story::begin().await;
    for (prompt, title) in [
        ("", "Allow Narthex?"),
        ("consent", "Allow Narthex?"),
        ("login", "Sign in"),
        ("select_account", "Sign in"),
        ("login consent", "Sign in"),
    ] {
        let page = page(&story, &story.authorization_url(&[("prompt", prompt)])).await;
        assert!(page.contains(&format!("<title>{title}</title>")), "{prompt}");
    }
    for (prompt, error) in
        [("none", "consent_required"), ("none login", "invalid_request"), ("register", "invalid_request")]
    {
        let back = redirect(&story, &story.authorization_url(&[("prompt", prompt)])).await;
        assert_eq!(query(&back)["error"], error, "{prompt}");
        assert_eq!(query(&back)["state"], "a state/with+signs");
    }
    let automatic = Story::with(EmulatorConfig { consent: Consent::Auto, ..config() }).await;
    for prompt in ["none", "login", "consent"] {
        let back = redirect(&automatic, &automatic.authorization_url(&[("prompt", prompt)])).await;
        assert!(query(&back).contains_key("code"), "{prompt}");
    }
}

#[tokio::test]
async fn consent_changes_in_flight_and_a_forger_cannot_know_the_state() {
    let story = Story::begin().await;
    for (consent, parameter, kept) in
        [("deny", "error", true), ("forge", "code", false), ("auto", "code", true)]
    {
        let change = serde_json::json!({ "consent": consent });
        let answer =
            story.client.post(story.address("_emulator/consent")).json(&change).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let back = query(&redirect(&story, &story.authorization_url(&[])).await);
        assert!(back.contains_key(parameter), "{consent}");
        assert_eq!(back["state"] == "a state/with+signs", kept, "{consent}");
    }
    story.emulator.set_consent(Consent::Ask);
    page(&story, &story.authorization_url(&[])).await;
}

#[tokio::test]
async fn denial_is_told_in_the_words_of_the_reference() {
    let story = Story::begin().await;
    let query = story.authorization_url(&[("state", "s")]).query().unwrap().to_owned();
    let answer = post(&story, format!("{query}&decision=deny")).await;
    assert_eq!(
        answer.headers()["location"],
        "http://127.0.0.1:8127/oauth/callback?error=access_denied&error_description=The+resource+owner+or+authorization+server+denied+the+request.&state=s"
    );
}

#[tokio::test]
async fn without_a_state_none_comes_back() {
    let story = Story::begin().await;
    let back = story.emulator.approve(&story.authorization_url(&[("state", "")])).unwrap();
    assert_eq!(query(&back).keys().collect::<Vec<_>>(), ["code"]);
}

#[tokio::test]
async fn a_missing_client_id_is_named_on_a_page() {
    let story = Story::begin().await;
    let response = story.client.get(story.authorization_url(&[("client_id", "")])).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(response.text().await.unwrap().contains("Missing required parameter: client_id."));
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_a_page_and_no_redirect() {
    let story = Story::begin().await;
    let good = story.authorization_url(&[]).query().unwrap().to_owned();
    let long = format!("{good}&nonce={}", "x".repeat(10_000));
    for bad in [
        format!("{good}&state=twice"),
        format!("{good}&nonce=%"),
        format!("{good}&nonce=%zz"),
        format!("{good}&nonce=%00"),
        format!("{good}&nonce=%FF"),
        long,
    ] {
        let mut address = story.address("oauth/authorize");
        address.set_query(Some(&bad));
        let asked = story.client.get(address).send().await.unwrap();
        let told = post(&story, format!("{bad}&decision=allow")).await;
        for response in [asked, told] {
            assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{bad:.300}");
            assert!(response.headers().get("location").is_none());
            assert!(response.text().await.unwrap().contains("otherwise malformed"));
        }
    }
    page(&story, &story.authorization_url(&[])).await;
}

#[tokio::test]
async fn a_decision_in_the_address_decides_nothing() {
    let story = Story::begin().await;
    let asked = page(&story, &story.authorization_url(&[("decision", "allow")])).await;
    assert!(asked.contains("id=\"allow\""));
    assert!(!hidden_fields(&asked).contains("decision"));
}

#[tokio::test]
async fn scopes_are_granted_once_each_and_all_or_none() {
    let story = Story::begin().await;
    let (_, tokens) = story.exchange(&story.code("services people services")).await;
    assert_eq!(tokens["scope"], "services people");
    let refused = story.emulator.approve(&story.authorization_url(&[("scope", "people profile")]));
    assert!(refused.is_err());
}

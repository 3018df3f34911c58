use proptest::prelude::*;

use super::super::{AuthorizationRequest, ClientId, RedirectUri};
use super::*;

const SCHEME: &str = "org.narthex.desktop:/oauth/callback";
const LOOPBACK: &str = "http://127.0.0.1:8127/oauth/callback";
const ISSUER: &str = "https://api.planningcenteronline.com";
const STATE: &str = "J2xqdW5nY2FyZGluYWxzdGF0ZXZhbHVlZm9ydGVzdHM";

fn receive_at(address: &str, link: &str) -> Result<AuthorizationResponse, CallbackRefusal> {
    parse(link, &Awaited { address, issuer: ISSUER, state: STATE })
}

/// Reads `link`, in which `STATE` stands for the awaited state, against the custom scheme.
fn receive(link: &str) -> Result<AuthorizationResponse, CallbackRefusal> {
    receive_at(SCHEME, &link.replace("STATE", STATE))
}

fn code(response: Result<AuthorizationResponse, CallbackRefusal>) -> String {
    match response {
        Ok(AuthorizationResponse::Granted(code)) => code.expose().to_owned(),
        other => panic!("no code: {other:?}"),
    }
}

#[test]
fn the_awaited_answer_is_accepted_in_every_spelling_a_server_may_choose() {
    let table = [
        ("?code=abc&state=STATE", "abc"),
        ("?state=STATE&code=abc", "abc"),
        ("?code=abc&state=STATE&iss=https://api.planningcenteronline.com", "abc"),
        ("?code=abc&state=STATE&iss=https%3A%2F%2Fapi.planningcenteronline.com", "abc"),
        ("?code=a%2Db&state=STATE", "a-b"),
        ("?code=a%2db&state=STATE", "a-b"),
        ("?code=a+b%20c&state=STATE", "a b c"),
        ("?%63ode=abc&state=STATE", "abc"),
        ("?code=a=b=&state=STATE", "a=b="),
        ("?code=abc&state=STATE&session_state=unknown", "abc"),
        ("?code=abc&state=STATE&x=1&x=2", "abc"),
        ("?code=abc&state=STATE&Code=other", "abc"),
        ("?code=abc&state=STATE&error_description=", "abc"),
        ("?code=abc&state=STATE&x=", "abc"),
        ("?code=a?b/c:d@e&state=STATE", "a?b/c:d@e"),
    ];
    for (query, expected) in table {
        assert_eq!(code(receive(&format!("{SCHEME}{query}"))), expected, "{query}");
    }
    assert_eq!(code(receive_at(LOOPBACK, &format!("{LOOPBACK}?code=abc&state={STATE}"))), "abc");
}

#[test]
fn a_refusal_by_the_person_or_the_server_is_told_apart() {
    let denied = receive(&format!(
        "{SCHEME}?error=access_denied&error_description=The+resource+owner+denied.&state=STATE"
    ));
    assert!(matches!(denied, Ok(AuthorizationResponse::Denied)), "{denied:?}");
    let failed = receive(&format!("{SCHEME}?error=invalid_scope&state=STATE"));
    let Ok(AuthorizationResponse::Failed(word)) = failed else { panic!("{failed:?}") };
    assert_eq!(word.as_str(), "invalid_scope");
    let unknown = receive(&format!("{SCHEME}?error=out_of_wine&state=STATE"));
    let Ok(AuthorizationResponse::Failed(word)) = unknown else { panic!("{unknown:?}") };
    assert_eq!(word.as_str(), "out_of_wine");
}

#[test]
#[allow(clippy::too_many_lines, reason = "one table")]
fn odd_and_hostile_links_are_refused_each_for_its_reason() {
    use CallbackRefusal as R;
    let long = format!("{SCHEME}?code={}&state=STATE", "a".repeat(4096));
    let table: Vec<(&str, R)> = vec![
        // Not the address.
        ("", R::OtherAddress),
        ("org.narthex.desktop:", R::OtherAddress),
        ("org.narthex.desktop:/oauth", R::OtherAddress),
        ("org.narthex.desktop:/oauth/callback/?code=abc&state=STATE", R::OtherAddress),
        ("org.narthex.desktop:/oauth/callbacks?code=abc&state=STATE", R::OtherAddress),
        ("org.narthex.desktop://oauth/callback?code=abc&state=STATE", R::OtherAddress),
        ("org.narthex.desktop:///oauth/callback?code=abc&state=STATE", R::OtherAddress),
        ("org.narthex.desktop:oauth/callback?code=abc&state=STATE", R::OtherAddress),
        ("org.narthex.desktop:/oauth/./callback?code=abc&state=STATE", R::OtherAddress),
        ("org.narthex.desktop:/oauth/%63allback?code=abc&state=STATE", R::OtherAddress),
        ("org.narthex.desktop:/OAuth/Callback?code=abc&state=STATE", R::OtherAddress),
        ("ORG.NARTHEX.DESKTOP:/oauth/callback?code=abc&state=STATE", R::OtherAddress),
        ("org.narthex.desktop2:/oauth/callback?code=abc&state=STATE", R::OtherAddress),
        ("org.narthex:/oauth/callback?code=abc&state=STATE", R::OtherAddress),
        ("http://127.0.0.1:8127/oauth/callback?code=abc&state=STATE", R::OtherAddress),
        ("https://org.narthex.desktop/oauth/callback?code=abc&state=STATE", R::OtherAddress),
        ("javascript:alert(1)", R::OtherAddress),
        ("file:///etc/passwd", R::OtherAddress),
        ("--client-id=abc", R::OtherAddress),
        // Bytes that no URL holds.
        (" org.narthex.desktop:/oauth/callback?code=abc&state=STATE", R::ForbiddenByte),
        ("org.narthex.desktop:/oauth/callback?code=abc&state=STATE\n", R::ForbiddenByte),
        ("org.narthex.desktop:/oauth/callback?code=a\0bc&state=STATE", R::ForbiddenByte),
        ("org.narthex.desktop:/oauth/callback?code=a\tbc&state=STATE", R::ForbiddenByte),
        ("org.narthex.desktop:/oauth/callback?code=ä&state=STATE", R::ForbiddenByte),
        ("org.narthex.desktop:/oauth/callback?code=abc\u{202e}&state=STATE", R::ForbiddenByte),
        // Fragments.
        ("org.narthex.desktop:/oauth/callback?code=abc&state=STATE#", R::Fragment),
        ("org.narthex.desktop:/oauth/callback#code=abc&state=STATE", R::Fragment),
        // Queries that nobody writes.
        ("org.narthex.desktop:/oauth/callback?code", R::MalformedQuery),
        ("org.narthex.desktop:/oauth/callback?code=abc&&state=STATE", R::MalformedQuery),
        ("org.narthex.desktop:/oauth/callback?code=abc&state=STATE&", R::MalformedQuery),
        ("org.narthex.desktop:/oauth/callback?&code=abc&state=STATE", R::MalformedQuery),
        ("org.narthex.desktop:/oauth/callback?code=abc;state=STATE", R::StateMissing),
        // Encoding.
        ("org.narthex.desktop:/oauth/callback?code=%&state=STATE", R::BadEncoding),
        ("org.narthex.desktop:/oauth/callback?code=%2&state=STATE", R::BadEncoding),
        ("org.narthex.desktop:/oauth/callback?code=%zz&state=STATE", R::BadEncoding),
        ("org.narthex.desktop:/oauth/callback?code=%00&state=STATE", R::BadEncoding),
        ("org.narthex.desktop:/oauth/callback?code=a%0d%0ab&state=STATE", R::BadEncoding),
        ("org.narthex.desktop:/oauth/callback?code=%ff&state=STATE", R::BadEncoding),
        ("org.narthex.desktop:/oauth/callback?code=%c0%af&state=STATE", R::BadEncoding),
        ("org.narthex.desktop:/oauth/callback?code=abc&state=STATE&x=%7f", R::BadEncoding),
        ("org.narthex.desktop:/oauth/callback?code=abc&state=STATE&%1=x", R::BadEncoding),
        // Twice the same.
        ("org.narthex.desktop:/oauth/callback?code=abc&code=abc&state=STATE", R::Duplicate),
        ("org.narthex.desktop:/oauth/callback?code=abc&state=STATE&state=STATE", R::Duplicate),
        ("org.narthex.desktop:/oauth/callback?code=abc&state=STATE&st%61te=STATE", R::Duplicate),
        ("org.narthex.desktop:/oauth/callback?error=a&error=b&state=STATE", R::Duplicate),
        ("org.narthex.desktop:/oauth/callback?code=a&state=STATE&iss=x&iss=x", R::Duplicate),
        (
            "org.narthex.desktop:/oauth/callback?code=a&state=STATE&error_description=x&error_description=y",
            R::Duplicate,
        ),
        // State.
        ("org.narthex.desktop:/oauth/callback", R::StateMissing),
        ("org.narthex.desktop:/oauth/callback?", R::StateMissing),
        ("org.narthex.desktop:/oauth/callback?code=abc", R::StateMissing),
        ("org.narthex.desktop:/oauth/callback?error=access_denied", R::StateMissing),
        ("org.narthex.desktop:/oauth/callback?code=abc&State=STATE", R::StateMissing),
        ("org.narthex.desktop:/oauth/callback?code=abc&state=", R::StateMismatch),
        ("org.narthex.desktop:/oauth/callback?code=abc&state=guess", R::StateMismatch),
        ("org.narthex.desktop:/oauth/callback?code=abc&state=STATEx", R::StateMismatch),
        ("org.narthex.desktop:/oauth/callback?code=abc&state=STATE+", R::StateMismatch),
        ("org.narthex.desktop:/oauth/callback?error=access_denied&state=guess", R::StateMismatch),
        // Issuer.
        ("org.narthex.desktop:/oauth/callback?code=abc&state=STATE&iss=", R::IssuerMismatch),
        (
            "org.narthex.desktop:/oauth/callback?code=abc&state=STATE&iss=https://evil.example",
            R::IssuerMismatch,
        ),
        (
            "org.narthex.desktop:/oauth/callback?code=abc&state=STATE&iss=https://api.planningcenteronline.com/",
            R::IssuerMismatch,
        ),
        (
            "org.narthex.desktop:/oauth/callback?code=abc&state=STATE&iss=https://API.planningcenteronline.com",
            R::IssuerMismatch,
        ),
        (
            "org.narthex.desktop:/oauth/callback?error=access_denied&state=STATE&iss=https://evil.example",
            R::IssuerMismatch,
        ),
        // Answers that are none.
        ("org.narthex.desktop:/oauth/callback?state=STATE", R::NoAnswer),
        ("org.narthex.desktop:/oauth/callback?state=STATE&error_description=x", R::NoAnswer),
        ("org.narthex.desktop:/oauth/callback?code=abc&error=access_denied&state=STATE", R::CodeAndError),
        ("org.narthex.desktop:/oauth/callback?code=&state=STATE", R::InvalidCode),
        ("org.narthex.desktop:/oauth/callback?code=%C3%A4&state=STATE", R::InvalidCode),
        ("org.narthex.desktop:/oauth/callback?error=&state=STATE", R::InvalidError),
        ("org.narthex.desktop:/oauth/callback?error=%3Cscript%3E&state=STATE", R::InvalidError),
        (&long, R::TooLong),
    ];
    for (link, reason) in table {
        let refusal = receive(link).expect_err(link);
        assert_eq!(refusal, reason, "{link}");
    }
}

#[test]
fn a_loopback_request_takes_only_its_own_address() {
    let query = format!("?code=abc&state={STATE}");
    for address in [
        SCHEME,
        "http://127.0.0.1:8128/oauth/callback",
        "http://127.0.0.1/oauth/callback",
        "http://localhost:8127/oauth/callback",
        "https://127.0.0.1:8127/oauth/callback",
        "http://user@127.0.0.1:8127/oauth/callback",
        "http://user:word@127.0.0.1:8127/oauth/callback",
        "http://127.0.0.1:8127@evil.example/oauth/callback",
        "http://127.0.0.1:81270/oauth/callback",
        "http://127.0.0.1:08127/oauth/callback",
        "http://[::1]:8127/oauth/callback",
        "http://2130706433:8127/oauth/callback",
        "http://0177.0.0.1:8127/oauth/callback",
        "http://127.0.0.1:8127//oauth/callback",
        "http://127.0.0.1:8127/oauth/../oauth/callback",
        "HTTP://127.0.0.1:8127/oauth/callback",
    ] {
        let refusal = receive_at(LOOPBACK, &format!("{address}{query}")).expect_err(address);
        assert_eq!(refusal, CallbackRefusal::OtherAddress, "{address}");
    }
}

#[test]
fn refusals_have_distinct_words_and_print_nothing_else() {
    use CallbackRefusal as R;
    let all = [
        R::TooLong,
        R::ForbiddenByte,
        R::Fragment,
        R::OtherAddress,
        R::MalformedQuery,
        R::BadEncoding,
        R::Duplicate,
        R::StateMissing,
        R::StateMismatch,
        R::IssuerMismatch,
        R::NoAnswer,
        R::CodeAndError,
        R::InvalidCode,
        R::InvalidError,
    ];
    let words: std::collections::BTreeSet<_> = all.iter().map(|refusal| refusal.reason()).collect();
    assert_eq!(words.len(), all.len());
    assert_eq!(R::TooLong.to_string(), "callback refused: too_long");
}

#[test]
fn a_code_cannot_be_printed() {
    let response = receive(&format!("{SCHEME}?code=canary&state=STATE"));
    assert!(!format!("{response:?}").contains("canary"));
}

#[test]
fn program_arguments_are_recognised_by_scheme_alone() {
    for link in [SCHEME, "org.narthex.desktop:", "ORG.Narthex.Desktop://x?code=1"] {
        assert!(looks_like_callback(link), "{link}");
    }
    for argument in [
        "",
        "--practice",
        "org.narthex.desktop",
        "org.narthex.desktop2:/x",
        LOOPBACK,
        "x:org.narthex.desktop:/",
    ] {
        assert!(!looks_like_callback(argument), "{argument}");
    }
}

fn request(redirect: RedirectUri) -> AuthorizationRequest {
    let client_id = ClientId::parse(&"a1".repeat(32)).expect("64 hex characters");
    let base = crate::PLANNING_CENTER.parse().expect("a URL");
    AuthorizationRequest::new(&base, &client_id, redirect, &["people", "services"])
}

fn parameter(request: &AuthorizationRequest, name: &str) -> String {
    let (_, value) = request.url().query_pairs().find(|(key, _)| key == name).expect(name);
    value.into_owned()
}

fn any_redirect() -> impl Strategy<Value = RedirectUri> {
    prop::sample::select(RedirectUri::ALL.to_vec())
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(link in ".{0,300}") {
        let _ = receive(&link);
    }

    #[test]
    fn no_query_makes_the_reader_panic_or_grants_without_the_state(query in "[a-z%&=+0-9?/:#]{0,200}") {
        let granted = receive_at(SCHEME, &format!("{SCHEME}?{query}"));
        prop_assert!(granted.is_err());
    }

    #[test]
    fn any_code_survives_the_trip(code_text in "[ -~]{1,200}", redirect in any_redirect()) {
        let request = request(redirect);
        let mut link = redirect.url();
        link.query_pairs_mut()
            .append_pair("code", &code_text)
            .append_pair("state", &parameter(&request, "state"));
        prop_assert_eq!(code(request.receive(link.as_str())), code_text);
    }

    #[test]
    fn one_changed_byte_before_the_code_is_never_accepted(
        redirect in any_redirect(),
        place in any::<prop::sample::Index>(),
        byte in 0x21_u8..0x7f,
    ) {
        let request = request(redirect);
        let state = parameter(&request, "state");
        let link = format!("{redirect}?state={state}&code=abc");
        let guarded = link.len() - "&code=abc".len();
        let mut forged = link.clone().into_bytes();
        let at = place.index(guarded);
        prop_assume!(forged[at] != byte);
        forged[at] = byte;
        let forged = String::from_utf8(forged).expect("ASCII");
        prop_assert!(request.receive(&forged).is_err(), "{}", forged);
        prop_assert!(request.receive(&link).is_ok());
    }

    #[test]
    fn an_answer_fits_only_the_request_that_asked(redirect in any_redirect(), other in any_redirect()) {
        let (mine, theirs) = (request(redirect), request(other));
        let link = format!("{other}?code=abc&state={}", parameter(&theirs, "state"));
        prop_assert!(mine.receive(&link).is_err());
        prop_assert!(theirs.receive(&link).is_ok());
    }
}

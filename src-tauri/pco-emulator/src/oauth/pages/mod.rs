//! The pages a person sees in the browser. They work without script, with a keyboard, and in the dark.

mod consent;
mod sign_in;

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use url::form_urlencoded::Serializer;

pub(crate) use consent::consent;
pub(crate) use sign_in::sign_in;

use super::Parameters;

/// The parameter in which the pages carry who is at the browser: no cookie, so that practice churches on one
/// computer do not share a sign-in.
pub(crate) const PERSON: &str = "person";

const STYLE: &str = include_str!("pages.css");

/// Says why nothing can be allowed; there is no address to send the browser back to.
pub(crate) fn refusal(reason: &str) -> String {
    frame(
        "This sign-in cannot go on",
        &format!(
            "<h1>This sign-in cannot go on</h1><p id=\"reason\">{}</p>\
             <p>Nothing was allowed. Close this page, go back to Narthex, and check the client ID and the redirect address in its settings.</p>",
            escape(reason)
        ),
    )
}

/// Nothing but the page's own style sheet runs or loads.
pub(crate) fn content_security_policy() -> String {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{style}'; frame-ancestors 'none'; base-uri 'none'")
}

fn frame(title: &str, content: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title><style>{STYLE}</style></head>\
         <body><main><p class=\"practice\">Practice church. Everybody here is invented.</p>{content}</main></body></html>"
    )
}

/// The request as hidden fields, without what the form decides itself.
fn hidden_fields(parameters: &Parameters, decided: &[&str]) -> String {
    let mut fields = String::new();
    for (name, value) in parameters.iter().filter(|(name, _)| !decided.contains(&name.as_str())) {
        let (name, value) = (escape(name), escape(value));
        write!(fields, "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
            .expect("a string takes any text");
    }
    fields
}

/// The request as an address that leads to the sign-in page first.
fn sign_in_address(parameters: &Parameters) -> String {
    let kept = parameters.iter().filter(|(name, _)| !["prompt", "decision", PERSON].contains(&name.as_str()));
    let query =
        Serializer::new(String::new()).extend_pairs(kept).append_pair("prompt", "select_account").finish();
    escape(&format!("/oauth/authorize?{query}"))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

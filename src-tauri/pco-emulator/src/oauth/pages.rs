//! The pages a person sees in the browser. They work without script, with a keyboard, and in the dark.

use std::fmt::Write;

use url::form_urlencoded;

/// What the consent page says.
pub(crate) struct Consent<'a> {
    pub(crate) church: &'a str,
    pub(crate) person: &'a str,
    pub(crate) scope: &'a str,
    /// The query of the request, carried through the form.
    pub(crate) query: &'a str,
}

/// Asks the person whether the program may read.
pub(crate) fn consent(page: &Consent<'_>) -> String {
    let rights = page
        .scope
        .split(' ')
        .fold(String::new(), |list, scope| list + "<li>" + &escape(right(scope)) + "</li>");
    let mut hidden = String::new();
    for (name, value) in form_urlencoded::parse(page.query.as_bytes()) {
        let (name, value) = (escape(&name), escape(&value));
        write!(hidden, "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
            .expect("a string takes any text");
    }
    let (church, person) = (escape(page.church), escape(page.person));
    frame(
        "Allow Narthex?",
        &format!(
            "<p class=\"practice\">Practice church. Everybody here is invented.</p>\
             <h1>Allow Narthex to read {church}?</h1>\
             <p>You are signed in as <strong>{person}</strong>, Organization Administrator.</p>\
             <p id=\"what\">Narthex will be able to see, as far as you can see it yourself:</p>\
             <ul aria-labelledby=\"what\">{rights}</ul>\
             <p>You can take this back at any time by signing out in Narthex.</p>\
             <form method=\"post\" action=\"/oauth/authorize\">{hidden}\
             <button id=\"allow\" class=\"main\" type=\"submit\" name=\"decision\" value=\"allow\">Allow</button>\
             <button id=\"deny\" type=\"submit\" name=\"decision\" value=\"deny\">Deny</button></form>"
        ),
    )
}

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

fn right(scope: &str) -> &str {
    match scope {
        "people" => "People: names, contact details and households",
        "services" => "Services: plans, teams, schedules and songs",
        "openid" => "Who you are",
        other => other,
    }
}

fn frame(title: &str, content: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title><style>{STYLE}</style></head>\
         <body><main>{content}</main></body></html>"
    )
}

const STYLE: &str = "\
:root{color-scheme:light dark;--ground:#f4f1ea;--sheet:#fff;--ink:#2b2723;--quiet:#655d54;--line:#d8d0c4;--main:#35566b;--on-main:#fff}\
@media(prefers-color-scheme:dark){:root{--ground:#1d1b19;--sheet:#282522;--ink:#efe9e0;--quiet:#b5aca1;--line:#4a443d;--main:#a9c8da;--on-main:#15222b}}\
*{box-sizing:border-box}\
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--ground);color:var(--ink);font:1.0625rem/1.55 system-ui,sans-serif}\
main{width:min(32rem,100% - 2rem);margin:2rem 0;padding:2.25rem;background:var(--sheet);border:1px solid var(--line);border-radius:.75rem}\
h1{margin:0 0 1rem;font:600 1.6rem/1.25 Georgia,serif;text-wrap:balance}\
p{margin:0 0 1rem}ul{margin:0 0 1.25rem;padding-left:1.25rem}li{margin:.25rem 0}\
.practice{display:inline-block;margin-bottom:1.25rem;padding:.15rem .7rem;border:1px solid var(--line);border-radius:1rem;color:var(--quiet);font-size:.9rem}\
form{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.75rem}\
button{min-height:2.75rem;padding:.5rem 1.5rem;border:1px solid var(--line);border-radius:.5rem;background:transparent;color:inherit;font:inherit;cursor:pointer}\
button.main{border-color:var(--main);background:var(--main);color:var(--on-main);font-weight:600}\
button:focus-visible{outline:3px solid var(--main);outline-offset:3px}";

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

#[cfg(test)]
mod tests {
    use super::{Consent, consent};

    #[test]
    fn what_the_request_carries_cannot_become_markup() {
        let page = consent(&Consent {
            church: "A & B",
            person: "R",
            scope: "people",
            query: "state=%22%3E%3Cscript%3E",
        });
        assert!(!page.contains("<script"));
        assert!(page.contains("value=\"&quot;&gt;&lt;script&gt;\""));
        assert!(page.contains("A &amp; B"));
    }
}

//! The consent page: may the program read?

use super::{PERSON, escape, frame, hidden_fields, sign_in_address};
use crate::church::accounts::Account;
use crate::oauth::Parameters;

/// Asks the person whether the program may read; the form carries the request on.
pub(crate) fn consent(church: &str, account: &Account, scope: &str, request: &Parameters) -> String {
    let rights =
        scope.split(' ').fold(String::new(), |list, scope| list + "<li>" + &escape(right(scope)) + "</li>");
    let (church, person, may) = (escape(church), escape(&account.name), escape(&account.rights));
    let (fields, id) = (hidden_fields(request, &["decision", PERSON]), account.person);
    let elsewhere = sign_in_address(request);
    frame(
        "Allow Narthex?",
        &format!(
            "<h1>Allow Narthex to read {church}?</h1>\
             <p>You are signed in as <strong><bdi>{person}</bdi></strong> ({may}). \
             <a id=\"switch\" href=\"{elsewhere}\">Sign in as someone else</a></p>\
             <p id=\"what\">Narthex will be able to see, as far as you can see it yourself:</p>\
             <ul aria-labelledby=\"what\">{rights}</ul>\
             <p>You can take this back at any time by signing out in Narthex.</p>\
             <form class=\"decision\" method=\"post\" action=\"/oauth/authorize\">{fields}\
             <input type=\"hidden\" name=\"{PERSON}\" value=\"{id}\">\
             <button id=\"allow\" class=\"main\" type=\"submit\" name=\"decision\" value=\"allow\">Allow</button>\
             <button id=\"deny\" type=\"submit\" name=\"decision\" value=\"deny\">Deny</button></form>"
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

#[cfg(test)]
mod tests {
    use super::consent;
    use crate::church::accounts::Account;

    #[test]
    fn what_the_request_carries_cannot_become_markup() {
        let account = Account { person: 1, name: "<b>R".to_owned(), rights: "none".to_owned() };
        let request = [("state".to_owned(), "\"><script>".to_owned())].into();
        let page = consent("A & B", &account, "people", &request);
        assert!(!page.contains("<script"));
        assert!(page.contains("value=\"&quot;&gt;&lt;script&gt;\""));
        assert!(page.contains("A &amp; B") && page.contains("&lt;b&gt;R"));
    }
}

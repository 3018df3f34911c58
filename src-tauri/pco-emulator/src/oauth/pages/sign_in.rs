//! The sign-in page: which of the church's people is at the browser? Nobody here has a password.

use super::{PERSON, escape, frame, hidden_fields};
use crate::church::accounts::Account;
use crate::oauth::Parameters;

/// One button for each account; it leads back to the request, which goes on to the consent page.
pub(crate) fn sign_in(church: &str, accounts: &[Account], request: &Parameters) -> String {
    let buttons = accounts.iter().fold(String::new(), |list, account| {
        let (person, name, rights) = (account.person, escape(&account.name), escape(&account.rights));
        list + &format!(
            "<li><button type=\"submit\" name=\"{PERSON}\" value=\"{person}\">\
             <strong><bdi>{name}</bdi></strong> <small>{rights}</small></button></li>"
        )
    });
    let (church, fields) = (escape(church), hidden_fields(request, &["decision", PERSON]));
    frame(
        "Sign in",
        &format!(
            "<h1 id=\"who\">Who signs in to {church}?</h1>\
             <p>Each of them sees as much of the church as their permissions allow.</p>\
             <form method=\"get\" action=\"/oauth/authorize\">{fields}\
             <ul class=\"accounts\" aria-labelledby=\"who\">{buttons}</ul></form>"
        ),
    )
}

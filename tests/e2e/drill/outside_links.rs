//! T26: of whatever a script asks to be opened outside, only what the screens offer is.

use serde_json::json;

use super::{Tally, row};
use crate::harness::{Keychain, Window, story, until};

/// What leads out of the program, and where a look-alike does not.
const OFFERED: [&str; 5] = [
    "https://people.planningcenteronline.com/people/AC12",
    "https://services.planningcenteronline.com/plans/34",
    "https://help.planningcenter.com/",
    "tel:+15550100199",
    "mailto:daniel.kim@example.org",
];
const HOSTILE: [&str; 60] = [
    "",
    " ",
    "people",
    "/etc/passwd",
    "//example.com/",
    "http://people.planningcenteronline.com/",
    "https://example.com/",
    "https://planningcenteronline.com/",
    "https://evil.planningcenteronline.com/",
    "https://people.planningcenteronline.com.example.com/",
    "https://people.planningcenteronline.com@example.com/",
    "https://people.planningcenteronline.com:pw@example.com/",
    "https://user@people.planningcenteronline.com/",
    "https://people.planningcenteronline.com:8443/",
    "https://people.planningcenteronline.com\\@example.com/",
    "https://people.planningcenteronline.com%2eexample.com/",
    "https://people.planningcenteronline.com./",
    "https://people.planningcenteron1ine.com/",
    "https://pеople.planningcenteronline.com/",
    "https://xn--pople-jvf.planningcenteronline.com/",
    "https://example.com#people.planningcenteronline.com",
    "https://example.com?people.planningcenteronline.com",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://localhost/",
    "https:people",
    "https:///",
    "HTTP://people.planningcenteronline.com/",
    "ftp://people.planningcenteronline.com/",
    "file:///etc/passwd",
    "file://people.planningcenteronline.com/etc/passwd",
    "smb://people.planningcenteronline.com/share",
    "nfs://host/share",
    "ssh://host/",
    "vnc://host/",
    "ldap://host/",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "blob:tauri://localhost/1",
    "about:blank",
    "tauri://localhost/",
    "ipc://localhost/settings",
    "view-source:https://people.planningcenteronline.com/",
    "org.narthex.desktop:/oauth/callback?code=x&state=y",
    "ms-settings:privacy",
    "ms-msdt:/id",
    "search-ms:query=x",
    "steam://run/1",
    "x-apple.systempreferences:",
    "--help",
    "-e id",
    "tel:*21*5550100%23",
    "tel:+1555;phone-context=x",
    "tel:+1555\n",
    "tel://5550100",
    "mailto:a@example.org?cc=b@example.org",
    "mailto:a@example.org,b@example.org",
    "mailto:a%0ACc:c@example.org",
    "mailto:?attach=/etc/passwd",
    "mailto:a@example.org\0",
];

#[tokio::test]
async fn nothing_but_what_is_offered_is_opened_outside() {
    story(Keychain::Absent, async |desktop| {
        const OPEN: &str = "const [url] = arguments;
            return window.__TAURI__.core.invoke('open_outside', { request: { url } })
              .then(() => 'opened', (error) => error.code ?? String(error))";
        let openers = desktop.record_openers();
        let window = Window::open(desktop, &["--practice"]).await;
        window.sees("#freshness-words", "complete: ").await;
        let mut tally = Tally::default();
        for link in HOSTILE {
            let answered = window.run_with(OPEN, vec![json!(link)]).await;
            if answered != json!("invalidInput") {
                eprintln!("{link:?}: {answered}");
            }
            tally.count(answered == json!("invalidInput"));
        }
        for link in OFFERED {
            assert_eq!(window.run_with(OPEN, vec![json!(link)]).await, json!("opened"), "{link}");
        }
        until("what is offered is opened", async || (openers.asked().len() >= OFFERED.len()).then_some(()))
            .await;
        let mut asked = openers.asked();
        asked.sort_unstable();
        let mut offered = OFFERED.map(str::to_owned);
        offered.sort_unstable();
        assert_eq!(asked, offered);
        row("T26", "links to be opened outside", "0 opened beyond the list", tally);
    })
    .await;
}

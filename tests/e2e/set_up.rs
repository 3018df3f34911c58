//! A copy of the program that knows no church yet.

use std::fs;

use crate::harness::{Keychain, Window, story};

#[tokio::test]
async fn a_client_id_of_the_wrong_shape_is_refused_beside_its_field_and_a_right_one_is_kept() {
    story(Keychain::Absent, async |desktop| {
        let window = Window::open(desktop, &[]).await;
        window.sees("#entry-page", "This copy of Narthex does not know your church yet").await;
        let steps = window.sees("#entry-page .steps", "http://127.0.0.1:8129/oauth/callback").await;
        assert!(steps.contains("org.narthex.desktop:/oauth/callback"), "{steps}");
        assert!(!window.shows("#sign-in").await, "there is nothing to sign in with");

        for (wrong, words) in [
            ("0123456789abcdef", "64"),
            (&*"g".repeat(64), "0 to 9"),
            ("https://api.planningcenteronline.com", "0 to 9"),
        ] {
            window.write("#client-id", wrong).await;
            window.click("#save-client-id").await;
            window.sees("#client-id-wrong", words).await;
            assert!(!desktop.settings().exists(), "nothing was saved for {wrong}");
        }

        let right = "0123456789abcdef".repeat(4);
        window.write("#client-id", &right).await;
        window.click("#save-client-id").await;
        window.sees("#sign-in", "Sign in").await;
        assert!(fs::read_to_string(desktop.settings()).unwrap().contains(&right));
        window.close().await;

        let window = Window::open(desktop, &[]).await;
        window.sees("#sign-in", "Sign in").await;
    })
    .await;
}

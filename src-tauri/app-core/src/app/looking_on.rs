//! A second run of the program beside the one that owns what is saved: it shows that, and takes over by itself.

use std::time::Duration;

use super::App;

/// How soon the end of the other run, or what it has saved, is noticed.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

impl App {
    /// Looks every second whether the other run has let go of its sign-in, until it is this one's or nobody's.
    pub(super) fn look_on(&self) {
        let this = self.this.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(BETWEEN_LOOKS).await;
                let Some(app) = this.upgrade() else { return };
                if !app.session.is_looking_on() {
                    return;
                }
                if app.session.has_changed_hands() {
                    app.restore().await;
                } else if let Ok(account) = app.account() {
                    account.notice_changes();
                }
            }
        });
    }
}

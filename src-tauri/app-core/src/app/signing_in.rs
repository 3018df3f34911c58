//! Signing in and out: the session's part, and the account that opens or closes with it.

use std::sync::PoisonError;

use super::App;
use crate::error::{AppError, Chain, ErrorCode};
use crate::session::views::{FinishSignInByHandRequest, SessionView, StartSignInRequest};
use crate::session::{Forgotten, Received};
use crate::status::SignedOutView;

/// What became of a link that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkReception {
    /// It was the awaited answer; the sign-in goes on in the window.
    Accepted,
    /// It was the awaited answer, and the sign-in is over without success. The window says why.
    Ended,
    /// It was not the awaited answer. Nothing changed.
    Ignored,
}

impl App {
    /// Where the session stands.
    #[must_use]
    pub fn session_status(&self) -> SessionView {
        self.session.status()
    }

    /// Opens the browser and waits for its return.
    pub async fn start_sign_in(&self, request: StartSignInRequest) -> Result<SessionView, AppError> {
        let choice = request.redirect.unwrap_or_else(|| self.settings_lock().redirect);
        self.session.start(choice).await?;
        Ok(self.session_status())
    }

    /// Opens the browser at the same address again.
    pub fn open_browser_again(&self) -> Result<(), AppError> {
        self.session.open_again()
    }

    /// Takes a link that the operating system or the local return address delivered. What became of it is told to
    /// the page by events, and to the caller for the page that the browser shows.
    pub async fn receive_link(&self, link: &str) -> LinkReception {
        let received = self.session.receive(link).await;
        self.go_on(received).await
    }

    /// Takes the return address as a person pasted it.
    pub async fn finish_sign_in_by_hand(
        &self,
        request: FinishSignInByHandRequest,
    ) -> Result<SessionView, AppError> {
        let received = self.session.receive_by_hand(&request.link).await;
        self.go_on(received).await;
        Ok(self.session_status())
    }

    /// Ends the attempt in progress. What Planning Center granted already, unconfirmed, is given back.
    pub async fn cancel_sign_in(&self) -> SessionView {
        self.session.cancel().await;
        self.session_status()
    }

    /// The person says this is the right account: the sign-in is kept and the first sync begins.
    pub async fn confirm_account(&self) -> Result<SessionView, AppError> {
        self.admit().await?;
        Ok(self.session_status())
    }

    /// The person says this is not the right account: what was granted is given back.
    pub async fn refuse_account(&self) -> SessionView {
        self.session.refuse().await;
        self.session_status()
    }

    /// Forgets the sign-in here, erases what was stored, and then ends it at Planning Center if that can be reached.
    /// [`ErrorCode::OpenElsewhere`] while it is another run's of the program.
    pub async fn sign_out(&self) -> Result<SignedOutView, AppError> {
        if self.session.is_open_elsewhere() {
            return Err(ErrorCode::OpenElsewhere.into());
        }
        let (erased, forgotten) = {
            let _switching = self.switching.lock().await;
            let erased = self.close().map_or(Ok(()), |open| open.erase());
            (erased, self.session.forget().await)
        };
        self.tell_status();
        let mut sentences = Vec::new();
        if let Err(error) = &erased {
            tracing::error!(cause = %Chain(error), "the store's files could not be removed");
        }
        if let Err(error) = &forgotten.folders {
            tracing::error!(%error, "the accounts' folders could not be removed");
        }
        let is_erased = erased.is_ok() && forgotten.folders.is_ok();
        let Forgotten { keychain_cleared, .. } = forgotten;
        // Last, and with nothing held: whoever closes the window or signs in again now need not wait for the network.
        let revoked = self.session.end(forgotten).await;
        if self.config.practice {
            sentences.push("The practice church is closed. Nothing of a real account was touched.");
        } else {
            sentences.push(if revoked {
                "Planning Center has ended this sign-in."
            } else {
                "Planning Center could not be reached to end this sign-in there. It ends by itself within 90 days."
            });
            sentences.push(if keychain_cleared {
                "The keychain no longer holds anything of Narthex."
            } else {
                "The keychain could not be reached. Remove the entries named Narthex there by hand."
            });
            sentences.push(if is_erased {
                "People and schedules are erased from this computer."
            } else {
                "Some files could not be removed. Without their key nobody can read them."
            });
        }
        Ok(SignedOutView { revoked, report: sentences.into_iter().map(ToOwned::to_owned).collect() })
    }

    async fn go_on(&self, received: Received) -> LinkReception {
        match received {
            Received::SameAccount => match self.admit().await {
                Ok(()) => LinkReception::Accepted,
                Err(error) => {
                    tracing::info!(cause = %Chain(&error), "a sign-in was cancelled as it came back");
                    LinkReception::Ended
                }
            },
            Received::Confirm => LinkReception::Accepted,
            Received::Ended => LinkReception::Ended,
            Received::Ignored(_) => LinkReception::Ignored,
        }
    }

    /// Signs in the account that the person agreed to, in place of the one that is open.
    async fn admit(&self) -> Result<(), AppError> {
        let _switching = self.switching.lock().await;
        let agreed = self.session.agree()?;
        let is_another = self.account().is_ok_and(|open| open.id != *agreed.account());
        let left = if is_another { self.close() } else { None };
        let account = self.session.save(agreed).await.inspect_err(|_| {
            // Nothing was saved, and whoever is still signed in goes on.
            let stays = self.session.account().map(|account| account.id);
            if let Some(left) = left.filter(|left| Some(&left.id) == stays.as_ref()) {
                *self.account.write().unwrap_or_else(PoisonError::into_inner) = Some(left);
            }
        })?;
        self.open(&account).await;
        Ok(())
    }
}

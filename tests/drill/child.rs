//! One run of the program's core in a process of its own: it finds the sign-in in the keychain, renews it with the first
//! request, and says what came of it. Somebody may kill it at any moment.

use std::process::ExitCode;
use std::sync::Arc;

use app_core::testing::RecordingHost;
use narthex::clock::SleepAwareClock;
use pco_client::{ApiError, ClientId};

use crate::field::Place;
use crate::ground::{ask, session};
use crate::keychain_file::FileKeychain;

/// What a child is told.
#[derive(clap::Args)]
pub(crate) struct Child {
    #[command(flatten)]
    place: Place,
    /// Requests at once.
    #[arg(long, default_value_t = 1)]
    callers: usize,
    /// Says who owns the sign-in, and waits for a line before it asks and for another before it ends.
    #[arg(long)]
    in_step: bool,
    /// Ends like a crash at this step of the keychain.
    #[arg(long)]
    last_step: Option<usize>,
}

/// What a child says when it comes to its end.
pub(crate) const WENT_WELL: &str = "went well";
/// Nothing was asked, because another process owns the sign-in.
pub(crate) const TOLD: &str = "told";
/// First word of a child in step that owns the sign-in.
pub(crate) const OWNS: &str = "owns it";
/// First word of a child in step while another process owns the sign-in.
pub(crate) const LOOKS_ON: &str = "looks on";
/// The server no longer accepts the sign-in, or none was found.
pub(crate) const SIGNED_OUT: &str = "signed out";

impl Child {
    pub(crate) async fn run(self) -> ExitCode {
        let keychain = Arc::new(FileKeychain::new(self.place.keychain, self.last_step));
        let host = Arc::new(RecordingHost::new());
        let clock = Arc::new(SleepAwareClock::default());
        let session = session(&self.place.base, &host, Arc::clone(&keychain) as _, clock, self.place.folder);
        session.set_client_id(ClientId::parse(&self.place.client_id).ok());
        let Some(account) = session.restore().await else {
            println!("{SIGNED_OUT}");
            return ExitCode::SUCCESS;
        };
        let is_looking_on = session.is_looking_on();
        if self.in_step {
            println!("{}", if is_looking_on { LOOKS_ON } else { OWNS });
            wait_for_a_line();
        }
        let client = session.client_for(&account.id);
        let answers = futures::future::join_all((0..self.callers).map(|_| ask(&client))).await;
        let said = match answers.into_iter().find_map(Result::err) {
            None => WENT_WELL.to_owned(),
            Some(ApiError::SignInRequired) if is_looking_on => TOLD.to_owned(),
            Some(ApiError::SignInRequired) => SIGNED_OUT.to_owned(),
            Some(error) => format!("failed: {error}"),
        };
        println!("{said} after {} steps", keychain.steps());
        if self.in_step {
            wait_for_a_line();
        }
        ExitCode::SUCCESS
    }
}

/// Returns with the next line, or when nobody is there to send one.
fn wait_for_a_line() {
    let _ = std::io::stdin().read_line(&mut String::new());
}

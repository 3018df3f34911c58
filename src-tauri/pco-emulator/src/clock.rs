//! The computer's clock, read in one place.

use jiff::Timestamp;

/// The present, as the computer has it.
#[expect(
    clippy::disallowed_methods,
    reason = "the emulator is a server of its own: it has no caller whose clock it could use"
)]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

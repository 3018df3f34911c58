//! How often each thing is tried.

use clap::ValueEnum;

/// How much of the drill is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scale {
    /// Under three minutes, for every run of the tests.
    Quick,
    /// Ten minutes or less.
    Usual,
    /// The published counts.
    Full,
}

impl Scale {
    /// One of three counts.
    pub(crate) fn of(self, quick: usize, usual: usize, full: usize) -> usize {
        match self {
            Self::Quick => quick,
            Self::Usual => usual,
            Self::Full => full,
        }
    }
}

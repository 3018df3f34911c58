//! The emulator as its users meet it: over HTTP.
#![allow(clippy::unwrap_used, missing_docs)]

mod documents;
mod faults;
mod harness;
mod life;
mod limits;
mod permissions;
mod roles;
mod selection;
mod sign_in;
mod truth;
mod writes;

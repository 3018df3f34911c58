//! The emulator as its users meet it: over HTTP.
#![allow(clippy::unwrap_used, missing_docs)]

mod contract_documents;
mod contract_quirks;
mod documents;
mod faults;
mod ground_truth;
mod harness;
mod life;
mod limits;
mod paging;
mod permissions;
mod roles;
mod selection;
mod sign_in;
mod truth;
mod writes;

//! The client over real HTTP, against a small server whose answers each test writes itself.

#![allow(clippy::unwrap_used, missing_docs)]

mod calls;
mod conditional;
#[cfg(target_os = "linux")]
mod memory;
mod oauth;
mod server;
mod silence;
mod walks;

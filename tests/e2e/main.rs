//! The built program in a real window, driven as a person would: real browser, real keychain, real links through the
//! operating system, and the emulator as Planning Center.
//!
//! Run by `cargo xtask test`, or alone on any display:
//! `xvfb-run cargo nextest run --features e2e --test e2e`.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[allow(dead_code, reason = "the gallery uses the rest")]
mod harness;

mod first_walk;
mod keychains;
mod other_returns;
mod practice;
mod refusals;
mod set_up;
mod walk;

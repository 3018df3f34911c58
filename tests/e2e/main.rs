//! The built program in a real window, driven as a person would: real browser, real keychain, real links through the
//! operating system, and the emulator as Planning Center.
//!
//! Run by `cargo xtask test`, or alone on any display:
//! `xvfb-run --server-args="-screen 0 1280x1024x24 -noreset" cargo nextest run --features e2e --test e2e`. Without
//! `-noreset` a display starts anew whenever its last program leaves, and cuts off whoever comes meanwhile.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[allow(dead_code, reason = "the gallery uses the rest")]
mod harness;

mod drill;
mod first_walk;
mod from_outside;
mod full_disk;
mod keyboard;
mod keychains;
mod large_list;
mod large_schedule;
mod other_returns;
mod palette;
mod practice;
mod refusals;
mod session_states;
mod set_up;
mod slow_answers;
mod walk;

//! `cargo xtask drill`: the sign-in under attack and under crashes, with counts that anyone can reproduce.
//!
//! Each row injects one thing as often as asked, against the real core and a real server, and tells how often it did not
//! come out as it must. Rows are named after the threats and faults of SECURITY.md. The program also plays the process
//! that is killed (`drill child …`).

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "the table is what this program is for")]
#![allow(clippy::unwrap_used, reason = "a drill that cannot be set up ends the run")]

mod accounts;
mod attempts;
mod bearer;
mod callbacks;
mod child;
mod field;
mod forgery;
mod ground;
mod keychain_file;
mod keychains;
mod keyring;
mod kills;
mod mid_sync;
mod outages;
mod owners;
mod quota;
mod renewals;
mod rows;
mod scale;
mod silence;
mod table;

use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand};

use crate::child::Child;
use crate::keyring::Keyring;
use crate::mid_sync::Filler;
pub(crate) use crate::scale::Scale;
use crate::table::Table;

#[derive(Parser)]
struct Arguments {
    /// How often each thing is tried.
    #[arg(long, value_enum, default_value_t = Scale::Usual)]
    scale: Scale,
    /// Every random choice comes from this number.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only these parts, named as their files are: `quota,kills`.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Subcommand)]
enum Role {
    /// One run of the program's core that somebody may kill.
    Child(Child),
    /// Renewals with a real keyring, on a session bus that is there for them alone.
    Keyring(Keyring),
    /// One reading into the store that somebody may kill.
    Filler(Filler),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { scale, seed, only, role } = Arguments::parse();
    match role {
        Some(Role::Child(child)) => return child.run().await,
        Some(Role::Keyring(keyring)) => return keyring.run().await,
        Some(Role::Filler(filler)) => return filler.run().await,
        None => {}
    }
    let began = Instant::now();
    let mut table = Table::begin();
    let is_wanted = |part: &str| only.is_empty() || only.iter().any(|wanted| wanted == part);
    if is_wanted("forgery") {
        forgery::run(&mut table, scale, seed).await;
    }
    if is_wanted("attempts") {
        attempts::run(&mut table, scale).await;
    }
    if is_wanted("bearer") {
        bearer::run(&mut table, scale, seed).await;
    }
    if is_wanted("renewals") {
        renewals::run(&mut table, scale).await;
    }
    if is_wanted("outages") {
        outages::run(&mut table, scale).await;
    }
    if is_wanted("quota") {
        quota::run(&mut table, scale).await;
    }
    if is_wanted("silence") {
        silence::run(&mut table, scale).await;
    }
    if is_wanted("accounts") {
        accounts::run(&mut table, scale).await;
    }
    if is_wanted("keychains") {
        keychains::run(&mut table).await;
    }
    if is_wanted("owners") {
        owners::run(&mut table, scale).await;
    }
    if is_wanted("keyring") {
        keyring::run(&mut table, scale).await;
    }
    if is_wanted("kills") {
        kills::run(&mut table, scale, seed).await;
    }
    if is_wanted("mid_sync") {
        mid_sync::run(&mut table, scale, seed).await;
    }
    println!("\n{} rows in {:.0} s, seed {seed}.", table.len(), began.elapsed().as_secs_f64());
    table.verdict()
}

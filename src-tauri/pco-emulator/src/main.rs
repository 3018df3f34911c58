//! The emulator by itself: for work on the pages, for window tests, for benchmarks.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use jiff::civil::Date;
use pco_emulator::{
    Church, Consent, DEFAULT_REDIRECT_URIS, Emulator, EmulatorConfig, Limit, RateWindow, Rotation,
};
use serde::Serialize;

/// A strict small Planning Center on 127.0.0.1.
#[derive(Parser)]
struct Arguments {
    /// The port to listen on; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// How large the invented church is.
    #[arg(long, value_enum, default_value_t)]
    church: Church,
    /// How many people, instead of the size's own number.
    #[arg(long)]
    people: Option<u32>,
    /// The same seed and day give the same church.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The church's today (YYYY-MM-DD), instead of the computer's.
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
    /// The registered client: 64 lowercase hexadecimal characters.
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// A Confidential application beside the Public one.
    #[arg(long, value_name = "ID:SECRET", value_parser = id_and_secret)]
    client_secret: Option<(String, String)>,
    /// A registered redirect address; may be given several times.
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// What the consent page does.
    #[arg(long, value_enum, default_value_t)]
    consent: Consent,
    /// When a used refresh token dies.
    #[arg(long, value_enum, default_value_t)]
    rotation: Rotation,
    /// Seconds until an access token expires.
    #[arg(long, value_name = "S", default_value_t = 7_200)]
    access_token_life: u64,
    /// Requests per seconds.
    #[arg(long, value_name = "N/S", default_value = "100/20")]
    rate_limit: Limit,
    /// Requests per seconds with an offset of 30,000 or more.
    #[arg(long, value_name = "N/S", default_value = "75/20")]
    deep_offset_limit: Limit,
    /// When the period of the rate limits begins.
    #[arg(long, value_enum, default_value_t)]
    rate_window: RateWindow,
    /// Milliseconds that every answer waits.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// How many times faster the rate limit's period passes.
    #[arg(long, value_name = "K", default_value_t = 1.0)]
    time_scale: f64,
    /// A Personal Access Token, accepted with HTTP Basic.
    #[arg(long, value_name = "ID:SECRET", value_parser = id_and_secret)]
    pat: Option<(String, String)>,
    /// A file that gets one JSON line per request.
    #[arg(long, value_name = "FILE")]
    access_log: Option<PathBuf>,
}

/// The one line on standard output.
#[derive(Serialize)]
struct Ready<'a> {
    url: &'a str,
    client_id: &'a str,
    redirect_uris: &'a [String],
}

fn id_and_secret(text: &str) -> Result<(String, String), &'static str> {
    let (id, secret) = text
        .split_once(':')
        .filter(|(id, secret)| !id.is_empty() && !secret.is_empty())
        .ok_or("written as ID:SECRET")?;
    Ok((id.to_owned(), secret.to_owned()))
}

impl From<Arguments> for EmulatorConfig {
    fn from(arguments: Arguments) -> Self {
        let redirect_uris = if arguments.redirect_uris.is_empty() {
            DEFAULT_REDIRECT_URIS.map(str::to_owned).to_vec()
        } else {
            arguments.redirect_uris
        };
        Self {
            port: arguments.port,
            church: arguments.church,
            people: arguments.people,
            seed: arguments.seed,
            today: arguments.today,
            client_id: arguments.client_id,
            client_secret: arguments.client_secret,
            redirect_uris,
            consent: arguments.consent,
            rotation: arguments.rotation,
            access_token_life: arguments.access_token_life,
            rate_limit: arguments.rate_limit,
            deep_offset_limit: arguments.deep_offset_limit,
            rate_window: arguments.rate_window,
            latency: Duration::from_millis(arguments.latency),
            time_scale: arguments.time_scale,
            pat: arguments.pat,
            access_log: arguments.access_log,
            ..Self::default()
        }
    }
}

#[tokio::main]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the ready line and the reason for not starting are this program's output"
)]
async fn main() -> ExitCode {
    let emulator = match Emulator::start(Arguments::parse().into()).await {
        Ok(emulator) => emulator,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let ready = Ready {
        url: emulator.url().as_str(),
        client_id: emulator.client_id(),
        redirect_uris: emulator.redirect_uris(),
    };
    match serde_json::to_string(&ready) {
        Ok(line) => println!("{line}"),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    }
    if let Err(error) = asked_to_stop().await {
        eprintln!("signals cannot be heard: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Waits for Ctrl-C or, where there is one, SIGTERM.
async fn asked_to_stop() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

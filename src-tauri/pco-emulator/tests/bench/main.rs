//! `cargo xtask bench`, the emulator's part: how soon it is ready, what it weighs, how quickly it answers.
//!
//! The emulator runs as a program of its own, as a developer starts it. Requests go one after another, so one core
//! answers them.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "the table is what this program is for")]
#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made ends the run")]

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::{Client, ClientBuilder};
use url::Url;

const PERSONAL: (&str, &str) = ("bench", "bench");
/// What a client asks for that keeps a church's people.
const PAGE: &str = "people/v2/people?include=emails,phone_numbers&per_page=100";
/// What makes a church look into its plans.
const SONGS: &str = "services/v2/songs?order=-last_scheduled_at&per_page=100";
const REPEATS: usize = 300;

#[tokio::main]
async fn main() {
    println!("\nThe emulator\n");
    let small = Running::start("small");
    row("small: ready", &milliseconds(small.ready_after));
    let huge = Running::start("huge");
    row("huge: ready", &milliseconds(huge.ready_after));
    row("huge: memory when ready", &huge.memory());
    for (church, people, emulator) in [("small", 0, &small), ("huge", 90_000, &huge)] {
        let plain = median(emulator, people, Client::builder().no_gzip()).await;
        row(&format!("{church}: page of 100 people, median"), &milliseconds(plain));
        let packed = median(emulator, people, Client::builder()).await;
        row(&format!("{church}: the same page compressed, median"), &milliseconds(packed));
    }
    let songs = ask(&huge, &client(Client::builder()), SONGS).await;
    row("huge: songs by their last use, the first time", &milliseconds(songs));
    row("huge: memory after that", &huge.memory());
}

/// An emulator with a church of some size; it ends with this value.
struct Running {
    child: Child,
    url: Url,
    /// From the start of the program to its ready line.
    ready_after: Duration,
    /// Kept open, so that the program may go on writing.
    _output: BufReader<ChildStdout>,
}

impl Running {
    fn start(church: &str) -> Self {
        // Examples lie in a folder beside the programs.
        let here = std::env::current_exe().unwrap();
        let programs = here.parent().and_then(|folder| folder.parent()).unwrap();
        let began = Instant::now();
        let mut child = Command::new(programs.join(format!("pco-emulator{}", std::env::consts::EXE_SUFFIX)))
            .args(["--church", church, "--rate-limit", "1000000/20", "--deep-offset-limit", "1000000/20"])
            .args(["--pat", &format!("{}:{}", PERSONAL.0, PERSONAL.1)])
            .stdout(Stdio::piped())
            .spawn()
            .expect("`cargo xtask bench` builds the emulator first");
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let ready_after = began.elapsed();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        let url = Url::parse(ready["url"].as_str().unwrap()).unwrap();
        Self { child, url, ready_after, _output: output }
    }

    /// What of it lies in memory; only Linux tells.
    fn memory(&self) -> String {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
        kilobytes.map_or("–".to_owned(), |kilobytes| format!("{:.0} MB", kilobytes / 1000.0))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The time of a page over pages spread evenly over the first `people`.
async fn median(emulator: &Running, people: usize, builder: ClientBuilder) -> Duration {
    let client = client(builder);
    let mut times = Vec::new();
    for repeat in 0..REPEATS {
        let path = format!("{PAGE}&offset={}", people / REPEATS * repeat);
        times.push(ask(emulator, &client, &path).await);
    }
    times.sort();
    times[REPEATS / 2]
}

fn client(builder: ClientBuilder) -> Client {
    builder.user_agent("Narthex-bench/0 (tests)").build().unwrap()
}

/// How long one answer takes, from the request to the last byte.
async fn ask(emulator: &Running, client: &Client, path: &str) -> Duration {
    let began = Instant::now();
    let request = client.get(format!("{}{path}", emulator.url)).basic_auth(PERSONAL.0, Some(PERSONAL.1));
    let bytes = request.send().await.unwrap().error_for_status().unwrap().bytes().await.unwrap();
    let taken = began.elapsed();
    assert!(bytes.len() > 1000, "a page without records");
    taken
}

fn row(what: &str, value: &str) {
    println!("{what:<48} {value:>12}");
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

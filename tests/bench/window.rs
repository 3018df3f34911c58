//! What the window costs, against a bare window of Tauri's in the same run: the start, memory, and doing nothing.
//!
//! Both are started by the same driver and measured from outside: from the moment in which the program's own code begins to
//! run to the first frame with something in it. Narthex paints nothing before its rows are there.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a measurement that cannot be made ends the run"
)]
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "the table is what this program is for")]

#[allow(dead_code, unused_imports, reason = "the window tests use the rest")]
#[path = "../e2e/harness/mod.rs"]
mod harness;
#[allow(dead_code, reason = "the other measurements use the rest")]
mod report;

use std::path::{Path, PathBuf};
use std::time::Duration;

use harness::{Desktop, Emulator, Keychain, Window, program, started_by, story_within};
use report::Report;
use rustix::process::{Pid, Signal, kill_process};

/// Starts of each; what stands in the table is the median.
const STARTS: usize = 9;
const LONGEST: Duration = Duration::from_mins(10);
/// From the first frame on, until memory is looked at.
const SETTLED: Duration = Duration::from_secs(3);
/// From the first frame on, until nothing is done any more: the web view goes on putting itself in order for a while.
const AT_REST: Duration = Duration::from_secs(15);
const IDLE: Duration = Duration::from_mins(1);
/// Starts a program as people do, without the log that tests read, and writes down which process it is, and when, in
/// nanoseconds since 1970.
const NOTED: &str = "unset NARTHEX_LOG; echo $$ $(date +%s%N) > \"$0\" && exec \"$@\"";
/// When the page began, and its first frame with something in it was painted, in milliseconds since 1970.
const PAINTED: &str = "const [paint] = performance.getEntriesByName('first-contentful-paint');
    return paint ? [performance.timeOrigin, performance.timeOrigin + paint.startTime] : null";
/// How many bytes of JSON a command answers with.
const ANSWER: &str = "const { invoke, Channel } = window.__TAURI__.core;
    return invoke(COMMAND).then((answer) => new TextEncoder().encode(JSON.stringify(answer)).length)";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    story_within(LONGEST, Keychain::Unlocked, measure).await;
}

async fn measure(desktop: &Desktop) {
    let mut report = Report::new(20);
    report.chapter("The window, of a church of 150, without a network");
    let emulator = Emulator::start(desktop);
    let window = Window::open_for(desktop, &emulator).await;
    window.sign_in(&emulator).await;
    window.close().await;
    let options = emulator.options().map(str::to_owned);
    drop(emulator);
    let ours = Subject { program: program(), options: options.to_vec() };
    let bare = Subject { program: beside("bare_window"), options: Vec::new() };

    // The first start of each is for whatever the computer then has at hand.
    ours.measured(desktop).await;
    bare.measured(desktop).await;
    let (mut our_runs, mut bare_runs) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        our_runs.push(ours.measured(desktop).await);
        bare_runs.push(bare.measured(desktop).await);
    }
    let (our_start, bare_start) = (median(&our_runs, |run| run.start), median(&bare_runs, |run| run.start));
    report.time("a bare window: until its page begins", milliseconds(median(&bare_runs, |run| run.page)));
    report.time("  until its first frame", milliseconds(bare_start));
    report.time("Narthex: until its page begins", milliseconds(median(&our_runs, |run| run.page)));
    report.time("  until its rows", milliseconds(our_start));
    report.ratio_at_most("  as a multiple of the bare window", our_start / bare_start, 1.15);
    let (our_memory, bare_memory) =
        (median(&our_runs, |run| run.memory), median(&bare_runs, |run| run.memory));
    report.count("a bare window: memory of all processes (PSS), kB", whole(bare_memory));
    report.count("Narthex: memory of all processes (PSS), kB", whole(our_memory));
    report.ratio_at_most("  as a multiple of the bare window", our_memory / bare_memory, 1.2);

    let running = ours.start(desktop).await;
    let people = "'list_people', { request: { search: '', offset: 0, limit: 50 } }";
    let rows = running.window.run(&ANSWER.replace("COMMAND", people)).await.as_u64().unwrap();
    let first =
        running.window.run(&ANSWER.replace("COMMAND", "'subscribe', { channel: new Channel() }")).await;
    report.count_at_most(
        "bytes of the answer that the first screen is painted from",
        first.as_u64().unwrap(),
        20_000,
    );
    report.count_at_most("bytes of the answer with fifty people", rows, 8_000);
    let used = running.used_idle().await;
    running.end().await;
    let bare_used = bare.start(desktop).await.used_idle().await;
    report.count("a bare window: microseconds of a processor in an idle second", bare_used);
    report.count_at_most("Narthex: microseconds of a processor in an idle second", used, 1_000);
    report.print();
    if let Some(file) = std::env::args_os().nth(1) {
        std::fs::write(file, report.json()).unwrap();
    }
}

/// A program that opens a window.
struct Subject {
    program: PathBuf,
    options: Vec<String>,
}

/// A window that was opened.
struct Open<'desktop> {
    window: Window<'desktop>,
    process: u32,
    /// From its start until its page began, in milliseconds.
    page: f64,
    /// From its start to the first frame, in milliseconds.
    start: f64,
}

/// What one run came to.
struct Run {
    page: f64,
    start: f64,
    memory: f64,
}

impl Subject {
    async fn start<'desktop>(&self, desktop: &'desktop Desktop) -> Open<'desktop> {
        let note = desktop.log("started");
        let _none_before = std::fs::remove_file(&note);
        let mut arguments = vec!["-c", NOTED, note.to_str().unwrap(), self.program.to_str().unwrap()];
        arguments.extend(self.options.iter().map(String::as_str));
        let window = Window::open_program(desktop, Path::new("/bin/sh"), &arguments).await;
        let moments = harness::until("the window has something in it", async || {
            Some(window.run(PAINTED).await.as_array()?.clone())
        })
        .await;
        let noted = std::fs::read_to_string(note).unwrap();
        let (process, began) = noted.trim().split_once(' ').unwrap();
        let began: f64 = began.parse().unwrap();
        let after = |moment: usize| moments[moment].as_f64().unwrap() - began / 1e6;
        Open { window, process: process.parse().unwrap(), page: after(0), start: after(1) }
    }

    async fn measured(&self, desktop: &Desktop) -> Run {
        let open = self.start(desktop).await;
        tokio::time::sleep(SETTLED).await;
        let memory = open.processes().iter().map(|process| memory_share(*process)).sum();
        let run = Run { page: open.page, start: open.start, memory };
        open.end().await;
        run
    }
}

impl Open<'_> {
    fn processes(&self) -> Vec<u32> {
        let children = started_by(self.process).into_iter().map(|(process, _)| process);
        std::iter::once(self.process).chain(children).collect()
    }

    /// Ends the program and all that it started: a second one would only hand over to it.
    async fn end(self) {
        let processes = self.processes();
        self.window.end().await;
        let it = i32::try_from(self.process).ok().and_then(Pid::from_raw).unwrap();
        let _already_ended = kill_process(it, Signal::KILL);
        let is_there = |process: &u32| Path::new(&format!("/proc/{process}/exe")).exists();
        harness::until("the program has ended", async || (!processes.iter().any(is_there)).then_some(()))
            .await;
    }

    /// Microseconds of a processor that it uses in a second in which nothing happens.
    async fn used_idle(&self) -> u64 {
        tokio::time::sleep(AT_REST).await;
        let before = self.processor_time();
        tokio::time::sleep(IDLE).await;
        let used = self.processor_time().saturating_sub(before).as_micros() / u128::from(IDLE.as_secs());
        u64::try_from(used).unwrap()
    }

    fn processor_time(&self) -> Duration {
        self.processes().into_iter().map(processor_time).sum()
    }
}

/// A process's memory, with what it shares with others counted in parts, in kB (Linux, `proc_pid_smaps_rollup`).
fn memory_share(process: u32) -> f64 {
    let rollup = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap();
    let share = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap();
    share.trim().trim_end_matches(" kB").parse().unwrap()
}

/// How long a process has had a processor (Linux, `proc_pid_stat`: the fields `utime` and `stime`, in hundredths of a second).
fn processor_time(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn median(runs: &[Run], of: fn(&Run) -> f64) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn milliseconds(number: f64) -> Duration {
    Duration::from_secs_f64(number / 1e3)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "kilobytes of memory fit")]
fn whole(number: f64) -> u64 {
    number as u64
}

/// Another example.
fn beside(name: &str) -> PathBuf {
    std::env::current_exe().unwrap().with_file_name(name)
}

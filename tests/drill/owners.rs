//! Several processes on one sign-in: one owns it, the others look on, and the end of the owner frees it however it came.

use std::process::Stdio;

use pco_emulator::Rotation;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};

use crate::Scale;
use crate::child::{LOOKS_ON, OWNS, TOLD, WENT_WELL};
use crate::field::Field;
use crate::table::{Table, Tally};

/// In each of the two processes.
const CALLERS: usize = 500;

pub(crate) async fn run(table: &mut Table, scale: Scale) {
    let expected = "1 renewal, the owner's callers answered, the others told";
    let injected = "1,000 callers in two processes on one expired token";
    table.row("F2", injected, expected, two_processes(scale.of(2, 10, 50)).await);
    let injected = "the process that owns the sign-in hangs, and is killed";
    let expected = "the next one looks on, then owns it";
    table.row("F34", injected, expected, killed_owner(scale.of(5, 25, 100)).await);
}

/// A process that says who owns the sign-in, waits for a line before it asks, and for another before it ends.
struct InStep {
    process: Child,
    lines: ChildStdin,
    said: Lines<BufReader<ChildStdout>>,
}

impl InStep {
    async fn start(field: &Field) -> (Self, String) {
        let mut command = field.child(CALLERS, None);
        let mut process = command.arg("--in-step").stdin(Stdio::piped()).spawn().unwrap();
        let (lines, said) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let mut child = Self { process, lines, said: BufReader::new(said).lines() };
        let owns = child.next().await;
        (child, owns)
    }

    async fn next(&mut self) -> String {
        self.said.next_line().await.unwrap().unwrap_or_default()
    }

    /// Lets it ask, and hands back what it says came of it.
    async fn ask(&mut self) -> String {
        self.lines.write_all(b"\n").await.unwrap();
        self.next().await
    }

    /// Lets it come to its end.
    async fn end(self) {
        let Self { mut process, lines, .. } = self;
        drop(lines);
        process.wait().await.unwrap();
    }
}

async fn two_processes(rounds: usize) -> Tally {
    let mut tally = Tally::default();
    for rotation in [Rotation::Grace, Rotation::Strict] {
        let field = Field::new(rotation).await;
        for _ in 0..rounds {
            let before = field.ground.emulator.counters().refreshes;
            let ((mut one, one_is), (mut other, other_is)) =
                tokio::join!(InStep::start(&field), InStep::start(&field));
            let (one_said, other_said) = tokio::join!(one.ask(), other.ask());
            let renewals = field.ground.emulator.counters().refreshes - before;
            let mut came = [(one_is, one_said), (other_is, other_said)];
            came.sort_by_key(|(is, _)| is == LOOKS_ON);
            let [(owner, answered), (guest, told)] = came;
            tokio::join!(one.end(), other.end());
            let kept = field.let_run(1).await.starts_with(WENT_WELL);
            tally.count(
                renewals == 1
                    && (owner == OWNS && answered.starts_with(WENT_WELL))
                    && (guest == LOOKS_ON && told.starts_with(TOLD))
                    && kept,
            );
        }
    }
    tally
}

async fn killed_owner(rounds: usize) -> Tally {
    let field = Field::new(Rotation::Grace).await;
    let mut tally = Tally::default();
    for _ in 0..rounds {
        let (mut owner, owns) = InStep::start(&field).await;
        let hangs =
            rustix::process::Pid::from_raw(i32::try_from(owner.process.id().unwrap()).unwrap()).unwrap();
        rustix::process::kill_process(hangs, rustix::process::Signal::STOP).unwrap();
        let (guest, looks_on) = InStep::start(&field).await;
        owner.process.kill().await.unwrap();
        let (mut next, owns_then) = InStep::start(&field).await;
        let went_well = next.ask().await.starts_with(WENT_WELL);
        tally.count(owns == OWNS && looks_on == LOOKS_ON && owns_then == OWNS && went_well);
        tokio::join!(guest.end(), next.end());
    }
    tally
}

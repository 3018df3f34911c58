//! The table for people and the raw results for machines.

use std::time::Duration;

use pco_emulator::Limit;
use serde_json::{Value, json};

/// What was measured so far.
pub(crate) struct Report {
    period: u32,
    rows: Vec<Row>,
}

struct Row {
    chapter: String,
    what: String,
    value: String,
    /// The number behind the text.
    number: f64,
    /// What it is to be, and whether it is.
    target: Option<(String, bool)>,
}

impl Report {
    pub(crate) fn new(period: u32) -> Self {
        println!("A hundred requests in {period} s; Planning Center allows them in 20 s.");
        Self { period, rows: Vec::new() }
    }

    /// Begins a new part of the table.
    pub(crate) fn chapter(&mut self, name: &str) {
        println!("… {name}");
        self.rows.push(Row {
            chapter: name.to_owned(),
            what: String::new(),
            value: String::new(),
            number: 0.0,
            target: None,
        });
    }

    pub(crate) fn count(&mut self, what: &str, number: u64) {
        self.add(what, number.to_string(), precise(number), None);
    }

    pub(crate) fn count_at_most(&mut self, what: &str, number: u64, most: u64) {
        self.add(what, number.to_string(), precise(number), Some((format!("≤ {most}"), number <= most)));
    }

    pub(crate) fn time(&mut self, what: &str, time: Duration) {
        self.add(what, in_words(time), time.as_secs_f64(), None);
    }

    pub(crate) fn time_at_most(&mut self, what: &str, time: Duration, most: Duration) {
        let target = Some((format!("≤ {}", in_words(most)), time <= most));
        self.add(what, in_words(time), time.as_secs_f64(), target);
    }

    /// A time as a multiple of the floor, unless so few requests never wait.
    pub(crate) fn floor_at_most(&mut self, time: Duration, floor: Duration, most: f64) {
        self.time("floor that the rate limit sets for the requests", floor);
        if !floor.is_zero() {
            self.ratio_at_most("  as a multiple of the floor", ratio(time, floor), most);
        }
    }

    pub(crate) fn ratio_at_most(&mut self, what: &str, ratio: f64, most: f64) {
        self.add(what, format!("{ratio:.3} ×"), ratio, Some((format!("≤ {most} ×"), ratio <= most)));
    }

    pub(crate) fn ratio_at_least(&mut self, what: &str, ratio: f64, least: f64) {
        self.add(what, format!("{ratio:.2} ×"), ratio, Some((format!("≥ {least} ×"), ratio >= least)));
    }

    /// A time as it would be with Planning Center's own period.
    pub(crate) fn full_scale(&self, time: Duration) -> Duration {
        time * 20 / self.period
    }

    pub(crate) fn print(&self) {
        for row in &self.rows {
            if row.what.is_empty() {
                println!("\n{}", row.chapter);
                continue;
            }
            let (target, verdict) = match &row.target {
                Some((target, true)) => (target.as_str(), ""),
                Some((target, false)) => (target.as_str(), "missed"),
                None => ("", ""),
            };
            println!("  {:<58}{:>12}   {target:<12}{verdict}", row.what, row.value);
        }
    }

    pub(crate) fn json(&self) -> String {
        let mut chapter = "";
        let mut rows: Vec<Value> = Vec::new();
        for row in &self.rows {
            if row.what.is_empty() {
                chapter = &row.chapter;
                continue;
            }
            let target = row.target.as_ref().map(|(target, met)| json!({ "target": target, "met": met }));
            rows.push(json!({
                "chapter": chapter, "what": row.what, "value": row.number, "text": row.value, "goal": target
            }));
        }
        json!({ "period_seconds": self.period, "results": rows }).to_string()
    }

    fn add(&mut self, what: &str, value: String, number: f64, target: Option<(String, bool)>) {
        let row = Row { chapter: String::new(), what: what.to_owned(), value, number, target };
        self.rows.push(row);
    }
}

/// The least time in which so many requests may be sent: the first full window costs no waiting.
pub(crate) fn floor(requests: u64, limit: Limit) -> Duration {
    let windows = requests.saturating_sub(1) / u64::from(limit.count);
    Duration::from_secs(windows * u64::from(limit.seconds))
}

/// One time as a multiple of another.
pub(crate) fn ratio(time: Duration, against: Duration) -> f64 {
    time.as_secs_f64() / against.as_secs_f64().max(f64::EPSILON)
}

fn in_words(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 1e-3 {
        format!("{:.0} µs", seconds * 1e6)
    } else if seconds < 1.0 {
        format!("{:.2} ms", seconds * 1e3)
    } else {
        format!("{seconds:.2} s")
    }
}

fn precise(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

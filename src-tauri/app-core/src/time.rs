//! The church's calendar: its zone, its clock and its order of day and month. Every time a person reads is made here.
//!
//! Plan times are true UTC, and everything here is made of them. A plan's `sort_date` and `last_time_at` are the
//! church's wall clock wearing a false `Z` (PCO behaviour); they are not asked for.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::text::join_words;
use crate::views::AsOf;

/// How a church writes dates and times.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    zone: TimeZone,
    twenty_four_hour: bool,
    month_first: bool,
    zone_known: bool,
}

impl Default for Calendar {
    /// UTC until the church's own zone has been read.
    fn default() -> Self {
        Self { zone: TimeZone::UTC, twenty_four_hour: false, month_first: false, zone_known: false }
    }
}

impl Calendar {
    /// Takes the zone as Planning Center names it (IANA, or the older Rails names), whether its clock runs to 24,
    /// and its date format (a strftime text such as `%m/%d/%Y`).
    #[must_use]
    pub(crate) fn new(zone: &str, twenty_four_hour: bool, date_format: &str) -> Self {
        let found = TimeZone::get(iana_name(zone)).ok();
        Self {
            zone_known: found.is_some(),
            zone: found.unwrap_or(TimeZone::UTC),
            twenty_four_hour,
            month_first: date_format.trim_start_matches('%').starts_with(['m', 'b', 'B']),
        }
    }

    /// Whether the church's zone is known; otherwise times are in UTC and the screen says so.
    #[must_use]
    pub(crate) fn zone_known(&self) -> bool {
        self.zone_known
    }

    /// The church's date at an instant.
    #[must_use]
    pub(crate) fn date(&self, instant: Timestamp) -> Date {
        self.local(instant).date()
    }

    /// The church's wall clock at an instant.
    #[must_use]
    pub(crate) fn local(&self, instant: Timestamp) -> DateTime {
        instant.to_zoned(self.zone.clone()).datetime()
    }

    /// The first moment of a date in the church.
    #[must_use]
    pub(crate) fn start_of(&self, date: Date) -> Timestamp {
        date.to_zoned(self.zone.clone()).map_or(Timestamp::MAX, |start| start.timestamp())
    }

    /// `9:00 am`, or `21:30`.
    #[must_use]
    pub(crate) fn clock(&self, instant: Timestamp) -> String {
        let local = self.local(instant);
        if self.twenty_four_hour { self.bare(local) } else { format!("{} {}", self.bare(local), half(local)) }
    }

    /// `9:03`, for columns in which the half of the day is plain.
    #[must_use]
    pub(crate) fn bare_clock(&self, instant: Timestamp) -> String {
        self.bare(self.local(instant))
    }

    /// `9:00 and 11:00 am`, `9:00 am and 6:00 pm`, `9:00 and 11:00`.
    #[must_use]
    pub(crate) fn clock_list(&self, instants: &[Timestamp]) -> String {
        let mut words: Vec<String> = Vec::new();
        for (index, instant) in instants.iter().enumerate() {
            let local = self.local(*instant);
            let next_is_same_half =
                instants.get(index + 1).is_some_and(|next| half(self.local(*next)) == half(local));
            let word = if self.twenty_four_hour || next_is_same_half {
                self.bare(local)
            } else {
                self.clock(*instant)
            };
            if !words.contains(&word) {
                words.push(word);
            }
        }
        join_words(&words)
    }

    /// As [`clock_list`](Self::clock_list) within one day; otherwise each day with its times:
    /// `Sat 6:00 pm and Sun 9:00 and 11:00 am`.
    #[must_use]
    pub(crate) fn days_and_clocks(&self, instants: &[Timestamp]) -> String {
        let same_day = |one: &Timestamp, other: &Timestamp| self.date(*one) == self.date(*other);
        let days: Vec<&[Timestamp]> = instants.chunk_by(same_day).collect();
        match days.as_slice() {
            [] => String::new(),
            [only] => self.clock_list(only),
            days => {
                let words =
                    days.iter().map(|day| format!("{} {}", self.weekday(day[0]), self.clock_list(day)));
                join_words(&words.collect::<Vec<_>>())
            }
        }
    }

    /// `Sun`.
    #[must_use]
    pub(crate) fn weekday(&self, instant: Timestamp) -> String {
        self.date(instant).strftime("%a").to_string()
    }

    /// `7:30 to 9:00 pm`.
    #[must_use]
    pub(crate) fn clock_span(&self, starts: Timestamp, ends: Option<Timestamp>) -> String {
        match ends {
            Some(ends) if ends > starts => {
                let same_half = half(self.local(starts)) == half(self.local(ends));
                let first = if same_half { self.bare_clock(starts) } else { self.clock(starts) };
                format!("{first} to {}", self.clock(ends))
            }
            _ => self.clock(starts),
        }
    }

    /// `Sunday, 22 November` or `Sunday, November 22`; the year is added when it is not this one.
    #[must_use]
    pub(crate) fn long_day(&self, date: Date, today: Date) -> String {
        let day = if self.month_first { date.strftime("%A, %B %-d") } else { date.strftime("%A, %-d %B") };
        if date.year() == today.year() { day.to_string() } else { format!("{day}, {}", date.year()) }
    }

    /// `Sun 22 Nov` or `Sun Nov 22`.
    #[must_use]
    pub(crate) fn short_day(&self, date: Date) -> String {
        if self.month_first { date.strftime("%a %b %-d") } else { date.strftime("%a %-d %b") }.to_string()
    }

    /// `3 March` or `March 3`.
    #[must_use]
    pub(crate) fn day_of_year(&self, date: Date) -> String {
        if self.month_first { date.strftime("%B %-d") } else { date.strftime("%-d %B") }.to_string()
    }

    /// `This week`, `Next week`, … for the week that begins on `monday`.
    #[must_use]
    pub(crate) fn week(&self, monday: Date, today: Date) -> String {
        let weeks = (monday - monday_of(today)).get_days() / 7;
        match weeks {
            0 => "This week".to_owned(),
            1 => "Next week".to_owned(),
            2 => "In two weeks".to_owned(),
            -1 => "Last week".to_owned(),
            _ => {
                let sunday = monday.saturating_add(6.days());
                match (monday.month() == sunday.month(), self.month_first) {
                    (true, false) => format!("{} to {}", monday.day(), self.day_of_year(sunday)),
                    (true, true) => format!("{} to {}", self.day_of_year(monday), sunday.day()),
                    (false, _) => format!("{} to {}", self.day_of_year(monday), self.day_of_year(sunday)),
                }
            }
        }
    }

    /// When data was read, in words short enough for the freshness line.
    #[must_use]
    pub(crate) fn as_of(&self, instant: Timestamp, now: Timestamp) -> AsOf {
        let (date, today) = (self.date(instant), self.date(now));
        let clock = self.clock(instant);
        let days = (today - date).get_days();
        let label = match days {
            0 => clock,
            1..=6 => format!("{} {clock}", date.strftime("%a")),
            _ => format!("{} {clock}", self.short_day(date)),
        };
        AsOf { instant: instant.to_string(), label }
    }

    fn bare(&self, local: DateTime) -> String {
        if self.twenty_four_hour {
            format!("{}:{:02}", local.hour(), local.minute())
        } else {
            format!("{}:{:02}", (local.hour() + 11) % 12 + 1, local.minute())
        }
    }
}

/// The Monday of a date's week: Saturday and the Sunday after it belong together.
#[must_use]
pub(crate) fn monday_of(date: Date) -> Date {
    date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
}

/// A length in seconds as a running time: `3:00`, `1:02:30`.
#[must_use]
pub(crate) fn running_time(seconds: u32) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{rest:02}") } else { format!("{minutes}:{rest:02}") }
}

/// A length in seconds in words: `1 h 12 min`, `45 min`.
#[must_use]
pub(crate) fn length_in_words(seconds: u32) -> String {
    let minutes = seconds.div_ceil(60);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

fn half(local: DateTime) -> &'static str {
    if local.hour() < 12 { "am" } else { "pm" }
}

/// Older accounts carry the zone names of Ruby on Rails.
fn iana_name(zone: &str) -> &str {
    match zone {
        "Eastern Time (US & Canada)" => "America/New_York",
        "Central Time (US & Canada)" => "America/Chicago",
        "Mountain Time (US & Canada)" => "America/Denver",
        "Pacific Time (US & Canada)" => "America/Los_Angeles",
        "Arizona" => "America/Phoenix",
        "Alaska" => "America/Anchorage",
        "Hawaii" => "Pacific/Honolulu",
        "Atlantic Time (Canada)" => "America/Halifax",
        "Newfoundland" => "America/St_Johns",
        "London" | "Edinburgh" => "Europe/London",
        "Dublin" => "Europe/Dublin",
        "Berlin" => "Europe/Berlin",
        "Paris" => "Europe/Paris",
        "Amsterdam" => "Europe/Amsterdam",
        "Sydney" | "Canberra" => "Australia/Sydney",
        "Melbourne" => "Australia/Melbourne",
        "Brisbane" => "Australia/Brisbane",
        "Perth" => "Australia/Perth",
        "Auckland" | "Wellington" => "Pacific/Auckland",
        iana => iana,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn new_york() -> Calendar {
        Calendar::new("America/New_York", false, "%d/%m/%Y")
    }

    #[test]
    fn shows_the_churchs_clock_on_both_sides_of_a_clock_change() {
        let calendar = new_york();
        assert_eq!(calendar.clock(at("2026-10-25T13:00:00Z")), "9:00 am");
        assert_eq!(calendar.clock(at("2026-11-22T14:00:00Z")), "9:00 am");
        assert_eq!(calendar.date(at("2026-11-23T03:00:00Z")).to_string(), "2026-11-22");
    }

    #[test]
    fn writes_several_times_as_one_would_say_them() {
        let calendar = new_york();
        let (nine, eleven, six) =
            (at("2026-11-22T14:00:00Z"), at("2026-11-22T16:00:00Z"), at("2026-11-22T23:00:00Z"));
        assert_eq!(calendar.clock_list(&[nine, eleven]), "9:00 and 11:00 am");
        assert_eq!(calendar.clock_list(&[nine, six]), "9:00 am and 6:00 pm");
        assert_eq!(calendar.clock_list(&[nine, eleven, six]), "9:00, 11:00 am and 6:00 pm");
        assert_eq!(
            Calendar::new("Europe/Berlin", true, "%d.%m.%Y").clock_list(&[nine, six]),
            "15:00 and 0:00"
        );
        assert_eq!(calendar.clock_list(&[]), "");
    }

    #[test]
    fn names_the_days_when_times_lie_on_several() {
        let calendar = new_york();
        let times = ["2026-11-21T23:00:00Z", "2026-11-22T14:00:00Z", "2026-11-22T16:00:00Z"].map(at);
        assert_eq!(calendar.days_and_clocks(&times), "Sat 6:00 pm and Sun 9:00 and 11:00 am");
        assert_eq!(calendar.days_and_clocks(&times[1..]), "9:00 and 11:00 am");
        assert_eq!(calendar.days_and_clocks(&[]), "");
    }

    #[test]
    fn writes_midday_and_midnight_as_twelve() {
        let calendar = Calendar::new("UTC", false, "");
        assert_eq!(calendar.clock(at("2026-11-22T12:00:00Z")), "12:00 pm");
        assert_eq!(calendar.clock(at("2026-11-22T00:05:00Z")), "12:05 am");
    }

    #[test]
    fn follows_the_churchs_order_of_day_and_month() {
        let date = Date::constant(2026, 11, 22);
        assert_eq!(new_york().long_day(date, date), "Sunday, 22 November");
        assert_eq!(Calendar::new("UTC", false, "%m/%d/%Y").long_day(date, date), "Sunday, November 22");
        assert_eq!(new_york().long_day(date, Date::constant(2027, 1, 1)), "Sunday, 22 November, 2026");
    }

    #[test]
    fn a_sunday_belongs_to_the_week_before_it() {
        let (friday, calendar) = (Date::constant(2026, 11, 20), new_york());
        let this = monday_of(friday);
        assert_eq!(monday_of(Date::constant(2026, 11, 22)), this);
        assert_eq!(calendar.week(this, friday), "This week");
        assert_eq!(calendar.week(monday_of(Date::constant(2026, 11, 29)), friday), "Next week");
        assert_eq!(calendar.week(monday_of(Date::constant(2026, 11, 8)), friday), "2 to 8 November");
        assert_eq!(calendar.week(monday_of(Date::constant(2027, 1, 1)), friday), "28 December to 3 January");
    }

    #[test]
    fn says_when_the_zone_is_unknown() {
        assert!(!Calendar::new("Middle-earth", false, "").zone_known());
        assert!(Calendar::new("Pacific Time (US & Canada)", false, "").zone_known());
    }

    #[test]
    fn says_how_old_data_is() {
        let (calendar, now) = (new_york(), at("2026-11-22T12:00:00Z"));
        assert_eq!(calendar.as_of(at("2026-11-22T11:40:00Z"), now).label, "6:40 am");
        assert_eq!(calendar.as_of(at("2026-11-22T03:14:00Z"), now).label, "Sat 10:14 pm");
        assert_eq!(calendar.as_of(at("2026-10-22T03:14:00Z"), now).label, "Wed 21 Oct 11:14 pm");
    }

    #[test]
    fn writes_lengths() {
        assert_eq!([running_time(5), running_time(180), running_time(3750)], ["0:05", "3:00", "1:02:30"]);
        assert_eq!(
            [length_in_words(4320), length_in_words(3600), length_in_words(61)],
            ["1 h 12 min", "1 h", "2 min"]
        );
    }
}

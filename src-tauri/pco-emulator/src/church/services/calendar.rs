//! The church year and the sermon series between its seasons: what a Sunday is called.

use jiff::ToSpan;
use jiff::civil::{Date, date};

/// A season of the church year or a sermon series, and the title of one of its weeks.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Week {
    pub(crate) series: &'static str,
    pub(crate) title: &'static str,
}

struct Sermons {
    name: &'static str,
    weeks: &'static [&'static str],
}

const ADVENT: Sermons = Sermons { name: "Waiting for the Light", weeks: &["Hope", "Peace", "Joy", "Love"] };
const CHRISTMAS: Sermons = Sermons {
    name: "Christmastide",
    weeks: &["The Word Made Flesh", "Simeon and Anna", "The Visit of the Magi"],
};
const LENT: Sermons = Sermons {
    name: "The Road to Jerusalem",
    weeks: &[
        "Into the Wilderness",
        "Nicodemus by Night",
        "The Woman at the Well",
        "The Man Born Blind",
        "Lazarus, Come Out",
        "Palm Sunday",
    ],
};
const EASTER: Sermons = Sermons {
    name: "He Is Risen",
    weeks: &[
        "Easter Day",
        "Thomas",
        "Breakfast on the Shore",
        "The Good Shepherd",
        "The True Vine",
        "No Longer Orphans",
        "Ascension Sunday",
        "Pentecost",
    ],
};
const ORDINARY: [Sermons; 6] = [
    Sermons {
        name: "Songs for the Road",
        weeks: &[
            "I Lift Up My Eyes",
            "Glad When They Said",
            "As the Mountains Surround",
            "Those Who Sow in Tears",
            "Unless the Lord Builds",
            "Out of the Depths",
        ],
    },
    Sermons {
        name: "The Gospel of Mark",
        weeks: &[
            "A Voice in the Desert",
            "Follow Me",
            "Through the Roof",
            "Lord of the Sabbath",
            "Peace, Be Still",
            "Five Loaves",
            "Who Do You Say I Am?",
        ],
    },
    Sermons {
        name: "Ruth: A Harvest of Kindness",
        weeks: &["Empty", "Gleaning", "At the Threshing Floor", "Redeemed"],
    },
    Sermons {
        name: "Letters to a Young Church",
        weeks: &[
            "Saints in Philippi",
            "The Mind of Christ",
            "Pressing On",
            "Rejoice Always",
            "Content in Everything",
        ],
    },
    Sermons {
        name: "Parables by the Lake",
        weeks: &["The Sower", "Weeds and Wheat", "The Mustard Seed", "The Pearl", "The Net"],
    },
    Sermons {
        name: "Neighbours",
        weeks: &["The Man on the Road", "A Table in the Presence", "Strangers and Guests", "Bearing Burdens"],
    },
];

/// What the Sunday of `day`'s week is about.
pub(crate) fn week_of(day: Date) -> Week {
    let sunday = sunday_of(day);
    season(sunday).unwrap_or_else(|| ordinary(sunday))
}

/// The Sunday on or before `day`.
pub(crate) fn sunday_of(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().to_sunday_zero_offset()).days())
}

/// Easter Day of the Gregorian calendar (the anonymous algorithm of 1876).
pub(crate) fn easter(year: i16) -> Date {
    let year = i32::from(year);
    let (golden, century, in_century) = (year % 19, year / 100, year % 100);
    let epact = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - epact - in_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let day_of_march = epact + weekday - 7 * late + 22;
    date(i16::try_from(year).unwrap_or(1), 3, 1).saturating_add((day_of_march - 1).days())
}

/// The first Sunday of Advent: the fourth before Christmas.
pub(crate) fn advent(year: i16) -> Date {
    let eve = date(year, 12, 24);
    sunday_of(eve).saturating_sub(21.days())
}

fn season(sunday: Date) -> Option<Week> {
    let weeks_since =
        |start: Date| usize::try_from((sunday - start).get_days() / 7).ok().filter(|_| sunday >= start);
    let week = |sermons: &Sermons, index: usize| {
        sermons.weeks.get(index).map(|title| Week { series: sermons.name, title })
    };
    let year = sunday.year();
    let christmas = if sunday.month() == 1 { year - 1 } else { year };
    let after_christmas = sunday_of(date(christmas, 12, 31));
    weeks_since(advent(year))
        .and_then(|index| week(&ADVENT, index))
        .or_else(|| {
            weeks_since(after_christmas).filter(|index| *index < 2).and_then(|index| week(&CHRISTMAS, index))
        })
        .or_else(|| weeks_since(easter(year).saturating_sub(42.days())).and_then(|index| week(&LENT, index)))
        .or_else(|| weeks_since(easter(year)).and_then(|index| week(&EASTER, index)))
}

fn ordinary(sunday: Date) -> Week {
    let total: usize = ORDINARY.iter().map(|sermons| sermons.weeks.len()).sum();
    let weeks = (sunday - date(2000, 1, 2)).get_days() / 7;
    let mut index = usize::try_from(weeks).unwrap_or(0) % total;
    for sermons in &ORDINARY {
        if let Some(title) = sermons.weeks.get(index) {
            return Week { series: sermons.name, title };
        }
        index -= sermons.weeks.len();
    }
    Week { series: ORDINARY[0].name, title: ORDINARY[0].weeks[0] }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::{Weekday, date};

    use super::{advent, easter, sunday_of, week_of};

    #[test]
    fn easter_and_advent_fall_where_almanacs_put_them() {
        assert_eq!(easter(2024), date(2024, 3, 31));
        assert_eq!(easter(2026), date(2026, 4, 5));
        assert_eq!(easter(2038), date(2038, 4, 25));
        assert_eq!(advent(2026), date(2026, 11, 29));
        assert_eq!(advent(2028), date(2028, 12, 3));
    }

    #[test]
    fn the_great_sundays_have_their_names() {
        assert_eq!(week_of(date(2026, 11, 29)).title, "Hope");
        assert_eq!(week_of(date(2026, 12, 20)).title, "Love");
        assert_eq!(week_of(date(2026, 4, 5)).title, "Easter Day");
        assert_eq!(week_of(date(2026, 3, 29)).title, "Palm Sunday");
        assert_eq!(week_of(date(2026, 5, 24)).title, "Pentecost");
        assert_eq!(week_of(date(2026, 12, 27)).series, "Christmastide");
        assert_eq!(week_of(date(2027, 1, 3)).series, "Christmastide");
        assert_eq!(week_of(date(2026, 12, 2)), week_of(date(2026, 11, 29)));
    }

    #[test]
    fn every_week_of_twenty_years_is_about_something() {
        let mut day = date(2020, 1, 5);
        while day.year() < 2040 {
            assert_eq!(sunday_of(day).weekday(), Weekday::Sunday);
            assert!(!week_of(day).title.is_empty());
            day = day.saturating_add(7.days());
        }
    }
}

//! What the rows of the song book hold.

use jiff::Timestamp;

use crate::church::table::{Id, Text};

#[derive(Clone)]
pub(crate) struct Song {
    pub(crate) title: Text,
    pub(crate) author: Option<Text>,
    pub(crate) admin: Option<Text>,
    pub(crate) copyright: Option<Text>,
    pub(crate) ccli_number: Option<i64>,
    pub(crate) themes: Text,
    pub(crate) hidden: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

#[derive(Clone)]
pub(crate) struct Arrangement {
    pub(crate) song: Id,
    pub(crate) name: Text,
    pub(crate) beats_per_minute: Option<f64>,
    pub(crate) meter: Option<Text>,
    /// Seconds.
    pub(crate) length: i64,
    pub(crate) notes: Option<Text>,
    /// Words and chords.
    pub(crate) chord_chart: Option<Text>,
    pub(crate) chart: Chart,
    /// Labels of sections in the order sung.
    pub(crate) sequence: Vec<Text>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// How the words and chords of an arrangement are set and printed.
#[derive(Clone)]
pub(crate) struct Chart {
    pub(crate) chord_color: i64,
    pub(crate) columns: i64,
    pub(crate) font: Text,
    pub(crate) font_size: i64,
    pub(crate) key: Option<Text>,
    pub(crate) lyrics_enabled: bool,
    pub(crate) numbers_enabled: bool,
    pub(crate) numerals_enabled: bool,
    pub(crate) print_margin: Text,
    pub(crate) print_orientation: Text,
    pub(crate) print_page_size: Text,
}

impl Chart {
    /// As Planning Center sets it until somebody changes it.
    pub(crate) const USUAL: Self = Self {
        chord_color: 0,
        columns: 1,
        font: Text::Borrowed("Helvetica"),
        font_size: 14,
        key: None,
        lyrics_enabled: false,
        numbers_enabled: false,
        numerals_enabled: false,
        print_margin: Text::Borrowed("0.5in"),
        print_orientation: Text::Borrowed("Portrait"),
        print_page_size: Text::Borrowed("Letter"),
    };
}

#[expect(clippy::struct_field_names, reason = "starting_key is the attribute’s name")]
pub(crate) struct Key {
    pub(crate) arrangement: Id,
    pub(crate) name: Option<Text>,
    pub(crate) starting_key: Text,
    pub(crate) ending_key: Text,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

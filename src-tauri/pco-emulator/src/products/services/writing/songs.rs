//! The song book: what editors write.

use super::{EDITOR, optional_text};
use crate::church::services::rows::{Arrangement, Chart, Key, Song};
use crate::church::table::{Id, Text};
use crate::jsonapi::payload::{Given, Payload};
use crate::jsonapi::write::{Create, Delete, Patch, Problem, Refusal, Writer};

const SONG: &[&str] = &["admin", "author", "ccli_number", "copyright", "hidden", "themes", "title"];
const ARRANGEMENT: &[&str] = &[
    "bpm",
    "chord_chart",
    "chord_chart_chord_color",
    "chord_chart_columns",
    "chord_chart_font",
    "chord_chart_font_size",
    "chord_chart_key",
    "length",
    "lyrics_enabled",
    "meter",
    "name",
    "notes",
    "number_chart_enabled",
    "numeral_chart_enabled",
    "print_margin",
    "print_orientation",
    "print_page_size",
    "sequence",
];
const FONT_SIZES: &[i64] = &[10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 26, 28, 32, 36, 42, 48];
const MARGINS: &[&str] = &["0.0in", "0.25in", "0.5in", "0.75in", "1.0in"];
const PAGE_SIZES: &[&str] = &["Widescreen (16x9)", "Fullscreen (4x3)", "A4", "Letter", "Legal", "11x17"];
const KEY: &[&str] = &["ending_key", "name", "starting_key"];
/// Every key there is, major and minor.
const KEYS: &[&str] = &[
    "Ab", "A", "A#", "Bb", "B", "C", "C#", "Db", "D", "D#", "Eb", "E", "F", "F#", "Gb", "G", "G#", "Abm",
    "Am", "A#m", "Bbm", "Bm", "Cm", "C#m", "Dbm", "Dm", "D#m", "Ebm", "Em", "Fm", "F#m", "Gbm", "Gm", "G#m",
];

/// A new song has one arrangement, without a key.
pub(in crate::products::services) const CREATE_SONG: Create = Create {
    access: EDITOR,
    assignable: SONG,
    make: |writer, _, payload| {
        let now = writer.now();
        let empty = Song {
            title: Text::Owned(payload.required_text("title")?),
            author: None,
            admin: None,
            copyright: None,
            ccli_number: None,
            themes: Text::Borrowed(""),
            hidden: false,
            created_at: now,
            updated_at: now,
        };
        let song = changed_song(empty, payload)?;
        let song = writer.songs.add(song);
        let arrangement = empty_arrangement(writer, song, Text::Borrowed("Default Arrangement"));
        writer.arrangements.add(arrangement);
        writer.repertoire_changed();
        Ok(song)
    },
};

pub(in crate::products::services) const PATCH_SONG: Patch = Patch {
    access: EDITOR,
    assignable: SONG,
    change: |writer, id, payload| {
        let now = writer.now();
        let row = writer.songs.get_mut(id).ok_or(Refusal::NotFound)?;
        *row = Song { updated_at: now, ..changed_song(row.clone(), payload)? };
        writer.repertoire_changed();
        Ok(())
    },
};

pub(in crate::products::services) const DELETE_SONG: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        writer.delete_song(id);
        Ok(())
    },
};

fn changed_song(mut song: Song, payload: &Payload) -> Result<Song, Problem> {
    if payload.text("title")? != Given::Nothing {
        song.title = Text::Owned(payload.required_text("title")?);
    }
    optional_text(payload, "author")?.assign(&mut song.author);
    optional_text(payload, "admin")?.assign(&mut song.admin);
    optional_text(payload, "copyright")?.assign(&mut song.copyright);
    payload.integer("ccli_number")?.assign(&mut song.ccli_number);
    song.themes = payload.text("themes")?.value().map_or(song.themes, Text::Owned);
    song.hidden = payload.flag("hidden")?.value().unwrap_or(song.hidden);
    Ok(song)
}

fn empty_arrangement(writer: &Writer<'_>, song: Id, name: Text) -> Arrangement {
    let now = writer.now();
    Arrangement {
        song,
        name,
        beats_per_minute: None,
        meter: None,
        length: 0,
        notes: None,
        chord_chart: None,
        chart: Chart::USUAL,
        sequence: Vec::new(),
        created_at: now,
        updated_at: now,
    }
}

pub(in crate::products::services) const CREATE_ARRANGEMENT: Create = Create {
    access: EDITOR,
    assignable: ARRANGEMENT,
    make: |writer, song, payload| {
        let name = Text::Owned(payload.required_text("name")?);
        let arrangement = changed_arrangement(empty_arrangement(writer, song, name), payload)?;
        writer.repertoire_changed();
        Ok(writer.arrangements.add(arrangement))
    },
};

pub(in crate::products::services) const PATCH_ARRANGEMENT: Patch = Patch {
    access: EDITOR,
    assignable: ARRANGEMENT,
    change: |writer, id, payload| {
        let now = writer.now();
        let row = writer.arrangements.get_mut(id).ok_or(Refusal::NotFound)?;
        *row = Arrangement { updated_at: now, ..changed_arrangement(row.clone(), payload)? };
        writer.repertoire_changed();
        Ok(())
    },
};

pub(in crate::products::services) const DELETE_ARRANGEMENT: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        writer.delete_arrangement(id);
        Ok(())
    },
};

fn changed_arrangement(mut arrangement: Arrangement, payload: &Payload) -> Result<Arrangement, Problem> {
    if payload.text("name")? != Given::Nothing {
        arrangement.name = Text::Owned(payload.required_text("name")?);
    }
    payload.number("bpm")?.assign(&mut arrangement.beats_per_minute);
    optional_text(payload, "meter")?.assign(&mut arrangement.meter);
    optional_text(payload, "notes")?.assign(&mut arrangement.notes);
    optional_text(payload, "chord_chart")?.assign(&mut arrangement.chord_chart);
    arrangement.length = payload.integer("length")?.value().unwrap_or(arrangement.length).max(0);
    if let Given::Value(labels) = payload.texts("sequence")? {
        arrangement.sequence = labels.into_iter().map(Text::Owned).collect();
    }
    arrangement.chart = changed_chart(arrangement.chart, payload)?;
    Ok(arrangement)
}

fn changed_chart(mut chart: Chart, payload: &Payload) -> Result<Chart, Problem> {
    chart.chord_color = payload.integer("chord_chart_chord_color")?.value().unwrap_or(chart.chord_color);
    chart.columns = payload.integer("chord_chart_columns")?.value().unwrap_or(chart.columns);
    chart.font = payload.text("chord_chart_font")?.value().map_or(chart.font, Text::Owned);
    let size = payload.integer("chord_chart_font_size")?.value().unwrap_or(chart.font_size);
    if !FONT_SIZES.contains(&size) {
        return Err(Problem::new("chord_chart_font_size", "is not included in the list"));
    }
    chart.font_size = size;
    super::one_of(payload, "chord_chart_key", KEYS)?.map(Text::Borrowed).assign(&mut chart.key);
    chart.lyrics_enabled = payload.flag("lyrics_enabled")?.value().unwrap_or(chart.lyrics_enabled);
    chart.numbers_enabled = payload.flag("number_chart_enabled")?.value().unwrap_or(chart.numbers_enabled);
    chart.numerals_enabled = payload.flag("numeral_chart_enabled")?.value().unwrap_or(chart.numerals_enabled);
    let margin = super::one_of(payload, "print_margin", MARGINS)?.value();
    chart.print_margin = margin.map_or(chart.print_margin, Text::Borrowed);
    let orientation = super::one_of(payload, "print_orientation", &["Portrait", "Landscape"])?.value();
    chart.print_orientation = orientation.map_or(chart.print_orientation, Text::Borrowed);
    let page_size = super::one_of(payload, "print_page_size", PAGE_SIZES)?.value();
    chart.print_page_size = page_size.map_or(chart.print_page_size, Text::Borrowed);
    Ok(chart)
}

pub(in crate::products::services) const CREATE_KEY: Create = Create {
    access: EDITOR,
    assignable: KEY,
    make: |writer, arrangement, payload| {
        let starting_key =
            key(payload, "starting_key")?.ok_or_else(|| Problem::new("starting_key", "can't be blank"))?;
        let now = writer.now();
        let ending_key = key(payload, "ending_key")?.unwrap_or_else(|| starting_key.clone());
        let name = optional_text(payload, "name")?.value();
        writer.repertoire_changed();
        Ok(writer.keys.add(Key {
            arrangement,
            name,
            starting_key,
            ending_key,
            created_at: now,
            updated_at: now,
        }))
    },
};

pub(in crate::products::services) const PATCH_KEY: Patch = Patch {
    access: EDITOR,
    assignable: KEY,
    change: |writer, id, payload| {
        let (start, end) = (key(payload, "starting_key")?, key(payload, "ending_key")?);
        let name = optional_text(payload, "name")?;
        let now = writer.now();
        let row = writer.keys.get_mut(id).ok_or(Refusal::NotFound)?;
        name.assign(&mut row.name);
        row.starting_key = start.unwrap_or(row.starting_key.clone());
        row.ending_key = end.unwrap_or(row.ending_key.clone());
        row.updated_at = now;
        writer.repertoire_changed();
        Ok(())
    },
};

pub(in crate::products::services) const DELETE_KEY: Delete = Delete {
    access: EDITOR,
    remove: |writer, id| {
        writer.delete_key(id);
        Ok(())
    },
};

fn key(payload: &Payload, name: &'static str) -> Result<Option<Text>, Problem> {
    Ok(super::one_of(payload, name, KEYS)?.value().map(Text::Borrowed))
}

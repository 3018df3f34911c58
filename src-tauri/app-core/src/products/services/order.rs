//! The order of service: sections, clock times for each service, and what stands under an item.

use jiff::{SignedDuration, Timestamp};

use super::records::{Item, PlanTime};
use super::views::{ItemKind, ItemView, NoteView, OrderSection};
use crate::text::paragraphs;
use crate::time::{Calendar, running_time};

/// The sections that have items, each item with its clock time at every one of `services`.
/// The first item of the service itself begins at the service's time; what stands before counts back from it.
pub(super) fn order(calendar: &Calendar, items: &[Item], services: &[&PlanTime]) -> Vec<OrderSection> {
    let clocks: Vec<Vec<Option<Timestamp>>> =
        services.iter().map(|service| clock_times(items, service)).collect();
    let mut sections: Vec<OrderSection> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let heading = match item.position.as_str() {
            "pre" => "Before the service",
            "post" => "After the service",
            _ => "Service",
        };
        if sections.last().is_none_or(|section| section.heading != heading) {
            sections.push(OrderSection { heading: heading.to_owned(), items: Vec::new() });
        }
        let kind = kind(item);
        let clocks = if kind == ItemKind::Header {
            Vec::new()
        } else {
            clocks
                .iter()
                .map(|clocks| {
                    clocks.get(index).copied().flatten().map(|at| calendar.bare_clock(at)).unwrap_or_default()
                })
                .collect()
        };
        if let Some(section) = sections.last_mut() {
            section.items.push(view(item, kind, clocks));
        }
    }
    sections
}

fn view(item: &Item, kind: ItemKind, clocks: Vec<String>) -> ItemView {
    ItemView {
        id: item.id.clone(),
        kind,
        title: if item.title.is_empty() { "Untitled".to_owned() } else { item.title.clone() },
        clocks,
        length: (kind != ItemKind::Header && item.length > 0).then(|| running_time(item.length)),
        key: item.key.as_deref().map(musical),
        // The name Planning Center gives to every song's first arrangement says nothing.
        arrangement: item.arrangement.clone().filter(|name| name != "Default Arrangement"),
        description: words_about(item),
        notes: item
            .notes
            .iter()
            .map(|note| NoteView { category: note.category.clone(), paragraphs: paragraphs(&note.content) })
            .collect(),
    }
}

/// The description and the details, which often say the same.
fn words_about(item: &Item) -> Vec<String> {
    let mut words = paragraphs(&item.description);
    let details = paragraphs(&item.details);
    if details != words {
        words.extend(details);
    }
    words
}

/// When each item begins at one service; `None` where it is left out of it.
fn clock_times(items: &[Item], service: &PlanTime) -> Vec<Option<Timestamp>> {
    let before: i64 = items
        .iter()
        .filter(|item| item.position == "pre")
        .filter_map(|item| length_at(item, service))
        .fold(0, i64::saturating_add);
    let mut at =
        service.starts_at.checked_sub(SignedDuration::from_secs(before)).unwrap_or(service.starts_at);
    items
        .iter()
        .map(|item| {
            let length = length_at(item, service)?;
            let begins = at;
            at = at.checked_add(SignedDuration::from_secs(length)).unwrap_or(at);
            Some(begins)
        })
        .collect()
}

/// Seconds an item takes at a service; `None` where it is left out.
fn length_at(item: &Item, service: &PlanTime) -> Option<i64> {
    let length = if kind(item) == ItemKind::Header { 0 } else { i64::from(item.length) };
    match item.times.iter().find(|time| time.plan_time_id == service.id) {
        Some(time) if time.exclude => None,
        Some(time) => Some(length.saturating_add(time.length_offset).max(0)),
        None => Some(length),
    }
}

fn kind(item: &Item) -> ItemKind {
    match item.kind.as_str() {
        "song" => ItemKind::Song,
        "header" => ItemKind::Header,
        "media" => ItemKind::Media,
        _ => ItemKind::Item,
    }
}

/// `Eb` → `E♭`, `F#m` → `F♯m`.
fn musical(key: &str) -> String {
    let mut letters = key.chars();
    match (letters.next(), letters.next()) {
        (Some(tone), Some('b')) => format!("{tone}♭{}", letters.as_str()),
        (Some(tone), Some('#')) => format!("{tone}♯{}", letters.as_str()),
        _ => key.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::products::services::records::{ItemTime, TimeKind};

    fn service(id: &str, starts_at: &str) -> PlanTime {
        PlanTime {
            id: id.to_owned(),
            kind: TimeKind::Service,
            name: None,
            starts_at: starts_at.parse().unwrap(),
            ends_at: None,
            team_ids: Vec::new(),
        }
    }

    fn item(title: &str, position: &str, length: u32) -> Item {
        Item {
            title: title.into(),
            position: position.into(),
            length,
            kind: "item".into(),
            ..Item::default()
        }
    }

    fn clocks(items: &[Item], services: &[&PlanTime]) -> Vec<String> {
        order(&Calendar::new("UTC", false, ""), items, services)
            .into_iter()
            .flat_map(|section| section.items)
            .map(|item| item.clocks.join(" "))
            .collect()
    }

    #[test]
    fn counts_back_before_the_service_and_on_from_its_start() {
        let items = [
            item("Doors", "pre", 1200),
            Item { kind: "header".into(), ..item("Worship", "during", 600) },
            item("Welcome", "during", 180),
            item("Song", "during", 300),
            item("Coffee", "post", 0),
        ];
        let (nine, eleven) = (service("1", "2026-11-22T09:00:00Z"), service("2", "2026-11-22T11:00:00Z"));
        assert_eq!(
            clocks(&items, &[&nine, &eleven]),
            ["8:40 10:40", "", "9:00 11:00", "9:03 11:03", "9:08 11:08"]
        );
    }

    #[test]
    fn follows_what_differs_at_one_service() {
        let mut items =
            [item("Baptism", "during", 600), item("Song", "during", 300), item("End", "during", 60)];
        items[0].times.push(ItemTime { plan_time_id: "1".into(), exclude: true, length_offset: 0 });
        items[1].times.push(ItemTime { plan_time_id: "2".into(), exclude: false, length_offset: -60 });
        let (nine, eleven) = (service("1", "2026-11-22T09:00:00Z"), service("2", "2026-11-22T11:00:00Z"));
        assert_eq!(clocks(&items, &[&nine]), ["", "9:00", "9:05"]);
        assert_eq!(clocks(&items, &[&eleven]), ["11:00", "11:10", "11:14"]);
    }

    #[test]
    fn tells_what_is_written_in_either_place_and_nothing_twice() {
        let words = |description: &str, details: &str| {
            words_about(&Item { description: description.into(), details: details.into(), ..Item::default() })
        };
        assert_eq!(
            words("", "<p>From the aisle.<br>Four petitions.</p>"),
            ["From the aisle.", "Four petitions."]
        );
        assert_eq!(words("From the aisle.", "<p>From the aisle.</p>"), ["From the aisle."]);
        assert_eq!(words("Two stations", "<ul><li>One in front</li></ul>"), ["Two stations", "One in front"]);
        assert!(words("", "<p></p>").is_empty());
    }

    #[test]
    fn writes_keys_as_musicians_do() {
        assert_eq!(["D", "Eb", "F#m", "Bbm", "B", "b"].map(musical), ["D", "E♭", "F♯m", "B♭m", "B", "b"]);
    }
}

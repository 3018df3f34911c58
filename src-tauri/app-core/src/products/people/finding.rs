//! What the palette finds of People.

use super::PART;
use super::queries::row;
use super::records::Person;
use crate::products::coverage;
use crate::search::views::SearchHit;
use crate::store::{Reader, RowId, StoreError};
use crate::text::fold;
use crate::views::Coverage;

/// People who were found, each with what the words were found in.
pub(crate) fn hits(
    reader: &Reader<'_>,
    found: &[RowId],
    words: &[String],
) -> Result<Vec<SearchHit>, StoreError> {
    let mut hits = Vec::with_capacity(found.len());
    for row in found {
        // Who went since they were found is left out.
        if let Some(person) = reader.at::<Person>(*row)? {
            hits.push(hit(reader, &person, words)?);
        }
    }
    Ok(hits)
}

/// Of these people those whose names hold every word, in name order.
pub(crate) fn hits_of_members(
    reader: &Reader<'_>,
    ids: &[String],
    words: &[String],
) -> Result<Vec<SearchHit>, StoreError> {
    let mut people: Vec<Person> =
        ids.iter().filter_map(|id| reader.get(id).transpose()).collect::<Result<_, _>>()?;
    people.retain(|person| {
        let name = fold(&person.name);
        words.iter().all(|word| name.contains(word.as_str()))
    });
    people.sort_by_cached_key(|person| (crate::store::Record::sort(person), person.id.clone()));
    people.iter().map(|person| hit(reader, person, words)).collect()
}

fn hit(reader: &Reader<'_>, person: &Person, words: &[String]) -> Result<SearchHit, StoreError> {
    let row = row(reader, person, words)?;
    let line = if row.inactive { format!("Inactive · {}", row.line) } else { row.line };
    Ok(SearchHit { id: row.id, title: row.name, line, face: Some(row.face) })
}

/// How much of everybody is here.
pub(crate) fn told_coverage(reader: &Reader<'_>) -> Result<Coverage, StoreError> {
    Ok(coverage(&reader.part(PART)?, reader.count::<Person>()?, "People"))
}

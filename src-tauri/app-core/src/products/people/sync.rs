//! Everybody: one walk, and from then on what changed.

use std::collections::BTreeSet;

use jiff::Timestamp;
use pco_client::{ApiError, Included, Page, Product, Query, Resource};

use super::photos::{self, SavedPhoto};
use super::records::{Household, Person};
use super::resources;
use crate::error::Chain;
use crate::event::DataTag;
use crate::products::church;
use crate::store::{Batch, PartState, Reader, Record, StoreError};
use crate::sync::{Kept, Listing, Merged, Range, SyncContext, SyncError, unsure_since};

/// The part's name.
pub(crate) const PART: &str = "people";

/// So many people are read again at once because they came to a household, for Planning Center need not tell that they left
/// another one. When there are more, the next reading of everybody tells.
const MOST_MOVES: usize = 20;

/// What a person is called whose record could not be read.
const NOT_READ: &str = "(could not be read)";

/// Which changes of households were seen.
const HOUSEHOLDS: &str = "people.households";

/// Everybody, with contacts and households.
pub(super) static EVERYBODY: Listing = Listing {
    part: PART,
    kind: Person::KIND,
    label: "People",
    tags: &[DataTag::People],
    query,
    bare: || Query::new(Product::People, "people").fields("Person", &["created_at"]),
    keep,
    count: |reader| reader.count::<Person>(),
    created,
    mark_again: |from, to, batch| batch.mark_again::<Person>(from, to),
    updated_at: resources::updated_at,
    merged: Some(Merged { query: mergers, forget: forget_merged }),
    sweep,
    keep_only,
};

/// Brings everybody up to date.
pub(super) async fn read(context: &SyncContext) -> Result<(), SyncError> {
    let state = context.store.read(|reader| reader.part(PART))?;
    if state.as_of.is_none() || Listing::begins_anew(&state, context.clock.now()) {
        church::fetch(context, Product::People).await?;
    }
    let (everybody, homes) = futures::join!(context.follow(&EVERYBODY), follow_households(context));
    everybody?;
    homes
}

/// Reads households that changed: who moves from one to another changes neither's record of a person. After a walk of
/// everybody, those that nobody belongs to any more go as well; that takes seconds in a large church, which nobody waits for
/// here.
async fn follow_households(context: &SyncContext) -> Result<(), SyncError> {
    let (everybody, homes) =
        context.store.read(|reader| Ok((reader.part(PART)?, reader.part(HOUSEHOLDS)?)))?;
    let Some(until) = homes.changed_until.or(everybody.changed_until) else { return Ok(()) };
    if everybody.as_of.is_none() {
        // Until everybody is here, households come along with them. What changes meanwhile is asked for afterwards, however
        // long that takes.
        let begun = PartState { changed_until: Some(until), ..homes };
        return context.keep(move |batch| Ok(batch.set_part(HOUSEHOLDS, &begun)?)).await;
    }
    let (since, asked_at) = (unsure_since(until, homes.as_of), context.clock.now());
    let changed = Query::new(Product::People, "households")
        .include(&["people"])
        .fields("Household", resources::CHANGED_HOUSEHOLD)
        // Only the linkage is wanted; a sparse fieldset cannot be empty.
        .fields("Person", &["first_name"])
        .where_op("updated_at", "gte", since.to_string())
        .order("updated_at")
        .per_page(100);
    let pages = match context.all(&changed).await {
        // People may be there for somebody who may not see households.
        Err(error) if error.is_out_of_reach() => return Ok(()),
        pages => pages?,
    };
    let came = context
        .keep(move |batch| {
            let (mut newest, mut came) = (until, BTreeSet::new());
            for resource in pages.iter().flat_map(|page| &page.document.data) {
                newest = newest.max(resources::updated_at(resource)?.unwrap_or(newest));
                came.extend(keep_household(&resources::household(resource)?, batch)?);
            }
            let mut state = batch.reader().part(HOUSEHOLDS)?;
            if state.walked_at != everybody.walked_at && everybody.unswept.is_none() {
                forget_empty_households(batch)?;
                state.walked_at = everybody.walked_at;
            }
            (state.changed_until, state.as_of) = (Some(newest), Some(asked_at));
            batch.set_part(HOUSEHOLDS, &state)?;
            Ok(came)
        })
        .await?;
    for id in came.into_iter().take(MOST_MOVES) {
        let page = context.client.page(context.lane, &query().where_eq("id", id), 0).await?;
        context.keep(move |batch| keep_moved(&page, batch)).await?;
    }
    Ok(())
}

/// Keeps who came to a household, and takes them out of those that they have left.
fn keep_moved(page: &Page, batch: &Batch<'_>) -> Result<(), SyncError> {
    for resource in &page.document.data {
        let homes = resource.to_many("households");
        let old = batch.reader().get::<Person>(&resource.id)?.map(|old| old.household_ids);
        for left in old.into_iter().flatten().filter(|old| homes.iter().all(|home| home.id != *old)) {
            let Some(mut household) = batch.reader().get::<Household>(&left)? else { continue };
            household.person_ids.retain(|id| *id != resource.id);
            batch.put(&household, 0)?;
        }
    }
    keep(page, 0, batch)?;
    Ok(())
}

/// Keeps a household, and on which people's cards it stands. Tells who came to it and has another one.
fn keep_household(household: &Household, batch: &Batch<'_>) -> Result<Vec<String>, StoreError> {
    let mut came = Vec::new();
    let old = batch.reader().get::<Household>(&household.id)?.map(|old| old.person_ids);
    let left = old.into_iter().flatten().filter(|id| !household.person_ids.contains(id));
    for id in left.chain(household.person_ids.iter().cloned()) {
        let Some(mut person) = batch.reader().get::<Person>(&id)? else { continue };
        let is_member = household.person_ids.contains(&id);
        let was_member = person.household_ids.contains(&household.id);
        let known_as = person.household_names.get(&household.id);
        if was_member == is_member && known_as == is_member.then_some(&household.name) {
            continue;
        }
        if is_member {
            if !was_member {
                if !person.household_ids.is_empty() {
                    came.push(id.clone());
                }
                person.household_ids.push(household.id.clone());
            }
            person.household_names.insert(household.id.clone(), household.name.clone());
        } else {
            person.household_ids.retain(|home| *home != household.id);
            person.household_names.remove(&household.id);
        }
        batch.put(&person, batch.mark::<Person>(&id)?.unwrap_or_default())?;
    }
    batch.put(household, 0)?;
    Ok(came)
}

fn query() -> Query {
    Query::new(Product::People, "people")
        .include(&["emails", "phone_numbers", "addresses", "households", "primary_campus"])
        .fields("Person", resources::PERSON)
        .fields("Email", resources::EMAIL)
        .fields("PhoneNumber", resources::PHONE_NUMBER)
        .fields("Address", resources::ADDRESS)
        .fields("Household", resources::HOUSEHOLD)
        .fields("Campus", resources::CAMPUS)
}

fn keep(page: &Page, mark: u32, batch: &Batch<'_>) -> Result<Kept, SyncError> {
    let (mut kept, mut strange) = (Kept::default(), 0);
    for resource in &page.document.data {
        let (person, households, updated_at) = match person_of(resource, &page.document.included) {
            Err(SyncError::Api(error @ ApiError::Decode { .. })) => {
                tracing::warn!(cause = %Chain(&error), "a person could not be read in whole");
                strange += 1;
                if strange > 1 && strange == page.document.data.len() {
                    // Of one record a shape may be wrong; if it is of all of them, nothing is known of any.
                    return Err(error.into());
                }
                (unread(resource, batch)?, Vec::new(), resources::updated_at(resource).ok().flatten())
            }
            read => read?,
        };
        let old_mark = batch.mark::<Person>(&person.id)?;
        if old_mark.is_none_or(|old| old < mark) {
            kept.fresh += 1;
        }
        if old_mark.is_some() {
            photos::forget_former(&person, batch)?;
        }
        batch.put(&person, old_mark.map_or(mark, |old| old.max(mark)))?;
        households.iter().try_for_each(|household| batch.put(household, 0))?;
        kept.created = kept.created.max(person.created_at);
        kept.updated = kept.updated.max(updated_at);
    }
    Ok(kept)
}

/// A person with the households that came along, and when the person last changed.
fn person_of(
    resource: &Resource,
    included: &Included,
) -> Result<(Person, Vec<Household>, Option<Timestamp>), SyncError> {
    let (person, updated_at) = resources::person(resource, included)?;
    Ok((person, resources::households(resource, included)?, updated_at))
}

/// Somebody whose record has another shape than is known: as they are stored, or else without a name, so that neither they
/// nor the others of their page are missing.
fn unread(resource: &Resource, batch: &Batch<'_>) -> Result<Person, StoreError> {
    let known = batch.reader().get::<Person>(&resource.id)?;
    let person = known.unwrap_or_else(|| Person {
        id: resource.id.clone(),
        name: NOT_READ.to_owned(),
        created_at: resources::created_at(resource).ok().flatten(),
        ..Person::default()
    });
    Ok(Person { is_unread: true, ..person })
}

fn created(reader: &Reader<'_>) -> Result<Vec<Timestamp>, StoreError> {
    let mut created = Vec::new();
    // Without a time a person comes first, as in an order of Planning Center's.
    reader.each(|person: Person| created.push(person.created_at.unwrap_or(Timestamp::MIN)))?;
    created.sort_unstable();
    Ok(created)
}

/// Removes people whom the walk did not see.
fn sweep(first_mark: u32, batch: &Batch<'_>) -> Result<(), StoreError> {
    batch.sweep::<Person>(first_mark)?;
    photos::sweep(batch)
}

fn forget_empty_households(batch: &Batch<'_>) -> Result<(), StoreError> {
    let mut homes = BTreeSet::new();
    batch.reader().each(|person: Person| homes.extend(person.household_ids))?;
    let households = batch.reader().ids::<Household>()?;
    households.iter().filter(|id| !homes.contains(*id)).try_for_each(|id| batch.remove::<Household>(id))
}

/// Which people went into others since then.
fn mergers(since: Timestamp) -> Query {
    Query::new(Product::People, "person_mergers")
        .fields("PersonMerger", &["person_to_remove"])
        .where_op("created_at", "gte", since.to_string())
        .order("created_at")
        .per_page(100)
}

fn forget_merged(page: &Page, batch: &Batch<'_>) -> Result<(), SyncError> {
    for person in page.document.data.iter().filter_map(|merger| merger.to_one("person_to_remove")) {
        batch.remove::<Person>(&person.id)?;
        batch.remove::<SavedPhoto>(&person.id)?;
    }
    Ok(())
}

fn keep_only(range: Range, page: &Page, batch: &Batch<'_>) -> Result<(), SyncError> {
    let there: BTreeSet<&str> = page.document.data.iter().map(|person| person.id.as_str()).collect();
    let mut gone = Vec::new();
    batch.reader().each(|person: Person| {
        if range.holds(person.created_at.unwrap_or(Timestamp::MIN)) && !there.contains(person.id.as_str()) {
            gone.push(person.id);
        }
    })?;
    gone.iter().try_for_each(|id| batch.remove::<Person>(id))?;
    Ok(photos::sweep(batch)?)
}

/// Removes everything of People.
pub(super) fn purge(batch: &Batch<'_>) -> Result<(), StoreError> {
    batch.set_part(HOUSEHOLDS, &PartState::default())?;
    batch.clear::<Person>()?;
    batch.clear::<SavedPhoto>()?;
    batch.clear::<Household>()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::Store;

    fn person(id: &str, homes: &[&str]) -> Person {
        let household_ids = homes.iter().map(ToString::to_string).collect();
        Person { id: id.to_owned(), household_ids, ..Person::default() }
    }

    fn household(id: &str, people: &[&str]) -> Household {
        let person_ids = people.iter().map(ToString::to_string).collect();
        Household { id: id.to_owned(), name: "Kim Household".to_owned(), person_ids }
    }

    #[test]
    fn who_lives_in_a_household_is_found_by_its_name_of_today() {
        let store = Store::in_memory().unwrap();
        let found = |name: &str| {
            let found = store.search(|blocks| blocks.of::<Person>().best(&[name.to_owned()], 9)).unwrap();
            let ids = |reader: &Reader<'_>| {
                found.iter().map(|row| Ok(reader.at::<Person>(*row)?.unwrap().id)).collect()
            };
            store.read(ids).unwrap()
        };
        let renamed = Household { name: "Park Household".to_owned(), ..household("a", &["1", "2"]) };
        store
            .write(|batch| {
                [person("1", &["a"]), person("2", &[])].iter().try_for_each(|person| batch.put(person, 7))?;
                keep_household(&household("a", &["1", "2"]), batch)
            })
            .unwrap();
        let nobody = Vec::<String>::new();
        assert_eq!((found("kim"), found("park")), (vec!["1".to_owned(), "2".to_owned()], nobody.clone()));
        store.write(|batch| keep_household(&renamed, batch)).unwrap();
        assert_eq!((found("kim"), found("park")), (nobody, vec!["1".to_owned(), "2".to_owned()]));
        store
            .write(|batch| {
                keep_household(&Household { person_ids: vec!["2".into()], ..renamed.clone() }, batch)
            })
            .unwrap();
        assert_eq!(found("park"), ["2"]);
    }

    #[test]
    fn a_household_goes_when_nobody_belongs_to_it_any_more() {
        let store = Store::in_memory().unwrap();
        store
            .write(|batch| {
                [person("1", &["a"]), person("2", &[])].iter().try_for_each(|person| batch.put(person, 7))?;
                ["a", "b"].iter().try_for_each(|id| batch.put(&household(id, &["1", "2"]), 0))?;
                forget_empty_households(batch)
            })
            .unwrap();
        let left = |reader: &Reader<'_>| reader.ids::<Household>();
        assert_eq!(store.read(left).unwrap(), ["a"]);
    }

    #[test]
    fn who_moves_from_one_household_to_another_stands_in_the_new_one_only() {
        let store = Store::in_memory().unwrap();
        let homes_of =
            |id: &str| store.read(|reader| reader.get::<Person>(id)).unwrap().unwrap().household_ids;
        let everybody = [person("1", &["a"]), person("2", &["a"]), person("3", &["b"])];
        store
            .write(|batch| {
                everybody.iter().try_for_each(|person| batch.put(person, 7))?;
                batch.put(&household("a", &["1", "2"]), 0)?;
                keep_household(&household("a", &["1"]), batch)?;
                keep_household(&household("b", &["3", "2", "unknown"]), batch)?;
                assert_eq!(batch.mark::<Person>("2")?, Some(7), "the walk's mark stays");
                Ok(())
            })
            .unwrap();
        assert_eq!(
            (homes_of("1"), homes_of("2"), homes_of("3")),
            (vec!["a".into()], vec!["b".into()], vec!["b".into()])
        );
    }

    fn page(body: &str) -> Page {
        let document = pco_client::Document::parse(body.as_bytes(), "people").unwrap();
        Page { document, offset: 0, next: None, tag: None }
    }

    /// A name that is a number, and a phone that is one.
    #[test]
    fn a_record_of_another_shape_costs_neither_its_row_nor_the_others() {
        let store = Store::in_memory().unwrap();
        let whole = r#"{"data": [
            {"type": "Person", "id": "1", "attributes": {"name": "Ann", "created_at": "2026-01-01T00:00:00Z"}},
            {"type": "Person", "id": "2", "attributes": {"name": "Bob"}}]}"#;
        let strange = r#"{"data": [
            {"type": "Person", "id": "1", "attributes": {"name": 7, "created_at": "2026-01-01T00:00:00Z"}},
            {"type": "Person", "id": "2", "attributes": {"name": "Bob Lee"}},
            {"type": "Person", "id": "3", "attributes": {"name": "Eve", "created_at": "2026-02-02T00:00:00Z"},
                "relationships": {"phone_numbers": {"data": [{"type": "PhoneNumber", "id": "9"}]}}}],
            "included": [{"type": "PhoneNumber", "id": "9", "attributes": {"number": 5550100}}]}"#;
        let kept = |body: &str, mark| {
            let page = page(body);
            store.write(|batch| Ok(keep(&page, mark, batch).unwrap().fresh)).unwrap()
        };
        let people = || {
            let mut people = Vec::new();
            let note = |person: Person| people.push((person.id, person.name, person.is_unread));
            store.read(|reader| reader.each(note)).unwrap();
            people
        };
        let is = |id: &str, name: &str, is_unread| (id.to_owned(), name.to_owned(), is_unread);
        assert_eq!(kept(whole, 1), 2);
        assert_eq!(kept(strange, 2), 3);
        let mut found = people();
        found.sort();
        assert_eq!(found, [is("1", "Ann", true), is("2", "Bob Lee", false), is("3", NOT_READ, true)]);
        let created = store.read(created).unwrap();
        assert_eq!(created[2], "2026-02-02T00:00:00Z".parse().unwrap(), "its place in a recount");
        kept(whole, 3);
        assert!(people().contains(&is("1", "Ann", false)), "until it makes sense again");
        let senseless = page(&strange.replace(r#""Bob Lee""#, "8"));
        store
            .write(|batch| {
                let refused = keep(&senseless, 4, batch);
                assert!(matches!(refused, Err(SyncError::Api(ApiError::Decode { .. }))));
                Ok(())
            })
            .unwrap();
    }
}

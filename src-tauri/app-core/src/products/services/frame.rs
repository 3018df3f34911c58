//! The frame of Services: the church, its service types and its teams.

use std::collections::BTreeSet;

use jiff::Timestamp;
use pco_client::{Page, Product, Query};

use super::records::{Membership, ServiceType, Team};
use super::resources;
use super::sync::{FRAME, allowed, complete, doubt_undated};
use crate::products::church;
use crate::store::{Batch, PartState, Record};
use crate::sync::{Before, SyncContext, SyncError, Told};

/// Reads the church, the service types and the teams. Teams may be kept from a person who may see plans.
pub(super) async fn fetch_frame(context: &SyncContext) -> Result<(), SyncError> {
    let is_known = context.store.read(|reader| reader.part(FRAME))?.as_of.is_some();
    let church = async {
        // Whoever presses Refresh does not wait for another time zone.
        if is_known && context.forced_age.is_some() {
            return Ok(());
        }
        church::fetch(context, Product::Services).await
    };
    let ((), service_types, teams) =
        futures::try_join!(church, ask_service_types(context, is_known), ask_teams(context, is_known))?;
    let now = context.clock.now();
    let readings = [service_types.reading(), teams.as_ref().and_then(Told::reading)];
    let as_of = readings.into_iter().flatten().map(|reading| reading.at).fold(now, Timestamp::min);
    context
        .keep(move |batch| {
            keep_service_types(batch, &service_types)?;
            let refused = if let Some(teams) = &teams {
                keep_teams(batch, teams)?;
                Vec::new()
            } else {
                batch.clear::<Team>()?;
                batch.clear::<Membership>()?;
                vec!["teams".to_owned()]
            };
            Ok(batch.set_part(FRAME, &PartState { refused, ..complete(as_of, None) })?)
        })
        .await
}

async fn ask_service_types(context: &SyncContext, is_known: bool) -> Result<Told<ServiceType>, SyncError> {
    let query = Query::new(Product::Services, "service_types")
        .fields("ServiceType", resources::SERVICE_TYPE)
        .per_page(100);
    let known = context.store.read(|reader| reader.answer_tags(ServiceType::KIND, ""))?;
    let before = if is_known { Before::Rows(known) } else { Before::Nothing };
    let rows = |page: Page| {
        let rows = page.document.data.iter();
        rows.filter_map(|row| resources::service_type(row).transpose()).collect()
    };
    context.ask(&[query], before, rows).await
}

fn keep_service_types(batch: &Batch<'_>, told: &Told<ServiceType>) -> Result<(), SyncError> {
    if let Told::New(service_types) = told {
        let known: BTreeSet<String> = batch.reader().ids::<ServiceType>()?.into_iter().collect();
        if !service_types.rows.iter().all(|service_type| known.contains(&service_type.id)) {
            doubt_undated(batch)?;
        }
    }
    told.keep_all(batch)
}

/// A team, and the ids of its people.
type TeamAndPeople = (Team, Vec<String>);

async fn ask_teams(context: &SyncContext, is_known: bool) -> Result<Option<Told<TeamAndPeople>>, SyncError> {
    let query = Query::new(Product::Services, "teams")
        .include(&["people", "team_positions"])
        .fields("Team", resources::TEAM)
        .fields("TeamPosition", resources::TEAM_POSITION)
        // Only the linkage is wanted; a sparse fieldset cannot be empty.
        .fields("Person", &["first_name"])
        .per_page(100);
    let [teams, memberships] = context.store.read(|reader| {
        Ok([reader.answer_tags(Team::KIND, "")?, reader.answer_tags(Membership::KIND, "")?])
    })?;
    let known = teams.filter(|teams| Some(teams) == memberships.as_ref());
    let before = if is_known { Before::Rows(known) } else { Before::Nothing };
    let rows = |page: Page| {
        let rows = page.document.data.iter();
        rows.filter_map(|row| resources::team(row, &page.document.included).transpose()).collect()
    };
    allowed(context.ask(&[query], before, rows).await)
}

fn keep_teams(batch: &Batch<'_>, told: &Told<TeamAndPeople>) -> Result<(), SyncError> {
    told.check(Team::KIND, "", batch)?;
    told.check(Membership::KIND, "", batch)?;
    let Told::New(new) = told else { return Ok(()) };
    let teams: Vec<Team> = new.rows.iter().map(|(team, _)| team.clone()).collect();
    let memberships: Vec<Membership> = new
        .rows
        .iter()
        .flat_map(|(team, people)| people.iter().map(move |person_id| (&team.id, person_id)))
        .map(|(team_id, person_id)| Membership {
            id: format!("{team_id}/{person_id}"),
            team_id: team_id.clone(),
            person_id: person_id.clone(),
        })
        .collect();
    batch.replace_all(&teams)?;
    batch.replace_all(&memberships)?;
    new.reading.end(batch)?;
    batch.set_answer_tags(Team::KIND, "", new.tags.as_ref())?;
    Ok(batch.set_answer_tags(Membership::KIND, "", new.tags.as_ref())?)
}

//! Planning Center's documented graph, type by type: attributes and their kinds, relationships, edges, and the names
//! that `include`, `where`, `order` and `filter` take.
//!
//! The facts stand in `graph/people.txt` and `graph/services.txt`, a block for a type, beginning with its name and
//! a path at which it is found. Kinds of attributes: `s` string, `i` integer, `f` number, `b` boolean, `d` date,
//! `dt` moment, `pk` id, `a` array, `h` object. After a kind, `?` marks what is sent only when `fields` names it, and
//! `!` what no program of another company gets. Braces hold the filters of an edge. A `-` before a name marks what
//! Planning Center has and the emulator leaves out, a `+` what it has beyond its own documentation. Types that the
//! emulator leaves out altogether are not in the files.
//!
//! One `-` is left: of `workflow_assignee_workflow_summaries` Planning Center tells the name and nothing of what stands
//! at its end.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use pco_emulator::{EmulatorConfig, Limit};
use reqwest::StatusCode;
use serde_json::Value;

use crate::harness::{Story, config, ids, text};

const PEOPLE: &str = include_str!("graph/people.txt");
const SERVICES: &str = include_str!("graph/services.txt");

/// What is documented of one type.
struct Documented {
    name: &'static str,
    path: &'static str,
    lines: Vec<(&'static str, Vec<&'static str>)>,
}

impl Documented {
    fn find(graph: &'static str, name: &str) -> Self {
        let block = graph
            .split("\n\n")
            .find(|block| block.split(' ').next() == Some(name))
            .unwrap_or_else(|| panic!("{name} is not in the graph"));
        let mut lines = block.lines();
        let (name, path) = lines.next().unwrap().split_once(' ').unwrap();
        let lines = lines
            .map(|line| {
                let mut words = line.split_whitespace();
                (words.next().unwrap(), words.collect())
            })
            .collect();
        Self { name, path, lines }
    }

    fn line(&self, key: &str) -> Vec<&'static str> {
        self.lines.iter().find(|(known, _)| *known == key).map(|(_, words)| words.clone()).unwrap_or_default()
    }

    /// The names of a line that the emulator has, without what is said about them.
    fn names(&self, key: &str) -> BTreeSet<String> {
        let kept = self.line(key).into_iter().filter(|word| !word.starts_with('-'));
        kept.map(|word| bare(word).to_owned()).collect()
    }
}

fn bare(word: &str) -> &str {
    word.trim_start_matches('+').split([':', '{']).next().unwrap()
}

/// Collects what differs, so that one run tells all of it.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn compare(&mut self, what: &str, documented: &BTreeSet<String>, found: &BTreeSet<String>) {
        for missing in documented.difference(found) {
            self.0.push(format!("{what}: {missing} is missing"));
        }
        for extra in found.difference(documented) {
            self.0.push(format!("{what}: {extra} is not documented"));
        }
    }
}

async fn hold(graph: &'static str, name: &str) {
    let rate_limit = Limit { count: 100_000, seconds: 20 };
    let story = Story::with(EmulatorConfig { rate_limit, ..config() }).await;
    let documented = Documented::find(graph, name);
    let mut differences = Differences::default();
    let (collection, path) = first_found(&story, documented.path)
        .await
        .unwrap_or_else(|| panic!("there is no record at {}", documented.path));
    let single = story.get(&path).await["data"].take();
    assert_eq!(single["type"], documented.name);

    attributes(&story, &documented, &collection, &mut differences).await;
    relationships(&documented, &collection, &mut differences);
    for (line, key) in [("include", "can_include"), ("where", "can_query_by"), ("order", "can_order_by")] {
        differences.compare(key, &documented.names(line), &words(&collection["meta"][key]));
    }
    let links: BTreeSet<String> = single["links"]
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| !["self", ""].contains(&name.as_str()))
        .cloned()
        .collect();
    differences.compare("edges", &documented.names("edges"), &links);
    for edge in documented.line("edges") {
        let Some((name, filters)) = edge.trim_end_matches('}').split_once('{') else { continue };
        if links.contains(name) {
            let filters =
                filters.split('|').filter(|filter| !filter.starts_with('-')).map(str::to_owned).collect();
            let page = story.get(&format!("{path}/{name}")).await;
            differences.compare(&format!("filters of {name}"), &filters, &words(&page["meta"]["can_filter"]));
        }
    }
    assert!(differences.0.is_empty(), "{name}:\n{}", differences.0.join("\n"));
}

/// A page of records at the path, as a collection, and the path of its first record. Each `{id}` becomes the first
/// one below which there is something.
async fn first_found(story: &Story, pattern: &str) -> Option<(Value, String)> {
    let mut candidates = vec![String::new()];
    for part in pattern.split("{id}") {
        let mut next = Vec::new();
        let last = pattern.ends_with(part);
        for candidate in candidates {
            let path = format!("{candidate}{}", part.trim_end_matches('/'));
            let mark = if path.contains("plans") && !last { "&filter=future" } else { "" };
            let response = story.ask(&format!("{path}?per_page=100{mark}")).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            let document: Value = response.json().await.unwrap();
            if let Some(record) = document["data"].is_object().then(|| document["data"].clone()) {
                let collection = serde_json::json!({ "data": [record], "meta": document["meta"] });
                return Some((collection, path));
            }
            let found = ids(&document["data"]);
            if last && !found.is_empty() {
                let first = format!("{path}/{}", found[0]);
                return Some((document, first));
            }
            next.extend(found.into_iter().map(|id| format!("{path}/{id}")));
        }
        candidates = next;
    }
    None
}

async fn attributes(
    story: &Story,
    documented: &Documented,
    collection: &Value,
    differences: &mut Differences,
) {
    let mut always = BTreeSet::new();
    let mut on_request = Vec::new();
    for word in documented.line("attributes") {
        let (name, kind) = word.split_once(':').unwrap();
        match kind.chars().last() {
            _ if name.starts_with('-') => {}
            Some('?') => on_request.push((name, kind.trim_end_matches('?'))),
            Some('!') => {}
            _ => {
                always.insert(bare(name).to_owned());
                check_kind(bare(name), kind, collection, differences);
            }
        }
    }
    let sent = collection["data"][0]["attributes"].as_object().unwrap().keys().cloned().collect();
    differences.compare("attributes", &always, &sent);
    if on_request.is_empty() {
        return;
    }
    let names: Vec<&str> = on_request.iter().map(|(name, _)| *name).collect();
    let link = text(&collection["data"][0]["links"]["self"]);
    let path = link.strip_prefix(story.emulator.url().as_str()).unwrap();
    let asked = story.get(&format!("{path}?fields[{}]={}", documented.name, names.join(","))).await;
    let sent = asked["data"]["attributes"].as_object().unwrap().keys().cloned().collect();
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    differences.compare("attributes on request", &names, &sent);
}

fn check_kind(name: &str, kind: &str, collection: &Value, differences: &mut Differences) {
    let odd = collection["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| &record["attributes"][name])
        .find(|value| !fits(kind, value));
    if let Some(value) = odd {
        differences.0.push(format!("attributes: {name} is documented as {kind} and sent as {value}"));
    }
}

/// Everything may be null. What the church keeps to itself is a canary, whatever its kind.
fn fits(kind: &str, value: &Value) -> bool {
    let as_text = value.as_str();
    if value.is_null() || as_text.is_some_and(|text| text.starts_with("CNRY-")) {
        return true;
    }
    match kind {
        "s" => value.is_string(),
        "i" => value.is_i64(),
        "f" => value.is_number(),
        "b" => value.is_boolean(),
        "d" => as_text.is_some_and(|text| text.parse::<Date>().is_ok()),
        "dt" => as_text.is_some_and(|text| text.ends_with('Z') && text.parse::<Timestamp>().is_ok()),
        "pk" => value.is_u64() || as_text.is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_digit())),
        "a" => value.is_array(),
        "h" => value.is_object(),
        unknown => panic!("there is no kind {unknown}"),
    }
}

fn relationships(documented: &Documented, collection: &Value, differences: &mut Differences) {
    let records = collection["data"].as_array().unwrap();
    let sent = records[0].get("relationships").and_then(Value::as_object);
    let sent: BTreeSet<String> = sent.map(|all| all.keys().cloned().collect()).unwrap_or_default();
    differences.compare("relationships", &documented.names("relationships"), &sent);
    for word in documented.line("relationships") {
        let (name, target) = word.split_once(':').unwrap();
        let (target, many) = target.strip_suffix("[]").map_or((target, false), |target| (target, true));
        for record in records {
            let linkage = &record["relationships"][name]["data"];
            let kinds: Vec<&Value> = match linkage {
                Value::Array(all) => all.iter().map(|one| &one["type"]).collect(),
                Value::Object(one) => vec![&one["type"]],
                _ => Vec::new(),
            };
            if linkage.is_array() != many && !linkage.is_null() {
                differences.0.push(format!("relationships: {name} to many is {many}, sent {linkage}"));
                break;
            }
            if let Some(kind) = kinds.iter().find(|kind| **kind != target) {
                differences
                    .0
                    .push(format!("relationships: {name} is documented as {target} and sent as {kind}"));
                break;
            }
        }
    }
}

fn words(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().map(text).collect()
}

/// One test for each type.
macro_rules! graph {
    ($module:ident, $graph:ident: $($test:ident $type:ident,)*) => {
        mod $module {
            $(
                #[tokio::test]
                async fn $test() {
                    super::hold(super::$graph, stringify!($type)).await;
                }
            )*

            #[test]
            fn every_type_of_the_graph_has_its_test() {
                let tested = [$(stringify!($type)),*];
                let blocks = super::$graph.split("\n\n").map(|block| block.split(' ').next().unwrap());
                assert_eq!(blocks.collect::<Vec<_>>(), tested);
            }
        }
    };
}

graph! {
    people, PEOPLE:
    person_as_documented Person,
    email_as_documented Email,
    phone_number_as_documented PhoneNumber,
    address_as_documented Address,
    household_as_documented Household,
    household_membership_as_documented HouseholdMembership,
    field_datum_as_documented FieldDatum,
    field_definition_as_documented FieldDefinition,
    field_option_as_documented FieldOption,
    tab_as_documented Tab,
    note_as_documented Note,
    note_category_as_documented NoteCategory,
    list_as_documented List,
    list_result_as_documented ListResult,
    list_category_as_documented ListCategory,
    list_share_as_documented ListShare,
    workflow_as_documented Workflow,
    workflow_card_as_documented WorkflowCard,
    workflow_step_as_documented WorkflowStep,
    campus_as_documented Campus,
    service_time_as_documented ServiceTime,
    marital_status_as_documented MaritalStatus,
    name_prefix_as_documented NamePrefix,
    inactive_reason_as_documented InactiveReason,
    school_option_as_documented SchoolOption,
    app_as_documented App,
    person_app_as_documented PersonApp,
    social_profile_as_documented SocialProfile,
    connected_person_as_documented ConnectedPerson,
    person_merger_as_documented PersonMerger,
    message_as_documented Message,
    message_group_as_documented MessageGroup,
    platform_notification_as_documented PlatformNotification,
    note_category_share_as_documented NoteCategoryShare,
    note_category_subscription_as_documented NoteCategorySubscription,
    list_star_as_documented ListStar,
    mailchimp_sync_status_as_documented MailchimpSyncStatus,
    workflow_share_as_documented WorkflowShare,
    workflow_step_assignee_summary_as_documented WorkflowStepAssigneeSummary,
}

graph! {
    services, SERVICES:
    service_type_as_documented ServiceType,
    folder_as_documented Folder,
    plan_as_documented Plan,
    plan_time_as_documented PlanTime,
    plan_person_as_documented PlanPerson,
    plan_person_time_as_documented PlanPersonTime,
    needed_position_as_documented NeededPosition,
    team_as_documented Team,
    team_position_as_documented TeamPosition,
    person_team_position_assignment_as_documented PersonTeamPositionAssignment,
    team_leader_as_documented TeamLeader,
    item_as_documented Item,
    item_note_as_documented ItemNote,
    item_note_category_as_documented ItemNoteCategory,
    item_time_as_documented ItemTime,
    plan_note_as_documented PlanNote,
    plan_note_category_as_documented PlanNoteCategory,
    song_as_documented Song,
    arrangement_as_documented Arrangement,
    key_as_documented Key,
    attachment_as_documented Attachment,
    series_as_documented Series,
    person_as_documented Person,
    schedule_as_documented Schedule,
    blockout_as_documented Blockout,
    blockout_date_as_documented BlockoutDate,
    available_signup_as_documented AvailableSignup,
    signup_sheet_as_documented SignupSheet,
    live_as_documented Live,
    text_setting_as_documented TextSetting,
    time_preference_option_as_documented TimePreferenceOption,
    contributor_as_documented Contributor,
    song_schedule_as_documented SongSchedule,
    tag_group_as_documented TagGroup,
    tag_as_documented Tag,
    media_as_documented Media,
    media_schedule_as_documented MediaSchedule,
    plan_template_as_documented PlanTemplate,
    public_view_as_documented PublicView,
    live_controller_as_documented LiveController,
    scheduling_preference_as_documented SchedulingPreference,
    split_team_rehearsal_assignment_as_documented SplitTeamRehearsalAssignment,
    zoom_as_documented Zoom,
    custom_slide_as_documented CustomSlide,
    item_assignment_as_documented ItemAssignment,
}

//! Each type of People as documented: its attributes, and what its collections say can be asked of them.

use std::collections::BTreeSet;

use pco_emulator::{EmulatorConfig, Limit};
use serde_json::Value;

use crate::harness::{Story, config, ids, text};

fn patient() -> EmulatorConfig {
    EmulatorConfig { rate_limit: Limit { count: 1_000_000, seconds: 20 }, ..config() }
}

/// One type, where its records are listed, and the documented names.
struct Contract {
    type_name: &'static str,
    /// Ids of parents are written `{path of the parents}`.
    path: &'static str,
    attributes: &'static str,
    includes: &'static str,
    query: &'static str,
    order: &'static str,
    filter: &'static str,
}

const fn contract(type_name: &'static str, path: &'static str, attributes: &'static str) -> Contract {
    Contract { type_name, path, attributes, includes: "", query: "", order: "", filter: "" }
}

impl Contract {
    const fn includes(mut self, names: &'static str) -> Self {
        self.includes = names;
        self
    }

    const fn query(mut self, names: &'static str) -> Self {
        self.query = names;
        self
    }

    const fn order(mut self, names: &'static str) -> Self {
        self.order = names;
        self
    }

    const fn filter(mut self, names: &'static str) -> Self {
        self.filter = names;
        self
    }
}

const CONTRACTS: &[Contract] = &[
    contract(
        "Person",
        "people",
        "accounting_administrator anniversary avatar birthdate can_create_forms can_email_lists child created_at demographic_avatar_url directory_status first_name gender given_name grade graduation_year inactivated_at last_name login_identifier medical_notes membership middle_name name nickname passed_background_check people_permissions remote_id resource_permission_flags school_type site_administrator status updated_at",
    )
    .includes("addresses emails field_data households inactive_reason marital_status name_prefix name_suffix organization person_apps phone_numbers platform_notifications primary_campus school social_profiles")
    .query("accounting_administrator anniversary birthdate child created_at first_name gender given_name grade graduation_year id inactivated_at last_name medical_notes membership mfa_configured middle_name nickname people_permissions primary_campus_id remote_id search_name search_name_or_email search_name_or_email_or_phone_number search_phone_number search_phone_number_e164 site_administrator status updated_at")
    .order("accounting_administrator anniversary birthdate child created_at first_name gender given_name grade graduation_year inactivated_at last_name membership middle_name nickname people_permissions remote_id site_administrator status updated_at")
    .filter("admins created_since organization_admins"),
    contract("Email", "emails", "address blocked created_at location primary updated_at")
        .query("address blocked created_at location primary updated_at")
        .order("address created_at location primary updated_at"),
    contract(
        "PhoneNumber",
        "phone_numbers",
        "carrier country_code created_at e164 international location national number primary updated_at",
    )
    .query("carrier created_at location number primary updated_at")
    .order("carrier created_at location number primary updated_at"),
    contract(
        "Address",
        "addresses",
        "city country_code country_name created_at location primary state street_line_1 street_line_2 updated_at zip",
    )
    .query("city country_code location primary state street_line_1 street_line_2 zip")
    .order("city country_code created_at location primary state street_line_1 street_line_2 updated_at zip"),
    contract(
        "Household",
        "households",
        "avatar created_at member_count name primary_contact_id primary_contact_name updated_at",
    )
    .includes("people")
    .query("created_at member_count name primary_contact_name updated_at")
    .order("created_at member_count name primary_contact_name updated_at"),
    contract(
        "HouseholdMembership",
        "households/{households}/household_memberships",
        "household_role pending person_name",
    )
    .includes("household person")
    .query("pending person_name")
    .order("pending person_name"),
    contract("FieldDatum", "field_data", "file file_content_type file_name file_size value")
        .includes("field_definition field_option tab")
        .query("field_definition_id file file_content_type file_name file_size value")
        .order("file file_content_type file_name file_size value"),
    contract("FieldDefinition", "field_definitions", "config data_type deleted_at name sequence slug tab_id")
        .includes("field_options tab")
        .query("config data_type deleted_at name sequence slug tab_id")
        .order("config data_type deleted_at name sequence slug tab_id")
        .filter("include_deleted"),
    contract(
        "FieldOption",
        "field_definitions/{field_definitions?where[data_type]=select}/field_options",
        "sequence value",
    )
    .query("sequence value")
    .order("sequence value"),
    contract("Tab", "tabs", "name sequence slug")
        .includes("field_definitions field_options")
        .query("name sequence slug")
        .order("name sequence slug")
        .filter("with_field_definitions"),
    contract(
        "Note",
        "notes",
        "created_at created_by_id display_date note note_category_id organization_id person_id updated_at",
    )
    .includes("category created_by person")
    .query("note note_category_id")
    .order("created_at display_date id note note_category_id updated_at"),
    contract("NoteCategory", "note_categories", "created_at locked name organization_id updated_at")
        .includes("shares subscribers subscriptions")
        .query("created_at locked name organization_id updated_at")
        .order("created_at locked name organization_id updated_at")
        .filter("view_creatable"),
    contract(
        "List",
        "lists",
        "active_automations_count auto_generated_name auto_refresh auto_refresh_frequency automations_active automations_count batch_completed_at created_at description has_inactive_results include_inactive invalid name name_or_description paused_automations_count recently_viewed refreshed_at return_original_if_none returns starred status subset total_people updated_at",
    )
    .includes("campus category created_by mailchimp_sync_status people rules shares updated_by")
    .query("batch_completed_at created_at id name updated_at")
    .order("active_automations_count auto_refresh_frequency automations_count batch_completed_at campus_id campuses.name created_at list_categories.name list_category_id name name_or_description refreshed_at starred total_people updated_at")
    .filter("can_manage recently_viewed starred unassigned"),
    contract("ListResult", "lists/{lists}/list_results", "created_at updated_at")
        .includes("person")
        .query("person_id")
        .order("created_at updated_at"),
    contract("ListCategory", "list_categories", "created_at name organization_id updated_at")
        .includes("lists")
        .query("created_at name organization_id updated_at")
        .order("created_at name organization_id updated_at"),
    contract("ListShare", "lists/{lists}/shares", "created_at group name permission")
        .includes("person")
        .query("created_at group name permission")
        .order("created_at group"),
    contract(
        "Workflow",
        "workflows",
        "archived_at campus_id completed_card_count created_at deleted_at my_ready_card_count name recently_viewed total_cards_count total_overdue_card_count total_ready_and_snoozed_card_count total_ready_card_count total_steps_count total_unassigned_card_count total_unassigned_steps_count updated_at workflow_category_id",
    )
    .includes("category shares steps")
    .query("archived_at campus_id created_at deleted_at id name updated_at workflow_category_id")
    .order("archived_at campus_id campus_name created_at deleted_at my_ready_card_count name total_overdue_card_count total_ready_card_count total_unassigned_card_count updated_at workflow_category_id workflow_category_name")
    .filter("archived has_my_cards manage_cards_allowed not_archived only_deleted recently_viewed unassigned with_deleted with_recoverable with_steps"),
    contract(
        "WorkflowCard",
        "workflows/{workflows}/cards",
        "calculated_due_at_in_days_ago completed_at created_at flagged_for_notification_at moved_to_step_at overdue removed_at snooze_until stage sticky_assignment updated_at",
    )
    .includes("assignee current_step person workflow")
    .query("assignee_id overdue stage")
    .order("completed_at created_at first_name flagged_for_notification_at last_name moved_to_step_at removed_at stage updated_at"),
    contract(
        "WorkflowStep",
        "workflows/{workflows}/steps",
        "auto_snooze_days auto_snooze_interval auto_snooze_value created_at default_assignee_id description expected_response_time_in_days my_ready_card_count name sequence total_ready_card_count updated_at",
    )
    .includes("default_assignee")
    .query("created_at name updated_at")
    .order("created_at name sequence updated_at"),
    contract(
        "Campus",
        "campuses",
        "avatar_url church_center_enabled city contact_email_address country created_at date_format description geolocation_set_manually latitude longitude name phone_number state street time_zone twenty_four_hour_time updated_at website zip",
    )
    .includes("lists service_times")
    .query("created_at id updated_at")
    .order("created_at name updated_at"),
    contract("ServiceTime", "campuses/{campuses}/service_times", "day description start_time").order("time"),
    contract("MaritalStatus", "marital_statuses", "value").query("value").order("sequence value"),
    contract("NamePrefix", "name_prefixes", "value").query("value").order("value"),
    contract("NameSuffix", "name_suffixes", "value").query("value").order("value"),
    contract("InactiveReason", "inactive_reasons", "value").query("value").order("value"),
    contract("MembershipType", "membership_types", "value").query("value").order("sequence value"),
    contract("SchoolOption", "school_options", "beginning_grade ending_grade school_types sequence value")
        .query("beginning_grade ending_grade school_types sequence value")
        .order("beginning_grade ending_grade sequence value"),
    contract("Grade", "grades", "key value"),
    contract("App", "apps", "name url").query("name url").order("name url"),
    contract("PersonApp", "people/{people}/person_apps", "allow_pco_login people_permissions").includes("app"),
    contract("SocialProfile", "social_profiles", "created_at site updated_at url verified")
        .includes("person")
        .query("created_at site updated_at url verified")
        .order("created_at site updated_at url verified"),
    contract("PersonMerger", "person_mergers", "created_at person_to_keep_id person_to_remove_id")
        .query("created_at person_to_keep_id person_to_remove_id")
        .order("created_at"),
    contract("BirthdayPeople", "birthday_people", ""),
];

fn names(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn listed(meta: &Value, name: &str) -> BTreeSet<String> {
    let listed = meta[name].as_array().into_iter().flatten();
    listed.map(text).collect()
}

/// A path with the first record of each `{…}` in its place.
async fn resolve(story: &Story, path: &str) -> String {
    let mut resolved = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (parents, after) = after.split_once('}').unwrap();
        let parents = story.get(&format!("people/v2/{parents}")).await;
        resolved += before;
        resolved += &text(&parents["data"][0]["id"]);
        rest = after;
    }
    format!("people/v2/{resolved}{rest}")
}

#[tokio::test]
async fn every_type_has_the_documented_attributes_and_abilities() {
    let story = Story::with(patient()).await;
    for contract in CONTRACTS {
        let path = resolve(&story, contract.path).await;
        let page = story.get(&path).await;
        let record = &page["data"][0];
        assert_eq!(record["type"], contract.type_name, "{path}");
        let attributes: BTreeSet<String> =
            record["attributes"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(attributes, names(contract.attributes), "{}", contract.type_name);
        for (name, expected) in [
            ("can_include", contract.includes),
            ("can_query_by", contract.query),
            ("can_order_by", contract.order),
            ("can_filter", contract.filter),
        ] {
            assert_eq!(listed(&page["meta"], name), names(expected), "{} {name}", contract.type_name);
        }
    }
}

#[tokio::test]
async fn every_record_is_found_at_its_own_address() {
    let story = Story::with(patient()).await;
    for contract in CONTRACTS.iter().filter(|contract| contract.type_name != "BirthdayPeople") {
        let path = resolve(&story, contract.path).await;
        let listed = story.get(&path).await["data"][0].clone();
        let own = text(&listed["links"]["self"]);
        let single = story.client.get(&own).bearer_auth(&story.access_token).send().await.unwrap();
        assert_eq!(single.status(), 200, "{own}");
        let single: Value = single.json().await.unwrap();
        assert_eq!(single["data"]["id"], listed["id"], "{own}");
        assert_eq!(single["data"]["attributes"], listed["attributes"], "{own}");
    }
}

#[tokio::test]
async fn every_offered_include_is_followed() {
    let story = Story::with(patient()).await;
    for contract in CONTRACTS.iter().filter(|contract| !contract.includes.is_empty()) {
        let path = resolve(&story, contract.path).await;
        let include = contract.includes.replace(' ', ",");
        let page = story.get(&format!("{path}?per_page=100&include={include}")).await;
        for name in names(contract.includes) {
            let relationship = &page["data"][0]["relationships"][&name];
            assert!(relationship.is_object(), "{} {name}: {relationship}", contract.type_name);
        }
    }
}

#[tokio::test]
async fn every_offered_order_keeps_all_records_and_turns_round() {
    let story = Story::with(patient()).await;
    for contract in CONTRACTS {
        let path = resolve(&story, contract.path).await;
        let total = story.get(&path).await["meta"]["total_count"].clone();
        for name in names(contract.order) {
            let upwards = story.get(&format!("{path}?order={name}&per_page=100")).await;
            let downwards = story.get(&format!("{path}?order=-{name}&per_page=100")).await;
            assert_eq!(upwards["meta"]["total_count"], total, "{} order={name}", contract.type_name);
            let page = total.as_u64().unwrap().min(100) as usize;
            assert_eq!(ids(&downwards["data"]).len(), page, "{} order={name}", contract.type_name);
            let (Some(first), Some(last)) = (upwards["data"].get(0), downwards["data"].get(0)) else {
                continue;
            };
            let value = |record: &Value| record["attributes"][&name].clone();
            let distinct =
                upwards["data"].as_array().unwrap().iter().map(value).any(|other| other != value(first));
            let hidden = text_of(&value(first)).starts_with("CNRY");
            if distinct && !hidden && first["attributes"].get(&name).is_some() {
                assert_ne!(value(first), value(last), "{} order={name}", contract.type_name);
            }
        }
    }
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

//! The invented church: its rows, and the questions that descriptions ask of them.
//!
//! Everything follows from (size, people, seed, today). Rows of a plan are made when first looked at, so that five
//! hundred service types cost nothing until somebody opens one.

pub(crate) mod accounts;
mod families;
pub(crate) mod mutation;
mod names;
pub(crate) mod people;
pub(crate) mod rights;
pub(crate) mod services;
mod st_brigids;
pub(crate) mod table;

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use people::lists::{List, ListCategory, ListResult};
use people::messages::{Message, MessageGroup};
use people::rows::{
    Address, Campus, Choice, Email, FieldDatum, FieldDefinition, FieldOption, Household, HouseholdMembership,
    Note, NoteCategorySubscription, Person, PersonMerger, PhoneNumber, SchoolOption, ServiceTime,
    SocialProfile, Tab,
};
use people::workflows::{
    CardActivity, CardNote, Workflow, WorkflowCard, WorkflowCategory, WorkflowShare, WorkflowStep,
};
use rights::Rights;
use services::media::Media;
use services::repertoire::Repertoire;
use services::rows::{
    Arrangement, Assignment, Attachment, Blockout, Folder, Key, LiveController, NoteCategory, Plan, Series,
    ServiceType, Song, Team, TeamLeader, TeamPosition, Zoom,
};
use services::tags::{Tag, TagGroup, Tagged};
use table::{Id, Table};

use crate::clock;
use crate::config::{self, EmulatorConfig};

/// The church's time zone: every size of church lies in it.
pub(crate) const TIME_ZONE: &str = "America/New_York";

const ORGANIZATION: Id = 381_204;

/// All rows of the invented church.
pub(crate) struct Church {
    pub(crate) organization_id: Id,
    pub(crate) name: &'static str,
    /// The person who signs in.
    pub(crate) staff: Id,
    pub(crate) today: Date,
    pub(crate) zone: TimeZone,
    /// From the computer's clock to the church's.
    clock_offset: SignedDuration,
    seed: u64,
    pub(crate) campuses: Table<Campus>,
    pub(crate) service_times: Table<ServiceTime>,
    pub(crate) people: Table<Person>,
    /// By person; those without an entry have what `rights` derives.
    pub(crate) granted_rights: BTreeMap<Id, Rights>,
    pub(crate) emails: Table<Email>,
    pub(crate) phone_numbers: Table<PhoneNumber>,
    pub(crate) addresses: Table<Address>,
    pub(crate) households: Table<Household>,
    pub(crate) household_memberships: Table<HouseholdMembership>,
    pub(crate) person_mergers: Table<PersonMerger>,
    pub(crate) social_profiles: Table<SocialProfile>,
    pub(crate) marital_statuses: Table<Choice>,
    pub(crate) name_prefixes: Table<Choice>,
    pub(crate) name_suffixes: Table<Choice>,
    pub(crate) inactive_reasons: Table<Choice>,
    pub(crate) membership_types: Table<Choice>,
    pub(crate) school_options: Table<SchoolOption>,
    pub(crate) tabs: Table<Tab>,
    pub(crate) field_definitions: Table<FieldDefinition>,
    pub(crate) field_options: Table<FieldOption>,
    pub(crate) field_data: Table<FieldDatum>,
    pub(crate) note_categories: Table<people::rows::NoteCategory>,
    pub(crate) notes: Table<Note>,
    pub(crate) note_category_subscriptions: Table<NoteCategorySubscription>,
    pub(crate) message_groups: Table<MessageGroup>,
    pub(crate) messages: Table<Message>,
    pub(crate) list_categories: Table<ListCategory>,
    pub(crate) lists: Table<List>,
    pub(crate) list_results: Table<ListResult>,
    pub(crate) workflow_categories: Table<WorkflowCategory>,
    pub(crate) workflows: Table<Workflow>,
    pub(crate) workflow_shares: Table<WorkflowShare>,
    pub(crate) workflow_steps: Table<WorkflowStep>,
    pub(crate) workflow_cards: Table<WorkflowCard>,
    pub(crate) workflow_activities: Table<CardActivity>,
    pub(crate) workflow_card_notes: Table<CardNote>,
    pub(crate) folders: Table<Folder>,
    pub(crate) service_types: Table<ServiceType>,
    pub(crate) teams: Table<Team>,
    pub(crate) team_positions: Table<TeamPosition>,
    pub(crate) assignments: Table<Assignment>,
    pub(crate) team_leaders: Table<TeamLeader>,
    pub(crate) blockouts: Table<Blockout>,
    pub(crate) plans: Table<Plan>,
    pub(crate) series: Table<Series>,
    pub(crate) songs: Table<Song>,
    pub(crate) arrangements: Table<Arrangement>,
    pub(crate) keys: Table<Key>,
    repertoire: Repertoire,
    pub(crate) item_note_categories: Table<NoteCategory>,
    pub(crate) plan_note_categories: Table<NoteCategory>,
    pub(crate) attachments: Table<Attachment>,
    pub(crate) zooms: Table<Zoom>,
    pub(crate) media: Table<Media>,
    pub(crate) tag_groups: Table<TagGroup>,
    pub(crate) tags: Table<Tag>,
    /// The tags of whatever bears any.
    pub(crate) tagged: BTreeMap<Tagged, Vec<Id>>,
    pub(crate) live_controllers: Table<LiveController>,
}

impl Church {
    /// Makes the church. The same configuration and day give the same rows.
    pub(crate) fn new(config: &EmulatorConfig) -> Self {
        let zone = TimeZone::get(TIME_ZONE).expect("the time zone database knows New York");
        let now = clock::now();
        let real_today = now.to_zoned(zone.clone()).date();
        let today = config.today.unwrap_or(real_today);
        let days = (today - real_today).get_days();
        let mut church = Self {
            organization_id: ORGANIZATION,
            name: "St. Brigid’s Church",
            staff: 0,
            today,
            zone,
            clock_offset: SignedDuration::from_hours(24 * i64::from(days)),
            seed: config.seed,
            campuses: Table::new(11),
            service_times: Table::new(3),
            people: Table::new(people::STEP),
            granted_rights: BTreeMap::new(),
            emails: Table::new(3),
            phone_numbers: Table::new(3),
            addresses: Table::new(3),
            households: Table::new(13),
            household_memberships: Table::new(1),
            person_mergers: Table::new(17),
            social_profiles: Table::new(3),
            marital_statuses: Table::new(1),
            name_prefixes: Table::new(1),
            name_suffixes: Table::new(1),
            inactive_reasons: Table::new(1),
            membership_types: Table::new(1),
            school_options: Table::new(7),
            tabs: Table::new(19),
            field_definitions: Table::new(23),
            field_options: Table::new(1),
            field_data: Table::new(3),
            note_categories: Table::new(7),
            notes: Table::new(11),
            note_category_subscriptions: Table::new(3),
            message_groups: Table::new(7),
            messages: Table::new(3),
            list_categories: Table::new(3),
            lists: Table::new(313),
            list_results: Table::new(1),
            workflow_categories: Table::new(3),
            workflows: Table::new(29),
            workflow_shares: Table::new(3),
            workflow_steps: Table::new(5),
            workflow_cards: Table::new(7),
            workflow_activities: Table::new(3),
            workflow_card_notes: Table::new(5),
            folders: Table::new(10),
            service_types: Table::new(37),
            teams: Table::new(5),
            team_positions: Table::new(3),
            assignments: Table::new(5),
            team_leaders: Table::new(3),
            blockouts: Table::new(19),
            plans: Table::new(services::PLAN_STEP),
            series: Table::new(9),
            songs: Table::new(41),
            arrangements: Table::new(7),
            keys: Table::new(7),
            repertoire: Repertoire::default(),
            item_note_categories: Table::new(2),
            plan_note_categories: Table::new(2),
            attachments: Table::new(23),
            zooms: Table::new(3),
            media: Table::new(9),
            tag_groups: Table::new(7),
            tags: Table::new(3),
            tagged: BTreeMap::new(),
            live_controllers: Table::new(5),
        };
        let size = Size::of(config);
        church.add_campuses(size.campuses);
        church.add_choices();
        church.add_people(size.people);
        church.add_songs();
        church.add_service_types(size.service_types);
        church.add_plans();
        church.add_plan_templates();
        church.add_blockouts();
        church.add_media();
        church.add_attachments();
        church.add_tags();
        church.add_fields();
        church.add_notes();
        church.add_messages();
        church.add_lists();
        church.add_workflows();
        church
    }

    /// The church's present: the computer's clock, moved to the configured day.
    pub(crate) fn now(&self) -> Timestamp {
        let now = clock::now().checked_add(self.clock_offset).unwrap_or(Timestamp::MAX);
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    /// Midnight at the start of today, where the church is.
    pub(crate) fn start_of_today(&self) -> Timestamp {
        self.moment(self.today, 0, 0)
    }

    /// The moment of a wall-clock time where the church is.
    pub(crate) fn moment(&self, day: Date, hour: i8, minute: i8) -> Timestamp {
        self.zone
            .to_ambiguous_timestamp(day.at(hour, minute, 0, 0))
            .compatible()
            .unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// A day some days from today; the far ends of the calendar stay where they are.
    pub(crate) fn day(&self, days_from_today: i64) -> Date {
        self.today.saturating_add(days_from_today.days())
    }
}

struct Size {
    people: usize,
    service_types: usize,
    campuses: usize,
}

impl Size {
    fn of(config: &EmulatorConfig) -> Self {
        let (people, service_types, campuses) = match config.church {
            config::Church::Small => (150, 3, 1),
            config::Church::Large => (12_000, 25, 4),
            config::Church::Huge => (100_000, 500, 24),
        };
        Self {
            people: config.people.map_or(people, |people| people as usize).max(1),
            service_types,
            campuses,
        }
    }
}

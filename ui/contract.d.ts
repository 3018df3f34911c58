// Generated from the Rust types by the bindings test. Do not edit: NARTHEX_BLESS=1 cargo nextest run bindings

/**
 * A song or a team, in a few words.
 */
export type AboutView = { 
/**
 * Title or name.
 */
title: string, 
/**
 * What is known of it, a few words each.
 */
facts: Array<string>, };

/**
 * A person signed in to one church.
 */
export type AccountView = { 
/**
 * The person's name.
 */
name: string, 
/**
 * The church's name.
 */
church: string, 
/**
 * The person's circle.
 */
face: Face, 
/**
 * Whether this is the practice church.
 */
practice: boolean, };

/**
 * Something changed. The page asks again for what it shows.
 */
export type AppEvent = { "type": "sessionChanged", 
/**
 * Where it stands now.
 */
session: SessionView, } | { "type": "dataChanged", 
/**
 * What the change made stale.
 */
tags: Array<DataTag>, } | { "type": "statusChanged", 
/**
 * The frame's new content.
 */
status: AppStatus, } | { "type": "notice", 
/**
 * What happened.
 */
message: string, 
/**
 * What to do.
 */
hint: string | null, };

/**
 * The frame's answer: one freshness line, one progress bar, and what the window must say at all times.
 */
export type AppStatus = { 
/**
 * How current the stored data is.
 */
freshness: Freshness, 
/**
 * When everything shown was last agreed with Planning Center: the oldest part counts.
 */
asOf: AsOf | null, 
/**
 * People on this computer.
 */
people: number, 
/**
 * Plans on this computer.
 */
plans: number, 
/**
 * How complete people and plans are together.
 */
coverage: Coverage, 
/**
 * What is being read now.
 */
progress: Progress | null, 
/**
 * Whether the person wants reading to rest.
 */
paused: boolean, 
/**
 * Whether the practice church is shown.
 */
practice: boolean, 
/**
 * The address used in place of Planning Center's, if the program was started with one.
 */
testServer: string | null, 
/**
 * The program's version.
 */
version: string, };

/**
 * When an answer's data was last agreed with Planning Center.
 */
export type AsOf = { 
/**
 * The instant, RFC 3339 in UTC.
 */
instant: string, 
/**
 * The same in the church's zone, short: `07:12` today, `Sat 22:14` this week, `14 Nov 22:14` before.
 */
label: string, };

/**
 * Where the client id comes from; the first that is given wins.
 */
export type ClientIdSource = "commandLine" | "settings" | "build" | "missing";

/**
 * The client id in use.
 */
export type ClientIdView = { 
/**
 * The id, which is public.
 */
value: string | null, 
/**
 * Where it comes from.
 */
source: ClientIdSource, };

/**
 * What kind of contact a row is.
 */
export type ContactKind = "phone" | "email" | "address";

/**
 * One way to reach a person.
 */
export type ContactView = { 
/**
 * Phone, e-mail or address.
 */
kind: ContactKind, 
/**
 * `Mobile`, `Work e-mail`, `Home address` …
 */
label: string, 
/**
 * What to show, one entry a line.
 */
lines: Array<string>, 
/**
 * `tel:` or `mailto:` address for `open_outside`; none for a postal address or an unusable entry.
 */
href: string | null, 
/**
 * Whether Planning Center marks it as the primary one.
 */
primary: boolean, };

/**
 * How much of what Planning Center holds an answer contains. A failure never shrinks a list: it only changes this.
 */
export type Coverage = { "kind": "complete" } | { "kind": "partial", 
/**
 * Records on this computer.
 */
loaded: number, 
/**
 * Records Planning Center says there are.
 */
total: number | null, 
/**
 * Why the rest is missing, as a sentence.
 */
reason: string, } | { "kind": "notLoaded" } | { "kind": "noRight", 
/**
 * The right that is missing, in Planning Center's words.
 */
right: string, 
/**
 * Whom to ask, as a sentence.
 */
hint: string, };

/**
 * What an answer is made of, so that the page knows when to ask again.
 */
export type DataTag = "people" | "plans" | "plan" | "songs";

/**
 * What the page may act on. A code exists only where the page does something of its own with it.
 */
export type ErrorCode = "signInRequired" | "signInDenied" | "signInTimedOut" | "signInRejected" | "openElsewhere" | "clientIdMissing" | "browserUnavailable" | "keychainUnavailable" | "permissionDenied" | "notFound" | "busy" | "offline" | "serviceDown" | "incomplete" | "storeUnreadable" | "locked" | "diskFull" | "notWritable" | "invalidInput" | "unexpected";

/**
 * An error at the command boundary: five fields, no library words, nothing personal.
 */
export type ErrorView = { 
/**
 * For the page to branch on.
 */
code: ErrorCode, 
/**
 * What happened, for the person.
 */
message: string, 
/**
 * What to do next.
 */
hint: string | null, 
/**
 * When trying again makes sense, in seconds.
 */
retryAfterSeconds: number | null, 
/**
 * Finds the event in the log.
 */
reference: string | null, };

/**
 * The circle that stands for a person where there is no photo.
 */
export type Face = { 
/**
 * One or two letters.
 */
initials: string, 
/**
 * Which of the seven quiet tints, 0 to 6, chosen from the person's id.
 */
tint: number, 
/**
 * Address of the photo in the program's own `avatar:` scheme.
 */
photo?: string, };

/**
 * Request of `finish_sign_in_by_hand`.
 */
export type FinishSignInByHandRequest = { 
/**
 * The return address as the person pasted it.
 */
link: string, };

/**
 * Answer of `subscribe`. The schedule and its next plan are how the program opens; both come from the store alone.
 */
export type FirstView = { 
/**
 * Where sign-in stands.
 */
session: SessionView, 
/**
 * What the frame shows.
 */
status: AppStatus, 
/**
 * The schedule, as `list_plans` answers but for the weeks that have been and what comes after the first forty plans, which
 * the page asks for next; `null` when nobody is signed in, or when it has to be asked for again to
 * learn why it cannot be had.
 */
plans: PlanListing | null, 
/**
 * The plan that the schedule calls the next one, as `get_plan` answers.
 */
plan: PlanView | null, };

/**
 * How current the stored data is, in one word for the freshness line.
 */
export type Freshness = "loading" | "fresh" | "stale" | "offline" | "catchingUp" | "serviceDown" | "networkSignIn" | "signInNeeded" | "diskFull" | "notWritable" | "unreadable" | "openElsewhere";

/**
 * Request of `get_person`.
 */
export type GetPersonRequest = { 
/**
 * The person's id.
 */
personId: string, };

/**
 * Request of `get_plan`.
 */
export type GetPlanRequest = { 
/**
 * The plan's id.
 */
planId: string, };

/**
 * A household and who else is in it.
 */
export type HouseholdView = { 
/**
 * The household's name.
 */
name: string, 
/**
 * The other members, adults first.
 */
members: Array<PersonRow>, };

/**
 * What an item is.
 */
export type ItemKind = "song" | "header" | "media" | "item";

/**
 * One item of the order.
 */
export type ItemView = { 
/**
 * The item's id.
 */
id: string, 
/**
 * Song, header, media or item.
 */
kind: ItemKind, 
/**
 * The title.
 */
title: string, 
/**
 * When it begins at each service, in the order of `service_times`; empty for headers; an entry is empty where the item is left out of that service.
 */
clocks: Array<string>, 
/**
 * `3:00`; none when it has no length.
 */
length?: string, 
/**
 * The key of a song, `D` or `E♭`.
 */
key?: string, 
/**
 * The arrangement of a song.
 */
arrangement?: string, 
/**
 * What is written under the title, as plain paragraphs.
 */
description: Array<string>, 
/**
 * Notes to the item by category.
 */
notes: Array<NoteView>, };

/**
 * Request of `list_people`.
 */
export type ListPeopleRequest = { 
/**
 * Part of a name, a nickname, an e-mail address or a phone number; empty lists everybody.
 */
search: string, 
/**
 * First row wanted, counted from 0.
 */
offset: number, 
/**
 * How many rows, 1 to 200.
 */
limit: number, };

/**
 * Request of `list_plans`.
 */
export type ListPlansRequest = { 
/**
 * The Mondays (`YYYY-MM-DD`) of weeks whose plans are wanted in any case.
 */
weeks: Array<string>, 
/**
 * A plan whose week is wanted in any case.
 */
planId: string | null, };

/**
 * Open places on a position.
 */
export type NeededView = { 
/**
 * How many.
 */
quantity: number, 
/**
 * Which service, where the place is tied to one: `9:00`.
 */
time?: string, };

/**
 * A note with its category.
 */
export type NoteView = { 
/**
 * `Person`, `Audio`, `General` …
 */
category: string, 
/**
 * The text, as plain paragraphs.
 */
paragraphs: Array<string>, };

/**
 * Request of `open_outside`.
 */
export type OpenOutsideRequest = { 
/**
 * A `tel:`, `mailto:` or Planning Center `https:` address from an earlier answer.
 */
url: string, };

/**
 * A part of the order of service.
 */
export type OrderSection = { 
/**
 * `Before the service`, `Service`, `After the service`.
 */
heading: string, 
/**
 * The items in order.
 */
items: Array<ItemView>, };

/**
 * One stretch of the people list, in name order; while searching, names that begin with the words come first.
 */
export type PeopleListing = { 
/**
 * The rows from `offset` on.
 */
items: Array<PersonRow>, 
/**
 * Position of the first row.
 */
offset: number, 
/**
 * How many people match altogether.
 */
total: number, 
/**
 * When the data was last agreed with Planning Center.
 */
asOf: AsOf | null, 
/**
 * How complete it is.
 */
coverage: Coverage, };

/**
 * One row of the people list.
 */
export type PersonRow = { 
/**
 * The person's id.
 */
id: string, 
/**
 * The name as Planning Center writes it, with the nickname.
 */
name: string, 
/**
 * Second line: phone (the one that matched, while searching by phone) and teams.
 */
line: string, 
/**
 * The person's circle.
 */
face: Face, 
/**
 * Whether Planning Center lists the person as inactive.
 */
inactive: boolean, };

/**
 * A team and what the person does in it.
 */
export type PersonTeamView = { 
/**
 * The team's name.
 */
name: string, 
/**
 * The service type it belongs to.
 */
serviceType: string, 
/**
 * Positions, empty when none is known.
 */
positions: Array<string>, };

/**
 * A person's card.
 */
export type PersonView = { 
/**
 * The person's id.
 */
id: string, 
/**
 * The name as Planning Center writes it.
 */
name: string, 
/**
 * One line under the name: membership, campus, child or inactive.
 */
headline: string, 
/**
 * The person's circle.
 */
face: Face, 
/**
 * Phones, then e-mails, then addresses; the primary one first of each.
 */
contacts: Array<ContactView>, 
/**
 * `3 March · turns 41`; no age where the year is unknown.
 */
birthday: string | null, 
/**
 * The households the person lives in.
 */
households: Array<HouseholdView>, 
/**
 * Teams, with the positions the person has been scheduled on.
 */
teams: Array<PersonTeamView>, 
/**
 * Dates from today on, soonest first.
 */
serving: Array<ServingView>, 
/**
 * The last date served in the stored weeks, such as `Sunday, 8 November`.
 */
lastServed: string | null, 
/**
 * What could not be shown and why, a sentence each.
 */
missing: Array<string>, 
/**
 * The person's page in Planning Center.
 */
planningCenterUrl: string, 
/**
 * When the data was last agreed with Planning Center.
 */
asOf: AsOf | null, 
/**
 * How complete it is.
 */
coverage: Coverage, };

/**
 * A phone number that can be called.
 */
export type PhoneView = { 
/**
 * As the church writes it.
 */
text: string, 
/**
 * `tel:` address for `open_outside`.
 */
href: string, };

/**
 * The stored plans of every service type, by week. Where there are thousands, those of the first weeks from today on, and of the
 * weeks that were asked for.
 */
export type PlanListing = { 
/**
 * Weeks from Monday to Sunday, oldest first; weeks without a plan are left out.
 */
weeks: Array<WeekView>, 
/**
 * Plans that have no time yet.
 */
undated: Array<PlanRow>, 
/**
 * The plan to show first: the next one from today on.
 */
nextPlanId: string | null, 
/**
 * How many plans there are altogether.
 */
total: number, 
/**
 * When the data was last agreed with Planning Center.
 */
asOf: AsOf | null, 
/**
 * How complete it is.
 */
coverage: Coverage, };

/**
 * One row of the schedule.
 */
export type PlanRow = { 
/**
 * The plan's id.
 */
id: string, 
/**
 * `Sun`; empty for a plan without a time.
 */
weekday: string, 
/**
 * `22`; empty for a plan without a time.
 */
day: string, 
/**
 * `Sunday, 22 November`, for a screen reader.
 */
date: string, 
/**
 * The service type's name.
 */
serviceType: string, 
/**
 * The plan's title or series, if it has one.
 */
title: string | null, 
/**
 * `9:00 and 11:00`, or `no time yet`.
 */
times: string, 
/**
 * Who stands where; none until the plan's people have been read.
 */
counts: StatusCounts | null, };

/**
 * What a plan time is for.
 */
export type PlanTimeKind = "service" | "rehearsal" | "other";

/**
 * One time of a plan.
 */
export type PlanTimeView = { 
/**
 * Service, rehearsal or other.
 */
kind: PlanTimeKind, 
/**
 * The time's name, or its kind in words.
 */
name: string, 
/**
 * `Thu 19 Nov`.
 */
day: string, 
/**
 * `7:30 pm to 9:00 pm`.
 */
clock: string, 
/**
 * Teams that are expected, empty for all.
 */
teams: Array<string>, };

/**
 * A plan with everything on it.
 */
export type PlanView = { 
/**
 * The plan's id.
 */
id: string, 
/**
 * The service type's name: the page title.
 */
serviceType: string, 
/**
 * The plan's own title, if it has one.
 */
title: string | null, 
/**
 * The series, if it has one.
 */
series: string | null, 
/**
 * `Sunday, 22 November`, or `No date yet`.
 */
date: string, 
/**
 * `9:00 and 11:00`.
 */
timesLine: string, 
/**
 * Every time of the plan: services, rehearsals and others.
 */
times: Array<PlanTimeView>, 
/**
 * Clock times of the services, in the order of each item's `clocks`.
 */
serviceTimes: Array<string>, 
/**
 * Who stands where; none until the plan's people have been read, or when they may not be.
 */
counts: StatusCounts | null, 
/**
 * The order of service.
 */
order: Array<OrderSection>, 
/**
 * `1 h 12 min`, of the service itself.
 */
totalLength: string, 
/**
 * The people, by team and position.
 */
teams: Array<TeamView>, 
/**
 * The plan's notes.
 */
notes: Array<NoteView>, 
/**
 * What could not be shown and why, a sentence each.
 */
missing: Array<string>, 
/**
 * The plan before this one in the same service type.
 */
previousPlanId: string | null, 
/**
 * The plan after it.
 */
nextPlanId: string | null, 
/**
 * The plan's page in Planning Center.
 */
planningCenterUrl: string, 
/**
 * When the data was last agreed with Planning Center.
 */
asOf: AsOf | null, 
/**
 * How complete it is; `notLoaded` while the plan's parts have not been read.
 */
coverage: Coverage, };

/**
 * A position on a plan.
 */
export type PositionView = { 
/**
 * The position's name.
 */
name: string, 
/**
 * People scheduled on it.
 */
people: Array<TeamMemberView>, 
/**
 * Open places.
 */
needed: Array<NeededView>, };

/**
 * A read under way, with true counts.
 */
export type Progress = { 
/**
 * `This Sunday`, `People`, `Coming weeks`; or what is done while nothing can be counted.
 */
label: string, 
/**
 * How many are here.
 */
done: number, 
/**
 * How many there are; none until Planning Center has told.
 */
total: number | null, 
/**
 * Seconds until all are here at the pace that Planning Center allows; none where nobody can tell.
 */
secondsLeft: number | null, 
/**
 * Seconds until nothing is left that was never read, of whatever comes after these as well; none while nobody can tell.
 */
secondsInAll: number | null, };

/**
 * How the browser returns to the program.
 */
export type RedirectChoice = "customScheme" | "loopback";

/**
 * Request of `save_settings`. A field left `null` stays as it is.
 */
export type SaveSettingsRequest = { 
/**
 * A new client id; an empty text takes it away again.
 */
clientId: string | null, 
/**
 * How the browser is to return.
 */
redirect: RedirectChoice | null, };

/**
 * What was found of one kind.
 */
export type SearchGroup = { 
/**
 * Of which kind.
 */
kind: SearchKind, 
/**
 * The best, best first.
 */
hits: Array<SearchHit>, 
/**
 * How complete the kind is on this computer.
 */
coverage: Coverage, };

/**
 * Something that was found.
 */
export type SearchHit = { 
/**
 * Its id within its kind.
 */
id: string, 
/**
 * Its name.
 */
title: string, 
/**
 * Second line.
 */
line: string, 
/**
 * A person's circle.
 */
face: Face | null, };

/**
 * What can be found.
 */
export type SearchKind = "person" | "plan" | "song" | "team";

/**
 * Request of `search`.
 */
export type SearchRequest = { 
/**
 * Parts of names, titles, dates, numbers; empty finds the next plans, or everything of `within`.
 */
search: string, 
/**
 * Only what belongs to this: the plans that have a song, or the people of a team.
 */
within: SearchScope | null, };

/**
 * A song or a team to look into.
 */
export type SearchScope = { 
/**
 * Song or team.
 */
kind: SearchKind, 
/**
 * Its id.
 */
id: string, };

/**
 * What was found.
 */
export type SearchView = { 
/**
 * The song or team that is looked into.
 */
about: AboutView | null, 
/**
 * What was found of each kind, with how complete that kind is; kinds that were not searched are left out.
 */
groups: Array<SearchGroup>, };

/**
 * A date on which the person is scheduled.
 */
export type ServingView = { 
/**
 * The plan to open.
 */
planId: string, 
/**
 * `Sun 22 Nov · Sunday Morning`.
 */
title: string, 
/**
 * `Drums · 9:00 and 11:00`.
 */
line: string, 
/**
 * How the person answered.
 */
status: StatusView, };

/**
 * Where sign-in stands.
 */
export type SessionView = { "state": "starting" } | { "state": "signedOut", 
/**
 * Whether this build knows a client id, so that signing in is possible at all.
 */
canSignIn: boolean, 
/**
 * Why the last attempt ended, if it did not end well.
 */
notice: Words | null, } | { "state": "waiting", 
/**
 * The address to copy when the browser did not open.
 */
link: string, 
/**
 * How the browser is to come back.
 */
redirect: RedirectChoice, 
/**
 * When the attempt ends, RFC 3339 in UTC.
 */
until: string, 
/**
 * Seconds left now.
 */
secondsLeft: number, 
/**
 * Something to tell while waiting, such as a return link that did not fit.
 */
notice: Words | null, } | { "state": "finishing" } | { "state": "confirm", 
/**
 * Who signed in, and to which church.
 */
account: AccountView, 
/**
 * Where everything would be kept; nowhere when this run keeps nothing on disk.
 */
folder: string | null, } | { "state": "signedIn", 
/**
 * Who, and which church.
 */
account: AccountView, 
/**
 * Whether the sign-in survives closing the program.
 */
remembered: boolean, 
/**
 * Planning Center no longer accepts the sign-in; the data stays readable.
 */
needsSignIn: boolean, 
/**
 * Something to tell about the sign-in, such as a keychain that could not be reached.
 */
notice: Words | null, };

/**
 * Request of `set_active`.
 */
export type SetActiveRequest = { 
/**
 * Whether somebody used keyboard, pointer or touch within the last minute.
 */
active: boolean, };

/**
 * Request of `set_paused`.
 */
export type SetPausedRequest = { 
/**
 * Whether reading is to rest.
 */
paused: boolean, };

/**
 * What Settings shows.
 */
export type SettingsView = { 
/**
 * Who is signed in.
 */
account: AccountView | null, 
/**
 * Whether the sign-in survives closing the program, in a sentence.
 */
keychain: string, 
/**
 * What is stored, a line each: `42 plans with teams, order of service and notes`.
 */
stored: Array<string>, 
/**
 * The folder it lies in; none while everything stays in memory.
 */
folder: string | null, 
/**
 * Bytes on disk, in words: `1.4 MB`.
 */
size: string, 
/**
 * The client id in use, and where it comes from.
 */
clientId: ClientIdView, 
/**
 * How the browser returns.
 */
redirect: RedirectChoice, 
/**
 * The return addresses to register, in order.
 */
redirectUris: Array<string>, 
/**
 * Where an administrator registers the program.
 */
registrationUrl: string, 
/**
 * The program's version.
 */
version: string, };

/**
 * Answer of `sign_out`.
 */
export type SignedOutView = { 
/**
 * Whether Planning Center confirmed that the sign-in has ended.
 */
revoked: boolean, 
/**
 * What was done and what was not, a sentence each.
 */
report: Array<string>, };

/**
 * Request of `start_sign_in`.
 */
export type StartSignInRequest = { 
/**
 * How the browser is to return; `null` takes the choice in the settings.
 */
redirect: RedirectChoice | null, };

/**
 * How many people of a plan stand where.
 */
export type StatusCounts = { 
/**
 * People and positions confirmed.
 */
confirmed: number, 
/**
 * Not answered yet, including requests that were not sent.
 */
waiting: number, 
/**
 * Declined.
 */
declined: number, 
/**
 * Open places, summed over needed positions.
 */
needed: number, };

/**
 * How a scheduled person answered. Each kind has its own shape, word and colour.
 */
export type StatusKind = "confirmed" | "waiting" | "declined" | "notSent" | "other";

/**
 * A status with the words that stand beside its shape.
 */
export type StatusView = { 
/**
 * Chooses shape and colour.
 */
kind: StatusKind, 
/**
 * Short words for a pill: `Confirmed`, `Silent 4 days`, `Declined`.
 */
label: string, 
/**
 * A longer remark, such as the reason for declining.
 */
remark?: string, };

/**
 * A person on a position.
 */
export type TeamMemberView = { 
/**
 * The person's id where the person can be opened.
 */
personId: string | null, 
/**
 * The name.
 */
name: string, 
/**
 * The person's circle.
 */
face: Face, 
/**
 * How the person answered.
 */
status: StatusView, 
/**
 * Which services, where the person does not serve at all of them: `9:00 only`.
 */
times?: string, 
/**
 * A phone to call, for `open_outside`.
 */
phone?: PhoneView, };

/**
 * A team on a plan.
 */
export type TeamView = { 
/**
 * The team's name.
 */
name: string, 
/**
 * Positions in the team's order, each with people and open places.
 */
positions: Array<PositionView>, };

/**
 * The plans of one week.
 */
export type WeekView = { 
/**
 * `This week`, `Next week`, `In two weeks`, `Last week`, or `7 to 13 December`.
 */
label: string, 
/**
 * The week's Monday, `YYYY-MM-DD`.
 */
starts: string, 
/**
 * Whether the whole week lies before today.
 */
past: boolean, 
/**
 * How many plans it has.
 */
total: number, 
/**
 * The plans in order of their first time; fewer than there are where they have to be asked for.
 */
plans: Array<PlanRow>, };

/**
 * A sentence and what to do next.
 */
export type Words = { 
/**
 * What happened.
 */
message: string, 
/**
 * What to do.
 */
hint: string | null, };

/** Every command the page may call, with its request and its answer. */
export interface Commands {
  start_sign_in: { request: StartSignInRequest, answer: SessionView },
  open_browser_again: { request: null, answer: null },
  finish_sign_in_by_hand: { request: FinishSignInByHandRequest, answer: SessionView },
  cancel_sign_in: { request: null, answer: SessionView },
  confirm_account: { request: null, answer: SessionView },
  refuse_account: { request: null, answer: SessionView },
  sign_out: { request: null, answer: SignedOutView },
  start_practice: { request: null, answer: SessionView },
  leave_practice: { request: null, answer: SessionView },
  list_people: { request: ListPeopleRequest, answer: PeopleListing },
  get_person: { request: GetPersonRequest, answer: PersonView },
  search: { request: SearchRequest, answer: SearchView },
  list_plans: { request: ListPlansRequest, answer: PlanListing },
  get_plan: { request: GetPlanRequest, answer: PlanView },
  refresh: { request: null, answer: null },
  set_paused: { request: SetPausedRequest, answer: null },
  set_active: { request: SetActiveRequest, answer: null },
  settings: { request: null, answer: SettingsView },
  save_settings: { request: SaveSettingsRequest, answer: SettingsView },
  open_outside: { request: OpenOutsideRequest, answer: null },
}

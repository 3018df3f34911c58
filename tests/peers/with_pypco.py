"""pypco as its manual uses it: a Personal Access Token or an OAuth token, `get`, `iterate`, and the rest."""

from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pypco
import requests

from emulator import CALLBACK, SCOPES, ascending

COLLECTIONS = [
    "/people/v2/people",
    "/people/v2/emails",
    "/people/v2/phone_numbers",
    "/people/v2/addresses",
    "/people/v2/households",
    "/people/v2/campuses",
    "/people/v2/field_data",
    "/people/v2/tabs",
    "/people/v2/notes",
    "/people/v2/lists",
    "/people/v2/person_mergers",
    "/services/v2/folders",
    "/services/v2/service_types",
    "/services/v2/series",
    "/services/v2/attachments",
    "/services/v2/people",
    "/services/v2/teams",
    "/services/v2/songs",
]


def personal(emulator):
    return pypco.PCO(emulator.personal_id, emulator.personal_secret, api_base=emulator.url)


def walk(pco, path, **parameters):
    return [record["data"]["id"] for record in pco.iterate(path, **parameters)]


def sunday(pco):
    """The path of the next plan of the first service type that has one."""
    for service_type in pco.iterate("/services/v2/service_types"):
        plans = f"/services/v2/service_types/{service_type['data']['id']}/plans"
        coming = pco.get(plans, filter="future", order="sort_date", per_page=1)["data"]
        if coming:
            return f"{plans}/{coming[0]['id']}"
    raise LookupError("no plan lies ahead")


def single_records(emulator, compare):
    """single records, with a Personal Access Token"""
    pco = personal(emulator)
    me = pco.get("/people/v2/me")["data"]
    compare.same("me", emulator.truth("/people/v2/me"), [me["id"]])
    for path in ["/people/v2/people", "/services/v2/songs", "/services/v2/teams"]:
        record_id = emulator.truth(path)[-1]
        record = pco.get(f"{path}/{record_id}")["data"]
        compare.same(path, record_id, record["id"])
        compare.same(f"{path} self", f"{emulator.url}{path}/{record_id}", record["links"]["self"])
        again = pco.get(record["links"]["self"])["data"]
        compare.same(f"{path} by its own link", record, again)
    compare.same("organization", "Organization", pco.get("/people/v2")["data"]["type"])


def full_walks(emulator, compare):
    """full walks of whole collections: every id once"""
    pco = personal(emulator)
    for path in COLLECTIONS:
        compare.same(path, emulator.truth(path), ascending(walk(pco, path, per_page=100)))
    definitions = "/people/v2/field_definitions"
    found = ascending(walk(pco, definitions, filter="include_deleted"))
    compare.same("field definitions, the deleted included", emulator.truth(definitions), found)
    plan = sunday(pco)
    for edge in ["items", "team_members", "plan_times", "needed_positions"]:
        found = ascending(walk(pco, f"{plan}/{edge}", per_page=100))
        compare.same(edge, emulator.truth(f"{plan}/{edge}"), found)


def page_sizes(emulator, compare):
    """walks in pages of 1, 7, 25 and 100, and from the middle"""
    pco = personal(emulator)
    people = emulator.truth("/people/v2/people")
    for per_page in [7, 25, 100]:
        compare.same(f"pages of {per_page}", people, walk(pco, "/people/v2/people", per_page=per_page))
    compare.same("from the middle", people[40:], walk(pco, "/people/v2/people", offset=40))
    households = emulator.truth("/people/v2/households")
    compare.same("pages of 1", households, walk(pco, "/people/v2/households", per_page=1))


def includes(emulator, compare):
    """includes: each person brings their own contact records"""
    pco = personal(emulator)
    seen = {"Email": [], "PhoneNumber": []}
    for person in pco.iterate("/people/v2/people", per_page=50, include="emails,phone_numbers"):
        here = f"/people/v2/people/{person['data']['id']}"
        for kind, edge in [("Email", "emails"), ("PhoneNumber", "phone_numbers")]:
            ids = ascending(record["id"] for record in person["included"] if record["type"] == kind)
            compare.same(f"{here}/{edge}", emulator.truth(f"{here}/{edge}"), ids)
            seen[kind] += ids
    compare.same("all e-mail addresses", emulator.truth("/people/v2/emails"), ascending(seen["Email"]))
    compare.same("all numbers", emulator.truth("/people/v2/phone_numbers"), ascending(seen["PhoneNumber"]))


def conditions(emulator, compare):
    """where, order and filter against a walk sorted out by hand"""
    pco = personal(emulator)
    everybody = [record["data"] for record in pco.iterate("/people/v2/people", per_page=100)]
    for name, value in [("last_name", "kim"), ("child", "true"), ("status", "inactive")]:
        expected = [person["id"] for person in everybody if matches(person["attributes"][name], value)]
        found = walk(pco, "/people/v2/people", per_page=100, **{f"where[{name}]": value})
        compare.same(f"where[{name}]={value}", expected, found)
    newest_first = sorted((person["attributes"]["created_at"] for person in everybody), reverse=True)
    walked = pco.iterate("/people/v2/people", per_page=100, order="-created_at")
    found = [record["data"]["attributes"]["created_at"] for record in walked]
    compare.same("order=-created_at", newest_first, found)
    members = f"{sunday(pco)}/team_members"
    confirmed = [
        record["data"]["id"]
        for record in pco.iterate(members, per_page=100)
        if record["data"]["attributes"]["status"] == "C"
    ]
    compare.same("filter=confirmed", confirmed, walk(pco, members, filter="confirmed"))


def matches(value, wanted):
    return str(value).lower() == wanted


def limits(emulator, compare):
    """a walk through a 429: it waits as told and loses nobody"""
    emulator.fault(path_prefix="/people/v2/people", skip=1, times=1, kind="rate_limited", retry_after="1")
    found = walk(personal(emulator), "/people/v2/people", per_page=100)
    compare.same("people", emulator.truth("/people/v2/people"), found)


def refusals(emulator, compare):
    """refusals: unknown records and paths, PUT, a wrong secret"""
    pco = personal(emulator)
    stranger = pypco.PCO(emulator.personal_id, "wrong", api_base=emulator.url)
    for what, status, call in [
        ("an unknown id", 404, lambda: pco.get("/people/v2/people/1")),
        ("an unknown path", 404, lambda: pco.get("/people/v2/bogus")),
        ("PUT", 404, lambda: pco.request_json("PUT", "/people/v2/people", {})),
        ("a wrong secret", 401, lambda: stranger.get("/people/v2/me")),
    ]:
        error = compare.fails(what, pypco.PCORequestException, call)
        compare.same(what, status, error and error.status_code)


def people_written(emulator, compare):
    """a person: created, patched, deleted"""
    pco = personal(emulator)
    people = "/people/v2/people"
    before = emulator.truth(people)
    template = pco.template("Person", {"first_name": "Wanda", "last_name": "Whitlock"})
    person = pco.post(people, template)["data"]
    here = f"{people}/{person['id']}"
    compare.same("the new person", ascending([*before, person["id"]]), emulator.truth(people))
    changed = pco.patch(here, pco.template("Person", {"last_name": "Whitlock-Vance"}))["data"]
    compare.same("the changed name", "Wanda Whitlock-Vance", changed["attributes"]["name"])
    compare.same("the name read again", changed["attributes"], pco.get(here)["data"]["attributes"])

    compare.same("delete the person", 204, pco.delete(here).status_code)
    compare.same("everybody as before", before, emulator.truth(people))
    error = compare.fails("the deleted person", pypco.PCORequestException, lambda: pco.get(here))
    compare.same("the deleted person", 404, error and error.status_code)


def contact_records_written(emulator, compare):
    """an e-mail address: created, patched, deleted"""
    pco = personal(emulator)
    here = f"/people/v2/people/{emulator.truth('/people/v2/people')[0]}"
    before = emulator.truth(f"{here}/emails")
    address = {"address": "wanda@example.org", "location": "Home", "primary": True}
    email = pco.post(f"{here}/emails", pco.template("Email", address))["data"]
    compare.same("the new address", ascending([*before, email["id"]]), emulator.truth(f"{here}/emails"))
    compare.same("as sent", address, {name: email["attributes"][name] for name in address})
    pco.patch(f"/people/v2/emails/{email['id']}", pco.template("Email", {"location": "Work"}))
    read = pco.get(f"/people/v2/emails/{email['id']}")["data"]
    compare.same("the changed location", "Work", read["attributes"]["location"])
    compare.same("delete", 204, pco.delete(f"/people/v2/emails/{email['id']}").status_code)
    compare.same("as before", before, emulator.truth(f"{here}/emails"))


def open_position(pco, plan):
    """A team of the plan's service type, and the name of a position in it."""
    service_type = plan.removeprefix("/services/v2/").split("/plans")[0]
    for position in pco.iterate(f"/services/v2/{service_type}/team_positions"):
        return position["data"]["relationships"]["team"]["data"]["id"], position["data"]["attributes"]["name"]
    raise LookupError("no team has a position")


def schedule_answered(emulator, compare):
    """a request to serve: accepted, declined with a reason"""
    pco = personal(emulator)
    me = emulator.truth("/services/v2/me")[0]
    plan = sunday(pco)
    team, position = open_position(pco, plan)
    asked = {"person_id": me, "team_id": team, "team_position_name": position, "status": "U"}
    # A notification that is only prepared would keep the request from the person.
    asked["prepare_notification"] = False
    member = pco.post(f"{plan}/team_members", pco.template("PlanPerson", asked))["data"]
    here = f"{plan}/team_members/{member['id']}"
    compare.same("unconfirmed", "U", pco.get(here)["data"]["attributes"]["status"])
    schedule = f"/services/v2/people/{me}/schedules/{member['id']}"
    pco.post(f"{schedule}/accept")
    compare.same("accepted", "C", pco.get(here)["data"]["attributes"]["status"])
    pco.post(f"{schedule}/decline", pco.template("ScheduleDecline", {"reason": "Away"}))
    declined = pco.get(here)["data"]["attributes"]
    compare.same("declined", ("D", "Away"), (declined["status"], declined["decline_reason"]))
    compare.same("taken off", 204, pco.delete(here).status_code)


def list_run(emulator, compare):
    """a list is run: 204 without a body, by GET and by POST"""
    pco = personal(emulator)
    here = f"/people/v2/lists/{emulator.truth('/people/v2/lists')[0]}/run"
    compare.same("GET", None, pco.get(here))
    compare.same("POST", 204, pco.request_response("POST", here).status_code)


def writes_refused(emulator, compare):
    """writes refused: no data, an attribute that is not assignable"""
    pco = personal(emulator)
    before = emulator.truth("/people/v2/people")
    for what, status, payload in [
        ("no data", 400, {}),
        ("an unknown attribute", 422, pco.template("Person", {"first_name": "A", "last_name": "B", "bogus": 1})),
    ]:
        error = compare.fails(what, pypco.PCORequestException, lambda: pco.post("/people/v2/people", payload))
        compare.same(what, status, error and error.status_code)
    compare.same("nobody was made", before, emulator.truth("/people/v2/people"))


def own_sign_in(emulator, compare):
    """its own OAuth calls: sign-in address, code, refresh"""
    with planning_center_at(emulator):
        address = pypco.get_browser_redirect_url(emulator.confidential_id, CALLBACK, SCOPES)
        back = emulator.consent(address.replace(PLANNING_CENTER, emulator.url))
        code = parse_qs(urlsplit(back).query)["code"][0]
        client = (emulator.confidential_id, emulator.confidential_secret)
        pair = pypco.get_oauth_access_token(*client, code, CALLBACK)
        again = pypco.get_oauth_refresh_token(*client, pair["refresh_token"])
        compare.same("a new refresh token", False, pair["refresh_token"] == again["refresh_token"])
        for what, call in [
            ("the code once more", lambda: pypco.get_oauth_access_token(*client, code, CALLBACK)),
            ("the refresh token once more", lambda: pypco.get_oauth_refresh_token(*client, pair["refresh_token"])),
        ]:
            error = compare.fails(what, pypco.PCORequestException, call)
            compare.same(what, 400, error and error.status_code)
    pco = pypco.PCO(token=again["access_token"], api_base=emulator.url)
    compare.same("me", emulator.truth("/people/v2/me"), [pco.get("/people/v2/me")["data"]["id"]])
    compare.same("people", emulator.truth("/people/v2/people"), walk(pco, "/people/v2/people"))


PLANNING_CENTER = "https://api.planningcenteronline.com"


@contextmanager
def planning_center_at(emulator):
    """Lets Planning Center's name lead to the emulator: pypco's OAuth calls take no other address."""
    plain = requests.sessions.HTTPAdapter

    class Loopback(plain):
        def send(self, request, *arguments, **named):
            request.url = request.url.replace(PLANNING_CENTER, emulator.url)
            return super().send(request, *arguments, **named)

    requests.sessions.HTTPAdapter = Loopback
    try:
        yield
    finally:
        requests.sessions.HTTPAdapter = plain


TRIALS = [
    single_records,
    full_walks,
    page_sizes,
    includes,
    conditions,
    limits,
    refusals,
    people_written,
    contact_records_written,
    schedule_answered,
    list_run,
    writes_refused,
    own_sign_in,
]

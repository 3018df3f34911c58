"""requests-oauthlib as its manual uses it: PKCE or a secret, automatic refresh, and plain requests."""

import os
import time
from urllib.parse import parse_qs, urlsplit

from oauthlib.oauth2 import InvalidClientError, InvalidGrantError, MismatchingStateError, OAuth2Error
from requests_oauthlib import OAuth2Session

from emulator import CALLBACK, SCOPES, ascending

# The package's own switch for a server without TLS.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"


def session(emulator, client_id=None, **options):
    return OAuth2Session(client_id or emulator.client_id, redirect_uri=CALLBACK, scope=SCOPES, **options)


def authorize(emulator, asking):
    address, _ = asking.authorization_url(f"{emulator.url}/oauth/authorize")
    return emulator.consent(address)


def fetch(emulator, asking, back, **options):
    options = {"include_client_id": True} | options
    return asking.fetch_token(f"{emulator.url}/oauth/token", authorization_response=back, **options)


def signed_in(emulator, **options):
    asking = session(emulator, pkce="S256", **options)
    fetch(emulator, asking, authorize(emulator, asking))
    return asking


def walk(emulator, asking, path):
    """The ids found by following `links.next`."""
    ids, address = [], f"{emulator.url}{path}"
    while address:
        page = asking.get(address).json()
        ids += [record["id"] for record in page["data"]]
        address = page["links"].get("next")
    return ids


def public_application(emulator, compare):
    """a Public application: PKCE, no secret"""
    asking = session(emulator, pkce="S256")
    pair = fetch(emulator, asking, authorize(emulator, asking))
    compare.same("lifetime", 7200, pair["expires_in"])
    compare.same("scopes", SCOPES, list(pair["scope"]))
    compare.same("kind", "bearer", pair["token_type"].lower())
    compare.same("made now", True, abs(pair["created_at"] - time.time()) < 60)
    me = asking.get(f"{emulator.url}/people/v2/me").json()["data"]["id"]
    compare.same("me", emulator.truth("/people/v2/me"), [me])


def confidential_application(emulator, compare):
    """a Confidential application: secret by Basic, and in the body"""
    secret = emulator.confidential_secret
    for what, options in [
        ("Basic", {"include_client_id": False, "auth": (emulator.confidential_id, secret)}),
        ("body", {"client_secret": secret}),
    ]:
        asking = session(emulator, emulator.confidential_id)
        fetch(emulator, asking, authorize(emulator, asking), **options)
        compare.same(what, 200, asking.get(f"{emulator.url}/services/v2/me").status_code)
    asking = session(emulator, emulator.confidential_id)
    back = authorize(emulator, asking)
    wrong = {"client_secret": "wrong"}
    compare.fails("a wrong secret", InvalidClientError, lambda: fetch(emulator, asking, back, **wrong))


def refusals(emulator, compare):
    """refusals: foreign state, no PKCE, wrong verifier, a code twice"""
    asking = session(emulator, pkce="S256")
    back = authorize(emulator, asking)
    foreign = session(emulator, pkce="S256")
    foreign.authorization_url(f"{emulator.url}/oauth/authorize")
    compare.fails("a foreign state", MismatchingStateError, lambda: fetch(emulator, foreign, back))
    pair = fetch(emulator, asking, back)
    compare.same("the right state", True, "access_token" in pair)
    compare.fails("a code twice", InvalidGrantError, lambda: fetch(emulator, asking, back))

    plain = session(emulator)
    refused = authorize(emulator, plain)
    compare.fails("no PKCE", OAuth2Error, lambda: fetch(emulator, plain, refused))

    asking = session(emulator, pkce="S256")
    code = parse_qs(urlsplit(authorize(emulator, asking)).query)["code"][0]
    thief = session(emulator, pkce="S256")
    thief.authorization_url(f"{emulator.url}/oauth/authorize")
    stolen = {"code": code}
    compare.fails("a wrong verifier", InvalidGrantError, lambda: fetch(emulator, thief, None, **stolen))


def full_walks(emulator, compare):
    """full walks by links.next: every id once"""
    asking = signed_in(emulator)
    for path in ["/people/v2/people", "/people/v2/households", "/services/v2/songs", "/services/v2/people"]:
        compare.same(path, emulator.truth(path), ascending(walk(emulator, asking, path)))


def includes(emulator, compare):
    """includes: a plan's team members bring their people and team"""
    asking = signed_in(emulator)
    service_type = emulator.truth("/services/v2/service_types")[0]
    plans = f"/services/v2/service_types/{service_type}/plans"
    coming = asking.get(f"{emulator.url}{plans}?filter=future&order=sort_date&per_page=1").json()
    members = f"{plans}/{coming['data'][0]['id']}/team_members"
    page = asking.get(f"{emulator.url}{members}?include=person,team&per_page=100").json()
    compare.same("members", emulator.truth(members), ascending(record["id"] for record in page["data"]))
    for name, kind in [("person", "Person"), ("team", "Team")]:
        linked = {record["relationships"][name]["data"]["id"] for record in page["data"]}
        brought = [record["id"] for record in page["included"] if record["type"] == kind]
        compare.same(f"each {name} once", ascending(linked), ascending(brought))


def refreshes(emulator, compare):
    """refreshes: a new pair each time, the used token is dead"""
    asking = signed_in(emulator)
    first = dict(asking.token)
    address, named = f"{emulator.url}/oauth/token", {"client_id": emulator.client_id}
    for round_number in range(3):
        used = asking.token["refresh_token"]
        asking.refresh_token(address, **named)
        compare.same(f"new token {round_number}", False, asking.token["refresh_token"] == used)
        compare.same("me", 200, asking.get(f"{emulator.url}/people/v2/me").status_code)
    dead = first["refresh_token"]
    compare.fails("the first one", InvalidGrantError, lambda: asking.refresh_token(address, dead, **named))


def automatic_refresh(emulator, compare):
    """automatic refresh when the access token has run out"""
    kept = []
    asking = signed_in(
        emulator,
        auto_refresh_url=f"{emulator.url}/oauth/token",
        auto_refresh_kwargs={"client_id": emulator.client_id},
        token_updater=kept.append,
    )
    old = asking.token["access_token"]
    asking.token = asking.token | {"expires_in": -1, "expires_at": time.time() - 1}
    compare.same("me", 200, asking.get(f"{emulator.url}/people/v2/me").status_code)
    compare.same("refreshed once", 1, len(kept))
    compare.same("another access token", False, kept[0]["access_token"] == old)


def revocation(emulator, compare):
    """revocation: both tokens are dead afterwards"""
    asking = signed_in(emulator)
    form = {"token": asking.token["refresh_token"], "client_id": emulator.client_id}
    answer = asking.post(f"{emulator.url}/oauth/revoke", data=form, withhold_token=True)
    compare.same("revoked", 200, answer.status_code)
    answer = asking.get(f"{emulator.url}/people/v2/me")
    compare.same("the access token", 401, answer.status_code)
    compare.same("the animal", True, "CAPUCHIN" in answer.text)
    address, named = f"{emulator.url}/oauth/token", {"client_id": emulator.client_id}
    compare.fails("the refresh token", InvalidGrantError, lambda: asking.refresh_token(address, **named))


def people_written(emulator, compare):
    """a person: created, patched, deleted"""
    asking = signed_in(emulator)
    people = f"{emulator.url}/people/v2/people"
    before = emulator.truth("/people/v2/people")
    created = asking.post(people, json=document("Person", first_name="Otto", last_name="Overbeck"))
    compare.same("created", 201, created.status_code)
    person = created.json()["data"]["id"]
    compare.same("everybody", ascending([*before, person]), emulator.truth("/people/v2/people"))
    changed = asking.patch(f"{people}/{person}", json=document("Person", nickname="Otti"))
    compare.same("patched", (200, "Otti"), (changed.status_code, changed.json()["data"]["attributes"]["nickname"]))
    gone = asking.delete(f"{people}/{person}")
    compare.same("deleted", (204, b""), (gone.status_code, gone.content))
    compare.same("everybody as before", before, emulator.truth("/people/v2/people"))
    compare.same("read again", 404, asking.get(f"{people}/{person}").status_code)


def phone_number_written(emulator, compare):
    """a phone number: created, found, patched, deleted"""
    asking = signed_in(emulator)
    owner = emulator.truth("/people/v2/people")[-1]
    own = f"/people/v2/people/{owner}/phone_numbers"
    before = emulator.truth(own)
    number = document("PhoneNumber", number="(518) 555-0147", location="Work")
    created = asking.post(f"{emulator.url}{own}", json=number)
    compare.same("created", 201, created.status_code)
    record = created.json()["data"]
    compare.same("as sent", "(518) 555-0147", record["attributes"]["number"])
    compare.same("in the form of E.164", "+15185550147", record["attributes"]["e164"])
    compare.same("the new number", ascending([*before, record["id"]]), emulator.truth(own))
    search = {"where[search_phone_number]": "518-555-0147"}
    found = asking.get(f"{emulator.url}/people/v2/people", params=search).json()
    compare.same("its owner, by the number", [owner], [person["id"] for person in found["data"]])
    here = f"{emulator.url}/people/v2/phone_numbers/{record['id']}"
    changed = asking.patch(here, json=document("PhoneNumber", location="Mobile"))
    compare.same("patched", (200, "Mobile"), (changed.status_code, changed.json()["data"]["attributes"]["location"]))
    gone = asking.delete(here)
    compare.same("deleted", (204, b""), (gone.status_code, gone.content))
    compare.same("as before", before, emulator.truth(own))


def identity(emulator, compare):
    """openid: userinfo names the person and the organization"""
    asking = OAuth2Session(emulator.client_id, redirect_uri=CALLBACK, scope=["openid", *SCOPES], pkce="S256")
    pair = fetch(emulator, asking, authorize(emulator, asking))
    compare.same("three parts of an id token", 3, len(pair["id_token"].split(".")))
    claims = asking.get(f"{emulator.url}/oauth/userinfo").json()
    me = asking.get(f"{emulator.url}/people/v2/me?include=organization").json()
    compare.same("person", (me["data"]["id"], me["data"]["attributes"]["name"]), (claims["sub"], claims["name"]))
    organization = me["included"][0]
    named = (str(claims["organization_id"]), claims["organization_name"])
    compare.same("organization", (organization["id"], organization["attributes"]["name"]), named)


def document(kind, **attributes):
    return {"data": {"type": kind, "attributes": attributes}}


TRIALS = [
    public_application,
    confidential_application,
    refusals,
    full_walks,
    includes,
    refreshes,
    automatic_refresh,
    revocation,
    identity,
    people_written,
    phone_number_written,
]

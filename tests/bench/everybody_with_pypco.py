"""Reads everybody with pypco and tells how long that took. Contacts come along, as they do for Narthex."""

import json
import sys
import time

import pypco

url, application_id, secret, *per_page = sys.argv[1:]
pco = pypco.PCO(application_id, secret, api_base=url.rstrip("/"))
parameters = {"include": "emails,phone_numbers,addresses,households,primary_campus"}
if per_page:
    parameters["per_page"] = int(per_page[0])
began = time.monotonic()
people = {person["data"]["id"] for person in pco.iterate("/people/v2/people", **parameters)}
print(json.dumps({"seconds": time.monotonic() - began, "people": len(people)}))

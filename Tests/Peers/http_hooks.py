"""Gives sound calls of schemathesis something to compute with.

What schemathesis invents for a service is of the described form, but names no hook that the service
has and brings none of its data, so it would never come further than the first check. Half of the
sound calls therefore get a hook of the service and the data of an example patient; all that was
invented beside stays in. Calls that are meant to be wrong are left as they are.

At the end the answers are counted into the file LIMEN_PEER_COUNTS: that nothing was answered wrongly
shows little when nothing was answered at all.
"""

import atexit
import collections
import itertools
import json
import os
import urllib.request

import schemathesis
from schemathesis.generation import GenerationMode

base = os.environ["LIMEN_PEER_URL"]
with open(os.environ["LIMEN_PEER_BUNDLE"], encoding="utf-8") as file:
    resources = [entry["resource"] for entry in json.load(file)["entry"]]
with urllib.request.urlopen(base + "/cds-services") as answer:
    services = json.load(answer)["services"]
patient = next(r for r in resources if r["resourceType"] == "Patient")
turn = itertools.count()
counts = collections.Counter()
# The calls that were made sound, by the tool's own name for each.
sound = set()


def fetched(template):
    kind = template.split("?")[0].split("/")[0]
    if kind == "Patient":
        return patient
    found = [{"resource": r} for r in resources if r["resourceType"] == kind]
    return {"resourceType": "Bundle", "type": "searchset", "entry": found}


def context(hook):
    known = {"userId": "Practitioner/example", "patientId": patient["id"]}
    if hook.startswith("encounter"):
        known["encounterId"] = "e1"
    if hook in ("order-sign", "order-select"):
        known["draftOrders"] = {"resourceType": "Bundle", "type": "collection", "entry": []}
    if hook == "order-select":
        known["selections"] = []
    if hook == "medication-refill":
        known["medications"] = {"resourceType": "Bundle", "type": "collection", "entry": []}
    return known


@schemathesis.hook
def before_call(_, case, kwargs):
    body = case.body
    meta = case.meta
    if case.operation.path != "/cds-services/{id}" or not isinstance(body, dict):
        return
    if meta is None or meta.generation.mode is not GenerationMode.POSITIVE:
        return
    number = next(turn)
    if number % 2:
        return
    service = services[number // 2 % len(services)]
    case.path_parameters["id"] = service["id"]
    body["hook"] = service["hook"]
    body["context"] = {**body.get("context", {}), **context(service["hook"])}
    body["prefetch"] = {key: fetched(text) for key, text in service.get("prefetch", {}).items()}
    body.pop("extension", None)
    sound.add(case.id)


@schemathesis.hook
def after_call(_, case, response):
    if case.operation.path != "/cds-services/{id}" or case.method.upper() != "POST":
        return
    counts["calls"] += 1
    counts[f"status {response.status_code}"] += 1
    made = case.id in sound
    counts["made sound"] += made
    if made:
        counts[f"made sound, status {response.status_code}"] += 1
    if response.status_code != 200:
        return
    cards = response.json().get("cards")
    counts["answered with cards"] += bool(cards)
    counts["made sound and answered"] += made


def tell():
    with open(os.environ["LIMEN_PEER_COUNTS"], "w", encoding="utf-8") as file:
        json.dump(counts, file)


atexit.register(tell)

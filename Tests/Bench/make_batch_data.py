#!/usr/bin/env python3
"""Makes a large set of patients for `limen batch` from the sample data.

    Tests/Bench/make_batch_data.py ../shared/data batch.ndjson --patients 100000

Every patient of the Synthea samples is taken with the newest vital signs and laboratory results,
and with the vital signs of the US Core examples, moved to that patient and to the minutes
before the newest of their own. They are copied under new ids until there are enough, written as NDJSON, one
resource a line, and shuffled within blocks of 2,000 patients, so that the resources of a patient
lie apart. The same arguments give the same bytes.
"""

import argparse
import datetime
import json
import pathlib
import random
import sys

BLOCK = 2_000
KEPT = 10
CATEGORIES = {"vital-signs", "laboratory"}


def resources(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    if document.get("resourceType") == "Bundle":
        return [entry["resource"] for entry in document.get("entry", []) if "resource" in entry]
    return [document]


def is_wanted(resource):
    if resource["resourceType"] != "Observation" or "effectiveDateTime" not in resource:
        return False
    codings = [
        coding.get("code")
        for category in resource.get("category", [])
        for coding in category.get("coding", [])
    ]
    return any(code in CATEGORIES for code in codings)


def slim(resource):
    """What a score can read; narrative and references to other resources are left out."""
    drop = {"text", "encounter", "performer", "hasMember", "derivedFrom", "contained", "extension"}
    return {name: value for name, value in resource.items() if name not in drop}


def template(resource):
    resource = slim(resource)
    resource["id"] = "@ID@"
    if resource["resourceType"] == "Observation":
        resource["subject"] = {"reference": "Patient/@PATIENT@"}
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":"))


def sources(data):
    examples = []
    for path in sorted((data / "r4-examples" / "us-core-3").glob("Observation-*.json")):
        examples += [r for r in resources(path) if is_wanted(r)]
    found = []
    for folder in ("synthea-2019-r4", "synthea-uscore-inferno"):
        for path in sorted((data / folder).glob("*.json")):
            all_of_them = resources(path)
            patients = [r for r in all_of_them if r["resourceType"] == "Patient"]
            observations = [r for r in all_of_them if is_wanted(r)]
            if len(patients) != 1 or not observations:
                continue
            observations.sort(key=lambda r: r["effectiveDateTime"])
            newest = datetime.datetime.fromisoformat(observations[-1]["effectiveDateTime"])
            moved = [
                dict(r, effectiveDateTime=(newest - datetime.timedelta(minutes=1 + n)).isoformat())
                for n, r in enumerate(examples)
            ]
            kept = observations[-KEPT:] + moved
            found.append((template(patients[0]), [template(r) for r in kept]))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=pathlib.Path, help="the folder with the sample data")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--patients", type=int, default=100_000)
    arguments = parser.parse_args()
    found = sources(arguments.data)
    if not found:
        sys.exit("there is no sample data in " + str(arguments.data))
    chance = random.Random(20260504)
    with arguments.out.open("w", encoding="utf-8") as out:
        block = []
        for number in range(arguments.patients):
            patient, observations = found[number % len(found)]
            name = f"b{number:07d}"
            block.append(patient.replace("@ID@", name))
            for position, observation in enumerate(observations):
                line = observation.replace("@ID@", f"{name}-{position}")
                block.append(line.replace("@PATIENT@", name))
            if (number + 1) % BLOCK == 0 or number + 1 == arguments.patients:
                chance.shuffle(block)
                out.write("\n".join(block) + "\n")
                block = []
    print(f"{arguments.patients} patients from {len(found)}", file=sys.stderr)


main()

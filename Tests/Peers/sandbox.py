"""HealthChain's SandboxClient, a client none of us wrote, fires patient-view and must get cards.

    python sandbox.py BASE-URL KEY-FILE BUNDLE
"""

import json
import sys

import httpx
from healthchain.sandbox import SandboxClient


def main() -> int:
    base, key_file, bundle_file = sys.argv[1:4]
    with open(key_file, encoding="utf-8") as file:
        key = file.read().strip()
    with open(bundle_file, encoding="utf-8") as file:
        resources = [entry["resource"] for entry in json.load(file)["entry"]]
    patient = next(r for r in resources if r["resourceType"] == "Patient")
    observations = [r for r in resources if r["resourceType"] == "Observation"]

    # The client has no place for credentials, so every request of httpx gets them.
    send = httpx.Client.send

    def send_with_key(self, request, **named):
        request.headers["Authorization"] = "Bearer " + key
        return send(self, request, **named)

    httpx.Client.send = send_with_key
    client = SandboxClient(url=base + "/cds-services/news2", workflow="patient-view")
    # Its own generator makes a request of the right form; patient and data are those of the file.
    client.load_synthetic(n=1, random_seed=1)
    request = client.requests[0]
    request.context.patientId = patient["id"]
    request.prefetch = {
        "patient": patient,
        "observations": {
            "resourceType": "Bundle",
            "type": "searchset",
            "entry": [{"resource": resource} for resource in observations],
        },
    }
    cards = [card for answer in client.send_requests() for card in (answer or {}).get("cards", [])]
    if not cards:
        print("FAILED: HealthChain got no card")
        return 1
    for card in cards:
        print(f"HealthChain got: {card['indicator']}: {card['summary']}")
    return 0


sys.exit(main())

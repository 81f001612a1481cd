"""HealthChain's SandboxClient, a client none of us wrote, fires hooks and must get cards.

    python sandbox.py BASE-URL KEY-FILE BUNDLE

It reads its data from a file and makes its requests itself; only the patient's id is set, because
it invents one. It has no place for credentials, so they are put on every request of httpx.
"""

import json
import sys
import tempfile

import httpx
from healthchain.models.responses.cdsresponse import CDSResponse
from healthchain.sandbox import SandboxClient

# Of a context it sends user and patient only (0.16.1), so hooks that need more are out of its reach.
SERVICES = [("news2", "patient-view"), ("qsofa", "patient-view"), ("sirs", "patient-view")]


def main() -> int:
    base, key_file, bundle_file = sys.argv[1:4]
    with open(key_file, encoding="utf-8") as file:
        key = file.read().strip()
    with open(bundle_file, encoding="utf-8") as file:
        resources = [entry["resource"] for entry in json.load(file)["entry"]]
    patient = next(r for r in resources if r["resourceType"] == "Patient")

    def prefetch(template):
        kind = template.split("?")[0].split("/")[0]
        if kind == "Patient":
            return patient
        found = [{"resource": r} for r in resources if r["resourceType"] == kind]
        return {"resourceType": "Bundle", "type": "searchset", "entry": found}

    offered = {
        (s["id"], s["hook"]): s["prefetch"]
        for s in httpx.get(base + "/cds-services").json()["services"]
    }
    send = httpx.Client.send

    def send_with_key(self, request, **named):
        request.headers["Authorization"] = "Bearer " + key
        return send(self, request, **named)

    httpx.Client.send = send_with_key
    failed = False
    for service, hook in SERVICES:
        # Nothing is left out in silence: a service that is not there shows nothing.
        if (service, hook) not in offered:
            print(f"FAILED {hook} {service}: not offered")
            failed = True
            continue
        client = SandboxClient(url=f"{base}/cds-services/{service}", workflow=hook)
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            data = {name: prefetch(text) for name, text in offered[service, hook].items()}
            json.dump(data, file)
            file.flush()
            client.load_from_path(file.name)
        for request in client.requests:
            request.context.patientId = patient["id"]
        count = 0
        for answer in client.send_requests():
            # Its model of a response must take ours.
            response = CDSResponse(**(answer or {}))
            for card in response.cards or []:
                print(f"ok    {hook} {service}: {card.indicator}: {card.summary}")
                count += 1
        if count == 0:
            print(f"FAILED {hook} {service}: no card")
            failed = True
    return 1 if failed else 0


sys.exit(main())

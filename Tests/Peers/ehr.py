"""An EHR whose tokens PyJWT signs: it rotates its keys, makes mistakes, and replays.

    python ehr.py STATE certificate   a certificate for the key server, before the gateway starts
    python ehr.py STATE fire          register, fire, rotate, be refused; keeps one used token
    python ehr.py STATE rotate        keys that the gateway reads from a URL, rotated by use alone
    python ehr.py STATE replay [URL]  the used token once more: after a restart, or elsewhere
"""

import base64
import hmac
import json
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from ehr_keys import KeyServer, make_certificate

state, phase = sys.argv[1:3]
if phase == "certificate":
    make_certificate(os.path.dirname(state))
    sys.exit(0)
base = open(state + "/url", encoding="utf-8").read().strip()
services = json.load(urllib.request.urlopen(base + "/cds-services"))["services"]
path = "/cds-services/" + next(s["id"] for s in services if s["hook"] == "patient-view")
issuer = "https://peer-ehr.example"
target = sys.argv[3] if len(sys.argv) > 3 else base
request = json.load(open(state + "/example-request.json", encoding="utf-8"))
failures = []


def check(what, holds, seen=""):
    print(("ok    " if holds else "FAILED ") + what, seen if not holds else "")
    if not holds:
        failures.append(what)


def ec_key(kid):
    return kid, ec.generate_private_key(ec.SECP384R1()), "ES384"


def rsa_key(kid):
    return kid, rsa.generate_private_key(65537, 2048), "RS384"


def public(key):
    kid, private, algorithm = key
    kind = RSAAlgorithm if algorithm == "RS384" else ECAlgorithm
    text = kind.to_jwk(private.public_key())
    return dict(json.loads(text), kid=kid, use="sig", alg=algorithm)


def register(name, issuer, keys):
    document = {
        "format": "limen-client/1", "id": name, "tenant": "demo",
        "jwt": {"issuer": issuer, "tenant": "ward-7", "keys": keys},
    }
    path = f"{state}/clients/{name}.json"
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(document, file)
    os.replace(path + ".new", path)
    os.kill(int(open(state + "/pid", encoding="utf-8").read()), signal.SIGHUP)


def publish(*keys):
    register("peer-ehr", issuer, {"inline": {"keys": [public(key) for key in keys]}})


def claims(**changes):
    now = int(time.time())
    made = {"iss": issuer, "aud": base + path, "iat": now, "exp": now + 60,
            "jti": str(uuid.uuid4()), "tenant": "ward-7"}
    made.update(changes)
    return {name: value for name, value in made.items() if value is not None}


def sign(key, headers=None, **changes):
    kid, private, algorithm = key
    return jwt.encode(claims(**changes), private, algorithm, headers={"kid": kid, **(headers or {})})


def fire(token):
    body = dict(request, hookInstance=str(uuid.uuid4()))
    call = urllib.request.Request(
        target + path, json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": "Bearer " + token})
    try:
        with urllib.request.urlopen(call) as response:
            return response.status, response.read(), dict(response.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read(), dict(error.headers)


def wait_until(token, status=200, seconds=60):
    for _ in range(seconds * 5):
        answer = fire(token())
        if answer[0] == status:
            return answer
        time.sleep(0.2)
    return answer


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def refused():
    old = int(time.time()) - 3600
    unsigned = jwt.encode(claims(), None, "none", headers={"kid": first[0]})
    # PyJWT refuses to take a public key for a secret, so this one is made by hand.
    head = json.dumps({"alg": "HS256", "typ": "JWT", "kid": first[0]}).encode()
    signed = base64url(head) + "." + base64url(json.dumps(claims()).encode())
    secret = json.dumps(public(first)).encode()
    symmetric = signed + "." + base64url(hmac.digest(secret, signed.encode(), "sha256"))
    yield "not signed", unsigned
    yield "HMAC with the public key", symmetric
    yield "another key with the known kid", sign((first[0], ec_key("x")[1], "ES384"))
    yield "an unknown kid", sign(("nobody", first[1], "ES384"))
    yield "an unknown issuer", sign(first, iss="https://nobody.example")
    yield "another audience", sign(first, aud=base + "/cds-services/other")
    yield "no audience", sign(first, aud=None)
    yield "a clock one hour slow", sign(first, iat=old, exp=old + 60)
    yield "a clock one hour fast", sign(first, iat=old + 7200, exp=old + 7260)
    yield "a life of a day", sign(first, exp=int(time.time()) + 86400)
    yield "another tenant", sign(first, tenant="ward-8")
    yield "no tenant", sign(first, tenant=None)
    yield "no jti", sign(first, jti=None)
    yield "a jku that is not registered", sign(first, {"jku": "https://nobody.example/jwks"})
    yield "a key of its own", sign(first, {"jwk": public(ec_key("own"))})
    good = sign(first)
    yield "a changed signature", good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB")
    yield "no token", "a.b.c"


def finish():
    print(len(failures), "failed")
    sys.exit(1 if failures else 0)


def rotate():
    """Keys at a URL: read in the background, rotated without a gap, and not at a stranger's word."""
    keys = KeyServer(os.path.dirname(state))
    ours = "https://peer-url.example"
    one, two, own = ec_key("one"), rsa_key("two"), {"iss": ours}
    keys.keys = [public(one)]
    register("peer-url", ours, {"url": keys.url})
    status = wait_until(lambda: sign(one, **own), seconds=30)[0]
    check("keys at an HTTPS address are read in the background", status == 200, status)
    statuses, strangers, ended = [], [], threading.Event()

    def fire_on():
        while not ended.is_set():
            statuses.append(fire(sign(one, **own))[0])
            strangers.append(fire(sign((str(uuid.uuid4()), one[1], "ES384"), **own))[0])
            time.sleep(0.05)

    thread, begun = threading.Thread(target=fire_on), time.monotonic()
    thread.start()
    keys.keys = [public(one), public(two)]
    status = wait_until(lambda: sign(two, **own), seconds=90)[0]
    check("a key that was added is found by its use", status == 200, status)
    # One withdraws the old key; tokens it signed just before are still on their way.
    keys.keys = [public(two)]
    reads = keys.reads
    for _ in range(450):
        if keys.reads > reads:
            break
        time.sleep(0.2)
    time.sleep(1)
    check("the withdrawn key counts while its tokens may be on their way",
          keys.reads > reads and fire(sign(one, **own))[0] == 200)
    ended.set()
    thread.join()
    elapsed = time.monotonic() - begun
    check(f"no gap in {len(statuses)} calls while the keys rotate", set(statuses) == {200},
          set(statuses))
    check(f"{len(strangers)} tokens with invented kids brought {keys.reads} reads in {elapsed:.0f} s",
          keys.reads <= 2 + elapsed / 60 and set(strangers) <= {401, 429}, set(strangers))
    keys.close()
    check("keys that were read count while their server is away",
          fire(sign(two, **own))[0] == 200)


def kept(name):
    with open(f"{state}/{name}.token", encoding="utf-8") as file:
        return file.read()


def replays():
    with urllib.request.urlopen(target + "/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return next((line for line in lines if 'reason="token-replayed"' in line), "0").split()[-1]


if phase == "replay":
    status, body, _ = fire(kept("used"))
    where = "refused by a second instance" if target != base else "refused after a restart"
    seen = (status, body, replays())
    check("a used token is " + where, seen == (401, b"", "1"), seen)
    if target != base:
        check("one that was not is accepted there", fire(kept("fresh"))[0] == 200)
        check("and only once", fire(kept("fresh"))[0] == 401)
        target = base
        check("and not by the first instance after that", fire(kept("fresh"))[0] == 401)
    finish()
if phase == "rotate":
    rotate()
    finish()

first, second = ec_key("2026-a"), rsa_key("2026-b")
publish(first)
status, body, _ = wait_until(lambda: sign(first))
check("a token of PyJWT gets cards", status == 200 and json.loads(body)["cards"], status)
used = sign(first, exp=int(time.time()) + 290)
check("a second token is accepted", fire(used)[0] == 200)
check("the same token again is not", fire(used)[0] == 401)
seen = set()
for what, token in refused():
    status, body, headers = fire(token)
    check("refused: " + what, status == 401 and body == b"", status)
    headers.pop("Date", None)
    seen.add(json.dumps(headers, sort_keys=True))
check("all refusals look the same", len(seen) == 1, len(seen))

# The keys rotate while calls go on, first with both keys published, then with the new one only.
statuses, ended = [], threading.Event()


def keep_firing():
    while not ended.is_set():
        statuses.append(fire(sign(first))[0])


thread = threading.Thread(target=keep_firing)
thread.start()
publish(first, second)
wait_until(lambda: sign(second))
publish(second)
time.sleep(12)
ended.set()
thread.join()
check(f"no gap in {len(statuses)} calls while keys rotate", set(statuses) == {200}, set(statuses))
check("the new key is accepted", fire(sign(second))[0] == 200)
# Signed with the key in force, so that nothing but its use speaks against it elsewhere.
used = sign(second, exp=int(time.time()) + 290)
check("a token for the other instances is accepted here", fire(used)[0] == 200)
open(state + "/used.token", "w", encoding="utf-8").write(used)
open(state + "/fresh.token", "w", encoding="utf-8").write(
    sign(second, exp=int(time.time()) + 290))
metrics = urllib.request.urlopen(base + "/metrics").read().decode()
for reason in ["token-replayed", "token-signature", "token-expired", "token-issued-in-future",
               "token-issuer-unknown", "token-audience", "token-tenant"]:
    check("the metric counts " + reason, f'reason="{reason}"' in metrics)
finish()

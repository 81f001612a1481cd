"""Runs Limen and its peers side by side, each alone, one after the other, and holds them together.

Started by Tests/Peers/bench, which builds what it needs and names it in the environment.
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import datetime, timedelta, timezone

import charts
import report
from cluster import Cluster

HERE = pathlib.Path(__file__).resolve().parent
HOME = HERE.parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
# The share of failed answers and broken connections above which a row is no measurement: one in a
# thousand moves no figure that is compared here.
FAILED_SHARE_MAX = 0.001
VITALS = [
    ("9279-1", "16", "/min"), ("59408-5", "95", "%"), ("8480-6", "118", "mm[Hg]"),
    ("8867-4", "95", "/min"), ("8310-5", "101.3", "[degF]"), ("3151-8", "2", "L/min"),
]


def body(size):
    """A patient-view of about so many bytes: full sets of vital signs, the newest first."""
    now = datetime.now(timezone.utc)
    entries, length, index = [], 400, 0
    while length < size:
        at = (now - timedelta(seconds=600 + index * 300)).strftime("%Y-%m-%dT%H:%M:%SZ")
        code, value, unit = VITALS[index % len(VITALS)]
        resource = {
            "resourceType": "Observation", "id": f"o{index}",
            "meta": {"versionId": "1", "lastUpdated": at}, "status": "final",
            "category": [{"coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                "code": "vital-signs"}]}],
            "code": {"coding": [{
                "system": "http://loinc.org", "code": code, "display": "Vital sign"}]},
            "subject": {"reference": "Patient/p1"}, "effectiveDateTime": at,
        }
        if index % 7 == 6:
            resource["code"]["coding"] = [{
                "system": "http://snomed.info/sct", "code": "248234008",
                "display": "Mentally alert"}]
        else:
            resource["valueQuantity"] = {
                "value": float(value) if "." in value else int(value), "unit": unit,
                "system": "http://unitsofmeasure.org", "code": unit}
        entry = {"fullUrl": f"https://fhir.example/Observation/o{index}", "resource": resource}
        entries.append(entry)
        length += len(json.dumps(entry, separators=(",", ":"))) + 1
        index += 1
    return json.dumps({
        "hook": "patient-view", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/p", "patientId": "p1"},
        "prefetch": {
            "patient": {"resourceType": "Patient", "id": "p1", "birthDate": "1960-01-01"},
            "observations": {"resourceType": "Bundle", "type": "searchset", "entry": entries}},
    }, separators=(",", ":"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"it ended before it served: {process.args[0]}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"it did not start: {process.args[0]}")


def family(root):
    """A process and all below it."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                parents[int(entry.name)] = int(fields[1])
    found = {root}
    while True:
        more = {child for child, parent in parents.items() if parent in found} - found
        if not more:
            return found
        found |= more


def processor_seconds(root):
    total = 0
    for pid in family(root):
        with contextlib.suppress(OSError, ValueError):
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def load(url, connections, seconds, body_file=None, key=None, process=None, store=None):
    """One run of wrk; `process` and `store` are those whose CPU is counted for each request."""
    environment = dict(os.environ)
    environment.pop("LIMEN_BENCH_BODY", None)
    if body_file:
        environment["LIMEN_BENCH_BODY"] = str(body_file)
        environment["LIMEN_BENCH_KEY"] = key or "none"
    before = [processor_seconds(root) if root else 0 for root in (process, store)]
    run = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s",
         str(HERE / "bench.lua"), url],
        env=environment, capture_output=True, text=True, check=False)
    after = [processor_seconds(root) if root else 0 for root in (process, store)]
    line = next((l for l in run.stdout.splitlines() if l.startswith("FIGURES ")), None)
    if line is None:
        raise RuntimeError(f"wrk gave no figures:\n{run.stdout}{run.stderr}")
    figures = json.loads(line[8:])
    count = max(1, figures["requests"])
    # Only sound answers count: one that refuses fast is not fast.
    sound = max(0, figures["requests"] - figures["failed"])
    figures["rate"] = sound / (figures["microseconds"] / 1e6)
    for name, root, begun, ended in zip(("cpu", "store"), (process, store), before, after):
        if root:
            figures[name] = (ended - begun) * 1e6 / count
    return figures


def unsound(row):
    """Why a row is no measurement; nothing when it is one."""
    failed = row["failed"] + row["broken"]
    asked = row["requests"] + row["broken"]
    if not asked:
        return "no answer came"
    if failed > FAILED_SHARE_MAX * asked:
        return f"{failed} of {asked} answers failed or broke"
    return None


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.rows, self.processes = [], []
        # The peers that could not run, with why: what is not measured is named, never passed over.
        self.absent = {}
        self.bodies = {}
        for size in (2_000, 20_000, 200_000, 2_000_000):
            path = folder / f"body-{size}.json"
            path.write_text(body(size), encoding="utf-8")
            self.bodies[size] = path

    def miss(self, name, why):
        self.absent[name] = why
        print(f"ABSENT {name}: {why}", flush=True)

    def attempt(self, name, run):
        """Runs a part; one that cannot run does not keep the others from it."""
        try:
            return run()
        except Exception as fault:  # whatever a part does, the others run and the report is written
            self.miss(name, f"{type(fault).__name__}: {fault}")
            self.stop_all()
            return None

    def start(self, command, **named):
        log = open(self.folder / "peers.log", "ab")
        process = subprocess.Popen(
            command, stdout=named.pop("stdout", log), stderr=log, start_new_session=True, **named)
        self.processes.append(process)
        return process

    def stop(self, process):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.remove(process)

    def stop_all(self):
        for process in list(self.processes):
            self.stop(process)

    def measure(self, name, url, connections, size=None, key=None, process=None, store=None):
        body_file = self.bodies[size] if size else None
        load(url, min(connections, 16), 1, body_file, key)
        best = None
        for _ in range(self.options.runs):
            run = load(url, connections, self.options.seconds, body_file, key,
                       process.pid if process else None, store)
            run["unsound"] = unsound(run)
            if best is None or (not run["unsound"], run["rate"]) > (
                    not best["unsound"], best["rate"]):
                best = run
        best.update(name=name, connections=connections)
        if body_file:
            best["bytes"] = body_file.stat().st_size
        if best["unsound"]:
            self.miss(f"{name}, {connections} connections", best["unsound"])
        self.rows.append(best)
        print(f"{name:<34} {connections:>4} {best['rate']:>10.0f}/s  p50 {best['p50']:>7} us"
              f"  p99 {best['p99']:>7} us  CPU {best.get('cpu', 0):>6.0f} us"
              f" + {best.get('store', 0):>4.0f} us in PostgreSQL"
              f"  failed {best['failed'] + best['broken']}", flush=True)
        return best

    # --- the peers ---------------------------------------------------------------------------

    def nginx(self):
        if not shutil.which("nginx"):
            return self.miss("nginx", "not installed (Debian: nginx-light)")
        port, root = free_port(), self.folder / "nginx"
        root.mkdir()
        (root / "nginx.conf").write_text(f"""
daemon off; worker_processes 2; pid {root}/pid; error_log {root}/error.log;
events {{ worker_connections 2048; }}
http {{
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path {root}/a; proxy_temp_path {root}/b; fastcgi_temp_path {root}/c;
  uwsgi_temp_path {root}/d; scgi_temp_path {root}/e;
  server {{ listen 127.0.0.1:{port} reuseport;
    location / {{ default_type application/json; return 200 '{{"status":"alive"}}'; }} }}
}}
""", encoding="utf-8")
        process = self.start(["nginx", "-c", str(root / "nginx.conf")])
        wait_for(port, process)
        for connections in self.options.connections:
            self.measure("nginx, plain", f"http://127.0.0.1:{port}/", connections, process=process)
        self.stop(process)

    def stand_in(self, mode, name, size=20_000):
        process = self.start([os.environ["LIMEN_STAND_IN"], mode], stdout=subprocess.PIPE, text=True)
        url, key = process.stdout.readline().split()
        for connections in self.options.connections:
            target = url + ("/cds-services/news2" if size else "/")
            self.measure(name, target, connections, size, key, process)
        self.stop(process)

    def healthchain(self, kind):
        python = os.environ.get("LIMEN_BENCH_PYTHON")
        if not python:
            return self.miss(f"HealthChain, {kind}", "not installed; see .limen/peers/bench-venv.log")
        port = free_port()
        process = self.start([python, str(HERE / "bench_healthchain.py"), str(port), kind])
        wait_for(port, process, 120)
        url = f"http://127.0.0.1:{port}/cds/cds-services/bench"
        for connections in self.options.connections:
            self.measure(f"HealthChain, {kind}", url, connections, 20_000, None, process)
        self.stop(process)

    def gateway(self, tls=False):
        state = self.folder / ("gateway-tls" if tls else "gateway")
        command = [os.environ["LIMEN_PROGRAM"], "up", "--state", str(state), "--listen",
                   "127.0.0.1:0"] + (["--tls"] if tls else [])
        process = self.start(command, cwd=HOME)
        end = time.monotonic() + 120
        while not (state / "url").exists() or not (state / "url").read_text().strip():
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the gateway did not start")
            time.sleep(0.1)
        url = (state / "url").read_text().strip()
        key = (state / "demo-client.key").read_text().strip()
        # PostgreSQL is started as a daemon, so it is not below the gateway.
        cluster = pathlib.Path((state / "cluster").read_text().strip())
        store = int((cluster / "data" / "postmaster.pid").read_text().split()[0])
        kind = " over TLS" if tls else ""
        for connections in self.options.connections:
            self.measure("limen, /livez" + kind, url + "/livez", connections, process=process)
        for connections in self.options.connections:
            self.measure("limen, audited patient-view" + kind, url + "/cds-services/news2",
                         connections, 20_000, key, process, store)
        if not tls:
            for size in self.bodies:
                self.measure("limen, by size", url + "/cds-services/news2", 4, size, key, process,
                             store)
        self.stop(process)
        return None

    # --- without a network -------------------------------------------------------------------

    def durable(self, count):
        """Rows through the group commit beside INSERTs of 100 rows by pgbench, as they take turns."""
        out = self.folder / "durable.json"
        with Cluster(os.environ["LIMEN_PROGRAM"], self.folder / "cluster") as conninfo:
            subprocess.run(
                [os.environ["LIMEN_AUDIT_BENCH"], str(count), "--json", str(out)], check=True,
                env={**os.environ, "LIMEN_TEST_DATABASE": conninfo})
        return json.loads(out.read_text(encoding="utf-8"))

    def json(self):
        files = json_files(self.folder)
        found = []
        ours = run([os.environ["LIMEN_JSON_BENCH"], *map(str, files)])
        peers = run([os.environ["LIMEN_SIMDJSON"], *map(str, files)]) \
            if os.environ.get("LIMEN_SIMDJSON") else ""
        peer_lines = [json.loads(line) for line in peers.splitlines()]
        if not peer_lines:
            self.miss("simdjson", "not installed (Debian: libsimdjson-dev, g++)")
        if not os.environ.get("LIMEN_BENCH_PYTHON"):
            self.miss("orjson", "not installed; see .limen/peers/bench-venv.log")
        for index, file in enumerate(files):
            line = next(l for l in ours.splitlines() if l.endswith(file.name)).split()
            row = {"bytes": int(line[0]), "limen": float(line[1]), "foundation": float(line[3]),
                   "decoder": float(line[4])}
            if peer_lines:
                row.update(simdjson=peer_lines[index]["wide"], kind=peer_lines[index]["kind"],
                           fallback=peer_lines[index]["fallback"])
            row["orjson"] = orjson_rate(file)
            found.append(row)
            print("JSON " + ", ".join(f"{k} {v}" for k, v in row.items() if v), flush=True)
        return found


def json_files(folder):
    """The three bundles of the shared data, or bodies of our own when there is none."""
    shared = pathlib.Path(os.environ.get("LIMEN_SHARED", HOME.parent / "shared")) / "data"
    files = sorted(shared.rglob("*.json")) if shared.is_dir() else []
    chosen = []
    for size in (20_000, 200_000, 2_000_000):
        near = min(files, key=lambda f: abs(f.stat().st_size - size), default=None)
        if near is None or abs(near.stat().st_size - size) > size // 2:
            near = folder / f"body-{size}.json"
        chosen.append(near)
    return chosen


def orjson_rate(file):
    python = os.environ.get("LIMEN_BENCH_PYTHON")
    if not python:
        return None
    code = ("import orjson,sys,time\nd=open(sys.argv[1],'rb').read()\nb=0\n"
            "for _ in range(9):\n s=time.perf_counter();n=0\n"
            " while time.perf_counter()-s<0.05:\n  orjson.loads(d);n+=1\n"
            " b=max(b,n*len(d)/(time.perf_counter()-s)/1e6)\nprint(round(b,1))")
    return float(run([python, "-c", code, str(file)]))


def run(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def machine():
    """What the figures were measured on, and with which commit."""
    names = [l.split(":", 1)[1].strip() for l in
             pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
             if l.startswith("model name")]
    git = subprocess.run(["git", "-C", str(HOME), "describe", "--always", "--dirty"],
                         capture_output=True, text=True, check=False)
    return {"processor": names[0] if names else "an unknown processor",
            "cores": len(os.sched_getaffinity(0)),
            "commit": git.stdout.strip() or "unknown"}


def main():
    options = argparse.ArgumentParser(prog="Tests/Peers/bench")
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--runs", type=int, default=2)
    options.add_argument("--connections", default="1,16,64,256")
    options.add_argument("--only", default="", help="parts by name, such as json,nginx,limen")
    options.add_argument("--rows", type=int, nargs="?", const=60_000, default=None, metavar="N",
                         help="also N durable rows for each setting, beside pgbench")
    options.add_argument("--out", default=str(HOME / ".limen" / "bench"))
    options = options.parse_args()
    options.connections = [int(n) for n in options.connections.split(",")]
    wanted = set(filter(None, options.only.split(",")))
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)

    if "rows" in wanted and options.rows is None:
        options.rows = 60_000

    def asks(name):
        if name == "rows":
            return options.rows is not None
        return not wanted or name in wanted

    with tempfile.TemporaryDirectory(prefix="limen-bench-") as folder:
        os.chmod(folder, 0o711)
        bench = Bench(options, pathlib.Path(folder))
        documents, durable = [], None
        try:
            if asks("nginx"):
                bench.attempt("nginx", bench.nginx)
            if asks("limen"):
                bench.attempt("limen", bench.gateway)
            if asks("tls"):
                bench.attempt("limen over TLS", lambda: bench.gateway(tls=True))
            for part, name in (("dropping", "limen, dropping its rows"),
                               ("foundation", "stand-in on Foundation")):
                if asks(part):
                    bench.attempt(name, lambda part=part, name=name: bench.stand_in(part, name))
            if asks("healthchain"):
                for kind in ("raw", "fhir"):
                    bench.attempt(f"HealthChain, {kind}", lambda kind=kind: bench.healthchain(kind))
            if asks("json"):
                documents = bench.attempt("JSON", bench.json) or []
            if asks("rows"):
                durable = bench.attempt("durable rows", lambda: bench.durable(options.rows))
        finally:
            # What was measured is kept, however the run ends.
            try:
                bench.stop_all()
            finally:
                found = report.verdicts(bench.rows, documents, asks, durable)
                made = {"machine": machine(), "rows": bench.rows, "json": documents,
                        "absent": bench.absent, "line": report.line(report.sizes(bench.rows)),
                        "durable": durable,
                        "ratios": [{"what": w, "wanted": n, "seen": s} for w, n, s in found]}
                (out / "report.json").write_text(
                    json.dumps(made, indent=1) + "\n", encoding="utf-8")
    charts.draw(made, out)
    print()
    code = report.judge(found, bench.absent)
    if made["line"]:
        print(report.line_text(made["line"]))
    print(f"The report and the charts are in {out}.")
    return code


if __name__ == "__main__":
    sys.exit(main())

"""Measures what an audit trail costs from small to large, on a PostgreSQL of its own, and draws it.

    ./limen bench rows [ROWS...] [--appends N] [--out FOLDER]

Without further words 10 thousand, 100 thousand, 1 million and 10 million rows, which take some 10 GB
below TMPDIR for a while. In each trail: the median of a list of a patient's events, and that of an
audited append with 64 at once. Leaves rows.json and rows.svg in .limen/bench, and exits with 1 when
the largest costs a quarter more than the smallest, which is more than two runs of one differ by.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

HOME = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(HOME / "Tests" / "Peers"))

import charts  # noqa: E402  (beside the peers, which draw too)
from cluster import Cluster  # noqa: E402

SIZES = [10_000, 100_000, 1_000_000, 10_000_000]
RATIO_MAX = 1.25
# What a row takes with its indexes, and half as much for sorting and the log of the server.
BYTES_PER_ROW = 1_500


def fail(code, text):
    print(f"limen: {text}", file=sys.stderr)
    sys.exit(code)


def build(product):
    scratch = pathlib.Path(os.environ.get("LIMEN_BENCH_BUILD", HOME / ".build"))
    # A debug build measures nothing worth keeping; it shows in seconds that the command works.
    kind = os.environ.get("LIMEN_BENCH_CONFIGURATION", "release")
    command = ["swift", "build", "-c", kind, "--package-path", str(HOME), "--scratch-path",
               str(scratch), "--product", product]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [l for l in (done.stdout + done.stderr).splitlines() if "error:" in l]
        fail(1, f"{product} does not build:\n" + "\n".join(lines[:10]))
    return scratch / kind / product


def verdicts(costs):
    """(what, the last over the first) for each cost."""
    first, last = costs[0], costs[-1]
    return [(what, last[key] / first[key]) for what, key in (
        ("list of a patient", "listMicroseconds"), ("audited append", "appendMicroseconds"))]


def judge(costs):
    """Prints what grew; the exit code."""
    if len(costs) < 2 or any(min(c["listMicroseconds"], c["appendMicroseconds"]) <= 0
                             for c in costs):
        print("MISSING  two sizes at least are needed, and a time for each")
        return 1
    code = 0
    for what, ratio in verdicts(costs):
        is_flat = ratio <= RATIO_MAX
        code = code if is_flat else 1
        print(f"{'reached' if is_flat else 'MISSED':<8} {what}, {costs[-1]['rows']} rows / "
              f"{costs[0]['rows']}: {ratio:.2f} (wanted {RATIO_MAX} at most)")
    return code


def main():
    reader = argparse.ArgumentParser(prog="./limen bench rows", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("rows", nargs="*", type=int, metavar="ROWS")
    reader.add_argument("--appends", type=int, default=20_000)
    reader.add_argument("--out", default=str(HOME / ".limen" / "bench"))
    options = reader.parse_args()
    sizes = options.rows or SIZES
    if min(sizes) < 1 or options.appends < 1 or sorted(sizes) != sizes:
        fail(2, "rows are numbers above 0, from small to large")
    room = shutil.disk_usage(tempfile.gettempdir()).free
    if room < max(sizes) * BYTES_PER_ROW:
        fail(4, f"{max(sizes)} rows take about {max(sizes) * BYTES_PER_ROW >> 30} GB in "
                f"{tempfile.gettempdir()}, which has {room >> 30}; set TMPDIR, or ask for fewer")
    program, bench = build("limen"), build("AuditListBench")
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    # Told to end, it still takes its PostgreSQL away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with Cluster(program) as conninfo:
        command = [str(bench), *map(str, sizes), "--appends", str(options.appends), "--json",
                   str(out / "rows.json")]
        done = subprocess.run(command, check=False,
                              env={**os.environ, "LIMEN_TEST_DATABASE": conninfo})
    if done.returncode:
        fail(1, "AuditListBench could not measure")
    costs = json.loads((out / "rows.json").read_text(encoding="utf-8"))
    charts.draw_rows(costs, out)
    code = judge(costs)
    print(f"rows.json and rows.svg are in {out}.")
    return code


if __name__ == "__main__":
    sys.exit(main())

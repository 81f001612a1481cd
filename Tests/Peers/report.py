"""What a report of Tests/Peers/bench says: its verdicts, and its tables as Markdown.

    python3 Tests/Peers/report.py [REPORT]      (./limen bench peers --markdown [REPORT])
"""

import json
import pathlib
import sys

HOME = pathlib.Path(__file__).resolve().parent.parent.parent
# How far a size may be from the line through all of them: twice what two runs of one size differ by.
DEVIATION_MAX = 0.2
CAPTIONS = {
    "nginx, plain": "nginx, plain answer",
    "limen, /livez": "Limen, `/livez`",
    "limen, /livez over TLS": "Limen, `/livez` over TLS",
    "limen, audited patient-view": "**Limen, audited `patient-view` of 20 KB**",
    "limen, audited patient-view over TLS": "the same over TLS",
    "limen, dropping its rows": "the same gateway with a sink that drops its rows",
    "stand-in on Foundation": "a server on our edge that only decodes with Foundation",
    "HealthChain, raw": "HealthChain, entries counted",
    "HealthChain, fhir": "HealthChain, read as FHIR",
}


def of(rows, name, connections):
    """The row, when it was measured and its answers were sound."""
    return next((r for r in rows if r["name"] == name and r["connections"] == connections
                 and not r.get("unsound")), None)


# --- cost by size ----------------------------------------------------------------------------


def line(points):
    """The line through (bytes, microseconds) that is nearest to each in proportion to it.

    In proportion, because the largest would hide all others: a megabyte weighs no more than a
    kilobyte. Nothing when fewer than three sizes were measured, which are always on a line.
    """
    points = sorted(p for p in points if p[0] > 0 and p[1] > 0)
    if len({size for size, _ in points}) < 3:
        return None
    # Least squares of (fixed + slope * size - cost) / cost.
    weights = [1 / cost ** 2 for _, cost in points]
    total = sum(weights)
    mean_size = sum(w * s for w, (s, _) in zip(weights, points)) / total
    mean_cost = sum(w * c for w, (_, c) in zip(weights, points)) / total
    slope = (sum(w * (s - mean_size) * (c - mean_cost) for w, (s, c) in zip(weights, points))
             / sum(w * (s - mean_size) ** 2 for w, (s, _) in zip(weights, points)))
    fixed = mean_cost - slope * mean_size
    return {"fixed": fixed, "perKilobyte": slope * 1000,
            "smallest": points[0][0], "largest": points[-1][0],
            "deviation": max(abs(fixed + slope * s - c) / c for s, c in points)}


def sizes(rows):
    """What a call of each size costs gateway and PostgreSQL together, as (bytes, microseconds)."""
    return [(r["bytes"], r["cpu"] + r.get("store", 0)) for r in rows
            if r["name"] == "limen, by size" and r.get("cpu") and not r.get("unsound")]


def line_text(found):
    return (f"A call costs {found['fixed']:.0f} us and {found['perKilobyte']:.2f} us for each KB, "
            f"from {kilobytes(found['smallest'])} to {kilobytes(found['largest'])}; no size is "
            f"further than {found['deviation'] * 100:.0f} % from that line.")


# --- verdicts --------------------------------------------------------------------------------


def verdicts(rows, documents, asks, durable=None):
    """What the issues ask of the whole, as (what, wanted, seen) for the parts that were asked for.

    Nothing seen means that a peer or a row is missing, which is no pass.
    """
    found = []

    def ratio(what, wanted, parts, top, bottom, value="rate"):
        if all(map(asks, parts)):
            known = top and bottom and bottom[value]
            found.append((what, wanted, top[value] / bottom[value] if known else None))

    ours = of(rows, "limen, audited patient-view", 64)
    ratio("audited rate / Foundation stand-in, 64 connections", 3.5, ["limen", "foundation"], ours,
          of(rows, "stand-in on Foundation", 64))
    ratio("audited rate / HealthChain raw, 64 connections", 10, ["limen", "healthchain"], ours,
          of(rows, "HealthChain, raw", 64))
    ratio("audited rate / HealthChain FHIR, 64 connections", 100, ["limen", "healthchain"], ours,
          of(rows, "HealthChain, fhir", 64))
    ratio("audited rate / same with a sink that drops, 64 connections", 0.75,
          ["limen", "dropping"], ours, of(rows, "limen, dropping its rows", 64))
    ratio("/livez / nginx plain, 64 connections", 0.5, ["limen", "nginx"],
          of(rows, "limen, /livez", 64), of(rows, "nginx, plain", 64))
    ratio("/livez over TLS / plain, 64 connections", 0.667, ["limen", "tls"],
          of(rows, "limen, /livez over TLS", 64), of(rows, "limen, /livez", 64))
    if asks("limen"):
        found.append(("p99 / p50 at 64 connections (at most)", -5,
                      ours["p99"] / ours["p50"] if ours and ours["p50"] else None))
        wide = of(rows, "limen, audited patient-view", 256)
        found.append(("p99 at 256 connections in ms (at most)", -60,
                      wide["p99"] / 1000 if wide else None))
        fitted = line(sizes(rows))
        found.append(("cost by size, distance from a line (at most)", -DEVIATION_MAX,
                      fitted["deviation"] if fitted else None))
    if asks("rows"):
        ratios = (durable or {}).get("ratios", {})
        for writers, words in (("1", "one connection"), ("2", "two connections")):
            found.append((f"durable rows / pgbench with INSERT of 100, {words}", 0.7,
                          ratios.get(writers)))
    if asks("json") and not documents:
        found.append(("JSON beside simdjson and Foundation", 0.4, None))
    for row in documents:
        size = kilobytes(row["bytes"])
        peer = row.get("simdjson")
        found.append((f"JSON {size} / simdjson {row.get('kind', 'with vectors')}", 0.4,
                      row["limen"] / peer if peer else None))
        found.append((f"JSON {size} / simdjson without vectors", 1,
                      row["limen"] / row["fallback"] if peer else None))
        found.append((f"JSON {size} / Foundation", 20, row["limen"] / row["foundation"]))
    return found


def is_reached(limit, seen):
    """Whether a verdict holds; a limit below 0 is one from above."""
    return seen is not None and (seen <= -limit if limit < 0 else seen >= limit)


def judge(found, absent):
    """Prints each verdict and each peer that is missing; the exit code."""
    code = 0
    for what, limit, seen in found:
        if seen is None:
            word, text = "MISSING", "not measured"
        else:
            word = "reached" if is_reached(limit, seen) else "MISSED"
            text = f"{seen:.2f}"
        code = code if word == "reached" else 1
        print(f"{word:<8} {what}: {text} (wanted {abs(limit)})")
    for name, why in absent.items():
        code = 1
        print(f"ABSENT   {name}: {why}")
    if not found:
        code = 1
        print("MISSING  no verdict at all: --only leaves out what they are made of")
    return code


# --- tables ----------------------------------------------------------------------------------


def kilobytes(count):
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} KB"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def milliseconds(microseconds):
    value = microseconds / 1000
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def peers_table(rows):
    found = [(caption, of(rows, name, 64)) for name, caption in CAPTIONS.items()]
    return table(["", "requests a second", "p50 ms", "p99 ms"], [
        [caption, f"{r['rate']:,.0f}", milliseconds(r["p50"]), milliseconds(r["p99"])]
        for caption, r in found if r])


def added_table(rows):
    """What the durable row adds to an answer: the gateway beside itself with a sink that drops."""
    found = []
    for connections in sorted({r["connections"] for r in rows}):
        with_row = of(rows, "limen, audited patient-view", connections)
        without = of(rows, "limen, dropping its rows", connections)
        if with_row and without:
            found.append([str(connections)] + [
                f"{milliseconds(without[at])} + {milliseconds(with_row[at] - without[at])}"
                for at in ("p50", "p99")])
    if not found:
        return None
    return table(["connections", "p50 ms, without and added", "p99 ms, without and added"], found)


def verdict_table(ratios):
    def seen(row):
        if row["seen"] is None:
            return "**not measured**"
        text = f"{row['seen']:.2f}"
        return text if is_reached(row["wanted"], row["seen"]) else f"**{text}**"

    return table(["", "wanted", "reached"], [
        [row["what"], f"{abs(row['wanted'])}", seen(row)] for row in ratios])


def json_table(documents):
    """Megabytes a second by size, beside the peers, and how often that is what each of them does."""
    kind = next((d["kind"] for d in documents if d.get("kind")), "with vectors")
    lines = [("**Limen**", "limen"), (f"simdjson, {kind}", "simdjson"),
             ("simdjson without vectors", "fallback"), ("Foundation, `JSONSerialization`",
             "foundation"), ("Foundation, `JSONDecoder`", "decoder"), ("orjson", "orjson")]

    def cell(document, key):
        rate = document.get(key)
        if not rate:
            return "not measured"
        times = "" if key == "limen" else f" ({document['limen'] / rate:.2f})"
        return f"{rate:,.0f}{times}"

    head = ["MB/s (Limen's over it)"] + [kilobytes(d["bytes"]) for d in documents]
    return table(head, [[name] + [cell(d, key) for d in documents] for name, key in lines])


def durable_table(durable):
    def cell(row, key):
        return f"{row[key]:,.0f}" if row.get(key) is not None else ""

    rows = [[row["name"], cell(row, "rowsPerSecond"), cell(row, "medianMicroseconds"),
             cell(row, "p99Microseconds")] for row in durable["lines"]]
    return table(["", "rows a second", "p50 us", "p99 us"], rows)


def markdown(report):
    """The tables of a report for the README: those that it has figures for."""
    machine = report.get("machine", {})
    parts = []
    if machine:
        parts.append(f"On {machine['processor']}, {machine['cores']} cores, "
                     f"commit {machine['commit']}, 64 connections:")
    if report["rows"]:
        parts.append(peers_table(report["rows"]))
        parts += filter(None, [added_table(report["rows"])])
    if report["ratios"]:
        parts.append(verdict_table(report["ratios"]))
    if report["json"]:
        parts.append(json_table(report["json"]))
    fitted = line(sizes(report["rows"]))
    if fitted:
        parts.append(line_text(fitted))
    if report.get("durable"):
        parts.append(durable_table(report["durable"]))
    for name, why in report["absent"].items():
        parts.append(f"Absent: {name} ({why})")
    return "\n\n".join(parts)


def main():
    path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else HOME / ".limen/bench/report.json")
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        text = markdown(report)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        print(f"limen: {path} is no report of ./limen bench peers ({type(fault).__name__})",
              file=sys.stderr)
        return 3
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

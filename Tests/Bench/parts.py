"""Measures the parts of a call: times, instructions, and two commits against each other.

    ./limen bench parts [--only PREFIX] [--json]
    ./limen bench stages [--json]
    ./limen bench instructions [--only PREFIX] [--check | --keep] [--json]
    ./limen bench compare COMMIT [COMMIT] [--only PREFIX] [--json]

parts         what each costs of the processor, in microseconds
stages        what the stages of a call cost as its audit row has them, what is left above the sum
              of the parts, and what a signed token costs in the place of an API key
instructions  how many instructions each takes, counted by callgrind, so that a busy machine does
              not matter; --check holds them against Tests/Bench/instructions.json and fails when
              one takes a twentieth more or has no number there, --keep writes that file
compare       the parts of a commit against those of another one (or of this tree), in turns; each
              is built in a folder of its own under .limen/compare
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HOME = pathlib.Path(__file__).resolve().parent.parent.parent
KEPT = HOME / "Tests" / "Bench" / "instructions.json"
# Counts change a little with the version of a library; what is meant to be found is more than that.
TOLERANCE = 0.05
ROUNDS = 20
FUNCTION = "*PartsBench4PartV3run*"


def fail(code, text):
    print(f"limen: {text}", file=sys.stderr)
    sys.exit(code)


def build(folder, scratch):
    command = ["swift", "build", "-c", "release", "--package-path", str(folder),
               "--scratch-path", str(scratch), "--product", "PartsBench"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [l for l in (done.stdout + done.stderr).splitlines() if "error:" in l]
        fail(1, "PartsBench does not build:\n" + "\n".join(lines[:10]))
    return scratch / "release" / "PartsBench"


def own():
    return build(HOME, pathlib.Path(os.environ.get("LIMEN_BENCH_BUILD", HOME / ".build")))


def figures(program, only):
    command = [str(program), "--json"] + (["--only", only] if only else [])
    text = subprocess.run(command, capture_output=True, text=True, check=True, cwd=HOME).stdout
    return {row["name"]: row["nanoseconds"] for row in json.loads(text)}


def names(program, only):
    command = [str(program), "--names"] + (["--only", only] if only else [])
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=HOME)
    return done.stdout.split()


def callgrind(program, only, rounds, folder, extra=()):
    """The instructions of a run: of all of it, or of the rounds alone."""
    out = folder / "out"
    command = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={out}", *extra,
               str(program), "--rounds", str(rounds), "--only", only]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HOME)
    if done.returncode:
        fail(1, "the parts do not run under callgrind:\n" + done.stderr[-2000:])
    text = out.read_text(encoding="utf-8", errors="replace")
    return int(re.findall(r"^(?:summary|totals): (\d+)", text, re.MULTILINE)[-1])


def instructions(options):
    if not shutil.which("valgrind"):
        fail(4, "valgrind counts the instructions and is not installed (Debian: valgrind)")
    # Said before the minutes of counting, and not behind them.
    if options.check and not KEPT.exists():
        fail(3, f"nothing is kept to hold them against: {KEPT.name} is missing; --keep makes it")
    program = own()
    found = {}
    with tempfile.TemporaryDirectory(prefix="limen-count-") as folder:
        folder = pathlib.Path(folder)
        for name in names(program, options.only):
            if name == "path.20KB":
                few = callgrind(program, "path", 5, folder)
                found[name] = (callgrind(program, "path", 25, folder) - few) // 20
            else:
                cost = callgrind(program, name, ROUNDS, folder, [f"--toggle-collect={FUNCTION}"])
                found[name] = cost // ROUNDS
    if not found:
        fail(2, f"no part begins with {options.only}")
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    report = held(found, kept, options.only)
    print(json.dumps(report, indent=1) if options.json else counted_text(report))
    if options.keep:
        kept.update(found)
        KEPT.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n", encoding="utf-8")
    if options.check and faults(report):
        fail(1, "\n".join(faults(report)))


def held(found, kept, only):
    """What was counted, beside what is kept of the parts that were asked for."""
    parts = []
    for name, cost in found.items():
        before = kept.get(name)
        parts.append({"name": name, "instructions": cost, "kept": before,
                      "ratio": cost / before if before else None,
                      "isWorse": bool(before) and cost > before * (1 + TOLERANCE)})
    gone = sorted(n for n in kept if n.startswith(only) and n not in found)
    return {"parts": parts, "gone": gone}


def counted_text(report):
    lines = []
    for part in report["parts"]:
        share = f"{part['ratio']:8.3f} of what is kept" if part["kept"] else "  no number is kept"
        lines.append(f"{part['name']:<26}{part['instructions']:>14,}{share}")
    return "\n".join(lines)


def faults(report):
    """Why the counts do not pass, a line for each reason."""
    lines = []
    unkept = [p["name"] for p in report["parts"] if not p["kept"]]
    worse = [f"{p['name']} ({p['ratio']:.3f})" for p in report["parts"] if p["isWorse"]]
    if unkept:
        lines.append(f"{KEPT.name} has no number for: {', '.join(unkept)}; keep one with "
                     f"./limen bench instructions --only {unkept[0]} --keep")
    if report["gone"]:
        lines.append(f"{KEPT.name} has numbers of parts that are no more: "
                     + ", ".join(report["gone"]))
    if worse:
        lines.append("these take more instructions than what is kept: " + ", ".join(worse))
    return lines


def compare(options):
    trees = []
    for commit in options.commits:
        sha = subprocess.run(["git", "-C", str(HOME), "rev-parse", "--verify", "--quiet",
                              commit + "^{commit}"], capture_output=True, text=True, check=False)
        if sha.returncode:
            fail(2, f"there is no commit {commit}")
        folder = HOME / ".limen" / "compare" / sha.stdout.strip()[:12]
        if not folder.exists():
            subprocess.run(["git", "-C", str(HOME), "worktree", "add", "--quiet", "--detach",
                            str(folder), sha.stdout.strip()], check=True)
        if not (folder / "Tests" / "Bench" / "PartsBench").exists():
            fail(2, f"{commit} is from before the parts were measured")
        trees.append((commit, build(folder, folder / ".build")))
    if len(trees) == 1:
        trees.append(("this tree", own()))
    best = [{}, {}]
    for _ in range(3):
        for place, (_, program) in enumerate(trees):
            for name, value in figures(program, options.only).items():
                best[place][name] = min(value, best[place].get(name, value))
    report = compared([name for name, _ in trees], best)
    print(json.dumps(report, indent=1) if options.json else compared_text(report))


def compared(trees, best):
    """The best time of each part in two trees, and the second over the first."""
    names = list(best[1]) + [n for n in best[0] if n not in best[1]]
    parts = []
    for name in names:
        before, after = best[0].get(name), best[1].get(name)
        parts.append({"name": name, "nanoseconds": [before, after],
                      "ratio": after / before if before and after else None})
    return {"trees": trees, "parts": parts}


def compared_text(report):
    def time(value):
        return f"{value / 1000:>11.1f} us" if value else f"{'-':>14}"

    first, second = report["trees"]
    lines = [f"{'':<26}{first[:14]:>14}{second[:14]:>14}{'ratio':>8}"]
    for part in report["parts"]:
        ratio = f"{part['ratio']:>8.2f}" if part["ratio"] else ""
        lines.append(f"{part['name']:<26}{''.join(map(time, part['nanoseconds']))}{ratio}")
    return "\n".join(lines)


def main():
    reader = argparse.ArgumentParser(prog="./limen bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = reader.add_subparsers(dest="kind", required=True)
    for kind in ("parts", "stages", "instructions", "compare"):
        sub = kinds.add_parser(kind)
        sub.add_argument("--json", action="store_true")
        if kind != "stages":
            sub.add_argument("--only", default="", metavar="PREFIX")
        if kind == "instructions":
            what = sub.add_mutually_exclusive_group()
            what.add_argument("--check", action="store_true")
            what.add_argument("--keep", action="store_true")
        elif kind == "compare":
            sub.add_argument("commits", nargs="+", metavar="COMMIT")
    options = reader.parse_args()
    if options.kind in ("parts", "stages"):
        command = [str(own())] + (["--json"] if options.json else [])
        if options.kind == "stages":
            command.append("--stages")
        elif options.only:
            command += ["--only", options.only]
        sys.exit(subprocess.run(command, check=False, cwd=HOME).returncode)
    if options.kind == "instructions":
        instructions(options)
    elif len(options.commits) > 2:
        fail(2, "compare takes one commit or two")
    else:
        compare(options)


if __name__ == "__main__":
    main()

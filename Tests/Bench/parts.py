"""Measures the parts of a call: times, instructions, and two commits against each other.

    ./limen bench parts [--only PREFIX] [--json]
    ./limen bench instructions [--only PREFIX] [--check | --keep]
    ./limen bench compare COMMIT [COMMIT] [--only PREFIX]

parts         what each costs of the processor, in microseconds
instructions  how many instructions each takes, counted by callgrind, so that a busy machine does
              not matter; --check holds them against Tests/Bench/instructions.json and fails when
              one takes a twentieth more, --keep writes that file
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
    worse = []
    for name, cost in found.items():
        before = kept.get(name)
        share = f"{cost / before:8.3f} of what is kept" if before else ""
        print(f"{name:<26}{cost:>14,}{share}")
        if before and cost > before * (1 + TOLERANCE):
            worse.append(name)
    if options.keep:
        kept.update(found)
        KEPT.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n", encoding="utf-8")
    absent = [n for n in kept if n.startswith(options.only) and n not in found]
    if options.check and (absent or set(found) - set(kept)):
        fail(1, "the parts are not those that are kept: " + ", ".join(
            sorted(set(absent) | (set(found) - set(kept)))))
    if options.check and worse:
        fail(1, "these take more instructions than what is kept: " + ", ".join(worse))


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
    print(f"{'':<26}{trees[0][0][:14]:>14}{trees[1][0][:14]:>14}{'ratio':>8}")
    for name, value in best[1].items():
        before = best[0].get(name)
        left = f"{before / 1000:>11.1f} us" if before else f"{'-':>14}"
        ratio = f"{value / before:>8.2f}" if before else ""
        print(f"{name:<26}{left}{value / 1000:>11.1f} us{ratio}")


def main():
    reader = argparse.ArgumentParser(prog="./limen bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = reader.add_subparsers(dest="kind", required=True)
    for kind in ("parts", "instructions", "compare"):
        sub = kinds.add_parser(kind)
        sub.add_argument("--only", default="", metavar="PREFIX")
        if kind == "parts":
            sub.add_argument("--json", action="store_true")
        elif kind == "instructions":
            sub.add_argument("--check", action="store_true")
            sub.add_argument("--keep", action="store_true")
        else:
            sub.add_argument("commits", nargs="+", metavar="COMMIT")
    options = reader.parse_args()
    if options.kind == "parts":
        command = [str(own())] + (["--json"] if options.json else [])
        command += ["--only", options.only] if options.only else []
        sys.exit(subprocess.run(command, check=False, cwd=HOME).returncode)
    if options.kind == "instructions":
        instructions(options)
    elif len(options.commits) > 2:
        fail(2, "compare takes one commit or two")
    else:
        compare(options)


if __name__ == "__main__":
    main()

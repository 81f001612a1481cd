"""Holds the program to the exports: each predicts as scikit-learn does, or is refused by name.

    check_exports.py FOLDER PROGRAM [NAME ...]

Prints a line for each export and ends with 1 when one differs by more than 1e-9, when one of those
that are kept as our own cases is not equal, or when too few of all are.
"""

import json
import pathlib
import re
import subprocess
import sys

import keep_cases
import tables

TOLERANCE = 1e-9
# What must be equal of all exports, or refusing them all would be right.
SHARE_MIN = 0.75
REFUSAL = re.compile(r":\d+: \S.* is not supported \[LIMEN-PMML-003\]$")


def evaluate(program, folder, name):
    """The program's results, or the sentence with which it refuses the document."""
    run = subprocess.run(
        [program, "model", "evaluate", f"{folder}/{name}.pmml",
         "--in", f"{folder}/{name}.inputs.csv", "--out", "-"],
        capture_output=True, text=True, check=False,
    )
    if run.returncode not in (0, 1):
        return None, run.stderr.strip().splitlines()[-1]
    return tables.parse(run.stdout.splitlines(keepends=True)), ""


def check(program, folder, name):
    """What became of one export, and whether that is right."""
    expected = tables.read(folder / f"{name}.expected.csv")
    actual, sentence = evaluate(program, folder, name)
    if actual is None:
        by_name = REFUSAL.search(sentence)
        return ("refused: " if by_name else "FAILED: ") + sentence, bool(by_name)
    if "outcome" not in actual[0] and "outcome" in expected[0]:
        # A document that does not name its target: the first column is the prediction.
        actual = [{"outcome": row.get("prediction"), **row} for row in actual]
    actual = [{**row, "cluster": row.get("prediction")} for row in actual]
    worst, place = tables.compare(expected, actual)
    verdict = "equal" if worst <= TOLERANCE else "DIFFERENT"
    return f"{verdict:10}{worst:9.1e}  {place if worst > 0 else ''}", worst <= TOLERANCE


def main():
    folder, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    report = json.loads((folder / "exports.json").read_text())
    bad = equal = refused = exported = 0
    for name in sys.argv[3:] or sorted(report):
        entry = report[name]
        if not entry["exported"]:
            print(f"{name:44}not exported: {entry['reason'][:60]}")
            bad += name in keep_cases.KEPT
            continue
        exported += 1
        line, is_right = check(program, folder, name)
        if name in keep_cases.KEPT and line.startswith("refused"):
            line, is_right = "FAILED: one of our own cases is " + line, False
        against = entry["expected"].split(":")[0]
        print(f"{name:44}{line}" + ("" if against == "scikit-learn" else f"  ({against})"))
        bad += not is_right
        equal += line.startswith("equal")
        refused += line.startswith("refused")
    print(f"{equal} equal within {TOLERANCE}, {refused} refused by name, {bad} wrong")
    if len(sys.argv) == 3:
        absent = sorted(set(keep_cases.KEPT) - set(report))
        if absent:
            print("FAILED: not among the exports: " + ", ".join(absent))
            bad += 1
        if equal < SHARE_MIN * exported:
            print(f"FAILED: {equal} of {exported} exports are equal, fewer than {SHARE_MIN:.0%}")
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

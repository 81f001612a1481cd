"""Holds our own documents to an independent evaluator: the same numbers in both.

    check_documents.py PROGRAM FOLDER DOCUMENT ...

The rows are made from each document: every number that it compares with, that number a little
less and a little more, every listed category, at random and one at a time. Rows with a blank are
among them: there the program must give no result where the other evaluator gives none.
"""

import pathlib
import random
import subprocess
import sys
import xml.etree.ElementTree

import peer
import tables

ROWS = 400
TOLERANCE = 1e-9


def local(element):
    return element.tag.split("}")[-1]


def candidates(document):
    """For each input the values worth trying."""
    root = xml.etree.ElementTree.parse(document).getroot()
    values, order, kinds = {}, [], {}
    for element in root.iter():
        if local(element) == "DataField":
            name = element.get("name")
            order.append(name)
            kinds[name] = (element.get("optype"), element.get("dataType"))
            listed = [part.get("value") for part in element if local(part) == "Value"
                      and part.get("property", "valid") == "valid"]
            if element.get("dataType") == "boolean" and not listed:
                listed = ["true", "false"]
            values[name] = set(listed)
            for part in element:
                if local(part) == "Interval":
                    values[name] |= {part.get("leftMargin"), part.get("rightMargin")} - {None}
    numbers = [text for element in root.iter() if local(element) == "Constant"
               for text in [element.text] if tables.number(text) is not None]
    for element in root.iter():
        if local(element) == "SimplePredicate" and element.get("field") in values:
            if element.get("value") is not None:
                values[element.get("field")].add(element.get("value"))
    targets = {element.get("name") for element in root.iter() if local(element) == "MiningField"
               and element.get("usageType") in ("target", "predicted")}
    active = {element.get("name") for element in root.iter() if local(element) == "MiningField"}
    result = {}
    for name in order:
        if name in targets or name not in active:
            continue
        optype, kind = kinds[name]
        if optype == "continuous":
            edges = sorted({float(text) for text in list(values[name]) + numbers
                            if tables.number(text) is not None}) or [0.0, 1.0, 10.0, 100.0]
            step = 1.0 if kind == "integer" else 0.1
            inside = [float(text) for text in values[name] if tables.number(text) is not None]
            low, high = min(inside or edges), max(inside or edges)
            edges += [low + (high - low) * part / 40 for part in range(41)]
            tried = sorted({round(edge + shift, 6) for edge in edges for shift in (-step, 0, step)})
            if kind == "integer":
                tried = [number for number in tried if number == int(number)] or [0.0]
            # Most rows should have a result: what lies outside is tried now and then.
            tried = [n for n in tried if low <= n <= high] * 8 + tried
            result[name] = [str(int(n)) if kind == "integer" else repr(n) for n in tried]
        else:
            result[name] = sorted(values[name])
    return result


def rows(document):
    source = random.Random(20261121)
    tried = candidates(document)
    made = []
    for number in range(ROWS):
        row = {name: source.choice(list(values)) for name, values in tried.items() if values}
        if number % 8 == 7:
            row[source.choice(sorted(row))] = None
        made.append(row)
    return made


def write(path, made):
    names = list(made[0])
    lines = [",".join(names)]
    lines += [",".join(row[name] or "" for name in names) for row in made]
    path.write_text("\r\n".join(lines) + "\r\n")


def check(program, folder, document):
    made = rows(document)
    path = folder / f"{document.parent.name}.rows.csv"
    write(path, made)
    run = subprocess.run([program, "model", "evaluate", str(document), "--in", str(path)],
                         capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        return False, run.stderr.strip()
    ours = tables.parse(run.stdout.splitlines(keepends=True))
    theirs = peer.results(document, made)
    if not len(theirs) == len(ours) == len(made):
        return False, f"{len(made)} rows, {len(ours)} answers here, {len(theirs)} there"
    worst, blank, ranked, stricter = 0.0, 0, 0, 0
    for number, (left, right) in enumerate(zip(theirs, ours), start=1):
        if right["status"] != "complete":
            # Bounds or a refusal: the other evaluator must not have had a number, or it answered
            # for a row with a blank, which is its own reading of the document.
            blank += 1
            if "error" not in left and (right["refusal"] or "").startswith("invalid-value"):
                # The other evaluator looks at a value when it comes to it; here a value outside
                # of its valid range refuses the row.
                stricter += 1
            elif "error" not in left and None not in made[number - 1].values():
                return False, f"row {number}: no result here ({right['refusal']}), {left} there"
            continue
        if "error" in left:
            return False, f"row {number}: a result here, none there ({left['error'][:80]})"
        for name, cell in left.items():
            actual = right.get(name) if name in right else right[list(right)[0]]
            distance = tables.difference(cell, actual)
            if distance > TOLERANCE and tables.number(cell) is None:
                # Reason codes of the same points may stand in either order.
                ranked += 1
            elif distance > TOLERANCE:
                return False, f"row {number}, {name}: {actual} here, {cell} there"
            else:
                worst = max(worst, distance)
    if blank == len(made):
        return False, f"{blank} rows, and none has a result: nothing was compared"
    note = f", {ranked} reason codes in another order" if ranked else ""
    note += f", {stricter} invalid rows refused here only" if stricter else ""
    return True, f"{len(made)} rows, {blank} without a result, difference {worst:.1e}{note}"


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    bad = 0
    for text in sys.argv[3:]:
        document = pathlib.Path(text)
        is_right, sentence = check(program, folder, document)
        bad += not is_right
        print(f"{'same' if is_right else 'DIFFERENT':10} {text}: {sentence}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

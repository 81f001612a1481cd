"""Tables of inputs and results, and how results are compared."""

import csv
import math


def read(path):
    """The rows of a CSV file; a blank cell is None, and a blank line a row of one blank cell."""
    with open(path, newline="", encoding="utf-8") as file:
        return parse(file)


def parse(lines):
    """The rows of CSV lines."""
    records = list(csv.reader(lines))
    names = records[0]
    return [
        {name: cell if cell != "" else None for name, cell in zip(names, record or [""])}
        for record in records[1:]
    ]


def plain(name):
    """A column's name as it is compared: exporters write probability(x) or probability_x."""
    return (name or "").replace("predicted_", "").replace("(", "_").replace(")", "")


def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def difference(expected, actual):
    """How far two cells lie apart: a number, 0 for equal labels, infinity for others."""
    if expected is None or actual is None:
        return 0.0 if expected == actual else math.inf
    if expected == actual:
        return 0.0
    left, right = number(expected), number(actual)
    if left is None or right is None:
        return math.inf
    if math.isnan(left) or math.isnan(right):
        return math.inf
    return abs(left - right) / max(1.0, abs(left))


def compare(expected, actual):
    """The greatest difference of two tables, and where; infinity when a column is absent."""
    worst, place = 0.0, ""
    if len(expected) != len(actual):
        return math.inf, f"{len(actual)} rows for {len(expected)}"
    for position, (left, right) in enumerate(zip(expected, actual), start=1):
        found = {plain(name): cell for name, cell in right.items()}
        for name, cell in left.items():
            distance = difference(cell, found.get(plain(name)))
            if distance > worst:
                worst, place = distance, f"row {position}, {name}"
    return worst, place

"""Draws the charts of a report as SVG, with nothing but text."""

import math

import report as reports

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 840, 400, 70, 270, 40, 50
COLOURS = ["#1b5e9e", "#c4511d", "#3d7f3d", "#7b3fa0", "#a08a00", "#555555", "#008080"]


def scale(values, low, high):
    first, last = math.log10(min(values)), math.log10(max(values))
    if last - first < 1e-9:
        first, last = first - 0.5, last + 0.5
    return lambda value: low + (math.log10(value) - first) / (last - first) * (high - low)


def marks(values):
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    steps = [step * 10 ** power for power in range(low, high + 1) for step in (1, 2, 5)]
    return [value for value in steps if min(values) / 1.01 <= value <= max(values) * 1.01]


def short(value):
    if value >= 1e6:
        return f"{value / 1e6:.3g} M"
    return f"{value / 1e3:.3g} k" if value >= 1e3 else f"{value:.3g}"


def chart(title, across, up, series, decades=False):
    """One chart on logarithmic axes; series are lists of (x, y) by name.

    The axis upwards reaches from the least to the largest value, or over whole decades, where a few
    percent must look like a few percent.
    """
    points = [p for line in series.values() for p in line if p[0] > 0 and p[1] > 0]
    if not points:
        return None
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    if decades:
        ys = [10 ** math.floor(math.log10(min(ys))), 10 ** math.ceil(math.log10(max(ys)))]
    x, y = scale(xs, LEFT, WIDTH - RIGHT), scale(ys, HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{title}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-size="15" fill="#222222">{title}</text>',
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle" '
        f'fill="#444444">{across}</text>',
        f'<text x="16" y="{(TOP + HEIGHT - BOTTOM) / 2}" text-anchor="middle" fill="#444444" '
        f'transform="rotate(-90 16 {(TOP + HEIGHT - BOTTOM) / 2})">{up}</text>',
    ]
    for value in marks(ys):
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" '
            f'stroke="#dddddd"/><text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end" '
            f'fill="#444444">{short(value)}</text>')
    for value in sorted(set(xs)):
        parts.append(
            f'<line x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" '
            f'stroke="#eeeeee"/><text x="{x(value):.1f}" y="{HEIGHT - BOTTOM + 18}" '
            f'text-anchor="middle" fill="#444444">{short(value)}</text>')
    # Names stand beside the ends of their lines, moved apart where they would meet.
    ends = []
    for number, (name, line) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        line = sorted(p for p in line if p[0] > 0 and p[1] > 0)
        if not line:
            continue
        path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in line)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(a):.1f}" cy="{y(b):.1f}" r="3" fill="{colour}"/>'
                  for a, b in line]
        ends.append([y(line[-1][1]), name, colour])
    ends.sort()
    for before, after in zip(ends, ends[1:]):
        after[0] = max(after[0], before[0] + 15)
    for height, name, colour in ends:
        parts.append(f'<text x="{WIDTH - RIGHT + 10}" y="{height + 4:.1f}" fill="{colour}">'
                     f"{name}</text>")
    return "\n".join(parts) + "\n</svg>\n"


def draw(report, folder):
    """Writes the charts that the report has figures for."""
    names = []
    for row in report["rows"]:
        if row["name"] not in names and row["name"] != "limen, by size":
            names.append(row["name"])

    def lines(value, chosen):
        return {name: [(r["connections"], r[value]) for r in report["rows"] if r["name"] == name]
                for name in names if chosen(name)}

    def is_hook(name):
        return not ("livez" in name or "plain" in name)

    sizes = reports.sizes(report["rows"])
    by_size = {"gateway and PostgreSQL": sizes}
    fitted = reports.line(sizes)
    if fitted:
        by_size[f"{fitted['fixed']:.0f} us + {fitted['perKilobyte']:.2f} us/KB"] = [
            (size, fitted["fixed"] + fitted["perKilobyte"] * size / 1000) for size, _ in sizes]
    drawn = {
        "rate.svg": chart("Requests a second, patient-view of 20 KB", "connections",
                          "requests a second", lines("rate", is_hook)),
        "p99.svg": chart("p99 latency, patient-view of 20 KB", "connections",
                         "microseconds", lines("p99", is_hook)),
        "plain.svg": chart("Requests a second, plain answers", "connections",
                           "requests a second", lines("rate", lambda n: not is_hook(n))),
        "size.svg": chart("Processor time of a call by its size", "bytes", "microseconds",
                          by_size),
    }
    write(drawn, folder)


def draw_rows(costs, folder):
    """Writes the chart of what `./limen bench rows` has measured."""
    lines = {"list of a patient, 50 events": "listMicroseconds",
             "audited append, 64 at once": "appendMicroseconds"}
    write({"rows.svg": chart(
        "Cost by rows in the audit table (median)", "rows", "microseconds",
        {name: [(c["rows"], c[key]) for c in costs] for name, key in lines.items()},
        decades=True)}, folder)


def write(drawn, folder):
    for name, text in drawn.items():
        if text:
            (folder / name).write_text(text, encoding="utf-8")

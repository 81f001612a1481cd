"""Tests of what the measurements say of their figures; nothing is measured here.

    python3 -m unittest discover -s Tests/Peers      (./limen test --filter MeasurementReportTests)
"""

import argparse
import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest
from unittest import mock
from xml.etree import ElementTree

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "Bench")]

import charts  # noqa: E402
import parts  # noqa: E402
import report  # noqa: E402
import rows  # noqa: E402


def row(name, connections=64, **more):
    made = {"name": name, "connections": connections, "rate": 1000.0, "p50": 2000, "p99": 4000,
            "unsound": None}
    made.update(more)
    return made


def by_size(cost):
    return [row("limen, by size", 4, bytes=size, cpu=cost(size) * 0.75, store=cost(size) * 0.25)
            for size in (2_000, 20_000, 200_000, 2_000_000)]


def document(**more):
    made = {"bytes": 20_412, "limen": 3300.0, "foundation": 110.0, "decoder": 40.0,
            "simdjson": 7500.0, "kind": "icelake", "fallback": 1100.0, "orjson": 600.0}
    made.update(more)
    return made


def made():
    found = [row(name) for name in report.CAPTIONS]
    found.append(row("limen, audited patient-view", 256, p99=50_000))
    found += by_size(lambda size: 60 + size / 100)
    documents = [document(), document(bytes=204_000), document(bytes=2_040_000)]
    durable = {"lines": [{"name": "group commit: 1 writers", "rows": 10, "rowsPerSecond": 41000,
                          "medianMicroseconds": 900, "p99Microseconds": 2100},
                         {"name": "pgbench: 1 clients", "rows": 10, "rowsPerSecond": 50000}],
               "ratios": {"1": 0.82, "2": 0.36}}
    ratios = report.verdicts(found, documents, lambda _: True, durable)
    return {"machine": {"processor": "a processor", "cores": 2, "commit": "abc"}, "rows": found,
            "json": documents, "absent": {}, "line": report.line(report.sizes(found)),
            "durable": durable,
            "ratios": [{"what": w, "wanted": n, "seen": s} for w, n, s in ratios]}


class LineTests(unittest.TestCase):
    def test_a_line_is_found_again(self):
        found = report.line([(s, 60 + s / 100) for s in (2_000, 20_000, 200_000, 2_000_000)])
        self.assertAlmostEqual(found["fixed"], 60, places=6)
        self.assertAlmostEqual(found["perKilobyte"], 10, places=9)
        self.assertLess(found["deviation"], 1e-9)
        self.assertEqual((found["smallest"], found["largest"]), (2_000, 2_000_000))

    def test_what_grows_with_the_square_is_no_line(self):
        found = report.line([(s, 60 + (s / 1000) ** 2) for s in (2_000, 20_000, 200_000)])
        self.assertGreater(found["deviation"], report.DEVIATION_MAX)

    def test_one_size_that_stands_out_is_told_however_small_it_is(self):
        points = [(2_000, 200), (20_000, 260), (200_000, 2_060), (2_000_000, 20_060)]
        self.assertGreater(report.line(points)["deviation"], report.DEVIATION_MAX)

    def test_the_order_of_the_points_does_not_matter(self):
        points = [(2_000, 81), (20_000, 259), (200_000, 2_070), (2_000_000, 20_000)]
        self.assertEqual(report.line(points), report.line(points[::-1]))

    def test_two_sizes_show_no_line(self):
        self.assertIsNone(report.line([(2_000, 80), (20_000, 260)]))
        self.assertIsNone(report.line([(2_000, 80), (2_000, 81), (20_000, 260)]))
        self.assertIsNone(report.line([(2_000, 80), (20_000, 0), (200_000, 2_060)]))

    def test_gateway_and_database_count_together_and_unsound_rows_do_not(self):
        found = by_size(lambda size: size)
        found[1]["unsound"] = "no answer came"
        found.append(row("limen, audited patient-view", bytes=20_000, cpu=1))
        self.assertEqual(report.sizes(found),
                         [(2_000, 2_000), (200_000, 200_000), (2_000_000, 2_000_000)])


class VerdictTests(unittest.TestCase):
    def seen(self, **more):
        whole = made()
        found = report.verdicts(more.get("rows", whole["rows"]), whole["json"],
                                more.get("asks", lambda _: True),
                                more.get("durable", whole["durable"]))
        return {what: (wanted, value) for what, wanted, value in found}

    def test_everything_that_is_wanted_has_its_verdict(self):
        found = self.seen()
        self.assertEqual(found["durable rows / pgbench with INSERT of 100, one connection"],
                         (0.7, 0.82))
        self.assertEqual(found["durable rows / pgbench with INSERT of 100, two connections"],
                         (0.7, 0.36))
        wanted, value = found["cost by size, distance from a line (at most)"]
        self.assertEqual(wanted, -report.DEVIATION_MAX)
        self.assertLess(value, 1e-9)
        self.assertAlmostEqual(found["JSON 20 KB / simdjson without vectors"][1], 3.0)
        self.assertIn("JSON 2.0 MB / Foundation", found)

    def test_what_was_not_measured_is_missing_and_fails(self):
        found = report.verdicts([], [], lambda _: True, None)
        self.assertTrue(found)
        self.assertTrue(all(value is None for _, _, value in found))
        with contextlib.redirect_stdout(io.StringIO()) as output:
            self.assertEqual(report.judge(found, {}), 1)
        self.assertEqual(output.getvalue().count("MISSING"), len(found))

    def test_rows_are_judged_only_when_they_were_asked_for(self):
        found = self.seen(asks=lambda name: name != "rows")
        self.assertFalse([what for what in found if "pgbench" in what])

    def test_a_limit_from_above_is_one(self):
        self.assertTrue(report.is_reached(-60, 59.9))
        self.assertFalse(report.is_reached(-60, 60.1))
        self.assertTrue(report.is_reached(0.7, 0.7))
        self.assertFalse(report.is_reached(0.7, 0.69))
        self.assertFalse(report.is_reached(-60, None))

    def test_one_missed_verdict_or_absent_peer_fails_the_run(self):
        with contextlib.redirect_stdout(io.StringIO()) as output:
            self.assertEqual(report.judge([("a", 1, 2.0)], {}), 0)
            self.assertEqual(report.judge([("a", 1, 2.0), ("b", 1, 0.5)], {}), 1)
            self.assertEqual(report.judge([("a", 1, 2.0)], {"c": "not installed"}), 1)
            self.assertEqual(report.judge([], {}), 1)
        self.assertIn("MISSED   b: 0.50 (wanted 1)", output.getvalue())
        self.assertIn("ABSENT   c: not installed", output.getvalue())


class MarkdownTests(unittest.TestCase):
    def test_the_tables_hold_what_was_measured(self):
        text = report.markdown(made())
        self.assertIn("| **Limen, audited `patient-view` of 20 KB** | 1,000 | 2.0 | 4.0 |", text)
        self.assertIn("| MB/s (Limen's over it) | 20 KB | 204 KB | 2.0 MB |", text)
        self.assertIn("| simdjson, icelake | 7,500 (0.44) |", text)
        self.assertIn("| simdjson without vectors | 1,100 (3.00) |", text)
        self.assertIn("| Foundation, `JSONSerialization` | 110 (30.00) |", text)
        self.assertIn("| orjson | 600 (5.50) |", text)
        self.assertIn("| 0.7 | **0.36** |", text)
        self.assertIn("| 0.7 | 0.82 |", text)
        self.assertIn("A call costs 60 us and 10.00 us for each KB, from 2 KB to 2.0 MB", text)
        self.assertIn("| pgbench: 1 clients | 50,000 |  |  |", text)
        self.assertIn("a processor, 2 cores, commit abc", text)
        for block in text.split("\n\n"):
            lines = [l for l in block.splitlines() if l.startswith("|")]
            self.assertLessEqual(len({l.count("|") for l in lines}), 1, block)
        self.assertNotIn("None", text)

    def test_what_the_row_adds_is_told_where_both_were_measured(self):
        rows = [row("limen, audited patient-view", 1, p50=1500, p99=3000),
                row("limen, dropping its rows", 1, p50=500, p99=3200),
                row("limen, audited patient-view", 16), row("limen, audited patient-view", 64),
                row("limen, dropping its rows", 64, unsound="no answer came")]
        lines = report.added_table(rows).splitlines()
        self.assertEqual(lines[2:], ["| 1 | 0.5 + 1.0 | 3.2 + -0.2 |"])
        self.assertIsNone(report.added_table(rows[2:]))
        self.assertIn(report.added_table(made()["rows"]), report.markdown(made()))

    def test_a_peer_that_is_absent_is_said_to_be(self):
        whole = made()
        whole["json"] = [document(simdjson=None, fallback=None, orjson=None)]
        whole["json"][0].pop("kind")
        whole["absent"] = {"simdjson": "not installed"}
        whole["rows"][0]["unsound"] = "9 of 10 answers failed or broke"
        text = report.markdown(whole)
        self.assertIn("| orjson | not measured |", text)
        self.assertIn("| simdjson without vectors | not measured |", text)
        self.assertIn("Absent: simdjson (not installed)", text)
        self.assertNotIn("nginx, plain answer", text)

    def test_a_file_that_is_no_report_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            for content in ("[]", "{", "{}", '{"rows": 7}'):
                path = pathlib.Path(folder) / "report.json"
                path.write_text(content, encoding="utf-8")
                with mock.patch.object(sys, "argv", ["report.py", str(path)]), \
                        contextlib.redirect_stderr(io.StringIO()) as error:
                    self.assertEqual(report.main(), 3)
                self.assertIn("is no report of", error.getvalue())


class ChartTests(unittest.TestCase):
    def drawn(self, draw):
        with tempfile.TemporaryDirectory() as folder:
            draw(pathlib.Path(folder))
            return {path.name: path.read_text(encoding="utf-8")
                    for path in pathlib.Path(folder).iterdir()}

    def test_each_chart_is_drawn_and_is_XML(self):
        found = self.drawn(lambda folder: charts.draw(made(), folder))
        self.assertEqual(sorted(found), ["p99.svg", "plain.svg", "rate.svg", "size.svg"])
        for text in found.values():
            ElementTree.fromstring(text)
        self.assertIn("60 us + 10.00 us/KB", found["size.svg"])
        self.assertIn("limen, audited patient-view", found["rate.svg"])
        self.assertNotIn("livez", found["rate.svg"])

    def test_the_cost_by_rows_is_drawn_with_a_point_for_each_size(self):
        costs = [{"rows": count, "listMicroseconds": 900.0, "appendMicroseconds": 1500.0 + count / 1e5}
                 for count in rows.SIZES]
        found = self.drawn(lambda folder: charts.draw_rows(costs, folder))
        self.assertEqual(list(found), ["rows.svg"])
        chart = ElementTree.fromstring(found["rows.svg"])
        circles = [e for e in chart.iter() if e.tag.endswith("circle")]
        self.assertEqual(len(circles), 2 * len(rows.SIZES))
        for label in ("10 k", "100 k", "1 M", "10 M"):
            self.assertIn(f">{label}<", found["rows.svg"])

    def test_a_few_percent_look_like_a_few_percent(self):
        costs = [{"rows": 10_000, "listMicroseconds": 900.0, "appendMicroseconds": 1500.0},
                 {"rows": 10_000_000, "listMicroseconds": 909.0, "appendMicroseconds": 1605.0}]
        found = self.drawn(lambda folder: charts.draw_rows(costs, folder))
        chart = ElementTree.fromstring(found["rows.svg"])
        for path in (e for e in chart.iter() if e.tag.endswith("polyline")):
            heights = [float(point.split(",")[1]) for point in path.get("points").split()]
            self.assertLess(abs(heights[0] - heights[1]), 0.03 * charts.HEIGHT)
        for label in ("100", "1 k", "10 k"):
            self.assertIn(f'text-anchor="end" fill="#444444">{label}<', found["rows.svg"])

    def test_nothing_measured_draws_nothing(self):
        empty = {"rows": [], "json": [], "absent": {}, "ratios": []}
        self.assertEqual(self.drawn(lambda folder: charts.draw(empty, folder)), {})
        self.assertEqual(self.drawn(lambda folder: charts.draw_rows([], folder)), {})


class RowsTests(unittest.TestCase):
    def judged(self, *costs):
        with contextlib.redirect_stdout(io.StringIO()) as output:
            code = rows.judge([{"rows": n, "listMicroseconds": l, "appendMicroseconds": a}
                               for n, l, a in costs])
        return code, output.getvalue()

    def test_what_does_not_grow_is_reached(self):
        code, text = self.judged((10_000, 900, 1500), (10_000_000, 910, 1600))
        self.assertEqual(code, 0)
        self.assertIn("reached  audited append, 10000000 rows / 10000: 1.07", text)

    def test_what_grows_is_missed(self):
        code, text = self.judged((10_000, 900, 1500), (10_000_000, 1800, 1600))
        self.assertEqual(code, 1)
        self.assertIn("MISSED   list of a patient", text)

    def test_one_size_or_no_time_shows_nothing(self):
        self.assertEqual(self.judged((10_000, 900, 1500))[0], 1)
        self.assertEqual(self.judged((10_000, 0, 1500), (20_000, 0, 1500))[0], 1)


class PartsTests(unittest.TestCase):
    def test_a_part_without_a_kept_number_is_named_with_the_command_that_keeps_one(self):
        found = parts.held({"card.news2": 10, "json.tape": 100}, {"json.tape": 100}, "")
        self.assertEqual(len(parts.faults(found)), 1)
        self.assertIn("has no number for: card.news2; keep one with ./limen bench instructions "
                      "--only card.news2 --keep", parts.faults(found)[0])
        self.assertIn("no number is kept", parts.counted_text(found))

    def test_a_part_that_takes_more_or_is_gone_is_named(self):
        kept = {"json.tape": 100, "json.gone": 5, "http.request": 7}
        found = parts.held({"json.tape": 106}, kept, "json")
        self.assertEqual(found["gone"], ["json.gone"])
        self.assertTrue(found["parts"][0]["isWorse"])
        self.assertEqual(len(parts.faults(found)), 2)
        found = parts.held({"json.tape": 105}, {"json.tape": 100}, "json")
        self.assertEqual(parts.faults(found), [])

    def test_the_counts_and_the_comparison_are_JSON_with_what_the_text_says(self):
        found = parts.held({"card.news2": 10, "json.tape": 50}, {"json.tape": 100}, "")
        self.assertEqual(json.loads(json.dumps(found))["parts"], [
            {"name": "card.news2", "instructions": 10, "kept": None, "ratio": None,
             "isWorse": False},
            {"name": "json.tape", "instructions": 50, "kept": 100, "ratio": 0.5,
             "isWorse": False}])
        found = parts.compared(["abc", "this tree"], [{"a": 2000, "gone": 5}, {"a": 3000, "b": 7}])
        self.assertEqual(found["parts"], [
            {"name": "a", "nanoseconds": [2000, 3000], "ratio": 1.5},
            {"name": "b", "nanoseconds": [None, 7], "ratio": None},
            {"name": "gone", "nanoseconds": [5, None], "ratio": None}])
        lines = parts.compared_text(found).splitlines()
        self.assertTrue(lines[0].endswith("ratio"))
        self.assertTrue(lines[1].endswith("1.50"))
        self.assertEqual(len(lines), 4)

    def test_check_counts_as_asked_and_says_why_it_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            kept = pathlib.Path(folder) / "instructions.json"
            kept.write_text('{"json.tape": 100}\n', encoding="utf-8")
            options = argparse.Namespace(only="", check=True, keep=False, json=True)
            with mock.patch.object(parts, "KEPT", kept), \
                    mock.patch.object(parts, "own", lambda: "program"), \
                    mock.patch.object(parts.shutil, "which", lambda _: "valgrind"), \
                    mock.patch.object(parts, "names", lambda *_: ["json.tape", "tls.read"]), \
                    mock.patch.object(parts, "callgrind", lambda *_: 100 * parts.ROUNDS), \
                    contextlib.redirect_stdout(io.StringIO()) as output, \
                    contextlib.redirect_stderr(io.StringIO()) as error:
                with self.assertRaises(SystemExit) as ended:
                    parts.instructions(options)
                self.assertEqual(ended.exception.code, 1)
                self.assertIn("no number for: tls.read", error.getvalue())
                self.assertEqual(len(json.loads(output.getvalue())["parts"]), 2)
                options.check, options.keep = False, True
                parts.instructions(options)
            self.assertEqual(json.loads(kept.read_text()), {"json.tape": 100, "tls.read": 100})


if __name__ == "__main__":
    unittest.main()

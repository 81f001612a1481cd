"""Latency of single evaluations in the peers, for the rows that EngineBench takes.

    latency.py DOCUMENT ROWS [DOCUMENT ROWS ...]

Microseconds for one row as a caller in Python sees them; EngineBench prints ours in the same run.
"""

import pathlib
import sys
import time

import peer
import tables

ROUNDS = 3


def measure(evaluate, rows):
    """The sorted times of all rows in microseconds, after a round to warm up."""
    times = []
    for number in range(ROUNDS + 1):
        for row in rows:
            start = time.perf_counter_ns()
            try:
                evaluate(row)
            except Exception:  # A row that is refused takes its time too.
                pass
            if number:
                times.append((time.perf_counter_ns() - start) / 1000)
    return sorted(times)


def line(name, who, times):
    def at(share):
        return times[min(len(times) - 1, int(len(times) * share))]

    print(f"{name:12}{who:26}p50 {at(0.5):9.1f} us   p95 {at(0.95):9.1f} us   "
          f"p99 {at(0.99):9.1f} us", flush=True)


def main():
    for document, table in zip(sys.argv[1::2], sys.argv[2::2]):
        name = pathlib.Path(document).stem
        model = peer.evaluator(document)
        kinds = peer.types(model)
        rows = [peer.typed(row, kinds) for row in tables.read(table)]
        line(name, "jpmml-evaluator (Python)", measure(model.evaluate, rows))
        try:
            from pypmml import Model

            other = Model.load(str(document))
            line(name, "pypmml", measure(other.predict, rows[:200]))
        except Exception as error:
            print(f"{name:12}pypmml: {type(error).__name__}")


if __name__ == "__main__":
    main()

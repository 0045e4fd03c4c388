"""`make bench`: run all benchmarks, or those that are named; write `benchmarks/results.json`."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import (
    exchange,
    inbox_throughput,
    offscreen_memory,
    page_numbers,
    panel_bundle,
    rest_requests,
    sandbox,
    screen_pop,
    serve_start,
    telephone,
    token_valid,
)

RESULTS = Path(__file__).with_name("results.json")

Row = dict[str, object]


def measured(*measures: Callable[[], Row]) -> Callable[[], Sequence[Row]]:
    return lambda: [measure() for measure in measures]


# What a benchmark is asked for by: the names in its rows begin with it.
BENCHMARKS: dict[str, Callable[[], Sequence[Row]]] = {
    "panel.bundle": measured(panel_bundle.measure),
    "serve.start": serve_start.measure,
    "inbox.throughput": measured(inbox_throughput.measure),
    "pop": screen_pop.measure,
    "token.valid": measured(token_valid.measure),
    "rest.requests": measured(rest_requests.measure),
    "exchange": exchange.measure,
    "sandbox": sandbox.measure,
    "page": page_numbers.measure,
    "offscreen.memory": measured(offscreen_memory.measure),
    "ring": telephone.ring,
    "answer": telephone.answer,
}


def main(names: Sequence[str]) -> int:
    chosen = {key: run for key, run in BENCHMARKS.items() if not names or any(_fits(key, name) for name in names)}
    if not chosen:
        print(f"There is no such benchmark. There are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for key, run in chosen.items():
        print(f"measuring {key} …", file=sys.stderr)
        for row in run():
            rows.append(row)
            print("{name:18} {ours:>10.4g} {unit:13} {ratio:>7} × {peer}".format_map(row))
    kept = {str(row["name"]): row for row in _before()} | {str(row["name"]): row for row in rows}
    RESULTS.write_text(json.dumps(list(kept.values()), indent=2) + "\n")
    return 0


def _fits(key: str, name: str) -> bool:
    return name.startswith(key) or key.startswith(name)


def _before() -> list[Row]:
    """Rows of earlier runs, for those that were not measured now."""
    return list(json.loads(RESULTS.read_text())) if RESULTS.exists() else []


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

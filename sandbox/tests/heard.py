"""What the sandbox was asked while its tests ran: by whom, which endpoint, answered how. Taken from its own journal.

Every request that a sandbox in this process writes into its journal is heard, whoever sent it and over whatever way;
a reset, which begins a new journal, loses nothing. Each process of a run has its own `Heard`; they are added up at the
end (`conftest.py`), where the strangers' calls are listed and faithful endpoints that nobody called are named.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hubspot_sandbox.control.journal import Entry, Journal
from hubspot_sandbox.openapi import Endpoint

HERE = Path(__file__).parent
STRANGERS = {
    "hubspot-api-client-python": "hubspot-api-client for Python",
    "node-fetch": "@hubspot/api-client for Node",
    "HubSpot/Python": "hubspot-sdk for Python, dated paths",
    "schemathesis": "schemathesis",
}
"""How programs that are not ours begin their `User-Agent`; Node's client leaves the one of its HTTP library."""
GENERATED = ("test_nonsense.py", "test_openapi.py")
"""Tests that ask at random: what succeeds there was not looked at."""
Call = tuple[str, str, str, str, int]
"""Test file, caller, method, route, status; 0 is a connection that was dropped."""


class Heard:
    """Calls and how often each was made. `whole`: all tests of the sandbox were collected, none left out."""

    def __init__(self, rows: Iterable[tuple[Call, int]] = (), whole: bool = False) -> None:
        self.calls: Counter[Call] = Counter({tuple(call): times for call, times in rows})  # type: ignore[misc]
        self.whole = whole

    @property
    def rows(self) -> list[tuple[Call, int]]:
        """Plain values, which go from process to process."""
        return list(self.calls.items())

    @contextmanager
    def listening(self, test_file: str) -> Iterator[None]:
        """As long as this lasts, what any journal writes is heard."""
        write = Journal.write

        def heard(journal: Journal, entry: Entry) -> None:
            self.calls[test_file, entry.caller, entry.method, entry.route, entry.status or 0] += 1
            write(journal, entry)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Journal, "write", heard)
            yield

    def by_strangers(self) -> dict[str, Counter[tuple[str, str, int]]]:
        """Each stranger's calls as (method, route, status); a request that reached no endpoint has no route."""
        found: defaultdict[str, Counter[tuple[str, str, int]]] = defaultdict(Counter)
        for (_, caller, method, route, status), times in self.calls.items():
            name = next((name for begins, name in STRANGERS.items() if caller.startswith(begins)), None)
            if name:
                found[f"{name} ({caller})"][method, route, status] += times
        return dict(found)

    def never_answered(self, promised: Iterable[Endpoint]) -> list[str]:
        """Faithful endpoints that no test with a purpose has seen succeed, or has seen refuse."""
        answered = {
            (method, route, status // 100 == 2)
            for test_file, _, method, route, status in self.calls
            if test_file not in GENERATED and (status // 100 == 2 or 400 <= status < 500)
        }
        return [
            f"{each.method} {each.path}: no test sees it {'succeed' if well else 'refuse'}"
            for each in promised
            if each.says.fidelity == "faithful"
            for well in (True, False)
            if (each.method, each.path, well) not in answered
        ]


def listed(calls: Counter[tuple[str, str, int]]) -> list[str]:
    """`POST /crm/objects/{version}/{object_type} -> 201 × 12, 409 × 1`, by route."""
    statuses: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for (method, route, status), times in sorted(calls.items(), key=lambda each: (each[0][1], each[0])):
        statuses[method, route or "(no endpoint)"].append(f"{status or 'no answer'} × {times}")
    return [f"{method} {route} -> {', '.join(found)}" for (method, route), found in statuses.items()]


def is_whole(session: pytest.Session) -> bool:
    """Whether every test file of the sandbox stands in this run, and no single test was asked for."""
    files = {path for path in HERE.rglob("test_*.py") if not {"node_modules", ".venv"} & set(path.parts)}
    single = any("::" in each for each in session.config.args) or session.config.option.collectonly
    return not single and files <= {item.path for item in session.items}

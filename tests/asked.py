"""What Offhook and its tests ask the sandbox for. Offhook relies on it, so the sandbox must promise to be faithful there.

Nobody keeps a list: whatever a sandbox in this process writes into its journal is heard, and what the sandboxes of a
stage have kept is read when it is struck. `promised` is where an endpoint is called faithful (`hubspot_sandbox.surface`).
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest

LESS: Mapping[tuple[str, str], str] = {
    ("POST", "/crm/extensions/calling/{version}/{app_id}/settings/recording"): (
        "An operator writes it once, by hand, and the demo for itself. What is written and what HubSpot then asks is "
        "documented (S50); only its refusals are guessed, and nothing relies on those."
    ),
}
"""Endpoints that Offhook asks although they are *shape only*, each with the reason why that is enough."""
_heard: list[tuple[str, str, str]] = []


@contextmanager
def listening() -> Iterator[None]:
    """As long as this lasts, requests are heard."""
    from hubspot_sandbox.control.journal import Entry, Journal

    write = Journal.write

    def heard(journal: Journal, entry: Entry) -> None:
        if not entry.fault:
            _heard.append((entry.method, entry.route, entry.path))
        write(journal, entry)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Journal, "write", heard)
        yield


def unfaithful_since() -> list[str]:
    """What was heard since the last time that was less than faithful."""
    heard = list(_heard)
    _heard.clear()
    return unfaithful(heard)


def check(journal: Iterable[Mapping[str, Any]]) -> None:
    """The entries of `/_sandbox/journal`; fails unless all are of faithful endpoints."""
    asked = [(each["method"], each["route"], each["path"]) for each in journal if not each["fault"]]
    assert not unfaithful(asked), message(unfaithful(asked))


def unfaithful(asked: Iterable[tuple[str, str, str]]) -> list[str]:
    """`POST /crm/… is shape only`, of (method, route, path)."""
    wanted = {(method, route or path) for method, route, path in asked} - set(LESS)
    if not wanted:
        return []
    return sorted(
        f"{method} {path} is {promised().get((method, path), 'absent')}"
        for method, path in wanted
        if promised().get((method, path)) != "faithful"
    )


@cache
def promised() -> dict[tuple[str, str], str]:
    """How far each endpoint, as method and path, can be relied on."""
    from hubspot_sandbox.app import create_app
    from hubspot_sandbox.openapi import endpoints
    from hubspot_sandbox.portal import Portal

    portal = Portal()
    found = {(each.method, each.path): str(each.says.fidelity) for each in endpoints(create_app(portal))}
    portal.close()
    return found


def message(less: list[str]) -> str:
    return (
        "Offhook relies on what it asks HubSpot for, so the sandbox must be faithful there (hubspot_sandbox/surface.py); "
        f"or say in tests/asked.py why less is enough: {less}"
    )

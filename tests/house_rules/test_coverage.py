"""The sandbox's promises: every endpoint makes one, each has a source, and COVERAGE.md tells of all."""

import re

import pytest
from litestar import Litestar
from tests.house_rules.repository import ROOT

from hubspot_sandbox.app import create_app
from hubspot_sandbox.coverage import page
from hubspot_sandbox.openapi import Endpoint, endpoints, undocumented
from hubspot_sandbox.paths import canonical
from hubspot_sandbox.portal import Portal
from offhook.grants.wire import OAUTH
from offhook.hubspot.wire import ACCOUNT, OBJECTS, OWNERS, USERS

COVERAGE = ROOT / "sandbox" / "COVERAGE.md"
OFFHOOK_ASKS = (
    *(f"POST {OBJECTS}/{kind}/search" for kind in ("contacts", "calls")),
    *(f"POST {OBJECTS}/{kind}" for kind in ("contacts", "calls")),
    *(f"POST {OBJECTS}/calls/batch/{what}" for what in ("create", "update", "read")),
    f"GET {OBJECTS}/contacts/1",
    f"PATCH {OBJECTS}/calls/1",
    f"GET {OWNERS}",
    f"GET {ACCOUNT}",
    f"GET {USERS}",
    *(f"POST {OAUTH}/token{end}" for end in ("", "/introspect", "/revoke")),
)


@pytest.fixture(scope="module")
def app() -> Litestar:
    return create_app(Portal())


def test_every_endpoint_says_what_it_promises(app: Litestar) -> None:
    silent = undocumented(app)
    assert not silent, (
        'Give these handlers `opt=says("faithful" | "shape only", source, …)` (hubspot_sandbox/surface.py): faithful '
        f"only when the source says so and a test holds it. {silent}"
    )


def test_every_promise_has_a_source(app: Litestar) -> None:
    bare = [f"{each.method} {each.path}" for each in endpoints(app) if not each.says.source.strip()]
    assert not bare, f"Say where HubSpot's behaviour is written, or call it shape only with `spec`: {bare}"


def test_what_is_called_faithful_is_asked_by_a_test(app: Litestar) -> None:
    asked = "\n".join(path.read_text() for path in (ROOT / "sandbox" / "tests").rglob("*.py"))
    untested = [
        f"{each.method} {each.path}"
        for each in endpoints(app)
        if each.says.fidelity == "faithful" and not _named(each, asked)
    ]
    assert not untested, (
        f"No test of the sandbox mentions these faithful endpoints; test them or call them shape only: {untested}"
    )


def _named(each: Endpoint, text: str) -> bool:
    """Whether the last fixed piece of the path stands in some test."""
    fixed = [part for part in each.path.split("/") if part and "{" not in part]
    return re.search(rf"\b{re.escape(fixed[-1])}\b", text) is not None


@pytest.mark.parametrize("question", OFFHOOK_ASKS)
def test_what_offhook_asks_is_faithful(app: Litestar, question: str) -> None:
    method, _, path = question.partition(" ")
    fitting = [each for each in endpoints(app) if each.method == method and _fits(each.path, canonical(path) or "")]
    assert [each.says.fidelity for each in fitting][:1] == ["faithful"], (
        f"Offhook relies on {question}, so the sandbox must be faithful there; it has {fitting}"
    )


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), path) is not None


def test_the_page_is_up_to_date(app: Litestar) -> None:
    assert COVERAGE.read_text() == page(app), (
        "sandbox/COVERAGE.md is stale. Write it anew: .venv/bin/python -m hubspot_sandbox.coverage > sandbox/COVERAGE.md"
    )

"""The sandbox's promises: every endpoint makes one, each has a source, and COVERAGE.md tells of all.

That a test saw each faithful endpoint succeed and refuse is checked at the end of a run of the sandbox's tests
(`sandbox/tests/hearing.py`); that Offhook asks only what is faithful, in each of its own tests (`tests/asked.py`).
"""

import pytest
from litestar import Litestar
from tests.asked import LESS, promised
from tests.house_rules.repository import ROOT

from hubspot_sandbox.app import create_app
from hubspot_sandbox.coverage import page
from hubspot_sandbox.openapi import endpoints, undocumented
from hubspot_sandbox.portal import Portal

COVERAGE = ROOT / "sandbox" / "COVERAGE.md"


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


def test_what_offhook_asks_and_is_less_than_faithful_is_there() -> None:
    stale = {each: promised().get(each, "absent") for each in LESS if promised().get(each) != "shape only"}
    assert not stale, f"Take these out of LESS in tests/asked.py: {stale}"


def test_the_page_is_up_to_date(app: Litestar) -> None:
    assert COVERAGE.read_text() == page(app), (
        "sandbox/COVERAGE.md is stale. Write it anew: .venv/bin/python -m hubspot_sandbox.coverage > sandbox/COVERAGE.md"
    )

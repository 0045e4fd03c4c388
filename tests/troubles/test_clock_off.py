"""The service's clock is ten minutes off, ahead of HubSpot's or behind it: nobody notices."""

from collections.abc import Iterator

import httpx
import pytest
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Customer, Stage
from tests.troubles.going_on import logged_once, plays_on

TEN_MINUTES = 600
HALF_AN_HOUR = 1800
TOKENS = "/oauth/2026-09/token"


@pytest.fixture(params=[TEN_MINUTES, -TEN_MINUTES], ids=["behind HubSpot's", "ahead of HubSpot's"])
def _off(request: pytest.FixtureRequest, stage: Stage, ben: Desk) -> Iterator[None]:
    """It jumps while Ben is connected. Here HubSpot's is moved: only the difference can be seen from outside."""
    stage.control("POST", "/clock", {"advance_seconds": request.param})
    yield
    stage.control("POST", "/clock", {"advance_seconds": -request.param})


@pytest.mark.usefixtures("_off")
def test_calls_are_known_and_logged_and_a_new_consent_counts(stage: Stage, ben: Desk, customer: Customer) -> None:
    stage.ring(customer.number)
    ben.call(customer, lambda call: call["who"]["answer"] == "one", "known")
    plays_on(ben, customer)
    logged_once(ben, customer)
    ben.consent()
    assert ben.sees()["grant"]["state"] == "active"


def test_a_consent_that_was_begun_before_the_jump_counts(stage: Stage, ben: Desk) -> None:
    """Its state is signed with our own time, and compared with no other."""
    consent = ben.panel.begin()
    stage.control("POST", "/clock", {"advance_seconds": TEN_MINUTES})
    try:
        httpx.get(ben.answer_of_hubspot(consent), timeout=30, follow_redirects=False)
        assert ben.panel.claim()["state"] == "granted"
    finally:
        stage.control("POST", "/clock", {"advance_seconds": -TEN_MINUTES})


@pytest.mark.usefixtures("_off")
def test_the_end_of_a_token_is_met_with_one_refresh(stage: Stage, ben: Desk, customer: Customer) -> None:
    """By our clock it lives, by HubSpot's it has ended: it is refused once, renewed, and the request is sent again."""
    stage.control("POST", "/clock", {"advance_seconds": HALF_AN_HOUR + TEN_MINUTES})
    stage.control("DELETE", "/journal")
    stage.ring(customer.number)
    ben.call(customer, lambda call: call["who"]["answer"] == "one", "known")
    plays_on(ben, customer)
    logged_once(ben, customer)
    assert [each["body"]["grant_type"] for each in stage.received("POST", TOKENS)] == ["refresh_token"]
    assert ben.sees()["grant"]["state"] == "active"

"""A consent that comes from another account or another person than the panel belongs to is refused by name."""

from collections.abc import Iterator

import httpx
import pytest
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Customer, Stage
from tests.troubles.going_on import logged_once, plays_on

from offhook.demo import people
from offhook.demo.over_api import Person

BIRCH = 48201002


@pytest.fixture
def ada(stage: Stage, ben: Desk) -> Iterator[Desk]:
    desk = Desk(stage, people.ADA, "203")
    desk.arrive()
    yield desk
    desk.leave()


def refused(desk: Desk, consent_url: str, account: int) -> dict[str, str]:
    """The problem that the panel is told, after a page has told the person the same."""
    page = httpx.get(desk.answer_of_hubspot(consent_url, account), timeout=30)
    assert page.status_code == 400
    claim = desk.panel.claim()
    assert claim["state"] == "failed"
    problem: dict[str, str] = claim["problem"]
    assert problem["code"] == "another-account"
    assert "Consent was given for" in page.text
    assert problem["remedy"]
    return problem


def test_another_account_is_refused(stage: Stage, ada: Desk) -> None:
    problem = refused(ada, ada.panel.begin("search-only"), BIRCH)
    assert f"birch.example ({BIRCH}) as {people.ADA}" in problem["detail"]
    assert f"acorn.example ({people.ACORN}) as {people.ADA}" in problem["detail"]
    grant = ada.sees()["grant"]
    assert (grant["state"], grant["account_id"]) == ("active", people.ACORN)


def test_another_person_is_refused_and_calls_are_still_logged(stage: Stage, ben: Desk, customer: Customer) -> None:
    """Somebody else was logged in to HubSpot in this browser."""
    url = ben.panel.begin()
    ben.person.browser.close()
    ben.person = Person(stage, people.ADA)
    ben.person.log_in()
    problem = refused(ben, url, people.ACORN)
    assert f"as {people.ADA}" in problem["detail"]
    assert f"as {people.BEN}" in problem["detail"]
    stage.ring(customer.number)
    plays_on(ben, customer)
    logged_once(ben, customer)

"""HubSpot stops the agent on its own page and tells the app nothing: the panel says so by itself, and why."""

import time
from collections.abc import Iterator

import httpx
import pytest
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Stage, eventually
from tests.troubles.conftest import in_order

from offhook.demo import people
from offhook.demo.over_api import check


@pytest.fixture
def dev(stage: Stage) -> Iterator[Desk]:
    """Somebody who may hardly do anything, and has never been here."""
    in_order(stage)
    desk = Desk(stage, people.BEN.replace("ben", "dev"), "202")
    desk.person.log_in()
    yield desk
    desk.leave()


def test_the_silence_is_explained(stage: Stage, dev: Desk) -> None:
    began = time.monotonic()
    url = dev.panel.begin()
    page = dev.person.browser.get(f"/oauth/{people.ACORN}/authorize?{url.partition('?')[2]}")
    assert page.status_code == 403
    claim = eventually(dev.panel.claim, lambda claim: claim["state"] != "waiting", "the panel's patience to pass", 20)
    assert claim["state"] == "stuck"
    assert time.monotonic() - began >= stage.patience
    report = claim["diagnosis"]
    named = [each["right"] for each in report["missing"]]
    assert "App Marketplace access" in named
    assert any("Contacts" in each for each in named)
    assert all(each["where"] and each["needed_for"] for each in report["missing"])
    assert "proved" not in {each["sure"] for each in report["missing"]}, "nobody has read HubSpot's page"
    assert "Users & Teams" in report["message"]["text"]
    assert report["less"]["ask"] == "search-only"
    assert "logging out and in again" in report["remember"]


def test_it_may_still_come(stage: Stage, dev: Desk) -> None:
    url = dev.panel.begin()
    eventually(dev.panel.claim, lambda claim: claim["state"] == "stuck", "the panel's patience to pass", 20)
    stage.give_rights(dev.email)
    dev.person.log_in()
    httpx.get(dev.answer_of_hubspot(url), timeout=30)
    assert dev.panel.claim()["state"] == "granted"
    assert dev.sees()["agent"]["email"] == dev.email


@pytest.mark.parametrize("query", ["", "state=made-up&code=123", "code=123", "state=a.b.c&error=access_denied"])
def test_an_answer_that_belongs_to_nothing_is_told_so(stage: Stage, query: str) -> None:
    answer = httpx.get(f"{stage.service}/oauth/callback?{query}", timeout=20)
    check(answer.status_code == 400, f"{answer.status_code}: {answer.text[:300]}")
    assert "HubSpot is not connected" in answer.text
    assert "Connect HubSpot" in answer.text, "it offers to start again"

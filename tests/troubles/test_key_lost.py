"""The key that tokens are sealed under is rotated, or lost: whoever must connect again is told so, nothing crashes."""

from collections.abc import Iterator

import httpx
import pytest
from tests.scenarios.administrator import Administrator
from tests.scenarios.desk import Desk, said
from tests.scenarios.stage import Customer, Json, Stage
from tests.troubles.going_on import logged_once, not_known, plays_on, waits

from offhook.demo import people
from offhook.demo.world import APP

KEYS = "OFFHOOK_SECRET_KEYS"
LOST = "grant-broken: This connection was kept under a secret key that Offhook no longer has. Connect HubSpot again"


@pytest.fixture
def old_key(stage: Stage, ben: Desk) -> Iterator[str]:
    """The service's own, which it has again in the end; what was sealed under another one is sealed anew before."""
    yield (stage.folder / "offhook/secret.key").read_text()
    del stage.settings[KEYS]
    start_again(stage)
    if ben.sees()["grant"]["state"] != "active":
        ben.consent()


def start_again(stage: Stage, *keys: str) -> None:
    """As after an update of the settings; without keys, with the one in the data folder."""
    if keys:
        stage.settings[KEYS] = ",".join(keys)
    process = stage.processes.pop("service")
    process.terminate()
    assert process.wait(30) == 0, stage.log_of("service")
    stage.service_comes_back()


def test_a_key_that_is_rotated_is_noticed_by_nobody(stage: Stage, ben: Desk, customer: Customer, old_key: str) -> None:
    consent = ben.panel.begin()
    start_again(stage, "a new key", old_key)
    httpx.get(ben.answer_of_hubspot(consent), timeout=30, follow_redirects=False)
    assert ben.panel.claim()["state"] == "granted", "also what was begun under the old key counts"
    stage.ring(customer.number)
    ben.call(customer, lambda call: call["who"]["answer"] == "one", "known")
    plays_on(ben, customer)
    logged_once(ben, customer)
    assert ben.sees()["grant"]["state"] == "active"


def test_whoever_used_hubspot_since_a_rotation_needs_the_old_key_no_more(
    stage: Stage, ben: Desk, customer: Customer, old_key: str
) -> None:
    start_again(stage, "a new key", old_key)
    stage.control("POST", "/clock", {"advance_seconds": 1801})
    stage.ring(customer.number)
    ben.call(customer, lambda call: call["who"]["answer"] == "one", "known")
    start_again(stage, "a new key")
    assert ben.sees()["grant"]["state"] == "active"
    plays_on(ben, customer)
    logged_once(ben, customer)


def test_without_the_key_everybody_is_asked_to_connect_again_and_calls_wait(
    stage: Stage, ben: Desk, customer: Customer, old_key: str
) -> None:
    start_again(stage, "another key")
    grant = ben.sees()["grant"]
    assert grant["state"] == "broken"
    assert said(grant["reason"]).startswith(LOST)
    stage.control("DELETE", "/journal")
    stage.ring(customer.number)
    assert not_known(ben, customer).startswith(LOST)
    plays_on(ben, customer)
    reason, again = waits(ben, customer)
    assert reason.startswith(LOST)
    assert again is None
    assert stage.control("GET", f"/journal?client_id={APP['client_id']}") == [], "HubSpot has nothing to do with it"
    ben.consent("search-only")
    assert ben.sees()["grant"]["state"] == "active", "a narrower consent repairs it, too"
    ben.consent()
    logged_once(ben, customer)


def test_the_old_key_put_back_works_again_and_what_waited_goes_on(
    stage: Stage, ben: Desk, customer: Customer, old_key: str
) -> None:
    start_again(stage, "another key")
    stage.ring(customer.number)
    plays_on(ben, customer)
    assert waits(ben, customer)[0].startswith(LOST)
    assert ben.panel.ask("POST", "/api/grant/disable")["grant"]["state"] == "broken", "a switch repairs nothing"
    start_again(stage, old_key)
    assert ben.sees()["grant"]["state"] == "active"
    logged_once(ben, customer)


def test_the_administrators_page_shows_who_must_connect_again(stage: Stage, ben: Desk, old_key: str) -> None:
    start_again(stage, "another key")
    ada = Administrator(stage)
    ada.consent()
    try:
        row = row_of_ben(ada)
        assert (row["state"], said(row["reason"]).startswith(LOST)) == ("broken", True)
        ben.consent()
        assert row_of_ben(ada)["state"] == "connected"
        ada.forgets()
    finally:
        ada.leave()


def row_of_ben(ada: Administrator) -> Json:
    """Whoever else was connected under the old key is on the page, too."""
    [row] = [each for each in ada.asks("GET", "people")["people"] if each["email"] == people.BEN]
    return row


def test_a_consent_that_was_begun_under_a_lost_key_is_begun_again(stage: Stage, ben: Desk, old_key: str) -> None:
    address = ben.answer_of_hubspot(ben.panel.begin())
    start_again(stage, "another key")
    answer = httpx.get(address, timeout=30, follow_redirects=False)
    assert answer.status_code == 400
    assert "belongs to no connection that was begun here" in answer.text
    assert "Connect HubSpot" in answer.text


def test_a_grant_that_nobody_can_open_is_forgotten_all_the_same(stage: Stage, ben: Desk, old_key: str) -> None:
    start_again(stage, "another key")
    ben.forgets()
    assert stage.control("GET", f"/accounts/{people.ACORN}/tokens"), "HubSpot could not be told"
    ben.arrive()

"""An agent's own grant is gone; the account's grant stands in for it, where the policy lets it, and the log says so."""

from collections.abc import Iterator

import httpx
import pytest
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Customer, Stage, eventually
from tests.troubles.going_on import logged_once, plays_on, waits

from offhook.demo import people
from offhook.demo.world import APP

ADMINISTRATION = "/api/administration"


@pytest.fixture
def ada(stage: Stage, ben: Desk) -> Iterator[Desk]:
    """The administrator, who connected the whole account; in the end she forgets that."""
    ada = Desk(stage, people.ADA, line="203")
    ada.consent()
    httpx.get(ada.answer_of_hubspot(ada.panel.begin("account")), timeout=30, follow_redirects=False)
    assert ada.panel.claim()["state"] == "granted"
    yield ada
    ada.panel.ask("PUT", f"{ADMINISTRATION}/policy", {"account_logs": True})
    ada.panel.ask("DELETE", f"{ADMINISTRATION}/account-grant")
    ada.leave()


def break_grant(stage: Stage, ben: Desk) -> None:
    """HubSpot ends Ben's grant, and nobody else's."""
    for deed in ("expire", "revoke"):
        stage.control("POST", f"/tokens/{deed}", {"email": people.BEN})
    ben.panel.ask("GET", "/api/contacts?query=anybody")
    eventually(lambda: ben.sees()["grant"], lambda grant: grant["state"] == "broken", "a broken grant")


def test_calls_are_logged_with_the_accounts_grant_and_say_so(
    stage: Stage, ben: Desk, ada: Desk, customer: Customer
) -> None:
    break_grant(stage, ben)
    stage.ring(customer.number)
    plays_on(ben, customer)
    entry = logged_once(ben, customer)
    assert ben.log_of(customer, "logged")["by"] == people.ADA
    assert entry["hubspot_owner_id"], "it is Ben's call all the same"
    ben.consent()


def test_a_call_that_waits_is_logged_as_soon_as_an_administrator_lets_it(
    stage: Stage, ben: Desk, ada: Desk, customer: Customer
) -> None:
    ada.panel.ask("PUT", f"{ADMINISTRATION}/policy", {"account_logs": False})
    break_grant(stage, ben)
    stage.ring(customer.number)
    plays_on(ben, customer)
    assert waits(ben, customer)[0].startswith("grant-broken: ")
    assert stage.timeline(customer.id) == []
    ada.panel.ask("PUT", f"{ADMINISTRATION}/policy", {"account_logs": True})
    logged_once(ben, customer)
    ben.consent()
    assert ben.log_of(customer, "logged")["by"] == people.ADA, "that is how it was written"


def test_when_hubspot_ends_the_accounts_grant_too_calls_wait_and_an_administrator_is_enough(
    stage: Stage, ben: Desk, ada: Desk, customer: Customer
) -> None:
    stage.control("POST", f"/accounts/{people.ACORN}/apps/{APP['client_id']}/uninstall")
    stage.ring(customer.number)
    plays_on(ben, customer)
    assert waits(ben, customer)[0].startswith("grant-broken: ")
    assert ben.sees()["grant"]["state"] == "broken"
    kept = ada.panel.ask("GET", f"{ADMINISTRATION}/account-grant")
    assert kept["state"] == "broken", "noticed by the one call that needed it"
    assert kept["reason"]["remedy"].startswith("Connect HubSpot again")
    ada.consent()
    httpx.get(ada.answer_of_hubspot(ada.panel.begin("account")), timeout=30, follow_redirects=False)
    assert ada.panel.claim()["state"] == "granted"
    logged_once(ben, customer)
    assert ben.log_of(customer, "logged")["by"] == people.ADA, "Ben has connected nothing"
    ben.consent()

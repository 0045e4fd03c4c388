"""The app is uninstalled in HubSpot: every token is dead at once, and only a person can change that."""

from tests.scenarios.desk import Desk, said
from tests.scenarios.stage import Customer, Stage
from tests.troubles.going_on import logged_once, not_known, plays_on, waits

from offhook.demo import people
from offhook.demo.over_api import Person

UNINSTALL = f"/integrations-settings/{people.ACORN}/installed/offhook-demo-client/uninstall"


def uninstall(stage: Stage) -> None:
    ada = Person(stage, people.ADA)
    ada.log_in()
    answer = ada.submit(UNINSTALL, {})
    ada.browser.close()
    assert "uninstalled=1" in answer.headers["location"]


def test_calls_wait_for_the_agent_to_connect_again(stage: Stage, ben: Desk, customer: Customer) -> None:
    uninstall(stage)
    stage.ring(customer.number)
    assert not_known(ben, customer).startswith("grant-broken: ")
    grant = ben.sees()["grant"]
    assert grant["state"] == "broken"
    assert "Connect HubSpot again" in said(grant["reason"])
    plays_on(ben, customer)
    reason, again = waits(ben, customer)
    assert reason.startswith("grant-broken: ")
    assert "Connect HubSpot again; nothing is lost meanwhile." in reason
    assert again is None
    assert stage.timeline(customer.id) == []
    ben.consent()
    assert ben.sees()["grant"]["state"] == "active"
    logged_once(ben, customer)


def test_the_panel_and_the_line_stay(stage: Stage, ben: Desk, customer: Customer) -> None:
    """HubSpot's no is no reason to take somebody's phone away."""
    uninstall(stage)
    ben.panel.ask("POST", "/api/calls", {"number": customer.number, "contact_id": customer.id})
    call = ben.call_is(customer, "connected")
    ben.does("hang-up", call)
    ben.wraps_up(customer)
    assert waits(ben, customer)[1] is None
    assert ben.sees()["line"]["number"] == "201"
    ben.consent()
    assert stage.logged_once(customer)["hs_call_direction"] == "OUTBOUND"

"""The whole HubSpot account is gone: its tokens are dead, and that is said as what it is."""

from collections.abc import Iterator

import pytest
from tests.scenarios.applicant import Applicant, new_account, set_up_app
from tests.scenarios.desk import PINS, said
from tests.scenarios.stage import Json, Stage, eventually

LINE, CALLER = "202", "+16502539999"
GONE = "grant-broken: HubSpot no longer has this account: missing or unknown hub id."


@pytest.fixture
def abby(stage: Stage) -> Iterator[Applicant]:
    """Who runs a small account alone: agent, administrator, and the one who connected the account."""
    set_up_app(stage)
    abby = Applicant(stage, new_account(stage), super_admin=True)
    for ask in ("everything", "account"):
        abby.logs_in()
        abby.begins(ask)
        assert abby.grants()["state"] == "granted"
    abby.panel.ask("PUT", "/api/phone-system", {"phone_system": "exchange"})
    abby.panel.ask("POST", "/api/line-login", {"line": LINE, "secret": PINS[LINE]})
    yield abby
    abby.panel.api.delete("/api/line-login")  # the line is for the tests after this one, too
    abby.leaves()


def call_of(abby: Applicant) -> Json:
    panel = abby.panel.ask("GET", "/api/panel")
    return dict(next(iter((*panel["calls"], *panel["recent"])), {}))


def test_it_is_named_calls_wait_and_forgetting_still_works(stage: Stage, abby: Applicant) -> None:
    stage.control("DELETE", f"/accounts/{abby.account}")
    stage.ring(CALLER, LINE)
    eventually(lambda: call_of(abby), lambda call: call and call["who"]["answer"] == "could-not-ask", "a call")
    abby.panel.ask("POST", f"/api/calls/{call_of(abby)['id']}/decline")
    call = eventually(lambda: call_of(abby), lambda call: call["log"]["reason"], "why the log waits")
    assert call["log"]["state"] == "waiting"
    assert said(call["log"]["reason"]).startswith(GONE)
    panel = abby.panel.ask("GET", "/api/panel")
    assert panel["grant"]["state"] == "broken"
    assert said(panel["grant"]["reason"]).startswith(GONE)
    abby.panel.ask("DELETE", "/api/administration/account-grant")
    abby.panel.ask("DELETE", "/api/grant")
    assert abby.panel.api.get("/api/panel").status_code == 401, "nothing of it is left"


def test_nobody_is_asked_for_consent_in_an_account_that_is_gone(stage: Stage, abby: Applicant) -> None:
    """What HubSpot's page then says is HubSpot's; our panel goes on waiting, and explains itself."""
    stage.control("DELETE", f"/accounts/{abby.account}")
    abby.begins()
    page = abby.opens()
    assert page.is_error or page.is_redirect
    assert abby.in_silence()["title"]

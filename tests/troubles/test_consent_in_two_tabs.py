"""Two consents at once, a window that was closed, and one begun again: none of it leaves anybody without an answer."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from tests.scenarios.applicant import MARKETPLACE, MAY_VIEW, Applicant, new_account, set_up_app
from tests.scenarios.stage import Stage, eventually

from offhook.demo.over_api import PanelByApi


@pytest.fixture
def abby(stage: Stage) -> Iterator[Applicant]:
    """Somebody with rights enough, who has never been here."""
    set_up_app(stage)
    abby = Applicant(stage, new_account(stage), MAY_VIEW | MARKETPLACE)
    abby.logs_in()
    yield abby
    abby.leaves()


@pytest.fixture
def second(stage: Stage, abby: Applicant) -> Iterator[PanelByApi]:
    """Another attempt of the same browser, with a secret of its own."""
    panel = PanelByApi(stage)
    panel.device = abby.panel.device
    yield panel
    panel.api.close()


def finishes(abby: Applicant, address: str) -> httpx.Response:
    """Grant access in the tab with this address; gives our own page."""
    abby.asks = address
    return httpx.get(abby.answers(), timeout=30, follow_redirects=False)


@pytest.mark.parametrize("order", [lambda tabs: tabs, reversed], ids=["the first one first", "the second one first"])
def test_two_tabs_that_are_both_finished_are_one_connection(
    abby: Applicant, second: PanelByApi, order: Callable[[list[tuple[PanelByApi, str]]], list[tuple[PanelByApi, str]]]
) -> None:
    tabs = [(abby.panel, abby.begins()), (second, second.begin())]
    for panel, address in order(tabs):
        finishes(abby, address)
        assert panel.claim()["state"] == "granted"
    seen = [panel.ask("GET", "/api/panel") for panel, _ in tabs]
    assert seen[0]["agent"]["id"] == seen[1]["agent"]["id"]
    assert {each["grant"]["state"] for each in seen} == {"active"}


def test_the_tab_that_she_finishes_is_told_to_the_one_that_waits(abby: Applicant, second: PanelByApi) -> None:
    """The panel went on to a second attempt, and cannot ask for the first any more: it says where her yes went."""
    first = abby.begins()
    second.begin()
    finishes(abby, first)
    claim = eventually(second.claim, lambda claim: claim["state"] != "waiting", "the panel's patience to pass", 20)
    assert claim["state"] == "stuck"
    assert (claim["diagnosis"]["title"], claim["diagnosis"]["sure"]) == ("You said yes in another tab", "certain")
    assert "try again" in claim["diagnosis"]["remedy"]
    finishes(abby, second.begin())
    assert second.claim()["state"] == "granted"


def test_a_window_that_was_closed_is_begun_again_and_the_old_link_still_leads_somewhere(
    abby: Applicant, second: PanelByApi
) -> None:
    closed = abby.begins()
    report = abby.says(saw="window-closed")
    assert report["title"] == "HubSpot's page was closed before an answer came"
    finishes(abby, second.begin())
    assert second.claim()["state"] == "granted"
    again = finishes(abby, closed)
    assert "HubSpot is connected" in again.text
    assert second.ask("GET", "/api/panel")["grant"]["state"] == "active"


def test_a_window_that_was_closed_is_noticed_without_a_word_from_anybody(abby: Applicant) -> None:
    abby.begins()
    report = abby.in_silence()
    assert report["title"] == "HubSpot did not answer"
    assert "its tab was closed" in report["says"]


def test_closing_the_window_after_the_yes_takes_nothing_back(abby: Applicant) -> None:
    abby.begins()
    httpx.get(abby.answers(), timeout=30, follow_redirects=False)
    refused = abby.panel.api.post(
        f"/api/sign-ins/{abby.panel.attempt}/stuck", json={"secret": abby.panel.secret, "saw": "window-closed"}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong-state")
    assert abby.panel.claim()["state"] == "granted"

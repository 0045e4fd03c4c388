"""In a real browser: HubSpot stops Ben, one press asks Ada, another of hers looks, and his panel goes on by itself."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import EXTENSION, PROGRAM, Complaints
from tests.scenarios.administrator import Administrator, administrator, person
from tests.scenarios.stage import Stage, running_stage

from offhook.demo import people
from offhook.demo.in_browser import InBrowser

pytestmark = pytest.mark.usefixtures("nothing_to_complain_of")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage"), patience=60.0) as stage:
        yield stage


@pytest.fixture(scope="module")
def ada(stage: Stage) -> Iterator[Administrator]:
    with administrator(stage) as ada:
        yield ada


@pytest.fixture
def player(stage: Stage, ada: Administrator, complaints: Complaints) -> Iterator[InBrowser]:
    """Ben on Contacts in a new browser, with the rights that he has at first."""
    assert EXTENSION
    with InBrowser(stage, PROGRAM, EXTENSION) as player:
        player.log_in(player.ben, people.BEN)
        expect(player.button("Connect HubSpot")).to_be_visible()
        yield player


def test_ben_asks_his_panel_goes_on_when_ada_has_looked_and_he_connects(
    stage: Stage, ada: Administrator, player: InBrowser
) -> None:
    with player.ben_browser.expect_page() as opened:
        player.button("Connect HubSpot").click()
    opened.value.get_by_role("button", name="Acorn Supplies").click()
    expect(player.panel.get_by_role("list", name="Missing rights")).to_be_visible()
    player.panel.get_by_label("Your e-mail address in HubSpot").fill(people.BEN)
    player.button("Check my own rights").click()
    expect(player.panel.get_by_text("The answer waits for you in HubSpot.")).to_be_visible()
    player.button("Ask the administrator").click()
    expect(player.panel.get_by_text("Asked at ")).to_be_visible()
    ben = next(each for each in ada.asks("GET", "people")["people"] if each["email"] == people.BEN)
    assert (ben["state"], ben["name"]) == ("asked", "Ben Bright")
    stage.give_rights(people.BEN)
    ada.asks("POST", f"people/{person(stage, people.BEN)['user_id']}/check")
    looked = player.panel.get_by_role("heading", name="An administrator has looked at your request")
    expect(looked).to_be_visible(timeout=10_000)
    told = player.panel.get_by_role("status").filter(has_text="An administrator has looked at your request.")
    expect(told, "a screen reader is told, too").to_contain_text("Log out of HubSpot and in again")
    expect(player.panel.get_by_text("Remember: Log out of HubSpot and in again before you try")).to_be_visible()
    expect(player.panel.get_by_text("Asked at ")).to_be_visible()
    opened.value.close()
    player.ben_connects()
    ben = next(each for each in ada.asks("GET", "people")["people"] if each["email"] == people.BEN)
    assert (ben["state"], ben["asked_at"]) == ("connected", None)

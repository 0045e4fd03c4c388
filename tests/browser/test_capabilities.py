"""Least rights first, more when it is wanted; and Super Admin for a moment, taken back when it was of use."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import EXTENSION, PROGRAM, Complaints
from tests.scenarios.stage import Stage, running_stage

from offhook.demo import people
from offhook.demo.in_browser import InBrowser

pytestmark = pytest.mark.usefixtures("nothing_to_complain_of")

LOGGING = "Log calls on the timeline"


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A HubSpot in which nobody has connected Offhook yet."""
    with running_stage(tmp_path_factory.mktemp("stage"), patience=3.0) as stage:
        yield stage


@pytest.fixture
def player(stage: Stage, complaints: Complaints) -> Iterator[InBrowser]:
    assert EXTENSION
    with InBrowser(stage, PROGRAM, EXTENSION) as player:
        yield player


def grant(tab: Page) -> None:
    """The agent's part on HubSpot's page."""
    tab.get_by_label("I am not a robot").check()
    tab.get_by_role("button", name="Grant access").click()
    tab.wait_for_url(f"**{people.CONTACTS_PATH}")
    tab.close()


def to_integration(player: InBrowser) -> None:
    for name in ("Setup", "Integrations", "HubSpot"):
        player.button(name).click()


def capability(player: InBrowser, title: str) -> Locator:
    return player.panel.get_by_role("listitem").filter(has_text=title)


def settle_in(player: InBrowser) -> None:
    player.ben_chooses_product()
    player.ben_logs_in_to_line()


def test_search_first_and_logging_later(stage: Stage, player: InBrowser) -> None:
    stage.give_rights(people.BEN, {"contacts.view": "all", "app_marketplace_access": "on"})
    player.log_in(player.ben, people.BEN)
    grant(player.to_consent("Connect HubSpot"))
    settle_in(player)
    to_integration(player)
    expect(capability(player, "Find contacts")).to_contain_text(": on")
    expect(capability(player, LOGGING)).to_contain_text(": off – HubSpot did not grant this")

    stage.give_rights(people.BEN, {"contacts.edit": "all", "contacts.edit.unassigned": "on"})
    player.log_in_again(player.ben, people.BEN)
    to_integration(player)
    with player.ben_browser.expect_page() as opened:
        player.button(f"Add: {LOGGING}").click()
    tab = opened.value
    tab.get_by_label("I am not a robot").check()
    expect(tab.get_by_text("crm.objects.contacts.write")).to_be_visible()
    tab.get_by_role("button", name="Grant access").click()
    tab.wait_for_url(f"**{people.CONTACTS_PATH}")
    tab.close()
    expect(player.panel.get_by_label("Number to call")).to_be_visible()
    to_integration(player)
    expect(capability(player, LOGGING)).to_contain_text(": on")
    expect(capability(player, "Find contacts")).to_contain_text(": on")
    expect(capability(player, "Show tickets")).to_contain_text(": off")


def test_super_admin_for_a_moment_and_the_connection_stays(stage: Stage, player: InBrowser) -> None:
    player.log_in(player.ben, people.BEN)
    player.to_consent("Connect HubSpot").close()
    expect(player.panel.get_by_role("list", name="Missing rights")).to_be_visible(timeout=20_000)
    player.log_in(player.ada, people.ADA, people.USERS_PATH)
    player.super_admin("Make super admin")
    player.log_in_again(player.ben, people.BEN)
    grant(player.to_consent("Try again"))
    settle_in(player)
    player.super_admin("Remove super admin")
    player.log_in_again(player.ben, people.BEN)
    player.tab("Contacts")
    player.panel.get_by_label("Search").fill("Carla")
    expect(player.panel.get_by_text(people.CARLA)).to_be_visible()
    to_integration(player)
    expect(player.panel.get_by_text("Connected", exact=True)).to_be_visible()
    expect(capability(player, LOGGING)).to_contain_text(": on")

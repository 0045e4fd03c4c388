"""HubSpot's page as the extension sees it: missed when it is closed; and what the agent says of it, from a list."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import EXTENSION, PROGRAM, Complaints
from tests.scenarios.applicant import set_up_app
from tests.scenarios.stage import Stage, running_stage

from offhook.demo import people
from offhook.demo.in_browser import InBrowser

pytestmark = pytest.mark.usefixtures("nothing_to_complain_of")

# Long: whatever is noticed sooner was not noticed by waiting.
PATIENCE = 60.0


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage"), patience=PATIENCE) as stage:
        yield stage


@pytest.fixture
def player(stage: Stage, complaints: Complaints) -> Iterator[InBrowser]:
    """Ben on Contacts in a new browser, not connected, with rights enough."""
    assert EXTENSION
    stage.give_rights(people.BEN)
    with InBrowser(stage, PROGRAM, EXTENSION) as player:
        player.log_in(player.ben, people.BEN)
        expect(player.button("Connect HubSpot")).to_be_visible()
        yield player


def heading(player: InBrowser, text: str) -> None:
    expect(player.panel.get_by_role("heading", name=text, level=2)).to_be_visible(timeout=10_000)


def at_consent(tab: Page) -> Page:
    expect(tab.get_by_role("button", name="Grant access")).to_be_visible()
    return tab


def finish(player: InBrowser, tab: Page) -> None:
    tab.get_by_label("I am not a robot").check()
    tab.get_by_role("button", name="Grant access").click()
    tab.wait_for_url(f"**{people.CONTACTS_PATH}")
    expect(player.panel.get_by_label("Product")).to_be_visible()


Upset = Callable[[Stage], None]


def apps_must_be_approved(stage: Stage) -> None:
    stage.control("POST", f"/accounts/{people.ACORN}/approvals/required", {"required": True})


READ: dict[str, tuple[Upset, str, str]] = {
    "approval": (apps_must_be_approved, "Acorn Supplies", "Your account wants apps to be approved first"),
    "scopes": (
        lambda stage: set_up_app(stage, required_scopes="oauth crm.objects.contacts.read content"),
        "",
        "Offhook's app asks for too little",
    ),
    "redirect": (
        lambda stage: set_up_app(stage, redirect_urls=["https://old.example/oauth/callback"]),
        "",
        "HubSpot does not know Offhook's address",
    ),
    "another account": (lambda stage: None, "Birch Studio", "You chose another HubSpot account"),
}


@pytest.mark.parametrize("name", READ)
def test_the_extension_reads_what_hubspots_page_says(stage: Stage, player: InBrowser, name: str) -> None:
    upset, account, title = READ[name]
    upset(stage)
    try:
        with player.ben_browser.expect_page() as opened:
            player.button("Connect HubSpot").click()
        if account:
            opened.value.get_by_role("button", name=account).click()
        heading(player, title)
    finally:
        stage.control("POST", f"/accounts/{people.ACORN}/approvals/required", {"required": False})
        set_up_app(stage)


def test_a_closed_page_is_noticed_at_once_and_another_try_goes_on(player: InBrowser) -> None:
    tab = at_consent(player.to_consent("Connect HubSpot"))
    # As long as a person looks at it. The extension takes what is closed within a second for a slip, and on a busy
    # machine it begins to count later than we see the page.
    tab.wait_for_timeout(4_000)
    closed = time.monotonic()
    tab.close()
    heading(player, "HubSpot's page was closed before an answer came")
    assert time.monotonic() - closed < PATIENCE / 3
    finish(player, at_consent(player.to_consent("Try again")))


def test_of_two_tabs_the_first_counts_as_well(player: InBrowser) -> None:
    first = at_consent(player.to_consent("Connect HubSpot"))
    second = at_consent(player.to_consent("Start again"))
    finish(player, first)
    second.close()
    expect(player.panel.get_by_label("Product")).to_be_visible()


def test_she_chooses_what_hubspots_page_says(player: InBrowser) -> None:
    player.to_consent("Connect HubSpot")
    player.button("HubSpot stopped me").click()
    heading(player, "HubSpot did not answer")
    player.panel.get_by_text("What does HubSpot’s page say?").click()
    player.panel.get_by_text("Couldn't complete the connection").first.click()
    player.panel.get_by_role("button", name="the provided scopes are insufficient").click()
    heading(player, "Offhook's app asks for too little")
    expect(player.panel.get_by_text("Whoever runs Offhook for you")).to_be_visible()
    expect(player.panel.get_by_role("list", name="Missing rights")).to_be_hidden()


def test_the_help_is_there_before_any_attempt(player: InBrowser) -> None:
    player.button("When HubSpot says no").click()
    heading(player, "When HubSpot says no")
    player.panel.get_by_text("You don't have the right permissions to install …").click()
    expect(player.panel.get_by_text("HubSpot names the rights that you are missing.")).to_be_visible()
    player.button("Back").click()
    expect(player.button("Connect HubSpot")).to_be_visible()

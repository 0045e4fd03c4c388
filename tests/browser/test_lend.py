"""In a real browser: HubSpot stops Ben, Ada lends him a permission set, his panel goes on, and the old set comes back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import EXTENSION, PROGRAM, Complaints
from tests.browser.test_administration import consents, go, row
from tests.scenarios.administrator import CONNECTORS, has_set, time_passes, with_permission_sets
from tests.scenarios.applicant import set_up_app
from tests.scenarios.stage import Stage, running_stage

from offhook.demo import people
from offhook.demo.in_browser import InBrowser

pytestmark = pytest.mark.usefixtures("nothing_to_complain_of")

# What Ben is under, and what HubSpot refuses him for: to connect takes all contacts.
REP, OWN = "Newcomer", {"contacts.view": "own", "sales.access": "on"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage"), patience=60.0) as stage:
        set_up_app(stage)
        with_permission_sets(stage)
        stage.control("POST", f"/accounts/{people.ACORN}/permission-sets", {"name": REP, "rights": OWN})
        stage.control("POST", f"/people/{people.BEN}/rights", {"account_id": people.ACORN, "permission_set": REP})
        yield stage


@pytest.fixture
def player(stage: Stage, complaints: Complaints) -> Iterator[InBrowser]:
    """Ben on Contacts, and Ada on the administrators' page with the account connected."""
    assert EXTENSION
    with InBrowser(stage, PROGRAM, EXTENSION) as player:
        ada = player.ada
        player.log_in(ada, people.ADA)
        ada.goto(f"{stage.service}/administration")
        consents(ada, "Sign in with HubSpot")
        go(ada, "Account connection")
        consents(ada, "Connect the account", chooses=False)
        expect(ada.get_by_text("Connected", exact=True)).to_be_visible()
        player.log_in(player.ben, people.BEN)
        yield player


def stopped(player: InBrowser) -> None:
    """HubSpot shows Ben what he lacks, and he asks."""
    tab = player.to_consent("Connect HubSpot")
    expect(player.panel.get_by_role("list", name="Missing rights")).to_be_visible()
    player.panel.get_by_label("Your e-mail address in HubSpot").fill(people.BEN)
    player.button("Ask the administrator").click()
    expect(player.panel.get_by_text("Asked at ")).to_be_visible()
    tab.close()


def lends(ada: Page) -> None:
    go(ada, "People")
    expect(row(ada, people.BEN)).to_contain_text("Asked for help")
    expect(row(ada, people.BEN)).to_contain_text("Claimed address")
    ada.get_by_role("button", name=f"About {people.BEN_NAME}").click()
    ada.get_by_role("button", name="Lend a permission set…").click()
    expect(ada.get_by_text(f"has this set instead of “{REP}”, which is put back by itself.")).to_be_visible()
    ada.get_by_label("Permission set", exact=True).select_option(CONNECTORS)
    ada.get_by_label("Why").fill("He connects today.")
    ada.get_by_role("button", name="Lend it", exact=True).click()
    expect(row(ada, people.BEN)).to_contain_text("Permission set, lent until")


def test_a_permission_set_is_lent_for_connecting_and_the_old_one_comes_back(stage: Stage, player: InBrowser) -> None:
    ada = player.ada
    stopped(player)
    lends(ada)
    has_set(stage, people.BEN, CONNECTORS)
    told = player.panel.get_by_role("heading", name="Something was done about your request")
    expect(told).to_be_in_viewport(timeout=40_000)
    expect(player.panel.get_by_text("Remember: Log out of HubSpot and in again before you try")).to_be_visible()
    player.ben_connects()
    expect(row(ada, people.BEN)).to_contain_text("Connected")
    expect(row(ada, people.BEN)).to_contain_text("Permission set, lent until")
    time_passes(stage)
    has_set(stage, people.BEN, REP)
    expect(row(ada, people.BEN)).not_to_contain_text("lent until")
    go(ada, "Elevations")
    expect(ada.get_by_text("Nobody holds rights that were only lent.")).to_be_visible()
    ada.get_by_role("button", name="Taken back", exact=True).click()
    expect(row(ada, people.BEN_NAME)).to_contain_text("Offhook")
    expect(player.panel.get_by_label("Product")).to_be_visible()  # he stays connected

"""The administrators' page: Ada connects the account, sees who cannot connect and why, helps, and decides."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from tests.browser.conftest import PROGRAM, Complaints
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Json, Stage, running_stage

from offhook.demo import people
from offhook.demo.browser import ARGUMENTS, PATIENCE
from offhook.demo.over_api import PanelByApi
from offhook.demo.world import PASSWORD

pytestmark = pytest.mark.usefixtures("nothing_to_complain_of")

SECTIONS = ("People", "Account connection", "Elevations", "Policies", "Phone systems and lines", "Audit log")
AXE = Path(__file__).parents[2] / "sandbox/tests/pages/axe"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage")) as stage:
        yield stage


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=PROGRAM, args=list(ARGUMENTS))
        yield started
        started.close()


def newcomer(browser: Browser, stage: Stage, complaints: Complaints, email: str) -> BrowserContext:
    """A browser in which somebody is logged in to HubSpot."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    context.set_default_timeout(PATIENCE)
    complaints.listen(context)
    page = context.new_page()
    page.goto(f"{stage.sandbox}/login?next={people.CONTACTS_PATH}")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(f"**{people.CONTACTS_PATH}")
    return context


def consents(page: Page, button: str, *, chooses: bool = True) -> None:
    """Press what opens HubSpot's consent in a tab, and grant it there; whoever is signed in chooses no account."""
    with page.context.expect_page() as opened:
        page.get_by_role("button", name=button, exact=True).click()
    tab = opened.value
    if chooses:
        tab.get_by_role("button", name="Acorn Supplies").click()
    tab.get_by_label("I am not a robot").check()
    tab.get_by_role("button", name="Grant access").click()
    tab.wait_for_url("**/oauth/callback**")
    tab.close()


@pytest.fixture(scope="module")
def ada(browser: Browser, stage: Stage, complaints: Complaints) -> Iterator[Page]:
    """Ada on the page, signed in by HubSpot."""
    context = newcomer(browser, stage, complaints, people.ADA)
    page = context.new_page()
    page.goto(f"{stage.service}/administration")
    consents(page, "Sign in with HubSpot")
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    yield page
    context.close()


def go(page: Page, section: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=section, exact=True).click()
    expect(page.get_by_role("heading", level=2, name=section)).to_be_visible()


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("row").filter(has_text=text).first


def asks_for_help(stage: Stage) -> Json:
    """Ben is stopped by HubSpot, and presses Ask the administrator."""
    panel = PanelByApi(stage)
    panel.begin()
    refused = "You don't have the right permissions to connect this app. Ask for: HubSpot Marketplace Access"
    panel.ask("POST", f"/api/sign-ins/{panel.attempt}/stuck", {"secret": panel.secret, "page_text": refused})
    wish = {"attempt_id": panel.attempt, "secret": panel.secret, "email": people.BEN}
    asked = panel.ask("POST", "/api/help", wish)
    panel.api.close()
    return asked


def test_an_administrator_is_signed_in_on_every_page_of_the_service(stage: Stage, ada: Page) -> None:
    panel = ada.context.new_page()
    panel.goto(f"{stage.service}/panel/")
    panel.get_by_role("button", name="Setup", exact=True).click()
    panel.get_by_role("button", name="Administration").click()
    with panel.context.expect_page() as opened:
        panel.get_by_role("link", name="Open the administration page").click()
    expect(opened.value.get_by_role("heading", name="People")).to_be_visible()
    opened.value.close()
    panel.close()


def test_she_connects_the_whole_account(ada: Page) -> None:
    go(ada, "Account connection")
    expect(ada.get_by_text("Not connected", exact=True)).to_be_visible()
    consents(ada, "Connect the account", chooses=False)
    expect(ada.get_by_text("Connected", exact=True)).to_be_visible()
    expect(ada.get_by_role("definition").filter(has_text=people.ADA)).to_be_visible()
    go(ada, "People")
    expect(row(ada, people.BEN)).to_contain_text("Not connected")


def test_who_asks_for_help_is_on_the_page_at_once_with_what_is_missing(stage: Stage, ada: Page) -> None:
    go(ada, "People")
    expect(row(ada, people.BEN)).to_contain_text("Not connected")
    asks_for_help(stage)
    expect(row(ada, people.BEN)).to_contain_text("Asked for help")
    expect(row(ada, people.BEN)).to_contain_text("App Marketplace access")
    ada.get_by_role("button", name=f"About {people.BEN_NAME}").click()
    expect(ada.get_by_role("list", name=f"Missing rights of {people.BEN_NAME}")).to_contain_text("Users & Teams")
    expect(ada.get_by_label("Message", exact=True)).to_have_value(re.compile("App Marketplace access"))
    ada.get_by_role("button", name="Look at everything").click()
    whole = ada.get_by_role("group", name=f"Diagnosis of {people.BEN_NAME}")
    expect(whole).to_contain_text("The person in HubSpot")
    ada.get_by_role("button", name="Make a HubSpot task of it").click()
    expect(ada.get_by_role("link", name="Open the task")).to_be_visible()


def test_a_permission_set_is_lent_and_put_back(ada: Page, complaints: Complaints) -> None:
    """Ben has only single rights, which she is told may be overridden."""
    name = people.BEN_NAME
    go(ada, "Elevations")
    go(ada, "People")
    ada.get_by_role("button", name=f"About {name}").click()
    ada.get_by_role("button", name="Lend a permission set…").click()
    ada.get_by_label("Permission set", exact=True).select_option("Sales rep")
    ada.get_by_label("For how many minutes").fill("20")
    ada.get_by_label("Why").fill("He connects today.")
    ada.get_by_role("button", name="Lend it", exact=True).click()
    expect(ada.get_by_role("alert")).to_contain_text("has no permission set")
    complaints.heard[:] = [each for each in complaints.heard if "409" not in each]  # the refusal, as Chromium writes it
    ada.get_by_label("Lend it all the same.").check()
    ada.get_by_role("button", name="Lend it", exact=True).click()
    expect(row(ada, people.BEN)).to_contain_text("Permission set, lent until")
    go(ada, "Elevations")
    expect(row(ada, name)).to_contain_text("He connects today.")
    ada.get_by_role("button", name=f"Put back now: {name}").click()
    expect(ada.get_by_text("Nobody holds rights that were only lent.")).to_be_visible()
    ada.get_by_role("button", name="Taken back", exact=True).click()
    expect(row(ada, name)).to_contain_text(people.ADA)


def test_one_press_looks_again_and_a_connection_shows_by_itself(stage: Stage, ada: Page) -> None:
    go(ada, "People")
    ada.get_by_role("button", name=f"Check {people.BEN_NAME} again").click()
    expect(ada.get_by_role("status").first).to_contain_text(people.BEN_NAME)
    stage.give_rights(people.BEN)
    ben = Desk(stage)
    ben.consent()
    expect(row(ada, people.BEN)).to_contain_text("Connected")
    ben.leave()


def test_a_policy_is_switched_and_stands_in_the_audit_log(ada: Page) -> None:
    go(ada, "Policies")
    ada.get_by_role("switch", name="Show tickets").uncheck()
    ada.get_by_role("radio", name="Their own and unassigned ones", exact=True).check()
    expect(ada.get_by_text("2 changes not saved yet.")).to_be_visible()
    ada.get_by_role("button", name="Save", exact=True).click()
    expect(ada.get_by_text("Nothing is changed.")).to_be_visible()
    ada.reload()
    expect(ada.get_by_role("switch", name="Show tickets")).not_to_be_checked()
    go(ada, "Audit log")
    log = ada.get_by_role("table", name="Audit log")
    expect(log).to_contain_text("Switched off: Show tickets.")
    expect(log).to_contain_text("Agents see: their own contacts and unassigned ones")
    expect(log).to_contain_text("Connected the whole account to HubSpot.")
    expect(log.get_by_role("row").filter(has_text=people.ADA).first).to_be_visible()


def test_it_can_be_used_with_the_keyboard_alone(ada: Page) -> None:
    go(ada, "People")
    ada.get_by_role("link", name="Policies").focus()
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("heading", name="Policies")).to_be_visible()
    switch = ada.get_by_role("switch", name="Show owners by name")
    reach(ada, switch)
    ada.keyboard.press("Space")
    expect(switch).not_to_be_checked()
    reach(ada, ada.get_by_role("button", name="Discard"))
    ada.keyboard.press("Enter")
    expect(switch).to_be_checked()
    go(ada, "People")
    again = ada.get_by_role("button", name=f"Check {people.BEN_NAME} again")
    reach(ada, again)
    with ada.expect_response("**/check"):
        ada.keyboard.press("Enter")
    expect(again).to_be_focused()
    more = ada.get_by_role("button", name=f"About {people.BEN_NAME}")
    reach(ada, more)
    ada.keyboard.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(more).to_be_focused()


def reach(page: Page, wanted: Locator, most: int = 60) -> None:
    """Press Tab until it has the focus."""
    for _ in range(most):
        if wanted.evaluate("it => it === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} presses of Tab do not reach {wanted}")


@pytest.fixture(scope="module")
def axe() -> str:
    script = AXE / "node_modules/axe-core/axe.min.js"
    if not script.exists():
        subprocess.run(["npm", "ci"], cwd=AXE, check=True, capture_output=True, timeout=120)
    return script.read_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_every_section_is_accessible_and_fits(ada: Page, axe: str, scheme: str, width: int) -> None:
    ada.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    ada.set_viewport_size({"width": width, "height": 860})
    ada.reload()
    said = {}
    for section in SECTIONS:
        go(ada, section)
        expect(ada.get_by_text("Looking…")).to_have_count(0)
        if section == "People":
            ada.get_by_role("button", name=f"About {people.BEN_NAME}").click()
            ada.get_by_role("button", name="Look at everything").click()
            expect(ada.get_by_role("group", name="Diagnosis of")).to_be_visible()
        said[section] = complaints_of(ada, axe)
        assert ada.evaluate("document.documentElement.scrollWidth") <= width, f"{section} is wider than the window"
    assert {section: each for section, each in said.items() if each} == {}


def complaints_of(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", RULES)
    return [f"{each['id']}: {[node['html'][:200] for node in each['nodes'][:3]]}" for each in found["violations"]]


def test_who_is_no_administrator_reads_who_is_and_sees_nothing_else(
    browser: Browser, stage: Stage, complaints: Complaints, ada: Page
) -> None:
    context = newcomer(browser, stage, complaints, people.BEN)
    page = context.new_page()
    page.goto(f"{stage.service}/administration/")
    consents(page, "Sign in with HubSpot")
    expect(page.get_by_text("Administrators are the Super Admins of your HubSpot account")).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_text(people.ADA)).to_have_count(0)
    context.close()

"""axe-core in Chromium finds nothing to complain about (WCAG 2.2 AA), on every page, light and dark."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, CLIENT_ID

CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
FOLDER = Path(__file__).parent / "axe"
SCRIPT = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
SETTINGS, CONTACTS = f"/settings/{ACORN}", f"/contacts/{ACORN}/objects"

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


@pytest.fixture(scope="module")
def axe() -> str:
    if not SCRIPT.exists():
        subprocess.run(["npm", "ci"], cwd=FOLDER, check=True, capture_output=True, timeout=120)
    return SCRIPT.read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


def _furnish(portal: Portal, contact: Any) -> str:
    """A contact with a call, a company and an installed app, so that no page is empty. Returns the contact's id."""
    number = contact(firstname="Carla", email="carla@x.example", phone="+1 415 555 0100")
    values = {"hs_timestamp": "1", "hs_call_body": "a" * 2000, "hs_call_recording_url": "https://x.example/a.mp3"}
    call = portal.records.create(ACORN, "calls", values)
    portal.associate(ACORN, "calls", call.id, "contacts", number)
    portal.grants.install(ACORN, CLIENT_ID, ADA, ("oauth",))
    return str(number)


def _places(portal: Portal, number: str, authorize: Any) -> list[str]:
    member = portal.people.membership(ACORN, BEN)
    assert member
    user, record = f"{SETTINGS}/users/{member.user_id}", f"/contacts/{ACORN}/record/0-1/{number}"
    team, rights = portal.people.teams(ACORN)[0].id, portal.people.permission_sets(ACORN)[0].id
    lists = [f"{CONTACTS}/{type_id}/views/all/list" for type_id in ("0-1", "0-2", "0-3", "0-5")]
    users = [f"{user}/{deed}" for deed in ("edit", "permission-set", "make-super-admin", "deactivate")]
    teams = [f"{SETTINGS}/teams", f"{SETTINGS}/teams/{team}/edit"]
    sets = [
        f"{SETTINGS}/permission-sets",
        *(f"{SETTINGS}/permission-sets/{rights}/{each}" for each in ("edit", "delete")),
    ]
    apps = f"/integrations-settings/{ACORN}/installed"
    settings = [f"{SETTINGS}/users", *users, *teams, *sets, apps, f"{apps}/{CLIENT_ID}/uninstall"]
    return ["/", *lists, f"{CONTACTS}/0-1/new", record, f"{record}/edit", *settings, authorize(), authorize(ACORN), "/x"]


def _complaints(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", RULES)
    return [f"{each['id']}: {[node['html'][:200] for node in each['nodes'][:3]]}" for each in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    scheme: Any, axe: str, browser: Browser, sandbox: Any, portal: Portal, contact: Any, authorize: Any
) -> None:
    number = _furnish(portal, contact)
    page = browser.new_context(base_url=sandbox.base_url, color_scheme=scheme).new_page()
    page.goto("/login")
    said = {"/login": _complaints(page, axe)}
    page.get_by_label("E-mail").fill(ADA)
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/")
    for path in _places(portal, number, authorize):
        page.goto(path)
        said[path] = _complaints(page, axe)
    assert {path: each for path, each in said.items() if each} == {}

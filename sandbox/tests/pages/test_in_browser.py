"""The pages in a real browser: menus by hand, by keyboard, without scripts; the policy holds; 360 pixels do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN

CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
ARGS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-quic --no-first-run"
    " --disable-component-update --disable-sync"
)
USERS = f"/settings/{ACORN}/users"
CONTACTS = f"/contacts/{ACORN}/objects/0-1/views/all/list"

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS.split())
        yield started
        started.close()


def log_in(browser: Browser, address: str, email: str, **options: Any) -> Page:
    page = browser.new_context(base_url=address, **options).new_page()
    page.goto("/login")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Log in")
    return page


def _user_id(sandbox: Any) -> int:
    return int(sandbox.portal.people.membership(ACORN, BEN).user_id)


def test_ada_gives_ben_rights_by_hovering(browser: Browser, sandbox: Any, portal: Portal) -> None:
    page = log_in(browser, sandbox.base_url, ADA)
    page.goto(USERS)
    row = page.get_by_role("row", name="Ben Bright")
    button = row.get_by_role("button", name="Actions")
    expect(button).to_have_css("opacity", "0")
    row.hover()
    expect(button).to_have_css("opacity", "1")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    row.get_by_role("link", name="Edit").click()
    page.get_by_role("combobox", name="Contacts: View").select_option("All")
    page.get_by_label("Contacts: View unassigned").check()
    page.get_by_label("Marketing access").check()
    page.get_by_label("Service access").check()
    page.get_by_label("App Marketplace access").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Changes take effect after the person logs out and in again.")
    member = portal.people.membership(ACORN, BEN)
    assert member
    assert member.rights["service.access"] == "on"
    page.goto(USERS)
    row.hover()
    row.get_by_role("button", name="Actions").click()
    row.get_by_role("link", name="Make super admin").click()
    page.get_by_role("button", name="Save").click()
    expect(row.get_by_role("cell", name="Super Admin")).to_be_visible()


def test_the_menu_by_keyboard(browser: Browser, sandbox: Any) -> None:
    page = log_in(browser, sandbox.base_url, ADA)
    page.goto(USERS)
    button = page.get_by_role("button", name="Actions for Ben Bright")
    button.focus()
    expect(button).to_have_css("opacity", "1")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    menu = page.get_by_role("list", name="Actions for Ben Bright")
    expect(menu.get_by_role("link", name="Edit")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()


def test_everything_works_without_scripts(browser: Browser, sandbox: Any) -> None:
    page = log_in(browser, sandbox.base_url, ADA, java_script_enabled=False)
    page.goto(USERS)
    row = page.get_by_role("row", name="Ben Bright")
    row.hover()
    row.get_by_role("button", name="Actions").click()
    row.get_by_role("link", name="Make super admin").click()
    page.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Super Admin")
    page.get_by_role("button", name="Account menu").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_fill_in_logs_a_newcomer_in(browser: Browser, sandbox: Any) -> None:
    page = browser.new_context(base_url=sandbox.base_url).new_page()
    page.goto(f"/login?next={CONTACTS}")
    page.get_by_role("button", name="Fill in Ben Bright").click()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Contacts")).to_be_visible()


def test_360_pixels_and_nothing_the_policy_blocks(browser: Browser, sandbox: Any, contact: Any, authorize: Any) -> None:
    number = contact(firstname="x" * 300, email=f"{'y' * 60}@x.example", phone="1" * 200, company="z" * 300)
    page = log_in(browser, sandbox.base_url, ADA, viewport={"width": 360, "height": 740})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in (
        CONTACTS,
        f"/contacts/{ACORN}/record/0-1/{number}",
        USERS,
        f"{USERS}/{_user_id(sandbox)}/edit",
        authorize(ACORN),
    ):
        page.goto(path)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, path
    assert not said


def test_targets_are_at_least_24_pixels(browser: Browser, sandbox: Any, contact: Any, authorize: Any) -> None:
    number = contact(firstname="Carla", email="carla@x.example")
    page = log_in(browser, sandbox.base_url, ADA)
    for path in (
        "/",
        CONTACTS,
        f"/contacts/{ACORN}/record/0-1/{number}",
        USERS,
        f"{USERS}/{_user_id(sandbox)}/edit",
        authorize(ACORN),
    ):
        page.goto(path)
        small = page.evaluate(
            """() => [...document.querySelectorAll("a, button, select, input:not([type=hidden])")]
                .filter(each => each.checkVisibility() && !each.matches(".skip"))
                .map(each => [each, (each.closest("label") ?? each).getBoundingClientRect()])
                .filter(([, box]) => box.height < 24 || box.width < 24)
                .map(([each, box]) => `${each.outerHTML}: ${box.width} x ${box.height}`)"""
        )
        assert not small, path

"""No extension: the page itself is the phone, in one tab of however many."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, Playwright, Route, expect
from tests.browser.arrival import connects_as_page
from tests.browser.conftest import PROGRAM
from tests.scenarios.stage import Stage, running_stage

from offhook.demo import people
from offhook.demo.browser import PATIENCE, WITH_MICROPHONE
from offhook.demo.in_browser import HEARD
from offhook.demo.world import LINES

pytest.importorskip("aiortc", reason="the exchange's own voices need aiortc: the extra offhook[audio]")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage")) as stage:
        stage.give_rights(people.BEN)
        yield stage


@pytest.fixture(scope="module")
def context(stage: Stage, playwright: Playwright) -> Iterator[BrowserContext]:
    """Ben's browser, connected and at line 201."""
    expect.set_options(timeout=PATIENCE)
    browser = playwright.chromium.launch(executable_path=PROGRAM, args=list(WITH_MICROPHONE))
    context = browser.new_context(permissions=["microphone"], viewport={"width": 420, "height": 720})
    context.set_default_timeout(PATIENCE)
    _connect(stage, context)
    yield context
    browser.close()


def _connect(stage: Stage, context: BrowserContext) -> None:
    panel = connects_as_page(stage, context, "exchange")
    panel.get_by_label("Line").fill(LINES[0][0])
    panel.get_by_label("PIN").fill(LINES[0][1])
    panel.get_by_role("button", name="Log in").click()
    expect(panel.get_by_label("Number to call")).to_be_visible()
    _, *panels = context.pages  # HubSpot stays open
    for page in panels:
        page.close()


def opened(stage: Stage, context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(f"{stage.service}/panel/")
    expect(page.get_by_text("Line 201 · Ready")).to_be_visible()
    return page


def test_two_tabs_are_one_phone(stage: Stage, context: BrowserContext) -> None:
    first = opened(stage, context)
    second = opened(stage, context)
    registers: list[str] = []
    second.on("websocket", lambda socket: registers.append(socket.url))
    stage.ring(stage.customer("Paula", "Page").number)
    expect(first.get_by_role("button", name="Answer")).to_be_visible()
    second.get_by_role("button", name="Answer").click()
    for page in (first, second):
        expect(page.get_by_role("timer")).to_be_visible()
        expect(page.get_by_text(HEARD)).to_be_visible()
    second.get_by_role("button", name="Mute").click()
    expect(first.get_by_role("button", name="Unmute")).to_be_visible()
    second.reload()
    expect(second.get_by_role("button", name="Unmute")).to_be_visible()
    assert not [each for each in registers if each.endswith("/sip")], "only the first tab is the phone"
    warned: list[str] = []
    first.on("dialog", lambda dialog: _stay(dialog, warned))
    first.close(run_before_unload=True)
    expect(first.get_by_role("button", name="Hang up")).to_be_visible()
    first.wait_for_timeout(500)
    assert warned == ["beforeunload"]
    second.get_by_role("button", name="Hang up").click()
    expect(first.get_by_role("heading", name="Call ended")).to_be_visible()
    first.close()
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_text("Line 201 · Ready")).to_be_visible()
    stage.ring(stage.customer("Petra", "Page").number)
    second.get_by_role("button", name="Answer").click()
    expect(second.get_by_text(HEARD)).to_be_visible()
    second.get_by_role("button", name="Hang up").click()
    second.get_by_role("button", name="Save").click()
    second.close()


def _stay(dialog: Dialog, warned: list[str]) -> None:
    warned.append(dialog.type)
    dialog.dismiss()


def test_a_line_that_is_refused_says_so(stage: Stage, context: BrowserContext, tmp_path: Path) -> None:
    def wrong(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"password": "wrong"})

    page = context.new_page()
    page.route("**/api/softphone", wrong)
    page.goto(f"{stage.service}/panel/")
    expect(page.get_by_text("Line 201 · Phone refused")).to_be_visible()
    expect(page.get_by_text("The phone system does not accept this line’s password.")).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_text("The phone system does not accept this line’s password.")).to_be_hidden()
    page.unroute("**/api/softphone")
    expect(page.get_by_text("Line 201 · Ready")).to_be_visible(timeout=2 * PATIENCE)

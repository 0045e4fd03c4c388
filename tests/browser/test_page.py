"""No extension: the panel as a page of the service, and framed by embed.js on somebody's page, where third parties get
no cookies."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, Playwright, expect
from tests.browser.conftest import PROGRAM, Complaints
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Customer, Stage, running_stage

from offhook.demo import people
from offhook.demo.browser import ARGUMENTS, PATIENCE
from offhook.demo.world import LINES, PASSWORD

pytestmark = pytest.mark.usefixtures("nothing_to_complain_of")

Panel = Page | FrameLocator


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage")) as stage:
        stage.give_rights(people.BEN)
        yield stage


@contextmanager
def browser(
    playwright: Playwright, profile: Path, complaints: Complaints, preferences: dict[str, object]
) -> Iterator[BrowserContext]:
    """A browser of its own, with preferences as somebody set them."""
    kept = profile / "Default/Preferences"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps(preferences))
    context = playwright.chromium.launch_persistent_context(
        str(profile), executable_path=PROGRAM, args=list(ARGUMENTS), viewport={"width": 1200, "height": 860}
    )
    context.set_default_timeout(PATIENCE)
    complaints.listen(context)
    try:
        yield context
    finally:
        context.close()


@pytest.fixture(scope="module", params=["third parties get cookies", "third parties get none"])
def context(
    request: pytest.FixtureRequest,
    stage: Stage,
    playwright: Playwright,
    complaints: Complaints,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BrowserContext]:
    """Ben's browser, in which he is logged in to HubSpot."""
    blocked = "none" in request.param
    cookies = {"block_third_party_cookies": blocked, "cookie_controls_mode": int(blocked)}
    with browser(playwright, tmp_path_factory.mktemp("profile"), complaints, {"profile": cookies}) as context:
        page = context.pages[0]
        page.goto(f"{stage.sandbox}/login?next={people.CONTACTS_PATH}")
        page.get_by_label("E-mail").fill(people.BEN)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()
        page.wait_for_url(f"**{people.CONTACTS_PATH}")
        yield context  # with that page: when a browser's last one closes, it forgets who is logged in


@pytest.fixture(scope="module")
def foreign(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of somebody's page, on another site than the service's."""
    folder = tmp_path_factory.mktemp("foreign")
    (folder / "index.html").write_text(
        f'<!doctype html><link rel="icon" href="data:,"><title>Somebody</title><h1>Somebody</h1>'
        f'<script src="{stage.service}/panel/embed.js"></script>'
    )
    (folder / "probe.html").write_text(
        f'<!doctype html><link rel="icon" href="data:,"><iframe src="{stage.service}/panel/">'
    )
    handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def connect(context: BrowserContext, panel: Panel) -> None:
    """Consent in the tab that opens, then product and line; unless this browser shares the sign-in of the page."""
    begin, ready = panel.get_by_role("button", name="Connect HubSpot", exact=True), panel.get_by_label("Number to call")
    expect(begin.or_(ready)).to_be_visible()
    if ready.is_visible():
        return
    with context.expect_page() as opened:
        begin.click()
    tab = opened.value
    tab.get_by_role("button", name="Acorn Supplies").click()
    tab.get_by_label("I am not a robot").check()
    tab.get_by_role("button", name="Grant access").click()
    product = panel.get_by_label("Product")
    expect(product.or_(ready)).to_be_visible()
    if product.is_visible():
        product.select_option("exchange")
        panel.get_by_role("button", name="Save", exact=True).click()
        panel.get_by_label("Line", exact=True).fill(LINES[0][0])
        panel.get_by_label("PIN").fill(LINES[0][1])
        panel.get_by_role("button", name="Log in", exact=True).click()
    expect(ready).to_be_visible()
    tab.close()


def takes_a_call(stage: Stage, panel: Panel, customer: Customer, notes: str) -> None:
    """Ring, answer, note, hang up, wrap up; it is on the timeline."""
    stage.ring(customer.number)
    expect(panel.get_by_text(customer.name).first).to_be_visible()
    panel.get_by_role("button", name="Answer", exact=True).click()
    panel.get_by_label("Notes").fill(notes)
    panel.get_by_role("button", name="Hang up", exact=True).click()
    expect(panel.get_by_role("heading", name="Call ended")).to_be_visible()
    panel.get_by_label("Outcome").select_option("connected")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel.get_by_role("heading", name="Call ended")).to_be_hidden()
    assert stage.logged_once(customer)["hs_call_body"] == notes


def test_the_page_of_the_service_is_a_whole_panel(stage: Stage, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{stage.service}/")
    connect(context, page)
    takes_a_call(stage, page, stage.customer("Paige", "Alone"), "on the page")
    page.reload()
    expect(page.get_by_label("Number to call")).to_be_visible()
    page.close()


def test_it_is_a_whole_panel_on_somebodys_page(stage: Stage, context: BrowserContext, foreign: str) -> None:
    page = context.new_page()
    page.goto(foreign)
    panel = page.frame_locator("iframe[src*='/panel/']")
    connect(context, panel)
    launcher = page.get_by_role("button", name="Offhook")
    panel.get_by_role("button", name="Close panel").click()
    expect(launcher).to_have_attribute("aria-expanded", "false")
    customer = stage.customer("Emma", "Bedded")
    stage.ring(customer.number)
    expect(launcher).to_have_attribute("aria-expanded", "true")
    expect(panel.get_by_role("button", name="Answer", exact=True)).to_be_visible()
    panel.get_by_role("button", name="Decline", exact=True).click()
    takes_a_call(stage, panel, stage.customer("Ed", "Framed"), "in a frame")
    page.close()


def test_a_third_party_gets_its_cookies_or_not(
    stage: Stage, context: BrowserContext, foreign: str, request: pytest.FixtureRequest
) -> None:
    """That the browser really is set as the tests above believe."""
    page = context.new_page()
    page.goto(f"{foreign}/probe.html")
    frame = next(each for each in page.frames if each.url.startswith(stage.service))
    kept = frame.evaluate("() => { document.cookie = 'probe=1; SameSite=None; Secure'; return document.cookie; }")
    assert kept == ("" if "none" in request.node.name else "probe=1")
    page.close()


def test_the_stream_is_for_the_services_own_pages_only(stage: Stage, context: BrowserContext, foreign: str) -> None:
    """A token alone does not open it to any page."""
    desk = Desk(stage)
    desk.consent()
    page = context.new_page()
    page.goto(foreign)
    address = f"{stage.service.replace('http', 'ws')}/api/live"
    closed = page.evaluate(
        """([address, token]) => new Promise((done) => {
            const socket = new WebSocket(address);
            socket.onopen = () => socket.send(JSON.stringify({ token, after: null }));
            socket.onmessage = ({ data }) => done(data);
            socket.onclose = ({ code }) => done(code);
        })""",
        [address, desk.token],
    )
    assert closed in (4403, 1006)
    page.close()
    desk.leave()

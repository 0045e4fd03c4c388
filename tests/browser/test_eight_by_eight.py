"""8x8 in a real browser: its softphone in the panel's frame, played by a page that says what 8x8 documents; lines."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect
from tests.browser.arrival import connects_as_page
from tests.browser.conftest import shot
from tests.scenarios.stage import Stage, running_stage

from offhook.demo import people
from offhook.demo.eight_by_eight.fake import KEY, PASSWORD, SECRET, USER, Fake8x8

# What it takes and says: https://developer.8x8.com/tech-partner/docs/partner-sdk-maestro-sdk-overview
MAESTRO = b"""<!doctype html><meta charset="utf-8"><title>8x8 (played)</title>
<style>body { font: 15px sans-serif; padding: 12px } button, input { font: inherit; margin: 4px }</style>
<h1>8x8 Work <small>(played)</small></h1>
<input id="number" aria-label="Customer"> <button id="ring">Ring</button> <button id="accept">Answer</button>
<button id="end">Hang up</button> <p id="asked"></p>
<script>
  const call = {};
  const say = (what, more = {}) => parent.postMessage({
    eventType: `mashell-voice-phone-${what}-uc-event-v1`, status: "success",
    data: { eventName: what, eventId: crypto.randomUUID(), method: "mapEvent", media: "phone", ...call, ...more },
  }, "*");
  const begin = (direction, searchContext) => {
    Object.assign(call, { direction, searchContext, startTime: String(Date.now()) });
    say("offered");
  };
  document.getElementById("ring").onclick = () => begin("inbound", document.getElementById("number").value);
  document.getElementById("accept").onclick = () => say("accepted");
  document.getElementById("end").onclick = () =>
    say("terminated", { endTime: String(Date.now()), callDuration: "00:00:02", callRecording: "", hasRecording: false });
  addEventListener("message", ({ data }) => {
    if (data.eventName !== "maEvent" || data.family !== "external" || data.content.eventName !== "startCall") return;
    document.getElementById("asked").textContent = `calls ${data.content.phoneNumber}`;
    begin("outbound", data.content.phoneNumber);
  });
</script>"""


@contextmanager
def maestro() -> Iterator[str]:
    """The page, under an origin of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(MAESTRO)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is told."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/mashell/public/index.html"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def fake() -> Fake8x8:
    fake = Fake8x8(lambda: datetime.now(UTC))
    fake.agents = {"1001": ("Ben", "Bright"), "1003": ("Ben", "Bright"), "1002": ("Cleo", "Costa")}
    return fake


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, fake: Fake8x8) -> Iterator[Stage]:
    with maestro() as frame, fake.serving() as api:
        settings = {
            "OFFHOOK_PHONE_SYSTEMS": "eight_by_eight",
            "OFFHOOK_EIGHT_BY_EIGHT_API_URL": api,
            "OFFHOOK_EIGHT_BY_EIGHT_API_KEY": KEY,
            "OFFHOOK_EIGHT_BY_EIGHT_API_SECRET": SECRET,
            "OFFHOOK_EIGHT_BY_EIGHT_USER": USER,
            "OFFHOOK_EIGHT_BY_EIGHT_PASSWORD": PASSWORD,
            "OFFHOOK_EIGHT_BY_EIGHT_RECORDS_EVERY": "1",
            "OFFHOOK_EIGHT_BY_EIGHT_PANEL_URL": frame,
            "OFFHOOK_EIGHT_BY_EIGHT_CALLER_IDS": "+14155550199,+442079460018",
        }
        with running_stage(tmp_path_factory.mktemp("stage"), **settings) as stage:
            stage.give_rights(people.BEN)
            yield stage


@pytest.fixture(scope="module")
def panel(stage: Stage, narrow: BrowserContext) -> Page:
    """Ben's panel, connected, with 8x8 chosen; not yet at a line."""
    return connects_as_page(stage, narrow, "eight_by_eight")


def frame_of(panel: Page) -> FrameLocator:
    return panel.frame_locator("iframe.vendor-phone")


def presses(panel: Page, button: str) -> None:
    """In the frame. (Headless Chromium gives a mouse's clicks to no frame of another process.)"""
    frame_of(panel).get_by_role("button", name=button).dispatch_event("click")


def test_of_several_lines_one_is_chosen(panel: Page) -> None:
    expect(panel.get_by_text("These lines are yours. Which one do you use now?")).to_be_visible()
    expect(panel.get_by_text("1002")).to_have_count(0)
    shot(panel, "lines")
    panel.get_by_role("button", name="1003 · Ben Bright").click()
    expect(panel.get_by_label("Number to call")).to_be_visible()


def test_8x8s_softphone_rings_in_the_panel_and_the_call_is_logged_once(panel: Page, stage: Stage) -> None:
    customer = stage.customer("Vera", "Vance")
    shot(panel, "keypad")
    panel.get_by_role("button", name="Open 8x8 Work’s softphone here").click()
    frame_of(panel).get_by_label("Customer").fill(customer.number)
    presses(panel, "Ring")
    expect(panel.get_by_text("Vera Vance", exact=True)).to_be_visible()
    shot(panel, "ringing")
    presses(panel, "Answer")
    expect(panel.get_by_label("Notes")).to_be_visible()
    panel.get_by_label("Notes").fill("Wants twelve bags.")
    presses(panel, "Hang up")
    panel.get_by_role("button", name="Save").click()
    entry = stage.logged_once(customer)
    assert "twelve bags" in str(entry)


def test_a_number_is_handed_to_8x8s_softphone(panel: Page, stage: Stage) -> None:
    customer = stage.customer("Otto", "Orr")
    panel.get_by_label("Number to call").fill(customer.number)
    panel.get_by_role("button", name="Call", exact=True).click()
    expect(frame_of(panel).get_by_text(f"calls {customer.number}")).to_be_visible()
    expect(panel.get_by_text("Otto Orr", exact=True)).to_be_visible()
    presses(panel, "Hang up")


def test_a_second_tab_is_told_where_the_softphone_is(panel: Page, stage: Stage, narrow: BrowserContext) -> None:
    other = narrow.new_page()
    other.goto(f"{stage.service}/panel/")
    other.get_by_role("button", name="Open 8x8 Work’s softphone here").click()
    expect(other.get_by_text("8x8 Work’s softphone is open in another tab or window; calls ring there.")).to_be_visible()
    expect(other.locator("iframe")).to_have_count(0)
    other.close()

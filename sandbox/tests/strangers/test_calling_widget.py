"""A stranger that must be satisfied: a widget built with HubSpot's calling extensions SDK on a record page."""

import contextlib
import functools
import http.server
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Frame, Page, expect, sync_playwright

from hubspot_sandbox.developers import DEVELOPER_KEY
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, CLIENT_ID, REQUIRED_SCOPES
from hubspot_sandbox.testing import RunningSandbox

WIDGET = Path(__file__).with_name("widget")
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic", "--no-first-run"]
PHONE = "+15552360199"
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Nothing."""


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/index.html"
        server.shutdown()


@pytest.fixture(scope="module")
def widget_url() -> Iterator[str]:
    """Where the widget is served: another origin than the portal's."""
    if not (WIDGET / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=WIDGET, check=True)
    with served(WIDGET) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield started
        started.close()


@pytest.fixture
def carla(sandbox: RunningSandbox) -> str:
    values = {"firstname": "Carla", "lastname": "Cruz", "email": "carla@x.example", "phone": PHONE}
    return sandbox.portal.records.create(ACORN, "contacts", values).id


@pytest.fixture
def registered(sandbox: RunningSandbox, widget_url: str) -> str:
    """The app installed in Acorn, and its widget in its calling settings."""
    sandbox.portal.grants.install(ACORN, CLIENT_ID, ADA, REQUIRED_SCOPES)
    put_settings(sandbox, {"name": "Acme Phone", "url": widget_url, "isReady": True, "width": 320, "height": 240})
    return widget_url


def put_settings(sandbox: RunningSandbox, settings: dict[str, Any]) -> None:
    app = sandbox.portal.apps.get(CLIENT_ID)
    assert app
    address = f"{sandbox.base_url}/crm/v3/extensions/calling/{app.app_id}/settings"
    httpx.post(address, params={"hapikey": DEVELOPER_KEY}, json=settings).raise_for_status()


@pytest.fixture
def page(browser: Browser, sandbox: RunningSandbox) -> Iterator[Page]:
    context = browser.new_context(base_url=sandbox.base_url)
    yield context.new_page()
    context.close()


@pytest.fixture
def on_record(page: Page, carla: str) -> Callable[..., Page]:
    """Somebody on Carla's record."""

    def go(email: str = ADA) -> Page:
        page.goto(f"/login?next=/contacts/{ACORN}/record/0-1/{carla}")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill("demo")
        page.get_by_role("button", name="Log in", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Carla Cruz")
        return page

    return go


def frame_of(page: Page) -> Frame:
    """The widget's frame, after the handshake."""
    frame = page.locator("#hubspot-calling-extension-iframe").element_handle().content_frame()
    assert frame
    told(frame, "onReady")
    return frame


def told(frame: Frame, name: str) -> Any:
    """What the handler of this name was given, once it was called. A hidden frame draws nothing, so ask by the clock."""
    frame.wait_for_function("name => window.told?.some(([each]) => each === name)", arg=name, polling=50)
    return frame.evaluate("name => window.told.findLast(([each]) => each === name)[1]", name)


def say(frame: Frame, method: str, data: Any = None) -> None:
    """The widget calls a method of the SDK."""
    frame.evaluate("([method, data]) => window.extensions[method](data)", [method, data])


def calls_of(sandbox: RunningSandbox, carla: str) -> list[dict[str, str]]:
    return [each.properties for each in sandbox.portal.timeline(ACORN, "contacts", carla)]


def opened(page: Page) -> Frame:
    page.get_by_role("button", name="Open calling").click()
    return frame_of(page)


def test_a_widget_is_told_who_uses_it(on_record: Callable[..., Page], registered: str, sandbox: RunningSandbox) -> None:
    ready = told(opened(on_record()), "onReady")
    ada = sandbox.portal.people.membership(ACORN, ADA)
    assert ada
    assert (ready["portalId"], ready["userId"], ready["ownerId"]) == (ACORN, ada.user_id, ada.owner_id)
    assert (ready["iframeLocation"], ready["hostUrl"]) == ("widget", sandbox.base_url)


def test_the_frame_is_as_the_sdk_says(on_record: Callable[..., Page], registered: str) -> None:
    page = on_record()
    opened(page)
    frame = page.locator("#hubspot-calling-extension-iframe")
    expect(frame).to_have_attribute("allow", "microphone; autoplay")
    assert frame.evaluate("each => [each.clientWidth, each.clientHeight]") == [320, 240]


def test_an_outgoing_call_from_click_to_timeline(
    on_record: Callable[..., Page], registered: str, sandbox: RunningSandbox, carla: str
) -> None:
    page = on_record()
    page.get_by_role("button", name="Call phone number").click()
    frame = frame_of(page)
    say(frame, "initialized", {"isLoggedIn": False})
    expect(page.get_by_role("status")).to_have_text("Log in to Acme Phone to call.")
    say(frame, "userLoggedIn")
    dialled = told(frame, "onDialNumber")
    assert dialled["phoneNumber"] == PHONE
    assert (dialled["objectId"], dialled["objectType"], dialled["toPhoneNumberSrc"]) == (int(carla), "CONTACT", "phone")
    assert dialled["calleeInfo"] == {"calleeId": int(carla), "calleeObjectTypeId": "0-1"}
    call = {"externalCallId": "x-1", "fromNumber": "+15550001", "toNumber": PHONE}
    say(frame, "outgoingCall", {**call, "createEngagement": True, "callStartTime": 1767225600000})
    made = told(frame, "onCreateEngagementSucceeded")
    assert made["externalCallId"] == "x-1"
    assert told(frame, "onEngagementCreated")["engagementId"] == made["engagementId"]
    say(frame, "callAnswered", {"externalCallId": "x-1"})
    say(frame, "callEnded", {**made, "callEndStatus": "COMPLETED"})
    properties = {"hs_call_title": "Prices", "hs_call_duration": 65000, "hs_call_status": "COMPLETED"}
    say(frame, "callCompleted", {**made, "hideWidget": True, "engagementProperties": properties})
    assert told(frame, "onUpdateEngagementSucceeded")["engagementId"] == made["engagementId"]
    assert told(frame, "onVisibilityChanged") == {"isMinimized": False, "isHidden": True}
    expect(page.locator("#calling")).to_be_hidden()
    say(frame, "finalizeEngagement", made)
    assert told(frame, "onFinalizeEngagementSucceeded") == made
    (logged,) = calls_of(sandbox, carla)
    assert logged["hs_object_id"] == str(made["engagementId"])
    kept = {
        name: logged[name] for name in ("hs_call_direction", "hs_call_duration", "hs_call_external_id", "hs_timestamp")
    }
    assert kept == {
        "hs_call_direction": "OUTBOUND",
        "hs_call_duration": "65000",
        "hs_call_external_id": "x-1",
        "hs_timestamp": "2026-01-01T00:00:00.000Z",
    }
    assert logged["hs_object_source"] == "CRM_UI"
    page.reload()
    expect(page.get_by_role("article", name="Prices")).to_contain_text("1:05")


def test_an_incoming_call_finds_the_caller_and_opens_her_record(
    on_record: Callable[..., Page], registered: str, sandbox: RunningSandbox, carla: str
) -> None:
    page = on_record()
    frame = opened(page)
    say(frame, "initialized", {"isLoggedIn": True})
    call = {"externalCallId": "x-2", "fromNumber": PHONE, "toNumber": "+15550001", "createEngagement": True}
    say(frame, "incomingCall", call)
    (match,) = told(frame, "onCallerIdMatchSucceeded")["callerIdMatches"]
    assert match == {
        "callerIdType": "CONTACT",
        "objectCoordinates": {"portalId": ACORN, "objectTypeId": "0-1", "objectId": int(carla)},
        "firstName": "Carla",
        "lastName": "Cruz",
        "email": "carla@x.example",
    }
    assert told(frame, "onCreateEngagementSucceeded")["engagementId"]
    other = sandbox.portal.records.create(ACORN, "contacts", {"firstname": "Otto", "email": "otto@x.example"})
    where = {**match["objectCoordinates"], "objectId": int(other.id)}
    say(frame, "navigateToRecord", {"objectCoordinates": where})
    expect(page.get_by_role("heading", level=1)).to_have_text("Otto")
    assert [each["hs_call_direction"] for each in calls_of(sandbox, carla)] == ["INBOUND"]


def test_nobody_known_and_no_engagement_wanted(
    on_record: Callable[..., Page], registered: str, sandbox: RunningSandbox, carla: str
) -> None:
    frame = opened(on_record())
    say(frame, "incomingCall", {"externalCallId": "x-3", "fromNumber": "+15559999999", "toNumber": "+15550001"})
    assert told(frame, "onCallerIdMatchFailed")["externalCallId"] == "x-3"
    say(frame, "callCompleted", {"externalCallId": "x-3", "hideWidget": False})
    say(frame, "finalizeEngagement", {"externalCallId": "x-3"})
    assert told(frame, "onFinalizeEngagementFailed")["externalCallId"] == "x-3"
    assert calls_of(sandbox, carla) == []


def test_a_widget_hears_why_its_properties_are_refused(
    on_record: Callable[..., Page], registered: str, sandbox: RunningSandbox, carla: str
) -> None:
    frame = opened(on_record())
    say(frame, "outgoingCall", {"externalCallId": "x-4", "toNumber": PHONE, "createEngagement": True})
    made = told(frame, "onCreateEngagementSucceeded")
    wrong = {"hs_call_direction": "SIDEWAYS"}
    say(frame, "callCompleted", {**made, "engagementProperties": wrong, "hideWidget": False})
    assert "SIDEWAYS" in told(frame, "onUpdateEngagementFailed")["error"]["message"]
    say(frame, "navigateToRecord", {"objectCoordinates": {"portalId": ACORN, "objectTypeId": "0-1", "objectId": 1}})
    assert told(frame, "onNavigateToRecordFailed")["objectCoordinates"]["objectId"] == 1
    say(frame, "setWidgetUrl", {"iFrameUrl": "https://elsewhere.example/"})
    assert told(frame, "onSetWidgetUrlFailed")["iFrameUrl"] == "https://elsewhere.example/"


def test_the_widget_minimizes_resizes_and_ends_a_call(on_record: Callable[..., Page], registered: str) -> None:
    page = on_record()
    frame = opened(page)
    say(frame, "resizeWidget", {"width": 300, "height": 200})
    expect(page.locator("#hubspot-calling-extension-iframe")).to_have_css("width", "300px")
    page.get_by_role("button", name="Minimize").click()
    assert told(frame, "onVisibilityChanged") == {"isMinimized": True, "isHidden": False}
    say(frame, "incomingCall", {"externalCallId": "x-5", "fromNumber": PHONE, "toNumber": "+15550001"})
    page.get_by_role("button", name="End call").click()
    assert told(frame, "onEndCall")["externalCallId"] == "x-5"


def test_a_reloaded_widget_is_greeted_again(on_record: Callable[..., Page], registered: str) -> None:
    page = on_record()
    frame = opened(page)
    frame.evaluate("location.reload()")
    told(frame, "onReady")


def test_a_message_from_another_frame_is_not_heard(
    on_record: Callable[..., Page], registered: str, sandbox: RunningSandbox, carla: str
) -> None:
    page = on_record()
    opened(page)
    page.evaluate(
        """phone => postMessage({ type: "INCOMING_CALL", messageId: "1_1", data:
            { externalCallId: "forged", fromNumber: phone, toNumber: phone, createEngagement: true } }, "*")""",
        PHONE,
    )
    frame = frame_of(page)
    say(frame, "incomingCall", {"externalCallId": "x-6", "fromNumber": PHONE, "toNumber": "1", "createEngagement": True})
    told(frame, "onCreateEngagementSucceeded")
    assert [each["hs_call_external_id"] for each in calls_of(sandbox, carla)] == ["x-6"]


def test_ben_cannot_call_from_a_record_that_is_not_his(
    on_record: Callable[..., Page], registered: str, sandbox: RunningSandbox
) -> None:
    sandbox.portal.people.set_rights(ACORN, BEN, {"contacts.view": "all", "contacts.communicate": "own"})
    page = on_record(BEN)
    expect(page.get_by_role("button", name="Call phone number")).to_have_count(0)


def test_the_local_override_needs_no_registered_app(on_record: Callable[..., Page], widget_url: str) -> None:
    page = on_record()
    expect(page.get_by_role("button", name="Open calling")).to_be_hidden()
    page.evaluate(
        """url => localStorage.setItem("LocalSettings:Calling:CallingExtensions",
            JSON.stringify({ isReady: true, name: "Mine", url }))""",
        widget_url,
    )
    page.reload()
    assert told(opened(page), "onReady")["iframeLocation"] == "widget"
    expect(page.locator("#calling-name")).to_have_text("Mine")
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(page.get_by_role("button", name="Open calling")).to_be_hidden()


@pytest.mark.parametrize("settings", [{"isReady": False}, {"url": "https://a b.example"}, {"url": "https://u@h.example"}])
def test_a_widget_that_is_not_ready_or_has_no_place_is_not_offered(
    on_record: Callable[..., Page], registered: str, sandbox: RunningSandbox, settings: dict[str, Any]
) -> None:
    put_settings(sandbox, {"name": "Acme Phone", "url": registered, "isReady": True, **settings})
    page = on_record()
    expect(page.get_by_role("button", name="Open calling")).to_be_hidden()
    expect(page.get_by_role("button", name="Call phone number")).to_be_hidden()

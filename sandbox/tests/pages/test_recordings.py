"""A recording that only its app hands out is played on the timeline, part by part; failures are told in words."""

import json
import re
import threading
import wave
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright
from sandbox.tests.pages.test_in_browser import ARGS, CHROMIUM, log_in

from hubspot_sandbox.calling.model import Calling, Recording
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, CLIENT_ID, DEV

SECONDS = 3


def spoken() -> bytes:
    """Three seconds of silence as WAV."""
    with BytesIO() as kept:
        with wave.open(kept, "wb") as sound:
            sound.setnchannels(2)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(bytes(8000 * SECONDS * 4))
        return kept.getvalue()


class Vendor:
    """The app's server: `/where/…` tells an address, `/file` is the recording, in parts when asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Any = None
        self.sound, self.media = spoken(), "audio/wav"
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                vendor.asked.append(self.path)
                if urlsplit(self.path).path == "/file":
                    self._send_part()
                elif vendor.answer is None:
                    self._send(404, b"", {})
                else:
                    self._send(200, json.dumps(vendor.answer).encode(), {})

            def _send_part(self) -> None:
                part = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range", ""))
                size = len(vendor.sound)
                first, last = (int(part[1]), int(part[2] or size - 1)) if part else (0, size - 1)
                more = {"content-type": vendor.media, "accept-ranges": "bytes"}
                if part:
                    more["content-range"] = f"bytes {first}-{last}/{size}"
                self._send(206 if part else 200, vendor.sound[first : last + 1], more)

            def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def vendor(portal: Portal) -> Iterator[Vendor]:
    """It has told HubSpot whom to ask, and tells where the file is."""
    made = Vendor()
    made.answer = {"authenticatedUrl": made.url + "/file?signed=yes"}
    settings = Recording(made.url + "/where/%s")
    Calling(portal.store, portal.clock).recordings.save(_app_id(portal), settings)
    yield made
    made.close()


def _app_id(portal: Portal) -> int:
    app = portal.apps.get(CLIENT_ID)
    assert app
    return app.app_id


@pytest.fixture
def logged(portal: Portal, contact: Callable[..., str]) -> Callable[..., tuple[str, str]]:
    """Logs a call as the app does on a new contact; the addresses of the record's page and of the recording."""

    def log(**values: str) -> tuple[str, str]:
        named = {"hs_call_source": "INTEGRATIONS_PLATFORM", "hs_call_app_id": str(_app_id(portal))}
        ids = {"hs_call_external_id": "call/7 &", "hs_call_external_account_id": "acct 1"}
        given = {"hs_timestamp": "2026-11-23T14:02:00Z", "hs_call_title": "A call", **named, **ids, **values}
        made = portal.records.create(ACORN, "calls", {name: value for name, value in given.items() if value})
        number = contact(firstname="Carla")
        portal.associate(ACORN, "calls", made.id, "contacts", number)
        return f"/contacts/{ACORN}/record/0-1/{number}", f"/contacts/{ACORN}/recording/{made.id}"

    return log


def test_the_app_is_asked_by_its_own_ids(ada: Any, vendor: Vendor, logged: Any, portal: Portal) -> None:
    page, address = logged()
    assert ada.get(page).one("audio")["src"] == address
    assert vendor.asked == [], "nobody is asked before somebody plays"
    answer = ada.client.get(address)
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "audio/wav", vendor.sound)
    assert vendor.asked == [
        f"/where/call%2F7%20%26?appId={_app_id(portal)}&externalAccountId=acct+1",
        "/file?signed=yes",
    ]


def test_a_part_is_a_part(ada: Any, vendor: Vendor, logged: Any) -> None:
    answer = ada.client.get(logged()[1], headers={"Range": "bytes=4-7"})
    assert (answer.status_code, answer.content) == (206, vendor.sound[4:8])
    assert answer.headers["content-range"] == f"bytes 4-7/{len(vendor.sound)}"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "answered 404"),
        ({"url": "http://127.0.0.1/"}, "did not answer with"),
        ({"authenticatedUrl": "file:///etc/passwd"}, "no web address"),
        ({"authenticatedUrl": "https://recordings.example/1.wav"}, "not on this machine"),
        ({"authenticatedUrl": "http://127.0.0.1:1/"}, "There was no answer"),
    ],
    ids=["status", "shape", "scheme", "elsewhere", "nobody"],
)
def test_what_goes_wrong_is_said(ada: Any, vendor: Vendor, logged: Any, answer: Any, said: str) -> None:
    vendor.answer = answer
    page = ada.get(logged()[1], expect=502)
    assert page.heading == "The recording can't be played"
    assert said in page.one("main").text


def test_a_page_in_place_of_a_recording_is_never_shown_as_one(ada: Any, vendor: Vendor, logged: Any) -> None:
    vendor.media, vendor.sound = "text/html", b"<script>alert(1)</script>"
    answer = ada.client.get(logged()[1])
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "missing", ["hs_call_app_id", "hs_call_external_id", "hs_call_external_account_id", "hs_call_source"]
)
def test_without_all_its_ids_a_call_has_its_own_address_only(ada: Any, vendor: Vendor, logged: Any, missing: str) -> None:
    own = "https://recordings.example/1.mp3"
    page, address = logged(**{missing: "", "hs_call_recording_url": own})
    assert ada.get(page).one("audio")["src"] == own
    ada.get(address, expect=404)
    assert vendor.asked == []


def test_who_sees_no_record_of_the_call_does_not_hear_it(someone: Any, vendor: Vendor, logged: Any) -> None:
    someone().log_in(DEV).get(logged()[1], expect=404)
    someone().get(logged()[1], expect=302)
    assert vendor.asked == []


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_browser_plays_it_and_winds_forward(sandbox: Any, vendor: Vendor, logged: Any) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS.split())
        page = log_in(browser, sandbox.base_url, ADA)
        page.goto(logged()[0])
        player = page.get_by_label("Recording of A call")
        expect(player).to_be_visible()
        player.evaluate("player => new Promise(done => { player.ontimeupdate = done; player.play() })")
        assert player.evaluate("player => player.duration") == SECONDS
        player.evaluate("player => new Promise(done => { player.onended = done; player.currentTime = 2.8 })")
        browser.close()

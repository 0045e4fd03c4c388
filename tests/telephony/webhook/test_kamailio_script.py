"""docs/how-to/kamailio/offhook.py by itself; with a real Kamailio it is in tests/scenarios/test_desk_phones.py."""

import importlib.util
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from offhook.calls.events import CallStarted
from offhook.telephony.webhook import events, wire

SCRIPT = Path(__file__).parents[3] / "docs/how-to/kamailio/offhook.py"
SECRET = "what Kamailio signs with"


class Kamailio(ModuleType):
    """What the script asks of Kamailio."""

    def __init__(self) -> None:
        super().__init__("KSR")
        self.queue: list[str] = []
        self.log: list[str] = []
        self.warn = self.err = self.log.append
        self.mqueue = SimpleNamespace(mq_fetch=lambda name: 1 if self.queue else -2)
        self.pv = SimpleNamespace(get=lambda name: self.queue.pop(0))


class Listener(HTTPServer):
    """Offhook, as far as the script sees it: answers what it is told to, and keeps what it answered 202."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.status, self.refuses, self.kept = 202, b"\0", list[Any]()


class _Answers(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        wire.check_signature(SECRET, headers, body, datetime.now(UTC))
        status = 400 if self.server.refuses in body else self.server.status
        if status == 202:
            self.server.kept.append(json.loads(body))
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """The test says what it wants to know."""


@pytest.fixture
def kamailio(monkeypatch: pytest.MonkeyPatch) -> Kamailio:
    kamailio = Kamailio()
    monkeypatch.setitem(sys.modules, "KSR", kamailio)
    return kamailio


@pytest.fixture
def script(kamailio: Kamailio, monkeypatch: pytest.MonkeyPatch) -> Any:
    spec = importlib.util.spec_from_file_location("kamailio_offhook", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "AGAIN_AFTER", 0)
    return module


@pytest.fixture
def offhook() -> Iterator[Listener]:
    with Listener() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def settings(offhook: Listener, tmp_path: Path) -> str:
    path, url = tmp_path / "offhook.json", f"http://127.0.0.1:{offhook.server_port}/api/deliveries/sip"
    path.write_text(json.dumps({"url": url, "secret": SECRET, "kept": str(tmp_path / "kept.db")}))
    return str(path)


def said(kind: str, call: str = "a84b@x", line: str = "201", **more: str) -> str:
    """As offhook.cfg writes it."""
    others = {name: value.encode().hex() for name, value in {"call": call, **more}.items()}
    fields = {"type": kind, **others, "at": "1795626586.126813", "line": line}
    return "&".join(f"{name}={value}" for name, value in fields.items())


def test_what_callers_choose_arrives_as_it_is(script: Any) -> None:
    name = "\u0160\u00f8n & Co = 100% \u201cja\u201d \u96fb\u8a71"
    more = {"from": "+14155550100", "to": "201", "name": f'"{name}"'}
    body = script.body(f"{said('ringing', **more)}&direction=inbound")
    started, _ = events.understand(body.encode()).reading.events
    assert isinstance(started, CallStarted)
    assert (started.call, started.customer, started.customer_name) == ("a84b@x", "+14155550100", name)


def test_of_a_call_between_two_lines_the_called_one_has_the_id_that_its_softphone_gives(script: Any) -> None:
    told = json.loads(script.body(f"{said('ended', call='x' * 250, line='202')}&between=lines"))
    assert told["call"] == f"{'x' * 196} 202"
    assert "between" not in told


def test_what_offhook_does_not_take_is_sent_again_in_order_and_what_it_cannot_read_is_left_out(
    script: Any, kamailio: Kamailio, offhook: Listener, settings: str
) -> None:
    sender, offhook.status, offhook.refuses = script.mod_init(), 503, b"nonsense"
    kamailio.queue = [said("ringing"), said("nonsense"), said("answered")]
    sender.send(None, settings)
    sender.send(None, settings)
    assert offhook.kept == []
    assert len(kamailio.log) == 1, "the same trouble is said once"
    again, offhook.status = script.mod_init(), 202  # Kamailio was started anew
    kamailio.queue = [said("ended")]
    again.send(None, settings)
    assert [each["type"] for each in offhook.kept] == ["ringing", "answered", "ended"]
    assert "nonsense" in kamailio.log[-1]
    again.send(None, settings)
    assert len(offhook.kept) == 3


def test_nobody_there_loses_nothing(script: Any, kamailio: Kamailio, tmp_path: Path) -> None:
    path = tmp_path / "offhook.json"
    path.write_text(json.dumps({"url": "http://127.0.0.1:9/x", "secret": SECRET, "kept": str(tmp_path / "kept.db")}))
    sender = script.mod_init()
    kamailio.queue = [said("ringing")]
    sender.send(None, str(path))
    assert sender.kept.execute("SELECT count(*) FROM kept").fetchone() == (1,)
    assert "refused" in kamailio.log[0]

"""A receiver of webhooks, an app that is installed and told, and hands for both."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import msgspec
import pytest

from hubspot_sandbox.developers import DEVELOPER_KEY
from hubspot_sandbox.seeds.people import ACORN, ADA, CLIENT_ID
from hubspot_sandbox.testing import RunningSandbox

WAIT_SECONDS = 10
SCOPES = "oauth crm.objects.contacts.read crm.objects.contacts.write crm.objects.companies.read"


class Told(msgspec.Struct, frozen=True):
    """One request that came in."""

    url: str
    body: bytes
    headers: dict[str, str]

    @property
    def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.body)
        return found


class Receiver:
    """A web server that keeps what it is told. It answers 200, or first what stands in `answers`."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.answers: list[int] = []
        self.hold = threading.Event()
        self.hold.set()
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks?from=hubspot"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver._take(Told(f"http://{self.headers['host']}{self.path}", body, dict(self.headers)))
                receiver.hold.wait(WAIT_SECONDS)
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler

    def _take(self, told: Told) -> None:
        with self._changed:
            self.told.append(told)
            self._changed.notify_all()

    def wait_for(self, count: int) -> list[Told]:
        """What was told, once it is this many."""
        with self._changed:
            came = self._changed.wait_for(lambda: len(self.told) >= count, WAIT_SECONDS)
        assert came, f"told {len(self.told)} times, not {count}"
        return self.told

    def close(self) -> None:
        self.hold.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


class Developer:
    """The developer of an app, with her key."""

    def __init__(self, sandbox: RunningSandbox, client_id: str = CLIENT_ID) -> None:
        found = sandbox.portal.apps.get(client_id)
        assert found
        self.app = found
        root = f"{sandbox.base_url}/webhooks/v3/{found.app_id}"
        self.client = httpx.Client(base_url=root, params={"hapikey": DEVELOPER_KEY}, timeout=WAIT_SECONDS)

    def target(self, url: str, most: int = 10) -> httpx.Response:
        return self.client.put("/settings", json={"targetUrl": url, "throttling": {"maxConcurrentRequests": most}})

    def subscribe(self, event_type: str, property_name: str = "", **more: Any) -> int:
        wanted = {"eventType": event_type, "active": True, **more}
        answer = self.client.post(
            "/subscriptions", json=wanted | ({"propertyName": property_name} if property_name else {})
        )
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])


@pytest.fixture
def developer(sandbox: RunningSandbox) -> Iterator[Developer]:
    """Of the demo's app, which is installed in Acorn too."""
    sandbox.mint(ACORN, ADA, CLIENT_ID, SCOPES)
    made = Developer(sandbox)
    yield made
    made.client.close()


def contact(api: httpx.Client, **properties: str) -> str:
    """Creates one and gives its id."""
    answer = api.post("/crm/v3/objects/contacts", json={"properties": properties})
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


def notifications(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sandbox.control("GET", "/webhooks")["notifications"]
    return found


def flush(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sandbox.control("POST", "/webhooks/flush")["notifications"]
    return found

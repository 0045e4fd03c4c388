"""An agent at her desk, whose panel is only its requests and its live stream."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
from tests.scenarios.stage import Customer, Json, Stage, eventually
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from offhook.demo import people
from offhook.demo.over_api import PanelByApi, Person, check
from offhook.demo.world import LINES

PINS = {line: pin for line, pin, _ in LINES}


class Desk:
    """One agent: somebody with a browser at HubSpot, a panel, and a line."""

    def __init__(self, stage: Stage, email: str = people.BEN, line: str = LINES[0][0]) -> None:
        self.stage, self.email, self.line = stage, email, line
        self.person, self.panel = Person(stage, email), PanelByApi(stage)

    def arrive(self, ask: str = "everything", phone_system: str = "exchange", secret: str = "") -> None:
        """Log in to HubSpot, consent, choose the product, log in to the line."""
        self.consent(ask)
        self.panel.ask("PUT", "/api/phone-system", {"phone_system": phone_system})
        self.panel.ask("POST", "/api/line-login", {"line": self.line, "secret": secret or PINS[self.line]})

    def consent(self, ask: str = "everything") -> Json:
        """Connect, or connect again, in HubSpot's own pages; gives the panel's claim."""
        self.person.log_in()
        back = self.answer_of_hubspot(self.panel.begin(ask))
        httpx.get(back, timeout=30, follow_redirects=False)
        claim = self.panel.claim()
        check(claim["state"] == "granted", f"the claim says {claim}")
        return claim

    def answer_of_hubspot(self, consent_url: str, account: int = people.ACORN) -> str:
        """Grant what an address asks for, in an account; gives where HubSpot then sends the browser."""
        query = consent_url.partition("?")[2]
        path = f"/oauth/{account}/authorize?{query}"
        answer = self.person.submit(path, {"human": "yes", "decision": "grant"})
        back = str(answer.headers.get("location", ""))
        check(back.startswith(self.stage.service), f"HubSpot did not send anybody back: {answer.status_code}")
        return back

    def forgets(self) -> None:
        """Revoke the grant; the panel is signed out then."""
        self.panel.ask("DELETE", "/api/grant")
        del self.panel.api.headers["Authorization"]

    def leave(self) -> None:
        self.person.browser.close()
        self.panel.api.close()

    # The panel.

    @property
    def token(self) -> str:
        return self.panel.api.headers["Authorization"].removeprefix("Bearer ")

    def sees(self) -> Json:
        return self.panel.ask("GET", "/api/panel")

    def refused(self, method: str, path: str, body: Json | None = None) -> Json:
        """The problem with which a request was refused."""
        answer = self.panel.api.request(method, path, json=body)
        assert answer.is_error, answer.text
        return dict(answer.json())

    def call(
        self, customer: Customer, holds: Callable[[Json], object] = bool, what: str = "there", seconds: float = 60.0
    ) -> Json:
        """The newest call with somebody, once it is as wanted."""

        def with_customer() -> Json:
            panel = self.sees()
            calls = (*panel["calls"], *panel["recent"])
            return next((each for each in calls if each["number"] == customer.number), {})

        return eventually(with_customer, lambda call: call and holds(call), f"a call that is {what}", seconds)

    def call_is(self, customer: Customer, state: str) -> Json:
        return self.call(customer, lambda call: call["state"] == state, state)

    def log_of(self, customer: Customer, state: str, seconds: float = 60.0) -> Json:
        """The log of the call once it is in a state."""
        call = self.call(customer, lambda call: call["log"]["state"] == state, f"{state} as a log", seconds)
        return dict(call["log"])

    def does(self, action: str, call: Json, **body: str) -> Json:
        return self.panel.ask("POST", f"/api/calls/{call['id']}/{action}", body or None)

    def talks(self, customer: Customer, notes: str = "") -> Json:
        """The customer calls, the agent answers."""
        self.stage.ring(customer.number, self.line)
        self.does("answer", self.call_is(customer, "ringing"))
        call = self.call_is(customer, "connected")
        if notes:
            self.panel.ask("PUT", f"/api/calls/{call['id']}/notes", {"notes": notes})
        return call

    def finishes(self, customer: Customer, outcome: str = "connected", notes: str = "Wants twelve bags.") -> Json:
        """Hang up and wrap up."""
        self.does("hang-up", self.call(customer))
        return self.wraps_up(customer, outcome, notes)

    def wraps_up(self, customer: Customer, outcome: str = "connected", notes: str = "Wants twelve bags.") -> Json:
        return self.does("wrap-up", self.call_is(customer, "ended"), outcome=outcome, notes=notes)


def said(reason: Json | None) -> str:
    """A reason as a person reads it; fails when it is none, or no sentence."""
    assert reason, "there is no reason"
    assert re.fullmatch(r"[A-Z].*[.]", reason["says"]), f"no sentence: {reason['says']!r}"
    return f"{reason['code']}: {reason['says']} {reason['remedy'] or ''}".strip()


class Stream:
    """The live stream as a panel hears it."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.cursor: str | None = None

    def next(self, seconds: float = 30.0) -> Json:
        frame: Json = json.loads(self._socket.recv(timeout=seconds))
        self.cursor = frame["cursor"]
        return frame

    def until(self, kind: str, holds: Callable[[Json], Any] = bool) -> Json:
        """The next frame of a kind that is as wanted; those before it are passed over."""
        while True:
            frame = self.next()
            if frame["type"] == kind and holds(frame):
                return frame

    def rest(self, quiet: float = 1.0) -> list[Json]:
        """What comes until nothing has come for so many seconds."""
        frames: list[Json] = []
        with suppress(TimeoutError):
            while True:
                frames.append(self.next(quiet))
        return frames

    def ends(self) -> int | None:
        """Read until the service hangs up; the code it gave, if it could."""
        try:
            while True:
                self.next()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


@contextmanager
def listening(desk: Desk, after: str | None = None) -> Iterator[Stream]:
    """A panel that opens the stream, as after a reconnect when it brings a cursor."""
    with connect(f"{desk.stage.service.replace('http', 'ws')}/api/live", proxy=None) as socket:
        socket.send(json.dumps({"token": desk.token, "after": after}))
        yield Stream(socket)

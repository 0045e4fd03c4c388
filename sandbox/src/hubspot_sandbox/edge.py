"""The outermost ASGI layer: journal, scripted faults, path spellings, rate-limit headers."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import msgspec
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from hubspot_sandbox.clock import iso
from hubspot_sandbox.control.faults import Fault
from hubspot_sandbox.control.identity import identify
from hubspot_sandbox.control.journal import FORM, Entry, Journal, as_sent, redacted, safe_path
from hubspot_sandbox.paths import PARAMETER, canonical, is_api
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import not_found

Drop = Callable[[HTTPScope], None]


class ConnectionDropped(Exception):
    """A scripted broken connection where no server's connection can be cut (an app called in-process)."""


def drop_nothing(scope: HTTPScope) -> None:
    """Without a server of ours the exception itself is the broken connection."""
    raise ConnectionDropped(scope["path"])


class Answer:
    """What the inner application sends, held back until it is known whether it may leave."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.route = ""

    async def hold(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int | None:
        starts = (each["status"] for each in self.messages if each["type"] == "http.response.start")
        return next(starts, None)


class Edge:
    """Wraps the application. API requests are journalled; pages and the control plane pass through."""

    def __init__(self, inner: ASGIApp, portal: Portal, drop: Drop = drop_nothing) -> None:
        self._inner, self._portal, self.drop = inner, portal, drop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Litestar's types name the scope's kind by an enumeration; servers send a text."""
        path = canonical(scope["path"])
        if str(scope["type"]) != "http" or (path is not None and not is_api(path)):
            await self._inner(scope, receive, send)
            return
        await self._serve(cast("HTTPScope", scope), receive, send, path)

    async def _serve(self, scope: HTTPScope, receive: Receive, send: Send, path: str | None) -> None:
        body, journal = await _read(receive), self._portal.journal  # a reset meanwhile begins another journal
        entry = _entry(self._portal, scope, body)
        fault = self._portal.faults.take(scope["method"], scope["path"], entry.identity)
        answer = Answer()
        try:
            fault = await self._waited(fault, journal)
            await self._answer(scope, body, path, fault, answer)
        finally:
            status, route = _seen_status(fault, answer), answer.route
            journal.write(msgspec.structs.replace(entry, status=status, fault=fault is not None, route=route))
        if fault and fault.drop_connection:
            await self._drop(scope, receive)
            return
        for message in answer.messages:
            await send(message)

    async def _waited(self, fault: Fault | None, journal: Journal) -> Fault | None:
        """The fault after its delay. What was asked before a reset is not done in the new world."""
        if fault is None or not fault.delay_seconds:
            return fault
        await asyncio.sleep(fault.delay_seconds)
        ended = journal is not self._portal.journal
        return msgspec.structs.replace(fault, drop_connection="before") if ended else fault

    async def _answer(self, scope: HTTPScope, body: bytes, path: str | None, fault: Fault | None, answer: Answer) -> None:
        """Let the fault, or the API, or both, write the answer."""
        if fault and fault.drop_connection == "before":
            return
        scripted = fault.answer() if fault else None
        if scripted:
            await _write(answer.hold, scripted.status, scripted.body, scripted.headers)
        elif path is None:
            await _write(answer.hold, 404, not_found().body(), {})
        else:
            await self._ask(scope, body, path, answer)

    async def _ask(self, scope: HTTPScope, body: bytes, path: str, answer: Answer) -> None:
        state: dict[str, Any] = {"called_path": scope["path"]}
        inner = cast("HTTPScope", {**scope, "path": path, "raw_path": path.encode(), "state": state})

        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = state.get("rate_headers", {})
                raw = [(name.lower().encode(), value.encode()) for name, value in extra.items()]
                message["headers"] = [*message["headers"], *raw]
            await answer.hold(message)

        await self._inner(inner, _replay(body), send_with_limits)
        answer.route = PARAMETER.sub(r"{\1}", inner.get("path_template") or "")

    async def _drop(self, scope: HTTPScope, receive: Receive) -> None:
        """Cut, then wait until the server has noticed, so that it does not try to answer."""
        self.drop(scope)
        while (await receive())["type"] != "http.disconnect":
            pass


async def _read(receive: Receive) -> bytes:
    pieces = []
    while True:
        message: Any = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)


def _replay(body: bytes) -> Receive:
    """A `receive` that gives the body that was already read."""
    messages: list[Any] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


async def _write(send: Send, status: int, body: Any, headers: dict[str, str]) -> None:
    raw = body.encode() if isinstance(body, str) else msgspec.json.encode(body)
    given = {"content-type": "application/json", **{name.lower(): value for name, value in headers.items()}}
    encoded = [(name.encode(), value.encode()) for name, value in given.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": raw, "more_body": False})


def _entry(portal: Portal, scope: HTTPScope, body: bytes) -> Entry:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query, content_type = as_sent(scope.get("query_string", b""), FORM) or {}, headers.get("content-type", "")
    sent = as_sent(body, content_type)
    fields = query | (sent if FORM in content_type and isinstance(sent, dict) else {})
    return Entry(
        at=iso(portal.clock.now()),
        method=scope["method"],
        path=safe_path(scope["path"]),
        query=redacted(query),
        body=redacted(sent),
        status=None,
        identity=identify(portal.apps, portal.grants, headers.get("authorization", ""), fields),
        caller=headers.get("user-agent", ""),
    )


def _seen_status(fault: Fault | None, answer: Answer) -> int | None:
    """What the caller saw: nothing when the connection was dropped."""
    return None if fault and fault.drop_connection else answer.status

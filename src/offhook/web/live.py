"""The live stream's socket: the panel says who it is and what it saw last; then it hears everything."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import structlog
from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect

from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.desktop.panel import BeatFrame, PanelFrame
from offhook.web import hub
from offhook.web.hub import Queue
from offhook.web.parts import Parts, TheParts

log = structlog.get_logger()

BEAT_SECONDS = 15.0
HELLO_SECONDS = 10.0
MAX_HELLO = 2_000

SIGNED_OUT, MALFORMED, ORIGIN_REFUSED, GOING_AWAY = 4401, 4400, 4403, 1001


class Hello(msgspec.Struct, frozen=True):
    """A panel's first frame."""

    token: str
    after: str | None = None


@websocket("/api/live", opt={"public": True})
async def live(socket: WebSocket[Any, Any, Any], parts: TheParts) -> None:
    """One panel's stream (`docs/reference/panel-api.md`)."""
    await socket.accept()
    if not parts.origins.allowed(socket.headers.get("origin")):
        await socket.close(ORIGIN_REFUSED, "This page may not listen.")
        return
    hello = await _hello(socket)
    if hello is None:
        await socket.close(MALFORMED, "The first frame must be {token, after}.")
        return
    async with parts.database.reading() as connection:
        agent = await agents.signed_in(connection, hello.token)
    if agent is None:
        await socket.close(SIGNED_OUT, "This token does not work any more.")
        return
    await _stream(socket, parts, agent, hello)


async def _hello(socket: WebSocket[Any, Any, Any]) -> Hello | None:
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            text = await socket.receive_text()
        return msgspec.json.decode(text, type=Hello) if len(text) <= MAX_HELLO else None
    except (TimeoutError, msgspec.MsgspecError, WebSocketDisconnect, KeyError):
        return None


async def _stream(socket: WebSocket[Any, Any, Any], parts: Parts, agent: Agent, hello: Hello) -> None:
    with parts.hub.listen(agent.id, hello.after, agents.hashed(hello.token)) as listener:
        gone = asyncio.create_task(_until_gone(socket))
        try:
            if listener.missed is None:
                panel = PanelFrame(await parts.panels.of(agent.id))
                await socket.send_text(parts.hub.framed(agent.id, panel).decode())
            for text in listener.missed or ():
                await socket.send_text(text.decode())
            await _send(socket, listener.queue, gone, lambda: parts.hub.framed(agent.id, BeatFrame()))
        except WebSocketDisconnect:
            pass
        finally:
            gone.cancel()


async def _send(
    socket: WebSocket[Any, Any, Any],
    queue: Queue,
    gone: "asyncio.Task[None]",
    beat: Callable[[], bytes],
) -> None:
    """Frames as they come, a beat when none comes for a while, until either side has had enough."""
    while not gone.done():
        next_frame = asyncio.ensure_future(queue.get())
        await asyncio.wait({next_frame, gone}, timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not next_frame.done():
            next_frame.cancel()
            if not gone.done():
                await socket.send_text(beat().decode())
            continue
        text = next_frame.result()
        if not text:
            await _close(socket, signed_out=text == hub.SIGNED_OUT)
            return
        await socket.send_text(text.decode())


async def _close(socket: WebSocket[Any, Any, Any], *, signed_out: bool) -> None:
    if signed_out:
        await socket.close(SIGNED_OUT, "This token does not work any more.")
    else:
        await socket.close(GOING_AWAY, "Come back in a moment.")


async def _until_gone(socket: WebSocket[Any, Any, Any]) -> None:
    """The panel says nothing more; what it sends is only read to notice that it has left."""
    try:
        while True:
            await socket.receive_text()
    except (WebSocketDisconnect, KeyError):
        return

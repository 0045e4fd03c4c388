"""Where browsers' phones register: SIP over WebSocket (RFC 7118), for the phone system of the service that takes them."""

import asyncio
from typing import Any

from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect

from offhook.telephony.phone_system import PhoneConnection, TakesPhones
from offhook.web.parts import Parts, TheParts

SUBPROTOCOL = "sip"
# Frames that a phone has not taken yet; one that takes none is gone.
MOST_UNSENT = 1_000
REFUSED, TRY_LATER = 1008, 1013

# A frame to send, or how to close.
Out = asyncio.Queue[str | tuple[int, str]]


@websocket("/sip", opt={"public": True})
async def sip(socket: WebSocket[Any, Any, Any], parts: TheParts) -> None:
    """One phone. Who it is it proves by digest (docs/reference/panel-api.md)."""
    if SUBPROTOCOL not in socket.scope["subprotocols"] or not parts.origins.allowed(socket.headers.get("origin")):
        await socket.close(REFUSED, "This page may not telephone here, or what it speaks is no SIP.")
        return
    await socket.accept(subprotocols=SUBPROTOCOL)
    out: Out = asyncio.Queue(MOST_UNSENT)
    phone = _connected(parts, out)
    if phone is None:
        await socket.close(TRY_LATER, "No phone system here takes phones, or too many are here.")
        return
    sending = asyncio.create_task(_send(socket, out))
    try:
        await _receive(socket, phone)
    finally:
        phone.closed()
        sending.cancel()


def _connected(parts: Parts, out: Out) -> PhoneConnection | None:
    for system in parts.systems.values():
        if isinstance(system, TakesPhones):
            return system.connect_phone(lambda frame: _put(out, frame), lambda code, why: _put(out, (code, why)))
    return None


async def _receive(socket: WebSocket[Any, Any, Any], phone: PhoneConnection) -> None:
    while True:
        message: Any = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        phone.receive(message.get("text") or message.get("bytes") or "")


def _put(out: Out, said: str | tuple[int, str]) -> None:
    """A phone that takes nothing is closed as soon as it takes something."""
    if out.full():
        while not out.empty():
            out.get_nowait()
        said = (REFUSED, "This phone takes no messages.")
    out.put_nowait(said)


async def _send(socket: WebSocket[Any, Any, Any], out: Out) -> None:
    try:
        while True:
            said = await out.get()
            if not isinstance(said, str):
                await socket.close(*said)
                return
            await socket.send_text(said)
    except WebSocketDisconnect:
        return

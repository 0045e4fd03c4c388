"""Recordings that a phone system keeps behind its own login, played by whoever has the address of one.

The bytes pass through: nothing is kept, and no more is read from the phone system than the listener takes.
"""

import asyncio
from contextlib import AsyncExitStack
from typing import Annotated, Any

import structlog
from litestar import Litestar, Request, Response, get, route
from litestar.params import FromPath, QueryParameter
from litestar.response.streaming import ASGIStreamingResponse
from litestar.types import HTTPResponseBodyEvent, Receive, Scope, Send
from msgspec import Struct

from offhook.errors import NoSuchPart, NotFound, OffhookError, RecordingGone, TooMuchAtOnce
from offhook.telephony.recording import Recording, asked_part
from offhook.web.pages import page
from offhook.web.parts import TheParts
from offhook.web.problems import PART, WHOLE, status_of

log = structlog.get_logger()

# Who takes nothing for so long has stopped listening; a player that goes on later asks for the rest. In seconds.
STALLED = 60.0
# No recording is listened to for longer in one go.
LONGEST = 3 * 3600.0
PUBLIC = {"public": True}

# HubSpot's pages play it, whatever their address is; whoever has the address may, and no cookie is looked at.
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


class Where(Struct, frozen=True, rename="camel"):
    """What HubSpot asks for: an address that works for some hours."""

    authenticated_url: str


@get("/recordings/{call_id:str}/address", opt=PUBLIC, tags=["Recordings"])
async def recording_address(
    call_id: FromPath[str],
    parts: TheParts,
    app_id: Annotated[str, QueryParameter(name="appId")],
    account_id: Annotated[str, QueryParameter(name="externalAccountId")],
) -> Response[Where]:
    """HubSpot asks where the recording of a call is, when somebody opens the call (`OFFHOOK_RECORDINGS=hubspot`)."""
    url = await parts.recordings.asked_by_hubspot(call_id, app_id, account_id)
    return Response(Where(url), headers={"Cache-Control": "no-store"})


@route("/recordings/{call_id:str}/{file:str}", http_method=["GET", "HEAD"], opt=PUBLIC, include_in_schema=False)
async def recording(
    call_id: FromPath[str], file: FromPath[str], request: Request[Any, Any, Any], parts: TheParts
) -> Response[Any]:
    """The recording, or the part that `Range` asks for; a page that says why not."""
    try:
        async with AsyncExitStack() as stack:
            found = await parts.recordings.behind(call_id, file)
            stack.enter_context(parts.listeners.one_more(call_id, parts.now()))
            part = asked_part(request.headers.get("range", ""))
            sound = await stack.enter_async_context(found.system.recording(found.name, part))
            return Handed(sound, stack.pop_all(), call_id)
    except OffhookError as error:
        return _refused(call_id, error)


class Handed(Response[bytes]):
    """A recording that is handed on; `held` is let go of at the end."""

    def __init__(self, sound: Recording, held: AsyncExitStack, call_id: str) -> None:
        super().__init__(b"")
        self._given = sound, held, call_id

    def to_asgi_response(self, app: Litestar | None, request: Request[Any, Any, Any], **_: Any) -> "Playing":
        return Playing(*self._given, is_head=request.method == "HEAD")


class Playing(ASGIStreamingResponse):
    """Hands on what comes, at the listener's pace, and lets go as soon as nobody listens."""

    __slots__ = ("_call_id", "_held", "_sound")

    def __init__(self, sound: Recording, held: AsyncExitStack, call_id: str, *, is_head: bool) -> None:
        headers = HEADERS | ({"Accept-Ranges": "bytes"} if sound.size is not None else {})
        if sound.length is not None:
            headers["Content-Length"] = str(sound.length)
        if sound.part:
            headers["Content-Range"] = f"bytes {sound.part[0]}-{sound.part[1]}/{sound.size}"
        status = PART if sound.part else WHOLE
        super().__init__(
            iterator=sound.pieces, headers=headers, media_type=sound.media, status_code=status, is_head_response=is_head
        )
        self._sound, self._held, self._call_id = sound, held, call_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._held:
            await super().__call__(scope, receive, send)

    async def send_body(self, send: Send, receive: Receive) -> None:
        """What breaks off in the middle ends the connection short of its length; players ask for the rest."""
        handing, gone = asyncio.create_task(self._hand_on(send)), asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({handing, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            handing.cancel(), gone.cancel()
            broke, _ = await asyncio.gather(handing, gone, return_exceptions=True)
        if isinstance(broke, Exception):
            log.info("A recording broke off.", action="recording_broke", call=self._call_id, why=type(broke).__name__)

    async def _hand_on(self, send: Send) -> None:
        async with asyncio.timeout(LONGEST):
            async for piece in self._sound.pieces:
                async with asyncio.timeout(STALLED):
                    await send(_body(piece))
            await send(_body(b"", more=False))


def _body(piece: bytes, *, more: bool = True) -> HTTPResponseBodyEvent:
    return {"type": "http.response.body", "body": piece, "more_body": more}


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _refused(call_id: str, error: OffhookError) -> Response[str]:
    """A page for people: players only see that there is nothing to play. The reasons of others are for the log."""
    if not isinstance(error, NotFound | NoSuchPart | RecordingGone | TooMuchAtOnce):
        log.warning(error.says, action="recording_refused", call=call_id, code=error.code)
    shown = page(*_says(error), status=status_of(error))
    shown.headers |= {name: HEADERS[name] for name in ("X-Robots-Tag", "Access-Control-Allow-Origin")}
    if isinstance(error, NoSuchPart):
        shown.headers["Content-Range"] = f"bytes */{error.size}"
    if error.retryable or isinstance(error, TooMuchAtOnce):
        shown.headers["Retry-After"] = str(round(getattr(error, "retry_after", None) or 10))
    return shown


def _says(error: OffhookError) -> tuple[str, tuple[str, ...]]:
    if isinstance(error, NotFound):
        return "There is no recording here", ("Open it from the call in HubSpot.",)
    if isinstance(error, RecordingGone):
        return "This recording is gone", (error.says,)
    if isinstance(error, NoSuchPart | TooMuchAtOnce):
        return "The recording cannot be played just now", (error.says, error.remedy or "")
    says = "The phone system did not give it to Offhook. Whoever runs Offhook finds the reason in its log."
    return "The recording cannot be played just now", (says, "Try again later.")


routes = [recording_address, recording]

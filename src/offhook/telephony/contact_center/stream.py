"""The event stream: one connection for the whole service, up or trying again. Knows the protocol and nothing of calls.

Sources: https://developer.8x8.com/actions-events/docs/streaming/ (connection, authentication, troubleshooting), and for
acknowledgements https://pulsar.apache.org/docs/client-libraries-websocket/.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from urllib.parse import quote

import msgspec
import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException

from offhook.errors import OffhookError, PhoneSystemUnavailable
from offhook.telephony.contact_center import wire
from offhook.telephony.contact_center.client import Account

log = structlog.get_logger()

# Seconds: to connect (8x8 recommends 45); between tries, first and longest. Bytes: Pulsar's 5 MB in base64.
PATIENCE, FIRST_PAUSE, LONGEST_PAUSE, MAX_FRAME = 45.0, 1.0, 60.0, 8 * 2**20


class Stream:
    """Keeps itself up. `hear` returns when a frame is kept; then it is acknowledged. Else 8x8 sends it again.

    `turned`: the connection is there, or is lost.
    """

    def __init__(
        self,
        account: Account,
        hear: Callable[[wire.Frame], Awaitable[None]],
        turned: Callable[[], None],
        first_pause: float,
    ) -> None:
        self._account, self._hear, self._turned, self._pauses = account, hear, turned, (first_pause, first_pause)
        self.trouble: OffhookError | None = PhoneSystemUnavailable("8x8 Contact Center is not connected yet.")

    async def run(self) -> None:
        """Connect, and connect again whatever happens, until cancelled."""
        while True:
            try:
                await self._one_connection()
            except Exception as error:  # of ours only its kind: its words may hold what was said of a call
                before, self.trouble = self.trouble, _trouble(error)
                if before is None:
                    self._turned()
                log.warning(self.trouble.says, action="contact_center.disconnected", error=type(error).__name__)
            first, pause = self._pauses
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311
            self._pauses = first, min(pause * 2, LONGEST_PAUSE)

    async def _one_connection(self) -> None:
        to, key = _address(self._account), {"X-API-Key": self._account.key}
        async with connect(to, additional_headers=key, open_timeout=PATIENCE, max_size=MAX_FRAME) as socket:
            log.info("Connected to 8x8 Contact Center", action="contact_center.connected")
            self.trouble, self._pauses = None, (self._pauses[0], self._pauses[0])
            self._turned()
            async for message in socket:
                frame = wire.frame(message)
                if not frame.control:
                    await self._hear(frame)
                if frame.id:
                    await socket.send(msgspec.json.encode({"messageId": frame.id}).decode())
            raise PhoneSystemUnavailable("8x8 closed the event stream.")


def _address(account: Account) -> str:
    tenant, subscription = quote(account.tenant, safe=""), quote(account.subscription, safe="")
    return f"{account.stream.rstrip('/')}/ws/v2/consumer/persistent/{tenant}/event-v1/all/{subscription}"


def _trouble(error: Exception) -> OffhookError:
    if isinstance(error, InvalidStatus):
        return wire.stream_refusal(error.response.status_code)
    lost = isinstance(error, OSError | TimeoutError | WebSocketException)
    says = "The event stream of 8x8 was lost, or cannot be reached." if lost else "Offhook stumbled over what 8x8 sent."
    return error if isinstance(error, OffhookError) else PhoneSystemUnavailable(says)

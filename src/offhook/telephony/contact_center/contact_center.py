"""8x8 Contact Center as a `PhoneSystem`: its events become deliveries; calls are placed and ended, as is documented."""

import asyncio
import hashlib
import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

import httpx
import msgspec
import structlog

from offhook import errors
from offhook.calls.call import Call
from offhook.calls.events import LegAlerting, LegEnded, LegEvent
from offhook.calls.phone_number import PhoneNumber
from offhook.errors import OffhookError, Unsupported, WrongLineLogin, WrongState
from offhook.telephony.contact_center import wire
from offhook.telephony.contact_center.client import Account, Client
from offhook.telephony.contact_center.stream import FIRST_PAUSE, Stream
from offhook.telephony.contact_center.tracker import Tracker
from offhook.telephony.delivering import deliver_until_kept
from offhook.telephony.phone_system import CAPABILITY_FOR, Action, Capability, Deliver, LineLogin, Proven, Reading, Step

log = structlog.get_logger()

# Seconds until what was asked is heard; events one remembers.
HEARD, MOST_HEARD = 5.0, 1_000
LINE = re.compile(r"ag[A-Za-z0-9_-]{8,60}")
WITH_TOKEN = frozenset({Capability.DIAL, Capability.HANG_UP})
NO_TOKEN = "Offhook may not dial or hang up here: an administrator must set OFFHOOK_CONTACT_CENTER_TOKEN."  # noqa: S105
CANNOT = "8x8 lets other programs place and end calls only; use Agent Workspace for this."


class ContactCenter:
    """Agents talk in 8x8's Agent Workspace, or on the phone that it rings."""

    key: str = "contact_center"
    title: str = "8x8 Contact Center"
    says: str = "Calls of 8x8 Contact Center, as they happen; you talk in 8x8's Agent Workspace."
    line_login: LineLogin = LineLogin.LINE
    capabilities: frozenset[Capability]

    def __init__(
        self,
        account: Account,
        http: httpx.AsyncClient,
        now: Callable[[], datetime],
        live: Sequence[Call] = (),
        *,
        region: str = "US",
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        """`live`: the calls of this phone system that had not ended when the service stopped."""
        self._client, self._now, self._tasks = Client(http, account), now, list[asyncio.Task[None]]()
        self.tracker, self.stream = Tracker(region, live), Stream(account, self._hear, first_pause)
        self._heard, self._news = deque[tuple[type[LegEvent], str, str]](maxlen=MOST_HEARD), asyncio.Condition()
        self.capabilities = WITH_TOKEN if account.token else frozenset()

    async def start(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._tasks = [asyncio.create_task(self.stream.run(), name="8x8 Contact Center")]

    async def stop(self) -> None:
        """Fall silent. What is not kept yet is not acknowledged either, so 8x8 tells it again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def prove(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Proven:
        raise errors.UnprovenDelivery("8x8 Contact Center is heard over its event stream, and by nothing else.")

    def read(self, body: bytes) -> Reading:
        return wire.read(body)

    async def log_in(self, line: str, secret: str) -> str:
        """A line is an agent's Internal Id. 8x8 is asked whether there is one, where it answers such questions."""
        if not LINE.fullmatch(line):
            raise WrongLineLogin("Type your Internal Id of 8x8 Contact Center; it begins with ag.")
        try:
            return await self._client.agent(line) if self.capabilities else line
        except WrongState as error:
            raise WrongLineLogin("8x8 Contact Center has no agent with this Internal Id.") from error
        except OffhookError as error:
            log.info("An agent's id could not be checked", action="contact_center.unchecked", code=error.code)
            return line

    async def log_out(self, line: str) -> None:
        """Nothing to do: whether an agent works is said in Agent Workspace."""

    async def dial(self, line: str, number: PhoneNumber) -> str:
        """Give the agent a call: 8x8 rings her, then the number. The id is 8x8's interaction."""
        self._check(Capability.DIAL)
        call = await self._client.place(line, number.e164)
        await self._happens(LegAlerting, call, line)
        return call

    async def control(self, call: str, line: str, action: Action, to: str = "") -> None:
        self._check(CAPABILITY_FOR[action])
        await self._client.hang_up(call, line)
        await self._happens(LegEnded, call, line)

    def _check(self, capability: Capability) -> None:
        if capability not in self.capabilities:
            raise Unsupported(NO_TOKEN if capability in WITH_TOKEN else CANNOT)

    async def _happens(self, kind: type[LegEvent], call: str, line: str) -> None:
        """Wait for a moment until it is heard; it may still happen after that."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARD), self._news:
                await self._news.wait_for(lambda: (kind, call, line) in self._heard)

    async def _hear(self, frame: wire.Frame) -> None:
        events = self.tracker.hear(frame, self._now())
        if events is None:
            return
        body = msgspec.json.encode(wire.Delivery(events, frame.told))
        await deliver_until_kept(self._deliver, frame.id or hashlib.sha256(body).hexdigest(), body, self.key)
        self._heard += [(type(each), each.call, each.line) for each in events if isinstance(each, LegEvent)]
        async with self._news:
            self._news.notify_all()

    async def self_test(self, line: str | None) -> tuple[Step, ...]:
        """Whether the stream is open; changes nothing."""
        if trouble := self.stream.trouble:
            return (Step("8x8 event stream", False, trouble.says, trouble.remedy or "Offhook tries again by itself."),)
        return (Step("8x8 event stream", True, "8x8 tells Offhook what happens on calls."),)

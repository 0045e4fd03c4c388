"""8x8 Contact Center as a `PhoneSystem`: its events become deliveries; calls are placed and ended, as is documented."""

import asyncio
import hashlib
import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import httpx
import msgspec
import structlog

from offhook import errors
from offhook.calls.call import Call
from offhook.calls.events import CallEvent, CodesChosen, LegAlerting, LegEnded, LegEvent
from offhook.calls.phone_number import PhoneNumber
from offhook.errors import InvalidInput, OffhookError, Unsupported, WrongLineLogin, WrongState
from offhook.telephony.contact_center import wire
from offhook.telephony.contact_center.client import Account, Client
from offhook.telephony.contact_center.status import number_of, request
from offhook.telephony.contact_center.stream import FIRST_PAUSE, Stream
from offhook.telephony.contact_center.tracker import Tracker
from offhook.telephony.contact_center.watch import Watch
from offhook.telephony.delivering import deliver_until_kept
from offhook.telephony.phone_system import (
    CAPABILITY_FOR,
    Action,
    Capability,
    Deliver,
    LineLogin,
    LineOffer,
    Proven,
    Reading,
    Status,
    Step,
    WrapUpCode,
    lines_named,
)

log = structlog.get_logger()

# Seconds until what was asked is heard; events one remembers. Seconds between looks for calls whose end was not heard.
HEARD, MOST_HEARD, LOOK = 5.0, 1_000, 600.0
NAMES_FRESH = timedelta(minutes=10)
LINE = re.compile(r"ag[A-Za-z0-9_-]{8,60}")
WITH_TOKEN = frozenset({Capability.DIAL, Capability.HANG_UP})
NO_TOKEN = "Offhook may not do this here: an administrator must set OFFHOOK_CONTACT_CENTER_TOKEN."  # noqa: S105
CANNOT = "8x8 lets other programs place and end calls only; use Agent Workspace for this."


class ContactCenter:
    """Agents talk in 8x8's Agent Workspace, or on the phone that it rings."""

    key: str = "contact_center"
    title: str = "8x8 Contact Center"
    says: str = "Calls of 8x8 Contact Center, as they happen; you talk in 8x8's Agent Workspace."
    line_login: LineLogin = LineLogin.LINE
    most_codes: int = wire.MOST_CODES
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
        self.tracker = Tracker(region, live, account.codes)
        self.stream = Stream(account, self._hear, self._turned, first_pause)
        self._watch = Watch(self._client, account.reasons, lambda: self.stream.trouble is None)
        self._reasons, self._steady = account.reasons, False
        self._agents: tuple[datetime, Mapping[str, str]] | None = None
        self._heard, self._news = deque[tuple[type[LegEvent], str, str]](maxlen=MOST_HEARD), asyncio.Condition()
        self.capabilities = WITH_TOKEN if account.token else frozenset()
        self.codes = tuple(WrapUpCode(*each) for each in account.codes.items()) if account.token else ()

    async def start(self, deliver: Deliver) -> None:
        self._deliver = deliver
        work = self.stream.run(), self._look_over()
        self._tasks = [asyncio.create_task(each, name="8x8 Contact Center") for each in work]

    async def stop(self) -> None:
        """Fall silent. What is not kept yet is not acknowledged either, so 8x8 tells it again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, self._watch.stop(), return_exceptions=True)

    def prove(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Proven:
        raise errors.UnprovenDelivery("8x8 Contact Center is heard over its event stream, and by nothing else.")

    def read(self, body: bytes) -> Reading:
        return wire.read(body)

    async def log_in(self, line: str, secret: str) -> str:
        """A line is an agent's Internal Id. 8x8 is asked whether there is one, where it answers such questions."""
        if not LINE.fullmatch(line):
            raise WrongLineLogin("Type your Internal Id of 8x8 Contact Center; it begins with ag.")
        try:
            return wire.text(await self._client.agent(line), "name") or line if self.capabilities else line
        except WrongState as error:
            raise WrongLineLogin("8x8 Contact Center has no agent with this Internal Id.") from error
        except OffhookError as error:
            log.info("An agent's id could not be checked", action="contact_center.unchecked", code=error.code)
            return line

    async def log_out(self, line: str) -> None:
        """She goes on working in Agent Workspace, and takes calls there as before."""
        self._watch.forget(line)

    async def lines_of(self, name: str) -> tuple[LineOffer, ...]:
        """Agents of this name, by their Internal Ids. None where 8x8 does not answer such questions."""
        try:
            return lines_named(name, await self._names())
        except OffhookError as error:
            log.info("8x8 does not list its agents", action="contact_center.no_list", code=error.code)
            return ()

    async def _names(self) -> Mapping[str, str]:
        if not self.capabilities:
            return {}
        if self._agents is None or self._now() - self._agents[0] > NAMES_FRESH:
            rows = await self._client.agents()
            self._agents = self._now(), {wire.text(row, "agent-id"): wire.text(row, "name") for row in rows}
        return self._agents[1]

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

    # What an agent does, and what became of a call.

    def watch_statuses(self, changed: Callable[[str], None]) -> None:
        self._watch.changed = changed

    def status(self, line: str) -> Status | None:
        return self._watch.of(line) if self.capabilities else None

    async def set_status(self, line: str, key: str) -> None:
        self._check(Capability.DIAL)
        said = request(key, self._reasons)
        if said is None:
            raise InvalidInput("There is no such status.")
        await self._client.set_status(line, said)
        await self._watch.learn(line)

    def _turned(self) -> None:
        """The stream is there again, and 8x8 catches up; or it is lost, and nothing is heard."""
        self._steady = False
        self._watch.ask()

    async def set_codes(self, call: str, line: str, codes: Sequence[str]) -> None:
        await self._client.set_codes(call, line, codes)
        await self._tell((CodesChosen(call, self._now(), self.tracker.in_words(codes)),), "(transaction codes were set)")

    def _check(self, capability: Capability) -> None:
        if capability not in self.capabilities:
            raise Unsupported(NO_TOKEN if capability in WITH_TOKEN else CANNOT)

    async def _happens(self, kind: type[LegEvent], call: str, line: str) -> None:
        """Wait for a moment until it is heard; it may still happen after that."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARD), self._news:
                await self._news.wait_for(lambda: (kind, call, line) in self._heard)

    async def _hear(self, frame: wire.Frame) -> None:
        if wire.text(frame.told, "event") == "AgentStatusChange":
            self._watch.ask(wire.text(frame.told, "agentId"))
        events = self.tracker.hear(frame, self._now())
        if events is None:
            return
        body = msgspec.json.encode(wire.Delivery(events, frame.told))
        await deliver_until_kept(self._deliver, frame.id or hashlib.sha256(body).hexdigest(), body, self.key)
        self._heard += [(type(each), each.call, each.line) for each in events if isinstance(each, LegEvent)]
        async with self._news:
            self._news.notify_all()

    async def _tell(self, events: tuple[CallEvent, ...], why: str) -> None:
        """Of what 8x8 does not tell by itself."""
        body = msgspec.json.encode(wire.Delivery(events, {"event": why}))
        await deliver_until_kept(self._deliver, hashlib.sha256(body).hexdigest(), body, self.key)

    async def _look_over(self) -> None:
        """No call lives for ever, whatever was lost: see `tracker`."""
        while True:
            await asyncio.sleep(LOOK)
            try:
                await self.look_over()
            except Exception:  # ours: the next look may do better
                log.exception("Silent calls could not be looked over", action="contact_center.look_failed")

    async def look_over(self) -> None:
        """Close what cannot live any more. `told`: the stream was there since the last look, so what 8x8 told again after
        a loss was heard, too.
        """
        told = self._steady and self.stream.trouble is None
        self._steady = self.stream.trouble is None
        for call, agent in self.tracker.silent(self._now()):
            status = await self._status_number(agent) if told else None
            silent = (call, agent) in self.tracker.silent(self._now())  # something may have been heard meanwhile
            if silent and self.tracker.is_over(call, agent, self._now(), told, status):
                log.warning("The end of a call was never heard", action="contact_center.no_end", call=call)
                await self._tell((self.tracker.give_up(call, agent),), "(nothing was heard of it any more)")

    async def _status_number(self, agent: str) -> int | None:
        try:
            return number_of(await self._client.agent(agent)) if self.capabilities else None
        except OffhookError:
            return None

    async def self_test(self, line: str | None) -> tuple[Step, ...]:
        """Whether the stream is open; changes nothing."""
        if trouble := self.stream.trouble:
            return (Step("8x8 event stream", False, trouble.says, trouble.remedy or "Offhook tries again by itself."),)
        return (Step("8x8 event stream", True, "8x8 tells Offhook what happens on calls."),)

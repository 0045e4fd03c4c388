"""The exchange as a `PhoneSystem`: the thin rim of timers and ordered deliveries round the pure rules."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import structlog

from offhook.calls.call import Call, Leg, LegState
from offhook.calls.events import kept_text
from offhook.calls.phone_number import PhoneNumber, masked, parse
from offhook.errors import InvalidNumber, NotFound, PhoneSystemUnavailable, UnprovenDelivery, WrongState
from offhook.telephony.exchange import rules, wire
from offhook.telephony.exchange.lines import FarEnd, Line, Lines, Plays, by_number
from offhook.telephony.exchange.phones import Phones
from offhook.telephony.exchange.state import KEY, Calls, Stage, living, peer_of, resumed, stage
from offhook.telephony.exchange.wire import Happening
from offhook.telephony.phone_system import (
    Action,
    Capability,
    Deliver,
    LineLogin,
    PhoneConnection,
    Proven,
    Reading,
    Softphone,
)

log = structlog.get_logger()

# A delivery that the inbox could not keep is handed over again after so many seconds, by the timer of this name.
_HAND_OVER, _HAND_OVER_AGAIN = "hand-over", 1.0


class Exchange:
    """The embedded phone system. Calls live in memory and are rebuilt from `live` after a restart.

    Who is logged in to a line is the desk's knowledge; the exchange only checks the PIN, so that a restart throws nobody
    off the line, and a line rings whether or not somebody sits at it.
    """

    key: str = KEY
    title: str = "Offhook exchange"
    says: str = (
        "The phone system that comes with Offhook, for trying it out and for small teams. Your browser is the phone."
    )
    line_login: LineLogin = LineLogin.LINE_AND_SECRET
    capabilities: frozenset[Capability] = frozenset(Capability)

    def __init__(
        self,
        lines: Mapping[str, Line],
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        live: Sequence[Call] = (),
        *,
        region: str = "US",
        ring_for: float = 30.0,
        answer_after: float = 2.0,
        far_end: Plays = by_number,
        server: str = "",
        folder: Path | None = None,
        key: bytes = b"",
    ) -> None:
        """`new_id` must never give an id twice, not even after a restart. `ring_for`, `answer_after`: seconds.

        `server`: where phones register, as browsers reach it. `folder`: for what phones leave behind, as voicemail.
        `key`: of the passwords of agents' own phones; without one they end with a restart.
        """
        self._lines = Lines(lines)
        self._now, self._new_id = now, new_id
        self._region, self._ring_for, self._answer_after, self._far_end = region, ring_for, answer_after, far_end
        self._calls: Calls = resumed(live)
        self._deliver: Deliver | None = None
        self._to_deliver: deque[Happening] = deque()
        self._handing_over = asyncio.Lock()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.phones = Phones(self, self._lines, now, new_id, region, folder, key)
        self._server = server

    @property
    def calls(self) -> Calls:
        """The calls that are not over, as the exchange sees them."""
        return self._calls

    # The protocol.

    async def start(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._tend_timers()
        self.phones.start()

    async def stop(self) -> None:
        """Hand over what has happened, then fall silent; `live` of the next start takes the calls up again."""
        await self.phones.stop()
        self._stop_timers()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._stop_timers()
        self._deliver = None

    def prove(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Proven:
        """The exchange lives inside the service, so nothing that comes over HTTP can be from it."""
        raise UnprovenDelivery("The embedded exchange takes no deliveries over HTTP.")

    def read(self, body: bytes) -> Reading:
        return wire.read(body)

    async def log_in(self, line: str, secret: str) -> str:
        return self._lines.log_in(line, secret)

    async def log_out(self, line: str) -> None:
        """Her phones are forgotten, with their password; for the rest see the class."""
        self.phones.forget(line)

    async def softphone(self, line: str) -> Softphone:
        return self.phones.softphone(self._known_line(line), self._server)

    def connect_phone(self, send: Callable[[str], None], close: Callable[[int, str], None]) -> PhoneConnection | None:
        return self.phones.connect(send, close)

    async def dial(self, line: str, number: PhoneNumber) -> str:
        """Call a number, or another line by its number. The far end of a number outside is played: see `by_number`."""
        key = self._known_line(line)
        call = self._new_id()
        await self._let(rules.dials(self._calls, call, key, number.e164, self._lines.find(number.e164)))
        return call

    async def control(self, call: str, line: str, action: Action, to: str = "") -> None:
        key = self._known_line(line)
        target = self.line_to(to) if action is Action.TRANSFER else None
        self.phones.allow(call, key, action)
        await self._let(rules.asked(self._calls, call, key, action, target))

    # The world outside, played.

    async def ring(self, caller: str, line: str, name: str = "") -> str:
        """Somebody calls a line; gives the call's id. `caller` may be anything. Raises `NotFound` for no such line."""
        key = self._lines.find(line)
        if key is None:
            raise NotFound(f"There is no line {kept_text(line, 30)!r} on this exchange. It has {self._lines.numbers}.")
        call = self._new_id()
        await self._let(rules.rings(call, kept_text(caller), kept_text(name), key))
        log.info("A line rings", action="exchange.ring", call=call, line=key, caller=masked(caller))
        return call

    async def caller_hangs_up(self, call: str) -> None:
        """The other side of the call is gone. Raises `WrongState` when the call is over."""
        await self._let(rules.other_side_leaves(self._calls, call))

    async def far_end_does(self, call: str, does: FarEnd) -> None:
        """The far end of a call does something; `SILENT`: it rang long enough. Raises `WrongState` if nobody waits."""
        await self._let(rules.far_end_does(self._calls, call, does))

    # Lines and ids.

    def _known_line(self, line: str) -> str:
        key = self._lines.find(line)
        if key is None:
            raise WrongState(f"There is no line {kept_text(line, 30)!r} on this exchange any more.")
        return key

    def line_to(self, to: str) -> str | None:
        """The line to transfer to, or None for a number outside."""
        key = self._lines.find(to)
        if key is None and not isinstance(parse(to, self._region), PhoneNumber):
            raise InvalidNumber(f"{kept_text(to, 30)!r} is neither a line of this exchange nor a phone number.")
        return key

    # Happenings: at once in the exchange's own state, then to the inbox in the same order.

    def happens(self, drafts: rules.Drafts) -> "asyncio.Task[None]":
        """At once; the task ends when it is kept durably."""
        if self._deliver is None:
            raise PhoneSystemUnavailable("The exchange is not running.")
        self._calls, happened = rules.settled(self._calls, drafts, self._now())
        self._to_deliver.extend(happened)
        self._tend_timers()
        self.phones.follow(happened)
        return self._begin(self._hand_over())

    async def _let(self, drafts: rules.Drafts) -> None:
        # Shielded: what has happened is delivered even when the asker has gone away.
        await asyncio.shield(self.happens(drafts))

    async def _hand_over(self) -> None:
        async with self._handing_over:
            while self._to_deliver and self._deliver:
                happening = self._to_deliver[0]
                await self._deliver(wire.key(happening), wire.body(happening))
                self._to_deliver.popleft()

    def _begin(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        # Only its kind: a database's own words may hold the body, and so a number.
        log.error("The exchange could not hand over a delivery", action="exchange.deliver", error=type(error).__name__)
        self._schedule(_HAND_OVER, _HAND_OVER_AGAIN, self._hand_over)

    # Time: how long a leg rings, and when the far end does something.

    def _tend_timers(self) -> None:
        alerting = {
            leg.id: (call, leg) for call in self._calls.values() for leg in living(call) if leg.state is LegState.ALERTING
        }
        for gone in self._timers.keys() - alerting.keys() - {_HAND_OVER}:
            self._timers.pop(gone).cancel()
        for new in alerting.keys() - self._timers.keys():
            self._await_far_end(*alerting[new])

    def _await_far_end(self, call: Call, leg: Leg) -> None:
        # An agent whose line rings decides for herself; only the far end outside is played.
        played = stage(call, leg) is Stage.DIALING and peer_of(call.id) not in self._calls
        does = self._far_end(call.party.number) if played else FarEnd.SILENT
        after = self._ring_for if does is FarEnd.SILENT else self._answer_after
        already = (self._now() - (leg.alerting_at or call.began)).total_seconds()
        self._schedule(leg.id, max(after - already, 0.0), lambda: self._time_is_up(call.id, leg.id, does))

    def _schedule(self, name: str, delay: float, work: Callable[[], Coroutine[object, object, None]]) -> None:
        if self._deliver is not None:
            self._timers[name] = asyncio.get_running_loop().call_later(delay, lambda: self._begin(work()))

    def _stop_timers(self) -> None:
        while self._timers:
            self._timers.popitem()[1].cancel()

    async def _time_is_up(self, call: str, leg: str, does: FarEnd) -> None:
        with contextlib.suppress(WrongState):  # it was answered, or ended, in the same moment
            await self._let(rules.far_end_does(self._calls, call, does, leg))

"""Asterisk as a `PhoneSystem`: what the connection hears becomes deliveries; what agents ask becomes AMI actions."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from msgspec import Struct

from offhook.calls.call import Call
from offhook.calls.events import kept_text
from offhook.calls.phone_number import PhoneNumber
from offhook.errors import (
    InvalidNumber,
    PhoneSystemUnavailable,
    UnprovenDelivery,
    Unsupported,
    WrongLineLogin,
    WrongState,
)
from offhook.telephony.asterisk import wire
from offhook.telephony.asterisk.channels import Channel, Role
from offhook.telephony.asterisk.connection import FIRST_PAUSE, Address, Connection
from offhook.telephony.asterisk.lines import Lines
from offhook.telephony.asterisk.tracker import Tracker
from offhook.telephony.asterisk.wire import Message, Notice, Word
from offhook.telephony.delivering import deliver_until_kept
from offhook.telephony.phone_system import CAPABILITY_FOR, Action, Capability, Deliver, LineLogin, Proven, Reading

log = structlog.get_logger()

# Notices that wait for the inbox; when so many do, Asterisk is not listened to until there is room again.
MOST_WAITING = 5_000
# Seconds: until what was asked is seen; that a phone rings.
SEEN, RINGS_FOR = 5.0, 30

_CANNOT: dict[Capability, str] = {
    Capability.ANSWER: "Asterisk cannot lift a desk phone; answer on the phone.",
    Capability.DECLINE: "Asterisk cannot decline for a desk phone; decline on the phone.",
    Capability.HOLD: "Asterisk cannot press a desk phone's hold key; use the phone.",
    Capability.MUTE: "A desk phone mutes itself, and Asterisk does not hear of it; use the phone.",
}
_NO_CONTEXT = "Offhook does not know how to dial on this Asterisk: an administrator must set OFFHOOK_ASTERISK_CONTEXT."


class Dialling(Struct, frozen=True):
    """`context`: where in the dialplan numbers are dialled; empty: nothing is. `plus`: what replaces the + of a number.

    `caller_id`: what the customer is shown, if not what the dialplan sets.
    """

    context: str = ""
    caller_id: str = ""
    plus: str = "+"

    def exten(self, number: str) -> str:
        return f"{self.plus}{number[1:]}" if number.startswith("+") else number


class Asterisk:
    """Desk phones on an Asterisk. It tells about every call; dialling rings the agent's phone first."""

    key: str = "asterisk"
    title: str = "Asterisk"
    says: str = "Desk phones and softphones on your own Asterisk or FreePBX."
    line_login: LineLogin = LineLogin.LINE
    capabilities: frozenset[Capability]

    def __init__(
        self,
        address: Address,
        lines: Lines,
        dialling: Dialling,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        live: Sequence[Call] = (),
        *,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        """`live`: the calls of this phone system that had not ended when the service stopped."""
        self._lines, self._dialling, self._now, self._new_id = lines, dialling, now, new_id
        self._tracker = Tracker.resumed(lines, live)
        self._connection = Connection(address, self._opened, self._hear, first_pause)
        self._waiting: asyncio.Queue[Notice] = asyncio.Queue(MOST_WAITING)
        self._seen: dict[tuple[str, str], asyncio.Future[None]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        dials = {Capability.DIAL, Capability.TRANSFER} if dialling.context else set()
        self.capabilities = frozenset({Capability.HANG_UP, *dials})

    # The protocol.

    async def start(self, deliver: Deliver) -> None:
        running = self._connection.run(), self._hand_over(deliver)
        self._tasks = [asyncio.create_task(each, name="asterisk") for each in running]

    async def stop(self) -> None:
        """Fall silent. What was heard and not kept yet is learned again from the list of channels at the next start."""
        if self._tasks:
            with suppress(TimeoutError):
                async with asyncio.timeout(SEEN):
                    self._tasks[0].cancel()
                    await self._waiting.join()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def prove(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Proven:
        """Asterisk is asked by Offhook, so nothing that comes over HTTP can be from it."""
        raise UnprovenDelivery("Asterisk is heard over its manager interface; it takes no deliveries over HTTP.")

    def read(self, body: bytes) -> Reading:
        return wire.read(body)

    async def log_in(self, line: str, secret: str) -> str:
        """Any line that can be one: the manager interface does not know phones' secrets."""
        name = kept_text(line)
        if not self._lines.has(name):
            raise WrongLineLogin(f"{name[:30]!r} is not a line of this Asterisk. Type the number of your phone.")
        return name

    async def log_out(self, line: str) -> None:
        """Nothing to do: Asterisk does not know who sits at a phone."""

    async def dial(self, line: str, number: PhoneNumber) -> str:
        """Ring the agent's phone, and call the number when she lifts it. The id is the call's Linkedid."""
        self._check(Capability.DIAL)
        if not self._lines.has(line):
            raise WrongState(f"Line {line!r} is not a line of this Asterisk any more.")
        if self._tracker.is_busy(line):
            raise WrongState(f"Line {line} is on a call. Hang up first.")
        call = f"offhook-{self._new_id()}"
        self._tracker.expect(call, number.e164, self._now())
        try:
            await self._done(
                (Word.RINGS, call), "Originate", call, Channel=self._lines.channel(line), ChannelId=call, Priority="1",
                Context=self._dialling.context, Exten=self._dialling.exten(number.e164), Async="true",
                CallerID=self._dialling.caller_id, Timeout=str(RINGS_FOR * 1000),
            )  # fmt: skip
        except Exception:
            self._tracker.tidy(call)
            raise
        return call

    async def control(self, call: str, line: str, action: Action, to: str = "") -> None:
        self._check(CAPABILITY_FOR[action])
        if action is Action.TRANSFER and not to.strip():
            raise InvalidNumber("Say where the call should be transferred to: a line or a number.")
        leg = self._tracker.leg(call, line)
        if leg is None:
            raise WrongState(f"Line {line} is not on this call any more.")
        if not leg.answered and (action is Action.TRANSFER or leg.role is Role.CALLED):
            raise WrongState(f"Line {line} has not answered yet; answer or decline on the phone.")
        await self._wish(leg, action, to.strip())

    def _check(self, capability: Capability) -> None:
        if capability not in self.capabilities:
            raise Unsupported(_CANNOT.get(capability, _NO_CONTEXT))

    async def _wish(self, leg: Channel, action: Action, to: str) -> None:
        ended = (Word.ENDS, leg.id)
        if action is Action.HANG_UP:
            await self._done(ended, "Hangup", Channel=leg.name)
        else:
            exten, context = self._dialling.exten(to), self._dialling.context
            await self._done(ended, "BlindTransfer", Channel=leg.name, Context=context, Exten=exten)

    async def _done(self, seen: tuple[str, str], name: str, id_: str = "", **fields: str) -> None:
        """Ask, and wait for a moment until what was asked is seen to happen; it may still happen after that."""
        happens = self._seen[seen] = asyncio.get_running_loop().create_future()
        try:
            answer = await self._connection.ask(name, id_, **fields)
            if answer.get("Response") != "Success":
                raise _refusal(name, answer.get("Message", ""))
            with suppress(TimeoutError):
                async with asyncio.timeout(SEEN):
                    await happens
        finally:
            self._seen.pop(seen, None)

    # From Asterisk to the inbox.

    async def _opened(self) -> None:
        """Learn which calls live. Those that were known and live no more have ended meanwhile."""
        self._tracker.list_begins()
        answer = await self._connection.ask("CoreShowChannels")
        if answer.get("Response") != "Success":
            self._tracker.listed = None
            says = f"Asterisk does not list its calls: {answer.get('Message', 'no reason given')}."
            log.warning(says, action="asterisk.no_list", remedy="Give the user write = call,originate,reporting.")

    async def _hear(self, message: Message) -> None:
        event, at = message.get("Event", ""), _time(message) or self._now()
        if event == "OriginateResponse" and message.get("Response") == "Failure":
            self._not_ringing(message)
        complete = event == "CoreShowChannelsComplete"
        for notice in self._tracker.list_ends(at) if complete else self._tracker.hear(message, at):
            await self._waiting.put(notice)

    def _not_ringing(self, message: Message) -> None:
        """Only while the one who asked still waits; once her phone has rung, the end of the call says it all."""
        happens = self._seen.get((Word.RINGS, message.get("ActionID", "")))
        if happens and not happens.done():
            happens.set_exception(WrongState("Your phone cannot be reached. Is it switched on and registered?"))

    async def _hand_over(self, deliver: Deliver) -> None:
        while True:
            notice = await self._waiting.get()
            await deliver_until_kept(deliver, wire.key(notice), wire.body(notice), self.key)
            self._waiting.task_done()
            happens = self._seen.get((notice.word, notice.leg))
            if happens and not happens.done():
                happens.set_result(None)


def _refusal(name: str, message: str) -> Exception:
    if "permission" in message.lower():
        return Unsupported(f"Asterisk does not allow Offhook to do this ({name}): see the write classes in manager.conf.")
    if "no such channel" in message.lower():
        return WrongState("This call has ended.")
    return PhoneSystemUnavailable(f"Asterisk refused: {message or 'no reason given'}.")


def _time(message: Message) -> datetime | None:
    """Asterisk's own time, with `timestampevents = yes` in manager.conf."""
    try:
        return datetime.fromtimestamp(float(message["Timestamp"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None

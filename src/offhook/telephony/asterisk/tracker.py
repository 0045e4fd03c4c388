"""Messages into notices: the tracker remembers channels, so that each notice can say which call, line and customer. Pure.

A call is what shares a Linkedid. One between two lines is two, as each side sees it: the second is called `…-peer`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from offhook.calls.call import Call
from offhook.calls.events import Direction, EndReason
from offhook.telephony.asterisk.channels import Channel, Channels, Role, said
from offhook.telephony.asterisk.lines import Lines
from offhook.telephony.asterisk.wire import Message, Notice, Word
from offhook.telephony.asterisk.words import CAUSES, DIALLED, OTHER_CAUSE, SILENT, TELLING, State

# Names of events that nobody knows are reported once each, and not without end.
MOST_UNKNOWN = 100
# After a transfer the old leg's end waits for the new leg to ring, so that the call does not end in between.
PATIENCE = timedelta(seconds=10)


class Side(Struct, frozen=True):
    """Who is at the other side of a call, as far as is known."""

    began: datetime
    direction: Direction | None = None
    number: str = ""
    name: str = ""


@dataclass
class Tracker:
    """`listed`: while a list of channels comes in, those on it; `before`: those that were known when it was asked for."""

    channels: Channels
    sides: dict[str, Side] = field(default_factory=dict)
    held_back: list[Notice] = field(default_factory=list)
    listed: set[str] | None = None
    before: frozenset[str] = frozenset()
    unknown: set[str] = field(default_factory=set)

    @classmethod
    def resumed(cls, lines: Lines, live: Iterable[Call]) -> "Tracker":
        """With the calls that lived when the service stopped; the next list of channels says which of them still do."""
        tracker = cls(Channels(lines))
        for call in live:
            tracker.sides[call.id] = Side(call.began, call.direction, call.party.number, call.party.name)
            tracker.channels.resume(call)
        return tracker

    # What the phone system asks.

    def leg(self, call: str, line: str) -> Channel | None:
        """The living leg of a line on a call."""
        return next((each for each in self.channels.legs(call) if each.line == line), None)

    def is_busy(self, line: str) -> bool:
        return any(each.line == line and each.call for each in self.channels.by_id.values())

    def expect(self, call: str, number: str, at: datetime) -> None:
        """A call to a number was asked for; `call` is its channel's Uniqueid, and so the Linkedid."""
        self.sides[call] = Side(at, Direction.OUTBOUND, number)

    def tidy(self, call: str) -> None:
        """Forget a call that no channel is on."""
        if not self.channels.of(call):
            self.sides.pop(call, None)

    # What Asterisk tells.

    def hear(self, message: Message, at: datetime) -> list[Notice]:
        """Follow one event; `at`: when it happened."""
        event = message.get("Event", "")
        handle = _HANDLE.get(event.lower())
        if handle is None:
            return list(self._never_heard(event, message, at))
        found = [replace(each, told=dict(message)) for each in handle(self, message, at)]
        return [*found, *self._not_held_any_more(at)]

    def _never_heard(self, event: str, message: Message, at: datetime) -> Iterator[Notice]:
        if event and event.lower() not in SILENT | self.unknown and len(self.unknown) < MOST_UNKNOWN:
            self.unknown.add(event.lower())
            yield Notice(Word.UNKNOWN, at, told=dict(message))

    def list_begins(self) -> None:
        """A list of all channels was asked for; those of now that are not on it are gone."""
        self.listed, self.before = set(), frozenset(self.channels.by_id)

    def list_ends(self, at: datetime) -> list[Notice]:
        """The list is complete. How a call ended that nobody heard end is not known."""
        gone = self.before - self.listed if self.listed is not None else frozenset[str]()
        self.listed = None
        left = sorted(gone & self.channels.by_id.keys())
        found = [notice for id_ in left for notice in self._gone(id_, at, EndReason.UNKNOWN)]
        return [*found, *self._not_held_any_more(at)]

    # Legs.

    def _state(self, message: Message, at: datetime) -> Iterator[Notice]:
        channel = self.channels.told(message, at)
        if channel is None:
            return
        if channel.line and channel.role is Role.UNKNOWN and channel.id in self.sides:
            channel.role = Role.ORIGINATED
        state = message.get("ChannelState")
        if channel.line and not channel.transferred:
            yield from self._joined(channel, at)
            yield from self._line_state(channel, state, at)
        elif channel.is_customer:
            yield from self._named(channel)

    def _line_state(self, channel: Channel, state: str | None, at: datetime) -> Iterator[Notice]:
        if channel.role is Role.UNKNOWN and state in (State.RING, State.RINGING):
            channel.role = Role.CALLS if state == State.RING else Role.CALLED
        if channel.role is Role.ORIGINATED or state in (State.RING, State.RINGING):
            yield from self._rings(channel, at)
        elif state == State.UP and channel.role is Role.CALLED:
            yield from self._answers(channel, at)

    def _shown(self, message: Message, at: datetime) -> Iterator[Notice]:
        """A channel of the list that was asked for."""
        is_new = message.get("Uniqueid", "") not in self.channels.by_id
        channel, is_up = self.channels.told(message, at), message.get("ChannelState") == State.UP
        if channel is None:
            return
        if self.listed is not None:
            self.listed.add(channel.id)
        if channel.line and is_new and is_up:
            channel.role = Role.CALLS if channel.linked == channel.id else Role.CALLED
            # Who is at the other side stands here, whether or not the list has come to its channel.
            self._join(channel, at, said(message, "ConnectedLineNum"), said(message, "ConnectedLineName"))
        if channel.line and is_up and message.get("BridgeId"):
            yield from self._answers(channel, at)
        else:
            yield from self._state(message, at)

    def _rings(self, channel: Channel, at: datetime) -> Iterator[Notice]:
        self._join(channel, at)
        if not channel.rang:
            channel.rang = True
            yield self._notice(Word.RINGS, channel, at)

    def _answers(self, channel: Channel, at: datetime) -> Iterator[Notice]:
        self._join(channel, at)
        if not channel.answered:
            channel.answered = channel.rang = True
            yield self._notice(Word.ANSWERS, channel, at)

    def _join(self, channel: Channel, at: datetime, number: str = "", name: str = "") -> None:
        """Find the call of a line's leg, and who is at its other side. `number`, `name`: what the list says of that."""
        if channel.call:
            return
        caller = None if channel.dials else self.channels.caller_of(channel)
        channel.call = channel.linked
        if caller and caller.is_local:
            channel.role = Role.ORIGINATED
        if channel.dials:
            dialled = channel.exten if channel.role is Role.CALLS else ""
            side = Side(channel.began, Direction.OUTBOUND, number or dialled, name)
        elif caller and caller.line:
            channel.call = f"{caller.call or caller.linked}-peer"
            side = Side(at, Direction.INBOUND, caller.number or caller.line, caller.caller_name)
        elif caller:
            channel.call = caller.call
            side = Side(caller.began, Direction.INBOUND, caller.number, caller.caller_name)
        else:
            side = Side(channel.began, Direction.INBOUND if number else None, number, name)
        if channel.call not in self.sides or self.sides[channel.call].direction is None:
            self.sides[channel.call] = side

    def _named(self, customer: Channel) -> Iterator[Notice]:
        """A caller's number or name may come later than the call, from a look-up in the dialplan."""
        side = self.sides.get(customer.call)
        if side and side.direction is Direction.INBOUND and customer.role is not Role.CALLED:
            number, name = customer.number or side.number, customer.caller_name or side.name
            yield from self._learned(customer.call, side, replace(side, number=number, name=name))

    def _learned(self, call: str, before: Side, now: Side) -> Iterator[Notice]:
        self.sides[call] = now
        legs = self.channels.legs(call)
        if before != now and legs:
            yield self._notice(Word.STARTS, legs[0], now.began)

    def _dialled(self, message: Message, at: datetime) -> Iterator[Notice]:
        """DialBegin and AgentCalled: one channel makes another ring; none does where Asterisk itself was asked to."""
        source, dest = self.channels.told(message, at), self.channels.told(message, at, "Dest")
        if dest is None:
            return
        dest.dialled_by = source.id if source else ""
        if dest.role is Role.UNKNOWN:
            dest.role = Role.CALLED if source else Role.ORIGINATED
        if dest.is_customer and source:
            caller = self.channels.source(source)
            call = dest.call = caller.call if caller and caller.call else dest.linked
            side = self.sides.get(call, Side(at))
            if side.direction is None or (side.direction is Direction.OUTBOUND and not side.number):
                number = dest.number or said(message, "Exten")
                yield from self._learned(call, side, replace(side, direction=Direction.OUTBOUND, number=number))
            yield from self._released(call)

    def _dial_ended(self, message: Message, at: datetime) -> Iterator[Notice]:
        source, dest = self.channels.told(message, at), self.channels.told(message, at, "Dest")
        status, caller = message.get("DialStatus", "").partition(":")[0].upper(), self.channels.source(source)
        if dest and source:  # without a source it says only whether her own phone was lifted
            dest.status = status
            if dest.role is Role.CALLED and dest.line and status == "ANSWER":
                yield from self._answers(dest, at)
        if caller and caller.dials:
            caller.status = status
            if status == "ANSWER":
                yield from self._answers(caller, at)

    def _bridged(self, message: Message, at: datetime) -> Iterator[Notice]:
        channel = self.channels.told(message, at)
        if channel is None:
            return
        channel.bridge = message.get("BridgeUniqueid", "")
        met = self.channels.bridged({channel.bridge})
        for each in met:
            if each.line and not each.transferred and (each.role is Role.CALLED or len(met) > 1):
                yield from self._answers(each, at)

    def _left(self, message: Message, at: datetime) -> Iterator[Notice]:
        channel = self.channels.told(message, at)
        if channel:
            channel.bridge = ""
        yield from ()

    def _held(self, message: Message, at: datetime) -> Iterator[Notice]:
        """The phone put the other side on hold, or took it back. A customer who does so is not our agent's hold."""
        channel = self.channels.told(message, at)
        if channel and channel.line and channel.call:
            yield self._notice(Word.HOLDS if message.get("Event", "").lower() == "hold" else Word.RESUMES, channel, at)

    def _renamed(self, message: Message, at: datetime) -> Iterator[Notice]:
        known = self.channels.by_id.get(message.get("Uniqueid", ""))
        if known:
            known.name = message.get("Newname") or known.name
        yield from ()

    # Transfers.

    def _blind(self, message: Message, at: datetime) -> Iterator[Notice]:
        channel = self.channels.told(message, at, "Transferer")
        if channel and message.get("Result") == "Success":
            channel.transferred = True
        yield from ()

    def _attended(self, message: Message, at: datetime) -> Iterator[Notice]:
        """Whoever was called for advice now talks to the customer: her leg moves to the customer's call."""
        both = [self.channels.told(message, at, f"{each}Transferer") for each in ("Orig", "Second")]
        if message.get("Result") != "Success":
            return
        for each in both:
            if each:
                each.transferred = True
        bridges = [message.get(f"{each}BridgeUniqueid", "") for each in ("Orig", "Second", "Dest")]
        met = [each for each in self.channels.bridged(bridges) if each not in both]
        customer = next((each for each in met if each.is_customer), None)
        for each in met:
            if customer and each.line and each.call != customer.call:
                yield from self._moves(each, customer.call, at)

    def _joined(self, channel: Channel, at: datetime) -> Iterator[Notice]:
        """A transfer was finished while the new phone still rang: the customer's channel now is what dials it."""
        caller = self.channels.caller_of(channel) if channel.call.endswith("-peer") else None
        if caller and caller.is_customer and caller.call:
            yield from self._moves(channel, caller.call, at)

    def _moves(self, channel: Channel, call: str, at: datetime) -> Iterator[Notice]:
        yield self._notice(Word.ENDS, channel, at, EndReason.TRANSFERRED)
        old, talks = channel.call, channel.answered
        channel.call, channel.answered = call, False
        self.tidy(old)
        yield self._notice(Word.RINGS, channel, at)
        if talks:
            yield from self._answers(channel, at)

    # Ends.

    def _hung_up(self, message: Message, at: datetime) -> Iterator[Notice]:
        channel = self.channels.told(message, at)
        if channel:
            yield from self._gone(channel.id, at, _reason(channel, message.get("Cause", "")))

    def _gone(self, id_: str, at: datetime, reason: EndReason) -> Iterator[Notice]:
        channel = self.channels.by_id.pop(id_)
        if channel.line and channel.call:
            end, call = self._notice(Word.ENDS, channel, at, reason), channel.call
            stays = reason is EndReason.TRANSFERRED and self.channels.customers(call) and not self.channels.legs(call)
            if stays:
                self.held_back.append(end)
            else:
                yield end
        self.tidy(channel.call)

    def _not_held_any_more(self, at: datetime) -> Iterator[Notice]:
        for call in {each.call for each in self.held_back}:
            late = any(each.call == call and each.at and at - each.at > PATIENCE for each in self.held_back)
            if late or self.channels.legs(call) or not self.channels.of(call):
                yield from self._released(call)

    def _released(self, call: str) -> Iterator[Notice]:
        found = [each for each in self.held_back if each.call == call]
        self.held_back = [each for each in self.held_back if each.call != call]
        yield from found

    def _notice(self, word: Word, leg: Channel, at: datetime, reason: EndReason = EndReason.UNKNOWN) -> Notice:
        side = self.sides.get(leg.call, Side(at))
        return Notice(word, at, leg.call, leg.id, leg.line, side.direction, side.number, side.name, side.began, reason)


def _reason(channel: Channel, cause: str) -> EndReason:
    if channel.transferred:
        return EndReason.TRANSFERRED
    if channel.answered:
        return EndReason.HUNG_UP
    if channel.dials and not channel.status:
        return EndReason.CANCELED  # nobody was called yet: she gave up, or did not lift the phone that rang first
    found = TELLING.get(cause) or DIALLED.get(channel.status) or CAUSES.get(cause, OTHER_CAUSE)
    # A phone that rang and then was busy: somebody pressed the key that declines.
    return EndReason.DECLINED if found is EndReason.BUSY and channel.role is Role.CALLED and channel.rang else found


_HANDLE: dict[str, Callable[[Tracker, Message, datetime], Iterator[Notice]]] = {
    "newchannel": Tracker._state,
    "newstate": Tracker._state,
    "newcallerid": Tracker._state,
    "newconnectedline": Tracker._state,
    "queuecallerjoin": Tracker._state,
    "coreshowchannel": Tracker._shown,
    "dialbegin": Tracker._dialled,
    "agentcalled": Tracker._dialled,
    "dialend": Tracker._dial_ended,
    "bridgeenter": Tracker._bridged,
    "bridgeleave": Tracker._left,
    "hold": Tracker._held,
    "unhold": Tracker._held,
    "rename": Tracker._renamed,
    "blindtransfer": Tracker._blind,
    "attendedtransfer": Tracker._attended,
    "hangup": Tracker._hung_up,
}

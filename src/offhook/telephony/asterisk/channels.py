"""Asterisk's channels, as far as they live: who each belongs to, and who dialled it. Pure.

channel   of a line: a leg            role   CALLS       the phone was used to dial
          of a trunk: the customer           CALLED      a Dial(), a queue or a pick-up made it ring
          Local: neither, followed           ORIGINATED  Asterisk was asked to ring it first (click-to-call)
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from offhook.calls.call import Call, LegState
from offhook.calls.events import Direction
from offhook.telephony.asterisk.lines import Lines
from offhook.telephony.asterisk.wire import Message

# Remembered at most; the oldest is forgotten first.
MOST_CHANNELS = 10_000
# Local channels may be chained; longer chains than this are a mistake in a dialplan.
LONGEST_CHAIN = 20
_NOBODY = frozenset({"", "<unknown>", "<null>", "unknown", "anonymous", "s"})


class Role(Enum):
    UNKNOWN = auto()
    CALLS = auto()
    CALLED = auto()
    ORIGINATED = auto()


@dataclass
class Channel:
    """`call`: what its leg belongs to; for a trunk, the call of its customer; empty for a line that has no leg yet."""

    id: str
    name: str
    linked: str
    line: str
    began: datetime
    role: Role = Role.UNKNOWN
    call: str = ""
    number: str = ""
    caller_name: str = ""
    exten: str = ""
    dialled_by: str = ""
    status: str = ""
    bridge: str = ""
    rang: bool = False
    answered: bool = False
    transferred: bool = False

    @property
    def is_local(self) -> bool:
        return self.name.startswith("Local/")

    @property
    def is_customer(self) -> bool:
        return not self.line and not self.is_local

    @property
    def dials(self) -> bool:
        return bool(self.line) and self.role in (Role.CALLS, Role.ORIGINATED)


@dataclass
class Channels:
    """All that live, by their Uniqueid."""

    lines: Lines
    by_id: dict[str, Channel] = field(default_factory=dict)

    def told(self, message: Message, at: datetime, prefix: str = "") -> Channel | None:
        """The channel that a message is about, with what the message says of it; None when it is about none."""
        id_, name = message.get(f"{prefix}Uniqueid", ""), message.get(f"{prefix}Channel", "")
        if not id_:
            return None
        linked = message.get(f"{prefix}Linkedid") or id_
        known = self.by_id.get(id_)
        if known is None:
            known = Channel(id_, name, linked, self.lines.of(name), at, exten=said(message, f"{prefix}Exten"))
            known.call = linked if known.is_customer else ""
            self._remember(known)
        known.name, known.linked = name or known.name, linked
        known.number = said(message, f"{prefix}CallerIDNum") or known.number
        known.caller_name = said(message, f"{prefix}CallerIDName") or known.caller_name
        return known

    def resume(self, call: Call) -> None:
        """The living legs of a call that was kept. What their channels are called is not known until they are listed."""
        role = Role.CALLS if call.direction is Direction.OUTBOUND else Role.CALLED
        for leg in call.legs:
            if leg.state is not LegState.ENDED:
                linked, answered = call.id.removesuffix("-peer"), leg.answered_at is not None
                known = Channel(leg.id, "", linked, leg.line, call.began, role, call.id, rang=True, answered=answered)
                self._remember(known)

    def _remember(self, channel: Channel) -> None:
        while len(self.by_id) >= MOST_CHANNELS:
            self.by_id.pop(next(iter(self.by_id)))
        self.by_id[channel.id] = channel

    def source(self, channel: Channel | None) -> Channel | None:
        """Who really dialled: Local channels are followed to what dialled their other half.

        Other programs' click-to-call rings a phone through a Local channel whose first half then dials the number: for
        that half the source is the phone. What is dialled by the second half is the phone itself; its source is Local.
        """
        for _ in range(LONGEST_CHAIN):
            if channel is None or not channel.is_local:
                return channel
            if channel.role is Role.ORIGINATED:
                return next((each for each in self.legs(channel.linked) if each.dials), None)
            half = channel.name[:-1] + "1"
            other = next((each for each in self.by_id.values() if each.name == half), None)
            if other is None or other.role is Role.ORIGINATED:
                return other
            channel = self.by_id.get(other.dialled_by)
        return None

    def caller_of(self, channel: Channel) -> Channel | None:
        found = self.source(self.by_id.get(channel.dialled_by))
        # Nothing was heard of a Dial(): the oldest channel of the call is who called.
        return found or (self.source(self.by_id.get(channel.linked)) if channel.linked != channel.id else None)

    def of(self, call: str) -> list[Channel]:
        return [each for each in self.by_id.values() if call and each.call == call]

    def legs(self, call: str) -> list[Channel]:
        return [each for each in self.of(call) if each.line]

    def customers(self, call: str) -> list[Channel]:
        return [each for each in self.of(call) if each.is_customer]

    def bridged(self, bridges: Iterable[str]) -> list[Channel]:
        """Who is in these bridges, without Local channels."""
        wanted = frozenset(bridges) - {""}
        return [each for each in self.by_id.values() if each.bridge in wanted and not each.is_local]


def said(message: Message, key: str) -> str:
    """A number or name; nothing where Asterisk says that there is none."""
    text = message.get(key, "")
    return "" if text.lower() in _NOBODY else text

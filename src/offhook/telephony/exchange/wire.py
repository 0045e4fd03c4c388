"""A happening in the exchange's own words, as a delivery, and the table that reads it into ours."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from offhook.calls import events
from offhook.calls.events import CallEvent, Direction, EndReason
from offhook.telephony.phone_system import Reading


class Word(StrEnum):
    """What can happen on this exchange."""

    CALL = "call"
    RING = "ring"
    PICK_UP = "pick-up"
    HOLD = "hold"
    UNHOLD = "unhold"
    MUTE = "mute"
    UNMUTE = "unmute"
    END = "end"


class Happening(Struct, frozen=True, omit_defaults=True):
    """One thing that happened; its JSON is the body of a delivery. A draft has no time until it is stamped."""

    type: str
    call: str
    leg: str = ""
    line: str = ""
    at: datetime | None = None
    direction: Direction = Direction.INBOUND
    party: str = ""
    name: str = ""
    reason: EndReason = EndReason.UNKNOWN


_EVENT: dict[str, Callable[[Happening, datetime], CallEvent]] = {
    Word.CALL: lambda it, at: events.CallStarted(it.call, at, it.direction, it.party, it.name),
    Word.RING: lambda it, at: events.LegAlerting(it.call, it.leg, at, it.line),
    Word.PICK_UP: lambda it, at: events.LegAnswered(it.call, it.leg, at, it.line),
    Word.HOLD: lambda it, at: events.LegHeld(it.call, it.leg, at, it.line),
    Word.UNHOLD: lambda it, at: events.LegResumed(it.call, it.leg, at, it.line),
    Word.MUTE: lambda it, at: events.LegMuted(it.call, it.leg, at, it.line, muted=True),
    Word.UNMUTE: lambda it, at: events.LegMuted(it.call, it.leg, at, it.line, muted=False),
    Word.END: lambda it, at: events.LegEnded(it.call, it.leg, at, it.line, it.reason),
}


def event(happening: Happening) -> CallEvent | None:
    """What a happening means to a call; None for an unknown word or a missing time."""
    known = _EVENT.get(happening.type)
    return known(happening, happening.at) if known and happening.at and happening.at.tzinfo else None


def key(happening: Happening) -> str:
    """The same for the same happening and for no other, also after a restart: no two on a call have one time."""
    return f"{happening.call}@{happening.at.isoformat() if happening.at else ''}"


def body(happening: Happening) -> bytes:
    return msgspec.json.encode(happening)


def read(body: bytes) -> Reading:
    """Translate a delivery; what is not the exchange's own comes back as unrecognised."""
    try:
        happening = msgspec.json.decode(body, type=Happening)
    except (ValueError, RecursionError):
        return Reading(unrecognised="The exchange's delivery cannot be read.")
    read_as = event(happening)
    if read_as is None:
        return Reading(unrecognised=f"The exchange has no word {happening.type[:50]!r}, or it came without a time.")
    return Reading((read_as,))

"""AMI's bytes into messages and back, and a notice as a delivery. Pure.

A message is lines `Key: value` that end with an empty line (docs.asterisk.org, The Asterisk Manager TCP/IP API).
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from offhook.calls import events
from offhook.calls.events import CallEvent, Direction, EndReason, kept_text
from offhook.telephony.phone_system import Reading

# Bytes. A longer line or message is left out as a whole, so that memory stays bounded whatever the other end sends.
MAX_LINE, MAX_MESSAGE = 16_384, 131_072

Message = Mapping[str, str]


class Framing:
    """Bytes as they come into whole messages. `dropped` counts those that were too large."""

    def __init__(self) -> None:
        self.dropped = 0
        self._rest, self._lines, self._size = b"", list[bytes](), 0

    def feed(self, data: bytes) -> Iterator[Message]:
        *lines, rest = (self._rest + data).split(b"\n")
        # Of a line that is too long a stub remains: it is not the empty line that ends a message.
        self._size += MAX_MESSAGE if len(rest) > MAX_LINE else 0
        self._rest = b"?" if len(rest) > MAX_LINE else rest
        for line in lines:
            if line.strip():
                self._add(line)
            elif self._lines or self._size:
                yield from self._finished()

    def _add(self, line: bytes) -> None:
        self._size += MAX_MESSAGE if len(line) > MAX_LINE else len(line)
        if self._size < MAX_MESSAGE:
            self._lines.append(line)

    def _finished(self) -> Iterator[Message]:
        lines, too_large = self._lines, self._size >= MAX_MESSAGE
        self._lines, self._size = [], 0
        if too_large:
            self.dropped += 1
            return
        fields = [_text(line).partition(":") for line in lines]
        yield {key.strip(): kept_text(value.strip()) for key, colon, value in reversed(fields) if colon}


def _text(line: bytes) -> str:
    """Asterisk passes names on as a phone or a carrier wrote them; what is not UTF-8 is mostly Latin-1."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def action(name: str, fields: Mapping[str, str]) -> bytes:
    """A request. Control characters are taken out of the values, so none can bring in a line of its own."""
    said = {"Action": name, **{key: kept_text(value) for key, value in fields.items() if value}}
    return "".join(f"{key}: {value}\r\n" for key, value in said.items()).encode() + b"\r\n"


class Word(StrEnum):
    """What a message may mean to a call."""

    STARTS = "starts"  # who is at the other side became known later than the call
    RINGS = "rings"
    ANSWERS = "answers"
    HOLDS = "holds"
    RESUMES = "resumes"
    ENDS = "ends"
    UNKNOWN = "unknown"


class Notice(Struct, frozen=True, omit_defaults=True):
    """What one message means to one leg; its JSON is the body of a delivery. `told`: the message itself.

    `direction` is None while it is not certain; `began`: when the call did, as far as is known.
    """

    word: str
    at: datetime | None = None
    call: str = ""
    leg: str = ""
    line: str = ""
    direction: Direction | None = None
    number: str = ""
    name: str = ""
    began: datetime | None = None
    reason: EndReason = EndReason.UNKNOWN
    told: dict[str, str] = {}


_LEG_EVENT: dict[str, Callable[[Notice, datetime], CallEvent | None]] = {
    Word.STARTS: lambda it, at: None,
    Word.RINGS: lambda it, at: events.LegAlerting(it.call, it.leg, at, it.line),
    Word.ANSWERS: lambda it, at: events.LegAnswered(it.call, it.leg, at, it.line),
    Word.HOLDS: lambda it, at: events.LegHeld(it.call, it.leg, at, it.line),
    Word.RESUMES: lambda it, at: events.LegResumed(it.call, it.leg, at, it.line),
    Word.ENDS: lambda it, at: events.LegEnded(it.call, it.leg, at, it.line, it.reason),
}


def body(notice: Notice) -> bytes:
    return msgspec.json.encode(notice)


def key(notice: Notice) -> str:
    """The same for the same thing, also when two nodes hear it or a restart tells it again.

    A leg rings, is answered and ends once. A hold may come again, so its time is part of it; without Asterisk's own time
    (`timestampevents`) two nodes give it two keys, which does no harm: the later of two equal holds says nothing new.
    """
    parts = [notice.word, notice.call, notice.leg, notice.number, notice.name]
    if notice.word == Word.UNKNOWN:
        parts = [notice.word, notice.told.get("Event", "")]
    elif notice.word in (Word.HOLDS, Word.RESUMES) and notice.at:
        parts.append(notice.at.isoformat())
    elif notice.word != Word.STARTS:
        parts = parts[:3]
    return f"{notice.word}:{hashlib.sha256(msgspec.json.encode(parts)).hexdigest()}"


def read(body: bytes) -> Reading:
    """Translate a delivery; what is not understood comes back as unrecognised."""
    try:
        notice = msgspec.json.decode(body, type=Notice)
    except (ValueError, RecursionError):
        return Reading(unrecognised="A delivery of Asterisk cannot be read.")
    if notice.word == Word.UNKNOWN:
        event = notice.told.get("Event", "")[:50]
        return Reading(unrecognised=f"Asterisk sent an event {event!r} that Offhook does not know.")
    made = _LEG_EVENT.get(notice.word)
    if made is None or not notice.call or notice.at is None or notice.at.tzinfo is None:
        return Reading(unrecognised=f"Offhook has no word {notice.word[:50]!r} for Asterisk, or it came without a call.")
    started = _started(notice, notice.at)
    leg = made(notice, notice.at)
    found = (*started, *([leg] if leg else []))
    return Reading(found, None if found else "A call of Asterisk began without a direction.")


def _started(notice: Notice, at: datetime) -> tuple[CallEvent, ...]:
    if notice.direction is None:
        return ()
    began = notice.began if notice.began and notice.began.tzinfo else at
    return (events.CallStarted(notice.call, began, notice.direction, notice.number, notice.name),)

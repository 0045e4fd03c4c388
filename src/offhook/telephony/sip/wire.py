"""What the softphone says as a delivery, and a delivery as call events. Pure.

The line is never the softphone's to say: it is that of the agent who is signed in.
"""

import hashlib
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from offhook.calls.events import CallStarted, Direction, EndReason, LegAlerting, LegEnded, LegEvent, kept_text
from offhook.calls.phone_number import PhoneNumber, Unreadable, parse
from offhook.calls.sighting import SERVER, Sighting
from offhook.errors import MalformedDelivery
from offhook.telephony.phone_system import Reading
from offhook.telephony.sip.words import REASONS, WHAT

LONGEST_ID = 200
SOFTPHONE = "softphone"


class Said(Struct, frozen=True):
    """One thing that happened to a call, in the softphone's words.

    `call`: its SIP Call-ID. `phone`: tells several browsers on one line apart, so that one which stops ringing does not
    end the call of the other. `line` is put in by Offhook.
    """

    call: str
    what: str
    at: datetime
    direction: Direction
    number: str = ""
    name: str = ""
    reason: str = ""
    seq: int = 0
    phone: str = ""
    line: str = ""


def delivery(line: str, said: bytes) -> tuple[str, bytes]:
    """Key and body of a delivery; the same thing said twice has one key.

    Raises:
        MalformedDelivery: with a sentence that names the field.
    """
    try:
        told = msgspec.json.decode(said, type=Said)
    except (ValueError, RecursionError) as error:
        raise MalformedDelivery(f"What the softphone said cannot be read: {error}.") from error
    told = msgspec.structs.replace(told, line=line, at=_in_utc(told.at))
    for name in ("call", "phone"):
        text = getattr(told, name)
        if text != kept_text(text, LONGEST_ID) or (not text and name == "call"):
            raise MalformedDelivery(f'The field "{name}" must have 1 to {LONGEST_ID} printable characters.')
    body = msgspec.json.encode(told)
    return f"relay:{hashlib.sha256(body).hexdigest()}", body


def read(body: bytes, region: str, *, joined: bool = False) -> Reading | None:
    """A delivery as call events; None when it is none of the softphone's.

    Each phone of a line has a leg of its own: one that stops ringing knows nothing of the others, on a desk maybe.

    `joined`: the same calls are seen on the server side, too, which then knows how it stands with the line (`Call.told`).
    """
    try:
        told = msgspec.json.decode(body, type=Said)
    except (ValueError, RecursionError):
        return None
    if told.what not in WHAT:
        return Reading(unrecognised=f"The softphone said {kept_text(told.what, 50)!r}, which Offhook does not know.")
    call, line = _side(told, region), kept_text(told.line)
    if not (call and line):
        return Reading(unrecognised="The softphone told of a call without its id, or without a line.")
    at = _in_utc(told.at)
    phone = kept_text(told.phone, LONGEST_ID)
    leg = f"{line} {phone or 'phone'}" if phone or joined else line
    number = kept_text(told.number)
    started = CallStarted(call, at, told.direction, number, kept_text(told.name))
    made = WHAT[told.what](call, leg, at, line, REASONS.get(told.reason, EndReason.UNKNOWN))
    seen = (_sighting(_place(phone), started, made, region),) if joined else ()
    return Reading((started, made), seen=seen)


def _place(phone: str) -> str:
    """Some phone systems, Asterisk among them, call each phone of a line with a Call-ID of its own."""
    return f"{SOFTPHONE} {hashlib.sha256(phone.encode()).hexdigest()[:16]}" if phone else SOFTPHONE


def _side(told: Said, region: str) -> str:
    """The call's id: its Call-ID. Two lines that talk to each other have one and the same, and are two calls for us, as
    each side sees it; so the one that is called has an id of its own."""
    call, number = kept_text(told.call, LONGEST_ID), parse(told.number, region)
    internal = isinstance(number, Unreadable) and number.why == "internal"
    if not (call and internal and told.direction is Direction.INBOUND):
        return call
    line = kept_text(told.line)
    return f"{call[: LONGEST_ID - len(line) - 1]} {line}"


def seen_by_server(reading: Reading, region: str) -> Reading:
    """What the server side told, with what it takes to find the same call among those that the softphone told of."""
    calls = {each.call for each in reading.events}
    if len(calls) != 1:  # nothing, or several at once, of which none can be told apart by its sighting
        return reading
    started = next((each for each in reading.events if isinstance(each, CallStarted)), None)
    leg = next((each for each in reading.events if isinstance(each, LegEvent)), None)
    if started and leg:
        seen = _sighting(SERVER, started, leg, region)
    else:
        seen = Sighting(SERVER, calls.pop(), "", "", None, reading.events[0].at)
    return msgspec.structs.replace(reading, seen=(seen,))


def _sighting(source: str, started: CallStarted, leg: LegEvent, region: str) -> Sighting:
    number = parse(started.customer, region)
    e164 = number.e164 if isinstance(number, PhoneNumber) else ""
    began = leg.at if isinstance(leg, LegAlerting) else started.at
    ended = leg.at if isinstance(leg, LegEnded) else None
    return Sighting(source, started.call, leg.line, e164, started.direction, began, ended)


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:  # in the first or the last hours of time
        return at.replace(tzinfo=UTC)

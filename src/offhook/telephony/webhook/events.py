"""A delivery's body into call events: one event, or `{"events": […]}`. Pure; what is wrong is named by its field."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from offhook.calls import events as ours
from offhook.calls.events import CallEvent, CallStarted, Direction, kept_text
from offhook.errors import MalformedDelivery
from offhook.telephony.phone_system import Reading
from offhook.telephony.webhook.words import DIRECTIONS, REASONS, TYPES, Kind, Meaning, plain

MAX_EVENTS = 100
MAX_ID = 200

# What identifies something is refused when it is too long; other texts are only cut.
_IDS = frozenset({"id", "call", "leg", "line"})

Said = dict[str, Any]


class Understood(Struct, frozen=True):
    """`key` is the same when the same delivery comes again."""

    key: str
    reading: Reading


def understand(body: bytes) -> Understood:
    """Read a body.

    Raises:
        MalformedDelivery: not JSON of the documented shape, or a known event without what it needs.
    """
    said = _object(body)
    found = [(each, _events(each)) for each in _each(said)]
    unknown = dict.fromkeys(kept_text(str(each["type"]), 50) for each, events in found if events is None)
    events = tuple(event for _, events in found for event in events or ())
    says = f"Offhook does not know what this type of event means: {', '.join(unknown)}." if unknown else None
    return Understood(_key(said, body), Reading(events, says))


def _object(body: bytes) -> Said:
    try:
        said = msgspec.json.decode(body)
    except (ValueError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        raise MalformedDelivery(f"The body is not JSON{' of a sensible depth' if deep else ''}.") from error
    if not isinstance(said, dict):
        raise MalformedDelivery("The body must be a JSON object.")
    return said


def _each(said: Said) -> list[Said]:
    many = said.get("events")
    if many is None:
        return [said]
    if not isinstance(many, list) or not all(isinstance(each, dict) for each in many):
        raise MalformedDelivery('The field "events" must be a list of objects.')
    if len(many) > MAX_EVENTS:
        raise MalformedDelivery(f'The field "events" holds {len(many)} events; at most {MAX_EVENTS} fit in a delivery.')
    return many


def _key(said: Said, body: bytes) -> str:
    """From the `id` when there is one, else from the whole body.

    Some systems send the call's id as `id` with every event; call and type are part of the key, so that none of them is
    taken for a repetition of another.
    """
    unique = _text(said, "id")
    call = "" if "events" in said else _text(said, "call")
    if not unique or unique == call:
        return f"body:{hashlib.sha256(body).hexdigest()}"
    named = msgspec.json.encode([unique, call, "" if "events" in said else _text(said, "type")])
    return f"id:{hashlib.sha256(named).hexdigest()}"


def _events(said: Said) -> tuple[CallEvent, ...] | None:
    """What one event says; None when its type is unknown."""
    word = _text(said, "type")
    if not word:
        raise MalformedDelivery('The field "type" is missing.')
    meaning = TYPES.get(plain(word))
    if meaning is None:
        return None
    call = _id(said, "call")
    if not call:
        raise MalformedDelivery('The field "call" is missing: the id of the call, the same in all of its events.')
    at = _time(said)
    if meaning.kind is Kind.RECORDING:
        return (ours.RecordingReady(call, at, _url(said)),)
    started = _started(said, meaning, call, at)
    if meaning.kind is not Kind.STARTED:
        return (*started, _leg_event(said, meaning, call, at))
    if not started:
        raise MalformedDelivery('The field "direction" is missing: "inbound" or "outbound".')
    return started


def _started(said: Said, meaning: Meaning, call: str, at: datetime) -> tuple[CallEvent, ...]:
    """Any event that says where the call goes says that it exists: many systems send only `ringing`."""
    direction = _direction(said, meaning)
    if direction is None:
        return ()
    customer = _text(said, "from" if direction is Direction.INBOUND else "to")
    return (CallStarted(call, at, direction, customer, _text(said, "name")),)


def _direction(said: Said, meaning: Meaning) -> Direction | None:
    word = plain(_text(said, "direction"))
    if word and word not in DIRECTIONS:
        raise MalformedDelivery('The field "direction" must be "inbound" or "outbound".')
    known = DIRECTIONS.get(word) or meaning.direction
    told = word or meaning.kind in (Kind.STARTED, Kind.ALERTING)
    if known or not told or "from" not in said:
        return known
    # A withheld number is an empty `from`, and never a line.
    return Direction.OUTBOUND if _text(said, "from") == _text(said, "line") != "" else Direction.INBOUND


_LEG_EVENT: dict[Kind, Callable[[str, str, datetime, str], CallEvent]] = {
    Kind.ALERTING: ours.LegAlerting,
    Kind.ANSWERED: ours.LegAnswered,
    Kind.HELD: ours.LegHeld,
    Kind.RESUMED: ours.LegResumed,
}


def _leg_event(said: Said, meaning: Meaning, call: str, at: datetime) -> CallEvent:
    line = _id(said, "line")
    leg = _id(said, "leg") or line
    if not leg:
        raise MalformedDelivery('The field "line" is missing: the line of the agent that this event is about.')
    if meaning.kind is Kind.MUTED:
        return ours.LegMuted(call, leg, at, line, _flag(said, "muted", meaning.muted))
    if meaning.kind is Kind.ENDED:
        return ours.LegEnded(call, leg, at, line, REASONS.get(plain(_text(said, "reason")), meaning.reason))
    return _LEG_EVENT[meaning.kind](call, leg, at, line)


def _text(said: Said, field: str) -> str:
    """Empty when the field is missing. Whole numbers are taken as text, since some systems write numbers as numbers."""
    value = said.get(field)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**20:
        return str(value)
    if not isinstance(value, str):
        raise MalformedDelivery(f'The field "{field}" must be a text.')
    return kept_text(value, len(value) if field in _IDS else 250)


def _id(said: Said, field: str) -> str:
    text = _text(said, field)
    if len(text) > MAX_ID:
        raise MalformedDelivery(f'The field "{field}" is longer than {MAX_ID} characters.')
    return text


def _flag(said: Said, field: str, otherwise: bool) -> bool:
    value = said.get(field, otherwise)
    if not isinstance(value, bool):
        raise MalformedDelivery(f'The field "{field}" must be true or false.')
    return value


def _url(said: Said) -> str:
    url = said.get("url")
    if not isinstance(url, str) or not url.lower().startswith(("https://", "http://")):
        raise MalformedDelivery('The field "url" must be the https address of the recording.')
    return kept_text(url, 2_000)


def _time(said: Said) -> datetime:
    """ISO 8601 (UTC when no zone is given), or unix time in seconds, milliseconds or microseconds."""
    value = said.get("at")
    try:
        at = _moment(value)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise MalformedDelivery('The field "at" must be a time: ISO 8601 or unix seconds.') from error
    if not 2000 <= at.year < 2100:
        raise MalformedDelivery('The field "at" must be a time in this century.')
    return at


def _moment(value: Any) -> datetime:
    if isinstance(value, bool) or value is None:
        raise TypeError
    try:
        number = float(value)
    except ValueError:
        at = datetime.fromisoformat(value.strip())
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    scale = 1 if number < 1e11 else 1_000 if number < 1e14 else 1_000_000
    return datetime.fromtimestamp(number / scale, UTC)

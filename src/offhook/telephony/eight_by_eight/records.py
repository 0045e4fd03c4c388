"""Call records and their legs → one conversation each → call events. Pure.

What is documented: https://developer.8x8.com/analytics/docs/work-analytics-call-legs. Its samples show few words; those
marked [unverified] are inferred from them, and nothing was seen of a real customer.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from offhook.calls.events import (
    CallEvent,
    CallStarted,
    Direction,
    EndReason,
    LegAlerting,
    LegAnswered,
    LegEnded,
    kept_text,
)
from offhook.calls.phone_number import PhoneNumber, parse, with_lost_plus
from offhook.calls.sighting import Sighting
from offhook.telephony.eight_by_eight.wire import Row
from offhook.telephony.phone_system import Reading

SOURCE = "record"

# Their word → ours. None: between colleagues, which is never logged. Only “Incoming” is documented; [unverified].
DIRECTIONS: dict[str, Direction | None] = {
    "incoming": Direction.INBOUND,
    "inbound": Direction.INBOUND,
    "outgoing": Direction.OUTBOUND,
    "outbound": Direction.OUTBOUND,
    "internal": None,
}
# `cause` of a leg that was not answered. “Ring No Answer” is documented, the others are [unverified].
CAUSES: dict[str, EndReason] = {
    "ring no answer": EndReason.NO_ANSWER,
    "no answer": EndReason.NO_ANSWER,
    "busy": EndReason.BUSY,
    "user busy": EndReason.BUSY,
    "rejected": EndReason.DECLINED,
    "declined": EndReason.DECLINED,
    "failed": EndReason.FAILED,
}


# From rows to conversations.


def conversations(records: Iterable[Row], legs: Iterable[Row]) -> list[dict[str, Any]]:
    """Legs that belong together, by call, parent and transfer, each with its call record if there is one.

    Calls of a queue to its agents have ids of their own and name their parent; a call that was transferred names the one
    it became. The id of the whole is that of the call which began first.
    """
    own = {(_text(leg, "callId"), _text(leg, "legId"), leg.get("startTimeUTC")): leg for leg in legs}
    root: dict[str, str] = {}
    for leg in own.values():
        for other in (_text(leg, "parentCallId"), _text(leg, "transferToCallId")):
            _join(root, _text(leg, "callId"), other or _text(leg, "callId"))
    groups: dict[str, list[Row]] = {}
    for leg in sorted(own.values(), key=_order):
        groups.setdefault(_root(root, _text(leg, "callId")), []).append(leg)
    known = {_text(record, "callId"): record for record in records}
    return [_conversation(group, known) for group in groups.values()]


def _conversation(legs: Sequence[Row], known: dict[str, Row]) -> dict[str, Any]:
    ids = dict.fromkeys(_text(leg, name) for leg in legs for name in ("callId", "parentCallId", "transferToCallId"))
    ids.pop("", None)
    found = sorted((known[each] for each in ids if each in known), key=_order)
    first = _text(found[0] if found and _order(found[0]) <= _order(legs[0]) else legs[0], "callId")
    return {"call": first, "ids": sorted(ids), "record": found[0] if found else None, "legs": list(legs)}


def is_whole(conversation: dict[str, Any], records: Iterable[Row]) -> bool:
    """Whether all of it is over: there is a record of every call that none other is the parent of.

    That the calls of a queue to its agents have no records of their own is [unverified]; none is waited for.
    """
    legs = conversation["legs"]
    named = {_text(leg, name) for leg in legs for name in ("parentCallId", "transferToCallId")}
    needed = named | {_text(leg, "callId") for leg in legs if not _text(leg, "parentCallId")}
    return needed - {""} <= {_text(record, "callId") for record in records}


def _join(root: dict[str, str], one: str, other: str) -> None:
    root[_root(root, other)] = _root(root, one)


def _root(root: dict[str, str], call: str) -> str:
    while root.setdefault(call, call) != call:
        call = root[call]
    return call


def _order(row: Row) -> tuple[float, str, str]:
    return (_number(row, "startTimeUTC"), _text(row, "callId"), _text(row, "legId").zfill(6))


def ended_at(conversation: dict[str, Any]) -> datetime | None:
    """When the last leg ended; None when one has not."""
    ends = [_moment(leg, "disconnectedTimeUTC") for leg in conversation["legs"]]
    return None if None in ends else max((end for end in ends if end), default=None)


def began_at(conversation: dict[str, Any]) -> datetime | None:
    rows = [*conversation["legs"], *([conversation["record"]] if conversation["record"] else [])]
    return min((began for row in rows if (began := _moment(row, "startTimeUTC"))), default=None)


def lines_in(conversation: dict[str, Any], was_line: Callable[[str, datetime], bool]) -> list[str]:
    """The lines of agents; `was_line`: whether an agent was logged in to it at that moment."""
    legs = [(leg, began) for leg in conversation["legs"] if (began := _moment(leg, "startTimeUTC"))]
    named = {(_text(leg, name), began) for leg, began in legs for name in ("caller", "callee", "lra")}
    return sorted({line for line, began in named if line and was_line(line, began)})


# From a conversation to events.


class Spell(Struct, frozen=True):
    """All that one line had of a call."""

    line: str
    id: str
    began: datetime
    answered: datetime | None
    ended: datetime
    reason: EndReason


def read_call(said: dict[str, Any], region: str) -> Reading:
    """A conversation as the poller put it down, with the lines that are ours.

    Raises:
        KeyError, TypeError, ValueError, OverflowError, AttributeError: it is none.
    """
    legs, ours, call = said["legs"], frozenset(said["lines"]), kept_text(said["call"], 200)
    first = said["record"] or legs[0]
    word = _text(first, "direction")
    if word.lower() not in DIRECTIONS:
        return Reading(unrecognised=f"Offhook does not know what 8x8 means by the direction “{kept_text(word, 50)}”.")
    direction = DIRECTIONS[word.lower()]
    began = _moment(first, "startTimeUTC") or _moment(legs[0], "startTimeUTC")
    if began is None:
        raise ValueError("Nothing says when it began.")
    if direction is None:
        return Reading()
    number, name = _customer(first, direction, region)
    spells = _spells(legs, ours, direction)
    events: list[CallEvent] = [CallStarted(call, began, direction, number, name)] if spells else []
    events += [event for spell in spells for event in _events(call, spell)]
    world = e164(number, region)
    seen = [Sighting(SOURCE, each.id, each.line, world, direction, each.began, each.ended) for each in spells]
    others = [Sighting(SOURCE, kept_text(each, 200), "", world, direction, began) for each in said["ids"]]
    return Reading(tuple(events), seen=(*seen, *others) if events else ())


def _customer(row: Row, direction: Direction, region: str) -> tuple[str, str]:
    """Number and name of the other side."""
    end = "caller" if direction is Direction.INBOUND else "callee"
    number, name = kept_text(_text(row, end)), kept_text(_text(row, f"{end}Name"))
    return with_lost_plus(number, region), named(name)


def named(name: str) -> str:
    """Empty when what 8x8 gives as the name is only the number again."""
    return name if any(each.isalpha() for each in name) else ""


def e164(number: str, region: str) -> str:
    """Empty when it is no number."""
    parsed = parse(number, region)
    return parsed.e164 if isinstance(parsed, PhoneNumber) else ""


def _spells(legs: Sequence[Row], ours: frozenset[str], direction: Direction) -> list[Spell]:
    """What each of our lines had, who talked first. A line that was offered the call again counts by its last time."""
    somebody = any(_talked(leg) for leg in legs)
    on: dict[str, list[Row]] = {}
    for leg in legs:
        if line := _line(leg, ours, direction):
            on.setdefault(line, []).append(leg)
    spells = [_spell(line, rows, somebody, direction) for line, rows in on.items()]
    return sorted(spells, key=lambda each: (each.answered is None, each.began, each.line))


def _line(leg: Row, ours: frozenset[str], direction: Direction) -> str | None:
    """The line of an agent that this leg rings; on a call out, the one that calls."""
    names = ("callee", "lra") if direction is Direction.INBOUND else ("caller", "callee")
    return next((line for name in names if (line := _text(leg, name)) in ours), None)


def _spell(line: str, rows: Sequence[Row], somebody: bool, direction: Direction) -> Spell:
    talked = [row for row in rows if _talked(row)]
    rows = talked or rows[-1:]
    began, ended = _moment(rows[0], "startTimeUTC"), _moment(rows[-1], "disconnectedTimeUTC")
    if began is None or ended is None:
        raise ValueError("A leg has no times.")
    answered = _moment(talked[0], "connectTimeUTC") if talked else None
    reason = _talk_ended(rows[-1]) if talked else _why_not(rows[-1], somebody, direction)
    return Spell(line, kept_text(_text(rows[-1], "callId"), 200), began, answered, ended, reason)


def _talked(leg: Row) -> bool:
    """A leg that went to voicemail is “connected”, too: only who talked has answered."""
    said = _text(leg, "answered").lower() == "answered" or _number(leg, "talkTimeMS") > 0
    return said and _text(leg, "missed").lower() != "missed" and _number(leg, "connectTimeUTC") > 0


def _talk_ended(leg: Row) -> EndReason:
    return EndReason.TRANSFERRED if _text(leg, "transferToCallId") else EndReason.HUNG_UP


def _why_not(leg: Row, somebody: bool, direction: Direction) -> EndReason:
    if somebody and direction is Direction.INBOUND:
        return EndReason.ELSEWHERE
    if _text(leg, "abandoned").lower() == "abandoned":
        return EndReason.CANCELED
    return CAUSES.get(_text(leg, "cause").lower(), EndReason.UNKNOWN)


def _events(call: str, spell: Spell) -> Iterable[CallEvent]:
    """One leg a line, under the line's name, as in everything else that is heard of 8x8: so that it is one leg."""
    leg = line = spell.line
    yield LegAlerting(call, leg, spell.began, line)
    if spell.answered:
        yield LegAnswered(call, leg, spell.answered, line)
    yield LegEnded(call, leg, spell.ended, line, spell.reason)


# Fields.


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _number(row: Row, name: str) -> float:
    value = row.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def _moment(row: Row, name: str) -> datetime | None:
    """Milliseconds of unix time; zero is 8x8's word for never."""
    value = _number(row, name)
    return datetime.fromtimestamp(value / 1000, UTC) if value > 0 else None

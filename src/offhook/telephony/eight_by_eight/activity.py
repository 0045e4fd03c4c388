"""What agents do now, look by look → what happened between two looks. Pure.

https://developer.8x8.com/analytics/docs/work-analytics-agent-activity: for each agent of the call queues the interaction
that she handles, with its number, and how many talk or are on hold. Nobody says which call it is, when it was answered,
or why it ended: the record tells that afterwards. Interactions of a queue come in, so that is the direction; whether
calls outside queues are shown is [unverified], and agents who are in no queue are passed over.

Kept: {"type": "activity", "call": an id of ours, "line", "at": unix ms, "began": unix ms, "number", "name", "state"}
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from offhook.calls.events import (
    CallEvent,
    CallStarted,
    Direction,
    EndReason,
    LegAlerting,
    LegAnswered,
    LegEnded,
    LegHeld,
    LegResumed,
    kept_text,
)
from offhook.calls.phone_number import with_lost_plus
from offhook.calls.sighting import Sighting
from offhook.telephony.eight_by_eight import records
from offhook.telephony.eight_by_eight.panel import moment
from offhook.telephony.eight_by_eight.wire import Row
from offhook.telephony.phone_system import Reading

SOURCE = "activity"
RINGS, TALKS, HOLDS, GONE = "rings", "talks", "holds", "gone"
# It went on before anybody looked, and when it began is not known: nothing is told of it, the record will.
PASSED_OVER = "passed-over"
# Who has not looked for so long does not know when it began what is there now.
RECENTLY = timedelta(seconds=40)


class Seen(Struct, frozen=True):
    """An interaction of an agent, as the last look saw it. `began`: when it was first seen; unix ms."""

    line: str
    address: str
    name: str
    began: int
    state: str

    @property
    def id(self) -> str:
        return f"{self.line}-{self.began}"


def seen_in(rows: Iterable[Row], ours: Iterable[str], now: datetime) -> dict[str, Seen]:
    """What the agents on our lines handle, by line."""
    lines, at = frozenset(ours), round(now.timestamp() * 1000)
    found = (_seen(row, at) for row in rows if row.get("agentExtension") in lines and row.get("loggedInQueues"))
    return {each.line: each for each in found if each}


def _seen(row: Row, at: int) -> Seen | None:
    interaction, metrics = row.get("interaction"), row.get("metrics")
    address = interaction.get("address") if isinstance(interaction, dict) else None
    if not isinstance(interaction, dict) or not isinstance(address, str) or not address.strip():
        return None
    counts = metrics if isinstance(metrics, dict) else {}
    talks = TALKS if _some(counts, "ongoingTalkingInteractions") else RINGS
    state = HOLDS if _some(counts, "ongoingOnHoldInteractions") else talks
    return Seen(str(row["agentExtension"]), address.strip(), str(interaction.get("caller") or ""), at, state)


def _some(counts: dict[str, Any], name: str) -> bool:
    value = counts.get(name)
    return isinstance(value, int | float) and value > 0


class Memory(Struct, frozen=True):
    """What the last look saw, by line, and when that was, in unix ms."""

    at: int = 0
    seen: dict[str, Seen] = {}


def between(before: Memory, after: dict[str, Seen], now: datetime) -> tuple[Memory, list[dict[str, Any]]]:
    """What is to be remembered, and what has happened."""
    happened: list[dict[str, Any]] = []
    at = round(now.timestamp() * 1000)
    recent = at - before.at <= RECENTLY / timedelta(milliseconds=1)
    kept: dict[str, Seen] = {}
    for line in sorted(before.seen.keys() | after.keys()):
        old, new = before.seen.get(line), after.get(line)
        if old and (new is None or new.address != old.address):
            happened += [_said(old, GONE, at)] if old.state != PASSED_OVER else []
            old = None
        if new and old:
            state = PASSED_OVER if old.state == PASSED_OVER else new.state
            kept[line] = replace(new, began=old.began, state=state)
        elif new:
            kept[line] = new if recent else replace(new, state=PASSED_OVER)
        if new and kept[line].state not in (PASSED_OVER, old.state if old else None):
            happened.append(_said(kept[line], new.state, at))
    return Memory(at, kept), happened


def _said(seen: Seen, state: str, at: int) -> dict[str, Any]:
    body = {"call": seen.id, "line": seen.line, "at": at, "began": seen.began, "number": seen.address, "name": seen.name}
    return {"type": "activity", "state": state, **body}


def remembered(text: str | None) -> Memory:
    return msgspec.json.decode(text, type=Memory) if text else Memory()


def read_activity(said: dict[str, Any], region: str) -> Reading:
    """One happening. Raises KeyError, TypeError, ValueError, OverflowError, AttributeError: it is none."""
    call, line = kept_text(said["call"], 100), kept_text(said["line"], 64)
    at, began = moment(said["at"]), moment(said["began"])
    number = with_lost_plus(kept_text(said["number"]), region)
    events = tuple(_events(call, line, said["state"], at, began))
    if not events:
        return Reading(unrecognised="Offhook does not know what an agent of 8x8 does.")
    started = CallStarted(call, began, Direction.INBOUND, number, records.named(kept_text(said["name"])))
    ended = at if said["state"] == GONE else None
    seen = Sighting(SOURCE, call, line, records.e164(number, region), Direction.INBOUND, began, ended)
    return Reading((started, *events), seen=(seen,))


def _events(call: str, line: str, state: str, at: datetime, began: datetime) -> Iterator[CallEvent]:
    if state in (RINGS, TALKS, HOLDS, GONE):
        yield LegAlerting(call, line, began, line)
    if state == TALKS:
        yield LegAnswered(call, line, at, line)
        yield LegResumed(call, line, at, line)
    elif state == HOLDS:
        yield LegHeld(call, line, at, line)
    elif state == GONE:
        yield LegEnded(call, line, at, line, EndReason.UNKNOWN)

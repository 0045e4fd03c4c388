"""The exchange's calls: a value, and what each happening makes of it.

    leg     ringing ─┬─▶ connected ⇄ held ──▶ ended      ringing: this line rings and may answer
            dialing ─┘        (and from each at once)     dialing: this line called, the far end rings

The state is made by `follow` from the same events that the deliveries carry, so what the exchange believes and what the
desk hears cannot differ, and the calls that the desk kept are all that a restart needs. A call that is over is forgotten.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec.structs import replace

from offhook.calls.call import Call, Leg, LegState
from offhook.calls.events import Direction
from offhook.calls.follow import follow
from offhook.telephony.exchange import wire
from offhook.telephony.exchange.wire import Happening

KEY = "exchange"
Calls = Mapping[str, Call]


class Stage(StrEnum):
    """Where a leg is; the values are words for people: the call *is ringing*."""

    RINGING = "is ringing"
    DIALING = "is being dialled"
    CONNECTED = "is connected"
    HELD = "is on hold"


def stage(call: Call, leg: Leg) -> Stage:
    """The stage of a living leg. The first leg of a call that a line makes dials; any other leg rings."""
    if leg.state is LegState.ALERTING:
        return Stage.DIALING if call.direction is Direction.OUTBOUND and leg.id == leg_id(call.id, 1) else Stage.RINGING
    return Stage.HELD if leg.state is LegState.HELD else Stage.CONNECTED


def living(call: Call) -> tuple[Leg, ...]:
    return tuple(leg for leg in call.legs if not leg.ending)


def leg_id(call: str, number: int) -> str:
    return f"{call}.{number}"


def peer_of(call: str) -> str:
    """A call between two lines is two calls, one as each side sees it; this is the id of the other one."""
    return call.removesuffix("-peer") if call.endswith("-peer") else f"{call}-peer"


def resumed(live: Iterable[Call]) -> Calls:
    """The calls that were not over when the service stopped. One whose only news was that it began has nobody on it."""
    return {call.id: call for call in live if call.phone_system == KEY and call.legs and not call.ended_at}


def stamped(calls: Calls, drafts: Iterable[Happening], now: datetime) -> tuple[Calls, tuple[Happening, ...]]:
    """Let drafts happen one after the other.

    No two happenings of a call get the same time, and none an earlier one than before, even when the clock is set back:
    the order of a hold and the resume after it is read from their times.
    """
    done: list[Happening] = []
    for draft in drafts:
        known = calls.get(draft.call)
        happening = replace(draft, at=max(now, max(_times(known)) + timedelta(microseconds=1)) if known else now)
        calls = _after(calls, happening)
        done.append(happening)
    return calls, tuple(done)


def _after(calls: Calls, happening: Happening) -> Calls:
    event = wire.event(happening)
    assert event is not None
    call = follow(calls.get(happening.call), event, KEY)
    others = {key: value for key, value in calls.items() if key != call.id}
    return others if call.ended_at else {**others, call.id: call}


def _times(call: Call) -> Iterator[datetime]:
    yield call.began
    for leg in call.legs:
        turns = (turn.at for turn in (leg.hold, leg.mute, leg.ending) if turn)
        yield from (time for time in (leg.alerting_at, leg.answered_at, *turns) if time)

"""`follow(call, event)`: what we know of a call after one more thing was heard.

Each fact is joined to what is known by a rule that does not care about order or repetition (earliest time, latest switch,
earliest ending), so late, doubled and shuffled events end in the same call. It never raises.
"""

from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace

from offhook.calls.call import Call, Codes, Ending, Leg, Party, Switch
from offhook.calls.events import (
    CallEvent,
    CallStarted,
    CodesChosen,
    EndReason,
    LegAlerting,
    LegAnswered,
    LegEnded,
    LegEvent,
    LegHeld,
    LegMuted,
    LegResumed,
    RecordingReady,
)

T = TypeVar("T", datetime, str)
L = TypeVar("L", Switch, Codes)


def follow(call: Call | None, event: CallEvent, phone_system: str = "") -> Call:
    """The call after `event`. `call` is None when this is the first that is heard of it."""
    call = call or Call(phone_system=phone_system, id=event.call, first_seen=event.at)
    call = replace(call, first_seen=min(call.first_seen, event.at))
    if isinstance(event, CallStarted):
        return _started(call, event)
    if isinstance(event, RecordingReady):
        return replace(call, recording_url=_earliest(call.recording_url, event.url))
    if isinstance(event, CodesChosen):
        return replace(call, codes=_latest(call.codes, Codes(event.at, event.codes)))
    return _with_leg(call, event)


def _started(call: Call, event: CallStarted) -> Call:
    return replace(
        call,
        started_at=_earliest(call.started_at, event.at),
        direction=min(call.direction or event.direction, event.direction),
        party=Party(_fuller(call.party.number, event.customer), _fuller(call.party.name, event.customer_name)),
    )


def _with_leg(call: Call, event: LegEvent) -> Call:
    before = {leg.id: leg for leg in call.legs}
    leg = before.get(event.leg) or Leg(event.leg, event.line)
    before[event.leg] = _leg_after(replace(leg, line=max(leg.line, event.line)), event)
    return replace(call, legs=tuple(before[key] for key in sorted(before)))


def _leg_after(leg: Leg, event: LegEvent) -> Leg:
    if isinstance(event, LegAlerting):
        return replace(leg, alerting_at=_earliest(leg.alerting_at, event.at))
    if isinstance(event, LegAnswered):
        return replace(leg, answered_at=_earliest(leg.answered_at, event.at))
    if isinstance(event, LegHeld | LegResumed):
        return replace(leg, hold=_latest(leg.hold, Switch(event.at, isinstance(event, LegHeld))))
    if isinstance(event, LegMuted):
        return replace(leg, mute=_latest(leg.mute, Switch(event.at, event.muted)))
    if isinstance(event, LegEnded):
        return replace(leg, ending=_ended(leg.ending, Ending(event.at, event.reason)))
    return leg


def _ended(known: Ending | None, heard: Ending) -> Ending:
    """The earliest end, with the reason of the earliest that gives one: one place may know less than another."""
    both = [known, heard] if known else [heard]
    at = min(each.at for each in both)
    told = [(each.told_at or each.at, each.reason) for each in both if each.reason is not EndReason.UNKNOWN]
    if not told:
        return Ending(at, EndReason.UNKNOWN)
    told_at, reason = min(told)
    return Ending(at, reason, None if told_at == at else told_at)


def _earliest(known: T | None, heard: T) -> T:
    return heard if known is None else min(known, heard)


def _latest(known: L | None, heard: L) -> L:
    return heard if known is None else max(known, heard)


def _fuller(known: str, heard: str) -> str:
    """The text that says more; a fixed rule for two of one length, so that order does not matter."""
    return max(known, heard, key=lambda text: (len(text), text))

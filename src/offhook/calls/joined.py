"""Two calls that turned out to be one: what is known of both, as if it had been heard of one from the beginning. Pure."""

from collections.abc import Iterator

from msgspec.structs import replace

from offhook.calls.call import Call, Leg
from offhook.calls.events import (
    CallEvent,
    CallStarted,
    CodesChosen,
    EndReason,
    LegAlerting,
    LegAnswered,
    LegEnded,
    LegHeld,
    LegMuted,
    LegResumed,
    RecordingReady,
)
from offhook.calls.follow import follow
from offhook.calls.wrap_up import MAX_NOTES, WrapUp


def joined(call: Call, other: Call) -> Call:
    """`call` with all that was heard of `other`."""
    for event in _heard_of(other):
        call = follow(call, event)
    return replace(call, first_seen=min(call.first_seen, other.first_seen))


def _heard_of(call: Call) -> Iterator[CallEvent]:
    if call.direction:
        yield CallStarted(call.id, call.began, call.direction, call.party.number, call.party.name)
    for leg in call.legs:
        yield from _heard_of_leg(call.id, leg)
    if call.recording_url:
        yield RecordingReady(call.id, call.began, call.recording_url)
    if call.codes:
        yield CodesChosen(call.id, call.codes.at, call.codes.words)


def _heard_of_leg(call: str, leg: Leg) -> Iterator[CallEvent]:
    if leg.alerting_at:
        yield LegAlerting(call, leg.id, leg.alerting_at, leg.line)
    if leg.answered_at:
        yield LegAnswered(call, leg.id, leg.answered_at, leg.line)
    if leg.hold:
        yield (LegHeld if leg.hold.on else LegResumed)(call, leg.id, leg.hold.at, leg.line)
    if leg.mute:
        yield LegMuted(call, leg.id, leg.mute.at, leg.line, leg.mute.on)
    if leg.ending:
        told_at = leg.ending.told_at
        yield LegEnded(call, leg.id, leg.ending.at, leg.line, EndReason.UNKNOWN if told_at else leg.ending.reason)
        if told_at:
            yield LegEnded(call, leg.id, told_at, leg.line, leg.ending.reason)


def joined_wrap_up(wrap_up: WrapUp, other: WrapUp) -> WrapUp:
    """Nothing that anybody wrote is lost; of two outcomes or contacts the one that was saved last counts."""
    notes = "\n\n".join(dict.fromkeys(each.notes for each in (wrap_up, other) if each.notes.strip()))
    pair = (wrap_up, other)
    last, first = sorted(pair, key=lambda each: each.saved_at.timestamp() if each.saved_at else 0.0, reverse=True)
    return WrapUp(
        notes=notes[:MAX_NOTES],
        outcome=last.outcome or first.outcome,
        contact=last.contact or first.contact,
        saved_at=last.saved_at,
        saved_by=tuple(sorted({*wrap_up.saved_by, *other.saved_by})),
    )

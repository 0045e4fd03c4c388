"""What comes of a wish or of something outside: the happenings that follow, or `WrongState` with a sentence. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec.structs import replace

from offhook.calls.call import Call, Leg
from offhook.calls.events import Direction, EndReason
from offhook.errors import WrongState
from offhook.telephony.exchange.lines import FarEnd
from offhook.telephony.exchange.state import Calls, Stage, leg_id, living, peer_of, stage, stamped
from offhook.telephony.exchange.wire import Happening, Word
from offhook.telephony.phone_system import Action

Drafts = tuple[Happening, ...]

_TALKING = frozenset({Stage.CONNECTED, Stage.HELD})

# What an agent can ask for: in which stages of her leg, and what comes of it.
_WISHES: dict[Action, tuple[frozenset[Stage], Word, EndReason]] = {
    Action.ANSWER: (frozenset({Stage.RINGING}), Word.PICK_UP, EndReason.UNKNOWN),
    Action.DECLINE: (frozenset({Stage.RINGING}), Word.END, EndReason.DECLINED),
    Action.HANG_UP: (_TALKING | {Stage.DIALING}, Word.END, EndReason.HUNG_UP),
    Action.HOLD: (frozenset({Stage.CONNECTED}), Word.HOLD, EndReason.UNKNOWN),
    Action.RESUME: (frozenset({Stage.HELD}), Word.UNHOLD, EndReason.UNKNOWN),
    Action.MUTE: (_TALKING, Word.MUTE, EndReason.UNKNOWN),
    Action.UNMUTE: (_TALKING, Word.UNMUTE, EndReason.UNKNOWN),
    Action.TRANSFER: (_TALKING, Word.END, EndReason.TRANSFERRED),
}

# What the far end does, as what happens to a leg that waits for it.
_FAR_END: dict[FarEnd, tuple[Word, EndReason]] = {
    FarEnd.ANSWERS: (Word.PICK_UP, EndReason.UNKNOWN),
    FarEnd.BUSY: (Word.END, EndReason.BUSY),
    FarEnd.FAILS: (Word.END, EndReason.FAILED),
    FarEnd.SILENT: (Word.END, EndReason.NO_ANSWER),
}


def settled(calls: Calls, drafts: Drafts, now: datetime) -> tuple[Calls, Drafts]:
    """Let drafts happen, and what they mean for the other line of an internal call."""
    calls, done = stamped(calls, drafts, now)
    echoes = dict.fromkeys(echo for happening in done for echo in _echoes(calls, happening))
    calls, heard = stamped(calls, echoes, now)
    return calls, done + heard


def rings(call: str, caller: str, name: str, line: str) -> Drafts:
    """Somebody calls a line."""
    return (
        Happening(Word.CALL, call, direction=Direction.INBOUND, party=caller, name=name),
        Happening(Word.RING, call, leg_id(call, 1), line),
    )


def dials(calls: Calls, call: str, line: str, number: str, to: str | None = None) -> Drafts:
    """A line calls a number; `to` is the line that has this number, if one of ours has."""
    if to == line:
        raise WrongState(f"Line {line} cannot call itself.")
    if any(stage(other, leg) in (Stage.CONNECTED, Stage.DIALING) for other, leg in _legs_of(calls, line)):
        raise WrongState(f"Line {line} is on a call. Put it on hold or hang up first.")
    return (
        Happening(Word.CALL, call, direction=Direction.OUTBOUND, party=to or number),
        Happening(Word.RING, call, leg_id(call, 1), line),
        *(rings(peer_of(call), line, "", to) if to else ()),
    )


def asked(calls: Calls, call: str, line: str, action: Action, to: str | None = None, *, alone: bool = True) -> Drafts:
    """What comes of an agent's wish about her leg. `to`: the line to transfer to; None is a number outside.

    `alone`: who else the line talks to is put on hold. Her own phone may let three talk, and mixes them.
    """
    leg = next((leg for other, leg in _legs_of(calls, line) if other.id == call), None)
    if leg is None:
        raise WrongState(f"Line {line} is not on this call any more.")
    stages, word, reason = _WISHES[action]
    _check(calls[call], leg, action, stages)
    before: Drafts = ()
    if alone and action in (Action.ANSWER, Action.RESUME):
        before = _others_held(calls, line)
    elif action is Action.TRANSFER and to:
        before = (_new_leg(calls[call], to),)
    return (*before, _on(calls[call], leg, word, reason))


def refused(calls: Calls, call: str, line: str, reason: EndReason) -> Drafts:
    """The phones of a line that rings refuse the call."""
    legs = [leg for other, leg in _legs_of(calls, line) if other.id == call and stage(other, leg) is Stage.RINGING]
    return tuple(_on(calls[call], leg, Word.END, reason) for leg in legs)


def joined(calls: Calls, call: str, second: str, line: str) -> Drafts:
    """A line leaves two of its calls, and the other sides of both talk to each other: what is left of it is `call`.

    A line of ours at the other side of `second` moves to `call`; a number outside is heard by whoever is left there.
    """
    both = [(other, leg) for each in (call, second) for other, leg in _legs_of(calls, line) if other.id == each]
    if len(both) < 2 or call == second:
        raise WrongState(f"Line {line} is not on both calls any more.")
    for other, leg in both:
        _check(other, leg, Action.TRANSFER, _TALKING)
    away = tuple(_on(other, leg, Word.END, EndReason.TRANSFERRED) for other, leg in both)
    peer = calls.get(peer_of(second))
    if peer is None or peer.id == call:
        return away
    moved = living(peer)[0]
    new = _new_leg(calls[call], moved.line)
    gone = _on(peer, moved, Word.END, EndReason.TRANSFERRED)
    return (new, replace(new, type=Word.PICK_UP), *away, gone)


def far_end_does(calls: Calls, call: str, does: FarEnd, only: str | None = None) -> Drafts:
    """The far end does something to the legs that wait for it, or to `only` this one."""
    stages = (Stage.RINGING, Stage.DIALING) if does is FarEnd.SILENT else (Stage.DIALING,)
    found = living(calls[call]) if call in calls else ()
    waiting = [leg for leg in found if stage(calls[call], leg) in stages and only in (None, leg.id)]
    if not waiting:
        raise WrongState("Nobody waits for the far end of this call.")
    return tuple(_on(calls[call], leg, *_FAR_END[does]) for leg in waiting)


def other_side_leaves(calls: Calls, call: str) -> Drafts:
    """The customer hangs up."""
    if call not in calls:
        raise WrongState("This call has ended.")
    return _without_other_side(calls[call], EndReason.DECLINED)


def _on(call: Call, leg: Leg, word: Word, reason: EndReason) -> Happening:
    return Happening(word, call.id, leg.id, leg.line, reason=reason)


def _without_other_side(call: Call, refused: EndReason) -> Drafts:
    """All legs end because the other side is gone. `refused`: the reason for a leg that was dialling it."""
    reasons = {Stage.RINGING: EndReason.CANCELED, Stage.DIALING: refused}
    return tuple(_on(call, leg, Word.END, reasons.get(stage(call, leg), EndReason.HUNG_UP)) for leg in living(call))


def _legs_of(calls: Calls, line: str) -> Iterator[tuple[Call, Leg]]:
    return ((call, leg) for call in calls.values() for leg in living(call) if leg.line == line)


def _check(call: Call, leg: Leg, action: Action, stages: frozenset[Stage]) -> None:
    now = stage(call, leg)
    if now not in stages:
        raise WrongState(f"Line {leg.line} cannot {action.replace('-', ' ')} now: the call {now}.")
    if action in (Action.MUTE, Action.UNMUTE) and leg.muted == (action is Action.MUTE):
        raise WrongState(f"The microphone of line {leg.line} is already {'off' if leg.muted else 'on'}.")


def _others_held(calls: Calls, line: str) -> Drafts:
    """A line talks to one caller at a time: whoever it talks to now is put on hold, as desk phones do."""
    others = [(call, leg, stage(call, leg)) for call, leg in _legs_of(calls, line)]
    if any(now is Stage.DIALING for _, _, now in others):
        raise WrongState(f"Line {line} is dialling. Hang up first.")
    return tuple(_on(call, leg, Word.HOLD, EndReason.UNKNOWN) for call, leg, now in others if now is Stage.CONNECTED)


def _new_leg(call: Call, line: str) -> Happening:
    """A transfer's new leg; it comes before the old one ends, so that the call is never without a living leg."""
    if any(leg.line == line for leg in living(call)):
        raise WrongState(f"Line {line} is already on this call.")
    return Happening(Word.RING, call.id, leg_id(call.id, len(call.legs) + 1), line)


def _echoes(calls: Calls, happening: Happening) -> Iterable[Happening]:
    """What a happening on one side of an internal call does to the other side."""
    peer = calls.get(peer_of(happening.call))
    if peer is None:
        return ()
    if happening.type == Word.PICK_UP:
        dialing = (leg for leg in living(peer) if stage(peer, leg) is Stage.DIALING)
        return (_on(peer, leg, Word.PICK_UP, EndReason.UNKNOWN) for leg in dialing)
    # Somebody who was transferred to a number outside still talks to this side.
    over = happening.type == Word.END and happening.call not in calls and happening.reason != EndReason.TRANSFERRED
    return _without_other_side(peer, happening.reason) if over else ()

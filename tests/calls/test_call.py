from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from offhook.calls.call import Call, CallState, EndedHow, Ending, Leg, Switch
from offhook.calls.events import Direction, EndReason

BEGAN = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)


def after(seconds: int) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def leg(
    line: str,
    *,
    rang: int | None = 0,
    answered: int | None = None,
    ended: int | None = None,
    why: EndReason = EndReason.HUNG_UP,
) -> Leg:
    return Leg(
        id=f"leg-{line}",
        line=line,
        alerting_at=None if rang is None else after(rang),
        answered_at=None if answered is None else after(answered),
        ending=None if ended is None else Ending(after(ended), why),
    )


def call(*legs: Leg, direction: Direction | None = Direction.INBOUND) -> Call:
    return Call("exchange", "c1", BEGAN, direction, legs=legs)


@pytest.mark.parametrize(
    ("direction", "why", "how"),
    [
        (Direction.INBOUND, EndReason.NO_ANSWER, EndedHow.MISSED),
        (Direction.INBOUND, EndReason.CANCELED, EndedHow.MISSED),
        (Direction.INBOUND, EndReason.HUNG_UP, EndedHow.MISSED),
        (Direction.INBOUND, EndReason.BUSY, EndedHow.MISSED),
        (Direction.INBOUND, EndReason.UNKNOWN, EndedHow.MISSED),
        (Direction.INBOUND, EndReason.DECLINED, EndedHow.DECLINED),
        (Direction.INBOUND, EndReason.FAILED, EndedHow.FAILED),
        (Direction.INBOUND, EndReason.ELSEWHERE, EndedHow.ELSEWHERE),
        (Direction.INBOUND, EndReason.TRANSFERRED, EndedHow.TRANSFERRED),
        (Direction.OUTBOUND, EndReason.NO_ANSWER, EndedHow.NO_ANSWER),
        (Direction.OUTBOUND, EndReason.UNKNOWN, EndedHow.NO_ANSWER),
        (Direction.OUTBOUND, EndReason.BUSY, EndedHow.BUSY),
        (Direction.OUTBOUND, EndReason.DECLINED, EndedHow.BUSY),
        (Direction.OUTBOUND, EndReason.HUNG_UP, EndedHow.CANCELED),
        (Direction.OUTBOUND, EndReason.CANCELED, EndedHow.CANCELED),
        (Direction.OUTBOUND, EndReason.FAILED, EndedHow.FAILED),
        (None, EndReason.NO_ANSWER, EndedHow.MISSED),
    ],
)
def test_an_unanswered_call_ends_by_its_direction_and_reason(
    direction: Direction | None, why: EndReason, how: EndedHow
) -> None:
    assert call(leg("201", ended=30, why=why), direction=direction).ended_how is how


@pytest.mark.parametrize("why", list(EndReason))
def test_an_answered_call_is_completed_however_it_ended(why: EndReason) -> None:
    assert call(leg("201", answered=5, ended=30, why=why)).ended_how is EndedHow.COMPLETED


def test_a_call_lives_while_one_leg_does() -> None:
    ringing = call(leg("201", ended=3), leg("202"))
    assert (ringing.state, ringing.ended_at, ringing.duration, ringing.ended_how) == (CallState.RINGING, None, None, None)


def test_the_time_talked_goes_from_the_first_answer_to_the_last_end() -> None:
    transferred = call(leg("201", answered=5, ended=20), leg("202", rang=20, answered=25, ended=65))
    assert transferred.duration == timedelta(seconds=60)


def test_a_call_that_nobody_answered_took_no_time() -> None:
    assert call(leg("201", ended=30)).duration == timedelta()


def test_an_end_before_the_answer_makes_no_negative_time() -> None:
    assert call(leg("201", answered=9, ended=5)).duration == timedelta()


def test_a_call_without_legs_rings_or_dials() -> None:
    assert call().state is CallState.RINGING
    assert call(direction=Direction.OUTBOUND).state is CallState.DIALING
    assert call().leg is None


def test_the_leg_that_was_answered_last_and_lives_speaks_for_the_call() -> None:
    first, second, ringing = leg("201", answered=5, ended=20), leg("202", rang=1, answered=25), leg("203")
    assert call(first, second, ringing).leg == second
    assert call(first, leg("202", rang=20)).leg == first
    assert call(leg("201", ended=3), ringing).leg == ringing


def test_a_held_call_is_connected_for_everybody_as_soon_as_one_line_talks() -> None:
    held = Leg("a", "201", hold=Switch(BEGAN, on=True))
    assert call(held).state is CallState.HELD
    assert call(held, leg("202", answered=3)).state is CallState.CONNECTED


def test_a_line_finds_its_living_leg_first() -> None:
    old, new = Leg("a", "201", after(9), ending=Ending(after(10), EndReason.TRANSFERRED)), Leg("b", "201", after(1))
    assert call(old, new).leg_on("201") == new
    assert call(old, new).leg_on("999") is None


def test_a_microphone_is_muted_only_while_the_leg_lives() -> None:
    muted = Leg("a", "201", mute=Switch(BEGAN, on=True))
    assert muted.muted
    assert not Leg("a", "201", mute=muted.mute, ending=Ending(after(1), EndReason.HUNG_UP)).muted


def of_phone(name: str, **more: Any) -> Leg:
    """What one phone of line 201 tells of itself."""
    return replace(leg("201", **more), id=f"201 {name}")


ELSEWHERE, CANCELED, DECLINED = EndReason.ELSEWHERE, EndReason.CANCELED, EndReason.DECLINED
UNTOLD = EndReason.UNKNOWN


@pytest.mark.parametrize(
    ("legs", "state", "how"),
    [
        ([leg("201", answered=4), of_phone("A", answered=4), of_phone("B", ended=4, why=ELSEWHERE)], "connected", None),
        ([leg("201"), of_phone("A"), of_phone("B", ended=2, why=DECLINED)], "ringing", None),
        ([leg("201", answered=4), of_phone("A", ended=4, why=CANCELED)], "connected", None),
        ([leg("201"), of_phone("A", answered=4)], "connected", None),
        ([leg("201", answered=4, ended=60), of_phone("A", answered=4)], "ended", EndedHow.COMPLETED),
        ([leg("201", ended=9, why=UNTOLD), of_phone("A")], "ended", EndedHow.MISSED),
        ([leg("201", ended=9, why=UNTOLD), of_phone("A", ended=8, why=DECLINED)], "ended", EndedHow.DECLINED),
        ([leg("201", ended=60), of_phone("A", answered=4)], "ended", EndedHow.COMPLETED),
        ([leg("202"), of_phone("A", ended=4, why=ELSEWHERE)], "ringing", None),
        ([of_phone(each, ended=9, why=CANCELED) for each in "AB"], "ended", EndedHow.MISSED),
        ([of_phone("A", answered=4), of_phone("B", ended=4, why=ELSEWHERE)], "connected", None),
    ],
    ids=[
        "one lifts, the other stops",
        "one declines, the desk phone rings on",
        "the desk phone is lifted, and this one not told why",
        "lifted, and the phone system slower to say it",
        "its browser died, and the phone system knows the end",
        "missed, and no browser lived to say it",
        "declined, of which the phone system gives no reason",
        "lifted, of which the phone system says nothing",
        "a phone of a group stops, another line of it rings",
        "nobody but the phones tells: all have stopped",
        "nobody but the phones tells: one talks",
    ],
)  # fmt: skip
def test_a_phone_knows_only_itself_and_the_phone_system_its_line(
    legs: list[Leg], state: str, how: EndedHow | None
) -> None:
    assert (call(*legs).state, call(*legs).ended_how) == (state, how)


def test_what_a_phone_does_with_the_call_is_done_on_its_line() -> None:
    on, off = Switch(after(8), True), Switch(after(6), False)
    phone = replace(of_phone("A", answered=4), hold=on, mute=on)
    [told] = call(replace(leg("201", answered=5), hold=off), phone).told
    assert (told.id, told.state, told.muted, told.answered_at) == ("leg-201", "held", True, after(4))


def test_of_two_phones_that_the_phone_system_tells_of_the_one_that_was_lifted_speaks_for_the_line() -> None:
    lifted = leg("201", answered=4, ended=60)
    stopped = replace(leg("201", rang=1, ended=4, why=ELSEWHERE), id="leg-201-2")
    assert call(lifted, stopped).leg_on("201") == lifted
    assert call(replace(lifted, ending=None), stopped, of_phone("A", answered=3)).told[0].answered_at == after(3)

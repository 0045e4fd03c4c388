"""The call as one agent sees it, in every state. Pure."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from offhook.calls.call import Call, EndedHow, Ending, Leg, Party, Switch
from offhook.calls.events import Direction, EndReason
from offhook.calls.store import KeptCall
from offhook.calls.wrap_up import WrapUp
from offhook.desktop.desk import Desk, Log, LogState, with_desk
from offhook.desktop.panel import CallView, call_view
from offhook.desktop.who import Answer, ContactCard, Reason, found
from offhook.telephony.phone_system import Action, Capability

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
EVERYTHING = frozenset(Capability)
IN, OUT = Direction.INBOUND, Direction.OUTBOUND


def later(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


RINGS = Leg("l1", "201", alerting_at=later(1))
TALKS = replace(RINGS, answered_at=later(5))
HOLDS = replace(TALKS, hold=Switch(later(9), True))


def ended(leg: Leg, reason: EndReason = EndReason.HUNG_UP, after: float = 65) -> Leg:
    return replace(leg, ending=Ending(later(after), reason))


def kept(*legs: Leg, direction: Direction = IN, number: str = "+1 415 555 0100", **more: object) -> KeptCall:
    call = Call("exchange", "x1", AT, direction, Party(number), AT, legs)
    lines = {"201": "ben", "202": "cleo"}
    return replace(KeptCall("c1", call, 1, {leg.line: lines[leg.line] for leg in legs}), **more)


def seen(call: KeptCall, agent: str = "ben", capabilities: frozenset[Capability] = EVERYTHING) -> CallView:
    return call_view(call, agent, capabilities, "US")


@pytest.mark.parametrize(
    ("legs", "direction", "state", "can"),
    [
        ((), IN, "ringing", ()),
        ((), OUT, "dialing", ()),
        ((RINGS,), IN, "ringing", (Action.ANSWER, Action.DECLINE)),
        ((RINGS,), OUT, "dialing", (Action.HANG_UP,)),
        ((TALKS,), IN, "connected", (Action.HOLD, Action.MUTE, Action.TRANSFER, Action.HANG_UP)),
        ((TALKS,), OUT, "connected", (Action.HOLD, Action.MUTE, Action.TRANSFER, Action.HANG_UP)),
        ((HOLDS,), IN, "held", (Action.RESUME, Action.TRANSFER, Action.HANG_UP)),
        ((ended(TALKS),), IN, "ended", ()),
        ((ended(RINGS),), OUT, "ended", ()),
    ],
)
def test_a_state_offers_what_can_be_done_in_it(
    legs: tuple[Leg, ...], direction: Direction, state: str, can: tuple[Action, ...]
) -> None:
    view = seen(kept(*legs, direction=direction))
    assert (view.state, view.can) == (state, can)


def test_a_phone_system_that_cannot_do_something_is_not_offered_for_it() -> None:
    assert seen(kept(TALKS), capabilities=frozenset({Capability.HANG_UP, Capability.HOLD})).can == (
        Action.HOLD,
        Action.HANG_UP,
    )
    assert seen(kept(RINGS), capabilities=frozenset()).can == ()


def test_a_muted_microphone_can_be_switched_on() -> None:
    view = seen(kept(replace(TALKS, mute=Switch(later(7), True))))
    assert view.muted
    assert Action.UNMUTE in view.can
    assert Action.MUTE not in view.can


@pytest.mark.parametrize(
    ("leg", "direction", "how", "wrapped_up"),
    [
        (ended(TALKS), IN, EndedHow.COMPLETED, False),
        (ended(TALKS), OUT, EndedHow.COMPLETED, False),
        (ended(TALKS, EndReason.TRANSFERRED), IN, EndedHow.TRANSFERRED, False),
        (ended(RINGS, EndReason.CANCELED), IN, EndedHow.MISSED, True),
        (ended(RINGS, EndReason.NO_ANSWER), IN, EndedHow.MISSED, True),
        (ended(RINGS, EndReason.DECLINED), IN, EndedHow.DECLINED, True),
        (ended(RINGS, EndReason.ELSEWHERE), IN, EndedHow.ELSEWHERE, True),
        (ended(RINGS, EndReason.FAILED), IN, EndedHow.FAILED, True),
        (ended(RINGS, EndReason.BUSY), OUT, EndedHow.BUSY, False),
        (ended(RINGS, EndReason.NO_ANSWER), OUT, EndedHow.NO_ANSWER, False),
        (ended(RINGS, EndReason.HUNG_UP), OUT, EndedHow.CANCELED, False),
        (ended(RINGS, EndReason.FAILED), OUT, EndedHow.FAILED, False),
    ],
)
def test_an_ending_says_how_it_went_and_whether_the_agent_still_has_to_wrap_up(
    leg: Leg, direction: Direction, how: EndedHow, wrapped_up: bool
) -> None:
    view = seen(kept(leg, direction=direction))
    assert (view.state, view.ended_how, view.wrapped_up) == ("ended", how, wrapped_up)


def test_a_saved_wrap_up_is_done() -> None:
    view = seen(kept(ended(TALKS), wrap_up=WrapUp("Notes", "connected", "7", later(90), ("ben",))))
    assert (view.wrapped_up, view.notes, view.outcome, view.contact_id) == (True, "Notes", "connected", "7")


def test_times_are_those_of_the_agents_own_leg() -> None:
    other = Leg("l2", "202", alerting_at=later(30), answered_at=later(35))
    call = kept(ended(TALKS, EndReason.TRANSFERRED, 40), ended(other, after=65.5))
    mine, theirs = seen(call), seen(call, "cleo")
    assert (mine.answered_at, mine.ended_at, mine.duration_ms) == (later(5), later(40), 35_000)
    assert (theirs.answered_at, theirs.ended_at, theirs.duration_ms) == (later(35), later(65.5), 30_500)
    assert (mine.line, theirs.line) == ("201", "202")


def test_a_call_that_nobody_answered_has_no_length_and_a_living_one_none_yet() -> None:
    assert seen(kept(ended(RINGS))).duration_ms == 0
    assert seen(kept(TALKS)).duration_ms is None


@pytest.mark.parametrize("first", [ended(TALKS, EndReason.TRANSFERRED), TALKS])
def test_an_outbound_call_that_is_passed_on_rings_at_the_new_line(first: Leg) -> None:
    passed_on = Leg("l2", "202", alerting_at=later(30))
    view = seen(kept(first, passed_on, direction=OUT), "cleo")
    assert (view.state, view.can) == ("ringing", (Action.ANSWER, Action.DECLINE))


def test_whoever_lets_a_passed_on_call_go_has_missed_it_and_nothing_to_wrap_up() -> None:
    passed_on = ended(Leg("l2", "202", alerting_at=later(30)), EndReason.NO_ANSWER)
    for direction in Direction:
        view = seen(kept(ended(TALKS, EndReason.TRANSFERRED), passed_on, direction=direction), "cleo")
        assert (view.ended_how, view.wrapped_up) == (EndedHow.MISSED, True)


@pytest.mark.parametrize(
    ("written", "number", "shown"),
    [
        ("(415) 555-0100", "+14155550100", "+1 415-555-0100"),
        ("+1 212 555 0123 x12", "+12125550123", "+1 212-555-0123 ext. 12"),
        ("", None, "Anonymous"),
        ("202", None, "202"),
        ("<b>nonsense</b>", None, "<b>nonsense</b>"),
    ],
)
def test_a_number_is_shown_as_people_write_it_or_as_it_came(written: str, number: str | None, shown: str) -> None:
    view = seen(kept(RINGS, number=written))
    assert (view.number, view.number_shown) == (number, shown)


def test_it_shows_who_it_is_and_how_far_the_log_is() -> None:
    card = ContactCard("7", "Carla", "https://app.hubspot.test/7")
    reason = Reason("hubspot-busy", "Slow down.", None, True)
    log = Log(LogState.WAITING, reason, next_try_at=later(99))
    view = seen(with_desk(kept(ended(TALKS)), Desk(found((card,)), log)))
    assert (view.who.answer, view.contact_id) == (Answer.ONE, "7")
    assert (view.log.state, view.log.reason, view.log.next_try_at) == (LogState.WAITING, reason, later(99))


def test_of_several_contacts_none_is_guessed() -> None:
    cards = tuple(ContactCard(key, key, key) for key in ("7", "8"))
    assert seen(with_desk(kept(RINGS), Desk(found(cards)))).contact_id is None


def test_an_unknown_direction_is_shown_as_a_call_that_comes_in() -> None:
    call = kept(RINGS)
    view = seen(replace(call, call=replace(call.call, direction=None)))
    assert (view.direction, view.state) == (IN, "ringing")

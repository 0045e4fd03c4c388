"""What is known of a call depends on what happened, never on when or how often we heard of it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from offhook.calls import events
from offhook.calls.call import Call, CallState, LegState
from offhook.calls.events import CallEvent, Direction, EndReason
from offhook.calls.follow import follow

BEGAN = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)

# Few values, so that events of one leg, of one time and doubled ones are common.
TIMES = st.integers(-3, 10).map(lambda seconds: BEGAN + timedelta(seconds=seconds))
LEGS = st.sampled_from(["a", "b", "c"])
LINES = st.sampled_from(["", "201", "202"])
CALL = st.just("c1")
EVENTS: st.SearchStrategy[CallEvent] = st.one_of(
    st.builds(events.CallStarted, CALL, TIMES, st.sampled_from(Direction), st.text(max_size=3), st.text(max_size=3)),
    *(
        st.builds(kind, CALL, LEGS, TIMES, LINES)
        for kind in (events.LegAlerting, events.LegAnswered, events.LegHeld, events.LegResumed)
    ),
    st.builds(events.LegMuted, CALL, LEGS, TIMES, LINES, st.booleans()),
    st.builds(events.LegEnded, CALL, LEGS, TIMES, LINES, st.sampled_from(EndReason)),
    st.builds(events.CodesChosen, CALL, TIMES, st.sampled_from([(), ("Sold",), ("Sold", "Angry")])),
    st.builds(events.RecordingReady, CALL, TIMES, st.sampled_from(["https://r.example/1", "https://r.example/2"])),
)
HISTORIES = st.lists(EVENTS, min_size=1, max_size=12)


def followed(history: list[CallEvent]) -> Call:
    call: Call | None = None
    for event in history:
        call = follow(call, event, "exchange")
    assert call is not None
    return call


@given(st.data(), HISTORIES)
def test_any_order_and_any_doubling_ends_in_the_same_call(data: st.DataObject, history: list[CallEvent]) -> None:
    again = data.draw(st.lists(st.sampled_from(history), max_size=6))
    assert followed(data.draw(st.permutations(history + again))) == followed(history)


@given(HISTORIES)
def test_everything_that_can_be_asked_of_a_call_has_an_answer_and_they_agree(history: list[CallEvent]) -> None:
    call = followed(history)
    living = [leg for leg in call.legs if leg.state is not LegState.ENDED]
    over = call.state is CallState.ENDED
    assert over == (bool(call.legs) and not living)
    assert over == (call.ended_at is not None) == (call.ended_how is not None) == (call.duration is not None)
    assert call.duration is None or call.duration >= timedelta()
    assert call.first_seen <= call.began
    assert (call.leg is None) == (not call.legs)
    assert [leg.id for leg in call.legs] == sorted({leg.id for leg in call.legs})


@given(HISTORIES, EVENTS)
def test_a_leg_that_has_ended_stays_ended(history: list[CallEvent], late: CallEvent) -> None:
    before = followed(history)
    ended = {leg.id for leg in before.legs if leg.state is LegState.ENDED}
    after = {leg.id: leg for leg in follow(before, late).legs}
    assert all(after[leg].state is LegState.ENDED and not after[leg].muted for leg in ended)


def test_an_end_before_its_beginning_waits_for_nothing() -> None:
    ended = events.LegEnded("c1", "a", BEGAN, "201", EndReason.HUNG_UP)
    assert followed([ended]).state is CallState.ENDED


def test_the_latest_turn_of_hold_counts() -> None:
    held = events.LegHeld("c1", "a", BEGAN, "201")
    resumed = events.LegResumed("c1", "a", BEGAN + timedelta(seconds=1), "201")
    assert followed([resumed, held]).state is CallState.CONNECTED
    assert followed([held]).state is CallState.HELD


def test_the_fuller_name_and_number_are_kept() -> None:
    bare = events.CallStarted("c1", BEGAN, Direction.INBOUND, "")
    full = events.CallStarted("c1", BEGAN + timedelta(seconds=1), Direction.INBOUND, "+14155550100", "Ada")
    for history in ([bare, full], [full, bare]):
        call = followed(list(history))
        assert (call.party.number, call.party.name, call.started_at) == ("+14155550100", "Ada", BEGAN)


def test_the_phone_system_is_remembered_from_the_first_event() -> None:
    assert followed([events.LegAlerting("c1", "a", BEGAN, "201")]).phone_system == "exchange"


def test_who_knows_why_it_ended_is_believed_and_who_says_first_when() -> None:
    told = [
        events.LegEnded("c1", "a", BEGAN + timedelta(seconds=2), "201", EndReason.BUSY),
        events.LegEnded("c1", "a", BEGAN, "201", EndReason.UNKNOWN),
        events.LegEnded("c1", "a", BEGAN + timedelta(seconds=3), "201", EndReason.DECLINED),
    ]
    for history in (told, told[::-1]):
        ending = followed([*history]).legs[0].ending
        assert ending
        assert (ending.at, ending.reason) == (BEGAN, EndReason.BUSY)

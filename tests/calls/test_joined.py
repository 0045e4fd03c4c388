"""Two calls that turned out to be one."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from offhook.calls.call import Call
from offhook.calls.events import (
    CallEvent,
    CallStarted,
    CodesChosen,
    Direction,
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
from offhook.calls.joined import joined, joined_wrap_up
from offhook.calls.wrap_up import WrapUp

AT = datetime(2026, 11, 23, 11, tzinfo=UTC)
times = st.integers(0, 50).map(lambda seconds: AT + timedelta(seconds=seconds))
lines = st.sampled_from(["201", "202"])
events: st.SearchStrategy[CallEvent] = st.one_of(
    st.builds(CallStarted, st.just("1"), times, st.sampled_from(Direction), st.sampled_from(["", "+14155550100"])),
    st.builds(lambda at, line: LegAlerting("1", line, at, line), times, lines),
    st.builds(lambda at, line: LegAnswered("1", line, at, line), times, lines),
    st.builds(lambda at, line: LegHeld("1", line, at, line), times, lines),
    st.builds(lambda at, line: LegResumed("1", line, at, line), times, lines),
    st.builds(lambda at, line, on: LegMuted("1", line, at, line, on), times, lines, st.booleans()),
    st.builds(lambda at, line, why: LegEnded("1", line, at, line, why), times, lines, st.sampled_from(EndReason)),
    st.builds(lambda at, words: CodesChosen("1", at, words), times, st.sampled_from([("Sold",), ("Angry", "Sold")])),
    st.builds(lambda at: RecordingReady("1", at, "https://recordings.example/1"), times),
)


def followed(heard: list[CallEvent]) -> Call:
    call: Call | None = None
    for event in heard:
        call = follow(call, event, "eight_by_eight")
    assert call
    return call


@given(st.lists(events, min_size=1, max_size=8), st.lists(events, min_size=1, max_size=8))
def test_what_is_known_of_both_is_what_would_be_known_of_one(one: list[CallEvent], other: list[CallEvent]) -> None:
    whole = followed([*one, *other])
    assert joined(followed(one), followed(other)).legs == whole.legs
    assert joined(followed(one), followed(other)).party == whole.party
    assert joined(followed(one), followed(other)).recording_url == whole.recording_url
    assert joined(followed(one), followed(other)).codes == whole.codes
    assert joined(followed(one), followed(other)).direction == whole.direction
    assert joined(followed(one), followed(other)).first_seen == whole.first_seen


def test_nothing_that_anybody_wrote_is_lost() -> None:
    early = WrapUp("Wants twelve bags.", "connected", "7", AT, ("ada",))
    late = WrapUp("Called back.", None, "8", AT + timedelta(seconds=1), ("ben",))
    whole = joined_wrap_up(early, late)
    assert whole == WrapUp(
        "Wants twelve bags.\n\nCalled back.", "connected", "8", AT + timedelta(seconds=1), ("ada", "ben")
    )
    assert joined_wrap_up(early, early).notes == early.notes

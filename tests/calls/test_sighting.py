"""When two sightings are the same call, and when they are not."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from offhook.calls.events import Direction
from offhook.calls.sighting import Sighting, same_call

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
PANEL = Sighting("panel", "p1", "1001", "+14155550100", Direction.INBOUND, AT, AT + timedelta(minutes=3))
RECORD = replace(PANEL, source="record", id="77")


def later(sighting: Sighting, seconds: float) -> Sighting:
    ended = sighting.ended and sighting.ended + timedelta(seconds=seconds)
    return replace(sighting, began=sighting.began + timedelta(seconds=seconds), ended=ended)


@pytest.mark.parametrize("seconds", [0, 2, -15, 20])
def test_clocks_that_differ_a_little_tell_of_one_call(seconds: float) -> None:
    assert same_call(PANEL, later(RECORD, seconds))
    assert same_call(later(RECORD, seconds), PANEL)


def test_what_begins_while_the_call_goes_on_is_of_it() -> None:
    recording = replace(RECORD, began=AT + timedelta(seconds=90), ended=PANEL.ended)
    assert same_call(PANEL, recording)
    assert same_call(recording, PANEL)


def test_a_call_that_has_not_ended_is_known_by_its_beginning_only() -> None:
    ringing = replace(PANEL, ended=None)
    assert same_call(ringing, later(RECORD, 3))
    assert not same_call(ringing, later(RECORD, 90))


@pytest.mark.parametrize(
    "other",
    [
        later(RECORD, 1_800),
        later(RECORD, 187),
        replace(RECORD, line="1002"),
        replace(RECORD, line=""),
        replace(RECORD, number="+14155550199"),
        replace(RECORD, number=""),
        replace(RECORD, direction=Direction.OUTBOUND),
        later(replace(PANEL, id="p2"), 2),
    ],
    ids=["much later", "called back", "line", "no line", "number", "withheld", "direction", "another id of one source"],
)
def test_another_call_is_another(other: Sighting) -> None:
    assert not same_call(PANEL, other)
    assert not same_call(other, PANEL)


def test_a_short_call_and_the_next_one_are_two() -> None:
    missed = replace(PANEL, ended=AT + timedelta(seconds=4))
    again = replace(RECORD, began=AT + timedelta(seconds=15), ended=AT + timedelta(seconds=60))
    assert not same_call(missed, again)


def test_phones_that_ring_together_ring_for_one_call() -> None:
    beside = replace(PANEL, id="p2", line="1002")
    assert same_call(PANEL, later(beside, 1))
    assert not same_call(PANEL, later(beside, 10))
    assert not same_call(*(replace(each, number="") for each in (PANEL, beside)))
    assert not same_call(*(replace(each, direction=Direction.OUTBOUND) for each in (PANEL, beside)))

"""The poller alone: a clock that passes only when told, and a phone system that is late, forgetful and often away."""

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contracts.phone_system import BEGAN, Clock

from offhook.errors import OffhookError, PhoneSystemRejected, PhoneSystemUnavailable
from offhook.telephony.polling import LATE, LATEST, LONGEST, MENDED, OVERLAP, PIECE, Feed, Look, Poller

EVERY = timedelta(seconds=60)


@dataclass
class Shelf:
    """Bookmarks in memory; they outlive a poller, as those in the database do."""

    places: dict[str, str] = field(default_factory=dict)

    async def read(self, name: str) -> str | None:
        return self.places.get(name)

    async def keep(self, name: str, place: str) -> None:
        self.places[name] = place


@dataclass
class Source:
    """Something that has to be asked. `known`: when each thing ended, and from when on it is told."""

    clock: Clock
    known: list[tuple[datetime, datetime]] = field(default_factory=list)
    fails: list[OffhookError | None] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)

    async def read(self, look: Look) -> AsyncIterator[tuple[str, bytes]]:
        self.looks.append(look)
        error = self.fails.pop(0) if self.fails else None
        told = [end for end, told_at in self.known if told_at <= self.clock() and look.start <= end <= look.end]
        for number, end in enumerate(told):
            if error and number >= len(told) // 2:
                raise error
            if end >= look.began:
                yield end.isoformat(), b"{}"
        if error:
            raise error


class Inbox:
    """Keeps what has a new key."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def accept(self, key: str, body: bytes) -> None:
        if key not in self.keys:
            self.keys.append(key)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def rejected() -> PhoneSystemRejected:
    return PhoneSystemRejected("The key is wrong.")


def unavailable(retry_after: float | None = None) -> PhoneSystemUnavailable:
    error = PhoneSystemUnavailable()
    error.retry_after = retry_after
    return error


def poller(clock: Clock, shelf: Shelf | None = None, **sources: Source) -> Poller:
    return Poller({name: Feed(each.read, EVERY) for name, each in sources.items()}, shelf or Shelf(), clock)


async def look(poller: Poller, clock: Clock, times: int = 1, inbox: Inbox | None = None) -> list[float]:
    """So many looks, each when the one before said; gives the pauses."""
    pauses = []
    for _ in range(times):
        pauses.append(await poller.look((inbox or Inbox()).accept))
        clock.pass_seconds(pauses[-1])
    return pauses


async def test_it_looks_again_and_again_from_a_little_before_where_it_was(clock: Clock) -> None:
    source = Source(clock)
    assert await look(poller(clock, calls=source), clock, 3) == [60, 60, 60]
    assert [each.end for each in source.looks] == [BEGAN, BEGAN + EVERY, BEGAN + 2 * EVERY]
    assert source.looks[2].start == BEGAN + EVERY - OVERLAP


async def test_what_was_over_before_the_first_look_is_left_alone(clock: Clock) -> None:
    source = Source(clock, [(BEGAN - timedelta(seconds=1), BEGAN), (BEGAN + timedelta(seconds=1), BEGAN)])
    inbox = Inbox()
    await look(poller(clock, calls=source), clock, 3, inbox)
    assert inbox.keys == [(BEGAN + timedelta(seconds=1)).isoformat()]


async def test_it_goes_on_where_it_was_after_a_restart(clock: Clock) -> None:
    source, shelf = Source(clock), Shelf()
    await look(poller(clock, shelf, calls=source), clock, 2)
    clock.pass_seconds(7200)
    source.known = [(BEGAN + timedelta(minutes=30), BEGAN)]
    inbox = Inbox()
    await look(poller(clock, shelf, calls=source), clock, 1, inbox)
    assert inbox.keys, "what ended while nobody looked is lost"


async def test_a_place_is_kept_only_when_all_before_it_was_delivered(clock: Clock) -> None:
    ends = [BEGAN + timedelta(seconds=each) for each in (1, 2, 3, 4)]
    source = Source(clock, [(end, end) for end in ends], [None, unavailable(3600)])
    inbox = Inbox()
    await look(poller(clock, calls=source), clock, 3, inbox)
    assert sorted(inbox.keys) == [end.isoformat() for end in ends]


async def test_after_a_long_absence_it_reads_in_pieces_without_a_pause(clock: Clock) -> None:
    source, shelf = Source(clock), Shelf()
    await look(poller(clock, shelf, calls=source), clock)
    clock.pass_seconds(timedelta(days=20).total_seconds())
    pauses = await look(poller(clock, shelf, calls=source), clock, 22)
    assert (pauses[0], pauses[-1]) == (0, 60)
    assert max(each.end - each.start for each in source.looks) <= LATE + PIECE


# Pauses.


async def test_it_waits_as_long_as_it_is_asked_to_also_when_all_feeds_are(clock: Clock) -> None:
    calls, recordings = Source(clock, fails=[unavailable(600)] * 2), Source(clock, fails=[unavailable(900)] * 2)
    both = poller(clock, calls=calls, recordings=recordings)
    assert await look(both, clock, 2) == [600, 300]
    assert (len(calls.looks), len(recordings.looks)) == (2, 1)


async def test_trouble_in_one_feed_leaves_the_others_their_pace(clock: Clock) -> None:
    calls, recordings = Source(clock), Source(clock, fails=[rejected()])
    both = poller(clock, calls=calls, recordings=recordings)
    await look(both, clock, 5)
    assert (len(calls.looks), len(recordings.looks)) == (5, 1)
    assert both.trouble["calls"] is None
    assert both.trouble["recordings"]


async def test_it_asks_less_and_less_often_and_usually_again_as_soon_as_it_works(clock: Clock) -> None:
    source = Source(clock, fails=[unavailable() for _ in range(8)])
    pauses = await look(poller(clock, calls=source), clock, 10)
    assert pauses == [120, 240, 480, *[LONGEST.total_seconds()] * 5, 60, 60]


async def test_what_a_person_must_mend_is_tried_every_few_minutes(clock: Clock) -> None:
    source = Source(clock, fails=[rejected(), rejected()])
    assert await look(poller(clock, calls=source), clock, 3) == [MENDED.total_seconds()] * 2 + [60]


async def test_a_fault_of_ours_is_no_end_of_it(clock: Clock) -> None:
    class Broken(Inbox):
        async def accept(self, key: str, body: bytes) -> None:
            raise OSError("disk full")

    end = BEGAN + timedelta(seconds=1)
    broken = poller(clock, calls=Source(clock, [(end, end)]))
    pauses = [await broken.look(Broken().accept)]
    clock.pass_seconds(60)
    pauses.append(await broken.look(Broken().accept))
    assert pauses == [60, MENDED.total_seconds()]
    clock.pass_seconds(MENDED.total_seconds())
    inbox = Inbox()
    await look(broken, clock, 1, inbox)
    assert inbox.keys == [end.isoformat()]


# Nothing lost, nothing twice.


seconds = st.integers(0, 3 * 86_400)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(seconds, st.integers(0, int(LATEST.total_seconds()))), max_size=12, unique_by=lambda each: each[0]
    ),
    st.lists(st.sampled_from(["fine", "fine", "away", "rejected", "busy", "restart", "sleeps"]), max_size=60),
    st.integers(0, 2**32),
)
async def test_no_record_is_lost_and_none_doubles(
    records: Sequence[tuple[int, int]], weather: Sequence[str], seed: int
) -> None:
    clock, shelf, inbox, dice = Clock(), Shelf(), Inbox(), random.Random(seed)
    source = Source(clock)
    now = poller(clock, shelf, calls=source)
    await look(now, clock, 1, inbox)  # from here on nothing may be lost
    ends = [BEGAN + timedelta(seconds=60 + each) for each, _ in records]
    source.known = [(end, end + timedelta(seconds=late)) for end, (_, late) in zip(ends, records, strict=True)]
    dice.shuffle(source.known)
    until = BEGAN + timedelta(days=3, hours=30)
    for turn in weather:
        source.fails = {"away": [unavailable()], "rejected": [rejected()], "busy": [unavailable(4000)]}.get(turn, [])
        if turn == "restart":
            now = poller(clock, shelf, calls=source)
        clock.pass_seconds(await now.look(inbox.accept) + (dice.random() * 20_000 if turn == "sleeps" else 0))
    source.fails = []
    while clock() < until:
        clock.pass_seconds(max(await now.look(inbox.accept), dice.random() * 3000))
    assert sorted(inbox.keys) == sorted(end.isoformat() for end in ends)

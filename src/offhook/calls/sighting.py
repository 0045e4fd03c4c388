"""When a phone system sees one call from several places, which know no common id: are two sightings the same call? Pure.

An agent's panel sees a call as it rings; the phone system's records tell of it afterwards, under another id. What both
know is the line, the other side's number, the direction and the time, by two clocks that differ a little.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from offhook.calls.events import Direction

# The source of what the phone system's own side sees, where agents' phones tell of calls, too.
SERVER = "server"
# By so much two clocks, and two words for “it began”, may differ.
SKEW = timedelta(seconds=20)
# A line's next call with the same number begins later than this after the one before.
BREATH = timedelta(seconds=5)
# Phones that ring together are told of together.
TOGETHER = timedelta(seconds=3)


class Sighting(Struct, frozen=True):
    """A call as one place (`source`) saw it on one line. Two ids of one source are two calls. Of several words, the
    first is what kind of place it is.

    `number` is the other side's as E.164, empty when it is withheld or none. `line` is empty for an id that belongs to
    the call and to none of its lines; such a sighting is joined by its id only.
    """

    source: str
    id: str
    line: str
    number: str
    direction: Direction | None
    began: datetime
    ended: datetime | None = None


def same_call(known: Sighting, seen: Sighting) -> bool:
    """Whether two sightings are of one call."""
    if not (known.line and seen.line) or (known.direction, known.number) != (seen.direction, seen.number):
        return False
    if known.line != seen.line:
        return _ring_together(known, seen)
    return known.source != seen.source and _same_time(known, seen)


def apart(known: Sighting, seen: Sighting) -> timedelta:
    """By how much the two begin apart: of several that could be the same, the nearest is."""
    return abs(known.began - seen.began)


def _ring_together(known: Sighting, seen: Sighting) -> bool:
    """One caller makes the phones of a group ring at once; only the same kind of place tells it in the same way."""
    inbound = known.source.partition(" ")[0] == seen.source.partition(" ")[0] and seen.direction is Direction.INBOUND
    return inbound and bool(seen.number) and apart(known, seen) <= TOGETHER


def _same_time(known: Sighting, seen: Sighting) -> bool:
    """They begin together, or the second begins while the first goes on, as a recording does."""
    first, second = sorted((known, seen), key=lambda each: each.began)
    near = apart(first, second) <= SKEW
    if first.ended is None:
        return near
    return second.began <= (first.ended + BREATH if near else first.ended - BREATH)

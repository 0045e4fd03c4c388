"""Every word of the exchange, as it stands in a delivery, and what it means."""

import json
from datetime import UTC, datetime

import pytest

from offhook.calls import events
from offhook.calls.events import CallEvent, Direction, EndReason
from offhook.telephony.exchange import wire
from offhook.telephony.exchange.wire import Happening, Word

AT = datetime(2026, 11, 23, 18, 30, 0, 123, tzinfo=UTC)
LEG = {"call": "c", "leg": "c.1", "line": "201", "at": "2026-11-23T18:30:00.000123Z"}

MEANINGS: dict[str, tuple[dict[str, str], CallEvent]] = {
    Word.CALL: (
        {"direction": "outbound", "party": "+14155550100", "name": "Ada"},
        events.CallStarted("c", AT, Direction.OUTBOUND, "+14155550100", "Ada"),
    ),
    Word.RING: ({}, events.LegAlerting("c", "c.1", AT, "201")),
    Word.PICK_UP: ({}, events.LegAnswered("c", "c.1", AT, "201")),
    Word.HOLD: ({}, events.LegHeld("c", "c.1", AT, "201")),
    Word.UNHOLD: ({}, events.LegResumed("c", "c.1", AT, "201")),
    Word.MUTE: ({}, events.LegMuted("c", "c.1", AT, "201", muted=True)),
    Word.UNMUTE: ({}, events.LegMuted("c", "c.1", AT, "201", muted=False)),
    Word.END: ({"reason": "busy"}, events.LegEnded("c", "c.1", AT, "201", EndReason.BUSY)),
}


@pytest.mark.parametrize("word", list(Word))
def test_it_reads_every_word_of_the_exchange(word: Word) -> None:
    extra, meaning = MEANINGS[word]
    assert wire.read(json.dumps({"type": word} | LEG | extra).encode()).events == (meaning,)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        json.dumps(LEG | {"type": "ring", "at": None}).encode(),
        json.dumps(LEG | {"type": "ring", "at": "2026-11-23T18:30:00"}).encode(),
        json.dumps(LEG | {"type": "ring", "line": 201}).encode(),
        json.dumps(LEG | {"type": "end", "reason": "boredom"}).encode(),
    ],
)
def test_it_says_what_it_cannot_read(body: bytes) -> None:
    reading = wire.read(body)
    assert reading.events == ()
    assert reading.unrecognised


def test_it_reads_back_what_it_wrote() -> None:
    happening = Happening(Word.RING, "c", "c.1", "201", AT)
    assert wire.read(wire.body(happening)).events == (wire.event(happening),)

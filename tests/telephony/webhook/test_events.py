import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.contracts.phone_system import followed

from offhook.calls import events as ours
from offhook.calls.call import CallState, EndedHow
from offhook.calls.events import CallEvent, Direction, EndReason
from offhook.errors import MalformedDelivery
from offhook.telephony.webhook.events import understand
from offhook.telephony.webhook.words import DIRECTIONS, REASONS, TYPES, Kind, plain

AT = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
EVENT: dict[str, Any] = {"type": "ringing", "call": "c1", "line": "201", "at": "2026-11-23T18:30:00Z"}
CALLER = {"direction": "inbound", "from": "+1 415 555 0100", "name": "Ada"}


def body(*changes: dict[str, Any], without: str = "") -> bytes:
    said = dict(EVENT)
    for change in changes:
        said |= change
    return json.dumps({field: value for field, value in said.items() if field != without}).encode()


def read(*changes: dict[str, Any], without: str = "") -> tuple[CallEvent, ...]:
    return understand(body(*changes, without=without)).reading.events


def test_one_ringing_event_is_enough_to_tell_of_a_call() -> None:
    assert read(CALLER) == (
        ours.CallStarted("c1", AT, Direction.INBOUND, "+1 415 555 0100", "Ada"),
        ours.LegAlerting("c1", "201", AT, "201"),
    )


def test_two_plain_events_make_a_missed_call() -> None:
    call = followed([*read(CALLER), *read({"type": "missed", "at": 1795458630})], "c1", "webhook")
    assert (call.state, call.ended_how, call.party.number) == (CallState.ENDED, EndedHow.MISSED, "+1 415 555 0100")


@pytest.mark.parametrize(
    ("kind", "extra", "meaning"),
    [
        (Kind.STARTED, CALLER, ours.CallStarted("c1", AT, Direction.INBOUND, "+1 415 555 0100", "Ada")),
        (Kind.ALERTING, {}, ours.LegAlerting("c1", "201", AT, "201")),
        (Kind.ANSWERED, {"leg": "a"}, ours.LegAnswered("c1", "a", AT, "201")),
        (Kind.HELD, {}, ours.LegHeld("c1", "201", AT, "201")),
        (Kind.RESUMED, {}, ours.LegResumed("c1", "201", AT, "201")),
        (Kind.MUTED, {}, ours.LegMuted("c1", "201", AT, "201", muted=True)),
        (Kind.MUTED, {"muted": False}, ours.LegMuted("c1", "201", AT, "201", muted=False)),
        (Kind.ENDED, {"reason": "busy"}, ours.LegEnded("c1", "201", AT, "201", EndReason.BUSY)),
        (Kind.ENDED, {"reason": "boredom"}, ours.LegEnded("c1", "201", AT, "201", EndReason.UNKNOWN)),
        (Kind.RECORDING, {"url": "https://r.example/1.mp3"}, ours.RecordingReady("c1", AT, "https://r.example/1.mp3")),
    ],
)
def test_it_reads_every_documented_type(kind: Kind, extra: dict[str, Any], meaning: CallEvent) -> None:
    assert read({"type": kind}, extra) == (meaning,)


@pytest.mark.parametrize("word", sorted(TYPES))
def test_it_reads_every_word_of_its_table(word: str) -> None:
    assert understand(body(CALLER, {"type": word, "url": "https://r.example/1.mp3"})).reading.events


@pytest.mark.parametrize("table", [TYPES, REASONS, DIRECTIONS])
def test_its_tables_hold_words_as_they_are_looked_up(table: dict[str, object]) -> None:
    assert [word for word in table if plain(word) != word] == []


@pytest.mark.parametrize("word", ["leg-ringing", "Call.Ringing", "call_ringing", "callRinging", "RINGING", " ringing "])
def test_it_reads_other_writings_of_a_word(word: str) -> None:
    assert read({"type": word}) == (ours.LegAlerting("c1", "201", AT, "201"),)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"type": "hangup", "reason": 17}, EndReason.BUSY),
        ({"type": "hangup", "reason": "NORMAL_CLEARING"}, EndReason.HUNG_UP),
        ({"type": "hangup", "reason": "Call Rejected"}, EndReason.DECLINED),
        ({"type": "no-answer"}, EndReason.NO_ANSWER),
        ({"type": "no-answer", "reason": "busy"}, EndReason.BUSY),
    ],
)
def test_it_reads_why_a_leg_ended(said: dict[str, Any], reason: EndReason) -> None:
    assert read(said) == (ours.LegEnded("c1", "201", AT, "201", reason),)


@pytest.mark.parametrize(
    ("said", "direction", "customer"),
    [
        ({"direction": "Incoming", "from": "+14155550100"}, Direction.INBOUND, "+14155550100"),
        ({"direction": "out", "from": "201", "to": "+14155550100"}, Direction.OUTBOUND, "+14155550100"),
        ({"type": "dialing", "to": "+14155550100"}, Direction.OUTBOUND, "+14155550100"),
        ({"from": 14155550100}, Direction.INBOUND, "14155550100"),
        ({"from": ""}, Direction.INBOUND, ""),
        ({"from": None, "line": "201"}, Direction.INBOUND, ""),
        ({"from": "201", "to": "+14155550100"}, Direction.OUTBOUND, "+14155550100"),
        ({"direction": "internal", "from": "202"}, Direction.INBOUND, "202"),
        ({"direction": "internal", "from": "201", "to": "202"}, Direction.OUTBOUND, "202"),
    ],
)
def test_it_knows_who_the_customer_is(said: dict[str, Any], direction: Direction, customer: str) -> None:
    assert read(said)[0] == ours.CallStarted("c1", AT, direction, customer)


def test_a_leg_may_be_named_without_its_line_once_it_rang() -> None:
    events = [*read(CALLER, {"leg": "a"}), *read({"type": "hangup", "leg": "a"}, without="line")]
    assert [leg.line for leg in followed(events, "c1", "webhook").legs] == ["201"]


@pytest.mark.parametrize(
    "at",
    [
        "2026-11-23T18:30:00Z",
        "2026-11-23T19:30:00+01:00",
        "2026-11-23T18:30:00.000",
        "2026-11-23 18:30:00",
        1795458600,
        1795458600.0,
        "1795458600",
        1795458600000,
        "1795458600000",
        1795458600000000,
    ],
)
def test_it_reads_any_usual_time(at: object) -> None:
    assert read({"at": at})[0].at == AT


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"type": None}, "type"),
        ({"type": ""}, "type"),
        ({"type": ["ringing"]}, "type"),
        ({"call": None}, "call"),
        ({"call": "\x00"}, "call"),
        ({"call": {}}, "call"),
        ({"call": "c" * 201}, "call"),
        ({"line": ""}, "line"),
        ({"line": True}, "line"),
        ({"leg": 1.5}, "leg"),
        ({"leg": 10**30}, "leg"),
        ({"at": None}, "at"),
        ({"at": True}, "at"),
        ({"at": "yesterday"}, "at"),
        ({"at": {}}, "at"),
        ({"at": "nan"}, "at"),
        ({"at": 1e300}, "at"),
        ({"at": 0}, "at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"direction": "sideways"}, "direction"),
        ({"from": []}, "from"),
        ({"type": "call-started"}, "direction"),
        ({"type": "muted", "muted": "yes"}, "muted"),
        ({"type": "recording-ready"}, "url"),
        ({"type": "recording-ready", "url": "javascript:alert(1)"}, "url"),
        ({"events": {}}, "events"),
        ({"events": [1]}, "events"),
        ({"events": [EVENT] * 101}, "events"),
        ({"events": [EVENT, {"type": "ringing"}]}, "call"),
        ({"id": []}, "id"),
    ],
)
def test_it_names_the_field_that_is_wrong(said: dict[str, Any], field: str) -> None:
    with pytest.raises(MalformedDelivery, match=f'The field "{field}"'):
        understand(body(CALLER if field != "direction" else {}, said))


def test_it_keeps_an_unknown_type_even_without_anything_else_and_says_so() -> None:
    reading = understand(b'{"type":"voicemail-left"}').reading
    assert reading.events == ()
    assert reading.unrecognised == "Offhook does not know what this type of event means: voicemail-left."


def test_it_reads_many_events_at_once_and_what_it_knows_among_them() -> None:
    said = {"events": [EVENT | CALLER, {"type": "weather"}, EVENT | {"type": "answered"}]}
    reading = understand(json.dumps(said).encode()).reading
    assert [type(event) for event in reading.events] == [ours.CallStarted, ours.LegAlerting, ours.LegAnswered]
    assert reading.unrecognised is not None
    assert "weather" in reading.unrecognised


def test_an_absurd_name_is_cut_and_cleaned() -> None:
    event = read(CALLER, {"name": "<b>\x00A" + "a" * 100_000})[0]
    assert isinstance(event, ours.CallStarted)
    assert event.customer_name.startswith("<b>Aa")
    assert len(event.customer_name) <= 250


def test_a_repeated_delivery_has_the_same_key_and_no_other() -> None:
    first = body({"id": "e1"}, CALLER)
    again = body({"id": "e1"}, CALLER, {"sent_again": True})
    other = body({"id": "e2"}, CALLER)
    assert understand(first).key == understand(again).key != understand(other).key
    assert understand(body()).key == understand(body()).key != understand(body({"type": "answered"})).key


def test_the_calls_id_sent_as_the_events_id_does_not_hide_later_events() -> None:
    bodies = [
        body({"id": "c1", "type": kind, "at": at}) for kind in ("held", "resumed") for at in (1795458600, 1795458601)
    ]
    assert len({understand(each).key for each in bodies}) == 4


def test_a_batch_with_an_id_is_known_by_it() -> None:
    once, again = ({"id": "b1", "try": number, "events": [EVENT]} for number in (1, 2))
    assert understand(json.dumps(once).encode()).key == understand(json.dumps(again).encode()).key

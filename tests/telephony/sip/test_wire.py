"""What the softphone says becomes a delivery, once; and a delivery call events, and what it takes to join them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from offhook.calls.call import Leg
from offhook.calls.events import CallStarted, Direction, EndReason, LegAlerting, LegEnded
from offhook.calls.sighting import same_call
from offhook.errors import MalformedDelivery
from offhook.telephony.phone_system import Reading
from offhook.telephony.sip import wire

AT = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
SAID = {"call": "a84b@x", "what": "ringing", "at": AT.isoformat(), "direction": "inbound", "number": "+14155550100"}


def delivered(**more: Any) -> tuple[str, bytes]:
    return wire.delivery("201", json.dumps(SAID | more).encode())


def read(body: bytes, *, joined: bool = False) -> Reading:
    reading = wire.read(body, "US", joined=joined)
    assert reading
    return reading


def test_the_same_thing_said_twice_has_one_key_and_another_line_another() -> None:
    assert delivered() == delivered()
    assert wire.delivery("202", json.dumps(SAID).encode())[0] != delivered()[0]
    assert delivered(seq=2)[0] != delivered()[0]


def test_the_line_is_not_the_softphones_to_say() -> None:
    _, body = delivered(line="202")
    assert {each.line for each in read(body).events if not isinstance(each, CallStarted)} == {"201"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"call": ""},
        {"call": "x" * 201},
        {"call": "a\u0000b"},
        {"call": 7},
        {"at": "noon"},
        {"direction": "sideways"},
        {"phone": "x" * 201},
        {"what": None},
    ],
    ids=str,
)
def test_what_cannot_be_read_is_refused_in_a_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(MalformedDelivery) as raised:
        delivered(**wrong)
    assert raised.value.says.endswith(".")


@pytest.mark.parametrize("body", [b"", b"[" * 50_000, b"[1]", b"\xff"], ids=["nothing", "too deep", "a list", "no text"])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedDelivery):
        wire.delivery("201", body)


def test_a_time_without_a_zone_is_utc_and_the_edges_of_time_do_no_harm() -> None:
    started, _ = read(delivered(at="2026-11-23T18:30:00")[1]).events
    assert started.at == AT
    assert read(delivered(at="0001-01-01T00:00:00+14:00")[1]).events


@pytest.mark.parametrize(
    ("word", "reason"),
    [("hung-up", EndReason.HUNG_UP), ("elsewhere", EndReason.ELSEWHERE), ("eaten by a dog", EndReason.UNKNOWN)],
)
def test_why_it_ended_is_read_from_a_table(word: str, reason: EndReason) -> None:
    _, ended = read(delivered(what="ended", reason=word)[1]).events
    assert isinstance(ended, LegEnded)
    assert ended.reason is reason


@pytest.mark.parametrize("joined", [False, True], ids=["alone", "beside a server side"])
def test_two_browsers_on_one_line_are_two_legs_each_knowing_only_itself(joined: bool) -> None:
    legs = [read(delivered(phone=each)[1], joined=joined).events[1] for each in ("at work", "at home")]
    assert len(set(legs)) == 2
    assert all(Leg(each.leg, each.line).is_of_one_phone for each in legs if isinstance(each, LegAlerting))


def test_a_phone_without_a_name_is_one_phone_beside_what_the_server_tells_of_its_line() -> None:
    ringing = read(delivered()[1], joined=True).events[1]
    assert isinstance(ringing, LegAlerting)
    assert Leg(ringing.leg, ringing.line).is_of_one_phone


def test_phones_with_call_ids_of_their_own_see_the_same_call() -> None:
    bodies = [delivered(phone=each, call=f"{each}@x")[1] for each in ("work", "home")]
    work, home = (read(each, joined=True).seen[0] for each in bodies)
    assert same_call(work, home)
    another = read(delivered(phone="work", call="another@x")[1], joined=True).seen[0]
    assert not same_call(work, another), "two calls that one phone tells apart"


def test_two_lines_that_talk_to_each_other_are_two_calls_as_each_sees_it() -> None:
    calls = wire.delivery(
        "201", json.dumps(SAID | {"what": "calling", "direction": "outbound", "number": "202"}).encode()
    )
    rings = wire.delivery("202", json.dumps(SAID | {"number": "201"}).encode())
    assert {each.call for each in read(calls[1]).events} == {"a84b@x"}
    assert {each.call for each in read(rings[1]).events} == {"a84b@x 202"}


def test_a_customers_call_that_rings_two_lines_is_one_call() -> None:
    bodies = [wire.delivery(line, json.dumps(SAID).encode())[1] for line in ("201", "202")]
    assert {each.call for body in bodies for each in read(body).events} == {"a84b@x"}


def test_what_both_sides_see_is_the_same_call_by_number_time_and_line() -> None:
    [seen] = read(delivered()[1], joined=True).seen
    theirs = CallStarted("1732387800.7", AT, Direction.INBOUND, "(415) 555-0100")
    told = wire.seen_by_server(Reading((theirs, LegAlerting("1732387800.7", "leg", AT, "201"))), "US")
    assert same_call(seen, told.seen[0])


def test_several_calls_in_one_delivery_are_not_told_apart() -> None:
    reading = Reading(tuple(LegAlerting(each, each, AT, "201") for each in ("one", "two")))
    assert wire.seen_by_server(reading, "US").seen == ()

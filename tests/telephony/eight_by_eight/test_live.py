"""What is seen of calls while they go on: by 8x8's own panel, and by looking at what the agents of queues do."""

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.contracts.phone_system import BEGAN
from tests.telephony.eight_by_eight.office import BEN, CARLA, CLEO, Office

from offhook.calls.call import Call, CallState, EndedHow
from offhook.calls.follow import follow
from offhook.calls.sighting import same_call
from offhook.demo.eight_by_eight.fake import Refused
from offhook.errors import MalformedDelivery
from offhook.telephony.eight_by_eight.eight_by_eight import Pace
from offhook.telephony.eight_by_eight.panel import ACCEPTED, LOST, OFFERED, TERMINATED

QUICK = Pace(timedelta(minutes=1), timedelta(seconds=15))
Json = dict[str, Any]


def maestro(kind: str, number: str = CARLA, **more: object) -> Json:
    """As in the samples of the events' pages (docs/tech-partner/docs/events/mashell-voice-phone-…-uc-event-v1.md)."""
    began = round(BEGAN.timestamp() * 1000)
    data = {
        "eventName": kind.removeprefix("mashell-voice-phone-").split("-")[0],
        "eventId": "eventIdString",
        "method": "mapEvent",
        "direction": "inbound",
        "media": "phone",
        "searchContext": number,
        "startTime": str(began),
        **more,
    }
    return {"eventType": kind, "status": "success", "data": data}


def said(kind: str, call: str = "p1", age: float = 0, **more: object) -> bytes:
    return json.dumps({"call": call, "age_ms": age * 1000, "event": maestro(kind, **more)}).encode()  # type: ignore[arg-type]


def heard(office: Office, *events: bytes) -> Call:
    call: Call | None = None
    for each in events:
        _, body = office.system.relayed(BEN, each, office.clock())
        for event in office.system.read(body).events:
            call = follow(call, event, "eight_by_eight")
    assert call
    return call


ENDED = {"endTime": str(round((BEGAN + timedelta(seconds=70)).timestamp() * 1000)), "callDuration": "00:00:22"}


# Its panel.


def test_a_call_in_8x8s_panel_has_its_times_and_its_line() -> None:
    office = Office()
    office.clock.pass_seconds(48)
    call = heard(office, said(OFFERED), said(ACCEPTED), said(TERMINATED, **ENDED))
    assert (call.ended_how, call.began, call.duration) == (EndedHow.COMPLETED, BEGAN, timedelta(seconds=22))
    assert (call.party.number, call.leg and call.leg.line) == (CARLA, BEN)


def test_what_a_browser_told_late_is_told_with_its_age_and_not_by_its_clock() -> None:
    office = Office()
    office.clock.pass_seconds(3600)
    call = heard(office, said(OFFERED, age=3600), said(ACCEPTED, age=3590))
    assert call.answered_at == BEGAN + timedelta(seconds=10)


@pytest.mark.parametrize("age", [-5.0, 1e9, 1e300])
def test_an_impossible_age_does_no_harm(age: float) -> None:
    office = Office()
    try:
        call = heard(office, said(ACCEPTED, age=age))
    except MalformedDelivery:
        return
    assert call.answered_at
    assert BEGAN <= call.answered_at <= office.clock()


def test_the_same_said_twice_is_one_delivery_and_of_two_calls_two() -> None:
    office = Office()
    key, _ = office.system.relayed(BEN, said(OFFERED), office.clock())
    office.clock.pass_seconds(9)
    assert office.system.relayed(BEN, said(OFFERED, age=9), office.clock())[0] == key
    others = (BEN, said(ACCEPTED)), (BEN, said(OFFERED, "p2")), (CLEO, said(OFFERED))
    assert len({key, *(office.system.relayed(line, each, office.clock())[0] for line, each in others)}) == 4


def test_what_was_only_shown_is_taken_back() -> None:
    office = Office()
    _, body = office.system.relayed(BEN, said(LOST), office.clock())
    assert office.system.read(body).withdrawn
    assert heard(office, said(OFFERED), said(LOST)).state is CallState.ENDED


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b"nothing",
        b'{"call": "p1"}',
        b'{"call": "", "event": {"eventType": "x"}}',
        b'{"call": 1, "event": {}}',
    ],
)
def test_what_is_no_event_is_malformed(body: bytes) -> None:
    office = Office()
    with pytest.raises(MalformedDelivery):
        office.system.relayed(BEN, body, office.clock())


@pytest.mark.parametrize(
    "event",
    [
        maestro("mashell-voice-phone-offered-cc-event-v1"),
        maestro(OFFERED) | {"status": "failed", "data": {"error": "INVALID_SCHEMA"}},
        maestro(OFFERED, startTime="soon"),
        maestro(OFFERED, direction="sideways"),
    ],
)
def test_an_event_that_is_not_known_is_kept_and_said(event: Json) -> None:
    office = Office()
    _, body = office.system.relayed(BEN, json.dumps({"call": "p1", "event": event}).encode(), office.clock())
    reading = office.system.read(body)
    assert (reading.events, bool(reading.unrecognised)) == ((), True)
    assert json.loads(body)["event"] == event


# What agents do.


@pytest.mark.parametrize("by_queue", [False, True])
async def test_a_call_of_a_queue_is_seen_while_it_goes_on(by_queue: bool) -> None:
    office = Office(pace=QUICK)
    office.fake.activity_by_queue = by_queue
    office.fake.does(BEN)
    await office.look()
    states = []
    for counts in (
        {},
        {"ongoingTalkingInteractions": 1},
        {"ongoingOnHoldInteractions": 1},
        {"ongoingTalkingInteractions": 1},
    ):
        office.fake.does(BEN, CARLA, "Carla Reyes", **counts)
        await office.until(office.clock() + timedelta(seconds=15))
        states.append(office.calls()[0].state)
    office.fake.does(BEN)
    await office.until(office.clock() + timedelta(seconds=15))
    [call] = office.calls()
    assert states == [CallState.RINGING, CallState.CONNECTED, CallState.HELD, CallState.CONNECTED]
    assert (call.state, call.ended_how, call.party.name) == (CallState.ENDED, EndedHow.COMPLETED, "Carla Reyes")


async def test_a_call_of_a_queue_that_nobody_answered_was_missed() -> None:
    office = Office(pace=QUICK)
    await office.look()
    office.fake.does(BEN, CARLA)
    await office.until(office.clock() + timedelta(seconds=15))
    office.fake.does(BEN)
    await office.until(office.clock() + timedelta(seconds=15))
    assert [each.ended_how for each in office.calls()] == [EndedHow.MISSED]


async def test_a_restart_in_the_middle_makes_no_second_call() -> None:
    office = Office(pace=QUICK)
    await office.look()
    office.fake.does(BEN, CARLA, ongoingTalkingInteractions=1)
    await office.until(office.clock() + timedelta(seconds=15))
    office.restart()
    await office.until(office.clock() + timedelta(minutes=3))
    office.fake.does(BEN)
    await office.until(office.clock() + timedelta(seconds=15))
    assert [each.ended_how for each in office.calls()] == [EndedHow.COMPLETED]


async def test_what_went_on_before_anybody_looked_is_left_to_the_record() -> None:
    """When it began is not known, and so not whether it is a call that was told of already."""
    office = Office(pace=QUICK)
    office.fake.does(BEN, CARLA, ongoingTalkingInteractions=1)
    await office.until(office.clock() + timedelta(minutes=1))
    office.fake.does(BEN)
    await office.until(office.clock() + timedelta(minutes=1))
    office.fake.does(BEN, CARLA)
    office.fake.spoilt["agent-activity"] = [Refused(503, {})] * 8
    await office.until(office.clock() + timedelta(minutes=30))
    assert office.calls() == []


async def test_agents_without_a_line_here_or_without_a_queue_are_passed_over() -> None:
    office = Office(pace=QUICK)
    await office.look()
    office.fake.does("1777", CARLA)
    office.fake.does(BEN, CARLA)
    office.fake.doing[BEN]["loggedInQueues"] = []
    await office.until(office.clock() + timedelta(minutes=1))
    assert office.calls() == []


@pytest.mark.parametrize(
    "spoilt", [{"interaction": None}, {"interaction": {"address": 5}}, {"metrics": []}, {"agentExtension": None}]
)
async def test_activity_of_another_shape_does_no_harm(spoilt: Json) -> None:
    office = Office(pace=QUICK)
    await office.look()
    office.fake.does(BEN, CARLA)
    office.fake.doing[BEN] |= spoilt
    await office.until(office.clock() + timedelta(minutes=1))
    assert office.system.poller.trouble["agent activity"] is None
    assert len(office.calls()) == ("metrics" in spoilt)


@pytest.mark.parametrize("late", [1, 14])
async def test_what_activity_panel_and_record_tell_of_is_one_call(late: float) -> None:
    """Each by its own clock and in its own words; the desk joins them by line, number and time (tests/desktop)."""
    office = Office(pace=QUICK)
    await office.look()
    office.clock.pass_seconds(late)
    rang = office.clock() - timedelta(seconds=late - 0.5)
    office.fake.does(BEN, CARLA.removeprefix("+"))
    await office.until(office.clock() + timedelta(seconds=15))
    office.fake.does(BEN)
    office.ledger.queue(CARLA, rang - timedelta(seconds=2), [(BEN, 14)], None)
    await office.until(office.clock() + timedelta(minutes=3))
    _, body = office.system.relayed(
        BEN, said(OFFERED, startTime=str(round(rang.timestamp() * 1000 + 900))), office.clock()
    )
    seen = [each for reading in (*office.readings(), office.system.read(body)) for each in reading.seen if each.line]
    sources = {each.source for each in seen}
    assert sources == {"activity", "record", "panel"}
    [record] = [each for each in seen if each.source == "record"]
    for each in seen:
        assert each.source == "record" or same_call(each, record) or same_call(record, each), each

"""Call records, legs and recordings through the real client and poller: the fake 8x8 tells, and is late, and stumbles."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.contracts.phone_system import BEGAN
from tests.telephony.eight_by_eight.office import BEN, CARLA, CLEO, Office

from offhook.agents.store import Stay
from offhook.calls.call import Call, CallState, EndedHow
from offhook.calls.events import Direction, EndReason, RecordingReady
from offhook.calls.phone_number import PhoneNumber, parse
from offhook.calls.sighting import same_call
from offhook.demo.eight_by_eight.fake import Refused
from offhook.demo.eight_by_eight.ledger import Leg
from offhook.telephony.eight_by_eight.eight_by_eight import Pace

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
NOON = BEGAN + 5 * MINUTE


@pytest.fixture
async def office() -> Office:
    office = Office()
    await office.look()
    return office


def how(call: Call) -> tuple[Direction | None, EndedHow | None, float]:
    assert call.duration is not None
    return call.direction, call.ended_how, call.duration.total_seconds()


async def only(office: Office) -> Call:
    await office.settled()
    [call] = office.calls()
    assert call.state is CallState.ENDED
    return call


# What happened on a call.


async def test_an_answered_call_has_its_times_number_and_name(office: Office) -> None:
    office.ledger.inbound(CARLA, BEN, NOON, rings=5, talks=61, name="Carla Reyes")
    call = await only(office)
    assert how(call) == (Direction.INBOUND, EndedHow.COMPLETED, 61)
    assert (call.answered_at, call.party.number, call.party.name) == (NOON + 5 * SECOND, CARLA, "Carla Reyes")


async def test_a_call_that_went_to_voicemail_was_missed(office: Office) -> None:
    office.ledger.inbound(CARLA, BEN, NOON, rings=20, talks=None)
    assert how(await only(office)) == (Direction.INBOUND, EndedHow.MISSED, 0)


@pytest.mark.parametrize(("abandoned", "ended_how"), [(True, EndedHow.MISSED), (False, EndedHow.DECLINED)])
async def test_who_did_not_want_the_call_is_told(office: Office, abandoned: bool, ended_how: EndedHow) -> None:
    office.ledger.refused(CARLA, BEN, NOON, 8, abandoned)
    assert (await only(office)).ended_how is ended_how


@pytest.mark.parametrize(
    ("talks", "cause", "ended_how"),
    [(20, "", EndedHow.COMPLETED), (None, "No Answer", EndedHow.NO_ANSWER), (None, "Busy", EndedHow.BUSY)],
)
async def test_calls_that_go_out(office: Office, talks: float | None, cause: str, ended_how: EndedHow) -> None:
    office.ledger.outbound(CARLA, BEN, NOON, 3, talks, cause)
    assert how(await only(office)) == (Direction.OUTBOUND, ended_how, talks or 0)


async def test_a_call_of_a_queue_belongs_to_who_answered_and_the_others_see_that(office: Office) -> None:
    office.ledger.queue(CARLA, NOON, [(BEN, 15), (CLEO, 6)], talks=90)
    call = await only(office)
    assert how(call) == (Direction.INBOUND, EndedHow.COMPLETED, 90)
    ben, cleo = call.leg_on(BEN), call.leg_on(CLEO)
    assert ben
    assert ben.ending
    assert cleo
    assert (ben.answered_at, ben.ending.reason, call.leg) == (None, EndReason.ELSEWHERE, cleo)


async def test_an_agent_who_is_rung_again_and_answers_then_has_answered(office: Office) -> None:
    office.ledger.queue(CARLA, NOON, [(BEN, 15), (CLEO, 15), (BEN, 4)], talks=60)
    call = await only(office)
    ben = call.leg_on(BEN)
    assert ben
    assert ben.answered_at
    assert ben.ending
    assert (how(call)[2], ben.ending.at - ben.answered_at) == (60, MINUTE)


async def test_a_caller_who_gave_up_in_the_queue_was_missed_by_whom_it_rang(office: Office) -> None:
    office.ledger.queue(CARLA, NOON, [(BEN, 15)], talks=None)
    assert how(await only(office)) == (Direction.INBOUND, EndedHow.MISSED, 0)


@pytest.mark.parametrize("minutes", [1, 45])
async def test_a_transferred_call_is_one_call(office: Office, minutes: float) -> None:
    """Also when its first part ended long before the second, and its record came then."""
    office.ledger.transferred(CARLA, NOON, (BEN, 60), (CLEO, minutes * 60))
    await office.until(NOON + 10 * MINUTE)
    if minutes > 1:
        assert office.calls() == [], "half of a call was told of"
    call = await only(office)
    ben = call.leg_on(BEN)
    assert ben
    assert ben.ending
    assert (ben.ending.reason, call.leg and call.leg.line) == (EndReason.TRANSFERRED, CLEO)
    assert how(call)[2] == 60 + 5 + minutes * 60


async def test_a_call_between_colleagues_is_left_alone(office: Office) -> None:
    office.ledger.internal(BEN, CLEO, NOON, 30)
    await office.settled()
    assert office.calls() == []


async def test_the_calls_of_8x8s_own_samples_are_read(office: Office) -> None:
    """What the documents show of a leg, as far as it counts: the OpenAPI file writes the voicemail into `callee`."""
    office.stays = [Stay("120088", BEGAN, None)]
    shown = {
        "callee": "Voicemail (120088)",
        "calleeName": "Jane Li",
        "lra": "120088",
        "cause": "Ring No Answer",
        "calleeSvcName": "VMadvanced",
        "calleeSvcType": "Custom",
        "propsLastPartyDisp": "Voicemail",
    }
    leg = Leg("1635571048351", NOON, NOON + 25 * SECOND, "+15555551211", "120088", None, shown)
    office.ledger.write(leg.call, "Incoming", [leg], "John Smith")
    call = await only(office)
    assert (how(call), call.party.name) == ((Direction.INBOUND, EndedHow.MISSED, 0), "John Smith")
    assert call.leg_on("120088")


# Whose they are.


async def test_calls_of_others_in_the_company_are_not_fetched_into_the_house(office: Office) -> None:
    office.ledger.inbound(CARLA, "1777", NOON, 5, 10)
    await office.settled()
    assert office.arrived == {}


async def test_a_call_counts_for_a_line_only_while_somebody_was_logged_in_to_it(office: Office) -> None:
    """Whoever comes to a line later has not had the calls before; whoever has left it since has."""
    office.stays = [Stay(BEN, BEGAN, NOON + MINUTE), Stay(CLEO, NOON + MINUTE, None)]
    office.ledger.inbound(CARLA, BEN, NOON, 5, 10)
    office.ledger.inbound(CARLA, CLEO, NOON, 5, 10)
    assert (await only(office)).leg_on(BEN)


async def test_what_was_over_before_offhook_came_is_left_alone(office: Office) -> None:
    office.ledger.inbound(CARLA, BEN, BEGAN - 10 * MINUTE, 5, 10)
    await office.settled()
    assert office.calls() == []


# Bad input.


@pytest.mark.parametrize(
    ("region", "number", "e164"),
    [
        ("US", "+14155550100", "+14155550100"),
        ("US", "+442079460018", "+442079460018"),
        ("GB", "+442079460018", "+442079460018"),
    ],
)
async def test_numbers_without_their_plus_are_understood(region: str, number: str, e164: str) -> None:
    office = Office(region=region)
    await office.look()
    office.ledger.plus = False
    office.ledger.inbound(number, BEN, NOON, 5, 10)
    call = await only(office)
    assert parse(call.party.number, region) == PhoneNumber(e164)


async def test_an_empty_name_and_a_number_as_a_name_are_no_names(office: Office) -> None:
    office.ledger.inbound(CARLA, BEN, NOON, 5, 10)
    office.ledger.inbound("anonymous", CLEO, NOON, 5, 10)
    for told in (*office.ledger.records, *office.ledger.legs):
        if told.row["caller"] == "anonymous":
            told.row["callerName"] = None
    await office.settled()
    assert [each.party.name for each in office.calls()] == ["", ""]


async def test_records_that_come_twice_and_a_day_late_are_one_call_each(office: Office) -> None:
    office.ledger.late = timedelta(hours=24)
    office.ledger.inbound(CARLA, BEN, NOON, 5, 10)
    office.ledger.records *= 2
    office.ledger.legs *= 2
    await office.until(NOON + timedelta(hours=23))
    assert office.calls() == []
    await office.until(NOON + timedelta(hours=26))
    assert len(office.calls()) == 1
    assert len(office.arrived) == 1


@pytest.mark.parametrize("page", [1, 2, 7])
async def test_pages_are_followed_to_the_last(office: Office, page: int) -> None:
    office.fake.page = page
    for number in range(9):
        office.ledger.inbound(f"+1415555010{number}", BEN, NOON + number * MINUTE, 5, 10)
    await office.settled()
    assert len(office.calls()) == 9


async def test_repeated_pages_are_one_page(office: Office) -> None:
    office.fake.page, office.fake.repeats = 2, 2
    for number in range(5):
        office.ledger.inbound(CARLA, BEN, NOON + number * MINUTE, 5, 10)
    await office.settled()
    assert len(office.calls()) == 5


async def test_a_page_that_comes_again_and_again_is_given_up_and_nothing_is_lost(office: Office) -> None:
    office.fake.page, office.fake.repeats = 2, 10**6
    for number in range(5):
        office.ledger.inbound(CARLA, BEN, NOON + number * MINUTE, 5, 10)
    await office.until(NOON + 20 * MINUTE)
    trouble = office.system.poller.trouble["call records"]
    assert trouble
    assert "again and again" in trouble.says
    office.fake.repeats = 0
    await office.settled()
    assert len(office.calls()) == 5


async def test_a_scroll_that_is_missing_is_no_end_and_nothing_is_lost(office: Office) -> None:
    office.fake.page, office.fake.hides_scroll = 2, True
    for number in range(5):
        office.ledger.inbound(CARLA, BEN, NOON + number * MINUTE, 5, 10)
    await office.until(NOON + 20 * MINUTE)
    assert len(office.calls()) < 5
    trouble = office.system.poller.trouble["call records"]
    assert trouble
    assert trouble.retryable
    office.fake.hides_scroll = False
    await office.settled()
    assert len(office.calls()) == 5


async def test_a_scroll_that_8x8_forgot_is_begun_anew(office: Office) -> None:
    office.fake.page, office.fake.forgets_scrolls = 2, 1
    for number in range(5):
        office.ledger.inbound(CARLA, BEN, NOON + number * MINUTE, 5, 10)
    await office.until(NOON + 10 * MINUTE)
    assert (len(office.calls()), office.system.poller.trouble["call records"]) == (5, None)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"meta": 1, "data": null}', b"<html>", b'{"data": [1, null]}'])
async def test_an_answer_of_another_shape_is_trouble_and_no_end(office: Office, body: bytes) -> None:
    answer, spoilt = office.fake.answer, [body]

    def sometimes(url: str, *rest: object) -> tuple[int, dict[str, str], bytes]:
        if "call-legs" in url and spoilt:
            return 200, {}, spoilt.pop()
        return answer(url, *rest)  # type: ignore[arg-type]

    office.fake.answer = sometimes  # type: ignore[method-assign]
    office.ledger.inbound(CARLA, BEN, NOON, 5, 10)
    assert how(await only(office))[2] == 10


@pytest.mark.parametrize(
    "spoils", [{"direction": "Sideways"}, {"direction": None}, {"startTimeUTC": "soon"}, {"caller": 5}]
)
async def test_a_row_that_is_not_understood_is_kept_and_said(office: Office, spoils: dict[str, object]) -> None:
    office.ledger.inbound(CARLA, BEN, NOON, 5, 10)
    office.ledger.records[0].row.update(spoils)
    await office.settled()
    [reading] = office.readings()
    [body] = office.arrived.values()
    assert json.loads(body)["record"].items() >= spoils.items(), "the raw record is not kept"
    assert reading.unrecognised or reading.events
    assert ("direction" in spoils) == bool(reading.unrecognised)


# Recordings.


@pytest.mark.parametrize("hours", [0.2, 23.9])
async def test_a_recording_is_joined_to_its_call_however_late(office: Office, hours: float) -> None:
    call = office.ledger.inbound(CARLA, BEN, NOON, 5, 61)
    url = office.ledger.record(call, BEN, timedelta(hours=hours), region="uk")
    await office.until(NOON + timedelta(hours=hours + 1))
    [known] = office.calls()
    assert known.recording_url == url


async def test_a_recording_with_another_id_is_known_by_line_number_and_time(office: Office) -> None:
    """That the storage names calls as the records do is not documented."""
    call = office.ledger.outbound(CARLA, BEN, NOON, 5, 61)
    office.ledger.record(call, BEN, MINUTE)
    tags = office.ledger.recordings[0].row["tags"]
    next(tag for tag in tags if tag["key"] == "callId")["value"] = "another"
    await office.settled()
    record, recording = office.readings()
    assert isinstance(recording.events[0], RecordingReady)
    assert any(same_call(known, seen) for known in record.seen for seen in recording.seen)


async def test_many_recordings_are_read_page_by_page(office: Office) -> None:
    for number in range(230):
        call = office.ledger.inbound(CARLA, BEN, NOON + number * MINUTE, 5, 10)
        office.ledger.record(call, BEN, MINUTE)
    await office.settled(6)
    assert [each.recording_url for each in office.calls()].count(None) == 0
    assert len(office.calls()) == 230


async def test_a_recording_whose_tags_are_of_another_shape_is_passed_over(office: Office) -> None:
    call = office.ledger.inbound(CARLA, BEN, NOON, 5, 10)
    office.ledger.record(call, BEN, MINUTE)
    tags = office.ledger.recordings[0].row["tags"]
    office.ledger.recordings[0].row["tags"] = [*tags, "x", {"key": "callId"}]
    office.ledger.record(call, BEN, MINUTE)
    office.ledger.recordings[1].row["tags"] = None
    assert (await only(office)).recording_url


# All of it, in any weather.


calls = st.lists(
    st.tuples(
        st.sampled_from(["inbound", "missed", "outbound", "queue", "transferred"]),
        st.integers(0, 12 * 3600),  # begins
        st.integers(1, 5400),  # talks
        st.integers(0, 24 * 3600),  # is told of so late
    ),
    min_size=1,
    max_size=5,
)
weather = st.lists(st.sampled_from(["fine", "fine", "away", "429", "rejected", "forgets", "restart"]), max_size=40)


# Who was rung in vain is told of while the talk of another goes on, when 8x8 is late.
@example(planned=[("queue", 0, 4173, 6532)], turns=[], by="startTimeUTC", page=1)
@example(planned=[("queue", 0, 5400, 24 * 3600)], turns=[], by="disconnectedTimeUTC", page=1000)
@settings(max_examples=12, deadline=None)
@given(
    planned=calls,
    turns=weather,
    by=st.sampled_from(["startTimeUTC", "disconnectedTimeUTC"]),
    page=st.sampled_from([1, 3, 1000]),
)
async def test_no_call_is_lost_and_none_doubles(
    planned: list[tuple[str, int, int, int]], turns: list[str], by: str, page: int
) -> None:
    """Whichever time the window of records is about, which is not documented."""
    office = Office(pace=Pace(timedelta(minutes=10), timedelta()))
    office.fake.records_by, office.fake.page = by, page
    await office.look()
    wanted = sorted(_write(office, *each) for each in planned)
    for turn in turns:
        _spoil(office, turn)
        pause = await office.look()
        office.clock.pass_seconds(max(pause, 900))
    office.fake.spoilt, office.fake.forgets_scrolls = {}, 0
    await office.until(max(office.clock(), BEGAN + timedelta(hours=13)) + timedelta(hours=28))
    told = sorted((round(each.began.timestamp()), how(each)[2]) for each in office.calls())
    assert told == [(round(began.timestamp()), talked) for began, talked in wanted]


def _write(office: Office, kind: str, begins: int, talks: int, late: int) -> tuple[datetime, float]:
    """A customer of its own for each, so that none is another's; gives when it began and how long it lasts for us."""
    office.ledger.late = timedelta(seconds=late)
    number, began = f"+1415555{len(office.ledger.records):04}", BEGAN + MINUTE + begins * SECOND
    writes: dict[str, Callable[[], tuple[object, float]]] = {
        "inbound": lambda: (office.ledger.inbound(number, BEN, began, 5, talks), talks),
        "missed": lambda: (office.ledger.inbound(number, BEN, began, 5, None), 0),
        "outbound": lambda: (office.ledger.outbound(number, CLEO, began, 5, talks), talks),
        "queue": lambda: (office.ledger.queue(number, began, [(BEN, 20), (CLEO, 5), (BEN, 9)], talks), talks),
        "transferred": lambda: (office.ledger.transferred(number, began, (BEN, talks), (CLEO, 7)), talks + 5 + 7),
    }
    return began, writes[kind]()[1]


def _spoil(office: Office, turn: str) -> None:
    office.fake.spoilt = {
        "away": {"call-": [Refused(503, {})]},
        "429": {"call-legs": [Refused(429, {}, retry_after="1800")]},
        "rejected": {"token": [Refused(400, {"error": "invalid_grant"})], "call-": [Refused(401, {})]},
    }.get(turn, {})
    office.fake.forgets_scrolls = 1 if turn == "forgets" else 0
    if turn == "restart":
        office.restart()

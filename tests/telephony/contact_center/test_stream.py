"""What 8x8's event stream tells, as a day at a contact centre brings it; and what is not to be lost when it is cut."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contracts.phone_system import BEGAN, CUSTOMER_NUMBER, JSON_VALUES, events_of, followed, heard
from tests.telephony.asterisk.driver import until
from tests.telephony.contact_center.driver import ContactCenterDriver
from tests.telephony.contact_center.fake import BEN, CLEO

from offhook.calls.call import Call, CallState, EndedHow, LegState
from offhook.calls.events import Direction, EndReason
from offhook.calls.phone_number import parse
from offhook.telephony.contact_center.tracker import MOST_CALLS, MOST_UNKNOWN, Tracker
from offhook.telephony.contact_center.wire import Frame, frame, number
from offhook.telephony.contact_center.words import EVENTS

pytestmark = pytest.mark.anyio
CARLA = "4155550100"
FIELDS = (
    *("event", "interactionGUID", "agentId", "callState", "status", "mediaType", "direction", "inboundChannelid"),
    *("msgInfo", "interactionEventTS", "eventTS", "attachedData", "callHangupReason", "hangupInitiator", "rejectReason"),
)


def all_heard(driver: ContactCenterDriver) -> list[Call]:
    events = events_of(driver)
    return [followed(events, call, driver.system.key) for call in dict.fromkeys(each.call for each in events)]


async def test_a_call_that_waits_in_a_queue_is_nobodys_until_it_is_offered(driver: ContactCenterDriver) -> None:
    call = await driver.fake.comes_in(int(CARLA), "Carla Reyes", remotePhoneNum="+14155550100")
    await driver.settled()
    assert driver.arrived == []
    driver.clock.pass_seconds(40)
    await driver.fake.assign(call, BEN)
    await driver.settled()
    found = heard(driver, call.id)
    assert (found.began, found.state, found.direction) == (BEGAN, CallState.RINGING, Direction.INBOUND)
    assert (found.party.number, found.party.name) == ("+14155550100", "Carla Reyes")


async def test_a_caller_who_gives_up_in_the_queue_is_no_call_of_ours(driver: ContactCenterDriver) -> None:
    call = await driver.fake.comes_in(int(CARLA))
    await driver.fake.event(call, "InteractionUnqueued", "CS_QUEUED")
    await driver.fake.hangs_up(call)
    await driver.settled()
    assert driver.arrived == []
    assert driver.center.tracker.calls == {}


async def test_an_offer_that_times_out_goes_to_the_next_agent_as_the_same_call(driver: ContactCenterDriver) -> None:
    id_ = await driver.ring(CARLA)
    call = driver.fake.calls[id_]
    driver.clock.pass_seconds(30)
    await driver.fake.reject(call, BEN, 1)
    await driver.settled()
    missed = heard(driver, id_)
    assert missed.ended_how is EndedHow.MISSED
    assert [leg.ending and leg.ending.reason for leg in missed.legs] == [EndReason.NO_ANSWER]
    driver.clock.pass_seconds(5)
    await driver.fake.assign(call, CLEO)
    await driver.fake.accept(call, CLEO)
    driver.clock.pass_seconds(60)
    await driver.fake.hangs_up(call)
    await driver.settled()
    [found] = all_heard(driver)
    assert found.ended_how is EndedHow.COMPLETED
    assert found.duration
    assert found.duration.total_seconds() == 60
    assert found.leg
    assert found.leg.line == CLEO


async def test_an_agent_who_missed_a_call_and_is_offered_it_again_talks(driver: ContactCenterDriver) -> None:
    id_ = await driver.ring(CARLA)
    call = driver.fake.calls[id_]
    driver.clock.pass_seconds(30)
    await driver.fake.reject(call, BEN, 1)
    driver.clock.pass_seconds(10)
    await driver.fake.assign(call, BEN)
    await driver.fake.accept(call, BEN)
    driver.clock.pass_seconds(25)
    await driver.fake.hangs_up(call)
    await driver.settled()
    found = heard(driver, id_)
    assert [leg.line for leg in found.legs] == [BEN, BEN]
    assert found.duration
    assert (found.ended_how, found.duration.total_seconds()) == (EndedHow.COMPLETED, 25)


@pytest.mark.parametrize(
    ("by", "why", "how"),
    [
        ("SYSTEM", "CEC_DISCONNECT_NOANSWER", EndedHow.NO_ANSWER),
        ("SYSTEM", "CEC_DISCONNECT_BUSY", EndedHow.BUSY),
        ("SYSTEM", "CEC_DISCONNECT_REJECTED", EndedHow.BUSY),
        ("SYSTEM", "CEC_DISCONNECT_BADADDRESS", EndedHow.FAILED),
        ("SYSTEM", "CEC_DISCONNECT_BLOCKED", EndedHow.FAILED),
        ("AGENT", "CEC_DISCONNECT_CANCELLED", EndedHow.CANCELED),
        ("AGENT", "CEC_NONE", EndedHow.CANCELED),
        ("SYSTEM", "CEC_NONE", EndedHow.NO_ANSWER),
        ("SYSTEM", "CEC_INVENTED", EndedHow.NO_ANSWER),
    ],
)
@pytest.mark.parametrize("wrap_up_first", [False, True])
async def test_an_outbound_call_that_fails_says_why(
    driver: ContactCenterDriver, by: str, why: str, how: EndedHow, wrap_up_first: bool
) -> None:
    id_ = await driver.agent_dials(CUSTOMER_NUMBER)
    driver.clock.pass_seconds(20)
    if wrap_up_first:
        await driver.fake.leaves(driver.fake.calls[id_], BEN)
    await driver.fake.hangs_up(driver.fake.calls[id_], by, why)
    await driver.settled()
    assert heard(driver, id_).ended_how is how


async def test_a_transfer_as_8x8s_table_has_it_leaves_the_customer_on_one_call(driver: ContactCenterDriver) -> None:
    fake, id_ = driver.fake, await driver.ring(CARLA)
    call = fake.calls[id_]
    await fake.accept(call, BEN)
    driver.clock.pass_seconds(30)
    consult = fake.new("out", 40375)
    await fake.event(consult, "InteractionCreated", "CS_IDLE", isExternal=False)
    await fake.assign(consult, CLEO)
    await fake.event(consult, "InteractionAccepted", "CS_INPROGRESS", CLEO)
    await fake.event(call, "InteractionTransferRequest", "", BEN)
    await fake.event(call, "InteractionPostProcess", "CS_DISCONNECTED", BEN)
    await fake.event(call, "InteractionParticipantChange", "CS_CONNECTED", CLEO)
    await fake.event(call, "InteractionDeassigned", "CS_DISCONNECTED", BEN)
    await fake.delete(consult, "SYSTEM", "CEC_NONE")
    await driver.settled()
    found = heard(driver, id_)
    assert {leg.line: leg.state for leg in found.legs} == {BEN: LegState.ENDED, CLEO: LegState.CONNECTED}
    driver.clock.pass_seconds(60)
    await fake.delete(call, "CUSTOMER", "CEC_DISCONNECT_NORMAL")
    await driver.settled()
    duration = heard(driver, id_).duration
    assert duration
    assert duration.total_seconds() == 90


@pytest.mark.parametrize(
    ("written", "region", "means"),
    [
        (4155550100, "US", "+14155550100"),
        (14155550100, "US", "+14155550100"),
        (442079460018, "US", "+442079460018"),
        (2079460018, "GB", "+442079460018"),
        ("+442079460018", "US", "+442079460018"),
    ],
)
def test_a_number_is_understood_without_its_plus(written: object, region: str, means: str) -> None:
    told = {"attachedData": {"attachedDatum": [{"attachedDataKey": "phoneNum", "attachedDataValue": written}]}}
    assert parse(number(told, region), region) == type(CUSTOMER_NUMBER)(means)


@pytest.mark.parametrize("name", ["", None, 4155550100, "+14155550100"])
async def test_a_name_that_is_empty_or_the_number_is_none(driver: ContactCenterDriver, name: object) -> None:
    call = await driver.fake.comes_in(int(CARLA), name)
    await driver.fake.assign(call, BEN)
    await driver.settled()
    assert heard(driver, call.id).party.name == ""


@pytest.mark.parametrize("medium", [{"mediaType": "chat", "resourceType": 2}, {"mediaType": "email", "resourceType": 1}])
async def test_chats_and_mails_are_no_calls(driver: ContactCenterDriver, medium: dict[str, object]) -> None:
    driver.fake.more = medium
    call = await driver.fake.comes_in(int(CARLA))
    await driver.fake.assign(call, BEN)
    await driver.settled()
    assert driver.arrived == []


async def test_times_are_read_where_8x8_writes_them() -> None:
    """In several samples `msgInfo` is empty; `eventTS` is when the call came into the queue."""
    tracker = Tracker("US")
    told = {"event": "InteractionAssigned", "interactionGUID": "int-1-phone-1", "agentId": BEN, "direction": "in"}
    told |= {"msgInfo": {}, "eventTS": 1}
    events = tracker.hear(Frame("1", told, "2026-11-23T18:30:07.250Z"), BEGAN)
    assert events
    assert [each.at.isoformat() for each in events] == ["2026-11-23T18:30:07.250000+00:00"] * 2


# What is not to be lost, and not to be told twice.


async def test_a_frame_is_acknowledged_only_when_it_is_kept(driver: ContactCenterDriver) -> None:
    driver.fails = 1_000
    call = await driver.fake.comes_in(int(CARLA))
    await driver.fake.assign(call, BEN)
    await until(lambda: driver.fails < 1_000, "a try")
    assert len(driver.fake.acknowledged) == 2, "Created and Queued, of which nothing is kept"
    driver.fails = 0
    await driver.settled()
    assert heard(driver, call.id).state is CallState.RINGING


async def test_a_stream_that_is_cut_in_the_middle_of_a_call_loses_nothing(driver: ContactCenterDriver) -> None:
    id_ = await driver.ring(CARLA)
    call = driver.fake.calls[id_]
    await driver.fake.cut()
    await until(lambda: not driver.fake.sockets, "the cut")
    driver.fake.refuse_stream = [503, 500]
    await driver.fake.accept(call, BEN)
    driver.clock.pass_seconds(33)
    await driver.fake.hangs_up(call)
    await driver.settled()
    found = heard(driver, id_)
    assert found.duration
    assert (found.ended_how, found.duration.total_seconds()) == (EndedHow.COMPLETED, 33)
    assert len(driver.fake.paths) == 4


async def test_frames_that_come_again_change_nothing(driver: ContactCenterDriver) -> None:
    id_ = await driver.ring(CARLA)
    call, sent = driver.fake.calls[id_], []
    keep = driver.fake.send

    async def send(said: object) -> None:
        sent.append(said)
        await keep(said)

    driver.fake.send = send  # type: ignore[method-assign]
    await driver.fake.accept(call, BEN)
    driver.clock.pass_seconds(10)
    await driver.fake.hangs_up(call)
    await driver.settled()
    before, kept = heard(driver, id_), len(driver.arrived)
    for said in [*sent, *sent]:
        await keep(said)
    await until(lambda: len(driver.fake.acknowledged) == 3 + 3 * len(sent), "acknowledgements")
    assert heard(driver, id_) == before
    assert len(driver.arrived) == kept


@pytest.mark.parametrize("answered", [False, True])
async def test_a_restart_in_the_middle_of_a_call_goes_on_with_its_legs(
    driver: ContactCenterDriver, answered: bool
) -> None:
    id_ = await driver.ring(CARLA)
    call = driver.fake.calls[id_]
    if answered:
        await driver.fake.accept(call, BEN)
    await driver.settled()
    await driver.center.stop()
    driver.live = [heard(driver, id_)]
    driver.clock.pass_seconds(5)
    if not answered:
        await driver.fake.accept(call, BEN)
    await driver.http.aclose()
    await driver.start()
    await driver.ready()
    await driver.fake.hangs_up(call)
    await driver.settled()
    found = heard(driver, id_)
    assert (len(found.legs), found.ended_how) == (1, EndedHow.COMPLETED)


async def test_unknown_events_are_kept_once_each_and_not_without_end(driver: ContactCenterDriver) -> None:
    for name in [f"InteractionTeleported{n}" for n in range(MOST_UNKNOWN + 20)] * 2:
        await driver.fake.publish({"Interaction": {"event": name, "interactionGUID": "int-1-phone-1"}})
    await driver.settled()
    said = [driver.system.read(body).unrecognised or "" for _, body in driver.arrived]
    assert len(said) == MOST_UNKNOWN
    assert "'InteractionTeleported0'" in said[0]
    assert json.loads(driver.arrived[0][1])["told"]["interactionGUID"] == "int-1-phone-1"


async def test_unreadable_frames_are_kept_once_acknowledged_and_do_no_harm(driver: ContactCenterDriver) -> None:
    for spoilt in (b"\xff\xfe", b"[]", b"{}", b"null", b"{" * 5000):
        await driver.fake.publish(spoilt)
    for frame_ in ("no json", "[]", json.dumps({"messageId": 7, "payload": 7}), json.dumps({"payload": "%%%"})):
        await driver.fake.send(frame_)
    await driver.settled()
    assert len(driver.arrived) == 1
    await driver.ring(CARLA)


async def test_events_that_say_nothing_of_a_call_are_acknowledged_and_not_kept(driver: ContactCenterDriver) -> None:
    await driver.fake.publish({"AgentStatusChange": {"agentId": BEN, "newState": 5, "statusEventTS": 1669235544}})
    await driver.fake.publish({"AgentProvChange": {"agentId": BEN, "event": "AgentSkillChanged"}})
    call = driver.fake.new("in", int(CARLA))
    for event in ("InteractionRecordingReady", "RecordingStatus", "InteractionEndPostProcess"):
        await driver.fake.event(call, event)
    await driver.settled()
    assert driver.arrived == []


def test_control_messages_are_not_acknowledged() -> None:
    assert frame('{"endOfTopic": true, "messageId": "x"}') == frame('{"type": "isEndOfTopic"}')
    assert frame('{"endOfTopic": true, "messageId": "x"}').id == ""


def test_a_flood_of_calls_is_not_remembered_without_end() -> None:
    tracker = Tracker("US")
    for each in range(MOST_CALLS + 500):
        tracker.hear(Frame(str(each), {"event": "InteractionCreated", "interactionGUID": f"int-{each}-phone-0"}), BEGAN)
    assert len(tracker.calls) == MOST_CALLS


@given(st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES), st.sampled_from(sorted(EVENTS)), st.text())
def test_whatever_an_event_says_raises_nothing(said: dict[str, Any], event: str, published: str) -> None:
    """An event that made Offhook stumble would come again for ever."""
    name, _, state = event.partition(" ")
    told = {"interactionGUID": "int-1-phone-1", "event": name, "callState": state, **said}
    tracker = Tracker("US")
    for _ in range(2):
        tracker.hear(Frame("1", told, published), BEGAN)


@given(st.binary() | JSON_VALUES.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_a_frame(message: bytes) -> None:
    assert isinstance(frame(message), Frame)

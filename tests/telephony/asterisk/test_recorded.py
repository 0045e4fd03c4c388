"""Events as Asterisk sends them, whole calls of them: what Offhook makes of each."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from offhook.calls.call import Call
from offhook.calls.follow import follow
from offhook.telephony.asterisk import Lines, wire
from offhook.telephony.asterisk.channels import Channels
from offhook.telephony.asterisk.tracker import _HANDLE, Tracker
from offhook.telephony.asterisk.wire import Framing, Message, Notice, Word
from offhook.telephony.asterisk.words import SILENT

RECORDED = Path(__file__).parent / "recorded"
BEGAN = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
CUSTOMER = "+14155550100"

# Recording → call as it reads: direction, other side, how it went; line → how its leg ended, + when it talked.
EXPECTED: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "queue": {"inbound +14155550001 completed": {"202": "+hung-up", "203": "elsewhere"}},
    "missed": {"inbound +14155550001 missed": {"202": "canceled"}},
    "voicemail": {f"inbound {CUSTOMER} missed": {"201": "no-answer"}},
    "outbound": {f"outbound {CUSTOMER} completed": {"201": "+hung-up"}},
    "outbound-busy": {f"outbound {CUSTOMER} busy": {"201": "busy"}},
    "click-to-call": {f"outbound {CUSTOMER} completed": {"201": "+hung-up"}},
    "click-to-call-busy": {f"outbound {CUSTOMER} busy": {"201": "busy"}},
    "blind-transfer": {f"inbound {CUSTOMER} completed": {"201": "+transferred", "202": "+hung-up"}},
    "attended-transfer": {
        f"inbound {CUSTOMER} completed": {"201": "+transferred", "202": "+hung-up"},
        "outbound 202 completed": {"201": "+transferred"},
        "inbound 201 completed": {"202": "+transferred"},
    },
    "transfer-while-ringing": {
        f"inbound {CUSTOMER} completed": {"201": "+transferred", "202": "+hung-up"},
        "outbound 202 no-answer": {"201": "transferred"},
        "inbound 201 transferred": {"202": "transferred"},
    },
    "internal": {"outbound 202 completed": {"201": "+hung-up"}, "inbound 201 completed": {"202": "+hung-up"}},
    "internal-declined": {"outbound 202 busy": {"201": "busy"}, "inbound 201 declined": {"202": "declined"}},
    "internal-group": {
        "outbound 401 completed": {"201": "+hung-up"},
        "inbound 201 completed": {"202": "+hung-up", "203": "elsewhere"},
    },
}


def messages(name: str) -> Iterator[Message]:
    """Through the framing, as bytes."""
    framing = Framing()
    for line in (RECORDED / f"{name}.txt").read_text().splitlines():
        if not line.startswith("#"):
            event, *fields = line.split(" | ")
            said = [f"Event: {event}", *(field.replace("=", ": ", 1) for field in fields), "", ""]
            yield from framing.feed("\r\n".join(said).encode())


def heard(tracker: Tracker, name: str) -> Iterator[list[Notice]]:
    for number, message in enumerate(messages(name)):
        yield tracker.hear(message, BEGAN + timedelta(seconds=number / 10))


def calls_of(notices: list[Notice]) -> dict[str, Call]:
    calls: dict[str, Call] = {}
    for notice in notices:
        reading = wire.read(wire.body(notice))
        assert reading.unrecognised is None
        for event in reading.events:
            calls[event.call] = follow(calls.get(event.call), event, "asterisk")
    return calls


def told(call: Call) -> tuple[str, dict[str, str]]:
    assert call.ended_how
    legs = {
        leg.line: ("+" if leg.answered_at else "") + (leg.ending.reason if leg.ending else "lives") for leg in call.legs
    }
    return f"{call.direction} {call.party.number} {call.ended_how}", legs


def test_every_recording_is_expected() -> None:
    assert {path.stem for path in RECORDED.glob("*.txt")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_call_is_understood(name: str) -> None:
    tracker = Tracker(Channels(Lines()))
    notices = [notice for some in heard(tracker, name) for notice in some]
    assert dict(told(call) for call in calls_of(notices).values()) == EXPECTED[name]
    assert len({wire.key(notice) for notice in notices}) == len(notices)


@pytest.mark.parametrize("name", EXPECTED)
def test_nothing_is_remembered_of_a_call_that_is_over(name: str) -> None:
    tracker = Tracker(Channels(Lines()))
    for _ in heard(tracker, name):
        pass
    assert (tracker.channels.by_id, tracker.sides, tracker.held_back) == ({}, {}, [])


@pytest.mark.parametrize("name", EXPECTED)
def test_two_nodes_that_hear_the_same_give_the_same_keys(name: str) -> None:
    both = [[wire.key(each) for some in heard(Tracker(Channels(Lines())), name) for each in some] for _ in range(2)]
    assert both[0] == both[1]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_call_of_which_the_beginning_was_missed_raises_nothing(name: str) -> None:
    said = list(messages(name))
    for start in range(len(said)):
        tracker = Tracker(Channels(Lines()))
        for message in said[start:]:
            tracker.hear(message, BEGAN)
        assert not tracker.held_back


@pytest.mark.parametrize("name", ["blind-transfer", "transfer-while-ringing"])
def test_a_transferred_call_does_not_end_before_the_next_phone_rings(name: str) -> None:
    so_far: list[Notice] = []
    ended: list[datetime] = []
    for notices in heard(Tracker(Channels(Lines())), name):
        so_far += notices
        customers = [call for call in calls_of(so_far).values() if call.party.number == CUSTOMER]
        ended += [call.ended_at for call in customers if call.ended_at]
    assert len(ended) >= 1
    assert ended[0] == ended[-1], "the call had ended, and then went on"


def test_events_that_nobody_knows_are_kept_once_each_and_not_without_end() -> None:
    tracker = Tracker(Channels(Lines()))
    names = [f"Teleport{number}" for number in range(500)]
    kept = [notice for name in (*names, *names) for notice in tracker.hear({"Event": name, "Channel": "x"}, BEGAN)]
    assert [each.told["Event"] for each in kept] == names[:100]
    assert {each.word for each in kept} == {Word.UNKNOWN}
    assert "'Teleport0'" in (wire.read(wire.body(kept[0])).unrecognised or "")


def test_every_event_that_means_something_is_recorded_or_played() -> None:
    recorded = {message["Event"].lower() for name in EXPECTED for message in messages(name)}
    played = {"agentcalled", "coreshowchannel", "hold", "unhold", "newconnectedline", "queuecallerjoin", "rename"}
    assert set(_HANDLE) <= recorded | played
    assert recorded <= set(_HANDLE) | SILENT


def test_a_flood_of_channels_is_not_remembered_without_end() -> None:
    tracker = Tracker(Channels(Lines()))
    for number in range(10_500):
        message = {
            "Event": "Newchannel",
            "Uniqueid": f"{number}",
            "Linkedid": f"{number}",
            "Channel": f"PJSIP/t-{number:08x}",
        }
        tracker.hear(message, BEGAN)
    assert len(tracker.channels.by_id) == 10_000


def test_a_name_that_is_looked_up_while_the_phone_rings_is_told() -> None:
    tracker = Tracker(Channels(Lines()))
    trunk = {"Channel": "PJSIP/trunk-00000001", "Uniqueid": "1", "Linkedid": "1", "CallerIDNum": CUSTOMER}
    phone = {"Channel": "PJSIP/201-00000002", "Uniqueid": "2", "Linkedid": "1"}
    said: list[Message] = [
        {"Event": "Newchannel", "ChannelState": "4", **trunk},
        {"Event": "QueueCallerJoin", "Queue": "sales", "ChannelState": "6", **trunk},
        {"Event": "AgentCalled", **trunk, **{f"Dest{key}": value for key, value in phone.items()}},
        {"Event": "Newstate", "ChannelState": "5", **phone},
        {"Event": "NewCallerid", **trunk, "CallerIDName": "Carla Reyes"},
    ]
    call = calls_of([notice for message in said for notice in tracker.hear(message, BEGAN)])["1"]
    assert (call.party.number, call.party.name, call.ended_how) == (CUSTOMER, "Carla Reyes", None)

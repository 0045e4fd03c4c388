"""The service is killed at the awkward moments of a call, as by a power cut: each call is logged once, and right."""

import time
from collections.abc import Iterator

import pytest
from tests.scenarios.desk import Desk, listening
from tests.scenarios.stage import Customer, Stage, eventually, running_stage

from offhook.demo import people

CALLS = "/crm/objects/2026-09/calls"
CONNECTED = "f240bbac-87c9-4f6e-bf70-924b57d47db7"
NOTES = "Wants twelve bags."


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage")) as stage:
        stage.give_rights(people.BEN)
        yield stage


@pytest.fixture(scope="module")
def ben(stage: Stage) -> Iterator[Desk]:
    desk = Desk(stage)
    desk.arrive()
    yield desk
    desk.leave()


@pytest.fixture
def customer(stage: Stage) -> Iterator[Customer]:
    yield stage.customer()
    stage.works()
    stage.control("POST", "/index-delay", {"seconds": 0})
    if "service" not in stage.processes:
        stage.service_comes_back()


def check(entry: dict[str, str], customer: Customer, *, at_least: float = 0.0) -> None:
    """The entry says what happened."""
    said = {name.removeprefix("hs_call_"): value for name, value in entry.items()}
    wanted = {
        "direction": "INBOUND",
        "status": "COMPLETED",
        "from_number": customer.number,
        "to_number": "201",
        "disposition": CONNECTED,
        "body": NOTES,
        "title": f"Call from {customer.name}",
    }
    assert {name: said[name] for name in wanted} == wanted
    assert at_least * 1000 <= int(said["duration"]) < 120_000, said["duration"]
    assert said["hubspot_owner_id"], "the call is nobody's"


def test_it_is_killed_while_the_phone_rings(stage: Stage, ben: Desk, customer: Customer) -> None:
    with listening(ben) as stream:
        stream.until("panel")
        stage.ring(customer.number)
        ringing = stream.until("call", lambda frame: frame["call"]["number"] == customer.number)["call"]
        stage.service_dies()
        stream.ends()
    stage.service_comes_back()
    with listening(ben, after=stream.cursor) as stream:
        (call,) = stream.until("panel")["panel"]["calls"]
        assert (call["id"], call["state"], call["started_at"]) == (ringing["id"], "ringing", ringing["started_at"])
        ben.does("answer", call)
        stream.until("call", lambda frame: frame["call"]["state"] == "connected")
    known = ben.call(customer, lambda call: call["who"]["answer"] == "one", "known")
    assert known["who"]["contacts"][0]["id"] == customer.id
    ben.finishes(customer)
    check(stage.logged_once(customer), customer)


def test_it_is_killed_in_the_middle_of_a_call(stage: Stage, ben: Desk, customer: Customer) -> None:
    with listening(ben) as stream:
        began = time.monotonic()
        call = ben.talks(customer, notes=NOTES)
        stream.until("call", lambda frame: frame["call"]["state"] == "connected")
        stage.service_dies()
        stream.ends()
    stage.service_comes_back()
    with listening(ben, after=stream.cursor) as stream:
        (after,) = stream.until("panel")["panel"]["calls"]
        same = ("id", "state", "answered_at", "notes", "can")
        assert {name: after[name] for name in same} == {name: call[name] for name in same} | {"notes": NOTES}
        ben.does("hold", after)
        stream.until("call", lambda frame: frame["call"]["state"] == "held")
        ben.does("hang-up", after)
        stream.until("call", lambda frame: frame["call"]["state"] == "ended")
    talked = time.monotonic() - began
    ben.wraps_up(customer)
    entry = stage.logged_once(customer)
    check(entry, customer, at_least=0.5)
    assert int(entry["hs_call_duration"]) <= talked * 1000


def talks_to_somebody_known(desk: Desk, customer: Customer) -> dict[str, str]:
    desk.talks(customer, notes=NOTES)
    return desk.call(customer, lambda call: call["who"]["answer"] == "one", "with somebody known")


# Seconds from hanging up to the kill: before, during and after the first try.
@pytest.mark.parametrize("after", [0.0, 0.05, 0.4])
def test_it_is_killed_between_hang_up_and_logging(stage: Stage, ben: Desk, customer: Customer, after: float) -> None:
    stage.fails(CALLS, status=503)
    ben.does("hang-up", ben.talks(customer, notes=NOTES))
    time.sleep(after)  # the moment of the kill is the point
    stage.service_dies()
    assert stage.timeline(customer.id) == []
    stage.works()
    stage.service_comes_back()
    ben.wraps_up(customer)
    check(stage.logged_once(customer), customer)


def test_it_is_killed_while_hubspot_thinks(stage: Stage, ben: Desk, customer: Customer) -> None:
    """The request is there, its answer is not: HubSpot creates the call after the one who asked is dead."""
    call = talks_to_somebody_known(ben, customer)
    stage.control("POST", "/index-delay", {"seconds": 3600})
    stage.fails(CALLS, 1, method="POST", delay_seconds=2.0)
    ben.does("hang-up", call)
    eventually(lambda: stage.control("GET", "/faults"), lambda faults: not faults, "HubSpot to be asked")
    stage.service_dies()
    eventually(lambda: stage.timeline(customer.id), bool, "HubSpot to have created the call")
    stage.service_comes_back()
    ben.wraps_up(customer)
    check(stage.logged_once(customer), customer)


# Seconds from HubSpot's commit to the kill. At first the service has not noticed; later it may try again before it dies.
@pytest.mark.parametrize("after", [0.0, 0.3, 2.5])
def test_hubspot_has_it_but_its_answer_was_lost(stage: Stage, ben: Desk, customer: Customer, after: float) -> None:
    call = talks_to_somebody_known(ben, customer)
    stage.control("POST", "/index-delay", {"seconds": 3600})  # search is blind to what is new
    stage.fails(CALLS, 1, method="POST", drop_connection="after")
    ben.does("hang-up", call)
    eventually(lambda: stage.timeline(customer.id), bool, "HubSpot to have created the call")
    time.sleep(after)
    stage.service_dies()
    assert len(stage.timeline(customer.id)) == 1
    stage.service_comes_back()
    ben.wraps_up(customer)
    check(stage.logged_once(customer), customer)


def test_an_amendment_was_cut_off(stage: Stage, ben: Desk, customer: Customer) -> None:
    """The outcome and the notes reach the entry that is there already."""
    ben.does("hang-up", ben.talks(customer))
    stage.logged_once(customer)
    stage.fails(CALLS, 1000, method="PATCH", drop_connection="before")
    ben.wraps_up(customer)
    stage.service_dies()
    stage.works()
    stage.service_comes_back()
    eventually(lambda: stage.timeline(customer.id)[0]["hs_call_disposition"], bool, "the outcome on the timeline")
    check(stage.logged_once(customer), customer)


def test_a_panel_that_comes_back_is_told_what_it_missed(stage: Stage, ben: Desk, customer: Customer) -> None:
    """Without a restart, the cursor brings every frame since, once and in order."""
    with listening(ben) as stream:
        stream.until("panel")
    talks_to_somebody_known(ben, customer)
    ben.finishes(customer)
    stage.logged_once(customer)
    with listening(ben, after=stream.cursor) as again:
        frames = [again.next()]
        while frames[-1].get("call", {}).get("log", {}).get("state") != "logged":
            frames.append(again.next())
    states = [frame["call"]["state"] for frame in frames if frame["type"] == "call"]
    assert list(dict.fromkeys(states)) == ["ringing", "connected", "ended"]
    assert states == sorted(states, key=["ringing", "connected", "ended"].index)
    numbers = [int(frame["cursor"].rpartition(".")[2]) for frame in frames]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert sum(frame["type"] == "screen-pop" for frame in frames) == 1

"""The fake 8x8 in the demo: a call that no panel saw comes to the timeline from 8x8's records."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.scenarios.stage import ALL_RIGHTS, eventually

from offhook.demo import operator, people
from offhook.demo.eight_by_eight.ledger import RECORDING
from offhook.demo.over_api import OverApi, PanelByApi
from offhook.demo.world import World, running_world

CARLA, NOBODY = "+14155550100", "+19075550177"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running_world(tmp_path_factory.mktemp("demo"), patience=8.0) as world:
        yield world


@pytest.fixture(scope="module")
def panel(world: World) -> Iterator[PanelByApi]:
    """Ben's, at extension 1001, for long enough that a call of two seconds has begun since."""
    change = {"account_id": people.ACORN, "change": ALL_RIGHTS}
    operator.control(world, "POST", f"/people/{people.BEN}/rights", change)
    with OverApi(world) as story:
        story.ben.log_in()
        story.connect(story.ben, story.panel)
        story.panel.ask("PUT", "/api/phone-system", {"phone_system": "eight_by_eight"})
        story.panel.ask("POST", "/api/line-login", {"line": "1001", "secret": ""})
        logged_in = time.monotonic()
        eventually(lambda: time.monotonic() - logged_in > 3)
        yield story.panel


def played(world: World, **call: Any) -> httpx.Response:
    """As somebody writes it with curl."""
    return httpx.post(f"{world.eight_by_eight}/_fake/calls", json={"rings": 1, "talks": 1, **call}, timeout=10)


def recent(panel: PanelByApi, number: str) -> dict[str, Any]:
    calls = panel.ask("GET", "/api/panel")
    return next((each for each in (*calls["calls"], *calls["recent"]) if each["number"] == number), {})


def test_a_call_that_no_panel_saw_is_on_the_timeline_once(world: World, panel: PanelByApi) -> None:
    found = panel.ask("GET", f"/api/contacts?query={people.CARLA_EMAIL}")["contacts"]
    carla = next(each["id"] for each in found if each["name"] == people.CARLA)
    assert operator.calls_of(world, carla) == []
    assert played(world, number=CARLA).status_code == 201
    eventually(lambda: operator.calls_of(world, carla), bool, "the call on Carla's timeline", 20)
    # 8x8 is asked for the same minutes again: when it has told of a later call, it has told of Carla's twice.
    assert played(world, kind="outbound", number=NOBODY).status_code == 201
    eventually(lambda: recent(panel, NOBODY), bool, "the later call in the panel", 20)
    (call,) = operator.calls_of(world, carla)
    assert (call["hs_call_direction"], call["hs_call_status"]) == ("INBOUND", "COMPLETED")
    assert (call["hs_call_from_number"], call["hs_call_duration"]) == (CARLA, "1000")


def test_its_recording_is_where_hubspot_is_told_that_it_is(world: World, panel: PanelByApi) -> None:
    found = panel.ask("GET", f"/api/contacts?query={people.CARLA_EMAIL}")["contacts"]
    carla = next(each["id"] for each in found if each["name"] == people.CARLA)
    assert played(world, number=CARLA, talks=2, recorded=True).status_code == 201

    def recorded() -> list[dict[str, Any]]:
        return [each for each in operator.calls_of(world, carla) if each["hs_call_app_id"]]

    (call,) = eventually(recorded, bool, "the recording on Carla's timeline", 40)
    assert (call["hs_call_duration"], call["hs_call_source"]) == ("2000", "INTEGRATIONS_PLATFORM")
    asked = {"appId": call["hs_call_app_id"], "externalAccountId": call["hs_call_external_account_id"]}
    told = httpx.get(f"{world.service}/recordings/{call['hs_call_external_id']}/address", params=asked, timeout=10)
    part = httpx.get(told.json()["authenticatedUrl"], headers={"Range": "bytes=40000-"}, timeout=10)
    assert (part.status_code, part.content) == (206, RECORDING[40_000:])


def test_a_missed_call_is_missed(world: World, panel: PanelByApi) -> None:
    assert played(world, kind="missed", number="+14155550142").status_code == 201
    call = eventually(lambda: recent(panel, "+14155550142"), bool, "the missed call in the panel", 20)
    assert (call["direction"], call["ended_how"]) == ("inbound", "missed")


def test_a_call_of_somebody_elses_extension_is_nobodys(world: World, panel: PanelByApi) -> None:
    assert played(world, number="+19075550178", extension="1002").status_code == 201
    assert played(world, number="+19075550179").status_code == 201
    eventually(lambda: recent(panel, "+19075550179"), bool, "the later call in the panel", 20)
    assert recent(panel, "+19075550178") == {}


@pytest.mark.parametrize(
    "wrong", [{}, {"number": "Carla"}, {"number": CARLA, "kind": "fax"}, {"number": CARLA, "talks": -1}]
)
def test_what_is_no_call_is_refused_in_words(world: World, wrong: dict[str, Any]) -> None:
    answer = played(world, **wrong)
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert "number" in answer.json()["fields"]


def test_the_doctor_is_content_with_the_fake(world: World) -> None:
    said = operator.offhook(world, "doctor")
    assert "8x8 gives call records to Offhook." in said
    assert "8x8 gives recordings to Offhook." in said

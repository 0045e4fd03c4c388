"""Offhook as a whole: started, stopped, and started again in the middle of things."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.real_service import Panel, RealService, real_service, settings_for

from hubspot_sandbox.seeds import demo, people
from hubspot_sandbox.testing import RunningSandbox, running_sandbox
from offhook.bootstrap import examine, replay, running
from offhook.database import Database, migrate
from offhook.jobs import store
from offhook.jobs.retry import Problem
from offhook.jobs.store import NewDelivery
from offhook.settings import Settings


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        sandbox.control("POST", "/limits", {"enabled": False})
        sandbox.control("POST", "/index-delay", {"seconds": 0})
        yield sandbox


@pytest.fixture
def settings(sandbox: RunningSandbox, tmp_path: Path) -> Iterator[Settings]:
    yield settings_for(sandbox, tmp_path)
    sandbox.control("DELETE", "/faults")


async def times_logged(service: RealService, call_id: str, email: str = demo.CARLA_EMAIL) -> int:
    return [each["hs_call_external_id"] for each in await service.engagements(email)].count(call_id)


async def test_a_restart_in_the_middle_of_a_call_keeps_the_call_and_its_log(
    settings: Settings, sandbox: RunningSandbox
) -> None:
    async with real_service(settings, sandbox) as service:
        ada = await service.connect(people.ADA)
        await ada.log_in("201")
        rang = await service.ring(demo.CARLA_NUMBER)
        call = await ada.call("ringing")
        await ada.do("POST", f"/api/calls/{call['id']}/answer")
        await ada.do("PUT", f"/api/calls/{call['id']}/notes", {"notes": "Before."})
        before = await ada.call("connected")
    async with real_service(settings, sandbox) as service:
        ada = Panel(service, ada.token)
        after = await ada.call("connected")
        assert {**after, "who": None} == {**before, "who": None, "notes": "Before."}
        assert (await ada.get("/api/panel"))["line"]["number"] == "201"
        for action, state in (("hold", "held"), ("resume", "connected")):
            await ada.do("POST", f"/api/calls/{call['id']}/{action}")
            await ada.call(state)
        await service.operator(f"/api/operator/calls/{rang}/hang-up", {})
        logged = await ada.logged(call["id"])
        assert (logged["ended_how"], logged["notes"]) == ("completed", "Before.")
        assert await times_logged(service, call["id"]) == 1


async def test_who_calls_is_asked_again_when_the_service_stopped_before_hubspot_answered(
    settings: Settings, sandbox: RunningSandbox
) -> None:
    async with real_service(settings, sandbox) as service:
        ada = await service.connect(people.ADA)
        await ada.log_in("201")
        sandbox.control("POST", "/faults", {"path": "/crm/", "times": 99, "delay_seconds": 5})
        await service.ring(demo.CARLA_NUMBER)
        assert (await ada.call("ringing"))["who"]["answer"] == "asking"
    sandbox.control("DELETE", "/faults")
    async with real_service(settings, sandbox) as service:
        ada = Panel(service, ada.token)
        known = await ada.until(lambda panel: next((c for c in panel["calls"] if c["who"]["answer"] == "one"), None))
        assert known["who"]["contacts"][0]["name"] == demo.CARLA_NAME


async def test_a_log_that_waits_is_written_after_the_restart_and_once(
    settings: Settings, sandbox: RunningSandbox
) -> None:
    sandbox.control("POST", "/faults", {"path": "/crm/objects/2026-09/calls", "times": 999, "status": 503})
    async with real_service(settings, sandbox) as service:
        ada = await service.connect(people.ADA)
        await ada.log_in("201")
        await service.ring(demo.CARLA_NUMBER)
        call = await ada.call("ringing")
        await ada.do("POST", f"/api/calls/{call['id']}/decline")
        waiting = await ada.logged(call["id"], "waiting")
        assert waiting["log"]["reason"]["code"] == "hubspot-unavailable"
        assert waiting["log"]["next_try_at"]
    sandbox.control("DELETE", "/faults")
    async with real_service(settings, sandbox) as service:
        ada = Panel(service, ada.token)
        await ada.do("POST", f"/api/calls/{call['id']}/log")
        await ada.logged(call["id"])
        assert await times_logged(service, call["id"]) == 1


async def test_deliveries_that_were_given_up_are_handled_again(settings: Settings, sandbox: RunningSandbox) -> None:
    assert await replay(settings) == 0
    at = datetime.now(UTC)
    event = {"type": "ringing", "call": "w", "line": "777", "from": "anonymous", "at": at.isoformat()}
    database = Database(settings.database)
    async with database.transaction() as connection:
        arrived = NewDelivery("webhook", "k", at, json.dumps(event).encode())
        [number] = (await store.keep(connection, [arrived])).values()
        await store.note_failure(connection, number, Problem("error", "Something went wrong."), at, 1)
    assert await replay(settings) == 1
    async with real_service(settings, sandbox) as service:
        ada = await service.connect(people.ADA)
        assert await ada.until(lambda panel: [each for each in panel["strays"] if "777" in each["says"]])
    async with database.reading() as connection:
        assert await store.count_unhandled(connection) == 0
    await database.close()


async def test_a_node_that_only_works_listens_to_no_phone_system(settings: Settings) -> None:
    async with running(settings, serve=False) as service:
        assert (await service.parts.healthy())["database"] == "ok"
        with pytest.raises(Exception, match="not running"):
            await service.parts.systems["exchange"].ring("anonymous", "201")  # type: ignore[attr-defined]


async def test_the_doctor_sees_each_connection_of_an_agent(settings: Settings, sandbox: RunningSandbox) -> None:
    async with real_service(settings, sandbox) as service:
        await service.connect(people.ADA)
        await service.connect(people.ADA, people.BIRCH)
    found = await examine(settings, people.ADA.upper())
    assert {each.account_id for each in found} == {people.ACORN, people.BIRCH}
    searches = [check for each in found for check in each.report.checks if check.name == "Find a contact"]
    assert [check.state for check in searches] == ["pass", "pass"]


async def test_the_doctor_says_what_does_not_answer(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9"
    lost = Settings(data_dir=tmp_path / "other", hubspot_api_url=nowhere, hubspot_app_url=nowhere)
    [examined] = await examine(lost, None)
    checks = {each.name: each for each in examined.report.checks}
    assert checks["Database"].state == "pass"
    assert (checks["HubSpot's API"].state, checks["Client secret"].state) == ("fail", "could-not-ask")


async def test_nothing_that_runs_is_left_behind(settings: Settings) -> None:
    before = asyncio.all_tasks()
    for _ in range(2):
        async with running(settings):
            pass
    assert asyncio.all_tasks() == before
    database = Database(settings.database)
    assert await migrate(database) is False
    await database.close()

"""Offhook as a whole with 8x8 Contact Center: a call is offered, the panel shows who, and it is on the timeline once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.real_service import Panel, RealService, real_service, settings_for
from tests.telephony.asterisk.driver import until
from tests.telephony.contact_center.fake import BEN, CLEO, KEY, TENANT, TOKEN, Call, FakeContactCenter

from hubspot_sandbox.seeds import demo, people
from hubspot_sandbox.testing import RunningSandbox
from offhook.settings import Settings


@pytest.fixture
async def fake() -> AsyncIterator[FakeContactCenter]:
    fake = FakeContactCenter(lambda: datetime.now(UTC))
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def settings(sandbox: RunningSandbox, fake: FakeContactCenter, tmp_path: Path) -> Settings:
    return settings_for(
        sandbox,
        tmp_path,
        phone_systems=("contact_center",),
        contact_center_tenant=TENANT,
        contact_center_stream_url=fake.stream,
        contact_center_stream_key=KEY,
        contact_center_api_url=await fake.serve_http(),
        contact_center_token=TOKEN,
    )


async def at_her_desk(service: RealService, fake: FakeContactCenter) -> Panel:
    ada = await service.connect(people.ADA)
    await ada.log_in(BEN, "contact_center", "")
    await until(lambda: fake.sockets, "the stream")
    return ada


async def offered(fake: FakeContactCenter, agent: str = BEN) -> Call:
    """With the number as 8x8 writes it: a JSON number, without its +."""
    call = await fake.comes_in(int(demo.CARLA_NUMBER.removeprefix("+")))
    await fake.assign(call, agent)
    return call


async def test_a_call_is_offered_answered_and_logged_once(
    settings: Settings, sandbox: RunningSandbox, fake: FakeContactCenter
) -> None:
    async with real_service(settings, sandbox) as service:
        ada = await at_her_desk(service, fake)
        theirs = await offered(fake)
        known = await ada.until(lambda panel: next((c for c in panel["calls"] if c["who"]["answer"] == "one"), None))
        assert (known["state"], known["who"]["contacts"][0]["name"]) == ("ringing", demo.CARLA_NAME)
        await fake.accept(theirs, BEN)
        call = await ada.call("connected")
        assert call["can"] == ["hang-up"]
        await fake.cut()
        await fake.hangs_up(theirs)
        logged = await ada.logged(call["id"])
        assert logged["ended_how"] == "completed"
        entry = await service.logged_once(call["id"])
        assert entry["hs_call_status"] == "COMPLETED"
        assert fake.unacknowledged == {}


async def test_a_call_by_click_is_one_call_on_the_panel_and_on_the_timeline(
    settings: Settings, sandbox: RunningSandbox, fake: FakeContactCenter
) -> None:
    async with real_service(settings, sandbox) as service:
        ada = await at_her_desk(service, fake)
        call = await ada.do("POST", "/api/calls", {"number": demo.CARLA_NUMBER})
        [theirs] = fake.calls.values()
        await fake.accept(theirs, BEN)
        await fake.customer_accepts(theirs)
        assert (await ada.call("connected"))["id"] == call["id"]
        await ada.do("POST", f"/api/calls/{call['id']}/hang-up")
        assert (await ada.logged(call["id"]))["ended_how"] == "completed"
        assert (await service.logged_once(call["id"]))["hs_call_status"] == "COMPLETED"
        assert len((await ada.get("/api/panel"))["recent"]) == 1


async def test_a_call_that_times_out_and_is_taken_by_another_agent_is_logged_once(
    settings: Settings, sandbox: RunningSandbox, fake: FakeContactCenter
) -> None:
    async with real_service(settings, sandbox) as service:
        ada = await at_her_desk(service, fake)
        theirs = await offered(fake)
        call = await ada.call("ringing")
        await fake.reject(theirs, BEN, 1)
        assert (await ada.logged(call["id"]))["ended_how"] == "missed"
        await fake.assign(theirs, CLEO)
        await fake.accept(theirs, CLEO)
        await fake.hangs_up(theirs)
        await until(lambda: not fake.unacknowledged, "acknowledgements")
        await service.logged_once(call["id"])


async def test_a_restart_in_the_middle_of_a_call_logs_it_once(
    settings: Settings, sandbox: RunningSandbox, fake: FakeContactCenter
) -> None:
    async with real_service(settings, sandbox) as service:
        ada = await at_her_desk(service, fake)
        theirs = await offered(fake)
        await fake.accept(theirs, BEN)
        call = await ada.call("connected")
    await fake.hangs_up(theirs)
    async with real_service(settings, sandbox) as service:
        assert (await Panel(service, ada.token).logged(call["id"]))["ended_how"] == "completed"
        await service.logged_once(call["id"])

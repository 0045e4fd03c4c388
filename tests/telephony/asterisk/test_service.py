"""Offhook as a whole with an Asterisk: a desk phone rings, the panel shows who, and the call is on the timeline once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.real_service import Panel, RealService, real_service, settings_for
from tests.telephony.asterisk.driver import until
from tests.telephony.asterisk.fake_ami import Channel, FakeAsterisk

from hubspot_sandbox.seeds import demo, people
from hubspot_sandbox.testing import RunningSandbox
from offhook.settings import Settings


@pytest.fixture
async def pbx() -> AsyncIterator[FakeAsterisk]:
    pbx = FakeAsterisk()
    await pbx.start()
    yield pbx
    await pbx.stop()


@pytest.fixture
def settings(sandbox: RunningSandbox, pbx: FakeAsterisk, tmp_path: Path) -> Settings:
    return settings_for(
        sandbox,
        tmp_path,
        phone_systems=("asterisk",),
        asterisk_host="127.0.0.1",
        asterisk_port=pbx.port,
        asterisk_user="offhook",
        asterisk_secret=pbx.secret,
        asterisk_context="from-internal",
    )


async def at_her_desk(service: RealService, pbx: FakeAsterisk) -> Panel:
    ada = await service.connect(people.ADA)
    await ada.log_in("201", "asterisk", "")
    await listening(pbx)
    return ada


async def listening(pbx: FakeAsterisk) -> None:
    await until(lambda: pbx.asked and pbx.asked[-1]["Action"] == "CoreShowChannels" and pbx.logged_in, "Offhook")


def rings(pbx: FakeAsterisk) -> tuple[Channel, Channel]:
    trunk = pbx.new("PJSIP/trunk", state="Ring", number=demo.CARLA_NUMBER, exten="5550199")
    return trunk, pbx.dials(trunk, "PJSIP/201", "201")


async def test_a_desk_phone_rings_is_answered_and_the_call_is_logged_once(
    settings: Settings, sandbox: RunningSandbox, pbx: FakeAsterisk
) -> None:
    async with real_service(settings, sandbox) as service:
        ada = await at_her_desk(service, pbx)
        trunk, phone = rings(pbx)
        known = await ada.until(lambda panel: next((c for c in panel["calls"] if c["who"]["answer"] == "one"), None))
        assert (known["state"], known["who"]["contacts"][0]["name"]) == ("ringing", demo.CARLA_NAME)
        assert known["can"] == [], "a desk phone is lifted by hand"
        pbx.answers(trunk, phone)
        call = await ada.call("connected")
        assert sorted(call["can"]) == ["hang-up", "transfer"]
        pbx.hangs_up(phone)
        logged = await ada.logged(call["id"])
        assert logged["ended_how"] == "completed"
        entry = await service.logged_once(call["id"])
        assert (entry["hs_call_status"], entry["hs_call_from_number"]) == ("COMPLETED", demo.CARLA_NUMBER)


async def test_a_missed_call_is_logged_as_missed(settings: Settings, sandbox: RunningSandbox, pbx: FakeAsterisk) -> None:
    async with real_service(settings, sandbox) as service:
        ada = await at_her_desk(service, pbx)
        trunk, _ = rings(pbx)
        call = await ada.call("ringing")
        pbx.hangs_up(trunk)
        assert (await ada.logged(call["id"]))["ended_how"] == "missed"
        assert (await service.logged_once(call["id"]))["hs_call_status"] in ("NO_ANSWER", "MISSED")


@pytest.mark.parametrize("ends", ["while Offhook is away", "afterwards"])
async def test_a_restart_in_the_middle_of_a_call_logs_it_once(
    settings: Settings, sandbox: RunningSandbox, pbx: FakeAsterisk, ends: str
) -> None:
    async with real_service(settings, sandbox) as service:
        ada = await at_her_desk(service, pbx)
        trunk, phone = rings(pbx)
        pbx.answers(trunk, phone)
        call = await ada.call("connected")
    if ends == "while Offhook is away":
        pbx.hangs_up(phone)
    async with real_service(settings, sandbox) as service:
        ada = Panel(service, ada.token)
        if ends == "afterwards":
            await until(lambda: pbx.logged_in, "Offhook")
            await listening(pbx)
            assert (await ada.call("connected"))["id"] == call["id"]
            pbx.hangs_up(trunk)
        assert (await ada.logged(call["id"]))["ended_how"] == "completed"
        await service.logged_once(call["id"])


async def test_a_call_by_click_is_one_call_on_the_panel_and_on_the_timeline(
    settings: Settings, sandbox: RunningSandbox, pbx: FakeAsterisk
) -> None:
    async with real_service(settings, sandbox) as service:
        ada = await at_her_desk(service, pbx)
        call = await ada.do("POST", "/api/calls", {"number": demo.CARLA_NUMBER})
        [phone] = pbx.channels.values()
        trunk = pbx.lifted(phone)
        pbx.answers(phone, trunk)
        assert (await ada.call("connected"))["id"] == call["id"]
        await ada.do("POST", f"/api/calls/{call['id']}/hang-up")
        assert (await ada.logged(call["id"]))["ended_how"] == "completed"
        assert (await service.logged_once(call["id"]))["hs_call_status"] == "COMPLETED"
        assert len((await ada.get("/api/panel"))["recent"]) == 1

"""Offhook as a whole with a SIP phone system: a line is proved, a browser tells of a call, and it is on the timeline."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.real_service import WEBHOOK_SECRET, Panel, RealService, real_service, settings_for
from tests.telephony.asterisk.driver import until
from tests.telephony.asterisk.fake_ami import FakeAsterisk
from tests.telephony.asterisk.test_service import listening, rings
from tests.telephony.sip.registrar import DOMAIN, Registrar

from hubspot_sandbox.seeds import demo, people
from hubspot_sandbox.testing import RunningSandbox
from offhook.bootstrap import examine
from offhook.settings import Settings
from offhook.telephony.webhook import wire

PASSWORD = "a long password"


@pytest.fixture
async def pbx() -> AsyncIterator[Registrar]:
    async with Registrar().running() as registrar:
        yield registrar


@pytest.fixture
def settings(sandbox: RunningSandbox, pbx: Registrar, tmp_path: Path) -> Settings:
    return settings_for(
        sandbox,
        tmp_path,
        phone_systems=("sip",),
        sip_server=f"ws://127.0.0.1:{pbx.port}/ws",
        sip_domain=DOMAIN,
        sip_ice_servers=("turn:offhook:secret@turn.example",),
        sip_seen_by="webhook",
    )


@pytest.fixture
async def service(settings: Settings, sandbox: RunningSandbox) -> AsyncIterator[RealService]:
    async with real_service(settings, sandbox) as service:
        yield service


@pytest.fixture
async def ada(service: RealService) -> Panel:
    return await at_her_desk(service)


async def at_her_desk(service: RealService) -> Panel:
    ada = await service.connect(people.ADA)
    await ada.log_in("201", "sip", PASSWORD)
    return ada


class Telling:
    """The softphone of the agent tells of one call."""

    def __init__(self, panel: Panel, call: str, began: datetime, phone: str = "") -> None:
        self._panel, self._call, self._began, self._seq = panel, call, began, 0
        self._phone = {"phone": phone} if phone else {}

    async def tell(self, what: str, after: float = 0, **more: Any) -> None:
        self._seq += 1
        at = (self._began + timedelta(seconds=after)).isoformat()
        about = {"direction": "inbound", "number": demo.CARLA_NUMBER, "seq": self._seq}
        said = {"call": self._call, "what": what, "at": at, **about, **self._phone, **more}
        assert await self._panel.do("POST", "/api/relay", {"said": [said]}) == {"kept": 1}


async def test_a_line_is_proved_and_its_password_kept_sealed_until_she_leaves_it(
    service: RealService, ada: Panel, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = await ada.get("/api/softphone")
    assert (phone["uri"], phone["username"], phone["password"]) == (f"sip:201@{DOMAIN}", "201", PASSWORD)
    assert (phone["realm"], phone["relays"]) == (DOMAIN, True)
    assert phone["ice_servers"] == [{"urls": ["turn:turn.example"], "username": "offhook", "credential": "secret"}]
    sealed = await line_secrets(service)
    assert [PASSWORD in each for each in sealed] == [False]
    await ada.do("DELETE", "/api/line-login")
    assert await line_secrets(service) == []
    assert (await ada.ask("GET", "/api/softphone")).status_code == 404
    assert PASSWORD not in caplog.text + "".join(capsys.readouterr())


async def line_secrets(service: RealService) -> list[str]:
    async with service.service.parts.database.reading() as connection:
        return list(await connection.scalars(text("SELECT sealed FROM line_secret")))


async def test_a_wrong_password_is_refused_in_the_servers_words(ada: Panel) -> None:
    answer = await ada.ask("POST", "/api/line-login", {"line": "201", "secret": "guessed"})
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong-line-login")
    assert "does not accept the password of 201 (401" in answer.json()["detail"]


async def test_a_password_that_no_key_opens_any_more_is_asked_for_again(
    settings: Settings, service: RealService, ada: Panel
) -> None:
    async with service.service.parts.database.transaction() as connection:
        await connection.execute(text("UPDATE line_secret SET sealed = 'sealed with another key'"))
    answer = await ada.ask("GET", "/api/softphone")
    assert (answer.status_code, answer.json()["code"], answer.json()["remedy"]) == (
        409, "wrong-state", "Log in to your line again.",
    )  # fmt: skip


async def test_a_call_that_the_browser_tells_of_is_logged_once(service: RealService, ada: Panel) -> None:
    telling = Telling(ada, "call-id@browser", datetime.now(UTC) - timedelta(minutes=2))
    await telling.tell("ringing")
    ringing = await ada.call("ringing")
    assert (ringing["external_id"], ringing["can"]) == ("call-id@browser", [])
    await telling.tell("answered", 5)
    await telling.tell("ended", 65, reason="hung-up")
    call = await ada.logged(ringing["id"])
    assert (call["duration_ms"], call["ended_how"]) == (60_000, "completed")
    await service.logged_once(call["id"])


async def deliver(service: RealService, call: str, kind: str, at: datetime, **more: str) -> None:
    body = json.dumps({"type": kind, "call": call, "line": "201", "at": at.isoformat()} | more).encode()
    headers = wire.signed_headers(WEBHOOK_SECRET, datetime.now(UTC), body)
    answer = await service.http.post("/api/deliveries/sip", content=body, headers=headers)
    assert answer.status_code == 202, answer.text


@pytest.mark.parametrize("theirs", ["call-id@browser", "1732387800.7"], ids=["one Call-ID", "an id of its own"])
@pytest.mark.parametrize("first", ["browser", "server"])
async def test_a_call_that_the_browser_and_the_server_see_is_one_call(
    service: RealService, ada: Panel, theirs: str, first: str
) -> None:
    began = datetime.now(UTC) - timedelta(minutes=2)
    telling = Telling(ada, "call-id@browser", began)
    if first == "browser":
        await telling.tell("ringing")
    await deliver(service, theirs, "ringing", began + timedelta(seconds=1), **{"from": demo.CARLA_NUMBER})
    if first == "server":
        await telling.tell("ringing", 0.2)
    await telling.tell("answered", 5)
    await deliver(service, theirs, "answered", began + timedelta(seconds=5.3))
    ringing = await ada.call("connected")
    # The browser dies; the server knows how it ended.
    await deliver(service, theirs, "ended", began + timedelta(seconds=65))
    call = await ada.logged(ringing["id"])
    assert (call["duration_ms"], call["ended_how"]) == (60_000, "completed")
    assert [each["id"] for each in (await ada.get("/api/panel"))["recent"]] == [call["id"]]
    await service.logged_once(call["id"])


async def test_dialling_without_a_softphone_is_explained(ada: Panel) -> None:
    answer = await ada.ask("POST", "/api/calls", {"number": demo.CARLA_NUMBER})
    assert (answer.status_code, answer.json()["code"]) == (409, "unsupported")
    assert answer.json()["detail"].startswith("Your browser is the telephone here, and it is not connected")


async def test_the_doctor_goes_the_way_of_the_agents_phone(settings: Settings, ada: Panel, pbx: Registrar) -> None:
    pbx.answers = 404
    [examined] = await examine(settings, people.ADA)
    checks = {each.name: each for each in examined.report.checks}
    assert [checks[each].state for each in ("SIP server reached", "SIP over WebSocket")] == ["pass", "pass"]
    assert checks["Registration"].state == "fail"
    assert f"no line 201 in {DOMAIN} (404" in checks["Registration"].says
    pbx.answers = 0
    [examined] = await examine(settings, None)
    [registration] = [each for each in examined.report.checks if each.name == "Registration"]
    assert registration.state == "pass"


async def test_one_phone_of_a_line_that_stops_ringing_ends_nothing_and_what_the_server_ends_has_ended(
    service: RealService, ada: Panel
) -> None:
    """Two browsers ring; the one that is not lifted is not told why it stops, and the one that talks dies."""
    began = datetime.now(UTC) - timedelta(minutes=2)
    work, home = (Telling(ada, "call-id@browser", began, phone=each) for each in ("work", "home"))
    await deliver(service, "call-id@browser", "ringing", began, **{"from": demo.CARLA_NUMBER})
    await work.tell("ringing")
    await home.tell("ringing")
    await work.tell("answered", 5)
    await home.tell("ended", 5, reason="canceled")
    await deliver(service, "call-id@browser", "answered", began + timedelta(seconds=5))
    await work.tell("held", 20)
    call = await ada.call("held")
    assert call["ended_at"] is None
    await deliver(service, "call-id@browser", "ended", began + timedelta(seconds=65))
    logged = await ada.logged(call["id"])
    assert (logged["duration_ms"], logged["ended_how"]) == (60_000, "completed")
    await service.logged_once(call["id"])


@asynccontextmanager
async def seen_by_asterisk(settings: Settings) -> AsyncIterator[tuple[Settings, FakeAsterisk]]:
    asterisk = FakeAsterisk()
    await asterisk.start()
    more = {"asterisk_host": "127.0.0.1", "asterisk_port": asterisk.port, "asterisk_user": "offhook"}
    try:
        yield replace(settings, sip_seen_by="asterisk", asterisk_secret=asterisk.secret, **more), asterisk
    finally:
        await asterisk.stop()


async def test_an_asterisk_beside_it_sees_the_same_call_under_an_id_of_its_own(
    settings: Settings, sandbox: RunningSandbox
) -> None:
    async with seen_by_asterisk(settings) as (seen, asterisk), real_service(seen, sandbox) as service:
        ada = await at_her_desk(service)
        await listening(asterisk)
        telling = Telling(ada, "call-id@browser", datetime.now(UTC))
        trunk, phone = rings(asterisk)
        await telling.tell("ringing")
        await telling.tell("answered", 0.1)
        asterisk.answers(trunk, phone)
        call = await ada.call("connected")
        await telling.tell("ended", 0.5, reason="hung-up")
        asterisk.hangs_up(phone)
        await ada.logged(call["id"])
        assert [each["id"] for each in (await ada.get("/api/panel"))["recent"]] == [call["id"]]
        await service.logged_once(call["id"])


async def test_two_browsers_that_asterisk_calls_by_ids_of_their_own_see_one_call(
    settings: Settings, sandbox: RunningSandbox
) -> None:
    async with seen_by_asterisk(settings) as (seen, asterisk), real_service(seen, sandbox) as service:
        ada = await at_her_desk(service)
        await listening(asterisk)
        work, home = (Telling(ada, f"{each}@browser", datetime.now(UTC), phone=each) for each in ("work", "home"))
        await work.tell("ringing")
        trunk, phone = rings(asterisk)
        asterisk.dials(trunk, "PJSIP/201", "201")
        await home.tell("ringing", 0.2)
        await work.tell("answered", 0.4)
        asterisk.answers(trunk, phone)
        await home.tell("ended", 0.4, reason="canceled")
        call = await ada.call("connected")
        asterisk.hangs_up(phone)
        assert (await ada.logged(call["id"]))["ended_how"] == "completed"
        assert [each["id"] for each in (await ada.get("/api/panel"))["recent"]] == [call["id"]]
        await service.logged_once(call["id"])


@pytest.mark.parametrize("ends", ["while Offhook is away", "afterwards"])
@pytest.mark.parametrize("first", ["browser", "asterisk"])
async def test_a_restart_beside_an_asterisk_closes_what_ended_and_keeps_what_lives(
    settings: Settings, sandbox: RunningSandbox, ends: str, first: str
) -> None:
    """The browser dies with the service, so that only Asterisk can know."""
    async with seen_by_asterisk(settings) as (seen, asterisk):
        async with real_service(seen, sandbox) as service:
            ada = await at_her_desk(service)
            await listening(asterisk)
            telling = Telling(ada, "call-id@browser", datetime.now(UTC), phone="work")
            if first == "browser":
                await telling.tell("ringing")
            trunk, phone = rings(asterisk)
            await ada.call("ringing")
            if first == "asterisk":
                await telling.tell("ringing", 0.1)
            await telling.tell("answered", 0.2)
            asterisk.answers(trunk, phone)
            call = await ada.call("connected")
        if ends == "while Offhook is away":
            asterisk.hangs_up(phone)
        async with real_service(seen, sandbox) as service:
            ada = Panel(service, ada.token)
            if ends == "afterwards":
                await until(lambda: asterisk.logged_in, "Offhook")
                await listening(asterisk)
                assert (await ada.call("connected"))["id"] == call["id"]
                asterisk.hangs_up(trunk)
            assert (await ada.logged(call["id"]))["ended_how"] == "completed"
            assert [each["id"] for each in (await ada.get("/api/panel"))["recent"]] == [call["id"]]
            await service.logged_once(call["id"])

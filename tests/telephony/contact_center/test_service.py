"""Offhook as a whole with 8x8 Contact Center: a call is offered, the panel shows who, and it is on the timeline once."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.real_service import Json, Panel, RealService, real_service, settings_for
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
        contact_center_codes=("12|234:Sold", "12|235:Call again", "2281|7361:Angry"),
        contact_center_status_codes=("3|801|1725|Lunch",),
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


async def talked(ada: Panel, fake: FakeContactCenter) -> tuple[Call, str]:
    theirs = await offered(fake)
    await fake.accept(theirs, BEN)
    await fake.hangs_up(theirs)
    return theirs, (await ada.call("ended"))["id"]


async def test_codes_of_the_wrap_up_are_in_8x8_and_on_the_timeline(
    settings: Settings, sandbox: RunningSandbox, fake: FakeContactCenter
) -> None:
    async with real_service(settings, sandbox) as service:
        ada = await at_her_desk(service, fake)
        [system] = (await ada.get("/api/panel"))["phone_systems"]
        assert ([each["id"] for each in system["codes"]], system["most_codes"]) == (["12|234", "12|235", "2281|7361"], 6)
        theirs, call = await talked(ada, fake)
        said = {"notes": "Wants tea", "outcome": "connected", "codes": ["12|234", "2281|7361"]}
        await ada.do("POST", f"/api/calls/{call}/wrap-up", said)
        assert theirs.codes == "12|234,2281|7361"
        assert (await ada.timeline(demo.CARLA_EMAIL, call, "codes")).endswith(
            "Wants tea<br><br>Wrap-up codes: Sold, Angry"
        )
        assert (await ada.get("/api/calls"))["calls"][0]["codes"] == ["Sold", "Angry"]


async def test_codes_that_8x8_does_not_take_save_nothing_and_the_agent_is_told_why(
    settings: Settings, sandbox: RunningSandbox, fake: FakeContactCenter
) -> None:
    async with real_service(settings, sandbox) as service:
        ada = await at_her_desk(service, fake)
        _, call = await talked(ada, fake)
        for codes, status, says in (
            (["12|234", "12|235"], 409, "multiple choice"),
            (["99|1"], 422, "no such code"),
            ([each for each in ("12|234", "12|235", "2281|7361") for _ in range(3)], 409, "multiple choice"),
        ):
            answer = await ada.ask("POST", f"/api/calls/{call}/wrap-up", {"notes": "x", "outcome": None, "codes": codes})
            assert (answer.status_code, says in answer.json()["detail"]) == (status, True), answer.text
        [waiting] = (await ada.get("/api/panel"))["calls"]
        assert (waiting["wrapped_up"], waiting["codes"]) == (False, [])
        await ada.do("POST", f"/api/calls/{call}/wrap-up", {"notes": "", "outcome": None})


async def test_codes_chosen_in_agent_workspace_are_on_the_timeline(
    settings: Settings, sandbox: RunningSandbox, fake: FakeContactCenter
) -> None:
    async with real_service(settings, sandbox) as service:
        ada = await at_her_desk(service, fake)
        theirs = await offered(fake)
        await fake.accept(theirs, BEN)
        theirs.codes = "12|235,5|12"
        await fake.hangs_up(theirs)
        call = (await ada.call("ended"))["id"]
        assert "Call again, Code 12 of list 5" in await ada.timeline(demo.CARLA_EMAIL, call, "codes")


async def test_the_panel_shows_and_changes_the_status_that_8x8_has(
    settings: Settings, sandbox: RunningSandbox, fake: FakeContactCenter
) -> None:
    def says(text: str) -> Callable[[Json], Json | None]:
        return lambda panel: panel["status"] if panel["status"] and panel["status"]["says"] == text else None

    async with real_service(settings, sandbox) as service:
        ada = await at_her_desk(service, fake)
        shown = await ada.until(says("Available"))
        assert [each["title"] for each in shown["choices"]] == ["Available", "On break: Lunch", "Working offline"]
        changed = await ada.do("PUT", "/api/status", {"status": "3|801|1725"})
        assert (changed["status"]["says"], changed["status"]["takes_calls"]) == ("On break: Lunch", False)
        assert fake.statuses[BEN]["status-code-item-id"] == 1725
        await fake.does(BEN, 4)
        await ada.until(says("Available"))
        await fake.does(BEN, 7)
        busy = await ada.until(says("In an interaction"))
        assert (busy["choices"], "when this is over" in busy["why"]) == ([], True)
        refused = await ada.ask("PUT", "/api/status", {"status": "4"})
        assert (refused.status_code, refused.json()["code"]) == (409, "wrong-state")
        fake.status_enabled = False
        await fake.does(BEN, 4)
        unknown = await ada.until(says("Status not known"))
        assert "8x8 Support must enable" in unknown["why"]
    fake.status_enabled = True
    async with real_service(settings, sandbox) as service:
        assert await Panel(service, ada.token).until(says("Available")), "asked anew after a restart"
        assert (await Panel(service, ada.token).do("DELETE", "/api/line-login"))["status"] is None


async def test_an_agent_chooses_herself_by_her_name(
    settings: Settings, sandbox: RunningSandbox, fake: FakeContactCenter
) -> None:
    async with real_service(settings, sandbox) as service:
        ada = await service.connect(people.ADA)
        await ada.do("PUT", "/api/phone-system", {"phone_system": "contact_center"})
        assert await ada.get("/api/lines") == {"lines": []}
        fake.names[CLEO] = (await ada.get("/api/panel"))["agent"]["name"]
    async with real_service(settings, sandbox) as service:
        [mine] = (await Panel(service, ada.token).get("/api/lines"))["lines"]
        assert mine["number"] == CLEO

"""The machine that runs Offhook has its clock ten minutes wrong: calls go on, and the diagnosis names the clock."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.real_service import Panel, real_service, settings_for

from hubspot_sandbox.seeds import demo, people
from hubspot_sandbox.testing import RunningSandbox, running_sandbox
from offhook import bootstrap


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        sandbox.control("POST", "/limits", {"enabled": False})
        sandbox.control("POST", "/index-delay", {"seconds": 0})
        yield sandbox


@pytest.mark.parametrize(("minutes", "which"), [(10, "ahead of"), (-10, "behind")])
async def test_a_clock_that_jumped_loses_no_call_and_is_named_with_its_remedy(
    sandbox: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minutes: int, which: str
) -> None:
    settings, right = settings_for(sandbox, tmp_path), bootstrap.now
    async with real_service(settings, sandbox) as service:
        cleo = await service.connect(people.ADA)
        await cleo.log_in("201")
    monkeypatch.setattr(bootstrap, "now", lambda: right() + timedelta(minutes=minutes))
    # By the wrong clock the token still lives; HubSpot knows better.
    sandbox.control("POST", "/tokens/expire", {"account_id": people.ACORN, "email": people.ADA})
    async with real_service(settings, sandbox) as service:
        panel = Panel(service, cleo.token)
        rang = await service.ring(demo.CARLA_NUMBER)
        call = await panel.call("ringing")
        await panel.do("POST", f"/api/calls/{call['id']}/answer")
        await service.operator(f"/api/operator/calls/{rang}/hang-up", {})
        await panel.do("POST", f"/api/calls/{call['id']}/wrap-up", {"outcome": "connected", "notes": "On time."})
        assert (await panel.logged(call["id"]))["log"]["url"]
        logged = [each["hs_call_external_id"] for each in await service.engagements(demo.CARLA_EMAIL)]
        assert logged.count(call["id"]) == 1
        report = await panel.get("/api/diagnosis")
    assert (report["title"], report["cause"], report["sure"]) == ("Clock: needs attention", "service", "certain")
    assert f"10 minutes {which} HubSpot's" in report["says"]
    [clock] = [check for check in report["checks"] if check["name"] == "Clock"]
    assert (clock["state"], clock["who"]) == ("fail", "operator")
    assert "NTP" in clock["remedy"]

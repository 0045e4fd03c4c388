"""The diagnosis against a real service and a real local HubSpot: in order, and in each kind of disorder."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.real_service import Panel, RealService, begins, real_service, settings_for

from hubspot_sandbox.seeds import demo, people
from hubspot_sandbox.testing import RunningSandbox, running_sandbox
from offhook import bootstrap
from offhook.bootstrap import examine
from offhook.diagnosis.report import Check, Report
from offhook.doctoring import as_json, as_text, exit_code
from offhook.settings import Settings

Place = tuple[RealService, Panel, Panel]
NOWHERE = "http://127.0.0.1:9"
TOKENS = {"account_id": people.ACORN, "client_id": people.CLIENT_ID, "email": people.CLEO}


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        sandbox.control("POST", "/limits", {"enabled": False})
        sandbox.control("POST", "/index-delay", {"seconds": 0})
        yield sandbox


@pytest.fixture
async def place(sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[Place]:
    """A service, Ada its administrator, and Cleo at her line; everything is in order."""
    async with real_service(settings_for(sandbox, tmp_path), sandbox) as service:
        ada = await service.connect(people.ADA)
        cleo = await service.connect(people.CLEO)
        await cleo.log_in("201")
        yield service, ada, cleo


async def connect_account(service: RealService, ada: Panel) -> None:
    begun = await ada.do("POST", "/api/sign-ins", begins("account"))
    await service.http.get(await service.decide(begun["consent_url"], people.ADA, people.ACORN))
    assert (await service.claim(begun["id"]))["state"] == "granted"


async def report_of(settings: Settings, email: str = people.CLEO) -> Report:
    [examined] = await examine(settings, email)
    return examined.report


def named(checks: Sequence[Check], name: str) -> Check:
    [check] = [check for check in checks if check.name == name]
    return check


def failing(report: Report) -> list[str]:
    return [check.name for check in report.checks if check.state == "fail" and not check.minor]


# In order.


async def test_when_all_is_in_order_every_check_that_can_be_asked_passes(place: Place) -> None:
    service, ada, cleo = place
    await connect_account(service, ada)
    rang = await service.ring(demo.CARLA_NUMBER)
    await cleo.call("ringing")
    await service.operator(f"/api/operator/calls/{rang}/hang-up", {})
    report = await report_of(service.settings)
    assert (report.title, failing(report)) == ("No trouble found", [])
    asked = [check.name for check in report.checks if check.state != "could-not-ask"]
    assert {"Service reached", "Client secret", "HubSpot user", "Find a contact", "Log a call", "Deliveries"} <= {*asked}
    unasked = {check.name for check in report.checks if check.state == "could-not-ask"}
    assert unasked == {"App's settings", "Approval", "Subscription", "Microphone", "Panel version"}
    assert "ada@acorn.example connected the account" in named(report.checks, "App in the account").says


async def test_the_same_report_is_on_the_panel_on_the_administrators_page_and_on_the_command_line(
    place: Place,
) -> None:
    service, ada, cleo = place
    on_panel = await cleo.get("/api/diagnosis")
    grant = await service.service.parts.access.grant_of(cleo.id)
    assert grant
    for_administrator = await ada.get(f"/api/administration/people/{grant.hubspot_user_id}/diagnosis")
    told = json.loads(as_json(await examine(service.settings, people.CLEO)))
    assert (told["reports"][0]["agent"], told["reports"][0]["account_id"]) == (people.CLEO, people.ACORN)
    assert on_panel["checks"]
    assert on_panel == for_administrator == told["reports"][0]["report"]


async def test_asking_whether_a_call_may_be_logged_leaves_nothing_in_hubspot(place: Place) -> None:
    service, _, _ = place
    before = [each["records"] for each in service.sandbox.control("GET", "/state")["accounts"]]
    report = await report_of(service.settings)
    assert named(report.checks, "Log a call").state == "pass"
    asked = [each for each in service.sandbox.control("GET", "/journal") if each["path"].endswith("/calls/batch/create")]
    assert {each["status"] for each in asked} == {400}
    assert [each["records"] for each in service.sandbox.control("GET", "/state")["accounts"]] == before


async def test_the_installation_is_looked_at_without_anybody(place: Place) -> None:
    service, _, _ = place
    [examined] = await examine(service.settings, None)
    assert (examined.agent, failing(examined.report), exit_code([examined])) == (None, [], 0)
    assert "person" not in {check.part for check in examined.report.checks}


# Whom an administrator may look at.


async def test_an_administrator_sees_somebody_who_never_connected(place: Place) -> None:
    service, ada, _ = place
    await connect_account(service, ada)
    users = (await ada.get("/api/administration/people"))["people"]
    [ben] = [each["hubspot_user_id"] for each in users if each["email"] == people.BEN]
    report = await ada.get(f"/api/administration/people/{ben}/diagnosis")
    assert (report["title"], report["cause"]) == ("HubSpot connection: needs attention", "person")


@pytest.mark.parametrize("user_id", [1, 10**15])
async def test_nobody_is_found_who_is_not_there(place: Place, user_id: int) -> None:
    _, ada, cleo = place
    path = f"/api/administration/people/{user_id}/diagnosis"
    assert (await ada.ask("GET", path)).status_code == 404
    assert (await cleo.ask("GET", path)).status_code == 403


# In disorder.


async def test_an_app_that_was_uninstalled_is_named_as_likely(place: Place) -> None:
    service, ada, _ = place
    await connect_account(service, ada)
    service.sandbox.control("POST", f"/accounts/{people.ACORN}/apps/{people.CLIENT_ID}/uninstall", {})
    report = await report_of(service.settings)
    assert (report.cause, report.sure) == ("account", "likely")
    assert "uninstalled" in report.says
    assert named(report.checks, "HubSpot connection").state == "fail"
    assert named(report.checks, "Client secret").state == "pass"


async def test_a_connection_that_was_revoked_is_the_persons_and_what_cannot_be_told_is_not(place: Place) -> None:
    service, ada, _ = place
    await connect_account(service, ada)
    for end in ("expire", "revoke"):
        service.sandbox.control("POST", f"/tokens/{end}", TOKENS)
    report = await report_of(service.settings)
    assert (report.title, report.cause) == ("HubSpot connection: needs attention", "person")
    assert named(report.checks, "HubSpot connection").who == "agent"
    installed = named(report.checks, "App in the account")
    assert (installed.state, "connected the account" in installed.says) == ("pass", True)
    assert named(report.checks, "Line").state == "pass"


async def test_a_hubspot_that_is_down_is_said_once_and_everything_else_could_not_be_asked(place: Place) -> None:
    service, _, _ = place
    report = await report_of(replace(service.settings, hubspot_api_url=NOWHERE))
    assert (failing(report), report.title) == (["HubSpot's API"], "HubSpot's API: needs attention")
    assert {each.state for each in report.checks if each.part == "live"} == {"could-not-ask"}
    assert named(report.checks, "HubSpot connection").state == "pass"


async def test_a_wrong_client_secret_is_the_apps_and_the_operators(place: Place) -> None:
    service, _, _ = place
    examined = await examine(replace(service.settings, hubspot_client_secret="wrong"), people.CLEO)
    report = examined[0].report
    assert (report.cause, report.title) == ("app", "Client secret: needs attention")
    assert named(report.checks, "Client secret").who == "operator"
    assert exit_code(examined) == 1
    assert "✗ Client secret" in as_text(examined)
    assert "(whoever runs Offhook)" in as_text(examined)


@pytest.mark.parametrize("minutes", [10, -10])
async def test_a_clock_that_is_ten_minutes_off_is_named(
    place: Place, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    service, _, _ = place
    right = bootstrap.now
    monkeypatch.setattr(bootstrap, "now", lambda: right() + timedelta(minutes=minutes))
    report = await report_of(service.settings)
    assert (failing(report), report.cause) == (["Clock"], "service")
    assert f"10 minutes {'ahead of' if minutes > 0 else 'behind'} HubSpot's" in report.says


async def test_a_service_that_does_not_run_is_the_operators(sandbox: RunningSandbox, tmp_path: Path) -> None:
    [examined] = await examine(settings_for(sandbox, tmp_path), None)
    assert failing(examined.report) == ["Service reached"]
    assert named(examined.report.checks, "Service reached").who == "operator"


async def test_a_user_who_is_deactivated_is_for_an_administrator(place: Place) -> None:
    service, ada, _ = place
    await connect_account(service, ada)
    service.sandbox.control(
        "POST", f"/people/{people.CLEO}/rights", {"account_id": people.ACORN, "active": False, "change": {}}
    )
    report = await report_of(service.settings)
    assert report.title == "HubSpot user: needs attention"
    assert named(report.checks, "HubSpot user").who == "administrator"


async def test_what_administrators_switched_off_is_told_as_their_decision(place: Place) -> None:
    _, ada, cleo = place
    await ada.do("PUT", "/api/administration/policy", {"without": ["tickets"]})
    report = await cleo.get("/api/diagnosis")
    [tickets] = [check for check in report["checks"] if check["name"] == "Show tickets"]
    assert (tickets["state"], tickets["who"], tickets["minor"]) == ("fail", "administrator", True)
    assert report["title"] == "No trouble found"


async def test_the_developer_project_is_compared_where_the_setting_names_it(place: Place, tmp_path: Path) -> None:
    service, _, _ = place
    report = await report_of(replace(service.settings, hubspot_app_project=tmp_path / "nothing"))
    assert failing(report) == ["Project"]
    assert report.cause == "app"

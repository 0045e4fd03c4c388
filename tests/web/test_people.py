"""Who is in an account, over HTTP: for its administrators and nobody else."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.real_service import Panel, RealService, real_service, settings_for
from tests.web.test_administration import connect_account

from hubspot_sandbox.seeds import people as seeds
from hubspot_sandbox.testing import RunningSandbox
from offhook.administration import roster

PEOPLE, SYSTEMS = "/api/administration/people", "/api/administration/phone-systems"
Json = dict[str, Any]


@pytest.fixture(autouse=True)
def always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """HubSpot is asked each time, so that a test sees what it has just changed."""
    monkeypatch.setattr(roster, "FRESH", timedelta(0))


@pytest.fixture
async def account_grant(service: RealService, ada: Panel) -> AsyncIterator[None]:
    await connect_account(service, ada)
    yield
    await ada.do("DELETE", "/api/administration/account-grant")


async def one(administrator: Panel, email: str) -> Json:
    found = [each for each in (await administrator.get(PEOPLE))["people"] if each["email"] == email]
    assert len(found) == 1, found
    return dict(found[0])


async def change_rights(service: RealService, email: str, **wish: Any) -> None:
    body = {"account_id": seeds.ACORN, **wish}
    await asyncio.to_thread(service.sandbox.control, "POST", f"/people/{email}/rights", body)


async def test_everybody_is_listed_connected_or_not(ada: Panel, ben: Panel) -> None:
    found = await ada.get(PEOPLE)
    assert found["problem"] is None
    assert found["as_of"]
    assert seeds.ADA in found["admins"]
    cleo, eve = await one(ada, seeds.CLEO), await one(ada, seeds.EVE)
    assert (cleo["state"], cleo["line"], cleo["phone_system"]) == ("connected", "201", "exchange")
    assert (cleo["name"], cleo["super_admin"], cleo["agent_id"]) == ("Cleo Costa", False, ben.id)
    assert {"key": "find-contacts", "title": "Find contacts", "on": True} in cleo["capabilities"]
    assert (eve["state"], eve["capabilities"], eve["agent_id"], eve["since"]) == ("not-connected", [], None, None)
    assert eve["hubspot_user_id"]
    assert (await one(ada, seeds.ADA))["super_admin"] is True


async def test_who_cannot_log_in_any_more_is_said_to_be_gone(service: RealService, ada: Panel) -> None:
    await change_rights(service, seeds.DEV, rights={"contacts.view": "all"}, active=True)
    await service.connect(seeds.DEV)
    await change_rights(service, seeds.DEV, active=False)
    try:
        dev = await one(ada, seeds.DEV)
        assert (dev["state"], dev["super_admin"], dev["reason"]["code"]) == ("connected", None, "hubspot-not-found")
        assert "does not list" in dev["reason"]["says"]
        checked = await ada.do("POST", f"{PEOPLE}/{dev['hubspot_user_id']}/check")
        assert checked["reason"]["code"] == "hubspot-not-found"
    finally:
        await change_rights(service, seeds.DEV, active=True)
    assert (await one(ada, seeds.DEV))["reason"] is None


async def test_a_permission_set_is_named(service: RealService, ada: Panel) -> None:
    await change_rights(service, seeds.EVE, permission_set="Sales rep")
    try:
        assert (await one(ada, seeds.EVE))["role"] == "Sales rep"
    finally:
        await change_rights(service, seeds.EVE, permission_set="")
    assert (await one(ada, seeds.EVE))["role"] is None


async def test_a_connection_that_broke_says_why_once_somebody_looks(service: RealService, ada: Panel) -> None:
    await change_rights(service, seeds.DEV, rights={"contacts.view": "all"}, active=True)
    dev = await service.connect(seeds.DEV)
    access = service.service.parts.access
    grant = await access.grant_of(dev.id)
    assert grant
    for what in ("revoke", "expire"):
        whose = {"account_id": seeds.ACORN, "email": seeds.DEV}
        await asyncio.to_thread(service.sandbox.control, "POST", f"/tokens/{what}", whose)
    checked = await ada.do("POST", f"{PEOPLE}/{grant.hubspot_user_id}/check")
    assert (checked["state"], checked["reason"]["code"]) == ("broken", "grant-broken")


async def test_when_hubspot_is_down_what_is_known_here_is_shown_and_the_rest_is_not_guessed(
    service: RealService, ada: Panel, ben: Panel
) -> None:
    service.sandbox.control("POST", "/faults", {"path": "/settings/users/", "times": 50, "status": 503})
    try:
        found = await ada.get(PEOPLE)
        checked = await ada.ask("POST", f"{PEOPLE}/1/check")
    finally:
        service.sandbox.control("DELETE", "/faults")
    assert (found["problem"]["code"], found["problem"]["retryable"], found["as_of"]) == (
        "hubspot-unavailable",
        True,
        None,
    )
    assert seeds.EVE not in [each["email"] for each in found["people"]]
    [cleo] = [each for each in found["people"] if each["email"] == seeds.CLEO]
    assert (cleo["state"], cleo["super_admin"], cleo["role"], cleo["reason"]) == ("connected", None, None, None)
    assert (checked.status_code, checked.json()["code"]) == (502, "hubspot-unavailable")


async def test_without_the_right_to_ask_the_page_says_what_would_help(sandbox: RunningSandbox, tmp_path: Path) -> None:
    administrators = (seeds.ADA, seeds.CLEO)
    async with real_service(settings_for(sandbox, tmp_path, administrators=administrators), sandbox) as service:
        ada = await service.connect(seeds.ADA)
        cleo = await service.connect(seeds.CLEO, ask="search-only")
        found = await cleo.get(PEOPLE)
        assert found["problem"]["code"] == "missing-scope"
        assert "connects the whole account" in found["problem"]["remedy"]
        assert {each["email"] for each in found["people"]} == {seeds.ADA, seeds.CLEO}
        assert (found["account_grant"], set(found["admins"])) == (False, {seeds.ADA, seeds.CLEO})
        await connect_account(service, ada)
        found = await cleo.get(PEOPLE)
        assert (found["problem"], found["account_grant"]) == (None, True)
        assert seeds.EVE in {each["email"] for each in found["people"]}


async def test_phone_systems_show_who_of_the_account_is_on_which_line(ada: Panel, ben: Panel, zed: Panel) -> None:
    mine = (await ada.get(SYSTEMS))["phone_systems"]
    assert [each["key"] for each in mine] == ["exchange", "webhook"]
    assert "dial" in mine[0]["can"]
    assert mine[0]["lines"] == [{"number": "201", "name": "Ben", "agent": "Cleo Costa"}]
    assert mine[1]["lines"] == []
    theirs = (await zed.get(SYSTEMS))["phone_systems"]
    assert [each["number"] for each in theirs[0]["lines"]] == ["203"]


# Nobody else.


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", PEOPLE), ("GET", SYSTEMS), ("POST", f"{PEOPLE}/1/check"), ("POST", f"{PEOPLE}/1/task")],
)
async def test_agents_and_strangers_see_none_of_it(service: RealService, ben: Panel, method: str, path: str) -> None:
    agent, nobody = await ben.ask(method, path), await service.http.request(method, path)
    assert (agent.status_code, agent.json()["code"]) == (403, "not-allowed")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "signed-out")


@pytest.mark.parametrize("user_id", ["0", "1", "-1", str(2**63), "9" * 400])
async def test_nobody_has_an_impossible_id(ada: Panel, user_id: str) -> None:
    for what in ("check", "task"):
        answer = await ada.ask("POST", f"{PEOPLE}/{user_id}/{what}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_an_administrator_of_another_account_finds_nobody_of_this_one(ada: Panel, zed: Panel) -> None:
    eve = await one(ada, seeds.EVE)
    for what in ("check", "task"):
        answer = await zed.ask("POST", f"{PEOPLE}/{eve['hubspot_user_id']}/{what}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        assert "eve" not in answer.text.lower()
    assert "acorn" not in str([each for each in (await zed.get(PEOPLE))["people"] if each["email"] == seeds.EVE])
    emails = {each["email"] for each in (await zed.get(PEOPLE))["people"]}
    assert seeds.CLEO not in emails
    assert seeds.EVE not in emails

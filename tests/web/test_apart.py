"""Two accounts in one service: an agent of one can never read, control, wrap up or log what belongs to the other."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.real_service import Panel, RealService

from hubspot_sandbox.seeds import demo, people

# Every route that names something by its id → what is sent.
ROUTES: dict[tuple[str, str], Any] = {
    ("POST", "/api/calls/{call_id:str}/{action:str}"): {"to": "203"},
    ("PUT", "/api/calls/{call_id:str}/notes"): {"notes": "Mine."},
    ("PUT", "/api/calls/{call_id:str}/contact"): {"contact_id": "1"},
    ("POST", "/api/calls/{call_id:str}/wrap-up"): {"notes": "Mine.", "outcome": "connected"},
    ("POST", "/api/calls/{call_id:str}/log"): None,
    ("POST", "/api/reminders/{elevation_id:str}/done"): None,
    ("GET", "/api/administration/people/{hubspot_user_id:int}/diagnosis"): None,
    ("POST", "/api/administration/people/{hubspot_user_id:int}/check"): None,
    ("POST", "/api/administration/people/{hubspot_user_id:int}/task"): None,
    ("POST", "/api/administration/elevations/{elevation_id:str}/end"): None,
}
# These take no agent's token, or name nothing of an account.
OTHERS = {
    "/api/administration/people/{hubspot_user_id:int}/lend",  # needs the account's grant before it looks at anybody
    "/api/contacts/{contact_id:str}/around",  # asked of HubSpot, in the agent's own name and account
    "/api/deliveries/{phone_system:str}",
    "/api/sign-ins/{attempt_id:str}/claim",
    "/api/sign-ins/{attempt_id:str}/stuck",
    "/api/operator/calls/{call:str}/hang-up",
    "/api/grant/{switch:str}",
    "/recordings/{call_id:str}/address",  # HubSpot's servers and players; test_recordings says whose may be heard
    "/recordings/{call_id:str}/{file:str}",
    "/panel/{file_path:path}",
    "/administration/{file_path:path}",
    "/schema/{path:str}",
}


@pytest.fixture
async def call(service: RealService, ben: Panel) -> AsyncIterator[str]:
    """A call of Acorn, on which somebody talks; the customer leaves at the end, wherever she was passed on to."""
    rang = await service.ring(demo.CARLA_NUMBER)
    found = await ben.call("ringing")
    await ben.do("POST", f"/api/calls/{found['id']}/answer")
    yield str((await ben.call("connected"))["id"])
    await service.operator(f"/api/operator/calls/{rang}/hang-up", {})


async def test_every_route_that_names_something_is_tried(service: RealService) -> None:
    paths = {route.path for route in service.service.app.routes if "{" in route.path}
    assert paths == {path for _, path in ROUTES} | (OTHERS & paths)


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_nobody_does_anything_with_what_is_another_accounts(
    call: str, service: RealService, ben: Panel, zed: Panel, method: str, path: str
) -> None:
    user = await user_of(service, ben)
    for action in ("answer", "decline", "hang-up", "hold", "resume", "mute", "unmute", "transfer"):
        address = path.replace("{call_id:str}", call).replace("{action:str}", action)
        address = address.replace("{elevation_id:str}", "0" * 32).replace("{hubspot_user_id:int}", user)
        answer = await zed.ask(method, address, ROUTES[method, path])
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        assert call not in answer.text.replace(address, "")
    [mine] = (await ben.get("/api/panel"))["calls"]
    assert (mine["state"], mine["muted"], mine["notes"], mine["outcome"]) == ("connected", False, "", None)


async def user_of(service: RealService, panel: Panel) -> str:
    grant = await service.service.parts.access.grant_of(panel.id)
    assert grant
    return str(grant.hubspot_user_id)


async def test_no_contact_is_made_for_a_call_of_another_account(call: str, zed: Panel) -> None:
    body = {"number": "+442079461234", "first_name": "Nobody", "last_name": "Unmade", "call_id": call}
    assert (await zed.ask("POST", "/api/contacts", body)).status_code == 404
    assert (await zed.get("/api/contacts", params={"query": "Unmade"}))["answer"] == "none"


async def test_nobody_sees_another_accounts_calls_or_contacts(call: str, zed: Panel, ben: Panel) -> None:
    assert call not in str(await zed.get("/api/panel"))
    assert call not in str(await zed.get("/api/calls"))
    [carla] = (await zed.get("/api/contacts", params={"query": "carla reyes"}))["contacts"]
    [other] = (await ben.get("/api/contacts", params={"query": "carla reyes"}))["contacts"]
    assert (f"/{people.BIRCH}/" in carla["url"], f"/{people.ACORN}/" in other["url"]) == (True, True)


async def test_a_call_that_is_passed_on_to_another_account_is_not_shown_there(
    service: RealService, call: str, ben: Panel, zed: Panel, ada: Panel
) -> None:
    await ben.do("POST", f"/api/calls/{call}/transfer", {"to": "203"})
    await ben.call("ended")
    assert call not in str(await zed.get("/api/panel"))
    strays = (await ada.get("/api/panel"))["strays"]
    assert any("another HubSpot account" in each["says"] for each in strays)
    assert (await ben.get("/api/panel"))["strays"] == []


async def test_the_same_caller_is_each_accounts_own_contact(service: RealService, zed: Panel) -> None:
    await service.ring(demo.CARLA_NUMBER, "203")
    known = await zed.until(lambda panel: next((c for c in panel["calls"] if c["who"]["answer"] == "one"), None))
    assert f"/{people.BIRCH}/" in known["who"]["contacts"][0]["url"]
    await zed.do("POST", f"/api/calls/{known['id']}/decline")

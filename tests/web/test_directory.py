"""The contacts of a connected account are brought in by themselves; administrators see how far, and decide whether."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tests.real_service import Panel, RealService
from tests.web.test_administration import GRANT, POLICY, connect_account

from hubspot_sandbox.seeds import people
from offhook.directory import store

DIRECTORY = "/api/administration/directory"

Json = dict[str, Any]


@pytest.fixture
async def connected(service: RealService, ada: Panel) -> AsyncIterator[None]:
    """The account, by a grant of its own."""
    await connect_account(service, ada)
    yield
    await ada.ask("DELETE", GRANT)
    await ada.do("PUT", POLICY, {"sync_contacts": True})


async def until(ada: Panel, holds: Callable[[Json], object]) -> Json:
    """How it stands, when it stands so."""
    async with asyncio.timeout(60):
        while True:
            now: Json = await ada.get(DIRECTORY)
            if holds(now):
                return now
            await asyncio.sleep(0.1)


async def kept(service: RealService, account_id: int = people.ACORN) -> int:
    async with service.service.parts.database.reading() as connection:
        return await store.count_contacts(connection, account_id)


async def in_hubspot(service: RealService) -> int:
    """Contacts with a number."""
    url = f"{service.sandbox.base_url}/crm/objects/2026-09/contacts/search"
    groups = [{"filters": [{"propertyName": each, "operator": "HAS_PROPERTY"}]} for each in ("phone", "mobilephone")]
    body = {"filterGroups": groups, "limit": 1}
    return int((await service.http.post(url, json=body, headers=service.sandbox.bearer())).json()["total"])


async def test_all_contacts_with_numbers_are_known_soon_after_the_account_is_connected(
    service: RealService, ada: Panel, ben: Panel, zed: Panel, connected: None
) -> None:
    assert (await ben.ask("GET", DIRECTORY)).status_code == 403
    now = await until(ada, lambda view: view["looked_at"])
    assert (now["state"], now["reason"]) == ("known", None)
    assert now["known"] == await kept(service) == await in_hubspot(service)
    assert now["listed"] == now["total"] > now["known"]
    assert (await zed.get(DIRECTORY))["state"] == "not-connected"
    metrics = (await service.http.get("/metrics")).text
    assert "offhook_directory_listing 0.0" in metrics
    assert "offhook_directory_behind_seconds" in metrics


async def test_who_decides_against_it_has_all_of_it_forgotten(service: RealService, ada: Panel, connected: None) -> None:
    await until(ada, lambda view: view["known"])
    await ada.do("PUT", POLICY, {"sync_contacts": False})
    assert ((await ada.get(DIRECTORY))["state"], await kept(service)) == ("off", 0)
    await ada.do("PUT", POLICY, {"sync_contacts": True})
    await until(ada, lambda view: view["known"])


async def test_with_the_accounts_grant_all_of_it_is_forgotten(service: RealService, ada: Panel, connected: None) -> None:
    await until(ada, lambda view: view["known"])
    await ada.do("DELETE", GRANT)
    assert ((await ada.get(DIRECTORY))["state"], await kept(service)) == ("not-connected", 0)

"""An app whose tokens follow the person's own rights: HubSpot hides by itself, and Offhook shows just that."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.real_service import Panel, RealService, real_service, settings_for

from hubspot_sandbox.seeds import demo, people
from hubspot_sandbox.testing import RunningSandbox, running_sandbox


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[RealService]:
    with running_sandbox() as sandbox:
        sandbox.control("POST", "/index-delay", {"seconds": 0})
        settings = settings_for(sandbox, tmp_path)
        follow_rights(sandbox)
        async with real_service(settings, sandbox) as service:
            yield service


def follow_rights(sandbox: RunningSandbox) -> None:
    [app] = [each for each in sandbox.control("GET", "/apps") if each["client_id"] == people.CLIENT_ID]
    sandbox.control(
        "POST",
        "/apps",
        {
            "name": app["name"],
            "client_id": people.CLIENT_ID,
            "client_secret": people.CLIENT_SECRET,
            "redirect_urls": app["redirect_urls"],
            "required_scopes": " ".join(people.REQUIRED_SCOPES),
            "optional_scopes": " ".join(people.OPTIONAL_SCOPES),
            "is_user_level": True,
        },
    )


async def names(panel: Panel, query: str) -> list[str]:
    found = await panel.get("/api/contacts", params={"query": query})
    return [each["name"] for each in found["contacts"]]


async def test_each_finds_what_hubspot_lets_her_see(service: RealService) -> None:
    ada = await service.connect(people.ADA)
    assert await names(ada, demo.NORA_EMAIL) == ["Nora Vance"]
    # Cleo sees the contacts of her team, which Ada, who owns Nora, is not in.
    service.sandbox.control(
        "POST",
        f"/people/{people.CLEO}/rights",
        {"account_id": people.ACORN, "change": {"contacts.view": "team", "contacts.view.unassigned": "on"}},
    )
    cleo = await service.connect(people.CLEO)
    assert await names(cleo, demo.NORA_EMAIL) == []
    assert await names(cleo, demo.CARLA_NAME) == [demo.CARLA_NAME], "Ben's, who is in the same team"

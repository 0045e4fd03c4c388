"""What administrators decide, over HTTP; and that nobody else does."""

import asyncio
from typing import Any

import pytest
from tests.real_service import Panel, RealService, begins

from hubspot_sandbox.seeds import people
from offhook.hubspot import scopes

POLICY, GRANT, DEEDS = (f"/api/administration/{name}" for name in ("policy", "account-grant", "deeds"))


async def connect_account(service: RealService, administrator: Panel) -> dict[str, Any]:
    """An administrator gives the account's own grant, with scopes of every kind."""
    begun = await administrator.do("POST", "/api/sign-ins", begins("account"))
    back = await service.http.get(await service.decide(begun["consent_url"], people.ADA, people.ACORN))
    assert back.status_code == 200, back.text
    assert (await service.claim(begun["id"]))["state"] == "granted"
    return await administrator.get(GRANT)


@pytest.mark.parametrize(("method", "path"), [("GET", POLICY), ("PUT", POLICY), ("GET", GRANT), ("GET", DEEDS)])
async def test_an_agent_administrates_nothing(ben: Panel, method: str, path: str) -> None:
    answer = await ben.ask(method, path, {} if method == "PUT" else None)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")


async def test_an_agent_cannot_connect_the_account(ben: Panel, service: RealService) -> None:
    body = begins("account")
    for answer in (await ben.ask("POST", "/api/sign-ins", body), await service.http.post("/api/sign-ins", json=body)):
        assert answer.json()["code"] == "not-allowed"


async def test_a_policy_is_changed_told_to_everybody_and_recorded(ada: Panel, ben: Panel, zed: Panel) -> None:
    after = await ada.do("PUT", POLICY, {"without": ["tickets"]})
    assert after["policy"]["without"] == ["tickets"]
    [tickets] = [each for each in (await ben.get("/api/panel"))["grant"]["capabilities"] if each["key"] == "tickets"]
    assert (tickets["on"], tickets["can_be_added"]) == (False, False)
    assert "administrator" in tickets["why"]
    deed = (await ada.get(DEEDS))["deeds"][0]
    assert (deed["who"], deed["deed"]) == (people.ADA, "policy-changed")
    assert deed["detail"] == "Switched off: Show tickets."
    assert (await zed.get(POLICY))["policy"]["without"] == [], "another account has its own"
    assert deed["id"] not in str(await zed.get(DEEDS))
    await ada.do("PUT", POLICY, {"without": []})


async def test_what_is_no_policy_changes_nothing(ada: Panel) -> None:
    before = await ada.get(POLICY)
    answer = await ada.ask("PUT", POLICY, {"visibility": "own", "pop": "sometimes"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")
    assert await ada.get(POLICY) == before


async def test_an_administrator_connects_the_whole_account_and_her_own_grant_stays(
    ada: Panel, service: RealService
) -> None:
    own = (await ada.get("/api/panel"))["grant"]
    grant = await connect_account(service, ada)
    assert (grant["state"], grant["as"], grant["account_id"]) == ("active", people.ADA, people.ACORN)
    assert "account-connected" in [each["deed"] for each in (await ada.get(DEEDS))["deeds"][:3]]
    assert (await ada.get("/api/panel"))["grant"] == own
    kept = await service.service.parts.access.grant_of(f"account-{people.ACORN}")
    assert kept
    assert set(kept.scopes) >= {scopes.USERS_WRITE, scopes.USERS_READ}
    await ada.do("DELETE", GRANT)
    assert (await ada.ask("GET", GRANT)).content == b"null"
    assert (await ada.get("/api/panel"))["grant"]["state"] == "active"
    assert (await ada.get(DEEDS))["deeds"][0]["deed"] == "account-grant-forgotten"


async def test_a_super_admin_administrates_until_hubspot_says_otherwise(
    service: RealService, ada: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing = service.sandbox.portal.people
    await asyncio.to_thread(standing.set_rights, people.ACORN, people.DEV, {"contacts.view": "all"})
    dev = await service.connect(people.DEV)
    await connect_account(service, ada)  # Dev's own grant may not ask who is Super Admin
    assert (await dev.ask("GET", POLICY)).status_code == 403
    await asyncio.to_thread(standing.set_super_admin, people.ACORN, people.DEV, True)
    minutes_later(service, monkeypatch, 2)
    assert (await dev.ask("GET", POLICY)).status_code == 200
    await asyncio.to_thread(standing.set_super_admin, people.ACORN, people.DEV, False)
    minutes_later(service, monkeypatch, 4)
    assert (await dev.ask("GET", POLICY)).status_code == 403
    await ada.do("DELETE", GRANT)


def minutes_later(service: RealService, monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    """What HubSpot said then is older than it was."""
    from datetime import timedelta

    from offhook.bootstrap import now

    upkeep = service.service.parts.standing.__self__  # type: ignore[attr-defined]
    monkeypatch.setattr(upkeep, "_now", lambda: now() + timedelta(minutes=minutes))


async def test_an_agent_chooses_for_herself_what_is_not_locked(ada: Panel, ben: Panel) -> None:
    mine = await ben.do("PUT", "/api/preferences", {"pop": "answered"})
    habits = {"auto_log": True, "pop": "answered", "numbers": "hubspot", "confirm_dial": False, "locked": []}
    assert mine["habits"] == habits
    await ada.do("PUT", POLICY, {"pop": {"value": "never", "locked": True}})
    assert (await ben.get("/api/panel"))["habits"] == habits | {"pop": "never", "locked": ["pop"]}
    refused = await ben.ask("PUT", "/api/preferences", {"pop": "ringing"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
    await ada.do("PUT", POLICY, {"pop": {"value": "ringing", "locked": False}})
    assert (await ben.do("PUT", "/api/preferences", {}))["habits"]["pop"] == "ringing"

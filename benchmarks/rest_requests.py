"""`rest.requests`: what HubSpot is asked for each connected agent in an hour in which nothing happens.

The real service against the local HubSpot, in whose journal the requests are counted. An hour passes in half a minute:
the service's clock, its loops and HubSpot's clock all run faster alike. Every agent's panel is opened every three
minutes, as by somebody who goes from page to page. The limit: what HubSpot's smallest daily limit (250,000 in an account)
leaves for each of the agents in an hour.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import uvloop

from benchmarks.result import Result
from hubspot_sandbox.testing import ACORN, CLIENT_ID, CLIENT_SECRET, RunningSandbox, running_sandbox
from offhook import bootstrap, upkeep
from offhook.administration import attending, watch
from offhook.agents import store as agents
from offhook.bootstrap import Service, running
from offhook.grants import store as grants
from offhook.grants.attempt import Consented
from offhook.grants.grant import holder_of_account
from offhook.grants.vault import Secret
from offhook.grants.wire import Tokens
from offhook.settings import Settings

AGENTS, EVERY_MINUTES, DAILY_LIMIT = 21, 3, 250_000
FASTER = 120
HOUR, QUARTER = 60, 15
LOOPS = ((watch, "EVERY"), (attending, "LOOK_EVERY"), (upkeep, "RULES_EVERY"))
SCOPES = (
    *("oauth", "crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.companies.read"),
    *("crm.objects.deals.read", "tickets", "crm.objects.owners.read", "settings.users.read"),
)


def measure() -> dict[str, object]:
    with running_sandbox() as sandbox, tempfile.TemporaryDirectory() as folder, _faster():
        at_rest, lent = uvloop.run(_measure(sandbox, Path(folder)))
    ours = sum(at_rest.values()) / AGENTS
    what = ", ".join(f"{count} × {route}" for route, count in sorted(at_rest.items()))
    peer = f"HubSpot's smallest daily limit, shared by {AGENTS} agents"
    note = (
        f"less is better; {what} of {AGENTS} agents together; while somebody is Super Admin for connecting, "
        f"{sum(lent.values()) * HOUR // QUARTER} an hour more in the whole account, for an hour at most"
    )
    limit = DAILY_LIMIT / 24 / AGENTS
    return Result("rest.requests", "requests/h", round(ours, 3), round(limit, 1), peer, note).row()


@contextmanager
def _faster() -> Iterator[None]:
    """Everything that looks at the clock, or waits."""
    began, at = time.monotonic(), datetime.now(UTC)
    patches: list[Any] = [
        patch.object(bootstrap, "now", lambda: at + timedelta(seconds=(time.monotonic() - began) * FASTER)),
        *(patch.object(module, name, getattr(module, name) / FASTER) for module, name in LOOPS),
    ]
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()


async def _measure(sandbox: RunningSandbox, folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """What was asked in an hour at rest, and in a quarter of an hour while rights are lent: route → how often."""
    settings = Settings(
        data_dir=folder,
        hubspot_api_url=sandbox.base_url,
        hubspot_app_url=sandbox.base_url,
        hubspot_client_id=CLIENT_ID,
        hubspot_client_secret=CLIENT_SECRET,
        webhook_secret="benchmark",
    )
    async with running(settings) as service:
        tokens = [await _connect(service, sandbox, number) for number in range(AGENTS)]
        app: Any = service.app
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8600") as panels:
            at_rest = await _pass(sandbox, panels, tokens, HOUR)
            await _lend(service)
            return at_rest, await _pass(sandbox, panels, tokens, QUARTER)


async def _pass(sandbox: RunningSandbox, panels: httpx.AsyncClient, tokens: list[str], minutes: int) -> dict[str, int]:
    await _control(sandbox, "DELETE", "/journal")
    for minute in range(minutes):
        next_minute = time.monotonic() + 60 / FASTER
        await _control(sandbox, "POST", "/clock", {"advance_seconds": 60 - 60 / FASTER})
        for token in tokens[minute % EVERY_MINUTES :: EVERY_MINUTES]:
            answer = await panels.get("/api/panel", headers={"Authorization": f"Bearer {token}"})
            assert answer.json()["grant"]["state"] == "active", answer.text
        await asyncio.sleep(max(next_minute - time.monotonic(), 0))
    counts: dict[str, int] = {}
    for entry in await _control(sandbox, "GET", "/journal"):
        route = f"{entry['method']} {entry['route'] or entry['path']}"
        counts[route] = counts.get(route, 0) + 1
    return counts


async def _control(sandbox: RunningSandbox, method: str, path: str, body: Any = None) -> Any:
    return await asyncio.to_thread(sandbox.control, method, path, body)


async def _connect(service: Service, sandbox: RunningSandbox, number: int) -> str:
    """Somebody who connected a while ago; the first one connected the whole account, too. Gives her sign-in."""
    email = f"agent{number}@acorn.example"
    wish = {"email": email, "name": f"Agent {number}", "super_admin": number == 0, "rights": {"contacts.view": "all"}}
    await _control(sandbox, "POST", f"/accounts/{ACORN}/people", wish)
    parts = service.parts
    async with parts.database.transaction() as connection:
        consented = await _consent(sandbox, email, parts.now())
        agent = await agents.arrive(
            connection, account_id=ACORN, hubspot_user_id=consented.user_id, email=email, now=parts.now()
        )
        await parts.access.save(connection, agent.id, consented, "acorn.example")
        if number == 0:
            everybodys = await _consent(sandbox, email, parts.now())
            await parts.access.save(connection, holder_of_account(ACORN), everybodys, "acorn.example")
        return await agents.sign_in_agent(connection, agent.id, parts.now())


async def _consent(sandbox: RunningSandbox, email: str, now: datetime) -> Consented:
    wish = {"account_id": ACORN, "email": email, "client_id": CLIENT_ID, "scopes": " ".join(SCOPES)}
    made = await _control(sandbox, "POST", "/tokens", wish)
    tokens = Tokens(Secret(made["access_token"]), Secret(made["refresh_token"]), now + timedelta(minutes=30))
    return Consented("", ACORN, made["user_id"], email, "acorn.example", SCOPES, tokens, "everything", "", None)


async def _lend(service: Service) -> None:
    """Somebody was made Super Admin to connect another, and is one still."""
    async with service.parts.database.transaction() as connection:
        [first, *_] = [each for each in await agents.in_account(connection, ACORN) if each.email.startswith("agent0")]
        values = {
            "id": "lent",
            "account_id": ACORN,
            "agent_id": first.id,
            "agent_name": first.name,
            "hubspot_user_id": first.hubspot_user_id,
            "rights": "[]",
            "kind": "super-admin",
            "granted_at": service.parts.now(),
            "checked": False,
        }
        await grants.add_elevation(connection, values)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))

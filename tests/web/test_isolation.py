"""Every endpoint of the service, asked by everybody: who is let in, who is not, and nothing of another account leaks.

The table is the policy: a route that is not in it fails the first test. What is named in a path (a call, a person, a
contact, lent rights) belongs to *this* account; *other* ones bring tokens of their own, which are perfectly good.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from litestar.routes import WebSocketRoute
from tests import postgres
from tests.real_service import Panel, RealService, begins, hashed, real_service, settings_for
from websockets.asyncio.client import connect

from hubspot_sandbox.seeds import demo, people
from hubspot_sandbox.testing import RunningSandbox
from hubspot_sandbox.testing.values import ControlRefused
from offhook.agents import store as agents
from offhook.grants import store as grants

NUMBER = demo.CARLA_NUMBER
MARK, MARKED_NUMBER = "Quillfeather", "+442079460777"


class Row(NamedTuple):
    """A route, what is sent to it, and the status for each who asks."""

    method: str
    path: str
    body: Any
    nobody: int
    agent: int
    administrator: int
    other_agent: int
    other_administrator: int


WRONG = {"secret": "x" * 43}
STUCK = {"attempt_id": "{attempt}", **WRONG}
BEGIN = {"secret_hash": "{hash}", "device_hash": "{hash}", "ask": "account"}
LOAN = {"role_id": "1", "minutes": 5, "why": "To connect."}
LENT = "/api/administration/elevations/{elevation}"
PERSON = "/api/administration/people/{user}"
UNMADE = {"number": MARKED_NUMBER, "last_name": "Unmade", "call_id": "{call}"}
DIAL = {"number": "+442079461235", "contact_id": "{contact}"}

# `{…}` in a path or a body is filled in. The numbers: nobody, an agent and an administrator of this account, of another.
ROWS: tuple[Row, ...] = (
    # Open to all: nothing here is about anybody.
    Row("GET", "/", None, 302, 302, 302, 302, 302),
    Row("GET", "/page.css", None, 200, 200, 200, 200, 200),
    Row("GET", "/health/live", None, 200, 200, 200, 200, 200),
    Row("GET", "/health/ready", None, 200, 200, 200, 200, 200),
    Row("GET", "/metrics", None, 200, 200, 200, 200, 200),
    Row("GET", "/schema", None, 200, 200, 200, 200, 200),
    Row("GET", "/schema/openapi.json", None, 200, 200, 200, 200, 200),
    Row("GET", "/schema/nothing", None, 404, 404, 404, 404, 404),
    Row("GET", "/api/wordings", None, 200, 200, 200, 200, 200),
    # Proven by something else than a sign-in.
    Row("GET", "/oauth/callback", None, 400, 400, 400, 400, 400),
    Row("POST", "/api/deliveries/webhook", {"type": "ringing"}, 401, 401, 401, 401, 401),
    Row("POST", "/api/operator/ring", {"caller": NUMBER, "line": "201"}, 403, 403, 403, 403, 403),
    Row("POST", "/api/operator/calls/{rang}/hang-up", {}, 403, 403, 403, 403, 403),
    Row("GET", "/api/operator/health", None, 403, 403, 403, 403, 403),
    Row("POST", "/api/sign-ins/{attempt}/claim", WRONG, 404, 404, 404, 404, 404),
    Row("POST", "/api/sign-ins/{attempt}/stuck", WRONG, 404, 404, 404, 404, 404),
    Row("POST", "/api/help", STUCK, 404, 404, 404, 404, 404),
    Row("POST", "/api/rights", {"email": people.CLEO, **STUCK}, 404, 404, 404, 404, 404),
    Row("GET", "/recordings/{call}/address?appId=&externalAccountId=0", None, 404, 404, 404, 404, 404),
    Row("GET", "/recordings/{call}/0-x.mp3", None, 404, 404, 404, 404, 404),
    # Beginning is open to all; for the whole account it is not.
    Row("POST", "/api/sign-ins", BEGIN, 403, 403, 201, 403, 201),
    # About whoever asks.
    Row("GET", "/api/panel", None, 401, 200, 200, 200, 200),
    Row("GET", "/api/diagnosis", None, 401, 200, 200, 200, 200),
    Row("PUT", "/api/availability", {"available": True}, 401, 200, 200, 200, 200),
    Row("PUT", "/api/status", {"status": "4"}, 401, 409, 409, 409, 409),
    Row("PUT", "/api/preferences", {}, 401, 200, 200, 200, 200),
    Row("PUT", "/api/phone-system", {"phone_system": "exchange"}, 401, 200, 200, 200, 200),
    Row("POST", "/api/line-login", {"line": "201", "secret": "0000"}, 401, 401, 401, 401, 401),
    Row("GET", "/api/lines", None, 401, 200, 200, 200, 200),
    Row("GET", "/api/softphone", None, 401, 200, 404, 404, 404),
    Row("POST", "/api/relay", {"said": [{}]}, 401, 404, 404, 404, 404),
    Row("POST", "/api/grant/enable", None, 401, 200, 200, 200, 200),
    Row("GET", "/api/calls", None, 401, 200, 200, 200, 200),
    Row("GET", "/api/contacts?query=" + MARK, None, 401, 200, 200, 200, 200),
    Row("POST", "/api/help", {}, 401, 200, 200, 200, 200),
    # A call belongs to the agent who is on it, and to nobody else in her account either.
    Row("POST", "/api/calls/{call}/mute", {}, 401, 200, 404, 404, 404),
    Row("PUT", "/api/calls/{call}/notes", {"notes": "Mine."}, 401, 204, 404, 404, 404),
    Row("PUT", "/api/calls/{call}/contact", {"contact_id": "{contact}"}, 401, 200, 404, 404, 404),
    Row("POST", "/api/calls/{call}/wrap-up", {"notes": "Mine."}, 401, 409, 404, 404, 404),
    Row("POST", "/api/calls/{call}/log", None, 401, 200, 404, 404, 404),
    Row("POST", "/api/contacts", UNMADE, 401, 409, 404, 404, 404),
    Row("POST", "/api/calls", DIAL, 401, 409, 409, 409, 409),
    # What is in HubSpot, HubSpot guards.
    Row("GET", "/api/contacts/{contact}/around", None, 401, 200, 200, 404, 404),
    # An administrator's, and only of her own account.
    Row("GET", "/api/administration/account-grant", None, 401, 403, 200, 403, 200),
    Row("GET", "/api/administration/policy", None, 401, 403, 200, 403, 200),
    Row("PUT", "/api/administration/policy", {"account_logs": True}, 401, 403, 200, 403, 200),
    Row("GET", "/api/administration/directory", None, 401, 403, 200, 403, 200),
    Row("GET", "/api/administration/deeds", None, 401, 403, 200, 403, 200),
    Row("GET", "/api/administration/people", None, 401, 403, 200, 403, 200),
    Row("GET", "/api/administration/phone-systems", None, 401, 403, 200, 403, 200),
    Row("GET", "/api/administration/roles", None, 401, 403, 200, 403, 200),
    Row("GET", "/api/administration/elevations?open=false", None, 401, 403, 200, 403, 200),
    Row("POST", PERSON + "/check", None, 401, 403, 200, 403, 404),
    Row("GET", PERSON + "/diagnosis", None, 401, 403, 200, 403, 404),
    Row("POST", PERSON + "/task", None, 401, 403, 409, 403, 404),
    Row("POST", PERSON + "/lend", LOAN, 401, 403, 404, 403, 404),
    Row("POST", "/api/reminders/{elevation}/done", None, 401, 403, 200, 403, 404),
    Row("POST", LENT + "/end", {"stays": True}, 401, 403, 404, 403, 404),
    # Endings, each of one's own.
    Row("DELETE", "/api/administration/account-grant", None, 401, 403, 204, 403, 204),
    Row("DELETE", "/api/line-login", None, 401, 200, 200, 200, 200),
    Row("DELETE", "/api/sign-in", None, 401, 204, 204, 204, 204),
    Row("DELETE", "/api/grant", None, 401, 204, 204, 204, 204),
)
WHO = ("nobody", "agent", "administrator", "other_agent", "other_administrator")
OTHERS = ("nobody", "other_agent", "other_administrator")
# Streams: one is tried below, the other knows nobody but by the password of a line (tests/telephony/exchange).
SOCKETS = {"/api/live", "/sip"}
# There only when the panel is built, or only when it is not: files, the same for all.
FILES = {
    *("/panel", "/panel/", "/panel/{file_path:path}", "/embed.js"),
    *("/administration", "/administration/", "/administration/{file_path:path}"),
}


@dataclass
class World:
    """Two accounts in one service; what of each must be seen by nobody in the other."""

    service: RealService
    panels: dict[str, Panel] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    ours: set[str] = field(default_factory=set)
    theirs: set[str] = field(default_factory=set)

    async def ask(self, who: str, row: Row) -> httpx.Response:
        """With a sign-in that was made for this one request."""
        headers = {"Authorization": f"Bearer {await self.token(who)}"} if who != "nobody" else {}
        body = json.loads(self.fill(json.dumps(row.body)))
        return await self.service.http.request(row.method, self.fill(row.path), json=body, headers=headers)

    async def token(self, who: str) -> str:
        async with self.service.service.parts.database.transaction() as connection:
            return await agents.sign_in_agent(connection, self.panels[who].id, datetime.now(UTC))

    def fill(self, text: str) -> str:
        for name, value in self.names.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def leaked(self, who: str, row: Row, answer: httpx.Response) -> set[str]:
        """What the answer tells of the other account beyond what the question held."""
        said = f"{answer.text} {dict(answer.headers)}"
        for echoed in (self.fill(row.path), self.fill(json.dumps(row.body))):
            said = said.replace(echoed, "")
        secrets = self.ours if who in OTHERS else self.theirs
        return {each for each in secrets if each.lower() in said.lower()}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings that choose a fresh database."""
    if request.param == "sqlite":
        return {}
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return {"database_url": server.url(server.make_database())}


@pytest.fixture
async def world(engine: dict[str, str], sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[World]:
    """Without administrators by name: whoever is Super Admin in HubSpot is one, and of her own account only."""
    async with real_service(settings_for(sandbox, tmp_path, administrators=(), **engine), sandbox) as service:
        world = World(service)
        await move_in(world)
        yield world


async def move_in(world: World) -> None:
    service = world.service
    here = {"agent": people.CLEO, "administrator": people.ADA}
    there = {"other_agent": "fern@birch.example", "other_administrator": "ash@birch.example"}
    for number, (who, email) in enumerate(there.items()):
        wish = {"email": email, "name": f"Birchling {number}", "super_admin": who == "other_administrator"}
        rights = {"contacts.view": "all", "contacts.edit": "all", "app_marketplace_access": "on"}
        with suppress(ControlRefused):  # she is there already
            await control(service, "POST", f"/accounts/{people.BIRCH}/people", wish | {"rights": rights})
    for who, email in reversed(here.items()):
        world.panels[who] = await service.connect(email)
    for who, email in reversed(there.items()):
        world.panels[who] = await service.connect(email, people.BIRCH)
    await world.panels["agent"].log_in("201")
    await connect_account(world.panels["administrator"], people.ADA, people.ACORN)
    await connect_account(world.panels["other_administrator"], there["other_administrator"], people.BIRCH)
    await leave_traces(world)
    for who, told, account in ((here, world.ours, people.ACORN), (there, world.theirs, people.BIRCH)):
        told |= {*who.values(), *(world.panels[each].id for each in who), str(account)}
    # Ada is a user of both, and no secret in either.
    world.ours -= {people.ADA}
    world.ours |= {"Cleo Costa", MARK, people.DEV, *(world.names[name] for name in ("call", "elevation"))}
    world.theirs |= {"Birchling", "birch.example"}


async def connect_account(administrator: Panel, email: str, account: int) -> None:
    """For everybody in it."""
    service = administrator.service
    begun = await administrator.do("POST", "/api/sign-ins", begins("account"))
    back = await service.http.get(await service.decide(begun["consent_url"], email, account))
    assert back.status_code == 200, back.text


async def leave_traces(world: World) -> None:
    """Something of each kind that can be named, in this account."""
    service, agent = world.service, world.panels["agent"]
    body = {"number": MARKED_NUMBER, "first_name": "Quentin", "last_name": MARK}
    made = await agent.ask("POST", "/api/contacts", body)
    contact = made.json()["id"] if made.is_success else made.json()["contacts"][0]["id"]
    rang = await service.ring(NUMBER)
    call = await agent.call("ringing")
    await agent.do("POST", f"/api/calls/{call['id']}/answer")
    await agent.call("connected")
    begun = await agent.do("POST", "/api/sign-ins", {"secret_hash": hashed("a"), "device_hash": hashed("b")})
    [dev] = [
        each for each in await control(service, "GET", f"/accounts/{people.ACORN}/people") if each["email"] == people.DEV
    ]
    world.names = {
        "contact": str(contact),
        "rang": rang,
        "call": str(call["id"]),
        "attempt": begun["id"],
        "hash": hashed("c"),
        "user": str(dev["user_id"]),
        "elevation": await lend(world, dev["user_id"]),
    }


async def lend(world: World, user_id: int) -> str:
    """Rights that an administrator lent, by hand."""
    values = {
        "id": "e1e7a7e0" * 4,
        "account_id": people.ACORN,
        "agent_id": world.panels["agent"].id,
        "agent_name": "Cleo Costa",
        "hubspot_user_id": user_id,
        "rights": '["Contacts > View"]',
        "kind": "rights",
        "granted_at": datetime.now(UTC),
        "checked": False,
    }
    async with world.service.service.parts.database.transaction() as connection:
        await grants.add_elevation(connection, values)
    return str(values["id"])


async def control(service: RealService, method: str, path: str, body: Any = None) -> Any:
    return await asyncio.to_thread(service.sandbox.control, method, path, body)


def pattern(path: str) -> str:
    """A row's path as the application writes it."""
    return path.partition("?")[0]


async def test_every_route_is_in_the_table(world: World) -> None:
    routes = {(method, route.path) for route in world.service.service.app.routes for method in methods(route)}
    sockets = {path for method, path in routes if method == "WEBSOCKET"}
    assert sockets == SOCKETS
    asked = {(row.method, matching(row, routes)) for row in ROWS}
    missing = {each for each in routes - asked if each[0] != "WEBSOCKET" and each[1] not in FILES}
    assert not missing, f"Say in ROWS who may ask for these, and see that nobody else learns anything: {sorted(missing)}."


def methods(route: Any) -> set[str]:
    return {"WEBSOCKET"} if isinstance(route, WebSocketRoute) else set(route.methods) - {"OPTIONS", "HEAD"}


def matching(row: Row, routes: set[tuple[str, str]]) -> str:
    """The route that takes a row's requests: the one with the fewest parameters."""
    parts = pattern(row.path).split("/")
    fits = [
        path
        for method, path in routes
        if method == row.method
        and len(path.split("/")) == len(parts)
        and all(there == here or there.startswith("{") for there, here in zip(path.split("/"), parts, strict=True))
    ]
    return min(fits, key=lambda path: path.count("{"), default="")


async def all_as(world: World, who: tuple[str, ...]) -> list[str]:
    """Everything that differs from the table, or tells of the other account."""
    wrong = []
    for row in ROWS:
        for each in who:
            answer = await world.ask(each, row)
            if answer.status_code != getattr(row, each):
                wrong.append(f"{row.method} {row.path} as {each}: {answer.status_code} {answer.text[:150]}")
            if leaked := world.leaked(each, row, answer):
                wrong.append(f"{row.method} {row.path} as {each} tells {sorted(leaked)}: {answer.text[:300]}")
    return wrong


async def everything(world: World) -> list[Any]:
    """What this account has, as its people see it."""
    agent, administrator = world.panels["agent"], world.panels["administrator"]
    looks = ("account-grant", "policy", "deeds", "elevations", "people")
    seen = [(await administrator.ask("GET", f"/api/administration/{each}")).json() for each in looks]
    seen += [await panel.get("/api/panel") for panel in (agent, administrator)]
    return [_lasting(each) for each in seen]


def _lasting(seen: Any) -> Any:
    """Without the time at which it was asked."""
    return {key: value for key, value in seen.items() if key != "as_of"}


async def test_nobody_of_another_account_learns_or_changes_anything(world: World) -> None:
    before = await everything(world)
    wrong = await all_as(world, OTHERS)
    assert not wrong, "\n" + "\n".join(wrong)
    assert await everything(world) == before


async def test_everybody_of_the_account_may_do_what_is_theirs(world: World) -> None:
    wrong = await all_as(world, ("agent", "administrator"))
    assert not wrong, "\n" + "\n".join(wrong)


async def test_the_live_stream_tells_an_agent_of_her_own_account_only(world: World) -> None:
    url = f"{world.service.url.replace('http', 'ws')}/api/live"
    for who in ("other_agent", "other_administrator"):
        async with connect(url) as socket:
            await socket.send(json.dumps({"token": await world.token(who), "after": None}))
            frames = [await socket.recv()]
            await world.panels["agent"].do("POST", world.fill("/api/calls/{call}/hold"), {})
            await world.panels[who].do("PUT", "/api/availability", {"available": True})
            frames.append(await socket.recv())
        said = " ".join(map(str, frames))
        assert not {each for each in world.ours if each in said}
        await world.panels["agent"].do("POST", world.fill("/api/calls/{call}/resume"), {})
    async with connect(url) as socket:
        await socket.send('{"token": "nobody\'s", "after": null}')
        await socket.wait_closed()
        assert socket.close_code == 4401

"""`pop.p50`, `pop.p99`: from sending a delivery to the screen pop on the panel's stream, the contact being known.

The floor is what any service of this kind must do at least, in the same run on the same stack: a bare Litestar route, a
bare WebSocket echo, and one commit of a row that is on disk when it returns.
"""

import asyncio
import hashlib
import hmac
import json
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
import uvicorn
import uvloop
from litestar import Litestar, WebSocket, post, websocket
from sqlalchemy import text
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.result import Result
from offhook.agents import store as agents
from offhook.bootstrap import Service, running
from offhook.calls.phone_number import PhoneNumber, parse
from offhook.database import Database
from offhook.directory import store as directory
from offhook.directory.match import tail
from offhook.hubspot.contacts import Contact, ContactNumber
from offhook.settings import Settings

CALLS, WARM_UP = 400, 40
NUMBER = "+14155550100"
SECRET = "benchmark"


def measure() -> list[dict[str, object]]:
    ours, theirs = uvloop.run(_measure())
    peer = "bare Litestar route + bare WebSocket echo + one SQLite commit"
    note = f"{CALLS} calls; less is better"
    return [
        Result("pop.p50", "ms", round(median(ours), 3), round(median(theirs), 3), peer, note).row(),
        Result("pop.p99", "ms", round(_p99(ours), 3), round(_p99(theirs), 3), peer, note).row(),
    ]


def _p99(times: list[float]) -> float:
    return quantiles(times, n=100)[98]


async def _measure() -> tuple[list[float], list[float]]:
    """Both in turn, call by call, so that a slow moment of the machine meets both."""
    with tempfile.TemporaryDirectory() as folder:
        async with _offhook(Path(folder)) as pop, _floor(Path(folder)) as floor:
            ours, theirs = [], []
            for call in range(CALLS + WARM_UP):
                theirs.append(await floor(call))
                ours.append(await pop(call))
    return ours[WARM_UP:], theirs[WARM_UP:]


Timed = Callable[[int], Awaitable[float]]


@asynccontextmanager
async def _offhook(folder: Path) -> AsyncIterator[Timed]:
    settings = Settings(
        data_dir=folder,
        hubspot_client_id="benchmark",
        hubspot_client_secret=SECRET,
        webhook_secret=SECRET,
        hubspot_api_url="http://127.0.0.1:9",  # nobody listens: nothing here may need HubSpot
    )
    async with running(settings) as service:
        token = await _agent_with_known_contact(service)
        async with (
            _served(service.app) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
            connect(f"ws://127.0.0.1:{port}/api/live") as stream,
        ):
            await stream.send(json.dumps({"token": token, "after": None}))
            await stream.recv()
            yield lambda call: _pop(http, stream, call)


async def _agent_with_known_contact(service: Service) -> str:
    database, now = service.parts.database, datetime.now(UTC)
    contact = Contact("1", "Carla", "Reyes", numbers=(ContactNumber("phone", NUMBER),))
    number = parse(NUMBER)
    assert isinstance(number, PhoneNumber)
    async with database.transaction() as connection:
        agent = await agents.arrive(connection, account_id=1, hubspot_user_id=1, email="ben@example.com", now=now)
        await agents.choose_phone_system(connection, agent.id, "webhook", now)
        agent = await agents.get(connection, agent.id)
        await agents.take_line(connection, agent, "201", "201", now)
        await directory.keep_contacts(connection, 1, [contact], now, "US")
        await directory.keep_answer(connection, 1, number.e164, tail(number), now)
        return await agents.sign_in_agent(connection, agent.id, now)


async def _pop(http: httpx.AsyncClient, stream: ClientConnection, call: int) -> float:
    body = json.dumps(
        {
            "type": "ringing",
            "call": f"call-{call}",
            "line": "201",
            "direction": "inbound",
            "from": NUMBER,
            "at": datetime.now(UTC).isoformat(),
        }
    ).encode()
    stamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Offhook-Timestamp": stamp, "Offhook-Signature": f"v1={signature}", "Content-Type": "application/json"}
    began = time.perf_counter()
    sent = asyncio.create_task(http.post("/api/deliveries/webhook", content=body, headers=headers))
    while '"screen-pop"' not in str(await stream.recv()):
        pass
    took = time.perf_counter() - began
    assert (await sent).status_code == 202
    return took * 1000


# The floor.


@asynccontextmanager
async def _floor(folder: Path) -> AsyncIterator[Timed]:
    @post("/", status_code=202)
    async def accept(data: dict[str, str]) -> None:
        return None

    @websocket("/echo")
    async def echo(socket: WebSocket[Any, Any, Any]) -> None:
        await socket.accept()
        while True:
            await socket.send_text(await socket.receive_text())

    database = Database(f"sqlite+aiosqlite:///{folder / 'floor.db'}")
    async with database.transaction() as connection:
        await connection.execute(text("CREATE TABLE row (id INTEGER PRIMARY KEY, body TEXT)"))
    async with (
        _served(Litestar([accept, echo], logging_config=None)) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
        connect(f"ws://127.0.0.1:{port}/echo") as stream,
    ):
        yield lambda call: _bare(http, stream, database, call)
    await database.close()


async def _bare(http: httpx.AsyncClient, stream: ClientConnection, database: Database, call: int) -> float:
    body = json.dumps({"call": f"call-{call}", "from": NUMBER})
    began = time.perf_counter()
    await http.post("/", content=body, headers={"Content-Type": "application/json"})
    async with database.transaction() as connection:
        await connection.execute(text("INSERT INTO row (body) VALUES (:body)"), {"body": body})
    await stream.send(body)
    await stream.recv()
    return (time.perf_counter() - began) * 1000


@asynccontextmanager
async def _served(app: Litestar) -> AsyncIterator[int]:
    """A real server on a free loopback port."""
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    try:
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        await task


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))

"""The exchange on a real port, without the rest of the service."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import uvicorn
from litestar import Litestar, get
from litestar.di import Provide
from tests.real_service import _Server, free_port

from offhook.calls.call import Call
from offhook.media.ear import listen_on
from offhook.telephony.exchange import Exchange, Line
from offhook.web.origins import Origins
from offhook.web.parts import Parts
from offhook.web.sip import sip

LINES = {key: Line(key, f"{key}0") for key in ("201", "202", "203")}


@dataclass
class Served:
    """`told`: bodies of all deliveries."""

    exchange: Exchange
    url: str
    folder: Path
    systems: dict[str, Exchange]
    told: list[bytes] = field(default_factory=list)

    @property
    def sip(self) -> str:
        return f"{self.url.replace('http://localhost', 'ws://127.0.0.1')}/sip"

    async def restart(self) -> None:
        """As if the service had been started again: what is not on disk, or told, is gone."""
        await self.exchange.stop()
        live = list(self.exchange.calls.values())
        self.exchange = self.systems["exchange"] = new_exchange(self.url, self.folder, live)
        await self.exchange.start(self.keep)

    async def keep(self, key: str, body: bytes) -> None:
        self.told.append(body)


@get("/phone", media_type="text/html", sync_to_thread=False)
def blank() -> str:
    return "<title>phone</title>"


def application(systems: dict[str, Exchange], url: str) -> Litestar:
    parts = object.__new__(Parts)  # of which phones need no more than this
    for name, value in (("systems", systems), ("origins", Origins(url, ()))):
        object.__setattr__(parts, name, value)
    return Litestar(
        [sip, blank], dependencies={"parts": Provide(lambda: parts, sync_to_thread=False)}, logging_config=None
    )


def new_exchange(url: str, folder: Path, live: Sequence[Call] = ()) -> Exchange:
    return Exchange(
        LINES,
        lambda: datetime.now(UTC),
        lambda: uuid4().hex,
        live,
        answer_after=0.05,
        server=f"{url.replace('http', 'ws')}/sip",
        folder=folder,
        key=b"the same after a restart",
    )


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Served]:
    """Sound is on loopback only."""
    listen_on(["127.0.0.1"])
    port = free_port()
    url = f"http://localhost:{port}"
    exchange = new_exchange(url, folder)
    systems = {"exchange": exchange}
    config = uvicorn.Config(
        application(systems, url), port=port, log_config=None, lifespan="off", ws="websockets-sansio", ws_max_size=65_536
    )
    server = _Server(config)
    made = Served(exchange, url, folder, systems)
    await exchange.start(made.keep)
    serving = asyncio.create_task(server.serve())
    await server.ready.wait()
    try:
        yield made
    finally:
        await made.exchange.stop()
        server.should_exit = True
        await serving

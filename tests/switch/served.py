"""The exchange on a real port, without the rest of the service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import uvicorn
from litestar import Litestar, get
from litestar.di import Provide
from tests.real_service import _Server, free_port

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
    told: list[bytes] = field(default_factory=list)

    @property
    def sip(self) -> str:
        return f"{self.url.replace('http://localhost', 'ws://127.0.0.1')}/sip"

    async def keep(self, key: str, body: bytes) -> None:
        self.told.append(body)


@get("/phone", media_type="text/html", sync_to_thread=False)
def blank() -> str:
    return "<title>phone</title>"


def application(exchange: Exchange, url: str) -> Litestar:
    parts = object.__new__(Parts)  # of which phones need no more than this
    for name, value in (("systems", {"exchange": exchange}), ("origins", Origins(url, ()))):
        object.__setattr__(parts, name, value)
    return Litestar(
        [sip, blank], dependencies={"parts": Provide(lambda: parts, sync_to_thread=False)}, logging_config=None
    )


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Served]:
    """Sound is on loopback only."""
    listen_on(["127.0.0.1"])
    port = free_port()
    url = f"http://localhost:{port}"
    exchange = Exchange(
        LINES,
        lambda: datetime.now(UTC),
        lambda: uuid4().hex,
        answer_after=0.05,
        server=f"{url.replace('http', 'ws')}/sip",
        voicemail=folder / "voicemail",
    )
    config = uvicorn.Config(
        application(exchange, url), port=port, log_config=None, lifespan="off", ws="websockets-sansio", ws_max_size=65_536
    )
    server = _Server(config)
    made = Served(exchange, url)
    await exchange.start(made.keep)
    serving = asyncio.create_task(server.serve())
    await server.ready.wait()
    try:
        yield made
    finally:
        await exchange.stop()
        server.should_exit = True
        await serving

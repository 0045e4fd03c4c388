"""Only the exchange, in a process of its own; what happens is kept in SQLite as in the service. PORT LINES FOLDER."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import uvicorn
import uvloop
from litestar import Litestar
from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.database import Database, metadata
from offhook.jobs.inbox import Delivery, Inbox
from offhook.telephony.exchange import Exchange, Line
from offhook.web.origins import Origins
from offhook.web.parts import Parts
from offhook.web.sip import sip


async def handle(connection: AsyncConnection, delivery: Delivery) -> None:
    """What becomes of a call is not measured here."""


async def serve(port: int, lines: int, folder: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{folder / 'exchange.db'}")
    async with database.transaction() as connection:
        await connection.run_sync(metadata.create_all)
    inbox = Inbox(database, handle, lambda: datetime.now(UTC))
    numbers = [str(1000 + each) for each in range(lines)]
    exchange = Exchange({each: Line(each, each) for each in numbers}, lambda: datetime.now(UTC), lambda: uuid4().hex)

    async def deliver(key: str, body: bytes) -> None:
        await inbox.accept("exchange", key, body)

    await exchange.start(deliver)
    parts = object.__new__(Parts)
    for name, value in (("systems", {"exchange": exchange}), ("origins", Origins(f"http://localhost:{port}", ()))):
        object.__setattr__(parts, name, value)
    app = Litestar([sip], dependencies={"parts": Provide(lambda: parts, sync_to_thread=False)}, logging_config=None)
    config = uvicorn.Config(app, port=port, log_config=None, lifespan="off")
    await uvicorn.Server(config).serve()
    await exchange.stop()
    await inbox.stop()
    await database.close()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))

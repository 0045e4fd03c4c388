"""The engine, `transaction()` (the one place that commits) and `migrate()`.

SQLite (one node) and PostgreSQL run the same statements. On SQLite a write transaction takes the writer's place at once
(`BEGIN IMMEDIATE`), so that two of them wait for each other and neither fails half way.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import DateTime, Dialect, MetaData, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.types import TypeDecorator

from offhook import one_hop

MIGRATIONS = Path(__file__).with_name("migrations")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A time in UTC on both engines; SQLite has no zone of its own and would give it back naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Database:
    """One database and its transactions."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opened = WeakSet[one_hop.Connection]()
        self.engine = _engine(url, self._opened)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # One writer at a time is all SQLite has; queueing here is cheaper than its busy-wait.
        self._writer = asyncio.Lock() if self.is_sqlite else None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One request or one job: everything inside is kept together, or nothing is."""
        if self._writer is None:
            async with self.engine.begin() as connection:
                yield connection
            return
        async with self._writer, self.engine.connect() as connection:
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                await connection.rollback()
                raise
            await connection.commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Look without changing anything."""
        async with self.engine.connect() as connection:
            yield connection

    async def ping(self) -> None:
        """Raises whatever the driver raises when the database does not answer."""
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Whoever was cancelled may still be giving a connection back, and the engine leaves such a one alone."""
        await self.engine.dispose()
        for connection in list(self._opened):
            await connection.close()


def _engine(url: str, opened: "WeakSet[one_hop.Connection]") -> AsyncEngine:
    """`opened`: where SQLite's connections are noted."""
    parsed = make_url(url)
    # Parameters are hidden from errors, and so from logs: they hold numbers, notes and sealed tokens.
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True, hide_parameters=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).expanduser().parent.mkdir(parents=True, exist_ok=True)
    # `transaction` ends what it begins, and reading begins nothing: there is nothing to reset.
    engine = create_async_engine(
        url,
        pool_size=5,
        max_overflow=15,
        pool_reset_on_return=None,
        hide_parameters=True,
        async_creator=_connect_to(parsed, opened),
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    return engine


def _connect_to(url: URL, opened: "WeakSet[one_hop.Connection]") -> Callable[[], Awaitable[object]]:
    async def connect() -> one_hop.Connection:
        connection = await one_hop.connect(url.database or ":memory:", **url.query)
        opened.add(connection)
        return connection

    return connect


def _prepare_sqlite(connection: Any, record: object) -> None:
    # The driver must not begin transactions by itself: `transaction()` says BEGIN IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",  # readers do not wait for the writer
        "synchronous=FULL",  # accepted means on disk: a 202 must survive a power cut
        "foreign_keys=ON",
        "busy_timeout=5000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


async def migrate(database: Database) -> bool:
    """Bring the schema up to date; True when there was something to do.

    The revision is looked at first, so that an ordinary start does not pay for loading Alembic.
    """
    if await _revision(database) == newest_revision():
        return False
    await asyncio.to_thread(_upgrade, database.engine.url.render_as_string(hide_password=False))
    return True


def newest_revision() -> str:
    """Migrations are files `NNNN_what.py`; their revision is the number."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


async def _revision(database: Database) -> str | None:
    try:
        async with database.reading() as connection:
            found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            return str(found) if found else None
    except (OperationalError, ProgrammingError):  # there is no such table yet
        return None


def _upgrade(url: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, "head")

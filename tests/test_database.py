"""Transactions, times, and migrations, on both engines."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, Integer, MetaData, Table, inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from tests.conftest import ROOMS

from offhook.database import MIGRATIONS, Database, Moment, metadata, migrate, newest_revision

for room in ROOMS:
    importlib.import_module(f"offhook.{room}.store")

own = MetaData()
note = Table("note", own, Column("id", Integer, primary_key=True), Column("at", Moment))
AT = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'folder' / 'offhook.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    name = server.make_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[Database]:
    database = Database(empty_url)
    yield database
    await database.close()


@pytest.fixture
async def notes(empty: Database) -> Database:
    async with empty.transaction() as connection:
        await connection.run_sync(own.create_all)
    return empty


async def kept(database: Database) -> list[tuple[int, datetime | None]]:
    async with database.reading() as connection:
        return [(row.id, row.at) for row in await connection.execute(select(note).order_by(note.c.id))]


# The end.


async def test_a_connection_that_is_only_just_given_back_is_closed_too(tmp_path: Path) -> None:
    """As by a task that was cancelled: the engine leaves it alone, and it would be open for ever."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'offhook.db'}")
    lent = await database.engine.connect()
    raw = (await lent.get_raw_connection()).driver_connection
    await database.close()
    assert raw is not None
    assert raw._connection is None
    await lent.close()


# Transactions.


async def test_everything_is_kept_together_or_nothing_is(notes: Database) -> None:
    async with notes.transaction() as connection:
        await connection.execute(note.insert().values(id=1))
    with pytest.raises(IntegrityError):
        await _keep_both(notes, 2, 1)
    assert await kept(notes) == [(1, None)]


async def _keep_both(database: Database, *numbers: int) -> None:
    async with database.transaction() as connection:
        for number in numbers:
            await connection.execute(note.insert().values(id=number))


async def test_whoever_is_cancelled_keeps_nothing_and_holds_nobody_up(notes: Database) -> None:
    wrote = asyncio.Event()

    async def write() -> None:
        async with notes.transaction() as connection:
            await connection.execute(note.insert().values(id=1))
            wrote.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await wrote.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5), notes.transaction() as connection:
        await connection.execute(note.insert().values(id=2))
    assert await kept(notes) == [(2, None)]


async def test_many_writers_wait_for_each_other(notes: Database) -> None:
    async def write(number: int) -> None:
        async with notes.transaction() as connection:
            await connection.execute(note.insert().values(id=number))

    await asyncio.gather(*(write(number) for number in range(25)))
    assert len(await kept(notes)) == 25


async def test_times_come_back_as_they_were_in_utc(notes: Database) -> None:
    times = [AT, AT.astimezone(timezone(timedelta(hours=-7))), None]
    async with notes.transaction() as connection:
        for number, at in enumerate(times):
            await connection.execute(note.insert().values(id=number, at=at))
    assert [at for _, at in await kept(notes)] == [AT, AT, None]
    with pytest.raises(StatementError, match="a time without a zone"):
        async with notes.transaction() as connection:
            await connection.execute(note.insert().values(id=9, at=AT.replace(tzinfo=None)))


async def test_it_answers_a_ping(empty: Database) -> None:
    await empty.ping()


# Migrations.


def schema(connection: Connection) -> dict[str, Any]:
    """Everything that a database knows of its tables, in an order that does not matter."""
    look = inspect(connection)
    return {
        table: {
            "columns": {each["name"]: (str(each["type"]), each["nullable"]) for each in look.get_columns(table)},
            "key": sorted(look.get_pk_constraint(table)["constrained_columns"]),
            "unique": sorted((each["name"], each["column_names"]) for each in look.get_unique_constraints(table)),
            "indexes": sorted(
                (
                    each["name"],
                    each["column_names"],
                    bool(each["unique"]),
                    _options(each["dialect_options"]),
                )
                for each in look.get_indexes(table)
            ),
            "foreign": sorted(
                (each["constrained_columns"], each["referred_table"], str(each["options"]))
                for each in look.get_foreign_keys(table)
            ),
        }
        for table in look.get_table_names()
        if table != "alembic_version"
    }


def _options(options: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((name, str(value)) for name, value in options.items())


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def look(database: Database, at: Any) -> Any:
    async with database.reading() as connection:
        return await connection.run_sync(at)


async def test_migrating_gives_exactly_the_tables_of_the_rooms(empty: Database) -> None:
    assert await migrate(empty) is True
    assert await look(empty, differences) == []
    migrated = await look(empty, schema)
    await asyncio.to_thread(command.downgrade, _config(empty), "base")
    async with empty.transaction() as connection:
        await connection.run_sync(metadata.create_all)
    assert migrated == await look(empty, schema)


async def test_migrating_again_changes_nothing(empty: Database) -> None:
    await migrate(empty)
    before = await look(empty, schema)
    assert await migrate(empty) is False
    config = _config(empty)
    await asyncio.to_thread(command.upgrade, config, "head")
    assert await look(empty, schema) == before


async def test_every_migration_can_be_taken_back(empty: Database) -> None:
    await migrate(empty)
    config = _config(empty)
    await asyncio.to_thread(command.downgrade, config, "base")
    assert await look(empty, schema) == {}
    assert await migrate(empty) is True
    assert await look(empty, differences) == []


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = database.engine.url.render_as_string(hide_password=False)
    return config


async def test_a_migration_that_breaks_leaves_nothing_behind(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the power goes during the first start."""
    from sqlalchemy.dialects.postgresql.base import PGDDLCompiler
    from sqlalchemy.dialects.sqlite.base import SQLiteDDLCompiler
    from sqlalchemy.sql.ddl import CreateTable

    compiler: Any = SQLiteDDLCompiler if empty.is_sqlite else PGDDLCompiler
    visit = compiler.visit_create_table

    def fails_late(self: Any, create: CreateTable, **more: Any) -> str:
        return "nonsense" if create.element.name == "stray" else str(visit(self, create, **more))

    with monkeypatch.context() as broken:
        broken.setattr(compiler, "visit_create_table", fails_late)
        with pytest.raises(Exception, match="nonsense"):
            await migrate(empty)
    assert await look(empty, schema) == {}
    assert await migrate(empty) is True


def test_the_newest_revision_is_the_last_file() -> None:
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert newest_revision() == names[-1][:4]


def test_a_sqlite_file_is_kept_safely(tmp_path: Path) -> None:
    """What an accepted delivery relies on: written ahead, and on disk before anybody is told."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'offhook.db'}"

    async def pragmas() -> list[Any]:
        database = Database(url)
        async with database.reading() as connection:
            names = ("journal_mode", "synchronous", "foreign_keys")
            found = [(await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in names]
        await database.close()
        return found

    assert asyncio.run(pragmas()) == ["wal", 2, 1]


async def test_a_grant_of_the_first_schema_is_kept(empty: Database) -> None:
    """0002 renames a column of a table that holds tokens."""
    config = _config(empty)
    await asyncio.to_thread(command.upgrade, config, "0001")
    noon = "2026-11-25 12:00:00" if empty.is_sqlite else datetime(2026, 11, 25, 12, tzinfo=UTC)
    row = {
        "id": "g",
        "agent_id": "ben",
        "account_id": 1,
        "account_name": "Acorn",
        "hubspot_user_id": 7,
        "email": "ben@acorn.example",
        "scopes": "[]",
        "state": "active",
        "since": noon,
        "access_token": "sealed",
        "refresh_token": "sealed too",
        "expires_at": noon,
    }
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    async with empty.transaction() as connection:
        await connection.execute(text(f"INSERT INTO hubspot_grant ({names}) VALUES ({values})"), row)
    assert await migrate(empty) is True
    async with empty.reading() as connection:
        [kept] = (await connection.execute(text("SELECT holder, refresh_token FROM hubspot_grant"))).all()
    assert tuple(kept) == ("ben", "sealed too")

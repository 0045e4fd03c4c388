"""What every room's tests may ask for: a database, on each of the two engines. And what all must keep to."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Generator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import structlog
from tests import asked, postgres

from offhook.database import Database, metadata

ROOMS = ("administration", "agents", "calls", "desktop", "directory", "grants", "jobs", "policies")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """What Offhook asks the sandbox for is heard, in its own tests."""
    if Path(__file__).parent not in item.path.parents:
        return (yield)
    with asked.listening():
        return (yield)


@pytest.fixture(autouse=True)
def _asks_only_what_the_sandbox_is_faithful_in() -> Iterator[None]:
    yield
    less = asked.unfaithful_since()
    assert not less, asked.message(less)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _plain_logs() -> None:
    """structlog's own default paints tracebacks with every local variable, which takes a second each."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One server for the whole run, or for each xdist worker; started by the first test that needs it."""
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres_server: postgres.Server) -> str:
    """Address of an empty database on a private server."""
    return postgres_server.url(postgres_server.make_database())


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: postgres.Server) -> str:
    """A database with all tables; copying it takes a fraction of the time of making them again."""
    name = postgres_server.make_database()
    asyncio.run(_make_tables(postgres_server.url(name)))
    return name


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a fresh database with all tables, on each engine."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'offhook.db'}"
        asyncio.run(_make_tables(url))
        yield url
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = server.make_database(request.getfixturevalue("_postgres_template"))
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh database with all tables, on each engine."""
    database = Database(database_url)
    yield database
    await database.close()


async def _make_tables(url: str) -> None:
    for room in ROOMS:
        name = f"offhook.{room}.store"
        if find_spec(name):
            importlib.import_module(name)
    database = Database(url)
    try:
        async with database.transaction() as connection:
            await connection.run_sync(metadata.create_all)
    finally:
        await database.close()

"""`token.valid`: what a valid access token costs whoever needs one, against reading a dictionary.

Ours is what every request to HubSpot begins with: `Access.token_source`, the grant being active, its token fresh, and the
database SQLite. Beside it, in the note: what it costs when the grant is read anew, as once a moment and for every job.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import httpx
import uvloop

from benchmarks.result import Result
from offhook.database import Database, metadata
from offhook.grants.access import Access
from offhook.grants.attempt import Consented
from offhook.grants.authorization_server import AuthorizationServer
from offhook.grants.vault import Secret, Vault
from offhook.grants.wire import App, Tokens

AGENTS, ROUNDS, OURS, ANEW, THEIRS = 100, 7, 20_000, 300, 200_000
# As long as HubSpot's.
ACCESS, REFRESH = "a" * 300, "na1-" + "r" * 60


def measure() -> dict[str, object]:
    ours, anew, theirs = uvloop.run(_measure())
    note = (
        f"{AGENTS} agents in turn, median of {ROUNDS} rounds; less is better; {anew:.0f} µs when the grant is read anew"
    )
    return Result("token.valid", "µs", round(ours, 3), round(theirs, 4), "reading a dictionary", note).row()


async def _measure() -> tuple[float, float, float]:
    """In turns, so that what else the machine does weighs on all; microseconds each."""
    with tempfile.TemporaryDirectory() as folder:
        async with _access(Path(folder)) as access:
            names = [f"agent-{number}" for number in range(AGENTS)]
            recent = {name: access.token_source(name) for name in names}
            at_once = {name: access.token_source(name, at_once=True) for name in names}
            rounds = [
                (await _timed(recent, OURS), await _timed(at_once, ANEW), _dictionary(names)) for _ in range(ROUNDS)
            ]
    ours, anew, theirs = zip(*rounds, strict=True)
    return median(ours), median(anew), median(theirs)


async def _timed(sources: dict[str, Callable[[bool], Awaitable[str]]], count: int) -> float:
    each = list(sources.values())
    for source in each:
        await source(False)
    began = time.perf_counter()
    for number in range(count):
        await each[number % AGENTS](False)
    return (time.perf_counter() - began) / count * 1e6


def _dictionary(names: list[str]) -> float:
    tokens = dict.fromkeys(names, ACCESS)
    began = time.perf_counter()
    for number in range(THEIRS):
        tokens[names[number % AGENTS]]
    return (time.perf_counter() - began) / THEIRS * 1e6


@asynccontextmanager
async def _access(folder: Path) -> AsyncIterator[Access]:
    """Everybody connected, a while ago."""

    async def changed(holder: str) -> None:
        """Nobody is looking."""

    database = Database(f"sqlite+aiosqlite:///{folder / 'grants.db'}")
    async with httpx.AsyncClient() as http:
        app = App("client-id", Secret("client-secret"), "http://localhost:8600/oauth/callback")
        server = AuthorizationServer(http, "http://127.0.0.1:9", app, _now)  # nobody listens, nobody shall ask
        before, access = (Access(database, server, Vault(["a key"]), _now, changed) for _ in range(2))
        async with database.transaction() as connection:
            await connection.run_sync(metadata.create_all)
            for number in range(AGENTS):
                await before.save(connection, f"agent-{number}", _consent(number), "Example Inc")
        try:
            yield access
        finally:
            await asyncio.gather(before.close(), access.close(), database.close())


def _now() -> datetime:
    return datetime.now(UTC)


def _consent(number: int) -> Consented:
    tokens = Tokens(Secret(ACCESS), Secret(REFRESH), _now() + timedelta(minutes=30))
    scopes = ("oauth", "crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.owners.read")
    return Consented(
        "attempt", 1, number, f"agent{number}@example.com", "example", scopes, tokens, "everything", "", None
    )


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))

"""`inbox.throughput`: durable deliveries a second, against a bare loop that commits the same rows one by one.

Each writes to a SQLite file of its own with the service's settings (write-ahead log, `synchronous=FULL`): what counts
is on disk. Ours may win because callers who wait at the same moment share a commit.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import aiosqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.result import Result
from offhook.database import Database, metadata
from offhook.jobs.inbox import Delivery, Inbox

SENDERS = 32
ROUNDS = 5
OURS = 2_000
THEIRS = 500

Row = tuple[str, str, bytes]
Measure = Callable[[Path], Awaitable[float]]


def measure() -> dict[str, object]:
    ours, theirs = asyncio.run(_rounds(_through_the_inbox, _one_by_one))
    note = f"{SENDERS} senders at once, {OURS:,} deliveries a round, median of {ROUNDS} rounds; more is better, aim 0.5"
    peer = "bare loop committing the same rows one by one"
    return Result("inbox.throughput", "deliveries/s", round(ours), round(theirs), peer, note).row()


async def _rounds(ours: Measure, theirs: Measure) -> tuple[float, float]:
    """In turns, so that what else the machine does weighs on both."""
    with tempfile.TemporaryDirectory(prefix="offhook-bench-") as name:
        folder = Path(name)
        rates = [(await ours(folder / f"ours-{n}.db"), await theirs(folder / f"theirs-{n}.db")) for n in range(ROUNDS)]
    return median(rate for rate, _ in rates), median(rate for _, rate in rates)


def _rows(count: int) -> list[Row]:
    """What the exchange delivers of calls, about 300 bytes each."""
    body = {"type": "leg-alerting", "line": "201", "number": "+14155550100", "at": "2026-11-23T18:30:00Z", "x": "·" * 100}
    return [("exchange", f"{n:032x}", json.dumps(body | {"call": f"{n:032x}"}).encode()) for n in range(count)]


@asynccontextmanager
async def _tables(path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{path}")
    try:
        async with database.transaction() as connection:
            await connection.run_sync(metadata.create_all)
        yield database
    finally:
        await database.close()


async def _through_the_inbox(path: Path) -> float:
    async def handle(connection: AsyncConnection, delivery: Delivery) -> None:
        """Not measured here: `run` is not started."""

    rows = _rows(OURS)
    waiting = iter(rows)
    async with _tables(path) as database:
        inbox = Inbox(database, handle, lambda: datetime.now(UTC))
        began = time.perf_counter()
        new = await asyncio.gather(*(_send(inbox, waiting) for _ in range(SENDERS)))
        seconds = time.perf_counter() - began
        await inbox.stop()
    if sum(new) != OURS:
        raise RuntimeError(f"{sum(new)} of {OURS} deliveries were kept as new ones.")
    return OURS / seconds


async def _send(inbox: Inbox, waiting: Iterator[Row]) -> int:
    """One sender: the next delivery when the last one is accepted."""
    return sum([await inbox.accept(*row) for row in waiting])


async def _one_by_one(path: Path) -> float:
    async with _tables(path):
        pass
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        await connection.execute("PRAGMA journal_mode=WAL")
        await connection.execute("PRAGMA synchronous=FULL")
        began = time.perf_counter()
        for source, key, body in _rows(THEIRS):
            await connection.execute("BEGIN IMMEDIATE")
            await connection.execute(
                "INSERT INTO delivery (source, key, received_at, body, tries) VALUES (?, ?, ?, ?, 0)"
                " ON CONFLICT (source, key) DO NOTHING",
                (source, key, datetime.now(UTC).isoformat(" "), body),
            )
            await connection.execute("COMMIT")
        return THEIRS / (time.perf_counter() - began)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))

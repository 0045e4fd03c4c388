"""The law of the outbox: whatever fails or crashes, and in whatever order, each job that was put is done in the end as it
was put last, and the jobs of one lane are done one at a time and never out of order.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from msgspec import Struct
from sqlalchemy import delete
from tests.jobs.conftest import Clock

from offhook.database import Database
from offhook.errors import GrantBroken, HubSpotBusy, HubSpotRejected
from offhook.jobs import outbox, store
from offhook.jobs.job import Job
from offhook.jobs.worker import Worker

LANES = {"a": "first call", "b": "first call", "c": "first call", "d": "second call", "e": "second call"}


class Crash(BaseException):
    """The process ends here."""


class Put(Struct, frozen=True):
    key: str


class Work(Struct, frozen=True):
    """What becomes of the next tries, in this order; those after them succeed."""

    fates: tuple[str, ...]
    concurrency: int


class Wait(Struct, frozen=True):
    seconds: int


class TryAgain(Struct, frozen=True):
    key: str


class Resume(Struct, frozen=True):
    pass


FATES: dict[str, Callable[[], BaseException]] = {
    "busy": HubSpotBusy,
    "person": GrantBroken,
    "rejected": HubSpotRejected,
    "bug": KeyError,
    "crash before": Crash,
    "crash after": Crash,
}

keys = st.sampled_from(sorted(LANES))
steps = st.one_of(
    keys.map(Put),
    keys.map(Put),
    st.builds(Work, st.lists(st.sampled_from(["done", "put again", *FATES]), max_size=5).map(tuple), st.integers(1, 3)),
    st.sampled_from([1, 61, 1_000]).map(Wait),
    keys.map(TryAgain),
    st.builds(Resume),
)


class World:
    """Puts numbered jobs, and notes what was done: (job id, key, number) in each lane."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.number = 0
        self.last: dict[str, int] = {}
        self.effects: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
        self.active: set[str] = set()
        self.fates: deque[str] = deque()

    async def play(self, step: Any) -> None:
        match step:
            case Put(key):
                await self.put(key)
            case Work(fates, concurrency):
                await self.work(fates, concurrency)
            case Wait(seconds):
                self.clock.tick(seconds)
            case TryAgain(key):
                async with self.database.transaction() as connection:
                    await outbox.retry_now(connection, "kind", key, self.clock())
            case Resume():
                async with self.database.transaction() as connection:
                    await outbox.resume(connection, "ben", self.clock())

    async def put(self, key: str) -> None:
        self.number += 1
        number = self.last[key] = self.number
        async with self.database.transaction() as connection:
            await outbox.put(
                connection,
                kind="kind",
                key=key,
                payload=str(number),
                subject="ben",
                account_id=None,
                lane=LANES[key],
                now=self.clock(),
            )

    async def work(self, fates: tuple[str, ...] = (), concurrency: int = 3) -> None:
        """One life of a worker: it ends when there is nothing to do, or in a crash."""
        self.fates = deque(fates)
        worker = Worker(self.database, {"kind": self.do}, self.clock, concurrency=concurrency, jitter=lambda: 0.5)
        try:
            await worker.catch_up()
        except Crash:
            await asyncio.gather(*worker._running, return_exceptions=True)

    async def do(self, job: Job) -> None:
        assert job.lane not in self.active, "two at a time in one lane"
        self.active.add(job.lane)
        try:
            await self.meet(self.fates.popleft() if self.fates else "done", job)
        finally:
            self.active.remove(job.lane)

    async def meet(self, fate: str, job: Job) -> None:
        await asyncio.sleep(0)
        if fate == "put again":
            await self.put(job.key)
        if fate in ("done", "put again", "crash after"):
            self.effects[job.lane].append((job.id, job.key, int(job.payload)))
        if fate in FATES:
            raise FATES[fate]()

    async def let_everything_end_well(self) -> None:
        """A day passes, a person acts, nothing breaks any more."""
        self.clock.tick(86_400)
        for step in (Resume(), *map(TryAgain, sorted(LANES)), Work((), 3)):
            await self.play(step)

    async def check(self) -> None:
        async with self.database.reading() as connection:
            assert await outbox.counts(connection) == {}
        for effects in self.effects.values():
            ids = [job_id for job_id, _, _ in effects]
            assert ids == sorted(ids), "out of order in the lane"
        for key, last in self.last.items():
            numbers = [number for _, done, number in self.effects[LANES[key]] if done == key]
            assert numbers == sorted(numbers), "an older wish after a newer one"
            assert numbers[-1:] == [last], "not done as it was put last"


async def play(url: str, story: list[Any]) -> None:
    database = Database(url)
    try:
        async with database.transaction() as connection:
            await connection.execute(delete(store.job))
        world = World(database)
        for step in story:
            await world.play(step)
        await world.let_everything_end_well()
        note(f"{story} {dict(world.effects)}")
        await world.check()
    finally:
        await database.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(steps, min_size=3, max_size=15))
def test_each_job_is_done_in_the_end_and_lanes_keep_their_order(database_url: str, story: list[Any]) -> None:
    asyncio.run(play(database_url, story))

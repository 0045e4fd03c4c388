import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError
from tests.jobs.conftest import Clock

from offhook.database import Database
from offhook.errors import GrantBroken, HubSpotBusy, HubSpotRejected
from offhook.jobs import outbox, store
from offhook.jobs import worker as workers
from offhook.jobs.job import Job, JobStatus, Outcome
from offhook.jobs.worker import Handler, Worker


def now() -> datetime:
    return datetime.now(UTC)


class Gate:
    """A handler that says when it has begun and waits until it may go on."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.open = asyncio.Event()
        self.ended: list[str] = []

    async def __call__(self, job: Job) -> None:
        self.begun.set()
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        self.ended.append("done")


class Told:
    """What the worker told about outcomes."""

    def __init__(self) -> None:
        self.outcomes: list[tuple[str, Outcome]] = []
        self.changed = asyncio.Event()

    async def __call__(self, job: Job, outcome: Outcome) -> None:
        self.outcomes.append((job.key, outcome))
        self.changed.set()

    @property
    def statuses(self) -> list[str]:
        return [outcome.status.value for _, outcome in self.outcomes]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self.changed.clear()
                await self.changed.wait()


def failing(error: Exception) -> Handler:
    async def fail(job: Job) -> None:
        raise error

    return fail


async def nothing(job: Job) -> None:
    """Done."""


async def put(
    database: Database, now: datetime, *keys: str, lane: str | None = None, run_at: datetime | None = None
) -> None:
    async with database.transaction() as connection:
        for key in keys:
            await outbox.put(
                connection,
                kind="log",
                key=key,
                payload=b"{}",
                subject="ben",
                account_id=7,
                now=now,
                lane=lane,
                run_at=run_at,
            )


async def row(database: Database, key: str = "a") -> dict[str, Any]:
    async with database.reading() as connection:
        return dict((await connection.execute(select(store.job).where(store.job.c.key == key))).mappings().one())


@asynccontextmanager
async def running(*them: Worker) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(worker.run()) for worker in them]
    try:
        yield
    finally:
        for worker in them:
            await worker.stop()
        await asyncio.gather(*tasks)


async def crash(run: asyncio.Task[None]) -> None:
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that looks by itself once an hour only: what happens now happens because it was told."""
    monkeypatch.setattr(workers, "IDLE", 3_600.0)


async def test_a_job_is_given_as_it_was_put_and_is_done_once(database: Database, clock: Clock) -> None:
    given: list[Job] = []

    async def take(job: Job) -> None:
        given.append(job)

    told = Told()
    worker = Worker(database, {"log": take}, clock, told)
    await put(database, clock(), "a")
    assert await worker.catch_up() == 1
    assert await worker.catch_up() == 0
    (job,) = given
    assert (job.kind, job.key, job.lane, job.subject, job.account_id) == ("log", "a", "a", "ben", 7)
    assert (job.payload, job.tries, job.run_at) == (b"{}", 1, clock())
    assert told.outcomes == [("a", Outcome(JobStatus.DONE))]
    assert (await row(database))["done_at"] == clock()


async def test_what_can_be_retried_is_not_tried_before_it_was_asked_to(database: Database, clock: Clock) -> None:
    busy, told = HubSpotBusy(), Told()
    busy.retry_after = 30
    worker = Worker(database, {"log": failing(busy)}, clock, told, jitter=lambda: 0.5)
    await put(database, clock(), "a")
    await worker.catch_up()
    (_, outcome) = told.outcomes[0]
    assert outcome.status is JobStatus.READY
    assert outcome.next_try_at == clock() + timedelta(seconds=31)
    assert outcome.problem
    assert (outcome.problem.code, outcome.problem.retryable) == ("hubspot-busy", True)
    clock.tick(30.9)
    assert await worker.catch_up() == 0
    clock.tick(0.1)
    assert await worker.catch_up() == 1
    assert (await row(database))["tries"] == 2


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(GrantBroken(), "waiting", "grant-broken"), (HubSpotRejected(), "failed", "hubspot-rejected")],
)
async def test_what_cannot_be_retried_says_why(
    database: Database, clock: Clock, error: Exception, status: str, code: str
) -> None:
    told = Told()
    worker = Worker(database, {"log": failing(error)}, clock, told)
    await put(database, clock(), "a")
    assert await worker.catch_up() == 1
    clock.tick(1_000_000)
    assert await worker.catch_up() == 0
    assert told.statuses == [status]
    kept = await row(database)
    assert kept["status"] == status
    assert f'"code":"{code}"' in kept["problem"]


async def test_a_problem_is_forgotten_when_the_job_is_done(database: Database, clock: Clock) -> None:
    errors: list[Exception] = [HubSpotBusy()]

    async def do(job: Job) -> None:
        if errors:
            raise errors.pop()

    worker = Worker(database, {"log": do}, clock)
    await put(database, clock(), "a")
    await worker.catch_up()
    assert (await row(database))["problem"]
    clock.tick(10)
    await worker.catch_up()
    assert (await row(database))["problem"] is None


async def test_a_bug_is_given_up_after_ten_tries(database: Database, clock: Clock) -> None:
    told = Told()
    worker = Worker(database, {"log": failing(KeyError("+14155550100"))}, clock, told)
    await put(database, clock(), "a")
    for _ in range(12):
        await worker.catch_up()
        clock.tick(1_000)
    assert told.statuses == ["ready"] * 9 + ["failed"]
    assert "4155550100" not in (await row(database))["problem"]


async def test_jobs_of_other_kinds_are_left_to_those_who_know_them(database: Database, clock: Clock) -> None:
    await put(database, clock(), "a")
    assert await Worker(database, {"other": nothing}, clock).catch_up() == 0
    assert await Worker(database, {"log": nothing}, clock).catch_up() == 1


@pytest.mark.usefixtures("patient")
async def test_a_nudge_wakes_it_at_once(database: Database) -> None:
    told = Told()
    worker = Worker(database, {"log": nothing}, now, told)
    async with running(worker):
        for number in range(3):
            await put(database, now(), f"key {number}")
            worker.nudge()
            await told.until(lambda expected=number + 1: len(told.outcomes) == expected)  # type: ignore[misc]
    assert worker.last_beat is not None


@pytest.mark.usefixtures("patient")
async def test_it_wakes_by_itself_when_a_job_is_due(database: Database) -> None:
    told = Told()
    due = now() + timedelta(seconds=0.3)
    await put(database, now(), "a", run_at=due)
    async with running(Worker(database, {"log": nothing}, now, told)):
        await told.until(lambda: told.statuses == ["done"])
    assert (await row(database))["done_at"] >= due


@pytest.mark.usefixtures("patient")
async def test_the_next_in_the_lane_follows_at_once(database: Database) -> None:
    told = Told()
    await put(database, now(), *(str(number) for number in range(9)), lane="call")
    async with running(Worker(database, {"log": nothing}, now, told)):
        await told.until(lambda: len(told.outcomes) == 9)
    assert [key for key, _ in told.outcomes] == [str(number) for number in range(9)]


async def test_so_many_are_done_at_a_time_and_of_a_lane_one(database: Database) -> None:
    active: list[str] = []
    most: list[int] = []
    order: dict[str, list[str]] = {}

    async def do(job: Job) -> None:
        assert job.lane not in active
        active.append(job.lane)
        most.append(len(active))
        for _ in range(5):
            await asyncio.sleep(0)
        order.setdefault(job.lane, []).append(job.key)
        active.remove(job.lane)

    for number in range(24):
        await put(database, now(), f"{number:02}", lane=f"lane {number % 6}")
    told = Told()
    async with running(Worker(database, {"log": do}, now, told, concurrency=4)):
        await told.until(lambda: len(told.outcomes) == 24)
    assert told.statuses == ["done"] * 24
    assert max(most) == 4
    assert all(keys == sorted(keys) for keys in order.values())


async def test_two_nodes_do_each_job_once_and_keep_the_lanes(database: Database, other_node: Database) -> None:
    active: set[str] = set()
    order: dict[str, list[str]] = {}

    async def do(job: Job) -> None:
        assert job.lane not in active
        active.add(job.lane)
        await asyncio.sleep(0.001)
        order.setdefault(job.lane, []).append(job.key)
        active.remove(job.lane)

    for number in range(40):
        await put(database, now(), f"{number:02}", lane=f"lane {number % 5}")
    told = Told()
    one = Worker(database, {"log": do}, now, told, name="one")
    two = Worker(other_node, {"log": do}, now, told, name="two")
    async with running(one, two):
        await told.until(lambda: len(told.outcomes) >= 40)
    assert told.statuses == ["done"] * 40
    assert sorted(key for keys in order.values() for key in keys) == [f"{number:02}" for number in range(40)]
    assert all(keys == sorted(keys) for keys in order.values())


async def test_what_a_crashed_worker_had_in_hand_is_taken_over_when_its_lease_runs_out(
    database: Database, clock: Clock
) -> None:
    gate, told = Gate(), Told()
    await put(database, clock(), "a", "b", lane="call")
    run = asyncio.create_task(Worker(database, {"log": gate}, clock, told).run())
    await gate.begun.wait()
    await crash(run)
    other = Worker(database, {"log": nothing}, clock, told)
    clock.tick(59)
    assert await other.catch_up() == 0
    clock.tick(1)
    assert await other.catch_up() == 2
    assert [key for key, _ in told.outcomes] == ["a", "b"]
    assert (await row(database))["tries"] == 2


async def test_a_worker_that_comes_back_under_its_name_takes_up_its_jobs_at_once(
    database: Database, clock: Clock
) -> None:
    gate, told = Gate(), Told()
    await put(database, clock(), "a")
    run = asyncio.create_task(Worker(database, {"log": gate}, clock, name="host_1:8600").run())
    await gate.begun.wait()
    await crash(run)
    async with running(Worker(database, {"log": nothing}, clock, told, name="host%1:8600")):
        pass
    assert told.statuses == []
    async with running(Worker(database, {"log": nothing}, clock, told, name="host_1:8600")):
        await told.until(lambda: told.statuses == ["done"])


async def test_a_lost_lease_does_not_overwrite_what_another_worker_recorded(
    database: Database, other_node: Database, clock: Clock
) -> None:
    gate, told, told_other = Gate(), Told(), Told()
    slow = Worker(database, {"log": gate}, clock, told)
    await put(database, clock(), "a")
    trying = asyncio.create_task(slow.catch_up())
    await gate.begun.wait()
    clock.tick(61)
    other = Worker(other_node, {"log": failing(GrantBroken())}, clock, told_other)
    assert await other.catch_up() == 1
    gate.open.set()
    await trying
    assert gate.ended == ["done"]
    assert (told.statuses, told_other.statuses) == ([], ["waiting"])
    assert (await row(database))["status"] == "waiting"


async def test_a_lost_lease_does_not_end_the_try_of_the_worker_that_has_it_now(
    database: Database, other_node: Database, clock: Clock
) -> None:
    slow, quick, told = Gate(), Gate(), Told()
    await put(database, clock(), "a")
    first = asyncio.create_task(Worker(database, {"log": slow}, clock, told).catch_up())
    await slow.begun.wait()
    clock.tick(61)
    second = asyncio.create_task(Worker(other_node, {"log": quick}, clock, told).catch_up())
    await quick.begun.wait()
    slow.open.set()
    await first
    assert told.statuses == []
    assert (await row(database))["status"] == "leased"
    quick.open.set()
    await second
    assert told.statuses == ["done"]


@pytest.mark.usefixtures("patient")
async def test_a_living_worker_keeps_its_lease_however_long_a_job_takes(
    database: Database, other_node: Database, clock: Clock
) -> None:
    gate, told = Gate(), Told()
    worker = Worker(database, {"log": gate}, clock, told)
    other = Worker(other_node, {"log": nothing}, clock)
    held = asyncio.Event()
    await put(database, clock(), "a")
    async with running(worker):
        await gate.begun.wait()
        event.listen(database.engine.sync_engine, "commit", lambda connection: held.set())
        for _ in range(4):
            held.clear()
            clock.tick(30)
            worker.nudge()
            async with asyncio.timeout(20):
                await held.wait()
        assert await other.catch_up() == 0
        gate.open.set()
        await told.until(lambda: told.statuses == ["done"])


@pytest.mark.usefixtures("patient")
async def test_a_worker_that_finds_its_lease_lost_lets_go(database: Database, other_node: Database, clock: Clock) -> None:
    gate, told = Gate(), Told()
    worker = Worker(database, {"log": gate}, clock, told)
    await put(database, clock(), "a")
    async with running(worker):
        await gate.begun.wait()
        # By the other's clock the lease has run out; ours looks only after that.
        other = Worker(other_node, {"log": nothing}, lambda: clock.now + timedelta(seconds=61))
        assert await other.catch_up() == 1
        clock.tick(61)
        worker.nudge()
        async with asyncio.timeout(20):
            await asyncio.gather(*worker._running, return_exceptions=True)
    assert gate.ended == ["cancelled"]
    assert told.statuses == []
    assert (await row(database))["status"] == "done"


async def test_stop_lets_jobs_in_hand_end_and_takes_no_new_ones(database: Database, clock: Clock) -> None:
    gate, told = Gate(), Told()
    worker = Worker(database, {"log": gate}, clock, told, concurrency=1)
    await put(database, clock(), "a", "b")
    run = asyncio.create_task(worker.run())
    await gate.begun.wait()
    stopping = asyncio.create_task(worker.stop())
    await run
    gate.open.set()
    await stopping
    assert told.outcomes == [("a", Outcome(JobStatus.DONE))]
    assert (await row(database, "b"))["tries"] == 0


async def test_stop_gives_back_what_does_not_end_in_time(database: Database, clock: Clock) -> None:
    gate, told = Gate(), Told()
    worker = Worker(database, {"log": gate}, clock, told)
    await put(database, clock(), "a")
    run = asyncio.create_task(worker.run())
    await gate.begun.wait()
    await worker.stop(grace=timedelta(seconds=0.05))
    await run
    assert gate.ended == ["cancelled"]
    assert told.statuses == []
    assert await Worker(database, {"log": nothing}, clock, told).catch_up() == 1
    assert (await row(database))["tries"] == 1


async def test_it_goes_on_when_the_database_comes_back(database: Database) -> None:
    told, failed = Told(), asyncio.Event()
    worker = Worker(database, {"log": nothing}, now, told)
    await put(database, now(), "a")
    async with database.transaction() as connection:
        await connection.execute(text("ALTER TABLE job RENAME TO away"))
    event.listen(database.engine.sync_engine, "handle_error", lambda context: failed.set())
    async with running(worker):
        async with asyncio.timeout(20):
            await failed.wait()
        assert worker.last_beat is None
        async with database.transaction() as connection:
            await connection.execute(text("ALTER TABLE away RENAME TO job"))
        worker.nudge()
        await told.until(lambda: told.statuses == ["done"])


async def test_a_job_whose_outcome_could_not_be_kept_is_done_again(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries, told, settle = [], Told(), store.settle

    async def do(job: Job) -> None:
        tries.append(job.tries)

    async def broken(*args: object) -> Outcome:
        monkeypatch.setattr(store, "settle", settle)
        raise OperationalError("gone", {}, Exception())

    monkeypatch.setattr(store, "settle", broken)
    worker = Worker(database, {"log": do}, clock, told)
    await put(database, clock(), "a")
    with pytest.raises(OperationalError):
        await worker.catch_up()
    clock.tick(61)
    await worker.catch_up()
    assert tries == [1, 2]
    assert told.statuses == ["done"]


async def test_a_panel_that_cannot_be_told_changes_nothing(database: Database, clock: Clock) -> None:
    async def settled(job: Job, outcome: Outcome) -> None:
        raise ConnectionError("the panel has gone")

    worker = Worker(database, {"log": nothing}, clock, settled)
    await put(database, clock(), "a")
    await worker.catch_up()
    assert (await row(database))["status"] == "done"

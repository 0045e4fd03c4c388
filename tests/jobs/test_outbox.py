import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.jobs.conftest import Clock

from offhook.database import Database
from offhook.errors import GrantBroken, HubSpotBusy, HubSpotRejected
from offhook.jobs import outbox
from offhook.jobs.job import Job
from offhook.jobs.worker import Worker

Do = Callable[[Job], Any]


class Desk:
    """Somebody who puts jobs, and a worker that does them when told to. `breaks`: what doing a key ends in."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self.done: list[tuple[str, str]] = []
        self.breaks: dict[str, Exception] = {}
        self.meanwhile: dict[str, Callable[[], Any]] = {}
        self.worker = Worker(database, {"log": self.do, "amend": self.do}, clock, jitter=lambda: 0.5)

    async def do(self, job: Job) -> None:
        if meanwhile := self.meanwhile.pop(job.key, None):
            await meanwhile()
        if job.key in self.breaks:
            raise self.breaks[job.key]
        self.done.append((job.key, job.payload.decode()))

    async def put(
        self,
        key: str,
        payload: str = "1",
        *,
        kind: str = "log",
        lane: str | None = None,
        subject: str = "ben",
        run_at: datetime | None = None,
    ) -> None:
        async with self.database.transaction() as connection:
            await outbox.put(
                connection,
                kind=kind,
                key=key,
                payload=payload,
                subject=subject,
                account_id=7,
                lane=lane,
                now=self.clock(),
                run_at=run_at,
            )

    async def resume(self, subject: str = "ben") -> int:
        async with self.database.transaction() as connection:
            return await outbox.resume(connection, subject, self.clock())

    async def retry_now(self, key: str, kind: str = "log") -> bool:
        async with self.database.transaction() as connection:
            return await outbox.retry_now(connection, kind, key, self.clock())

    async def counts(self) -> dict[tuple[str, str], int]:
        async with self.database.reading() as connection:
            return dict(await outbox.counts(connection))


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


async def test_a_job_is_kept_with_its_cause_or_not_at_all(desk: Desk, clock: Clock) -> None:
    async def put_and_fail() -> None:
        async with desk.database.transaction() as connection:
            await outbox.put(connection, kind="log", key="a", payload=b"{}", subject="ben", account_id=None, now=clock())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await put_and_fail()
    assert await desk.counts() == {}
    assert await desk.worker.catch_up() == 0


async def test_what_is_put_twice_is_done_once_as_it_was_put_last(desk: Desk) -> None:
    await desk.put("a", "1")
    await desk.put("a", "2")
    assert await desk.counts() == {("log", "ready"): 1}
    await desk.worker.catch_up()
    assert desk.done == [("a", "2")]


async def test_two_who_put_the_same_at_the_same_moment_put_it_once(desk: Desk) -> None:
    await asyncio.gather(*(desk.put("a", str(number)) for number in range(8)))
    assert await desk.counts() == {("log", "ready"): 1}


async def test_a_done_job_does_not_stand_in_the_way_of_the_same_again(desk: Desk) -> None:
    await desk.put("a", "1")
    await desk.worker.catch_up()
    await desk.put("a", "2")
    await desk.worker.catch_up()
    assert desk.done == [("a", "1"), ("a", "2")]


async def test_what_is_put_while_the_same_is_being_done_is_done_afterwards(desk: Desk) -> None:
    async def meanwhile() -> None:
        await desk.put("a", "2")
        await desk.put("a", "3")

    desk.meanwhile["a"] = meanwhile
    await desk.put("a", "1")
    await desk.worker.catch_up()
    assert desk.done == [("a", "1"), ("a", "3")]


async def test_what_is_put_while_the_same_fails_is_queued_once_and_keeps_the_place(desk: Desk, clock: Clock) -> None:
    desk.meanwhile["a"] = lambda: desk.put("a", "2", lane="call")
    desk.breaks["a"] = HubSpotBusy()
    await desk.put("a", "1", lane="call")
    await desk.put("b", lane="call")
    await desk.worker.catch_up()
    assert await desk.counts() == {("log", "ready"): 2}
    desk.breaks.clear()
    clock.tick(5)
    await desk.worker.catch_up()
    assert desk.done == [("a", "2"), ("b", "1")]


async def test_what_is_put_while_the_same_is_given_up_is_tried(desk: Desk) -> None:
    async def meanwhile() -> None:
        await desk.put("a", "2")
        desk.meanwhile["a"] = mended

    async def mended() -> None:
        desk.breaks.clear()

    desk.meanwhile["a"] = meanwhile
    desk.breaks["a"] = HubSpotRejected()
    await desk.put("a", "1")
    await desk.worker.catch_up()
    assert desk.done == [("a", "2")]


async def test_a_failed_job_is_tried_again_when_it_is_put_again(desk: Desk) -> None:
    desk.breaks["a"] = HubSpotRejected()
    await desk.put("a", "1")
    await desk.worker.catch_up()
    assert await desk.counts() == {("log", "failed"): 1}
    desk.breaks.clear()
    await desk.put("a", "2")
    await desk.worker.catch_up()
    assert desk.done == [("a", "2")]


async def test_a_bug_that_was_given_up_gets_all_its_tries_again_when_it_is_put_again(desk: Desk, clock: Clock) -> None:
    desk.breaks["a"] = KeyError("a bug")
    await desk.put("a", "1")
    while await desk.worker.catch_up():
        clock.tick(1_000)
    assert await desk.counts() == {("log", "failed"): 1}
    await desk.put("a", "2")
    assert await desk.worker.catch_up() == 1
    assert await desk.counts() == {("log", "ready"): 1}


async def test_a_waiting_job_goes_on_waiting_when_it_is_put_again(desk: Desk) -> None:
    desk.breaks["a"] = GrantBroken()
    await desk.put("a", "1")
    await desk.worker.catch_up()
    await desk.put("a", "2")
    assert await desk.counts() == {("log", "waiting"): 1}
    assert await desk.worker.catch_up() == 0
    desk.breaks.clear()
    await desk.resume()
    await desk.worker.catch_up()
    assert desk.done == [("a", "2")]


async def test_a_job_that_backs_off_keeps_its_pause_when_it_is_put_again(desk: Desk, clock: Clock) -> None:
    error = HubSpotBusy()
    error.retry_after = 100
    desk.breaks["a"] = error
    await desk.put("a", "1")
    await desk.worker.catch_up()
    desk.breaks.clear()
    await desk.put("a", "2")
    clock.tick(99)
    assert await desk.worker.catch_up() == 0
    clock.tick(2)
    assert await desk.worker.catch_up() == 1


async def test_a_job_for_later_is_done_then_and_asking_again_never_puts_it_off(desk: Desk, clock: Clock) -> None:
    start = clock()
    await desk.put("a", run_at=start + timedelta(seconds=50))
    await desk.put("a", run_at=start + timedelta(seconds=10))
    await desk.put("a", run_at=start + timedelta(seconds=30))
    clock.tick(9)
    assert await desk.worker.catch_up() == 0
    clock.tick(1)
    assert await desk.worker.catch_up() == 1


async def test_a_lane_keeps_its_order_and_other_lanes_do_not_wait_for_it(desk: Desk) -> None:
    desk.breaks["first"] = GrantBroken()
    desk.breaks["broken"] = HubSpotRejected()
    for key, lane in [("first", "one"), ("second", "one"), ("broken", "two"), ("behind", "two"), ("free", "three")]:
        await desk.put(key, lane=lane)
    await desk.worker.catch_up()
    assert desk.done == [("free", "1")]
    desk.breaks.clear()
    await desk.resume()
    await desk.worker.catch_up()
    assert desk.done[1:] == [("first", "1"), ("second", "1")]
    assert await desk.retry_now("broken")
    await desk.worker.catch_up()
    assert desk.done[3:] == [("broken", "1"), ("behind", "1")]


async def test_resume_wakes_the_jobs_of_one_subject(desk: Desk) -> None:
    desk.breaks = {key: GrantBroken() for key in ("a", "b", "c")}
    await desk.put("a", subject="ben")
    await desk.put("b", subject="ben")
    await desk.put("c", subject="ada")
    await desk.worker.catch_up()
    assert await desk.resume("ben") == 2
    assert await desk.counts() == {("log", "ready"): 2, ("log", "waiting"): 1}
    async with desk.database.transaction() as connection:
        assert await outbox.resume_all(connection, desk.clock()) == 1
    assert await desk.counts() == {("log", "ready"): 3}


async def test_resume_is_not_lost_on_a_job_that_is_just_failing_for_want_of_a_grant(desk: Desk) -> None:
    async def granted_again() -> None:
        assert await desk.resume() == 0
        desk.meanwhile["a"] = mended

    async def mended() -> None:
        desk.breaks.clear()

    desk.meanwhile["a"] = granted_again
    desk.breaks["a"] = GrantBroken()
    await desk.put("a")
    await desk.worker.catch_up()
    assert desk.done == [("a", "1")]


@pytest.mark.parametrize("error", [GrantBroken(), HubSpotRejected(), HubSpotBusy()])
async def test_try_again_helps_whatever_the_job_waits_for(desk: Desk, error: Exception) -> None:
    desk.breaks["a"] = error
    await desk.put("a")
    await desk.worker.catch_up()
    desk.breaks.clear()
    assert await desk.worker.catch_up() == 0
    assert await desk.retry_now("a")
    await desk.worker.catch_up()
    assert desk.done == [("a", "1")]


async def test_there_is_nothing_to_try_again_once_it_is_done(desk: Desk) -> None:
    await desk.put("a")
    assert not await desk.retry_now("a", kind="amend")
    await desk.worker.catch_up()
    assert not await desk.retry_now("a")


async def test_kinds_do_not_mix(desk: Desk) -> None:
    await desk.put("a", "1", kind="log", lane="call")
    await desk.put("a", "2", kind="amend", lane="call")
    assert await desk.counts() == {("log", "ready"): 1, ("amend", "ready"): 1}
    await desk.worker.catch_up()
    assert desk.done == [("a", "1"), ("a", "2")]


async def test_done_jobs_are_forgotten_after_a_while_and_unfinished_ones_never(desk: Desk, clock: Clock) -> None:
    desk.breaks["b"] = GrantBroken()
    await desk.put("a")
    await desk.put("b")
    await desk.worker.catch_up()
    clock.tick(100)
    await desk.put("c")
    await desk.worker.catch_up()
    async with desk.database.transaction() as connection:
        assert await outbox.forget_before(connection, clock() - timedelta(seconds=50)) == 1
        assert await outbox.forget_before(connection, clock() + timedelta(seconds=50)) == 1
    assert await desk.counts() == {("log", "waiting"): 1}

"""The worker: takes jobs that are due, has them done outside any transaction, and records what became of them.

A lease says whose a job is. A worker that is alive extends its leases; one that was killed does not, and another takes
its jobs over. So a job is done at least once, and what a handler does must bear being done twice.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy.exc import IntegrityError

from offhook.database import Database
from offhook.jobs import store
from offhook.jobs.job import Job, JobStatus, Outcome
from offhook.jobs.retry import GiveUp, RetryAt, WaitForPerson, decide, problem_of

log = structlog.get_logger()

Handler = Callable[[Job], Awaitable[None]]
Settled = Callable[[Job, Outcome], Awaitable[None]]

# Without a nudge: how long a job that another process has put may lie there, in seconds.
IDLE = 1.0
# Two who do the same at the same moment: the database lets one pass, and the other looks again.
COLLISIONS = 3


class Worker:
    """Does jobs. Several may share a PostgreSQL database.

    Args:
        handlers: By kind. Jobs of other kinds are left to workers that know them.
        settled: Told after each try what was recorded of it; not told when the lease was lost.
        concurrency: Jobs at a time.
        name: Belongs to one living worker at a time, say *host:port*. One that comes back under its old name takes up
            at once what it had in hand when it was killed; others must wait until the lease has run out.
        lease: How long after the last sign of life a job is taken over.
        jitter: Gives a number in [0, 1).
    """

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        now: Callable[[], datetime],
        settled: Settled | None = None,
        concurrency: int = 4,
        name: str = "",
        *,
        lease: timedelta = timedelta(seconds=60),
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._handlers = dict(handlers)
        self._now = now
        self._settled = settled
        self._concurrency = concurrency
        self._name = name or uuid4().hex
        self._lease = lease
        self._jitter = jitter
        self.last_beat: datetime | None = None
        self._running: dict[asyncio.Task[None], Job] = {}
        self._trying: set[asyncio.Task[None]] = set()  # those whose handler has not ended
        self._hold_at = now()
        self._wake = asyncio.Event()
        self._stopping = False
        self._ended: asyncio.Event | None = None  # while it looks for jobs

    def nudge(self) -> None:
        """Something was put: look now. Call it after the commit."""
        self._wake.set()

    async def run(self) -> None:
        """Do jobs until `stop`. Cancelling it is like a crash: jobs in hand are done again when their lease runs out."""
        ended = self._ended = asyncio.Event()
        try:
            while not self._stopping:
                self._wake.clear()
                await self._pause(await self._turn())
        except BaseException:
            for task in self._running:
                task.cancel()
            raise
        finally:
            self._ended = None
            ended.set()

    async def stop(self, grace: timedelta = timedelta(seconds=10)) -> None:
        """Take no new jobs, let those in hand end, and give back those that have not done so after `grace`.

        Leases are not extended meanwhile: `grace` must be shorter than half a lease.
        """
        self._stopping = True
        self._wake.set()
        if self._ended:
            await self._ended.wait()
        if self._running:
            await self._drain(grace)

    async def catch_up(self) -> int:
        """Do all that is due now, without `run`; gives the number of tries."""
        tries = 0
        while jobs := await self._take(self._concurrency):
            await asyncio.gather(*(self._start(job) for job in jobs))
            tries += len(jobs)
        return tries

    # Looking for jobs.

    async def _turn(self) -> float:
        """Look once; gives the seconds until there may be more to do."""
        try:
            if self.last_beat is None:
                await self._take_back()
            await self._hold_if_due()
            pause = await self._start_due()
        except Exception as error:
            log.warning("The database does not answer; jobs wait.", action="jobs_wait", error=type(error).__name__)
            return IDLE
        self.last_beat = self._now()
        return pause

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _take_back(self) -> None:
        async with self._database.transaction() as connection:
            count = await store.release_all(connection, self._name, self._now())
        if count:
            log.info("Jobs that were in hand when the worker died are taken up.", action="jobs_taken_back", count=count)

    async def _start_due(self) -> float:
        free = self._concurrency - len(self._running)
        if free <= 0:
            return IDLE  # one that ends wakes us
        async with self._database.reading() as connection:
            due = await store.next_due(connection, self._handlers)
        if due is None:
            return IDLE
        if (wait := (due - self._now()).total_seconds()) > 0:
            return min(wait, IDLE)
        if not self._trying:
            self._hold_at = self._now() + self._lease / 3
        jobs = await self._take(free)
        for job in jobs:
            self._start(job)
        return 0 if jobs else IDLE

    async def _take(self, limit: int) -> Sequence[Job]:
        by = f"{self._name}/{uuid4().hex}"
        for _ in range(COLLISIONS):
            with suppress(IntegrityError):
                async with self._database.transaction() as connection:
                    now = self._now()
                    return await store.lease(
                        connection, self._handlers, by=by, now=now, until=now + self._lease, limit=limit
                    )
        return []

    # Leases.

    async def _hold_if_due(self) -> None:
        """Extend the leases three times before they can run out; drop what was taken over all the same."""
        if not self._trying or self._now() < self._hold_at:
            return
        trying = {task: self._running[task] for task in self._trying}
        held = await self._hold(list(trying.values()))
        for task, job in trying.items():
            if job.id not in held and task in self._trying:
                log.warning("Another worker has taken a job over.", action="lease_lost", job=job.id, kind=job.kind)
                task.cancel()

    async def _hold(self, jobs: Sequence[Job]) -> set[int]:
        now = self._now()
        async with self._database.transaction() as connection:
            held = await store.hold(connection, jobs, now + self._lease)
        self._hold_at = now + self._lease / 3
        return held

    async def _drain(self, grace: timedelta) -> None:
        _, late = await asyncio.wait(self._running, timeout=grace.total_seconds())
        given_back = [self._running[task] for task in late]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if given_back:
            await self._give_back(given_back)

    async def _give_back(self, jobs: Sequence[Job]) -> None:
        try:
            async with self._database.transaction() as connection:
                await store.release(connection, jobs, self._now())
        except Exception as error:
            log.warning("Jobs lie until their leases run out.", action="jobs_wait", error=type(error).__name__)
            return
        log.info("Jobs are given back unfinished.", action="jobs_given_back", count=len(jobs))

    # Doing one.

    def _start(self, job: Job) -> asyncio.Task[None]:
        task = asyncio.create_task(self._do(job), name=f"job-{job.kind}-{job.id}")
        self._running[task] = job
        self._trying.add(task)
        task.add_done_callback(self._end)
        return task

    def _end(self, task: asyncio.Task[None]) -> None:
        job = self._running.pop(task)
        self._trying.discard(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()):
            # The lease runs out, and the job is done again.
            name = type(error).__name__
            log.error("What became of a job was not kept.", action="settle_failed", job=job.id, error=name)

    async def _do(self, job: Job) -> None:
        outcome = await self._try(job)
        if task := asyncio.current_task():
            self._trying.discard(task)
        recorded = await self._record(job, outcome)
        if recorded is None:
            log.warning("A job was done after its lease was lost.", action="lease_lost", job=job.id, kind=job.kind)
        elif self._settled:
            await self._tell(self._settled, job, recorded)

    async def _try(self, job: Job) -> Outcome:
        try:
            await self._handlers[job.kind](job)
        except Exception as error:
            outcome = self._outcome_of(error, job)
            _log_failure(job, outcome, error)
            return outcome
        return Outcome(JobStatus.DONE)

    def _outcome_of(self, error: Exception, job: Job) -> Outcome:
        problem = problem_of(error)
        match decide(error, job.tries, self._now(), self._jitter()):
            case RetryAt(at):
                return Outcome(JobStatus.READY, problem, at)
            case WaitForPerson():
                return Outcome(JobStatus.WAITING, problem)
            case GiveUp():
                return Outcome(JobStatus.FAILED, problem)

    async def _record(self, job: Job, outcome: Outcome) -> Outcome | None:
        for _ in range(COLLISIONS):
            with suppress(IntegrityError):
                async with self._database.transaction() as connection:
                    return await store.settle(connection, job, outcome, self._now())
        raise TimeoutError("The same job is being asked for again and again.")

    async def _tell(self, settled: Settled, job: Job, outcome: Outcome) -> None:
        try:
            await settled(job, outcome)
        except Exception as error:
            log.error("Panels were not told of a job.", action="tell_failed", job=job.id, kind=job.kind, exc_info=error)


def _log_failure(job: Job, outcome: Outcome, error: Exception) -> None:
    """Our own errors say all in a sentence; what is unforeseen needs its traceback."""
    code = outcome.problem.code if outcome.problem else ""
    unforeseen = None if code == getattr(error, "code", None) else error
    say = log.error if outcome.status is JobStatus.FAILED else log.warning
    say(
        "A job was not done.",
        action=f"job_{outcome.status}",
        job=job.id,
        kind=job.kind,
        tries=job.tries,
        code=code,
        next_try_at=outcome.next_try_at,
        exc_info=unforeseen,
    )

"""The inbox: what arrives is kept once, durably, before anybody is told that it was accepted; then it is handled once.

    accept ─▶ one commit for all who ask at that moment ─▶ the caller is told ─▶ 202
                    │
                    └─▶ handled at once in this process, in order ─┐
    sweep ─▶ what a crash or another node left ────────────────────┴─▶ effect and "handled", in one transaction

One that comes alone while nothing waits (a ringing phone) is kept and handled in the same commit. If it cannot be handled
so, nothing of that is kept, and it goes the two steps above.

Known twice, kept once; kept once, handled once: the sender may repeat as often as it likes.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.database import Database
from offhook.errors import MalformedDelivery
from offhook.jobs import store
from offhook.jobs.retry import problem_of
from offhook.jobs.store import Delivery, NewDelivery

__all__ = ["AfterCommit", "Delivery", "Handle", "Inbox", "forget_before"]

log = structlog.get_logger()

AfterCommit = Callable[[], None]
Handle = Callable[[AsyncConnection, Delivery], Awaitable[AfterCommit | None]]

MOST_TRIES = 5
LONGEST_KEY = 200
# Deliveries in one commit; stays below the 32,766 values that SQLite and PostgreSQL take in one statement.
BATCH = 500
# Deliveries that wait in memory. In a flood the rest waits in the database, and the sweep fetches it.
MOST_IN_MEMORY = 2_000
PAGE = 200
# Everybody else who wants to be accepted waits while one is kept and handled together; so long at most, in seconds.
TOGETHER = 1.0


@dataclass(slots=True, eq=False)
class _Arrival:
    """Somebody who waits until her delivery is kept."""

    what: NewDelivery
    is_new: asyncio.Future[bool]


class Inbox:
    """Accepts deliveries and has them handled. One a process; several nodes may share a database.

    `handle(connection, delivery)` does the effect in the transaction that marks the delivery handled, and may give what
    is to be done after the commit. If it raises, nothing of it is kept, and it is tried again, five times in all.
    """

    def __init__(
        self,
        database: Database,
        handle: Handle,
        now: Callable[[], datetime],
        *,
        sweep_every: timedelta = timedelta(seconds=5),
    ) -> None:
        self._database = database
        self._handle = handle
        self._now = now
        self._sweep_every = sweep_every
        self.last_beat: datetime | None = None
        self._arrivals: list[_Arrival] = []
        self._keeper: asyncio.Task[None] | None = None
        self._in_memory: deque[Delivery] = deque()
        self._wake = asyncio.Event()
        self._stopping = False
        self._handling = False
        self._ended: asyncio.Event | None = None  # while it runs
        # A sweep takes deliveries received up to a moment; it goes on after the last of a full page.
        self._sweep_until = now()
        self._swept: Delivery | None = None
        self._next_sweep = 0.0

    async def accept(self, source: str, key: str, body: bytes) -> bool:
        """Keep a delivery. When this returns, it is on disk: True if it is new, False if it was known.

        Raises:
            MalformedDelivery: the key cannot be kept.
            Exception: whatever the database raised; nothing may be taken for kept.
        """
        if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
            raise MalformedDelivery(f"A delivery's id must have 1 to {LONGEST_KEY} printable characters.")
        new = NewDelivery(source, key, self._now(), body)
        arrival = _Arrival(new, asyncio.get_running_loop().create_future())
        self._arrivals.append(arrival)
        if self._keeper is None or self._keeper.done():
            self._keeper = asyncio.create_task(self._keep_arrivals(), name="inbox-keeper")
        return await arrival.is_new

    async def _keep_arrivals(self) -> None:
        """While one commit is on its way to the disk the next callers gather; they share the next one."""
        while self._arrivals:
            batch, self._arrivals = self._arrivals[:BATCH], self._arrivals[BATCH:]
            if len(batch) == 1 and self._is_idle and await self._keep_and_handle(batch[0]):
                continue
            try:
                async with self._database.transaction() as connection:
                    ids = await store.keep(connection, [each.what for each in batch])
            except Exception as error:
                _fail(batch, error)
            else:
                self._tell(batch, dict(ids))

    @property
    def _is_idle(self) -> bool:
        return bool(self._ended) and not (self._stopping or self._handling or self._in_memory or self._swept)

    async def _keep_and_handle(self, arrival: _Arrival) -> bool:
        """Both in one commit; False when nothing of it was done."""
        what, now = arrival.what, self._now()
        after: AfterCommit | None = None
        try:
            async with asyncio.timeout(TOGETHER), self._database.transaction() as connection:
                ids = await store.keep(connection, [what], handled_at=now)
                new = ids.get((what.source, what.key))
                delivery = Delivery(new or 0, what.source, what.key, what.received_at, what.body)
                if new is not None:
                    after = await self._handle(connection, delivery)
        except Exception as error:
            log.info("A delivery is kept first and handled then.", action="handle_apart", error=_name(error))
            return False
        if after:
            _do(after, delivery)
        if not arrival.is_new.done():
            arrival.is_new.set_result(new is not None)
        return True

    def _tell(self, batch: Sequence[_Arrival], ids: dict[tuple[str, str], int]) -> None:
        for arrival in batch:
            what = arrival.what
            new = ids.pop((what.source, what.key), None)
            if new is not None:
                self._hand_over(Delivery(new, what.source, what.key, what.received_at, what.body))
            if not arrival.is_new.done():  # she may have gone away meanwhile
                arrival.is_new.set_result(new is not None)

    def _hand_over(self, delivery: Delivery) -> None:
        if self._ended and len(self._in_memory) < MOST_IN_MEMORY:
            self._in_memory.append(delivery)
            self._wake.set()

    async def run(self) -> None:
        """Handle deliveries, those that were left first, until `stop`."""
        ended = self._ended = asyncio.Event()
        try:
            self._sweep_until = self._now()
            await self._sweep()
            while self._in_memory or not self._stopping:
                await self._turn()
        finally:
            self._ended = None
            ended.set()

    async def stop(self) -> None:
        """Let `run` end when what is in memory is handled. What is accepted from now on is kept for the next start."""
        if self._keeper:
            await asyncio.wait([self._keeper])
        self._stopping = True
        self._wake.set()
        if self._ended:
            await self._ended.wait()

    async def unhandled(self, connection: AsyncConnection) -> int:
        """How many deliveries are accepted and not handled yet."""
        return await store.count_unhandled(connection)

    async def _turn(self) -> None:
        self.last_beat = self._now()
        if not self._stopping and asyncio.get_running_loop().time() >= self._next_sweep:
            # Fresh deliveries are left to the node that accepted them.
            self._swept, self._sweep_until = None, self._now() - self._sweep_every
            await self._sweep()
        elif self._in_memory:
            await self._handle_one(self._in_memory.popleft())
        elif self._swept:
            await self._sweep()
        else:
            await self._pause()

    async def _pause(self) -> None:
        self._wake.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._next_sweep):
                await self._wake.wait()

    async def _sweep(self) -> None:
        """Fetch a page of what nobody has handled."""
        try:
            async with self._database.reading() as connection:
                found = await store.unhandled_page(connection, until=self._sweep_until, after=self._swept, limit=PAGE)
        except Exception as error:
            log.warning("Unhandled deliveries cannot be looked for.", action="sweep_failed", error=_name(error))
            found = []
        self._swept = found[-1] if len(found) == PAGE else None
        known = {each.id for each in self._in_memory}
        self._in_memory.extend(each for each in found if each.id not in known)
        self._next_sweep = asyncio.get_running_loop().time() + self._sweep_every.total_seconds()

    async def _handle_one(self, delivery: Delivery) -> None:
        self._handling = True
        try:
            await self._handle_alone(delivery)
        finally:
            self._handling = False

    async def _handle_alone(self, delivery: Delivery) -> None:
        try:
            async with self._database.transaction() as connection:
                if not await store.mark_handled(connection, delivery.id, self._now()):
                    return
                after = await self._handle(connection, delivery)
        except Exception as error:
            await self._note(delivery, error)
            return
        if after:
            _do(after, delivery)

    async def _note(self, delivery: Delivery, error: Exception) -> None:
        ids = {"delivery": delivery.id, "source": delivery.source}
        try:
            async with self._database.transaction() as connection:
                problem = problem_of(error)
                tries = await store.note_failure(connection, delivery.id, problem, self._now(), MOST_TRIES)
        except Exception as second:
            log.warning(
                "The database does not answer; a delivery waits.", action="handle_later", error=_name(second), **ids
            )
            return
        _log_failure(tries, error, ids)
        if tries == 1:  # two calls that got in each other's way do not make a phone ring five seconds late
            self._in_memory.append(delivery)


def _fail(batch: Sequence[_Arrival], error: Exception) -> None:
    log.error("Deliveries could not be kept.", action="accept_failed", count=len(batch), error=_name(error))
    for arrival in batch:
        if not arrival.is_new.done():
            arrival.is_new.set_exception(error)


def _name(error: Exception) -> str:
    """Of the database's errors only the name is logged: their texts repeat what was to be written."""
    return type(error).__name__


def _do(after: AfterCommit, delivery: Delivery) -> None:
    """The effect is kept; telling of it may fail without undoing it."""
    try:
        after()
    except Exception as error:
        log.error("Panels were not told of a delivery.", action="tell_failed", delivery=delivery.id, exc_info=error)


def _log_failure(tries: int | None, error: Exception, ids: Mapping[str, object]) -> None:
    if tries is not None and tries >= MOST_TRIES:
        log.error("A delivery cannot be handled and is put aside.", action="delivery_given_up", **ids, exc_info=error)
    else:
        log.warning("A delivery was not handled.", action="handle_failed", tries=tries, **ids, exc_info=error)


async def handle_again(connection: AsyncConnection) -> int:
    """Take up what was given up, at the next sweep; gives how many deliveries that are."""
    return await store.take_up(connection)


async def arrivals(connection: AsyncConnection, source: str | None = None) -> store.Arrivals:
    """How the deliveries of one phone system fare; of all when none is named."""
    return await store.arrivals(connection, source)


async def forget_before(connection: AsyncConnection, moment: datetime) -> int:
    """Delete deliveries that were handled before a moment; gives how many. One that comes again then counts as new."""
    return await store.forget_deliveries(connection, moment)

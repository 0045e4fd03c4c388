import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.jobs.conftest import Clock

from offhook.database import Database
from offhook.errors import MalformedDelivery
from offhook.jobs import inbox as inboxes
from offhook.jobs import outbox, store
from offhook.jobs.inbox import AfterCommit, Delivery, Inbox
from offhook.jobs.retry import Problem

NEVER = timedelta(hours=1)
OFTEN = timedelta(milliseconds=10)


def now() -> datetime:
    return datetime.now(UTC)


class Handling:
    """A handler that notes what it was given, and breaks as often as it is told to."""

    def __init__(self, breaks: int = 0) -> None:
        self.breaks = breaks
        self.tries = 0
        self.bodies: list[bytes] = []
        self.changed = asyncio.Event()

    async def __call__(self, connection: AsyncConnection, delivery: Delivery) -> AfterCommit | None:
        self.tries += 1
        self.changed.set()
        await outbox.put(
            connection, kind="effect", key=delivery.key, payload=b"{}", subject="", account_id=None, now=now()
        )
        if self.tries <= self.breaks:
            raise KeyError("broken")
        return lambda: self._handled(delivery)

    def _handled(self, delivery: Delivery) -> None:
        self.bodies.append(delivery.body)
        self.changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def running(*them: Inbox) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(inbox.run()) for inbox in them]
    try:
        yield
    finally:
        for inbox in them:
            await inbox.stop()
        await asyncio.gather(*tasks)


async def rows(database: Database) -> list[tuple[str, bool, int, str | None]]:
    async with database.reading() as connection:
        found = await connection.execute(select(store.delivery).order_by(store.delivery.c.id))
        return [(row.key, row.handled_at is not None, row.tries, row.problem) for row in found]


async def unhandled(database: Database, inbox: Inbox) -> int:
    async with database.reading() as connection:
        return await inbox.unhandled(connection)


async def effects(database: Database) -> int:
    async with database.reading() as connection:
        return (await outbox.counts(connection)).get(("effect", "ready"), 0)


async def test_the_same_delivery_twice_has_one_effect(database: Database) -> None:
    handling = Handling()
    inbox = Inbox(database, handling, now)
    async with running(inbox):
        together = await asyncio.gather(*(inbox.accept("exchange", "1", b"a") for _ in range(5)))
        assert sorted(together) == [False, False, False, False, True]
        assert not await inbox.accept("exchange", "1", b"a")
        assert await inbox.accept("webhook", "1", b"of another system")
    assert handling.bodies == [b"a", b"of another system"]


async def test_a_delivery_is_handled_at_once_and_not_when_the_next_sweep_comes(database: Database) -> None:
    handling = Handling()
    inbox = Inbox(database, handling, now, sweep_every=NEVER)
    async with running(inbox):
        for number in range(10):
            await inbox.accept("exchange", str(number), b"%d" % number)
            await handling.until(lambda expected=number + 1: len(handling.bodies) == expected)  # type: ignore[misc]
    assert handling.bodies == [b"%d" % number for number in range(10)]


async def test_when_accept_returns_the_delivery_is_kept(database: Database, other_node: Database) -> None:
    inbox = Inbox(database, Handling(), now)
    await inbox.accept("exchange", "1", b"a")
    assert await rows(other_node) == [("1", False, 0, None)]
    assert await unhandled(other_node, inbox) == 1


async def test_what_a_crash_left_is_handled_at_the_next_start_oldest_first(database: Database, clock: Clock) -> None:
    crashed = Inbox(database, Handling(), clock)
    for number in (b"1", b"2", b"3"):
        await crashed.accept("exchange", f"key {number!r}", number)
        clock.tick(1)
    handling = Handling()
    async with running(Inbox(database, handling, clock, sweep_every=NEVER)):
        await handling.until(lambda: len(handling.bodies) == 3)
    assert handling.bodies == [b"1", b"2", b"3"]
    assert await unhandled(database, crashed) == 0


async def test_a_backlog_of_many_pages_is_handled_in_order(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inboxes, "PAGE", 3)
    clock = Clock()
    crashed = Inbox(database, Handling(), clock)
    bodies = [b"%d" % number for number in range(10)]
    for body in bodies:  # some of them at the same moment
        clock.tick(int(body) % 2)
        await crashed.accept("exchange", body.decode(), body)
    handling = Handling()
    async with running(Inbox(database, handling, clock, sweep_every=NEVER)):
        await handling.until(lambda: len(handling.bodies) == 10)
    assert handling.bodies == bodies


async def test_what_does_not_fit_into_memory_is_fetched_by_the_sweep(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inboxes, "MOST_IN_MEMORY", 2)
    handling = Handling()
    inbox = Inbox(database, handling, now, sweep_every=OFTEN)
    async with running(inbox):
        await asyncio.gather(*(inbox.accept("exchange", str(number), b"") for number in range(20)))
        await handling.until(lambda: len(handling.bodies) == 20)
    assert await effects(database) == 20


async def test_a_handler_that_fails_once_is_asked_again_at_once_and_keeps_nothing_of_the_first_try(
    database: Database,
) -> None:
    handling = Handling(breaks=2)  # once together with keeping it, and once after it was kept
    inbox = Inbox(database, handling, now, sweep_every=NEVER)
    async with running(inbox):
        await inbox.accept("exchange", "1", b"a")
        await handling.until(lambda: handling.tries == 2)
        await handling.until(lambda: handling.bodies == [b"a"])
    assert await rows(database) == [("1", True, 1, None)]


async def test_one_that_comes_alone_is_kept_and_handled_in_one_commit(database: Database) -> None:
    handling = Handling()
    inbox = Inbox(database, handling, now, sweep_every=NEVER)
    async with running(inbox):
        assert await inbox.accept("exchange", "1", b"a") is True
        assert handling.bodies == [b"a"]
        assert await rows(database) == [("1", True, 0, None)]
        assert await inbox.accept("exchange", "1", b"a") is False
    assert handling.bodies == [b"a"]


async def test_one_that_cannot_be_handled_with_its_keeping_is_kept_all_the_same(database: Database) -> None:
    handling = Handling(breaks=1)
    inbox = Inbox(database, handling, now, sweep_every=NEVER)
    async with running(inbox):
        assert await inbox.accept("exchange", "1", b"a") is True
        await handling.until(lambda: handling.bodies == [b"a"])
    assert await rows(database) == [("1", True, 0, None)]
    assert await effects(database) == 1


async def test_a_poison_delivery_is_put_aside_after_five_tries_and_others_pass_it(database: Database) -> None:
    async def handle(connection: AsyncConnection, delivery: Delivery) -> AfterCommit | None:
        return await (poison if delivery.body == b"poison" else good)(connection, delivery)

    poison, good = Handling(breaks=1_000), Handling()
    inbox = Inbox(database, handle, now, sweep_every=OFTEN)
    async with running(inbox):
        await inbox.accept("exchange", "bad", b"poison")
        await inbox.accept("exchange", "good", b"fine")
        await good.until(lambda: good.bodies == [b"fine"])
        await poison.until(lambda: poison.tries == 6)  # the first together with keeping it does not count
    (bad, fine) = await rows(database)
    assert bad[:3] == ("bad", True, 5)
    assert '"code":"error"' in (bad[3] or "")
    assert fine == ("good", True, 0, None)
    assert await effects(database) == 1
    assert await unhandled(database, inbox) == 0


async def test_what_was_given_up_is_handled_when_somebody_asks_for_it_again(database: Database) -> None:
    handling = Handling(breaks=1_000)
    inbox = Inbox(database, handling, now, sweep_every=OFTEN)
    await inbox.accept("exchange", "1", b"a")
    async with running(inbox):
        await handling.until(lambda: handling.tries == 5)
    handling.breaks = 0
    async with database.transaction() as connection:
        assert await inboxes.handle_again(connection) == 1
        assert await inboxes.handle_again(connection) == 0
    async with running(Inbox(database, handling, now)):
        await handling.until(lambda: handling.bodies == [b"a"])
    assert await rows(database) == [("1", True, 0, None)]


async def test_many_who_come_at_once_share_a_few_commits(database: Database) -> None:
    commits = 0

    def count(connection: object) -> None:
        nonlocal commits
        commits += 1

    inbox = Inbox(database, Handling(), now)
    event.listen(database.engine.sync_engine, "commit", count)
    new = await asyncio.gather(*(inbox.accept("exchange", str(number), b"") for number in range(200)))
    assert all(new)
    assert len(await rows(database)) == 200
    assert 1 <= commits <= 3


async def test_a_failure_of_the_database_reaches_everybody_who_waits(database: Database) -> None:
    inbox = Inbox(database, Handling(), now)
    async with database.transaction() as connection:
        await connection.execute(text("ALTER TABLE delivery RENAME TO away"))
    answers = await asyncio.gather(*(inbox.accept("exchange", str(n), b"") for n in range(3)), return_exceptions=True)
    assert [isinstance(answer, DBAPIError) for answer in answers] == [True, True, True]
    async with database.transaction() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO delivery"))
    assert await inbox.accept("exchange", "1", b"")


async def test_a_delivery_whose_sender_hung_up_is_kept_all_the_same(database: Database) -> None:
    inbox = Inbox(database, Handling(), now)
    gone = asyncio.create_task(inbox.accept("exchange", "1", b""))
    await asyncio.sleep(0)
    gone.cancel()
    assert not await inbox.accept("exchange", "1", b"")
    assert len(await rows(database)) == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "nul\0", "surrogate \ud800", "two\nlines"])
async def test_a_key_that_cannot_be_kept_is_refused_and_harms_nobody_else(database: Database, key: str) -> None:
    inbox = Inbox(database, Handling(), now)
    good, bad = await asyncio.gather(
        inbox.accept("exchange", "good", b"\0\xff"), inbox.accept("exchange", key, b""), return_exceptions=True
    )
    assert good is True
    assert isinstance(bad, MalformedDelivery)
    assert len(await rows(database)) == 1


async def test_two_nodes_handle_each_delivery_once(database: Database, other_node: Database) -> None:
    crashed = Inbox(database, Handling(), now)
    await asyncio.gather(*(crashed.accept("exchange", f"old {n}", b"old %d" % n) for n in range(40)))
    handling = Handling()
    one = Inbox(database, handling, now, sweep_every=OFTEN)
    two = Inbox(other_node, handling, now, sweep_every=OFTEN)
    async with running(one, two):
        sent = [(node, b"new %d" % n) for n in range(20) for node in (one, two)]
        new = await asyncio.gather(*(node.accept("exchange", body.decode(), body) for node, body in sent))
        await handling.until(lambda: len(handling.bodies) >= 60)
    assert sum(new) == 20
    assert sorted(handling.bodies) == sorted([b"old %d" % n for n in range(40)] + [b"new %d" % n for n in range(20)])
    assert await effects(database) == 60


async def test_a_sweep_leaves_fresh_deliveries_to_the_node_that_accepted_them(
    database: Database, other_node: Database, clock: Clock
) -> None:
    handling = Handling()
    fresh = Inbox(other_node, Handling(), clock)
    stale = Inbox(other_node, Handling(), lambda: clock.now - timedelta(seconds=1))
    sweeping = Inbox(database, handling, clock, sweep_every=timedelta(milliseconds=50))
    async with running(sweeping):
        await sweeping.accept("exchange", "own", b"own")
        await handling.until(lambda: handling.bodies == [b"own"])  # the sweep at the start, which takes all, is over
        await fresh.accept("exchange", "fresh", b"fresh")
        for body in (b"1", b"2"):
            await stale.accept("exchange", body.decode(), body)
            await handling.until(lambda expected=body: expected in handling.bodies)  # type: ignore[misc]
        assert handling.bodies == [b"own", b"1", b"2"]
        clock.tick(1)
        await handling.until(lambda: handling.bodies == [b"own", b"1", b"2", b"fresh"])


async def test_what_is_to_be_told_is_told_after_the_commit_and_may_fail(database: Database, other_node: Database) -> None:
    told: list[str] = []

    async def handle(connection: AsyncConnection, delivery: Delivery) -> AfterCommit:
        seen = [row[1] for row in await rows(other_node)] if not database.is_sqlite else [False]
        assert seen[-1] is False

        def tell() -> None:
            told.append(delivery.key)
            raise ConnectionError("the panel has gone")

        return tell

    inbox = Inbox(database, handle, now, sweep_every=NEVER)
    async with running(inbox):
        await inbox.accept("exchange", "1", b"")
    assert told == ["1"]
    assert await rows(database) == [("1", True, 0, None)]


async def test_stop_lets_everything_in_memory_be_handled(database: Database) -> None:
    handling = Handling()
    inbox = Inbox(database, handling, now, sweep_every=NEVER)
    run = asyncio.create_task(inbox.run())
    accepting = [asyncio.create_task(inbox.accept("exchange", str(n), b"%d" % n)) for n in range(30)]
    await asyncio.sleep(0)
    await inbox.stop()
    await asyncio.gather(run, *accepting)
    assert len(handling.bodies) == 30
    assert await inbox.accept("exchange", "late", b"")
    assert await unhandled(database, inbox) == 1


async def test_it_goes_on_when_the_database_comes_back(database: Database) -> None:
    handling = Handling()
    inbox = Inbox(database, handling, now, sweep_every=OFTEN)
    await inbox.accept("exchange", "1", b"a")
    async with database.transaction() as connection:
        await connection.execute(text("ALTER TABLE delivery RENAME TO away"))
    failed = asyncio.Event()
    event.listen(database.engine.sync_engine, "handle_error", lambda context: failed.set())
    async with running(inbox):
        async with asyncio.timeout(20):
            await failed.wait()
        async with database.transaction() as connection:
            await connection.execute(text("ALTER TABLE away RENAME TO delivery"))
        await handling.until(lambda: handling.bodies == [b"a"])


async def test_old_deliveries_are_forgotten_and_unhandled_ones_never(database: Database, clock: Clock) -> None:
    handling = Handling()
    async with running(inbox := Inbox(database, handling, clock)):
        await inbox.accept("exchange", "old", b"")
    clock.tick(100)
    async with running(inbox := Inbox(database, handling, clock)):
        await inbox.accept("exchange", "young", b"")
    await Inbox(database, handling, clock).accept("exchange", "unhandled", b"")
    async with database.transaction() as connection:
        assert await inboxes.forget_before(connection, clock.now - timedelta(seconds=50)) == 1
    assert [row[0] for row in await rows(database)] == ["young", "unhandled"]


async def test_how_the_deliveries_of_a_phone_system_fare_is_told(database: Database, clock: Clock) -> None:
    async with database.transaction() as connection:
        new = [store.NewDelivery("exchange", str(each), clock() + timedelta(minutes=each), b"") for each in range(3)]
        ids = list((await store.keep(connection, [*new, store.NewDelivery("webhook", "x", clock(), b"")])).values())
        await store.mark_handled(connection, ids[0], clock())
        await store.note_failure(connection, ids[1], Problem("error", "It broke."), clock(), 1)
    async with database.reading() as connection:
        told = [await inboxes.arrivals(connection, source) for source in ("exchange", "nobody", None)]
    last = clock() + timedelta(minutes=2)
    assert told[0] == store.Arrivals(last, waiting=1, waits_since=last, given_up=1)
    assert told[1] == store.Arrivals()
    assert (told[2].last_at, told[2].waiting, told[2].waits_since) == (last, 2, clock())

"""Deliveries and jobs in the database: every statement of this room."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    case,
    delete,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.database import Moment, metadata
from offhook.jobs.job import Job, JobStatus, Outcome
from offhook.jobs.retry import Problem

# Numbers, not random ids: both queues are served in the order in which things came.
_Number = BigInteger().with_variant(Integer, "sqlite")

delivery = Table(
    "delivery",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("source", String(64), nullable=False),
    Column("key", String(200), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("handled_at", Moment, index=True),
    Column("tries", Integer, nullable=False),
    Column("problem", Text),
    UniqueConstraint("source", "key"),
    sqlite_autoincrement=True,
)

_QUEUED = text("status IN ('ready', 'waiting', 'failed')")
_LEASED = text("status = 'leased'")
_UNFINISHED = text("status <> 'done'")

job = Table(
    "job",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("key", String(200), nullable=False),
    Column("lane", String(200), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("account_id", BigInteger),
    Column("payload", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("run_at", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("leased_by", String(200)),
    Column("problem", Text),
    Column("created_at", Moment, nullable=False),
    Column("done_at", Moment),
    # Two laws that the database itself keeps, whatever two nodes do at once: what is asked twice is queued once, and
    # a lane has one job in hand.
    Index("uq_job_queued", "kind", "key", unique=True, sqlite_where=_QUEUED, postgresql_where=_QUEUED),
    Index("uq_job_in_hand", "lane", unique=True, sqlite_where=_LEASED, postgresql_where=_LEASED),
    Index("ix_job_lane", "lane", "id", sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED),
    Index("ix_job_due", "status", "run_at"),
    sqlite_autoincrement=True,
)

_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Delivery(Struct, frozen=True):
    """One thing that arrived from outside. `source`: the phone system; `key`: the same when the same comes again."""

    id: int
    source: str
    key: str
    received_at: datetime
    body: bytes


# Deliveries.


class Arrivals(Struct, frozen=True):
    """When the last came, how many wait, since when the oldest of them does, and how many were given up."""

    last_at: datetime | None = None
    waiting: int = 0
    waits_since: datetime | None = None
    given_up: int = 0


class NewDelivery(Struct, frozen=True):
    source: str
    key: str
    received_at: datetime
    body: bytes


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(row.id, row.source, row.key, row.received_at, row.body)


async def keep(
    connection: AsyncConnection, arrived: Iterable[NewDelivery], handled_at: datetime | None = None
) -> Mapping[tuple[str, str], int]:
    """Keep what is not known yet; gives the ids of those, by source and key. `handled_at`: they are handled with it."""
    # In one order everywhere, or two nodes that are sent the same deliveries lock each other out.
    rest = {"tries": 0, "handled_at": handled_at}
    rows = sorted((asdict(each) | rest for each in arrived), key=lambda row: (row["source"], row["key"]))
    insert = _INSERT[connection.dialect.name](delivery).on_conflict_do_nothing(index_elements=["source", "key"])
    kept = await connection.execute(insert.returning(delivery.c.id, delivery.c.source, delivery.c.key), rows)
    return {(row.source, row.key): row.id for row in kept}


async def mark_handled(connection: AsyncConnection, delivery_id: int, now: datetime) -> bool:
    """Claim a delivery for this transaction, which handles it; False if it is handled or in another node's hands."""
    free = (
        select(delivery.c.id)
        .where(delivery.c.id == delivery_id, delivery.c.handled_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    marked = update(delivery).where(delivery.c.id == free.scalar_subquery()).values(handled_at=now, problem=None)
    return (await connection.execute(marked)).rowcount == 1


async def note_failure(
    connection: AsyncConnection, delivery_id: int, problem: Problem, now: datetime, most_tries: int
) -> int | None:
    """Count a try that failed, and give up after the last; gives the number of tries, None if it is handled by now."""
    tries = delivery.c.tries + 1
    noted = (
        update(delivery)
        .where(delivery.c.id == delivery_id, delivery.c.handled_at.is_(None))
        .values(tries=tries, problem=_write(problem), handled_at=case((tries >= most_tries, now), else_=null()))
        .returning(delivery.c.tries)
    )
    tries_made: int | None = (await connection.execute(noted)).scalar_one_or_none()
    return tries_made


async def unhandled_page(
    connection: AsyncConnection, *, until: datetime, after: Delivery | None, limit: int
) -> Sequence[Delivery]:
    """Deliveries received up to a moment that nobody has handled, oldest first; `after`: the last of the page before."""
    query = select(delivery).where(delivery.c.handled_at.is_(None), delivery.c.received_at <= until)
    if after:
        place = tuple_(delivery.c.received_at, delivery.c.id)
        query = query.where(place > tuple_(after.received_at, after.id, types=[Moment, _Number]))
    rows = await connection.execute(query.order_by(delivery.c.received_at, delivery.c.id).limit(limit))
    return [_delivery(row) for row in rows]


async def take_up(connection: AsyncConnection) -> int:
    """Make deliveries that were given up unhandled again; gives how many."""
    given_up = and_(delivery.c.handled_at.is_not(None), delivery.c.problem.is_not(None))
    return (await connection.execute(update(delivery).where(given_up).values(handled_at=None, tries=0))).rowcount


async def count_unhandled(connection: AsyncConnection) -> int:
    query = select(func.count()).select_from(delivery).where(delivery.c.handled_at.is_(None))
    return (await connection.execute(query)).scalar_one()


async def arrivals(connection: AsyncConnection, source: str | None) -> Arrivals:
    """How deliveries of one phone system fare, or of all."""
    waits, given_up = delivery.c.handled_at.is_(None), delivery.c.problem.is_not(None)
    query = select(
        func.max(delivery.c.received_at, type_=Moment),
        func.count(case((waits, 1))),
        func.min(case((waits, delivery.c.received_at)), type_=Moment),
        func.count(case((and_(~waits, given_up), 1))),
    )
    row = (await connection.execute(query.where(delivery.c.source == source) if source else query)).one()
    return Arrivals(*row)


async def forget_deliveries(connection: AsyncConnection, moment: datetime) -> int:
    """Delete what was handled before a moment; gives how many."""
    return (await connection.execute(delete(delivery).where(delivery.c.handled_at < moment))).rowcount


# Jobs: put, ask again.


async def put(
    connection: AsyncConnection,
    *,
    kind: str,
    key: str,
    lane: str,
    subject: str,
    account_id: int | None,
    payload: str,
    run_at: datetime,
    now: datetime,
) -> None:
    """Queue a job, or bring the one that is queued already up to date."""
    insert = _INSERT[connection.dialect.name](job).values(
        kind=kind,
        key=key,
        lane=lane,
        subject=subject,
        account_id=account_id,
        payload=payload,
        status=JobStatus.READY,
        tries=0,
        run_at=run_at,
        created_at=now,
    )
    new, failed = insert.excluded, job.c.status == JobStatus.FAILED
    # One that is backing off keeps its pause, and none is put off by being asked for again.
    keeps_time = and_(job.c.status == JobStatus.READY, or_(job.c.tries > 0, job.c.run_at <= new.run_at))
    changes = {
        "payload": new.payload,
        "subject": new.subject,
        "account_id": new.account_id,
        "status": case((failed, JobStatus.READY), else_=job.c.status),
        "tries": case((failed, 0), else_=job.c.tries),
        "run_at": case((keeps_time, job.c.run_at), else_=new.run_at),
    }
    await connection.execute(
        insert.on_conflict_do_update(index_elements=["kind", "key"], index_where=_QUEUED, set_=changes)
    )


async def resume(connection: AsyncConnection, subject: str, now: datetime) -> int:
    """Make a subject's waiting jobs ready; gives how many. One in hand is marked, lest it waits after all (`settle`)."""
    mine = job.c.subject == subject
    woken = update(job).where(mine, job.c.status == JobStatus.WAITING)
    count = (await connection.execute(woken.values(status=JobStatus.READY, run_at=now, tries=0))).rowcount
    await connection.execute(update(job).where(mine, job.c.status == JobStatus.LEASED).values(tries=0))
    return count


async def resume_all(connection: AsyncConnection, now: datetime) -> int:
    """Make every waiting job ready; gives how many."""
    woken = update(job).where(job.c.status == JobStatus.WAITING)
    return (await connection.execute(woken.values(status=JobStatus.READY, run_at=now, tries=0))).rowcount


async def retry_now(connection: AsyncConnection, kind: str, key: str, now: datetime) -> bool:
    """Make a queued job ready now; False if there is none."""
    again = update(job).where(job.c.kind == kind, job.c.key == key, _QUEUED)
    return (await connection.execute(again.values(status=JobStatus.READY, run_at=now, tries=0))).rowcount > 0


# Jobs: work.

# When a job may be taken: at its time, or when whoever had it was not heard of any more.
_AT: ColumnElement[datetime] = case((job.c.status == JobStatus.LEASED, job.c.leased_until), else_=job.c.run_at)


def _takeable(kinds: Collection[str]) -> ColumnElement[bool]:
    """Jobs that nothing in their lane stands before: no older one that is unfinished, and none in hand."""
    other = job.alias("other")
    held = exists().where(
        other.c.lane == job.c.lane,
        other.c.status != literal_column("'done'"),
        or_(other.c.id < job.c.id, other.c.status == JobStatus.LEASED),
    )
    open_ = job.c.status.in_([JobStatus.READY, JobStatus.LEASED])
    return and_(job.c.kind.in_(kinds), open_, or_(job.c.status == JobStatus.LEASED, ~held))


async def next_due(connection: AsyncConnection, kinds: Collection[str]) -> datetime | None:
    """When the next job can be taken; a moment that has passed means now."""
    return (await connection.execute(select(func.min(_AT)).where(_takeable(kinds)))).scalar_one_or_none()


async def lease(
    connection: AsyncConnection, kinds: Collection[str], *, by: str, now: datetime, until: datetime, limit: int
) -> Sequence[Job]:
    """Take jobs that are due, one a lane.

    Raises:
        IntegrityError: another node took a job of the same lane at the same moment; nothing was taken, ask again.
    """
    due = select(job.c.id).where(_takeable(kinds), now >= _AT).order_by(_AT, job.c.id).limit(limit)
    ids = (await connection.execute(due.with_for_update(skip_locked=True))).scalars().all()
    if not ids:
        return []
    taken = update(job).where(job.c.id.in_(ids)).returning(job)
    values = {"status": JobStatus.LEASED, "leased_by": by, "leased_until": until, "tries": job.c.tries + 1}
    rows = await connection.execute(taken.values(values))
    return sorted((_job(row) for row in rows), key=lambda each: ids.index(each.id))


def _job(row: Row[Any]) -> Job:
    values = {name: getattr(row, name) for name in Job.__struct_fields__}
    return Job(**values | {"payload": row.payload.encode()})


def _in_hand(jobs: Iterable[Job]) -> ColumnElement[bool]:
    held = tuple_(job.c.id, job.c.leased_by).in_([(each.id, each.leased_by) for each in jobs])
    return and_(job.c.status == JobStatus.LEASED, held)


async def hold(connection: AsyncConnection, jobs: Iterable[Job], until: datetime) -> set[int]:
    """Extend leases; gives the ids of the jobs that are still ours."""
    held = update(job).where(_in_hand(jobs)).values(leased_until=until).returning(job.c.id)
    return set((await connection.execute(held)).scalars())


async def release(connection: AsyncConnection, jobs: Iterable[Job], now: datetime) -> None:
    """Give leases back: any worker may take these jobs at once, and the try does not count."""
    tries = case((job.c.tries > 0, job.c.tries - 1), else_=0)
    given_back = {"leased_until": now, "leased_by": None, "tries": tries}
    await connection.execute(update(job).where(_in_hand(jobs)).values(given_back))


async def release_all(connection: AsyncConnection, worker: str, now: datetime) -> int:
    """Give back what a worker of this name, which is no more, had in hand; gives how many."""
    theirs = and_(job.c.status == JobStatus.LEASED, job.c.leased_by.startswith(f"{worker}/", autoescape=True))
    return (await connection.execute(update(job).where(theirs).values(leased_until=now))).rowcount


async def settle(connection: AsyncConnection, done: Job, outcome: Outcome, now: datetime) -> Outcome | None:
    """Record what became of a try, unless the lease was lost meanwhile (None).

    What is recorded may differ from `outcome`: the same may have been asked again, or its subject resumed, since.

    Raises:
        IntegrityError: the same was asked again at this very moment; nothing was recorded, do it again.
    """
    mine = select(job.c.tries).where(_in_hand([done])).with_for_update()
    tries = (await connection.execute(mine)).scalar_one_or_none()
    if tries is None:
        return None
    newer: Mapping[str, Any] = {}
    if outcome.status is not JobStatus.DONE:
        newer = await _take_newer(connection, done)
        outcome = _since(outcome, asked_again=bool(newer), resumed=tries == 0, now=now)
    values = {
        "status": outcome.status,
        "problem": _write(outcome.problem) if outcome.problem else None,
        "leased_by": None,
        "leased_until": None,
        "done_at": now if outcome.status is JobStatus.DONE else None,
        "run_at": outcome.next_try_at or done.run_at,
    }
    await connection.execute(update(job).where(job.c.id == done.id).values(values | dict(newer)))
    return outcome


async def _take_newer(connection: AsyncConnection, older: Job) -> Mapping[str, Any]:
    """What was asked while the job was in hand. It takes the older one's place in the lane, so that it is queued once."""
    newer = delete(job).where(job.c.kind == older.kind, job.c.key == older.key, _QUEUED)
    what = newer.returning(job.c.payload, job.c.subject, job.c.account_id)
    row = (await connection.execute(what)).mappings().one_or_none()
    return dict(row) if row else {}


def _since(outcome: Outcome, *, asked_again: bool, resumed: bool, now: datetime) -> Outcome:
    again = (outcome.status is JobStatus.FAILED and asked_again) or (outcome.status is JobStatus.WAITING and resumed)
    return Outcome(JobStatus.READY, outcome.problem, now) if again else outcome


# Jobs: look and forget.


async def count_jobs(connection: AsyncConnection) -> Mapping[tuple[str, str], int]:
    """How many jobs are unfinished, by kind and status."""
    unfinished = job.c.status != literal_column("'done'")
    query = select(job.c.kind, job.c.status, func.count()).where(unfinished).group_by(job.c.kind, job.c.status)
    return {(kind, status): count for kind, status, count in await connection.execute(query)}


async def forget_jobs(connection: AsyncConnection, moment: datetime) -> int:
    """Delete what was done before a moment; gives how many."""
    old = delete(job).where(job.c.status == JobStatus.DONE, job.c.done_at < moment)
    return (await connection.execute(old)).rowcount


def _write(problem: Problem) -> str:
    return msgspec.json.encode(problem).decode()

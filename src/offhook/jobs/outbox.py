"""The outbox: a consequence is kept in the transaction of its cause, and done afterwards by a worker.

    ready ─▶ leased ─▶ done
      ▲        ├─▶ ready     again, later
      │        ├─▶ waiting   until a person has acted: `resume`, `retry_now`
      └────────┴─▶ failed    given up: `retry_now`, or `put` again

Jobs of one lane are done one at a time, in the order in which they were put; one that waits or has failed holds those
behind it, so that the order is kept. Lanes do not wait for each other. A job knows names and JSON, nothing of calls.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.jobs import store


async def put(
    connection: AsyncConnection,
    *,
    kind: str,
    key: str,
    payload: bytes | str,
    subject: str,
    account_id: int | None,
    now: datetime,
    lane: str | None = None,
    run_at: datetime | None = None,
) -> None:
    """Ask for something to be done after the caller's transaction.

    The same (`kind`, `key`) is queued once: what is queued already gets the new `payload` and keeps its place; if it had
    failed it is tried again; if it waits for a person it goes on waiting. Is it being done at this moment, it is done
    once more. `payload`: JSON. `subject`: the agent it is for. `lane`: the key, unless given. `run_at`: not before.
    """
    await store.put(
        connection,
        kind=kind,
        key=key,
        lane=lane or key,
        subject=subject,
        account_id=account_id,
        payload=payload if isinstance(payload, str) else payload.decode(),
        run_at=run_at or now,
        now=now,
    )


async def resume(connection: AsyncConnection, subject: str, now: datetime) -> int:
    """The agent's grant works again: make her waiting jobs ready. Gives how many."""
    return await store.resume(connection, subject, now)


async def resume_all(connection: AsyncConnection, now: datetime) -> int:
    """Everybody's: what a person did while nobody listened is noticed by trying once. Gives how many."""
    return await store.resume_all(connection, now)


async def retry_now(connection: AsyncConnection, kind: str, key: str, now: datetime) -> bool:
    """Somebody asks to try again at once, whatever the job waits for; False if there is no such job in the queue."""
    return await store.retry_now(connection, kind, key, now)


async def counts(connection: AsyncConnection) -> Mapping[tuple[str, str], int]:
    """Unfinished jobs by (kind, status)."""
    return await store.count_jobs(connection)


async def forget_before(connection: AsyncConnection, moment: datetime) -> int:
    """Delete jobs that were done before a moment; gives how many. Unfinished ones are kept for ever."""
    return await store.forget_jobs(connection, moment)

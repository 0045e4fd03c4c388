"""What HubSpot showed and answered, in the database; always within one account.

A contact is kept as JSON, and found by the last digits of its numbers; `match` has the last word. An answer says when
HubSpot was asked about a number, so that *none* can be told from *not asked*.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import BigInteger, Column, Index, String, Table, Text, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.database import Moment, metadata
from offhook.directory.match import Seen, tails
from offhook.directory.progress import Progress
from offhook.hubspot.contacts import Contact

directory_contact = Table(
    "directory_contact",
    metadata,
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("contact_id", String(32), primary_key=True),
    Column("data", Text, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index("ix_directory_contact_seen", "account_id", "seen_at"),
)

directory_number = Table(
    "directory_number",
    metadata,
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("tail", String(16), primary_key=True),
    Column("contact_id", String(32), primary_key=True),
    Index("ix_directory_number_contact", "account_id", "contact_id"),
)

directory_answer = Table(
    "directory_answer",
    metadata,
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("e164", String(20), primary_key=True),
    Column("tail", String(16), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Index("ix_directory_answer_tail", "account_id", "tail"),
)

directory_sync = Table(
    "directory_sync",
    metadata,
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("progress", Text, nullable=False),  # JSON of `progress.Progress`
)

_read_progress = msgspec.json.Decoder(Progress).decode
_read = msgspec.json.Decoder(Contact).decode
_write = msgspec.json.Encoder().encode


class Shelf(Struct, frozen=True):
    """Everything known about numbers that end alike: when each was asked for (E.164 → time), and who may have them."""

    asked: dict[str, datetime] = {}
    candidates: tuple[Seen, ...] = ()


async def shelf(connection: AsyncConnection, account_id: int, tail: str) -> Shelf:
    answers = select(directory_answer.c.e164, directory_answer.c.asked_at).where(
        directory_answer.c.account_id == account_id, directory_answer.c.tail == tail
    )
    contacts = (
        select(directory_contact.c.data, directory_contact.c.seen_at)
        .join(
            directory_number,
            (directory_number.c.account_id == directory_contact.c.account_id)
            & (directory_number.c.contact_id == directory_contact.c.contact_id),
        )
        .where(directory_number.c.account_id == account_id, directory_number.c.tail == tail)
    )
    asked = {row.e164: row.asked_at for row in await connection.execute(answers)}
    rows = await connection.execute(contacts)
    return Shelf(asked, tuple(seen for row in rows if (seen := _seen(row.data, row.seen_at))))


def _seen(data: str, at: datetime) -> Seen | None:
    """What an older version kept in another form counts as never seen."""
    try:
        return Seen(_read(data), at)
    except msgspec.ValidationError:
        return None


async def keep_answer(connection: AsyncConnection, account_id: int, e164: str, tail: str, at: datetime) -> None:
    """HubSpot was asked about a number; who has it is kept with the contacts."""
    row = {"account_id": account_id, "e164": e164, "tail": tail, "asked_at": at}
    await _upsert(connection, directory_answer, [row])


async def keep_contacts(
    connection: AsyncConnection, account_id: int, contacts: Sequence[Contact], at: datetime, region: str
) -> frozenset[str]:
    """Contacts as HubSpot shows them now, in place of what was known of them. Gives every tail that this touches."""
    if not contacts:
        return frozenset()
    # Always in one order, so that two who keep the same contacts wait for each other and do not lock each other out.
    newest = sorted({each.id: each for each in contacts}.values(), key=lambda each: each.id)
    rows = [
        {"account_id": account_id, "contact_id": each.id, "data": _write(each).decode(), "seen_at": at} for each in newest
    ]
    await _upsert(connection, directory_contact, rows)
    before = await _forget_numbers(connection, account_id, [each.id for each in newest])
    found = {(tail, each.id) for each in newest for number in each.numbers for tail in tails(number, region)}
    numbers = [{"account_id": account_id, "tail": tail, "contact_id": who} for tail, who in sorted(found)]
    if numbers:
        await _upsert(connection, directory_number, numbers)
    return before | {tail for tail, _ in found}


async def drop_contacts(connection: AsyncConnection, account_id: int, contact_ids: Iterable[str]) -> frozenset[str]:
    """Forget contacts that HubSpot does not show where we knew them, and what was answered about any of their numbers.

    Gives every tail that this touches.
    """
    ids = sorted(contact_ids)
    contacts, answers = directory_contact, directory_answer
    ours = (contacts.c.account_id == account_id) & contacts.c.contact_id.in_(ids)
    await connection.execute(delete(contacts).where(ours))
    touched = await _forget_numbers(connection, account_id, ids)
    doubtful = (answers.c.account_id == account_id) & answers.c.tail.in_(touched)
    await connection.execute(delete(answers).where(doubtful))
    return touched


async def not_seen_since(connection: AsyncConnection, account_id: int, moment: datetime, limit: int) -> list[str]:
    """Ids of contacts that were last seen before."""
    table = directory_contact
    query = select(table.c.contact_id).where(table.c.account_id == account_id, table.c.seen_at < moment)
    return list(await connection.scalars(query.limit(limit)))


async def count_contacts(connection: AsyncConnection, account_id: int) -> int:
    query = select(func.count()).where(directory_contact.c.account_id == account_id)
    return (await connection.execute(query)).scalar_one()


# How far the contacts of an account are known.


async def progress_of(connection: AsyncConnection, account_id: int) -> Progress | None:
    """None: nobody began, or it was forgotten."""
    query = select(directory_sync.c.progress).where(directory_sync.c.account_id == account_id)
    text = await connection.scalar(query)
    return _read_progress(text) if text else None


async def all_progress(connection: AsyncConnection) -> dict[int, Progress]:
    """By account; for the service itself, not for anybody's eyes."""
    found = await connection.execute(select(directory_sync.c.account_id, directory_sync.c.progress))
    return {account_id: _read_progress(text) for account_id, text in found}


async def move(connection: AsyncConnection, account_id: int, before: Progress | None, after: Progress) -> bool:
    """From one progress to the next; False when it is another one by now, or forgotten."""
    now = _write(after).decode()
    if before is None:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        new = dialect.insert(directory_sync).values(account_id=account_id, progress=now)
        return (await connection.execute(new.on_conflict_do_nothing())).rowcount == 1
    ours = directory_sync.c.account_id == account_id, directory_sync.c.progress == _write(before).decode()
    return (await connection.execute(update(directory_sync).where(*ours).values(progress=now))).rowcount == 1


async def forget_account(connection: AsyncConnection, account_id: int) -> None:
    """Everything that is known of an account's contacts."""
    # The progress first: who is about to write a page waits for us there, or has written it before.
    for table in (directory_sync, directory_number, directory_answer, directory_contact):
        await connection.execute(delete(table).where(table.c.account_id == account_id))


async def _forget_numbers(connection: AsyncConnection, account_id: int, contact_ids: list[str]) -> frozenset[str]:
    table = directory_number
    query = delete(table).where(table.c.account_id == account_id, table.c.contact_id.in_(contact_ids))
    return frozenset((await connection.scalars(query.returning(table.c.tail))).all())


async def _upsert(connection: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert, or replace what has the same key."""
    # Both dialects speak the same ON CONFLICT; SQLAlchemy has no common word for it.
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    query = dialect.insert(table)
    values = {column.name: query.excluded[column.name] for column in table.columns if not column.primary_key}
    keys = list(table.primary_key.columns)
    upsert = query.on_conflict_do_update(index_elements=keys, set_=values) if values else query.on_conflict_do_nothing()
    await connection.execute(upsert, rows)

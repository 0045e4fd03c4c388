"""Strays in the database: calls that reached a line of nobody, kept for the administrator."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Column, String, Table, Text, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.database import Moment, metadata
from offhook.desktop.panel import Stray

stray = Table(
    "stray",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("received_at", Moment, nullable=False, index=True),
    Column("phone_system", String(64), nullable=False),
    Column("says", Text, nullable=False),
)


async def add_stray(connection: AsyncConnection, phone_system: str, says: str, now: datetime) -> None:
    await connection.execute(
        insert(stray).values(id=uuid4().hex, received_at=now, phone_system=phone_system, says=says[:1000])
    )


async def strays(connection: AsyncConnection, limit: int = 50) -> Sequence[Stray]:
    """Newest first."""
    query = select(stray).order_by(stray.c.received_at.desc()).limit(limit)
    return [Stray(row.id, row.received_at, row.phone_system, row.says) for row in await connection.execute(query)]


async def forget_strays(connection: AsyncConnection, before: datetime) -> None:
    await connection.execute(delete(stray).where(stray.c.received_at < before))

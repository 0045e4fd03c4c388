"""Requests for help: somebody who could not connect, and what she was missing. Every query names its account."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, Column, Index, String, Table, Text, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.database import Moment, metadata

help_request = Table(
    "help_request",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account_id", BigInteger, nullable=False),
    Column("email", String(320), nullable=False),
    Column("hubspot_user_id", BigInteger),
    Column("attempt_id", Text),
    Column("report", Text, nullable=False),  # JSON of `diagnosis.report.Report`
    Column("asked_at", Moment, nullable=False),
    Column("task_id", Text),
    Column("solved_at", Moment),
    Index("ix_help_request_account", "account_id", "asked_at"),
)


class HelpRequest(Struct, frozen=True):
    """`report` is JSON. `attempt_id`: the consent that was stuck. `task_id`: the HubSpot task that was made of it."""

    id: str
    account_id: int
    email: str
    hubspot_user_id: int | None
    attempt_id: str | None
    report: str
    asked_at: datetime
    task_id: str | None = None
    solved_at: datetime | None = None


async def ask_for_help(connection: AsyncConnection, request: HelpRequest) -> None:
    values = {name: getattr(request, name) for name in HelpRequest.__struct_fields__}
    await connection.execute(insert(help_request).values(values))


async def open_requests(connection: AsyncConnection, account_id: int) -> list[HelpRequest]:
    """Those that are not solved, newest first."""
    query = (
        select(help_request)
        .where(help_request.c.account_id == account_id, help_request.c.solved_at.is_(None))
        .order_by(help_request.c.asked_at.desc())
    )
    return [HelpRequest(**row) for row in (await connection.execute(query)).mappings()]


async def change_request(connection: AsyncConnection, account_id: int, request_id: str, **values: Any) -> bool:
    """Change one that is not solved; False when there is none."""
    step = (
        update(help_request)
        .where(
            help_request.c.id == request_id,
            help_request.c.account_id == account_id,
            help_request.c.solved_at.is_(None),
        )
        .values(**values)
    )
    return (await connection.execute(step)).rowcount == 1

"""Requests for help: somebody who could not connect, and what she was missing. Every query names its account."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
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
    Column("standing", Text),  # JSON of `attending.Standing`
    Column("attended_at", Moment),
    Index("ix_help_request_account", "account_id", "asked_at"),
)


class HelpRequest(Struct, frozen=True):
    """`email` is as she says, and empty when she does not say; only `hubspot_user_id` is proven: she was signed in.

    `report` is JSON. `attempt_id`: the consent that was stuck. `task_id`: the HubSpot task that was made of it.
    `standing`: JSON, what HubSpot said of her soon after she asked. `attended_at`: when that had changed, or an
    administrator looked at it. `solved_at`: she is connected.
    """

    id: str
    account_id: int
    email: str
    hubspot_user_id: int | None
    attempt_id: str | None
    report: str
    asked_at: datetime
    task_id: str | None = None
    solved_at: datetime | None = None
    standing: str | None = None
    attended_at: datetime | None = None

    def is_of(self, user_id: int | None, email: str) -> bool:
        """Whether it is this person's, as far as it says whose it is."""
        if self.hubspot_user_id is not None and user_id is not None:
            return self.hubspot_user_id == user_id
        return bool(email) and self.email.lower() == email.lower()


class Standing(Struct, frozen=True):
    """All that HubSpot says of a user's rights."""

    super_admin: bool
    roles: tuple[str, ...]


def was_super_admin(request: HelpRequest) -> bool | None:
    """What HubSpot said of her soon after she asked; None when that was not learned."""
    return None if request.standing is None else msgspec.json.decode(request.standing, type=Standing).super_admin


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


async def count_since(connection: AsyncConnection, account_id: int, moment: datetime) -> int:
    """How many were made in the account since, solved or not."""
    query = select(func.count()).where(help_request.c.account_id == account_id, help_request.c.asked_at > moment)
    return await connection.scalar(query) or 0


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


async def solve(
    connection: AsyncConnection, account_id: int, *, user_id: int, email: str, attempt_id: str, now: datetime
) -> int:
    """She is connected: her requests are solved. Gives how many."""
    hers = or_(
        help_request.c.attempt_id == attempt_id,
        help_request.c.hubspot_user_id == user_id,
        help_request.c.hubspot_user_id.is_(None)
        & (help_request.c.email != "")
        & (func.lower(help_request.c.email) == email.lower()),
    )
    step = (
        update(help_request)
        .where(help_request.c.account_id == account_id, help_request.c.solved_at.is_(None), hers)
        .values(solved_at=now)
    )
    return (await connection.execute(step)).rowcount


# For the service itself, not for anybody's eyes.


async def accounts_asking(connection: AsyncConnection, since: datetime) -> list[int]:
    """Where somebody has asked since and nobody has done anything about it yet."""
    waiting = help_request.c.solved_at.is_(None), help_request.c.attended_at.is_(None), help_request.c.asked_at > since
    return list(await connection.scalars(select(help_request.c.account_id).where(*waiting).distinct()))


async def forget_before(connection: AsyncConnection, moment: datetime) -> None:
    """Forget what was asked long ago, answered or not."""
    await connection.execute(delete(help_request).where(help_request.c.asked_at < moment))


async def newest_request_of(
    connection: AsyncConnection, account_id: int, user_id: int, email: str, after: datetime
) -> HelpRequest | None:
    """What somebody asked for since, solved or not."""
    named = (help_request.c.email != "") & (func.lower(help_request.c.email) == email.lower())
    hers = or_(help_request.c.hubspot_user_id == user_id, named)
    query = select(help_request).where(help_request.c.account_id == account_id, help_request.c.asked_at > after, hers)
    row = (await connection.execute(query.order_by(help_request.c.asked_at.desc()).limit(1))).mappings().first()
    return HelpRequest(**row) if row else None

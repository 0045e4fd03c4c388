"""Tables and queries of policies, preferences and the audit log. Every query names its account or its agent."""

from datetime import datetime
from uuid import uuid4

import msgspec
from sqlalchemy import BigInteger, Column, Index, String, Table, Text, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.database import Moment, metadata
from offhook.policies.policy import Deed, Policy, Preferences

policy = Table(
    "policy",
    metadata,
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("value", Text, nullable=False),  # JSON
)
preferences = Table(
    "preferences",
    metadata,
    Column("agent_id", String(32), primary_key=True),
    Column("value", Text, nullable=False),  # JSON
)
deed = Table(
    "deed",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account_id", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("deed", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_deed_account", "account_id", "at"),
)

_read_policy = msgspec.json.Decoder(Policy).decode
_read_preferences = msgspec.json.Decoder(Preferences).decode


async def policy_of(connection: AsyncConnection, account_id: int) -> Policy:
    """The account's policy; the usual one where nobody decided anything."""
    value = await connection.scalar(select(policy.c.value).where(policy.c.account_id == account_id))
    return _read_policy(value) if value else Policy()


async def all_policies(connection: AsyncConnection) -> dict[int, Policy]:
    """Account → what its administrators decided; for the service itself, not for anybody's eyes."""
    found = await connection.execute(select(policy.c.account_id, policy.c.value))
    return {account_id: _read_policy(value) for account_id, value in found}


async def all_preferences(connection: AsyncConnection) -> dict[str, Preferences]:
    """Agent → what she chose for herself; for the service itself."""
    found = await connection.execute(select(preferences.c.agent_id, preferences.c.value))
    return {agent_id: _read_preferences(value) for agent_id, value in found}


async def save_policy(connection: AsyncConnection, account_id: int, value: Policy) -> None:
    text = msgspec.json.encode(value).decode()
    done = await connection.execute(update(policy).where(policy.c.account_id == account_id).values(value=text))
    if done.rowcount == 0:
        await connection.execute(insert(policy).values(account_id=account_id, value=text))


async def save_preferences(connection: AsyncConnection, agent_id: str, value: Preferences) -> None:
    text = msgspec.json.encode(value).decode()
    done = await connection.execute(update(preferences).where(preferences.c.agent_id == agent_id).values(value=text))
    if done.rowcount == 0:
        await connection.execute(insert(preferences).values(agent_id=agent_id, value=text))


async def record(
    connection: AsyncConnection, account_id: int, *, who: str, what: str, detail: str, now: datetime
) -> None:
    """A line in the audit log, in the caller's transaction. `who`: an e-mail address, or `Offhook` itself."""
    values = {"id": uuid4().hex, "account_id": account_id, "at": now, "who": who, "deed": what, "detail": detail}
    await connection.execute(insert(deed).values(values))


async def deeds(
    connection: AsyncConnection, account_id: int, *, before: datetime | None = None, limit: int = 50
) -> list[Deed]:
    """The account's audit log, newest first."""
    query = select(deed).where(deed.c.account_id == account_id).order_by(deed.c.at.desc(), deed.c.id).limit(limit)
    if before:
        query = query.where(deed.c.at < before)
    return [Deed(**row) for row in (await connection.execute(query)).mappings()]


async def forget_deeds(connection: AsyncConnection, before: datetime) -> None:
    """Forget what was done long ago."""
    await connection.execute(delete(deed).where(deed.c.at < before))

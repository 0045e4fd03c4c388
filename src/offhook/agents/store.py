"""Agents and their sign-ins in the database. Sign-in tokens are kept as hashes only."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.agents.agent import Agent
from offhook.database import Moment, metadata
from offhook.errors import LineTaken, NotFound

agent = Table(
    "agent",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account_id", BigInteger, nullable=False),
    Column("hubspot_user_id", BigInteger, nullable=False),
    Column("email", String(320), nullable=False),
    Column("name", String(320), nullable=False),
    Column("owner_id", String(32)),
    Column("phone_system", String(64)),
    Column("line", String(64)),
    Column("line_name", String(200)),
    Column("available", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("super_admin", Boolean),
    Column("super_admin_at", Moment),
    Column("mates", Text),  # JSON
    UniqueConstraint("account_id", "hubspot_user_id"),
    # A line rings one person. Agents without a line do not stand in each other's way: NULLs are all different.
    UniqueConstraint("phone_system", "line"),
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent_id", ForeignKey("agent.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
)

# Who was on which line when, for calls that a phone system tells of afterwards.
line_stay = Table(
    "line_stay",
    metadata,
    Column("agent_id", ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True),
    Column("phone_system", String(64), primary_key=True),
    Column("line", String(64), primary_key=True),
    Column("since", Moment, primary_key=True),
    Column("until", Moment),
    Index("ix_line_stay_line", "phone_system", "line"),
)

# Passwords of lines, sealed, where the agents' browsers are the telephones.
line_secret = Table(
    "line_secret",
    metadata,
    Column("phone_system", String(64), primary_key=True),
    Column("line", String(64), primary_key=True),
    Column("sealed", Text, nullable=False),
)

# No phone system tells of a call later than this.
STAYS_KEPT = timedelta(days=30)


class Stay(Struct, frozen=True):
    """Somebody was on a line; `until` is None while she is."""

    line: str
    since: datetime
    until: datetime | None


_read_mates = msgspec.json.Decoder(tuple[str, ...]).decode


def _agent(row: Row[Any]) -> Agent:
    values = {name: getattr(row, name) for name in Agent.__struct_fields__}
    return Agent(**{**values, "mates": _read_mates(row.mates or "[]")})


async def _one(connection: AsyncConnection, *conditions: Any) -> Agent | None:
    row = (await connection.execute(select(agent).where(*conditions))).one_or_none()
    return _agent(row) if row else None


async def arrive(
    connection: AsyncConnection, *, account_id: int, hubspot_user_id: int, email: str, now: datetime
) -> Agent:
    """The agent who is this HubSpot user in this account; made on her first arrival."""
    known = await _one(connection, agent.c.account_id == account_id, agent.c.hubspot_user_id == hubspot_user_id)
    if known:
        # HubSpot does not always say the address; what is known is not overwritten with nothing.
        await connection.execute(update(agent).where(agent.c.id == known.id).values(email=email or known.email))
        return await get(connection, known.id)
    new = Agent(
        id=uuid4().hex,
        account_id=account_id,
        hubspot_user_id=hubspot_user_id,
        email=email,
        name=email.partition("@")[0] or f"HubSpot user {hubspot_user_id}",
    )
    values = {name: getattr(new, name) for name in Agent.__struct_fields__}
    if await _insert_once(connection, {**values, "mates": None, "created_at": now}):
        return new
    # She arrives in two tabs at once, and the other one was faster.
    return await arrive(connection, account_id=account_id, hubspot_user_id=hubspot_user_id, email=email, now=now)


async def _insert_once(connection: AsyncConnection, values: dict[str, Any]) -> bool:
    new = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(agent).values(values)
    person = ["account_id", "hubspot_user_id"]
    return (await connection.execute(new.on_conflict_do_nothing(index_elements=person))).rowcount == 1


async def get(connection: AsyncConnection, agent_id: str) -> Agent:
    """Raises NotFound."""
    found = await _one(connection, agent.c.id == agent_id)
    if found is None:
        raise NotFound("There is no such agent.")
    return found


# Asked while a phone rings: put together once.
_ON_LINE = select(agent).where(agent.c.phone_system == bindparam("system"), agent.c.line == bindparam("number"))


async def on_line(connection: AsyncConnection, phone_system: str, line: str) -> Agent | None:
    """Who is logged in to this line."""
    row = (await connection.execute(_ON_LINE, {"system": phone_system, "number": line})).one_or_none()
    return _agent(row) if row else None


async def of_user(connection: AsyncConnection, account_id: int, hubspot_user_id: int) -> Agent | None:
    """The agent who is this HubSpot user in this account."""
    return await _one(connection, agent.c.account_id == account_id, agent.c.hubspot_user_id == hubspot_user_id)


async def in_account(connection: AsyncConnection, account_id: int) -> list[Agent]:
    query = select(agent).where(agent.c.account_id == account_id)
    return [_agent(row) for row in await connection.execute(query)]


async def in_accounts(connection: AsyncConnection, account_ids: Collection[int]) -> list[Agent]:
    query = select(agent).where(agent.c.account_id.in_(account_ids))
    return [_agent(row) for row in await connection.execute(query)]


async def among(connection: AsyncConnection, agent_ids: Collection[str]) -> list[Agent]:
    """Those of them who are (still) agents."""
    query = select(agent).where(agent.c.id.in_(agent_ids))
    return [_agent(row) for row in await connection.execute(query)]


async def concerned_by(connection: AsyncConnection, holder: str) -> list[Agent]:
    """Whose panels show this grant: its agent's, or for an account's own grant those of everybody in the account."""
    account = holder.removeprefix("account-")
    if account != holder and account.isdigit():
        return await in_account(connection, int(account))
    found = await _one(connection, agent.c.id == holder)
    return [found] if found else []


async def by_email(connection: AsyncConnection, email: str) -> list[Agent]:
    """One for each account that she has connected; for the operator's command line."""
    query = select(agent).where(func.lower(agent.c.email) == email.lower())
    return [_agent(row) for row in await connection.execute(query)]


async def only_account(connection: AsyncConnection) -> int | None:
    """The account of all agents, when there is one; for the service itself, not for anybody's eyes."""
    found = list(await connection.scalars(select(agent.c.account_id).distinct().limit(2)))
    return found[0] if len(found) == 1 else None


async def learn(connection: AsyncConnection, agent_id: str, *, name: str, owner_id: str | None) -> None:
    """Keep what HubSpot's owner record says about her."""
    await connection.execute(update(agent).where(agent.c.id == agent_id).values(name=name, owner_id=owner_id))


async def learn_standing(connection: AsyncConnection, agent_id: str, super_admin: bool | None, now: datetime) -> None:
    """Keep whether HubSpot says that she is Super Admin; None when it does not say."""
    known = update(agent).where(agent.c.id == agent_id).values(super_admin=super_admin, super_admin_at=now)
    await connection.execute(known)


async def learn_mates(connection: AsyncConnection, agent_id: str, owner_ids: Sequence[str]) -> None:
    """Keep the owner ids of her HubSpot teams."""
    mates = msgspec.json.encode(tuple(owner_ids)).decode()
    await connection.execute(update(agent).where(agent.c.id == agent_id).values(mates=mates))


async def choose_phone_system(connection: AsyncConnection, agent_id: str, key: str, now: datetime) -> None:
    """Another phone system means another line: she is logged out of the old one."""
    await leave_line(connection, agent_id, now)
    await connection.execute(update(agent).where(agent.c.id == agent_id).values(phone_system=key))


async def take_line(connection: AsyncConnection, who: Agent, line: str, line_name: str, now: datetime) -> None:
    """Log the agent in to a line of her phone system.

    Raises:
        LineTaken: somebody else is on it; named only to a colleague of the same account.
    """
    other = await on_line(connection, who.phone_system or "", line)
    if other and other.id != who.id:
        name = other.name if other.account_id == who.account_id else "Somebody"
        raise LineTaken(f"{name} is logged in to line {line}.")
    mine = update(agent).where(agent.c.id == who.id).values(line=line, line_name=line_name, available=True)
    try:
        await connection.execute(mine)
    except IntegrityError as error:  # somebody else was faster by a moment
        raise LineTaken(f"Somebody is logged in to line {line}.") from error
    if other is None:
        await _stay(connection, who, line, now)


async def leave_line(connection: AsyncConnection, agent_id: str, now: datetime) -> None:
    await connection.execute(update(agent).where(agent.c.id == agent_id).values(line=None, line_name=None))
    await _end_stay(connection, agent_id, now)


# Who was on which line when.


async def _stay(connection: AsyncConnection, who: Agent, line: str, now: datetime) -> None:
    await _end_stay(connection, who.id, now)
    await connection.execute(delete(line_stay).where(line_stay.c.until < now - STAYS_KEPT))
    stay = {"agent_id": who.id, "phone_system": who.phone_system, "line": line, "since": now}
    await connection.execute(delete(line_stay).where(*(line_stay.c[name] == value for name, value in stay.items())))
    await connection.execute(insert(line_stay).values(**stay))


async def _end_stay(connection: AsyncConnection, agent_id: str, now: datetime) -> None:
    stays = update(line_stay).where(line_stay.c.agent_id == agent_id, line_stay.c.until.is_(None))
    await connection.execute(stays.values(until=now))


async def was_on_line(connection: AsyncConnection, phone_system: str, line: str, at: datetime) -> Agent | None:
    """Who was logged in to this line at a moment; the latest, when one left it as the other came."""
    stay = line_stay.c
    there = (
        stay.phone_system == phone_system,
        stay.line == line,
        stay.since <= at,
        or_(stay.until.is_(None), stay.until >= at),
    )
    query = select(agent).join(line_stay).where(*there).order_by(stay.since.desc(), agent.c.id).limit(1)
    row = (await connection.execute(query)).one_or_none()
    return _agent(row) if row else None


async def stays(connection: AsyncConnection, phone_system: str) -> list[Stay]:
    """Everybody's, on every line of a phone system, as far back as is kept."""
    query = select(line_stay).where(line_stay.c.phone_system == phone_system)
    return [Stay(row.line, row.since, row.until) for row in await connection.execute(query)]


# Passwords of lines.


async def keep_line_secret(connection: AsyncConnection, phone_system: str, line: str, sealed: str) -> None:
    """The newest counts."""
    await forget_line_secret(connection, phone_system, line)
    await connection.execute(insert(line_secret).values(phone_system=phone_system, line=line, sealed=sealed))


async def line_secret_of(connection: AsyncConnection, phone_system: str, line: str) -> str | None:
    """Sealed, as it was kept."""
    mine = (line_secret.c.phone_system == phone_system, line_secret.c.line == line)
    sealed: str | None = await connection.scalar(select(line_secret.c.sealed).where(*mine))
    return sealed


async def forget_line_secret(connection: AsyncConnection, phone_system: str, line: str) -> None:
    mine = (line_secret.c.phone_system == phone_system, line_secret.c.line == line)
    await connection.execute(delete(line_secret).where(*mine))


async def set_available(connection: AsyncConnection, agent_id: str, available: bool) -> None:
    await connection.execute(update(agent).where(agent.c.id == agent_id).values(available=available))


# Sign-ins.


def hashed(token: str) -> str:
    """What is kept of a sign-in's token."""
    return hashlib.sha256(token.encode()).hexdigest()


async def sign_in_agent(connection: AsyncConnection, agent_id: str, now: datetime) -> str:
    """A new token for one panel; it is given out here and cannot be read again."""
    token = secrets.token_urlsafe(32)
    await connection.execute(insert(sign_in).values(token_hash=hashed(token), agent_id=agent_id, created_at=now))
    return token


async def signed_in(connection: AsyncConnection, token: str) -> Agent | None:
    """Whose token this is."""
    query = select(agent).join(sign_in).where(sign_in.c.token_hash == hashed(token))
    row = (await connection.execute(query)).one_or_none()
    return _agent(row) if row else None


async def sign_out(connection: AsyncConnection, token: str) -> None:
    await connection.execute(delete(sign_in).where(sign_in.c.token_hash == hashed(token)))


async def sign_out_everywhere(connection: AsyncConnection, agent_id: str) -> None:
    await connection.execute(delete(sign_in).where(sign_in.c.agent_id == agent_id))

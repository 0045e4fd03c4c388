"""Tables and queries of grants. What is secret in them is sealed before it comes here (`vault`)."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Table,
    Text,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.database import Moment, metadata
from offhook.errors import WrongState
from offhook.grants.attempt import Attempt
from offhook.grants.grant import Grant, GrantState

consent_attempt = Table(
    "consent_attempt",
    metadata,
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False),  # drawn in `attempt`
    Column("ask", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("device_hash", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),  # sealed
    Column("return_to", Text),
    Column("expected_account", BigInteger),
    Column("expected_user", BigInteger),
    Column("begun_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("page_text", Text),
    Column("report", Text),
    Column("problem", Text),
    Column("agent_id", Text),
    Index("ix_consent_attempt_device", "device_hash", "begun_at"),
    Index("ix_consent_attempt_expires_at", "expires_at"),
)

hubspot_grant = Table(
    "hubspot_grant",
    metadata,
    Column("id", Text, primary_key=True),
    Column("holder", Text, nullable=False, unique=True),
    Column("account_id", BigInteger, nullable=False),
    Column("account_name", Text, nullable=False),
    Column("hubspot_user_id", BigInteger, nullable=False),
    Column("email", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("since", Moment, nullable=False),
    Column("access_token", Text),  # sealed; both tokens are null when broken
    Column("refresh_token", Text),  # sealed
    Column("expires_at", Moment),
    Index("ix_hubspot_grant_person", "account_id", "hubspot_user_id"),
)

_LENT = text("kind = 'permission-set' AND ended_at IS NULL")

elevation = Table(
    "elevation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account_id", BigInteger, nullable=False),
    Column("agent_id", Text, nullable=False),
    Column("agent_name", Text, nullable=False),
    Column("hubspot_user_id", BigInteger, nullable=False),
    Column("rights", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("asked_at", Moment),
    Column("granted_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("ended_by", Text),
    Column("checked", Boolean, nullable=False),
    Column("role_before", Text),  # of a lent permission set: what she had before, JSON
    Column("role_lent", Text),
    Column("due_at", Moment),
    Column("by", Text),  # who lent it
    Column("why", Text),
    Column("email", Text),
    Column("called_overdue_at", Moment),
    Index("ix_elevation_account", "account_id", "ended_at"),
    # Two sets lent at a time to one person could not be put back in the right order.
    Index("uq_elevation_lent", "account_id", "hubspot_user_id", unique=True, sqlite_where=_LENT, postgresql_where=_LENT),
)


class SealedTokens(Struct, frozen=True):
    """Both tokens as the database keeps them. A sealing is unique, so `access` also names this generation."""

    access: str
    refresh: str
    expires_at: datetime


# Consent attempts.

SUCCEEDED = ("granted", "claimed")


async def begin_attempt(connection: AsyncConnection, attempt: Attempt) -> None:
    await connection.execute(insert(consent_attempt).values(msgspec.structs.asdict(attempt)))


async def sweep_attempts(connection: AsyncConnection, before: datetime) -> None:
    """Forget attempts that were void long ago."""
    await connection.execute(delete(consent_attempt).where(consent_attempt.c.expires_at < before))


async def attempt(connection: AsyncConnection, attempt_id: str) -> Attempt | None:
    found = await connection.execute(select(consent_attempt).where(consent_attempt.c.id == attempt_id))
    return _attempt(found.mappings().first())


async def move_attempt(
    connection: AsyncConnection, attempt_id: str, since: tuple[str, ...], to: str, **values: object
) -> bool:
    """Take the attempt from one of the states `since` to `to`; False when it was in none of them (any more)."""
    step = (
        update(consent_attempt)
        .where(consent_attempt.c.id == attempt_id, consent_attempt.c.state.in_(since))
        .values(state=to, **values)
    )
    return (await connection.execute(step)).rowcount == 1


async def remember_report(connection: AsyncConnection, attempt_id: str, report: str) -> None:
    await connection.execute(update(consent_attempt).where(consent_attempt.c.id == attempt_id).values(report=report))


async def diagnosed_before(connection: AsyncConnection, attempt_id: str, after: datetime) -> Attempt | None:
    """The latest diagnosed attempt of the same device, begun after `after`: this one itself or one before it.

    Nothing from before the device's previous success counts: that success was told about already.
    """
    own = select(consent_attempt).where(consent_attempt.c.id == attempt_id).subquery()
    succeeded = consent_attempt.c.state.in_(SUCCEEDED) & (consent_attempt.c.id != attempt_id)
    latest = (
        select(consent_attempt)
        .where(
            consent_attempt.c.device_hash == own.c.device_hash,
            consent_attempt.c.begun_at <= own.c.begun_at,
            consent_attempt.c.begun_at > after,
            succeeded | consent_attempt.c.report.is_not(None),
        )
        .order_by(consent_attempt.c.begun_at.desc())
        .limit(1)
    )
    found = _attempt((await connection.execute(latest)).mappings().first())
    return found if found and (found.id == attempt_id or found.state not in SUCCEEDED) else None


async def stopped_before(connection: AsyncConnection, attempt: Attempt, after: datetime) -> Attempt | None:
    """The same device's latest attempt before this one, begun after `after`, if it was diagnosed and came to nothing."""
    c = consent_attempt.c
    earlier = c.id != attempt.id, c.begun_at <= attempt.begun_at, c.begun_at > after
    return await _latest_stopped(connection, c.device_hash == attempt.device_hash, *earlier)


async def last_stopped(connection: AsyncConnection, account_id: int, user_id: int, after: datetime) -> Attempt | None:
    """The latest attempt of somebody who was known when she began, if it was diagnosed and came to nothing."""
    c = consent_attempt.c
    hers = c.expected_account == account_id, c.expected_user == user_id, c.begun_at > after
    return await _latest_stopped(connection, *hers)


async def _latest_stopped(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> Attempt | None:
    c = consent_attempt.c
    known = select(consent_attempt).where(*conditions, c.state.in_(SUCCEEDED) | c.report.is_not(None))
    found = _attempt((await connection.execute(known.order_by(c.begun_at.desc()).limit(1))).mappings().first())
    return found if found and found.state not in SUCCEEDED else None


async def granted_beside(connection: AsyncConnection, attempt: Attempt, now: datetime) -> bool:
    """Whether another attempt of the same device was granted and waits to be claimed."""
    other = select(consent_attempt.c.id).where(
        consent_attempt.c.device_hash == attempt.device_hash,
        consent_attempt.c.id != attempt.id,
        consent_attempt.c.state == "granted",
        consent_attempt.c.expires_at > now,
    )
    return (await connection.execute(other.limit(1))).first() is not None


def _attempt(row: RowMapping | None) -> Attempt | None:
    return Attempt(**row) if row else None


# Grants.


async def grant_of(connection: AsyncConnection, holder: str) -> Grant | None:
    found = await connection.execute(select(hubspot_grant).where(hubspot_grant.c.holder == holder))
    row = found.mappings().first()
    return _grant(row) if row else None


async def grant_of_person(connection: AsyncConnection, account_id: int, user_id: int) -> Grant | None:
    hers = hubspot_grant.c.account_id == account_id, hubspot_grant.c.hubspot_user_id == user_id
    row = (await connection.execute(select(hubspot_grant).where(*hers))).mappings().first()
    return _grant(row) if row else None


async def grants_in(connection: AsyncConnection, account_id: int) -> list[tuple[Grant, SealedTokens | None]]:
    """Everybody's in the account, its own among them."""
    query = select(hubspot_grant).where(hubspot_grant.c.account_id == account_id)
    return [(_grant(row), _tokens(row)) for row in (await connection.execute(query)).mappings()]


async def connected_accounts(connection: AsyncConnection) -> list[int]:
    """Where an administrator has given the account's own grant; for the service itself, not for anybody's eyes."""
    own = hubspot_grant.c.holder.startswith("account-")
    return list(await connection.scalars(select(hubspot_grant.c.account_id).where(own)))


async def grant_and_tokens(connection: AsyncConnection, holder: str) -> tuple[Grant, SealedTokens | None] | None:
    found = await connection.execute(select(hubspot_grant).where(hubspot_grant.c.holder == holder))
    row = found.mappings().first()
    return (_grant(row), _tokens(row)) if row else None


async def save_grant(connection: AsyncConnection, grant: Grant, tokens: SealedTokens) -> None:
    """Keep a grant with new tokens, in place of the holder's earlier one."""
    values = {**_columns(grant), **_token_columns(tokens)}
    new = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(hubspot_grant).values(values)
    await connection.execute(new.on_conflict_do_update(index_elements=["holder"], set_=values))


async def save_state(connection: AsyncConnection, grant: Grant) -> None:
    ours = update(hubspot_grant).where(hubspot_grant.c.holder == grant.holder)
    await connection.execute(ours.values(state=grant.state.value, reason=grant.reason))


async def renew_tokens(
    connection: AsyncConnection, holder: str, old: SealedTokens, new: SealedTokens, scopes: tuple[str, ...]
) -> None:
    """Keep refreshed tokens, unless `old` was replaced or forgotten meanwhile. No scopes: as before."""
    values = _token_columns(new)
    if scopes:
        values["scopes"] = msgspec.json.encode(scopes).decode()
    await connection.execute(update(hubspot_grant).where(*_generation(holder, old)).values(values))


async def break_grant(connection: AsyncConnection, grant: Grant, old: SealedTokens) -> bool:
    """Keep that the grant broke and drop its tokens, unless `old` was replaced meanwhile (then False)."""
    values = {"state": grant.state.value, "reason": grant.reason, **_token_columns(None)}
    step = update(hubspot_grant).where(*_generation(grant.holder, old)).values(values)
    return (await connection.execute(step)).rowcount == 1


async def forget_grant(connection: AsyncConnection, holder: str) -> None:
    await connection.execute(delete(hubspot_grant).where(hubspot_grant.c.holder == holder))


async def hold_refresh(connection: AsyncConnection, holder: str) -> None:
    """PostgreSQL only: wait until no other node refreshes this grant; let go when the transaction ends.

    An advisory lock, so that switching or forgetting the grant does not wait for HubSpot's answer.
    """
    key = func.hashtextextended(f"offhook refresh {holder}", 0)
    await connection.execute(select(func.pg_advisory_xact_lock(key)))


def _generation(holder: str, tokens: SealedTokens) -> tuple[Any, ...]:
    return hubspot_grant.c.holder == holder, hubspot_grant.c.access_token == tokens.access


def _grant(row: RowMapping) -> Grant:
    return Grant(
        id=row["id"],
        holder=row["holder"],
        account_id=row["account_id"],
        account_name=row["account_name"],
        hubspot_user_id=row["hubspot_user_id"],
        email=row["email"],
        scopes=msgspec.json.decode(row["scopes"], type=tuple[str, ...]),
        state=GrantState(row["state"]),
        reason=row["reason"],
        since=row["since"],
    )


def _columns(grant: Grant) -> dict[str, Any]:
    scopes = msgspec.json.encode(grant.scopes).decode()
    return {**msgspec.structs.asdict(grant), "scopes": scopes, "state": grant.state.value}


def _tokens(row: RowMapping) -> SealedTokens | None:
    if not row["access_token"]:
        return None
    return SealedTokens(row["access_token"], row["refresh_token"], row["expires_at"])


def _token_columns(tokens: SealedTokens | None) -> dict[str, Any]:
    return {
        "access_token": tokens.access if tokens else None,
        "refresh_token": tokens.refresh if tokens else None,
        "expires_at": tokens.expires_at if tokens else None,
    }


# Elevations.


async def count_elevations(connection: AsyncConnection) -> dict[int, int]:
    """Pending ones by account; for the service itself, not for anybody's eyes."""
    pending = select(elevation.c.account_id, func.count()).where(elevation.c.ended_at.is_(None))
    return {row[0]: row[1] for row in await connection.execute(pending.group_by(elevation.c.account_id))}


async def count_overdue(connection: AsyncConnection, now: datetime) -> int:
    """Pending ones whose time is over, of all accounts; for the service itself."""
    overdue = select(func.count()).where(elevation.c.ended_at.is_(None), elevation.c.due_at < now)
    return (await connection.execute(overdue)).scalar_one()


async def elevation_of(connection: AsyncConnection, account_id: int, elevation_id: str) -> RowMapping | None:
    one = select(elevation).where(elevation.c.account_id == account_id, elevation.c.id == elevation_id)
    return (await connection.execute(one)).mappings().first()


async def pending_elevations(connection: AsyncConnection, account_id: int) -> list[RowMapping]:
    """Oldest first."""
    found = select(elevation).where(elevation.c.account_id == account_id, elevation.c.ended_at.is_(None))
    return list((await connection.execute(found.order_by(elevation.c.granted_at))).mappings())


async def newest_elevations(connection: AsyncConnection, account_id: int, limit: int) -> list[RowMapping]:
    """Also those that have ended, newest first."""
    found = select(elevation).where(elevation.c.account_id == account_id).order_by(elevation.c.granted_at.desc())
    return list((await connection.execute(found.limit(limit))).mappings())


async def elevations_of_person(
    connection: AsyncConnection, account_id: int, user_id: int, ended_after: datetime
) -> list[RowMapping]:
    """Her pending ones and those that have ended since, oldest first."""
    open_or_new = or_(elevation.c.ended_at.is_(None), elevation.c.ended_at > ended_after)
    hers = select(elevation).where(
        elevation.c.account_id == account_id, elevation.c.hubspot_user_id == user_id, open_or_new
    )
    return list((await connection.execute(hers.order_by(elevation.c.granted_at))).mappings())


async def hold_person(connection: AsyncConnection, account_id: int, user_id: int) -> None:
    """Wait until no other node looks after this person's elevations; let go when the transaction ends.

    SQLite needs none of it: there every transaction that writes is alone.
    """
    if connection.dialect.name != "sqlite":
        key = func.hashtextextended(f"offhook elevation {account_id} {user_id}", 0)
        await connection.execute(select(func.pg_advisory_xact_lock(key)))


async def add_elevation(connection: AsyncConnection, values: dict[str, Any]) -> None:
    """
    Raises:
        WrongState: a permission set is lent to this person already.
    """
    try:
        await connection.execute(insert(elevation).values(values))
    except IntegrityError as error:
        raise WrongState("A permission set is lent to this person already.") from error


async def change_elevation(
    connection: AsyncConnection, account_id: int, elevation_id: str, *only_if: ColumnElement[bool], **values: object
) -> bool:
    """Change one that has not ended; False when there is none (or not so)."""
    this = elevation.c.id == elevation_id, elevation.c.account_id == account_id
    step = update(elevation).where(*this, elevation.c.ended_at.is_(None), *only_if).values(**values)
    return (await connection.execute(step)).rowcount == 1


async def call_overdue(
    connection: AsyncConnection, account_id: int, elevation_id: str, now: datetime, last_before: datetime
) -> bool:
    """Note that it is said to be overdue, unless that was said after `last_before` (then False)."""
    said = elevation.c.called_overdue_at
    not_lately = or_(said.is_(None), said < last_before)
    return await change_elevation(connection, account_id, elevation_id, not_lately, called_overdue_at=now)

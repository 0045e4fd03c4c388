"""Calls in the database: one row a call, with what was heard, what the agent added, and what the desktop remembers.

A call may reach several agents (a transfer, a group): `call_agent` says whose panels show it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import (
    BigInteger,
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
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.calls.call import Call
from offhook.calls.events import Direction
from offhook.calls.sighting import SKEW, TOGETHER, Sighting
from offhook.calls.wrap_up import WrapUp
from offhook.database import Moment, metadata
from offhook.errors import NotFound

call = Table(
    "call",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("phone_system", String(64), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("account_id", BigInteger),
    Column("began", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("heard", Text, nullable=False),
    Column("wrap_up", Text, nullable=False),
    Column("agents", Text, nullable=False),
    Column("desk", Text, nullable=False),
    UniqueConstraint("phone_system", "external_id"),
    Index("ix_call_live", "phone_system", "ended_at"),
)

call_agent = Table(
    "call_agent",
    metadata,
    Column("agent_id", String(32), primary_key=True),
    Column("call_id", ForeignKey("call.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("began", Moment, nullable=False),
    Index("ix_call_agent_recent", "agent_id", "began"),
)

# Under which ids, and when, each place saw a call, where a phone system has several of them (`sighting.py`).
call_sighting = Table(
    "call_sighting",
    metadata,
    Column("phone_system", String(64), primary_key=True),
    Column("source", String(32), primary_key=True),
    Column("external_id", String(200), primary_key=True),
    Column("line", String(64), primary_key=True),
    Column("call_id", ForeignKey("call.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("number", String(32), nullable=False),
    Column("direction", String(16)),
    Column("began", Moment, nullable=False),
    Column("ended", Moment),
    Index("ix_call_sighting_began", "phone_system", "began"),
)

# How far a phone system that has to be asked has been read.
bookmark = Table(
    "bookmark",
    metadata,
    Column("phone_system", String(64), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("place", Text, nullable=False),
)

# The source of what leads from a call that was joined to another.
JOINED = "joined"
# A call that goes on longer than this is not looked for any more by what was seen of it.
LONGEST = timedelta(hours=12)

_read_call = msgspec.json.Decoder(Call).decode
_read_agents = msgspec.json.Decoder(dict[str, str]).decode
_read_wrap_up = msgspec.json.Decoder(WrapUp).decode
_write = msgspec.json.Encoder().encode


class KeptCall(Struct, frozen=True):
    """A call as it is kept. `id` is ours; `agents` says who was on which line, empty while its lines belong to nobody.

    A line that nobody is logged in to has the agent "".
    `desk` is the desktop's own memory of the call (who it is, the log entry), as JSON; nothing here reads it.
    """

    id: str
    call: Call
    account_id: int | None = None
    agents: dict[str, str] = {}
    wrap_up: WrapUp = WrapUp()
    desk: str = "{}"

    @property
    def agent_id(self) -> str | None:
        """The agent who speaks for the call, and in whose name it is logged."""
        return (self.agents.get(self.call.leg.line) if self.call.leg else None) or None

    def line_of(self, agent_id: str) -> str | None:
        """The line on which this agent has or had the call."""
        return next((line for line, who in self.agents.items() if who == agent_id), None)


def _kept(row: Row[Any]) -> KeptCall:
    return KeptCall(
        row.id,
        _read_call(row.heard),
        row.account_id,
        _read_agents(row.agents),
        _read_wrap_up(row.wrap_up),
        row.desk,
    )


def _values(kept: KeptCall) -> dict[str, object]:
    return {
        "account_id": kept.account_id,
        "began": kept.call.began,
        "ended_at": kept.call.ended_at,
        "heard": _write(kept.call).decode(),
        "wrap_up": _write(kept.wrap_up).decode(),
        "agents": _write(kept.agents).decode(),
        "desk": kept.desk,
    }


# Asked while a phone rings: put together once.
_HEARD_AS = (
    select(call)
    .where(call.c.phone_system == bindparam("system"), call.c.external_id == bindparam("id"))
    .with_for_update()
)


async def heard_as(connection: AsyncConnection, phone_system: str, external_id: str) -> KeptCall | None:
    """The call that a phone system knows by this id, locked for this transaction."""
    row = (await connection.execute(_HEARD_AS, {"system": phone_system, "id": external_id})).one_or_none()
    return _kept(row) if row else None


async def get(connection: AsyncConnection, call_id: str) -> KeptCall:
    """Any call, locked for this transaction; for jobs, which belong to no one's session. Raises NotFound.

    A call that was joined to another is that one.
    """
    row = (await connection.execute(select(call).where(call.c.id == call_id).with_for_update())).one_or_none()
    if row is None:
        now_part_of = await _joined_to(connection, call_id)
        if now_part_of is None:
            raise NotFound("There is no such call.")
        return await get(connection, now_part_of)
    return _kept(row)


async def of_agent(connection: AsyncConnection, agent_id: str, call_id: str) -> KeptCall:
    """A call of this agent, locked for this transaction. Raises NotFound, also for somebody else's."""
    query = select(call).join(call_agent).where(call.c.id == call_id, call_agent.c.agent_id == agent_id)
    row = (await connection.execute(query.with_for_update(of=call))).one_or_none()
    if row is None:
        now_part_of = await _joined_to(connection, call_id)
        if now_part_of is None:
            raise NotFound("There is no such call.")
        return await of_agent(connection, agent_id, now_part_of)
    return _kept(row)


async def _joined_to(connection: AsyncConnection, call_id: str) -> str | None:
    known = call_sighting
    query = select(known.c.call_id).where(known.c.source == JOINED, known.c.external_id == call_id)
    found: str | None = await connection.scalar(query)
    return found


async def join(connection: AsyncConnection, kept: KeptCall, other: KeptCall) -> None:
    """`other` is no call of its own any more: all that leads to it leads to `kept`, also its id."""
    known, shown = call_sighting, call_agent
    await connection.execute(update(known).where(known.c.call_id == other.id).values(call_id=kept.id))
    already = select(shown.c.agent_id).where(shown.c.call_id == kept.id)
    theirs = (shown.c.call_id == other.id, shown.c.agent_id.not_in(already))
    await connection.execute(update(shown).where(*theirs).values(call_id=kept.id, began=kept.call.began))
    await connection.execute(delete(call).where(call.c.id == other.id))
    alias = {"phone_system": kept.call.phone_system, "source": JOINED, "external_id": other.id, "line": ""}
    await connection.execute(insert(known).values(**alias, call_id=kept.id, number="", began=other.call.began))


async def add(connection: AsyncConnection, kept: KeptCall) -> None:
    """Keep a call that is heard of for the first time."""
    heard = kept.call
    known = {"id": kept.id, "phone_system": heard.phone_system, "external_id": heard.id}
    await connection.execute(insert(call), known | _values(kept))


async def save(connection: AsyncConnection, kept: KeptCall) -> None:
    await connection.execute(update(call).where(call.c.id == kept.id).values(**_values(kept)))


async def move(connection: AsyncConnection, kept: KeptCall) -> None:
    """The call turned out to have begun earlier: put it into its place among each agent's calls."""
    await connection.execute(update(call_agent).where(call_agent.c.call_id == kept.id).values(began=kept.call.began))


async def show_to(connection: AsyncConnection, kept: KeptCall, agent_id: str) -> None:
    """Put the call among an agent's calls; once."""
    shown = {"agent_id": agent_id, "call_id": kept.id, "began": kept.call.began}
    await connection.execute(insert(call_agent), shown)


async def recent(
    connection: AsyncConnection, agent_id: str, *, before: datetime | None = None, limit: int = 20
) -> Sequence[KeptCall]:
    """The agent's calls, newest first."""
    query = select(call).join(call_agent).where(call_agent.c.agent_id == agent_id)
    if before:
        query = query.where(call_agent.c.began < before)
    rows = await connection.execute(query.order_by(call_agent.c.began.desc(), call.c.id).limit(limit))
    return [_kept(row) for row in rows]


async def live(connection: AsyncConnection, phone_system: str) -> Sequence[KeptCall]:
    """Calls of a phone system that have not ended, for a start after a stop."""
    query = select(call).where(call.c.phone_system == phone_system, call.c.ended_at.is_(None))
    return [_kept(row) for row in await connection.execute(query)]


# Sightings, and how far was read.


async def live_as(connection: AsyncConnection, phone_system: str, source: str) -> Sequence[Call]:
    """The calls that have not ended, as one place knows them: by its own ids, without what phones tell of themselves."""
    query = (
        select(call, call_sighting.c.external_id)
        .join(call_sighting, call_sighting.c.call_id == call.c.id)
        .where(call.c.phone_system == phone_system, call.c.ended_at.is_(None), call_sighting.c.source == source)
    )
    found = {row.external_id: _kept(row).call for row in await connection.execute(query)}
    return [
        replace(known, id=id_, legs=tuple(leg for leg in known.legs if not leg.is_of_one_phone))
        for id_, known in found.items()
    ]


async def sighted_as(
    connection: AsyncConnection, phone_system: str, seen: Sequence[Sighting]
) -> Mapping[tuple[str, str], str]:
    """The calls (ids) that these sightings were of before, by source and id; what was not seen yet is left out."""
    known = call_sighting
    named = or_(*((known.c.source == each.source) & (known.c.external_id == each.id) for each in seen))
    query = select(known.c.source, known.c.external_id, known.c.call_id).where(
        known.c.phone_system == phone_system, named
    )
    rows = await connection.execute(query.order_by(known.c.began.desc(), known.c.call_id.desc()))
    return {(row.source, row.external_id): row.call_id for row in rows}


async def sightings_near(
    connection: AsyncConnection, phone_system: str, seen: Sighting
) -> Sequence[tuple[str, Sighting]]:
    """Calls (ids) with what was seen of them on the same line, or at the same moment on any, about that time."""
    known, until = call_sighting, (seen.ended or seen.began) + SKEW
    query = select(known).where(
        known.c.phone_system == phone_system,
        known.c.began.between(seen.began - LONGEST, until),
        or_(known.c.line == seen.line, known.c.began.between(seen.began - TOGETHER, seen.began + TOGETHER)),
    )
    return [(row.call_id, _sighting(row)) for row in await connection.execute(query)]


def _sighting(row: Row[Any]) -> Sighting:
    direction = Direction(row.direction) if row.direction else None
    return Sighting(row.source, row.external_id, row.line, row.number, direction, row.began, row.ended)


async def sight(connection: AsyncConnection, kept: KeptCall, seen: Sighting) -> None:
    """Keep what one place saw of a call, or what it has learned since."""
    known, key = call_sighting, {"phone_system": kept.call.phone_system, "source": seen.source}
    key |= {"external_id": seen.id, "line": seen.line}
    mine = [known.c[name] == value for name, value in key.items()]
    row = (await connection.execute(select(known).where(*mine))).one_or_none()
    values = {
        "number": seen.number,
        "direction": seen.direction,
        "began": min(seen.began, row.began) if row else seen.began,
        "ended": seen.ended or (row.ended if row else None),
    }
    change = update(known).where(*mine) if row else insert(known).values(call_id=kept.id, **key)
    await connection.execute(change.values(**values))


async def read_bookmark(connection: AsyncConnection, phone_system: str, name: str) -> str | None:
    query = select(bookmark.c.place).where(bookmark.c.phone_system == phone_system, bookmark.c.name == name)
    place: str | None = await connection.scalar(query)
    return place


async def keep_bookmark(connection: AsyncConnection, phone_system: str, name: str, place: str) -> None:
    mine = (bookmark.c.phone_system == phone_system, bookmark.c.name == name)
    await connection.execute(delete(bookmark).where(*mine))
    await connection.execute(insert(bookmark).values(phone_system=phone_system, name=name, place=place))

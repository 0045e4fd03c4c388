"""Same call: what several places saw under ids of their own becomes one call, whichever is heard of first."""

from collections.abc import Sequence

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.calls import store as calls
from offhook.calls.joined import joined, joined_wrap_up
from offhook.calls.sighting import Sighting, apart, same_call
from offhook.calls.store import KeptCall
from offhook.desktop.desk import Desk, desk_of, with_desk


async def find(connection: AsyncConnection, phone_system: str, seen: Sequence[Sighting]) -> list[KeptCall]:
    """The calls that these sightings are of: by id, else by line, number and time. The one that the others join is first.

    There are several when two panels saw two parts of one call, and the phone system's record then says that it is one.
    """
    known = await calls.sighted_as(connection, phone_system, seen)
    found = list(dict.fromkeys(known.values()))
    sources = {source for source, _ in known}
    for each in seen:
        new = (each.source, each.id) not in known and (not sources or each.source in sources)
        like = await _like(connection, phone_system, each) if new else None
        if like and like not in found:
            found.append(like)
        sources |= {each.source} if like else set()
    return sorted([await calls.get(connection, call_id) for call_id in found], key=_first)


def _first(kept: KeptCall) -> tuple[bool, bool, object, str]:
    """One that HubSpot holds already stays; of equals, the one that began first."""
    log = desk_of(kept).log
    return log.engagement_id is None, not log.attempted, kept.call.began, kept.id


async def _like(connection: AsyncConnection, phone_system: str, seen: Sighting) -> str | None:
    near = await calls.sightings_near(connection, phone_system, seen) if seen.line else []
    # A call that this place knows under another id on this line is another call.
    taken = {call_id for call_id, known in near if (known.source, known.line) == (seen.source, seen.line)}
    alike = [(apart(known, seen), call_id) for call_id, known in near if same_call(known, seen) and call_id not in taken]
    return min(alike)[1] if alike else None


async def as_one(connection: AsyncConnection, kept: KeptCall, other: KeptCall) -> KeptCall:
    """Join a call to another; what HubSpot holds of it is to be taken away."""
    desk, theirs = desk_of(kept), desk_of(other)
    whole = replace(
        kept,
        call=joined(kept.call, other.call),
        agents=other.agents | kept.agents,
        account_id=kept.account_id or other.account_id,
        wrap_up=joined_wrap_up(kept.wrap_up, other.wrap_up),
    )
    whole = with_desk(whole, Desk(desk.who if desk.who.contacts else theirs.who, desk.log))
    await calls.join(connection, whole, other)
    await calls.save(connection, whole)
    return whole


async def remember(connection: AsyncConnection, kept: KeptCall, seen: Sequence[Sighting]) -> None:
    """Keep under which ids, and when, the call was seen."""
    for each in seen:
        await calls.sight(connection, kept, each)

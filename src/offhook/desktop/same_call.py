"""Same call: what several places saw under ids of their own becomes one call, whichever is heard of first."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.calls import store as calls
from offhook.calls.sighting import Sighting, apart, same_call
from offhook.calls.store import KeptCall


async def find(connection: AsyncConnection, phone_system: str, seen: Sequence[Sighting]) -> KeptCall | None:
    """The call that these sightings are of: by its id, else by line, number and time."""
    call_id = await calls.sighted_as(connection, phone_system, seen)
    for each in seen:
        call_id = call_id or await _like(connection, phone_system, each)
    return await calls.get(connection, call_id) if call_id else None


async def _like(connection: AsyncConnection, phone_system: str, seen: Sighting) -> str | None:
    near = await calls.sightings_near(connection, phone_system, seen) if seen.line else []
    # A call that this place knows under another id on this line is another call.
    taken = {call_id for call_id, known in near if (known.source, known.line) == (seen.source, seen.line)}
    alike = [(apart(known, seen), call_id) for call_id, known in near if same_call(known, seen) and call_id not in taken]
    return min(alike)[1] if alike else None


async def remember(connection: AsyncConnection, kept: KeptCall, seen: Sequence[Sighting]) -> None:
    """Keep under which ids, and when, the call was seen."""
    for each in seen:
        await calls.sight(connection, kept, each)

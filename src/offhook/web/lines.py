"""Lines to choose from, where the phone system knows whose they are."""

from litestar import get
from msgspec import Struct

from offhook.telephony.phone_system import LineOffer, OffersLines
from offhook.web.parts import TheAgent, TheParts


class Lines(Struct, frozen=True):
    lines: tuple[LineOffer, ...]


@get("/api/lines", tags=["Phone systems"])
async def lines(agent: TheAgent, parts: TheParts) -> Lines:
    """The agent's own lines on her phone system, by her name; none when it does not know, and she types it."""
    system = parts.systems.get(agent.phone_system or "")
    return Lines(await system.lines_of(agent.name) if isinstance(system, OffersLines) else ())


routes = [lines]

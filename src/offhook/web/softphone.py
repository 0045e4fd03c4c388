"""The telephone in the agent's browser: with what it registers, and what it tells of its calls."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.datastructures import CacheControlHeader
from litestar.params import JSONBody
from msgspec import Meta, Struct

from offhook.errors import NotFound, OffhookError, TooLarge
from offhook.telephony.phone_system import HasSoftphone, Relayed, Softphone
from offhook.web.parts import Parts, TheAgent, TheParts

MOST, LARGEST = 20, 8_192


class Relay(Struct, frozen=True):
    """What the browser saw of the agent's calls, oldest first; each phone system has words of its own."""

    said: Annotated[tuple[dict[str, Any], ...], Meta(min_length=1, max_length=MOST)]


class Kept(Struct, frozen=True):
    """`kept`: how many are on disk now, whether new or known."""

    kept: int


@get("/api/softphone", cache_control=CacheControlHeader(no_store=True), tags=["Phone systems"])
async def softphone(agent: TheAgent, parts: TheParts) -> Softphone:
    """With what the agent's browser registers for her line. It holds a password: keep it nowhere."""
    system = parts.systems.get(agent.phone_system or "")
    if not isinstance(system, HasSoftphone) or agent.line is None:
        raise NotFound("There is no softphone here: choose a phone system that has one, and log in to your line.")
    return await system.softphone(agent.line)


@post("/api/relay", status_code=202, tags=["Phone systems"])
async def relay(data: JSONBody[Relay], agent: TheAgent, parts: TheParts) -> Kept:
    """Keep what the agent's browser says of her calls: all of it, or nothing. The line is the one she is logged in to."""
    system = parts.systems.get(agent.phone_system or "")
    if not isinstance(system, Relayed) or agent.line is None:
        raise NotFound(
            "Nothing is relayed here: choose a phone system that lives in the browser, and log in to your line."
        )
    try:
        deliveries = [_delivery(system, agent.line, each, parts.now()) for each in data.said]
    except OffhookError as error:
        _count(parts, agent.phone_system, error.code)
        raise
    for key, body in deliveries:
        new = await parts.inbox.accept(str(agent.phone_system), key, body)
        _count(parts, agent.phone_system, "accepted" if new else "known")
    return Kept(len(deliveries))


def _delivery(system: Relayed, line: str, said: dict[str, Any], now: datetime) -> tuple[str, bytes]:
    body = msgspec.json.encode(said)
    if len(body) > LARGEST:
        raise TooLarge(f"What is said of a call may have {LARGEST:,} bytes.")
    return system.relayed(line, body, now)


def _count(parts: Parts, system: str | None, outcome: str) -> None:
    parts.metrics.deliveries.labels(system, outcome).inc()


routes = [softphone, relay]

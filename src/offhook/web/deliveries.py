"""Deliveries from phone systems: proven, kept, and only then accepted."""

from typing import Any

from litestar import Request, post
from litestar.params import FromPath

from offhook.errors import NotFound, OffhookError, TooLarge
from offhook.web.parts import TheParts


@post(
    "/api/deliveries/{phone_system:str}",
    status_code=202,
    opt={"public": True},
    request_max_body_size=None,  # `_body` has a limit of its own, and counts what is refused
    tags=["Phone systems"],
)
async def take_delivery(phone_system: FromPath[str], request: Request[Any, Any, Any], parts: TheParts) -> None:
    """Accept one delivery (`docs/reference/webhook.md`). 202 means that it is kept durably, whether new or known."""
    known = phone_system if phone_system in parts.systems else "unknown"
    try:
        system = parts.systems.get(phone_system)
        if system is None:
            raise NotFound("There is no such phone system here.")
        body = await _body(request, parts.settings.delivery_limit)
        headers = {name.lower(): value for name, value in request.headers.items()}
        proven = system.prove(headers, body, parts.now())
        new = await parts.inbox.accept(phone_system, proven.key, body)
    except OffhookError as error:
        parts.metrics.deliveries.labels(known, error.code).inc()
        raise
    parts.metrics.deliveries.labels(known, "accepted" if new else "known").inc()


async def _body(request: Request[Any, Any, Any], limit: int) -> bytes:
    """The body, read no further than the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge(f"A delivery may have {limit:,} bytes.")
    return bytes(body)

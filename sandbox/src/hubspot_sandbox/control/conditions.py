"""`/_sandbox/clock`, `/index-delay`, `/limits`: the conditions that programs meet."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from litestar import get, post

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, invalid

MOST_SECONDS = 10 * 366 * 86400
"""The clock moves by at most ten years at a time."""
FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""The clock stays between these, so that times can be reckoned with."""


class ClockWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`freeze`: true, or a time to stand at; false runs again. `advance_seconds` moves on."""

    advance_seconds: Annotated[float, msgspec.Meta(ge=-MOST_SECONDS, le=MOST_SECONDS)] = 0.0
    freeze: bool | datetime | None = None


class DelayWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)]


class LimitsWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    enabled: bool


@get("/clock")
async def read_clock(portal: ThePortal) -> Body:
    """The portal's time."""
    return {"now": iso(portal.clock.now())}


@post("/clock", status_code=200)
async def set_clock(request: Call, portal: ThePortal) -> Body:
    """Move the time by `advance_seconds`; `freeze` it (true, or a time to stand at), or with false let it run."""
    wish = read_body(await request.body(), ClockWish)
    _check_time(portal, wish)
    if wish.freeze is False:
        portal.clock.run()
    elif wish.freeze is not None:
        portal.clock.freeze(wish.freeze if isinstance(wish.freeze, datetime) else None)
    if wish.advance_seconds:
        portal.clock.advance(wish.advance_seconds)
    return {"now": iso(portal.clock.now())}


def _check_time(portal: Portal, wish: ClockWish) -> None:
    """:raises HubSpotProblem: 400 for a time too far away"""
    at = wish.freeze if isinstance(wish.freeze, datetime) else portal.clock.now()
    at = datetime.now(UTC) if wish.freeze is False else at if at.tzinfo else at.replace(tzinfo=UTC)
    if not FIRST <= at <= LAST or not FIRST <= at + timedelta(seconds=wish.advance_seconds) <= LAST:
        raise invalid(f"the clock stays between {FIRST:%Y} and {LAST:%Y}")


@post("/index-delay", status_code=200)
async def set_index_delay(request: Call, portal: ThePortal) -> Body:
    """`{"seconds": 5}`: how long search does not see a new record."""
    wish = read_body(await request.body(), DelayWish)
    portal.records.set_index_delay(wish.seconds)
    return {"seconds": portal.records.index_delay}


@post("/limits", status_code=200)
async def set_limits(request: Call, portal: ThePortal) -> Body:
    """Switch rate limits off and on: `{"enabled": false}`; the headers stay."""
    portal.limits.enabled = read_body(await request.body(), LimitsWish).enabled
    return {"enabled": portal.limits.enabled}


HANDLERS = [read_clock, set_clock, set_index_delay, set_limits]

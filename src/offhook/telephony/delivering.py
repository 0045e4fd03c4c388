"""Handing over what a phone system tells only once: as often as it takes, in the order in which it came."""

import asyncio

import structlog

from offhook.errors import MalformedDelivery
from offhook.telephony.phone_system import Deliver

log = structlog.get_logger()

# Seconds before a delivery that could not be kept is tried again.
AGAIN = 1.0


async def deliver_until_kept(deliver: Deliver, key: str, body: bytes, who: str) -> None:
    """Return when it is kept, or can never be. `who`: the phone system's key, for the log."""
    while True:
        try:
            await deliver(key, body)
            return
        except MalformedDelivery as error:
            log.error(error.says, action=f"{who}.malformed")
            return
        except Exception as error:
            # Only its kind: a database's own words may hold the body, and so a number.
            log.error("A delivery waits", action=f"{who}.deliver", error=type(error).__name__)
        await asyncio.sleep(AGAIN)

"""One signed request to an app's target. The courier loads this when the first one is due."""

import asyncio
import ssl
import time
from functools import cache

import httpx
import msgspec

from hubspot_sandbox.webhooks.outbox import Batch
from hubspot_sandbox.webhooks.signatures import PlainVersion, signed_headers

ANSWER_SECONDS = 5.0
AGENT = "hubspot-sandbox webhooks"


@cache
def _trusted() -> ssl.SSLContext:
    """Made once: it is slow to make."""
    return ssl.create_default_context()


def _client() -> httpx.AsyncClient:
    """No proxies, no redirects: what was registered is called, or nothing."""
    return httpx.AsyncClient(verify=_trusted(), timeout=ANSWER_SECONDS, trust_env=False, follow_redirects=False)


async def sent(url: str, secret: str, batch: Batch, plain: PlainVersion) -> tuple[bool, str]:
    """Whether it was taken, and what was answered. Only 2xx is taken; that a redirect is not is [inf].

    Signed with the machine's time and not the portal's: receivers compare it with theirs.
    """
    body = msgspec.json.encode([each.payload() for each in batch])
    signed = signed_headers(secret, "POST", url, body, time.time_ns() // 1_000_000, plain)
    headers = {"Content-Type": "application/json", "User-Agent": AGENT, **signed}
    try:
        async with asyncio.timeout(ANSWER_SECONDS), _client() as client:
            response = await client.post(url, content=body, headers=headers)
    except (TimeoutError, httpx.TimeoutException):
        return False, f"no answer within {ANSWER_SECONDS:g} seconds"
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return False, f"no answer: {type(error).__name__} {error}".rstrip()
    return response.is_success, f"HTTP {response.status_code}"

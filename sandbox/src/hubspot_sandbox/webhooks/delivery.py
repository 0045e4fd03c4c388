"""The courier: carries what is due to the apps, as long as the server lives.

It looks ten times a second what is due by the portal's clock, which somebody may move by hand. Order is not kept: up to
ten requests are on their way at once, and what failed comes later.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Any

import httpx
import msgspec

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.webhooks.model import Settings, Webhooks, is_local
from hubspot_sandbox.webhooks.outbox import Batch, batches
from hubspot_sandbox.webhooks.signatures import PlainVersion, signed_headers

ANSWER_SECONDS = 5.0
IN_FLIGHT = 10
"""Requests at once to one app for one account, unless its settings say fewer (S47)."""
LOOK_SECONDS = 0.1
AGENT = "hubspot-sandbox webhooks"
log = logging.getLogger("hubspot_sandbox")


class Courier:
    """Sends the notifications of the portal's outbox; `anywhere` also to other machines than this one."""

    def __init__(self, portal: Portal, anywhere: bool = False) -> None:
        self._portal, self._anywhere = portal, anywhere
        self._tasks: set[asyncio.Task[None]] = set()
        self._flying: set[tuple[int, int]] = set()
        self._gates: dict[tuple[int, int, int], asyncio.Semaphore] = {}

    @asynccontextmanager
    async def working(self, _: Any) -> AsyncIterator[None]:
        """A lifespan: while it lasts, what is due is sent."""
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            tasks = [watch, *self._tasks]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def flush(self) -> None:
        """Send all that is due now; returns when it is answered, or has failed."""
        self._send_due()
        while self._tasks:
            await asyncio.wait(self._tasks)
            self._send_due()

    async def _watch(self) -> None:
        while True:
            try:
                self._send_due()
            except Exception:
                log.exception("the webhook courier stumbled")
            await asyncio.sleep(LOOK_SECONDS)

    def _send_due(self) -> None:
        """Set off with what is due and not on its way."""
        webhooks = self._portal.webhooks
        due = [each for each in webhooks.outbox.due() if (id(webhooks), each.id) not in self._flying]
        for batch in batches(due):
            flying = {(id(webhooks), each.id) for each in batch}
            self._flying |= flying
            task = asyncio.create_task(self._carry(webhooks, batch))
            self._tasks.add(task)
            task.add_done_callback(partial(self._landed, flying))

    def _landed(self, flying: set[tuple[int, int]], task: asyncio.Task[None]) -> None:
        self._flying -= flying
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("the webhook courier stumbled", exc_info=task.exception())

    async def _carry(self, webhooks: Webhooks, batch: Batch) -> None:
        settings, app = webhooks.settings(batch[0].app_id), webhooks.app(batch[0].app_id)
        if settings is None or app is None:
            webhooks.outbox.kept_back(batch, "not sent: the app has no webhook settings any more")
            return
        if not self._anywhere and not is_local(settings.target_url):
            webhooks.outbox.kept_back(batch, _STAYS_HOME)
            return
        async with self._gate(settings, batch):
            if webhooks is self._portal.webhooks:  # a reset forgets what waits, and what was on its way
                arrived, answer = await _sent(settings.target_url, app.client_secret, batch, webhooks.plain_signature)
        if webhooks is self._portal.webhooks:
            keep = webhooks.outbox.delivered if arrived else webhooks.outbox.failed
            keep(batch, answer)

    def _gate(self, settings: Settings, batch: Batch) -> asyncio.Semaphore:
        most = min(settings.max_concurrent_requests, IN_FLIGHT)
        key = (settings.app_id, batch[0].account_id, most)
        return self._gates.setdefault(key, asyncio.Semaphore(most))


_STAYS_HOME = (
    "not sent: the target is not on this machine; start the sandbox with --webhooks-anywhere to let it call others"
)


@cache
def _trusted() -> ssl.SSLContext:
    """Made once: it is slow to make."""
    return ssl.create_default_context()


def _client() -> httpx.AsyncClient:
    """No proxies, no redirects: what was registered is called, or nothing."""
    return httpx.AsyncClient(verify=_trusted(), timeout=ANSWER_SECONDS, trust_env=False, follow_redirects=False)


async def _sent(url: str, secret: str, batch: Batch, plain: PlainVersion) -> tuple[bool, str]:
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

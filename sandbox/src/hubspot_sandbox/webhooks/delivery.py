"""The courier: carries what is due to the apps, as long as the server lives.

It looks ten times a second what is due by the portal's clock, which somebody may move by hand. Order is not kept: up to
ten requests are on their way at once, and what failed comes later.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.webhooks.model import Settings, Webhooks, is_local
from hubspot_sandbox.webhooks.outbox import Batch, batches

IN_FLIGHT = 10
"""Requests at once to one app for one account, unless its settings say fewer (S47)."""
LOOK_SECONDS = 0.1
log = logging.getLogger("hubspot_sandbox")


class Courier:
    """Sends the notifications of the portal's outbox; `anywhere` also to other machines than this one."""

    def __init__(self, portal: Portal, anywhere: bool = False) -> None:
        self._portal, self.anywhere = portal, anywhere
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
        if not self.anywhere and not is_local(settings.target_url):
            webhooks.outbox.kept_back(batch, _STAYS_HOME)
            return
        from hubspot_sandbox.webhooks.sending import sent  # with its client, which is slow to load and rarely needed

        async with self._gate(settings, batch):
            if webhooks is self._portal.webhooks:  # a reset forgets what waits, and what was on its way
                arrived, answer = await sent(settings.target_url, app.client_secret, batch, webhooks.plain_signature)
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

"""Upkeep: what is looked after while the service runs, and how it is doing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

import structlog

from offhook.administration import store as help_requests
from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.desktop import store as strays
from offhook.desktop.callers import ActingFor
from offhook.desktop.panels import Panels
from offhook.desktop.rules import Rules
from offhook.directory import store as directory
from offhook.errors import OffhookError
from offhook.grants.elevation import Elevations
from offhook.hubspot.client import Acting
from offhook.jobs import inbox as deliveries
from offhook.jobs import outbox
from offhook.policies import store as policies
from offhook.web.hub import Hub
from offhook.web.metrics import Metrics

log = structlog.get_logger()

RULES_EVERY = timedelta(seconds=5)
# What is finished is kept for questions, then forgotten.
KEEP = timedelta(days=30)
# Who decided what may be asked about much later.
KEEP_DEEDS = timedelta(days=730)
DAY = timedelta(days=1)
UNKNOWN: Final = "unknown"
# How long HubSpot's word counts that somebody is Super Admin, before she administrates anything.
STANDING_AGE = timedelta(minutes=1)
# A database that needs longer for `SELECT 1` is not ready for anything, in seconds.
PATIENCE = 5.0


class Upkeep:
    """Looks after standings and old data, and tells health and metrics."""

    def __init__(
        self,
        database: Database,
        elevations: Elevations,
        panels: Panels,
        acting_for: ActingFor,
        of_account: Callable[[int], Acting],
        now: Callable[[], datetime],
    ) -> None:
        """`of_account(account)`: HubSpot with the grant that an administrator gave for the whole account."""
        self._of_account = of_account
        self._database, self._elevations, self._panels = database, elevations, panels
        self._acting_for, self._now = acting_for, now

    async def standing(self, agent: Agent) -> Agent:
        """The agent with what HubSpot says of her being Super Admin, asked again when that is more than a minute old.

        When HubSpot cannot be asked just now, what it said last counts; when it may not be asked, she is none.
        """
        if agent.super_admin_at and self._now() - agent.super_admin_at < STANDING_AGE:
            return agent
        says = await self._ask_whether_super_admin(agent)
        if says == UNKNOWN:
            return agent
        async with self._database.transaction() as connection:
            pending = await self._elevations.pending(connection, agent.account_id)
            lent = any(each.hubspot_user_id == agent.hubspot_user_id and each.kind == "super-admin" for each in pending)
            await agents.learn_standing(connection, agent.id, False if lent else says, self._now())
            return await agents.get(connection, agent.id)

    async def _ask_whether_super_admin(self, agent: Agent) -> bool | Literal["unknown"] | None:
        """In her own name, else with the account's grant; None when neither may ask, `UNKNOWN` when nobody answered."""
        says: bool | Literal["unknown"] | None = None
        for acting in (self._acting_for(agent), self._of_account(agent.account_id)):
            try:
                says = await acting.is_super_admin(agent.hubspot_user_id)
            except OffhookError as error:
                says = UNKNOWN if error.retryable else None
            if says is not None:
                return says
        return says

    async def tell(self, those: Iterable[Agent]) -> None:
        """Something changed for these agents: their panels get the whole truth."""
        for agent in those:
            await self._panels.changed(agent.id)

    async def watch_rules(self, rules: Rules) -> None:
        """What another node's administrators and agents decided holds here, too, a few seconds later."""
        while True:
            await asyncio.sleep(RULES_EVERY.total_seconds())
            try:
                await rules.refresh()
            except Exception:
                log.exception("The rules could not be read.", action="rules_unread")

    async def forget_what_is_old(self) -> None:
        """Now and once a day."""
        while True:
            try:
                async with self._database.transaction() as connection:
                    moment = self._now() - KEEP
                    await deliveries.forget_before(connection, moment)
                    await outbox.forget_before(connection, moment)
                    await strays.forget_strays(connection, moment)
                    await help_requests.forget_before(connection, moment)
                    await policies.forget_deeds(connection, self._now() - KEEP_DEEDS)
            except Exception:
                log.exception("Old data could not be forgotten.", action="housekeeping_failed")
            await asyncio.sleep(DAY.total_seconds())

    async def health(self, working: bool) -> Mapping[str, str]:
        """Each part's word for `/health/ready`, `ok` when it is. `working`: everything that runs by itself runs."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._database.ping()
            database = "ok"
        except Exception:
            database = "does not answer"
        return {"database": database, "work": "ok" if working else "stopped"}

    async def gauge(self, metrics: Metrics, hub: Hub, unhandled: Callable[..., Awaitable[int]]) -> None:
        """Set the gauges, for whoever reads the metrics now."""
        async with self._database.reading() as connection:
            counts = await outbox.counts(connection)
            metrics.unhandled.set(await unhandled(connection))
            elevations = await self._elevations.accounts_pending(connection)
            metrics.elevations_overdue.set(await self._elevations.overdue(connection))
            progress = (await directory.all_progress(connection)).values()
        looked = [each.looked_at for each in progress if each.looked_at]
        metrics.directory_listing.set(sum(each.listed_at is None for each in progress))
        metrics.directory_behind.set((self._now() - min(looked)).total_seconds() if looked else 0)
        metrics.jobs.clear()
        for (kind, status), count in counts.items():
            metrics.jobs.labels(kind, status).set(count)
        metrics.panels.set(hub.listening())
        metrics.elevations.set(sum(elevations.values()))

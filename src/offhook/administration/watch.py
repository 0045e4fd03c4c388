"""The watch over elevations: asks HubSpot whether they are over, and says which are overdue.

HubSpot is asked only while there is something to take back: often at first, then seldom.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from offhook.administration.lending import BY_HAND, BY_ITSELF, Lending
from offhook.administration.telling import Telling
from offhook.agents import store as agents
from offhook.database import Database
from offhook.desktop.callers import ActingFor
from offhook.errors import OffhookError
from offhook.grants.elevation import Elevation, Elevations
from offhook.hubspot.client import Acting
from offhook.policies import store as policies

log = structlog.get_logger()

EVERY = timedelta(seconds=20)
# What is older than an hour will not end in the next moment.
YOUNG, SELDOM = timedelta(hours=1), timedelta(minutes=5)


class Watch:
    """Looks after what was lent."""

    def __init__(
        self,
        database: Database,
        elevations: Elevations,
        lending: Lending,
        telling: Telling,
        acting_for: ActingFor,
        of_account: Callable[[int], Acting],
        now: Callable[[], datetime],
    ) -> None:
        self._database, self._elevations, self._lending = database, elevations, lending
        self._telling, self._acting_for, self._of_account, self._now = telling, acting_for, of_account, now
        self._looked_at: Mapping[str, datetime] = {}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY.total_seconds())
            try:
                await self.look()
            except Exception:
                log.exception("Elevations could not be checked.", action="elevations_unchecked")

    async def look(self) -> None:
        """Look once."""
        async with self._database.reading() as connection:
            accounts = await self._elevations.accounts_pending(connection)
            pending = [each for one in accounts for each in await self._elevations.pending(connection, one)]
        due = self._due({each.id: each.granted_at for each in pending})
        for elevation in pending:
            if elevation.id in due:
                await self._look_at(elevation)

    def _due(self, begun: Mapping[str, datetime]) -> set[str]:
        """What is to be looked at in this turn: the young each time. What is gone is forgotten."""
        now = self._now()
        before = self._looked_at

        def is_due(what: str, at: datetime) -> bool:
            return now - at < YOUNG or what not in before or now - before[what] >= SELDOM

        due = {what for what, at in begun.items() if is_due(what, at)}
        self._looked_at = {what: now if what in due else before[what] for what in begun}
        return due

    # What was lent.

    async def _look_at(self, elevation: Elevation) -> None:
        if elevation.kind == "super-admin":
            await self._look_whether_demoted(elevation)
        elif elevation.kind == "permission-set" and await self._lending.look(elevation):
            await self._telling.concerned(elevation.account_id, elevation.hubspot_user_id)
        await self._call_overdue(elevation)

    async def _look_whether_demoted(self, elevation: Elevation) -> None:
        async def ask(user_id: int) -> bool | None:
            return await self.is_super_admin(elevation.account_id, user_id)

        if await self._elevations.check([elevation], ask):
            await self._note(elevation, BY_HAND, "elevation-ended", f"{elevation.agent_name} is no Super Admin any more.")
            await self._telling.concerned(elevation.account_id, elevation.hubspot_user_id)

    async def is_super_admin(self, account_id: int, user_id: int) -> bool | None:
        """With the account's grant, else in her own name; None when neither may ask, or nobody answers."""
        async with self._database.reading() as connection:
            agent = await agents.of_user(connection, account_id, user_id)
        for acting in (self._of_account(account_id), *([self._acting_for(agent)] if agent else [])):
            try:
                says = await acting.is_super_admin(user_id)
            except OffhookError:
                continue
            if says is not None:
                return says
        return None

    async def _call_overdue(self, elevation: Elevation) -> None:
        async with self._database.transaction() as connection:
            said = await self._elevations.call_overdue(connection, elevation)
        if said and elevation.called_overdue_at is None:
            await self._note(elevation, BY_ITSELF, "elevation-overdue", f"{elevation.agent_name}: {elevation.why or ''}")
            await self._telling.concerned(elevation.account_id, elevation.hubspot_user_id)

    async def _note(self, elevation: Elevation, who: str, what: str, detail: str) -> None:
        async with self._database.transaction() as connection:
            await policies.record(connection, elevation.account_id, who=who, what=what, detail=detail, now=self._now())

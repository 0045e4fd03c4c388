"""The owner book: the names of the owners of contacts, and who is in a team with whom, for a while in memory."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import structlog
from msgspec import Struct

from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.desktop.callers import ActingFor
from offhook.errors import OffhookError
from offhook.hubspot.owners import Person, mates

log = structlog.get_logger()

# Names and teams seldom change; HubSpot is asked this often at most, for each account.
AGE = timedelta(minutes=15)


class _Page(Struct, frozen=True):
    read_at: datetime
    owners: Mapping[str, Person]


class OwnerBook:
    """One page an account. It is read in the background: no ringing phone waits for a name."""

    def __init__(
        self,
        database: Database,
        acting_for: ActingFor,
        learned: Callable[[], Awaitable[None]],
        now: Callable[[], datetime],
    ) -> None:
        """`learned` is called when somebody's team has changed."""
        self._database, self._acting_for, self._learned, self._now = database, acting_for, learned, now
        self._pages: dict[int, _Page] = {}
        self._reading: dict[int, asyncio.Task[None]] = {}

    def name(self, account_id: int, owner_id: str | None) -> str | None:
        """What an owner is called; None while that is not known."""
        page = self._pages.get(account_id)
        person = page.owners.get(owner_id or "") if page else None
        return person.name or None if person else None

    def freshen(self, agent: Agent) -> None:
        """Read the account's page in this agent's name, unless it was read lately or is being read."""
        page, reading = self._pages.get(agent.account_id), self._reading.get(agent.account_id)
        if (page and self._now() - page.read_at < AGE) or (reading and not reading.done()):
            return
        self._reading[agent.account_id] = asyncio.create_task(self._read(agent))

    async def _read(self, agent: Agent) -> None:
        try:
            owners = await self._acting_for(agent).owners()
        except OffhookError as error:
            # Without the scope there are no names; it is asked again when the page would be old.
            log.info("Owners could not be read.", action="owners_unread", account=agent.account_id, code=error.code)
            known = self._pages.get(agent.account_id)
            self._pages[agent.account_id] = _Page(self._now(), known.owners if known else {})
            return
        self._pages[agent.account_id] = _Page(self._now(), {each.id: each for each in owners})
        await self._keep_mates(agent.account_id, mates(owners))

    async def _keep_mates(self, account_id: int, of_owner: Mapping[str, tuple[str, ...]]) -> None:
        async with self._database.transaction() as connection:
            moved = [
                each
                for each in await agents.in_account(connection, account_id)
                if each.owner_id and each.mates != of_owner.get(each.owner_id, ())
            ]
            for each in moved:
                await agents.learn_mates(connection, each.id, of_owner.get(each.owner_id or "", ()))
        if moved:
            await self._learned()

    async def close(self) -> None:
        """Stop reading."""
        for task in self._reading.values():
            task.cancel()
        await asyncio.gather(*self._reading.values(), return_exceptions=True)

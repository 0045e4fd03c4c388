"""Brings the contacts of a whole account into the directory, so that a caller's name is there as the phone rings.

Page by page, each in a transaction of its own together with how far it went: whoever goes on, after a stop or on another
node, goes on there, and of two who bring the same page one keeps it. Only contacts with numbers are kept. What HubSpot
answers about a number when it is asked still has the last word.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.database import Database
from offhook.directory import progress as steps
from offhook.directory import store
from offhook.directory.index import Directory
from offhook.directory.progress import Progress, Stage, Step, next_step
from offhook.hubspot.client import Acting
from offhook.hubspot.contacts import Contact

log = structlog.get_logger()

# Contacts that are swept out in one transaction.
BATCH = 500


class Standing(Struct, frozen=True):
    """How an account's contacts stand: `known` of them are kept here, those with numbers. `progress` None: not begun."""

    known: int
    progress: Progress | None


class Sync:
    """Keeps the directory up to date with an account's HubSpot."""

    def __init__(
        self, database: Database, directory: Directory, now: Callable[[], datetime], *, every: timedelta, region: str
    ) -> None:
        """`every`: how often what changed is looked at."""
        self._database, self._directory, self._now = database, directory, now
        self.every, self._region = every, region

    async def step(self, acting: Acting, account_id: int) -> datetime:
        """Do what is to be done next; gives when to come again.

        Raises:
            GrantError, HubSpotError: HubSpot could not be asked; nothing is lost by that.
        """
        async with self._database.reading() as connection:
            before = await store.progress_of(connection, account_id)
        step = next_step(before, self._now(), self.every)
        if step is Step.REST and before and before.looked_at:
            return before.looked_at + self.every
        if before is None or step is Step.BEGIN:
            await self._begin(acting, account_id, before)
        else:
            do = {Step.LIST: self._list, Step.LOOK: self._look, Step.SWEEP: self._sweep}[step]
            await do(acting, account_id, before)
        return self._now()

    async def _begin(self, acting: Acting, account_id: int, before: Progress | None) -> None:
        now = self._now()
        newest = await acting.last_changed_contact()
        await self._keep(account_id, before, steps.begun(before, newest, now))
        log.info("The contacts are being listed.", action="directory_listing", account=account_id, total=newest.total)

    async def _list(self, acting: Acting, account_id: int, before: Progress) -> None:
        page = await acting.listed_contacts(before.after)
        await self._keep(account_id, before, steps.listed(before, page), page.contacts)

    async def _look(self, acting: Acting, account_id: int, before: Progress) -> None:
        page = await acting.changed_contacts(before.reads_from, before.offset)
        after = steps.looked(before, page, self._now())
        await self._keep(account_id, before, after, page.contacts)

    async def _sweep(self, acting: Acting, account_id: int, before: Progress) -> None:
        async with self._database.transaction() as connection:
            gone = await store.not_seen_since(connection, account_id, before.swept_before, BATCH)
            after = before if gone else steps.swept(before, self._now())
            if not await store.move(connection, account_id, before, after):
                return
            touched = await store.drop_contacts(connection, account_id, gone) if gone else frozenset[str]()
        self._directory.forget(account_id, touched)
        if after.stage is Stage.KNOWN:
            log.info("All contacts are listed.", action="directory_listed", account=account_id, count=after.listed)

    async def _keep(
        self, account_id: int, before: Progress | None, after: Progress, contacts: Sequence[Contact] = ()
    ) -> None:
        async with self._database.transaction() as connection:
            if not await store.move(connection, account_id, before, after):
                return  # somebody else did it, or the account was forgotten meanwhile
            touched = await self._learn(connection, account_id, contacts)
        self._directory.forget(account_id, touched)

    async def _learn(self, connection: AsyncConnection, account_id: int, contacts: Sequence[Contact]) -> frozenset[str]:
        numbered = [each for each in contacts if each.numbers]
        others = [each.id for each in contacts if not each.numbers]
        touched = await store.keep_contacts(connection, account_id, numbered, self._now(), self._region)
        return touched | (await store.drop_contacts(connection, account_id, others) if others else frozenset())

    async def standing(self, account_id: int) -> Standing:
        async with self._database.reading() as connection:
            known = await store.count_contacts(connection, account_id)
            return Standing(known, await store.progress_of(connection, account_id))

    async def forget(self, account_id: int) -> None:
        """Everything that is known of the account's contacts, however it was learned."""
        async with self._database.transaction() as connection:
            await store.forget_account(connection, account_id)
        self._directory.forget_all(account_id)
        log.info("What was known of the contacts is forgotten.", action="directory_forgotten", account=account_id)

"""The contacts of whole accounts are kept in the directory, for accounts that are connected and want it.

A chain of short jobs for each account: one does a few steps and puts the next, so that it goes on after a stop and never
stands before a call that is to be logged. Without a grant that works the chain waits; what it knows stays. Who forgets
the account's grant, or decides against it, has what was brought forgotten, too.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.database import Database
from offhook.desktop.who import Reason, reason_of
from offhook.directory.progress import Stage
from offhook.directory.sync import Standing, Sync
from offhook.errors import GrantBroken
from offhook.grants import store as grants
from offhook.grants.access import Access
from offhook.grants.grant import Grant, GrantState, holder_of_account
from offhook.hubspot.client import Acting
from offhook.jobs import outbox
from offhook.policies import store as policies
from offhook.policies.policy import Policy

log = structlog.get_logger()

SYNC_DIRECTORY = "sync_directory"
# A page a second, of the ten that HubSpot takes of an app in an account.
PAGES, PAUSE = 5, timedelta(seconds=5)

State = Literal["off", "not-connected", "paused", "listing", "known"]


class SyncJob(Struct, frozen=True):
    account_id: int


class DirectoryView(Struct, frozen=True):
    """How the contacts of an account stand, for its administrators.

    `known`: how many are kept here; those without a number are not. `listed` of about `total` were looked through in the
    list under way, or in the last. `looked_at`: when what changed was last looked at, which happens `every` seconds.
    `reason`: why it is paused.
    """

    state: State
    known: int = 0
    listed: int = 0
    total: int | None = None
    listed_at: datetime | None = None
    looked_at: datetime | None = None
    every: float = 0
    reason: Reason | None = None


class Syncing:
    """Puts the jobs and does them."""

    def __init__(
        self,
        database: Database,
        sync: Sync,
        access: Access,
        of_account: Callable[[int], Acting],
        now: Callable[[], datetime],
    ) -> None:
        """`of_account(account)`: HubSpot with the grant that an administrator gave for the whole account."""
        self._database, self._sync, self._access = database, sync, access
        self._of_account, self._now = of_account, now

    async def put(self, connection: AsyncConnection, account_id: int, at: datetime | None = None) -> None:
        """Begin, or go on; in the caller's transaction. Where it is under way already, nothing changes."""
        if not self._sync.every:
            return
        await outbox.put(
            connection,
            kind=SYNC_DIRECTORY,
            key=f"{SYNC_DIRECTORY} {account_id}",
            payload=msgspec.json.encode(SyncJob(account_id)),
            subject=holder_of_account(account_id),
            account_id=account_id,
            now=self._now(),
            run_at=at,
        )

    async def put_all(self) -> None:
        """Of every account that is connected; for a start, when something may have been given up before."""
        async with self._database.transaction() as connection:
            for account_id in await grants.connected_accounts(connection):
                await self.put(connection, account_id)

    async def go_on(self, payload: bytes) -> None:
        """The handler of the jobs.

        Raises:
            GrantError, HubSpotError: HubSpot could not be asked.
        """
        account_id = msgspec.json.decode(payload, type=SyncJob).account_id
        if not (await self._policy(account_id)).sync_contacts or not self._sync.every:
            return
        acting, at = self._of_account(account_id), self._now()
        for _ in range(PAGES):
            at = await self._sync.step(acting, account_id)
            if at > self._now():
                break
        async with self._database.transaction() as connection:
            await self.put(connection, account_id, max(at, self._now() + PAUSE))

    async def decided(self, account_id: int, before: Policy, after: Policy) -> None:
        """An administrator may have changed whether it is wanted."""
        if before.sync_contacts and not after.sync_contacts:
            await self._sync.forget(account_id)
        if after.sync_contacts and not before.sync_contacts and await self._connected(account_id):
            async with self._database.transaction() as connection:
                await self.put(connection, account_id)

    async def forget(self, account_id: int) -> None:
        """The account's grant was forgotten."""
        await self._sync.forget(account_id)

    async def view(self, account_id: int) -> DirectoryView:
        policy, grant = await self._policy(account_id), await self._grant(account_id)
        if not policy.sync_contacts or not self._sync.every:
            return DirectoryView("off")
        standing = await self._sync.standing(account_id)
        return _view(standing, grant, self._sync.every.total_seconds())

    async def _policy(self, account_id: int) -> Policy:
        async with self._database.reading() as connection:
            return await policies.policy_of(connection, account_id)

    async def _grant(self, account_id: int) -> Grant | None:
        return await self._access.grant_of(holder_of_account(account_id))

    async def _connected(self, account_id: int) -> bool:
        return await self._grant(account_id) is not None


def _view(standing: Standing, grant: Grant | None, every: float) -> DirectoryView:
    if grant is None:
        return DirectoryView("not-connected")
    done, paused = standing.progress, grant.state is not GrantState.ACTIVE
    whole = done is not None and (done.stage is Stage.KNOWN or done.listed_at is not None)
    return DirectoryView(
        state="paused" if paused else "known" if whole else "listing",
        known=standing.known,
        listed=done.listed if done else 0,
        total=done.total if done else None,
        listed_at=done.listed_at if done else None,
        looked_at=done.looked_at if done else None,
        every=every,
        reason=reason_of(GrantBroken(grant.reason)) if grant.state is GrantState.BROKEN else None,
    )

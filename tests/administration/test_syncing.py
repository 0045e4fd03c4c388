"""Jobs that bring the contacts of an account: begun, gone on with, paused and ended by what administrators do."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import insert
from tests.directory.account import Account

from offhook.administration.syncing import PAUSE, SYNC_DIRECTORY, Syncing
from offhook.calls.phone_number import PhoneNumber
from offhook.database import Database
from offhook.directory.index import Directory
from offhook.directory.sync import Sync
from offhook.errors import GrantBroken
from offhook.grants import store as grants
from offhook.grants.grant import Grant, GrantState, holder_of_account
from offhook.jobs import outbox
from offhook.jobs.worker import Worker
from offhook.policies import store as policies
from offhook.policies.policy import Policy

ACORN, BIRCH = 111, 222
EVERY = timedelta(minutes=5)
NUMBER = "+14155550100"
OFF = Policy(sync_contacts=False)


class Office:
    """The rooms, a HubSpot, and a worker that does what is due when it is told to."""

    def __init__(self, database: Database, every: timedelta = EVERY) -> None:
        self.database, self.now = database, datetime(2026, 11, 25, 12, tzinfo=UTC)
        self.account = Account(self.clock, delay=timedelta())
        self.grant: Grant | None = Grant(
            "g", holder_of_account(ACORN), ACORN, "Acorn", 1, "ada@acorn.example", (), GrantState.ACTIVE, None, self.now
        )
        self.directory = Directory(database, self.clock, max_age=EVERY, region="US")
        sync = Sync(database, self.directory, self.clock, every=every, region="US")
        self.syncing = Syncing(database, sync, cast(Any, self), lambda account_id: self.account.acting, self.clock)
        self.worker = Worker(database, {SYNC_DIRECTORY: lambda job: self.syncing.go_on(job.payload)}, self.clock)

    def clock(self) -> datetime:
        return self.now

    async def grant_of(self, holder: str) -> Grant | None:
        """In place of `Access`."""
        return self.grant if self.grant and holder == self.grant.holder else None

    async def begins(self) -> None:
        async with self.database.transaction() as connection:
            await self.syncing.put(connection, ACORN)

    async def decides(self, before: Policy, after: Policy) -> None:
        async with self.database.transaction() as connection:
            await policies.save_policy(connection, ACORN, after)
        await self.syncing.decided(ACORN, before, after)

    async def works(self, passing: timedelta = timedelta()) -> int:
        self.now += passing
        return await self.worker.catch_up()

    async def jobs(self) -> dict[tuple[str, str], int]:
        async with self.database.reading() as connection:
            return dict(await outbox.counts(connection))

    async def knows(self) -> set[str]:
        found = await self.directory.remembered(ACORN, PhoneNumber(NUMBER))
        return {each.id for each in found.contacts} if found else set()


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


async def test_a_few_pages_at_a_time_until_all_are_known_and_then_what_changes(office: Office) -> None:
    for each in range(1, 12):
        office.account.has(str(each), NUMBER)
        office.now += timedelta(hours=1)
    await office.begins()
    await office.begins()
    assert await office.works() == 1, "one job for an account"
    view = await office.syncing.view(ACORN)
    assert (view.state, view.known, view.listed, view.total) == ("listing", 8, 8, 11)
    assert await office.works() == 0, "it takes a pause"
    assert await office.works(PAUSE) == 1
    view = await office.syncing.view(ACORN)
    assert (view.state, view.known, view.looked_at) == ("known", 11, office.now)
    office.account.has("12", NUMBER)
    assert await office.works(EVERY / 2) == 0
    assert await office.works(EVERY / 2) == 1
    assert "12" in await office.knows()


async def test_without_a_grant_that_works_it_waits_and_goes_on_where_it_was(office: Office) -> None:
    for each in range(1, 12):
        office.account.has(str(each), NUMBER)
        office.now += timedelta(hours=1)
    await office.begins()
    await office.works()
    office.account.problem = GrantBroken("Revoked.")
    assert office.grant
    office.grant = Grant(
        *(getattr(office.grant, name) for name in Grant.__struct_fields__[:7]), GrantState.BROKEN, "Revoked.", office.now
    )
    await office.works(PAUSE)
    assert await office.jobs() == {(SYNC_DIRECTORY, "waiting"): 1}
    view = await office.syncing.view(ACORN)
    assert (view.state, view.known, view.reason and view.reason.says) == ("paused", 8, "Revoked.")
    assert await office.works(timedelta(hours=1)) == 0
    office.account.problem, before = None, office.account.asked.count("list")
    async with office.database.transaction() as connection:
        await outbox.resume(connection, holder_of_account(ACORN), office.now)
    await office.works()
    await office.works(PAUSE)
    assert office.account.asked.count("list") == before + 2, "not from the beginning"
    assert len(await office.knows()) == 11


async def test_who_decides_against_it_has_it_forgotten_and_nothing_comes_back(office: Office) -> None:
    office.account.has("1", NUMBER)
    await office.begins()
    await office.works()
    assert await office.knows() == {"1"}
    await office.decides(Policy(), OFF)
    assert (await office.knows(), (await office.syncing.view(ACORN)).state) == (set(), "off")
    await office.works(EVERY)
    assert (await office.knows(), await office.jobs()) == (set(), {})
    await office.decides(OFF, Policy())
    await office.works()
    assert await office.knows() == {"1"}


async def test_without_the_accounts_grant_nothing_begins_and_what_was_brought_is_forgotten(office: Office) -> None:
    office.account.has("1", NUMBER)
    await office.begins()
    await office.works()
    office.grant = None
    await office.syncing.forget(ACORN)
    assert (await office.knows(), (await office.syncing.view(ACORN)).state) == (set(), "not-connected")
    await office.decides(OFF, Policy())
    assert (await office.syncing.view(BIRCH)).state == "not-connected"


async def test_the_operator_may_want_none_of_it(database: Database) -> None:
    office = Office(database, timedelta())
    await office.begins()
    assert (await office.jobs(), (await office.syncing.view(ACORN)).state) == ({}, "off")


async def test_at_a_start_it_goes_on_for_every_account_that_is_connected(office: Office) -> None:
    for holder, account in ((holder_of_account(ACORN), ACORN), ("ben", BIRCH)):
        values = dict.fromkeys(("account_name", "email", "scopes"), "[]")
        values |= {"id": holder, "holder": holder, "account_id": account, "hubspot_user_id": account, "state": "active"}
        async with office.database.transaction() as connection:
            await connection.execute(insert(grants.hubspot_grant).values(**values, since=office.now))
    await office.syncing.put_all()
    assert await office.jobs() == {(SYNC_DIRECTORY, "ready"): 1}

"""The watch over what was lent: whom it asks about, how often, and what it notices by itself."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from offhook.administration.watch import SELDOM, Watch
from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.errors import HubSpotUnreachable, OffhookError
from offhook.grants.elevation import Elevation, Elevations, Refusal
from offhook.policies import store as policies

ACORN, BEN = 111, 7


@dataclass
class FakeHubSpot:
    """In the account's name, or in an agent's. `may`: None, or why it cannot be asked."""

    super_admins: set[int] = field(default_factory=set)
    may: OffhookError | None = None
    asked: int = 0

    async def is_super_admin(self, user_id: int) -> bool | None:
        self.asked += 1
        if self.may:
            raise self.may
        return user_id in self.super_admins


@dataclass
class World:
    database: Database
    now: datetime = datetime(2026, 11, 25, 12, tzinfo=UTC)
    of_account: FakeHubSpot = field(default_factory=FakeHubSpot)
    of_ben: FakeHubSpot = field(default_factory=FakeHubSpot)
    told: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.elevations = Elevations(self.database, self.clock)
        account, ben = cast(Any, self.of_account), cast(Any, self.of_ben)
        telling = cast(Any, self)
        self.watch = Watch(
            self.database,
            self.elevations,
            cast(Any, None),
            telling,
            lambda agent: ben,
            lambda account_id: account,
            self.clock,
        )

    def clock(self) -> datetime:
        return self.now

    async def concerned(self, account_id: int, user_id: int) -> None:
        self.told.append((account_id, user_id))

    async def ben_is_super_admin(self) -> None:
        """For the time being, as the account's grant shows."""
        self.of_account.super_admins.add(BEN)
        who = {"agent_id": "", "agent_name": "Ben Bright", "email": "ben@acorn.example"}
        async with self.database.transaction() as connection:
            await self.elevations.noticed(
                connection, Refusal(self.now, "{}"), account_id=ACORN, hubspot_user_id=BEN, **who
            )

    async def pending(self) -> list[Elevation]:
        async with self.database.reading() as connection:
            return await self.elevations.pending(connection, ACORN)

    async def deeds(self) -> list[str]:
        async with self.database.reading() as connection:
            return [each.deed for each in await policies.deeds(connection, ACORN)]

    async def ben_connects(self) -> Agent:
        async with self.database.transaction() as connection:
            return await agents.arrive(
                connection, account_id=ACORN, hubspot_user_id=BEN, email="ben@acorn.example", now=self.now
            )


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


async def test_he_is_asked_about_in_his_own_name_when_the_account_is_not_connected(world: World) -> None:
    await world.ben_is_super_admin()
    world.of_account.may = HubSpotUnreachable()
    await world.watch.look()
    assert len(await world.pending()) == 1, "nobody could be asked, so nothing is over"
    await world.ben_connects()
    await world.watch.look()
    assert await world.pending() == []


async def test_what_is_old_is_asked_about_seldom_and_called_overdue_once(world: World) -> None:
    await world.ben_is_super_admin()
    world.now += timedelta(hours=5)
    await world.watch.look()
    asked = world.of_account.asked
    await world.watch.look()
    world.now += SELDOM - timedelta(seconds=1)
    await world.watch.look()
    assert world.of_account.asked == asked
    world.now += timedelta(seconds=1)
    await world.watch.look()
    assert world.of_account.asked > asked
    assert await world.deeds() == ["elevation-overdue"]


async def test_it_is_over_as_soon_as_hubspot_says_so_and_everybody_is_told(world: World) -> None:
    await world.ben_is_super_admin()
    await world.watch.look()
    assert (len(await world.pending()), world.told) == (1, [])
    world.of_account.super_admins.clear()
    await world.watch.look()
    assert (await world.pending(), world.told) == ([], [(ACORN, BEN)])
    assert await world.deeds() == ["elevation-ended"]


async def test_nothing_is_asked_while_nothing_was_lent(world: World) -> None:
    await world.ben_connects()
    await world.watch.look()
    assert (world.of_account.asked, world.of_ben.asked) == (0, 0)

"""The watch over what was lent: whom it asks about, how often, and what it notices by itself."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import pytest

from offhook.administration import store as help_requests
from offhook.administration.store import HelpRequest
from offhook.administration.watch import SELDOM, Watch
from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.errors import HubSpotUnreachable, OffhookError
from offhook.grants.elevation import Elevation, Elevations
from offhook.hubspot.users import User
from offhook.policies import store as policies

ACORN, BEN = 111, 7
REPORT = '{"missing": [{"right": "Contacts > Edit", "sure": "proved"}]}'


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

    async def user(self, user_id: int) -> User | None:
        admin = await self.is_super_admin(user_id)
        return User(user_id, "ben@acorn.example", "Ben", "Bright", bool(admin), ())


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

    async def help_asked(self, user_id: int | None = BEN) -> None:
        request = HelpRequest(uuid4().hex, ACORN, "ben@acorn.example", user_id, None, REPORT, self.now)
        async with self.database.transaction() as connection:
            await help_requests.ask_for_help(connection, request)

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


async def test_who_asked_for_help_and_is_made_super_admin_is_noticed_before_he_connects(world: World) -> None:
    await world.help_asked()
    await world.watch.look()
    assert await world.pending() == []
    world.of_account.super_admins.add(BEN)
    await world.watch.look()
    [elevation] = await world.pending()
    assert (elevation.kind, elevation.agent_id, elevation.agent_name) == ("super-admin", "", "Ben Bright")
    assert (elevation.rights, elevation.checked) == (("Contacts > Edit",), True)
    assert "Contacts > Edit" in (elevation.why or "")
    await world.watch.look()
    assert len(await world.pending()) == 1
    assert (await world.deeds(), world.told) == (["elevation-noticed"], [(ACORN, BEN)])
    world.of_account.super_admins.clear()
    await world.watch.look()
    assert await world.pending() == []


async def test_somebody_of_whom_only_the_address_is_known_is_not_asked_about(world: World) -> None:
    await world.help_asked(user_id=None)
    await world.watch.look()
    assert world.of_account.asked == 0


async def test_he_is_asked_about_in_his_own_name_when_the_account_is_not_connected(world: World) -> None:
    await world.help_asked()
    world.of_account.super_admins.add(BEN)
    await world.watch.look()
    world.of_account.may = HubSpotUnreachable()
    await world.watch.look()
    assert len(await world.pending()) == 1, "nobody could be asked, so nothing is over"
    await world.ben_connects()
    await world.watch.look()
    assert await world.pending() == []


async def test_what_is_old_is_asked_about_seldom_and_called_overdue_once(world: World) -> None:
    await world.help_asked()
    world.of_account.super_admins.add(BEN)
    await world.watch.look()
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
    assert sorted(await world.deeds()) == ["elevation-noticed", "elevation-overdue"]


async def test_nothing_is_asked_while_nothing_was_lent(world: World) -> None:
    await world.ben_connects()
    await world.watch.look()
    assert (world.of_account.asked, world.of_ben.asked) == (0, 0)

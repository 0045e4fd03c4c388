"""Who asked for help, and was made Super Admin since: noticed before she connects, and known when she does."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec
import pytest

from offhook.administration import store
from offhook.administration.promotions import Promotions, known_before
from offhook.administration.store import HelpRequest, Standing
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.grants.elevation import MEMORY, Elevations
from offhook.hubspot.users import User
from offhook.policies import store as policies

ACORN, BEN = 111, 7
EMAIL = "ben@acorn.example"
REPORT = '{"missing": [{"right": "Contacts > Edit", "sure": "proved"}]}'
NONE, SUPER_ADMIN = (msgspec.json.encode(Standing(each, ())).decode() for each in (False, True))
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SIGNED_IN = Agent("ben", ACORN, BEN, EMAIL, "Ben")


def asked(user_id: int | None = None, email: str = EMAIL, standing: str | None = NONE) -> HelpRequest:
    return HelpRequest("h" * 32, ACORN, email, user_id, None, REPORT, NOW, standing=standing)


@dataclass
class Told:
    whom: list[tuple[int, int]] = field(default_factory=list)

    async def concerned(self, account_id: int, user_id: int) -> None:
        self.whom.append((account_id, user_id))


async def test_it_is_remembered_once_and_everybody_is_told(database: Database) -> None:
    told, elevations = Told(), Elevations(database, lambda: NOW)
    promotions = Promotions(database, elevations, cast(Any, told), lambda: NOW)
    for _ in range(2):
        await promotions.notice(asked(), User(BEN, EMAIL, "Ben", "Bright", True, ()))
    async with database.reading() as connection:
        [elevation] = await elevations.pending(connection, ACORN)
        [deed] = await policies.deeds(connection, ACORN)
    assert (elevation.kind, elevation.agent_id, elevation.agent_name) == ("super-admin", "", "Ben Bright")
    assert (elevation.rights, elevation.checked, elevation.asked_at) == (("Contacts > Edit",), True, NOW)
    assert "Contacts > Edit" in (elevation.why or "")
    assert (deed.deed, told.whom) == ("elevation-noticed", [(ACORN, BEN)])


async def test_of_two_nodes_that_notice_it_at_the_same_moment_one_remembers_it(database_url: str) -> None:
    nodes, told = [Database(database_url) for _ in range(2)], Told()
    try:
        each_node = [Promotions(node, Elevations(node, lambda: NOW), cast(Any, told), lambda: NOW) for node in nodes]
        user = User(BEN, EMAIL, "Ben", "Bright", True, ())
        await asyncio.gather(*(promotions.notice(asked(), user) for promotions in each_node * 4))
        async with nodes[0].reading() as connection:
            assert len(await Elevations(nodes[0], lambda: NOW).pending(connection, ACORN)) == 1
            assert len(await policies.deeds(connection, ACORN)) == 1
    finally:
        for node in nodes:
            await node.close()
    assert told.whom == [(ACORN, BEN)]


@pytest.mark.parametrize(
    ("request_", "before", "refused"),
    [
        (asked(user_id=BEN), False, True),
        (asked(), False, False),
        (asked(standing=SUPER_ADMIN), True, False),
        (asked(standing=None), None, False),
        (asked(email="cleo@acorn.example"), None, False),
        (asked(email=""), None, False),
    ],
    ids=["signed in", "in her name", "super admin then", "not learned", "another", "nameless"],
)
async def test_what_was_asked_in_somebodys_name_proves_nothing_but_what_hubspot_said_then(
    database: Database, request_: HelpRequest, before: bool | None, refused: bool
) -> None:
    async with database.transaction() as connection:
        await store.ask_for_help(connection, request_)
    async with database.reading() as connection:
        known, refusal = await known_before(connection, SIGNED_IN, NOW)
        assert (known, refusal is not None) == (before, refused)
        assert await known_before(connection, SIGNED_IN, NOW + MEMORY + timedelta(seconds=1)) == (None, None)
        nameless = msgspec.structs.replace(SIGNED_IN, email="", hubspot_user_id=8)
        assert await known_before(connection, nameless, NOW) == (None, None)
        standing = msgspec.structs.replace(SIGNED_IN, super_admin=True)
        assert (await known_before(connection, standing, NOW))[0] is True

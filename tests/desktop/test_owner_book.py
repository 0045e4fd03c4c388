"""The names of owners, and teams: read in the background, and not asked for again and again."""

import pytest
from tests.desktop.office import ACORN, Office

from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.desktop.owner_book import OwnerBook
from offhook.errors import MissingScope
from offhook.hubspot.owners import Person

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class World:
    def __init__(self, office: Office) -> None:
        self.office, self.learned, self.asked = office, 0, 0
        self.answer: tuple[Person, ...] | Exception = ()
        self.book = OwnerBook(office.database, lambda agent: self, self.teams, office.clock)  # type: ignore[arg-type, return-value]

    async def teams(self) -> None:
        self.learned += 1

    async def owners(self) -> tuple[Person, ...]:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def read(self, agent: Agent) -> None:
        self.book.freshen(agent)
        self.book.freshen(agent)
        for task in list(self.book._reading.values()):
            await task


@pytest.fixture
def world(office: Office) -> World:
    return World(office)


async def test_names_and_teams_are_learned_once_in_a_while(world: World, office: Office, ben: Agent) -> None:
    world.answer = (Person(ben.owner_id or "", "Ben Bright", ("a",)), Person("5", "Cleo Costa", ("a",)))
    assert world.book.name(ACORN, "5") is None
    await world.read(ben)
    await world.read(ben)
    assert world.asked == 1
    assert (world.book.name(ACORN, "5"), world.book.name(ACORN, None), world.book.name(ACORN + 1, "5")) == (
        "Cleo Costa",
        None,
        None,
    )
    async with office.database.reading() as connection:
        assert set((await agents.get(connection, ben.id)).mates) == {ben.owner_id, "5"}
    assert world.learned == 1
    office.clock.advance(minutes=16)
    await world.read(ben)
    assert (world.asked, world.learned) == (2, 1), "nothing changed"


async def test_without_the_scope_there_are_no_names_and_no_storm_of_requests(world: World, ben: Agent) -> None:
    world.answer = MissingScope()
    await world.read(ben)
    await world.read(ben)
    assert (world.asked, world.book.name(ACORN, "5")) == (1, None)

"""The office and its people."""

from collections.abc import AsyncIterator

import pytest
from tests.desktop.office import ACORN, BIRCH, Clock, Office

from offhook.agents.agent import Agent
from offhook.database import Database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def office(database: Database, clock: Clock) -> AsyncIterator[Office]:
    office = Office(database, clock)
    await office.exchange.start(office.deliver)
    yield office
    await office.exchange.stop()
    await office.screen_pop.stop()
    await office.directory.close()


@pytest.fixture
async def ben(office: Office) -> Agent:
    return await office.agent("Ben", ACORN, "201")


@pytest.fixture
async def cleo(office: Office) -> Agent:
    return await office.agent("Cleo", ACORN, "202")


@pytest.fixture
async def zed(office: Office) -> Agent:
    """Of another account, on the same exchange."""
    return await office.agent("Zed", BIRCH, "203")

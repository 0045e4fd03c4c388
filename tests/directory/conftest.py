"""A HubSpot that answers from a list, and a directory over it."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from offhook.calls.phone_number import PhoneNumber
from offhook.database import Database
from offhook.directory.index import Directory
from offhook.errors import OffhookError
from offhook.hubspot.client import Acting
from offhook.hubspot.contacts import Contact

ACCOUNT = 111
MAX_AGE = timedelta(minutes=10)


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Asked:
    """In place of `Acting`: gives `has`, or fails with `problem`; while `held`, the answer is on its way.

    `came` is set when somebody has asked.
    """

    has: tuple[Contact, ...] = ()
    problem: OffhookError | None = None
    numbers: list[PhoneNumber] = field(default_factory=list)
    held: asyncio.Event | None = None
    came: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def acting(self) -> Acting:
        return cast(Acting, self)

    async def contacts_with_number(self, number: PhoneNumber) -> tuple[Contact, ...]:
        self.numbers.append(number)
        self.came.set()
        if self.held:
            await self.held.wait()
        if self.problem:
            raise self.problem
        return self.has


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def directory(database: Database, clock: Clock) -> Directory:
    return Directory(database, clock, max_age=MAX_AGE, region="US")


@pytest.fixture
def other_node(database: Database, clock: Clock) -> Directory:
    """The same database, another process: nothing in memory."""
    return Directory(database, clock, max_age=MAX_AGE, region="US")

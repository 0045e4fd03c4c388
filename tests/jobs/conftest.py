"""A clock that tests move, and a second node beside the one under test."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from offhook.database import Database


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def tick(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def other_node(database_url: str) -> AsyncIterator[Database]:
    """The same database, as another process sees it."""
    other = Database(database_url)
    yield other
    await other.close()

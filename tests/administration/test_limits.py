"""How often something may be asked."""

from datetime import UTC, datetime, timedelta

import pytest

from offhook.administration import limits
from offhook.administration.limits import Turns

NOON, HOUR = datetime(2026, 11, 25, 12, tzinfo=UTC), timedelta(hours=1)


def test_so_many_in_an_hour_for_each() -> None:
    turns = Turns(2, HOUR)
    assert [turns.take("eve", NOON) for _ in range(3)] == [True, True, False]
    assert turns.take("ben", NOON)
    assert not turns.take("eve", NOON + HOUR - timedelta(seconds=1))
    assert turns.take("eve", NOON + HOUR)


def test_what_is_remembered_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MANY", 3)
    turns = Turns(1, HOUR)
    assert [turns.take(str(n), NOON) for n in range(4)] == [True, True, True, False]
    assert turns.take("4", NOON + HOUR)

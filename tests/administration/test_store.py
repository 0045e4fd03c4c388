"""Requests for help belong to one account, on both engines."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from offhook.administration import store
from offhook.administration.store import HelpRequest
from offhook.database import Database

ACORN, BIRCH = 1, 2
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def asked(request_id: str, account: int = ACORN, **more: Any) -> HelpRequest:
    values: dict[str, Any] = {"email": "eve@acorn.example", "hubspot_user_id": None, "attempt_id": None, "report": "{}"}
    return HelpRequest(id=request_id, account_id=account, **({"asked_at": NOON} | values | more))


async def keep(database: Database, *requests: HelpRequest) -> None:
    async with database.transaction() as connection:
        for each in requests:
            await store.ask_for_help(connection, each)


async def open_ids(database: Database, account: int = ACORN) -> list[str]:
    async with database.reading() as connection:
        return [each.id for each in await store.open_requests(connection, account)]


async def test_an_account_has_its_own_newest_first(database: Database) -> None:
    await keep(database, asked("old"), asked("new", asked_at=NOON + timedelta(1)), asked("other", BIRCH))
    assert await open_ids(database) == ["new", "old"]
    async with database.transaction() as connection:
        assert await store.count_since(connection, ACORN, NOON) == 1
        assert await store.count_since(connection, BIRCH, NOON - timedelta(1)) == 1


async def test_nobody_changes_another_accounts(database: Database) -> None:
    await keep(database, asked("hers"))
    async with database.transaction() as connection:
        assert not await store.change_request(connection, BIRCH, "hers", task_id="1")
        assert await store.change_request(connection, ACORN, "hers", task_id="1")


async def test_who_is_connected_has_her_own_solved_and_nobody_elses(database: Database) -> None:
    await keep(
        database,
        asked("by address"),
        asked("by attempt", email="", attempt_id="a1"),
        asked("by user", email="other@acorn.example", hubspot_user_id=7),
        asked("colleague", email="dev@acorn.example"),
        asked("nameless", email=""),
        asked("proven colleague", hubspot_user_id=8),
        asked("another account", BIRCH),
    )
    async with database.transaction() as connection:
        who = {"user_id": 7, "email": "EVE@acorn.example", "attempt_id": "a1", "now": NOON}
        assert await store.solve(connection, ACORN, **who) == 3
        assert await store.solve(connection, ACORN, **who | {"email": ""}) == 0
    assert set(await open_ids(database)) == {"colleague", "nameless", "proven colleague"}
    assert await open_ids(database, BIRCH) == ["another account"]


async def test_accounts_are_looked_at_while_somebody_waits(database: Database) -> None:
    await keep(database, asked("a"), asked("b"), asked("c", BIRCH, attended_at=NOON), asked("d", 3, solved_at=NOON))
    async with database.reading() as connection:
        assert await store.accounts_asking(connection, NOON - timedelta(1)) == [ACORN]
        assert await store.accounts_asking(connection, NOON) == []


async def test_what_is_old_is_forgotten(database: Database) -> None:
    await keep(database, asked("old"), asked("new", asked_at=NOON + timedelta(1)))
    async with database.transaction() as connection:
        await store.forget_before(connection, NOON + timedelta(hours=1))
    assert await open_ids(database) == ["new"]


@pytest.mark.parametrize(
    ("request_", "hers"),
    [
        (asked("claimed"), True),
        (asked("claimed", email="EVE@ACORN.example"), True),
        (asked("claimed", email=""), False),
        (asked("proven", hubspot_user_id=7), True),
        (asked("proven to be another", hubspot_user_id=8), False),
    ],
)
def test_whose_a_request_is(request_: HelpRequest, hers: bool) -> None:
    assert request_.is_of(7, "eve@acorn.example") is hers
    assert not request_.is_of(9, "")

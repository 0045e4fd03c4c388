"""Agents and their sign-ins, on both engines."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from offhook.agents import store
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.errors import LineTaken, NotFound

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def arrive(database: Database, email: str = "ben@acorn.example", account: int = 1, user: int = 7) -> Agent:
    async with database.transaction() as connection:
        agent = await store.arrive(connection, account_id=account, hubspot_user_id=user, email=email, now=NOW)
        await store.choose_phone_system(connection, agent.id, "exchange", NOW)
        return await store.get(connection, agent.id)


async def take(database: Database, agent: Agent, line: str = "201", now: datetime = NOW) -> Agent:
    async with database.transaction() as connection:
        await store.take_line(connection, agent, line, f"Line {line}", now)
        return await store.get(connection, agent.id)


async def test_whoever_comes_again_is_the_same_agent(database: Database) -> None:
    first, again = await arrive(database), await arrive(database, "ben@new.example")
    assert (first.id, again.email, again.name) == (again.id, "ben@new.example", "ben")
    assert (await arrive(database, "")).email == "ben@new.example"


async def test_whoever_comes_in_two_tabs_at_once_is_one_agent(database: Database) -> None:
    arrived = await asyncio.gather(*(arrive(database) for _ in range(5)))
    assert len({each.id for each in arrived}) == 1


async def test_the_same_person_in_two_accounts_is_two_agents(database: Database) -> None:
    here, there = await arrive(database), await arrive(database, account=2)
    assert here.id != there.id
    async with database.reading() as connection:
        assert {each.id for each in await store.by_email(connection, "BEN@acorn.example")} == {here.id, there.id}
        assert [each.id for each in await store.in_account(connection, 2)] == [there.id]
        assert await store.of_user(connection, 2, 7) == there
        assert await store.of_user(connection, 3, 7) is None


async def test_somebody_without_an_address_has_a_name_all_the_same(database: Database) -> None:
    assert (await arrive(database, "")).name == "HubSpot user 7"


async def test_a_line_rings_one_agent(database: Database) -> None:
    ben, cleo = await take(database, await arrive(database)), await arrive(database, "cleo@acorn.example", user=8)
    with pytest.raises(LineTaken, match="ben is logged in to line 201"):
        await take(database, cleo)
    zed = await arrive(database, "zed@birch.example", account=2)
    with pytest.raises(LineTaken, match="Somebody is logged in"):
        await take(database, zed)
    assert (await take(database, ben)).line == "201"
    async with database.transaction() as connection:
        assert await store.on_line(connection, "exchange", "201") == ben
        assert await store.on_line(connection, "webhook", "201") is None
        await store.leave_line(connection, ben.id, NOW)
    assert (await take(database, cleo)).line == "201"


async def test_of_two_who_take_a_line_at_the_same_moment_one_is_told(database: Database) -> None:
    ben, cleo = await arrive(database), await arrive(database, "cleo@acorn.example", user=8)
    took, go_on = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with database.transaction() as connection:
            await store.take_line(connection, ben, "201", "", NOW)
            took.set()
            await go_on.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(first())
        await took.wait()
        second = group.create_task(_refused(database, cleo))
        await _until_it_waits(database)
        go_on.set()
    assert second.result() == "line-taken"


async def _refused(database: Database, agent: Agent) -> str:
    try:
        await take(database, agent)
    except LineTaken as error:
        return error.code
    return "taken"


async def _until_it_waits(database: Database) -> None:
    """Until one transaction waits for the other. On SQLite it does so from the start: there is one writer."""
    while not database.is_sqlite:
        async with database.reading() as connection:
            if await connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                return


async def test_another_phone_system_means_another_line(database: Database) -> None:
    ben = await take(database, await arrive(database))
    async with database.transaction() as connection:
        await store.choose_phone_system(connection, ben.id, "webhook", NOW)
        ben = await store.get(connection, ben.id)
    assert (ben.phone_system, ben.line, ben.line_name) == ("webhook", None, None)


async def test_a_token_is_kept_as_a_hash_and_works_until_it_is_signed_out(database: Database) -> None:
    ben = await arrive(database)
    async with database.transaction() as connection:
        here, there = [await store.sign_in_agent(connection, ben.id, NOW) for _ in range(2)]
        kept = (await connection.execute(select(store.sign_in.c.token_hash))).scalars().all()
        assert here not in "".join(kept)
        assert await store.signed_in(connection, here) == ben
        assert await store.signed_in(connection, f"{here}x") is None
        await store.sign_out(connection, here)
        assert await store.signed_in(connection, here) is None
        assert await store.signed_in(connection, there) == ben
        await store.sign_out_everywhere(connection, ben.id)
        assert await store.signed_in(connection, there) is None


async def test_what_is_learned_and_chosen_is_kept(database: Database) -> None:
    ben = await arrive(database)
    async with database.transaction() as connection:
        await store.learn(connection, ben.id, name="Ben Bright", owner_id="42")
        await store.set_available(connection, ben.id, False)
        ben = await store.get(connection, ben.id)
    assert (ben.name, ben.owner_id, ben.available) == ("Ben Bright", "42", False)
    assert (await take(database, ben)).available


async def test_there_is_no_agent_by_a_wrong_id(database: Database) -> None:
    async with database.reading() as connection:
        with pytest.raises(NotFound):
            await store.get(connection, "nobody")


async def test_it_is_remembered_who_was_on_a_line_when(database: Database) -> None:
    ben, cleo = await arrive(database), await arrive(database, "cleo@acorn.example", user=8)
    noon, evening = NOW + timedelta(hours=4), NOW + timedelta(hours=9)
    await take(database, ben)
    async with database.transaction() as connection:
        await store.leave_line(connection, ben.id, noon)
    await take(database, cleo, now=noon)
    await take(database, cleo, "202", evening)

    async with database.reading() as connection:

        async def there(line: str, at: datetime) -> str | None:
            found = await store.was_on_line(connection, "exchange", line, at)
            return found.id if found else None

        second = timedelta(seconds=1)
        assert await there("201", NOW - second) is None
        assert [await there("201", NOW), await there("201", noon - second)] == [ben.id, ben.id]
        assert [await there("201", noon), await there("201", evening - second)] == [cleo.id, cleo.id]
        assert [await there("201", evening + second), await there("202", evening)] == [None, cleo.id]
        kept = {(each.line, each.since, each.until) for each in await store.stays(connection, "exchange")}
    assert kept == {("201", NOW, noon), ("201", noon, evening), ("202", evening, None)}


async def test_old_stays_are_forgotten(database: Database) -> None:
    ben = await take(database, await arrive(database))
    for months in range(1, 4):
        await take(database, ben, f"20{months + 1}", NOW + months * timedelta(days=31))
    async with database.reading() as connection:
        assert [each.line for each in await store.stays(connection, "exchange")] == ["203", "204"]

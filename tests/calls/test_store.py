"""Calls in the database, on both engines."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from offhook.calls import store
from offhook.calls.call import Call, Ending, Leg, Party
from offhook.calls.events import Direction, EndReason
from offhook.calls.store import KeptCall
from offhook.calls.wrap_up import WrapUp
from offhook.database import Database
from offhook.errors import NotFound

AT = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)


def heard(key: str, began: datetime = AT, **more: object) -> KeptCall:
    leg = Leg(f"{key}.1", "201", alerting_at=began)
    call = Call("exchange", f"x-{key}", began, Direction.INBOUND, Party("+14155550100", "Zoë <b>"), began, (leg,))
    return replace(KeptCall(key, call, 1, {"201": "ben"}), **more)


def over(kept: KeptCall) -> KeptCall:
    [leg] = kept.call.legs
    leg = replace(leg, ending=Ending(kept.call.began + timedelta(minutes=1), EndReason.HUNG_UP))
    return replace(kept, call=replace(kept.call, legs=(leg,)))


async def keep(database: Database, *calls: KeptCall, agent: str = "ben") -> None:
    async with database.transaction() as connection:
        for each in calls:
            await store.add(connection, each)
            await store.show_to(connection, each, agent)


async def test_a_call_comes_back_as_it_was_kept(database: Database) -> None:
    kept = heard("c1", wrap_up=WrapUp("Notes\n\0\U0001f600", "busy", "7", AT), desk='{"log":{"state":"off"}}')
    await keep(database, kept)
    async with database.reading() as connection:
        assert await store.get(connection, "c1") == kept
        assert await store.heard_as(connection, "exchange", "x-c1") == kept
        assert await store.of_agent(connection, "ben", "c1") == kept
        assert await store.heard_as(connection, "webhook", "x-c1") is None


async def test_what_is_saved_takes_the_place_of_what_was(database: Database) -> None:
    await keep(database, heard("c1"))
    changed = over(heard("c1", wrap_up=WrapUp("More")))
    async with database.transaction() as connection:
        await store.save(connection, changed)
        assert await store.get(connection, "c1") == changed


async def test_a_call_is_its_agents_and_nobody_elses(database: Database) -> None:
    await keep(database, heard("c1"))
    async with database.reading() as connection:
        for agent, call in (("cleo", "c1"), ("ben", "c2"), ("", "c1")):
            with pytest.raises(NotFound):
                await store.of_agent(connection, agent, call)
        with pytest.raises(NotFound):
            await store.get(connection, "c2")
        assert await store.recent(connection, "cleo") == []


async def test_recent_calls_come_newest_first_and_in_pages(database: Database) -> None:
    await keep(database, *(heard(f"c{n}", AT + timedelta(minutes=n)) for n in (2, 0, 1)))
    async with database.transaction() as connection:
        assert [each.id for each in await store.recent(connection, "ben", limit=2)] == ["c2", "c1"]
        rest = await store.recent(connection, "ben", before=AT + timedelta(minutes=1))
        assert [each.id for each in rest] == ["c0"]
        older = heard("c2", AT - timedelta(minutes=5))
        await store.save(connection, older)
        await store.move(connection, older)
        assert [each.id for each in await store.recent(connection, "ben")] == ["c1", "c0", "c2"]


async def test_the_calls_that_have_not_ended_are_found_again(database: Database) -> None:
    await keep(database, heard("c1"), over(heard("c2")))
    async with database.reading() as connection:
        assert [each.id for each in await store.live(connection, "exchange")] == ["c1"]
        assert await store.live(connection, "webhook") == []


def test_who_speaks_for_a_call_is_on_the_leg_that_does() -> None:
    assert heard("c1").agent_id == "ben"
    assert heard("c1").line_of("ben") == "201"
    assert heard("c1").line_of("cleo") is None
    assert heard("c1", agents={"201": ""}).agent_id is None
    assert KeptCall("c2", Call("exchange", "x", AT)).agent_id is None

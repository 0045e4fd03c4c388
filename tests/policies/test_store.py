from datetime import UTC, datetime, timedelta

from offhook.database import Database
from offhook.policies import store
from offhook.policies.policy import Policy, Pop, Preferences, Visibility

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


async def test_a_policy_belongs_to_its_account(database: Database) -> None:
    async with database.transaction() as connection:
        assert await store.policy_of(connection, 1) == Policy()
        await store.save_policy(connection, 1, Policy(visibility=Visibility.OWN))
        await store.save_policy(connection, 1, Policy(visibility=Visibility.TEAM))
        assert await store.policy_of(connection, 1) == Policy(visibility=Visibility.TEAM)
        assert await store.policy_of(connection, 2) == Policy()


async def test_preferences_belong_to_an_agent(database: Database) -> None:
    async with database.transaction() as connection:
        await store.save_preferences(connection, "ben", Preferences(pop=Pop.NEVER))
        await store.save_preferences(connection, "ben", Preferences(auto_log=False))
        assert await store.all_preferences(connection) == {"ben": Preferences(auto_log=False)}


async def test_the_audit_log_is_told_newest_first_a_page_at_a_time(database: Database) -> None:
    async with database.transaction() as connection:
        for number in range(5):
            at = NOON + timedelta(minutes=number)
            await store.record(connection, 1, who="ada@acorn.example", what="tried", detail=f"No. {number}", now=at)
        await store.record(connection, 2, who="zed@birch.example", what="tried", detail="Elsewhere", now=NOON)
        first = await store.deeds(connection, 1, limit=2)
        assert [each.detail for each in first] == ["No. 4", "No. 3"]
        rest = await store.deeds(connection, 1, before=first[-1].at)
        assert [each.detail for each in rest] == ["No. 2", "No. 1", "No. 0"]
        await store.forget_deeds(connection, NOON + timedelta(minutes=4))
        assert [each.detail for each in await store.deeds(connection, 1)] == ["No. 4"]

"""Rights that were lent, and that they are asked back."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from offhook.database import Database
from offhook.errors import NotFound, WrongState
from offhook.grants.attempt import Consented
from offhook.grants.consent import Consents
from offhook.grants.elevation import CALL_OVERDUE_EVERY, GRACE, Elevation, Elevations, Refusal
from offhook.grants.proofs import hashed

SECRET, DEVICE = "s" * 43, "d" * 43
Connect = Callable[..., Awaitable[tuple[str, Consented]]]


def report(*rights: tuple[str, str]) -> bytes:
    return json.dumps({"title": "…", "missing": [{"right": right, "sure": sure} for right, sure in rights]}).encode()


async def refused(consents: Consents, clock: Any, *rights: tuple[str, str], device: str = DEVICE) -> None:
    begun = await consents.begin("everything", hashed(SECRET), device)
    await consents.stuck(begun.id, SECRET)
    await consents.remember_report(begun.id, report(*rights))
    clock.advance(minutes=10)


async def record(
    elevations: Elevations,
    database: Database,
    consented: Consented,
    super_admin: bool = False,
    was_super_admin: bool | None = None,
    asked: Refusal | None = None,
) -> Elevation | None:
    async with database.transaction() as connection:
        return await elevations.record(
            connection, consented, "ben", "Ben", super_admin=super_admin, was_super_admin=was_super_admin, asked=asked
        )


async def lent(elevations: Elevations, database: Database, clock: Any, user_id: int = 7) -> Elevation:
    """A permission set, for ten minutes, to somebody who has not connected yet."""
    async with database.transaction() as connection:
        return await elevations.intend(
            connection,
            account_id=111,
            agent_id="",
            agent_name="Ben",
            hubspot_user_id=user_id,
            email="ben@example.com",
            rights=("Connectors",),
            role_before="1",
            role_lent="2",
            due_at=clock.now + timedelta(minutes=10),
            by="ada@example.com",
            why="To connect.",
        )


async def pending(elevations: Elevations, database: Database, account_id: int = 111) -> list[Elevation]:
    async with database.reading() as connection:
        return await elevations.pending(connection, account_id)


async def test_rights_lent_between_a_refusal_and_a_success_are_remembered(
    consents: Consents, connect: Connect, elevations: Elevations, database: Database, clock: Any
) -> None:
    asked_at = clock.now
    await refused(consents, clock, ("Contacts > Edit", "likely"), ("App Marketplace access", "documented"))
    _, consented = await connect()
    elevation = await record(elevations, database, consented)
    assert elevation is not None
    assert elevation.rights == ("Contacts > Edit", "App Marketplace access")
    assert (elevation.kind, elevation.asked_at, elevation.granted_at) == ("rights", asked_at, clock.now)
    assert elevation.email == "ben@example.com"
    assert elevation.why == "To connect HubSpot, which had refused for want of: Contacts > Edit, App Marketplace access."
    assert await pending(elevations, database) == [elevation]
    assert await pending(elevations, database, account_id=222) == []
    async with database.reading() as connection:
        assert await elevations.accounts_pending(connection) == {111: 1}


async def test_a_mere_guess_is_not_asked_back(
    consents: Consents, connect: Connect, elevations: Elevations, database: Database, clock: Any
) -> None:
    await refused(consents, clock, ("Companies > View", "guess"))
    _, consented = await connect()
    assert await record(elevations, database, consented) is None


async def test_what_hubspots_page_proved_is_not_mixed_with_guesses(
    consents: Consents, connect: Connect, elevations: Elevations, database: Database, clock: Any
) -> None:
    await refused(consents, clock, ("Contacts > Edit", "proved"), ("Companies > View", "guess"))
    _, consented = await connect()
    elevation = await record(elevations, database, consented)
    assert elevation is not None
    assert elevation.rights == ("Contacts > Edit",)


@pytest.mark.parametrize(("sure", "expected"), [("proved", ("Contacts > Edit",)), ("likely", None)])
async def test_an_attempt_that_was_only_slow_lent_nothing(
    consents: Consents,
    hubspot: Any,
    elevations: Elevations,
    database: Database,
    sure: str,
    expected: tuple[str, ...] | None,
) -> None:
    begun = await consents.begin("everything", hashed(SECRET), DEVICE)
    await consents.stuck(begun.id, SECRET)
    await consents.remember_report(begun.id, report(("Contacts > Edit", sure)))
    consented = await consents.complete(hubspot.consent(begun.consent_url))
    elevation = await record(elevations, database, consented)
    assert (elevation.rights if elevation else None) == expected


async def test_nothing_is_remembered_of_other_devices_long_ago_or_before_an_earlier_success(
    consents: Consents, connect: Connect, elevations: Elevations, database: Database, clock: Any
) -> None:
    await refused(consents, clock, ("Contacts > Edit", "proved"), device="e" * 43)
    _, other_device = await connect()
    assert await record(elevations, database, other_device) is None
    await refused(consents, clock, ("Contacts > Edit", "proved"))
    await connect()
    clock.advance(minutes=1)
    _, second_success = await connect()
    assert await record(elevations, database, second_success) is None
    await refused(consents, clock, ("Contacts > Edit", "proved"))
    clock.advance(days=30)
    _, long_after = await connect()
    assert await record(elevations, database, long_after) is None


async def test_a_second_success_adds_to_the_reminder_that_is_there(
    consents: Consents, connect: Connect, elevations: Elevations, database: Database, clock: Any
) -> None:
    for right in ("Contacts > Edit", "Companies > View"):
        await refused(consents, clock, (right, "proved"))
        _, consented = await connect()
        await record(elevations, database, consented)
        clock.advance(minutes=1)
    assert [each.rights for each in await pending(elevations, database)] == [("Contacts > Edit", "Companies > View")]


async def test_an_administrator_ends_it_in_her_own_account_once(
    consents: Consents, connect: Connect, elevations: Elevations, database: Database, clock: Any
) -> None:
    await refused(consents, clock, ("Contacts > Edit", "proved"))
    _, consented = await connect()
    elevation = await record(elevations, database, consented)
    assert elevation is not None

    async def end(account_id: int) -> None:
        async with database.transaction() as connection:
            await elevations.ended(connection, account_id, elevation.id, by="ada")

    with pytest.raises(NotFound):
        await end(222)
    await end(111)
    with pytest.raises(NotFound):
        await end(111)
    assert await pending(elevations, database) == []


@pytest.mark.parametrize(("answer", "left"), [(True, 1), (None, 1), (False, 0)])
async def test_a_super_admin_is_forgotten_only_when_hubspot_says_she_is_none(
    connect: Connect, elevations: Elevations, database: Database, answer: bool | None, left: int
) -> None:
    asked: list[int] = []

    async def is_super_admin(user_id: int) -> bool | None:
        asked.append(user_id)
        return answer

    _, consented = await connect()
    elevation = await record(elevations, database, consented, super_admin=True, was_super_admin=False)
    assert elevation is not None
    assert (elevation.kind, elevation.checked, elevation.rights) == ("super-admin", True, ())
    assert len(await elevations.check(await pending(elevations, database), is_super_admin)) == 1 - left
    assert len(await pending(elevations, database)) == left
    assert asked == [7]


async def test_a_super_admin_for_good_is_nobody_to_remind_of(
    connect: Connect, elevations: Elevations, database: Database
) -> None:
    _, consented = await connect()
    assert await record(elevations, database, consented, super_admin=True) is None
    assert await record(elevations, database, consented, super_admin=True, was_super_admin=True) is None


async def test_a_super_admin_who_was_refused_before_was_only_lent_it(
    consents: Consents, connect: Connect, elevations: Elevations, database: Database, clock: Any
) -> None:
    await refused(consents, clock)
    _, consented = await connect()
    elevation = await record(elevations, database, consented, super_admin=True)
    assert elevation is not None
    assert elevation.kind == "super-admin"


async def test_who_asked_for_help_on_another_device_and_is_super_admin_now_was_lent_it(
    connect: Connect, elevations: Elevations, database: Database, clock: Any
) -> None:
    asked = Refusal(clock.now, report(("Contacts > Edit", "likely")).decode())
    _, consented = await connect()
    elevation = await record(elevations, database, consented, super_admin=True, asked=asked)
    assert elevation is not None
    assert (elevation.kind, elevation.asked_at, elevation.rights) == ("super-admin", asked.at, ("Contacts > Edit",))


async def test_who_was_noticed_before_she_connects_is_one_reminder_afterwards(
    connect: Connect, elevations: Elevations, database: Database, clock: Any
) -> None:
    asked = Refusal(clock.now, report(("Contacts > Edit", "proved")).decode())
    async with database.transaction() as connection:
        noticed = await elevations.noticed(
            connection, asked, account_id=111, hubspot_user_id=7, agent_id="", agent_name="B", email="ben@example.com"
        )
    assert noticed
    _, consented = await connect()
    await record(elevations, database, consented, super_admin=True, asked=asked)
    [now] = await pending(elevations, database)
    assert (now.id, now.agent_id, now.agent_name, now.kind) == (noticed.id, "ben", "Ben", "super-admin")


async def test_what_a_lent_permission_set_did_is_not_asked_back_a_second_time(
    consents: Consents, connect: Connect, elevations: Elevations, database: Database, clock: Any
) -> None:
    loan = await lent(elevations, database, clock)
    await refused(consents, clock, ("Contacts > Edit", "proved"))
    _, consented = await connect()
    await record(elevations, database, consented)
    [now] = await pending(elevations, database)
    assert (now.id, now.kind, now.agent_id) == (loan.id, "permission-set", "ben")


async def test_nobody_is_lent_two_permission_sets_at_a_time(
    elevations: Elevations, database: Database, clock: Any
) -> None:
    first = await lent(elevations, database, clock)
    with pytest.raises(WrongState):
        await lent(elevations, database, clock)
    await lent(elevations, database, clock, user_id=8)
    async with database.transaction() as connection:
        assert await elevations.end(connection, first, "Offhook", checked=True)
    again = await lent(elevations, database, clock)
    async with database.reading() as connection:
        newest = await elevations.newest(connection, 111)
        assert {each.id for each in newest} > {first.id, again.id}
        assert (await elevations.one(connection, 111, first.id)).ended_by == "Offhook"
        with pytest.raises(NotFound):
            await elevations.one(connection, 222, first.id)


async def test_what_is_overdue_is_counted_and_said_once_then_daily(
    connect: Connect, elevations: Elevations, database: Database, clock: Any
) -> None:
    _, consented = await connect()
    await record(elevations, database, consented, super_admin=True, was_super_admin=False)

    async def overdue() -> tuple[int, bool]:
        [elevation] = await pending(elevations, database)
        async with database.transaction() as connection:
            return await elevations.overdue(connection), await elevations.call_overdue(connection, elevation)

    clock.advance(hours=4)
    assert await overdue() == (0, False)
    clock.now += GRACE + timedelta(seconds=1)
    assert [await overdue(), await overdue()] == [(1, True), (1, False)]
    clock.now += CALL_OVERDUE_EVERY + timedelta(seconds=1)
    assert [await overdue(), await overdue()] == [(1, True), (1, False)]
    [elevation] = await pending(elevations, database)
    async with database.transaction() as connection:
        await elevations.end(connection, elevation, "HubSpot", checked=True)
        assert await elevations.overdue(connection) == 0


async def test_somebody_sees_what_is_lent_to_her_and_for_a_while_that_it_ended(
    elevations: Elevations, database: Database, clock: Any
) -> None:
    loan = await lent(elevations, database, clock)

    async def hers(user_id: int = 7) -> list[str]:
        async with database.reading() as connection:
            since = clock.now - timedelta(hours=1)
            return [each.id for each in await elevations.of_person(connection, 111, user_id, since)]

    assert (await hers(), await hers(8)) == ([loan.id], [])
    async with database.transaction() as connection:
        await elevations.end(connection, loan, "Offhook", checked=True)
    assert await hers() == [loan.id]
    clock.advance(hours=1)
    assert await hers() == []


async def test_who_was_super_admin_when_she_was_refused_stays_one(
    consents: Consents, connect: Connect, elevations: Elevations, database: Database, clock: Any
) -> None:
    """HubSpot also stops Super Admins: for an app that is not approved, or a subscription."""
    await refused(consents, clock)
    _, consented = await connect()
    assert await record(elevations, database, consented, super_admin=True, was_super_admin=True) is None

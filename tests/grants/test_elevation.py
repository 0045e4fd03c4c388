"""Rights that were lent, and that they are asked back."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from offhook.database import Database
from offhook.errors import NotFound
from offhook.grants.attempt import Consented
from offhook.grants.consent import Consents
from offhook.grants.elevation import Elevation, Elevations
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
) -> Elevation | None:
    async with database.transaction() as connection:
        return await elevations.record(
            connection, consented, "ben", "Ben", super_admin=super_admin, was_super_admin=was_super_admin
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
    assert await elevations.check(111, is_super_admin) == 1 - left
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

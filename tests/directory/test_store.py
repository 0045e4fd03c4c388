import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from offhook.database import Database
from offhook.directory import store
from offhook.directory.match import Seen
from offhook.directory.store import Shelf
from offhook.hubspot.contacts import Contact, ContactNumber

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
E164, TAIL = "+14155550100", "5550100"


def contact(contact_id: str, *numbers: str, first_name: str = "") -> Contact:
    return Contact(contact_id, first_name, numbers=tuple(ContactNumber("phone", each) for each in numbers))


MARIA = contact("51", "(415) 555-0100", "+49 30 123456", first_name="Maria <script>🌷")


async def keep(database: Database, account_id: int, *contacts: Contact, at: datetime = NOW) -> frozenset[str]:
    async with database.transaction() as connection:
        return await store.keep_contacts(connection, account_id, contacts, at, "US")


async def shelf(database: Database, account_id: int = 1, tail: str = TAIL) -> Shelf:
    async with database.reading() as connection:
        return await store.shelf(connection, account_id, tail)


async def test_a_contact_is_found_by_each_of_its_numbers(database: Database) -> None:
    assert await keep(database, 1, MARIA) == {TAIL, "0123456"}
    assert (await shelf(database)).candidates == (Seen(MARIA, NOW),)
    assert (await shelf(database, tail="0123456")).candidates == (Seen(MARIA, NOW),)


async def test_an_account_sees_nothing_of_another(database: Database) -> None:
    await keep(database, 1, MARIA)
    async with database.transaction() as connection:
        await store.keep_answer(connection, 1, E164, TAIL, NOW)
    assert await shelf(database, account_id=2) == Shelf()


async def test_one_contact_id_in_two_accounts_is_two_contacts(database: Database) -> None:
    other = contact("51", "415 555 0100", first_name="Tom")
    await keep(database, 1, MARIA)
    await keep(database, 2, other)
    assert (await shelf(database, 1)).candidates == (Seen(MARIA, NOW),)
    assert (await shelf(database, 2)).candidates == (Seen(other, NOW),)


async def test_what_is_seen_later_replaces_what_was_seen_before(database: Database) -> None:
    moved = contact("51", "+1 415 555 0199")
    await keep(database, 1, MARIA)
    assert await keep(database, 1, moved, at=LATER) == {TAIL, "0123456", "5550199"}
    assert (await shelf(database)).candidates == ()
    assert (await shelf(database, tail="5550199")).candidates == (Seen(moved, LATER),)


async def test_an_answer_has_a_time_and_the_last_one_counts(database: Database) -> None:
    for at in (NOW, LATER):
        async with database.transaction() as connection:
            await store.keep_answer(connection, 1, E164, TAIL, at)
    assert (await shelf(database)).asked == {E164: LATER}


async def test_dropping_a_contact_makes_what_was_answered_about_it_doubtful(database: Database) -> None:
    await keep(database, 1, MARIA, contact("52", "415 555 0100"))
    async with database.transaction() as connection:
        await store.keep_answer(connection, 1, E164, TAIL, NOW)
        await store.keep_answer(connection, 1, "+4930123456", "0123456", NOW)
        await store.keep_answer(connection, 2, E164, TAIL, NOW)
    async with database.transaction() as connection:
        assert await store.drop_contacts(connection, 1, {"51"}) == {TAIL, "0123456"}
    left = await shelf(database)
    assert [each.contact.id for each in left.candidates] == ["52"]
    assert left.asked == {}
    assert (await shelf(database, tail="0123456")) == Shelf()
    assert (await shelf(database, account_id=2)).asked == {E164: NOW}


async def test_numbers_that_nobody_can_read_are_kept_and_found_by_none(database: Database) -> None:
    assert await keep(database, 1, contact("51", "ask reception", "12")) == frozenset()


async def test_one_contact_twice_is_kept_once_as_it_was_last(database: Database) -> None:
    newer = contact("51", "415 555 0100", first_name="Newer")
    await keep(database, 1, MARIA, newer)
    assert (await shelf(database)).candidates == (Seen(newer, NOW),)


async def test_nothing_to_keep_is_fine(database: Database) -> None:
    assert await keep(database, 1) == frozenset()


async def test_many_contacts_are_kept_at_once(database: Database) -> None:
    many = [contact(str(number), f"+1 415 555 {number:04d}") for number in range(200)]
    await keep(database, 1, *many)
    assert [each.contact.id for each in (await shelf(database, tail="5550150")).candidates] == ["150"]


async def test_two_who_keep_the_same_contacts_at_one_time_wait_for_each_other(database: Database) -> None:
    some = [contact(str(number), f"+1 415 555 {number:04d}") for number in range(20)]
    await asyncio.gather(*(keep(database, 1, *order) for order in (some, some[::-1]) for _ in range(3)))
    assert [each.contact.id for each in (await shelf(database, tail="5550007")).candidates] == ["7"]


async def test_what_another_version_wrote_counts_as_never_seen(database: Database) -> None:
    await keep(database, 1, MARIA)
    async with database.transaction() as connection:
        await connection.execute(update(store.directory_contact).values(data='{"id": 51}'))
    assert (await shelf(database)).candidates == ()

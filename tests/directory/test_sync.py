"""The contacts of an account are brought here: what is known in the end is what HubSpot has."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.directory.account import PAGE, Account

from offhook.calls.phone_number import PhoneNumber
from offhook.database import Database
from offhook.directory import store
from offhook.directory.index import Directory
from offhook.directory.progress import LIST_EVERY, Progress, Stage
from offhook.directory.sync import Standing, Sync
from offhook.errors import GrantBroken, HubSpotUnreachable

ACORN, BIRCH = 111, 222
EVERY = timedelta(minutes=5)
NUMBERS = tuple(f"+1415555010{last}" for last in range(4))


@pytest.fixture
def account(clock: Any) -> Account:
    return Account(clock)


@pytest.fixture
def sync(database: Database, directory: Directory, clock: Any) -> Sync:
    return Sync(database, directory, clock, every=EVERY, region="US")


async def until_rest(sync: Sync, account: Account, clock: Callable[[], datetime]) -> int:
    """Go on until there is nothing to do for now; gives the number of steps."""
    for steps in range(200):
        if await sync.step(account.acting, ACORN) > clock():
            return steps
    raise AssertionError("It never rests.")


async def known(directory: Directory, account_id: int = ACORN) -> dict[str, set[str]]:
    """Number → ids of those who have it."""
    found = {each: await directory.remembered(account_id, PhoneNumber(each)) for each in NUMBERS}
    return {each: {who.id for who in seen.contacts} for each, seen in found.items() if seen}


def in_hubspot(account: Account) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for contact in account.contacts.values():
        for each in contact.numbers:
            found.setdefault(each.number, set()).add(contact.id)
    return found


async def progress(database: Database, account_id: int = ACORN) -> Progress | None:
    async with database.reading() as connection:
        return await store.progress_of(connection, account_id)


async def test_everybody_with_a_number_is_known_and_nobody_of_another_account(
    sync: Sync, directory: Directory, account: Account, clock: Any
) -> None:
    for each in range(1, 3 * PAGE):
        account.has(str(each), *NUMBERS[each % 4 : each % 4 + 1])
    account.has("99")
    clock.advance(minutes=2)
    await until_rest(sync, account, clock)
    assert await known(directory) == in_hubspot(account)
    assert await known(directory, BIRCH) == {}
    standing = await sync.standing(ACORN)
    assert standing.progress
    assert (standing.known, standing.progress.listed, standing.progress.total) == (3 * PAGE - 1, 3 * PAGE, 3 * PAGE)


async def test_it_goes_on_where_it_was_after_a_stop_and_on_another_node(
    sync: Sync, database: Database, directory: Directory, other_node: Directory, account: Account, clock: Any
) -> None:
    for each in range(1, 3 * PAGE + 1):
        account.has(str(each), NUMBERS[0])
    await sync.step(account.acting, ACORN)
    await sync.step(account.acting, ACORN)
    elsewhere = Sync(database, other_node, clock, every=EVERY, region="US")
    await until_rest(elsewhere, account, clock)
    assert account.asked.count("list") == 3, "no page twice"
    assert await known(other_node) == in_hubspot(account)


async def test_what_changed_is_looked_at_and_nothing_else(
    sync: Sync, directory: Directory, account: Account, clock: Any
) -> None:
    for each in range(1, 3 * PAGE):
        account.has(str(each), NUMBERS[0])
    clock.advance(minutes=10)
    account.has("49", NUMBERS[3])
    clock.advance(minutes=10)
    await until_rest(sync, account, clock)
    account.has("1", NUMBERS[1])
    account.has("2")
    account.has("50", NUMBERS[2])
    clock.advance(minutes=6)
    account.asked.clear()
    await until_rest(sync, account, clock)
    assert set(account.asked) == {"look"}
    pages = len(account.asked)
    assert pages < 4, "those three that changed, and the last that had changed before"
    assert await known(directory) == in_hubspot(account)
    clock.advance(minutes=4)
    assert await sync.step(account.acting, ACORN) == clock() + timedelta(minutes=1), "it rests until it is time"
    assert len(account.asked) == pages


async def test_who_is_archived_or_merged_is_swept_out_by_the_next_list(
    sync: Sync, directory: Directory, account: Account, clock: Any
) -> None:
    account.has("1", NUMBERS[0])
    account.has("2", NUMBERS[0])
    await until_rest(sync, account, clock)
    account.archives("2")
    clock.advance(minutes=6)
    await until_rest(sync, account, clock)
    assert await known(directory) == {NUMBERS[0]: {"1", "2"}}, "nothing tells of it"
    clock.advance(seconds=LIST_EVERY.total_seconds())
    await until_rest(sync, account, clock)
    assert await known(directory) == {NUMBERS[0]: {"1"}}


@pytest.mark.parametrize("problem", [GrantBroken(), HubSpotUnreachable()], ids=["grant broken", "HubSpot down"])
async def test_without_hubspot_it_says_so_and_keeps_what_is_known(
    sync: Sync, directory: Directory, account: Account, database: Database, clock: Any, problem: Any
) -> None:
    for each in range(1, 2 * PAGE + 1):
        account.has(str(each), NUMBERS[0])
    await sync.step(account.acting, ACORN)
    await sync.step(account.acting, ACORN)
    before = await progress(database)
    account.problem = problem
    with pytest.raises(type(problem)):
        await sync.step(account.acting, ACORN)
    assert await progress(database) == before
    assert await known(directory) == {NUMBERS[0]: {"1", "2"}}
    account.problem = None
    await until_rest(sync, account, clock)
    assert await known(directory) == in_hubspot(account)


async def test_a_page_that_comes_after_the_account_was_forgotten_is_not_kept(
    sync: Sync, directory: Directory, account: Account, database: Database
) -> None:
    account.has("1", NUMBERS[0])
    await sync.step(account.acting, ACORN)
    page = await account.listed_contacts()

    async def late(after: str | None = None) -> Any:
        await sync.forget(ACORN)
        return page

    account.listed_contacts = late  # type: ignore[method-assign]
    await sync.step(account.acting, ACORN)
    assert (await known(directory), await progress(database)) == ({}, None)


async def test_an_account_is_forgotten_with_all_that_was_known_and_no_other(
    sync: Sync, directory: Directory, account: Account, clock: Any
) -> None:
    account.has("1", NUMBERS[0])
    await until_rest(sync, account, clock)
    while await sync.step(account.acting, BIRCH) <= clock():
        pass
    assert await known(directory) == await known(directory, BIRCH) == in_hubspot(account)
    await sync.forget(ACORN)
    assert (await known(directory), await sync.standing(ACORN)) == ({}, Standing(0, None))
    assert await known(directory, BIRCH) == in_hubspot(account)


async def test_the_same_step_on_two_nodes_is_kept_once(
    sync: Sync, database: Database, other_node: Directory, account: Account
) -> None:
    for each in range(1, 2 * PAGE + 1):
        account.has(str(each), NUMBERS[0])
    await sync.step(account.acting, ACORN)
    before = await progress(database)
    assert before
    elsewhere = Sync(database, other_node, account.clock, every=EVERY, region="US")
    await sync._list(account.acting, ACORN, before)
    await elsewhere._list(account.acting, ACORN, before)
    after = await progress(database)
    assert after
    assert (after.listed, after.stage) == (PAGE, Stage.LISTING)


async def test_what_is_changed_while_it_is_looked_at_makes_nobody_be_passed_over(
    sync: Sync, directory: Directory, account: Account, clock: Any
) -> None:
    """What is changed again moves to the end of the search, and all behind it move up."""
    await until_rest(sync, account, clock)
    for each in ("2", "4", "6", "8"):
        account.has(each, NUMBERS[0])
        clock.advance(minutes=3)
    await sync.step(account.acting, ACORN)
    account.has("2", NUMBERS[1])
    await until_rest(sync, account, clock)
    assert await known(directory) == in_hubspot(account)


async def test_a_change_that_shows_later_than_a_newer_one_is_seen_all_the_same(
    sync: Sync, directory: Directory, account: Account, clock: Any
) -> None:
    await until_rest(sync, account, clock)
    clock.advance(minutes=5)
    account.has("1", NUMBERS[0])
    clock.advance(seconds=30)
    account.has("2", NUMBERS[0])
    await until_rest(sync, account, clock)
    assert await known(directory) == {NUMBERS[0]: {"2"}}
    clock.advance(minutes=5)
    await until_rest(sync, account, clock)
    assert await known(directory) == in_hubspot(account)


async def test_many_that_were_changed_at_the_same_moment_are_all_seen(
    sync: Sync, directory: Directory, account: Account, clock: Any
) -> None:
    await until_rest(sync, account, clock)
    clock.advance(minutes=5)
    for each in range(1, 3 * PAGE + 2):
        account.has(str(each), NUMBERS[0])
    clock.advance(minutes=1)
    await until_rest(sync, account, clock)
    assert await known(directory) == in_hubspot(account)


# The law.

WHO = st.sampled_from([str(each) for each in range(1, 9)])
DOINGS = st.one_of(
    st.tuples(st.just("has"), WHO, st.lists(st.sampled_from(NUMBERS), max_size=2, unique=True)),
    st.tuples(st.just("archives"), WHO),
    st.tuples(st.just("passes"), st.sampled_from([1, 20, 100, 400])),
    st.tuples(st.just("step"), st.integers(1, 4)),
)


class Skewed:
    """HubSpot's clock."""

    def __init__(self, clock: Any, by: timedelta) -> None:
        self._clock, self._by = clock, by

    def __call__(self) -> datetime:
        now: datetime = self._clock()
        return now + self._by


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(doings=st.lists(DOINGS, max_size=30), skew=st.sampled_from([-600, 0, 600]))
async def test_whatever_happens_meanwhile_in_the_end_every_number_leads_where_hubspot_says(
    database: Database, clock: Any, doings: list[Any], skew: int
) -> None:
    directory = Directory(database, clock, max_age=EVERY, region="US")
    sync = Sync(database, directory, clock, every=EVERY, region="US")
    await sync.forget(ACORN)
    account = Account(Skewed(clock, timedelta(seconds=skew)))
    for what, *given_ in doings:
        match what, given_:
            case "has", [who, numbers]:
                account.has(who, *numbers)
            case "archives", [who]:
                account.archives(who)
            case "passes", [seconds]:
                clock.advance(seconds=seconds)
            case "step", [times]:
                for _ in range(times):
                    await sync.step(account.acting, ACORN)
    clock.advance(minutes=6)
    await until_rest(sync, account, clock)
    seen, there = await known(directory), in_hubspot(account)
    alive = {number: ids & account.contacts.keys() for number, ids in seen.items()}
    assert {number: ids for number, ids in alive.items() if ids} == there, "all but the archived, after one look"
    clock.advance(seconds=LIST_EVERY.total_seconds())
    await until_rest(sync, account, clock)
    assert await known(directory) == there

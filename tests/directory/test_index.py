import asyncio
from typing import Any

import pytest

from offhook.calls.phone_number import PhoneNumber
from offhook.directory.index import Directory, Kind
from offhook.errors import (
    GrantBroken,
    GrantOff,
    HubSpotUnreachable,
    MissingRight,
    MissingScope,
    NoGrant,
    OffhookError,
)
from offhook.hubspot.contacts import Contact, ContactNumber

# What depends on the engine is in test_store.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ACCOUNT, OTHER = 111, 222
NUMBER = PhoneNumber("+14155550100")


def contact(contact_id: str, *numbers: str, owner_id: str | None = None) -> Contact:
    return Contact(contact_id, owner_id=owner_id, numbers=tuple(ContactNumber("phone", each) for each in numbers))


MARIA = contact("51", "(415) 555-0100")
TOM = contact("52", "+14155550100", owner_id="61")


class TestKnown:
    async def test_nothing_is_known_before_anybody_asked(self, directory: Directory) -> None:
        assert await directory.known(ACCOUNT, NUMBER) is None

    async def test_an_answer_is_remembered_with_its_age(self, directory: Directory, asked: Any, clock: Any) -> None:
        asked.has = (MARIA,)
        await directory.ask(asked.acting, ACCOUNT, NUMBER)
        clock.advance(minutes=3)
        known = await directory.known(ACCOUNT, NUMBER)
        assert known is not None
        assert known.contacts == (MARIA,)
        assert known.age.total_seconds() == 180

    async def test_it_is_known_to_another_process_too(
        self, directory: Directory, other_node: Directory, asked: Any
    ) -> None:
        asked.has = (MARIA,)
        await directory.ask(asked.acting, ACCOUNT, NUMBER)
        known = await other_node.known(ACCOUNT, NUMBER)
        assert known is not None
        assert known.contacts == (MARIA,)

    async def test_it_is_not_known_to_another_account(self, directory: Directory, asked: Any) -> None:
        asked.has = (MARIA,)
        await directory.ask(asked.acting, ACCOUNT, NUMBER)
        assert await directory.known(OTHER, NUMBER) is None

    async def test_it_grows_too_old(self, directory: Directory, asked: Any, clock: Any) -> None:
        asked.has = (MARIA,)
        await directory.ask(asked.acting, ACCOUNT, NUMBER)
        clock.advance(minutes=11)
        assert await directory.known(ACCOUNT, NUMBER) is None

    async def test_nobody_is_an_answer_too_but_for_a_shorter_time(
        self, directory: Directory, asked: Any, clock: Any
    ) -> None:
        await directory.ask(asked.acting, ACCOUNT, NUMBER)
        known = await directory.known(ACCOUNT, NUMBER)
        assert known is not None
        assert known.contacts == ()
        clock.advance(seconds=61)
        assert await directory.known(ACCOUNT, NUMBER) is None

    async def test_memory_answers_without_the_database(
        self, directory: Directory, asked: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked.has = (MARIA,)
        await directory.ask(asked.acting, ACCOUNT, NUMBER)
        monkeypatch.delattr("offhook.database.Database.reading")
        known = await directory.known(ACCOUNT, NUMBER)
        assert known is not None
        assert known.contacts == (MARIA,)

    async def test_memory_is_bounded(self, directory: Directory, asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("offhook.directory.index.IN_MEMORY", 2)
        numbers = [PhoneNumber(f"+1415555010{last}") for last in range(4)]
        for each in numbers:
            await directory.ask(asked.acting, ACCOUNT, each)
        assert [bool(await directory.known(ACCOUNT, each)) for each in numbers] == [True] * 4
        monkeypatch.delattr("offhook.database.Database.reading")
        assert await directory.known(ACCOUNT, numbers[3])
        with pytest.raises(AttributeError):
            await directory.known(ACCOUNT, numbers[0])

    async def test_the_agents_own_contact_comes_first(self, directory: Directory, asked: Any) -> None:
        asked.has = (MARIA, TOM)
        await directory.ask(asked.acting, ACCOUNT, NUMBER)
        known = await directory.known(ACCOUNT, NUMBER, owner_id="61")
        assert known is not None
        assert known.contacts == (TOM, MARIA)


class TestSaw:
    async def test_a_contact_that_is_created_replaces_nobody(self, directory: Directory, asked: Any) -> None:
        await directory.ask(asked.acting, ACCOUNT, NUMBER)
        await directory.saw(ACCOUNT, (MARIA,))
        known = await directory.known(ACCOUNT, NUMBER)
        assert known is not None
        assert known.contacts == (MARIA,)

    async def test_a_contact_that_passed_by_is_not_an_answer(self, directory: Directory) -> None:
        """Others may have the same number: only HubSpot can say that nobody else does."""
        await directory.saw(ACCOUNT, (MARIA,))
        assert await directory.known(ACCOUNT, NUMBER) is None

    async def test_a_number_that_was_taken_from_a_contact_is_not_its_any_more(
        self, directory: Directory, asked: Any
    ) -> None:
        asked.has = (MARIA, TOM)
        await directory.ask(asked.acting, ACCOUNT, NUMBER)
        await directory.saw(ACCOUNT, (contact("51", "+14155550199"),))
        known = await directory.known(ACCOUNT, NUMBER)
        assert known is not None
        assert known.contacts == (TOM,)

    async def test_what_hubspot_does_not_index_yet_is_not_lost(
        self, directory: Directory, asked: Any, clock: Any
    ) -> None:
        await directory.saw(ACCOUNT, (MARIA,))
        clock.advance(seconds=20)
        assert await directory.ask(asked.acting, ACCOUNT, NUMBER) == (MARIA,)

    async def test_what_hubspot_does_not_show_any_more_is_gone(
        self, directory: Directory, asked: Any, clock: Any
    ) -> None:
        asked.has = (MARIA, TOM)
        await directory.ask(asked.acting, ACCOUNT, NUMBER)
        clock.advance(minutes=11)
        asked.has = (TOM,)
        assert await directory.ask(asked.acting, ACCOUNT, NUMBER) == (TOM,)

    async def test_a_contact_that_lost_one_number_is_asked_for_again_under_its_other(
        self, directory: Directory, asked: Any, clock: Any
    ) -> None:
        both, second = contact("51", "+14155550100", "+14155550101"), PhoneNumber("+14155550101")
        asked.has = (both,)
        await directory.ask(asked.acting, ACCOUNT, NUMBER)
        clock.advance(minutes=5)
        await directory.ask(asked.acting, ACCOUNT, second)
        clock.advance(minutes=5)
        asked.has = ()
        assert await directory.ask(asked.acting, ACCOUNT, NUMBER) == ()
        assert await directory.known(ACCOUNT, second) is None

    async def test_nothing_seen_is_fine(self, directory: Directory) -> None:
        await directory.saw(ACCOUNT, ())


class TestAsking:
    async def test_those_who_ask_at_one_time_ask_once(self, directory: Directory, asked: Any) -> None:
        asked.has, asked.held = (MARIA,), asyncio.Event()
        both = [asyncio.create_task(directory.ask(asked.acting, ACCOUNT, NUMBER)) for _ in range(5)]
        await asked.came.wait()
        asked.held.set()
        assert await asyncio.gather(*both) == [(MARIA,)] * 5
        assert len(asked.numbers) == 1

    async def test_two_accounts_do_not_share_an_answer(self, directory: Directory, asked: Any) -> None:
        await asyncio.gather(*(directory.ask(asked.acting, each, NUMBER) for each in (ACCOUNT, OTHER)))
        assert len(asked.numbers) == 2

    async def test_one_who_gives_up_does_not_take_the_answer_from_the_others(
        self, directory: Directory, asked: Any
    ) -> None:
        asked.has, asked.held = (MARIA,), asyncio.Event()
        first = asyncio.create_task(directory.ask(asked.acting, ACCOUNT, NUMBER))
        second = asyncio.create_task(directory.ask(asked.acting, ACCOUNT, NUMBER))
        await asked.came.wait()
        first.cancel()
        asked.held.set()
        assert await second == (MARIA,)

    async def test_an_agent_whose_grant_works_does_not_suffer_from_one_whose_does_not(
        self, directory: Directory, asked: Any
    ) -> None:
        broken = type(asked)(problem=GrantBroken(), held=asyncio.Event())
        asked.has = (MARIA,)
        first = asyncio.create_task(directory.ask(broken.acting, ACCOUNT, NUMBER))
        await broken.came.wait()
        others = [asyncio.create_task(directory.ask(asked.acting, ACCOUNT, NUMBER)) for _ in range(3)]
        await asyncio.sleep(0)
        broken.held.set()
        assert await asyncio.gather(*others) == [(MARIA,)] * 3
        with pytest.raises(GrantBroken):
            await first
        assert len(asked.numbers) == 1

    async def test_an_outage_is_everybodys(self, directory: Directory, asked: Any) -> None:
        asked.problem, asked.held = HubSpotUnreachable(), asyncio.Event()
        both = [asyncio.create_task(directory.ask(asked.acting, ACCOUNT, NUMBER)) for _ in range(2)]
        await asked.came.wait()
        asked.held.set()
        answers = await asyncio.gather(*both, return_exceptions=True)
        assert [type(each) for each in answers] == [HubSpotUnreachable] * 2
        assert len(asked.numbers) == 1

    async def test_one_answer_serves_every_extension(self, directory: Directory, asked: Any) -> None:
        asked.has = (contact("1", "415-555-0100 x12"), contact("2", "415-555-0100 x13"))
        found = await directory.ask(asked.acting, ACCOUNT, PhoneNumber("+14155550100", "12"))
        assert [each.id for each in found] == ["1"]
        assert asked.numbers == [NUMBER]
        known = await directory.known(ACCOUNT, PhoneNumber("+14155550100", "13"))
        assert known is not None
        assert [each.id for each in known.contacts] == ["2"]

    async def test_closing_ends_what_is_under_way(self, directory: Directory, asked: Any) -> None:
        asked.held = asyncio.Event()
        waiting = asyncio.create_task(directory.ask(asked.acting, ACCOUNT, NUMBER))
        await asked.came.wait()
        await directory.close()
        with pytest.raises(asyncio.CancelledError):
            await waiting


class TestLookUp:
    @pytest.mark.parametrize(("has", "kind"), [((), Kind.NONE), ((MARIA,), Kind.ONE), ((MARIA, TOM), Kind.SEVERAL)])
    async def test_none_one_and_several_are_told_apart(
        self, directory: Directory, asked: Any, clock: Any, has: tuple[Contact, ...], kind: Kind
    ) -> None:
        asked.has = has
        for _ in range(2):
            answer = await directory.look_up(asked.acting, ACCOUNT, NUMBER)
            assert (answer.kind, set(answer.contacts), answer.problem) == (kind, set(has), None)
            assert answer.as_of == clock.now
        assert len(asked.numbers) == 1

    async def test_an_old_answer_is_asked_for_again(self, directory: Directory, asked: Any, clock: Any) -> None:
        asked.has = (MARIA,)
        await directory.look_up(asked.acting, ACCOUNT, NUMBER)
        clock.advance(hours=1)
        answer = await directory.look_up(asked.acting, ACCOUNT, NUMBER)
        assert answer.as_of == clock.now
        assert len(asked.numbers) == 2

    @pytest.mark.parametrize("problem", [HubSpotUnreachable(), GrantBroken()])
    async def test_an_old_somebody_is_given_with_its_time_when_hubspot_cannot_be_asked(
        self, directory: Directory, asked: Any, clock: Any, problem: OffhookError
    ) -> None:
        asked.has = (MARIA,)
        await directory.look_up(asked.acting, ACCOUNT, NUMBER)
        then = clock.now
        clock.advance(hours=1)
        asked.problem = problem
        answer = await directory.look_up(asked.acting, ACCOUNT, NUMBER)
        assert (answer.kind, answer.contacts, answer.as_of, answer.problem) == (Kind.ONE, (MARIA,), then, problem)

    async def test_somebody_seen_in_passing_is_given_when_hubspot_cannot_be_asked(
        self, directory: Directory, asked: Any
    ) -> None:
        await directory.saw(ACCOUNT, (MARIA,))
        asked.problem = HubSpotUnreachable()
        answer = await directory.look_up(asked.acting, ACCOUNT, NUMBER)
        assert (answer.kind, answer.contacts, answer.problem) == (Kind.ONE, (MARIA,), asked.problem)

    async def test_an_old_nobody_is_no_answer(self, directory: Directory, asked: Any, clock: Any) -> None:
        await directory.look_up(asked.acting, ACCOUNT, NUMBER)
        clock.advance(hours=1)
        asked.problem = HubSpotUnreachable()
        answer = await directory.look_up(asked.acting, ACCOUNT, NUMBER)
        assert (answer.kind, answer.contacts, answer.as_of) == (Kind.COULD_NOT_ASK, (), None)
        assert answer.problem is asked.problem

    @pytest.mark.parametrize(
        ("problem", "kind"),
        [
            (MissingScope(), Kind.NOT_ALLOWED),
            (MissingRight(), Kind.NOT_ALLOWED),
            (GrantOff(), Kind.COULD_NOT_ASK),
            (NoGrant(), Kind.COULD_NOT_ASK),
        ],
    )
    async def test_who_may_not_ask_is_not_told_from_memory_either(
        self, directory: Directory, asked: Any, clock: Any, problem: OffhookError, kind: Kind
    ) -> None:
        asked.has = (MARIA,)
        await directory.look_up(asked.acting, ACCOUNT, NUMBER)
        clock.advance(hours=1)
        asked.problem = problem
        answer = await directory.look_up(asked.acting, ACCOUNT, NUMBER)
        assert (answer.kind, answer.contacts, answer.problem) == (kind, (), problem)

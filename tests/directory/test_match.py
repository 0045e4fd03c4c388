from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from offhook.calls.phone_number import PhoneNumber, parse
from offhook.directory.match import TAIL, Seen, match, ranked, tail, tails
from offhook.hubspot.contacts import Contact, ContactNumber, has_number

NUMBER = PhoneNumber("+14155550100")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def contact(contact_id: str, *numbers: str, owner_id: str | None = None) -> Contact:
    return Contact(contact_id, owner_id=owner_id, numbers=tuple(ContactNumber("phone", each) for each in numbers))


def ids(contacts: tuple[Contact, ...]) -> list[str]:
    return [each.id for each in contacts]


def test_a_number_that_two_share_is_both_of_theirs() -> None:
    candidates = (contact("1", "+14155550100"), contact("2", "415 555 0100"), contact("3", "+14155550199"))
    assert ids(match(NUMBER, candidates, "US")) == ["1", "2"]


def test_an_extension_tells_those_behind_one_number_apart() -> None:
    candidates = (contact("1", "415-555-0100 x12"), contact("2", "415-555-0100 x13"), contact("3", "415-555-0100"))
    assert ids(match(PhoneNumber("+14155550100", "12"), candidates, "US")) == ["1"]
    assert ids(match(PhoneNumber("+14155550100", "14"), candidates, "US")) == ["3"]
    assert ids(match(NUMBER, candidates, "US")) == ["1", "2", "3"]


def test_nobody_is_guessed() -> None:
    assert match(NUMBER, (contact("1", "+14155550101"), contact("2", "555-0100"), contact("3")), "US") == ()


def test_the_agents_own_contact_comes_first_then_the_latest_seen_then_the_oldest_record() -> None:
    earlier = NOW - timedelta(hours=1)
    candidates = (
        Seen(contact("9", owner_id="61"), earlier),
        Seen(contact("10"), NOW),
        Seen(contact("8"), NOW),
        Seen(contact("7"), earlier),
    )
    assert ids(ranked(candidates, "61")) == ["9", "8", "10", "7"]
    assert ids(ranked(candidates)) == ["8", "10", "7", "9"]


def test_a_contact_without_an_owner_is_not_the_contact_of_an_agent_without_one() -> None:
    candidates = (Seen(contact("1", owner_id="61"), NOW), Seen(contact("2"), NOW))
    assert ids(ranked(candidates, None)) == ["1", "2"]


written = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "+1 ", "+44 ", "+49", "(", "1-", "00 "]),
    st.text("0123456789 -.)", min_size=5, max_size=16),
    st.sampled_from(["", "", " x12", " ext. 3"]),
)


@given(written, st.sampled_from(["US", "GB", "DE", "IT"]))
def test_whatever_can_be_read_is_found_by_its_tail_and_matched(text: str, region: str) -> None:
    number = parse(text, region)
    kept = contact("1", text)
    if not isinstance(number, PhoneNumber):
        assert tails(kept.numbers[0], region) == frozenset()
        return
    assert tail(number) in tails(kept.numbers[0], region)
    assert match(number, (kept,), region) == (kept,)


@given(st.lists(written, max_size=6), written)
def test_nothing_matches_that_its_tail_would_not_have_found(texts: list[str], text: str) -> None:
    number = parse(text, "US")
    if isinstance(number, PhoneNumber):
        candidates = tuple(contact(str(place), each) for place, each in enumerate(texts))
        matching = match(number, candidates, "US")
        assert len(tail(number)) <= TAIL
        for each in matching:
            assert has_number(each, number, "US")
            assert tail(number) in tails(each.numbers[0], "US")

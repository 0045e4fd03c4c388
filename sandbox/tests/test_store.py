"""Transactions: all or nothing, and the parts that may fail alone."""

from collections.abc import Iterator

import msgspec
import pytest

from hubspot_sandbox.store import Shelf, Store


class Word(msgspec.Struct, frozen=True):
    text: str


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store()
    yield made
    made.close()


@pytest.fixture
def words(store: Store) -> Shelf[Word]:
    return Shelf(store, "word", Word)


def kept(words: Shelf[Word]) -> list[str]:
    return [each.text for each in words.all()]


def fail(words: Shelf[Word], text: str) -> None:
    """Writes something, and fails."""
    with words._store.transaction():
        words.put(text, Word(text))
        raise ZeroDivisionError


def test_a_failure_inside_takes_everything_back(store: Store, words: Shelf[Word]) -> None:
    def write() -> None:
        with store.transaction():
            words.put("a", Word("a"))
            fail(words, "b")

    with pytest.raises(ZeroDivisionError):
        write()
    assert kept(words) == []


def test_an_attempt_that_fails_takes_back_only_what_it_did(store: Store, words: Shelf[Word]) -> None:
    told: list[str] = []

    def attempt_in_vain() -> None:
        with store.attempt():
            store.after_commit(lambda: told.append("b"))
            fail(words, "b")

    with store.transaction():
        words.put("a", Word("a"))
        store.after_commit(lambda: told.append("a"))
        with pytest.raises(ZeroDivisionError):
            attempt_in_vain()
        with store.attempt():
            words.put("c", Word("c"))
            store.after_commit(lambda: told.append("c"))
        assert told == []
    assert kept(words) == told == ["a", "c"]


def test_a_failure_that_was_passed_over_without_an_attempt_keeps_nothing(store: Store, words: Shelf[Word]) -> None:
    def write() -> None:
        with store.transaction():
            words.put("a", Word("a"))
            with pytest.raises(ZeroDivisionError):
                fail(words, "b")

    with pytest.raises(RuntimeError, match="attempt"):
        write()
    assert kept(words) == []
    words.put("c", Word("c"))
    assert kept(words) == ["c"], "the next transaction is a new one"


def test_numbers_begin_at_the_first_and_are_not_given_twice(store: Store) -> None:
    assert [store.next_number("app", 3201001) for _ in range(3)] == [3201001, 3201002, 3201003]
    assert store.next_number("team", 1) == 1

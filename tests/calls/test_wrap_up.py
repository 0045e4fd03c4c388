from datetime import UTC, datetime

import pytest

from offhook.calls.wrap_up import MAX_NOTES, WrapUp, noted, saved
from offhook.errors import TooLarge

AT = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)


def test_a_draft_keeps_what_was_saved_before() -> None:
    before = WrapUp("old", "connected", "17", AT)
    assert noted(before, "new") == WrapUp("new", "connected", "17", AT)


def test_a_note_of_a_hundred_thousand_characters_is_kept_whole() -> None:
    assert noted(WrapUp(), "x" * 100_000).notes == "x" * 100_000
    assert len(noted(WrapUp(), "x" * MAX_NOTES).notes) == MAX_NOTES


def test_a_longer_note_is_refused_and_says_how_long_it_may_be() -> None:
    with pytest.raises(TooLarge, match="200,000 characters; these are 200,001"):
        noted(WrapUp(), "x" * (MAX_NOTES + 1))
    with pytest.raises(TooLarge):
        saved(WrapUp(), "x" * (MAX_NOTES + 1), None, None, AT, "ben")


def test_saving_takes_the_last_outcome_and_keeps_the_contact() -> None:
    first = saved(WrapUp(), "a", "busy", "17", AT, "ben")
    assert saved(first, "b", "connected", None, AT, "ada") == WrapUp("b", "connected", "17", AT, ("ada", "ben"))

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.errors import GrantBroken, HubSpotBusy, HubSpotRejected, HubSpotUnavailable, MissingRight, OffhookError
from offhook.jobs.retry import (
    LONGEST_ASKED,
    SLOWEST,
    TRIES_OF_A_BUG,
    Decision,
    GiveUp,
    RetryAt,
    WaitForPerson,
    ceiling,
    decide,
    problem_of,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
tries = st.integers(1, 10_000)
jitters = st.floats(0, 1, exclude_max=True)


class Strange(OffhookError):
    """It says something strange about when to come back."""

    retryable = True

    def __init__(self, retry_after: object) -> None:
        super().__init__()
        self.retry_after = retry_after


def busy(retry_after: float | None) -> HubSpotBusy:
    error = HubSpotBusy()
    error.retry_after = retry_after
    return error


def pause(decision: Decision) -> timedelta:
    assert isinstance(decision, RetryAt)
    return decision.at - NOW


@pytest.mark.parametrize(
    ("error", "decision"),
    [
        (GrantBroken(), WaitForPerson()),
        (MissingRight(), WaitForPerson()),
        (HubSpotRejected(), GiveUp()),
        (HubSpotUnavailable(), RetryAt(NOW + timedelta(seconds=1))),
        (KeyError("a bug"), RetryAt(NOW + timedelta(seconds=1))),
        (ConnectionResetError(), RetryAt(NOW + timedelta(seconds=1))),
    ],
)
def test_the_error_says_itself_what_helps(error: Exception, decision: Decision) -> None:
    assert decide(error, 1, NOW, 0.5) == decision


def test_pauses_grow_from_two_seconds_to_a_quarter_of_an_hour() -> None:
    seconds = [ceiling(each).total_seconds() for each in range(1, 12)]
    assert seconds == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_a_bug_gets_ten_tries() -> None:
    assert isinstance(decide(KeyError("x"), TRIES_OF_A_BUG - 1, NOW, 0.9), RetryAt)
    assert decide(KeyError("x"), TRIES_OF_A_BUG, NOW, 0.9) == GiveUp()


@given(st.sampled_from([HubSpotUnavailable, ConnectionRefusedError, TimeoutError]), tries, jitters)
def test_an_outage_is_waited_for_however_long_it_lasts(error: type[Exception], tries: int, jitter: float) -> None:
    assert timedelta() <= pause(decide(error(), tries, NOW, jitter)) <= SLOWEST


@given(st.floats(0, LONGEST_ASKED.total_seconds()), tries, jitters)
def test_nobody_comes_back_earlier_than_asked_nor_much_later(asked: float, tries: int, jitter: float) -> None:
    until = timedelta(seconds=asked)
    assert until <= pause(decide(busy(asked), tries, NOW, jitter)) <= until + ceiling(tries)


@given(tries)
def test_the_ceiling_never_falls_and_never_passes_the_slowest_pace(tries: int) -> None:
    assert ceiling(tries) <= ceiling(tries + 1) <= SLOWEST


@given(
    st.one_of(st.none(), st.floats(), st.integers(), st.text(), st.just(10**400), st.booleans()),
    st.integers(),
    jitters,
)
def test_it_never_raises_and_never_waits_longer_than_a_day_and_the_slowest_pace(
    asked: object, tries: int, jitter: float
) -> None:
    assert timedelta() <= pause(decide(Strange(asked), tries, NOW, jitter)) <= LONGEST_ASKED + SLOWEST


def test_a_problem_says_what_the_error_says() -> None:
    problem = problem_of(GrantBroken())
    assert (problem.code, problem.retryable) == ("grant-broken", False)
    assert problem.remedy == GrantBroken.remedy


def test_a_problem_does_not_repeat_what_an_unforeseen_error_says() -> None:
    assert "4155550100" not in problem_of(KeyError("+14155550100")).says

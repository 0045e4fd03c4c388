"""What becomes of a job that failed: later, when a person has acted, or never. Pure; the only place that decides it."""

from datetime import datetime, timedelta

from msgspec import Struct

from offhook.errors import OffhookError

# Ceilings of the pause: 2 s, 4 s, 8 s … 15 min. A retryable error is tried for ever at the slowest pace: no call is lost.
FIRST = timedelta(seconds=2)
SLOWEST = timedelta(minutes=15)

# A bug of ours may hide an outage of somebody else's, so it gets some tries, but not for ever.
TRIES_OF_A_BUG = 10

# Nobody means a longer `Retry-After`; HubSpot's longest known one is a day, while it moves an account (status 477):
# https://developers.hubspot.com/docs/api-reference/error-handling
LONGEST_ASKED = timedelta(days=1)


class RetryAt(Struct, frozen=True):
    """Try again, not before this moment."""

    at: datetime


class WaitForPerson(Struct, frozen=True):
    """Trying again is useless until somebody has done something."""


class GiveUp(Struct, frozen=True):
    """Trying again is useless."""


Decision = RetryAt | WaitForPerson | GiveUp


class Problem(Struct, frozen=True):
    """Why a job is not done, in words for the panel."""

    code: str
    says: str
    remedy: str | None = None
    retryable: bool = False


def decide(error: Exception, tries: int, now: datetime, jitter: float) -> Decision:
    """What to do after the `tries`-th try (the first is 1) ended with `error`. Never raises.

    `jitter`, in [0, 1), spreads the pause over the whole way up to its ceiling, so that a thousand jobs that failed
    together do not come back together. A pause that the error asks for (`retry_after`, seconds) comes on top.
    """
    if isinstance(error, OffhookError):
        if error.needs_person:
            return WaitForPerson()
        if not error.retryable:
            return GiveUp()
    elif not _is_network(error) and tries >= TRIES_OF_A_BUG:
        return GiveUp()
    return RetryAt(now + _asked(error) + jitter * ceiling(tries))


def ceiling(tries: int) -> timedelta:
    """The longest pause after so many tries."""
    doublings = min(max(tries - 1, 0), 16)
    return min(SLOWEST, FIRST * (1 << doublings))


def _is_network(error: Exception) -> bool:
    return isinstance(error, ConnectionError | TimeoutError)


def _asked(error: Exception) -> timedelta:
    seconds = getattr(error, "retry_after", None)
    if not isinstance(seconds, int | float):
        return timedelta()
    # In this order a NaN becomes 0.
    return timedelta(seconds=float(min(LONGEST_ASKED.total_seconds(), max(0, seconds))))


def problem_of(error: Exception) -> Problem:
    """What to tell about an error. What an unforeseen one says is for the log: it may hold a number or a secret."""
    if isinstance(error, OffhookError):
        return Problem(error.code, error.says, error.remedy, error.retryable)
    return Problem(OffhookError.code, "Something went wrong in Offhook. It has been written to the log.", None, True)

"""Errors on the wire."""

import pytest

from offhook import errors
from offhook.errors import OffhookError
from offhook.web.problems import STATUS, problem_of, status_of


def every_error(kind: type[OffhookError] = OffhookError) -> list[type[OffhookError]]:
    return [kind, *(each for child in kind.__subclasses__() for each in every_error(child))]


OURS = [each for each in every_error() if each.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.code)
def test_every_error_is_a_problem(kind: type[OffhookError]) -> None:
    problem = problem_of(kind())
    assert problem.status == status_of(kind())
    assert 400 <= problem.status < 600
    assert (problem.code, problem.type) == (kind.code, f"urn:offhook:error:{kind.code}")
    assert (problem.remedy, problem.retryable) == (kind.remedy, kind.retryable)


@pytest.mark.parametrize("kind", [each for each in OURS if issubclass(each, errors.Refused)], ids=lambda kind: kind.code)
def test_what_is_refused_is_never_our_fault(kind: type[OffhookError]) -> None:
    assert status_of(kind()) < 500


def test_the_nearest_ancestor_counts() -> None:
    class Newcomer(errors.WrongLineLogin):
        """Something new."""

    assert status_of(Newcomer()) == STATUS[errors.WrongLineLogin] == 401


def test_contacts_come_with_the_refusal_that_names_them() -> None:
    error = errors.ContactExists()
    error.contacts = ("carla",)
    assert problem_of(error).contacts == ("carla",)
    assert problem_of(errors.NotFound()).contacts is None

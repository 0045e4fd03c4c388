"""The states of a grant, walked from each to each."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from offhook.grants.grant import Grant, GrantState, broken_by, renewed, switched_off, switched_on

AT = datetime(2026, 11, 23, tzinfo=UTC)
ACTIVE = Grant("g", "ben", 111, "Example Inc", 7, "ben@example.com", ("oauth",), GrantState.ACTIVE, None, AT)
OFF = replace(ACTIVE, state=GrantState.OFF)
BROKEN = replace(ACTIVE, state=GrantState.BROKEN, reason="revoked")


def test_it_is_switched_off_and_on_again() -> None:
    assert switched_off(ACTIVE) == OFF
    assert switched_on(OFF) == ACTIVE


@pytest.mark.parametrize("switch", [switched_off, switched_on])
def test_a_switch_repairs_nothing(switch: object) -> None:
    assert switch(BROKEN) == BROKEN  # type: ignore[operator]


def test_it_breaks_with_its_first_reason() -> None:
    assert broken_by(ACTIVE, "revoked") == BROKEN
    assert broken_by(BROKEN, "something later").reason == "revoked"


def test_a_new_consent_makes_it_active_with_the_new_scopes() -> None:
    later = AT.replace(hour=5)
    grant = renewed(BROKEN, scopes=("oauth", "tickets"), account_name="Example", email="ben@example.com", at=later)
    assert (grant.state, grant.reason, grant.since) == (GrantState.ACTIVE, None, later)
    assert grant.lacks(("tickets", "forms")) == ("forms",)


STEPS = st.lists(st.sampled_from([switched_on, switched_off, lambda grant: broken_by(grant, "revoked")]))


@given(STEPS)
def test_it_has_a_reason_exactly_when_it_is_broken(steps: list[Callable[[Grant], Grant]]) -> None:
    grant = ACTIVE
    for step in steps:
        grant = step(grant)
        assert (grant.reason is not None) == (grant.state is GrantState.BROKEN)

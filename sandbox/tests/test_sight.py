"""Which records a person's rights reach."""

import pytest

from hubspot_sandbox.people import Standing
from hubspot_sandbox.sight import EVERYTHING, NOTHING, Sight, sight

MINE, MATE, STRANGER = "1", "2", "3"
TEAM = frozenset({MINE, MATE})


@pytest.mark.parametrize(
    ("rights", "reached"),
    [
        ({}, NOTHING),
        ({"contacts.view": "none", "contacts.view.unassigned": "on"}, NOTHING),
        ({"contacts.view": "own"}, Sight(owners=frozenset({MINE}))),
        ({"contacts.view": "own", "contacts.view.unassigned": "on"}, Sight(owners=frozenset({MINE}), unassigned=True)),
        ({"contacts.view": "team"}, Sight(owners=TEAM)),
        ({"contacts.view": "all"}, EVERYTHING),
        ({"contacts.edit": "all"}, NOTHING),
    ],
)
def test_a_right_reaches_records_by_their_owner(rights: dict[str, str], reached: Sight) -> None:
    assert sight(Standing(rights), "contacts", "view", MINE, TEAM) == reached


def test_verbs_are_told_apart() -> None:
    standing = Standing({"contacts.view": "all", "contacts.edit": "team", "contacts.delete": "own"})
    assert sight(standing, "contacts", "view", MINE, TEAM).covers(STRANGER)
    assert sight(standing, "contacts", "edit", MINE, TEAM).covers(MATE)
    assert not sight(standing, "contacts", "delete", MINE, TEAM).covers(MATE)


def test_a_super_admin_reaches_everything_and_a_stranger_nothing() -> None:
    assert sight(Standing({}, super_admin=True), "contacts", "delete", MINE) == EVERYTHING
    assert sight(None, "contacts", "view", MINE, TEAM) == NOTHING


def test_somebody_without_a_team_or_an_owner_id_is_not_taken_for_nobody() -> None:
    standing = Standing({"contacts.view": "team"})
    assert sight(standing, "contacts", "view", MINE) == Sight(owners=frozenset({MINE}))
    assert not sight(standing, "contacts", "view", "").covers("")


@pytest.mark.parametrize(("rights", "whole"), [({}, False), ({"users.edit": "on"}, True)])
def test_a_kind_behind_a_switch_follows_the_switch(rights: dict[str, str], whole: bool) -> None:
    assert sight(Standing(rights), "users", "edit", MINE).everything is whole


def test_a_kind_that_no_right_restricts_is_reached_whole() -> None:
    assert sight(Standing(), "nothing_of_the_kind", "view", MINE) == EVERYTHING


@pytest.mark.parametrize(
    ("reached", "owner", "covered"),
    [
        (EVERYTHING, "", True),
        (EVERYTHING, STRANGER, True),
        (Sight(owners=TEAM), MATE, True),
        (Sight(owners=TEAM), STRANGER, False),
        (Sight(owners=TEAM), "", False),
        (Sight(owners=TEAM, unassigned=True), "", True),
        (Sight(unassigned=True), STRANGER, False),
        (NOTHING, "", False),
    ],
)
def test_covers(reached: Sight, owner: str, covered: bool) -> None:
    assert reached.covers(owner) is covered
    assert reached.nothing is (reached == NOTHING)

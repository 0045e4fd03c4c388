"""The catalogue is consistent, and rights compare by level."""

import pytest

from hubspot_sandbox.rights import CATALOGUE, SCOPES, TABS, Need, clean, holds, missing


def test_every_need_names_a_right_and_a_value_of_it() -> None:
    for scope in SCOPES.values():
        for need in scope.needs:
            assert need.at_least in CATALOGUE[need.right].values, scope.name


def test_every_tab_has_rights() -> None:
    assert {right.tab for right in CATALOGUE.values()} == set(TABS)


@pytest.mark.parametrize(
    ("value", "at_least", "held"),
    [("none", "own", False), ("own", "own", True), ("own", "team", False), ("all", "team", True)],
)
def test_levels_are_ordered(value: str, at_least: str, held: bool) -> None:
    assert holds({"contacts.view": value}, Need("contacts.view", at_least, "")) is held


def test_all_includes_unassigned() -> None:
    assert holds({"contacts.edit": "all"}, Need("contacts.edit.unassigned", "on", ""))
    assert not holds({"contacts.edit": "team"}, Need("contacts.edit.unassigned", "on", ""))


def test_each_missing_right_is_named_once() -> None:
    needs = missing({}, ["settings.users.read", "settings.users.write"])
    assert [need.right for need in needs] == ["users.edit"]


def test_only_rights_above_the_least_are_kept() -> None:
    assert clean({"contacts.view": "none", "contacts.edit": "own"}) == {"contacts.edit": "own"}


@pytest.mark.parametrize("rights", [{"nonsense": "on"}, {"contacts.view": "on"}])
def test_unknown_rights_and_values_are_refused_by_name(rights: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"nonsense|contacts\.view"):
        clean(rights)

"""Permission sets, made and edited in the pages: whoever is under one has its rights from the next login."""

from typing import Any

import pytest

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, BEN, BEN_AT_FIRST

SETS = f"/settings/{ACORN}/permission-sets"
USERS = f"/settings/{ACORN}/users"


def _by_name(portal: Portal, name: str) -> Any:
    return next(each for each in portal.people.permission_sets(ACORN) if each.name == name)


@pytest.fixture
def ben_id(portal: Portal) -> int:
    member = portal.people.membership(ACORN, BEN)
    assert member
    return member.user_id


def test_a_set_is_made_with_the_same_editor(ada: Any, portal: Portal) -> None:
    assert ada.get(SETS).texts("th") == ["Name", "Users", "Actions"]
    ada.submit(f"{SETS}/new", name="Agents", **{"contacts.view": "team", "sales.access": "on"})
    assert ada.follow().one("p", role="status").text.startswith("The permission set was created.")
    assert _by_name(portal, "Agents").rights == {"contacts.view": "team", "sales.access": "on"}


def test_a_set_without_a_name_is_sent_back_with_what_was_chosen(ada: Any, portal: Portal) -> None:
    page = ada.submit(f"{SETS}/new", name="  ", **{"contacts.view": "team"}, expect=400)
    assert page.one("p", role="alert").text == "Give the permission set a name."
    chosen = [
        each["value"] for each in page.within(page.one("select", name="contacts.view"), "option") if "selected" in each
    ]
    assert chosen == ["team"]
    assert [each.name for each in portal.people.permission_sets(ACORN)] == ["Sales rep"]


def test_a_clone_begins_as_a_copy_and_is_kept_when_saved(ada: Any, portal: Portal) -> None:
    rep = _by_name(portal, "Sales rep")
    page = ada.get(f"{SETS}/{rep.id}/clone")
    assert page.one("input", id="name")["value"] == "Sales rep (copy)"
    assert len(portal.people.permission_sets(ACORN)) == 1
    ada.post(f"{SETS}/new", page.fields(f"{SETS}/new"))
    assert _by_name(portal, "Sales rep (copy)").rights == rep.rights


def test_a_set_counts_for_its_people_from_their_next_login(ada: Any, ben: Any, portal: Portal, ben_id: int) -> None:
    rep = _by_name(portal, "Sales rep")
    ada.submit(f"{SETS}/{rep.id}/edit", **{"users.edit": "on"})
    ada.submit(f"{USERS}/{ben_id}/permission-set", set=str(rep.id))
    assert "Ben Bright is under a permission set now." in ada.follow().one("p", role="status").text
    ben.get(USERS, expect=403)
    ben.log_out()
    ben.log_in(BEN)
    ben.get(USERS)


def test_a_user_under_a_set_is_edited_through_the_set(ada: Any, portal: Portal, ben_id: int) -> None:
    rep = _by_name(portal, "Sales rep")
    edit = f"{USERS}/{ben_id}/edit"
    csrf = ada.get(edit).fields(edit)
    portal.people.assign_permission_set(ACORN, BEN, rep.id)
    page = ada.get(edit)
    assert not page.all("select")
    assert page.one("a", href=f"{SETS}/{rep.id}/edit").text == "Edit the permission set"
    assert ada.post(edit, csrf, expect=409).heading == "These permissions come from a permission set"
    ada.submit(f"{USERS}/{ben_id}/permission-set", set="0")
    member = portal.people.membership(ACORN, BEN)
    assert member
    assert (member.permission_set_id, member.rights) == (0, BEN_AT_FIRST)


def test_a_set_that_does_not_exist_cannot_be_assigned(ada: Any, ben_id: int) -> None:
    for number in ("999", "x", "9" * 30, ""):
        page = ada.submit(f"{USERS}/{ben_id}/permission-set", set=number, expect=400)
        assert page.heading == "There is no such permission set"
    ada.get(f"{SETS}/999/edit", expect=404)


def test_a_deleted_set_leaves_its_rights_behind(ada: Any, portal: Portal, ben_id: int) -> None:
    rep = _by_name(portal, "Sales rep")
    portal.people.assign_permission_set(ACORN, BEN, rep.id)
    assert "Ben Bright" in ada.get(f"{SETS}/{rep.id}/delete").one("main").text
    ada.submit(f"{SETS}/{rep.id}/delete")
    member = portal.people.membership(ACORN, BEN)
    assert member
    assert (member.permission_set_id, member.rights) == (0, rep.rights)


def test_only_who_may_edit_users_may_edit_sets(ben: Any, portal: Portal) -> None:
    for path in ("", "/new", f"/{_by_name(portal, 'Sales rep').id}/edit"):
        assert ben.get(SETS + path, expect=403).heading == "You don't have access to Users & Teams"

"""Teams: made, renamed and filled in the pages, and what *team* in the View right shows."""

from typing import Any

import pytest

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, CLEO, DEV

TEAMS = f"/settings/{ACORN}/teams"
ALL = f"/contacts/{ACORN}/objects/0-1/views/all/list"


@pytest.fixture
def member(portal: Portal) -> Any:
    def find(email: str) -> Any:
        return portal.people.membership(ACORN, email)

    return find


def test_the_seeds_team_is_listed_with_its_people(ada: Any) -> None:
    page = ada.get(TEAMS)
    assert page.heading == "Users & Teams"
    assert [each.text for each in page.all("td", data_label="Users")] == ["Ben Bright, Cleo Costa, Finn Fischer"]


def test_a_team_is_made_and_renamed(ada: Any, portal: Portal, member: Any) -> None:
    ada.submit(f"{TEAMS}/new", name="Support", **{f"place-{member(DEV).user_id}": "primary"})
    team = next(each for each in portal.people.teams(ACORN) if each.name == "Support")
    assert member(DEV).primary_team_id == team.id
    ada.submit(f"{TEAMS}/{team.id}/edit", name="Help")
    assert [each.name for each in portal.people.teams(ACORN)] == ["Sales", "Help"]
    assert member(DEV).primary_team_id == team.id, "renaming moves nobody"


def test_a_team_needs_a_name(ada: Any, portal: Portal) -> None:
    page = ada.submit(f"{TEAMS}/new", name=" ", expect=400)
    assert page.one("p", role="alert").text == "Give the team a name."
    assert len(portal.people.teams(ACORN)) == 1


def test_a_new_primary_team_leaves_the_old_one_as_an_additional_team(ada: Any, portal: Portal, member: Any) -> None:
    sales = portal.people.teams(ACORN)[0].id
    ada.submit(f"{TEAMS}/new", name="Support", **{f"place-{member(BEN).user_id}": "primary"})
    support = portal.people.teams(ACORN)[1].id
    assert (member(BEN).primary_team_id, member(BEN).secondary_team_ids) == (support, (sales,))
    ada.submit(f"{TEAMS}/{support}/edit", **{f"place-{member(BEN).user_id}": "additional"})
    assert (member(BEN).primary_team_id, member(BEN).secondary_team_ids) == (0, (sales, support))
    ada.submit(f"{TEAMS}/{sales}/edit", **{f"place-{member(BEN).user_id}": ""})
    assert member(BEN).team_ids == (support,)


def test_team_in_the_view_right_shows_the_teams_contacts(
    ada: Any, someone: Any, portal: Portal, contact: Any, member: Any
) -> None:
    hers = contact(firstname="Cleos", hubspot_owner_id=str(member(CLEO).owner_id))
    adas = contact(firstname="Adas", hubspot_owner_id=str(member(ADA).owner_id))
    portal.people.set_rights(ACORN, BEN, {"contacts.view": "team"})
    ben = someone().log_in(BEN)
    names = [each.text for each in ben.get(ALL).all("td", **{"class": "lead"})]
    assert [name.endswith("Cleos") for name in names] == [True]
    ben.get(f"/contacts/{ACORN}/record/0-1/{hers}")
    ben.get(f"/contacts/{ACORN}/record/0-1/{adas}", expect=403)


def test_only_who_may_edit_teams_sees_them(ben: Any, someone: Any, portal: Portal) -> None:
    assert ben.get(TEAMS, expect=403).heading == "You don't have access to Teams"
    portal.people.set_rights(ACORN, CLEO, {"teams.edit": "on"})
    cleo = someone().log_in(CLEO)
    page = cleo.get(TEAMS)
    assert not page.all("a", href=f"/settings/{ACORN}/users")
    cleo.get(f"{TEAMS}/999/edit", expect=404)

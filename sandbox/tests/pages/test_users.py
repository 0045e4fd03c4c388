"""Users & Teams: who may open it, the ACCESS column, making and removing super admins."""

from typing import Any

import pytest

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, BIRCH, CLEO

USERS = f"/settings/{ACORN}/users"


@pytest.fixture
def user_id(portal: Portal) -> Any:
    def find(email: str, account: int = ACORN) -> int:
        member = portal.people.membership(account, email)
        assert member
        return member.user_id

    return find


def _access(page: Any) -> dict[str, str]:
    """The ACCESS column by user id."""
    rows = [each for each in page.all("tr") if "data-user-id" in each]
    return {row["data-user-id"]: page.within(row, "td", data_field="access")[0].text for row in rows}


def test_ada_sees_everybody_and_what_they_may(ada: Any, user_id: Any) -> None:
    page = ada.get(USERS)
    assert page.heading == "Users & Teams"
    assert page.texts("th") == ["Name", "Access", "Teams", "Last login", "Actions"]
    access = _access(page)
    assert access[str(user_id(ADA))] == "Super Admin"
    assert access[str(user_id(BEN))] == "Contacts, Sales"
    assert access[str(user_id("finn@acorn.example"))] == "Sales rep"


def test_a_user_without_rights_has_a_core_seat(ada: Any, portal: Portal, user_id: Any) -> None:
    portal.people.set_rights(ACORN, BEN, {})
    assert _access(ada.get(USERS))[str(user_id(BEN))] == "Core seat"


def test_ben_is_politely_refused(ben: Any, user_id: Any) -> None:
    for path in ("", f"/{user_id(BEN)}/edit", f"/{user_id(BEN)}/make-super-admin"):
        assert ben.get(USERS + path, expect=403).heading == "You don't have access to Users & Teams"
    assert not ben.get(USERS.replace("settings", "integrations-settings").replace("users", "installed")).all(
        "a", href=USERS
    )
    csrf = ben.get(f"/contacts/{ACORN}/objects/0-1/views/all/list").fields("/logout")["csrf"]
    ben.post(f"{USERS}/{user_id(BEN)}/make-super-admin", {"csrf": csrf}, expect=403)
    ben.post(f"{USERS}/{user_id(BEN)}/edit", {"csrf": csrf, "contacts.view": "all"}, expect=403)


def test_the_actions_menu_is_a_button_with_real_links(ada: Any, user_id: Any) -> None:
    page = ada.get(USERS)
    button = page.one("button", aria_controls=f"actions-{user_id(BEN)}")
    assert button.text == "Actions for Ben Bright"
    assert button["aria-expanded"] == "false"
    menu = page.one("ul", id=f"actions-{user_id(BEN)}")
    base = f"{USERS}/{user_id(BEN)}"
    assert {each.text: each["href"] for each in page.within(menu, "a")} == {
        "Edit": f"{base}/edit",
        "Assign permission set": f"{base}/permission-set",
        "Make super admin": f"{base}/make-super-admin",
        "Deactivate": f"{base}/deactivate",
    }


def test_made_and_removed_again(ada: Any, portal: Portal, user_id: Any) -> None:
    number = user_id(BEN)
    page = ada.get(f"{USERS}/{number}/make-super-admin")
    assert page.heading == "Make super admin"
    assert page.one("a", href=USERS, **{"class": "button"}).text == "Cancel"
    ada.submit(f"{USERS}/{number}/make-super-admin")
    after = ada.follow()
    assert _access(after)[str(number)] == "Super Admin"
    assert after.one("p", role="status").text == (
        "Ben Bright is now a Super Admin. Changes take effect after the person logs out and in again."
    )
    assert "Remove super admin" in after.one("ul", id=f"actions-{number}").text
    ada.submit(f"{USERS}/{number}/remove-super-admin")
    assert _access(ada.follow())[str(number)] == "Contacts, Sales"
    member = portal.people.membership(ACORN, BEN)
    assert member
    assert not member.super_admin


def test_a_new_super_admin_is_one_from_the_next_login(ada: Any, ben: Any, user_id: Any) -> None:
    ada.submit(f"{USERS}/{user_id(BEN)}/make-super-admin")
    ben.get(USERS, expect=403)
    ben.log_out()
    ben.log_in(BEN)
    ben.get(USERS)


def test_the_last_super_admin_stays(ada: Any, portal: Portal, user_id: Any) -> None:
    number = user_id(ADA)
    assert "Remove super admin" not in ada.get(USERS).one("ul", id=f"actions-{number}").text
    assert ada.get(f"{USERS}/{number}/remove-super-admin", expect=409).heading == "An account needs a Super Admin"
    csrf = ada.get(USERS).fields("/logout")["csrf"]
    ada.post(f"{USERS}/{number}/remove-super-admin", {"csrf": csrf}, expect=409)
    member = portal.people.membership(ACORN, ADA)
    assert member
    assert member.super_admin


def test_one_of_two_may_remove_herself(ada: Any, portal: Portal, user_id: Any) -> None:
    portal.people.set_super_admin(ACORN, CLEO, True)
    ada.submit(f"{USERS}/{user_id(ADA)}/remove-super-admin")
    assert _access(ada.follow())[str(user_id(ADA))] == "Core seat"


def test_a_deactivated_super_admin_is_nobody_to_rely_on(ada: Any, portal: Portal, user_id: Any) -> None:
    portal.people.set_super_admin(ACORN, "finn@acorn.example", True)
    ada.get(f"{USERS}/{user_id(ADA)}/remove-super-admin", expect=409)


def test_nothing_to_change_says_so(ada: Any, user_id: Any) -> None:
    assert ada.get(f"{USERS}/{user_id(ADA)}/make-super-admin", expect=409).heading == "There is nothing to change"
    ada.get(f"{USERS}/{user_id(BEN)}/remove-super-admin", expect=409)


def test_who_may_edit_users_cannot_touch_super_admins(someone: Any, portal: Portal, user_id: Any) -> None:
    portal.people.set_rights(ACORN, CLEO, {"users.edit": "on"})
    cleo = someone().log_in(CLEO)
    page = cleo.get(USERS)
    assert not page.all("ul", id=f"actions-{user_id(ADA)}")
    assert page.one("ul", id=f"actions-{user_id(BEN)}").text == "Edit Assign permission set Deactivate"
    assert cleo.get(f"{USERS}/{user_id(ADA)}/edit", expect=403).heading == "You can't edit this user"
    assert cleo.get(f"{USERS}/{user_id(BEN)}/make-super-admin", expect=403).heading == "Only Super Admins can do this"


def test_a_form_without_the_token_changes_nothing(ada: Any, portal: Portal, user_id: Any) -> None:
    ada.post(f"{USERS}/{user_id(BEN)}/make-super-admin", {}, expect=403)
    member = portal.people.membership(ACORN, BEN)
    assert member
    assert not member.super_admin


def test_users_of_another_account_are_not_found_here(ada: Any) -> None:
    assert ada.get(f"{USERS}/999/edit", expect=404).heading == "Page not found"
    eve_is_not_in_birch = f"/settings/{BIRCH}/users/5101005/edit"
    ada.get(eve_is_not_in_birch, expect=404)


def test_the_address_puts_no_words_on_the_page(ada: Any, user_id: Any) -> None:
    for query in ("done=hello&user=1", f"done=made&user={'9' * 30}", "done=made&user=x", f"done=x&user={user_id(BEN)}"):
        assert not ada.get(f"{USERS}?{query}").all("p", role="status")


def test_a_hostile_name_is_only_text(ada: Any, portal: Portal) -> None:
    person = portal.people.person(BEN)
    assert person
    portal.people.add_person(type(person)(BEN, "<script>a()</script>", '"><b>'))
    page = ada.get(USERS)
    assert all("src" in each for each in page.all("script"))
    assert '<script>a()</script> "><b>' in page.one("main").text


def test_the_last_login_and_the_teams_are_told(ada: Any, someone: Any, user_id: Any) -> None:
    def last_login(email: str) -> str:
        page = ada.get(USERS)
        row = page.one("tr", data_user_id=str(user_id(email)))
        assert page.within(row, "td", data_field="teams")[0].text == "Sales"
        return str(page.within(row, "td", data_field="last-login")[0].text)

    assert last_login(CLEO) == "Never"
    someone().log_in(CLEO)
    assert " at " in last_login(CLEO)


def test_who_is_deactivated_is_out_at_once_and_comes_back(ada: Any, ben: Any, portal: Portal, user_id: Any) -> None:
    address = f"{USERS}/{user_id(BEN)}/deactivate"
    assert ada.get(address).heading == "Deactivate Ben Bright"
    ada.submit(address)
    page = ada.follow()
    assert page.one("p", role="status").text.startswith("Ben Bright is deactivated.")
    assert "Reactivate" in page.one("ul", id=f"actions-{user_id(BEN)}").text
    ben.get(f"/contacts/{ACORN}/objects/0-1/views/all/list", expect=403)
    assert ada.get(address).heading == "Reactivate Ben Bright"
    ada.submit(address)
    ben.get(f"/contacts/{ACORN}/objects/0-1/views/all/list")


def test_nobody_deactivates_herself_or_a_super_admin_above_her(
    ada: Any, someone: Any, portal: Portal, user_id: Any
) -> None:
    assert ada.get(f"{USERS}/{user_id(ADA)}/deactivate", expect=409).heading == "You can't deactivate yourself"
    portal.people.set_rights(ACORN, CLEO, {"users.edit": "on"})
    cleo = someone().log_in(CLEO)
    assert cleo.get(f"{USERS}/{user_id(ADA)}/deactivate", expect=403).heading == "You can't edit this user"

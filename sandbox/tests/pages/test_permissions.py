"""Edit permissions: every right of the catalogue under a predictable name, saved as it was set."""

from typing import Any

import pytest

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.rights import CATALOGUE
from hubspot_sandbox.seeds.people import ACORN, BEN, BEN_AT_FIRST


@pytest.fixture
def edit(portal: Portal) -> str:
    member = portal.people.membership(ACORN, BEN)
    assert member
    return f"/settings/{ACORN}/users/{member.user_id}/edit"


def _rights(portal: Portal) -> dict[str, str]:
    member = portal.people.membership(ACORN, BEN)
    assert member
    return member.rights


def _names(page: Any) -> dict[str, str]:
    """Accessible names by right."""
    named = {
        each["name"]: each["aria-label"] for tag in ("select", "input") for each in page.all(tag) if "aria-label" in each
    }
    for label in page.all("label"):
        for box in page.within(label, "input"):
            named.setdefault(box["name"], label.text)
    return named


def test_every_right_has_a_control_with_a_name(ada: Any, edit: str) -> None:
    names = _names(ada.get(edit))
    assert set(names) == set(CATALOGUE)
    assert len(set(names.values())) == len(names)
    assert names["contacts.view"] == "Contacts: View"
    assert names["contacts.view.unassigned"] == "Contacts: View unassigned"
    assert names["contacts.communicate"] == "Contacts: Communicate"
    assert names["app_marketplace_access"] == "App Marketplace access"
    assert names["marketing.access"] == "Marketing access"
    assert names["service.access"] == "Service access"
    assert names["forms.publish"] == "Forms > Publish"


def test_the_groups_are_hubspots(ada: Any, edit: str) -> None:
    page = ada.get(edit)
    assert page.texts("h2") == ["CRM", "Marketing", "Sales", "Service", "Reports", "Account"]
    assert page.texts("legend")[-2:] == ["Settings access", "User and account access"]
    options = page.within(page.one("select", name="contacts.view"), "option")
    assert [each.text for each in options] == ["All", "Team", "Own", "None"]


def test_the_form_shows_what_is_saved_and_saving_untouched_changes_nothing(ada: Any, portal: Portal, edit: str) -> None:
    assert ada.get(edit).one("h1").text == "Edit permissions"
    ada.submit(edit)
    assert _rights(portal) == BEN_AT_FIRST


def test_switching_on_and_off(ada: Any, portal: Portal, edit: str) -> None:
    changes = {"contacts.view": "all", "contacts.edit.unassigned": "on", "service.access": "on", "sales.access": None}
    ada.submit(edit, **changes)
    saved = ada.follow()
    assert saved.one("p", role="status").text == "Saved. Changes take effect after the person logs out and in again."
    held = _rights(portal)
    assert held["contacts.view"] == "all"
    assert held["contacts.edit.unassigned"] == "on"
    assert held["service.access"] == "on"
    assert "sales.access" not in held
    assert "checked" in saved.one("input", name="service.access")


def test_a_value_that_does_not_exist_is_refused(ada: Any, portal: Portal, edit: str) -> None:
    page = ada.submit(edit, **{"contacts.view": "everything"}, expect=400)
    assert page.heading == "These permissions could not be saved"
    assert _rights(portal) == BEN_AT_FIRST


def test_fields_nobody_knows_are_ignored(ada: Any, portal: Portal, edit: str) -> None:
    ada.submit(edit, superAdmin="on", made_up="on")
    assert _rights(portal) == BEN_AT_FIRST


def test_the_token_is_required(ada: Any, portal: Portal, edit: str) -> None:
    ada.post(edit, {"contacts.view": "all"}, expect=403)
    assert _rights(portal) == BEN_AT_FIRST


def test_a_super_admins_page_says_that_everything_is_held(ada: Any, portal: Portal, edit: str) -> None:
    portal.people.set_super_admin(ACORN, BEN, True)
    assert "Ben Bright is a Super Admin and holds every permission." in ada.get(edit).one("main").text

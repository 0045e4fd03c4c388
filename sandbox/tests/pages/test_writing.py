"""New records and changed ones by hand: within the rights, and with the portal's own words for what it refuses."""

from typing import Any

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.record import by_hand
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, DEV

NEW = f"/contacts/{ACORN}/objects/0-1/new"


def _owner_id(portal: Portal, email: str) -> str:
    member = portal.people.membership(ACORN, email)
    assert member
    return str(member.owner_id)


def _user_id(portal: Portal, email: str) -> int:
    member = portal.people.membership(ACORN, email)
    assert member
    return member.user_id


def test_a_new_contact_belongs_to_who_makes_it(ada: Any, portal: Portal) -> None:
    ada.submit(NEW, firstname="Carla", phone="+1 415 555 0100")
    number = ada.location.rsplit("/", 1)[-1]
    assert ada.follow().heading == "Carla"
    made = portal.record(ACORN, "contacts", number)
    assert made
    assert made.get("hubspot_owner_id") == _owner_id(portal, ADA)
    assert made.origin("") == by_hand(_user_id(portal, ADA))


def test_what_the_portal_refuses_is_said_above_the_form(ada: Any, contact: Any) -> None:
    contact(email="carla@x.example")
    page = ada.submit(NEW, firstname="Carla", email="carla@x.example", expect=400)
    assert "already exists" in page.one("div", role="alert").text
    assert page.one("input", id="firstname")["value"] == "Carla"


def test_a_contact_is_edited_and_a_field_cleared(ada: Any, portal: Portal, contact: Any) -> None:
    number = contact(firstname="Carla", city="Cork")
    address = f"/contacts/{ACORN}/record/0-1/{number}/edit"
    ada.submit(address, firstname="Carlotta", city="")
    record = portal.record(ACORN, "contacts", number)
    assert record
    assert (record.get("firstname"), record.get("city")) == ("Carlotta", "")
    newest, *_ = portal.records.history(ACORN, record, "firstname")
    assert (newest.value, newest.source) == ("Carlotta", by_hand(_user_id(portal, ADA)))


def test_who_may_not_edit_is_not_offered_it_and_refused(someone: Any, portal: Portal, contact: Any) -> None:
    number = contact(firstname="Mine", hubspot_owner_id=_owner_id(portal, DEV))
    dev = someone().log_in(DEV)
    record = f"/contacts/{ACORN}/record/0-1/{number}"
    assert not dev.get(f"/contacts/{ACORN}/objects/0-1/views/all/list").all("a", href=NEW)
    assert not dev.get(record).all("a", href=f"{record}/edit")
    assert dev.get(NEW, expect=403).heading == "You can't create contacts"
    assert dev.get(f"{record}/edit", expect=403).heading == "You can't edit this contact"


def test_nobody_gives_a_record_to_where_her_rights_end(someone: Any, portal: Portal) -> None:
    portal.people.set_rights(ACORN, BEN, {"contacts.view": "own", "contacts.edit": "own"})
    ben = someone().log_in(BEN)
    page = ben.submit(NEW, firstname="Hers", hubspot_owner_id=_owner_id(portal, ADA), expect=400)
    assert "Choose another owner" in page.one("div", role="alert").text
    assert portal.records.count(ACORN, "contacts") == 0


def test_deals_and_tickets_have_lists_forms_and_pages(ada: Any) -> None:
    for type_id, name in (("0-3", "dealname"), ("0-5", "subject")):
        ada.submit(f"/contacts/{ACORN}/objects/{type_id}/new", **{name: "Beans"})
        assert ada.follow().heading == "Beans"
        assert "Beans" in ada.get(f"/contacts/{ACORN}/objects/{type_id}/views/all/list").one("table").text

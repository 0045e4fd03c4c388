"""The lists of contacts and companies: what is shown, to whom, and how it is searched."""

from typing import Any

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, BEN, BIRCH, DEV, EVE

ALL = f"/contacts/{ACORN}/objects/0-1/views/all/list"
MINE = f"/contacts/{ACORN}/objects/0-1/views/my/list"
COMPANIES = f"/contacts/{ACORN}/objects/0-2/views/all/list"


def _names(page: Any) -> list[str]:
    rows = page.all("tr")[1:]
    return [page.within(row, "a")[0].text for row in rows]


def _owner_id(portal: Portal, email: str) -> str:
    member = portal.people.membership(ACORN, email)
    assert member
    return str(member.owner_id)


def test_a_row_holds_the_contact_as_stored(ada: Any, portal: Portal, contact: Any) -> None:
    number = contact(
        firstname="Carla", lastname="Reyes", email="carla@x.example", phone="+1 (415) 555-0100 x12",
        mobilephone="415.555.0101", company="Reyes Roasters", hubspot_owner_id=_owner_id(portal, BEN),
    )  # fmt: skip
    page = ada.get(ALL)
    row = page.one("tr", data_record_id=number)
    assert page.within(row, "a")[0]["href"] == f"/contacts/{ACORN}/record/0-1/{number}"
    assert [cell.text for cell in page.within(row, "td")][1:] == [
        "carla@x.example", "+1 (415) 555-0100 x12", "415.555.0101", "Reyes Roasters", "Ben Bright",
    ]  # fmt: skip
    assert page.texts("th") == ["Name", "Email", "Phone number", "Mobile phone number", "Company", "Owner"]


def test_numbers_are_plain_text_that_an_extension_can_find(ada: Any, contact: Any) -> None:
    contact(firstname="A", phone="1-800-FLOWERS", mobilephone="00004")
    page = ada.get(ALL)
    spans = [each for each in page.all("span") if each["class"] == "phone-number"]
    assert [(each["data-phone-property"], each.text) for each in spans] == [
        ("phone", "1-800-FLOWERS"),
        ("mobilephone", "00004"),
    ]
    assert "tel:" not in ada.answer.text


def test_a_contact_without_a_name_is_called_by_its_address(ada: Any, contact: Any) -> None:
    contact(email="nobody@x.example")
    contact(phone="1")
    assert _names(ada.get(ALL)) == ["nobody@x.example", "--"]


def test_hostile_names_are_only_text(ada: Any, contact: Any) -> None:
    contact(firstname="<script>alert(1)</script>", company='"><img src=x onerror=alert(1)>', phone="<b>1</b>")
    page = ada.get(ALL)
    assert _names(page) == ["<script>alert(1)</script>"]
    assert not page.all("img")
    assert all("src" in script for script in page.all("script"))


def test_pages_of_25_and_the_total(ada: Any, contact: Any) -> None:
    for place in range(60):
        contact(firstname=f"N{place:02}")
    first, last = ada.get(ALL), ada.get(f"{ALL}?page=3")
    assert first.one("p", id="count").text == "60 records"
    assert len(_names(first)) == 25
    assert _names(last) == [f"N{place}" for place in range(50, 60)]
    assert last.one("nav", aria_label="Pages").text.endswith("51–60 of 60")
    assert first.one("a", rel="next")["href"] == f"{ALL}?page=2"
    assert not last.all("a", rel="next")


def test_absurd_pages_do_no_harm(ada: Any, contact: Any) -> None:
    contact(firstname="One")
    for number in ("0", "-1", "x", "9" * 30, "9" * 18, "400", "٣"):
        ada.get(f"{ALL}?page={number}", expect=302 if len(number) == 3 or len(number) == 18 else 200)
    ada.get(f"{ALL}?page=7&q=One", expect=302)
    assert ada.location == f"{ALL}?q=One"
    ada.get(f"{ALL}?q={'a' * 5000}")


def test_search_by_name_email_and_number(ada: Any, contact: Any) -> None:
    contact(firstname="Carla", email="carla@x.example", phone="+1 415 555 0100")
    contact(firstname="Omar", email="omar@y.example", phone="+1 212 555 0199")
    for words in ("carla", "X.example", "4155550100"):
        assert _names(ada.get(f"{ALL}?q={words}")) == ["Carla"], words
    nobody = ada.get(f"{ALL}?q=<i>")
    assert "No contacts match “<i>”." in nobody.one("main").text
    assert nobody.one("input", id="q")["value"] == "<i>"


def test_who_may_view_own_sees_own(ben: Any, portal: Portal, contact: Any) -> None:
    contact(firstname="Mine", hubspot_owner_id=_owner_id(portal, BEN))
    contact(firstname="Hers", hubspot_owner_id=_owner_id(portal, "ada@acorn.example"))
    contact(firstname="Nobodys")
    assert _names(ben.get(ALL)) == ["Mine"]


def test_unassigned_adds_what_has_no_owner(someone: Any, portal: Portal, contact: Any) -> None:
    portal.people.set_rights(ACORN, DEV, {"contacts.view": "own", "contacts.view.unassigned": "on"})
    contact(firstname="Nobodys")
    contact(firstname="Hers", hubspot_owner_id=_owner_id(portal, BEN))
    dev = someone().log_in(DEV)
    assert _names(dev.get(ALL)) == ["Nobodys"]
    assert "You own no contacts." in dev.get(MINE).one("main").text


def test_who_may_view_none_is_told_politely(someone: Any) -> None:
    page = someone().log_in(EVE).get(ALL, expect=403)
    assert page.heading == "You don't have access to contacts"
    assert "Users & Teams" in page.one("main").text


def test_a_new_view_right_counts_from_the_next_login(ben: Any, portal: Portal, contact: Any) -> None:
    contact(firstname="Hers")
    portal.people.set_rights(ACORN, BEN, {"contacts.view": "all"})
    assert ben.get(ALL).one("p", id="count").text == "0 records"
    ben.log_out()
    ben.log_in(BEN)
    assert _names(ben.get(ALL)) == ["Hers"]


def test_my_contacts_are_those_i_own(ada: Any, portal: Portal, contact: Any) -> None:
    contact(firstname="Mine", hubspot_owner_id=_owner_id(portal, "ada@acorn.example"))
    contact(firstname="His", hubspot_owner_id=_owner_id(portal, BEN))
    assert _names(ada.get(MINE)) == ["Mine"]


def test_each_account_has_its_own_contacts(ada: Any, contact: Any) -> None:
    contact(firstname="Here")
    contact(BIRCH, firstname="There")
    assert _names(ada.get(ALL.replace(str(ACORN), str(BIRCH)))) == ["There"]


def test_companies_and_the_company_of_a_contact(ada: Any, portal: Portal, contact: Any) -> None:
    company = portal.records.create(ACORN, "companies", {"name": "Reyes Roasters", "domain": "reyes.example"})
    portal.associate(ACORN, "contacts", contact(firstname="Carla"), "companies", company.id)
    assert _names(ada.get(COMPANIES)) == ["Reyes Roasters"]
    link = ada.get(ALL).one("a", href=f"/contacts/{ACORN}/record/0-2/{company.id}")
    assert link.text == "Reyes Roasters"


def test_unknown_lists_are_not_found(ada: Any) -> None:
    for path in ("0-9/views/all/list", "0-1/views/secret/list"):
        assert ada.get(f"/contacts/{ACORN}/objects/{path}", expect=404).heading == "Page not found"


def test_a_column_sorts_both_ways_and_strange_ones_do_not(ada: Any, contact: Any) -> None:
    for name in ("Bea", "Cid", "Abe"):
        contact(firstname=name, email=f"{name}@x.example".lower())
    page = ada.get(f"{ALL}?sort=email")
    assert _names(page) == ["Abe", "Bea", "Cid"]
    assert [each.text for each in page.all("th") if each["aria-sort"] == "ascending"] == ["Email"]
    assert _names(ada.get(f"{ALL}?sort=-email")) == ["Cid", "Bea", "Abe"]
    for name in ("nonsense", "-", "hs_object_id;"):
        assert _names(ada.get(f"{ALL}?sort={name}")) == ["Bea", "Cid", "Abe"]

"""What was defined really works on records: written, checked, read, searched, unique, hidden when archived."""

from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from sandbox.tests.properties.making import OBJECTS, PROPERTIES, Define, make, options

from hubspot_sandbox.objects.kind import Option, Property
from hubspot_sandbox.objects.values import appended, complaint, index_key, normal
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.properties.definition import Maker, Shown
from hubspot_sandbox.search import Filter, FilterGroup, Search
from hubspot_sandbox.seeds import plant
from hubspot_sandbox.seeds.people import ACORN

CONTACTS = f"{OBJECTS}/contacts"
TYPES: dict[str, dict[str, Any]] = {
    "points": {"type": "number", "fieldType": "number"},
    "birthday": {"type": "date", "fieldType": "date"},
    "seen_at": {"type": "datetime", "fieldType": "date"},
    "size": {"type": "enumeration", "fieldType": "select", "options": options("small", "large")},
    "tools": {"type": "enumeration", "fieldType": "checkbox", "options": options("saw", "axe", "drill")},
    "vip": {"type": "bool", "fieldType": "booleancheckbox"},
    "nickname": {},
    "desk_phone": {"type": "phone_number", "fieldType": "phonenumber"},
}


@pytest.fixture
def typed(define: Define) -> None:
    for name, fields in TYPES.items():
        assert define(name, **fields).status_code == 201


@pytest.mark.usefixtures("typed")
@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("points", "12.5", "12.5"),
        ("points", 7, "7"),
        ("birthday", "2026-02-28", "2026-02-28"),
        ("birthday", "1430438400000", "2015-05-01"),
        ("seen_at", "1427997766000", "2015-04-02T18:02:46.000Z"),
        ("size", "large", "large"),
        ("tools", "saw;axe;saw", "saw;axe"),
        ("vip", True, "true"),
        ("nickname", "Bé", "Bé"),
    ],
)
def test_values_are_kept_in_hubspots_form(api: httpx.Client, name: str, given: object, kept: str) -> None:
    made = api.post(CONTACTS, json={"properties": {name: given}}).json()
    assert made["properties"][name] == kept
    read = api.get(f"{CONTACTS}/{made['id']}", params={"properties": name}).json()
    assert read["properties"][name] == kept


@pytest.mark.usefixtures("typed")
@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("points", "many", "INVALID_INTEGER"),
        ("birthday", "soon", "INVALID_DATE"),
        ("birthday", "1430438400001", "INVALID_DATE"),
        ("seen_at", "2026-13-01", "INVALID_DATE"),
        ("size", "medium", "INVALID_OPTION"),
        ("tools", "saw;hammer", "INVALID_OPTION"),
        ("vip", "yes", "INVALID_BOOLEAN"),
        ("nickname", "x" * 65_537, "INVALID_LENGTH"),
        ("never_made", "x", "PROPERTY_DOESNT_EXIST"),
    ],
)
def test_values_that_do_not_fit_are_refused(api: httpx.Client, name: str, given: str, code: str) -> None:
    answer = api.post(CONTACTS, json={"properties": {name: given}})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)


@pytest.mark.usefixtures("typed")
def test_a_leading_semicolon_adds_choices(api: httpx.Client) -> None:
    record = make(api, tools="saw")
    changed = api.patch(f"{CONTACTS}/{record}", json={"properties": {"tools": ";axe;saw"}}).json()
    assert changed["properties"]["tools"] == "saw;axe"
    wrong = api.patch(f"{CONTACTS}/{record}", json={"properties": {"tools": ";hammer"}})
    assert wrong.status_code == 400


SEARCHES: list[tuple[str, str, dict[str, Any], list[str]]] = [
    ("points", "EQ", {"value": "10.0"}, ["b"]),
    ("points", "NEQ", {"value": "10"}, ["a", "c"]),
    ("points", "LT", {"value": "10"}, ["a"]),
    ("points", "LTE", {"value": "10"}, ["a", "b"]),
    ("points", "GT", {"value": "9"}, ["b", "c"]),
    ("points", "GTE", {"value": "100"}, ["c"]),
    ("points", "BETWEEN", {"value": "2", "highValue": "10"}, ["a", "b"]),
    ("points", "IN", {"values": ["9", "100"]}, ["a", "c"]),
    ("points", "NOT_IN", {"values": ["9"]}, ["b", "c"]),
    ("points", "HAS_PROPERTY", {}, ["a", "b", "c"]),
    ("points", "NOT_HAS_PROPERTY", {}, ["d"]),
    ("nickname", "EQ", {"value": "red fox"}, ["a"]),
    ("nickname", "CONTAINS_TOKEN", {"value": "fox*"}, ["a", "b"]),
    ("nickname", "NOT_CONTAINS_TOKEN", {"value": "red"}, ["b", "c"]),
    ("birthday", "GTE", {"value": "2026-01-02"}, ["b", "c"]),
    ("birthday", "BETWEEN", {"value": "1767225600000", "highValue": "2026-01-02"}, ["a", "b"]),
    ("size", "EQ", {"value": "small"}, ["a"]),
    ("size", "IN", {"values": ["small", "large"]}, ["a", "b"]),
    ("vip", "EQ", {"value": "true"}, ["a"]),
]


@pytest.fixture(scope="module")
def people() -> Any:
    """Three contacts with values of every type and one without."""
    portal = Portal()
    plant(portal, "empty")
    define_all(portal)
    rows = (
        {"points": "9", "nickname": "Red Fox", "birthday": "2026-01-01", "size": "small", "vip": "true"},
        {"points": "10", "nickname": "Foxy", "birthday": "2026-01-02", "size": "large", "vip": "false"},
        {"points": "100", "nickname": "Bear", "birthday": "2026-01-03"},
        {},
    )
    for name, row in zip("abcd", rows, strict=True):
        portal.records.create(ACORN, "contacts", {"firstname": name, **row})
    yield portal
    portal.close()


def define_all(portal: Portal) -> None:
    sizes = (Option("Small", "small"), Option("Large", "large"))
    for prop in (
        Property("points", "Points", "number", "number"),
        Property("nickname", "Nickname"),
        Property("birthday", "Birthday", "date", "date"),
        Property("size", "Size", "enumeration", "select", options=sizes),
        Property("vip", "VIP", "bool", "booleancheckbox"),
    ):
        add(portal, prop)


def add(portal: Portal, prop: Property) -> None:
    own = msgspec.structs.replace(prop, group_name="contactinformation", hubspot_defined=False)
    portal.properties.create(ACORN, "contacts", own, Shown(), Maker("", "2026-01-01T00:00:00.000Z"))


@pytest.mark.parametrize(("name", "operator", "wish", "found"), SEARCHES)
def test_every_operator_finds_them(
    people: Portal, name: str, operator: str, wish: dict[str, Any], found: list[str]
) -> None:
    only = msgspec.convert({"propertyName": name, "operator": operator, **wish}, Filter)
    search = Search(filter_groups=(FilterGroup((only,)),))
    records = people.records.search(ACORN, "contacts", search).records
    assert [each.get("firstname") for each in records] == found


def test_sorting_by_them(people: Portal) -> None:
    search = Search(sorts=("-points",), filter_groups=(FilterGroup((Filter("points", "HAS_PROPERTY"),)),))
    found = people.records.search(ACORN, "contacts", search).records
    assert [each.get("points") for each in found] == ["100", "10", "9"]


def test_unique_values_are_keys_and_refused_when_taken(api: httpx.Client, define: Define) -> None:
    define("crm_number", hasUniqueValue=True)
    record = make(api, crm_number="K-1")
    by = {"idProperty": "crm_number"}
    assert api.get(f"{CONTACTS}/k-1", params=by).json()["id"] == record
    taken = api.post(CONTACTS, json={"properties": {"crm_number": "k-1"}})
    assert (taken.status_code, record in taken.json()["message"]) == (409, True)
    other = make(api, crm_number="K-2")
    assert api.patch(f"{CONTACTS}/{other}", json={"properties": {"crm_number": "K-1"}}).status_code == 409
    assert api.patch(f"{CONTACTS}/k-1", params=by, json={"properties": {"crm_number": "K-1"}}).status_code == 200
    upserts = [{"id": each, "idProperty": "crm_number", "properties": {"firstname": each}} for each in ("K-2", "K-3")]
    upserted = api.post(f"{CONTACTS}/batch/upsert", json={"inputs": upserts}).json()["results"]
    assert [(each["id"] == other, each["new"]) for each in upserted] == [(True, False), (False, True)]
    assert api.get(f"{CONTACTS}/Ann", params={"idProperty": "firstname"}).status_code == 400


def test_unique_numbers_are_the_same_however_written(api: httpx.Client, define: Define) -> None:
    define("account_no", type="number", fieldType="number", hasUniqueValue=True)
    record = make(api, account_no="100")
    assert api.post(CONTACTS, json={"properties": {"account_no": "1e2"}}).status_code == 409
    for operator, wish in (("EQ", {"value": "100.0"}), ("IN", {"values": ["1", "100.00"]})):
        only = {"propertyName": "account_no", "operator": operator, **wish}
        found = api.post(f"{CONTACTS}/search", json={"filterGroups": [{"filters": [only]}]}).json()["results"]
        assert [each["id"] for each in found] == [record]
    wrong = {"propertyName": "account_no", "operator": "EQ", "value": "many"}
    assert api.post(f"{CONTACTS}/search", json={"filterGroups": [{"filters": [wrong]}]}).status_code == 400


def test_an_archived_property_is_gone_from_records(api: httpx.Client, define: Define) -> None:
    define("crm_number", hasUniqueValue=True)
    record = make(api, crm_number="K-1", firstname="Ann")
    api.delete(f"{PROPERTIES}/contacts/crm_number")
    wanted = {"properties": "crm_number,firstname", "propertiesWithHistory": "crm_number"}
    read = api.get(f"{CONTACTS}/{record}", params=wanted).json()
    assert (read["properties"]["crm_number"], "propertiesWithHistory" in read) == (None, False)
    changed = api.patch(f"{CONTACTS}/{record}", json={"properties": {"firstname": "Anna"}}).json()
    assert "crm_number" not in changed["properties"]
    assert api.post(CONTACTS, json={"properties": {"crm_number": "K-2"}}).status_code == 400
    only = {"propertyName": "crm_number", "operator": "EQ", "value": "K-1"}
    assert api.post(f"{CONTACTS}/search", json={"filterGroups": [{"filters": [only]}]}).status_code == 400
    assert api.get(f"{CONTACTS}/K-1", params={"idProperty": "crm_number"}).status_code == 400
    found = api.post(f"{CONTACTS}/search", json={"properties": ["crm_number"]}).json()["results"]
    assert [each["properties"]["crm_number"] for each in found] == [None]


def test_what_comes_back_has_its_values_and_finds_its_records(api: httpx.Client, define: Define) -> None:
    define("crm_number", hasUniqueValue=True)
    kept, gone = make(api, crm_number="K-1"), make(api, crm_number="K-2")
    api.delete(f"{PROPERTIES}/contacts/crm_number")
    api.patch(f"{CONTACTS}/{kept}", json={"properties": {"firstname": "Anna"}})
    api.delete(f"{CONTACTS}/{gone}")
    define("crm_number", hasUniqueValue=True)
    assert api.get(f"{CONTACTS}/K-1", params={"idProperty": "crm_number"}).json()["id"] == kept
    assert make(api, crm_number="K-2") != gone


def test_a_restart_keeps_values_and_what_is_unique(tmp_path: Path) -> None:
    first = Portal(tmp_path / "sandbox.db")
    plant(first, "empty")
    add(first, Property("crm_number", "Number", has_unique_value=True, indexed=True))
    record = first.records.create(ACORN, "contacts", {"crm_number": "K-1"})
    first.close()
    second = Portal(tmp_path / "sandbox.db")
    found = second.records.get(ACORN, "contacts", "k-1", by="crm_number")
    assert found is not None
    assert (found.id, found.get("crm_number")) == (record.id, "K-1")
    second.close()


def test_companies_have_properties_of_their_own(api: httpx.Client) -> None:
    api.post(
        f"{PROPERTIES}/companies",
        json={
            "name": "seats", "label": "Seats", "type": "number", "fieldType": "number", "groupName": "companyinformation"
        },
    )  # fmt: skip
    made = api.post(f"{OBJECTS}/companies", json={"properties": {"name": "Acorn", "seats": "5"}})
    assert (made.status_code, made.json()["properties"]["seats"]) == (201, "5")
    assert api.post(CONTACTS, json={"properties": {"seats": "5"}}).status_code == 400


def test_checkboxes_as_values() -> None:
    tools = Property("tools", "Tools", "enumeration", "checkbox")
    single = Property("size", "Size", "enumeration", "select")
    assert (appended(tools, "a;b", ";c;a"), appended(tools, "a", "c"), appended(single, "a", ";c")) == (
        "a;b;c",
        "c",
        ";c",
    )
    assert normal(tools, ";a;;b;a") == "a;b"


def test_keys_of_numbers() -> None:
    number = Property("n", "N", "number", "number")
    assert len({index_key(number, each) for each in ("100", "100.0", " 1e2 ", "+100")}) == 1
    assert index_key(number, "123456789012345678") != index_key(number, "123456789012345679")
    assert index_key(Property("t", "T"), "Ab 1.0") == "ab 1.0"


def test_a_date_is_a_day() -> None:
    day = Property("d", "D", "date", "date")
    assert complaint(day, "2015-05-01") is None
    assert complaint(day, "2015-05-01T10:00:00Z") == (
        "INVALID_DATE",
        "2015-05-01T10:00:00Z is at 10:0:0.0 UTC, not midnight!",
    )

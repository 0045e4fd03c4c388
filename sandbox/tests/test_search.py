"""Search: operators, limits, paging, delay."""

from collections.abc import Sequence
from typing import Any

import pytest

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import HubSpotProblem
from hubspot_sandbox.search import Filter, FilterGroup, Search, Sort, has_token
from hubspot_sandbox.seeds.people import ACORN

Groups = tuple[FilterGroup, ...]


@pytest.fixture
def searched(portal: Portal) -> Portal:
    portal.clock.freeze()
    for first, email, phone, stage in (
        ("Ann", "ann@acorn.example", "+1 415 555 0100", "lead"),
        ("bob", "bob@birch.example", "(415) 555-0101", "customer"),
        ("Çelik", "celik@birch.example", "", "lead"),
        ("Dee", "", "+44 20 7946 0018", ""),
    ):
        values = {"firstname": first, "email": email, "phone": phone, "lifecyclestage": stage}
        portal.records.create(ACORN, "contacts", values)
        portal.clock.advance(60)
    portal.records.create(ACORN, "companies", {"name": "Few", "numberofemployees": "9"})
    portal.records.create(ACORN, "companies", {"name": "Many", "numberofemployees": "1000"})
    return portal


def one(name: str, operator: str, value: str | None = None, high: str | None = None, values: Sequence[str] = ()) -> Any:
    return (FilterGroup((Filter(name, operator, value, high, tuple(values)),)),)


def names(portal: Portal, groups: Groups, kind: str = "contacts", **more: Any) -> Any:
    found = portal.records.search(ACORN, kind, Search(filter_groups=groups, **more))
    return [record.get("firstname" if kind == "contacts" else "name") for record in found.records]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (one("firstname", "EQ", "ANN"), ["Ann"]),
        (one("firstname", "EQ", "çelik"), ["Çelik"]),
        (one("email", "EQ", "Bob@Birch.Example"), ["bob"]),
        (one("firstname", "NEQ", "ann"), ["bob", "Çelik", "Dee"]),
        (one("email", "IN", values=["ann@acorn.example", "celik@birch.example"]), ["Ann", "Çelik"]),
        (one("firstname", "IN", values=["ann", "Bob"]), ["Ann"]),
        (one("firstname", "NOT_IN", values=["ann", "bob"]), ["Çelik", "Dee"]),
        (one("email", "HAS_PROPERTY"), ["Ann", "bob", "Çelik"]),
        (one("email", "NOT_HAS_PROPERTY"), ["Dee"]),
        (one("email", "CONTAINS_TOKEN", "*@birch.example"), ["bob", "Çelik"]),
        (one("email", "NOT_CONTAINS_TOKEN", "birch"), ["Ann"]),
        (one("lifecyclestage", "EQ", "lead"), ["Ann", "Çelik"]),
        (one("lifecyclestage", "EQ", "LEAD"), []),
        (one("firstname", "LT", "bob"), ["Ann"]),
        (one("firstname", "BETWEEN", "ann", "bob"), ["Ann", "bob"]),
        (one("hs_searchable_calculated_phone_number", "EQ", "4155550100"), ["Ann"]),
        (one("hs_searchable_calculated_phone_number", "CONTAINS_TOKEN", "*555010*"), ["Ann", "bob"]),
        (one("hs_searchable_calculated_phone_number", "EQ", "2079460018"), ["Dee"]),
        (one("phone", "EQ", "+1 415 555 0100"), ["Ann"]),
        (one("phone", "EQ", "+14155550100"), []),
        (one("firstname", "EQ", "ann") + one("firstname", "EQ", "dee"), ["Ann", "Dee"]),
        (one("firstname", "EQ", "ann") + one("email", "HAS_PROPERTY"), ["Ann", "bob", "Çelik"]),
    ],
)
def test_operators(searched: Portal, groups: Groups, expected: Any) -> None:
    assert names(searched, groups) == expected


@pytest.mark.parametrize(
    ("operator", "value", "high", "expected"),
    [
        ("GT", "9", None, ["Many"]),
        ("GTE", "9", None, ["Few", "Many"]),
        ("LT", "1000", None, ["Few"]),
        ("LTE", "1000", None, ["Few", "Many"]),
        ("BETWEEN", "10", "2000", ["Many"]),
        ("EQ", "9.0", None, ["Few"]),
    ],
)
def test_numbers_compare_as_numbers(
    searched: Portal, operator: str, value: str | None, high: str | None, expected: Any
) -> None:
    assert names(searched, one("numberofemployees", operator, value, high), "companies") == expected


def test_times_compare_in_either_writing(searched: Portal) -> None:
    second = searched.records.existing(ACORN, "contacts", "152")
    milliseconds = str(int(searched.clock.now().timestamp() * 1000 - 3 * 60_000))
    assert names(searched, one("createdate", "GTE", second.created_at)) == ["bob", "Çelik", "Dee"]
    assert names(searched, one("createdate", "GTE", milliseconds)) == ["bob", "Çelik", "Dee"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ann", ["Ann"]),
        ("BIRCH", ["bob", "Çelik"]),
        ("çel birch", ["Çelik"]),
        ("4155550100", ["Ann"]),
        ("(415) 555-0101", ["bob"]),
        ("100%", []),
        ("_", []),
    ],
)
def test_query(searched: Portal, query: str, expected: Any) -> None:
    assert names(searched, (), query=query) == expected


def test_sort_and_pages(searched: Portal) -> None:
    assert names(searched, (), sorts=(Sort("firstname", "DESCENDING"),))[0] == "Çelik"
    assert names(searched, (), sorts=("-createdate",)) == ["Dee", "Çelik", "bob", "Ann"]
    assert names(searched, (), limit=2, after=2) == ["Çelik", "Dee"]
    assert searched.records.search(ACORN, "contacts", Search(limit=1)).total == 4


def test_associations_can_be_filtered(searched: Portal) -> None:
    searched.associate(ACORN, "contacts", "152", "companies", "20450001")
    assert names(searched, one("associations.company", "EQ", "20450001")) == ["bob"]
    assert names(searched, one("associations.company", "EQ", "no id")) == []


@pytest.mark.parametrize(
    "search",
    [
        Search(filter_groups=one("email", "HAS_PROPERTY") * 6),
        Search(filter_groups=(FilterGroup((Filter("email", "HAS_PROPERTY"),) * 7),)),
        Search(filter_groups=(FilterGroup((Filter("email", "HAS_PROPERTY"),) * 5),) * 4),
        Search(query="x" * 3001),
        Search(limit=201),
        Search(limit=-1),
        Search(limit=100, after=9950),
        Search(sorts=("email", "phone")),
        Search(sorts=("nonsense",)),
        Search(filter_groups=one("nonsense", "EQ", "1")),
        Search(filter_groups=one("email", "LIKE", "1")),
        Search(filter_groups=one("email", "EQ")),
        Search(filter_groups=one("email", "IN")),
        Search(filter_groups=one("firstname", "BETWEEN", "a")),
        Search(filter_groups=one("createdate", "GT", "yesterday")),
        Search(filter_groups=one("hs_object_id", "GT", "many")),
        Search(filter_groups=one("associations.nonsense", "EQ", "1")),
        Search(filter_groups=one("associations.company", "GT", "1")),
    ],
)
def test_what_a_search_may_not_be(searched: Portal, search: Search) -> None:
    with pytest.raises(HubSpotProblem) as refusal:
        searched.records.search(ACORN, "contacts", search)
    assert (refusal.value.status, refusal.value.category) == (400, "VALIDATION_ERROR")


def test_a_new_record_appears_after_the_delay(portal: Portal) -> None:
    portal.clock.freeze()
    portal.records.set_index_delay(5)
    portal.records.create(ACORN, "contacts", {"firstname": "New"})
    assert names(portal, ()) == []
    at_once = portal.records.search(ACORN, "contacts", Search(), delayed=False)
    assert at_once.total == 1, "people's pages see it at once"
    portal.clock.advance(5)
    assert names(portal, ()) == ["New"]


def test_a_changed_record_is_found_by_its_old_values_until_the_delay_is_over(portal: Portal) -> None:
    portal.clock.freeze()
    old, new = {"firstname": "Old", "phone": "415 555 0100"}, {"firstname": "New", "phone": "415 555 0142"}
    made = portal.records.create(ACORN, "contacts", old)
    portal.clock.advance(60)
    portal.records.set_index_delay(5)
    portal.records.update(ACORN, "contacts", made.id, new | {"city": "Cork"})
    number = "hs_searchable_calculated_phone_number"
    before, after = one(number, "EQ", "4155550100"), one(number, "EQ", "4155550142")
    changed_lately = one("lastmodifieddate", "GT", made.updated_at)
    seen = [names(portal, each) for each in (before, after, changed_lately, one("city", "HAS_PROPERTY"))]
    assert seen == [["Old"], [], [], []]
    words = [portal.records.search(ACORN, "contacts", Search(query=word)).total for word in ("old", "new")]
    assert words == [1, 0]
    assert portal.records.existing(ACORN, "contacts", made.id).properties["firstname"] == "New"
    assert portal.records.search(ACORN, "contacts", Search(filter_groups=after), delayed=False).total == 1
    portal.clock.advance(5)
    seen = [names(portal, each) for each in (before, after, changed_lately, one("city", "HAS_PROPERTY"))]
    assert seen == [[], ["New"], ["New"], ["New"]]
    words = [portal.records.search(ACORN, "contacts", Search(query=word)).total for word in ("old", "new")]
    assert words == [0, 1]


def test_a_record_that_changes_often_is_seen_one_change_after_the_other(portal: Portal) -> None:
    portal.clock.freeze()
    portal.records.set_index_delay(5)
    made = portal.records.create(ACORN, "contacts", {"firstname": "0"})
    for value in ("1", "2", "3"):
        portal.clock.advance(2)
        portal.records.update(ACORN, "contacts", made.id, {"firstname": value})
    seen = []
    for _ in range(6):
        seen += names(portal, ())
        portal.clock.advance(1)
    assert seen == ["0", "1", "1", "2", "2", "3"]


def test_archived_records_are_never_found(searched: Portal) -> None:
    assert searched.records.archive(ACORN, "contacts", "151")
    assert names(searched, one("email", "EQ", "ann@acorn.example")) == []
    assert not searched.records.archive(ACORN, "contacts", "151")


@pytest.mark.parametrize(
    ("value", "pattern", "found"),
    [
        ("Reyes Roasters", "roasters", 1),
        ("Reyes Roasters", "roast", 0),
        ("Reyes Roasters", "roast*", 1),
        ("Reyes Roasters", "roasters reyes", 1),
        ("a[b]c", "[b]", 0),
        ("x", "?", 0),
        ("x", "", 0),
        (None, "x", None),
    ],
)
def test_tokens(value: str | None, pattern: str, found: int | None) -> None:
    assert has_token(value, pattern) == found

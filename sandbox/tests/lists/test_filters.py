"""What filters let in: every operation of the guide that the sandbox has, and the refusal of the others."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from sandbox.tests.lists.making import anyone, asks, named

from hubspot_sandbox.lists.branches import TimeOffset, TimePoint
from hubspot_sandbox.lists.times import Bound, moment
from hubspot_sandbox.objects.kind import Option, Property
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import HubSpotProblem
from hubspot_sandbox.properties.definition import Maker, Shown
from hubspot_sandbox.seeds import plant
from hubspot_sandbox.seeds.people import ACORN

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ROWS: dict[str, dict[str, str]] = {
    "Ann": {"city": "New York", "points": "9", "tools": "saw;axe", "vip": "true", "born": "2026-11-20", "size": "s"},
    "Bob": {"city": "Newark", "points": "10", "tools": "saw", "vip": "false", "born": "2026-11-28", "size": "m"},
    "Cleo": {"city": "York", "points": "100", "tools": "axe", "born": "2026-01-31"},
    "Dan": {},
}


@pytest.fixture(scope="module")
def people() -> Iterator[Portal]:
    """Three contacts with values of every type and one without, at a time that stands still."""
    portal = Portal()
    plant(portal, "empty")
    portal.clock.freeze(NOW)
    for prop in (
        Property("points", "Points", "number", "number"),
        Property("tools", "Tools", "enumeration", "checkbox", options=(Option("Saw", "saw"), Option("Axe", "axe"))),
        Property("size", "Size", "enumeration", "select", options=(Option("S", "s"), Option("M", "m"))),
        Property("vip", "VIP", "bool", "booleancheckbox"),
        Property("born", "Born", "date", "date"),
        Property("seen", "Seen", "datetime", "date"),
    ):
        own = msgspec.structs.replace(prop, group_name="contactinformation", hubspot_defined=False)
        portal.properties.create(ACORN, "contacts", own, Shown(), Maker("", ""))
    for name, row in ROWS.items():
        portal.records.create(ACORN, "contacts", {"firstname": name, **row})
    yield portal
    portal.close()


def let_in(portal: Portal, definition: dict[str, Any]) -> list[str]:
    """The first names of a list's members."""
    each = portal.lists.create(ACORN, "Tried", "contacts", "DYNAMIC", definition)
    found = portal.lists.members.after(portal.lists.place(portal.lists.settled(each)), 0, 100)
    records = [portal.records.get(ACORN, "contacts", one.record_id) for one in found]
    portal.lists.delete(each)
    return [record.get("firstname") for record in records if record]


def date(year: int, month: int, day: int, *clock: int) -> dict[str, Any]:
    hour, minute, second, millisecond = clock or (0, 0, 0, 0)
    point = {"timeType": "DATE", "zoneId": "UTC", "year": year, "month": month, "day": day}
    return {**point, "hour": hour, "minute": minute, "second": second, "millisecond": millisecond}


def today(**offset: int) -> dict[str, Any]:
    return {"timeType": "INDEXED", "zoneId": "UTC", "indexReference": {"referenceType": "TODAY"}, "offset": offset}


def span(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    return {"lowerBoundTimePoint": lower, "upperBoundTimePoint": upper}


RIGHT_NOW = {"timeType": "INDEXED", "zoneId": "US/Eastern", "indexReference": {"referenceType": "NOW"}}
BLANK = {"includeObjectsWithNoValueSet": True}
DAY_MS = 86_400_000
CASES: list[tuple[dict[str, Any], str]] = [
    (asks("city", "ALL_PROPERTY", "IS_KNOWN"), "Ann Bob Cleo"),
    (asks("city", "alltypes", "IS_BLANK"), "Dan"),
    (asks("createdate", "ALL_PROPERTY", "IS_UNKNOWN"), ""),
    (asks("city", "STRING", "IS_EQUAL_TO", value="new york"), "Ann"),
    (asks("city", "MULTISTRING", "IS_EQUAL_TO", values=["York", "NEWARK"]), "Bob Cleo"),
    (asks("city", "MULTISTRING", "IS_NOT_EQUAL_TO", values=["York"]), "Ann Bob"),
    (asks("city", "MULTISTRING", "IS_NOT_EQUAL_TO", values=["York"], **BLANK), "Ann Bob Dan"),
    (asks("city", "MULTISTRING", "IS_EQUAL_TO", values=["York"], **BLANK), "Cleo Dan"),
    (asks("city", "multistring", "CONTAINS", values=["ork", "zzz"]), "Ann Cleo"),
    (asks("city", "STRING", "DOES_NOT_CONTAIN", value="ork"), "Bob"),
    (asks("city", "STRING", "STARTS_WITH", value="new"), "Ann Bob"),
    (asks("city", "MULTISTRING", "ENDS_WITH", values=["ark", "ork"]), "Ann Bob Cleo"),
    (asks("city", "MULTISTRING", "CONTAINS_EXACTLY", values=["york"]), "Ann Cleo"),
    (asks("city", "MULTISTRING", "DOES_NOT_CONTAIN_EXACTLY", values=["york"]), "Bob"),
    (asks("points", "NUMBER", "IS_EQUAL_TO", value=10.0), "Bob"),
    (asks("points", "NUMBER", "IS_NOT_EQUAL_TO", value=10), "Ann Cleo"),
    (asks("points", "NUMBER", "IS_GREATER_THAN", value=10), "Cleo"),
    (asks("points", "NUMBER", "IS_GREATER_THAN_OR_EQUAL_TO", value=10), "Bob Cleo"),
    (asks("points", "NUMBER", "IS_LESS_THAN", value=10), "Ann"),
    (asks("points", "NUMBER", "IS_LESS_THAN_OR_EQUAL_TO", value=10), "Ann Bob"),
    (asks("points", "NUMBER_RANGED", "IS_BETWEEN", lowerBound=9, upperBound=10), "Ann Bob"),
    (asks("points", "number-ranged", "IS_NOT_BETWEEN", lowerBound=9, upperBound=10), "Cleo"),
    (asks("vip", "BOOL", "IS_EQUAL_TO", value=True), "Ann"),
    (asks("vip", "BOOL", "IS_NOT_EQUAL_TO", value=True), "Bob"),
    (asks("tools", "ENUMERATION", "IS_ANY_OF", values=["saw"]), "Ann Bob"),
    (asks("tools", "ENUMERATION", "IS_NONE_OF", values=["saw"]), "Cleo"),
    (asks("tools", "ENUMERATION", "CONTAINS_ALL", values=["axe", "saw"]), "Ann"),
    (asks("tools", "ENUMERATION", "DOES_NOT_CONTAIN_ALL", values=["axe", "saw"]), "Bob Cleo"),
    (asks("tools", "ENUMERATION", "IS_EXACTLY", values=["saw"]), "Bob"),
    (asks("tools", "ENUMERATION", "IS_NOT_EXACTLY", values=["saw"]), "Ann Cleo"),
    (asks("size", "ENUMERATION", "IS_ANY_OF", values=["s", "m"]), "Ann Bob"),
    (asks("born", "DATETIME", "IS_EQUAL_TO", timestamp=1795132800000), "Ann"),
    (asks("born", "DATETIME", "IS_BEFORE_DATE", timestamp=1795132800000), "Cleo"),
    (asks("born", "DATETIME", "IS_AFTER_DATE", timestamp=1795132800000), "Bob"),
    (asks("born", "RANGED_DATE", "IS_BETWEEN", lowerBound=1795132800000, upperBound=1795132800000 + DAY_MS), "Ann"),
    (asks("born", "datetime-ranged", "IS_NOT_BETWEEN", lowerBoundTimestamp=0, upperBoundTimestamp=1795132800000), "Bob"),
    (asks("born", "ROLLING_DATE_RANGE", "IS_LESS_THAN_X_DAYS_AGO", numberOfDays=7), "Ann"),
    (asks("born", "datetime-rolling", "IS_MORE_THAN_X_DAYS_AGO", numberOfDays=7), "Cleo"),
    (asks("born", "ROLLING_DATE_RANGE", "IS_LESS_THAN_X_DAYS_FROM_NOW", numberOfDays=7), "Bob"),
    (asks("born", "ROLLING_DATE_RANGE", "IS_MORE_THAN_X_DAYS_FROM_NOW", numberOfDays=2), "Bob"),
    (asks("born", "TIME_POINT", "IS_AFTER", timePoint=date(2026, 11, 20, 23, 59, 59, 999)), "Bob"),
    (asks("born", "TIME_POINT", "IS_BEFORE", timePoint=today(days=-1)), "Ann Cleo"),
    (asks("born", "TIME_POINT", "IS_BEFORE", timePoint=date(2026, 1, 31), endpointBehavior="INCLUSIVE"), "Cleo"),
    (
        asks("born", "TIME_RANGED", "IS_BETWEEN", **span(today(days=-5), RIGHT_NOW)),
        "Ann",
    ),
    (
        asks("born", "TIME_RANGED", "IS_NOT_BETWEEN", **span(today(months=-9), RIGHT_NOW)),
        "Bob Cleo",
    ),
    (asks("createdate", "TIME_RANGED", "IS_BETWEEN", **span(today(), today())), "Ann Bob Cleo Dan"),
    (asks("hs_object_id", "NUMBER", "IS_LESS_THAN", value=10**9), "Ann Bob Cleo Dan"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "names"), CASES, ids=[str(number) for number in range(len(CASES))])
def test_an_operation_lets_in(people: Portal, asked: dict[str, Any], names: str) -> None:
    assert let_in(people, anyone([asked])) == names.split()


def test_one_branch_needs_all_and_one_of_the_branches_is_enough(people: Portal) -> None:
    new, saw = (
        asks("city", "STRING", "STARTS_WITH", value="new"),
        asks("tools", "ENUMERATION", "IS_EXACTLY", values=["saw"]),
    )
    assert let_in(people, anyone([new, saw])) == ["Bob"]
    assert let_in(people, anyone([new, saw], [named("Dan")])) == ["Bob", "Dan"]


def test_what_was_once_counts_when_asked_for(portal: Portal) -> None:
    record = portal.records.create(ACORN, "contacts", {"firstname": "Ann", "city": "Cork"})
    portal.records.create(ACORN, "contacts", {"firstname": "Bob", "city": "Kerry"})
    portal.records.update(ACORN, "contacts", record.id, {"city": "Dublin"})
    once = asks("city", "STRING", "HAS_EVER_BEEN_EQUAL_TO", value="cork")
    assert let_in(portal, anyone([once])) == ["Ann"]
    assert let_in(portal, anyone([asks("city", "STRING", "HAS_EVER_CONTAINED", value="ub")])) == ["Ann"]
    assert let_in(portal, anyone([asks("city", "STRING", "HAS_NEVER_BEEN_EQUAL_TO", value="cork")])) == ["Bob"]
    portal.records.update(ACORN, "contacts", record.id, {"lifecyclestage": "lead"})
    portal.records.update(ACORN, "contacts", record.id, {"lifecyclestage": "customer"})
    was = asks("lifecyclestage", "ENUMERATION", "HAS_EVER_BEEN_ANY_OF", values=["lead"])
    assert let_in(portal, anyone([was])) == ["Ann"]
    calculated = asks("hs_searchable_calculated_phone_number", "STRING", "HAS_EVER_BEEN_EQUAL_TO", value="1")
    with pytest.raises(HubSpotProblem, match="has no past"):
        let_in(portal, anyone([calculated]))


def test_comparing_two_properties(portal: Portal) -> None:
    for name, state, city in (("Ann", "york", "York"), ("Bob", "Kerry", "Cork"), ("Cleo", "", "Cork"), ("Dan", "x", "")):
        portal.records.create(ACORN, "contacts", {"firstname": name, "state": state, "city": city})
    same = {"comparisonPropertyName": "state"}
    assert let_in(portal, anyone([asks("city", "string-comparative", "IS_EQUAL_TO", **same)])) == ["Ann"]
    assert let_in(portal, anyone([asks("city", "string-comparative", "IS_EQUAL_TO", **same, **BLANK)])) == ["Ann", "Dan"]
    later = {"comparisonPropertyName": "createdate"}
    only = asks("lastmodifieddate", "datetime-comparative", "IS_AFTER", **later)
    assert let_in(portal, anyone([only])) == []
    portal.clock.advance(60)
    portal.records.update(ACORN, "contacts", portal.records.page(ACORN, "contacts")[1].id, {"city": "Dublin"})
    assert let_in(portal, anyone([only])) == ["Bob"]
    kept = portal.lists.create(ACORN, "Kept", "contacts", "DYNAMIC", anyone([only]))
    assert [each.number for each in portal.lists.users_of(ACORN, "contacts", "createdate")] == [kept.number]
    numbers = {"comparisonPropertyName": "hs_object_id"}
    assert let_in(portal, anyone([asks("hs_object_id", "number-comparative", "IS_GREATER_THAN", **numbers)])) == []


def test_when_a_property_was_updated(portal: Portal) -> None:
    portal.clock.freeze(NOW)
    ann, bob = (portal.records.create(ACORN, "contacts", {"firstname": each, "city": "Cork"}) for each in ("Ann", "Bob"))
    portal.records.create(ACORN, "contacts", {"firstname": "Cleo"})
    portal.clock.advance(10 * 86_400)
    portal.records.update(ACORN, "contacts", bob.id, {"city": ""})
    recent = asks("city", "ROLLING_PROPERTY_UPDATED", "UPDATED_IN_LAST_X_DAYS", numberOfDays=7)
    assert let_in(portal, anyone([recent])) == ["Bob"]
    old = asks("city", "rolling-property-updated", "NOT_UPDATED_IN_LAST_X_DAYS", numberOfDays=7)
    assert let_in(portal, anyone([old])) == ["Ann"]
    week = {**span(today(days=-7), RIGHT_NOW), "propertyParser": "UPDATED_AT"}
    assert let_in(portal, anyone([asks("city", "TIME_RANGED", "IS_BETWEEN", **week)])) == ["Bob"]
    assert let_in(portal, anyone([asks("city", "TIME_RANGED", "IS_NOT_BETWEEN", **week)])) == ["Ann"]
    after = asks("city", "property-updated-comparative", "IS_AFTER", comparisonPropertyName="firstname")
    assert let_in(portal, anyone([after])) == ["Bob"]
    portal.clock.advance(10 * 86_400)
    assert let_in(portal, anyone([recent])) == []
    portal.records.update(ACORN, "contacts", ann.id, {"city": "Kerry"})
    assert let_in(portal, anyone([recent])) == ["Ann"]


def test_members_of_other_lists(portal: Portal) -> None:
    ann, _ = (portal.records.create(ACORN, "contacts", {"firstname": each}) for each in ("Ann", "Bob"))
    fixed = portal.lists.create(ACORN, "Fixed", "contacts", "MANUAL")
    portal.lists.members.add(portal.lists.place(fixed), [int(ann.id)], ann.created_at)
    active = portal.lists.create(ACORN, "Bobs", "contacts", "DYNAMIC", anyone([named("Bob")]))
    firms = portal.lists.create(ACORN, "Firms", "companies", "MANUAL")

    def inside(number: int, operator: str = "IN_LIST") -> dict[str, Any]:
        return anyone([{"filterType": "IN_LIST", "listId": str(number), "operator": operator}])

    assert let_in(portal, inside(fixed.number)) == ["Ann"]
    assert let_in(portal, inside(fixed.number, "NOT_IN_LIST")) == ["Bob"]
    assert let_in(portal, inside(active.number)) == ["Bob"]
    for wrong in (inside(firms.number), inside(999), inside(fixed.number, "NEAR_LIST")):
        with pytest.raises(HubSpotProblem):
            let_in(portal, wrong)
    above = portal.lists.create(ACORN, "Above", "contacts", "DYNAMIC", inside(active.number))
    with pytest.raises(HubSpotProblem, match="in a circle"):
        portal.lists.refilter(active, inside(above.number))
    portal.lists.delete(fixed)
    assert let_in(portal, inside(fixed.number)) == []


def test_records_of_another_kind_that_they_are_tied_to(portal: Portal) -> None:
    ann, bob = (portal.records.create(ACORN, "contacts", {"firstname": each}) for each in ("Ann", "Bob"))
    firms = [portal.records.create(ACORN, "companies", {"name": each}) for each in ("Acorn", "Birch")]
    for person, firm in zip((ann, bob), firms, strict=True):
        portal.associate(ACORN, "contacts", person.id, "companies", firm.id)
    works_at = {
        "filterBranchType": "ASSOCIATION",
        "objectTypeId": "0-2",
        "operator": "IN_LIST",
        "associationTypeId": 279,
        "associationCategory": "HUBSPOT_DEFINED",
        "filterBranches": [],
        "filters": [asks("name", "STRING", "IS_EQUAL_TO", value="acorn")],
    }
    assert let_in(portal, anyone([], branches=[works_at])) == ["Ann"]
    assert let_in(portal, anyone([], branches=[works_at | {"operator": "NOT_IN_LIST"}])) == ["Bob"]
    assert let_in(portal, anyone([named("Bob")], branches=[works_at])) == []
    assert let_in(portal, anyone([], branches=[works_at | {"associationTypeId": 4}])) == []
    assert portal.lists.users_of(ACORN, "companies", "name") == []
    kept = portal.lists.create(ACORN, "Kept", "contacts", "DYNAMIC", anyone([], branches=[works_at]))
    assert [each.number for each in portal.lists.users_of(ACORN, "companies", "name")] == [kept.number]


def nested(depth: int) -> dict[str, Any]:
    """An AND in an AND in an AND…"""
    found: dict[str, Any] = {"filterBranchType": "AND"}
    for _ in range(depth):
        found = {"filterBranchType": "AND", "filterBranches": [found]}
    return {"filterBranchType": "OR", "filterBranches": [found]}


WRONG: dict[str, dict[str, Any]] = {
    "no OR": {"filterBranchType": "AND", "filters": [named("Ann")]},
    "nothing": {},
    "an OR alone": {"filterBranchType": "OR"},
    "filters in OR": anyone([]) | {"filters": [named("Ann")]},
    "OR in OR": {"filterBranchType": "OR", "filterBranches": [{"filterBranchType": "OR"}]},
    "AND in AND": nested(1),
    "very deep": nested(50),
    "no list": {"filterBranchType": "OR", "filterBranches": "AND"},
    "no object": {"filterBranchType": "OR", "filterBranches": ["AND"]},
    "events": anyone([], branches=[{"filterBranchType": "UNIFIED_EVENTS", "eventTypeId": "0-1"}]),
    "no filters of what is tied": anyone(
        [], branches=[{"filterBranchType": "ASSOCIATION", "objectTypeId": "0-2", "associationTypeId": 279}]
    ),
    "a form": anyone([{"filterType": "FORM_SUBMISSION", "operator": "FILLED_OUT"}]),
    "a workflow": anyone([{"filterType": "IN_LIST", "listId": "1", "metadata": {"inListType": "WORKFLOWS", "id": "1"}}]),
    "no type": anyone([{"property": "city"}]),
    "no operation": anyone([{"filterType": "PROPERTY", "property": "city"}]),
    "unknown property": anyone([asks("nonsense", "ALL_PROPERTY", "IS_KNOWN")]),
    "unknown operation": anyone([asks("city", "MAGIC", "IS_KNOWN")]),
    "compared with nothing": anyone([asks("city", "string-comparative", "IS_EQUAL_TO")]),
    "compared with nonsense": anyone([asks("city", "string-comparative", "IS_EQUAL_TO", comparisonPropertyName="x")]),
    "compared with another type": anyone([asks("born", "COMPARATIVE_DATE", "IS_AFTER", comparisonPropertyName="city")]),
    "unknown operator": anyone([asks("city", "STRING", "RHYMES_WITH", value="x")]),
    "wrong type": anyone([asks("city", "NUMBER", "IS_EQUAL_TO", value=1)]),
    "no value": anyone([asks("city", "STRING", "CONTAINS")]),
    "empty value": anyone([asks("city", "MULTISTRING", "CONTAINS", values=["a", ""])]),
    "text as number": anyone([asks("points", "NUMBER", "IS_EQUAL_TO", value="ten")]),
    "no bound": anyone([asks("points", "NUMBER_RANGED", "IS_BETWEEN", lowerBound=1)]),
    "no time": anyone([asks("born", "DATETIME", "IS_EQUAL_TO")]),
    "impossible time": anyone([asks("born", "DATETIME", "IS_EQUAL_TO", timestamp=10**18)]),
    "endless range": anyone([asks("born", "RANGED_DATE", "IS_BETWEEN", lowerBound=-1e300, upperBound=1e300)]),
    "too many days": anyone([asks("born", "ROLLING_DATE_RANGE", "IS_LESS_THAN_X_DAYS_AGO", numberOfDays=10**9)]),
    "no point": anyone([asks("born", "TIME_POINT", "IS_AFTER")]),
    "no such day": anyone([asks("born", "TIME_POINT", "IS_AFTER", timePoint=date(2026, 2, 30))]),
    "no such zone": anyone([asks("born", "TIME_POINT", "IS_AFTER", timePoint=date(2026, 2, 3) | {"zoneId": "../Mars"})]),
    "too far away": anyone([asks("born", "TIME_POINT", "IS_AFTER", timePoint=today(days=10**9))]),
    "years too far": anyone([asks("born", "TIME_POINT", "IS_AFTER", timePoint=today(years=10**9))]),
    "other parser": anyone([asks("born", "TIME_POINT", "IS_AFTER", timePoint=today(), propertyParser="SEEN_AT")]),
    "too many": anyone([named("Ann")] * 251),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_filter_definition_is_refused(people: Portal, what: str) -> None:
    with pytest.raises(HubSpotProblem) as refused:
        let_in(people, WRONG[what])
    assert (refused.value.status, refused.value.category) == (400, "VALIDATION_ERROR")
    assert people.lists.of(ACORN) == []


def test_many_values_are_no_trouble(people: Portal) -> None:
    many = [f"Person {number}" for number in range(20_000)]
    assert let_in(people, anyone([named(*many, "Ann")])) == ["Ann"]
    assert let_in(people, anyone(*[[named("Ann")]] * 250)) == ["Ann"]


def test_points_of_time() -> None:
    point = TimePoint("INDEXED", zone_id="America/New_York")
    assert iso_of(point, "TODAY", Bound.LOWER) == "2026-11-25T05:00:00.000000"
    assert iso_of(point, "TODAY", Bound.UPPER) == "2026-11-26T04:59:59.999000"
    assert iso_of(point, "NOW", Bound.UPPER, days=-1, hours=2) == "2026-11-24T14:00:00.000000"
    assert iso_of(TimePoint("INDEXED"), "TODAY", Bound.LOWER, months=3) == "2027-02-25T00:00:00.000000"
    assert (
        iso_of(TimePoint("INDEXED"), "TODAY", Bound.LOWER, years=-1, quarters=1, weeks=1) == "2026-03-04T00:00:00.000000"
    )


def iso_of(point: TimePoint, reference: str, bound: str, **offset: int) -> str:
    raw = {"referenceType": reference}
    full = msgspec.convert({**msgspec.to_builtins(point), "indexReference": raw, "offset": offset}, TimePoint)
    assert full.offset == TimeOffset(**offset)
    return moment(full, NOW, bound).strftime("%Y-%m-%dT%H:%M:%S.%f")

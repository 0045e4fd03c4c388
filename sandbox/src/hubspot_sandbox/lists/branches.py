"""The filter definition of a segment: branches and filters, read and checked (S54, S55).

    OR ── AND ── filters (PROPERTY, IN_LIST)
          │      ASSOCIATION branches ── filters of the associated kind
          AND ── …

A definition begins with an OR that holds ANDs, and only ANDs hold filters; HubSpot insists on that.
"""

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from hubspot_sandbox.problems import HubSpotProblem, invalid

MOST_FILTERS = 250
"""Of one definition; HubSpot's own bound is not known [inf]."""
Raw = dict[str, Any]
T = TypeVar("T")


class TimeOffset(msgspec.Struct, frozen=True):
    """How far from now or today; all of it together."""

    years: int | None = None
    quarters: int | None = None
    months: int | None = None
    weeks: int | None = None
    days: int | None = None
    hours: int | None = None
    minutes: int | None = None
    seconds: int | None = None
    milliseconds: int | None = None


class IndexReference(msgspec.Struct, frozen=True, rename="camel"):
    reference_type: str


class TimePoint(msgspec.Struct, frozen=True, rename="camel"):
    """A date (`DATE`), or now or today and an offset (`INDEXED`)."""

    time_type: str
    zone_id: str | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None
    millisecond: int | None = None
    index_reference: IndexReference | None = None
    offset: TimeOffset | None = None


class Operation(msgspec.Struct, frozen=True, rename="camel"):
    """What is asked of a property's value; which fields count depends on `operationType`."""

    operation_type: str
    operator: str
    include_objects_with_no_value_set: bool | None = None
    value: str | int | float | bool | None = None
    values: tuple[str | int | float | bool, ...] | None = None
    lower_bound: float | None = None
    upper_bound: float | None = None
    lower_bound_timestamp: int | None = None
    upper_bound_timestamp: int | None = None
    timestamp: int | None = None
    number_of_days: int | None = None
    property_parser: str | None = None
    comparison_property_name: str | None = None
    time_point: TimePoint | None = None
    lower_bound_time_point: TimePoint | None = None
    upper_bound_time_point: TimePoint | None = None
    endpoint_behavior: str | None = None
    lower_bound_endpoint_behavior: str | None = None
    upper_bound_endpoint_behavior: str | None = None


class PropertyFilter(msgspec.Struct, frozen=True):
    """`PROPERTY`: of records of the branch's kind."""

    asked: str = msgspec.field(name="property")
    operation: Operation = msgspec.field()

    @property
    def names(self) -> tuple[str, ...]:
        """The properties that it is about."""
        other = self.operation.comparison_property_name
        return (self.asked, other) if other else (self.asked,)


class InListFilter(msgspec.Struct, frozen=True, rename="camel"):
    """`IN_LIST`: `operator` is `IN_LIST` or `NOT_IN_LIST`."""

    list_id: str | int
    operator: str = "IN_LIST"


Filters = tuple[PropertyFilter | InListFilter, ...]


class Association(msgspec.Struct, frozen=True, rename="camel"):
    """What an ASSOCIATION branch says beside its filters: tied by this type to records of another kind."""

    object_type_id: str
    association_type_id: int
    operator: str = "IN_LIST"


class Branch(msgspec.Struct, frozen=True):
    """An AND: all filters, and all its associations with theirs."""

    filters: Filters
    associated: tuple[tuple[Association, Filters], ...] = ()


def read_branches(raw: Raw) -> list[Branch]:
    """The ANDs of a definition, any of which lets a record in.

    :raises HubSpotProblem: 400 for another structure, and for kinds of branches and filters that the sandbox has not
    """
    if _type(raw) != "OR":
        raise wrong("A filter definition must begin with an OR branch.")
    if _filters(raw):
        raise wrong("An OR branch cannot have filters: put them into AND branches.")
    ands = _branches(raw)
    if not ands or any(_type(each) != "AND" for each in ands):
        raise wrong("An OR branch must have one or more branches, all of type AND.")
    found = [_and(each) for each in ands]
    if sum(1 for _ in every_filter(found)) > MOST_FILTERS:
        raise wrong(f"A filter definition can have at most {MOST_FILTERS} filters.")
    return found


def _and(raw: Raw) -> Branch:
    return Branch(_read_filters(raw), tuple(_association(each) for each in _branches(raw)))


def _association(raw: Raw) -> tuple[Association, Filters]:
    if _type(raw) != "ASSOCIATION":
        raise wrong(f"Branches of type {_type(raw)} within AND are not available in the sandbox.")
    if _branches(raw):
        raise wrong("An ASSOCIATION branch cannot have further branches here.")
    filters = _read_filters(raw)
    if not filters:
        raise wrong("An ASSOCIATION branch must have one or more filters.")
    return _converted(raw, Association), filters


def _read_filters(raw: Raw) -> Filters:
    return tuple(_read_filter(each) for each in _filters(raw))


def _read_filter(raw: Raw) -> PropertyFilter | InListFilter:
    kind = raw.get("filterType")
    if kind == "PROPERTY":
        return _converted(raw, PropertyFilter)
    if kind == "IN_LIST" and not raw.get("metadata"):
        return _converted(raw, InListFilter)
    raise wrong(f"filterType {kind} is not available in the sandbox, which has PROPERTY and IN_LIST.")


def every_filter(branches: list[Branch]) -> Iterator[tuple[str, PropertyFilter | InListFilter]]:
    """Each filter with the object type whose records it is about, empty for the segment's own."""
    for branch in branches:
        yield from (("", each) for each in branch.filters)
        for association, filters in branch.associated:
            yield from ((association.object_type_id, each) for each in filters)


def completed(raw: Raw) -> Raw:
    """The definition as HubSpot gives it back, with operators and empty lists where they were left out."""
    answer = {**raw, "filterBranchOperator": raw.get("filterBranchOperator") or _operator(raw)}
    answer["filterBranches"] = [completed(each) for each in _branches(raw)]
    return answer | {"filters": [_completed_filter(each) for each in _filters(raw)]}


def _completed_filter(raw: Raw) -> Raw:
    operation = raw.get("operation")
    if not isinstance(operation, dict):
        return raw
    return {**raw, "operation": {"includeObjectsWithNoValueSet": False, **operation}}


def _operator(raw: Raw) -> str:
    return "OR" if _type(raw) == "OR" else "AND"


def _type(raw: Raw) -> str:
    return str(raw.get("filterBranchType") or "(none)")


def _branches(raw: Raw) -> list[Raw]:
    return _listed(raw, "filterBranches")


def _filters(raw: Raw) -> list[Raw]:
    return _listed(raw, "filters")


def _listed(raw: Raw, name: str) -> list[Raw]:
    found = raw.get(name) or []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise wrong(f"{name} must be a list of objects.")
    return found


def _converted(raw: Raw, shape: type[T]) -> T:
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        raise wrong(f"A filter is wrong: {error}.") from error


def wrong(message: str) -> HubSpotProblem:
    """400 for a definition; the texts are ours [unv]."""
    return invalid(message)

"""CRM search: the body's rules and its translation to SQL (facts 3.3, S11).

Each filter group becomes one SELECT of ids and the groups are a UNION, so that SQLite can use the index of
property values for `EQ` and `IN` whatever the other groups ask.
"""

import re
import sqlite3
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.kind import Kind, Property
from hubspot_sandbox.objects.values import is_id, number, timestamp
from hubspot_sandbox.problems import invalid

MAX_GROUPS, MAX_FILTERS_IN_GROUP, MAX_FILTERS = 5, 6, 18
MAX_PAGE, MAX_RESULTS, MAX_QUERY = 200, 10_000, 3000
NO_VALUE_OPERATORS = ("HAS_PROPERTY", "NOT_HAS_PROPERTY")
LIST_OPERATORS = ("IN", "NOT_IN")


class Filter(msgspec.Struct, frozen=True, rename="camel"):
    property_name: str
    operator: str
    value: str | None = None
    high_value: str | None = None
    values: tuple[str, ...] = ()


class FilterGroup(msgspec.Struct, frozen=True, rename="camel"):
    filters: tuple[Filter, ...] = ()


class Sort(msgspec.Struct, frozen=True, rename="camel"):
    property_name: str
    direction: str = "ASCENDING"


class Search(msgspec.Struct, frozen=True, rename="camel"):
    """The body of `POST …/search`. A sort may also be a name, with `-` for descending."""

    query: str = ""
    filter_groups: tuple[FilterGroup, ...] = ()
    sorts: tuple[Sort | str, ...] = ()
    properties: tuple[str, ...] = ()
    limit: int = 10
    after: int = 0


class Statement(msgspec.Struct, frozen=True):
    """A piece of SQL with its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()


class Where(msgspec.Struct, frozen=True):
    """In which table of records a search looks: account, kind, its properties, and what the index has seen."""

    account_id: int
    kind: Kind
    properties: Mapping[str, Property]
    seen_until: str


def check(search: Search) -> None:
    """HubSpot's limits of a search.

    :raises HubSpotProblem: 400 VALIDATION_ERROR
    """
    filters = [len(group.filters) for group in search.filter_groups]
    if len(filters) > MAX_GROUPS:
        raise invalid(f"The maximum number of filterGroups is {MAX_GROUPS}.")
    if any(count > MAX_FILTERS_IN_GROUP for count in filters) or sum(filters) > MAX_FILTERS:
        raise invalid(f"There can be at most {MAX_FILTERS_IN_GROUP} filters in a group and {MAX_FILTERS} in all.")
    if len(search.query) > MAX_QUERY:
        raise invalid(f"The query must not be longer than {MAX_QUERY} characters.")
    if len(search.sorts) > 1:
        raise invalid("Only one sort is allowed.")
    _check_page(search)


def _check_page(search: Search) -> None:
    if not 0 <= search.limit <= MAX_PAGE:
        raise invalid(f"limit must be between 0 and {MAX_PAGE}.")
    if search.after < 0 or search.after + search.limit > MAX_RESULTS:
        raise invalid(f"Paging beyond {MAX_RESULTS} results is not possible: after + limit is too large.")


def compile_hits(where: Where, search: Search) -> Statement:
    """A SELECT of the ids that the search finds, without order or page.

    :raises HubSpotProblem: 400 for unknown properties, operators or values that do not fit
    """
    groups = [_group(where, group, search.query) for group in search.filter_groups or (FilterGroup(),)]
    parameters = tuple(each for group in groups for each in group.parameters)
    return Statement(" UNION ".join(group.sql for group in groups), parameters)


def _group(where: Where, group: FilterGroup, query: str) -> Statement:
    pieces = [
        Statement(
            "account = ? AND type = ? AND archived_at IS NULL AND created_at <= ?",
            (where.account_id, where.kind.name, where.seen_until),
        ),
        *(_filter(where, each) for each in group.filters),
        *(_word(word) for word in query.casefold().split()),
    ]
    condition = " AND ".join(piece.sql for piece in pieces)
    return Statement(
        f"SELECT id FROM records WHERE {condition}",  # noqa: S608 - constant pieces, values are parameters
        tuple(each for piece in pieces for each in piece.parameters),
    )


def _word(word: str) -> Statement:
    escaped = re.sub(r"([\\%_])", r"\\\1", word)
    return Statement(r"words LIKE ? ESCAPE '\'", (f"%{escaped}%",))


def compile_order(search: Search, properties: Mapping[str, Property]) -> Statement:
    """Oldest first unless a sort is asked for; equal values by id."""
    if not search.sorts:
        return Statement("id")
    sort = _read_sort(search.sorts[0])
    prop = _known(properties, sort.property_name)
    value = "json_extract(properties, ?)"
    if prop.type == "number":
        value = f"CAST({value} AS REAL)"
    direction = "DESC" if sort.direction.upper().startswith("DESC") else "ASC"
    return Statement(f"{value} {direction}, id", (_path(prop.name),))


def _read_sort(sort: Sort | str) -> Sort:
    if isinstance(sort, Sort):
        return sort
    return Sort(sort.removeprefix("-"), "DESCENDING" if sort.startswith("-") else "ASCENDING")


# filters ----------------------------------------------------------------------------------------------


def _filter(where: Where, each: Filter) -> Statement:
    operator = each.operator.upper()
    if operator not in OPERATORS:
        raise invalid(f"operator {each.operator} is not one of {', '.join(OPERATORS)}")
    _check_operands(each, operator)
    if each.property_name.startswith("associations."):
        return _associated(where, each, operator)
    prop = _known(where.properties, each.property_name)
    if prop.indexed and operator in ("EQ", "IN"):
        return _indexed(where, prop, each, operator)
    return OPERATORS[operator](prop, each)


def _check_operands(each: Filter, operator: str) -> None:
    name = each.property_name
    if operator in LIST_OPERATORS and not each.values:
        raise invalid(f"operator {operator} on property {name} requires values")
    needs_value = operator not in (*NO_VALUE_OPERATORS, *LIST_OPERATORS)
    if needs_value and each.value is None:
        raise invalid(f"operator {operator} on property {name} requires a value")
    if operator == "BETWEEN" and each.high_value is None:
        raise invalid(f"operator BETWEEN on property {name} requires a value and a highValue")


def _known(properties: Mapping[str, Property], name: str) -> Property:
    if name not in properties:
        error = {
            "message": f"Property {name} does not exist",
            "code": "PROPERTY_DOESNT_EXIST",
            "context": {"propertyName": [name]},
        }
        raise invalid(f"There was a problem with the request: property {name} does not exist", [error])
    return properties[name]


def _associated(where: Where, each: Filter, operator: str) -> Statement:
    """The pseudo-property `associations.contact`: ids of associated records."""
    other = kind_of(each.property_name.removeprefix("associations."))
    if operator not in ("EQ", "IN"):
        raise invalid("associations can be filtered with EQ and IN only")
    ids = [value for value in (each.values or (each.value or "",)) if is_id(value)]
    sql = (
        "id IN (SELECT to_id FROM associations WHERE account = ? AND from_type = ? AND to_type = ?"  # noqa: S608
        f" AND from_id IN ({_marks(ids)}))"
    )
    return Statement(sql, (where.account_id, other.name, where.kind.name, *(int(one) for one in ids)))


def _indexed(where: Where, prop: Property, each: Filter, operator: str) -> Statement:
    wanted = [(each.value or "").casefold()] if operator == "EQ" else list(each.values)
    sql = (
        "id IN (SELECT id FROM property_values WHERE account = ? AND type = ? AND name = ?"  # noqa: S608
        f" AND value IN ({_marks(wanted)}))"
    )
    return Statement(sql, (where.account_id, where.kind.name, prop.name, *wanted))


def _marks(values: list[str]) -> str:
    return ", ".join("?" for _ in values)


def _path(name: str) -> str:
    return f'$."{name}"'


def _operand(prop: Property, text: str | None) -> Any:
    """A filter's value in the form that `_value` compares with.

    :raises HubSpotProblem: 400 when it does not fit the property's type
    """
    text = text or ""
    if prop.type == "number":
        found: Any = number(text)
    elif prop.type in ("date", "datetime"):
        moment = timestamp(text)
        found = iso(moment) if moment else None
    else:
        found = text if prop.type == "enumeration" else text.casefold()
    if found is None:
        raise invalid(f"{text or '(nothing)'} is not a valid value for {prop.type} property {prop.name}")
    return found


def _value(prop: Property) -> Statement:
    """Strings compare without regard to case, except enumerations."""
    if prop.type == "number":
        return Statement("CAST(json_extract(properties, ?) AS REAL)", (_path(prop.name),))
    if prop.type in ("date", "datetime", "enumeration"):
        return Statement("json_extract(properties, ?)", (_path(prop.name),))
    return Statement("folded(json_extract(properties, ?))", (_path(prop.name),))


def _compare(sign: str) -> Callable[[Property, Filter], Statement]:
    def compiled(prop: Property, each: Filter) -> Statement:
        value = _value(prop)
        return Statement(f"{value.sql} {sign} ?", (*value.parameters, _operand(prop, each.value)))

    return compiled


def _between(prop: Property, each: Filter) -> Statement:
    value, ends = _value(prop), (_operand(prop, each.value), _operand(prop, each.high_value))
    return Statement(f"{value.sql} BETWEEN ? AND ?", (*value.parameters, *ends))


def _listed(sign: str) -> Callable[[Property, Filter], Statement]:
    """`IN` and `NOT_IN` on strings find only values given in small letters, as HubSpot's guide warns."""

    def compiled(prop: Property, each: Filter) -> Statement:
        as_given = prop.type in ("string", "phone_number", "bool", "enumeration")
        wanted = [text if as_given else _operand(prop, text) for text in each.values]
        value = _value(prop)
        return Statement(f"{value.sql} {sign} ({_marks(wanted)})", (*value.parameters, *wanted))

    return compiled


def _exists(sign: str) -> Callable[[Property, Filter], Statement]:
    return lambda prop, each: Statement(f"json_extract(properties, ?) {sign} NULL", (_path(prop.name),))


def _token(wanted: int) -> Callable[[Property, Filter], Statement]:
    def compiled(prop: Property, each: Filter) -> Statement:
        return Statement("has_token(json_extract(properties, ?), ?) = ?", (_path(prop.name), each.value or "", wanted))

    return compiled


# A record without the property matches no negative operator but NOT_HAS_PROPERTY [unv].
OPERATORS: dict[str, Callable[[Property, Filter], Statement]] = {
    "EQ": _compare("="),
    "NEQ": _compare("<>"),
    "LT": _compare("<"),
    "LTE": _compare("<="),
    "GT": _compare(">"),
    "GTE": _compare(">="),
    "BETWEEN": _between,
    "IN": _listed("IN"),
    "NOT_IN": _listed("NOT IN"),
    "HAS_PROPERTY": _exists("IS NOT"),
    "NOT_HAS_PROPERTY": _exists("IS"),
    "CONTAINS_TOKEN": _token(1),
    "NOT_CONTAINS_TOKEN": _token(0),
}


def install_functions(connection: sqlite3.Connection) -> None:
    """The two functions that the compiled SQL uses."""
    connection.create_function("folded", 1, _folded, deterministic=True)
    connection.create_function("has_token", 2, has_token, deterministic=True)


def _folded(value: str | None) -> str | None:
    return None if value is None else str(value).casefold()


def has_token(value: str | None, pattern: str) -> int | None:
    """Whether every word of the pattern, with `*` as wildcard, is a word of the value.

    Words are what stands between spaces, and also between other signs: `*@acorn.example` and `carla` both
    find `carla@acorn.example`. None for no value, so that neither operator matches it.
    """
    if value is None:
        return None
    text = str(value).casefold()
    words = {*text.split(), *re.findall(r"\w+", text)}
    wanted = re.sub(r"([\[?])", r"[\1]", pattern.casefold()).split()
    return int(bool(wanted) and all(any(fnmatchcase(word, each) for word in words) for each in wanted))

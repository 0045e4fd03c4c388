"""CRM search: the body's rules and its translation to SQL (facts 3.3, S11).

Each filter group becomes one SELECT of keys and several groups are a UNION, so that SQLite can use the index of
property values for `EQ` and `IN`, and the full-text index for `query`, whatever the other groups ask. A group that
neither narrows is read along `records_by_change`.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.kind import Kind, Property
from hubspot_sandbox.objects.values import index_key, is_id, number, timestamp
from hubspot_sandbox.problems import invalid
from hubspot_sandbox.record import Record
from hubspot_sandbox.shelves import COLUMNS, LAST_ID, Shelf, read
from hubspot_sandbox.sight import EVERYTHING, Sight

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


class Found(msgspec.Struct, frozen=True):
    """One page of a search, and how many there are in all."""

    total: int
    records: list[Record]


class Statement(msgspec.Struct, frozen=True):
    """A piece of SQL with its parameters. `narrow`: an index leads it to few records."""

    sql: str
    parameters: tuple[Any, ...] = ()
    narrow: bool = False


class Where(msgspec.Struct, frozen=True):
    """Among which records a search looks: shelf, its properties, what the index has seen, whose records."""

    account_id: int
    shelf: Shelf
    kind: Kind
    properties: Mapping[str, Property]
    seen_until: str = ""
    sight: Sight = EVERYTHING


def find(connection: sqlite3.Connection, where: Where, search: Search) -> Found:
    """A page of what the search finds, and the total.

    :raises HubSpotProblem: 400 VALIDATION_ERROR
    """
    check(search)
    hits, order = compile_hits(where, search), compile_order(where, search)
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM records WHERE {hits.sql} ORDER BY {order.sql} LIMIT ? OFFSET ?",  # noqa: S608
        (*hits.parameters, *order.parameters, search.limit, search.after),
    ).fetchall()
    records = [read(where.shelf, row) for row in rows]
    if len(records) < search.limit and (records or not search.after):
        return Found(search.after + len(records), records)
    return Found(_total(connection, hits), records)


def _total(connection: sqlite3.Connection, hits: Statement) -> int:
    sql = f"SELECT count(*) FROM records WHERE {hits.sql}"  # noqa: S608 - compiled, values are parameters
    return int(connection.execute(sql, hits.parameters).fetchone()[0])


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
    """The condition on `records` that holds for what the search finds.

    :raises HubSpotProblem: 400 for unknown properties, operators or values that do not fit
    """
    groups = [_group(where, group, search.query) for group in search.filter_groups or (FilterGroup(),)]
    if len(groups) == 1:
        return groups[0]
    union = " UNION ".join(f"SELECT key FROM records WHERE {group.sql}" for group in groups)  # noqa: S608
    return Statement(f"key IN ({union})", _parameters(groups), True)


def _group(where: Where, group: FilterGroup, query: str) -> Statement:
    pieces = [*(_filter(where, each) for each in group.filters), *_scope(where)]
    if query.split():
        pieces.append(_words(where, query))
    narrow = any(piece.narrow for piece in pieces)
    # With a plus sign SQLite does not walk the shelf's index, but starts from the piece that an index leads to.
    shelf = Statement(f"{'+' if narrow else ''}shelf = ? AND archived_at IS NULL", (where.shelf.number,))
    return Statement(" AND ".join(piece.sql for piece in (shelf, *pieces)), _parameters([shelf, *pieces]), narrow)


def _parameters(pieces: Iterable[Statement]) -> tuple[Any, ...]:
    return tuple(each for piece in pieces for each in piece.parameters)


def _scope(where: Where) -> Iterator[Statement]:
    """What the index has not seen yet, and what the person may not see."""
    if where.seen_until:
        yield Statement("created_at <= ?", (where.seen_until,))
    if where.sight.everything or "hubspot_owner_id" not in where.properties:
        return
    owner, owners = "json_extract(properties, '$.hubspot_owner_id')", sorted(where.sight.owners)
    nobody = f" OR {owner} IS NULL" if where.sight.unassigned else ""
    yield Statement(f"({owner} IN ({_marks(owners)}){nobody})", tuple(owners))


def _words(where: Where, query: str) -> Statement:
    """Every word of the query begins a word of the record [inf]; signs only part words."""
    words = [word.replace("\x00", "").replace('"', " ") for word in query.casefold().split()]
    wanted = " ".join(f'"{word}" *' for word in words if re.search(r"\w", word))
    if not wanted:
        return Statement("0", (), True)
    sql = "key IN (SELECT rowid FROM found_words WHERE found_words MATCH ? AND rowid BETWEEN ? AND ?)"
    return Statement(sql, (wanted, where.shelf.first_key, where.shelf.last_key), True)


def compile_order(where: Where, search: Search) -> Statement:
    """Oldest first unless a sort is asked for; equal values by id."""
    if not search.sorts:
        return Statement("key")
    sort = _read_sort(search.sorts[0])
    value = stored(where, known_property(where.properties, sort.property_name))
    direction = "DESC" if sort.direction.upper().startswith("DESC") else "ASC"
    return Statement(f"{value.sql} {direction}, key", value.parameters)


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
    prop = known_property(where.properties, each.property_name)
    if prop.indexed and operator in ("EQ", "IN"):
        return _indexed(where, prop, each, operator)
    if prop.indexed and operator == "CONTAINS_TOKEN" and prop.type != "number":
        return _indexed_token(where, prop, each.value or "")
    return OPERATORS[operator](value_of(where, prop), prop, each)


def _check_operands(each: Filter, operator: str) -> None:
    name = each.property_name
    if operator in LIST_OPERATORS and not each.values:
        raise invalid(f"operator {operator} on property {name} requires values")
    needs_value = operator not in (*NO_VALUE_OPERATORS, *LIST_OPERATORS)
    if needs_value and each.value is None:
        raise invalid(f"operator {operator} on property {name} requires a value")
    if operator == "BETWEEN" and each.high_value is None:
        raise invalid(f"operator BETWEEN on property {name} requires a value and a highValue")


def known_property(properties: Mapping[str, Property], name: str) -> Property:
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
        "key IN (SELECT ? | to_id FROM associations WHERE account = ? AND from_type = ? AND to_type = ?"  # noqa: S608
        f" AND from_id IN ({_marks(ids)}))"
    )
    names = (where.shelf.first_key, where.account_id, other.name, where.kind.name)
    return Statement(sql, (*names, *(int(one) for one in ids)), True)


def _indexed(where: Where, prop: Property, each: Filter, operator: str) -> Statement:
    given = (each.value or "",) if operator == "EQ" else each.values
    wanted = [_looked_up(prop, text, operator) for text in given]
    test = "value = ?" if operator == "EQ" else f"value IN ({_marks(wanted)})"
    sql = f"key IN (SELECT key FROM property_values WHERE shelf = ? AND name = ? AND {test})"  # noqa: S608
    return Statement(sql, (where.shelf.number, prop.name, *wanted), True)


def _looked_up(prop: Property, text: str, operator: str) -> str:
    """As the index has it; `IN` takes texts as given, see `_listed`."""
    if prop.type == "number":
        operand(prop, text)
        return index_key(prop, text)
    return text.casefold() if operator == "EQ" else text


def _indexed_token(where: Where, prop: Property, pattern: str) -> Statement:
    """LIKE is quick and finds too much; `has_token` then judges what it found."""
    piece = max(re.split(r"[*\s]+", pattern.casefold()), key=len)
    like = "%" + re.sub(r"([\\%_])", r"\\\1", piece) + "%"
    sql = (
        "key IN (SELECT key FROM property_values WHERE shelf = ? AND name = ?"
        r" AND value LIKE ? ESCAPE '\' AND has_token(value, ?) = 1)"
    )
    return Statement(sql, (where.shelf.number, prop.name, like, pattern), True)


def _marks(values: list[str]) -> str:
    return ", ".join("?" for _ in values)


def _path(name: str) -> str:
    return f'$."{name}"'


def operand(prop: Property, text: str | None) -> Any:
    """A filter's value in the form that `value_of` compares with.

    :raises HubSpotProblem: 400 when it does not fit the property's type
    """
    text = text or ""
    if prop.type == "number":
        found: Any = number(text)
    elif prop.type in ("date", "datetime"):
        moment = timestamp(text)
        found = (iso(moment)[:10] if prop.type == "date" else iso(moment)) if moment else None
    else:
        found = text if prop.type == "enumeration" else text.casefold()
    if found is None:
        raise invalid(f"{text or '(nothing)'} is not a valid value for {prop.type} property {prop.name}")
    return found


def stored(where: Where, prop: Property) -> Statement:
    """A property's value as it is kept; times of creation and change and the id have columns of their own."""
    columns = {where.kind.created: "created_at", where.kind.modified: "updated_at"}
    if prop.name in columns:
        return Statement(columns[prop.name])
    if prop.name == "hs_object_id":
        return Statement("(key & ?)", (LAST_ID,))
    kept = "json_extract(properties, ?)"
    return Statement(f"CAST({kept} AS REAL)" if prop.type == "number" else kept, (_path(prop.name),))


def value_of(where: Where, prop: Property) -> Statement:
    """As `stored`; strings compare without regard to case, except enumerations."""
    kept = stored(where, prop)
    if prop.type in ("number", "date", "datetime", "enumeration"):
        return kept
    return Statement(f"folded({kept.sql})", kept.parameters)


Compiled = Callable[[Statement, Property, Filter], Statement]


def _compare(sign: str) -> Compiled:
    def compiled(value: Statement, prop: Property, each: Filter) -> Statement:
        return Statement(f"{value.sql} {sign} ?", (*value.parameters, operand(prop, each.value)))

    return compiled


def _between(value: Statement, prop: Property, each: Filter) -> Statement:
    ends = (operand(prop, each.value), operand(prop, each.high_value))
    return Statement(f"{value.sql} BETWEEN ? AND ?", (*value.parameters, *ends))


def _listed(sign: str) -> Compiled:
    """`IN` and `NOT_IN` on strings find only values given in small letters, as HubSpot's guide warns."""

    def compiled(value: Statement, prop: Property, each: Filter) -> Statement:
        as_given = prop.type in ("string", "phone_number", "bool", "enumeration")
        wanted = [text if as_given else operand(prop, text) for text in each.values]
        return Statement(f"{value.sql} {sign} ({_marks(wanted)})", (*value.parameters, *wanted))

    return compiled


def _exists(sign: str) -> Compiled:
    return lambda value, prop, each: Statement(f"json_extract(properties, ?) {sign} NULL", (_path(prop.name),))


def _token(wanted: int) -> Compiled:
    def compiled(value: Statement, prop: Property, each: Filter) -> Statement:
        return Statement("has_token(json_extract(properties, ?), ?) = ?", (_path(prop.name), each.value or "", wanted))

    return compiled


# A record without the property matches no negative operator but NOT_HAS_PROPERTY [unv].
OPERATORS: dict[str, Compiled] = {
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

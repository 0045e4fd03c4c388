"""What a filter asks of a property's value, as SQL over our records (S55).

Each operation type is a table of operators; a negative operator is its positive one turned round. A record without a
value is let in only by `includeObjectsWithNoValueSet`.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from hubspot_sandbox.clock import iso
from hubspot_sandbox.lists import times
from hubspot_sandbox.lists.branches import Operation, PropertyFilter, wrong
from hubspot_sandbox.lists.times import Bound
from hubspot_sandbox.objects.kind import Property
from hubspot_sandbox.search import Statement, Where, known_property, value_of

T = TypeVar("T")
NEGATIVE = {
    "IS_NOT_EQUAL_TO": "IS_EQUAL_TO",
    "DOES_NOT_CONTAIN": "CONTAINS",
    "DOES_NOT_CONTAIN_EXACTLY": "CONTAINS_EXACTLY",
    "IS_NONE_OF": "IS_ANY_OF",
    "IS_NOT_EXACTLY": "IS_EXACTLY",
    "DOES_NOT_CONTAIN_ALL": "CONTAINS_ALL",
    "IS_NOT_BETWEEN": "IS_BETWEEN",
    "HAS_NEVER_BEEN_EQUAL_TO": "HAS_EVER_BEEN_EQUAL_TO",
    "HAS_NEVER_CONTAINED": "HAS_EVER_CONTAINED",
    "HAS_NEVER_BEEN_ANY_OF": "HAS_EVER_BEEN_ANY_OF",
    "HAS_NEVER_BEEN_EXACTLY": "HAS_EVER_BEEN_EXACTLY",
    "HAS_NEVER_CONTAINED_ALL": "HAS_EVER_CONTAINED_ALL",
}
EVER = {
    "HAS_EVER_BEEN_EQUAL_TO": "IS_EQUAL_TO",
    "HAS_EVER_CONTAINED": "CONTAINS",
    "HAS_EVER_BEEN_ANY_OF": "IS_ANY_OF",
    "HAS_EVER_BEEN_EXACTLY": "IS_EXACTLY",
    "HAS_EVER_CONTAINED_ALL": "CONTAINS_ALL",
}
"""Operators about values that a property has or had, and what they ask of each."""
SYNONYMS = {
    "ALLTYPES": "ALL_PROPERTY",
    "NUMBER-RANGED": "NUMBER_RANGED",
    "DATETIME-RANGED": "RANGED_DATE",
    "DATETIME-ROLLING": "ROLLING_DATE_RANGE",
}
"""The names in the guide -> those in the API's description; small and capital letters are the same [inf]."""
MOVING = ("ROLLING_DATE_RANGE", "TIME_POINT", "TIME_RANGED")
"""Operation types whose members change with the time alone."""
KNOWN = {"IS_KNOWN": "IS NOT", "IS_NOT_BLANK": "IS NOT", "IS_UNKNOWN": "IS", "IS_BLANK": "IS"}
TEXT, DAY = ("string", "phone_number"), ("date", "datetime")


class Asked:
    """One filter of one property at one time."""

    def __init__(self, prop: Property, operation: Operation, now: datetime) -> None:
        self.prop, self.operation, self.now = prop, operation, now

    def at(self, moment: datetime) -> str:
        """A point of time as the property's values are kept."""
        return iso(moment)[:10] if self.prop.type == "date" else iso(moment)


Test = Callable[[Statement, Asked], Statement]


def operation_type(operation: Operation) -> str:
    name = operation.operation_type.upper()
    return SYNONYMS.get(name, name)


def compile_property(where: Where, each: PropertyFilter, now: datetime) -> Statement:
    """The condition on `records` of a PROPERTY filter.

    :raises HubSpotProblem: 400 for an unknown property, and for an operation that the sandbox has not or that does not
        fit the property's type
    """
    prop, operation = known_property(where.properties, each.property), each.operation
    value = value_of(where, prop)
    kind, operator = operation_type(operation), operation.operator.upper()
    if kind == "ALL_PROPERTY":
        return Statement(f"{value.sql} {_of(KNOWN, operator, kind)} NULL", value.parameters)
    types, tests = _of(OPERATIONS, kind, "the sandbox")
    if prop.type not in types:
        raise wrong(f"operationType {operation.operation_type} does not fit property {prop.name} of type {prop.type}.")
    asked, positive = Asked(prop, operation, now), NEGATIVE.get(operator, operator)
    if positive in EVER:
        test = _ever(value, _of(tests, EVER[positive], kind), asked)
    else:
        test = _of(tests, positive, kind)(value, asked)
    turned = Statement(f"NOT ({test.sql})", test.parameters) if operator in NEGATIVE else test
    return _with_blank(value, turned, bool(operation.include_objects_with_no_value_set))


def _of(table: Mapping[str, T], name: str, place: str) -> T:
    if name not in table:
        raise wrong(f"{name} is not available in {place}, which has {', '.join(table)}.")
    return table[name]


def _with_blank(value: Statement, test: Statement, let_in: bool) -> Statement:
    joined = f"({value.sql} IS NULL OR ({test.sql}))" if let_in else f"({value.sql} IS NOT NULL AND ({test.sql}))"
    return Statement(joined, (*value.parameters, *test.parameters))


def _ever(value: Statement, test: Test, asked: Asked) -> Statement:
    """The value now, or one that was written before.

    :raises HubSpotProblem: 400 for a calculated property, as the guide says
    """
    if asked.prop.calculated:
        raise wrong(f"Calculated property {asked.prop.name} has no past to filter by.")
    past = {"number": "CAST(past.value AS REAL)", "enumeration": "past.value"}.get(asked.prop.type, "folded(past.value)")
    now, before = test(value, asked), test(Statement(past), asked)
    written = f"past.key = records.key AND past.name = ? AND ({before.sql})"
    sql = f"({now.sql}) OR EXISTS (SELECT 1 FROM history AS past WHERE {written})"  # noqa: S608
    return Statement(sql, (*now.parameters, asked.prop.name, *before.parameters))


# texts ------------------------------------------------------------------------------------------------


def _wanted(asked: Asked, *, folded: bool) -> list[str]:
    """The filter's values, `value` and `values` alike.

    :raises HubSpotProblem: 400 for none, or an empty one
    """
    operation = asked.operation
    given = operation.values if operation.values is not None else (operation.value,)
    texts = [_text(each) for each in given if each is not None]
    if not texts or not all(texts):
        raise wrong(f"The filter of property {asked.prop.name} needs a value.")
    return [each.casefold() for each in texts] if folded else texts


def _text(value: str | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _any_text(condition: str) -> Test:
    """Whether the condition holds for one of the wanted texts, `wanted.value`; `{}` is the record's."""

    def compiled(value: Statement, asked: Asked) -> Statement:
        sql = f"EXISTS (SELECT 1 FROM json_each(?) AS wanted WHERE {condition.format(value.sql)})"  # noqa: S608
        return Statement(sql, (json.dumps(_wanted(asked, folded=True)), *value.parameters))

    return compiled


TEXTS: dict[str, Test] = {
    "IS_EQUAL_TO": _any_text("{} = wanted.value"),
    "CONTAINS": _any_text("instr({}, wanted.value) > 0"),
    "STARTS_WITH": _any_text("instr({}, wanted.value) = 1"),
    "ENDS_WITH": _any_text("substr({}, -length(wanted.value)) = wanted.value"),
    "CONTAINS_EXACTLY": _any_text("has_token({}, wanted.value) = 1"),
}
"""Without regard to case [inf]; "exactly" means whole words [inf]."""

# choices ----------------------------------------------------------------------------------------------

_CHOSEN = "instr(';' || {} || ';', ';' || wanted.value || ';')"


def _choices(quantity: str, found: str) -> Test:
    """Whether among the wanted choices there is one (or none) that is found (or not) among the record's."""

    def compiled(value: Statement, asked: Asked) -> Statement:
        condition = f"{_CHOSEN.format(value.sql)} {found} 0"
        sql = f"{quantity} (SELECT 1 FROM json_each(?) AS wanted WHERE {condition})"  # noqa: S608
        return Statement(sql, (json.dumps(_wanted(asked, folded=False)), *value.parameters))

    return compiled


_any_chosen, _all_chosen = _choices("EXISTS", ">"), _choices("NOT EXISTS", "=")


def _exactly(value: Statement, asked: Asked) -> Statement:
    """All of them, and as many as there are."""
    every = _all_chosen(value, asked)
    count = f"length({value.sql}) - length(replace({value.sql}, ';', '')) + 1"
    many = len(set(_wanted(asked, folded=False)))
    return Statement(f"{every.sql} AND {count} = ?", (*every.parameters, *value.parameters, *value.parameters, many))


CHOICES: dict[str, Test] = {"IS_ANY_OF": _any_chosen, "CONTAINS_ALL": _all_chosen, "IS_EXACTLY": _exactly}

# numbers and times ------------------------------------------------------------------------------------

Operand = Callable[[Asked], float | str]


def _number(asked: Asked) -> float:
    """:raises HubSpotProblem: 400 unless `value` is a number"""
    given = asked.operation.value
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise wrong(f"The filter of property {asked.prop.name} needs a number as value.")
    return float(given)


def _bound(name: str) -> Operand:
    def found(asked: Asked) -> float:
        bound: float | None = getattr(asked.operation, name)
        if bound is None:
            raise wrong("The operation needs lowerBound and upperBound.")
        return bound

    return found


def _compared(sign: str, operand: Operand) -> Test:
    return lambda value, asked: Statement(f"{value.sql} {sign} ?", (*value.parameters, operand(asked)))


def _between(lower: Operand, upper: Operand) -> Test:
    return lambda value, asked: Statement(f"{value.sql} BETWEEN ? AND ?", (*value.parameters, lower(asked), upper(asked)))


def _stamp(asked: Asked) -> str:
    return asked.at(times.from_milliseconds(asked.operation.timestamp, "timestamp"))


def _end(name: str) -> Operand:
    """An end of a range of days: `lowerBound` in the API's description, `lowerBoundTimestamp` in the guide."""

    def found(asked: Asked) -> str:
        stamp: int | None = getattr(asked.operation, f"{name}_bound_timestamp")
        bound: float | None = getattr(asked.operation, f"{name}_bound")
        given = stamp if stamp is not None or bound is None else int(bound)
        return asked.at(times.from_milliseconds(given, f"{name}Bound"))

    return found


def _now(asked: Asked) -> str:
    return asked.at(asked.now)


def _away(direction: int) -> Operand:
    return lambda asked: asked.at(times.days_away(asked.operation, asked.now, direction))


def _point(after: bool) -> Test:
    def compiled(value: Statement, asked: Asked) -> Statement:
        _check_parser(asked)
        point = times.moment(asked.operation.time_point, asked.now, Bound.UPPER if after else Bound.LOWER)
        sign = (">" if after else "<") + _equal(asked.operation.endpoint_behavior, "EXCLUSIVE")
        return Statement(f"{value.sql} {sign} ?", (*value.parameters, asked.at(point)))

    return compiled


def _range(value: Statement, asked: Asked) -> Statement:
    _check_parser(asked)
    operation = asked.operation
    ends = (
        asked.at(times.moment(operation.lower_bound_time_point, asked.now, Bound.LOWER)),
        asked.at(times.moment(operation.upper_bound_time_point, asked.now, Bound.UPPER)),
    )
    low = _equal(operation.lower_bound_endpoint_behavior, "INCLUSIVE")
    high = _equal(operation.upper_bound_endpoint_behavior, "INCLUSIVE")
    sql = f"{value.sql} >{low} ? AND {value.sql} <{high} ?"
    return Statement(sql, (*value.parameters, ends[0], *value.parameters, ends[1]))


def _equal(behavior: str | None, default: str) -> str:
    return "=" if (behavior or default).upper() == "INCLUSIVE" else ""


def _check_parser(asked: Asked) -> None:
    if (asked.operation.property_parser or "VALUE").upper() != "VALUE":
        raise wrong("Only propertyParser VALUE is available in the sandbox.")


Tests = tuple[tuple[str, ...], dict[str, Test]]
OPERATIONS: dict[str, Tests] = {
    "STRING": (TEXT, TEXTS),
    "MULTISTRING": (TEXT, TEXTS),
    "ENUMERATION": (("enumeration", "bool"), CHOICES),
    "BOOL": (("bool", "enumeration"), {"IS_EQUAL_TO": _any_text("{} = wanted.value")}),
    "NUMBER": (
        ("number",),
        {
            "IS_EQUAL_TO": _compared("=", _number),
            "IS_GREATER_THAN": _compared(">", _number),
            "IS_GREATER_THAN_OR_EQUAL_TO": _compared(">=", _number),
            "IS_LESS_THAN": _compared("<", _number),
            "IS_LESS_THAN_OR_EQUAL_TO": _compared("<=", _number),
        },
    ),
    "NUMBER_RANGED": (("number",), {"IS_BETWEEN": _between(_bound("lower_bound"), _bound("upper_bound"))}),
    "DATETIME": (
        DAY,
        {
            "IS_EQUAL_TO": _compared("=", _stamp),
            "IS_BEFORE_DATE": _compared("<", _stamp),
            "IS_AFTER_DATE": _compared(">", _stamp),
        },
    ),
    "RANGED_DATE": (DAY, {"IS_BETWEEN": _between(_end("lower"), _end("upper"))}),
    "ROLLING_DATE_RANGE": (
        DAY,
        {
            "IS_LESS_THAN_X_DAYS_AGO": _between(_away(-1), _now),
            "IS_MORE_THAN_X_DAYS_AGO": _compared("<", _away(-1)),
            "IS_LESS_THAN_X_DAYS_FROM_NOW": _between(_now, _away(1)),
            "IS_MORE_THAN_X_DAYS_FROM_NOW": _compared(">", _away(1)),
        },
    ),
    "TIME_POINT": (DAY, {"IS_AFTER": _point(True), "IS_BEFORE": _point(False)}),
    "TIME_RANGED": (DAY, {"IS_BETWEEN": _range}),
}
"""Operation type -> property types that it fits, and its operators."""

"""What a filter asks of a property's value, as SQL over our records (S55).

Each operation type is a table of operators; a negative operator is its positive one turned round. A record without a
value is let in only by `includeObjectsWithNoValueSet`.
"""

from collections.abc import Mapping
from datetime import datetime

from hubspot_sandbox.lists import amounts
from hubspot_sandbox.lists.asked import Asked, Test, one_of
from hubspot_sandbox.lists.branches import Operation, PropertyFilter, wrong
from hubspot_sandbox.lists.texts import CHOICES, TEXTS, YES_OR_NO
from hubspot_sandbox.search import Statement, Where, known_property, value_of

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
    "NOT_UPDATED_IN_LAST_X_DAYS": "UPDATED_IN_LAST_X_DAYS",
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
    "DATETIME-COMPARATIVE": "COMPARATIVE_DATE",
    "PROPERTY-UPDATED-COMPARATIVE": "COMPARATIVE_PROPERTY_UPDATED",
    "ROLLING-PROPERTY-UPDATED": "ROLLING_PROPERTY_UPDATED",
}
"""The names in the guide -> those in the API's description; small and capital letters are the same [inf]."""
MOVING = ("ROLLING_DATE_RANGE", "ROLLING_PROPERTY_UPDATED", "TIME_POINT", "TIME_RANGED")
"""Operation types whose members change with the time alone."""
UPDATES = ("COMPARATIVE_PROPERTY_UPDATED", "ROLLING_PROPERTY_UPDATED")
"""Operation types about when a property was written; any property can be asked about."""
KNOWN = {"IS_KNOWN": "IS NOT", "IS_NOT_BLANK": "IS NOT", "IS_UNKNOWN": "IS", "IS_BLANK": "IS"}
TEXT, NUMBER, DAY, CHOICE = ("string", "phone_number"), ("number",), ("date", "datetime"), ("enumeration", "bool")
ANY = (*TEXT, *NUMBER, *DAY, *CHOICE)
OPERATIONS: dict[str, tuple[tuple[str, ...], Mapping[str, Test]]] = {
    "STRING": (TEXT, TEXTS),
    "MULTISTRING": (TEXT, TEXTS),
    "STRING-COMPARATIVE": (TEXT, amounts.SAME),
    "ENUMERATION": (CHOICE, CHOICES),
    "BOOL": (CHOICE, YES_OR_NO),
    "BOOL-COMPARATIVE": (CHOICE, amounts.SAME),
    "NUMBER": (NUMBER, amounts.NUMBERS),
    "NUMBER_RANGED": (NUMBER, amounts.NUMBER_RANGES),
    "NUMBER-COMPARATIVE": (NUMBER, amounts.SAME_OR_MORE),
    "DATETIME": (DAY, amounts.STAMPS),
    "RANGED_DATE": (DAY, amounts.STAMP_RANGES),
    "ROLLING_DATE_RANGE": (DAY, amounts.ROLLING),
    "COMPARATIVE_DATE": (DAY, amounts.EARLIER_OR_LATER),
    "COMPARATIVE_PROPERTY_UPDATED": (ANY, amounts.EARLIER_OR_LATER),
    "ROLLING_PROPERTY_UPDATED": (ANY, amounts.ROLLING_UPDATES),
    "TIME_POINT": (DAY, amounts.POINTS),
    "TIME_RANGED": (DAY, amounts.POINT_RANGES),
}
"""Operation type -> property types that it fits, and its operators."""


def operation_type(operation: Operation) -> str:
    name = operation.operation_type.upper()
    return SYNONYMS.get(name, name)


def compile_property(where: Where, each: PropertyFilter, now: datetime) -> Statement:
    """The condition on `records` of a PROPERTY filter.

    :raises HubSpotProblem: 400 for an unknown property, and for an operation that the sandbox has not or that does not
        fit the property's type
    """
    prop, operation = known_property(where.properties, each.asked), each.operation
    kind, operator = operation_type(operation), operation.operator.upper()
    if kind == "ALL_PROPERTY":
        value = value_of(where, prop)
        return Statement(f"{value.sql} {one_of(KNOWN, operator, kind)} NULL", value.parameters)
    types, tests = one_of(OPERATIONS, kind, "the sandbox")
    stamped = kind in UPDATES or _parser(operation) == "UPDATED_AT"
    if prop.type not in types and not stamped:
        raise wrong(f"operationType {operation.operation_type} does not fit property {prop.name} of type {prop.type}.")
    asked = Asked(where, prop, operation, now, stamped)
    test = _tested(asked, tests, NEGATIVE.get(operator, operator), kind)
    turned = Statement(f"NOT ({test.sql})", test.parameters) if operator in NEGATIVE else test
    return _with_blank(asked.value, turned, bool(operation.include_objects_with_no_value_set))


def _tested(asked: Asked, tests: Mapping[str, Test], operator: str, kind: str) -> Statement:
    if operator in EVER:
        return _ever(asked, one_of(tests, EVER[operator], kind))
    return one_of(tests, operator, kind)(asked.value, asked)


def _parser(operation: Operation) -> str:
    """:raises HubSpotProblem: 400 unless `VALUE`, the default, or `UPDATED_AT`"""
    parser = (operation.property_parser or "VALUE").upper()
    if parser not in ("VALUE", "UPDATED_AT"):
        raise wrong(f"propertyParser {parser} is not one of VALUE, UPDATED_AT.")
    return parser


def _with_blank(value: Statement, test: Statement, let_in: bool) -> Statement:
    joined = f"({value.sql} IS NULL OR ({test.sql}))" if let_in else f"({value.sql} IS NOT NULL AND ({test.sql}))"
    return Statement(joined, (*value.parameters, *test.parameters))


def _ever(asked: Asked, test: Test) -> Statement:
    """The value now, or one that was written before.

    :raises HubSpotProblem: 400 for a calculated property, as the guide says
    """
    if asked.prop.calculated:
        raise wrong(f"Calculated property {asked.prop.name} has no past to filter by.")
    past = {"number": "CAST(past.value AS REAL)", "enumeration": "past.value"}.get(asked.prop.type, "folded(past.value)")
    now, before = test(asked.value, asked), test(Statement(past), asked)
    written = f"past.key = records.key AND past.name = ? AND ({before.sql})"
    sql = f"({now.sql}) OR EXISTS (SELECT 1 FROM history AS past WHERE {written})"  # noqa: S608
    return Statement(sql, (*now.parameters, asked.prop.name, *before.parameters))

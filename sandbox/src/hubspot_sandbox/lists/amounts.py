"""What filters ask of numbers and of times."""

from collections.abc import Callable

from hubspot_sandbox.lists import times
from hubspot_sandbox.lists.asked import Asked, Test
from hubspot_sandbox.lists.branches import wrong
from hubspot_sandbox.lists.times import Bound
from hubspot_sandbox.search import Statement

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
        point = times.moment(asked.operation.time_point, asked.now, Bound.UPPER if after else Bound.LOWER)
        sign = (">" if after else "<") + _equal(asked.operation.endpoint_behavior, "EXCLUSIVE")
        return Statement(f"{value.sql} {sign} ?", (*value.parameters, asked.at(point)))

    return compiled


def _range(value: Statement, asked: Asked) -> Statement:
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


def _beside(sign: str) -> Test:
    """Compared with another property of the record, which must have a value, too."""

    def compiled(value: Statement, asked: Asked) -> Statement:
        other = asked.other
        sql = f"coalesce({value.sql} {sign} {other.sql}, 0)"
        return Statement(sql, (*value.parameters, *other.parameters))

    return compiled


Tests = dict[str, Test]
NUMBERS: Tests = {
    "IS_EQUAL_TO": _compared("=", _number),
    "IS_GREATER_THAN": _compared(">", _number),
    "IS_GREATER_THAN_OR_EQUAL_TO": _compared(">=", _number),
    "IS_LESS_THAN": _compared("<", _number),
    "IS_LESS_THAN_OR_EQUAL_TO": _compared("<=", _number),
}
NUMBER_RANGES: Tests = {"IS_BETWEEN": _between(_bound("lower_bound"), _bound("upper_bound"))}
STAMPS: Tests = {
    "IS_EQUAL_TO": _compared("=", _stamp),
    "IS_BEFORE_DATE": _compared("<", _stamp),
    "IS_AFTER_DATE": _compared(">", _stamp),
}
STAMP_RANGES: Tests = {"IS_BETWEEN": _between(_end("lower"), _end("upper"))}
ROLLING: Tests = {
    "IS_LESS_THAN_X_DAYS_AGO": _between(_away(-1), _now),
    "IS_MORE_THAN_X_DAYS_AGO": _compared("<", _away(-1)),
    "IS_LESS_THAN_X_DAYS_FROM_NOW": _between(_now, _away(1)),
    "IS_MORE_THAN_X_DAYS_FROM_NOW": _compared(">", _away(1)),
}
ROLLING_UPDATES: Tests = {"UPDATED_IN_LAST_X_DAYS": _compared(">=", _away(-1))}
POINTS: Tests = {"IS_AFTER": _point(True), "IS_BEFORE": _point(False)}
POINT_RANGES: Tests = {"IS_BETWEEN": _range}
SAME: Tests = {"IS_EQUAL_TO": _beside("=")}
SAME_OR_MORE: Tests = {**SAME, "IS_GREATER_THAN": _beside(">"), "IS_LESS_THAN": _beside("<")}
EARLIER_OR_LATER: Tests = {"IS_BEFORE": _beside("<"), "IS_AFTER": _beside(">")}

"""What filters ask of texts and of choices."""

import json

from hubspot_sandbox.lists.asked import Asked, Test
from hubspot_sandbox.lists.branches import wrong
from hubspot_sandbox.search import Statement


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

_CHOSEN = "instr(';' || {} || ';', ';' || wanted.value || ';')"


def _choices(quantity: str, found: str) -> Test:
    """Whether among the wanted choices there is one (or none) that is found (or not) among the record's."""

    def compiled(value: Statement, asked: Asked) -> Statement:
        condition = f"{_CHOSEN.format(value.sql)} {found} 0"
        sql = f"{quantity} (SELECT 1 FROM json_each(?) AS wanted WHERE {condition})"  # noqa: S608
        return Statement(sql, (json.dumps(_wanted(asked, folded=False)), *value.parameters))

    return compiled


YES_OR_NO: dict[str, Test] = {"IS_EQUAL_TO": _any_text("{} = wanted.value")}
_any_chosen, _all_chosen = _choices("EXISTS", ">"), _choices("NOT EXISTS", "=")


def _exactly(value: Statement, asked: Asked) -> Statement:
    """All of them, and as many as there are."""
    every = _all_chosen(value, asked)
    count = f"length({value.sql}) - length(replace({value.sql}, ';', '')) + 1"
    many = len(set(_wanted(asked, folded=False)))
    return Statement(f"{every.sql} AND {count} = ?", (*every.parameters, *value.parameters, *value.parameters, many))


CHOICES: dict[str, Test] = {"IS_ANY_OF": _any_chosen, "CONTAINS_ALL": _all_chosen, "IS_EXACTLY": _exactly}

"""docs/reference/errors.md and the code say the same."""

import ast
from collections.abc import Iterator
from typing import Any

from tests.house_rules.repository import DOCS, OFFHOOK, code_in, name_of, python_files, rows_of, tree_of

from offhook.errors import ConfigurationError, OffhookError
from offhook.web.problems import FRAMEWORK_CODES

PAGE = DOCS / "reference/errors.md"
# Reasons that a call or a log shows without any error behind them.
REASONS = "Reasons that are no errors"
ERRORS = "All errors"


def tree() -> list[type[OffhookError] | type[ConfigurationError]]:
    return [*_below(OffhookError), ConfigurationError]


def errors() -> dict[str, type[Exception]]:
    """Code → class, the whole tree."""
    return {each.code: each for each in tree()}


def _below(error: type[OffhookError]) -> Iterator[type[OffhookError]]:
    # Errors that tests make up are nobody's to document.
    if error.__module__.startswith("offhook."):
        yield error
    for each in error.__subclasses__():
        yield from _below(each)


def outcome_of(error: Any) -> str:
    if getattr(error, "retryable", False):
        return "try later"
    return "ask the person" if getattr(error, "needs_person", False) else "give up"


def rows() -> dict[str, list[str]]:
    """Code → message, outcome, remedy."""
    return {code_in(row[0]): row[1:] for row in rows_of(PAGE, ERRORS)[1:]}


def test_every_error_code_is_documented() -> None:
    missing = (errors().keys() | set(FRAMEWORK_CODES.values())) - rows().keys()
    assert not missing, f"Add a row to “{ERRORS}” in docs/reference/errors.md for {', '.join(sorted(missing))}."


def test_every_documented_error_code_exists() -> None:
    surplus = rows().keys() - errors().keys() - set(FRAMEWORK_CODES.values())
    assert not surplus, f"No error has this code; take the row out of docs/reference/errors.md: {sorted(surplus)}."


def test_documented_errors_say_what_the_code_says() -> None:
    wrong = []
    for code, (message, outcome, remedy, *_) in rows().items():
        error = errors().get(code)
        if error is None:
            continue
        says = (error.__doc__ or "").strip().splitlines()[0]
        true = (says, outcome_of(error), getattr(error, "remedy", None) or "")
        if (message, outcome, remedy) != true:
            wrong.append(f"| `{code}` | {' | '.join(true)} |")
    assert not wrong, "Correct these rows in docs/reference/errors.md:\n" + "\n".join(wrong)


def test_no_two_errors_share_a_code() -> None:
    every = [each.code for each in tree()]
    twice = sorted({code for code in every if every.count(code) > 1})
    assert not twice, f"Give each error in src/offhook/errors.py a code of its own; taken twice: {twice}."


def test_the_tree_that_is_drawn_is_the_tree() -> None:
    """errors.py opens with the whole tree; a reader must be able to believe it."""
    drawn = ast.get_docstring(tree_of(OFFHOOK / "errors.py")) or ""
    missing = [each.__name__ for each in errors().values() if each.__name__ not in drawn]
    assert not missing, f"Draw {', '.join(missing)} in the docstring of src/offhook/errors.py."


def test_all_errors_stand_in_one_file() -> None:
    elsewhere = {each.__name__: each.__module__ for each in _below(OffhookError) if each.__module__ != "offhook.errors"}
    assert not elsewhere, f"Move these to src/offhook/errors.py, where everybody looks for them: {elsewhere}."


def test_every_reason_without_an_error_is_documented() -> None:
    documented = {code_in(row[0]) for row in rows_of(PAGE, REASONS)[1:]}
    given = {code: where for where, code in reasons()}
    missing = {code: where for code, where in given.items() if code not in documented | errors().keys()}
    assert not missing, f"Add a row to “{REASONS}” in docs/reference/errors.md for {missing}."
    surplus = documented - given.keys()
    assert not surplus, (
        f"Nothing gives these reasons any more; take their rows out of docs/reference/errors.md: {surplus}."
    )


def reasons() -> Iterator[tuple[str, str]]:
    """Every `Reason("code", …)` in the service: where, code."""
    for path in python_files(OFFHOOK):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield f"{name_of(path)}:{node.lineno}", first.value

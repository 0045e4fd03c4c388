"""docs/reference/settings.md and src/offhook/settings.py say the same."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from tests.house_rules.repository import DOCS, ROOT, code_in, files, name_of, rows_of, text_of

from offhook.settings import Settings, variable

PAGE = DOCS / "reference/settings.md"
EMPTY = "(empty)"


def documented() -> dict[str, list[str]]:
    """Variable → default, meaning."""
    return {code_in(row[0]): row[1:] for row in rows_of(PAGE, "All settings")[1:]}


def as_written(default: Any) -> str:
    """A default as an operator would write it in the environment."""
    if isinstance(default, tuple):
        return ",".join(default) or EMPTY
    if isinstance(default, float) and default.is_integer():
        return str(int(default))
    return EMPTY if default in ("", Path()) else str(default)


def test_every_setting_is_documented() -> None:
    missing = [variable(each.name) for each in fields(Settings) if variable(each.name) not in documented()]
    assert not missing, f"Add a row to docs/reference/settings.md for {', '.join(missing)}."


def test_every_documented_setting_exists() -> None:
    surplus = documented().keys() - {variable(each.name) for each in fields(Settings)}
    assert not surplus, f"Offhook has no such setting; take the row out of docs/reference/settings.md: {sorted(surplus)}."


def test_documented_defaults_are_the_true_ones() -> None:
    page = documented()
    wrong = [
        f"{name}: the page says {code_in(page[name][0])!r}, the code {as_written(each.default)!r}"
        for each in fields(Settings)
        if (name := variable(each.name)) in page and code_in(page[name][0]) != as_written(each.default)
    ]
    assert not wrong, "Correct the default in docs/reference/settings.md.\n" + "\n".join(wrong)


def test_every_documented_setting_says_what_it_means() -> None:
    silent = [name for name, (_, meaning, *_) in documented().items() if len(meaning) < 20]
    assert not silent, f"Say in docs/reference/settings.md what these are for: {', '.join(silent)}."


def test_every_variable_that_people_are_told_of_is_a_setting() -> None:
    """A misspelt variable stops the service with *No such setting*, so one in a page is worse than none."""
    known = {variable(each.name) for each in fields(Settings)}
    told = [path for path in files() if path.suffix == ".md" or path.is_relative_to(ROOT / "scripts") or is_ours(path)]
    wrong = [
        f"{name_of(path)} names {name}"
        for path in told
        for name in sorted(set(re.findall(r"\bOFFHOOK_[A-Z0-9_]*[A-Z0-9]", text_of(path) or "")) - known)
    ]
    assert not wrong, (
        "Offhook refuses to start when a variable OFFHOOK_… is set that is no setting. Correct the name, add the "
        "setting, or choose a variable that does not begin with OFFHOOK_.\n" + "\n".join(wrong)
    )


def is_ours(path: Path) -> bool:
    return path.name == "Makefile" or (path.suffix == ".py" and path.is_relative_to(ROOT / "src"))

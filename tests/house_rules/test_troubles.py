"""What docs/reference/errors.md says of troubles with connecting is played, and by the test that it names."""

import ast

from tests.house_rules.repository import DOCS, ROOT, code_in, rows_of, tree_of

PAGE = DOCS / "reference/errors.md"
TROUBLES = "When connecting goes wrong"
ERRORS = "All errors"


def rows() -> list[list[str]]:
    return rows_of(PAGE, TROUBLES)[1:]


def test_every_trouble_names_a_test_that_there_is() -> None:
    missing = []
    for trouble, *_, test in rows():
        file, _, name = code_in(test).partition("::")
        path = ROOT / "tests" / file
        there = path.exists() and any(
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name for node in tree_of(path).body
        )
        missing += [] if there else [trouble]
    assert not missing, f"No test plays these; correct “{TROUBLES}” in docs/reference/errors.md: {missing}."


def test_every_code_of_a_trouble_is_one_of_the_errors() -> None:
    known = {code_in(row[0]) for row in rows_of(PAGE, ERRORS)[1:]}
    codes = {code_in(code) for _, code, *_ in rows() if code}
    assert codes <= known, f"There is no such error in docs/reference/errors.md: {codes - known}."


def test_every_trouble_with_consents_grants_keys_and_clocks_is_listed() -> None:
    listed = {code_in(test).partition("::")[0] for *_, test in rows()}
    kinds = ("consent_f", "consent_i", "grant", "key", "clock")
    there = {f"troubles/{path.name}" for kind in kinds for path in (ROOT / "tests/troubles").glob(f"test_{kind}*.py")}
    assert there <= listed, f"Add a row to “{TROUBLES}” in docs/reference/errors.md for {sorted(there - listed)}."

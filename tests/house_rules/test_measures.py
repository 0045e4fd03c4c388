"""The measures of the house. They are guides: exceed one knowingly, and say so here."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from statistics import median, quantiles

import pytest
from tests.house_rules.repository import OFFHOOK, ROOT, SANDBOX, name_of, python_files, tree_of

MEDIAN_FUNCTION, NINE_IN_TEN, MEDIAN_FILE, LONG_FILE, PHONE_SYSTEM = 10, 30, 150, 400, 600

# Larger than PHONE_SYSTEM for a reason: folder → lines at most, and why.
KNOWINGLY_LARGE: Mapping[str, tuple[int, str]] = {
    "exchange": (
        1000,
        "It is a phone system, and not only the translation of one: its calls have rules and a state, and phones of its "
        "own, which the rooms switch, sip and media serve.",
    ),
    "asterisk": (
        1200,
        "AMI tells raw events of channels, not of calls: whose they are, and what a transfer or a Local channel makes of "
        "them, must be followed here; and none "
        "of the clients on PyPI that were compared keeps memory bounded and forgets what was asked before a loss.",
    ),
    "contact_center": (
        1000,
        "Besides calls it has what an agent does, and codes for what became of a call: the only phone system here with "
        "either; and a call whose end 8x8 never told is found and closed without ending one that lives.",
    ),
    "eight_by_eight": (
        1400,
        "8x8 tells nothing by itself: three interfaces with two kinds of tokens, three ways of paging and refusals of "
        "their own must be asked, its softphone's frame heard, calls put together from legs of several calls, and "
        "recordings handed on that only the service may fetch.",
    ),
    "sip": (
        800,
        "Half of it is the self-test: it goes the way of a phone, name, TCP, certificate, WebSocket and registration, "
        "to say at which step it ends.",
    ),
}

# Longer than LONG_FILE for a reason that is worth more than its length: name → reason.
KNOWINGLY_LONG: Mapping[str, str] = {
    "src/offhook/errors.py": "Everything that can go wrong is drawn once, at the top; the classes follow the drawing.",
}

PACKAGES = pytest.mark.parametrize("package", [OFFHOOK, SANDBOX], ids=["offhook", "hubspot_sandbox"])


def functions(package: Path) -> Iterator[tuple[int, str]]:
    """Lines of each function with its signature and docstring, and where it is, by length."""
    for path in python_files(package):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield (node.end_lineno or node.lineno) - node.lineno + 1, f"{name_of(path)}:{node.lineno} {node.name}"


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def longest(measured: Iterable[tuple[int, str]]) -> str:
    return "\n".join(f"{length:5}  {where}" for length, where in sorted(measured, reverse=True)[:15])


@PACKAGES
def test_functions_are_short(package: Path) -> None:
    lengths = [length for length, _ in functions(package)]
    most = quantiles(lengths, n=10)[-1]
    short = median(lengths) <= MEDIAN_FUNCTION and most <= NINE_IN_TEN
    assert short, (
        f"Half of the functions should have at most {MEDIAN_FUNCTION} lines and nine in ten at most {NINE_IN_TEN}; it "
        f"is {median(lengths):g} and {most:g}. Name a step of the longest and make it a function:\n"
        f"{longest(functions(package))}"
    )


@PACKAGES
def test_files_are_short(package: Path) -> None:
    measured = [(lines(path), name_of(path)) for path in python_files(package)]
    half = median(length for length, _ in measured)
    assert half <= MEDIAN_FILE, (
        f"Half of the files should have at most {MEDIAN_FILE} lines, not {half:g}:\n{longest(measured)}"
    )


@PACKAGES
def test_long_files_were_looked_at_again(package: Path) -> None:
    long = [(lines(path), name_of(path)) for path in python_files(package) if lines(path) > LONG_FILE]
    new = [(length, name) for length, name in long if name not in KNOWINGLY_LONG]
    assert not new, (
        f"A file of more than {LONG_FILE} lines usually holds two ideas. Make it a folder, or write into KNOWINGLY_LONG "
        f"(tests/house_rules/test_measures.py) why it is better whole.\n{longest(new)}"
    )


def test_knowingly_long_files_are_long() -> None:
    short = [name for name in KNOWINGLY_LONG if not (ROOT / name).is_file() or lines(ROOT / name) <= LONG_FILE]
    assert not short, f"Take these out of KNOWINGLY_LONG, they are short now: {short}."


@pytest.mark.parametrize("folder", sorted((OFFHOOK / "telephony").glob("*/")), ids=lambda folder: folder.name)
def test_a_phone_system_is_small(folder: Path) -> None:
    measured = [(lines(path), name_of(path)) for path in python_files(folder)]
    whole = sum(length for length, _ in measured)
    most, _ = KNOWINGLY_LARGE.get(folder.name, (PHONE_SYSTEM, ""))
    assert whole <= most, (
        f"A phone system should fit in {most} lines; {folder.name} has {whole}. What the second one needs too "
        f"belongs beside phone_system.py.\n{longest(measured)}"
    )

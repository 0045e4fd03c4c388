"""The repository as the house rules look at it: its files, their text, their syntax trees, the tables in documents."""

import ast
import re
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OFFHOOK = ROOT / "src/offhook"
SANDBOX = ROOT / "sandbox/src/hubspot_sandbox"
DOCS = ROOT / "docs"

# Larger files are no source text: pictures, recordings.
LARGEST_TEXT = 2_000_000


@cache
def files() -> tuple[Path, ...]:
    """Every file that is, or would be, committed. An unpacked archive has no git, so there `.gitignore` is read here."""
    listed = listed_by_git()
    return tuple(sorted(walked() if listed is None else listed))


def listed_by_git() -> set[Path] | None:
    """None when this is no git checkout."""
    if not (ROOT / ".git").exists():
        return None
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()}


def walked() -> set[Path]:
    """The same by reading the `.gitignore` at the top; it uses names, paths from the top, folders and `*`."""
    rules = [line.strip() for line in (ROOT / ".gitignore").read_text().splitlines()]
    return set(_walk(ROOT, [rule for rule in rules if rule and not rule.startswith("#")]))


def _walk(folder: Path, rules: list[str]) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name == ".git" or any(_ignored(path, rule) for rule in rules):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path, rules)
        elif path.is_file():
            yield path


def _ignored(path: Path, rule: str) -> bool:
    if rule.endswith("/") and not path.is_dir():
        return False
    name = rule.strip("/")
    return fnmatch(name_of(path), name) if "/" in rule.rstrip("/") else fnmatch(path.name, name)


def name_of(path: Path) -> str:
    """The path from the top of the repository, for messages."""
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path: Path) -> str | None:
    """The text of a file; None when it is none."""
    if path.stat().st_size > LARGEST_TEXT:
        return None
    content = path.read_bytes()
    return None if b"\0" in content else content.decode(errors="replace")


def python_files(*folders: Path) -> tuple[Path, ...]:
    """Python files in these folders."""
    return tuple(path for path in files() if path.suffix == ".py" and any(path.is_relative_to(each) for each in folders))


def markdown_files() -> tuple[Path, ...]:
    return tuple(path for path in files() if path.suffix == ".md")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def place(path: Path, node: ast.AST) -> str:
    """Where to look: `src/offhook/web/app.py:12`."""
    return f"{name_of(path)}:{getattr(node, 'lineno', 1)}"


# The same kind of file is found in several rooms.
HEADING = re.compile(r"^#{1,6}\s")


def rows_of(path: Path, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading of a document, head row first, without the row of dashes."""
    lines = path.read_text().splitlines()
    starts = [number for number, line in enumerate(lines) if HEADING.match(line) and line.strip("# ") == heading]
    assert starts, f"{name_of(path)} needs a heading “{heading}” with a table under it."
    rows: list[list[str]] = []
    for line in lines[starts[0] + 1 :]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))])
        elif rows or HEADING.match(line):
            break
    assert len(rows) > 2, f"The table under “{heading}” in {name_of(path)} has no rows."
    return [rows[0], *rows[2:]]


def code_in(cell: str) -> str:
    """The first `code` of a cell."""
    found = re.search(r"`([^`]+)`", cell)
    return found[1] if found else cell


# Fences of code, so that what only looks like a link or a heading is not read as one.
FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,})(?P<words>[^\n]*)\n(?P<code>.*?)^(?P=fence)[ ]*$", re.MULTILINE | re.DOTALL)


def without_code(text: str) -> str:
    """A Markdown text without its code blocks and code spans."""
    return re.sub(r"`[^`\n]*`", "``", FENCE.sub("", text))

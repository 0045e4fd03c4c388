"""What may be written where in the source: the environment, SQL, statuses, commit; and what a module may be called."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.house_rules.repository import OFFHOOK, SANDBOX, files, name_of, place, python_files, tree_of

# The environment.


def test_only_the_settings_read_the_environment() -> None:
    found = [
        place(path, node)
        for path in python_files(OFFHOOK, SANDBOX)
        if path != OFFHOOK / "settings.py"
        for node in ast.walk(tree_of(path))
        if reads_environment(node)
    ]
    assert not found, (
        "Only src/offhook/settings.py reads the environment, so that every choice an operator has is in one place and "
        "documented. Make it a field of Settings and hand the value to whoever needs it; what else settings.py must "
        f"read, it gives out by a function of its own. Found in {', '.join(found)}."
    )


def reads_environment(node: ast.AST) -> bool:
    names = {"environ", "environb", "getenv", "getenvb"}
    if isinstance(node, ast.ImportFrom):
        return node.module == "os" and any(each.name in names for each in node.names)
    return isinstance(node, ast.Attribute) and node.attr in names


# SQL.

STATEMENTS = {
    *("select", "insert", "update", "delete", "text", "exists", "union", "union_all", "func", "literal_column", "values"),
    *("Table", "Column", "Index", "and_", "or_", "not_", "case", "cast", "lateral", "tuple_"),
}
EXECUTES = {"execute", "executemany", "exec_driver_sql", "scalar", "scalars", "stream"}


def test_sql_is_only_in_stores() -> None:
    found = [
        place(path, node)
        for path in python_files(OFFHOOK)
        if not may_hold_sql(path)
        for node in ast.walk(tree_of(path))
        if builds_sql(node)
    ]
    assert not found, (
        "SQL stands in a room's store.py (or in database.py and migrations), where all of it can be read at once. Write "
        f"a function there that says in its name what is wanted, and call that. Found in {', '.join(found)}."
    )


def may_hold_sql(path: Path) -> bool:
    return path.name == "store.py" or path == OFFHOOK / "database.py" or path.is_relative_to(OFFHOOK / "migrations")


def builds_sql(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sqlalchemy":
        return any(each.name in STATEMENTS for each in node.names)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("sqlalchemy", "sa"):
        return node.attr in STATEMENTS
    # Without an argument it executes nothing: `request.stream()`.
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in EXECUTES
        and bool(node.args)
    )


# Commit.


def test_commit_is_written_in_one_place() -> None:
    found = [
        place(path, node)
        for path in python_files(OFFHOOK)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    elsewhere = [each for each in found if not each.startswith("src/offhook/database.py:")]
    assert not elsewhere, (
        "One request or one job is one transaction, and `Database.transaction` is what commits it. Work inside "
        "`async with database.transaction() as connection` (or SQLAlchemy's `begin()`) instead of committing in "
        f"{', '.join(elsewhere)}."
    )
    assert len(found) == 1, f"`commit` must be written once in src/offhook/database.py, not in {', '.join(found)}."


# HTTP statuses.


def test_http_statuses_are_chosen_in_few_places() -> None:
    found = [
        place(path, node)
        for path in python_files(OFFHOOK)
        if not may_name_statuses(path)
        for node in statuses(tree_of(path), successes_too=not path.is_relative_to(OFFHOOK / "web"))
    ]
    assert not found, (
        "HTTP statuses of refusals stand only in web/problems.py (ours), hubspot/refusals.py and wire.py (theirs). Raise "
        f"an error from offhook.errors and let problems.py choose the status. Found in {', '.join(found)}."
    )


def may_name_statuses(path: Path) -> bool:
    """The demo plays the world outside: it lets the sandbox answer badly, and it reads answers as a browser does.

    What phones are answered in SIP looks like HTTP and is not.
    """
    rooms = ("sip", "switch", "telephony/exchange", "telephony/sip")
    speaks_sip = any(path.is_relative_to(OFFHOOK / each) for each in rooms)
    known = (OFFHOOK / "web/problems.py", OFFHOOK / "hubspot/refusals.py")
    return path.name == "wire.py" or path in known or path.is_relative_to(OFFHOOK / "demo") or speaks_sip


def statuses(tree: ast.AST, *, successes_too: bool) -> Iterator[ast.Constant]:
    """Integers that are used as an HTTP status.

    Any 4xx or 5xx counts, except where its surroundings say that it is something else: another name (`QUEUE = 500`,
    `limit=500`, `{"https": 443}`), a slice, or a comparison with something that is no status. With `successes_too`,
    whatever is named `status…` counts too.
    """
    for parent in ast.walk(tree):
        for name, child in named_children(parent):
            if isinstance(child, ast.Constant) and type(child.value) is int:
                refusal = 400 <= child.value <= 599 and (is_status(name) or not name) and not explained(parent)
                success = successes_too and is_status(name) and 100 <= child.value <= 399
                if refusal or success:
                    yield child


def named_children(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    """The children of a node, each with the name that the node gives it, or an empty one."""
    if isinstance(node, ast.Dict):
        yield from (("", key) for key in node.keys)
        keys = (key.value if isinstance(key, ast.Constant) else "" for key in node.keys)
        yield from zip((key if isinstance(key, str) else "" for key in keys), node.values, strict=True)
        return
    name = ""
    if isinstance(node, ast.keyword):
        name = node.arg or ""
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        name = ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
    yield from ((name, child) for child in ast.iter_child_nodes(node))


def is_status(name: str) -> bool:
    return "status" in name.lower()


def explained(parent: ast.AST) -> bool:
    if isinstance(parent, ast.Slice | ast.Subscript | ast.BinOp | ast.FormattedValue):
        return True
    if isinstance(parent, ast.Compare):
        return not any(is_status(ast.unparse(side)) for side in (parent.left, *parent.comparators))
    return False


# Names.

DRAWERS = {"util", "utils", "helper", "helpers", "common", "base", "bases", "manager", "managers", "misc"}


def test_no_module_is_a_drawer() -> None:
    found = sorted(name for name in map(name_of, source_files()) if DRAWERS & set(words_of(name)))
    assert not found, (
        "A module is called by what it knows (`phone_number`, not `utils`), so that one finds it without searching. "
        f"Rename {', '.join(found)}."
    )


def source_files() -> Iterable[Path]:
    return (path for path in files() if path.suffix in (".py", ".ts", ".tsx", ".js", ".mjs"))


def words_of(name: str) -> Iterator[str]:
    """The words of every folder and of the module: `src/web/call_utils.py` → src, web, call, utils."""
    for part in Path(name).with_suffix("").parts:
        yield from part.lower().replace("-", "_").replace(".", "_").split("_")


# The rules notice what they are for.


def found_in(rule_finds: Iterable[ast.AST]) -> int:
    return len(list(rule_finds))


def test_the_rules_notice_what_they_forbid() -> None:
    environment = ast.parse("import os\nos.environ['X']\nos.getenv('X')\nfrom os import environ")
    assert found_in(each for each in ast.walk(environment) if reads_environment(each)) == 3
    sql = ast.parse("from sqlalchemy import select\nimport sqlalchemy as sa\nsa.text('x')\nconnection.scalar(1)")
    assert found_in(each for each in ast.walk(sql) if builds_sql(each)) == 3
    status = ast.parse(
        "if answer.status_code == 404: pass\npage('no', 503)\nf(status_code=200 if ready else 503)\nSTATUS = {A: 409}\n"
        "match status:\n    case 429: pass\n{'status': 400}\nreturn_ = status in (401, 403)"
    )
    assert found_in(statuses(status, successes_too=False)) == 8
    harmless = ast.parse(
        "QUEUE = 500\nf(limit=500)\ntext[:500]\nx = {'https': 443}\nif len(text) > 500: pass\nget(status_code=201)\n"
        "x = 5 * 400"
    )
    assert found_in(statuses(harmless, successes_too=False)) == 0
    assert found_in(statuses(harmless, successes_too=True)) == 1
    assert DRAWERS & set(words_of("src/offhook/web/call_utils.py"))

"""The arrows of the house hold, and each of them is noticed when it is turned round."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import grimp
import pytest
from tests.house_rules.repository import OFFHOOK, ROOT

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

CONTRACTS = tuple(
    each["name"] for each in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
)


class Turned(NamedTuple):
    """An import that must not be: `module` is made to import `target`, and `contract` must break."""

    contract: str
    module: str
    target: str


LAYERS = "Rooms know only the rooms below them"
DEMO = "The demo talks over HTTP, like anybody"
TWO_SIDES = "HubSpot and phone systems do not know each other"
NAMED = "No room but bootstrap names a phone system"
SYSTEMS = "Phone systems do not know each other"
LEGS_ONLY = "The switch knows legs by name, SIP and sound, and no calls"
NOTHING_ELSE = "A phone system knows the protocol and calls, nothing else of ours"
TOKENS = "HubSpot's room gets tokens from a function and never sees the grants' store"
APART = "Grants, jobs, agents and policies know neither each other nor HubSpot"
NO_CALLS = "Grants, jobs and policies do not know calls"
NO_GRANTS = "The desktop and the directory do not know grants"
WEB = "The web asks the desktop, not HubSpot"
PURE = "What is pure knows no client, database, clock or settings"
ENVIRONMENT = "Only the settings read the environment"

ARROWS = (
    Turned(LAYERS, "offhook.calls.call", "offhook.desktop.panels"),
    Turned(LAYERS, "offhook.hubspot.client", "offhook.directory.index"),
    Turned(LAYERS, "offhook.diagnosis.report", "offhook.desktop.who"),
    Turned(LAYERS, "offhook.errors", "offhook.settings"),
    Turned(DEMO, "offhook.demo.world", "offhook.calls.call"),
    Turned(TWO_SIDES, "offhook.hubspot.client", "offhook.telephony.phone_system"),
    Turned(NAMED, "offhook.desktop.call_monitor", "offhook.telephony.exchange.exchange"),
    Turned(SYSTEMS, "offhook.telephony.webhook.webhook", "offhook.telephony.exchange.rules"),
    Turned(NOTHING_ELSE, "offhook.telephony.exchange.exchange", "offhook.calls.store"),
    Turned(LEGS_ONLY, "offhook.switch.legs", "offhook.calls.call"),
    Turned(TOKENS, "offhook.hubspot.client", "offhook.grants.store"),
    Turned(APART, "offhook.jobs.worker", "offhook.grants.grant"),
    Turned(APART, "offhook.policies.store", "offhook.agents.store"),
    Turned(NO_CALLS, "offhook.jobs.outbox", "offhook.calls.call"),
    Turned(NO_GRANTS, "offhook.desktop.panels", "offhook.grants.grant"),
    Turned(WEB, "offhook.web.contacts", "offhook.hubspot.contacts"),
    Turned(PURE, "offhook.calls.follow", "time"),
    Turned(PURE, "offhook.jobs.retry", "offhook.database"),
    Turned(ENVIRONMENT, "offhook.web.app", "os"),
)


def test_every_contract_has_an_arrow_that_is_turned() -> None:
    turned = {each.contract for each in ARROWS}
    assert turned == set(CONTRACTS), (
        "Each import contract in pyproject.toml needs an import in ARROWS (tests/house_rules/test_arrows.py) that must "
        f"break it, and each of those a contract. Different: {sorted(turned ^ set(CONTRACTS))}."
    )


def test_the_arrows_hold() -> None:
    said = lint_imports(OFFHOOK.parent)
    assert said.broken == (), (
        "An import goes against the arrows of docs/explanation/house.md. Take what you need as a function or a value in "
        f"a constructor, and let bootstrap.py hand it in.\n{said.report}"
    )
    assert set(said.kept) == set(CONTRACTS), f"import-linter did not judge every contract.\n{said.report}"


@pytest.mark.parametrize("turned", ARROWS, ids=lambda each: f"{each.module} to {each.target}")
def test_a_turned_arrow_is_noticed(turned: Turned, tmp_path: Path) -> None:
    copy = tmp_path / "offhook"
    shutil.copytree(OFFHOOK, copy, ignore=shutil.ignore_patterns("__pycache__"))
    source = source_of(copy, turned.module)
    source.write_text(f"{source.read_text()}\nimport {turned.target}\n")
    said = lint_imports(tmp_path)
    assert turned.contract in said.broken, (
        f"{turned.module} was made to import {turned.target}, and the contract “{turned.contract}” in pyproject.toml did "
        f"not notice. Make the contract stricter; do not take the arrow out.\n{said.report}"
    )


def source_of(package: Path, module: str) -> Path:
    path = package.parent.joinpath(*module.split("."))
    found = next((each for each in (path.with_suffix(".py"), path / "__init__.py") if each.exists()), None)
    assert found, f"There is no module {module} any more. Choose another one for this arrow in ARROWS."
    return found


class Said(NamedTuple):
    """What import-linter says: names of contracts, and the whole of it."""

    kept: tuple[str, ...]
    broken: tuple[str, ...]
    report: str


def lint_imports(folder: Path) -> Said:
    """Judge the `offhook` that lies in this folder by the contracts in pyproject.toml."""
    done = subprocess.run(
        [str(LINT_IMPORTS), "--config", str(ROOT / "pyproject.toml"), "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert "Contracts:" in said, f"import-linter could not judge:\n{said}"
    return Said(tuple(re.findall(r"^(.+) KEPT$", said, re.M)), tuple(re.findall(r"^(.+) BROKEN$", said, re.M)), said)


@pytest.mark.parametrize("package", ["offhook", "hubspot_sandbox"])
def test_no_imports_go_in_circles(package: str) -> None:
    graph = grimp.build_graph(package, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        pytest.fail(f"These import each other: {circle}. Move what both need into a module below them.")

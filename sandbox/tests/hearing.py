"""A plugin: the strangers' calls are listed at the end of a run, and what is called faithful must have been tested.

A run of all the sandbox's tests, with or without xdist, fails when an endpoint called faithful was not seen to succeed
and to refuse. A run of some tests only lists.
"""

from collections.abc import Generator
from typing import Any

import pytest
from sandbox.tests.heard import HERE, Heard, is_whole, listed

from hubspot_sandbox.app import create_app
from hubspot_sandbox.openapi import endpoints
from hubspot_sandbox.portal import Portal

HEARD = pytest.StashKey[Heard]()
MISSING = pytest.StashKey[list[str] | None]()
DESELECTED = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[HEARD] = Heard()
    config.stash[MISSING] = None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    if HERE not in item.path.parents:
        return (yield)
    with item.config.stash[HEARD].listening(item.path.name):
        return (yield)


def pytest_collection_finish(session: pytest.Session) -> None:
    session.config.stash[HEARD].whole = is_whole(session) and not session.config.stash.get(DESELECTED, False)


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        item.config.stash[DESELECTED] = True


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker of xdist has ended; one that broke down tells nothing."""
    rows, whole = getattr(node, "workeroutput", {}).get("heard", ((), False))
    heard = Heard(rows, whole)
    node.config.stash[HEARD].calls += heard.calls
    node.config.stash[HEARD].whole = whole


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    heard = session.config.stash[HEARD]
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["heard"] = (heard.rows, heard.whole)
    elif heard.whole and exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        missing = heard.never_answered(endpoints(create_app(Portal())))
        session.config.stash[MISSING] = missing
        session.exitstatus = pytest.ExitCode.TESTS_FAILED if missing else exitstatus


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for name, calls in sorted(config.stash[HEARD].by_strangers().items()):
        terminalreporter.section(f"asked by {name}")
        for line in listed(calls):
            terminalreporter.write_line(line)
    missing = config.stash[MISSING]
    if missing:
        terminalreporter.section("FAILED: faithful endpoints without a test", red=True)
        terminalreporter.write_line("Write the test, or call the endpoint shape only (hubspot_sandbox/surface.py):")
        for line in missing:
            terminalreporter.write_line(line, red=True)
    elif missing is not None:
        terminalreporter.section("every endpoint that is called faithful was seen to succeed and to refuse")

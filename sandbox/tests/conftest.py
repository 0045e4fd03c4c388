"""Sandboxes for the tests: a fresh one without records, a shared one with the demo's, and a bare portal."""

from collections.abc import Iterator

import httpx
import pytest
from sandbox.tests import hearing

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds import plant
from hubspot_sandbox.testing import RunningSandbox, running_sandbox


def pytest_configure(config: pytest.Config) -> None:
    """Whatever the sandboxes are asked is heard."""
    config.pluginmanager.register(hearing)


@pytest.fixture(scope="session")
def server() -> Iterator[RunningSandbox]:
    """One server for all tests that write."""
    with running_sandbox("empty") as running:
        yield running


@pytest.fixture
def sandbox(server: RunningSandbox) -> RunningSandbox:
    """That server, fresh: people, app and key, and no record."""
    server.control("POST", "/reset", {"seed": "empty"})
    return server


@pytest.fixture(scope="session")
def demo() -> Iterator[RunningSandbox]:
    """The demo's server. Shared: tests only read from it, and limits are off."""
    with running_sandbox("demo") as running:
        running.control("POST", "/limits", {"enabled": False})
        yield running


@pytest.fixture
def api(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    """A caller of the fresh server with the service key of account 1."""
    with httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer(), timeout=10) as client:
        yield client


@pytest.fixture
def demo_api(demo: RunningSandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=demo.base_url, headers=demo.bearer(), timeout=10) as client:
        yield client


@pytest.fixture
def portal() -> Iterator[Portal]:
    """State without a server: people, app and key, and no record."""
    made = Portal()
    plant(made, "empty")
    yield made
    made.close()

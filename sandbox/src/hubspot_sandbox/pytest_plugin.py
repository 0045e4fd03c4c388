"""Fixtures for everybody who has `hubspot-sandbox` and pytest installed; nothing to import or to configure.

`hubspot_sandbox` is a real server on a free port of this machine, `hubspot_sandbox_in_process` the same without a socket.
Each is made once in a test session, when the first test asks for it, and is as new for every test. What it holds then is
said by the fixture `hubspot_sandbox_seed`, which a test module or a `conftest.py` may replace.

pytest loads this file in every project, so it imports the sandbox only where a test uses it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from hubspot_sandbox.testing import InProcessSandbox, RunningSandbox


@pytest.fixture
def hubspot_sandbox_seed() -> str:
    """What the sandbox holds before each test: `demo`, `empty` or `large:N`."""
    return "demo"


@pytest.fixture(scope="session")
def _hubspot_sandbox_server() -> "Iterator[RunningSandbox]":
    from hubspot_sandbox.testing import running_sandbox

    with running_sandbox("empty") as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def _hubspot_sandbox_application() -> "Iterator[InProcessSandbox]":
    from hubspot_sandbox.testing import sandbox_in_process

    with sandbox_in_process("empty") as sandbox:
        yield sandbox


@pytest.fixture
def hubspot_sandbox(_hubspot_sandbox_server: "RunningSandbox", hubspot_sandbox_seed: str) -> "RunningSandbox":
    """A local HubSpot at `hubspot_sandbox.url`, as new for every test."""
    _hubspot_sandbox_server.renew(hubspot_sandbox_seed)
    return _hubspot_sandbox_server


@pytest.fixture
def hubspot_sandbox_in_process(
    _hubspot_sandbox_application: "InProcessSandbox", hubspot_sandbox_seed: str
) -> "InProcessSandbox":
    """A local HubSpot without a socket: `.client()`, `.async_client()`, or its `.transport` in a client of your own."""
    _hubspot_sandbox_application.renew(hubspot_sandbox_seed)
    return _hubspot_sandbox_application

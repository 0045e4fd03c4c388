"""A HubSpot for whole services that are connected to a phone system: it answers at once, and as often as asked."""

from collections.abc import Iterator

import pytest

from hubspot_sandbox.testing import RunningSandbox, running_sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        sandbox.control("POST", "/limits", {"enabled": False})
        sandbox.control("POST", "/index-delay", {"seconds": 0})
        yield sandbox

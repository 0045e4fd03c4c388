"""A fixture for tests that define properties."""

import httpx
import pytest
from sandbox.tests.properties.making import PROPERTIES, Define, definition


@pytest.fixture
def define(api: httpx.Client) -> Define:
    """Creates a contact property and answers what the sandbox says."""
    return lambda name, **fields: api.post(f"{PROPERTIES}/contacts", json=definition(name, **fields))

"""The truth check: what HubSpot documents, asked of the sandbox, and of a real HubSpot when there is one.

    .venv/bin/pytest sandbox/tests/verified                                      the sandbox alone
    HUBSPOT_TOKEN=… .venv/bin/pytest sandbox/tests/verified -m hubspot_verified  a developer test account, too

The token is a service key's or a private app's of a *developer test account*, with the scopes
`crm.objects.contacts.read`, `.write`, the same for `companies`, `crm.objects.owners.read` and
`crm.schemas.contacts.read`. Only records that bear a mark of the run are made; they are deleted afterwards (HubSpot
keeps deleted ones for 90 days). A run takes a few minutes: it asks at most four times a second and waits for the index.
A test that holds in the sandbox and not in HubSpot is a fault of the sandbox: mend it, or write it down in its README.
"""

import os
from collections.abc import Iterator

import httpx
import pytest
from sandbox.tests.verified.world import World

from hubspot_sandbox.testing import running_sandbox

TOKEN = os.environ.get("HUBSPOT_TOKEN", "")
HUBSPOT = "https://api.hubapi.com"
INDEX_SECONDS, PACE_SECONDS = 90, 0.25


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/verified/" in item.path.as_posix():
            item.add_marker(pytest.mark.hubspot_verified)


@pytest.fixture(scope="session", params=["sandbox", *(["hubspot"] if TOKEN else [])])
def asked(request: pytest.FixtureRequest) -> Iterator[World]:
    """Each HubSpot in turn."""
    if request.param == "hubspot":
        with httpx.Client(base_url=HUBSPOT, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30) as client:
            yield World(client, INDEX_SECONDS, PACE_SECONDS)
        return
    with running_sandbox("empty") as sandbox:
        sandbox.control("POST", "/limits", {"enabled": False})
        with httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer(), timeout=10) as client:
            yield World(client, 0, 0)


@pytest.fixture(scope="module")
def world(asked: World) -> Iterator[World]:
    """A HubSpot, with nothing left of what a file of tests made there."""
    yield asked
    asked.clean()

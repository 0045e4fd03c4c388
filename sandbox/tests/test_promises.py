"""What every endpoint keeps to, whatever it does: without a token, or without the scope, it refuses as HubSpot does."""

from collections.abc import Iterator

import httpx
import pytest

from hubspot_sandbox.app import create_app
from hubspot_sandbox.openapi import PARAMETER, Endpoint, endpoints
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, CLIENT_ID
from hubspot_sandbox.testing import RunningSandbox

NAMES = {"object_type": "contacts", "to_type": "companies"}
GUARDED = [each for each in endpoints(create_app(Portal())) if not each.says.open]
SCOPES_GUARD = ("/crm/objects", "/crm/associations", "/crm/owners", "/crm/properties", "/crm/lists", "/settings")
FILTERED = ("/crm/associations/{version}/definitions/configurations/all",)
"""These give every token what it may read, which may be nothing."""
ROOMS = ("/crm/objects", "/crm/associations", "/crm/owners", "/settings")
SCOPED = [each for each in GUARDED if each.path.startswith(ROOMS) and each.path not in FILTERED]


def filled(each: Endpoint) -> str:
    return PARAMETER.sub(
        lambda found: NAMES.get(found[1], each.versions[-1] if found[1] == "version" else "1"), each.path
    )


def named(each: Endpoint) -> str:
    return f"{each.method} {each.path}"


@pytest.fixture(scope="module")
def asks(server: RunningSandbox) -> Iterator[httpx.Client]:
    """Somebody without any token."""
    server.control("POST", "/reset", {"seed": "empty"})
    server.control("POST", "/limits", {"enabled": False})
    with httpx.Client(base_url=server.base_url) as client:
        yield client


@pytest.mark.parametrize("each", GUARDED, ids=named)
def test_nobody_gets_in_without_a_token(asks: httpx.Client, each: Endpoint) -> None:
    answer = asks.request(each.method, filled(each))
    assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")


@pytest.mark.parametrize("each", SCOPED, ids=named)
def test_nobody_gets_in_without_the_scope(server: RunningSandbox, asks: httpx.Client, each: Endpoint) -> None:
    token = server.mint(ACORN, ADA, CLIENT_ID, "oauth")["access_token"]
    answer = asks.request(each.method, filled(each), headers=server.bearer(token))
    assert (answer.status_code, answer.json()["category"]) == (403, "MISSING_SCOPES"), answer.text

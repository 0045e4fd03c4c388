"""Who is a developer, for the APIs that no user's grant opens."""

import asyncio
from typing import Any

import pytest
from litestar.testing import RequestFactory

from hubspot_sandbox.developers import DEVELOPER_KEY, Developer, provide_developer
from hubspot_sandbox.grants import DEVELOPER_SCOPES
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import HubSpotProblem
from hubspot_sandbox.seeds.people import ACORN, ADA, CLIENT_ID, SERVICE_KEY


def developer(portal: Portal, bearer: str = "", **query: str) -> Developer:
    headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
    request: Any = RequestFactory().get("/", headers=headers, query_params=query)
    return asyncio.run(provide_developer(request, portal))


def own_token(portal: Portal, *scopes: str) -> str:
    app = portal.apps.get(CLIENT_ID)
    assert app
    return portal.grants.developer_token(app, scopes or ("developers-read",)).token


def test_the_key_stands_for_all_apps(portal: Portal) -> None:
    found = developer(portal, hapikey=DEVELOPER_KEY)
    assert found == Developer(DEVELOPER_SCOPES)
    assert [found.owned(portal, app.app_id) for app in portal.apps.all()] == portal.apps.all()


def test_a_token_stands_for_its_app_alone(portal: Portal) -> None:
    other = portal.apps.register(name="Other", redirect_urls=())
    found = developer(portal, own_token(portal))
    assert found.app == portal.apps.get(CLIENT_ID)
    for app_id in (other.app_id, 1):
        with pytest.raises(HubSpotProblem, match="was not found"):
            found.owned(portal, app_id)


def test_its_scopes_count(portal: Portal) -> None:
    found = developer(portal, own_token(portal, "developers-read"))
    found.require("developers-read", "developers-write")
    with pytest.raises(HubSpotProblem) as refused:
        found.require("developers-write")
    assert (refused.value.status, refused.value.category) == (403, "MISSING_SCOPES")


def test_nobody_else_is_a_developer(portal: Portal) -> None:
    users = portal.grants.mint(ACORN, CLIENT_ID, ADA, ("oauth",)).access.token
    for bearer, query in (("", {}), ("nonsense", {}), (users, {}), (SERVICE_KEY, {}), ("", {"hapikey": "wröng"})):
        with pytest.raises(HubSpotProblem) as refused:
            developer(portal, bearer, **query)
        assert (refused.value.status, refused.value.category) == (401, "INVALID_AUTHENTICATION")


def test_an_old_token_is_expired(portal: Portal) -> None:
    token = own_token(portal)
    portal.clock.advance(1801)
    with pytest.raises(HubSpotProblem, match="expired"):
        developer(portal, token)

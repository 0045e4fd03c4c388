"""What the account is, and how much of its day's calls is used."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from hubspot_sandbox.seeds.people import ACORN, ADA, BIRCH, CLIENT_ID
from hubspot_sandbox.testing import RunningSandbox

USAGE = "/account-info/2026-09/api-usage/daily/private-apps"
DETAILS = "/account-info/v3/details"


@pytest.fixture(autouse=True)
def noon(sandbox: RunningSandbox) -> Iterator[None]:
    """A winter's noon in Dublin, which is noon in UTC."""
    sandbox.control("POST", "/clock", {"freeze": "2027-01-15T12:00:00Z"})
    yield
    sandbox.control("POST", "/clock", {"freeze": False})


def usage(api: httpx.Client) -> dict[str, Any]:
    answer = api.get(USAGE)
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["results"]
    return dict(found)


def test_calls_are_counted_until_the_accounts_midnight(api: httpx.Client, sandbox: RunningSandbox) -> None:
    first = usage(api)
    assert first == {
        "name": "private-apps-api-calls-daily",
        "usageLimit": 625_000,
        "currentUsage": first["currentUsage"],
        "collectedAt": "2027-01-15T12:00:00.000Z",
        "fetchStatus": "SUCCESS",
        "resetsAt": "2027-01-16T00:00:00.000Z",
    }
    api.get("/crm/v3/objects/contacts")
    assert usage(api)["currentUsage"] == first["currentUsage"] + 2
    sandbox.control("POST", "/clock", {"advance_seconds": 12 * 3600 + 1})
    assert usage(api)["currentUsage"] == 1


def test_it_is_the_number_of_the_headers(api: httpx.Client) -> None:
    answer = api.get(USAGE)
    left = int(answer.headers["X-HubSpot-RateLimit-Daily-Remaining"])
    (found,) = answer.json()["results"]
    assert found["usageLimit"] - found["currentUsage"] == left


def test_the_day_ends_where_the_account_is(sandbox: RunningSandbox) -> None:
    key = {"account_id": BIRCH, "scopes": "oauth", "key": "pat-birch"}
    sandbox.control("POST", "/service-keys", key)
    sandbox.control("POST", f"/accounts/{BIRCH}/settings", {"api_add_on": True})
    with httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer("pat-birch")) as birch:
        found = usage(birch)
    assert (found["resetsAt"], found["usageLimit"]) == ("2027-01-16T05:00:00.000Z", 1_250_000)


def test_calls_of_marketplace_apps_are_not_counted(api: httpx.Client, sandbox: RunningSandbox) -> None:
    app = {"client_id": CLIENT_ID, "name": "Offhook", "redirect_urls": ["http://localhost:1/cb"]}
    sandbox.control("POST", "/apps", app | {"distribution": "marketplace", "required_scopes": "oauth"})
    before = usage(api)["currentUsage"]
    token = sandbox.mint(ACORN, ADA, CLIENT_ID, "oauth")["access_token"]
    assert httpx.get(sandbox.base_url + USAGE, headers=sandbox.bearer(token)).status_code == 200
    assert usage(api)["currentUsage"] == before + 1


@pytest.mark.parametrize("path", [USAGE, DETAILS])
def test_a_token_with_a_scope_is_needed(sandbox: RunningSandbox, path: str) -> None:
    sandbox.control("POST", "/service-keys", {"account_id": ACORN, "scopes": "tickets", "key": "pat-tickets"})
    assert httpx.get(sandbox.base_url + path).status_code == 401
    assert httpx.get(sandbox.base_url + path, headers=sandbox.bearer("pat-tickets")).status_code == 403


def test_details_tell_time_zone_and_offset(api: httpx.Client) -> None:
    details = api.get(DETAILS).json()
    assert (details["portalId"], details["timeZone"], details["utcOffset"]) == (ACORN, "Europe/Dublin", "+00:00")
    assert details["accountType"] == "STANDARD"

"""Associations let through less than other endpoints (S44)."""

import httpx
import pytest

from hubspot_sandbox.limits import Allowance, allowance, of_associations
from hubspot_sandbox.testing import RunningSandbox

LABELS = "/crm/v4/associations/contacts/companies/labels"


@pytest.mark.parametrize(
    ("tier", "add_on", "burst", "daily"),
    [
        ("free", False, 100, 250_000),
        ("starter", False, 100, 250_000),
        ("professional", False, 150, 500_000),
        ("enterprise", False, 150, 500_000),
        ("enterprise", True, 200, 1_000_000),
    ],
)
def test_what_associations_allow(tier: str, add_on: bool, burst: int, daily: int) -> None:
    allowed = allowance(tier, False, add_on=add_on, time_zone="Europe/Dublin")
    assert of_associations(allowed, tier, add_on=add_on) == Allowance(burst, daily, "Europe/Dublin")


def test_a_marketplace_app_has_the_one_limit_that_it_has() -> None:
    allowed = allowance("professional", True)
    assert of_associations(allowed, "professional") == allowed


def test_the_hundred_and_fifty_first_call_is_one_too_many_here_only(api: httpx.Client, sandbox: RunningSandbox) -> None:
    sandbox.control("POST", "/clock", {"freeze": "2027-01-15T12:00:00Z"})
    statuses = [api.get(LABELS).status_code for _ in range(151)]
    assert statuses == [200] * 150 + [429]
    refused = api.get(LABELS)
    assert refused.json()["policyName"] == "TEN_SECONDLY_ROLLING"
    assert refused.headers["X-HubSpot-RateLimit-Max"] == "150"
    assert api.get("/crm/v3/owners").status_code == 200
    sandbox.control("POST", "/clock", {"freeze": False})

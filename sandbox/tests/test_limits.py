"""Rate limits: by tier, distribution and add-on; the day of the account; headers and bodies."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from hubspot_sandbox.limits import Allowance, LimitReached, Limits, allowance
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BIRCH, CLIENT_ID, REDIRECT_URL
from hubspot_sandbox.testing import RunningSandbox

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
OWNERS = "/crm/owners/2026-09"


@pytest.mark.parametrize(
    ("tier", "marketplace", "add_on", "burst", "daily"),
    [
        ("free", False, False, 100, 250_000),
        ("starter", False, False, 100, 250_000),
        ("professional", False, False, 190, 625_000),
        ("enterprise", False, False, 190, 1_000_000),
        ("starter", False, True, 250, 1_250_000),
        ("enterprise", False, True, 250, 2_000_000),
        ("free", True, False, 110, 0),
        ("enterprise", True, True, 110, 0),
    ],
)
def test_what_an_app_may_do(tier: str, marketplace: bool, add_on: bool, burst: int, daily: int) -> None:
    allowed = allowance(tier, marketplace, add_on=add_on)
    assert (allowed.burst, allowed.daily) == (burst, daily)


def test_ten_seconds_roll() -> None:
    limits, two = Limits(), Allowance(2)
    limits.count_call("app", 1, two, NOON)
    limits.count_call("app", 1, two, NOON + timedelta(seconds=5))
    with pytest.raises(LimitReached, match="ten_secondly_rolling"):
        limits.count_call("app", 1, two, NOON + timedelta(seconds=9.999))
    limits.count_call("app", 1, two, NOON + timedelta(seconds=10))


def test_apps_and_accounts_count_apart() -> None:
    limits, one = Limits(), Allowance(1)
    for app, account in (("a", 1), ("b", 1), ("a", 2)):
        limits.count_call(app, account, one, NOON)


def test_the_day_is_shared_by_the_private_apps_of_an_account() -> None:
    limits, one_a_day = Limits(), Allowance(10, 1)
    limits.count_call("a", 1, one_a_day, NOON)
    with pytest.raises(LimitReached, match="daily") as reached:
        limits.count_call("b", 1, one_a_day, NOON)
    assert reached.value.body()["policyName"] == "DAILY"
    assert {"requestId", "correlationId", "errorType"} <= set(reached.value.body())
    limits.count_call("marketplace", 1, Allowance(10), NOON)
    limits.count_call("a", 2, one_a_day, NOON)


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        ("America/New_York", datetime(2026, 11, 26, 4, 59, tzinfo=UTC), datetime(2026, 11, 26, 5, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2026, 11, 25, 14, 59, tzinfo=UTC), datetime(2026, 11, 25, 15, tzinfo=UTC)),
        ("Nowhere/At_All", datetime(2026, 11, 25, 23, 59, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC)),
    ],
)
def test_the_day_ends_at_midnight_of_the_account(zone: str, before: datetime, after: datetime) -> None:
    limits, one_a_day = Limits(), Allowance(10, 1, zone)
    limits.count_call("a", 1, one_a_day, before - timedelta(hours=1))
    with pytest.raises(LimitReached):
        limits.count_call("a", 1, one_a_day, before)
    assert limits.count_call("a", 1, one_a_day, after)["X-HubSpot-RateLimit-Daily-Remaining"] == "0"


def test_a_clock_that_was_put_back_leaves_nobody_locked_out() -> None:
    limits, one = Limits(), Allowance(1, 5)
    limits.count_call("a", 1, one, NOON + timedelta(days=30))
    limits.count_call("a", 1, one, NOON)


def test_the_add_on_of_an_account_is_kept(portal: Portal) -> None:
    portal.limits.set_add_on(ACORN, True)
    again = Limits(portal.store)
    assert again.has_add_on(ACORN)
    assert not again.has_add_on(BIRCH)
    again.set_add_on(ACORN, False)
    assert not Limits(portal.store).has_add_on(ACORN)


def headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if "ratelimit" in name}


def test_headers_of_a_private_key(sandbox: RunningSandbox, api: httpx.Client) -> None:
    assert headers(api.get(OWNERS)) == {
        "x-hubspot-ratelimit-max": "190",
        "x-hubspot-ratelimit-remaining": "189",
        "x-hubspot-ratelimit-interval-milliseconds": "10000",
        "x-hubspot-ratelimit-daily": "625000",
        "x-hubspot-ratelimit-daily-remaining": "624999",
    }
    sandbox.portal.limits.set_add_on(ACORN, True)
    assert headers(api.get(OWNERS))["x-hubspot-ratelimit-max"] == "250"


def test_a_marketplace_app_hears_nothing_of_a_day(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.portal.apps.register(name="Shop", redirect_urls=(REDIRECT_URL,), client_id="shop", distribution="marketplace")
    token = sandbox.mint(ACORN, ADA, "shop", "oauth crm.objects.owners.read")["access_token"]
    told = headers(api.get(OWNERS, headers=sandbox.bearer(token)))
    assert told["x-hubspot-ratelimit-max"] == "110"
    assert len(told) == 3


def test_search_has_its_own_limit_and_no_headers(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.control("POST", "/clock", {"freeze": True})
    answers = [api.post("/crm/objects/2026-09/contacts/search", json={}) for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert all(not headers(each) for each in answers)
    assert "retry-after" not in answers[-1].headers
    body = answers[-1].json()
    assert (body["policyName"], body["groupName"]) == ("SECONDLY", "search")
    assert body["message"] == "You have reached your secondly limit."
    assert headers(api.get(OWNERS))["x-hubspot-ratelimit-remaining"] == "189"
    sandbox.control("POST", "/clock", {"advance_seconds": 1})
    assert api.post("/crm/objects/2026-09/contacts/search", json={}).status_code == 200


def test_the_burst_of_an_app_in_one_account(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.control("POST", "/clock", {"freeze": True})
    token = sandbox.mint(BIRCH, ADA, CLIENT_ID, "oauth crm.objects.owners.read")["access_token"]
    app = sandbox.portal.apps.get(CLIENT_ID)
    assert app
    for _ in range(100):
        sandbox.portal.limits.count_call(str(app.app_id), BIRCH, Allowance(100), sandbox.portal.clock.now())
    answer = api.get(OWNERS, headers=sandbox.bearer(token))
    assert answer.status_code == 429
    assert answer.json()["policyName"] == "TEN_SECONDLY_ROLLING"
    assert answer.json()["groupName"] == f"publicapi:private_app-api-calls-ten-secondly:{app.app_id}:{BIRCH}"
    assert headers(answer)["x-hubspot-ratelimit-remaining"] == "0"


def test_the_control_plane_sells_the_add_on(sandbox: RunningSandbox, api: httpx.Client) -> None:
    path = f"/accounts/{ACORN}/settings"
    assert sandbox.control("GET", path)["api_add_on"] is False
    assert sandbox.control("POST", path, {"api_add_on": True})["api_add_on"] is True
    assert headers(api.get(OWNERS))["x-hubspot-ratelimit-daily"] == "1625000"
    assert sandbox.control("POST", path, {})["api_add_on"] is True

"""What the demo promises: tests, tour and other programs rely on it."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from hubspot_sandbox.opening import open_portal
from hubspot_sandbox.phones import calculate
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.search import Filter, FilterGroup, Search
from hubspot_sandbox.seeds import demo as seed
from hubspot_sandbox.seeds import is_seed, large, plant
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, BIRCH
from hubspot_sandbox.testing import RunningSandbox, running_sandbox

SEARCH = "/crm/objects/2026-09/contacts/search"


def by_number(api: httpx.Client, national: str) -> list[dict[str, Any]]:
    """The five groups of facts 3.3."""
    filters = [
        ("hs_searchable_calculated_phone_number", "EQ", national),
        ("hs_searchable_calculated_phone_number", "CONTAINS_TOKEN", f"*{national}"),
        ("hs_searchable_calculated_mobile_number", "CONTAINS_TOKEN", f"*{national}"),
        ("phone", "EQ", f"+1{national}"),
        ("mobilephone", "EQ", f"+1{national}"),
    ]
    groups = [
        {"filters": [{"propertyName": name, "operator": operator, "value": value}]} for name, operator, value in filters
    ]
    found: list[dict[str, Any]] = api.post(SEARCH, json={"filterGroups": groups}).json()["results"]
    return found


def test_a_thousand_contacts(demo: RunningSandbox) -> None:
    accounts = demo.control("GET", "/state")["accounts"]
    assert accounts[0]["records"]["contacts"] == 1000
    assert accounts[0]["records"]["companies"] == 60
    assert 0 < accounts[1]["records"]["contacts"] < 20


@pytest.mark.parametrize(
    ("number", "emails"),
    [
        (seed.CARLA_NUMBER, [seed.CARLA_EMAIL]),
        (seed.TWINS_NUMBER, [seed.TWIN_ONE_EMAIL, seed.TWIN_TWO_EMAIL]),
        (seed.NORA_NUMBER, [seed.NORA_EMAIL]),
        (seed.FLORA_NUMBER, [seed.FLORA_EMAIL]),
        (seed.SCRIPT_NUMBER, [seed.SCRIPT_EMAIL]),
    ],
)
def test_named_numbers(demo_api: httpx.Client, number: str, emails: list[str]) -> None:
    found = by_number(demo_api, number.removeprefix("+1"))
    assert [each["properties"]["email"] for each in found] == emails


def test_other_named_contacts(demo_api: httpx.Client) -> None:
    oliver = by_number(demo_api, seed.OLIVER_NUMBER.removeprefix("+44"))
    assert [each["properties"]["email"] for each in oliver] == [seed.OLIVER_EMAIL]
    script = demo_api.post(SEARCH, json={"query": seed.SCRIPT_EMAIL}).json()["results"][0]
    assert script["properties"]["firstname"] == seed.SCRIPT_NAME
    zero = by_number(demo_api, "4")
    assert seed.ZERO_EMAIL in [each["properties"]["email"] for each in zero]


def test_carla_is_bens_and_works_at_the_roasters(demo: RunningSandbox) -> None:
    portal = demo.portal
    carla = portal.records.existing(ACORN, "contacts", seed.CARLA_EMAIL, by="email")
    ben = portal.people.membership(ACORN, BEN)
    assert ben is not None
    assert carla.get("hubspot_owner_id") == str(ben.owner_id)
    assert [each.get("name") for each in portal.related(ACORN, "contacts", carla.id, "companies")] == [seed.CARLA_COMPANY]
    assert portal.timeline(ACORN, "contacts", carla.id) == []


def test_numbers_are_messy_and_shared(demo: RunningSandbox) -> None:
    contacts = demo.portal.records.page(ACORN, "contacts", limit=2000)
    countries = {each.get("country") for each in contacts}
    written = [each.get("phone") for each in contacts if each.get("phone")]
    shared = [each.get("hs_calculated_phone_number") for each in contacts if each.get("hs_calculated_phone_number")]
    assert len(countries) >= 12
    for sign in (r"x12$", r"ext\. 5$", r"^00", r"^\(", r"\.", r"FLOWERS"):
        assert any(re.search(sign, each) for each in written), sign
    assert len(shared) > len(set(shared)), "switchboards are shared"
    owners = {each.get("hubspot_owner_id") for each in contacts}
    assert len(owners) == 3, "Ada, Ben and nobody"
    unreadable = [each for each in contacts if each.get("phone") and not each.get("hs_calculated_phone_number")]
    assert [each.get("phone") for each in unreadable] == [seed.ZERO_PHONE]


def test_the_demo_is_always_the_same() -> None:
    def words() -> list[dict[str, str]]:
        portal = open_portal(None, "demo")
        found = [
            {name: value for name, value in each.properties.items() if "date" not in name}
            for each in portal.records.page(ACORN, "contacts", limit=50)
        ]
        portal.close()
        return found

    assert words() == words()


def test_a_database_keeps_state_over_a_restart(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.db"
    with running_sandbox("empty", database) as first:
        made = httpx.post(
            f"{first.base_url}/crm/objects/2026-09/contacts",
            headers=first.bearer(),
            json={"properties": {"email": "kept@acorn.example"}},
        ).json()
        first.control("POST", f"/people/{BEN}/rights", {"account_id": ACORN, "super_admin": True})
        first.control("POST", "/index-delay", {"seconds": 2})
        token = first.mint(BIRCH, ADA, "offhook-demo-client", "oauth crm.objects.contacts.read")
    with running_sandbox("demo", database) as second:
        url = f"{second.base_url}/crm/objects/2026-09/contacts/{made['id']}"
        assert httpx.get(url, headers=second.bearer()).json()["properties"]["email"] == "kept@acorn.example"
        people = {each["email"]: each for each in second.control("GET", "/state")["accounts"][0]["people"]}
        assert people[BEN]["super_admin"]
        assert second.control("GET", "/state")["index_delay_seconds"] == 2
        headers = second.bearer(token["access_token"])
        assert httpx.get(f"{second.base_url}/account-info/2026-03/details", headers=headers).status_code == 200


@pytest.mark.parametrize("name", ["large", "large:", "large:0", "large:-1", "large:x", "large:9999999999", "nonsense"])
def test_there_is_no_such_seed(name: str) -> None:
    assert not is_seed(name)


def test_a_large_account_has_as_many_contacts_as_asked_for_and_each_is_found() -> None:
    portal = Portal()
    plant(portal, "large:1200")
    assert portal.records.count(ACORN, "contacts") == 1200
    number = calculate(large.contact(777)["phone"]).searchable
    wanted = (FilterGroup((Filter("hs_searchable_calculated_phone_number", "EQ", number),)),)
    for search in (Search(filter_groups=wanted), Search(query="c777@firm777.example")):
        found = portal.records.search(ACORN, "contacts", search)
        assert [each.get("email") for each in found.records] == ["c777@firm777.example"]
    portal.close()

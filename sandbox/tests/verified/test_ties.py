"""Associations (S44), calls (S43) and owners (S45) as their guides say."""

import pytest
from sandbox.tests.verified.world import World, objects

CALL_TO_CONTACT = 194
OWNERS = "/crm/owners/2026-03"


def test_a_contact_belongs_to_a_company_both_ways(world: World) -> None:
    contact, company = world.create("contacts", company=world.mark), world.create("companies", name=world.mark)
    tie = f"{objects('contacts')}/{contact}/associations"
    assert world.ask("PUT", f"{tie}/default/companies/{company}").status_code == 200
    [there] = world.get(f"{tie}/companies")["results"]
    [back] = world.get(f"{objects('companies')}/{company}/associations/contacts")["results"]
    assert (str(there["toObjectId"]), str(back["toObjectId"])) == (company, contact)
    assert 279 in [each["typeId"] for each in there["associationTypes"]]
    assert 280 in [each["typeId"] for each in back["associationTypes"]]
    assert {each["category"] for each in there["associationTypes"]} == {"HUBSPOT_DEFINED"}
    assert world.ask("DELETE", f"{tie}/companies/{company}").status_code == 204
    assert world.get(f"{tie}/companies")["results"] == []


def test_a_call_is_made_on_a_contact(world: World) -> None:
    contact = world.create("contacts", company=world.mark)
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": CALL_TO_CONTACT}]
    call = world.create(
        "calls",
        [{"to": {"id": contact}, "types": types}],
        hs_timestamp="2026-01-05T10:00:00.000Z",
        hs_call_title=world.mark,
        hs_call_duration="61000",
        hs_call_status="COMPLETED",
    )
    record = world.get(f"{objects('calls')}/{call}", properties="hs_call_duration,hs_timestamp", associations="contacts")
    assert (record["properties"]["hs_call_duration"], record["properties"]["hs_timestamp"][:16]) == (
        "61000",
        "2026-01-05T10:00",
    )
    assert {str(each["id"]) for each in record["associations"]["contacts"]["results"]} == {contact}


def test_a_call_needs_a_time(world: World) -> None:
    body = {"properties": {"hs_call_title": world.mark}, "associations": []}
    assert world.post(objects("calls"), body, 400)["status"] == "error"


@pytest.fixture(scope="module")
def owner(world: World) -> dict[str, object]:
    """The first one; every account has one."""
    found: dict[str, object] = world.get(OWNERS, limit="1")["results"][0]
    return found


def test_an_owner_is_a_person_with_two_ids(owner: dict[str, object]) -> None:
    assert {"id", "email", "userId", "firstName", "lastName", "createdAt", "updatedAt", "archived"} <= set(owner)
    assert (type(owner["id"]), type(owner["userId"]), owner["archived"]) == (str, int, False)


def test_an_owner_is_found_by_either_id_and_by_email(world: World, owner: dict[str, object]) -> None:
    assert world.get(f"{OWNERS}/{owner['id']}")["userId"] == owner["userId"]
    assert world.get(f"{OWNERS}/{owner['userId']}", idProperty="userId")["id"] == owner["id"]
    assert [each["id"] for each in world.get(OWNERS, email=str(owner["email"]))["results"]] == [owner["id"]]

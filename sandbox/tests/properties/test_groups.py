"""Property groups."""

import json

import httpx
from sandbox.tests.properties.making import PROPERTIES, Define, problem

from hubspot_sandbox.seeds.people import ACORN, ADA, CLIENT_ID
from hubspot_sandbox.testing import RunningSandbox

GROUPS = f"{PROPERTIES}/contacts/groups"


def names(api: httpx.Client) -> list[str]:
    return [each["name"] for each in api.get(GROUPS).json()["results"]]


def test_a_group_is_made_read_renamed_and_archived(api: httpx.Client) -> None:
    made = api.post(GROUPS, json={"name": "ours", "label": "Ours", "displayOrder": 4})
    assert (made.status_code, made.headers["location"]) == (201, f"{GROUPS}/ours")
    assert made.json() == {"name": "ours", "label": "Ours", "displayOrder": 4, "archived": False}
    assert api.get(f"{GROUPS}/ours").json() == made.json()
    renamed = api.patch(f"{GROUPS}/ours", json={"label": "Our fields"}).json()
    assert (renamed["label"], renamed["displayOrder"]) == ("Our fields", 4)
    assert names(api) == ["contactinformation", "sales_properties", "ours"]
    assert api.delete(f"{GROUPS}/ours").status_code == 204
    assert "ours" not in names(api)
    assert problem(api.get(f"{GROUPS}/ours")) == (404, "OBJECT_NOT_FOUND", "")
    assert api.patch(f"{GROUPS}/ours", json={}).status_code == 404


def test_an_archived_name_is_free_again(api: httpx.Client) -> None:
    api.post(GROUPS, json={"name": "ours", "label": "Ours"})
    api.delete(f"{GROUPS}/ours")
    assert api.post(GROUPS, json={"name": "ours", "label": "Once more"}).json()["label"] == "Once more"


def test_a_group_that_holds_a_property_stays(api: httpx.Client, define: Define) -> None:
    api.post(GROUPS, json={"name": "ours", "label": "Ours"})
    define("held", groupName="ours")
    refused = api.delete(f"{GROUPS}/ours")
    inner = json.loads(refused.json()["message"])
    assert (refused.status_code, inner["subCategory"]) == (400, "PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES")
    assert inner["message"] == "Can't delete or purge a group with active properties"
    assert "ours" in names(api)
    api.delete(f"{PROPERTIES}/contacts/held")
    assert api.delete(f"{GROUPS}/ours").status_code == 204
    assert api.delete(f"{GROUPS}/contactinformation").status_code == 400


def test_wrong_groups_are_refused(api: httpx.Client) -> None:
    api.post(GROUPS, json={"name": "ours", "label": "Ours"})
    assert problem(api.post(GROUPS, json={"name": "ours", "label": "x"})) == (409, "OBJECT_ALREADY_EXISTS", "")
    assert problem(api.post(GROUPS, json={"name": "contactinformation", "label": "x"}))[0] == 409
    wrongs: tuple[object, ...] = ({"name": "No Good", "label": "x"}, {"name": "fine", "label": " "}, {"name": "fine"}, [])
    for wrong in wrongs:
        assert problem(api.post(GROUPS, json=wrong)) == (400, "VALIDATION_ERROR", "")


def test_groups_need_the_scopes_of_properties(sandbox: RunningSandbox) -> None:
    token = sandbox.mint(ACORN, ADA, CLIENT_ID, "crm.schemas.contacts.read")["access_token"]
    with httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer(token)) as client:
        assert client.get(GROUPS).status_code == 200
        assert problem(client.post(GROUPS, json={"name": "ours", "label": "x"})) == (403, "MISSING_SCOPES", "")

"""Segments: created, found, renamed, given other filters, deleted, restored."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from sandbox.tests.lists.making import GONE, INVALID, LISTS, anyone, contact, create, made, members, named, problem

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds import plant
from hubspot_sandbox.seeds.people import ACORN, ADA, BIRCH, CLIENT_ID
from hubspot_sandbox.testing import RunningSandbox


def test_a_list_is_made_and_read_back(sandbox: RunningSandbox) -> None:
    token = sandbox.mint(ACORN, ADA, CLIENT_ID, "crm.lists.read crm.lists.write")["access_token"]
    with httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer(token)) as client:
        new = create(client, "My static segment").json()["list"]
        read = client.get(f"{LISTS}/{new['listId']}").json()["list"]
    wanted = {
        "listVersion": 1,
        "name": "My static segment",
        "objectTypeId": "0-1",
        "processingType": "MANUAL",
        "processingStatus": "COMPLETE",
        "size": 0,
        "listPermissions": {"teamsWithEditAccess": [], "usersWithEditAccess": []},
    }
    assert read == new
    assert new.items() >= wanted.items()
    assert new["createdAt"] == new["updatedAt"] == new["filtersUpdatedAt"]
    assert new["createdById"] == new["updatedById"] != ""


def test_it_is_found_by_name_and_kind_and_by_ids(api: httpx.Client) -> None:
    one, two = made(api, "Café & friends"), made(api, "Two")
    by_name = f"{LISTS}/object-type-id/0-1/name/Caf%C3%A9%20%26%20friends"
    assert api.get(by_name).json()["list"]["listId"] == one
    assert problem(api.get(by_name.replace("0-1", "0-2"))) == GONE
    assert problem(api.get(f"{LISTS}/object-type-id/0-1/name/Nobody")) == GONE
    for way in ({"listIds": [two, one, "999"]}, {"listIds": f"{two},{one}"}):
        assert [each["listId"] for each in api.get(LISTS, params=way).json()["lists"]] == [two, one]
    assert api.get(LISTS).json() == {"lists": []}
    wrong = api.get(LISTS, params={"listIds": "one"})
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (400, "INVALID_INT_ID")


def test_names_are_unique_in_the_account(api: httpx.Client) -> None:
    one, two = made(api, "One"), made(api, "Two")
    taken = (400, "VALIDATION_ERROR", "ILS.DUPLICATE_LIST_NAMES")
    assert problem(create(api, "one ")) == taken
    assert problem(create(api, "One", objectTypeId="0-2")) == taken
    assert problem(api.put(f"{LISTS}/{two}/update-list-name", params={"listName": "One"})) == taken
    assert api.put(f"{LISTS}/{one}/update-list-name", params={"listName": "ONE"}).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": " "},
        {"name": "x" * 256},
        {"name": None},
        {"objectTypeId": "0-999"},
        {"processingType": "SOMETIMES"},
        {"filterBranch": anyone([])},
        {"filterBranch": "all"},
    ],
)
def test_what_makes_no_list_is_refused(api: httpx.Client, wrong: dict[str, Any]) -> None:
    plain = {"name": "x", "objectTypeId": "0-1", "processingType": "MANUAL"}
    assert problem(api.post(LISTS, json=plain | wrong)) == INVALID
    assert api.post(f"{LISTS}/search", json={}).json()["total"] == 0


def test_renaming_keeps_everything_else(api: httpx.Client) -> None:
    number = made(api, "Before", "DYNAMIC", filterBranch=anyone([named("Ann")]))
    path = f"{LISTS}/{number}/update-list-name"
    renamed = api.put(path, params={"listName": "After", "includeFilters": "true"}).json()["updatedList"]
    assert (renamed["name"], renamed["listVersion"]) == ("After", 1)
    assert "filterBranch" in renamed
    assert "filterBranch" not in api.get(f"{LISTS}/{number}").json()["list"]
    assert problem(api.put(path)) == INVALID
    assert problem(api.put(f"{LISTS}/999/update-list-name", params={"listName": "x"})) == GONE


def test_a_filter_definition_comes_back_completed(api: httpx.Client) -> None:
    bare = {"filterBranchType": "OR", "filterBranches": [{"filterBranchType": "AND", "filters": [named("Ann")]}]}
    number = made(api, "Anns", "DYNAMIC", filterBranch=bare)
    read = api.get(f"{LISTS}/{number}", params={"includeFilters": "true"}).json()["list"]["filterBranch"]
    (branch,) = read["filterBranches"]
    assert (read["filterBranchOperator"], read["filters"]) == ("OR", [])
    assert (branch["filterBranchOperator"], branch["filterBranches"]) == ("AND", [])
    assert branch["filters"][0]["operation"]["includeObjectsWithNoValueSet"] is False


def test_other_filters_replace_the_old_ones(api: httpx.Client) -> None:
    ann, bob = contact(api, "Ann"), contact(api, "Bob")
    number = made(api, "People", "DYNAMIC", filterBranch=anyone([named("Ann")]))
    assert members(api, number) == [ann]
    path = f"{LISTS}/{number}/update-list-filters"
    changed = api.put(path, json={"filterBranch": anyone([named("Bob")])}).json()["updatedList"]
    assert (changed["listVersion"], changed["size"]) == (2, 1)
    assert changed["filtersUpdatedAt"] >= changed["createdAt"]
    assert members(api, number) == [bob]
    fixed = made(api, "Fixed")
    wrong = api.put(f"{LISTS}/{fixed}/update-list-filters", json={"filterBranch": anyone([named("Bob")])})
    assert problem(wrong) == INVALID


def test_a_wrong_filter_changes_nothing(api: httpx.Client) -> None:
    ann = contact(api, "Ann")
    number = made(api, "People", "DYNAMIC", filterBranch=anyone([named("Ann")]))
    wrong = anyone([{"filterType": "FORM_SUBMISSION", "operator": "FILLED_OUT"}])
    assert problem(api.put(f"{LISTS}/{number}/update-list-filters", json={"filterBranch": wrong})) == INVALID
    assert (members(api, number), api.get(f"{LISTS}/{number}").json()["list"]["listVersion"]) == ([ann], 1)


def test_a_deleted_list_can_be_restored_for_ninety_days(sandbox: RunningSandbox, api: httpx.Client) -> None:
    ann = contact(api, "Ann")
    number = made(api, "Kept")
    api.put(f"{LISTS}/{number}/memberships/add", json=[ann])
    assert api.delete(f"{LISTS}/{number}").status_code == 204
    assert problem(api.get(f"{LISTS}/{number}")) == GONE
    assert problem(api.delete(f"{LISTS}/{number}")) == GONE
    sandbox.control("POST", "/clock", {"advance_seconds": 89 * 86400})
    assert api.put(f"{LISTS}/{number}/restore").status_code == 204
    assert members(api, number) == [ann]
    assert api.put(f"{LISTS}/{number}/restore").status_code == 204
    api.delete(f"{LISTS}/{number}")
    sandbox.control("POST", "/clock", {"advance_seconds": 91 * 86400})
    assert problem(api.put(f"{LISTS}/{number}/restore")) == GONE
    assert problem(api.put(f"{LISTS}/999/restore")) == GONE


def test_a_deleted_lists_name_is_free_and_then_in_its_way(api: httpx.Client) -> None:
    old = made(api, "Name")
    api.delete(f"{LISTS}/{old}")
    made(api, "Name")
    assert problem(api.put(f"{LISTS}/{old}/restore"))[2] == "ILS.DUPLICATE_LIST_NAMES"


def test_searching_by_words_kind_type_and_id(api: httpx.Client) -> None:
    one = made(api, "HubSpot static")
    two = made(api, "HubSpot active", "DYNAMIC", filterBranch=anyone([]))
    three = made(api, "Firms of HubSpot", objectTypeId="0-2")

    def found(**wish: Any) -> list[str]:
        return [each["listId"] for each in api.post(f"{LISTS}/search", json=wish).json()["lists"]]

    assert found() == [one, two, three]
    assert found(query="hubspot STATIC") == [one]
    assert found(processingTypes=["DYNAMIC"]) == [two]
    assert found(objectTypeId="0-2", query="hubspot") == [three]
    assert found(listIds=[int(two), three]) == [two, three]
    assert problem(api.post(f"{LISTS}/search", json={"processingTypes": ["x"]}))[2] == "INVALID_PROCESSING_TYPE"
    for wrong in ({"count": 0}, {"count": 501}, {"offset": -1}, {"objectTypeId": "unicorns"}):
        assert problem(api.post(f"{LISTS}/search", json=wrong)) == INVALID


def test_paging_through_searches(api: httpx.Client) -> None:
    ids = [made(api, f"List {number}") for number in range(5)]
    first = api.post(f"{LISTS}/search", json={"count": 3}).json()
    rest = api.post(f"{LISTS}/search", json={"count": 3, "offset": first["offset"]}).json()
    assert [each["listId"] for page in (first, rest) for each in page["lists"]] == ids
    assert [(page["total"], page["offset"], page["hasMore"]) for page in (first, rest)] == [(5, 3, True), (5, 5, False)]


def test_paging_through_all(api: httpx.Client) -> None:
    ids = [made(api, f"List {number}") for number in range(5)]
    path, found, wish = f"{LISTS}/all", list[str](), {"count": 2, "processingTypes": ["MANUAL"]}
    while True:
        page = api.post(path, json=wish).json()
        found += [each["listId"] for each in page["results"]]
        if "paging" not in page:
            break
        wish["after"] = page["paging"]["next"]["after"]
    assert found == ids
    for wrong in ({"after": "nonsense"}, {"after": "bnVsbA=="}, {**wish, "processingTypes": ["DYNAMIC"]}):
        assert problem(api.post(path, json=wrong)) == (400, "VALIDATION_ERROR", "INVALID_CURSOR")
    assert problem(api.post(path, json={"processingTypes": ["x"]}))[2] == "INVALID_PROCESSING_TYPE"


def test_all_is_new_in_2026_09(api: httpx.Client) -> None:
    assert [api.post(f"/crm/lists/{each}/all", json={}).status_code for each in ("2026-09", "2026-03")] == [200, 404]
    assert api.post("/crm/v3/lists/all", json={}).status_code == 404


def test_additional_properties_tell_of_size_and_coming_and_going(api: httpx.Client) -> None:
    ann = contact(api, "Ann")
    number = made(api, "People", customProperties={"hs_description": "Ours"})

    def told(**wish: Any) -> dict[str, str]:
        found: dict[str, str] = api.post(f"{LISTS}/search", json=wish).json()["lists"][0]["additionalProperties"]
        return found

    assert told() == {"hs_list_size": "0", "hs_list_reference_count": "0"}
    api.put(f"{LISTS}/{number}/memberships/add", json=[ann])
    filled = told(additionalProperties=["hs_description", "hs_nothing"])
    assert (filled["hs_list_size"], filled["hs_description"]) == ("1", "Ours")
    assert filled["hs_last_record_added_at"].isdecimal()
    assert "hs_last_record_removed_at" not in filled
    api.put(f"{LISTS}/{number}/memberships/remove", json=[ann])
    assert told()["hs_last_record_removed_at"].isdecimal()


def test_scopes_for_reading_and_for_writing(sandbox: RunningSandbox) -> None:
    def client(scopes: str) -> httpx.Client:
        token = sandbox.mint(ACORN, ADA, CLIENT_ID, scopes)["access_token"]
        return httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer(token))

    with client("crm.lists.read crm.objects.contacts.write") as reader, client("crm.lists.write") as writer:
        assert problem(create(reader, "x")) == (403, "MISSING_SCOPES", "")
        assert create(writer, "x").status_code == 200
        assert problem(writer.get(f"{LISTS}/1")) == (403, "MISSING_SCOPES", "")
        assert reader.get(f"{LISTS}/1").status_code == 200
        for method, path in (
            ("DELETE", "1"), ("PUT", "1/restore"), ("PUT", "1/update-list-name"), ("DELETE", "1/memberships"),
            ("PUT", "1/memberships/add"), ("PUT", "1/memberships/add-from/2"),
        ):  # fmt: skip
            assert reader.request(method, f"{LISTS}/{path}", json=[]).status_code == 403, path


def test_another_account_never_sees_it(sandbox: RunningSandbox, api: httpx.Client) -> None:
    number = made(api, "Ours")
    token = sandbox.mint(BIRCH, ADA, CLIENT_ID, "crm.lists.read crm.lists.write")["access_token"]
    with httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer(token)) as birch:
        assert problem(birch.get(f"{LISTS}/{number}")) == GONE
        assert birch.post(f"{LISTS}/search", json={}).json()["total"] == 0
        assert made(birch, "Ours") == "1"


def test_older_spellings_are_the_same_lists(api: httpx.Client) -> None:
    number = made(api, "Ours")
    for path in (f"/crm/v3/lists/{number}", f"/crm/lists/2026-03/{number}", f"/crm/lists/v3/{number}"):
        assert api.get(path).json()["list"]["name"] == "Ours"


def test_a_property_that_a_list_asks_about_cannot_be_archived(api: httpx.Client) -> None:
    path = "/crm/properties/2026-09/contacts"
    given = {"name": "team_size", "label": "Team", "type": "number", "fieldType": "number"}
    api.post(path, json={**given, "groupName": "contactinformation"})
    many = {"operationType": "NUMBER", "operator": "IS_GREATER_THAN", "value": 5}
    only = {"filterType": "PROPERTY", "property": "team_size", "operation": many}
    number = made(api, "Big teams", "DYNAMIC", filterBranch=anyone([only]))
    refused = api.delete(f"{path}/team_size")
    assert problem(refused)[2] == "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"
    assert "of object type 0-1 is currently used in 1 places" in refused.json()["message"]
    api.delete(f"{LISTS}/{number}")
    assert api.delete(f"{path}/team_size").status_code == 204
    assert problem(api.put(f"{LISTS}/{number}/restore")) == INVALID


def test_a_restart_keeps_lists_and_members(tmp_path: Path) -> None:
    first = Portal(tmp_path / "sandbox.db")
    plant(first, "empty")
    ann = first.records.create(ACORN, "contacts", {"firstname": "Ann"})
    fixed = first.lists.create(ACORN, "Fixed", "contacts", "MANUAL", maker="7")
    first.lists.members.add(first.lists.place(fixed), [int(ann.id)], ann.created_at)
    active = first.lists.create(ACORN, "Anns", "contacts", "DYNAMIC", anyone([named("Ann")]))
    first.close()
    second = Portal(tmp_path / "sandbox.db")
    for made_before in (fixed, active):
        found = second.lists.settled(second.lists.get(ACORN, str(made_before.number)))
        assert second.lists.members.count(second.lists.place(found)) == 1
    assert second.lists.get(ACORN, "1").created_by == "7"
    second.close()

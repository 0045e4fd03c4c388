"""Folders of segments."""

from typing import Any

import httpx
from hubspot import HubSpot  # type: ignore[import-untyped]
from hubspot.crm.lists import ListFolderCreateRequest, ListMoveRequest  # type: ignore[import-untyped]
from sandbox.tests.lists.making import GONE, INVALID, LISTS, create, made, problem

from hubspot_sandbox.seeds.people import ACORN, ADA, BIRCH, CLIENT_ID, SERVICE_KEY
from hubspot_sandbox.testing import RunningSandbox

FOLDERS = f"{LISTS}/folders"


def folder(api: httpx.Client, name: str, parent: str | None = None) -> str:
    wish = {"name": name} | ({"parentFolderId": parent} if parent else {})
    answer = api.post(FOLDERS, json=wish)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["folder"]["id"])


def shown(api: httpx.Client, folder_id: str = "0") -> dict[str, Any]:
    found: dict[str, Any] = api.get(FOLDERS, params={"folderId": folder_id}).json()["folder"]
    return found


def test_lists_lie_in_folders_that_lie_in_folders(api: httpx.Client) -> None:
    outer = folder(api, "Marketing")
    inner = folder(api, "Q3", outer)
    here, there = made(api, "Here", listFolderId=int(inner)), made(api, "There")
    assert api.put(f"{FOLDERS}/move-list", json={"listId": there, "newFolderId": outer}).status_code == 204
    assert api.get(FOLDERS).json()["folder"] == shown(api)
    (first,) = shown(api)["childNodes"]
    assert (first["name"], first["parentFolderId"], first["childLists"]) == ("Marketing", "0", [int(there)])
    assert [(each["id"], each["childLists"]) for each in first["childNodes"]] == [(inner, [int(here)])]
    named = {
        each["name"]: each["additionalProperties"].get("hs_folder_name")
        for each in api.post(f"{LISTS}/search", json={}).json()["lists"]
    }
    assert named == {"Here": "Q3", "There": "Marketing"}


def test_renaming_moving_and_deleting(api: httpx.Client) -> None:
    one, two = folder(api, "One"), folder(api, "Two")
    renamed = api.put(f"{FOLDERS}/{one}/rename", params={"newFolderName": "First"}).json()["folder"]
    moved = api.put(f"{FOLDERS}/{two}/move/{one}").json()["folder"]
    assert (renamed["name"], moved["parentFolderId"]) == ("First", one)
    assert problem(api.delete(f"{FOLDERS}/{one}")) == INVALID
    assert problem(api.put(f"{FOLDERS}/{one}/move/{two}")) == INVALID
    assert api.delete(f"{FOLDERS}/{two}").status_code == 204
    held = made(api, "Held", listFolderId=int(one))
    assert problem(api.delete(f"{FOLDERS}/{one}")) == INVALID
    api.put(f"{FOLDERS}/move-list", json={"listId": held, "newFolderId": 0})
    assert api.delete(f"{FOLDERS}/{one}").status_code == 204
    assert shown(api) == {"id": "0", "parentFolderId": "0", "name": "", "childNodes": [], "childLists": [int(held)]}


def test_what_is_not_there_and_what_cannot_be(api: httpx.Client) -> None:
    one = folder(api, "One")
    for answer in (
        api.get(FOLDERS, params={"folderId": "999"}),
        api.post(FOLDERS, json={"name": "x", "parentFolderId": "none"}),
        api.put(f"{FOLDERS}/999/rename", params={"newFolderName": "x"}),
        api.put(f"{FOLDERS}/{one}/move/999"),
        api.delete(f"{FOLDERS}/999"),
        api.put(f"{FOLDERS}/move-list", json={"listId": "999", "newFolderId": one}),
        create(api, "x", listFolderId=999),
    ):
        assert problem(answer) == GONE
    for answer in (
        api.post(FOLDERS, json={"name": " "}),
        api.post(FOLDERS, json={}),
        api.put(f"{FOLDERS}/{one}/rename"),
        api.put(f"{FOLDERS}/{one}/move/{one}"),
        api.delete(f"{FOLDERS}/0"),
        api.put(f"{FOLDERS}/0/rename", params={"newFolderName": "x"}),
    ):
        assert problem(answer) == INVALID


def test_folders_are_not_endlessly_deep(api: httpx.Client) -> None:
    number: str | None = None
    for depth in range(10):
        number = folder(api, f"Level {depth}", number)
    assert problem(api.post(FOLDERS, json={"name": "x", "parentFolderId": number})) == INVALID
    beside = folder(api, "Beside")
    assert problem(api.put(f"{FOLDERS}/{beside}/move/{number}")) == INVALID


def test_what_is_restored_after_its_folder_went_lies_in_the_root(api: httpx.Client) -> None:
    one = folder(api, "One")
    number = made(api, "List", listFolderId=int(one))
    api.delete(f"{LISTS}/{number}")
    assert api.delete(f"{FOLDERS}/{one}").status_code == 204
    assert api.put(f"{LISTS}/{number}/restore").status_code == 204
    assert shown(api)["childLists"] == [int(number)]
    assert api.post(f"{LISTS}/search", json={}).json()["total"] == 1


def test_another_account_never_sees_them(sandbox: RunningSandbox, api: httpx.Client) -> None:
    one = folder(api, "One")
    token = sandbox.mint(BIRCH, ADA, CLIENT_ID, "crm.lists.read crm.lists.write")["access_token"]
    with httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer(token)) as birch:
        assert problem(birch.get(FOLDERS, params={"folderId": one})) == GONE
        assert shown(birch)["childNodes"] == []
    token = sandbox.mint(ACORN, ADA, CLIENT_ID, "crm.lists.write")["access_token"]
    with httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer(token)) as writer:
        made_by_ada = writer.post(FOLDERS, json={"name": "Hers"}).json()["folder"]
        assert (made_by_ada["userId"] > 0, writer.get(FOLDERS).status_code) == (True, 403)


def test_the_official_client_keeps_folders(sandbox: RunningSandbox) -> None:
    crm = HubSpot(access_token=SERVICE_KEY, host=sandbox.base_url).crm
    api = crm.lists.folders_api
    outer = api.create(ListFolderCreateRequest(name="Outer")).folder
    inner = api.create(ListFolderCreateRequest(name="Inner", parent_folder_id=str(outer.id))).folder
    number = crm.lists.lists_api.create({"name": "L", "objectTypeId": "0-1", "processingType": "MANUAL"}).list.list_id
    api.move_list(ListMoveRequest(list_id=number, new_folder_id=str(inner.id)))
    assert api.rename(inner.id, new_folder_name="Renamed").folder.child_lists == [int(number)]
    assert api.move(inner.id, 0).folder.parent_folder_id == 0
    assert [each.name for each in api.get_all().folder.child_nodes] == ["Outer", "Renamed"]
    api.remove(outer.id)
    assert [each.name for each in api.get_all().folder.child_nodes] == ["Renamed"]

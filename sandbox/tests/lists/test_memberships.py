"""Who is in which segment."""

from typing import Any

import httpx
import pytest
from sandbox.tests.lists.making import (
    GONE,
    INVALID,
    LISTS,
    OBJECTS,
    anyone,
    contact,
    create,
    made,
    members,
    named,
    problem,
)

from hubspot_sandbox.testing import RunningSandbox


def change(api: httpx.Client, list_id: str, what: str, given: Any) -> httpx.Response:
    return api.put(f"{LISTS}/{list_id}/memberships/{what}", json=given)


def test_records_come_and_go(api: httpx.Client) -> None:
    ann, bob, eve = (contact(api, each) for each in ("Ann", "Bob", "Eve"))
    number = made(api, "People")
    added = change(api, number, "add", [ann, int(bob), "999999", "none"]).json()
    wanted = {"recordsIdsAdded": [ann, bob], "recordIdsRemoved": [], "recordIdsMissing": ["999999", "none"]}
    assert added == wanted
    assert change(api, number, "add", [ann]).json()["recordsIdsAdded"] == []
    both = change(api, number, "add-and-remove", {"recordIdsToAdd": [eve], "recordIdsToRemove": [ann, ann]}).json()
    assert (both["recordsIdsAdded"], both["recordIdsRemoved"], both["recordIdsMissing"]) == ([eve], [ann], [])
    assert members(api, number) == [bob, eve]
    assert change(api, number, "remove", [ann, bob]).json()["recordIdsRemoved"] == [bob]
    assert api.delete(f"{LISTS}/{number}/memberships").status_code == 204
    assert members(api, number) == []
    assert api.get(f"{LISTS}/{number}").json()["list"]["size"] == 0


def test_members_of_an_active_list_cannot_be_changed(api: httpx.Client) -> None:
    ann = contact(api, "Ann")
    number = made(api, "People", "DYNAMIC", filterBranch=anyone([named("Ann")]))
    for what, given in (("add", [ann]), ("remove", [ann]), ("add-and-remove", {"recordIdsToAdd": [ann]})):
        assert problem(change(api, number, what, given)) == INVALID
    assert problem(api.put(f"{LISTS}/{number}/memberships/add-from/{made(api, 'Other')}")) == INVALID
    assert problem(api.delete(f"{LISTS}/{number}/memberships")) == INVALID
    assert members(api, number) == [ann]


@pytest.mark.parametrize("wrong", [{"recordIds": ["1"]}, [None], [{"id": 1}], "1", [1.5]])
def test_wrong_bodies_are_refused(api: httpx.Client, wrong: object) -> None:
    number = made(api, "People")
    assert problem(change(api, number, "add", wrong)) == INVALID
    assert problem(change(api, "999", "add", [])) == GONE


def test_other_kinds_and_accounts_are_missing(api: httpx.Client) -> None:
    company = api.post(f"{OBJECTS}/companies", json={"properties": {"name": "Acorn"}}).json()["id"]
    people, firms = made(api, "People"), made(api, "Firms", objectTypeId="0-2")
    assert change(api, people, "add", [company]).json()["recordIdsMissing"] == [company]
    assert change(api, firms, "add", [company]).json()["recordsIdsAdded"] == [company]


def test_archived_and_merged_records(api: httpx.Client) -> None:
    ann, bob, eve = (contact(api, each) for each in ("Ann", "Bob", "Eve"))
    number = made(api, "People")
    change(api, number, "add", [ann, bob])
    api.delete(f"{OBJECTS}/contacts/{bob}")
    assert members(api, number) == [ann]
    merge = {"primaryObjectId": eve, "objectIdToMerge": ann}
    merged = api.post(f"{OBJECTS}/contacts/merge", json=merge).json()["id"]
    assert members(api, number) == [merged]


def test_all_members_of_another_list_are_added(api: httpx.Client) -> None:
    ann, bob = contact(api, "Ann"), contact(api, "Bob")
    source = made(api, "Anns", "DYNAMIC", filterBranch=anyone([named("Ann")]))
    target, firms = made(api, "People"), made(api, "Firms", objectTypeId="0-2")
    change(api, target, "add", [bob])
    assert api.put(f"{LISTS}/{target}/memberships/add-from/{source}").status_code == 204
    assert members(api, target) == [ann, bob]
    assert problem(api.put(f"{LISTS}/{target}/memberships/add-from/{firms}")) == INVALID
    assert problem(api.put(f"{LISTS}/{target}/memberships/add-from/999")) == GONE


def test_paging_forward_and_back_by_record(api: httpx.Client) -> None:
    ids = [contact(api, f"P{number}") for number in range(5)]
    number = made(api, "People")
    change(api, number, "add", ids[::-1])
    pages = [api.get(f"{LISTS}/{number}/memberships", params={"limit": "2"}).json()]
    while following := pages[-1].get("paging", {}).get("next"):
        pages.append(api.get(following["link"]).json())
    assert [[each["recordId"] for each in page["results"]] for page in pages] == [ids[:2], ids[2:4], ids[4:]]
    assert "prev" not in pages[0]["paging"]
    back = api.get(pages[-1]["paging"]["prev"]["link"]).json()
    assert [each["recordId"] for each in back["results"]] == ids[2:4]
    assert back["total"] == 5


def test_paging_by_when_they_joined(sandbox: RunningSandbox, api: httpx.Client) -> None:
    ids = [contact(api, f"P{number}") for number in range(5)]
    number, path = made(api, "People"), "memberships/join-order"
    order = [ids[each] for each in (3, 1, 4, 0, 2)]
    for each in order:
        sandbox.control("POST", "/clock", {"advance_seconds": 1})
        change(api, number, "add", [each])
    pages = [api.get(f"{LISTS}/{number}/{path}", params={"limit": "2"}).json()]
    while following := pages[-1].get("paging", {}).get("next"):
        pages.append(api.get(following["link"]).json())
    assert [[each["recordId"] for each in page["results"]] for page in pages] == [order[:2], order[2:4], order[4:]]
    back = api.get(pages[-1]["paging"]["prev"]["link"]).json()
    assert [each["recordId"] for each in back["results"]] == order[2:4]
    assert "prev" not in api.get(pages[1]["paging"]["prev"]["link"]).json().get("paging", {})
    times = [each["membershipTimestamp"] for page in pages for each in page["results"]]
    assert times == sorted(times)


@pytest.mark.parametrize("wish", [{"limit": "0"}, {"limit": "251"}, {"limit": "x"}, {"after": "x"}, {"before": "-1"}])
def test_wrong_pages_are_refused(api: httpx.Client, wish: dict[str, str]) -> None:
    number = made(api, "People")
    for path in ("memberships", "memberships/join-order"):
        assert problem(api.get(f"{LISTS}/{number}/{path}", params=wish)) == INVALID


def test_the_lists_of_a_record(api: httpx.Client) -> None:
    ann, bob = contact(api, "Ann"), contact(api, "Bob")
    fixed, active = made(api, "Fixed"), made(api, "Anns", "DYNAMIC", filterBranch=anyone([named("Ann")]))
    gone = made(api, "Gone")
    for number in (fixed, gone):
        change(api, number, "add", [ann])
    api.delete(f"{LISTS}/{gone}")
    found = api.get(f"{LISTS}/records/0-1/{ann}/memberships").json()
    assert [each["listId"] for each in found["results"]] == [fixed, active]
    assert found["total"] == 2
    assert set(found["results"][0]) == {
        "listId", "listVersion", "isPublicList", "firstAddedTimestamp", "lastAddedTimestamp"
    }  # fmt: skip
    assert api.get(f"{LISTS}/records/0-1/{bob}/memberships").json() == {"total": 0, "results": []}
    assert api.get(f"{LISTS}/records/contacts/999/memberships").json()["results"] == []
    assert problem(api.get(f"{LISTS}/records/unicorns/1/memberships")) == INVALID


def test_the_lists_of_many_records(api: httpx.Client) -> None:
    ann, bob = contact(api, "Ann"), contact(api, "Bob")
    number = made(api, "People")
    change(api, number, "add", [ann])
    inputs = [{"objectTypeId": "0-1", "recordId": each} for each in (ann, int(bob))]
    answer = api.post(f"{LISTS}/records/memberships/batch/read", json={"inputs": inputs}).json()
    found = [(each["recordId"], [one["listId"] for one in each["recordListMemberships"]]) for each in answer["results"]]
    assert (answer["status"], found) == ("COMPLETE", [(ann, [number]), (bob, [])])
    assert problem(api.post(f"{LISTS}/records/memberships/batch/read", json={"inputs": []})) == INVALID


def test_a_snapshot_is_filled_once(api: httpx.Client) -> None:
    ann = contact(api, "Ann")
    number = made(api, "Anns then", "SNAPSHOT", filterBranch=anyone([named("Ann")]))
    later = contact(api, "Ann")
    assert members(api, number) == [ann]
    assert change(api, number, "add", [later]).json()["recordsIdsAdded"] == [later]


def test_an_active_list_follows_its_records(sandbox: RunningSandbox, api: httpx.Client) -> None:
    ann, bob = contact(api, "Ann"), contact(api, "Bob")
    number = made(api, "Anns", "DYNAMIC", filterBranch=anyone([named("Ann")]))
    assert members(api, number) == [ann]
    sandbox.control("POST", "/clock", {"advance_seconds": 60})
    changed = api.patch(f"{OBJECTS}/contacts/{bob}", json={"properties": {"firstname": "ann"}}).json()["updatedAt"]
    api.patch(f"{OBJECTS}/contacts/{ann}", json={"properties": {"firstname": "Eve"}})
    (only,) = api.get(f"{LISTS}/{number}/memberships").json()["results"]
    assert only == {"recordId": bob, "membershipTimestamp": changed}
    found = api.post(f"{LISTS}/search", json={}).json()["lists"][0]["additionalProperties"]
    assert found["hs_last_record_removed_at"].isdecimal()
    api.delete(f"{OBJECTS}/contacts/{bob}")
    assert members(api, number) == []


def test_an_active_list_without_filters_is_empty_and_one_without_conditions_full(api: httpx.Client) -> None:
    ann = contact(api, "Ann")
    assert members(api, made(api, "Nobody", "DYNAMIC")) == []
    assert members(api, made(api, "Everybody", "DYNAMIC", filterBranch=anyone([]))) == [ann]


def test_a_hundred_thousand_at_most(api: httpx.Client) -> None:
    number = made(api, "People")
    assert problem(change(api, number, "add", list(range(1, 100_002)))) == INVALID
    assert create(api, "Other").status_code == 200

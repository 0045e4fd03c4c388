"""Owners: found by e-mail address, owner id and user id; archived ones apart; in pages."""

import httpx
import pytest

from hubspot_sandbox.seeds.people import ADA, BEN, FINN, SALES_TEAM
from hubspot_sandbox.testing import RunningSandbox

OWNERS = "/crm/owners/2026-09"


def test_an_owner_has_the_documented_fields(api: httpx.Client) -> None:
    (ben,) = api.get(OWNERS, params={"email": BEN.upper()}).json()["results"]
    assert (ben["type"], ben["firstName"], ben["lastName"], ben["archived"]) == ("PERSON", "Ben", "Bright", False)
    assert ben["userId"] == ben["userIdIncludingInactive"]
    assert [(each["name"], each["primary"]) for each in ben["teams"]] == [(SALES_TEAM, True)]


def test_one_is_found_by_owner_id_and_by_user_id(api: httpx.Client) -> None:
    (ada,) = api.get(OWNERS, params={"email": ADA}).json()["results"]
    assert api.get(f"{OWNERS}/{ada['id']}").json() == ada
    assert api.get(f"{OWNERS}/{ada['userId']}", params={"idProperty": "userId"}).json() == ada
    assert api.get(f"{OWNERS}/{ada['userId']}").status_code == 404
    assert api.get(f"{OWNERS}/{ada['id']}", params={"idProperty": "userId"}).status_code == 404
    assert api.get(f"{OWNERS}/{ada['id']}", params={"idProperty": "email"}).status_code == 400


def test_who_was_deactivated_is_archived(api: httpx.Client) -> None:
    assert api.get(OWNERS, params={"email": FINN}).json()["results"] == []
    (finn,) = api.get(OWNERS, params={"archived": "true"}).json()["results"]
    assert (finn["email"], finn["archived"], finn["userId"]) == (FINN, True, None)
    assert api.get(f"{OWNERS}/{finn['id']}").status_code == 404
    assert api.get(f"{OWNERS}/{finn['id']}", params={"archived": "true"}).json() == finn
    by_user = {"idProperty": "userId", "archived": "true"}
    assert api.get(f"{OWNERS}/{finn['userIdIncludingInactive']}", params=by_user).json() == finn


def test_owners_come_in_pages(api: httpx.Client) -> None:
    seen: list[str] = []
    query: dict[str, str | int] = {"limit": 2}
    for _ in range(5):
        page = api.get(OWNERS, params=query).json()
        seen += [each["id"] for each in page["results"]]
        if "paging" not in page:
            break
        query["after"] = page["paging"]["next"]["after"]
    assert seen == sorted(set(seen), key=int)
    assert len(seen) == 5


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "501"}, {"limit": "x"}, {"after": "x"}])
def test_pages_that_cannot_be_are_refused(api: httpx.Client, query: dict[str, str]) -> None:
    assert api.get(OWNERS, params=query).status_code == 400


def test_the_scope_is_needed(sandbox: RunningSandbox) -> None:
    sandbox.control("POST", "/service-keys", {"account_id": 48201001, "scopes": "oauth", "key": "pat-none"})
    for path in (OWNERS, f"{OWNERS}/1"):
        assert httpx.get(sandbox.base_url + path, headers=sandbox.bearer("pat-none")).status_code == 403

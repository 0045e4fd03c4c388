"""User provisioning: who comes, changes and goes, and what is refused."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.rights import APP_MARKETPLACE_ACCESS
from hubspot_sandbox.seeds import plant
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, BIRCH, CLEO, CLIENT_ID, DEV, FINN, PASSWORD
from hubspot_sandbox.testing import RunningSandbox

USERS = "/settings/users/2026-03"
NEW = "gus@acorn.example"


def role_id(api: httpx.Client) -> str:
    return str(api.get(f"{USERS}/roles").json()["results"][0]["id"])


def team_id(api: httpx.Client) -> str:
    return str(api.get(f"{USERS}/teams").json()["results"][0]["id"])


def user(api: httpx.Client, email: str) -> dict[str, Any]:
    answer = api.get(f"{USERS}/{email}", params={"idProperty": "EMAIL"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def put(api: httpx.Client, email: str, **change: Any) -> httpx.Response:
    return api.put(f"{USERS}/{email}", params={"idProperty": "EMAIL"}, json=change)


def remove(api: httpx.Client, email: str) -> httpx.Response:
    return api.delete(f"{USERS}/{email}", params={"idProperty": "EMAIL"})


def test_a_new_user_is_made_and_read_back(api: httpx.Client) -> None:
    wanted = {"email": "Gus@Acorn.example", "firstName": "Gus", "lastName": "Gold", "roleId": role_id(api)}
    answer = api.post("/settings/v3/users/", json=wanted | {"primaryTeamId": team_id(api), "sendWelcomeEmail": True})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["email"], made["firstName"], made["superAdmin"]) == (NEW, "Gus", False)
    assert (made["roleId"], made["roleIds"], made["primaryTeamId"]) == (role_id(api), [role_id(api)], team_id(api))
    assert made["sendWelcomeEmail"] is True
    assert api.get(f"{USERS}/{made['id']}").json() == made | {"sendWelcomeEmail": False}
    assert made["id"] in api.get(f"{USERS}/teams").json()["results"][0]["userIds"]


def test_the_new_one_can_log_in_owns_records_and_has_least_rights(api: httpx.Client, sandbox: RunningSandbox) -> None:
    api.post(USERS, json={"email": NEW, "sendWelcomeEmail": "true"})
    people = sandbox.portal.people
    session = people.session(people.log_in(NEW, PASSWORD))
    assert session
    standing = people.standing(session, ACORN)
    assert standing
    assert standing.has("contacts.view", "own")
    assert not standing.has("contacts.edit", "own")
    (owner,) = api.get("/crm/owners/2026-09", params={"email": NEW}).json()["results"]
    assert str(owner["userId"]) == user(api, NEW)["id"]
    assert any(notice["to"] == [NEW] for notice in sandbox.control("GET", "/notices"))


def test_somebody_of_another_account_keeps_her_id_and_name(api: httpx.Client, sandbox: RunningSandbox) -> None:
    people = sandbox.portal.people
    people.remove_member(ACORN, BEN)
    made = api.post(USERS, json={"email": BEN, "firstName": "Benjamin"}).json()
    elsewhere = people.membership(BIRCH, BEN)
    assert elsewhere
    assert (made["id"], made["firstName"]) == (str(elsewhere.user_id), "Ben")


def test_super_admin_cannot_be_written(api: httpx.Client) -> None:
    assert api.post(USERS, json={"email": NEW, "superAdmin": True}).json()["superAdmin"] is False
    assert put(api, BEN, superAdmin=True).json()["superAdmin"] is False


def test_a_role_is_lent_and_put_back_and_counts_from_the_next_login(api: httpx.Client, sandbox: RunningSandbox) -> None:
    people = sandbox.portal.people
    lent = people.save_permission_set(ACORN, "May connect", {"contacts.view": "all", APP_MARKETPLACE_ACCESS: "on"})
    people.assign_permission_set(ACORN, BEN, int(role_id(api)))
    before = people.session(people.log_in(BEN, PASSWORD))
    old = user(api, BEN)["roleId"]
    assert put(api, BEN, roleId=str(lent.id)).json()["roleIds"] == [str(lent.id)]
    now = people.session(people.log_in(BEN, PASSWORD))
    assert before
    assert now
    held = [people.standing(session, ACORN) for session in (before, now)]
    assert [bool(each and each.has("contacts.view", "all")) for each in held] == [False, True]
    assert put(api, BEN, roleId=old).json()["roleId"] == old
    assert user(api, BEN)["roleIds"] == [old]


def test_two_roles_add_up_and_a_new_one_takes_the_place_of_both(api: httpx.Client, sandbox: RunningSandbox) -> None:
    people = sandbox.portal.people
    people.save_permission_set(ACORN, "Deals", {"deals.view": "all", "contacts.view": "own"})
    wish = {"account_id": ACORN, "permission_set": ["Sales rep", "Deals"]}
    assert sandbox.control("POST", f"/people/{CLEO}/rights", wish)["permission_set"] == "Sales rep, Deals"
    member = people.membership(ACORN, CLEO)
    assert member
    standing = people.standing_of(member)
    assert standing.has("deals.view", "all")
    assert standing.has("contacts.view", "team")
    assert not standing.has("deals.edit", "own")
    told = user(api, CLEO)
    assert (len(told["roleIds"]), told["roleId"]) == (2, told["roleIds"][0])
    assert put(api, CLEO, lastName="Cost").json()["roleIds"] == told["roleIds"]
    assert put(api, CLEO, roleId=told["roleId"]).json()["roleIds"] == [told["roleId"]]


def test_a_deleted_role_leaves_the_others(api: httpx.Client, sandbox: RunningSandbox) -> None:
    people = sandbox.portal.people
    deals = people.save_permission_set(ACORN, "Deals", {"deals.view": "all"})
    people.assign_permission_set(ACORN, CLEO, int(role_id(api)), deals.id)
    people.remove_permission_set(ACORN, int(role_id(api)))
    assert user(api, CLEO)["roleIds"] == [str(deals.id)]
    people.remove_permission_set(ACORN, deals.id)
    member = people.membership(ACORN, CLEO)
    assert member
    assert (user(api, CLEO)["roleIds"], member.rights) == ([], {"deals.view": "all"})


def test_who_had_no_role_can_have_none_again_and_her_own_rights(api: httpx.Client, sandbox: RunningSandbox) -> None:
    put(api, CLEO, roleId=role_id(api))
    assert "roleId" not in put(api, CLEO, roleId="").json()
    member = sandbox.portal.people.membership(ACORN, CLEO)
    assert member
    assert sandbox.portal.people.standing_of(member).has("deals.edit", "all")


def test_what_is_not_named_stays(api: httpx.Client) -> None:
    put(api, BEN, roleId=role_id(api))
    before = user(api, BEN)
    changed = put(api, BEN, lastName="Bold").json()
    assert changed == before | {"lastName": "Bold"}
    cleared = put(api, BEN, primaryTeamId=None, secondaryTeamIds=[team_id(api)]).json()
    assert "primaryTeamId" not in cleared
    assert cleared["secondaryTeamIds"] == [team_id(api)]


def test_a_new_name_reaches_the_owner_and_the_user_object(api: httpx.Client) -> None:
    put(api, BEN, firstName="Benno")
    (owner,) = api.get("/crm/owners/2026-09", params={"email": BEN}).json()["results"]
    assert owner["firstName"] == "Benno"
    found = api.post("/crm/objects/2026-09/users/search", json={"query": "Benno"}).json()
    assert found["total"] == 1


def test_who_is_removed_is_an_archived_owner_and_nothing_else(api: httpx.Client, sandbox: RunningSandbox) -> None:
    gone = user(api, CLEO)
    (owner,) = api.get("/crm/owners/2026-09", params={"email": CLEO}).json()["results"]
    assert remove(api, CLEO).status_code == 204
    assert api.get(f"{USERS}/{gone['id']}").status_code == 404
    assert CLEO not in {each["email"] for each in api.get(USERS).json()["results"]}
    assert api.get("/crm/owners/2026-09", params={"email": CLEO}).json()["results"] == []
    (archived,) = api.get("/crm/owners/2026-09", params={"email": CLEO, "archived": "true"}).json()["results"]
    assert (archived["id"], archived["userId"], archived["archived"]) == (owner["id"], None, True)
    assert archived["userIdIncludingInactive"] == owner["userId"]
    assert api.get(f"/crm/owners/2026-09/{owner['id']}").status_code == 404
    assert api.get(f"/crm/owners/2026-09/{owner['id']}?archived=true").status_code == 200
    assert sandbox.portal.people.log_in(CLEO, PASSWORD) is None
    assert api.post("/crm/objects/2026-09/users/search", json={"query": CLEO}).json()["total"] == 0


def test_who_comes_back_has_her_ids_again(api: httpx.Client) -> None:
    (owner,) = api.get("/crm/owners/2026-09", params={"email": CLEO}).json()["results"]
    remove(api, CLEO)
    assert api.post(USERS, json={"email": CLEO}).json()["id"] == str(owner["userId"])
    (again,) = api.get("/crm/owners/2026-09", params={"email": CLEO}).json()["results"]
    assert again["id"] == owner["id"]
    assert user(api, CLEO)["roleIds"] == []


def test_a_deactivated_user_comes_back(api: httpx.Client) -> None:
    assert api.get(f"{USERS}/{FINN}", params={"idProperty": "EMAIL"}).status_code == 404
    assert api.post(USERS, json={"email": FINN}).status_code == 201
    assert user(api, FINN)["roleIds"] == [role_id(api)]


def test_keys_and_user_level_tokens_of_a_removed_person_stop_and_account_level_ones_go_on(
    api: httpx.Client, sandbox: RunningSandbox
) -> None:
    key = {"account_id": ACORN, "scopes": "oauth crm.objects.contacts.read", "email": CLEO, "key": "pat-cleo"}
    sandbox.control("POST", "/service-keys", key)
    app = {"client_id": "own", "client_secret": "own", "name": "Own", "redirect_urls": ["http://localhost:1/cb"]}
    scopes = {"required_scopes": "oauth crm.objects.contacts.read", "is_user_level": True}
    sandbox.control("POST", "/apps", app | scopes)
    bearers = [
        "pat-cleo",
        sandbox.mint(ACORN, CLEO, "own", "oauth crm.objects.contacts.read")["access_token"],
        sandbox.mint(ACORN, CLEO, CLIENT_ID, "oauth crm.objects.contacts.read")["access_token"],
    ]

    def statuses() -> list[int]:
        path = f"{sandbox.base_url}/crm/objects/2026-09/contacts"
        return [httpx.get(path, headers=sandbox.bearer(each)).status_code for each in bearers]

    assert statuses() == [200, 200, 200]
    remove(api, CLEO)
    assert statuses() == [403, 403, 200]


@pytest.mark.parametrize(
    ("wish", "status", "category"),
    [
        ({"email": BEN}, 409, "CONFLICT"),
        ({"email": "no address"}, 400, "VALIDATION_ERROR"),
        ({"email": "a@b"}, 400, "VALIDATION_ERROR"),
        ({"email": 'x"><script>@acorn.example'}, 400, "VALIDATION_ERROR"),
        ({"email": NEW, "roleId": "999"}, 400, "VALIDATION_ERROR"),
        ({"email": NEW, "roleId": "nonsense"}, 400, "VALIDATION_ERROR"),
        ({"email": NEW, "primaryTeamId": "999"}, 400, "VALIDATION_ERROR"),
        ({"email": NEW, "secondaryTeamIds": ["-1"]}, 400, "VALIDATION_ERROR"),
        ({"email": NEW, "secondaryTeamIds": "1"}, 400, "VALIDATION_ERROR"),
        ({"firstName": "No address"}, 400, "VALIDATION_ERROR"),
        ([], 400, "VALIDATION_ERROR"),
    ],
)
def test_who_cannot_be_added_is_not(api: httpx.Client, wish: Any, status: int, category: str) -> None:
    before = api.get(USERS).json()
    answer = api.post(USERS, json=wish)
    assert (answer.status_code, answer.json()["category"]) == (status, category)
    assert api.get(USERS).json() == before


def test_super_admins_are_left_alone(api: httpx.Client) -> None:
    before = user(api, ADA)
    for answer in (put(api, ADA, roleId=role_id(api)), remove(api, ADA)):
        assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
    assert user(api, ADA) == before


def test_nobody_removes_herself(api: httpx.Client, sandbox: RunningSandbox) -> None:
    key = {"account_id": ACORN, "scopes": "settings.users.write", "email": DEV, "key": "pat-dev"}
    sandbox.control("POST", "/service-keys", key)
    answer = httpx.delete(
        f"{sandbox.base_url}{USERS}/{DEV}", params={"idProperty": "EMAIL"}, headers=sandbox.bearer("pat-dev")
    )
    assert answer.status_code == 400
    assert user(api, DEV)


def test_unknown_users_and_properties(api: httpx.Client) -> None:
    assert put(api, "nobody@acorn.example", roleId="").status_code == 404
    assert remove(api, "nobody@acorn.example").status_code == 404
    assert api.get(f"{USERS}/1", params={"idProperty": "NAME"}).status_code == 400
    assert api.get("/crm/owners/2026-09/1", params={"idProperty": "name"}).status_code == 400
    by_lower = api.get(f"{USERS}/{BEN}", params={"idProperty": "email"})
    assert by_lower.status_code == 200


def test_a_role_with_paid_seats_needs_the_scope_for_billing(api: httpx.Client, sandbox: RunningSandbox) -> None:
    paid = sandbox.portal.people.save_permission_set(ACORN, "Seller", {}, paid_seats=True)
    sandbox.portal.people.save_permission_set(ACORN, "Seller", {"sales.access": "on"}, paid.id)
    flags = {each["name"]: each["requiresBillingWrite"] for each in api.get(f"{USERS}/roles").json()["results"]}
    assert flags["Seller"] is True
    answer = put(api, BEN, roleId=str(paid.id))
    assert answer.status_code == 400
    assert answer.json()["context"] == {"requiredScopes": ["billing-write"]}
    key = {"account_id": ACORN, "scopes": "settings.users.write settings.billing.write", "key": "pat-billing"}
    sandbox.control("POST", "/service-keys", key)
    path, bearer = f"{sandbox.base_url}{USERS}/{user(api, BEN)['id']}", sandbox.bearer("pat-billing")
    assert httpx.put(path, json={"roleId": str(paid.id)}, headers=bearer).status_code == 200
    assert put(api, BEN, roleId="").status_code == 400


@pytest.mark.parametrize(
    ("scopes", "reads", "writes"), [("settings.users.read", 200, 403), ("settings.users.write", 403, 400)]
)
def test_reading_and_writing_have_a_scope_each(sandbox: RunningSandbox, scopes: str, reads: int, writes: int) -> None:
    sandbox.control("POST", "/service-keys", {"account_id": ACORN, "scopes": scopes, "key": "pat-one"})
    with httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer("pat-one")) as client:
        assert client.get(USERS).status_code == reads
        answer = client.post(USERS, json={"email": "none"})
        assert answer.status_code == writes
    if writes == 403:
        wanted = {"requiredGranularScopes": ["settings.users.write", "crm.objects.users.write"]}
        assert answer.json()["errors"][0]["context"] == wanted


def test_roles_and_teams_need_a_scope_and_teams_have_one_of_their_own(sandbox: RunningSandbox) -> None:
    for scope, roles, teams in (
        ("settings.users.teams.read", 403, 200),
        ("settings.users.read", 200, 200),
        ("oauth", 403, 403),
    ):
        sandbox.control("POST", "/service-keys", {"account_id": ACORN, "scopes": scope, "key": "pat-one"})
        with httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer("pat-one")) as client:
            assert (client.get(f"{USERS}/roles").status_code, client.get(f"{USERS}/teams").status_code) == (roles, teams)


def test_a_user_level_app_needs_a_person_who_may_edit_users(sandbox: RunningSandbox) -> None:
    app = {"client_id": "own", "client_secret": "own", "name": "Own", "redirect_urls": ["http://localhost:1/cb"]}
    sandbox.control("POST", "/apps", app | {"required_scopes": "oauth settings.users.write", "is_user_level": True})
    for email, status in ((CLEO, 403), (ADA, 201)):
        token = sandbox.mint(ACORN, email, "own", "oauth settings.users.write")["access_token"]
        answer = httpx.post(sandbox.base_url + USERS, json={"email": NEW}, headers=sandbox.bearer(token))
        assert answer.status_code == status


def test_users_come_in_pages(api: httpx.Client) -> None:
    first = api.get(USERS, params={"limit": 3}).json()
    rest = api.get(USERS, params={"limit": 100, "after": first["paging"]["next"]["after"]}).json()
    assert len(first["results"]) == 3
    assert len({each["id"] for each in first["results"] + rest["results"]}) == 5
    assert "paging" not in rest


def test_former_users_survive_a_restart(tmp_path: Path) -> None:
    before = Portal(tmp_path / "sandbox.db")
    plant(before, "empty")
    before.people.remove_member(ACORN, CLEO)
    before.close()
    after = Portal(tmp_path / "sandbox.db")
    assert [each.email for each in after.people.owners(ACORN) if not each.active] == [CLEO, FINN]
    after.close()

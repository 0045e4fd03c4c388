"""Accounts, people, permission sets and tokens, made and ended by a test as its scene needs them."""

from typing import Any

import httpx
import pytest
from sandbox.tests.control.calls import CONTACTS, asked, refused

from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, BIRCH, CLIENT_ID, CLIENT_SECRET, SERVICE_KEY
from hubspot_sandbox.testing import RunningSandbox

GIL = "gil@cedar.example"
SCOPES = "oauth crm.objects.contacts.read"


@pytest.fixture
def cedar(sandbox: RunningSandbox) -> int:
    """An account that nobody is in."""
    return int(sandbox.control("POST", "/accounts", {"name": "Cedar & Sons", "tier": "starter"})["id"])


def test_an_account_is_made(sandbox: RunningSandbox) -> None:
    wish = {"name": "Cedar", "tier": "enterprise", "id": 7000001, "time_zone": "Asia/Tokyo", "currency": "JPY"}
    made = sandbox.control("POST", "/accounts", wish)
    assert wish.items() <= made.items()
    assert made["domain"] == "cedar.example"
    key = sandbox.control("POST", "/service-keys", {"account_id": 7000001, "scopes": "oauth"})["key"]
    details = asked(sandbox, "GET", "/account-info/2026-03/details", key).json()
    assert (details["portalId"], details["timeZone"], details["companyCurrency"]) == (7000001, "Asia/Tokyo", "JPY")
    assert made in sandbox.control("GET", "/accounts")


def test_accounts_get_ids_of_their_own(sandbox: RunningSandbox) -> None:
    ids = [sandbox.control("POST", "/accounts", {"name": "Cedar"})["id"] for _ in range(2)]
    taken = max(ids) + 1
    sandbox.control("POST", "/accounts", {"name": "Cedar", "id": taken})
    ids += [taken, sandbox.control("POST", "/accounts", {"name": "Cedar"})["id"]]
    assert len({*ids, ACORN, BIRCH}) == 6
    assert refused(sandbox, "POST", "/accounts", {"name": "Cedar", "id": ACORN})[0] == 409
    sandbox.control("DELETE", f"/accounts/{ACORN}")
    assert refused(sandbox, "POST", "/accounts", {"name": "Cedar", "id": ACORN})[0] == 409


def test_a_newcomer_can_consent(sandbox: RunningSandbox, cedar: int) -> None:
    wish = {"email": GIL, "name": "Gil van der Green", "super_admin": True, "password": "own"}
    made = sandbox.control("POST", f"/accounts/{cedar}/people", wish)
    assert (made["name"], made["super_admin"], made["active"]) == ("Gil van der Green", True, True)
    app = sandbox.register_app("Elm", ("oauth", "crm.objects.contacts.read"))
    assert "code=" in sandbox.consent(sandbox.authorize_url(app), GIL, cedar, password="own")
    assert sandbox.control("GET", f"/accounts/{cedar}/people") == [made]


def test_a_scene_of_rights_sets_and_teams(sandbox: RunningSandbox, cedar: int) -> None:
    rights = {"contacts.view": "team"}
    made = sandbox.control("POST", f"/accounts/{cedar}/permission-sets", {"name": "Rep", "rights": rights})
    again = {"name": "Rep", "rights": rights | {"contacts.edit": "own"}}
    assert sandbox.control("POST", f"/accounts/{cedar}/permission-sets", again)["id"] == made["id"]
    wish = {"email": GIL, "permission_set": "Rep", "teams": ["North", "South"], "rights": {"sales.access": "on"}}
    added = sandbox.control("POST", f"/accounts/{cedar}/people", wish)
    assert (added["permission_set"], added["teams"], added["name"]) == ("Rep", ["North", "South"], "Gil")
    assert added["rights"] == {"sales.access": "on"}
    [listed] = sandbox.control("GET", f"/accounts/{cedar}/permission-sets")
    assert listed["rights"] == again["rights"]
    change = {"account_id": cedar, "permission_set": "", "teams": ["South"], "change": {"contacts.view": "all"}}
    changed = sandbox.control("POST", f"/people/{GIL}/rights", change)
    assert (changed["permission_set"], changed["teams"]) == ("", ["South"])
    assert changed["rights"] == {"sales.access": "on", "contacts.view": "all"}
    assert sandbox.control("POST", f"/people/{GIL}/rights", {"account_id": cedar, "teams": []})["teams"] == []
    assert len(sandbox.portal.people.teams(cedar)) == 2


def test_somebody_known_joins_and_leaves(sandbox: RunningSandbox, cedar: int) -> None:
    joined = sandbox.control("POST", f"/accounts/{cedar}/people", {"email": BEN.upper()})
    assert (joined["email"], joined["name"]) == (BEN, "Ben Bright")
    assert refused(sandbox, "POST", f"/accounts/{cedar}/people", {"email": BEN})[0] == 409
    sandbox.control("DELETE", f"/accounts/{cedar}/people/{BEN}")
    assert sandbox.control("GET", f"/accounts/{cedar}/people") == []
    assert refused(sandbox, "DELETE", f"/accounts/{cedar}/people/{BEN}")[0] == 404


def test_what_is_refused_leaves_nothing_behind(sandbox: RunningSandbox, cedar: int) -> None:
    for wrong in ({"rights": {"nonsense": "on"}}, {"permission_set": "nonsense"}):
        status, said = refused(sandbox, "POST", f"/accounts/{cedar}/people", {"email": GIL, "teams": ["New"], **wrong})
        assert (status, "nonsense" in said) == (400, True)
    assert sandbox.portal.people.person(GIL) is None
    assert sandbox.portal.people.teams(cedar) == []
    change = {"account_id": ACORN, "change": {"contacts.view": "all"}, "permission_set": "nonsense"}
    before = sandbox.portal.people.membership(ACORN, BEN)
    assert refused(sandbox, "POST", f"/people/{BEN}/rights", change)[0] == 400
    assert sandbox.portal.people.membership(ACORN, BEN) == before


def refreshed(sandbox: RunningSandbox, refresh_token: str) -> httpx.Response:
    form = {"grant_type": "refresh_token", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    return httpx.post(f"{sandbox.base_url}/oauth/2026-09/token", data=form | {"refresh_token": refresh_token})


def test_access_tokens_of_a_grant_expire(sandbox: RunningSandbox) -> None:
    hers, his = (sandbox.mint(ACORN, each, CLIENT_ID, SCOPES) for each in (ADA, BEN))
    grant = {"account_id": ACORN, "client_id": CLIENT_ID, "email": ADA}
    assert sandbox.control("POST", "/tokens/expire", grant) == {"expired": 1}
    answer = asked(sandbox, "GET", CONTACTS, hers["access_token"])
    assert (answer.status_code, answer.json()["category"]) == (401, "EXPIRED_AUTHENTICATION")
    assert asked(sandbox, "GET", CONTACTS, his["access_token"]).status_code == 200
    assert asked(sandbox, "GET", CONTACTS).status_code == 200, "a key is no app's grant"
    assert refreshed(sandbox, hers["refresh_token"]).status_code == 200


def test_refresh_tokens_of_a_grant_are_revoked(sandbox: RunningSandbox) -> None:
    hers, his = (sandbox.mint(ACORN, each, CLIENT_ID, SCOPES) for each in (ADA, BEN))
    assert sandbox.control("POST", "/tokens/revoke", {"client_id": CLIENT_ID, "email": ADA}) == {"revoked": 1}
    assert refreshed(sandbox, hers["refresh_token"]).json()["status"] == "BAD_REFRESH_TOKEN"
    assert refreshed(sandbox, his["refresh_token"]).status_code == 200
    assert asked(sandbox, "GET", CONTACTS, hers["access_token"]).status_code == 200, "it lives until it expires"


def test_one_token_ends(sandbox: RunningSandbox) -> None:
    first, second = (sandbox.mint(ACORN, ADA, CLIENT_ID, SCOPES)["access_token"] for _ in range(2))
    assert sandbox.control("POST", "/tokens/revoke", {"token": first}) == {"revoked": 1}
    assert asked(sandbox, "GET", CONTACTS, first).json()["category"] == "INVALID_AUTHENTICATION"
    assert sandbox.control("POST", "/tokens/expire", {"token": SERVICE_KEY}) == {"expired": 1}
    assert asked(sandbox, "GET", CONTACTS).json()["category"] == "EXPIRED_AUTHENTICATION"
    assert asked(sandbox, "GET", CONTACTS, second).status_code == 200


def test_tokens_are_listed_without_themselves(sandbox: RunningSandbox) -> None:
    pair = sandbox.mint(ACORN, ADA, CLIENT_ID, SCOPES)
    listed = sandbox.control("GET", f"/accounts/{ACORN}/tokens")
    assert sorted((each["use"], each["client_id"]) for each in listed) == [
        ("access_token", ""),
        ("access_token", CLIENT_ID),
        ("refresh_token", CLIENT_ID),
    ]
    assert not [each for each in (*pair.values(), SERVICE_KEY) if isinstance(each, str) and each in str(listed)]
    one = next(each["token_id"] for each in listed if each["use"] == "refresh_token")
    sandbox.control("POST", "/tokens/revoke", {"token_id": one})
    assert refreshed(sandbox, pair["refresh_token"]).status_code == 400


def test_an_app_is_uninstalled(sandbox: RunningSandbox) -> None:
    token = sandbox.mint(ACORN, ADA, CLIENT_ID, SCOPES)["access_token"]
    sandbox.control("POST", f"/accounts/{ACORN}/apps/{CLIENT_ID}/uninstall")
    assert asked(sandbox, "GET", CONTACTS, token).status_code == 401
    assert "uninstalled" in sandbox.control("GET", "/notices")[-1]["subject"]
    assert refused(sandbox, "POST", f"/accounts/{ACORN}/apps/{CLIENT_ID}/uninstall")[0] == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/accounts", {}, 400),
        ("/accounts", {"name": " "}, 400),
        ("/accounts", {"name": "x" * 201}, 400),
        ("/accounts", {"name": "x", "tier": "gold"}, 400),
        ("/accounts", {"name": "x", "id": 0}, 400),
        ("/accounts", {"name": "x", "id": 10**30}, 400),
        ("/accounts", {"name": "x", "time_zone": "../../etc/passwd"}, 400),
        ("/accounts", {"name": "x", "time_zone": "Europe"}, 400),
        ("/accounts", {"name": "x", "time_zone": ""}, 400),
        ("/accounts", {"name": "x", "time_zone": "\x00"}, 400),
        ("/accounts", {"name": "x", "currency": "euro"}, 400),
        ("/accounts", {"name": "x", "domain": "a b"}, 400),
        ("/accounts/1/people", {"email": GIL}, 404),
        (f"/accounts/{ACORN}/people", {"email": "nobody"}, 400),
        (f"/accounts/{ACORN}/people", {"email": "a/b@acorn.example"}, 400),
        (f"/accounts/{ACORN}/people", {"email": "a@acorn.example\n"}, 400),
        (f"/accounts/{ACORN}/people", {"email": GIL, "teams": [" "]}, 400),
        (f"/accounts/{ACORN}/people", {"email": GIL, "superAdmin": True}, 400),
        (f"/accounts/{ACORN}/permission-sets", {"name": "", "rights": {}}, 400),
        (f"/accounts/{ACORN}/permission-sets", {"name": "x", "rights": {"contacts.view": "on"}}, 400),
        (f"/accounts/{ACORN}/apps/nobody/uninstall", None, 404),
        ("/tokens/expire", {}, 400),
        ("/tokens/expire", {"token": "unknown"}, 404),
        ("/tokens/expire", {"account_id": ACORN}, 404),
        ("/tokens/revoke", {"token_id": ""}, 400),
        ("/tokens/revoke", {"email": GIL}, 404),
        ("/service-keys", {"account_id": ACORN, "scopes": "nonsense"}, 400),
        ("/clock", {"freeze": "9999-12-31T23:59:59Z"}, 400),
        ("/clock", {"freeze": "0001-01-01T00:00:00+14:00"}, 400),
        ("/clock", {"freeze": "2199-12-31T00:00:00", "advance_seconds": 86401}, 400),
    ],
)
def test_wishes_that_cannot_be_granted(sandbox: RunningSandbox, path: str, body: Any, status: int) -> None:
    before = sandbox.control("GET", "/state")
    assert refused(sandbox, "POST", path, body)[0] == status
    after = sandbox.control("GET", "/state")
    assert after | {"now": ""} == before | {"now": ""}

"""The control plane: faults, journal, clock, limits, apps, rights, reset."""

from typing import Any, cast

import httpx
import pytest

from hubspot_sandbox.app import create_app
from hubspot_sandbox.edge import ConnectionDropped
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, CLIENT_ID, CLIENT_SECRET
from hubspot_sandbox.testing import ControlRefused, RunningSandbox

CONTACTS = "/crm/objects/2026-09/contacts"
CONTACT = {"properties": {"firstname": "Ann"}}


def test_health_and_state(sandbox: RunningSandbox) -> None:
    assert sandbox.control("GET", "/health")["status"] == "ok"
    accounts = sandbox.control("GET", "/state")["accounts"]
    assert [each["name"] for each in accounts] == ["Acorn Supplies", "Birch Studio"]
    assert {kind: count for kind, count in accounts[0]["records"].items() if count} == {"users": 6}


def test_scripted_answers_are_played_in_order(sandbox: RunningSandbox, api: httpx.Client) -> None:
    busy = {"path": CONTACTS, "method": "GET", "times": 2, "status": 503, "headers": {"Retry-After": "7"}}
    sandbox.control("POST", "/faults", busy)
    sandbox.control("POST", "/faults", {"path": CONTACTS, "status": 423, "body": {"message": "locked"}})
    answers = [api.get(CONTACTS) for _ in range(4)]
    assert [each.status_code for each in answers] == [503, 503, 423, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert answers[0].json()["correlationId"]
    assert answers[2].json() == {"message": "locked"}
    assert sandbox.control("GET", "/faults") == []


def test_faults_concern_their_path_and_method_only(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.control("POST", "/faults", {"path": CONTACTS, "method": "POST", "status": 500})
    assert api.get(CONTACTS).status_code == 200
    assert api.get("/crm/owners/2026-09").status_code == 200
    sandbox.control("DELETE", "/faults")
    assert api.post(CONTACTS, json=CONTACT).status_code == 201


@pytest.mark.parametrize(("when", "kept"), [("before", 0), ("after", 1)])
def test_a_dropped_connection(sandbox: RunningSandbox, api: httpx.Client, when: str, kept: int) -> None:
    sandbox.control("POST", "/faults", {"path": CONTACTS, "drop_connection": when})
    with pytest.raises(httpx.TransportError):
        api.post(CONTACTS, json=CONTACT)
    assert len(api.get(CONTACTS).json()["results"]) == kept
    entry = sandbox.journal()[0]
    assert (entry["status"], entry["fault"]) == (None, True)


def test_a_slow_answer_is_the_real_one(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.control("POST", "/faults", {"path": CONTACTS, "delay_seconds": 0.4})
    with pytest.raises(httpx.ReadTimeout):
        api.get(CONTACTS, timeout=0.1)
    assert api.get(CONTACTS).status_code == 200


async def test_in_process_a_dropped_connection_is_an_exception(portal: Portal) -> None:
    transport = httpx.ASGITransport(app=cast("Any", create_app(portal)))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        await client.post("/_sandbox/faults", json={"path": "/crm", "drop_connection": "after"})
        with pytest.raises(ConnectionDropped):
            await client.get(CONTACTS)


async def test_the_control_plane_answers_to_loopback_only(portal: Portal) -> None:
    transport = httpx.ASGITransport(app=cast("Any", create_app(portal)), client=("192.0.2.7", 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        assert (await client.get("/_sandbox/health")).status_code == 403
        assert (await client.get(CONTACTS)).status_code == 401


def test_the_journal_keeps_no_secrets(sandbox: RunningSandbox, api: httpx.Client) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "na1-secret"}
    api.post("/oauth/2026-09/token", data=form | {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET})
    api.post(f"{CONTACTS}?x=1", json=CONTACT)
    api.get("/oauth/v1/access-tokens/very-secret")
    token, create, info = sandbox.journal()
    assert token["body"]["grant_type"] == "refresh_token"
    assert token["body"]["refresh_token"] == token["body"]["client_secret"] == "[redacted]"
    assert (create["method"], create["status"], create["query"]) == ("POST", 201, {"x": "1"})
    assert create["body"] == CONTACT
    assert info["path"] == "/oauth/v1/access-tokens/[redacted]"
    assert "secret" not in str([info, create])
    sandbox.control("DELETE", "/journal")
    assert sandbox.journal() == []


def test_the_clock_freezes_and_moves(sandbox: RunningSandbox) -> None:
    at = "2027-02-16T00:00:00Z"
    assert sandbox.control("POST", "/clock", {"freeze": at})["now"] == "2027-02-16T00:00:00.000Z"
    assert sandbox.control("POST", "/clock", {"advance_seconds": 90})["now"] == "2027-02-16T00:01:30.000Z"
    assert sandbox.control("GET", "/clock")["now"] == "2027-02-16T00:01:30.000Z"
    assert sandbox.control("POST", "/clock", {"freeze": False})["now"] < at
    frozen = sandbox.control("POST", "/clock", {"freeze": True})["now"]
    assert sandbox.control("GET", "/clock")["now"] == frozen


def test_ten_secondly_limit(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.control("POST", "/clock", {"freeze": True})
    answers = [api.get("/calling/v1/dispositions") for _ in range(191)]
    assert [each.status_code for each in answers[-2:]] == [200, 429]
    first, last = answers[0].headers, answers[-1]
    assert first["x-hubspot-ratelimit-max"] == "190"
    assert first["x-hubspot-ratelimit-remaining"] == "189"
    assert first["x-hubspot-ratelimit-interval-milliseconds"] == "10000"
    assert first["x-hubspot-ratelimit-daily"] == "625000"
    body = last.json()
    assert body["message"] == "You have reached your ten_secondly_rolling limit."
    assert (body["errorType"], body["policyName"]) == ("RATE_LIMIT", "TEN_SECONDLY_ROLLING")
    assert body["groupName"].startswith("publicapi:private_app-api-calls-ten-secondly:")
    assert "retry-after" not in last.headers
    sandbox.control("POST", "/clock", {"advance_seconds": 10})
    assert api.get("/calling/v1/dispositions").status_code == 200


def test_search_limit_has_no_headers(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.control("POST", "/clock", {"freeze": True})
    answers = [api.post(f"{CONTACTS}/search", json={}) for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert not [name for each in answers for name in each.headers if "ratelimit" in name]
    assert answers[-1].json()["message"] == "You have reached your secondly limit."
    sandbox.control("POST", "/clock", {"advance_seconds": 1})
    assert api.post(f"{CONTACTS}/search", json={}).status_code == 200
    sandbox.control("POST", "/limits", {"enabled": False})
    assert {api.post(f"{CONTACTS}/search", json={}).status_code for _ in range(9)} == {200}


def test_marketplace_apps_have_no_daily_headers(sandbox: RunningSandbox, api: httpx.Client) -> None:
    wish = {"name": "Shop", "redirect_urls": ["https://shop.example/x"], "client_id": "shop"}
    sandbox.control("POST", "/apps", wish | {"distribution": "marketplace"})
    token = sandbox.mint(ACORN, ADA, "shop", "oauth")["access_token"]
    headers = api.get("/account-info/2026-03/details", headers=sandbox.bearer(token)).headers
    assert headers["x-hubspot-ratelimit-max"] == "110"
    assert "x-hubspot-ratelimit-daily" not in headers


def test_apps_are_changed_by_client_id(sandbox: RunningSandbox) -> None:
    wish = {
        "name": "Offhook",
        "client_id": CLIENT_ID,
        "redirect_urls": ["http://localhost:9999/cb"],
        "required_scopes": "oauth crm.objects.contacts.read",
    }
    before = sandbox.control("GET", "/apps")[0]
    changed = sandbox.control("POST", "/apps", wish)
    assert changed["redirect_urls"] == ["http://localhost:9999/cb"]
    assert changed["required_scopes"] == ["oauth", "crm.objects.contacts.read"]
    assert (changed["app_id"], changed["client_secret"]) == (before["app_id"], CLIENT_SECRET)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/apps", {"name": "x", "redirect_urls": ["http://evil.example"]}, 400),
        ("/apps", {"name": "x", "redirect_urls": [], "required_scopes": ["nonsense"]}, 400),
        ("/apps", {"name": " ", "redirect_urls": []}, 400),
        ("/apps", {"nonsense": 1}, 400),
        ("/faults", {"path": "/crm", "drop_connection": "perhaps"}, 400),
        ("/faults", {}, 400),
        ("/faults", {"path": "/crm", "status": 99}, 400),
        ("/faults", {"path": "/crm", "times": -5}, 400),
        ("/faults", {"path": "/crm", "delay_seconds": 1e9}, 400),
        ("/faults", {"path": "/crm", "status": 503, "headers": {"X": "a\r\nB: c"}}, 400),
        ("/clock", {"advance_seconds": 1e12}, 400),
        ("/index-delay", {"seconds": 1e12}, 400),
        ("/reset", {"seed": "nonsense"}, 400),
        ("/clock", {"freeze": "soon"}, 400),
        ("/people/ben@acorn.example/rights", {"account_id": ACORN, "rights": {"nonsense": "on"}}, 400),
        ("/people/nobody@acorn.example/rights", {"account_id": ACORN}, 404),
        ("/tokens", {"account_id": ACORN, "email": BEN, "client_id": "nobody", "scopes": "oauth"}, 404),
    ],
)
def test_wishes_that_cannot_be_granted(sandbox: RunningSandbox, path: str, body: Any, status: int) -> None:
    with pytest.raises(ControlRefused) as refusal:
        sandbox.control("POST", path, body)
    assert refusal.value.status == status


def test_rights_are_changed_or_replaced(sandbox: RunningSandbox) -> None:
    path = f"/people/{BEN}/rights"
    changed = sandbox.control("POST", path, {"account_id": ACORN, "change": {"contacts.view": "all"}})
    assert (changed["rights"]["contacts.view"], changed["rights"]["contacts.edit"]) == ("all", "own")
    replaced = sandbox.control("POST", path, {"account_id": ACORN, "rights": {"contacts.view": "team"}})
    assert replaced["rights"] == {"contacts.view": "team"}
    elevated = sandbox.control("POST", path, {"account_id": ACORN, "super_admin": True})
    assert (elevated["super_admin"], elevated["rights"]) == (True, {"contacts.view": "team"})


def test_index_delay(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.control("POST", "/clock", {"freeze": True})
    assert sandbox.control("POST", "/index-delay", {"seconds": 3}) == {"seconds": 3.0}
    api.post(CONTACTS, json=CONTACT)
    assert api.post(f"{CONTACTS}/search", json={}).json()["total"] == 0
    sandbox.control("POST", "/clock", {"advance_seconds": 3})
    assert api.post(f"{CONTACTS}/search", json={}).json()["total"] == 1


def test_reset_forgets_everything(sandbox: RunningSandbox, api: httpx.Client) -> None:
    api.post(CONTACTS, json=CONTACT)
    sandbox.control("POST", "/faults", {"path": "/crm", "status": 500})
    sandbox.control("POST", "/clock", {"advance_seconds": 1e6})
    assert sandbox.control("POST", "/reset", {"seed": "empty"}) == {"seed": "empty"}
    assert api.get(CONTACTS).json()["results"] == []
    sandbox.control("POST", "/reset")
    assert sandbox.control("GET", "/state")["accounts"][0]["records"]["contacts"] == 1000

"""The script of troubles: whose requests, which paths, which answers, and what cannot be played."""

from typing import Any

import httpx
import pytest
from sandbox.tests.control.calls import CONTACT, CONTACTS, asked, refused

from hubspot_sandbox.control.faults import Fault
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, BIRCH, CLIENT_ID, CLIENT_SECRET
from hubspot_sandbox.testing import RunningSandbox

OWNERS = "/crm/owners/2026-09"
SCOPES = "oauth crm.objects.contacts.read"


def play(sandbox: RunningSandbox, **fault: Any) -> int:
    return int(sandbox.control("POST", "/faults", fault)["id"])


def test_a_pattern_concerns_the_whole_path(sandbox: RunningSandbox, api: httpx.Client) -> None:
    play(sandbox, pattern="/crm/objects/*/contacts", status=503, times=9)
    assert api.get(CONTACTS).status_code == 503
    assert api.get("/crm/objects/2026-03/contacts").status_code == 503
    assert api.get(CONTACTS + "/1").status_code == 404
    assert api.get(OWNERS).status_code == 200


def test_only_the_calls_of_an_identity_fail(sandbox: RunningSandbox) -> None:
    hers = sandbox.mint(ACORN, ADA, CLIENT_ID, SCOPES)["access_token"]
    his = sandbox.mint(ACORN, BEN, CLIENT_ID, SCOPES)["access_token"]
    there = sandbox.mint(BIRCH, ADA, CLIENT_ID, SCOPES)["access_token"]
    play(sandbox, path="/crm/", status=500, times=99, identity={"email": ADA.upper(), "account_id": ACORN})
    play(sandbox, path="/crm/", status=502, times=99, identity={"client_id": "nobody"})
    statuses = [asked(sandbox, "GET", CONTACTS, token).status_code for token in (hers, his, there, "")]
    assert statuses == [500, 200, 200, 200]


def test_one_token_can_be_meant_by_its_id(sandbox: RunningSandbox) -> None:
    first, second = (sandbox.mint(ACORN, ADA, CLIENT_ID, SCOPES)["access_token"] for _ in range(2))
    asked(sandbox, "GET", CONTACTS, first)
    told = sandbox.journal()[-1]["identity"]["token_id"]
    play(sandbox, path="/crm/", status=500, identity={"token_id": told})
    assert asked(sandbox, "GET", CONTACTS, second).status_code == 200
    assert asked(sandbox, "GET", CONTACTS, first).status_code == 500


def test_a_refresh_is_known_by_the_app_and_its_token(sandbox: RunningSandbox) -> None:
    pair = sandbox.mint(ACORN, ADA, CLIENT_ID, SCOPES)
    play(sandbox, path="/oauth/", named="bad-refresh-token", times=9, identity={"client_id": CLIENT_ID, "email": ADA})
    form = {"grant_type": "refresh_token", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    ours = httpx.post(f"{sandbox.base_url}/oauth/2026-09/token", data=form | {"refresh_token": pair["refresh_token"]})
    foreign = httpx.post(f"{sandbox.base_url}/oauth/2026-09/token", data=form | {"client_id": "x"})
    assert (ours.status_code, ours.json()["error"]) == (400, "invalid_grant")
    assert foreign.json()["status"] == "BAD_CLIENT_ID"


@pytest.mark.parametrize(
    ("name", "status", "holds"),
    [
        ("locked", 423, {}),
        ("migration", 477, {}),
        ("bad-gateway", 502, {}),
        ("unavailable", 503, {}),
        ("gateway-timeout", 504, {}),
        ("server-down", 521, {}),
        ("connection-timeout", 522, {}),
        ("unreachable", 523, {}),
        ("edge-timeout", 524, {}),
        ("token-expired", 401, {"category": "EXPIRED_AUTHENTICATION"}),
        ("token-unknown", 401, {"category": "INVALID_AUTHENTICATION"}),
        ("missing-scopes", 403, {"category": "MISSING_SCOPES"}),
        ("person-refused", 403, {"category": "USER_DOES_NOT_HAVE_PERMISSIONS"}),
        ("ten-secondly", 429, {"policyName": "TEN_SECONDLY_ROLLING", "errorType": "RATE_LIMIT"}),
        ("secondly", 429, {"policyName": "SECONDLY"}),
        ("daily", 429, {"policyName": "DAILY"}),
        ("bad-refresh-token", 400, {"error": "invalid_grant", "status": "BAD_REFRESH_TOKEN"}),
        ("bad-hub", 400, {"error": "access_denied", "status": "BAD_HUB"}),
        ("server-error", 500, {}),
    ],
)
def test_troubles_have_names(sandbox: RunningSandbox, name: str, status: int, holds: dict[str, str]) -> None:
    play(sandbox, path="/crm/", named=name)
    answer = asked(sandbox, "GET", CONTACTS)
    assert answer.status_code == status
    assert holds.items() <= answer.json().items()
    assert answer.json()["message"]
    assert answer.json()["correlationId"]
    assert sandbox.control("GET", "/faults/names")[name]["status"] == status


def test_a_migrating_account_says_when_to_come_back(sandbox: RunningSandbox, api: httpx.Client) -> None:
    play(sandbox, path="/crm/", named="migration")
    play(sandbox, path="/crm/", named="migration", headers={"retry-after": "30"}, body={"message": "wait"})
    usual, own = api.get(CONTACTS), api.get(CONTACTS)
    assert usual.headers["retry-after"] == "3600"
    assert (own.headers.get_list("retry-after"), own.json()) == (["30"], {"message": "wait"})


def test_faults_are_listed_and_cancelled(sandbox: RunningSandbox, api: httpx.Client) -> None:
    first, second = play(sandbox, path="/crm/", status=503, times=3), play(sandbox, path="/crm/", status=500)
    api.get(CONTACTS)
    assert [(each["id"], each["times"]) for each in sandbox.control("GET", "/faults")] == [(first, 2), (second, 1)]
    sandbox.control("DELETE", f"/faults/{first}")
    assert api.get(CONTACTS).status_code == 500
    assert api.get(CONTACTS).status_code == 200
    assert refused(sandbox, "DELETE", f"/faults/{second}") == (404, f"there is no fault {second} left")


@pytest.mark.parametrize("status", [204, 205, 304])
def test_an_answer_without_a_body_has_none(sandbox: RunningSandbox, api: httpx.Client, status: int) -> None:
    play(sandbox, path="/crm/", status=status)
    answer = api.get(CONTACTS)
    assert (answer.status_code, answer.content) == (status, b"")
    assert api.get(CONTACTS).status_code == 200, "the connection can be used again"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"status": 503}, "one of path"),
        ({"path": "/crm", "pattern": "/crm", "status": 503}, "one of path"),
        ({"path": "crm", "status": 503}, "begin with /"),
        ({"pattern": "crm", "status": 503}, "begins with /"),
        ({"pattern": "/a**", "status": 503}, "stand alone"),
        ({"path": "/crm"}, "needs one of status"),
        ({"path": "/crm", "named": "nonsense"}, "there are token-expired"),
        ({"path": "/crm", "named": "locked", "status": 423}, "its own status"),
        ({"path": "/crm", "status": 503, "drop_connection": "after"}, "has no answer"),
        ({"path": "/crm", "delay_seconds": 1, "body": {}}, "belong to an answer"),
        ({"path": "/crm", "status": 204, "body": {}}, "has no body"),
        ({"path": "/crm", "status": 503, "headers": {"Content-Length": "1"}}, "Content-Length"),
        ({"path": "/crm", "status": 503, "headers": {"transfer-encoding": "x"}}, "transfer-encoding"),
        ({"path": "/crm", "status": 503, "headers": {"": "x"}}, "headers"),
        ({"path": "/crm", "status": 503, "id": 7}, "given by the sandbox"),
        ({"path": "/crm", "status": 503, "method": "GET POST"}, "method"),
        ({"path": "/crm", "status": 503, "identity": {"person": "x"}}, "person"),
        ({"path": "/crm", "status": 503, "identity": 1}, "identity"),
        ({"path": "/crm", "status": "503"}, "status"),
        ([], "array"),
    ],
)
def test_what_cannot_be_played_is_refused(sandbox: RunningSandbox, wrong: Any, why: str) -> None:
    status, said = refused(sandbox, "POST", "/faults", wrong)
    assert status == 400
    assert why in said
    assert sandbox.control("GET", "/faults") == []


def test_a_script_is_not_endless(sandbox: RunningSandbox) -> None:
    for _ in range(1000):
        sandbox.portal.faults.add(Fault(path="/crm", status=503))
    assert refused(sandbox, "POST", "/faults", {"path": "/crm", "status": 503})[0] == 400


def test_a_lost_answer_of_one_app_only(sandbox: RunningSandbox) -> None:
    token = sandbox.mint(ACORN, ADA, CLIENT_ID, SCOPES + " crm.objects.contacts.write")["access_token"]
    play(sandbox, pattern="/**/contacts", method="post", drop_connection="after", identity={"client_id": CLIENT_ID})
    assert asked(sandbox, "POST", CONTACTS, json=CONTACT).status_code == 201
    with pytest.raises(httpx.TransportError):
        asked(sandbox, "POST", CONTACTS, token, json=CONTACT)
    assert len(asked(sandbox, "GET", CONTACTS).json()["results"]) == 2

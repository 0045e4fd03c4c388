"""Token endpoints over HTTP."""

import base64
import hashlib
from typing import Any

import httpx
import pytest

from hubspot_sandbox.seeds.people import ACORN, ADA, CLIENT_ID, CLIENT_SECRET, REDIRECT_URL, REQUIRED_SCOPES
from hubspot_sandbox.testing import RunningSandbox

CLIENT = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SPELLINGS = ("v1", "v3", "2026-03", "2026-09")


def code(sandbox: RunningSandbox, challenge: str = "") -> str:
    return sandbox.portal.grants.issue_code(
        account_id=ACORN,
        client_id=CLIENT_ID,
        email=ADA,
        scopes=REQUIRED_SCOPES,
        redirect_uri=REDIRECT_URL,
        code_challenge=challenge,
    )


def exchange(api: httpx.Client, value: str, version: str = "2026-09", **more: str) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": value, "redirect_uri": REDIRECT_URL, **CLIENT, **more}
    return api.post(f"/oauth/{version}/token", data=form)


def refresh(api: httpx.Client, token: str) -> httpx.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token, **CLIENT}
    return api.post("/oauth/2026-09/token", data=form)


def introspect(api: httpx.Client, token: str) -> Any:
    return api.post("/oauth/2026-09/token/introspect", data={"token": token, **CLIENT}).json()


@pytest.mark.parametrize("version", SPELLINGS)
def test_exchange(sandbox: RunningSandbox, api: httpx.Client, version: str) -> None:
    assert sandbox.portal.grants.installation(ACORN, CLIENT_ID) is None
    answer = exchange(api, code(sandbox), version).json()
    assert answer["token_type"] == "bearer"
    assert 1790 < answer["expires_in"] <= 1800
    assert answer["refresh_token"].startswith("na1-")
    assert (answer["hub_id"], answer["scopes"]) == (ACORN, list(REQUIRED_SCOPES))
    assert [each.approved for each in sandbox.portal.grants.installations(ACORN)] == [REQUIRED_SCOPES]


def test_a_code_works_once(sandbox: RunningSandbox, api: httpx.Client) -> None:
    value = code(sandbox)
    assert exchange(api, value).status_code == 200
    again = exchange(api, value)
    assert again.status_code == 400
    assert (again.json()["error"], again.json()["status"]) == ("invalid_grant", "BAD_AUTH_CODE")


def test_a_code_grows_old(sandbox: RunningSandbox, api: httpx.Client) -> None:
    value = code(sandbox)
    sandbox.control("POST", "/clock", {"advance_seconds": 61})
    assert exchange(api, value).json()["status"] == "BAD_AUTH_CODE"


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_id": "nobody"}, "BAD_CLIENT_ID", "invalid_client"),
        ({"client_secret": "wröng"}, "BAD_CLIENT_SECRET", "invalid_client"),
        ({"redirect_uri": "https://other.example"}, "BAD_REDIRECT_URI", "invalid_request"),
        ({"grant_type": "password"}, "BAD_GRANT_TYPE", "unsupported_grant_type"),
        ({"code": "x"}, "BAD_AUTH_CODE", "invalid_grant"),
    ],
)
def test_refusals_have_both_kinds_of_fields(
    sandbox: RunningSandbox, api: httpx.Client, change: dict[str, str], status: str, error: str
) -> None:
    answer = exchange(api, code(sandbox), **change)
    body = answer.json()
    assert (answer.status_code, body["status"], body["error"]) == (400, status, error)
    assert body["message"] == body["error_description"]


def test_json_is_no_form(api: httpx.Client) -> None:
    assert api.post("/oauth/2026-09/token", json={"grant_type": "refresh_token"}).status_code == 400


@pytest.mark.parametrize(("verifier", "status"), [(VERIFIER, 200), ("", 400), ("w" * 43, 400)])
def test_pkce(sandbox: RunningSandbox, api: httpx.Client, verifier: str, status: int) -> None:
    answer = exchange(api, code(sandbox, CHALLENGE), code_verifier=verifier)
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["status"] == "BAD_CODE_VERIFIER"


def test_refresh_keeps_the_refresh_token(sandbox: RunningSandbox, api: httpx.Client) -> None:
    first = exchange(api, code(sandbox)).json()
    second = refresh(api, first["refresh_token"]).json()
    assert second["refresh_token"] == first["refresh_token"]
    assert second["access_token"] != first["access_token"]


def test_a_revoked_refresh_token_leaves_access_tokens_alive(sandbox: RunningSandbox, api: httpx.Client) -> None:
    tokens = exchange(api, code(sandbox)).json()
    form = {"token": tokens["refresh_token"], **CLIENT}
    assert api.post("/oauth/2026-09/token/revoke", data=form).status_code == 200
    dead = refresh(api, tokens["refresh_token"])
    assert dead.status_code == 400
    assert dead.json()["status"] == "BAD_REFRESH_TOKEN"
    assert dead.json()["error"] == "invalid_grant"
    assert introspect(api, tokens["refresh_token"]) == {"active": False}
    headers = sandbox.bearer(tokens["access_token"])
    assert api.get("/crm/objects/2026-09/contacts", headers=headers).status_code == 200


def test_introspection(sandbox: RunningSandbox, api: httpx.Client) -> None:
    tokens = exchange(api, code(sandbox)).json()
    access, kept = introspect(api, tokens["access_token"]), introspect(api, tokens["refresh_token"])
    assert (access["active"], access["token_use"], access["user"]) == (True, "access_token", ADA)
    assert access["hub_domain"] == "acorn.example"
    assert access["signed_access_token"]["hubId"] == ACORN
    assert (kept["token_use"], kept["scopes"]) == ("refresh_token", list(REQUIRED_SCOPES))
    assert "expires_in" not in kept
    assert introspect(api, "nonsense") == {"active": False}


def test_version_one_information(sandbox: RunningSandbox, api: httpx.Client) -> None:
    tokens = exchange(api, code(sandbox)).json()
    assert api.get(f"/oauth/v1/access-tokens/{tokens['access_token']}").json()["token_type"] == "access"
    path = f"/oauth/v1/refresh-tokens/{tokens['refresh_token']}"
    assert api.get(path).json()["user"] == ADA
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


def test_an_expired_token_says_how_long_ago(sandbox: RunningSandbox, api: httpx.Client) -> None:
    tokens = exchange(api, code(sandbox)).json()
    sandbox.control("POST", "/clock", {"advance_seconds": 1800 + 5 * 3600 + 10})
    answer = api.get("/crm/objects/2026-09/contacts", headers=sandbox.bearer(tokens["access_token"]))
    assert (answer.status_code, answer.json()["category"]) == (401, "EXPIRED_AUTHENTICATION")
    assert answer.json()["message"] == "The OAuth token used to make this call expired 5 hour(s) ago."


def test_uninstall(sandbox: RunningSandbox, api: httpx.Client) -> None:
    tokens = exchange(api, code(sandbox)).json()
    headers = sandbox.bearer(tokens["access_token"])
    assert api.delete("/appinstalls/2026-09/external-install", headers=headers).status_code == 204
    assert refresh(api, tokens["refresh_token"]).json()["status"] == "BAD_REFRESH_TOKEN"
    assert sandbox.portal.grants.installation(ACORN, CLIENT_ID) is None


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic x"}])
def test_without_a_token(sandbox: RunningSandbox, header: dict[str, str]) -> None:
    answer = httpx.get(f"{sandbox.base_url}/crm/owners/2026-09", headers=header)
    assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")
    assert answer.json()["message"].startswith("Authentication credentials not found.")

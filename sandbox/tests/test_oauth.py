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
        ({"client_id": "nobody"}, "BAD_CLIENT_ID", "invalid_request"),
        ({"client_id": "nobody", "grant_type": "password"}, "BAD_CLIENT_ID", "invalid_request"),
        ({"client_secret": "wrong", "grant_type": "password"}, "BAD_GRANT_TYPE", "unsupported_grant_type"),
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


@pytest.mark.parametrize("path", ["token", "token/introspect", "token/revoke"])
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "", "x-application/x-www-form-urlencoded-not"])
def test_only_forms_are_read(api: httpx.Client, path: str, kind: str) -> None:
    body = "grant_type=refresh_token&client_id=x"
    answer = api.post(f"/oauth/2026-09/{path}", content=body, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["status"]) == (415, "error")


def test_a_form_may_name_its_characters(api: httpx.Client) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}
    answer = api.post("/oauth/2026-09/token", content="client_id=x", headers=kind)
    assert answer.json()["message"] == "missing or unknown client id"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"&&&==;%%%",
        b"\xff\xfe\x00",
        b"client_id=%00%ff%ed%a0%80&grant_type=%f0%9f%92",
        b"a=1&" * 5000,
        b"client_id=" + b"x" * 2_000_000,
        b"client_id=offhook-demo-client&client_secret=%c3%28",
    ],
)
@pytest.mark.parametrize("path", ["token", "token/introspect", "token/revoke"])
def test_garbage_is_refused_as_garbage(api: httpx.Client, path: str, body: bytes) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = api.post(f"/oauth/v3/{path}", content=body, headers=kind)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json")
    assert answer.json()["status"].startswith("BAD_")


def test_a_body_beyond_all_measure_is_too_large(api: httpx.Client) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = api.post("/oauth/v3/token", content=b"a" * 11_000_000, headers=kind)
    assert (answer.status_code, answer.json()["status"]) == (413, "error")


@pytest.mark.parametrize("token", ["%00", "%ff%fe", "a%2Fb", "x" * 5000])
def test_strange_tokens_in_paths_are_unknown(api: httpx.Client, token: str) -> None:
    for kind in ("access-tokens", "refresh-tokens"):
        assert api.get(f"/oauth/v1/{kind}/{token}").status_code == 404


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


def test_every_form_of_asking_about_a_token(sandbox: RunningSandbox, api: httpx.Client) -> None:
    tokens = exchange(api, code(sandbox)).json()
    for kind in ("access_token", "refresh_token"):
        for form in ({kind: tokens[kind]}, {"token": tokens[kind], "token_type_hint": "access_token"}):
            told = api.post("/oauth/2026-03/token/introspect", data={**form, **CLIENT}).json()
            assert (told["token_use"], told["client_id"], told["token_type"]) == (kind, CLIENT_ID, "Bearer")


def test_another_apps_token_is_not_active(sandbox: RunningSandbox, api: httpx.Client) -> None:
    token = exchange(api, code(sandbox)).json()["access_token"]
    sandbox.portal.apps.register(name="Other", redirect_urls=(), client_id="other", client_secret="s")
    form = {"token": token, "client_id": "other", "client_secret": "s"}
    assert api.post("/oauth/2026-09/token/introspect", data=form).json() == {"active": False}
    assert api.post("/oauth/2026-09/token/revoke", data=form).status_code == 200
    assert introspect(api, token)["active"] is True, "nor can it be revoked by another app"


def test_an_access_token_can_be_revoked_alone(sandbox: RunningSandbox, api: httpx.Client) -> None:
    tokens = exchange(api, code(sandbox)).json()
    api.post("/oauth/2026-09/token/revoke", data={"token": tokens["access_token"], **CLIENT})
    assert introspect(api, tokens["access_token"]) == {"active": False}
    assert refresh(api, tokens["refresh_token"]).status_code == 200
    unknown = api.post("/oauth/2026-09/token/revoke", data={"token": "nonsense", **CLIENT})
    assert unknown.status_code == 200


def test_version_one_does_not_revoke_access_tokens(sandbox: RunningSandbox, api: httpx.Client) -> None:
    token = exchange(api, code(sandbox)).json()["access_token"]
    assert api.delete(f"/oauth/v1/refresh-tokens/{token}").status_code == 404
    assert introspect(api, token)["active"] is True


def test_a_deleted_account_is_a_bad_hub(sandbox: RunningSandbox, api: httpx.Client) -> None:
    tokens, unused = exchange(api, code(sandbox)).json(), code(sandbox)
    sandbox.control("DELETE", f"/accounts/{ACORN}")
    for answer in (refresh(api, tokens["refresh_token"]), exchange(api, unused)):
        body = answer.json()
        assert (answer.status_code, body["status"], body["error"]) == (400, "BAD_HUB", "access_denied")
        assert body["message"] == "missing or unknown hub id"
    assert introspect(api, tokens["access_token"]) == {"active": False}
    answer = api.get("/crm/objects/2026-09/contacts", headers=sandbox.bearer(tokens["access_token"]))
    assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")


def test_a_grant_outlives_the_person_who_gave_it(sandbox: RunningSandbox, api: httpx.Client) -> None:
    """An account-level app's tokens are the account's (facts 1.6)."""
    tokens = exchange(api, code(sandbox)).json()
    for gone in (sandbox.portal.people.set_active(ACORN, ADA, on=False), sandbox.portal.people.remove_member(ACORN, ADA)):
        assert gone is None or not gone.active
        fresh = refresh(api, tokens["refresh_token"])
        assert fresh.status_code == 200
        headers = sandbox.bearer(fresh.json()["access_token"])
        assert api.get("/crm/objects/2026-09/contacts", headers=headers).status_code == 200
    assert fresh.json()["user_id"] == 0
    assert introspect(api, fresh.json()["access_token"])["user"] == ADA


def test_a_user_level_grant_does_not(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.portal.apps.register(name="Mine", redirect_urls=(), client_id="mine", is_user_level=True)
    token = sandbox.mint(ACORN, ADA, "mine", " ".join(REQUIRED_SCOPES))["access_token"]
    sandbox.portal.people.set_active(ACORN, ADA, on=False)
    answer = api.get("/crm/objects/2026-09/contacts", headers=sandbox.bearer(token))
    assert (answer.status_code, answer.json()["category"]) == (403, "USER_DOES_NOT_HAVE_PERMISSIONS")


def test_a_service_key_fails_when_its_maker_is_gone(sandbox: RunningSandbox, api: httpx.Client) -> None:
    made = sandbox.control("POST", "/service-keys", {"account_id": ACORN, "email": ADA, "scopes": "oauth"})
    headers = sandbox.bearer(made["key"])
    assert api.get("/account-info/2026-03/details", headers=headers).status_code == 200
    sandbox.portal.people.set_active(ACORN, ADA, on=False)
    answer = api.get("/account-info/2026-03/details", headers=headers)
    assert (answer.status_code, answer.json()["category"]) == (403, "USER_DOES_NOT_HAVE_PERMISSIONS")


JOURNAL = "developer.webhooks_journal.read"


def own_token(api: httpx.Client, scope: str, version: str = "2026-09") -> httpx.Response:
    form = {"grant_type": "client_credentials", "scope": scope, **CLIENT}
    return api.post(f"/oauth/{version}/token", data=form)


@pytest.mark.parametrize("version", ["v1", "v3", "2026-03", "2026-09"])
def test_an_app_gets_a_token_of_its_own(api: httpx.Client, version: str) -> None:
    answer = own_token(api, f"{JOURNAL} crm.objects.contacts.read", version).json()
    assert answer["scopes"] == [JOURNAL, "crm.objects.contacts.read"]
    assert answer["token_use"] == "access_token"
    assert not {"refresh_token", "hub_id", "user_id"} & set(answer)
    told = introspect(api, answer["access_token"])
    assert (told["active"], told["client_id"]) == (True, CLIENT_ID)


def test_a_token_of_its_own_opens_no_account(sandbox: RunningSandbox, api: httpx.Client) -> None:
    token = own_token(api, f"{JOURNAL} crm.objects.contacts.read").json()["access_token"]
    answer = api.get("/crm/objects/2026-09/contacts", headers=sandbox.bearer(token))
    assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")


@pytest.mark.parametrize("scope", ["", "nonsense", f"{JOURNAL} automation", "content"])
def test_scopes_that_the_app_cannot_have(api: httpx.Client, scope: str) -> None:
    answer = own_token(api, scope)
    assert (answer.status_code, answer.json()["status"]) == (400, "BAD_SCOPES")


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
    told = sandbox.control("GET", "/notices")
    assert [(each["to"], each["subject"]) for each in told] == [([ADA], "Offhook was uninstalled from your account")]


def test_a_service_key_uninstalls_nothing(api: httpx.Client) -> None:
    assert api.delete("/appinstalls/2026-09/external-install").status_code == 404
    assert api.get("/crm/owners/2026-09").status_code == 200, "and lives on"


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic x"}])
def test_without_a_token(sandbox: RunningSandbox, header: dict[str, str]) -> None:
    answer = httpx.get(f"{sandbox.base_url}/crm/owners/2026-09", headers=header)
    assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")
    assert answer.json()["message"].startswith("Authentication credentials not found.")

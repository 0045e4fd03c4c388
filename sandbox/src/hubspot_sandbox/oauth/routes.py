"""Token endpoints: v1, v3 and date-versioned forms over one model (facts 1.3, 1.4)."""

import secrets

from litestar import delete, get, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, Caller, ThePortal
from hubspot_sandbox.apps import App
from hubspot_sandbox.grants import Token, TokenPair
from hubspot_sandbox.oauth import wire
from hubspot_sandbox.oauth.wire import Form, read_form
from hubspot_sandbox.people import Account
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, OAuthRefusal, not_found


@post("/oauth/{version:str}/token", status_code=200)
async def exchange_or_refresh(request: Call, portal: ThePortal) -> Body:
    """`authorization_code` and `refresh_token` grants; 400 with RFC and older fields otherwise."""
    form = read_form(await request.body(), request.headers.get("content-type", ""))
    grant = form.get("grant_type", "")
    if grant not in ("authorization_code", "refresh_token"):
        raise OAuthRefusal("BAD_GRANT_TYPE", f"grant type {grant or '(none)'} is not supported")
    app = _client(portal, form)
    pair = _pair(portal, app, form)
    return wire.token_json(pair, _user_id(portal, pair.access))


def _pair(portal: Portal, app: App, form: Form) -> TokenPair:
    if form["grant_type"] == "refresh_token":
        return portal.grants.refresh(app, form.get("refresh_token", ""))
    code, redirect = form.get("code", ""), form.get("redirect_uri", "")
    return portal.grants.exchange(app, code, redirect, form.get("code_verifier", ""))


def _client(portal: Portal, form: Form) -> App:
    """The message texts are [unv]."""
    app = portal.apps.get(form.get("client_id", ""))
    if app is None:
        raise OAuthRefusal("BAD_CLIENT_ID", "missing or invalid client id")
    if not secrets.compare_digest(app.client_secret.encode(), form.get("client_secret", "").encode()):
        raise OAuthRefusal("BAD_CLIENT_SECRET", "missing or invalid client secret")
    return app


def _user_id(portal: Portal, token: Token) -> int:
    member = portal.people.membership(token.account_id, token.email)
    return member.user_id if member else 0


@post("/oauth/{version:str}/token/introspect", status_code=200)
async def introspect(request: Call, portal: ThePortal) -> Body:
    """Both kinds of tokens; the guide's older field names are accepted beside `token`."""
    form = read_form(await request.body(), request.headers.get("content-type", ""))
    app = _client(portal, form)
    value = form.get("token") or form.get("access_token") or form.get("refresh_token") or ""
    found = _live(portal, value)
    if found is None or found[0].client_id != app.client_id:
        return {"active": False}
    token, account = found
    now, install_id = portal.clock.now(), _install_id(portal, token)
    return wire.introspection_json(token, account, app, _user_id(portal, token), now, install_id)


def _live(portal: Portal, value: str) -> tuple[Token, Account] | None:
    token = portal.grants.token(value)
    account = portal.people.account(token.account_id) if token else None
    if token is None or account is None or not portal.grants.is_live(token):
        return None
    return token, account


def _install_id(portal: Portal, token: Token) -> int:
    installed = portal.grants.installation(token.account_id, token.client_id)
    return installed.install_id if installed else 0


@post("/oauth/{version:str}/token/revoke", status_code=200)
async def revoke(request: Call, portal: ThePortal) -> Body:
    """Kills a refresh token. An unknown one is answered alike, as RFC 7009 says [inf]."""
    form = read_form(await request.body(), request.headers.get("content-type", ""))
    app = _client(portal, form)
    value = form.get("token") or form.get("refresh_token") or ""
    token = portal.grants.token(value)
    if token and token.client_id == app.client_id:
        portal.grants.revoke(value)
    return {}


@get("/oauth/{version:str}/access-tokens/{token:str}")
async def access_token_information(portal: ThePortal, token: FromPath[str]) -> Body:
    """v1, ends 2027-02-16. The 404 for unknown tokens is [unv]."""
    found, account, app = _information(portal, token, "access_token")
    now, install_id = portal.clock.now(), _install_id(portal, found)
    return wire.access_token_json(found, account, app, _user_id(portal, found), now, install_id)


@get("/oauth/{version:str}/refresh-tokens/{token:str}")
async def refresh_token_information(portal: ThePortal, token: FromPath[str]) -> Body:
    """v1, ends 2027-02-16."""
    found, account, app = _information(portal, token, "refresh_token")
    return wire.refresh_token_json(found, account, app, _user_id(portal, found))


def _information(portal: Portal, value: str, use: str) -> tuple[Token, Account, App]:
    found = _live(portal, value)
    app = portal.apps.get(found[0].client_id) if found else None
    if found is None or app is None or found[0].use != use:
        raise not_found(f"{use.replace('_', ' ')} is unknown, expired or revoked")
    return found[0], found[1], app


@delete("/oauth/{version:str}/refresh-tokens/{token:str}", status_code=204)
async def revoke_by_path(portal: ThePortal, token: FromPath[str]) -> None:
    """v1's revocation; 404 when there is no such refresh token [unv]."""
    if not portal.grants.revoke(token):
        raise not_found("refresh token is unknown or revoked")


@delete("/appinstalls/{version:str}/external-install", status_code=204)
async def uninstall(portal: ThePortal, access: Caller) -> None:
    """Removes the calling app from the account."""
    portal.grants.uninstall(access.account_id, access.token.client_id)


HANDLERS = [
    exchange_or_refresh,
    introspect,
    revoke,
    access_token_information,
    refresh_token_information,
    revoke_by_path,
    uninstall,
]

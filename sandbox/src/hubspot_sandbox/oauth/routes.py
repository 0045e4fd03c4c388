"""Token endpoints: v1, v3 and date-versioned forms over one model (facts 1.3, 1.4)."""

import secrets

from litestar import delete, get, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, Caller, ThePortal
from hubspot_sandbox.apps import App
from hubspot_sandbox.grants import Token
from hubspot_sandbox.oauth import wire
from hubspot_sandbox.oauth.wire import Form, read_form
from hubspot_sandbox.people import Account
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, OAuthRefusal, not_found
from hubspot_sandbox.surface import says

GRANTS = ("authorization_code", "refresh_token", "client_credentials")
CREDENTIALS = ("client_id", "client_secret")
TOKEN_FIELDS = ("grant_type", *CREDENTIALS, "code", "redirect_uri", "code_verifier", "refresh_token", "scope")
ASKED_TOKEN = (*CREDENTIALS, "token", "token_type_hint")


@post(
    "/oauth/{version:str}/token",
    status_code=200,
    opt=says(
        "faithful",
        "S2, S10b",
        form=TOKEN_FIELDS,
        open_to_all=True,
        differs="texts and order of refusals are partly guessed",
    ),
)
async def exchange_or_refresh(request: Call, portal: ThePortal) -> Body:
    """Three grants, in every version: the older guide to the webhooks journal has its client credentials from v1 [doc].

    400 with RFC and older fields otherwise; the client id is checked first, then the grant [comm].
    """
    form = read_form(await request.body(), request.headers.get("content-type", ""))
    app, grant = _app(portal, form), form.get("grant_type", "")
    if grant not in GRANTS:
        raise OAuthRefusal("BAD_GRANT_TYPE", f"grant type {grant or '(none)'} is not supported")
    _check_secret(app, form)
    if grant == "client_credentials":
        return wire.developer_token_json(portal.grants.developer_token(app, form.get("scope", "").split()))
    if grant == "refresh_token":
        pair = portal.grants.refresh(app, form.get("refresh_token", ""))
    else:
        code, redirect = form.get("code", ""), form.get("redirect_uri", "")
        pair = portal.grants.exchange(app, code, redirect, form.get("code_verifier", ""))
    return wire.token_json(pair, _user_id(portal, pair.access))


def _client(portal: Portal, form: Form) -> App:
    app = _app(portal, form)
    _check_secret(app, form)
    return app


def _app(portal: Portal, form: Form) -> App:
    """:raises OAuthRefusal: BAD_CLIENT_ID; the text was seen [comm]"""
    app = portal.apps.get(form.get("client_id", ""))
    if app is None:
        raise OAuthRefusal("BAD_CLIENT_ID", "missing or unknown client id")
    return app


def _check_secret(app: App, form: Form) -> None:
    """:raises OAuthRefusal: BAD_CLIENT_SECRET; the text is [unv]"""
    if not secrets.compare_digest(app.client_secret.encode(), form.get("client_secret", "").encode()):
        raise OAuthRefusal("BAD_CLIENT_SECRET", "missing or invalid client secret")


def _user_id(portal: Portal, token: Token) -> int:
    """0 when she is no user of the account any more."""
    member = portal.people.membership(token.account_id, token.email)
    return member.user_id if member else 0


@post(
    "/oauth/{version:str}/token/introspect",
    status_code=200,
    opt=says(
        "faithful",
        "S2, S30",
        form=ASKED_TOKEN,
        open_to_all=True,
        differs="signed_access_token has the shape, and signs nothing",
    ),
)
async def introspect(request: Call, portal: ThePortal) -> Body:
    """All kinds of tokens, whatever the hint says; the guide's older field names are accepted beside `token`."""
    form = read_form(await request.body(), request.headers.get("content-type", ""))
    app = _client(portal, form)
    token = portal.grants.token(_asked(form))
    if token is None or token.client_id != app.client_id or not portal.grants.is_live(token):
        return {"active": False}
    if token.is_developers:
        return wire.developer_introspection_json(token, app, portal.clock.now())
    account = portal.people.account(token.account_id)
    if account is None:
        return {"active": False}
    now, install_id = portal.clock.now(), _install_id(portal, token)
    return wire.introspection_json(token, account, app, _user_id(portal, token), now, install_id)


def _asked(form: Form) -> str:
    return form.get("token") or form.get("access_token") or form.get("refresh_token") or ""


def _install_id(portal: Portal, token: Token) -> int:
    installed = portal.grants.installation(token.account_id, token.client_id)
    return installed.install_id if installed else 0


@post(
    "/oauth/{version:str}/token/revoke",
    status_code=200,
    opt=says(
        "faithful",
        "S2, S24",
        form=ASKED_TOKEN,
        open_to_all=True,
        differs="the empty body, and what revoking an access token does, are guessed",
    ),
)
async def revoke(request: Call, portal: ThePortal) -> Body:
    """Kills a refresh token, or one access token [unv]. An unknown one is answered alike, as RFC 7009 says [inf]."""
    form = read_form(await request.body(), request.headers.get("content-type", ""))
    app, value = _client(portal, form), _asked(form)
    token = portal.grants.token(value)
    if token and token.client_id == app.client_id:
        portal.grants.revoke(value)
    return {}


@get(
    "/oauth/{version:str}/access-tokens/{token:str}",
    opt=says("faithful", "S10", open_to_all=True, differs="the 404 for unknown tokens is a guess"),
)
async def access_token_information(portal: ThePortal, token: FromPath[str]) -> Body:
    """v1, ends 2027-02-16. The 404 for unknown tokens is [unv]."""
    found, account, app = _information(portal, token, "access_token")
    now, install_id = portal.clock.now(), _install_id(portal, found)
    return wire.access_token_json(found, account, app, _user_id(portal, found), now, install_id)


@get(
    "/oauth/{version:str}/refresh-tokens/{token:str}",
    opt=says("faithful", "S10", open_to_all=True, differs="the 404 for unknown tokens is a guess"),
)
async def refresh_token_information(portal: ThePortal, token: FromPath[str]) -> Body:
    """v1, ends 2027-02-16."""
    found, account, app = _information(portal, token, "refresh_token")
    return wire.refresh_token_json(found, account, app, _user_id(portal, found))


def _information(portal: Portal, value: str, use: str) -> tuple[Token, Account, App]:
    token = portal.grants.token(value)
    account = portal.people.account(token.account_id) if token else None
    app = portal.apps.get(token.client_id) if token else None
    if token is None or account is None or app is None or token.use != use or not portal.grants.is_live(token):
        raise not_found(f"{use.replace('_', ' ')} is unknown, expired or revoked")
    return token, account, app


@delete(
    "/oauth/{version:str}/refresh-tokens/{token:str}",
    status_code=204,
    opt=says("faithful", "S9, S10", open_to_all=True, differs="the 404 for unknown tokens is a guess"),
)
async def revoke_by_path(portal: ThePortal, token: FromPath[str]) -> None:
    """v1's revocation; 404 when there is no such refresh token [unv]."""
    found = portal.grants.token(token)
    if found is None or found.use != "refresh_token":
        raise not_found("refresh token is unknown or revoked")
    portal.grants.revoke(token)


@delete(
    "/appinstalls/{version:str}/external-install",
    status_code=204,
    opt=says("faithful", "S10, S24", differs="it is done at once; access tokens die with it"),
)
async def uninstall(portal: ThePortal, access: Caller) -> None:
    """Removes the calling app from the account; its Super Admins are told.

    :raises HubSpotProblem: 404 for a service key, which belongs to no app [unv]
    """
    if not access.app_id:
        raise not_found("no app belongs to this token")
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

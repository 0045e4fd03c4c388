"""`/_sandbox/tokens`, `/service-keys`, `…/uninstall`: credentials without any consent, and their sudden ends."""

import secrets
from collections.abc import Iterable

import msgspec
from litestar import get, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.clock import iso
from hubspot_sandbox.control.accounts import check_account
from hubspot_sandbox.control.apps import scope_names
from hubspot_sandbox.control.identity import IdentityFilter, identity_of, token_id
from hubspot_sandbox.grants import Token
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, invalid, not_found
from hubspot_sandbox.rights import SCOPES


class TokenWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    account_id: int
    email: str
    client_id: str
    scopes: tuple[str, ...] | str


class KeyWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service key to make. `email` is who made it, nobody by default; `key` is made up when it is left out."""

    account_id: int
    scopes: tuple[str, ...] | str
    email: str = ""
    key: str = ""


class Ended(IdentityFilter, frozen=True, forbid_unknown_fields=True):
    """Whose tokens are to end: all that fit in everything that is given. `token` is the token itself."""

    token: str = ""

    @property
    def names_one(self) -> bool:
        return bool(self.token or self.token_id)


@post("/tokens", status_code=201)
async def mint_tokens(request: Call, portal: ThePortal) -> Body:
    """A token pair without any consent; the app counts as installed with these scopes."""
    wish = read_body(await request.body(), TokenWish)
    app, member = portal.apps.get(wish.client_id), portal.people.membership(wish.account_id, wish.email)
    if app is None or member is None:
        raise not_found("no such app, or no such person in this account")
    pair = portal.grants.mint(wish.account_id, app.client_id, member.email, scope_names(wish.scopes))
    return {
        "access_token": pair.access.token,
        "refresh_token": pair.refresh.token,
        "scopes": list(pair.access.scopes),
        "hub_id": wish.account_id,
        "user_id": member.user_id,
    }


@post("/service-keys", status_code=201)
async def make_service_key(request: Call, portal: ThePortal) -> Body:
    """A static bearer for one account, as an administrator makes one in the settings."""
    wish = read_body(await request.body(), KeyWish)
    check_account(portal, wish.account_id)
    if wish.email and portal.people.membership(wish.account_id, wish.email) is None:
        raise not_found(f"{wish.email} is not a user of account {wish.account_id}")
    scopes = scope_names(wish.scopes)
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown:
        raise invalid(f"unknown scopes: {', '.join(unknown)}")
    key = wish.key or f"pat-na1-{secrets.token_hex(16)}"
    token = portal.grants.add_service_key(key, wish.account_id, scopes, wish.email)
    return {"key": token.token, "account_id": token.account_id, "scopes": list(token.scopes)}


@get("/accounts/{account_id:int}/tokens")
async def list_tokens(portal: ThePortal, account_id: FromPath[int]) -> list[Body]:
    """The tokens and keys of an account by their `token_id`, as the journal has it; never in clear."""
    check_account(portal, account_id)
    return [token_json(portal, each) for each in portal.grants.tokens() if each.account_id == account_id]


def token_json(portal: Portal, token: Token) -> Body:
    return {
        "token_id": token_id(token.token),
        "use": token.use,
        "client_id": token.client_id,
        "email": token.email,
        "scopes": list(token.scopes),
        "expires_at": iso(token.expires_at) if token.expires_at else None,
        "live": portal.grants.is_live(token),
    }


@post("/tokens/expire", status_code=200)
async def expire_tokens(request: Call, portal: ThePortal) -> Body:
    """Access tokens end now, by `token`, `token_id`, or `account_id`, `client_id`, `email`; refreshing still works."""
    wish = read_body(await request.body(), Ended)
    ended = [each for each in _meant(portal, wish) if each.use == "access_token" and portal.grants.is_live(each)]
    with portal.store.transaction():
        for token in _some(ended, "live access token"):
            portal.grants.expire(token)
    return {"expired": len(ended)}


@post("/tokens/revoke", status_code=200)
async def revoke_tokens(request: Call, portal: ThePortal) -> Body:
    """Refresh tokens are revoked, by the same fields, or any token by `token`, `token_id`: BAD_REFRESH_TOKEN, 401."""
    wish = read_body(await request.body(), Ended)
    ended = [each for each in _meant(portal, wish) if each.use == "refresh_token" or wish.names_one]
    with portal.store.transaction():
        for token in _some(ended, "refresh token"):
            portal.grants.revoke(token.token)
    return {"revoked": len(ended)}


def _meant(portal: Portal, wish: Ended) -> list[Token]:
    """Service keys only when one is named.

    :raises HubSpotProblem: 400 when nothing is asked for
    """
    if wish == Ended():
        raise invalid(f"say whose tokens: {', '.join(Ended.__struct_fields__)}")
    return [
        each
        for each in portal.grants.tokens()
        if wish.fits(identity_of(portal.apps, each))
        and (wish.token in ("", each.token))
        and (each.client_id or wish.names_one)
    ]


def _some(tokens: list[Token], what: str) -> Iterable[Token]:
    """:raises HubSpotProblem: 404 for none"""
    if not tokens:
        raise not_found(f"there is no {what} that fits")
    return tokens


@post("/accounts/{account_id:int}/apps/{client_id:str}/uninstall", status_code=204)
async def uninstall_app(portal: ThePortal, account_id: FromPath[int], client_id: FromPath[str]) -> None:
    """Uninstall an app, as somebody would in Connected Apps: its tokens end; 404 when it is not installed."""
    check_account(portal, account_id)
    if not portal.grants.uninstall(account_id, client_id):
        raise not_found(f"{client_id} is not installed in account {account_id}")


HANDLERS = [mint_tokens, make_service_key, list_tokens, expire_tokens, revoke_tokens, uninstall_app]

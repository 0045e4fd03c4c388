"""Accounts and their keys in the control plane: settings (all off at first), deletion, service keys, notices."""

import secrets

import msgspec
from litestar import delete, get, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.clock import iso
from hubspot_sandbox.control.apps import scope_names
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, invalid, not_found
from hubspot_sandbox.rights import SCOPES


class SettingsWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`api_add_on`: the API Limit Increase. What is left out stays as it is."""

    api_add_on: bool | None = None


class KeyWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service key to make. `email` is who made it, nobody by default; `key` is made up when it is left out."""

    account_id: int
    scopes: tuple[str, ...] | str
    email: str = ""
    key: str = ""


def settings_json(portal: Portal, account_id: int) -> Body:
    return {"account_id": account_id, "api_add_on": portal.limits.has_add_on(account_id)}


@get("/accounts/{account_id:int}/settings")
async def read_settings(portal: ThePortal, account_id: FromPath[int]) -> Body:
    """What an account bought."""
    check_account(portal, account_id)
    return settings_json(portal, account_id)


@post("/accounts/{account_id:int}/settings", status_code=200)
async def change_settings(request: Call, portal: ThePortal, account_id: FromPath[int]) -> Body:
    """Buy, or give back, for an account: `{"api_add_on": true}`; answers with all its settings."""
    check_account(portal, account_id)
    wish = read_body(await request.body(), SettingsWish)
    if wish.api_add_on is not None:
        portal.limits.set_add_on(account_id, wish.api_add_on)
    return settings_json(portal, account_id)


@delete("/accounts/{account_id:int}", status_code=204)
async def delete_account(portal: ThePortal, account_id: FromPath[int]) -> None:
    """As if its owner had closed it: tokens answer 401, refreshing BAD_HUB. Only a reset brings it back."""
    check_account(portal, account_id)
    portal.people.remove_account(account_id)


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


@get("/notices")
async def read_notices(portal: ThePortal) -> list[Body]:
    """What HubSpot would have sent to administrators, oldest first in each account."""
    return [
        {"account_id": each.account_id, "to": list(each.to), "subject": each.subject, "at": iso(each.at)}
        for each in portal.notices.all()
    ]


def check_account(portal: Portal, account_id: int) -> None:
    """:raises HubSpotProblem: 404"""
    if portal.people.account(account_id) is None:
        raise not_found(f"there is no account {account_id}")


HANDLERS = [read_settings, change_settings, delete_account, make_service_key, read_notices]

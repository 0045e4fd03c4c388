"""`/_sandbox/accounts`: accounts are made, closed, and given what they can buy; what their administrators are told."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from litestar import delete, get, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.people import Account, AccountType, Tier
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, conflict, invalid, not_found

MOST = 1000
FIRST_ID = 48203001
Name = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=200)]


class AccountWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account to make. `id` and `domain` are made up when they are left out."""

    name: Name
    tier: Tier = "professional"
    id: Annotated[int, msgspec.Meta(ge=1, le=9_999_999_999)] | None = None
    domain: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9.-]*\Z", max_length=250)] = ""
    time_zone: str = "Europe/Dublin"
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")] = "EUR"
    account_type: AccountType = "STANDARD"


class SettingsWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`api_add_on`: the API Limit Increase. What is left out stays as it is."""

    api_add_on: bool | None = None


def settings_json(portal: Portal, account_id: int) -> Body:
    return {"account_id": account_id, "api_add_on": portal.limits.has_add_on(account_id)}


@get("/accounts")
async def list_accounts(portal: ThePortal) -> list[Account]:
    """The accounts; `GET /_sandbox/state` tells who and what is in them."""
    return portal.people.accounts()


@post("/accounts", status_code=201)
async def make_account(request: Call, portal: ThePortal) -> Account:
    """Make an account: `{"name": "…", "tier": "starter"}`; nobody is in it yet."""
    wish = read_body(await request.body(), AccountWish)
    _check_time_zone(wish.time_zone)
    if len(portal.people.accounts()) >= MOST:
        raise invalid(f"there are {MOST} accounts already")
    domain = wish.domain or re.sub(r"[^a-z0-9]+", "-", wish.name.lower()).strip("-") or "account"
    made = Account(
        id=_free_id(portal, wish.id),
        name=wish.name.strip(),
        domain=domain if "." in domain else f"{domain[:60]}.example",
        tier=wish.tier,
        time_zone=wish.time_zone,
        currency=wish.currency,
        account_type=wish.account_type,
    )
    return portal.people.add_account(made)


def _free_id(portal: Portal, wanted: int | None) -> int:
    """:raises HubSpotProblem: 409 when the wanted one is taken"""
    if wanted and _is_taken(portal, wanted):
        raise conflict(f"account {wanted} is there already, or was closed")
    number = wanted or portal.store.next_number("account", FIRST_ID)
    return _free_id(portal, None) if not wanted and _is_taken(portal, number) else number


def _is_taken(portal: Portal, account_id: int) -> bool:
    """Also by an account that was closed: its people are still known."""
    return portal.people.account(account_id) is not None or bool(portal.people.members(account_id))


def _check_time_zone(name: str) -> None:
    """:raises HubSpotProblem: 400"""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as wrong:  # ZoneInfoNotFoundError is a KeyError
        raise invalid(f"time_zone {name[:80]!r} is not the name of a time zone, as Europe/Dublin is") from wrong


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


HANDLERS = [list_accounts, make_account, read_settings, change_settings, delete_account, read_notices]

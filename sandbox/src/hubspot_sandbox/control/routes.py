"""`/_sandbox/…`: what is not HubSpot. Answers to loopback callers only."""

import ipaddress
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Router, delete, get, post
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.exceptions import PermissionDeniedException
from litestar.handlers.base import BaseRouteHandler
from litestar.params import FromPath

from hubspot_sandbox import __version__
from hubspot_sandbox.access import Call, ThePortal, provide_portal
from hubspot_sandbox.clock import iso
from hubspot_sandbox.control.accounts import HANDLERS as ACCOUNTS
from hubspot_sandbox.control.approvals import HANDLERS as APPROVALS
from hubspot_sandbox.control.apps import HANDLERS as APPS
from hubspot_sandbox.control.apps import app_json
from hubspot_sandbox.control.faults import Fault
from hubspot_sandbox.control.journal import Entry
from hubspot_sandbox.control.openapi import HANDLERS as OPENAPI
from hubspot_sandbox.control.webhooks import HANDLERS as WEBHOOKS
from hubspot_sandbox.objects.catalogue import KINDS
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.people import Membership, UnknownPerson
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, invalid, not_found
from hubspot_sandbox.seeds import NAMES, SEEDS, is_seed, plant

MOST_SECONDS = 10 * 366 * 86400
"""The clock moves by at most ten years at a time."""


class SeedWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seed: str = "demo"


class ClockWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`freeze`: true, or a time to stand at; false runs again. `advance_seconds` moves on."""

    advance_seconds: Annotated[float, msgspec.Meta(ge=-MOST_SECONDS, le=MOST_SECONDS)] = 0.0
    freeze: bool | datetime | None = None


class RightsWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rights` replaces all rights; `change` alters some. They count from the next login."""

    account_id: int
    rights: dict[str, str] | None = None
    change: dict[str, str] = {}
    super_admin: bool | None = None
    active: bool | None = None


class TokenWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    account_id: int
    email: str
    client_id: str
    scopes: tuple[str, ...] | str


class DelayWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)]


class LimitsWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    enabled: bool


def loopback_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard. Callers without an address (in-process) are the program itself."""
    client = connection.client
    if client is None or client.host == "testclient":
        return
    if not ipaddress.ip_address(client.host).is_loopback:
        raise PermissionDeniedException("the control plane answers to loopback callers only")


@get("/health")
async def health() -> Body:
    return {"status": "ok", "version": __version__}


@get("/state")
async def state(portal: ThePortal) -> Body:
    """A summary: time, accounts with counts, people, apps."""
    return {
        "now": iso(portal.clock.now()),
        "seeds": sorted(SEEDS),
        "index_delay_seconds": portal.records.index_delay,
        "limits_enabled": portal.limits.enabled,
        "faults": len(portal.faults.pending()),
        "journal": len(portal.journal.read()),
        "accounts": [_account(portal, account.id, account.name) for account in portal.people.accounts()],
        "apps": [app_json(app) for app in portal.apps.all()],
    }


def _account(portal: Portal, account_id: int, name: str) -> Body:
    return {
        "id": account_id,
        "name": name,
        "records": {kind.name: portal.records.count(account_id, kind.name) for kind in KINDS},
        "people": [member_json(member) for member in portal.people.members(account_id)],
        "installed": [
            {"client_id": each.client_id, "approved": list(each.approved)}
            for each in portal.grants.installations(account_id)
        ],
    }


def member_json(member: Membership) -> Body:
    """All saved rights of a person in an account, which HubSpot's API never tells."""
    return {
        "account_id": member.account_id,
        "email": member.email,
        "user_id": member.user_id,
        "owner_id": member.owner_id,
        "super_admin": member.super_admin,
        "active": member.active,
        "rights": member.rights,
    }


@post("/reset", status_code=200)
async def reset(request: Call, portal: ThePortal) -> Body:
    """Forget everything and plant a seed: `{"seed": "demo"}`, also without a body."""
    wish = read_body(await request.body() or b"{}", SeedWish)
    if not is_seed(wish.seed):
        raise invalid(f"unknown seed {wish.seed!r}; there are {NAMES}")
    portal.wipe()
    plant(portal, wish.seed)
    return {"seed": wish.seed}


def _words(scopes: tuple[str, ...] | str) -> tuple[str, ...]:
    return tuple(scopes.split()) if isinstance(scopes, str) else scopes


@get("/faults")
async def list_faults(portal: ThePortal) -> list[Fault]:
    return portal.faults.pending()


@post("/faults", status_code=201)
async def add_fault(request: Call, portal: ThePortal) -> Fault:
    fault = read_body(await request.body(), Fault)
    portal.faults.add(fault)
    return fault


@delete("/faults", status_code=204)
async def clear_faults(portal: ThePortal) -> None:
    portal.faults.clear()


@get("/journal")
async def read_journal(portal: ThePortal) -> list[Entry]:
    return portal.journal.read()


@delete("/journal", status_code=204)
async def clear_journal(portal: ThePortal) -> None:
    portal.journal.clear()


@get("/clock")
async def read_clock(portal: ThePortal) -> Body:
    return {"now": iso(portal.clock.now())}


@post("/clock", status_code=200)
async def set_clock(request: Call, portal: ThePortal) -> Body:
    wish = read_body(await request.body(), ClockWish)
    if wish.freeze is False:
        portal.clock.run()
    elif wish.freeze is not None:
        portal.clock.freeze(wish.freeze if isinstance(wish.freeze, datetime) else None)
    if wish.advance_seconds:
        portal.clock.advance(wish.advance_seconds)
    return {"now": iso(portal.clock.now())}


@post("/people/{email:str}/rights", status_code=200)
async def set_rights(request: Call, portal: ThePortal, email: FromPath[str]) -> Body:
    """Save rights as an administrator would; answers with all that is saved then."""
    wish = read_body(await request.body(), RightsWish)
    try:
        return member_json(_apply(portal, email, wish))
    except UnknownPerson as unknown:
        raise not_found(str(unknown)) from unknown
    except ValueError as wrong:
        raise invalid(str(wrong)) from wrong


def _apply(portal: Portal, email: str, wish: RightsWish) -> Membership:
    people = portal.people
    known = people.membership(wish.account_id, email)
    rights = (known.rights if known else {}) if wish.rights is None else wish.rights
    member = people.set_rights(wish.account_id, email, rights | wish.change)
    if wish.super_admin is not None:
        member = people.set_super_admin(wish.account_id, email, wish.super_admin)
    if wish.active is not None:
        member = people.set_active(wish.account_id, email, wish.active)
    return member


@post("/tokens", status_code=201)
async def mint_tokens(request: Call, portal: ThePortal) -> Body:
    """A token pair without any consent; the app counts as installed with these scopes."""
    wish = read_body(await request.body(), TokenWish)
    app, member = portal.apps.get(wish.client_id), portal.people.membership(wish.account_id, wish.email)
    if app is None or member is None:
        raise not_found("no such app, or no such person in this account")
    pair = portal.grants.mint(wish.account_id, app.client_id, member.email, _words(wish.scopes))
    return {
        "access_token": pair.access.token,
        "refresh_token": pair.refresh.token,
        "scopes": list(pair.access.scopes),
        "hub_id": wish.account_id,
        "user_id": member.user_id,
    }


@post("/index-delay", status_code=200)
async def set_index_delay(request: Call, portal: ThePortal) -> Body:
    """Seconds until search sees a new record."""
    wish = read_body(await request.body(), DelayWish)
    portal.records.set_index_delay(wish.seconds)
    return {"seconds": portal.records.index_delay}


@post("/limits", status_code=200)
async def set_limits(request: Call, portal: ThePortal) -> Body:
    """Switch rate limits off and on; the headers stay."""
    portal.limits.enabled = read_body(await request.body(), LimitsWish).enabled
    return {"enabled": portal.limits.enabled}


ROUTER = Router(
    "/_sandbox",
    guards=[loopback_only],
    dependencies={"portal": Provide(provide_portal)},
    include_in_schema=False,
    route_handlers=[
        health,
        state,
        reset,
        list_faults,
        add_fault,
        clear_faults,
        read_journal,
        clear_journal,
        read_clock,
        set_clock,
        set_rights,
        mint_tokens,
        set_index_delay,
        set_limits,
        *OPENAPI,
        *WEBHOOKS,
        *APPS,
        *ACCOUNTS,
        *APPROVALS,
    ],
)

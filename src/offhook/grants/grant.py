"""A grant: what somebody allowed us in one HubSpot account, and the states it goes through. Pure.

    none ──▶ asked ──▶ active ⇄ off
                         │  ▲    │
                         ▼  │    │          a new consent makes any of them active again
                        broken ◀─┘
    active, off, broken ──▶ forgotten

    state       for the agent                             for us
    none        Connect HubSpot is offered                no row
    asked       HubSpot's pages are open in a tab         a consent attempt waits (`consent`), no grant yet
    active      connected                                 tokens are kept and used
    off         switched off, by the agent                tokens are kept and not used
    broken      must connect again; `reason` says why     HubSpot refused the refresh token; the tokens are gone
    forgotten   as none                                   revoked at HubSpot, row deleted

A `Grant` value exists in the three middle states only. A switch never repairs what is broken; only consent does.

Agents' grants and an account's own live alike, and apart: what happens to one happens to no other. `Access` also shows a
grant as broken whose tokens our keys do not open; that is not kept, and with the old key put back it is what it was.
tests/grants/test_law.py plays all of this in any order.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace


class GrantState(StrEnum):
    """Where a grant is."""

    ACTIVE = "active"
    OFF = "off"
    BROKEN = "broken"


def holder_of_account(account_id: int) -> str:
    """Who holds an account's own grant, which an administrator gave once for everybody; no agent has such an id."""
    return f"account-{account_id}"


class Grant(Struct, frozen=True):
    """Who let us do what, and where. `since` is the time of the latest consent; holds no token.

    `holder` is the id of the agent whose grant it is, or `holder_of_account(…)` for the account's own.
    """

    id: str
    holder: str
    account_id: int
    account_name: str
    hubspot_user_id: int
    email: str
    scopes: tuple[str, ...]
    state: GrantState
    reason: str | None
    since: datetime

    @property
    def of_account(self) -> bool:
        """Whether it is the account's own grant, and no agent's."""
        return self.holder == holder_of_account(self.account_id)

    def lacks(self, needed: tuple[str, ...]) -> tuple[str, ...]:
        """The scopes out of `needed` that were not granted, in the given order."""
        held = frozenset(self.scopes)
        return tuple(scope for scope in needed if scope not in held)


def switched_off(grant: Grant) -> Grant:
    """The agent switched the integration off; what is broken stays broken."""
    return replace(grant, state=GrantState.OFF) if grant.state is GrantState.ACTIVE else grant


def switched_on(grant: Grant) -> Grant:
    """The agent switched it on again; what is broken stays broken."""
    return replace(grant, state=GrantState.ACTIVE) if grant.state is GrantState.OFF else grant


def broken_by(grant: Grant, reason: str) -> Grant:
    """HubSpot does not accept the grant any more. The first reason stays: later ones are its consequences."""
    if grant.state is GrantState.BROKEN:
        return grant
    return replace(grant, state=GrantState.BROKEN, reason=reason)


def renewed(grant: Grant, *, scopes: tuple[str, ...], account_name: str, email: str, at: datetime) -> Grant:
    """The same person consented again: active, with what was granted this time."""
    return replace(
        grant,
        scopes=scopes,
        account_name=account_name,
        email=email,
        state=GrantState.ACTIVE,
        reason=None,
        since=at,
    )

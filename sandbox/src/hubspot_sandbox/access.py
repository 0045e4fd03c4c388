"""Who is calling: the bearer token, its limits and the scope gate, for every API route."""

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency

from hubspot_sandbox import problems
from hubspot_sandbox.grants import Token
from hubspot_sandbox.limits import Allowance, allowance, of_associations
from hubspot_sandbox.objects.kind import Kind
from hubspot_sandbox.people import Account
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.record import Source
from hubspot_sandbox.sight import EVERYTHING, Sight, Verb, sight

Call = Request[None, None, State]


class Access(msgspec.Struct, frozen=True):
    """What a live token allows. `app_id` 0 is a service key."""

    account: Account
    token: Token
    app_id: int = 0
    app_name: str = ""
    user_level: bool = False

    @property
    def account_id(self) -> int:
        return self.account.id

    def require(self, *any_of: str) -> None:
        """:raises HubSpotProblem: 403 MISSING_SCOPES unless the token holds one of the scopes"""
        if not set(any_of) & set(self.token.scopes):
            raise problems.scopes_missing(any_of)

    @property
    def source(self) -> Source:
        """How HubSpot marks what this caller writes."""
        return Source("INTEGRATION", str(self.app_id), self.app_name) if self.app_id else Source()


ThePortal = NamedDependency[Portal]
"""A route's `portal` parameter."""


async def provide_portal(state: State) -> Portal:
    """The portal as it is now; a reset replaces what it holds, not the object."""
    portal: Portal = state.portal
    return portal


async def provide_access(request: Call, portal: ThePortal) -> Access:
    """Authenticate and count the call.

    :raises HubSpotProblem: 401
    :raises LimitReached: 429
    """
    access = _authenticate(portal, request.headers.get("authorization", ""))
    now = portal.clock.now()
    if _is_search(request.url.path):
        portal.limits.count_search(access.account_id, now)
    else:
        caller = str(access.app_id or access.token.token[-8:])
        allowed = _allowance(portal, access, request.url.path)
        headers = portal.limits.count_call(caller, access.account_id, allowed, now)
        request.state.rate_headers = headers
    return access


Caller = NamedDependency[Access]
"""A route's `access` parameter: who is calling, already counted against the limits."""


def _is_search(path: str) -> bool:
    """The CRM search; that searching for lists is counted as any other call is [inf]."""
    return path.startswith("/crm/objects/") and path.endswith("/search")


def _authenticate(portal: Portal, header: str) -> Access:
    scheme, _, value = header.partition(" ")
    token = portal.grants.token(value.strip()) if scheme.lower() == "bearer" else None
    account = portal.people.account(token.account_id) if token else None
    if token is None or account is None or token.use != "access_token":
        raise problems.unauthenticated()
    if token.expires_at is not None and not portal.grants.is_live(token):
        raise problems.token_expired((portal.clock.now() - token.expires_at).total_seconds())
    app = portal.apps.get(token.client_id)
    if app is None:
        _check_maker(portal, token)
        return Access(account, token)
    return Access(account, token, app.app_id, app.name, app.is_user_level)


def _check_maker(portal: Portal, token: Token) -> None:
    """A key that somebody made fails once she is gone, until it is rotated (S27); that all calls fail is [unv]."""
    member = portal.people.membership(token.account_id, token.email) if token.email else None
    if token.email and (member is None or not member.active):
        raise problems.person_refused()


def _allowance(portal: Portal, access: Access, path: str) -> Allowance:
    app = portal.apps.get(access.token.client_id)
    account, marketplace = access.account, app is not None and app.distribution == "marketplace"
    add_on = portal.limits.has_add_on(account.id)
    allowed = allowance(account.tier, marketplace, add_on=add_on, time_zone=account.time_zone)
    return of_associations(allowed, account.tier, add_on=add_on) if "/associations/" in path else allowed


def require_kind(portal: Portal, access: Access, kind: Kind, verb: Verb) -> None:
    """The scope gate, and for user-level apps the person gate, for records of a kind.

    :raises HubSpotProblem: 403 MISSING_SCOPES, or USER_DOES_NOT_HAVE_PERMISSIONS when not one record is reached [unv]
    """
    access.require(kind.read_scope if verb == "view" else kind.write_scope)
    if reach(portal, access, kind, verb).nothing:
        raise problems.person_refused()


def reach(portal: Portal, access: Access, kind: Kind, verb: Verb) -> Sight:
    """Which records of a kind this token reaches: all of them, unless the app is a user-level one (S3, S6)."""
    if not access.user_level:
        return EVERYTHING
    member = portal.people.membership(access.account_id, access.token.email)
    standing = portal.people.standing_of(member) if member and member.active else None
    mates = portal.people.team_owner_ids(member) if member else frozenset[str]()
    return sight(standing, kind.right, verb, str(member.owner_id) if member else "", mates)

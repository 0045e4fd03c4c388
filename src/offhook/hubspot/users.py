"""Who stands behind a HubSpot user: owner record, Super Admin or not, and the account. Pure.

An owner id is not a user id: https://developers.hubspot.com/docs/api-reference/latest/crm/owners/guide
No endpoint tells a user's single rights; `superAdmin` is the most that can be read:
https://developers.hubspot.com/docs/api-reference/latest/account/settings/user-provisioning/guide
"""

from urllib.parse import quote

import msgspec
from msgspec import Struct

from offhook.errors import HubSpotNotFound
from offhook.hubspot.rate import Urgency
from offhook.hubspot.wire import ACCOUNT, OWNERS, USERS, Request, with_query

# The largest page of users; HubSpot's reference says so.
PAGE = 100


class Owner(Struct, frozen=True):
    """A person as an owner of records. `id` goes into `hubspot_owner_id`."""

    id: str
    email: str
    first_name: str
    last_name: str
    user_id: int | None


class Account(Struct, frozen=True):
    """A HubSpot account. `ui_domain` is the host of its pages; it depends on where HubSpot keeps the data."""

    id: int
    ui_domain: str
    time_zone: str
    kind: str


class User(Struct, frozen=True):
    """A user of an account. `roles`: ids of her permission sets. Who was deactivated is not listed. [unverified]"""

    id: int
    email: str
    first_name: str
    last_name: str
    super_admin: bool
    roles: tuple[str, ...]
    primary_team: str | None = None
    other_teams: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class UserPage(Struct, frozen=True):
    """Some users of an account, and where the next page begins."""

    users: tuple[User, ...]
    after: str | None


class Role(Struct, frozen=True):
    """A permission set. `billable`: it takes a paid seat, which an app must be allowed to hand out."""

    id: str
    name: str
    billable: bool


class _OwnerBody(Struct, rename="camel"):
    id: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    user_id: int | None = None


class _UserBody(Struct, rename="camel"):
    id: int = 0
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    role_id: str | None = None
    role_ids: tuple[str, ...] | None = None
    super_admin: bool = False
    primary_team_id: str | None = None
    secondary_team_ids: tuple[str, ...] | None = None


class _Next(Struct):
    after: str


class _Paging(Struct):
    next: _Next | None = None


class _UsersBody(Struct):
    results: tuple[_UserBody, ...] = ()
    paging: _Paging | None = None


class _RoleBody(Struct, rename="camel"):
    id: str
    name: str = ""
    requires_billing_write: bool = False


class _RolesBody(Struct):
    results: tuple[_RoleBody, ...] = ()


class _AccountBody(Struct, rename="camel"):
    portal_id: int
    ui_domain: str = ""
    time_zone: str = ""
    account_type: str = ""


def owner_of_user(user_id: int) -> Request[Owner]:
    return Request("GET", with_query(f"{OWNERS}/{user_id}", idProperty="userId"), _owner)


def super_admin(user_id: int) -> Request[bool]:
    return Request("GET", f"{USERS}/{user_id}", _is_super_admin)


def user_by_id(user_id: int) -> Request[User]:
    return Request("GET", f"{USERS}/{user_id}", _user)


def user_by_email(email: str) -> Request[User]:
    """
    Raises:
        HubSpotNotFound: that is no address; it would lead elsewhere.
    """
    if "@" not in email or "/" in email:
        raise HubSpotNotFound("That is no e-mail address of a HubSpot user.")
    return Request("GET", with_query(f"{USERS}/{quote(email, safe='')}", idProperty="EMAIL"), _user)


def page_of_users(after: str | None = None) -> Request[UserPage]:
    """A page of the account's users. A list can wait where a ringing phone cannot."""
    query = {"limit": str(PAGE), **({"after": after} if after else {})}
    return Request("GET", with_query(USERS, **query), _users, urgency=Urgency.LATER)


def roles() -> Request[tuple[Role, ...]]:
    """The account's permission sets."""
    return Request("GET", f"{USERS}/roles", _roles, urgency=Urgency.LATER)


def give_role(user: User, role_id: str | None) -> Request[User]:
    """Put a user under this permission set alone; None: under none.

    All others that she has are lost [community], and HubSpot refuses Super Admins [community]. That it keeps what is not
    named is unverified, so her teams are named as they are. What a permission set put in the place of single rights is,
    when it is taken away, nobody documents: https://knowledge.hubspot.com/user-management/create-permission-sets
    """
    teams = {"primaryTeamId": user.primary_team, "secondaryTeamIds": user.other_teams}
    body = {"roleId": role_id, **{name: value for name, value in teams.items() if value}}
    return Request("PUT", f"{USERS}/{user.id}", _user, body)


def account_details() -> Request[Account]:
    return Request("GET", ACCOUNT, _account)


def _owner(body: bytes) -> Owner:
    given = msgspec.json.decode(body, type=_OwnerBody, strict=False)
    return Owner(given.id, given.email or "", given.first_name or "", given.last_name or "", given.user_id)


def _is_super_admin(body: bytes) -> bool:
    return msgspec.json.decode(body, type=_UserBody, strict=False).super_admin


def _user(body: bytes) -> User:
    return _user_of(msgspec.json.decode(body, type=_UserBody, strict=False))


def _user_of(given: _UserBody) -> User:
    ids = given.role_ids or ((given.role_id,) if given.role_id else ())
    names = given.first_name or "", given.last_name or ""
    roles = tuple(dict.fromkeys(ids))
    teams = given.primary_team_id or None, given.secondary_team_ids or ()
    return User(given.id, given.email or "", *names, given.super_admin, roles, *teams)


def _users(body: bytes) -> UserPage:
    given = msgspec.json.decode(body, type=_UsersBody, strict=False)
    following = given.paging.next.after if given.paging and given.paging.next else None
    return UserPage(tuple(_user_of(each) for each in given.results), following)


def _roles(body: bytes) -> tuple[Role, ...]:
    given = msgspec.json.decode(body, type=_RolesBody, strict=False)
    return tuple(Role(each.id, each.name, each.requires_billing_write) for each in given.results)


def _account(body: bytes) -> Account:
    given = msgspec.json.decode(body, type=_AccountBody, strict=False)
    return Account(given.portal_id, given.ui_domain, given.time_zone, given.account_type)


def users_url(app_url: str, account_id: int) -> str:
    """Settings > Users & Teams."""
    return f"{app_url}/settings/{account_id}/users"

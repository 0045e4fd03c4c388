"""Who stands behind a HubSpot user: owner record, Super Admin or not, and the account. Pure.

An owner id is not a user id: https://developers.hubspot.com/docs/api-reference/latest/crm/owners/guide
No endpoint tells a user's single rights; `superAdmin` is the most that can be read:
https://developers.hubspot.com/docs/api-reference/latest/account/settings/user-provisioning/guide
"""

import msgspec
from msgspec import Struct

from offhook.hubspot.wire import ACCOUNT, OWNERS, USERS, Request, with_query


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


class _OwnerBody(Struct, rename="camel"):
    id: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    user_id: int | None = None


class _UserBody(Struct, rename="camel"):
    super_admin: bool = False


class _AccountBody(Struct, rename="camel"):
    portal_id: int
    ui_domain: str = ""
    time_zone: str = ""
    account_type: str = ""


def owner_of_user(user_id: int) -> Request[Owner]:
    return Request("GET", with_query(f"{OWNERS}/{user_id}", idProperty="userId"), _owner)


def super_admin(user_id: int) -> Request[bool]:
    return Request("GET", f"{USERS}/{user_id}", _is_super_admin)


def account_details() -> Request[Account]:
    return Request("GET", ACCOUNT, _account)


def _owner(body: bytes) -> Owner:
    given = msgspec.json.decode(body, type=_OwnerBody, strict=False)
    return Owner(given.id, given.email or "", given.first_name or "", given.last_name or "", given.user_id)


def _is_super_admin(body: bytes) -> bool:
    return msgspec.json.decode(body, type=_UserBody, strict=False).super_admin


def _account(body: bytes) -> Account:
    given = msgspec.json.decode(body, type=_AccountBody, strict=False)
    return Account(given.portal_id, given.ui_domain, given.time_zone, given.account_type)


def users_url(app_url: str, account_id: int) -> str:
    """Settings > Users & Teams."""
    return f"{app_url}/settings/{account_id}/users"

"""`/_sandbox/accounts/{id}/permission-sets`: rights under a name, which people can be put under."""

import msgspec
from litestar import get, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.control.accounts import Name, check_account
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.people import PermissionSet
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import HubSpotProblem, invalid


class SetWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A permission set to make, or the one of this name to change."""

    name: Name
    rights: dict[str, str] = {}
    paid_seats: bool = False


@get("/accounts/{account_id:int}/permission-sets")
async def list_permission_sets(portal: ThePortal, account_id: FromPath[int]) -> list[PermissionSet]:
    """The permission sets of an account, with their rights."""
    check_account(portal, account_id)
    return portal.people.permission_sets(account_id)


@post("/accounts/{account_id:int}/permission-sets", status_code=200)
async def save_permission_set(request: Call, portal: ThePortal, account_id: FromPath[int]) -> PermissionSet:
    """Make a permission set, or change the one of this name: `{"name": "…", "rights": {"contacts.view": "all"}}`."""
    check_account(portal, account_id)
    wish = read_body(await request.body(), SetWish)
    known = _named_set(portal, account_id, wish.name)
    try:
        return portal.people.save_permission_set(
            account_id, wish.name, wish.rights, known.id if known else 0, paid_seats=wish.paid_seats
        )
    except ValueError as wrong:
        raise invalid(str(wrong)) from wrong


def _named_set(portal: Portal, account_id: int, name: str) -> PermissionSet | None:
    return next((each for each in portal.people.permission_sets(account_id) if each.name == name.strip()), None)


def set_id(portal: Portal, account_id: int, name: str) -> int:
    """0 for no name.

    :raises HubSpotProblem: 400 for an unknown one
    """
    found = _named_set(portal, account_id, name)
    if found is None and name:
        raise _unknown_set(portal, account_id, name)
    return found.id if found else 0


def _unknown_set(portal: Portal, account_id: int, name: str) -> HubSpotProblem:
    known = ", ".join(each.name for each in portal.people.permission_sets(account_id)) or "none"
    return invalid(f"account {account_id} has no permission set {name!r}; there are: {known}")


HANDLERS = [list_permission_sets, save_permission_set]

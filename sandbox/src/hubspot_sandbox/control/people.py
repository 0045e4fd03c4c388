"""`/_sandbox/people/…/rights`: what a person may do in an account."""

import msgspec
from litestar import post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.people import Membership, UnknownPerson
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, invalid, not_found


class RightsWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rights` replaces all rights; `change` alters some. They count from the next login."""

    account_id: int
    rights: dict[str, str] | None = None
    change: dict[str, str] = {}
    super_admin: bool | None = None
    active: bool | None = None


def member_json(portal: Portal, member: Membership) -> Body:
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


@post("/people/{email:str}/rights", status_code=200)
async def set_rights(request: Call, portal: ThePortal, email: FromPath[str]) -> Body:
    """Save rights as an administrator would; answers with all that is saved then."""
    wish = read_body(await request.body(), RightsWish)
    try:
        return member_json(portal, _apply(portal, email, wish))
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


HANDLERS = [set_rights]

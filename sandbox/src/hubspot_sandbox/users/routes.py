"""User provisioning, reading only. `superAdmin` can be read and nowhere be written (facts 3.5, S46)."""

from typing import Any

from litestar import get
from litestar.params import FromPath

from hubspot_sandbox.access import Call, Caller, ThePortal
from hubspot_sandbox.objects.routes import page_after, page_limit
from hubspot_sandbox.people import Membership
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, not_found

READ_SCOPES = ("settings.users.read", "crm.objects.users.read")
USERS = "/settings/users/{version:str}"


def user_json(portal: Portal, member: Membership) -> Body:
    """No endpoint returns a person's single rights; this is all there is."""
    person = portal.people.person(member.email)
    answer: dict[str, Any] = {
        "id": str(member.user_id),
        "email": member.email,
        "firstName": person.first_name if person else "",
        "lastName": person.last_name if person else "",
        "roleIds": [],
        "secondaryTeamIds": [],
        "superAdmin": member.super_admin,
    }
    return answer


@get(USERS)
async def list_users(request: Call, portal: ThePortal, access: Caller) -> Body:
    """Active users by ascending id; at most 100 in a page."""
    access.require(*READ_SCOPES)
    limit = page_limit(request.query_params.get("limit"), 100, 100)
    after = page_after(request.query_params.get("after"))
    members = sorted(portal.people.members(access.account_id), key=lambda member: member.user_id)
    found = [member for member in members if member.active and member.user_id > after]
    answer: Body = {"results": [user_json(portal, member) for member in found[:limit]]}
    more = {"paging": {"next": {"after": str(found[limit - 1].user_id)}}} if len(found) > limit else {}
    return answer | more


@get(USERS + "/{user_id:str}")
async def get_user(request: Call, portal: ThePortal, access: Caller, user_id: FromPath[str]) -> Body:
    """By user id, or by e-mail address with `idProperty=EMAIL`."""
    access.require(*READ_SCOPES)
    by_email = request.query_params.get("idProperty", "USER_ID").upper() == "EMAIL"
    for member in portal.people.members(access.account_id):
        key = member.email if by_email else str(member.user_id)
        if member.active and key == user_id.lower():
            return user_json(portal, member)
    raise not_found(f"User {user_id} not found")


@get([USERS + "/roles", USERS + "/teams"])
async def list_nothing(access: Caller) -> Body:
    """Roles and teams: none in this sandbox yet."""
    access.require(*READ_SCOPES, "settings.users.teams.read")
    return {"results": []}


HANDLERS = [list_users, get_user, list_nothing]

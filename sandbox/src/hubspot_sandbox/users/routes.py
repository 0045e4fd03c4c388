"""User provisioning, reading only. `superAdmin` can be read and nowhere be written (facts 3.5, S46)."""

from typing import Any

from litestar import get
from litestar.params import FromPath

from hubspot_sandbox.access import Call, Caller, ThePortal
from hubspot_sandbox.objects.routes import page_after, page_limit
from hubspot_sandbox.people import Membership, Team
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, not_found
from hubspot_sandbox.surface import says

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
        "roleIds": [str(member.permission_set_id)] if member.permission_set_id else [],
        "secondaryTeamIds": [str(each) for each in member.secondary_team_ids],
        "superAdmin": member.super_admin,
    }
    if member.permission_set_id:
        answer["roleId"] = str(member.permission_set_id)
    if member.primary_team_id:
        answer["primaryTeamId"] = str(member.primary_team_id)
    return answer


@get(USERS, opt=says("faithful", "S46", query=("limit", "after")))
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


@get(USERS + "/{user_id:str}", opt=says("faithful", "S46", query=("idProperty",)))
async def get_user(request: Call, portal: ThePortal, access: Caller, user_id: FromPath[str]) -> Body:
    """By user id, or by e-mail address with `idProperty=EMAIL`."""
    access.require(*READ_SCOPES)
    by_email = request.query_params.get("idProperty", "USER_ID").upper() == "EMAIL"
    for member in portal.people.members(access.account_id):
        key = member.email if by_email else str(member.user_id)
        if member.active and key == user_id.lower():
            return user_json(portal, member)
    raise not_found(f"User {user_id} not found")


@get(USERS + "/roles", opt=says("faithful", "S46"))
async def list_roles(portal: ThePortal, access: Caller) -> Body:
    """The account's permission sets. They are made only in the pages."""
    access.require(*READ_SCOPES)
    sets = portal.people.permission_sets(access.account_id)
    return {"results": [{"id": str(each.id), "name": each.name, "requiresBillingWrite": False} for each in sets]}


@get(USERS + "/teams", opt=says("faithful", "S46"))
async def list_teams(portal: ThePortal, access: Caller) -> Body:
    """Each team with its members' user ids, those who have it as an additional team apart."""
    access.require(*READ_SCOPES, "settings.users.teams.read")
    members = portal.people.members(access.account_id)
    return {"results": [_team_json(each, members) for each in portal.people.teams(access.account_id)]}


def _team_json(team: Team, members: list[Membership]) -> Body:
    return {
        "id": str(team.id),
        "name": team.name,
        "userIds": [str(each.user_id) for each in members if each.primary_team_id == team.id],
        "secondaryUserIds": [str(each.user_id) for each in members if team.id in each.secondary_team_ids],
    }


HANDLERS = [list_users, get_user, list_roles, list_teams]

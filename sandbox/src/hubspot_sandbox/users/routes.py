"""User provisioning over HTTP (facts 3.5, S46). `superAdmin` can be read and nowhere be written."""

from typing import Any

from litestar import delete, get, post, put
from litestar.params import FromPath

from hubspot_sandbox.access import Call, Caller, ThePortal
from hubspot_sandbox.objects.routes import page_after, page_limit
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.people import Membership, Team
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body
from hubspot_sandbox.surface import says
from hubspot_sandbox.users import model
from hubspot_sandbox.users.model import NewUser, UserChange

READ_SCOPES = ("settings.users.read", "crm.objects.users.read")
USERS = "/settings/users/{version:str}"
USER = USERS + "/{user_id:str}"


def user_json(portal: Portal, member: Membership, welcomed: bool = False) -> Body:
    """No endpoint returns a person's single rights; this is all there is.

    `roleId` is the first of `roleIds` [inf]; `sendWelcomeEmail` is true only in the answer to a create.
    """
    person = portal.people.person(member.email)
    answer: dict[str, Any] = {
        "id": str(member.user_id),
        "email": member.email,
        "firstName": person.first_name if person else "",
        "lastName": person.last_name if person else "",
        "roleIds": [str(each) for each in member.set_ids],
        "secondaryTeamIds": [str(each) for each in member.secondary_team_ids],
        "sendWelcomeEmail": welcomed,
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
    found = [each for each in model.active_users(portal, access.account_id) if each.user_id > after]
    answer: Body = {"results": [user_json(portal, member) for member in found[:limit]]}
    more = {"paging": {"next": {"after": str(found[limit - 1].user_id)}}} if len(found) > limit else {}
    return answer | more


@post(USERS, status_code=201, opt=says("faithful", "S46, spec", body=NewUser, differs="texts of refusals are ours"))
async def create_user(request: Call, portal: ThePortal, access: Caller) -> Body:
    """201 with the user. She logs in with the password `demo`; the welcome e-mail is a notice, and sent to nobody."""
    model.require_manager(portal, access)
    given = read_body(await request.body(), NewUser, strict=False)
    return user_json(portal, model.add(portal, access, given), welcomed=bool(given.send_welcome_email))


@get(USER, opt=says("faithful", "S46", query=("idProperty",)))
async def get_user(request: Call, portal: ThePortal, access: Caller, user_id: FromPath[str]) -> Body:
    """By user id, or by e-mail address with `idProperty=EMAIL`."""
    access.require(*READ_SCOPES)
    return user_json(portal, model.find(portal, access.account_id, user_id, _by(request)))


@put(
    USER,
    status_code=200,
    opt=says("faithful", "S46, spec", body=UserChange, query=("idProperty",)),
)
async def update_user(request: Call, portal: ThePortal, access: Caller, user_id: FromPath[str]) -> Body:
    """Another role, other teams or names; what is not named stays [inf]. The role counts from her next login.

    A `roleId` takes the place of all her roles, so that a second one, given by hand, is lost [comm: HubSpot's community,
    *How to preserve multiple roleIds on a user*]; `roleIds` in a request is not read.
    """
    model.require_manager(portal, access)
    given = read_body(await request.body(), UserChange)
    member = model.find(portal, access.account_id, user_id, _by(request))
    return user_json(portal, model.change(portal, access, member, given))


@delete(USER, status_code=204, opt=says("faithful", "S46, spec", query=("idProperty",)))
async def delete_user(request: Call, portal: ThePortal, access: Caller, user_id: FromPath[str]) -> None:
    """She is out of the account, and stays an archived owner."""
    model.require_manager(portal, access)
    model.remove(portal, access, model.find(portal, access.account_id, user_id, _by(request)))


def _by(request: Call) -> str:
    return request.query_params.get("idProperty", "USER_ID").upper()


@get(USERS + "/roles", opt=says("faithful", "S46"))
async def list_roles(portal: ThePortal, access: Caller) -> Body:
    """The account's permission sets. They are made only in the pages."""
    access.require(*READ_SCOPES)
    sets = portal.people.permission_sets(access.account_id)
    return {
        "results": [{"id": str(each.id), "name": each.name, "requiresBillingWrite": each.paid_seats} for each in sets]
    }


@get(USERS + "/teams", opt=says("faithful", "S46"))
async def list_teams(portal: ThePortal, access: Caller) -> Body:
    """Each team with its members' user ids, those who have it as an additional team apart."""
    access.require(*READ_SCOPES, "settings.users.teams.read")
    members = model.active_users(portal, access.account_id)
    return {"results": [_team_json(each, members) for each in portal.people.teams(access.account_id)]}


def _team_json(team: Team, members: list[Membership]) -> Body:
    return {
        "id": str(team.id),
        "name": team.name,
        "userIds": [str(each.user_id) for each in members if each.primary_team_id == team.id],
        "secondaryUserIds": [str(each.user_id) for each in members if team.id in each.secondary_team_ids],
    }


HANDLERS = [list_users, create_user, get_user, update_user, delete_user, list_roles, list_teams]

"""Owners: a person in her role of owning records. An owner id is not a user id (facts 3.5, S45)."""

from litestar import get
from litestar.params import FromPath

from hubspot_sandbox.access import Call, Caller, ThePortal
from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.routes import flag, page_after, page_limit
from hubspot_sandbox.people import Membership
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, invalid, not_found
from hubspot_sandbox.surface import says

SCOPE = "crm.objects.owners.read"
OWNERS = "/crm/owners/{version:str}"


def owner_json(portal: Portal, member: Membership) -> Body:
    """Archived owners (people who were deactivated or removed) have no `userId`."""
    person = portal.people.person(member.email)
    return {
        "id": str(member.owner_id),
        "email": member.email,
        "type": "PERSON",
        "firstName": person.first_name if person else "",
        "lastName": person.last_name if person else "",
        "userId": member.user_id if member.active else None,
        "userIdIncludingInactive": member.user_id,
        "createdAt": iso(member.created_at),
        "updatedAt": iso(member.created_at),
        "archived": not member.active,
        "teams": _teams(portal, member),
    }


def _teams(portal: Portal, member: Membership) -> list[Body]:
    """`[{id, name, primary}]`, the primary team first."""
    found = (portal.people.team(member.account_id, each) for each in member.team_ids)
    return [
        {"id": str(team.id), "name": team.name, "primary": team.id == member.primary_team_id} for team in found if team
    ]


@get(OWNERS, opt=says("faithful", "S45", query=("email", "limit", "after", "archived")))
async def list_owners(request: Call, portal: ThePortal, access: Caller) -> Body:
    """By ascending id; `email` picks one person, `archived=true` those who were deactivated or removed."""
    access.require(SCOPE)
    query = request.query_params
    limit, after = page_limit(query.get("limit"), 100, 500), page_after(query.get("after"))
    archived, email = flag(query.get("archived")), query.get("email", "").lower()
    found = [
        member
        for member in portal.people.owners(access.account_id)
        if member.owner_id > after and member.active != archived and email in ("", member.email)
    ]
    answer: Body = {"results": [owner_json(portal, member) for member in found[:limit]]}
    more = {"paging": {"next": {"after": str(found[limit - 1].owner_id)}}} if len(found) > limit else {}
    return answer | more


@get(OWNERS + "/{owner_id:str}", opt=says("faithful", "S45", query=("idProperty", "archived")))
async def get_owner(request: Call, portal: ThePortal, access: Caller, owner_id: FromPath[str]) -> Body:
    """By owner id, or by user id with `idProperty=userId`; 400 for another property [inf]."""
    access.require(SCOPE)
    by_user = request.query_params.get("idProperty", "id") == "userId"
    if not by_user and request.query_params.get("idProperty", "id") != "id":
        raise invalid("idProperty must be id or userId")
    archived = flag(request.query_params.get("archived"))
    for member in portal.people.owners(access.account_id):
        key = str(member.user_id if by_user else member.owner_id)
        if key == owner_id and member.active != archived:
            return owner_json(portal, member)
    raise not_found(f"Owner {owner_id} not found")


HANDLERS = [list_owners, get_owner]

"""Users & Teams > Teams: who works together. *Team* in the rights means the records of these people.

Only people who may add and edit teams can open it (facts 2.3). Child teams (Enterprise) are not modelled.
"""

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.pages import groups
from hubspot_sandbox.pages.errors import PageProblem, not_found
from hubspot_sandbox.pages.forms import Form, TheForm
from hubspot_sandbox.pages.groups import GroupRow
from hubspot_sandbox.pages.names import person_name
from hubspot_sandbox.pages.render import Page
from hubspot_sandbox.pages.visitor import Call, Member, TheMember
from hubspot_sandbox.people import Membership, Team
from hubspot_sandbox.portal import Portal

TEAMS = "/settings/{hub:int}/teams"
ONE = TEAMS + "/{team_id:int}/edit"
DONE = {"created": "The team was created.", "saved": "Saved."}
NEITHER, PRIMARY, ADDITIONAL = "", "primary", "additional"


class Candidate(msgspec.Struct, frozen=True):
    """Somebody who may be put into the team; `place` is `primary`, `additional` or nothing."""

    user_id: int
    name: str
    email: str
    place: str


TheTeamManager = NamedDependency[Member]
TheTeam = NamedDependency[Team]


async def provide_team_manager(member: TheMember) -> Member:
    """:raises PageProblem: 403"""
    if not member.standing.has("teams.edit"):
        detail = "Only Super Admins and people who may add and edit teams can open this page. Ask one of them."
        raise PageProblem(403, "You don't have access to Teams", detail, member=member)
    return member


async def provide_team(portal: ThePortal, team_manager: TheTeamManager, team_id: FromPath[int]) -> Team:
    """:raises PageProblem: 404 when the account has no such team"""
    found = portal.people.team(team_manager.account.id, team_id)
    if found is None:
        raise not_found(team_manager)
    return found


@get(TEAMS, include_in_schema=False)
async def teams_page(request: Call, portal: ThePortal, team_manager: TheTeamManager) -> Page:
    rows = [_row(portal, each) for each in portal.people.teams(team_manager.account.id)]
    done = DONE.get(request.query_params.get("done", ""), "")
    return groups.list_page("teams.html", team_manager, "teams", rows, done=done)


@get(TEAMS + "/new", include_in_schema=False)
async def new_team_page(portal: ThePortal, team_manager: TheTeamManager) -> Page:
    return _editor(portal, team_manager, Team(0, team_manager.account.id, ""))


@post(TEAMS + "/new", include_in_schema=False)
async def create_team(portal: ThePortal, team_manager: TheTeamManager, form: TheForm) -> Page:
    return _save(portal, team_manager, Team(0, team_manager.account.id, ""), form)


@get(ONE, include_in_schema=False)
async def team_page(portal: ThePortal, team_manager: TheTeamManager, team: TheTeam) -> Page:
    return _editor(portal, team_manager, team)


@post(ONE, include_in_schema=False)
async def save_team(portal: ThePortal, team_manager: TheTeamManager, team: TheTeam, form: TheForm) -> Page:
    return _save(portal, team_manager, team, form)


def _editor(portal: Portal, member: Member, team: Team, wrong: str = "") -> Page:
    people = [_candidate(portal, each, team) for each in portal.people.members(member.account.id)]
    return groups.editor("team.html", member, "teams", team, wrong=wrong, people=people)


def _save(portal: Portal, member: Member, team: Team, form: Form) -> Page:
    name = groups.given_name(form)
    if not name:
        return _editor(portal, member, team, "Give the team a name.")
    with portal.store.transaction():
        saved = portal.people.save_team(member.account.id, name, team.id)
        for each in portal.people.members(member.account.id):
            _place(portal, each, saved.id, form.get(f"place-{each.user_id}", ""))
    return groups.back(member, "teams", "saved" if team.id else "created")


def _place(portal: Portal, each: Membership, team_id: int, wanted: str) -> None:
    """Put somebody into the team, or out of it. A new primary team leaves the old one as an additional team [inf]."""
    if wanted == _place_of(each, team_id):
        return
    others = [number for number in each.secondary_team_ids if number != team_id]
    primary = 0 if each.primary_team_id == team_id else each.primary_team_id
    if wanted == PRIMARY:
        primary, others = team_id, [*([primary] if primary else []), *others]
    elif wanted == ADDITIONAL:
        others = [*others, team_id]
    portal.people.set_teams(each.account_id, each.email, primary, others)


def _place_of(each: Membership, team_id: int) -> str:
    if not team_id:
        return NEITHER
    if each.primary_team_id == team_id:
        return PRIMARY
    return ADDITIONAL if team_id in each.secondary_team_ids else NEITHER


def _candidate(portal: Portal, each: Membership, team: Team) -> Candidate:
    return Candidate(each.user_id, person_name(portal, each.email), each.email, _place_of(each, team.id))


def _row(portal: Portal, team: Team) -> GroupRow:
    return groups.row(portal, team, lambda each: team.id in each.team_ids)

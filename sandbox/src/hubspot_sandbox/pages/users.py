"""Settings > Users & Teams: who is in the account, and making or removing super admins."""

from datetime import datetime

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubspot_sandbox import rights
from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.pages import render
from hubspot_sandbox.pages.errors import PageProblem, not_found
from hubspot_sandbox.pages.forms import TheForm
from hubspot_sandbox.pages.names import person_name
from hubspot_sandbox.pages.render import Page
from hubspot_sandbox.pages.visitor import Call, Member, TheMember
from hubspot_sandbox.people import Membership
from hubspot_sandbox.portal import Portal

TAKES_EFFECT = "Changes take effect after the person logs out and in again."
DONE = {
    "made": "{name} is now a Super Admin.",
    "removed": "{name} is no longer a Super Admin.",
    "assigned": "{name} is under a permission set now.",
    "own": "{name} has permissions of their own now.",
    "deactivated": "{name} is deactivated.",
    "reactivated": "{name} is active again.",
}
NO_RIGHTS = "Core seat"
AREAS = {
    "contacts.view": "Contacts",
    "companies.view": "Companies",
    "deals.view": "Deals",
    "tickets.view": "Tickets",
    "marketing.access": "Marketing",
    "sales.access": "Sales",
    "service.access": "Service",
    "reports.access": "Reports",
    "users.edit": "Users",
}


class UserRow(msgspec.Struct, frozen=True):
    """A line of the table, with what may be done to it."""

    user_id: int
    name: str
    email: str
    access: str
    active: bool
    last_login: datetime | None
    teams: str
    is_you: bool
    may_edit: bool
    may_make: bool
    may_remove: bool
    may_deactivate: bool


class Subject(msgspec.Struct, frozen=True):
    """The user whose rights are being changed."""

    membership: Membership
    name: str


TheManager = NamedDependency[Member]
TheSubject = NamedDependency[Subject]


async def provide_manager(member: TheMember) -> Member:
    """A member who may open Users & Teams.

    :raises PageProblem: 403
    """
    if not member.manages_users:
        detail = "Only Super Admins and people who may add and edit users can open this page. Ask one of them."
        raise PageProblem(403, "You don't have access to Users & Teams", detail, member=member)
    return member


async def provide_subject(portal: ThePortal, manager: TheManager, user_id: FromPath[int]) -> Subject:
    """:raises PageProblem: 404 when the account has no such user"""
    members = portal.people.members(manager.account.id)
    found = next((each for each in members if each.user_id == user_id), None)
    if found is None:
        raise not_found(manager)
    return Subject(found, person_name(portal, found.email))


def access_label(portal: Portal, membership: Membership) -> str:
    """The ACCESS column: *Super Admin*, a permission set, or the areas the user's rights open [unv]."""
    if membership.super_admin:
        return "Super Admin"
    under = (portal.people.permission_set(membership.account_id, each) for each in membership.set_ids)
    if names := ", ".join(each.name for each in under if each):
        return names
    held = membership.rights
    opened = [name for key, name in AREAS.items() if rights.value_of(held, key) != rights.CATALOGUE[key].least]
    return ", ".join(opened) or NO_RIGHTS


@get("/settings/{hub:int}/users", include_in_schema=False)
async def users_page(request: Call, portal: ThePortal, manager: TheManager) -> Page:
    members = portal.people.members(manager.account.id)
    return render.page(
        "users.html",
        member=manager,
        users=[_row(portal, manager, each) for each in members],
        done=_done(request, portal, members),
        takes_effect=TAKES_EFFECT,
    )


@get("/settings/{hub:int}/users/{user_id:int}/make-super-admin", include_in_schema=False)
async def make_super_admin_page(portal: ThePortal, manager: TheManager, subject: TheSubject) -> Page:
    _check(portal, manager, subject, make=True)
    return render.page("super_admin.html", member=manager, subject=subject, make=True, takes_effect=TAKES_EFFECT)


@post("/settings/{hub:int}/users/{user_id:int}/make-super-admin", include_in_schema=False)
async def make_super_admin(portal: ThePortal, manager: TheManager, subject: TheSubject, form: TheForm) -> Page:
    _check(portal, manager, subject, make=True)
    portal.people.set_super_admin(manager.account.id, subject.membership.email, True)
    return _back(manager, subject, "made")


@get("/settings/{hub:int}/users/{user_id:int}/remove-super-admin", include_in_schema=False)
async def remove_super_admin_page(portal: ThePortal, manager: TheManager, subject: TheSubject) -> Page:
    _check(portal, manager, subject, make=False)
    return render.page("super_admin.html", member=manager, subject=subject, make=False, takes_effect=TAKES_EFFECT)


@post("/settings/{hub:int}/users/{user_id:int}/remove-super-admin", include_in_schema=False)
async def remove_super_admin(portal: ThePortal, manager: TheManager, subject: TheSubject, form: TheForm) -> Page:
    _check(portal, manager, subject, make=False)
    portal.people.set_super_admin(manager.account.id, subject.membership.email, False)
    return _back(manager, subject, "removed")


@get("/settings/{hub:int}/users/{user_id:int}/deactivate", include_in_schema=False)
async def deactivate_page(manager: TheManager, subject: TheSubject) -> Page:
    _check_activity(manager, subject)
    return render.page("deactivate.html", member=manager, subject=subject)


@post("/settings/{hub:int}/users/{user_id:int}/deactivate", include_in_schema=False)
async def deactivate(portal: ThePortal, manager: TheManager, subject: TheSubject, form: TheForm) -> Page:
    """Closes the account to the user, or opens it again, at once. What becomes of her apps is [unv]."""
    _check_activity(manager, subject)
    back = not subject.membership.active
    portal.people.set_active(manager.account.id, subject.membership.email, back)
    return _back(manager, subject, "reactivated" if back else "deactivated")


def _row(portal: Portal, manager: Member, each: Membership) -> UserRow:
    leads = manager.manages_super_admins
    return UserRow(
        user_id=each.user_id,
        name=person_name(portal, each.email),
        email=each.email,
        access=access_label(portal, each),
        active=each.active,
        last_login=each.last_login_at,
        teams=_teams(portal, each),
        is_you=_is_you(manager, each),
        may_edit=may_edit(manager, each),
        may_make=leads and each.active and not each.super_admin,
        may_remove=leads and each.super_admin and not _is_last(portal, each),
        may_deactivate=may_edit(manager, each) and each.active and not _is_you(manager, each),
    )


def _teams(portal: Portal, each: Membership) -> str:
    found = (portal.people.team(each.account_id, number) for number in each.team_ids)
    return ", ".join(team.name for team in found if team)


def _is_you(manager: Member, each: Membership) -> bool:
    return each.email == manager.visitor.person.email


def may_edit(manager: Member, subject: Membership) -> bool:
    """A Super Admin's rights are only for other Super Admins to change [inf]."""
    return manager.manages_super_admins or not subject.super_admin


def _is_last(portal: Portal, subject: Membership) -> bool:
    """Whether nobody else could open the door again."""
    members = portal.people.members(subject.account_id)
    others = [each for each in members if each.super_admin and each.active and each.email != subject.email]
    return not others


def _check(portal: Portal, manager: Member, subject: Subject, *, make: bool) -> None:
    """:raises PageProblem: 403 for anybody but a Super Admin, 409 for the last one or nothing to change"""
    if not manager.manages_super_admins:
        detail = "Ask a Super Admin of this account."
        raise PageProblem(403, "Only Super Admins can do this", detail, member=manager)
    if subject.membership.super_admin == make:
        already = "is a Super Admin already." if make else "is not a Super Admin."
        raise PageProblem(409, "There is nothing to change", f"{subject.name} {already}", member=manager)
    if not make and _is_last(portal, subject.membership):
        detail = f"{subject.name} is the only Super Admin. Make somebody else Super Admin first."
        raise PageProblem(409, "An account needs a Super Admin", detail, member=manager)


def _check_activity(manager: Member, subject: Subject) -> None:
    """:raises PageProblem: 403 for a Super Admin's account, 409 for one's own"""
    if not may_edit(manager, subject.membership):
        detail = "Only another Super Admin can change a Super Admin's account."
        raise PageProblem(403, "You can't edit this user", detail, member=manager)
    if _is_you(manager, subject.membership):
        detail = "Ask somebody else who may edit users."
        raise PageProblem(409, "You can't deactivate yourself", detail, member=manager)


def _back(manager: Member, subject: Subject, done: str) -> Page:
    return render.redirect(f"/settings/{manager.account.id}/users?done={done}&user={subject.membership.user_id}")


def _done(request: Call, portal: Portal, members: list[Membership]) -> str:
    """The sentence about what was just done; the address only names it, so that nobody can put words here."""
    sentence, user = DONE.get(request.query_params.get("done", "")), request.query_params.get("user", "")
    found = next((each for each in members if is_id(user) and each.user_id == int(user)), None)
    return sentence.format(name=person_name(portal, found.email)) if sentence and found else ""

"""Users & Teams > Edit: the rights of one user, or the permission set that stands for them."""

from litestar import get, post

from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.pages import render
from hubspot_sandbox.pages.errors import PageProblem
from hubspot_sandbox.pages.forms import Form, TheForm
from hubspot_sandbox.pages.render import Page
from hubspot_sandbox.pages.rights_editor import ACTIONS, read_rights, sections
from hubspot_sandbox.pages.users import TAKES_EFFECT, Subject, TheManager, TheSubject, may_edit
from hubspot_sandbox.pages.visitor import Call, Member
from hubspot_sandbox.portal import Portal

EDIT = "/settings/{hub:int}/users/{user_id:int}/edit"
ASSIGN = "/settings/{hub:int}/users/{user_id:int}/permission-set"


@get(EDIT, include_in_schema=False)
async def permissions_page(request: Call, portal: ThePortal, manager: TheManager, subject: TheSubject) -> Page:
    _check(manager, subject)
    under = portal.people.permission_set(manager.account.id, subject.membership.permission_set_id)
    return render.page(
        "permissions.html",
        member=manager,
        subject=subject,
        under=under,
        sections=sections(under.rights if under else subject.membership.rights),
        actions=ACTIONS,
        saved="saved" in request.query_params,
        takes_effect=TAKES_EFFECT,
    )


@post(EDIT, include_in_schema=False)
async def save_permissions(portal: ThePortal, manager: TheManager, subject: TheSubject, form: TheForm) -> Page:
    """What is saved counts for the user from her next login."""
    _check(manager, subject)
    if portal.people.permission_set(manager.account.id, subject.membership.permission_set_id):
        detail = f"{subject.name} is under a permission set. Edit the set, or take {subject.name} out of it first."
        raise PageProblem(409, "These permissions come from a permission set", detail, member=manager)
    try:
        portal.people.set_rights(manager.account.id, subject.membership.email, read_rights(form))
    except ValueError as error:
        raise PageProblem(400, "These permissions could not be saved", str(error), member=manager) from error
    return render.redirect(f"/settings/{manager.account.id}/users/{subject.membership.user_id}/edit?saved=1")


@get(ASSIGN, include_in_schema=False)
async def assign_page(portal: ThePortal, manager: TheManager, subject: TheSubject) -> Page:
    _check(manager, subject)
    return render.page(
        "assign_set.html",
        member=manager,
        subject=subject,
        sets=portal.people.permission_sets(manager.account.id),
        takes_effect=TAKES_EFFECT,
    )


@post(ASSIGN, include_in_schema=False)
async def assign(portal: ThePortal, manager: TheManager, subject: TheSubject, form: TheForm) -> Page:
    """Put the user under a set, or back to permissions of her own."""
    _check(manager, subject)
    chosen = _chosen_set(portal, manager, form)
    portal.people.assign_permission_set(manager.account.id, subject.membership.email, chosen)
    done, number = ("assigned" if chosen else "own"), subject.membership.user_id
    return render.redirect(f"/settings/{manager.account.id}/users?done={done}&user={number}")


def _chosen_set(portal: Portal, manager: Member, form: Form) -> int:
    """:raises PageProblem: 400 for a set that this account does not have"""
    text = form.get("set", "")
    if text == "0":
        return 0
    found = portal.people.permission_set(manager.account.id, int(text)) if is_id(text) else None
    if found is None:
        raise PageProblem(400, "There is no such permission set", "It may have been deleted.", member=manager)
    return found.id


def _check(manager: Member, subject: Subject) -> None:
    if not may_edit(manager, subject.membership):
        detail = "Only another Super Admin can change a Super Admin's permissions."
        raise PageProblem(403, "You can't edit this user", detail, member=manager)

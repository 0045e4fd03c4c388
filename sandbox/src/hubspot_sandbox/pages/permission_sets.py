"""Users & Teams > Permission sets: rights under a name, for many people. In the API they are *roles*.

Who may add and edit users may do so with permission sets, too [inf]. A set's name is not unique [inf].
"""

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.pages import groups, render
from hubspot_sandbox.pages.errors import PageProblem, not_found
from hubspot_sandbox.pages.forms import Form, TheForm
from hubspot_sandbox.pages.groups import GroupRow
from hubspot_sandbox.pages.render import Page
from hubspot_sandbox.pages.rights_editor import ACTIONS, read_rights, sections
from hubspot_sandbox.pages.users import TAKES_EFFECT, TheManager
from hubspot_sandbox.pages.visitor import Call, Member
from hubspot_sandbox.people import PermissionSet
from hubspot_sandbox.portal import Portal

SETS = "/settings/{hub:int}/permission-sets"
ONE = SETS + "/{set_id:int}"
DONE = {"created": "The permission set was created.", "saved": "Saved.", "deleted": "The permission set was deleted."}


TheSet = NamedDependency[PermissionSet]


async def provide_permission_set(portal: ThePortal, manager: TheManager, set_id: FromPath[int]) -> PermissionSet:
    """:raises PageProblem: 404 when the account has no such set"""
    found = portal.people.permission_set(manager.account.id, set_id)
    if found is None:
        raise not_found(manager)
    return found


@get(SETS, include_in_schema=False)
async def sets_page(request: Call, portal: ThePortal, manager: TheManager) -> Page:
    rows = [_row(portal, each) for each in portal.people.permission_sets(manager.account.id)]
    done = DONE.get(request.query_params.get("done", ""), "")
    return groups.list_page(
        "permission_sets.html", manager, "permission-sets", rows, done=done, takes_effect=TAKES_EFFECT
    )


@get(SETS + "/new", include_in_schema=False)
async def new_set_page(manager: TheManager) -> Page:
    return _editor(manager, PermissionSet(0, manager.account.id, ""))


@post(SETS + "/new", include_in_schema=False)
async def create_set(portal: ThePortal, manager: TheManager, form: TheForm) -> Page:
    return _save(portal, manager, PermissionSet(0, manager.account.id, ""), form)


@get(ONE + "/edit", include_in_schema=False)
async def set_page(manager: TheManager, permission_set: TheSet) -> Page:
    return _editor(manager, permission_set)


@post(ONE + "/edit", include_in_schema=False)
async def save_set(portal: ThePortal, manager: TheManager, permission_set: TheSet, form: TheForm) -> Page:
    return _save(portal, manager, permission_set, form)


@get(ONE + "/clone", include_in_schema=False)
async def clone_page(manager: TheManager, permission_set: TheSet) -> Page:
    """The editor of a new set that begins as a copy; nothing is kept until it is saved."""
    copy = msgspec.structs.replace(permission_set, id=0, name=f"{permission_set.name} (copy)"[: groups.MAX_NAME])
    return _editor(manager, copy)


@get(ONE + "/delete", include_in_schema=False)
async def delete_page(portal: ThePortal, manager: TheManager, permission_set: TheSet) -> Page:
    return render.page("delete_set.html", member=manager, row=_row(portal, permission_set))


@post(ONE + "/delete", include_in_schema=False)
async def delete_set(portal: ThePortal, manager: TheManager, permission_set: TheSet, form: TheForm) -> Page:
    """Its people keep what they had of it, as permissions of their own [inf]."""
    portal.people.remove_permission_set(manager.account.id, permission_set.id)
    return groups.back(manager, "permission-sets", "deleted")


def _editor(manager: Member, shown: PermissionSet, wrong: str = "") -> Page:
    return groups.editor(
        "permission_set.html",
        manager,
        "permission-sets",
        shown,
        wrong=wrong,
        sections=sections(shown.rights),
        actions=ACTIONS,
        takes_effect=TAKES_EFFECT,
    )


def _save(portal: Portal, manager: Member, before: PermissionSet, form: Form) -> Page:
    name, given = groups.given_name(form), read_rights(form)
    if not name:
        kept = msgspec.structs.replace(before, rights=given)
        return _editor(manager, kept, "Give the permission set a name.")
    try:
        portal.people.save_permission_set(manager.account.id, name, given, before.id)
    except ValueError as error:
        raise PageProblem(400, "This permission set could not be saved", str(error), member=manager) from error
    return groups.back(manager, "permission-sets", "saved" if before.id else "created")


def _row(portal: Portal, permission_set: PermissionSet) -> GroupRow:
    return groups.row(portal, permission_set, lambda each: permission_set.id in each.set_ids)

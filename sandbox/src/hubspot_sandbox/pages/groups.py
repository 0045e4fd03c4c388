"""What teams and permission sets have in common on their pages: names with the people under them, and an editor."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from hubspot_sandbox.pages import render
from hubspot_sandbox.pages.forms import Form
from hubspot_sandbox.pages.names import person_name
from hubspot_sandbox.pages.render import Page
from hubspot_sandbox.pages.visitor import Member
from hubspot_sandbox.people import Membership, PermissionSet, Team
from hubspot_sandbox.portal import Portal

MAX_NAME = 100
Kind = Literal["teams", "permission-sets"]
"""As in the address."""

Group = Team | PermissionSet


class GroupRow(msgspec.Struct, frozen=True):
    """A line of the table: the group and who is in it."""

    id: int
    name: str
    people: list[str]


def row(portal: Portal, group: Group, has: Callable[[Membership], bool]) -> GroupRow:
    """A group with the members of its account that it has."""
    inside = [each for each in portal.people.members(group.account_id) if has(each)]
    return GroupRow(group.id, group.name, [person_name(portal, each.email) for each in inside])


def list_page(template: str, member: Member, kind: Kind, rows: list[GroupRow], **shown: Any) -> Page:
    return render.page(template, member=member, rows=rows, list_address=_address(member, kind), **shown)


def editor(template: str, member: Member, kind: Kind, group: Group, *, wrong: str = "", **shown: Any) -> Page:
    """The form for one; a group with id 0 is not there yet. With something wrong it is sent back with 400."""
    all_of_them = _address(member, kind)
    return render.page(
        template,
        status=400 if wrong else 200,
        member=member,
        shown=group,
        list_address=all_of_them,
        address=f"{all_of_them}/{group.id}/edit" if group.id else f"{all_of_them}/new",
        wrong=wrong,
        **shown,
    )


def back(member: Member, kind: Kind, done: str) -> Page:
    """To the list, which says what was done."""
    return render.redirect(f"{_address(member, kind)}?done={done}")


def given_name(form: Form) -> str:
    return form.get("name", "").strip()[:MAX_NAME]


def _address(member: Member, kind: Kind) -> str:
    return f"/settings/{member.account.id}/{kind}"

"""New records and changed ones, by hand. What the portal refuses is said above the form, in its own words.

[inf] A new record belongs to whoever makes it, until she chooses somebody else.
"""

import msgspec
from litestar import get, post
from litestar.params import FromPath

from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.objects.kind import Option
from hubspot_sandbox.pages import render
from hubspot_sandbox.pages.errors import PageProblem, not_found
from hubspot_sandbox.pages.forms import Form, TheForm
from hubspot_sandbox.pages.names import owner_names
from hubspot_sandbox.pages.render import Page
from hubspot_sandbox.pages.shown import BY_TYPE_ID, FIRST_STAGES, Shown, record_name
from hubspot_sandbox.pages.viewing import OWNER, may_change, may_create, reach
from hubspot_sandbox.pages.visitor import Member, TheMember
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import HubSpotProblem
from hubspot_sandbox.record import Record, by_hand

NEW = "/contacts/{hub:int}/objects/{type_id:str}/new"
EDIT = "/contacts/{hub:int}/record/{type_id:str}/{record_id:str}/edit"


class Field(msgspec.Struct, frozen=True):
    """One field of the form; with options it is a select."""

    name: str
    label: str
    value: str
    type: str
    options: list[Option]


@get(NEW, include_in_schema=False)
async def new_page(portal: ThePortal, member: TheMember, type_id: FromPath[str]) -> Page:
    shown = _creatable(portal, member, type_id)
    first = {name: value for name, value in FIRST_STAGES.items() if name in shown.fields}
    return _page(portal, member, shown, {**first, OWNER: str(member.membership.owner_id)})


@post(NEW, include_in_schema=False)
async def create(portal: ThePortal, member: TheMember, type_id: FromPath[str], form: TheForm) -> Page:
    shown = _creatable(portal, member, type_id)
    values = _values(shown, form)
    try:
        _check_owner(portal, member, shown, values.get(OWNER, ""))
        source = by_hand(member.membership.user_id)
        record = portal.records.create(member.account.id, shown.kind, values, source)
    except HubSpotProblem as problem:
        return _page(portal, member, shown, values, wrong=_sentences(problem))
    return render.redirect(_address(member, shown, record.id))


@get(EDIT, include_in_schema=False)
async def edit_page(portal: ThePortal, member: TheMember, type_id: FromPath[str], record_id: FromPath[str]) -> Page:
    shown, record = _changeable(portal, member, type_id, record_id)
    return _page(portal, member, shown, record.properties, record)


@post(EDIT, include_in_schema=False)
async def save(
    portal: ThePortal, member: TheMember, type_id: FromPath[str], record_id: FromPath[str], form: TheForm
) -> Page:
    shown, record = _changeable(portal, member, type_id, record_id)
    values = _values(shown, form)
    try:
        if values.get(OWNER, "") != record.get(OWNER):
            _check_owner(portal, member, shown, values.get(OWNER, ""))
        source = by_hand(member.membership.user_id)
        portal.records.update(member.account.id, shown.kind, record.id, values, source=source)
    except HubSpotProblem as problem:
        return _page(portal, member, shown, values, record, wrong=_sentences(problem))
    return render.redirect(_address(member, shown, record.id))


def _creatable(portal: Portal, member: Member, type_id: str) -> Shown:
    """:raises PageProblem: 404 for an unknown kind, 403 without the rights"""
    shown = BY_TYPE_ID.get(type_id)
    if shown is None:
        raise not_found(member)
    if not may_create(portal, member, shown.kind):
        detail = "Your user may not edit them. An administrator can change that in Settings > Users & Teams."
        raise PageProblem(403, f"You can't create {shown.kind}", detail, member=member)
    return shown


def _changeable(portal: Portal, member: Member, type_id: str, record_id: str) -> tuple[Shown, Record]:
    """:raises PageProblem: 404 for what is not there, 403 without the rights"""
    shown = BY_TYPE_ID.get(type_id)
    record = portal.record(member.account.id, shown.kind, record_id) if shown else None
    if shown is None or record is None:
        raise not_found(member)
    if not may_change(portal, member, record):
        detail = "Your user may not edit this record. An administrator can change that in Settings > Users & Teams."
        raise PageProblem(403, f"You can't edit this {shown.noun}", detail, member=member)
    return shown, record


def _check_owner(portal: Portal, member: Member, shown: Shown, owner: str) -> None:
    """Nobody gives a record to where her own Edit right does not reach [inf].

    :raises HubSpotProblem: 403
    """
    if not reach(portal, member, shown.kind, "edit").covers(owner):
        raise HubSpotProblem(403, "You may not edit records of this owner. Choose another owner.", "PERMISSIONS")


def _values(shown: Shown, form: Form) -> dict[str, str]:
    return {name: form.get(name, "").strip() for name in (*shown.fields, OWNER)}


def _sentences(problem: HubSpotProblem) -> list[str]:
    told = [str(each["message"]) for each in problem.body().get("errors") or ()]
    return told or [problem.message]


def _page(
    portal: Portal,
    member: Member,
    shown: Shown,
    values: dict[str, str],
    record: Record | None = None,
    wrong: list[str] | None = None,
) -> Page:
    back = _address(member, shown, record.id) if record else ""
    base = f"/contacts/{member.account.id}/objects/{shown.type_id}"
    return render.page(
        "writing.html",
        status=400 if wrong else 200,
        member=member,
        shown=shown,
        heading=f"Edit {record_name(record)}" if record else f"New {shown.noun}",
        fields=_fields(portal, member, shown, values),
        wrong=wrong or [],
        address=f"{back}/edit" if record else f"{base}/new",
        back=back or f"{base}/views/all/list",
    )


def _fields(portal: Portal, member: Member, shown: Shown, values: dict[str, str]) -> list[Field]:
    properties = portal.properties.of(member.account.id, shown.kind)
    types = {"phone_number": "tel", "datetime": "date", "date": "date"}
    made = []
    for prop in (properties[name] for name in shown.fields if name in properties):
        kind, value = types.get(prop.type, "text"), values.get(prop.name, "")
        shown_value = value[:10] if kind == "date" else value
        made.append(Field(prop.name, prop.label, shown_value, kind, list(prop.options)))
    owners = [Option(name, number) for number, name in owner_names(portal, member.account.id).items()]
    return [*made, Field(OWNER, f"{shown.noun.capitalize()} owner", values.get(OWNER, ""), "text", owners)]


def _address(member: Member, shown: Shown, record_id: str) -> str:
    return f"/contacts/{member.account.id}/record/{shown.type_id}/{record_id}"

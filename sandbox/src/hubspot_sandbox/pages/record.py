"""One contact or company: what is known on the left, its calls in the middle, what belongs to it on the right."""

import msgspec
from litestar import get
from litestar.params import FromPath

from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.objects.kind import Property
from hubspot_sandbox.pages import render
from hubspot_sandbox.pages.calling import frames, host_of
from hubspot_sandbox.pages.errors import PageProblem, not_found
from hubspot_sandbox.pages.names import owner_names
from hubspot_sandbox.pages.render import Page
from hubspot_sandbox.pages.shown import BY_KIND, BY_TYPE_ID, record_name
from hubspot_sandbox.pages.timeline import CallShown, EntryShown, calls_shown, entries_shown
from hubspot_sandbox.pages.viewing import may_change, may_see
from hubspot_sandbox.pages.visitor import Call, Member, TheMember
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.record import Record

PHONES = {"phone", "mobilephone", "fax"}


class Fact(msgspec.Struct, frozen=True):
    """A property with its label, as the left column shows it."""

    name: str
    label: str
    value: str
    is_phone: bool


class Neighbour(msgspec.Struct, frozen=True):
    """An associated record; without a link when she may not see it."""

    name: str
    detail: str
    url: str


@get("/contacts/{hub:int}/record/{type_id:str}/{record_id:str}", include_in_schema=False)
async def record_page(
    request: Call, portal: ThePortal, member: TheMember, type_id: FromPath[str], record_id: FromPath[str]
) -> Page:
    shown = BY_TYPE_ID.get(type_id)
    record = portal.record(member.account.id, shown.kind, record_id) if shown else None
    if record is None:
        raise not_found(member)
    if not may_see(portal, member, record):
        detail = "It belongs to somebody else, and your user may not view other people's records."
        raise PageProblem(403, "You don't have access to this record", detail, member=member)
    return _page(request, portal, member, record, type_id)


def _page(request: Call, portal: Portal, member: Member, record: Record, type_id: str) -> Page:
    only, calling = request.query_params.get("show", ""), host_of(portal, member, record)
    account_id = member.account.id
    timeline = portal.timeline(account_id, record.kind, record.id)
    entries = entries_shown(portal, account_id, record)
    shown = calls_shown(portal, account_id, timeline) if only in ("", "calls") else []
    owner = owner_names(portal, account_id).get(record.get("hubspot_owner_id"), "")
    return render.page(
        "record.html",
        frames=frames(request, calling),
        member=member,
        calling=calling,
        record=record,
        type_id=type_id,
        name=record_name(record),
        facts=_facts(portal, account_id, record),
        owner=owner,
        activities=_newest_first(shown, [each for each in entries if only in ("", each.kind)]),
        calls=shown,
        only=only,
        call_count=len(timeline),
        noun=BY_KIND[record.kind].noun,
        may_edit=may_change(portal, member, record),
        groups=[(other, _neighbours(portal, member, record, other)) for other in BY_KIND[record.kind].others],
    )


def _newest_first(calls: list[CallShown], entries: list[EntryShown]) -> list[CallShown | EntryShown]:
    return sorted([*calls, *entries], key=lambda each: each.at, reverse=True)


def _facts(portal: Portal, account_id: int, record: Record) -> list[Fact]:
    properties = portal.properties.of(account_id, record.kind)
    found = (_fact(properties[name], record) for name in BY_KIND[record.kind].facts if name in properties)
    return [fact for fact in found if fact.value or fact.name in BY_KIND[record.kind].always]


def _fact(prop: Property, record: Record) -> Fact:
    value = record.get(prop.name)
    labels = {option.value: option.label for option in prop.options}
    return Fact(prop.name, prop.label, labels.get(value, value), prop.name in PHONES)


def _neighbours(portal: Portal, member: Member, record: Record, other: str) -> list[Neighbour]:
    found = portal.related(member.account.id, record.kind, record.id, other)
    return [_neighbour(portal, member, each) for each in found[:50]]


def _neighbour(portal: Portal, member: Member, record: Record) -> Neighbour:
    url = f"/contacts/{member.account.id}/record/{BY_KIND[record.kind].type_id}/{record.id}"
    detail = record.get(BY_KIND[record.kind].detail)
    return Neighbour(record_name(record), detail, url if may_see(portal, member, record) else "")

"""`/crm/lists/{version}/{listId}/memberships…`: who is in a segment, and in which ones a record is (S54)."""

from collections.abc import Iterable
from urllib.parse import urlencode

from litestar import delete, get, post, put
from litestar.params import FromPath

from hubspot_sandbox.access import Access, Call, Caller, ThePortal
from hubspot_sandbox.clock import iso
from hubspot_sandbox.lists.members import Membership
from hubspot_sandbox.lists.model import ObjectList
from hubspot_sandbox.lists.routes import LISTS, ONE, READ, WRITE
from hubspot_sandbox.lists.wire import BatchRecords, MembershipChange, RecordId, membership_json, memberships_of
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.routes import page_after, page_limit
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.objects.wire import batch_json, check_inputs, read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, invalid
from hubspot_sandbox.surface import says

MEMBERSHIPS = ONE + "/memberships"
PAGE, MOST_PAGE, MOST_CHANGED = 100, 250, 100_000
PAGED = ("limit", "after", "before")
Ids = tuple[RecordId, ...]


@get(MEMBERSHIPS, opt=says("faithful", "S54, sdk", query=PAGED))
async def list_memberships(request: Call, portal: ThePortal, access: Caller, list_id: FromPath[str]) -> Body:
    """`{total, results, paging?}` by record id; tokens are record ids, which a caller should not know [inf]."""
    access.require(READ)
    found = portal.lists.settled(portal.lists.get(access.account_id, list_id))
    place, members, query = portal.lists.place(found), portal.lists.members, request.query_params
    limit, before = page_limit(query.get("limit"), PAGE, MOST_PAGE), page_after(query.get("before"))
    after = page_after(query.get("after"))
    page = members.before(place, before, limit) if before else members.after(place, after, limit)
    first, last = (int(page[0].record_id), int(page[-1].record_id)) if page else (0, 0)
    earlier = page[0].record_id if page and members.before(place, first, 1) else ""
    later = page[-1].record_id if page and members.after(place, last, 1) else ""
    return _page(request, members.count(place), page, later, earlier)


@get(MEMBERSHIPS + "/join-order", opt=says("faithful", "S54, sdk", query=PAGED))
async def list_joined(request: Call, portal: ThePortal, access: Caller, list_id: FromPath[str]) -> Body:
    """As above, by when they joined; tokens are places in that order [inf]."""
    access.require(READ)
    found = portal.lists.settled(portal.lists.get(access.account_id, list_id))
    place, query = portal.lists.place(found), request.query_params
    limit, before = page_limit(query.get("limit"), PAGE, MOST_PAGE), page_after(query.get("before"))
    begin = max(before - limit, 0) if before else page_after(query.get("after"))
    page = portal.lists.members.joined(place, begin, min(limit, before) if before else limit)
    total, end = portal.lists.members.count(place), begin + len(page)
    return _page(request, total, page, str(end) if end < total else "", str(begin) if begin else "")


def _page(request: Call, total: int, page: list[Membership], after: str, before: str) -> Body:
    answer: Body = {"total": total, "results": [membership_json(each) for each in page]}
    following = {"next": {"after": after, "link": _link(request, "after", after)}} if after else {}
    previous = {"prev": {"before": before, "link": _link(request, "before", before)}} if before else {}
    return answer | ({"paging": {**following, **previous}} if following or previous else {})


def _link(request: Call, name: str, token: str) -> str:
    kept = [(key, value) for key, value in request.query_params.multi_items() if key not in ("after", "before")]
    query = urlencode([*kept, (name, token)])
    return str(request.url.with_replacements(path=request.state.called_path, query=query))


# changing ---------------------------------------------------------------------------------------------


@put(MEMBERSHIPS + "/add", opt=says("faithful", "S54, sdk", body=Ids))
async def add_members(request: Call, portal: ThePortal, access: Caller, list_id: FromPath[str]) -> Body:
    """`{recordsIdsAdded, recordIdsRemoved, recordIdsMissing}`; who was in it already is in none of them."""
    access.require(*WRITE)
    return _change(portal, access, list_id, read_body(await request.body(), Ids), ())


@put(MEMBERSHIPS + "/remove", opt=says("faithful", "S54, sdk", body=Ids))
async def remove_members(request: Call, portal: ThePortal, access: Caller, list_id: FromPath[str]) -> Body:
    access.require(*WRITE)
    return _change(portal, access, list_id, (), read_body(await request.body(), Ids))


@put(MEMBERSHIPS + "/add-and-remove", opt=says("faithful", "S54, sdk", body=MembershipChange))
async def change_members(request: Call, portal: ThePortal, access: Caller, list_id: FromPath[str]) -> Body:
    """An id in both is added and then removed [unv]."""
    access.require(*WRITE)
    given = read_body(await request.body(), MembershipChange)
    return _change(portal, access, list_id, given.record_ids_to_add, given.record_ids_to_remove)


def _change(portal: Portal, access: Access, list_id: str, add: Ids, remove: Ids) -> Body:
    each = _changeable(portal, access, list_id)
    place, members = portal.lists.place(each), portal.lists.members
    adding, removing = _numbers(add), _numbers(remove)
    if len(adding) + len(removing) > MOST_CHANGED:
        raise invalid(f"At most {MOST_CHANGED} records can be added and removed at once.")
    with portal.store.transaction():
        there = members.existing(place, {*adding, *removing})
        added = members.add(place, [one for one in adding if one in there], iso(portal.clock.now()))
        removed = members.remove(place, [one for one in removing if one in there])
        if removed:
            portal.lists.left(each)
    portal.lists.changed(access.account_id)
    missing = [str(one) for one in dict.fromkeys((*add, *remove)) if not is_id(str(one)) or int(one) not in there]
    return {
        "recordsIdsAdded": [str(one) for one in added],
        "recordIdsRemoved": [str(one) for one in removed],
        "recordIdsMissing": missing,
    }


def _numbers(ids: Iterable[RecordId]) -> list[int]:
    return [int(each) for each in dict.fromkeys(str(one) for one in ids) if is_id(each)]


def _changeable(portal: Portal, access: Access, list_id: str) -> ObjectList:
    """:raises HubSpotProblem: 400 for a DYNAMIC one, as the guide says; the text is ours [unv]"""
    access.require(*WRITE)
    found = portal.lists.get(access.account_id, list_id)
    if found.processing == "DYNAMIC":
        raise invalid("The memberships of a DYNAMIC list cannot be changed: edit its filters, or the record.")
    return found


@put(MEMBERSHIPS + "/add-from/{source_id:str}", status_code=204, opt=says("faithful", "S54, sdk"))
async def add_members_from(portal: ThePortal, access: Caller, list_id: FromPath[str], source_id: FromPath[str]) -> None:
    """All members of another segment of the same kind, at most 100,000."""
    each = _changeable(portal, access, list_id)
    source = portal.lists.settled(portal.lists.get(access.account_id, source_id))
    if source.kind != each.kind:
        raise invalid(f"List {source_id} is no list of {each.kind}.")
    _check_few(portal, source)
    portal.lists.members.copy(portal.lists.place(source), portal.lists.place(each), iso(portal.clock.now()))
    portal.lists.changed(access.account_id)


def _check_few(portal: Portal, each: ObjectList) -> None:
    if portal.lists.members.count(portal.lists.place(each)) > MOST_CHANGED:
        raise invalid(f"List {each.number} has more than {MOST_CHANGED} members.")


@delete(MEMBERSHIPS, status_code=204, opt=says("faithful", "S54, sdk"))
async def clear_members(portal: ThePortal, access: Caller, list_id: FromPath[str]) -> None:
    """All leave; the segment stays."""
    each = _changeable(portal, access, list_id)
    _check_few(portal, each)
    if portal.lists.members.clear(portal.lists.place(each)):
        portal.lists.left(each)


# of records -------------------------------------------------------------------------------------------


@get(LISTS + "/records/{object_type:str}/{record_id:str}/memberships", opt=says("faithful", "S54, sdk"))
async def memberships_of_record(
    portal: ThePortal, access: Caller, object_type: FromPath[str], record_id: FromPath[str]
) -> Body:
    """`{total, results}`; a record that is not there is in none [unv]."""
    access.require(READ)
    found = memberships_of(portal, access.account_id, object_type, record_id)
    return {"total": len(found), "results": found}


@post(
    LISTS + "/records/memberships/batch/read",
    status_code=200,
    opt=says(
        "faithful", "S54, sdk", body=BatchRecords, differs="at most 100 inputs; records that are not there are in no list"
    ),
)
async def batch_memberships(request: Call, portal: ThePortal, access: Caller) -> Body:
    """For each input `{objectTypeId, recordId, recordListMemberships}`."""
    access.require(READ)
    given = read_body(await request.body(), BatchRecords)
    check_inputs(given.inputs)
    now = iso(portal.clock.now())
    results: list[Body] = [
        {
            "objectTypeId": kind_of(each.object_type_id).type_id,
            "recordId": str(each.record_id),
            "recordListMemberships": memberships_of(portal, access.account_id, each.object_type_id, str(each.record_id)),
        }
        for each in given.inputs
    ]
    return batch_json(results, now, now)


HANDLERS = [
    list_memberships,
    list_joined,
    add_members,
    remove_members,
    change_members,
    add_members_from,
    clear_members,
    memberships_of_record,
    batch_memberships,
]

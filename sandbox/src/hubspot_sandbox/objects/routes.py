"""`/crm/objects/{version}/{object_type}…`: one record (facts 3.2) and search (3.3)."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import delete, get, patch, post
from litestar.params import FromPath

from hubspot_sandbox.access import Access, Call, Caller, ThePortal, require_kind
from hubspot_sandbox.objects import model
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.kind import Kind
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.objects.wire import (
    GdprDelete,
    MergeInput,
    ObjectInput,
    UpdateInput,
    associations_json,
    read_body,
    record_json,
    texts,
)
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, invalid, not_found
from hubspot_sandbox.record import Record
from hubspot_sandbox.search import Search
from hubspot_sandbox.surface import says

OBJECTS = "/crm/objects/{version:str}/{object_type:str}"
MAX_PAGE = 100
MERGED_KINDS = ("contacts", "companies", "deals", "tickets")


def names(value: str | list[str] | None) -> tuple[str, ...]:
    """A query parameter that may be repeated or hold commas."""
    values = [value] if isinstance(value, str) else value or []
    return tuple(name.strip() for each in values for name in each.split(",") if name.strip())


def flag(value: str | None) -> bool:
    return (value or "").lower() == "true"


def page_limit(text: str | None, default: int, most: int) -> int:
    """:raises HubSpotProblem: 400 unless a number from 1 to `most`"""
    if text is None:
        return default
    if not is_id(text) or not 1 <= int(text) <= most:
        raise invalid(f"limit must be a number between 1 and {most}")
    return int(text)


def page_after(text: str | None) -> int:
    """:raises HubSpotProblem: 400 for what no answer gave as `paging.next.after`"""
    if text and not is_id(text):
        raise invalid(f"after {text!r} is not a paging token of this endpoint")
    return int(text or 0)


def _present(portal: Portal, account_id: int, request: Call, record: Record) -> Body:
    query = request.query_params
    history = model.histories(portal, account_id, record, names(query.getall("propertiesWithHistory", [])))
    answer = record_json(record, names(query.getall("properties", [])), history)
    others = [kind_of(name).name for name in names(query.getall("associations", []))]
    links = {other: portal.associations.of(account_id, record.kind, record.id, other) for other in others}
    found = associations_json(links, partial(portal.associations.labels.name, account_id))
    return answer | ({"associations": found} if found else {})


READING = ("properties", "propertiesWithHistory", "associations", "archived")


@get(OBJECTS, opt=says("faithful", "spec, S40", query=("limit", "after", *READING)))
async def list_objects(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Body:
    """A page of records by ascending id; at most 100."""
    kind = kind_of(object_type)
    require_kind(portal, access, kind, "view")
    query = request.query_params
    limit, after = page_limit(query.get("limit"), 10, MAX_PAGE), page_after(query.get("after"))
    found = _page(portal, access, kind, after, limit + 1, flag(query.get("archived")))
    results = [_present(portal, access.account_id, request, record) for record in found[:limit]]
    if len(found) <= limit:
        return {"results": results}
    last = found[limit - 1].id
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "after"]
    url = request.url.with_replacements(path=request.state.called_path, query=urlencode([*kept, ("after", last)]))
    return {"results": results, "paging": {"next": {"after": last, "link": str(url)}}}


def _page(portal: Portal, access: Access, kind: Kind, after: int, limit: int, archived: bool) -> list[Record]:
    """As many records as asked for, of those that the token reaches."""
    reached, found = model.reach(portal, access, kind, "view"), list[Record]()
    while len(found) < limit:
        more = portal.records.page(access.account_id, kind.name, after=after, limit=limit, archived=archived)
        found += model.visible(more, reached)
        if len(more) < limit:
            break
        after = int(more[-1].id)
    return found[:limit]


@post(OBJECTS, status_code=201, opt=says("faithful", "spec, S40, S43", body=ObjectInput))
async def create_object(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Body:
    """201 with the whole record; 400 for bad properties or associations, 409 for a taken e-mail address."""
    kind = kind_of(object_type)
    require_kind(portal, access, kind, "edit")
    given = read_body(await request.body(), ObjectInput)
    made = record_json(model.create(portal, access, kind.name, given))
    trace = given.object_write_trace_id
    return made | ({"objectWriteTraceId": trace} if trace else {})


@get(OBJECTS + "/{object_id:str}", opt=says("faithful", "spec, S40", query=("idProperty", *READING)))
async def get_object(
    request: Call,
    portal: ThePortal,
    access: Caller,
    object_type: FromPath[str],
    object_id: FromPath[str],
) -> Body:
    """One record by id or `idProperty`; 404 when there is none."""
    kind = kind_of(object_type)
    require_kind(portal, access, kind, "view")
    query = request.query_params
    record = portal.records.get(
        access.account_id,
        kind.name,
        object_id,
        by=query.get("idProperty", ""),
        archived=flag(query.get("archived")),
    )
    if record is None:
        raise not_found()
    return _present(portal, access.account_id, request, model.reached(portal, access, kind, record, "view"))


@patch(OBJECTS + "/{object_id:str}", opt=says("faithful", "spec, S40", body=UpdateInput, query=("idProperty",)))
async def update_object(
    request: Call,
    portal: ThePortal,
    access: Caller,
    object_type: FromPath[str],
    object_id: FromPath[str],
) -> Body:
    """Change some properties; an empty text clears one."""
    kind = kind_of(object_type)
    require_kind(portal, access, kind, "edit")
    given = read_body(await request.body(), UpdateInput)
    record = portal.records.existing(
        access.account_id, kind.name, object_id, by=request.query_params.get("idProperty", "")
    )
    model.reached(portal, access, kind, record, "edit")
    values, source = texts(given.properties), access.source
    return record_json(portal.records.update(access.account_id, kind.name, record.id, values, source=source))


@delete(OBJECTS + "/{object_id:str}", status_code=204, opt=says("faithful", "spec, S40"))
async def archive_object(
    portal: ThePortal,
    access: Caller,
    object_type: FromPath[str],
    object_id: FromPath[str],
) -> None:
    """204, also when there was nothing to archive [unv]."""
    kind = kind_of(object_type)
    require_kind(portal, access, kind, "edit")
    record = portal.records.get(access.account_id, kind.name, object_id)
    if record:
        model.reached(portal, access, kind, record, "delete")
        portal.records.archive(access.account_id, kind.name, record.id)


@post(OBJECTS + "/merge", status_code=200, opt=says("faithful", "spec, S47", body=MergeInput))
async def merge_objects(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Body:
    """Two records become one. Contacts, companies, deals and tickets only."""
    kind = kind_of(object_type)
    require_kind(portal, access, kind, "edit")
    if kind.name not in MERGED_KINDS:
        raise invalid(f"{kind.name} cannot be merged")
    given = read_body(await request.body(), MergeInput)
    ids = str(given.primary_object_id), str(given.object_id_to_merge)
    for each in ids:
        found = portal.records.existing(access.account_id, kind.name, each)
        model.reached(portal, access, kind, found, "edit")
    return record_json(model.merge(portal, access.account_id, kind, *ids))


@post(OBJECTS + "/gdpr-delete", status_code=204, opt=says("faithful", "spec", body=GdprDelete))
async def gdpr_delete(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> None:
    """A contact is deleted for good. [unv] that other kinds cannot be."""
    kind = kind_of(object_type)
    require_kind(portal, access, kind, "edit")
    if kind.name != "contacts":
        raise invalid(f"{kind.name} have no privacy deletion")
    given = read_body(await request.body(), GdprDelete)
    model.delete_for_good(portal, access, kind, str(given.object_id), given.id_property or "")


@post(OBJECTS + "/search", status_code=200, opt=says("faithful", "S11, spec", body=Search))
async def search_objects(
    request: Call,
    portal: ThePortal,
    access: Caller,
    object_type: FromPath[str],
) -> Body:
    """`{total, results, paging?}`; counts against the search limit, not against the ten-secondly one."""
    kind = kind_of(object_type)
    require_kind(portal, access, kind, "view")
    search = read_search(await request.body())
    reached = model.reach(portal, access, kind, "view")
    found = portal.records.search(access.account_id, kind.name, search, sight=reached)
    answer: Body = {
        "total": found.total,
        "results": [record_json(record, search.properties) for record in found.records],
    }
    seen = search.after + len(found.records)
    more = seen < found.total and found.records
    return answer | ({"paging": {"next": {"after": str(seen)}}} if more else {})


def read_search(raw: bytes) -> Search:
    """The search body; null and missing mean the same, `after` may be a text."""
    given = read_body(raw or b"{}", dict[str, Any])
    present = {name: value for name, value in given.items() if value not in (None, "")}
    try:
        return msgspec.convert(present, Search, strict=False)
    except msgspec.ValidationError as error:
        raise invalid(f"Invalid input JSON: {error}") from error


HANDLERS = [
    list_objects,
    create_object,
    get_object,
    update_object,
    archive_object,
    merge_objects,
    gdpr_delete,
    search_objects,
]

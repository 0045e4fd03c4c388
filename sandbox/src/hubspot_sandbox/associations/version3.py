"""Associations as version 3 has them: a tie has a name (`contact_to_company`) instead of category and number.

The same ties as in `routes.py` and `batches.py`, in older words; HubSpot stops supporting these in September 2027.
"""

from collections.abc import Sequence
from functools import partial

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import FromPath

from hubspot_sandbox.access import Access, Call, Caller, ThePortal
from hubspot_sandbox.associations import refusals
from hubspot_sandbox.associations.model import Link
from hubspot_sandbox.associations.tying import Ends, ends_of, tie, untie
from hubspot_sandbox.associations.types import AssociationType
from hubspot_sandbox.associations.wire import batch_answer, each_for_itself, page_of
from hubspot_sandbox.objects.routes import page_after, page_limit
from hubspot_sandbox.objects.wire import ObjectRef, check_inputs, named_links, read_body, record_json
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, invalid
from hubspot_sandbox.surface import says

OF_RECORD = "/crm/v3/objects/{object_type:str}/{object_id:str}/associations/{to_type:str}"
ONE = OF_RECORD + "/{to_id:str}/{association_type:str}"
BETWEEN = "/crm/v3/associations/{object_type:str}/{to_type:str}"
PAGE, MAX_READ, MAX_WRITTEN = 500, 1000, 2000
"""As in version 4 [inf]."""


class NamedPair(msgspec.Struct, frozen=True):
    """`{from: {id}, to: {id}, type}`"""

    from_: ObjectRef = msgspec.field(name="from")
    to: ObjectRef
    type: str


class NamedPairBatch(msgspec.Struct, frozen=True):
    inputs: tuple[NamedPair, ...]


class RefBatch(msgspec.Struct, frozen=True):
    inputs: tuple[ObjectRef, ...]


def named_type(portal: Portal, account_id: int, ends: Ends, name: str) -> AssociationType:
    """A type by its name, or by its number as a text.

    :raises HubSpotProblem: 400; the text is [unv]
    """
    for each in portal.associations.labels.between(account_id, ends.kind.name, ends.other.name):
        if name in (each.name, str(each.type_id)):
            return each
    raise invalid(f"{name} is not a valid association type from {ends.kind.noun} to {ends.other.noun}", type=[name])


def _named(portal: Portal, access: Access, links: Sequence[Link]) -> list[Body]:
    return named_links(links, partial(portal.associations.labels.name, access.account_id))


@get(OF_RECORD, opt=says("shape only", "spec", query=("limit", "after")))
async def list_named(request: Call, portal: ThePortal, access: Caller) -> Body:
    """`{results: [{id, type}], paging?}`, an entry for each type of a tie."""
    ends = ends_of(request, portal, access, "view")
    record = portal.records.existing(access.account_id, ends.kind.name, ends.from_id)
    links = portal.associations.of(access.account_id, ends.kind.name, record.id, ends.other.name)
    query = request.query_params
    shown, paging = page_of(links, page_after(query.get("after")), page_limit(query.get("limit"), PAGE, PAGE))
    return {"results": _named(portal, access, shown)} | paging


@put(ONE, status_code=200, opt=says("shape only", "spec", differs="texts of refusals are ours"))
async def associate_named(request: Call, portal: ThePortal, access: Caller, association_type: FromPath[str]) -> Body:
    """Tie two records; the record with its ties to the other kind."""
    ends = ends_of(request, portal, access, "edit")
    tie(portal, access.account_id, ends, named_type(portal, access.account_id, ends, association_type))
    record = portal.records.existing(access.account_id, ends.kind.name, ends.from_id)
    links = portal.associations.of(access.account_id, ends.kind.name, record.id, ends.other.name)
    return record_json(record, ()) | {"associations": {ends.other.name: {"results": _named(portal, access, links)}}}


@delete(ONE, status_code=204, opt=says("shape only", "spec"))
async def dissociate_named(request: Call, portal: ThePortal, access: Caller, association_type: FromPath[str]) -> None:
    """Take one type off a tie."""
    ends = ends_of(request, portal, access, "edit")
    untie(portal, access.account_id, ends, named_type(portal, access.account_id, ends, association_type))


@get(BETWEEN + "/types", opt=says("shape only", "spec"))
async def list_names(request: Call, portal: ThePortal, access: Caller) -> Body:
    """`{results: [{id, name}]}`"""
    ends = ends_of(request, portal, access, "view")
    found = portal.associations.labels.between(access.account_id, ends.kind.name, ends.other.name)
    return {"results": [{"id": str(each.type_id), "name": each.name} for each in found]}


@post(BETWEEN + "/batch/read", status_code=200, opt=says("shape only", "spec", body=RefBatch, answers=(207,)))
async def batch_read_named(request: Call, portal: ThePortal, access: Caller) -> Response[Body]:
    """`{from: {id}, to: [{id, type}], paging?}` for each record with ties, and an error for each without [comm]."""
    ends = ends_of(request, portal, access, "view")
    given = read_body(await request.body(), RefBatch)
    check_inputs(given.inputs, MAX_READ)
    results: list[Body] = []
    errors: list[Body] = []
    for record_id in dict.fromkeys(str(each.id) for each in given.inputs):
        record = portal.record(access.account_id, ends.kind.name, record_id)
        links = portal.associations.of(access.account_id, ends.kind.name, record.id, ends.other.name) if record else []
        shown, paging = page_of(links, 0, PAGE)
        if shown:
            results.append({"from": {"id": record_id}, "to": _named(portal, access, shown)} | paging)
        else:
            errors.append(refusals.none_found(ends.kind.name, record_id, ends.other.name))
    return batch_answer(portal, results, errors, 200)


@post(BETWEEN + "/batch/create", status_code=201, opt=says("shape only", "spec", body=NamedPairBatch, answers=(207,)))
async def batch_create_named(request: Call, portal: ThePortal, access: Caller) -> Response[Body]:
    """`{from: {id}, to: {id}, type}` for each tie made; 207 when some could not be."""
    ends = ends_of(request, portal, access, "edit")
    given = read_body(await request.body(), NamedPairBatch)
    check_inputs(given.inputs, MAX_WRITTEN)

    def tie_named(each: NamedPair) -> list[Body]:
        pair = ends.with_ids(each.from_.id, each.to.id)
        tie(portal, access.account_id, pair, named_type(portal, access.account_id, pair, each.type))
        return [{"from": {"id": pair.from_id}, "to": {"id": pair.to_id}, "type": each.type}]

    return batch_answer(portal, *each_for_itself(portal, given.inputs, tie_named), 201)


@post(BETWEEN + "/batch/archive", status_code=204, opt=says("shape only", "spec", body=NamedPairBatch))
async def batch_archive_named(request: Call, portal: ThePortal, access: Caller) -> None:
    """Take one type off each tie; 400 for all when one type is unknown [inf]."""
    ends = ends_of(request, portal, access, "edit")
    given = read_body(await request.body(), NamedPairBatch)
    check_inputs(given.inputs, MAX_WRITTEN)
    with portal.store.transaction():
        for each in given.inputs:
            pair = ends.with_ids(each.from_.id, each.to.id)
            untie(portal, access.account_id, pair, named_type(portal, access.account_id, pair, each.type))


HANDLERS = [
    list_named,
    associate_named,
    dissociate_named,
    list_names,
    batch_read_named,
    batch_create_named,
    batch_archive_named,
]

"""`/crm/associations/{version}/{object_type}/{to_type}/batch/…`: many ties at once, each input for itself (S44)."""

from typing import TypeVar

from litestar import Response, post

from hubspot_sandbox.access import Access, Call, Caller, ThePortal
from hubspot_sandbox.associations import refusals
from hubspot_sandbox.associations.tying import Ends, default_json, ends_of, known_type, label_pair, tie, untie
from hubspot_sandbox.associations.wire import (
    FanBatch,
    Pair,
    PairBatch,
    ReadBatch,
    Reading,
    TypedPair,
    TypedPairBatch,
    batch_answer,
    each_for_itself,
    link_json,
    page_of,
)
from hubspot_sandbox.objects.routes import page_after
from hubspot_sandbox.objects.wire import check_inputs, read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body
from hubspot_sandbox.surface import says

B = TypeVar("B", PairBatch, TypedPairBatch, FanBatch)
BATCH = "/crm/associations/{version:str}/{object_type:str}/{to_type:str}/batch"
MAX_READ, MAX_WRITTEN, PAGE = 1000, 2000, 500
"""The first two are documented, for reading and creating; the size of a page is [inf]."""


async def _asked(request: Call, portal: Portal, access: Access, shape: type[B]) -> tuple[Ends, B]:
    """The kinds and the body, for a caller who may edit records of the first kind."""
    ends = ends_of(request, portal, access, "edit")
    given = read_body(await request.body(), shape)
    check_inputs(given.inputs, MAX_WRITTEN)
    return ends, given


@post(BATCH + "/read", status_code=200, opt=says("faithful", "S44, spec", body=ReadBatch, answers=(207,)))
async def batch_read_associations(request: Call, portal: ThePortal, access: Caller) -> Response[Body]:
    """For each input `{from: {id}, to: [{toObjectId, associationTypes}], paging?}`; 207 with an error for each record
    without ties, as people report it [comm]."""
    ends = ends_of(request, portal, access, "view")
    given = read_body(await request.body(), ReadBatch)
    check_inputs(given.inputs, MAX_READ)
    read = {str(each.id): _read(portal, access, ends, each) for each in given.inputs}
    missing = [
        refusals.none_found(ends.kind.name, record_id, ends.other.name)
        for record_id, found in read.items()
        if found is None
    ]
    return batch_answer(portal, [found for found in read.values() if found], missing, 200)


def _read(portal: Portal, access: Access, ends: Ends, wanted: Reading) -> Body | None:
    record_id, after = str(wanted.id), page_after(wanted.after)
    record = portal.record(access.account_id, ends.kind.name, record_id)
    links = portal.associations.of(access.account_id, ends.kind.name, record.id, ends.other.name) if record else []
    shown, paging = page_of(links, after, PAGE)
    answer: Body = {"from": {"id": record_id}, "to": [link_json(portal, access.account_id, each) for each in shown]}
    return answer | paging if links else None


@post(BATCH + "/create", status_code=201, opt=says("faithful", "S44, spec", body=TypedPairBatch, answers=(207,)))
async def batch_create_associations(request: Call, portal: ThePortal, access: Caller) -> Response[Body]:
    """As a single labelled tie, for up to 2,000 pairs; 207 when some could not be made."""
    ends, given = await _asked(request, portal, access, TypedPairBatch)

    def label(each: TypedPair) -> list[Body]:
        return [label_pair(portal, access.account_id, ends.with_ids(each.from_.id, each.to.id), each.types)]

    return batch_answer(portal, *each_for_itself(portal, given.inputs, label), 201)


@post(BATCH + "/associate/default", status_code=200, opt=says("faithful", "S44, spec", body=PairBatch, answers=(207,)))
async def batch_associate_default(request: Call, portal: ThePortal, access: Caller) -> Response[Body]:
    """Without labels; 207 when some could not be made [inf]."""
    ends, given = await _asked(request, portal, access, PairBatch)

    def tie_default(each: Pair) -> list[Body]:
        pair = ends.with_ids(each.from_.id, each.to.id)
        return [default_json(pair, tie(portal, access.account_id, pair))]

    return batch_answer(portal, *each_for_itself(portal, given.inputs, tie_default), 200)


@post(BATCH + "/archive", status_code=204, opt=says("faithful", "S44, spec", body=FanBatch))
async def batch_archive_associations(request: Call, portal: ThePortal, access: Caller) -> None:
    """Remove all ties of each pair; 204, whatever of it existed [inf]."""
    ends, given = await _asked(request, portal, access, FanBatch)
    with portal.store.transaction():
        for each in given.inputs:
            for to in each.to:
                untie(portal, access.account_id, ends.with_ids(each.from_.id, to.id))


@post(BATCH + "/labels/archive", status_code=204, opt=says("faithful", "S44, spec", body=TypedPairBatch))
async def batch_archive_labels(request: Call, portal: ThePortal, access: Caller) -> None:
    """Take these types off each pair; the tie stays, unless the unlabelled type is named (documented).

    An unknown type is 400 for all [inf].
    """
    ends, given = await _asked(request, portal, access, TypedPairBatch)
    with portal.store.transaction():
        for each in given.inputs:
            for spec in each.types:
                category, number = spec.association_category, spec.association_type_id
                by = known_type(portal, access.account_id, ends, category, number)
                untie(portal, access.account_id, ends.with_ids(each.from_.id, each.to.id), by)


HANDLERS = [
    batch_read_associations,
    batch_create_associations,
    batch_associate_default,
    batch_archive_associations,
    batch_archive_labels,
]

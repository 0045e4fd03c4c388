"""`/crm/associations/{version}/{object_type}/{to_type}/batch/…`: many ties at once, each input for itself (S44)."""

from typing import TypeVar

from litestar import Response, post
from litestar.params import FromPath

from hubspot_sandbox.access import Access, Call, Caller, ThePortal, require_kind
from hubspot_sandbox.associations import refusals
from hubspot_sandbox.associations.tying import default_json, known_type, label_pair, untie
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
    page_json,
)
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.kind import Kind
from hubspot_sandbox.objects.model import link
from hubspot_sandbox.objects.routes import page_after
from hubspot_sandbox.objects.wire import check_inputs, read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body
from hubspot_sandbox.surface import says

B = TypeVar("B", PairBatch, TypedPairBatch, FanBatch)
BATCH = "/crm/associations/{version:str}/{object_type:str}/{to_type:str}/batch"
MAX_READ, MAX_WRITTEN, PAGE = 1000, 2000, 500
"""The first two are documented, for reading and creating; the size of a page is [inf]."""


async def _asked(
    request: Call, portal: Portal, access: Access, names: tuple[str, str], shape: type[B]
) -> tuple[Kind, Kind, B]:
    """Both kinds and the body, for a caller who may edit records of the first."""
    kind, other = kind_of(names[0]), kind_of(names[1])
    require_kind(portal, access, kind, "edit")
    given = read_body(await request.body(), shape)
    check_inputs(given.inputs, MAX_WRITTEN)
    return kind, other, given


@post(BATCH + "/read", status_code=200, opt=says("faithful", "S44, spec", body=ReadBatch, answers=(207,)))
async def batch_read_associations(
    request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str], to_type: FromPath[str]
) -> Response[Body]:
    """For each input `{from: {id}, to: [{toObjectId, associationTypes}], paging?}`; 207 with an error for each record
    without ties, as people report it [comm]."""
    kind, other = kind_of(object_type), kind_of(to_type)
    require_kind(portal, access, kind, "view")
    given = read_body(await request.body(), ReadBatch)
    check_inputs(given.inputs, MAX_READ)
    read = {str(each.id): _read(portal, access, kind, other, each) for each in given.inputs}
    missing = [
        refusals.none_found(kind.name, record_id, other.name) for record_id, found in read.items() if found is None
    ]
    return batch_answer(portal, [found for found in read.values() if found], missing, 200)


def _read(portal: Portal, access: Access, kind: Kind, other: Kind, wanted: Reading) -> Body | None:
    record_id, after = str(wanted.id), page_after(wanted.after)
    record = portal.record(access.account_id, kind.name, record_id)
    links = portal.associations.of(access.account_id, kind.name, record.id, other.name) if record else []
    shown, paging = page_json(portal, access.account_id, links, after, PAGE)
    return {"from": {"id": record_id}, "to": shown} | paging if links else None


@post(BATCH + "/create", status_code=201, opt=says("faithful", "S44, spec", body=TypedPairBatch, answers=(207,)))
async def batch_create_associations(
    request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str], to_type: FromPath[str]
) -> Response[Body]:
    """As a single labelled tie, for up to 2,000 pairs; 207 when some could not be made."""
    kind, other, given = await _asked(request, portal, access, (object_type, to_type), TypedPairBatch)

    def tie(each: TypedPair) -> list[Body]:
        ends = (kind, str(each.from_.id)), (other, str(each.to.id))
        return [label_pair(portal, access.account_id, *ends, each.types)]

    return batch_answer(portal, *each_for_itself(portal, given.inputs, tie), 201)


@post(BATCH + "/associate/default", status_code=200, opt=says("faithful", "S44, spec", body=PairBatch, answers=(207,)))
async def batch_associate_default(
    request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str], to_type: FromPath[str]
) -> Response[Body]:
    """Without labels; 207 when some could not be made [inf]."""
    kind, other, given = await _asked(request, portal, access, (object_type, to_type), PairBatch)

    def tie(each: Pair) -> list[Body]:
        from_id, to_id = str(each.from_.id), str(each.to.id)
        used = link(portal, access.account_id, kind.name, from_id, other.name, to_id)
        return [default_json(from_id, to_id, used)]

    return batch_answer(portal, *each_for_itself(portal, given.inputs, tie), 200)


@post(BATCH + "/archive", status_code=204, opt=says("faithful", "S44, spec", body=FanBatch))
async def batch_archive_associations(
    request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str], to_type: FromPath[str]
) -> None:
    """Remove all ties of each pair; 204, whatever of it existed [inf]."""
    kind, other, given = await _asked(request, portal, access, (object_type, to_type), FanBatch)
    with portal.store.transaction():
        for each in given.inputs:
            for to in each.to:
                untie(portal, access.account_id, (kind, str(each.from_.id)), (other, str(to.id)))


@post(BATCH + "/labels/archive", status_code=204, opt=says("faithful", "S44, spec", body=TypedPairBatch))
async def batch_archive_labels(
    request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str], to_type: FromPath[str]
) -> None:
    """Take these types off each pair; the tie stays, unless the unlabelled type is named (documented).

    An unknown type is 400 for all [inf].
    """
    kind, other, given = await _asked(request, portal, access, (object_type, to_type), TypedPairBatch)
    with portal.store.transaction():
        for each in given.inputs:
            for spec in each.types:
                category, number = spec.association_category, spec.association_type_id
                by = known_type(portal, access.account_id, (kind, other), category, number)
                untie(portal, access.account_id, (kind, str(each.from_.id)), (other, str(each.to.id)), by)


HANDLERS = [
    batch_read_associations,
    batch_create_associations,
    batch_associate_default,
    batch_archive_associations,
    batch_archive_labels,
]

"""Associations between records, v4's shapes (facts 3.1, S44)."""

from typing import Any

import msgspec
from litestar import delete, get, post, put
from litestar.params import FromPath

from hubspot_sandbox.access import Access, Call, Caller, ThePortal, require_kind
from hubspot_sandbox.associations.model import TYPES, Link
from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.kind import Kind
from hubspot_sandbox.objects.model import link
from hubspot_sandbox.objects.routes import OBJECTS, page_after, page_limit
from hubspot_sandbox.objects.wire import AssociationSpec, ObjectRef, batch_json, check_inputs, read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, invalid
from hubspot_sandbox.surface import says

OF_RECORD = OBJECTS + "/{object_id:str}/associations"
BATCH = "/crm/associations/{version:str}/{object_type:str}/{to_type:str}/batch"
MAX_READ, MAX_CREATE, MAX_PAGE = 1000, 2000, 500


class PairInput(msgspec.Struct, frozen=True):
    """`{from: {id}, to: {id}, types?: [...]}`; without types the default one is meant."""

    from_: ObjectRef = msgspec.field(name="from")
    to: ObjectRef
    types: tuple[AssociationSpec, ...] = ()


class PairBatch(msgspec.Struct, frozen=True):
    inputs: tuple[PairInput, ...]


class ReadBatch(msgspec.Struct, frozen=True):
    inputs: tuple[ObjectRef, ...]


def link_json(found: Link) -> Body:
    """`toObjectId` is a text in the specification; examples in the documentation show a number [unv]."""
    types = [{"category": "HUBSPOT_DEFINED", "typeId": each, "label": TYPES[each].label} for each in found.type_ids]
    return {"toObjectId": found.to_id, "associationTypes": types}


@get(OF_RECORD + "/{to_type:str}", opt=says("faithful", "S44, spec", query=("limit", "after")))
async def list_associations(
    request: Call,
    portal: ThePortal,
    access: Caller,
    object_type: FromPath[str],
    object_id: FromPath[str],
    to_type: FromPath[str],
) -> Body:
    """`{results: [{toObjectId, associationTypes}], paging?}`"""
    kind, other = kind_of(object_type), kind_of(to_type)
    require_kind(portal, access, kind, "view")
    portal.records.existing(access.account_id, kind.name, object_id)
    query = request.query_params
    limit, after = page_limit(query.get("limit"), MAX_PAGE, MAX_PAGE), page_after(query.get("after"))
    found = [
        each
        for each in portal.associations.of(access.account_id, kind.name, object_id, other.name)
        if int(each.to_id) > after
    ]
    answer: Body = {"results": [link_json(each) for each in found[:limit]]}
    more = {"paging": {"next": {"after": found[limit - 1].to_id}}} if len(found) > limit else {}
    return answer | more


@put(OF_RECORD + "/default/{to_type:str}/{to_id:str}", status_code=200, opt=says("faithful", "S44, spec"))
async def associate_default(
    portal: ThePortal,
    access: Caller,
    object_type: FromPath[str],
    object_id: FromPath[str],
    to_type: FromPath[str],
    to_id: FromPath[str],
) -> Body:
    """Tie two records with the default type."""
    kind, other = kind_of(object_type), kind_of(to_type)
    require_kind(portal, access, kind, "edit")
    used = link(portal, access.account_id, kind.name, object_id, other.name, to_id)
    now = iso(portal.clock.now())
    return batch_json([_pair_json(object_id, to_id, used)], now, now)


def _pair_json(from_id: str, to_id: str, type_id: int) -> Body:
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}
    return {"from": {"id": from_id}, "to": {"id": to_id}, "associationSpec": spec}


@put(
    OF_RECORD + "/{to_type:str}/{to_id:str}",
    status_code=201,
    opt=says("faithful", "S44, spec", body=tuple[AssociationSpec, ...], differs="no custom labels"),
)
async def associate_labelled(
    request: Call,
    portal: ThePortal,
    access: Caller,
    object_type: FromPath[str],
    object_id: FromPath[str],
    to_type: FromPath[str],
    to_id: FromPath[str],
) -> Body:
    """Tie two records with the types in the body, a list of `{associationCategory, associationTypeId}`."""
    kind, other = kind_of(object_type), kind_of(to_type)
    require_kind(portal, access, kind, "edit")
    specs = read_body(await request.body(), tuple[AssociationSpec, ...])
    if not specs:
        raise invalid("At least one association type is needed.")
    with portal.store.transaction():
        for spec in specs:
            type_id = spec.association_type_id
            link(portal, access.account_id, kind.name, object_id, other.name, to_id, type_id)
    return {
        "fromObjectTypeId": kind.type_id,
        "fromObjectId": object_id,
        "toObjectTypeId": other.type_id,
        "toObjectId": to_id,
        "labels": [label for spec in specs if (label := TYPES[spec.association_type_id].label)],
    }


@delete(OF_RECORD + "/{to_type:str}/{to_id:str}", status_code=204, opt=says("faithful", "S44, spec"))
async def dissociate(
    portal: ThePortal,
    access: Caller,
    object_type: FromPath[str],
    object_id: FromPath[str],
    to_type: FromPath[str],
    to_id: FromPath[str],
) -> None:
    """Remove every tie between the two records."""
    kind, other = kind_of(object_type), kind_of(to_type)
    require_kind(portal, access, kind, "edit")
    for name, each in ((kind.name, object_id), (other.name, to_id)):
        portal.records.existing(access.account_id, name, each)
    portal.associations.unlink(access.account_id, kind.name, object_id, other.name, to_id)


@post(
    BATCH + "/read",
    status_code=200,
    opt=says("faithful", "S44, spec", body=ReadBatch, differs="no paging within one record's ties"),
)
async def batch_read_associations(
    request: Call,
    portal: ThePortal,
    access: Caller,
    object_type: FromPath[str],
    to_type: FromPath[str],
) -> Body:
    """For each input `{from: {id}, to: [{toObjectId, associationTypes}]}`; ones without ties are left out."""
    kind, other = kind_of(object_type), kind_of(to_type)
    require_kind(portal, access, kind, "view")
    given = read_body(await request.body(), ReadBatch)
    check_inputs(given.inputs, MAX_READ)
    ids = [str(each.id) for each in given.inputs if portal.record(access.account_id, kind.name, str(each.id))]
    found = {each: portal.associations.of(access.account_id, kind.name, each, other.name) for each in ids}
    results = [{"from": {"id": each}, "to": [link_json(one) for one in links]} for each, links in found.items() if links]
    now = iso(portal.clock.now())
    return batch_json(results, now, now)


@post(
    [BATCH + "/create", BATCH + "/associate/default"],
    status_code=201,
    opt=says("faithful", "S44, spec", body=PairBatch, differs="all or nothing"),
)
async def batch_associate(
    request: Call,
    portal: ThePortal,
    access: Caller,
    object_type: FromPath[str],
    to_type: FromPath[str],
) -> Body:
    """Tie many pairs; all or nothing here, HubSpot may do some [inf]."""
    kind, other = kind_of(object_type), kind_of(to_type)
    require_kind(portal, access, kind, "edit")
    given = read_body(await request.body(), PairBatch)
    check_inputs(given.inputs, MAX_CREATE)
    with portal.store.transaction():
        results = [each for pair in given.inputs for each in _tie(portal, access, kind, other, pair)]
    now = iso(portal.clock.now())
    return batch_json(results, now, now)


def _tie(portal: Portal, access: Access, kind: Kind, other: Kind, pair: PairInput) -> list[dict[str, Any]]:
    from_id, to_id = str(pair.from_.id), str(pair.to.id)
    wanted = [spec.association_type_id for spec in pair.types] or [0]
    return [
        _pair_json(from_id, to_id, link(portal, access.account_id, kind.name, from_id, other.name, to_id, each))
        for each in wanted
    ]


HANDLERS = [
    list_associations,
    associate_default,
    associate_labelled,
    dissociate,
    batch_read_associations,
    batch_associate,
]

"""Associations of one record, v4's shapes (facts 3.1, S44).

Many at once: `batches.py`; labels and limits: `label_routes.py`.
"""

from litestar import delete, get, put
from litestar.params import FromPath

from hubspot_sandbox.access import Call, Caller, ThePortal, require_kind
from hubspot_sandbox.associations import batches, label_routes
from hubspot_sandbox.associations.tying import default_json, label_pair, untie
from hubspot_sandbox.associations.wire import page_json
from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.model import link
from hubspot_sandbox.objects.routes import OBJECTS, page_after, page_limit
from hubspot_sandbox.objects.wire import AssociationSpec, batch_json, read_body
from hubspot_sandbox.problems import Body
from hubspot_sandbox.surface import says

OF_RECORD = OBJECTS + "/{object_id:str}/associations"
MAX_PAGE = 500


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
    record = portal.records.existing(access.account_id, kind.name, object_id)
    query = request.query_params
    limit, after = page_limit(query.get("limit"), MAX_PAGE, MAX_PAGE), page_after(query.get("after"))
    links = portal.associations.of(access.account_id, kind.name, record.id, other.name)
    results, paging = page_json(portal, access.account_id, links, after, limit)
    return {"results": results} | paging


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
    return batch_json([default_json(object_id, to_id, used)], now, now)


@put(
    OF_RECORD + "/{to_type:str}/{to_id:str}",
    status_code=201,
    opt=says("faithful", "S44, spec", body=tuple[AssociationSpec, ...]),
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
    """Tie two records with the types in the body, `[{associationCategory, associationTypeId}]`; own labels that it
    does not name are taken off."""
    kind, other = kind_of(object_type), kind_of(to_type)
    require_kind(portal, access, kind, "edit")
    specs = read_body(await request.body(), tuple[AssociationSpec, ...])
    with portal.store.transaction():
        return label_pair(portal, access.account_id, (kind, object_id), (other, to_id), specs)


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
    untie(portal, access.account_id, (kind, object_id), (other, to_id))


HANDLERS = [
    list_associations,
    associate_default,
    associate_labelled,
    dissociate,
    *batches.HANDLERS,
    *label_routes.HANDLERS,
]

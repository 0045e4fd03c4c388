"""Associations of one record, v4's shapes (facts 3.1, S44).

Many at once: `batches.py`; labels and limits: `label_routes.py`.
"""

from litestar import delete, get, put

from hubspot_sandbox.access import Call, Caller, ThePortal
from hubspot_sandbox.associations import batches, label_routes, version3
from hubspot_sandbox.associations.tying import default_json, ends_of, label_pair, tie, untie
from hubspot_sandbox.associations.wire import link_json, page_of
from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.routes import OBJECTS, page_after, page_limit
from hubspot_sandbox.objects.wire import AssociationSpec, batch_json, read_body
from hubspot_sandbox.problems import Body
from hubspot_sandbox.surface import says

OF_RECORD = OBJECTS + "/{object_id:str}/associations"
MAX_PAGE = 500


@get(OF_RECORD + "/{to_type:str}", opt=says("faithful", "S44, spec", query=("limit", "after")))
async def list_associations(request: Call, portal: ThePortal, access: Caller) -> Body:
    """`{results: [{toObjectId, associationTypes}], paging?}`"""
    ends = ends_of(request, portal, access, "view")
    record = portal.records.existing(access.account_id, ends.kind.name, ends.from_id)
    query = request.query_params
    limit, after = page_limit(query.get("limit"), MAX_PAGE, MAX_PAGE), page_after(query.get("after"))
    links = portal.associations.of(access.account_id, ends.kind.name, record.id, ends.other.name)
    shown, paging = page_of(links, after, limit)
    return {"results": [link_json(portal, access.account_id, each) for each in shown]} | paging


@put(OF_RECORD + "/default/{to_type:str}/{to_id:str}", status_code=200, opt=says("faithful", "S44, spec"))
async def associate_default(request: Call, portal: ThePortal, access: Caller) -> Body:
    """Tie two records with the default type."""
    ends = ends_of(request, portal, access, "edit")
    used = tie(portal, access.account_id, ends)
    now = iso(portal.clock.now())
    return batch_json([default_json(ends, used)], now, now)


@put(
    OF_RECORD + "/{to_type:str}/{to_id:str}",
    status_code=201,
    opt=says("faithful", "S44, spec", body=tuple[AssociationSpec, ...]),
)
async def associate_labelled(request: Call, portal: ThePortal, access: Caller) -> Body:
    """Tie two records with the types in the body, `[{associationCategory, associationTypeId}]`; own labels that it
    does not name are taken off."""
    ends = ends_of(request, portal, access, "edit")
    specs = read_body(await request.body(), tuple[AssociationSpec, ...])
    with portal.store.transaction():
        return label_pair(portal, access.account_id, ends, specs)


@delete(OF_RECORD + "/{to_type:str}/{to_id:str}", status_code=204, opt=says("faithful", "S44, spec"))
async def dissociate(request: Call, portal: ThePortal, access: Caller) -> None:
    """Remove every tie between the two records."""
    ends = ends_of(request, portal, access, "edit")
    for kind, each in ((ends.kind, ends.from_id), (ends.other, ends.to_id)):
        portal.records.existing(access.account_id, kind.name, each)
    untie(portal, access.account_id, ends)


HANDLERS = [
    list_associations,
    associate_default,
    associate_labelled,
    dissociate,
    *batches.HANDLERS,
    *label_routes.HANDLERS,
    *version3.HANDLERS,
]

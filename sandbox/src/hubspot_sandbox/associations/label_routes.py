"""Labels of associations, the account's limits for them, and the report on heavy use (S44)."""

from litestar import Response, delete, get, post, put
from litestar.params import FromPath

from hubspot_sandbox.access import Access, Call, Caller, ThePortal
from hubspot_sandbox.associations.tying import Ends, ends_of, known_type
from hubspot_sandbox.associations.types import AssociationType
from hubspot_sandbox.associations.wire import (
    LabelChange,
    LabelWish,
    LimitBatch,
    LimitWish,
    TypeBatch,
    batch_answer,
    each_for_itself,
    type_json,
)
from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.objects.wire import check_inputs, read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, conflict, not_found
from hubspot_sandbox.surface import says

BETWEEN = "/crm/associations/{version:str}/{object_type:str}/{to_type:str}"
LABELS = BETWEEN + "/labels"
LIMITS = "/crm/associations/{version:str}/definitions/configurations"
LIMITS_BETWEEN = LIMITS + "/{object_type:str}/{to_type:str}"


@get(LABELS, opt=says("faithful", "S44, spec"))
async def list_labels(request: Call, portal: ThePortal, access: Caller) -> Body:
    """All types from one kind to the other; the unlabelled one has the label null."""
    ends = ends_of(request, portal, access, "view")
    found = portal.associations.labels.between(access.account_id, ends.kind.name, ends.other.name)
    return {"results": [type_json(each) for each in found]}


@post(LABELS, status_code=200, opt=says("faithful", "S44, spec", body=LabelWish, differs="texts of refusals are ours"))
async def create_label(request: Call, portal: ThePortal, access: Caller) -> Body:
    """A label or, with `inverseLabel`, a pair of them; the types of both directions."""
    ends = ends_of(request, portal, access, "edit")
    given = read_body(await request.body(), LabelWish)
    made = portal.associations.labels.make(
        access.account_id,
        ends.kind.name,
        ends.other.name,
        name=given.name,
        label=given.label,
        inverse=given.inverse_label,
    )
    return {"results": [type_json(each) for each in made]}


@put(LABELS, status_code=204, opt=says("faithful", "S44, spec", body=LabelChange))
async def update_label(request: Call, portal: ThePortal, access: Caller) -> None:
    """Another text; name and number stay. HubSpot's own types cannot be changed."""
    ends = ends_of(request, portal, access, "edit")
    given = read_body(await request.body(), LabelChange)
    labels = portal.associations.labels
    with portal.store.transaction():
        own = labels.own(access.account_id, ends.kind.name, ends.other.name, given.association_type_id)
        labels.rename(own, given.label, given.inverse_label)


@delete(LABELS + "/{type_id:str}", status_code=204, opt=says("faithful", "S44, spec"))
async def delete_label(request: Call, portal: ThePortal, access: Caller, type_id: FromPath[str]) -> None:
    """Both directions; 400 while the label is in use, and for HubSpot's own types."""
    ends = ends_of(request, portal, access, "edit")
    number = int(type_id) if is_id(type_id) else 0
    label = portal.associations.labels.own(access.account_id, ends.kind.name, ends.other.name, number)
    portal.associations.drop_label(label)


# limits -----------------------------------------------------------------------------------------------


def limit_json(limited: AssociationType, most: int) -> Body:
    return {**type_json(limited), "userEnforcedMaxToObjectIds": most}


@get(LIMITS + "/all", opt=says("faithful", "S44, spec"))
async def list_all_limits(portal: ThePortal, access: Caller) -> Body:
    """The limits that this account has set, of all kinds that the token may read."""
    limits = portal.associations.labels.limited(access.account_id)
    readable = [each for each in limits if kind_of(each[0].from_kind).read_scope in access.token.scopes]
    return {"results": [limit_json(*each) for each in readable]}


@get(LIMITS_BETWEEN, opt=says("faithful", "S44, spec"))
async def list_limits(request: Call, portal: ThePortal, access: Caller) -> Body:
    """`{results: [{category, typeId, label, userEnforcedMaxToObjectIds}]}`"""
    ends = ends_of(request, portal, access, "view")
    limits = portal.associations.labels.limited(access.account_id)
    wanted = [each for each in limits if (each[0].from_kind, each[0].to_kind) == (ends.kind.name, ends.other.name)]
    return {"results": [limit_json(*each) for each in wanted]}


def _limit(portal: Portal, access: Access, ends: Ends, each: LimitWish, *, new: bool) -> Body:
    """Set one limit: a new one, or another number for one that is there [inf]."""
    labels = portal.associations.labels
    found = known_type(portal, access.account_id, ends, each.category, each.type_id)
    known = labels.limit(access.account_id, found.type_id)
    if new and known:
        raise conflict(f"There is a limit for {each.category}={each.type_id} already.")
    if not (new or known):
        raise not_found(f"There is no limit for {each.category}={each.type_id}.")
    labels.set_limit(access.account_id, found, each.max_to_object_ids)
    answer = limit_json(found, each.max_to_object_ids)
    return answer if new else {name: value for name, value in answer.items() if name != "label"}


async def _limit_all(request: Call, portal: Portal, access: Access, *, new: bool) -> Response[Body]:
    ends = ends_of(request, portal, access, "edit")
    given = read_body(await request.body(), LimitBatch)
    check_inputs(given.inputs)
    done = each_for_itself(portal, given.inputs, lambda each: [_limit(portal, access, ends, each, new=new)])
    return batch_answer(portal, *done, 201 if new else 200)


@post(
    LIMITS_BETWEEN + "/batch/create",
    status_code=201,
    opt=says("faithful", "S44, spec", body=LimitBatch, answers=(207,), differs="texts of refusals are ours"),
)
async def create_limits(request: Call, portal: ThePortal, access: Caller) -> Response[Body]:
    """How many ties of a type a record may have from now on. A label's limit is at most the objects'."""
    return await _limit_all(request, portal, access, new=True)


@post(
    LIMITS_BETWEEN + "/batch/update",
    status_code=200,
    opt=says("faithful", "S44, spec", body=LimitBatch, answers=(207,), differs="texts of refusals are ours"),
)
async def update_limits(request: Call, portal: ThePortal, access: Caller) -> Response[Body]:
    """Another number for limits that are there."""
    return await _limit_all(request, portal, access, new=False)


@post(LIMITS_BETWEEN + "/batch/purge", status_code=204, opt=says("faithful", "S44, spec", body=TypeBatch))
async def purge_limits(request: Call, portal: ThePortal, access: Caller) -> None:
    """Back to any number; 204, also for types without a limit [inf]."""
    ends = ends_of(request, portal, access, "edit")
    given = read_body(await request.body(), TypeBatch)
    check_inputs(given.inputs)
    with portal.store.transaction():
        for each in given.inputs:
            found = known_type(portal, access.account_id, ends, each.category, each.type_id)
            portal.associations.labels.purge(access.account_id, found.type_id)


@post(
    "/crm/associations/{version:str}/usage/high-usage-report/{user_id:str}",
    status_code=200,
    opt=says("shape only", "S44, spec", differs="there is no report; a notice says that it was asked for"),
)
async def request_usage_report(portal: ThePortal, access: Caller, user_id: FromPath[str]) -> Body:
    """`{userId, userEmail, enqueueTime}`; HubSpot sends the user a file."""
    access.require("crm.objects.contacts.read")
    members = portal.people.members(access.account_id)
    member = next((each for each in members if each.active and str(each.user_id) == user_id), None)
    if member is None:
        raise not_found(f"User {user_id} not found")
    portal.notices.tell(access.account_id, (member.email,), "Your report on high association usage")
    return {"userId": member.user_id, "userEmail": member.email, "enqueueTime": iso(portal.clock.now())}


HANDLERS = [
    list_labels,
    create_label,
    update_label,
    delete_label,
    list_all_limits,
    list_limits,
    create_limits,
    update_limits,
    purge_limits,
    request_usage_report,
]

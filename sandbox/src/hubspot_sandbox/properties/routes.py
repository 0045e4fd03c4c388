"""`/crm/properties/{version}/{object_type}…`: property definitions (facts 3.5, S52, S53)."""

from litestar import Response, delete, get, patch, post
from litestar.params import FromPath

from hubspot_sandbox.access import Access, Call, Caller, ThePortal
from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.kind import Kind
from hubspot_sandbox.objects.routes import flag
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, HubSpotProblem, not_found
from hubspot_sandbox.properties.definition import Definition, Maker
from hubspot_sandbox.properties.wire import PropertyChange, PropertyInput, changed, definition_json, made
from hubspot_sandbox.surface import says

PROPERTIES = "/crm/properties/{version:str}/{object_type:str}"
ONE = PROPERTIES + "/{name:str}"
SCHEMAS = ("contacts", "companies", "deals")
"""Kinds with schema scopes of their own on the public list."""


def require(access: Access, kind: Kind, verb: str) -> None:
    """Reading definitions is also allowed with the scopes of records; for activities those of contacts count [inf].

    :raises HubSpotProblem: 403 MISSING_SCOPES
    """
    schema = f"crm.schemas.{kind.name if kind.name in SCHEMAS else 'contacts'}"
    write = kind.write_scope if kind.name in ("tickets", "users") else f"{schema}.write"
    access.require(*((write,) if verb == "write" else (f"{schema}.read", write, kind.read_scope)))


def maker(portal: Portal, access: Access) -> Maker:
    """Whoever the token acts for, and the portal's time."""
    member = portal.people.membership(access.account_id, access.token.email) if access.token.email else None
    return Maker(str(member.user_id) if member else "", iso(portal.clock.now()))


def sensitive(request: Call) -> bool:
    """Whether only sensitive properties are asked for; there are none."""
    return request.query_params.get("dataSensitivity", "non_sensitive") != "non_sensitive"


@get(PROPERTIES, opt=says("faithful", "spec, S52", query=("archived", "dataSensitivity")))
async def list_properties(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Body:
    """All properties of a kind, by name; with `archived=true` those in the bin, for ever [HubSpot: 90 days]."""
    kind = kind_of(object_type)
    require(access, kind, "read")
    archived = flag(request.query_params.get("archived"))
    found = portal.properties.definitions(access.account_id, kind.name, archived=archived)
    return {"results": [] if sensitive(request) else [definition_json(each) for each in found]}


@get(ONE, opt=says("faithful", "spec, S53", query=("archived", "dataSensitivity")))
async def get_property(
    request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str], name: FromPath[str]
) -> Body:
    """404 for an unknown one, and for an archived one without `archived=true`."""
    kind = kind_of(object_type)
    require(access, kind, "read")
    if sensitive(request):
        raise not_found(f"Property '{name}' does not exist.")
    archived = flag(request.query_params.get("archived"))
    return definition_json(portal.properties.definition(access.account_id, kind.name, name, archived=archived))


@post(
    PROPERTIES,
    status_code=201,
    opt=says(
        "faithful",
        "spec, S52, S53",
        body=PropertyInput,
        differs="no calculated and no sensitive properties; the texts of refusals but for a taken name are ours",
    ),
)
async def create_property(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Response[Body]:
    """201 and where it is; 409 when the name is taken; the name of an archived one brings that back."""
    kind = kind_of(object_type)
    require(access, kind, "write")
    given = read_body(await request.body(), PropertyInput)
    answer = definition_json(create(portal, access, kind, given))
    return Response(
        answer, status_code=201, headers={"Location": f"{request.state.called_path.rstrip('/')}/{given.name}"}
    )


def create(portal: Portal, access: Access, kind: Kind, given: PropertyInput) -> Definition:
    """:raises HubSpotProblem: 400, 409"""
    return portal.properties.create(access.account_id, kind.name, *made(given), maker(portal, access))


@patch(
    ONE,
    opt=says(
        "faithful", "spec, S52, S53", body=PropertyChange, differs="HubSpot's own properties cannot be changed at all"
    ),
)
async def update_property(
    request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str], name: FromPath[str]
) -> Body:
    """What is given replaces what was; `options` as a whole."""
    kind = kind_of(object_type)
    require(access, kind, "write")
    given = read_body(await request.body(), PropertyChange)
    old = portal.properties.definition(access.account_id, kind.name, name)
    prop, shown = changed(old.prop, old.shown, given)
    return definition_json(portal.properties.update(old, prop, shown, maker(portal, access)))


@delete(ONE, status_code=204, opt=says("faithful", "spec, S53", differs="used by nothing but segments"))
async def archive_property(portal: ThePortal, access: Caller, object_type: FromPath[str], name: FromPath[str]) -> None:
    """204; 404 for what is not there [unv]; 400 for HubSpot's own and for what a segment filters by."""
    kind = kind_of(object_type)
    require(access, kind, "write")
    archive(portal, access, portal.properties.definition(access.account_id, kind.name, name))


def archive(portal: Portal, access: Access, definition: Definition) -> None:
    """HubSpot keeps what a segment filters by; the refusal is as observed for a calculation (S53).

    :raises HubSpotProblem: 400
    """
    used = portal.lists.users_of(access.account_id, definition.kind, definition.name)
    if used:
        raise _in_use(definition, len(used))
    portal.properties.archive(definition, maker(portal, access))


def _in_use(definition: Definition, places: int) -> HubSpotProblem:
    what = f"Property: {definition.name} of object type {kind_of(definition.kind).type_id}"
    return HubSpotProblem(
        400,
        f"{what} is currently used in {places} places and cannot be deleted",
        "VALIDATION_ERROR",
        sub_category="PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE",
        context={"usageCount": [str(places)]},
    )


HANDLERS = [list_properties, get_property, create_property, update_property, archive_property]

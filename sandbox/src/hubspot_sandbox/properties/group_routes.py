"""`/crm/properties/{version}/{object_type}/groups…`: property groups (S52, S53)."""

from litestar import Response, delete, get, patch, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, Caller, ThePortal
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.problems import Body
from hubspot_sandbox.properties.routes import PROPERTIES, require
from hubspot_sandbox.properties.wire import GroupChange, GroupInput, group_json
from hubspot_sandbox.surface import says

GROUPS = PROPERTIES + "/groups"
ONE = GROUPS + "/{name:str}"


@get(GROUPS, opt=says("faithful", "spec, S53"))
async def list_groups(portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Body:
    """HubSpot's own first; archived ones are not in it."""
    kind = kind_of(object_type)
    require(access, kind, "read")
    found = portal.properties.groups.of(access.account_id, kind.name)
    return {"results": [group_json(each) for each in found.values()]}


@get(ONE, opt=says("faithful", "spec"))
async def get_group(portal: ThePortal, access: Caller, object_type: FromPath[str], name: FromPath[str]) -> Body:
    kind = kind_of(object_type)
    require(access, kind, "read")
    return group_json(portal.properties.groups.get(access.account_id, kind.name, name))


@post(
    GROUPS,
    status_code=201,
    opt=says("faithful", "spec, S53", body=GroupInput, differs="the refusal of a taken name is a guess"),
)
async def create_group(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Response[Body]:
    kind = kind_of(object_type)
    require(access, kind, "write")
    given = read_body(await request.body(), GroupInput)
    order = -1 if given.display_order is None else given.display_order
    made = portal.properties.groups.create(access.account_id, kind.name, given.name, given.label, order)
    return Response(
        group_json(made), status_code=201, headers={"Location": f"{request.state.called_path.rstrip('/')}/{made.name}"}
    )


@patch(ONE, opt=says("faithful", "spec, S53", body=GroupChange))
async def update_group(
    request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str], name: FromPath[str]
) -> Body:
    """Its label and its place; names stay."""
    kind = kind_of(object_type)
    require(access, kind, "write")
    given = read_body(await request.body(), GroupChange)
    group = portal.properties.groups.get(access.account_id, kind.name, name)
    return group_json(portal.properties.groups.update(group, given.label, given.display_order))


@delete(ONE, status_code=204, opt=says("faithful", "spec, S53"))
async def archive_group(portal: ThePortal, access: Caller, object_type: FromPath[str], name: FromPath[str]) -> None:
    """204; 400 while properties are in it."""
    kind = kind_of(object_type)
    require(access, kind, "write")
    groups = portal.properties.groups
    groups.archive(groups.get(access.account_id, kind.name, name))


HANDLERS = [list_groups, get_group, create_group, update_group, archive_group]

"""Property definitions: list, get, create (facts 3.5)."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import FromPath

from hubspot_sandbox.access import Access, Call, Caller, ThePortal
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.kind import Kind, Option, Property, PropertyType
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.problems import Body, not_found
from hubspot_sandbox.surface import says

PROPERTIES = "/crm/properties/{version:str}/{object_type:str}"


class PropertyInput(msgspec.Struct, frozen=True, rename="camel"):
    """The body of a create. Names are small letters, digits and underscores."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,99}$")]
    label: str = ""
    type: PropertyType = "string"
    field_type: str = "text"
    group_name: str = ""
    options: tuple[Option, ...] = ()
    has_unique_value: bool = False


def property_json(prop: Property) -> Body:
    """`{name, label, type, fieldType, groupName, options, calculated, hubspotDefined, …}`"""
    return {
        "name": prop.name,
        "label": prop.label,
        "type": prop.type,
        "fieldType": prop.field_type,
        "description": "",
        "groupName": prop.group_name,
        "options": [
            {"label": option.label, "value": option.value, "displayOrder": place, "hidden": False}
            for place, option in enumerate(prop.options)
        ],
        "displayOrder": -1,
        "calculated": prop.calculated,
        "externalOptions": prop.name == "hubspot_owner_id",
        "archived": False,
        "hasUniqueValue": prop.has_unique_value,
        "hidden": False,
        "hubspotDefined": prop.hubspot_defined,
        "modificationMetadata": {
            "archivable": not prop.hubspot_defined,
            "readOnlyDefinition": prop.hubspot_defined,
            "readOnlyValue": prop.read_only,
        },
        "formField": not prop.read_only,
        "dataSensitivity": "non_sensitive",
    }


def _require(access: Access, kind: Kind, verb: str) -> None:
    """Only contacts, companies and deals have schema scopes on the public list; the contacts one is used [inf]."""
    owner = kind.name if kind.name in ("companies", "deals") else "contacts"
    schema = f"crm.schemas.{owner}.{verb}"
    access.require(*([schema] if verb == "write" else [schema, kind.read_scope]))


@get(PROPERTIES, opt=says("faithful", "spec", differs="archived ones are not kept"))
async def list_properties(portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Body:
    """All properties of a kind, by name."""
    kind = kind_of(object_type)
    _require(access, kind, "read")
    found = portal.properties.of(access.account_id, kind.name)
    return {"results": [property_json(found[name]) for name in sorted(found)]}


@get(PROPERTIES + "/{name:str}", opt=says("faithful", "spec"))
async def get_property(portal: ThePortal, access: Caller, object_type: FromPath[str], name: FromPath[str]) -> Body:
    kind = kind_of(object_type)
    _require(access, kind, "read")
    found = portal.properties.of(access.account_id, kind.name).get(name)
    if found is None:
        raise not_found(f"Property {name} does not exist")
    return property_json(found)


@post(
    PROPERTIES,
    status_code=201,
    opt=says("shape only", "spec", body=PropertyInput, differs="field types and groups are not checked"),
)
async def create_property(request: Call, portal: ThePortal, access: Caller, object_type: FromPath[str]) -> Body:
    """201; 409 when the name is taken."""
    kind = kind_of(object_type)
    _require(access, kind, "write")
    given = read_body(await request.body(), PropertyInput)
    made = Property(
        name=given.name,
        label=given.label or given.name,
        type=given.type,
        field_type=given.field_type,
        group_name=given.group_name,
        options=given.options,
        has_unique_value=given.has_unique_value,
        hubspot_defined=False,
        indexed=given.has_unique_value,
    )
    return property_json(portal.properties.add(access.account_id, kind.name, made))


HANDLERS = [list_properties, get_property, create_property]

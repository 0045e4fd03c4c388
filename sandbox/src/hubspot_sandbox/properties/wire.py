"""The JSON of the properties API: what its requests hold, and how definitions and groups are answered."""

from typing import Annotated, Any, Literal

import msgspec

from hubspot_sandbox.objects.kind import Option, Property, PropertyType
from hubspot_sandbox.problems import Body
from hubspot_sandbox.properties.definition import Definition, Shown
from hubspot_sandbox.properties.groups import Group
from hubspot_sandbox.properties.rules import wrong

FieldType = Literal[
    "booleancheckbox", "calculation_equation", "checkbox", "date", "file", "html", "number", "phonenumber", "radio",
    "select", "text", "textarea",
]  # fmt: skip
NumberHint = Literal["currency", "duration", "formatted", "percentage", "probability", "unformatted"]
TextHint = Literal[
    "domain_name", "email", "ip_address", "multi_line", "phone_number", "physical_address", "postal_code",
    "unformatted_single_line",
]  # fmt: skip
Place = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
Sensitivity = Literal["non_sensitive", "sensitive", "highly_sensitive"]


class OptionInput(msgspec.Struct, frozen=True, rename="camel"):
    """`displayOrder` and `hidden` are required by the API's description, and not by HubSpot [comm]."""

    label: str
    value: str
    description: str | None = None
    display_order: Place | None = None
    hidden: bool | None = None


class Appearance(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What both bodies may hold; null and missing mean the same."""

    description: str | None = None
    display_order: Place | None = None
    hidden: bool | None = None
    form_field: bool | None = None
    options: tuple[OptionInput, ...] | None = None
    number_display_hint: NumberHint | None = None
    text_display_hint: TextHint | None = None
    show_currency_symbol: bool | None = None
    has_unique_value: bool | None = None


class PropertyChange(Appearance, frozen=True, rename="camel", kw_only=True):
    """The body of an update: what is missing stays; `options` replace all there were."""

    label: str | None = None
    type: PropertyType | None = None
    field_type: FieldType | None = None
    group_name: str | None = None


class PropertyInput(Appearance, frozen=True, rename="camel", kw_only=True):
    """The body of a create."""

    name: str
    label: str
    type: PropertyType
    field_type: FieldType
    group_name: str
    external_options: bool | None = None
    referenced_object_type: str | None = None
    data_sensitivity: Sensitivity | None = None


class BatchCreate(msgspec.Struct, frozen=True):
    inputs: tuple[PropertyInput, ...]


class Name(msgspec.Struct, frozen=True):
    name: str


class BatchNames(msgspec.Struct, frozen=True):
    inputs: tuple[Name, ...]


class BatchRead(msgspec.Struct, frozen=True, rename="camel"):
    inputs: tuple[Name, ...]
    archived: bool = False
    data_sensitivity: Sensitivity | None = None


class GroupInput(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    label: str
    display_order: Place | None = None


class GroupChange(msgspec.Struct, frozen=True, rename="camel"):
    label: str | None = None
    display_order: Place | None = None


def made(given: PropertyInput) -> tuple[Property, Shown]:
    """A property as a create asks for it.

    :raises HubSpotProblem: 400 for an empty label, for sensitive data, which the sandbox does not keep
    """
    if given.data_sensitivity not in (None, "non_sensitive"):
        raise wrong("dataSensitivity", "UNSUPPORTED", "Sensitive data is not available in this account.")
    unique = bool(given.has_unique_value)
    blank = Property(
        given.name, "", given.type, given.field_type, has_unique_value=unique, hubspot_defined=False, indexed=unique
    )
    owners = bool(given.external_options) and given.referenced_object_type == "OWNER"
    shown = Shown(external_options=owners, referenced_object_type="OWNER" if owners else "")
    return changed(blank, shown, given)


def changed(prop: Property, shown: Shown, given: PropertyInput | PropertyChange) -> tuple[Property, Shown]:
    """A property after what a request asks for.

    :raises HubSpotProblem: 400 for an empty label, or for another uniqueness, which is decided once for all
    """
    if given.has_unique_value not in (None, prop.has_unique_value):
        raise wrong("hasUniqueValue", "IMMUTABLE", "hasUniqueValue can only be set when a property is created.")
    if given.label is not None and not given.label.strip():
        raise wrong("label", "REQUIRED_FIELD", "A property needs a label.")
    options = None if given.options is None else tuple(_option(place, each) for place, each in enumerate(given.options))
    kept = _given(given, ("label", "type", "field_type", "group_name")) | (
        {} if options is None else {"options": options}
    )
    return msgspec.structs.replace(prop, **kept), msgspec.structs.replace(shown, **_given(given, _SHOWN))


_SHOWN = (
    "description", "display_order", "hidden", "form_field", "number_display_hint", "text_display_hint",
    "show_currency_symbol",
)  # fmt: skip


def _given(given: PropertyInput | PropertyChange, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(given, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _option(place: int, given: OptionInput) -> Option:
    """Without a place of its own it stands where it was sent [inf]."""
    order = place if given.display_order is None else given.display_order
    return Option(given.label, given.value, given.description or "", order, bool(given.hidden))


def definition_json(definition: Definition) -> Body:
    """`{name, label, type, fieldType, groupName, options, hasUniqueValue, calculated, hubspotDefined, …}`"""
    prop, shown = definition.prop, definition.shown
    changeable = not prop.hubspot_defined
    answer: Body = {
        **_times(definition),
        "name": prop.name,
        "label": prop.label,
        "type": prop.type,
        "fieldType": prop.field_type,
        "description": shown.description,
        "groupName": prop.group_name,
        "options": [_option_json(place, option) for place, option in enumerate(prop.options)],
        "displayOrder": shown.display_order,
        "calculated": prop.calculated,
        "externalOptions": shown.external_options or prop.name == "hubspot_owner_id",
        "archived": definition.archived,
        "hasUniqueValue": prop.has_unique_value,
        "hidden": shown.hidden,
        "hubspotDefined": prop.hubspot_defined,
        "modificationMetadata": {
            "archivable": changeable,
            "readOnlyDefinition": not changeable,
            "readOnlyValue": prop.read_only,
        },
        "formField": shown.form_field if changeable else not prop.read_only,
        "dataSensitivity": "non_sensitive",
    }
    return answer | _hints(shown)


def _times(definition: Definition) -> Body:
    known = {
        "createdAt": definition.created_at,
        "updatedAt": definition.updated_at,
        "archivedAt": definition.archived_at,
        "createdUserId": definition.created_user_id,
        "updatedUserId": definition.updated_user_id,
    }
    return {name: value for name, value in known.items() if value}


def _hints(shown: Shown) -> Body:
    known = {
        "referencedObjectType": shown.referenced_object_type,
        "numberDisplayHint": shown.number_display_hint,
        "textDisplayHint": shown.text_display_hint,
        "showCurrencySymbol": shown.show_currency_symbol,
    }
    return {name: value for name, value in known.items() if value}


def _option_json(place: int, option: Option) -> Body:
    """HubSpot's own options are in the order in which they stand."""
    order = place if option.display_order == -1 else option.display_order
    answer = {"label": option.label, "value": option.value, "displayOrder": order, "hidden": option.hidden}
    return answer | ({"description": option.description} if option.description else {})


def group_json(group: Group) -> Body:
    return {
        "name": group.name,
        "label": group.label,
        "displayOrder": group.display_order,
        "archived": group.archived,
    }

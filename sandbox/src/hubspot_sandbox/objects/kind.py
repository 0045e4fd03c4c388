"""What a kind of record is: its names, properties, scopes and rules, as data."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import msgspec

PropertyType = Literal["bool", "date", "datetime", "enumeration", "number", "phone_number", "string"]
Values = dict[str, str]


class Option(msgspec.Struct, frozen=True, rename="camel"):
    """A choice of an enumeration; `displayOrder` -1 comes after all that have one."""

    label: str
    value: str
    description: str = ""
    display_order: int = -1
    hidden: bool = False


class Property(msgspec.Struct, frozen=True, rename="camel"):
    """A property definition. `indexed` is ours: exact search on it is a look-up."""

    name: str
    label: str
    type: PropertyType = "string"
    field_type: str = "text"
    group_name: str = ""
    options: tuple[Option, ...] = ()
    has_unique_value: bool = False
    calculated: bool = False
    read_only: bool = False
    hubspot_defined: bool = True
    indexed: bool = False


def _keep(values: Values) -> Values:
    return values


def _accept(values: Mapping[str, str], creating: bool) -> None:
    return None


class Kind(msgspec.Struct, frozen=True):
    """A kind of record: `contacts` (0-1), `companies` (0-2), `calls` (0-48)…

    `check(values, creating)` raises HubSpotProblem for bad values; `derive(values)` returns the full values
    with what HubSpot calculates. `noun` names the object in error texts, `right` in the rights catalogue.
    """

    name: str
    type_id: str
    noun: str
    right: str
    properties: dict[str, Property]
    default_properties: tuple[str, ...]
    searched: tuple[str, ...]
    read_scope: str
    write_scope: str
    created: str
    modified: str
    first_id: int
    check: Callable[[Mapping[str, str], bool], None] = _accept
    derive: Callable[[Values], Values] = _keep


def strings(group: str, **labels: str) -> Iterable[Property]:
    """Plain text properties, by name and label."""
    return (Property(name, label, group_name=group) for name, label in labels.items())


def read_only(group: str, kind: PropertyType, **labels: str) -> Iterable[Property]:
    """Properties that HubSpot sets."""
    return (Property(name, label, kind, _FIELD_TYPES[kind], group, read_only=True) for name, label in labels.items())


def select(group: str, name: str, label: str, options: Mapping[str, str], *, indexed: bool = False) -> Property:
    """A property with a choice of values; `options` are labels by value, none for what HubSpot fills (owners)."""
    chosen = tuple(Option(shown, value) for value, shown in options.items())
    return Property(name, label, "enumeration", "select", group, chosen, indexed=indexed)


def owner(group: str, label: str) -> Property:
    """Who owns the record: an owner id. [inf] That it is an owner of the account is not checked."""
    return select(group, "hubspot_owner_id", label, {}, indexed=True)


def stamps(group: str) -> Iterable[Property]:
    """What HubSpot notes of every record: its id, where it came from, what was merged into it."""
    yield from read_only(group, "number", hs_object_id="Record ID")
    yield from read_only(
        group,
        "string",
        hs_object_source="Record creation source",
        hs_object_source_id="Record creation source ID",
        hs_object_source_label="Record source",
        hs_merged_object_ids="Merged record IDs",
    )


def by_name(*groups: Iterable[Property]) -> dict[str, Property]:
    return {each.name: each for group in groups for each in group}


_FIELD_TYPES: dict[str, str] = {
    "bool": "booleancheckbox",
    "date": "date",
    "datetime": "date",
    "enumeration": "select",
    "number": "number",
    "phone_number": "phonenumber",
    "string": "text",
}

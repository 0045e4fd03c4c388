"""The JSON of objects: what requests hold and how records are answered (facts 3.2)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from hubspot_sandbox.associations.model import Link
from hubspot_sandbox.associations.types import Category
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.problems import Body, invalid
from hubspot_sandbox.record import Record, Version

T = TypeVar("T")
Scalar = str | int | float | bool | None
MAX_INPUTS = 100


class ObjectRef(msgspec.Struct, frozen=True):
    id: str | int


class AssociationSpec(msgspec.Struct, frozen=True, rename="camel"):
    association_category: Category
    association_type_id: int


class AssociationInput(msgspec.Struct, frozen=True):
    to: ObjectRef
    types: tuple[AssociationSpec, ...]


class ObjectInput(msgspec.Struct, frozen=True, rename="camel"):
    """The body of a create."""

    properties: dict[str, Scalar] = {}
    associations: tuple[AssociationInput, ...] | None = None
    object_write_trace_id: str | None = None


class UpdateInput(msgspec.Struct, frozen=True, rename="camel"):
    """The body of an update, and one input of a batch update (then with `id`)."""

    properties: dict[str, Scalar]
    id: str | int = ""
    id_property: str | None = None
    object_write_trace_id: str | None = None


class BatchCreate(msgspec.Struct, frozen=True):
    inputs: tuple[ObjectInput, ...]


class BatchUpdate(msgspec.Struct, frozen=True):
    inputs: tuple[UpdateInput, ...]


class UpsertInput(msgspec.Struct, frozen=True, rename="camel"):
    """One input of a batch upsert: `id` is the value of the unique property `idProperty`."""

    id: str | int
    properties: dict[str, Scalar] = {}
    id_property: str | None = None
    object_write_trace_id: str | None = None


class BatchUpsert(msgspec.Struct, frozen=True):
    inputs: tuple[UpsertInput, ...]


class MergeInput(msgspec.Struct, frozen=True, rename="camel"):
    primary_object_id: str | int
    object_id_to_merge: str | int


class GdprDelete(msgspec.Struct, frozen=True, rename="camel"):
    object_id: str | int
    id_property: str | None = None


class BatchArchive(msgspec.Struct, frozen=True):
    inputs: tuple[ObjectRef, ...]


class BatchRead(msgspec.Struct, frozen=True, rename="camel"):
    inputs: tuple[ObjectRef, ...]
    properties: tuple[str, ...] = ()
    properties_with_history: tuple[str, ...] = ()
    id_property: str | None = None


def read_body(raw: bytes, shape: type[T], *, strict: bool = True) -> T:
    """A request body in the given shape.

    :raises HubSpotProblem: 400 VALIDATION_ERROR; the message's beginning is HubSpot's, the rest says where
    """
    try:
        return msgspec.json.decode(raw, type=shape, strict=strict)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise invalid(f"Invalid input JSON: {error}") from error


def check_inputs(inputs: Sequence[Any], most: int = MAX_INPUTS) -> None:
    """:raises HubSpotProblem: 400 for none or too many inputs of a batch"""
    if not 1 <= len(inputs) <= most:
        raise invalid(f"A batch must have between 1 and {most} inputs; it has {len(inputs)}.")


def texts(properties: dict[str, Scalar]) -> dict[str, str | None]:
    """All values are strings in HubSpot; numbers and booleans are taken as their text."""
    return {name: _text(value) for name, value in properties.items()}


def _text(value: Scalar) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


History = Mapping[str, list[Body]]


def record_json(record: Record, wanted: Iterable[str] | None = None, history: History | None = None) -> dict[str, Any]:
    """A record as HubSpot answers it. `wanted` None means all properties; ones without value are null."""
    answer: dict[str, Any] = {
        "id": record.id,
        "properties": _shown(record, wanted),
        "createdAt": record.created_at,
        "updatedAt": record.updated_at,
        "archived": record.archived,
    }
    if record.archived:
        answer["archivedAt"] = record.archived_at
    return answer | ({"propertiesWithHistory": history} if history else {})


def version_json(version: Version) -> Body:
    """`{value, timestamp, sourceType, sourceId?, sourceLabel?, updatedByUserId?}`; the last for people only [inf]."""
    source = version.source
    told = {"sourceId": source.id, "sourceLabel": source.label, "updatedByUserId": source.user_id}
    always = {"value": version.value, "timestamp": version.at, "sourceType": source.type}
    return always | {name: value for name, value in told.items() if value}


def _shown(record: Record, wanted: Iterable[str] | None) -> dict[str, str | None]:
    if wanted is None:
        return dict(sorted(record.properties.items()))
    kind = kind_of(record.kind)
    always = (kind.created, kind.modified, "hs_object_id")
    chosen = {*(wanted or kind.default_properties), *always} & {*record.properties, *kind.properties, *wanted}
    return {name: record.properties.get(name) for name in sorted(chosen)}


def associations_json(links: dict[str, list[Link]], name_of: Callable[[int], str]) -> Body:
    """`{companies: {results: [{id, type: contact_to_company}]}}`; an entry per type."""
    return {other: {"results": named_links(found, name_of)} for other, found in links.items() if found}


def named_links(links: Iterable[Link], name_of: Callable[[int], str]) -> list[Body]:
    """`[{id, type}]`, an entry per type; `name_of` gives the name of a type id."""
    return [{"id": link.to_id, "type": name_of(each)} for link in links for each in link.type_ids]


def batch_json(results: list[Body], started: str, completed: str, errors: Sequence[Body] = ()) -> Body:
    """`{status: COMPLETE, results, startedAt, completedAt, numErrors?, errors?}`"""
    answer: Body = {
        "status": "COMPLETE",
        "results": results,
        "startedAt": started,
        "completedAt": completed,
    }
    return answer | ({"numErrors": len(errors), "errors": list(errors)} if errors else {})

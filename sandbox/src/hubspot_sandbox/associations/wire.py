"""The JSON of associations: what requests hold and how ties and types are answered (S44)."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
from litestar import Response

from hubspot_sandbox.associations.model import Link
from hubspot_sandbox.associations.types import AssociationType, Category
from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.wire import AssociationSpec, ObjectRef, batch_json
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, HubSpotProblem

T = TypeVar("T")


class Pair(msgspec.Struct, frozen=True):
    """`{from: {id}, to: {id}}`: to be tied without a label."""

    from_: ObjectRef = msgspec.field(name="from")
    to: ObjectRef


class PairBatch(msgspec.Struct, frozen=True):
    inputs: tuple[Pair, ...]


class TypedPair(msgspec.Struct, frozen=True):
    """`{from: {id}, to: {id}, types: [{associationCategory, associationTypeId}]}`"""

    from_: ObjectRef = msgspec.field(name="from")
    to: ObjectRef
    types: tuple[AssociationSpec, ...]


class TypedPairBatch(msgspec.Struct, frozen=True):
    inputs: tuple[TypedPair, ...]


class Fan(msgspec.Struct, frozen=True):
    """`{from: {id}, to: [{id}]}`: to be untied."""

    from_: ObjectRef = msgspec.field(name="from")
    to: tuple[ObjectRef, ...]


class FanBatch(msgspec.Struct, frozen=True):
    inputs: tuple[Fan, ...]


class Reading(msgspec.Struct, frozen=True):
    """`{id, after?}`: one record whose ties are wanted, from where the last page ended."""

    id: str | int
    after: str | None = None


class ReadBatch(msgspec.Struct, frozen=True):
    inputs: tuple[Reading, ...]


class LabelWish(msgspec.Struct, frozen=True, rename="camel"):
    """A new label; with `inverseLabel` a pair of them."""

    name: str
    label: str
    inverse_label: str | None = None


class LabelChange(msgspec.Struct, frozen=True, rename="camel"):
    association_type_id: int
    label: str
    inverse_label: str | None = None


class TypeRef(msgspec.Struct, frozen=True, rename="camel"):
    """`{category, typeId}`: an association type."""

    category: Category
    type_id: int


class LimitWish(msgspec.Struct, frozen=True, rename="camel"):
    """A type, and how many ties of it a record may have."""

    category: Category
    type_id: int
    max_to_object_ids: int


class LimitBatch(msgspec.Struct, frozen=True):
    inputs: tuple[LimitWish, ...]


class TypeBatch(msgspec.Struct, frozen=True):
    inputs: tuple[TypeRef, ...]


def type_json(found: AssociationType) -> Body:
    return {"category": found.category, "typeId": found.type_id, "label": found.label}


def link_json(portal: Portal, account_id: int, found: Link) -> Body:
    """`toObjectId` is a text in the specification; examples in the documentation show a number [unv]."""
    types = (portal.associations.labels.find(account_id, each) for each in found.type_ids)
    return {"toObjectId": found.to_id, "associationTypes": [type_json(each) for each in types if each]}


def page_of(links: Sequence[Link], after: int, limit: int) -> tuple[list[Link], Body]:
    """One page of ties, and `{paging}` when there are more."""
    rest = [each for each in links if int(each.to_id) > after]
    return rest[:limit], {"paging": {"next": {"after": rest[limit - 1].to_id}}} if len(rest) > limit else {}


def each_for_itself(portal: Portal, inputs: Sequence[T], do: Callable[[T], list[Body]]) -> tuple[list[Body], list[Body]]:
    """Results, and the refusals of the inputs that failed; these leave nothing behind."""
    results: list[Body] = []
    errors: list[Body] = []
    with portal.store.transaction():
        for each in inputs:
            try:
                with portal.store.attempt():
                    results += do(each)
            except HubSpotProblem as problem:
                errors.append({name: value for name, value in problem.body().items() if name != "correlationId"})
    return results, errors


def batch_answer(portal: Portal, results: list[Body], errors: list[Body], status: int) -> Response[Body]:
    """207 when an input failed, even when all did [inf]."""
    now = iso(portal.clock.now())
    return Response(batch_json(results, now, now, errors), status_code=207 if errors else status)

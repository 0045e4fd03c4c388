"""What requests do to ties: with types, without, and off again; ids and types are checked here."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from hubspot_sandbox.access import Access, Call, require_kind
from hubspot_sandbox.associations import refusals
from hubspot_sandbox.associations.types import AssociationType, Category
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.kind import Kind
from hubspot_sandbox.objects.model import link
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.objects.wire import AssociationSpec
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, invalid


class Ends(msgspec.Struct, frozen=True):
    """Both kinds that a path names, and the ids if it has them, as they were written."""

    kind: Kind
    other: Kind
    from_id: str = ""
    to_id: str = ""

    def with_ids(self, from_id: str | int, to_id: str | int) -> "Ends":
        return Ends(self.kind, self.other, str(from_id), str(to_id))


def ends_of(request: Call, portal: Portal, access: Access, verb: Literal["view", "edit"]) -> Ends:
    """What the path names, for a caller who may view or edit records of the first kind.

    :raises HubSpotProblem: 400 for an unknown kind, 403
    """
    named = request.path_params
    kind, other = kind_of(named["object_type"]), kind_of(named["to_type"])
    require_kind(portal, access, kind, verb)
    return Ends(kind, other, named.get("object_id", ""), named.get("to_id", ""))


def tie(portal: Portal, account_id: int, ends: Ends, by: AssociationType | None = None) -> int:
    """Tie two records that exist, with this type or the default one; returns the type id used.

    :raises HubSpotProblem: 400
    """
    type_id = by.type_id if by else 0
    return link(portal, account_id, ends.kind.name, ends.from_id, ends.other.name, ends.to_id, type_id)


def default_json(ends: Ends, type_id: int) -> Body:
    """The answer for a tie without a label: one direction is told [unv]."""
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}
    return {"from": {"id": ends.from_id}, "to": {"id": ends.to_id}, "associationSpec": spec}


def known_type(portal: Portal, account_id: int, ends: Ends, category: Category, number: int) -> AssociationType:
    """The type of this number and category between these kinds.

    :raises HubSpotProblem: 400
    """
    found = portal.associations.labels.find(account_id, number)
    if found is None or (found.category, found.from_kind, found.to_kind) != (category, ends.kind.name, ends.other.name):
        raise refusals.no_such_type(category, number)
    return found


def label_pair(portal: Portal, account_id: int, ends: Ends, specs: Iterable[AssociationSpec]) -> Body:
    """Tie two records with these types. The account's own labels that are not named are taken off (documented).

    :returns: `{fromObjectTypeId, fromObjectId, toObjectTypeId, toObjectId, labels}`
    :raises HubSpotProblem: 400
    """
    types = [known_type(portal, account_id, ends, each.association_category, each.association_type_id) for each in specs]
    if not types:
        raise invalid("At least one association type is needed.")
    for by in types:
        tie(portal, account_id, ends, by)
    kept, now = {by.type_id for by in types}, _merged(portal, account_id, ends)
    portal.associations.keep_labels(account_id, now.kind.name, now.from_id, now.other.name, now.to_id, kept)
    return {
        "fromObjectTypeId": ends.kind.type_id,
        "fromObjectId": ends.from_id,
        "toObjectTypeId": ends.other.type_id,
        "toObjectId": ends.to_id,
        "labels": [by.label for by in types if by.label],
    }


def untie(portal: Portal, account_id: int, ends: Ends, by: AssociationType | None = None) -> None:
    """Remove all ties between two records, or those of one type; what is not there is no fault [inf]."""
    now = _merged(portal, account_id, ends)
    if is_id(now.from_id) and is_id(now.to_id):
        portal.dissociate(account_id, now.kind.name, now.from_id, now.other.name, now.to_id, by)


def _merged(portal: Portal, account_id: int, ends: Ends) -> Ends:
    """The ids of the records into which these went, if they did."""
    found = (
        portal.record(account_id, ends.kind.name, ends.from_id),
        portal.record(account_id, ends.other.name, ends.to_id),
    )
    return ends.with_ids(found[0].id if found[0] else ends.from_id, found[1].id if found[1] else ends.to_id)

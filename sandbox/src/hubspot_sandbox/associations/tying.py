"""What requests do to ties: with types, without, and off again; ids and types are checked here."""

from collections.abc import Iterable

from hubspot_sandbox.associations import refusals
from hubspot_sandbox.associations.types import AssociationType, Category
from hubspot_sandbox.objects.kind import Kind
from hubspot_sandbox.objects.model import link
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.objects.wire import AssociationSpec
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, invalid

End = tuple[Kind, str]
"""A kind and what a request calls the id of one of its records."""


def default_json(from_id: str, to_id: str, type_id: int) -> Body:
    """The answer for a tie without a label: from HubSpot's side one direction is told [unv]."""
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}
    return {"from": {"id": from_id}, "to": {"id": to_id}, "associationSpec": spec}


def known_type(
    portal: Portal, account_id: int, kinds: tuple[Kind, Kind], category: Category, number: int
) -> AssociationType:
    """The type of this number and category between these kinds.

    :raises HubSpotProblem: 400
    """
    found = portal.associations.labels.find(account_id, number)
    if found is None or (found.category, found.from_kind, found.to_kind) != (category, kinds[0].name, kinds[1].name):
        raise refusals.no_such_type(category, number)
    return found


def label_pair(portal: Portal, account_id: int, one: End, other: End, specs: Iterable[AssociationSpec]) -> Body:
    """Tie two records with these types. The account's own labels that are not named are taken off (documented).

    :returns: `{fromObjectTypeId, fromObjectId, toObjectTypeId, toObjectId, labels}`
    :raises HubSpotProblem: 400
    """
    (kind, from_id), (to_kind, to_id) = one, other
    types = [
        known_type(portal, account_id, (kind, to_kind), each.association_category, each.association_type_id)
        for each in specs
    ]
    if not types:
        raise invalid("At least one association type is needed.")
    for by in types:
        link(portal, account_id, kind.name, from_id, to_kind.name, to_id, by.type_id)
    portal.associations.keep_labels(account_id, kind.name, from_id, to_kind.name, to_id, {by.type_id for by in types})
    return {
        "fromObjectTypeId": kind.type_id,
        "fromObjectId": from_id,
        "toObjectTypeId": to_kind.type_id,
        "toObjectId": to_id,
        "labels": [by.label for by in types if by.label],
    }


def untie(portal: Portal, account_id: int, one: End, other: End, by: AssociationType | None = None) -> None:
    """Remove all ties between two records, or those of one type; what is not there is no fault [inf]."""
    (kind, from_id), (to_kind, to_id) = one, other
    if is_id(from_id) and is_id(to_id):
        portal.dissociate(account_id, kind.name, from_id, to_kind.name, to_id, by)

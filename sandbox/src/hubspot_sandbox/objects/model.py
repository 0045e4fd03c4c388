"""Writing an object with its associations, in one transaction."""

from hubspot_sandbox.access import Access
from hubspot_sandbox.associations.model import TYPES
from hubspot_sandbox.objects.wire import AssociationInput, ObjectInput, texts
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import invalid
from hubspot_sandbox.records import Record


def create(portal: Portal, access: Access, kind: str, given: ObjectInput) -> Record:
    """A new record tied to the records it names; nothing is kept when one tie is impossible.

    :raises HubSpotProblem: 400, 409
    """
    with portal.store.transaction():
        source = {
            name: value
            for name, value in access.source().items()
            if name in portal.properties.of(access.account_id, kind)
        }
        record = portal.records.create(access.account_id, kind, texts(given.properties), source)
        for association in given.associations or ():
            _tie(portal, access.account_id, record, association)
        return portal.records.existing(access.account_id, kind, record.id)


def _tie(portal: Portal, account_id: int, record: Record, association: AssociationInput) -> None:
    if not association.types:
        raise invalid("An association needs at least one type.")
    for spec in association.types:
        found = TYPES.get(spec.association_type_id)
        if found is None or found.from_kind != record.kind:
            raise invalid(f"invalid association type {spec.association_type_id} from {record.kind}")
        link(portal, account_id, record.kind, record.id, found.to_kind, str(association.to.id), found.type_id)


def link(portal: Portal, account_id: int, kind: str, record_id: str, other: str, other_id: str, type_id: int = 0) -> int:
    """Tie two records that both exist; returns the type id used.

    :raises HubSpotProblem: 400 when one does not exist; HubSpot's text is [unv]
    """
    for name, each in ((kind, record_id), (other, other_id)):
        if portal.record(account_id, name, each) is None:
            raise invalid(f"Associations could not be made: {name} {each} does not exist", ids=[each])
    return portal.associate(account_id, kind, record_id, other, other_id, type_id)

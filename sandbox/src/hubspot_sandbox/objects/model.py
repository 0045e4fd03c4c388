"""What is done to objects: create with associations, upsert, merge, delete for good; whose records a token reaches."""

from collections.abc import Iterable

from hubspot_sandbox.access import Access
from hubspot_sandbox.access import reach as reach
from hubspot_sandbox.associations import refusals
from hubspot_sandbox.objects.catalogue import KINDS, kind_of
from hubspot_sandbox.objects.kind import Kind
from hubspot_sandbox.objects.wire import AssociationInput, History, ObjectInput, texts, version_json
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import invalid, not_found, person_refused
from hubspot_sandbox.record import Record
from hubspot_sandbox.sight import Sight, Verb


def reached(portal: Portal, access: Access, kind: Kind, record: Record, verb: Verb) -> Record:
    """The record, when the token reaches it.

    :raises HubSpotProblem: 403 [unv]; HubSpot's answer for user-level apps is not documented
    """
    if not reach(portal, access, kind, verb).covers(record.get("hubspot_owner_id")):
        raise person_refused()
    return record


def create(portal: Portal, access: Access, kind: str, given: ObjectInput) -> Record:
    """A new record tied to the records it names; nothing is kept when one tie is impossible.

    :raises HubSpotProblem: 400, 409
    """
    with portal.store.transaction():
        record = portal.records.create(access.account_id, kind, texts(given.properties), access.source)
        if not given.associations:
            return record
        for association in given.associations:
            _tie(portal, access.account_id, record, association)
        return portal.records.existing(access.account_id, kind, record.id)


def _tie(portal: Portal, account_id: int, record: Record, association: AssociationInput) -> None:
    if not association.types:
        raise invalid("An association needs at least one type.")
    for spec in association.types:
        found = portal.associations.labels.find(account_id, spec.association_type_id)
        if found is None or (found.category, found.from_kind) != (spec.association_category, record.kind):
            raise refusals.no_such_type(spec.association_category, spec.association_type_id)
        link(portal, account_id, record.kind, record.id, found.to_kind, str(association.to.id), found.type_id)


def link(portal: Portal, account_id: int, kind: str, record_id: str, other: str, other_id: str, type_id: int = 0) -> int:
    """Tie two records that both exist; returns the type id used.

    :raises HubSpotProblem: 400 when one does not exist
    """
    ids: list[str] = []
    for name, each in ((kind, record_id), (other, other_id)):
        record = portal.record(account_id, name, each)
        if record is None:
            raise refusals.no_such_record(name, each)
        ids.append(record.id)
    return portal.associate(account_id, kind, ids[0], other, ids[1], type_id)


def upsert(portal: Portal, access: Access, kind: str, given: ObjectInput, by: str, value: str) -> tuple[Record, bool]:
    """Update the record with this unique value, or create one that has it. The second is True for a new one.

    :raises HubSpotProblem: 400, 409; 403 for a record that the token does not reach
    """
    if not by or by == "hs_object_id":
        raise invalid("idProperty must name a unique property to upsert by.")
    account_id, values = access.account_id, texts(given.properties)
    known = portal.records.get(account_id, kind, value, by=by)
    if known:
        reached(portal, access, kind_of(kind), known, "edit")
        return portal.records.update(account_id, kind, known.id, values, source=access.source), False
    wanted = ObjectInput(properties={by: value, **given.properties})
    return create(portal, access, kind, wanted), True


def merge(portal: Portal, account_id: int, kind: Kind, primary_id: str, other_id: str) -> Record:
    """One record out of two: the primary one's values, the other's where it had none, the ties of both.

    It gets a new id, and both old ids lead to it: webhooks name a `newObjectId` (S47). Which value wins for single
    properties, and that the other e-mail address becomes an additional one, is [inf].

    :raises HubSpotProblem: 400 for a record with itself, 404
    """
    records = portal.records
    primary = records.existing(account_id, kind.name, primary_id)
    other = records.existing(account_id, kind.name, other_id)
    if primary.id == other.id:
        raise invalid("A record cannot be merged with itself.")
    with portal.store.transaction():
        portal.associations.unlink(account_id, kind.name, primary.id, kind.name, other.id)
        merged = records.merge(account_id, primary, other, _joined(portal, account_id, primary, other))
        for old in (other, primary):
            _move_ties(portal, account_id, old, merged)
        return records.existing(account_id, kind.name, merged.id)


def _joined(portal: Portal, account_id: int, primary: Record, other: Record) -> dict[str, str]:
    known = portal.properties.of(account_id, primary.kind)
    values = {**other.properties, **primary.properties}
    kept = {name: value for name, value in values.items() if name in known and not known[name].calculated}
    emails = {each.get("email") for each in (primary, other)} - {"", primary.get("email")}
    if emails and primary.get("email"):
        kept["hs_additional_emails"] = ";".join(filter(None, [primary.get("hs_additional_emails"), *sorted(emails)]))
    return kept


def _move_ties(portal: Portal, account_id: int, old: Record, new: Record) -> None:
    for to_kind, to_id, type_ids in _ties(portal, account_id, old):
        portal.associations.unlink(account_id, old.kind, old.id, to_kind, to_id)
        for type_id in type_ids:
            found = portal.associations.labels.find(account_id, type_id)
            if found and (found.label is None or found.category == "USER_DEFINED"):
                portal.associate(account_id, old.kind, new.id, to_kind, to_id, type_id)


def _ties(portal: Portal, account_id: int, record: Record) -> list[tuple[str, str, tuple[int, ...]]]:
    return [
        (kind.name, link.to_id, link.type_ids)
        for kind in KINDS
        for link in portal.associations.of(account_id, record.kind, record.id, kind.name)
    ]


def delete_for_good(portal: Portal, access: Access, kind: Kind, record_id: str, by: str) -> None:
    """GDPR delete: the record, its history and its ties are gone.

    :raises HubSpotProblem: 404; 403 for a record that the token does not reach
    """
    account_id = access.account_id
    record = portal.records.get(account_id, kind.name, record_id, by=by)
    record = record or portal.records.get(account_id, kind.name, record_id, archived=True)
    if record is None:
        raise not_found()
    reached(portal, access, kind, record, "delete")
    with portal.store.transaction():
        for to_kind, to_id, _ in _ties(portal, account_id, record):
            portal.associations.unlink(account_id, kind.name, record.id, to_kind, to_id)
        portal.records.forget(account_id, record)


def visible(records: Iterable[Record], reached: Sight) -> list[Record]:
    return [record for record in records if reached.covers(record.get("hubspot_owner_id"))]


def histories(portal: Portal, account_id: int, record: Record, names: Iterable[str]) -> History:
    """`propertiesWithHistory` of a record: for each property with a value ever, its versions, newest first."""
    found = {name: portal.records.history(account_id, record, name) for name in names}
    return {name: [version_json(each) for each in versions] for name, versions in found.items() if versions}

"""From a change to the event that a webhook tells (facts 3.7, S47). Pure."""

from datetime import datetime
from typing import Any

from hubspot_sandbox.associations.model import PRIMARY_COMPANY
from hubspot_sandbox.changes import Change
from hubspot_sandbox.objects.catalogue import kind_of

Event = dict[str, Any]
FLAGS = {"creation": "CREATED", "deletion": "DELETED", "restore": "RESTORED", "privacyDeletion": "DELETED"}
"""`changeFlag` of an event: the first two as seen in the wild [comm], the others [inf]."""

PRIMARY_TYPES = (PRIMARY_COMPANY, 2)
"""Contact to primary company, and primary company to contact."""


def milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def event_of(change: Change, *, event_id: int, subscription_id: int, app_id: int, event_type: str) -> Event:
    """The event without `attemptNumber`, which is known when it is sent."""
    event: Event = {
        "eventId": event_id,
        "subscriptionId": subscription_id,
        "portalId": change.account_id,
        "appId": app_id,
        "occurredAt": milliseconds(change.at),
        "subscriptionType": event_type,
        "objectId": int(change.record_id),
        "changeSource": change.source,
    }
    if change.source_id:
        event["sourceId"] = change.source_id
    if event_type.startswith("object."):
        event["objectTypeId"] = kind_of(change.kind).type_id
    return event | _particulars(change)


def _particulars(change: Change) -> Event:
    if change.what == "propertyChange":
        return {"propertyName": change.name, "propertyValue": change.value, "isSensitive": False}
    if change.what == "merge":
        return _merge(change)
    if change.what == "associationChange":
        return _association(change)
    return {"changeFlag": FLAGS[change.what]}


def _merge(change: Change) -> Event:
    """The first of the merged is the winner; all are gone, and a new record is there. What moved is not counted."""
    winner, *others = [int(each) for each in change.merged] or [int(change.record_id)]
    return {
        "primaryObjectId": winner,
        "mergedObjectIds": others,
        "newObjectId": int(change.record_id),
        "numberOfPropertiesMoved": 0,
    }


def _association(change: Change) -> Event:
    return {
        "associationType": f"{kind_of(change.kind).noun}_TO_{kind_of(change.to_kind).noun}".upper(),
        "fromObjectId": int(change.record_id),
        "toObjectId": int(change.to_id),
        "associationRemoved": change.removed,
        "isPrimaryAssociation": change.type_id in PRIMARY_TYPES,
    }

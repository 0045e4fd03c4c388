"""What stands in the journal, and who wants it there. Pure."""

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from hubspot_sandbox.changes import Change
from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.catalogue import kind_of

Event = dict[str, Any]
SubscriptionType = Literal[
    "OBJECT", "ASSOCIATION", "EVENT", "APP_LIFECYCLE_EVENT", "LIST_MEMBERSHIP", "GDPR_PRIVACY_DELETION"
]
INSTALLED, UNINSTALLED = "4-1909196", "4-1916193"
"""The event types of an app's installation and its end (S24)."""
ACTIONS = {
    "creation": "CREATE",
    "propertyChange": "UPDATE",
    "deletion": "DELETE",
    "merge": "MERGE",
    "restore": "RESTORE",
    "privacyDeletion": "GDPR_DELETE",
}
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class JournalSubscription(msgspec.Struct, frozen=True):
    """What an app wants to find in the journal, of one account or, for its lifecycle, of all."""

    app_id: int
    subscription_type: SubscriptionType
    portal_id: int = 0
    object_type_id: str = ""
    event_type_id: str = ""
    actions: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    object_ids: tuple[int, ...] = ()
    associated_object_type_ids: tuple[str, ...] = ()
    id: int = 0
    created_at: datetime = NEVER
    updated_at: datetime = NEVER

    @property
    def subject(self) -> tuple[str, int, str, str]:
        """What makes two of them the same."""
        return self.subscription_type, self.portal_id, self.object_type_id, self.event_type_id

    def hears(self, change: Change) -> bool:
        """Whether it was made for this change. Without properties it hears of all of them [unv]."""
        if (self.portal_id, self.object_type_id) != (change.account_id, kind_of(change.kind).type_id):
            return False
        if self.subscription_type != _type_of(change) or action_of(change) not in self.actions:
            return False
        if self.object_ids and int(change.record_id) not in self.object_ids:
            return False
        if change.what == "associationChange" and self.associated_object_type_ids:
            return kind_of(change.to_kind).type_id in self.associated_object_type_ids
        return change.what != "propertyChange" or not self.properties or change.name in self.properties


def _type_of(change: Change) -> SubscriptionType:
    if change.what == "associationChange":
        return "ASSOCIATION"
    return "GDPR_PRIVACY_DELETION" if change.what == "privacyDeletion" else "OBJECT"


def action_of(change: Change) -> str:
    if change.what == "associationChange":
        return "ASSOCIATION_REMOVED" if change.removed else "ASSOCIATION_ADDED"
    return ACTIONS[change.what]


def event_of(change: Change) -> Event:
    """One entry. The names of the fields are reported [comm]; `type` for records is [unv]."""
    shared: Event = {
        "type": "association" if change.what == "associationChange" else "crm_object",
        "portalId": change.account_id,
        "occurredAt": iso(change.at),
        "action": action_of(change),
    }
    if change.what == "associationChange":
        return shared | _association(change)
    about: Event = {"objectTypeId": kind_of(change.kind).type_id, "objectId": int(change.record_id)}
    changed = {change.name: change.value} if change.what == "propertyChange" else {}
    merged = {"mergedObjectIds": [int(each) for each in change.merged]} if change.merged else {}
    return shared | about | {"propertyChanges": changed} | merged


def _association(change: Change) -> Event:
    return {
        "fromObjectTypeId": kind_of(change.kind).type_id,
        "fromObjectId": int(change.record_id),
        "toObjectTypeId": kind_of(change.to_kind).type_id,
        "toObjectId": int(change.to_id),
        "associationTypeId": change.type_id,
        "associationCategory": "HUBSPOT_DEFINED",
    }


def join(events: tuple[Event, ...], event: Event) -> tuple[Event, ...]:
    """One more event; several properties of one record that changed at once are one event."""
    newest = events[-1] if events else {}
    if event["action"] == "UPDATE" and _without_changes(newest) == _without_changes(event):
        changes = newest["propertyChanges"] | event["propertyChanges"]
        return (*events[:-1], event | {"propertyChanges": changes})
    return (*events, event)


def _without_changes(event: Event) -> Event:
    return {name: value for name, value in event.items() if name != "propertyChanges"}

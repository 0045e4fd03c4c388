"""What an app can subscribe to: the event types by name, as the official clients list them (facts 3.7, S47)."""

from hubspot_sandbox.changes import Happening

OBJECTS = {
    "contact": "0-1",
    "company": "0-2",
    "deal": "0-3",
    "ticket": "0-5",
    "product": "0-7",
    "line_item": "0-8",
}
"""The first word of an event type → the type id of the records it is about; `object` is about any of them."""

_RECORDS: tuple[Happening, ...] = ("creation", "deletion", "merge", "propertyChange", "restore")
_NAMED = ("creation", "deletion", "newMessage", "privacyDeletion", "propertyChange")
EVENT_TYPES = frozenset(
    {
        *(f"{name}.{what}" for name in (*OBJECTS, "object") for what in _RECORDS),
        *(f"{name}.associationChange" for name in (*OBJECTS, "object") if name != "product"),
        *(f"conversation.{what}" for what in _NAMED),
        "contact.privacyDeletion",
        "event.completed",
    }
)
"""Conversations and completed events can be subscribed to, and nothing here ever causes them."""


def is_about(event_type: str, object_type_id: str, type_id: str, what: Happening) -> bool:
    """Whether a subscription to this event type hears that this happened to a record of the type `type_id`.

    `object_type_id` is the subscription's, for `object.*`. That `object.*` hears of calls, notes and tasks too is
    [unv].
    """
    name, _, event = event_type.partition(".")
    wanted = object_type_id if name == "object" else OBJECTS.get(name)
    return event == what and wanted == type_id

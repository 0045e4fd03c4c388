"""What changed in the records: told to whoever listens (webhooks), once it is kept.

    records, associations ── tell(Change) ──▶ store.after_commit ──▶ listeners

A change that is rolled back is never told.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import msgspec

from hubspot_sandbox.store import Store

Happening = Literal["creation", "deletion", "propertyChange", "merge", "restore", "privacyDeletion", "associationChange"]


class Change(msgspec.Struct, frozen=True):
    """One thing that happened to one record. `kind` is `contacts`, `companies`…; `source` HubSpot's `changeSource`.

    `name` and `value` are of a property change; `merged` are the ids that went into a merged record; the last four are
    of an association change: the other kind and record, the type id, and whether it was removed.
    """

    account_id: int
    kind: str
    record_id: str
    what: Happening
    at: datetime
    source: str = "API"
    source_id: str = ""
    name: str = ""
    value: str = ""
    merged: tuple[str, ...] = ()
    to_kind: str = ""
    to_id: str = ""
    type_id: int = 0
    removed: bool = False


Listener = Callable[[Change], None]


class Changes:
    """The room where changes are told."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Hear of every change from now on, in order, after it was kept."""
        self._listeners.append(listener)

    def tell(self, change: Change) -> None:
        if self._listeners:
            self._store.after_commit(lambda: self._tell(change))

    def _tell(self, change: Change) -> None:
        for listener in self._listeners:
            listener(change)

"""Which record belongs to which, with the documented association type ids (facts 3.4, S44) and the account's labels."""

from collections.abc import Collection

import msgspec

from hubspot_sandbox.associations import refusals
from hubspot_sandbox.associations.labels import Labels
from hubspot_sandbox.associations.types import DEFAULTS as DEFAULTS
from hubspot_sandbox.associations.types import PRIMARY_COMPANY as PRIMARY_COMPANY
from hubspot_sandbox.associations.types import TYPES as TYPES
from hubspot_sandbox.associations.types import AssociationType
from hubspot_sandbox.changes import Change, Changes
from hubspot_sandbox.clock import Clock
from hubspot_sandbox.problems import invalid
from hubspot_sandbox.store import Store

End = tuple[str, str]
"""A kind and the id of one of its records."""


class Link(msgspec.Struct, frozen=True):
    """One record's tie to another, with all its type ids in ascending order."""

    to_id: str
    type_ids: tuple[int, ...]


class Associations:
    """The room of associations. Both directions are always kept, and told as changes."""

    def __init__(self, store: Store, clock: Clock, changes: Changes) -> None:
        self._store, self._clock, self._changes = store, clock, changes
        self.labels = Labels(store)

    # tying --------------------------------------------------------------------------------------------

    def link(self, account_id: int, from_kind: str, from_id: str, to_kind: str, to_id: str, type_id: int = 0) -> int:
        """Tie two records; `type_id` 0 means the default one. Returns the type id used.

        :raises HubSpotProblem: 400 when the type does not join these kinds, or a limit of the account is reached
        """
        chosen = type_id or DEFAULTS.get((from_kind, to_kind), 0)
        there = self.labels.find(account_id, chosen)
        if there is None or (there.from_kind, there.to_kind) != (from_kind, to_kind):
            raise refusals.no_such_type(there.category if there else "HUBSPOT_DEFINED", chosen)
        if (from_kind, from_id) == (to_kind, to_id):
            raise refusals.with_itself(from_kind, from_id)
        back = self.labels.find(account_id, there.reverse) or there
        with self._store.transaction():
            if there.label is not None:
                self.link(account_id, from_kind, from_id, to_kind, to_id)
            self._put(account_id, (from_kind, from_id), (to_kind, to_id), there)
            self._put(account_id, (to_kind, to_id), (from_kind, from_id), back)
        return chosen

    def _put(self, account_id: int, one: End, other: End, by: AssociationType) -> None:
        if by.single:
            self._only(account_id, one, other, by)
        self._check_limit(account_id, one, other, by)
        with self._store.transaction() as connection:
            made = connection.execute(
                "INSERT OR IGNORE INTO associations (account, from_type, from_id, to_type, to_id, type_id)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (account_id, one[0], int(one[1]), other[0], int(other[1]), by.type_id),
            )
            if made.rowcount:
                self._tell(account_id, one, other, by.type_id, removed=False)

    def _only(self, account_id: int, one: End, other: End, by: AssociationType) -> None:
        """Of a single type the newest tie wins."""
        for link in self.of(account_id, *one, by.to_kind):
            if by.type_id in link.type_ids and link.to_id != other[1]:
                self.unlabel(account_id, *one, by.to_kind, link.to_id, by)

    def _check_limit(self, account_id: int, one: End, other: End, by: AssociationType) -> None:
        """Limits hold for new ties; older ones stay (documented)."""
        most = self.labels.limit(account_id, by.type_id)
        if not most:
            return
        held = [link.to_id for link in self.of(account_id, *one, by.to_kind) if by.type_id in link.type_ids]
        if other[1] not in held and len(held) >= most:
            raise refusals.too_many(*one, by.category, by.type_id, most)

    # reading ------------------------------------------------------------------------------------------

    def of(self, account_id: int, kind: str, record_id: str, to_kind: str) -> list[Link]:
        """All ties of a record to records of one kind, by ascending id."""
        rows = self._store.connection.execute(
            "SELECT to_id, group_concat(type_id) FROM associations"
            " WHERE account = ? AND from_type = ? AND from_id = ? AND to_type = ?"
            " GROUP BY to_id ORDER BY to_id",
            (account_id, kind, record_id, to_kind),
        )
        return [Link(str(to), tuple(sorted(int(each) for each in types.split(",")))) for to, types in rows]

    def ids(self, account_id: int, kind: str, record_id: str, to_kind: str) -> list[str]:
        return [link.to_id for link in self.of(account_id, kind, record_id, to_kind)]

    # untying ------------------------------------------------------------------------------------------

    def unlink(self, account_id: int, kind: str, record_id: str, to_kind: str, to_id: str) -> None:
        """Remove every tie between the two, in both directions."""
        with self._store.transaction():
            self._remove(account_id, (kind, record_id), (to_kind, to_id))
            self._remove(account_id, (to_kind, to_id), (kind, record_id))

    def unlabel(self, account_id: int, kind: str, record_id: str, to_kind: str, to_id: str, by: AssociationType) -> None:
        """Remove the ties of one type in both directions; with the unlabelled one all are gone (documented)."""
        if by.label is None:
            self.unlink(account_id, kind, record_id, to_kind, to_id)
            return
        with self._store.transaction():
            self._remove(account_id, (kind, record_id), (to_kind, to_id), by.type_id)
            self._remove(account_id, (to_kind, to_id), (kind, record_id), by.reverse)

    def keep_labels(
        self, account_id: int, kind: str, record_id: str, to_kind: str, to_id: str, kept: Collection[int]
    ) -> None:
        """Remove the account's own labels from a tie but these. HubSpot's own types stay [inf]."""
        links = self.of(account_id, kind, record_id, to_kind)
        had = next((link.type_ids for link in links if link.to_id == to_id), ())
        for found in (self.labels.find(account_id, each) for each in had if each not in kept):
            if found and found.category == "USER_DEFINED":
                self.unlabel(account_id, kind, record_id, to_kind, to_id, found)

    def drop_label(self, label: AssociationType) -> None:
        """Delete a label of an account for good.

        :raises HubSpotProblem: 400 while it is on a tie (documented; the text is [unv])
        """
        used = self._store.connection.execute(
            "SELECT 1 FROM associations WHERE account = ? AND from_type = ? AND to_type = ? AND type_id = ? LIMIT 1",
            (label.account_id, label.from_kind, label.to_kind, label.type_id),
        ).fetchone()
        if used:
            raise invalid(f"The association label {label.label} is in use. Remove it from all associations first.")
        with self._store.transaction():
            self.labels.remove(label)

    def _remove(self, account_id: int, one: End, other: End, type_id: int = 0) -> None:
        with self._store.transaction() as connection:
            gone = connection.execute(
                "DELETE FROM associations WHERE account = ? AND from_type = ? AND from_id = ?"
                " AND to_type = ? AND to_id = ? AND (type_id = ? OR ? = 0) RETURNING type_id",
                (account_id, one[0], int(one[1]), other[0], int(other[1]), type_id, type_id),
            ).fetchall()
            for (each,) in gone:
                self._tell(account_id, one, other, each, removed=True)

    def _tell(self, account_id: int, one: End, other: End, type_id: int, *, removed: bool) -> None:
        change = Change(
            account_id,
            *one,
            "associationChange",
            self._clock.now(),
            to_kind=other[0],
            to_id=other[1],
            type_id=type_id,
            removed=removed,
        )
        self._changes.tell(change)

"""Which record belongs to which, with the documented association type ids (facts 3.4, S44)."""

from collections.abc import Iterable, Iterator

import msgspec

from hubspot_sandbox.changes import Change, Changes
from hubspot_sandbox.clock import Clock
from hubspot_sandbox.problems import invalid
from hubspot_sandbox.store import Store


class AssociationType(msgspec.Struct, frozen=True):
    """A directed type. `primary` ones always come with the unlabelled one."""

    type_id: int
    from_kind: str
    to_kind: str
    reverse: int
    label: str | None = None


_PAIRS = (
    ("contacts", "companies", 279, 280),
    ("contacts", "deals", 4, 3),
    ("contacts", "tickets", 15, 16),
    ("companies", "deals", 342, 341),
    ("companies", "tickets", 340, 339),
    ("deals", "tickets", 27, 28),
    ("calls", "contacts", 194, 193),
    ("calls", "companies", 182, 181),
    ("calls", "deals", 206, 205),
    ("calls", "tickets", 220, 219),
    ("notes", "contacts", 202, 201),
    ("notes", "companies", 190, 189),
    ("notes", "deals", 214, 213),
    ("notes", "tickets", 228, 227),
    ("tasks", "contacts", 204, 203),
    ("tasks", "companies", 192, 191),
    ("tasks", "deals", 216, 215),
    ("tasks", "tickets", 230, 229),
)
"""The default types of each pair of kinds, there and back (S44)."""
_PRIMARY = (("contacts", "companies", 1, 2), ("deals", "companies", 5, 6), ("tickets", "companies", 26, 25))


def _both_ways(pairs: Iterable[tuple[str, str, int, int]], label: str | None = None) -> Iterator[AssociationType]:
    for one, other, there, back in pairs:
        yield AssociationType(there, one, other, back, label)
        yield AssociationType(back, other, one, there, label)


_TYPES = (*_both_ways(_PAIRS), *_both_ways(_PRIMARY, "Primary"))
TYPES = {each.type_id: each for each in _TYPES}
PRIMARY_COMPANY = 1
DEFAULTS = {(each.from_kind, each.to_kind): each.type_id for each in _TYPES if each.label is None}


class Link(msgspec.Struct, frozen=True):
    """One record's tie to another, with all its type ids in ascending order."""

    to_id: str
    type_ids: tuple[int, ...]


class Associations:
    """The room of associations. Both directions are always kept, and told as changes."""

    def __init__(self, store: Store, clock: Clock, changes: Changes) -> None:
        self._store, self._clock, self._changes = store, clock, changes

    def link(self, account_id: int, from_kind: str, from_id: str, to_kind: str, to_id: str, type_id: int = 0) -> int:
        """Tie two records; `type_id` 0 means the default one. Returns the type id used.

        :raises HubSpotProblem: 400 when the type does not join these kinds
        """
        chosen = type_id or DEFAULTS.get((from_kind, to_kind), 0)
        found = TYPES.get(chosen)
        if found is None or (found.from_kind, found.to_kind) != (from_kind, to_kind):
            raise invalid(f"invalid association type {chosen} from {from_kind} to {to_kind}")
        with self._store.transaction():
            if found.label:
                self.link(account_id, from_kind, from_id, to_kind, to_id)
                self._only_primary(account_id, from_kind, from_id, found)
            self._put(account_id, from_kind, from_id, to_kind, to_id, chosen)
            self._put(account_id, to_kind, to_id, from_kind, from_id, found.reverse)
        return chosen

    def _only_primary(self, account_id: int, kind: str, record_id: str, new: AssociationType) -> None:
        """A contact, deal or ticket has one primary company: the newest wins."""
        if new.to_kind != "companies":
            return
        for link in self.of(account_id, kind, record_id, new.to_kind):
            if new.type_id in link.type_ids:
                self._remove(account_id, kind, record_id, new.to_kind, link.to_id, new.type_id)
                self._remove(account_id, new.to_kind, link.to_id, kind, record_id, new.reverse)

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

    def unlink(self, account_id: int, kind: str, record_id: str, to_kind: str, to_id: str) -> None:
        """Remove every tie between the two, in both directions."""
        with self._store.transaction():
            for ends in ((kind, record_id, to_kind, to_id), (to_kind, to_id, kind, record_id)):
                self._remove(account_id, *ends)

    def _put(self, account_id: int, kind: str, record_id: str, to_kind: str, to_id: str, type_id: int) -> None:
        with self._store.transaction() as connection:
            made = connection.execute(
                "INSERT OR IGNORE INTO associations (account, from_type, from_id, to_type, to_id, type_id)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (account_id, kind, int(record_id), to_kind, int(to_id), type_id),
            )
            if made.rowcount:
                self._tell(account_id, kind, record_id, to_kind, to_id, type_id, removed=False)

    def _remove(self, account_id: int, kind: str, record_id: str, to_kind: str, to_id: str, type_id: int = 0) -> None:
        with self._store.transaction() as connection:
            gone = connection.execute(
                "DELETE FROM associations WHERE account = ? AND from_type = ? AND from_id = ?"
                " AND to_type = ? AND to_id = ? AND (type_id = ? OR ? = 0) RETURNING type_id",
                (account_id, kind, int(record_id), to_kind, int(to_id), type_id, type_id),
            ).fetchall()
            for (each,) in gone:
                self._tell(account_id, kind, record_id, to_kind, to_id, each, removed=True)

    def _tell(
        self, account_id: int, kind: str, record_id: str, to_kind: str, to_id: str, type_id: int, *, removed: bool
    ) -> None:
        change = Change(
            account_id,
            kind,
            record_id,
            "associationChange",
            self._clock.now(),
            to_kind=to_kind,
            to_id=to_id,
            type_id=type_id,
            removed=removed,
        )
        self._changes.tell(change)

"""Who is in which segment: the SQL of memberships. Records in the bin are members of nothing while they are there."""

import json
from collections.abc import Iterable

import msgspec

from hubspot_sandbox.search import Statement
from hubspot_sandbox.shelves import LAST_ID, Shelf
from hubspot_sandbox.store import Store

_LIVE = (
    "FROM list_members AS member JOIN records ON records.key = (? | member.record)"
    " WHERE member.account = ? AND member.list = ? AND records.archived_at IS NULL"
)


class Place(msgspec.Struct, frozen=True):
    """A segment as far as its members matter: account, number, and the shelf of its records."""

    account_id: int
    number: int
    shelf: Shelf

    @property
    def live(self) -> tuple[int, int, int]:
        """The parameters of `_LIVE`."""
        return self.shelf.first_key, self.account_id, self.number


class Membership(msgspec.Struct, frozen=True):
    record_id: str
    added_at: str


class Members:
    """The memberships of all segments."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # reading ------------------------------------------------------------------------------------------

    def count(self, place: Place) -> int:
        row = self._store.connection.execute(f"SELECT count(*) {_LIVE}", place.live).fetchone()
        return int(row[0])

    def newest(self, place: Place) -> str:
        """When somebody was added last, or nothing."""
        row = self._store.connection.execute(f"SELECT max(member.added_at) {_LIVE}", place.live).fetchone()
        return str(row[0] or "")

    def after(self, place: Place, record_id: int, limit: int) -> list[Membership]:
        """By ascending record id, the ones after this."""
        sql = f"SELECT member.record, member.added_at {_LIVE} AND member.record > ? ORDER BY member.record LIMIT ?"
        return self._read(sql, (*place.live, record_id, limit))

    def before(self, place: Place, record_id: int, limit: int) -> list[Membership]:
        """By ascending record id, the last ones before this."""
        sql = f"SELECT member.record, member.added_at {_LIVE} AND member.record < ? ORDER BY member.record DESC LIMIT ?"
        return self._read(sql, (*place.live, record_id, limit))[::-1]

    def joined(self, place: Place, offset: int, limit: int) -> list[Membership]:
        """Whoever joined first stands first."""
        sql = f"SELECT member.record, member.added_at {_LIVE} ORDER BY member.added_at, member.record LIMIT ? OFFSET ?"
        return self._read(sql, (*place.live, limit, offset))

    def of_record(self, account_id: int, record_id: str, numbers: Iterable[int]) -> dict[int, str]:
        """Since when the record is in which of these segments."""
        sql = (
            "SELECT list, added_at FROM list_members WHERE account = ? AND record = ?"
            " AND list IN (SELECT value FROM json_each(?)) ORDER BY list"
        )
        rows = self._store.connection.execute(sql, (account_id, int(record_id), json.dumps(list(numbers))))
        return {int(number): str(at) for number, at in rows}

    def condition(self, place: Place) -> Statement:
        """On `records`: that it is a member."""
        sql = "records.key IN (SELECT ? | record FROM list_members WHERE account = ? AND list = ?)"
        return Statement(sql, place.live)

    def _read(self, sql: str, parameters: tuple[int, ...]) -> list[Membership]:
        rows = self._store.connection.execute(sql, parameters)
        return [Membership(str(record), str(at)) for record, at in rows]

    # writing ------------------------------------------------------------------------------------------

    def existing(self, place: Place, record_ids: Iterable[int]) -> set[int]:
        """Those of the ids that are records which are not in the bin."""
        sql = (
            "SELECT records.key & ? FROM json_each(?) AS given JOIN records ON records.key = (? | given.value)"
            " WHERE records.archived_at IS NULL"
        )
        given = json.dumps(list(record_ids))
        rows = self._store.connection.execute(sql, (LAST_ID, given, place.shelf.first_key))
        return {int(row[0]) for row in rows}

    def add(self, place: Place, record_ids: Iterable[int], at: str) -> list[int]:
        """The ones that were not members yet, in order."""
        with self._store.transaction() as connection:
            before = connection.total_changes
            added = []
            for each in record_ids:
                connection.execute(
                    "INSERT OR IGNORE INTO list_members (account, list, record, added_at) VALUES (?, ?, ?, ?)",
                    (place.account_id, place.number, each, at),
                )
                if connection.total_changes > before:
                    before = connection.total_changes
                    added.append(each)
        return added

    def remove(self, place: Place, record_ids: Iterable[int]) -> list[int]:
        """The ones that were members, by ascending id."""
        sql = (
            "DELETE FROM list_members WHERE account = ? AND list = ?"
            " AND record IN (SELECT value FROM json_each(?)) RETURNING record"
        )
        with self._store.transaction() as connection:
            rows = connection.execute(sql, (place.account_id, place.number, json.dumps(list(record_ids)))).fetchall()
        return sorted(int(row[0]) for row in rows)

    def clear(self, place: Place) -> int:
        """How many there were."""
        with self._store.transaction() as connection:
            gone = connection.execute(
                "DELETE FROM list_members WHERE account = ? AND list = ?", (place.account_id, place.number)
            )
            return gone.rowcount

    def copy(self, source: Place, to: Place, at: str) -> None:
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO list_members (account, list, record, added_at)"
                f" SELECT member.account, ?, member.record, ? {_LIVE}",
                (to.number, at, *source.live),
            )

    def settle(self, place: Place, condition: Statement, since: str) -> int:
        """Exactly the records of the condition are members. Returns how many left.

        New ones joined when they changed last, but not before `since`.
        """
        passing = f"shelf = ? AND archived_at IS NULL AND ({condition.sql})"
        chosen = (place.shelf.number, *condition.parameters)
        with self._store.transaction() as connection:
            gone = connection.execute(
                "DELETE FROM list_members WHERE account = ? AND list = ?"  # noqa: S608
                f" AND record NOT IN (SELECT key & ? FROM records WHERE {passing})",
                (place.account_id, place.number, LAST_ID, *chosen),
            )
            connection.execute(
                "INSERT OR IGNORE INTO list_members (account, list, record, added_at)"  # noqa: S608
                f" SELECT ?, ?, key & ?, max(updated_at, ?) FROM records WHERE {passing}",
                (place.account_id, place.number, LAST_ID, since, *chosen),
            )
            return gone.rowcount

    def merge(self, numbers: Iterable[int], account_id: int, old_ids: Iterable[str], new_id: str) -> None:
        """A merged record is in all the segments that one of its parts was in."""
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO list_members (account, list, record, added_at)"
                " SELECT account, list, ?, min(added_at) FROM list_members WHERE account = ?"
                " AND list IN (SELECT value FROM json_each(?)) AND record IN (SELECT value FROM json_each(?))"
                " GROUP BY account, list",
                (int(new_id), account_id, json.dumps(list(numbers)), json.dumps([int(each) for each in old_ids])),
            )

"""Records in the database: all SQL that reads and writes them; searching is in `search.py`.

A *shelf* holds the records of one kind of one account. A record's key is its shelf's number and its id in one
integer, so that a shelf is one range of keys in every table, and full text is searched in that range alone:

    key = shelf << 40 | id

`property_values` holds the values of indexed properties of live records, folded; `found_words` their full text.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.record import Record, Source, Version
from hubspot_sandbox.store import Store

ID_BITS = 40
LAST_ID = (1 << ID_BITS) - 1
COLUMNS = "key, properties, created_at, updated_at, archived_at"
# No INSERT OR REPLACE: it needs a journal for itself, for which the full-text index writes down what it has so far.
_ADD = (
    "INSERT INTO records (properties, words, created_at, updated_at, archived_at, shelf, key)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_CHANGE = (
    "UPDATE records SET properties = ?, words = ?, created_at = ?, updated_at = ?, archived_at = ?"
    " WHERE shelf = ? AND key = ?"
)
_PUT_VALUE = "INSERT OR IGNORE INTO property_values (shelf, name, value, key) VALUES (?, ?, ?, ?)"
_PUT_WORDS = "INSERT INTO found_words (rowid, words) VALUES (?, ?)"
_TAKE_VALUE = "DELETE FROM property_values WHERE shelf = ? AND name = ? AND value = ? AND key = ?"
_TAKE_WORDS = "INSERT INTO found_words (found_words, rowid, words) VALUES ('delete', ?, ?)"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, str]).decode


class Entry(msgspec.Struct, frozen=True):
    """A record with what search shall find it by: folded values of indexed properties, and its words."""

    record: Record
    indexed: Mapping[str, str]
    words: str


class Shelf(msgspec.Struct, frozen=True):
    """The place of one kind of records of one account."""

    number: int
    kind: str

    @property
    def first_key(self) -> int:
        return self.number << ID_BITS

    @property
    def last_key(self) -> int:
        return self.first_key | LAST_ID

    def key(self, record_id: str) -> int:
        """-1, which no record has, for what cannot be an id."""
        number = int(record_id) if is_id(record_id) else 0
        return self.first_key | number if 0 < number <= LAST_ID else -1


class Shelves:
    """All records of all accounts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[int, str], Shelf] = {}

    def shelf(self, account_id: int, kind: str) -> Shelf:
        """The shelf of a kind in an account; number 0, on which nothing lies, before the first record was put there."""
        known = self._known.get((account_id, kind))
        if known:
            return known
        query = "SELECT number FROM shelves WHERE account = ? AND type = ?"
        row = self._store.connection.execute(query, (account_id, kind)).fetchone()
        found = Shelf(row[0] if row else 0, kind)
        if row:  # what is taken back must not stay known
            self._store.after_commit(lambda: self._known.update({(account_id, kind): found}))
        return found

    def shelf_to_fill(self, account_id: int, kind: str) -> Shelf:
        """The same for putting new records there, inside a transaction: it is made when there is none yet."""
        found = self.shelf(account_id, kind)
        if not found.number:
            insert = "INSERT INTO shelves (account, type) VALUES (?, ?)"
            self._store.connection.execute(insert, (account_id, kind))
            found = self.shelf(account_id, kind)
        return found

    # reading ------------------------------------------------------------------------------------------

    def get(self, shelf: Shelf, record_id: str, archived: bool = False) -> Record | None:
        row = self._store.connection.execute(
            f"SELECT {COLUMNS} FROM records WHERE key = ? AND (archived_at IS NOT NULL) = ?",  # noqa: S608
            (shelf.key(record_id), archived),
        ).fetchone()
        return read(shelf, row) if row else None

    def page(self, shelf: Shelf, after: int, limit: int, archived: bool) -> list[Record]:
        """Records with an id greater than `after`, by ascending id."""
        rows = self._store.connection.execute(
            f"SELECT {COLUMNS} FROM records WHERE key > ? AND key <= ? AND (archived_at IS NOT NULL) = ?"  # noqa: S608
            " ORDER BY key LIMIT ?",
            (shelf.first_key | min(after, LAST_ID), shelf.last_key, archived, limit),
        )
        return [read(shelf, row) for row in rows]

    def count(self, shelf: Shelf) -> int:
        row = self._store.connection.execute(
            "SELECT count(*) FROM records WHERE shelf = ? AND archived_at IS NULL", (shelf.number,)
        ).fetchone()
        return int(row[0])

    def holder(self, shelf: Shelf, name: str, value: str) -> str:
        """The id of a live record with this value of an indexed property, or nothing."""
        row = self._store.connection.execute(
            "SELECT key FROM property_values WHERE shelf = ? AND name = ? AND value = ?",
            (shelf.number, name, value.casefold()),
        ).fetchone()
        return str(row[0] & LAST_ID) if row else ""

    def merged_into(self, shelf: Shelf, record_id: str) -> str:
        """The id of the record that this one went into, or nothing."""
        query = "SELECT new_key FROM merged WHERE old_key = ?"
        row = self._store.connection.execute(query, (shelf.key(record_id),)).fetchone()
        return str(row[0] & LAST_ID) if row else ""

    def versions(self, shelf: Shelf, record_id: str, name: str) -> list[Version]:
        """What was written of a property after the record's creation, newest first."""
        rows = self._store.connection.execute(
            "SELECT value, at, source, source_id, source_label FROM history WHERE key = ? AND name = ?"
            " ORDER BY rowid DESC",
            (shelf.key(record_id), name),
        )
        return [Version(value, at, Source(*source)) for value, at, *source in rows]

    def changed_since(self, shelf: Shelf, since: str) -> list[Record]:
        """Live records that were there at that time and have changed after it."""
        rows = self._store.connection.execute(
            f"SELECT {COLUMNS} FROM records WHERE shelf = ? AND archived_at IS NULL AND updated_at > ?"  # noqa: S608
            " AND created_at <= ?",
            (shelf.number, since, since),
        ).fetchall()
        return [read(shelf, row) for row in rows]

    def names_since(self, shelf: Shelf, record_id: str, since: str) -> list[str]:
        """The properties of a record that were written after that time."""
        query = "SELECT DISTINCT name FROM history WHERE key = ? AND at > ?"
        return [str(row[0]) for row in self._store.connection.execute(query, (shelf.key(record_id), since))]

    # writing ------------------------------------------------------------------------------------------

    def put(self, shelf: Shelf, new: Entry, old: Entry | None = None) -> None:
        """Keep a record, and bring what search finds it by up to date. An archived one is not found."""
        key = shelf.key(new.record.id)
        wanted = {} if new.record.archived else dict(new.indexed)
        had = {} if old is None or old.record.archived else dict(old.indexed)
        words, had_words = "" if new.record.archived else new.words, old.words if old and not old.record.archived else ""
        with self._store.transaction() as connection:
            if words != had_words and had_words:
                connection.execute(_TAKE_WORDS, (key, had_words))
            connection.execute(_CHANGE if old else _ADD, _row(shelf, key, new.record, words))
            if words != had_words and words:
                connection.execute(_PUT_WORDS, (key, words))
            gone = had.items() - wanted.items()
            connection.executemany(_TAKE_VALUE, [(shelf.number, name, value, key) for name, value in gone])
            fresh = wanted.items() - had.items()
            connection.executemany(_PUT_VALUE, [(shelf.number, name, value, key) for name, value in fresh])

    def put_new(self, shelf: Shelf, entries: Iterable[Entry]) -> None:
        """Keep many new records at once."""
        kept = [(shelf.key(each.record.id), each) for each in entries]
        values = [(shelf.number, name, value, key) for key, each in kept for name, value in each.indexed.items()]
        with self._store.transaction() as connection:
            connection.executemany(_ADD, [_row(shelf, key, each.record, each.words) for key, each in kept])
            connection.executemany(_PUT_WORDS, [(key, each.words) for key, each in kept if each.words])
            connection.executemany(_PUT_VALUE, values)

    def forget(self, shelf: Shelf, old: Entry) -> None:
        """Remove a record as if it had never been."""
        key = shelf.key(old.record.id)
        with self._store.transaction() as connection:
            if old.words and not old.record.archived:
                connection.execute(_TAKE_WORDS, (key, old.words))
            connection.executemany(_TAKE_VALUE, [(shelf.number, *each, key) for each in old.indexed.items()])
            connection.execute("DELETE FROM records WHERE key = ?", (key,))
            connection.execute("DELETE FROM history WHERE key = ?", (key,))

    def remember(self, shelf: Shelf, record_id: str, versions: Iterable[tuple[str, Version]]) -> None:
        """Add to the history of properties."""
        key = shelf.key(record_id)
        self._store.connection.executemany(
            "INSERT INTO history (key, name, at, value, source, source_id, source_label) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(key, name, each.at, each.value, *msgspec.structs.astuple(each.source)) for name, each in versions],
        )

    def mark_merged(self, shelf: Shelf, old_ids: Iterable[str], new_id: str) -> None:
        """The old ids, and the ones that went into them before, lead to the new record."""
        new = shelf.key(new_id)
        with self._store.transaction() as connection:
            for each in old_ids:
                connection.execute("UPDATE merged SET new_key = ? WHERE new_key = ?", (new, shelf.key(each)))
                connection.execute("INSERT INTO merged (old_key, new_key) VALUES (?, ?)", (shelf.key(each), new))


def read(shelf: Shelf, row: tuple[Any, ...]) -> Record:
    """A record from a row of COLUMNS."""
    key, properties, created, updated, archived = row
    return Record(str(key & LAST_ID), shelf.kind, _decode(properties), created, updated, archived)


def _row(shelf: Shelf, key: int, record: Record, words: str) -> tuple[Any, ...]:
    times = (record.created_at, record.updated_at, record.archived_at)
    return (_encode(record.properties).decode(), words, *times, shelf.number, key)


def chunks(entries: Iterable[Entry], size: int = 5000) -> Iterator[list[Entry]]:
    """The entries in lists of at most so many."""
    chunk: list[Entry] = []
    for each in entries:
        chunk.append(each)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk

"""The one SQLite file: schema, transactions, and shelves that keep frozen values."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)

SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (
    kind TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sequences (name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shelves (
    number INTEGER PRIMARY KEY, account INTEGER NOT NULL, type TEXT NOT NULL, UNIQUE (account, type));
CREATE TABLE IF NOT EXISTS records (
    key INTEGER PRIMARY KEY, shelf INTEGER NOT NULL,
    properties TEXT NOT NULL, words TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, archived_at TEXT);
CREATE INDEX IF NOT EXISTS records_by_change ON records (shelf, archived_at, updated_at);
CREATE TABLE IF NOT EXISTS property_values (
    shelf INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, key INTEGER NOT NULL,
    PRIMARY KEY (shelf, name, value, key)) WITHOUT ROWID;
CREATE VIRTUAL TABLE IF NOT EXISTS found_words USING fts5(
    words, content='records', content_rowid='key', tokenize='unicode61 remove_diacritics 0', columnsize=0);
CREATE TABLE IF NOT EXISTS history (
    key INTEGER NOT NULL, name TEXT NOT NULL, at TEXT NOT NULL, value TEXT NOT NULL,
    source TEXT NOT NULL, source_id TEXT NOT NULL, source_label TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS history_of_record ON history (key, name);
CREATE TABLE IF NOT EXISTS merged (old_key INTEGER PRIMARY KEY, new_key INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS associations (
    account INTEGER NOT NULL, from_type TEXT NOT NULL, from_id INTEGER NOT NULL,
    to_type TEXT NOT NULL, to_id INTEGER NOT NULL, type_id INTEGER NOT NULL,
    PRIMARY KEY (account, from_type, from_id, to_type, to_id, type_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS list_members (
    account INTEGER NOT NULL, list INTEGER NOT NULL, record INTEGER NOT NULL, added_at TEXT NOT NULL,
    PRIMARY KEY (account, list, record)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lists_of_record ON list_members (account, record, list);
"""
CACHE_KIB = 64 * 1024
"""How much of the file stays in memory: enough for the inner nodes of the indexes of a million contacts."""
TABLES = (
    "kept", "sequences", "shelves", "records", "property_values", "history", "merged", "associations", "list_members"
)  # fmt: skip


class Store:
    """An open database. Every write happens inside `transaction()`, which may be nested."""

    def __init__(self, path: str | Path = ":memory:") -> None:
        self.path = str(path)
        self.connection = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
        self._lock = threading.RLock()
        self._depth = 0
        self._failed = False
        self._afterwards: list[Callable[[], None]] = []
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=NORMAL")
        self.connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        self.connection.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. One inside another is a part of it: the outermost one commits.

        :raises RuntimeError: a part failed and somebody went on without an `attempt()`; nothing is kept then
        """
        with self._lock:
            if self._depth:
                try:
                    yield self.connection
                except BaseException:
                    self._failed = True
                    raise
                return
            with self._bracket("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"):
                yield self.connection
            self._announce()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part of a transaction that may fail alone: what it did is taken back, and the rest can go on.

        Inside `transaction()` only. It costs: the full-text index writes down what it has so far.
        """
        with self._bracket("SAVEPOINT attempt", "RELEASE attempt", "ROLLBACK TO attempt", "RELEASE attempt"):
            yield

    @contextmanager
    def in_passing(self) -> Iterator[None]:
        """Whatever is written inside can be read there, and is taken back at the end."""
        with self._lock:
            self.connection.execute("SAVEPOINT passing")
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                self._failed = False
                self.connection.execute("ROLLBACK TO passing")
                self.connection.execute("RELEASE passing")

    @contextmanager
    def _bracket(self, begin: str, keep: str, *undo: str) -> Iterator[None]:
        """What happens inside is kept, or taken back with all that it wanted to announce."""
        self.connection.execute(begin)
        self._depth, announced = self._depth + 1, len(self._afterwards)
        try:
            yield
            self._check_whole()
        except BaseException:
            self._depth, self._failed = self._depth - 1, False
            del self._afterwards[announced:]
            for statement in undo:
                self.connection.execute(statement)
            raise
        self._depth -= 1
        self.connection.execute(keep)

    def _check_whole(self) -> None:
        if self._failed:
            raise RuntimeError("a part of this transaction failed, and was not an attempt()")

    def after_commit(self, run: Callable[[], None]) -> None:
        """Run this once what is being written is kept; never when it is taken back."""
        self._afterwards.append(run)
        if self._depth == 0:
            self._announce()

    def _announce(self) -> None:
        waiting, self._afterwards = self._afterwards, []
        for run in waiting:
            run()

    def next_number(self, name: str, first: int) -> int:
        """The next number of a sequence that begins at `first`; never given twice."""
        with self.transaction() as connection:
            row = connection.execute("SELECT last FROM sequences WHERE name = ?", (name,)).fetchone()
            number = int(row[0]) + 1 if row else first
            # Two statements, because the one with RETURNING is slow: it needs a journal, as said in `shelves.py`.
            connection.execute("INSERT OR REPLACE INTO sequences (name, last) VALUES (?, ?)", (name, number))
        return number

    def wipe(self) -> None:
        """Forget everything, keep the file."""
        with self.transaction() as connection:
            for table in TABLES:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names are the constants above
            connection.execute("INSERT INTO found_words (found_words) VALUES ('rebuild')")

    def copy(self) -> sqlite3.Connection:
        """All that is kept now, in a temporary database of SQLite's own that vanishes when it is closed."""
        with self._lock:
            made = sqlite3.connect("", check_same_thread=False, isolation_level=None)
            self.connection.backup(made)
        return made

    def become(self, copy: sqlite3.Connection) -> None:
        """Hold what a copy holds, and nothing else. What rooms know from before is wrong then."""
        with self._lock:
            copy.backup(self.connection)
            self._afterwards.clear()

    @property
    def is_empty(self) -> bool:
        return self.connection.execute("SELECT 1 FROM kept LIMIT 1").fetchone() is None

    def close(self) -> None:
        self.connection.close()


class Shelf(Generic[T]):
    """Values of one struct type, kept as JSON under a key.

    >>> shelf = Shelf(store, "account", Account)
    >>> shelf.put("48201001", account); shelf.get("48201001")
    """

    def __init__(self, store: Store, kind: str, of: type[T]) -> None:
        self._store, self._kind = store, kind
        self._decode = msgspec.json.Decoder(of).decode
        self._encode = msgspec.json.Encoder().encode

    def put(self, key: str, value: T) -> None:
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO kept (kind, key, body) VALUES (?, ?, ?)",
                (self._kind, key, self._encode(value)),
            )

    def get(self, key: str) -> T | None:
        row = self._store.connection.execute(
            "SELECT body FROM kept WHERE kind = ? AND key = ?", (self._kind, key)
        ).fetchone()
        return None if row is None else self._decode(row[0])

    def take(self, key: str) -> T | None:
        """Get and remove in one step, for things that may be used once."""
        with self._store.transaction():
            value = self.get(key)
            self.remove(key)
        return value

    def remove(self, key: str) -> None:
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM kept WHERE kind = ? AND key = ?", (self._kind, key))

    def all(self) -> list[T]:
        rows = self._store.connection.execute("SELECT body FROM kept WHERE kind = ? ORDER BY key", (self._kind,))
        return [self._decode(row[0]) for row in rows]

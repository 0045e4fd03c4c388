"""States of the whole portal to come back to: the database, the script of faults, whether limits count.

They live as long as the process. A reset leaves them; a restart does not, also with `--database`.
"""

import re
import sqlite3
from datetime import datetime

import msgspec

from hubspot_sandbox.control.faults import Fault

MOST = 50
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Snapshot(msgspec.Struct, frozen=True):
    """One state. `taken_at` is the portal's time at that moment."""

    name: str
    taken_at: datetime
    database: sqlite3.Connection
    faults: tuple[Fault, ...]
    limits_enabled: bool

    @property
    def size(self) -> int:
        """Bytes of its database."""
        pages, bytes_each = (self.database.execute(f"PRAGMA page_{what}").fetchone()[0] for what in ("count", "size"))
        return int(pages) * int(bytes_each)


class Snapshots:
    """The room of snapshots, fifty at most, each under a name of its own."""

    def __init__(self) -> None:
        self._kept: dict[str, Snapshot] = {}

    def check(self, name: str) -> None:
        """:raises ValueError: not a name, or there are too many already"""
        if not _NAME.fullmatch(name):
            raise ValueError(
                "a snapshot's name has 1 to 64 letters, digits, dots, dashes and underscores, a letter or digit first"
            )
        if name not in self._kept and len(self._kept) >= MOST:
            raise ValueError(f"there are {MOST} snapshots already; delete one first")

    def keep(self, snapshot: Snapshot) -> Snapshot:
        """:raises ValueError: as `check`"""
        self.check(snapshot.name)
        self.remove(snapshot.name)
        self._kept[snapshot.name] = snapshot
        return snapshot

    def get(self, name: str) -> Snapshot | None:
        return self._kept.get(name)

    def all(self) -> list[Snapshot]:
        """Oldest first."""
        return list(self._kept.values())

    def remove(self, name: str) -> bool:
        """False when there was none."""
        found = self._kept.pop(name, None)
        if found is not None:
            found.database.close()
        return found is not None

    def clear(self) -> None:
        for name in list(self._kept):
            self.remove(name)

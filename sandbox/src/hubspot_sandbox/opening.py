"""Opening a portal: in memory or in a file, planted when it is new. What is wrong with the file is said in a sentence."""

import sqlite3
from contextlib import closing
from pathlib import Path

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds import plant

MARK = b"SQLite format 3\0"
OURS = {"kept", "records"}


class CannotOpen(Exception):
    """The message is a sentence for the person who named the file."""


def open_portal(database: str | Path | None, seed: str) -> Portal:
    """The portal in this file (or in memory), planted when it is new.

    :raises CannotOpen: the file is not a sandbox's, or cannot be written
    :raises KeyError: no such seed
    """
    if database is None:
        return _planted(Portal(), seed)
    path = Path(database)
    try:
        _check(path)
        return _planted(Portal(path), seed)
    except (sqlite3.Error, OSError) as error:
        raise CannotOpen(f"{path} cannot be used as the database: {error}.") from error


def _planted(portal: Portal, seed: str) -> Portal:
    try:
        if portal.store.is_empty:
            plant(portal, seed)
    except BaseException:
        portal.close()
        raise
    return portal


def _check(path: Path) -> None:
    """A sandbox's file, an empty one or none; nothing is written to any other."""
    if path.is_dir():
        raise CannotOpen(f"{path} is a folder; the database must be a file.")
    if not path.parent.is_dir():
        raise CannotOpen(f"The folder {path.parent} for the database does not exist.")
    if not path.exists() or not path.stat().st_size:
        return
    with path.open("rb") as file:
        if file.read(len(MARK)) != MARK:
            raise CannotOpen(f"{path} is not a database, so it stays as it is. Name a file of the sandbox or a new one.")
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        tables = {str(name) for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables and not tables >= OURS:
        raise CannotOpen(f"{path} is another program's database, so it stays as it is. Name a new file.")

"""aiosqlite with one visit to its thread for each statement.

A statement through SQLAlchemy costs aiosqlite three or four visits to the connection's thread: make a cursor, execute,
fetch, close. While a phone rings those are most of the time. Here all of it happens in one visit; results are always
whole, for nothing in Offhook streams rows. Measured in `benchmarks/screen_pop.py`.
"""

import sqlite3
from collections.abc import Sequence
from functools import partial
from typing import Any, Self

import aiosqlite


class Cursor:
    """What SQLAlchemy's adapter asks of an asynchronous cursor, over one connection."""

    arraysize = 1

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, operation: str, parameters: Any = ()) -> Self:
        return await self._visit("execute", operation, parameters)

    async def executemany(self, operation: str, parameters: Any) -> Self:
        return await self._visit("executemany", operation, parameters)

    async def _visit(self, how: str, operation: str, parameters: Any) -> Self:
        done = await self._connection.visit(partial(_do, how, operation, parameters))
        self._rows, self.description, self.rowcount, self.lastrowid = done
        return self

    async def fetchall(self) -> Sequence[Any]:
        return self._rows

    async def close(self) -> None:
        """Nothing to do: the cursor in the thread is gone already."""


def _do(how: str, operation: str, parameters: Any, connection: sqlite3.Connection) -> tuple[Any, Any, int, int | None]:
    """In the thread: everything that a statement needs."""
    cursor = connection.cursor()
    try:
        getattr(cursor, how)(operation, parameters)
        rows = cursor.fetchall() if cursor.description else ()
        return rows, cursor.description, cursor.rowcount, cursor.lastrowid
    finally:
        cursor.close()


class Connection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors make one visit."""

    def cursor(self) -> Any:
        return Cursor(self)

    async def visit(self, work: Any) -> Any:
        """Do something with SQLite's connection in its thread."""
        return await self._execute(work, self._conn)  # type: ignore[no-untyped-call]


async def connect(database: str, **options: Any) -> Connection:
    """For `create_async_engine(async_creator=…)`; takes what `sqlite3.connect` takes."""
    connection = Connection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # as SQLAlchemy does: a forgotten connection must not keep the process alive
    await connection
    return connection

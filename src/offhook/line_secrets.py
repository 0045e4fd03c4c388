"""Line secrets: passwords of lines, sealed with the operator's key, for phone systems whose telephone is the browser."""

import asyncio

from offhook.agents import store
from offhook.database import Database
from offhook.grants.vault import Secret, Unopenable, Vault


class LineSecrets:
    """Those of one phone system. Whoever only has the database has none of them."""

    def __init__(self, phone_system: str, database: Database, vault: Vault) -> None:
        self._phone_system, self._database, self._vault = phone_system, database, vault
        self._writing = asyncio.Lock()

    async def keep(self, line: str, secret: str) -> None:
        sealed = self._vault.seal(Secret(secret))
        async with self._writing, self._database.transaction() as connection:
            await store.keep_line_secret(connection, self._phone_system, line, sealed)

    async def of(self, line: str) -> str | None:
        """None: none is kept, or the key that sealed it is gone."""
        async with self._database.reading() as connection:
            sealed = await store.line_secret_of(connection, self._phone_system, line)
        try:
            return self._vault.open(sealed).reveal() if sealed else None
        except Unopenable:
            return None

    async def forget(self, line: str) -> None:
        async with self._database.transaction() as connection:
            await store.forget_line_secret(connection, self._phone_system, line)

"""Elevation that ends: rights that somebody was lent in order to connect, until an administrator took them back.

    (diagnosed attempt, then success) ──▶ pending ──▶ ended      an administrator says so,
    (super admin connects)            ──▶                        or HubSpot says: no super admin any more

HubSpot has no way to read a person's single rights, only whether she is super admin; so only that kind is checked.
https://developers.hubspot.com/docs/api-reference/latest/account/settings/user-provisioning/guide
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.database import Database
from offhook.errors import NotFound
from offhook.grants import store
from offhook.grants.attempt import Attempt, Consented

log = structlog.get_logger()

# A refusal longer ago than this has nothing to do with today's success.
MEMORY = timedelta(days=30)

# Whether a HubSpot user (by id) is super admin; None: could not ask.
IsSuperAdmin = Callable[[int], Awaitable[bool | None]]


class Elevation(Struct, frozen=True):
    """Rights that were probably lent. `asked_at`: when they were found missing; `checked`: HubSpot confirmed it.

    Of a permission set that an administrator (`by`) lent: `role_lent`, what she had before (`role_before`, JSON), and
    when it is taken back (`due_at`).
    """

    id: str
    account_id: int
    agent_id: str
    agent_name: str
    hubspot_user_id: int
    rights: tuple[str, ...]
    kind: Literal["rights", "super-admin", "permission-set"]
    asked_at: datetime | None
    granted_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None
    checked: bool = False
    role_before: str | None = None
    role_lent: str | None = None
    due_at: datetime | None = None
    by: str | None = None


class _Missing(Struct):
    right: str
    sure: str = ""


class _Report(Struct):
    missing: tuple[_Missing, ...] = ()


class Elevations:
    """Remembers what was lent, and forgets it only when it was taken back."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now

    async def record(
        self,
        connection: AsyncConnection,
        consented: Consented,
        agent_id: str,
        agent_name: str,
        *,
        super_admin: bool,
        was_super_admin: bool | None = None,
    ) -> Elevation | None:
        """Remember what this success needed, in the caller's transaction; None when nothing was lent.

        `super_admin`: HubSpot says that she is one now. It counts as lent when she was refused before, or when she was
        known to be none (`was_super_admin` False); otherwise she is one for good, as far as anybody can tell.
        """
        refused = await store.diagnosed_before(connection, consented.attempt_id, self._now() - MEMORY)
        rights = lent_rights(refused, consented.attempt_id) if refused else ()
        super_admin = super_admin and (refused is not None or was_super_admin is False)
        if not rights and not super_admin:
            return None
        elevation = Elevation(
            id=uuid4().hex,
            account_id=consented.account_id,
            agent_id=agent_id,
            agent_name=agent_name,
            hubspot_user_id=consented.user_id,
            rights=rights,
            kind="super-admin" if super_admin else "rights",
            asked_at=refused.begun_at if refused else None,
            granted_at=self._now(),
            checked=super_admin,
        )
        return await self._keep(connection, elevation)

    async def _keep(self, connection: AsyncConnection, elevation: Elevation) -> Elevation:
        """One reminder for a person and kind: a second success adds its rights to the first."""
        for earlier in await self.pending(connection, elevation.account_id):
            if (earlier.agent_id, earlier.kind) == (elevation.agent_id, elevation.kind):
                rights = tuple(dict.fromkeys(earlier.rights + elevation.rights))
                await store.change_elevation(connection, earlier.account_id, earlier.id, rights=_json(rights))
                return msgspec.structs.replace(earlier, rights=rights)
        columns: dict[str, Any] = msgspec.structs.asdict(elevation)
        await store.add_elevation(connection, {**columns, "rights": _json(elevation.rights)})
        return elevation

    async def pending(self, connection: AsyncConnection, account_id: int) -> list[Elevation]:
        """What an administrator of this account should still take back, oldest first."""
        rows = await store.pending_elevations(connection, account_id)
        return [Elevation(**{**row, "rights": _rights(row["rights"])}) for row in rows]

    async def accounts_pending(self, connection: AsyncConnection) -> Mapping[int, int]:
        """How many are pending in each account that has any."""
        return await store.count_elevations(connection)

    async def ended(self, connection: AsyncConnection, account_id: int, elevation_id: str, by: str) -> None:
        """An administrator (`by`: who) says that it was taken back.

        Raises:
            NotFound: no such elevation is pending in this account.
        """
        if not await store.change_elevation(connection, account_id, elevation_id, ended_at=self._now(), ended_by=by):
            raise NotFound("There is no such reminder, or it is done already.")

    async def check(self, account_id: int, is_super_admin: IsSuperAdmin) -> int:
        """Ask HubSpot about the super admins among them and end what is over; how many ended."""
        async with self._database.reading() as connection:
            asked = [each for each in await self.pending(connection, account_id) if each.kind == "super-admin"]
        answers = [(each, await is_super_admin(each.hubspot_user_id)) for each in asked]
        over = [each for each, answer in answers if answer is False]
        for each in over:
            async with self._database.transaction() as connection:
                await store.change_elevation(
                    connection, account_id, each.id, ended_at=self._now(), ended_by="HubSpot", checked=True
                )
            log.info("A super admin was demoted again.", action="elevation-ended", agent=each.agent_id)
        return len(over)


def lent_rights(refused: Attempt, attempt_id: str) -> tuple[str, ...]:
    """The rights that the diagnosis of a refused attempt found missing: the proved ones, or all but mere guesses.

    An attempt that itself succeeded in the end may only have been slow; there, only what HubSpot's page said counts.
    """
    report = msgspec.json.decode(refused.report or "{}", type=_Report)
    proved = tuple(each.right for each in report.missing if each.sure == "proved")
    if proved or refused.id == attempt_id:
        return proved
    return tuple(each.right for each in report.missing if each.sure != "guess")


def _json(rights: tuple[str, ...]) -> str:
    return msgspec.json.encode(rights).decode()


def _rights(text: str) -> tuple[str, ...]:
    return msgspec.json.decode(text, type=tuple[str, ...])

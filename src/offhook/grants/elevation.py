"""Elevation that ends: rights that somebody was lent in order to connect, until they were taken back.

    kind             begins                                          ends
    rights           a diagnosed attempt, then success               an administrator says so
    super-admin      the same, and HubSpot says that she is one;     HubSpot says that she is none any more,
                     or she asked for help, and became one           or an administrator says that she is to stay one
    permission-set   an administrator lent it, for some minutes      it was put back, by itself or by hand

HubSpot has no way to read a person's single rights, only whether she is super admin and which permission sets she has:
https://developers.hubspot.com/docs/api-reference/latest/account/settings/user-provisioning/guide
Who made somebody super admin, HubSpot does not tell; so `by` is known of permission sets only.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.database import Database
from offhook.errors import NotFound
from offhook.grants import store
from offhook.grants.attempt import Attempt, Consented

log = structlog.get_logger()

# A refusal longer ago than this has nothing to do with today's success.
MEMORY = timedelta(days=30)
# What is due is not overdue before whoever takes it back had a moment for it.
GRACE = timedelta(minutes=1)
CALL_OVERDUE_EVERY = timedelta(days=1)

Kind = Literal["rights", "super-admin", "permission-set"]
# Whether a HubSpot user (by id) is super admin; None: could not ask.
IsSuperAdmin = Callable[[int], Awaitable[bool | None]]


class Elevation(Struct, frozen=True):
    """Rights that were probably lent. `asked_at`: when they were found missing; `checked`: HubSpot confirmed it.

    `agent_id` is empty while she has not connected. `due_at`: when it should be over. Of a permission set that an
    administrator (`by`) lent: its id (`role_lent`; `rights` has its name) and the id of the one that she had before
    (`role_before`; None: none).
    """

    id: str
    account_id: int
    agent_id: str
    agent_name: str
    hubspot_user_id: int
    rights: tuple[str, ...]
    kind: Kind
    asked_at: datetime | None
    granted_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None
    checked: bool = False
    role_before: str | None = None
    role_lent: str | None = None
    due_at: datetime | None = None
    by: str | None = None
    why: str | None = None
    email: str | None = None
    called_overdue_at: datetime | None = None

    def overdue(self, now: datetime) -> bool:
        return self.ended_at is None and self.due_at is not None and now - self.due_at > GRACE


class Refusal(Struct, frozen=True):
    """What somebody was refused before: when, and the diagnosis (JSON of `diagnosis.report.Report`).

    `slow`: it is of the attempt that succeeded in the end, which may only have been slow.
    """

    at: datetime
    report: str
    slow: bool = False


class _Missing(Struct):
    right: str
    sure: str = ""


class _Report(Struct):
    missing: tuple[_Missing, ...] = ()


class Elevations:
    """Remembers what was lent, and forgets it only when it was taken back."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], due_after: timedelta = timedelta(hours=4)
    ) -> None:
        """`due_after`: when rights and Super Admin should be over; a permission set has a time of its own."""
        self._database, self._now, self._due_after = database, now, due_after

    # Noticed.

    async def record(
        self,
        connection: AsyncConnection,
        consented: Consented,
        agent_id: str,
        agent_name: str,
        *,
        super_admin: bool,
        was_super_admin: bool | None = None,
        asked: Refusal | None = None,
    ) -> Elevation | None:
        """Remember what this success needed, in the caller's transaction; None when nothing was lent.

        `super_admin`: HubSpot says that she is one now. It counts as lent when she was refused before, on this device or
        elsewhere (`asked`: she asked for help then), or when she was known to be none (`was_super_admin` False);
        otherwise, or when she was known to be one, she is one for good, as far as anybody can tell.
        """
        lent = await self._lent_to(connection, consented.account_id, consented.user_id)
        if lent:
            known = {"agent_id": agent_id, "agent_name": agent_name, "email": consented.email or lent.email}
            await store.change_elevation(connection, lent.account_id, lent.id, **known)
        refused = await self._refused(connection, consented) or asked
        rights = rights_missing(refused) if refused and not lent else ()
        was_none = was_super_admin is False or (was_super_admin is None and refused is not None)
        super_admin = super_admin and was_none
        if not rights and not super_admin:
            return msgspec.structs.replace(lent, **known) if lent else None
        return await self._begin(
            connection,
            "super-admin" if super_admin else "rights",
            refused,
            account_id=consented.account_id,
            agent_id=agent_id,
            agent_name=agent_name,
            hubspot_user_id=consented.user_id,
            email=consented.email or None,
            rights=rights,
        )

    async def _refused(self, connection: AsyncConnection, consented: Consented) -> Refusal | None:
        found = await store.diagnosed_before(connection, consented.attempt_id, self._now() - MEMORY)
        return refusal_of(found, consented.attempt_id) if found else None

    async def noticed(
        self,
        connection: AsyncConnection,
        refused: Refusal,
        *,
        account_id: int,
        hubspot_user_id: int,
        agent_id: str,
        agent_name: str,
        email: str,
    ) -> Elevation | None:
        """Somebody who asked for help is super admin now, whether or not she has connected yet. None: known already."""
        await store.hold_person(connection, account_id, hubspot_user_id)
        known = await self.pending(connection, account_id)
        if any((each.hubspot_user_id, each.kind) == (hubspot_user_id, "super-admin") for each in known):
            return None
        who = {"account_id": account_id, "hubspot_user_id": hubspot_user_id, "email": email}
        who |= {"agent_id": agent_id, "agent_name": agent_name, "rights": rights_missing(refused)}
        return await self._begin(connection, "super-admin", refused, **who)

    async def _begin(self, connection: AsyncConnection, kind: Kind, refused: Refusal | None, **who: Any) -> Elevation:
        elevation = Elevation(
            id=uuid4().hex,
            kind=kind,
            asked_at=refused.at if refused else None,
            granted_at=self._now(),
            checked=kind == "super-admin",
            due_at=self._now() + self._due_after,
            why=_why(refused is not None, who["rights"]),
            **who,
        )
        return await self._keep(connection, elevation)

    async def _keep(self, connection: AsyncConnection, elevation: Elevation) -> Elevation:
        """One reminder for a person and kind: a second success adds its rights to the first, on whichever node."""
        await store.hold_person(connection, elevation.account_id, elevation.hubspot_user_id)
        for earlier in await self.pending(connection, elevation.account_id):
            if (earlier.hubspot_user_id, earlier.kind) == (elevation.hubspot_user_id, elevation.kind):
                rights = tuple(dict.fromkeys(earlier.rights + elevation.rights))
                known = {"agent_id": elevation.agent_id or earlier.agent_id, "agent_name": elevation.agent_name}
                await store.change_elevation(connection, earlier.account_id, earlier.id, rights=_json(rights), **known)
                return msgspec.structs.replace(earlier, rights=rights, **known)
        await self._add(connection, elevation)
        return elevation

    async def _add(self, connection: AsyncConnection, elevation: Elevation) -> None:
        columns: dict[str, Any] = msgspec.structs.asdict(elevation)
        await store.add_elevation(connection, {**columns, "rights": _json(elevation.rights)})

    # Lent by us.

    async def intend(self, connection: AsyncConnection, **what: Any) -> Elevation:
        """Keep that a permission set is about to be lent, before HubSpot is asked to.

        Raises:
            WrongState: one is lent to this person already.
        """
        elevation = Elevation(id=uuid4().hex, kind="permission-set", asked_at=None, granted_at=self._now(), **what)
        await self._add(connection, elevation)
        return elevation

    async def _lent_to(self, connection: AsyncConnection, account_id: int, user_id: int) -> Elevation | None:
        pending = await self.pending(connection, account_id)
        hers = (each for each in pending if each.hubspot_user_id == user_id and each.kind == "permission-set")
        return next(hers, None)

    async def confirmed(self, connection: AsyncConnection, elevation: Elevation) -> Elevation:
        """HubSpot shows what was lent."""
        await store.change_elevation(connection, elevation.account_id, elevation.id, checked=True)
        return msgspec.structs.replace(elevation, checked=True)

    # Looked at.

    async def one(self, connection: AsyncConnection, account_id: int, elevation_id: str) -> Elevation:
        """Pending or ended. Raises NotFound."""
        row = await store.elevation_of(connection, account_id, elevation_id)
        if row is None:
            raise NotFound("There is no such reminder.")
        return _elevation(row)

    async def pending(self, connection: AsyncConnection, account_id: int) -> list[Elevation]:
        """What an administrator of this account should still take back, oldest first."""
        return [_elevation(row) for row in await store.pending_elevations(connection, account_id)]

    async def newest(self, connection: AsyncConnection, account_id: int, limit: int = 100) -> list[Elevation]:
        """Also those that have ended, newest first."""
        return [_elevation(row) for row in await store.newest_elevations(connection, account_id, limit)]

    async def of_person(
        self, connection: AsyncConnection, account_id: int, user_id: int, ended_after: datetime
    ) -> list[Elevation]:
        """Hers: pending, or ended since."""
        return [_elevation(row) for row in await store.elevations_of_person(connection, account_id, user_id, ended_after)]

    async def accounts_pending(self, connection: AsyncConnection) -> Mapping[int, int]:
        """How many are pending in each account that has any."""
        return await store.count_elevations(connection)

    async def overdue(self, connection: AsyncConnection) -> int:
        """How many are overdue, in all accounts."""
        return await store.count_overdue(connection, self._now() - GRACE)

    async def call_overdue(self, connection: AsyncConnection, elevation: Elevation) -> bool:
        """Say in the log that it is overdue: once, then daily, whichever node is the one to notice. True: it was said."""
        now = self._now()
        if not elevation.overdue(now):
            return False
        last = now - CALL_OVERDUE_EVERY
        if not await store.call_overdue(connection, elevation.account_id, elevation.id, now, last):
            return False
        log.warning(
            "Rights that were only lent were not taken back in time.",
            action="elevation_overdue",
            kind=elevation.kind,
            account=elevation.account_id,
            hubspot_user=elevation.hubspot_user_id,
            elevation=elevation.id,
            due_at=elevation.due_at,
        )
        return True

    # Ended.

    async def ended(self, connection: AsyncConnection, account_id: int, elevation_id: str, by: str) -> None:
        """An administrator (`by`: who) says that it was taken back.

        Raises:
            NotFound: no such elevation is pending in this account.
        """
        if not await store.change_elevation(connection, account_id, elevation_id, ended_at=self._now(), ended_by=by):
            raise NotFound("There is no such reminder, or it is done already.")

    async def end(self, connection: AsyncConnection, elevation: Elevation, by: str, *, checked: bool) -> bool:
        """It is over; `checked`: HubSpot said so. False when it was over already."""
        values = {"ended_at": self._now(), "ended_by": by, "checked": checked}
        return await store.change_elevation(connection, elevation.account_id, elevation.id, **values)

    async def check(self, asked: list[Elevation], is_super_admin: IsSuperAdmin) -> list[Elevation]:
        """Ask HubSpot about these people and end what is over; gives those."""
        answers = [(each, await is_super_admin(each.hubspot_user_id)) for each in asked if each.kind == "super-admin"]
        return [each for each, answer in answers if answer is False and await self._demoted(each)]

    async def _demoted(self, elevation: Elevation) -> bool:
        """False when another node has noticed it already."""
        async with self._database.transaction() as connection:
            noticed = await self.end(connection, elevation, "HubSpot", checked=True)
        log.info("A super admin was demoted again.", action="elevation_ended", elevation=elevation.id)
        return noticed


def refusal_of(refused: Attempt, attempt_id: str) -> Refusal:
    """The diagnosis of an attempt that came before this one, or of this one itself."""
    return Refusal(refused.begun_at, refused.report or "{}", slow=refused.id == attempt_id)


def rights_missing(refused: Refusal) -> tuple[str, ...]:
    """The rights that the diagnosis found missing: the proved ones, or all but mere guesses.

    Of an attempt that itself succeeded in the end, only what HubSpot's page said counts.
    """
    report = msgspec.json.decode(refused.report, type=_Report)
    proved = tuple(each.right for each in report.missing if each.sure == "proved")
    if proved or refused.slow:
        return proved
    return tuple(each.right for each in report.missing if each.sure != "guess")


def _why(refused: bool, rights: tuple[str, ...]) -> str:
    """In a sentence for people's eyes."""
    if rights:
        return f"To connect HubSpot, which had refused for want of: {', '.join(rights)}."
    return "To connect HubSpot, which had refused." if refused else "To connect HubSpot."


def _elevation(row: RowMapping) -> Elevation:
    return Elevation(**{**row, "rights": msgspec.json.decode(row["rights"], type=tuple[str, ...])})


def _json(rights: tuple[str, ...]) -> str:
    return msgspec.json.encode(rights).decode()

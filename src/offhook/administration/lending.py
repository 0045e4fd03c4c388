"""Lending: an administrator puts somebody under another permission set for some minutes; Offhook puts the old one back.

    asked ──▶ intended ──▶ lent ──▶ put back       by a job when the time is over, or when an administrator presses
                 │                                 taken back by hand, in HubSpot
                 └──▶ refused by HubSpot

What is intended is kept, with the job that takes it back, before HubSpot is asked. Whatever dies in between, the job
looks what HubSpot has then. Nothing is lent that could not be put back (`loan`).
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.administration.loan import (
    Loan,
    before,
    check,
    clock,
    gone,
    refuse_what_cannot_be_put_back,
    refuse_what_was_changed_since,
    set_of,
    super_admin_now,
)
from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.errors import (
    GrantBroken,
    HubSpotRejected,
    HubSpotUnavailable,
    MissingScope,
    NoGrant,
    NotFound,
    OffhookError,
    WrongState,
)
from offhook.grants.access import Access
from offhook.grants.elevation import Elevation, Elevations
from offhook.grants.grant import GrantState, holder_of_account
from offhook.hubspot.client import Acting
from offhook.hubspot.scopes import USERS_READ, USERS_WRITE
from offhook.hubspot.users import Role, User
from offhook.jobs import outbox
from offhook.policies import store as policies

log = structlog.get_logger()

GIVE_BACK_ROLE = "give_back_role"
BY_ITSELF, BY_HAND = "Offhook", "HubSpot"
# A request that got no answer may still be done by HubSpot so much later.
SETTLING = timedelta(minutes=2)

CONNECT_ACCOUNT = (
    "A Super Admin connects the whole account on the administrator page, and grants what HubSpot shows there; that "
    "includes users. Offhook's app must offer settings.users.read and settings.users.write: offhook hubspot-app check."
)
NEEDED = (USERS_READ, USERS_WRITE)


class GiveBack(Struct, frozen=True):
    """The job's payload."""

    account_id: int
    elevation_id: str


class Lending:
    """Lends permission sets with the account's own grant."""

    def __init__(
        self,
        database: Database,
        elevations: Elevations,
        access: Access,
        of_account: Callable[[int], Acting],
        now: Callable[[], datetime],
        tell: Callable[[int, int], Awaitable[None]],
    ) -> None:
        """`tell(account, HubSpot user)`: the panels of those whom a change concerns."""
        self._database, self._elevations, self._access = database, elevations, access
        self._of_account, self._now, self._tell = of_account, now, tell

    async def roles(self, account_id: int) -> tuple[Role, ...]:
        """The account's permission sets.

        Raises:
            NoGrant, GrantBroken, MissingScope: the account's grant is not there, or not enough.
            HubSpotError: HubSpot does not tell.
        """
        return await (await self._may_lend(account_id)).roles()

    # Lent.

    async def lend(self, administrator: Agent, user_id: int, loan: Loan) -> Elevation:
        """Put a user under the permission set, for as long as asked.

        Raises:
            InvalidInput, NotFound: there is no such time, permission set or user.
            NoGrant, GrantBroken, MissingScope: the account's grant is not there, or not enough.
            WouldBeLost, WrongState: it could not be put back, or is not needed.
            HubSpotError: HubSpot refused, or did not answer; then it is put back at once, if it happened at all.
        """
        check(loan)
        account_id = administrator.account_id
        await self._refuse_second(account_id, user_id)
        acting = await self._may_lend(account_id)
        roles = {each.id: each for each in await acting.roles()}
        user = await acting.user(user_id)
        if user is None or loan.role_id not in roles:
            raise NotFound(
                "HubSpot has no such user in this account." if user is None else "HubSpot has no such permission set."
            )
        refuse_what_cannot_be_put_back(user, roles, loan)
        elevation = await self._intend(administrator, user, roles[loan.role_id], loan)
        try:
            await acting.give_role(user, loan.role_id)
        except OffhookError as error:
            raise await self._not_lent(elevation, error) from error
        return await self._lent(acting, elevation)

    async def _refuse_second(self, account_id: int, user_id: int) -> None:
        async with self._database.reading() as connection:
            pending = await self._elevations.pending(connection, account_id)
        if any(each.hubspot_user_id == user_id and each.role_lent for each in pending):
            raise WrongState("A permission set is lent to this person already.", remedy="End that one first.")

    async def _may_lend(self, account_id: int) -> Acting:
        grant = await self._access.grant_of(holder_of_account(account_id))
        if grant is None:
            raise NoGrant("The HubSpot account itself is not connected.", remedy=CONNECT_ACCOUNT)
        if grant.state is GrantState.BROKEN:
            raise GrantBroken(grant.reason, remedy=CONNECT_ACCOUNT)
        if lacking := grant.lacks(NEEDED):
            error = MissingScope(
                f"The account's connection may not change users ({', '.join(lacking)}).", remedy=CONNECT_ACCOUNT
            )
            error.scopes = lacking
            raise error
        return self._of_account(account_id)

    async def _intend(self, administrator: Agent, user: User, role: Role, loan: Loan) -> Elevation:
        """Keep it with the job that takes it back, all or nothing."""
        account_id, due_at = administrator.account_id, self._now() + timedelta(minutes=loan.minutes)
        async with self._database.transaction() as connection:
            agent = await agents.of_user(connection, account_id, user.id)
            elevation = await self._elevations.intend(
                connection,
                account_id=account_id,
                agent_id=agent.id if agent else "",
                agent_name=user.name or user.email,
                hubspot_user_id=user.id,
                email=user.email,
                rights=(role.name,),
                role_before=next(iter(user.roles), None),
                role_lent=role.id,
                due_at=due_at,
                by=administrator.email,
                why=loan.why.strip(),
            )
            await self._put_job(connection, elevation, due_at)
            said = f"{role.name} for {user.email} for {loan.minutes} minutes, until {clock(due_at)}: {loan.why.strip()}"
            await self._note(connection, elevation, administrator.email, "lending-begun", said)
        return elevation

    async def _lent(self, acting: Acting, elevation: Elevation) -> Elevation:
        """Look whether HubSpot shows it; when it does not tell just now, that is looked at later."""
        try:
            user = await acting.user(elevation.hubspot_user_id)
        except OffhookError:
            user = None
        async with self._database.transaction() as connection:
            if user and elevation.role_lent in user.roles:
                elevation = await self._elevations.confirmed(connection, elevation)
            said = "HubSpot shows it" if elevation.checked else "HubSpot has accepted it"
            detail = f"{set_of(elevation)} for {elevation.email}; {said}."
            await self._note(connection, elevation, elevation.by or BY_ITSELF, "role-lent", detail)
        await self._tell(elevation.account_id, elevation.hubspot_user_id)
        return elevation

    async def _not_lent(self, elevation: Elevation, error: OffhookError) -> OffhookError:
        """HubSpot refused: it is over. Or nobody knows: then the job looks now, and puts back what it finds."""
        unknown = error.retryable
        async with self._database.transaction() as connection:
            if unknown:
                await self._put_job(connection, elevation, self._now())
            else:
                await self._elevations.end(connection, elevation, BY_HAND, checked=False)
            detail = f"{set_of(elevation)} for {elevation.email}: {error.says}"
            await self._note(connection, elevation, BY_HAND, "lending-failed", detail)
        if unknown:
            return type(error)(f"{error.says} If it was lent all the same, it is put back at once.")
        return error

    # Put back.

    async def give_back(self, payload: bytes) -> None:
        """The job's handler: the time is over. Raises OffhookError."""
        asked = msgspec.json.decode(payload, type=GiveBack)
        await self.put_back(asked.account_id, asked.elevation_id, BY_ITSELF)

    async def end_now(self, administrator: Agent, elevation_id: str) -> None:
        """An administrator does not wait for the end. What HubSpot does not take now is tried again by the job.

        Raises:
            NotFound: nothing such is lent in her account.
            GrantError, HubSpotError, WrongState: it could not be put back yet.
        """
        account_id = administrator.account_id
        async with self._database.transaction() as connection:
            elevation = await self._elevations.one(connection, account_id, elevation_id)
            if elevation.ended_at or not elevation.role_lent:
                raise NotFound("There is no such reminder, or it is done already.")
            await self._put_job(connection, elevation, self._now())
        await self.put_back(account_id, elevation_id, administrator.email)

    async def put_back(self, account_id: int, elevation_id: str, by: str) -> None:
        """Look what she has, put the old permission set back if the lent one is there, and look again.

        Doing it twice does no harm. Raises OffhookError when it is not done.
        """
        async with self._database.reading() as connection:
            elevation = await self._elevations.one(connection, account_id, elevation_id)
        if elevation.ended_at:
            return
        acting = self._of_account(account_id)
        user = await acting.user(elevation.hubspot_user_id)
        if user is None or elevation.role_lent not in user.roles:
            self._refuse_before_it_is_certain(elevation)
            await self._over(elevation, BY_HAND, gone(elevation, user))
            return
        refuse_what_was_changed_since(elevation, user)
        try:
            await acting.give_role(user, elevation.role_before)
        except HubSpotRejected as error:
            raise super_admin_now(elevation) if user.super_admin else error from error
        await self._look_again(acting, elevation)
        await self._over(elevation, by, f"{elevation.email} has {before(elevation)} again; HubSpot shows it.")

    def _refuse_before_it_is_certain(self, elevation: Elevation) -> None:
        if not elevation.checked and self._now() - elevation.granted_at < SETTLING:
            raise HubSpotUnavailable("HubSpot gave no answer, and may still lend the permission set.")

    async def _look_again(self, acting: Acting, elevation: Elevation) -> None:
        user = await acting.user(elevation.hubspot_user_id)
        if user and user.roles != ((elevation.role_before,) if elevation.role_before else ()):
            raise HubSpotUnavailable("HubSpot does not show the old permission set yet.")

    async def _over(self, elevation: Elevation, by: str, detail: str) -> None:
        async with self._database.transaction() as connection:
            if not await self._elevations.end(connection, elevation, by, checked=True):
                return
            await self._note(connection, elevation, by, "role-given-back", f"{set_of(elevation)}: {detail}")
        log.info("A permission set that was lent is taken back.", action="elevation_ended", elevation=elevation.id)
        await self._tell(elevation.account_id, elevation.hubspot_user_id)

    # Looked at meanwhile.

    async def look(self, elevation: Elevation) -> bool:
        """Notice what was done by hand, and have an overdue one tried again; True when something has changed.

        Never raises for HubSpot's sake: what cannot be asked is as it was.
        """
        try:
            user = await self._of_account(elevation.account_id).user(elevation.hubspot_user_id)
        except OffhookError:
            return False
        there = user is not None and elevation.role_lent in user.roles
        if there and not elevation.checked:
            async with self._database.transaction() as connection:
                await self._elevations.confirmed(connection, elevation)
        elif not there and elevation.checked:
            await self._over(elevation, BY_HAND, gone(elevation, user))
        elif elevation.overdue(self._now()):
            await self._try_again(elevation)
            return False
        else:
            return False
        return True

    async def _try_again(self, elevation: Elevation) -> None:
        """Whatever the job waits for, or if it has given up: an overdue loan is never left alone."""
        async with self._database.transaction() as connection:
            if not await outbox.retry_now(connection, GIVE_BACK_ROLE, elevation.id, self._now()):
                await self._put_job(connection, elevation, self._now())

    async def _put_job(self, connection: AsyncConnection, elevation: Elevation, run_at: datetime) -> None:
        await outbox.put(
            connection,
            kind=GIVE_BACK_ROLE,
            key=elevation.id,
            subject=holder_of_account(elevation.account_id),
            account_id=elevation.account_id,
            payload=msgspec.json.encode(GiveBack(elevation.account_id, elevation.id)),
            now=self._now(),
            run_at=run_at,
        )

    async def _note(self, connection: AsyncConnection, elevation: Elevation, who: str, what: str, detail: str) -> None:
        await policies.record(connection, elevation.account_id, who=who, what=what, detail=detail, now=self._now())

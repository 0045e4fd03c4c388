"""The roster: whom HubSpot lists in an account, asked with the account's own grant, else in the administrator's name."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from msgspec import Struct
from msgspec.structs import replace

from offhook.agents.agent import Agent
from offhook.desktop.callers import ActingFor
from offhook.errors import GrantError, MissingRight, MissingScope, NoGrant, OffhookError
from offhook.hubspot.client import Acting
from offhook.hubspot.users import User

log = structlog.get_logger()

Value = TypeVar("Value")

# A page that is looked at again and again does not ask HubSpot each time; one press asks about one person at once.
FRESH = timedelta(seconds=20)

REMEDY = "A Super Admin connects the whole account on Offhook's administration page; then everybody can be listed."


class Listed(Struct, frozen=True):
    """What HubSpot says. `users` is None when it could not be asked, and `problem` says why; `roles`: name by id."""

    as_of: datetime | None
    users: tuple[User, ...] | None
    roles: dict[str, str]
    problem: OffhookError | None = None


class Roster:
    """Asks HubSpot who is in an account."""

    def __init__(self, acting_for: ActingFor, of_account: Callable[[int], Acting], now: Callable[[], datetime]) -> None:
        """`of_account(account)`: HubSpot with the grant that an administrator gave for the whole account."""
        self._acting_for, self._of_account, self._now = acting_for, of_account, now
        self._known: dict[int, Listed] = {}
        self._turns: dict[int, asyncio.Lock] = {}

    async def of(self, administrator: Agent) -> Listed:
        """Everybody in her account; at most `FRESH` old."""
        account_id = administrator.account_id
        async with self._turns.setdefault(account_id, asyncio.Lock()):
            known = self._known.get(account_id)
            if known and known.as_of and self._now() - known.as_of < FRESH:
                return known
            found = await self._list(administrator)
            if found.users is not None:
                self._known[account_id] = found
            return found

    async def _list(self, administrator: Agent) -> Listed:
        try:
            users = await self._ask(administrator, lambda acting: acting.users())
        except OffhookError as error:
            return Listed(None, None, {}, error)
        return Listed(self._now(), users, await self._roles(administrator, users))

    async def _roles(self, administrator: Agent, users: tuple[User, ...]) -> dict[str, str]:
        """Names of permission sets; without them, people are listed all the same."""
        if not any(user.roles for user in users):
            return {}
        try:
            roles = await self._ask(administrator, lambda acting: acting.roles())
        except OffhookError as error:
            log.info("Permission sets could not be listed.", action="roles_unlisted", code=error.code)
            return {}
        return {role.id: role.name for role in roles}

    async def fresh(self, administrator: Agent, user_id: int) -> User | None:
        """What HubSpot says of one user just now; None when she is not in the account.

        Raises:
            GrantError, HubSpotError: it could not be asked.
        """
        user = await self._ask(administrator, lambda acting: acting.user(user_id))
        self._learn(administrator.account_id, user_id, user)
        return user

    def forget(self, account_id: int) -> None:
        """What is known is older than what was just done."""
        self._known.pop(account_id, None)

    def _learn(self, account_id: int, user_id: int, user: User | None) -> None:
        known = self._known.get(account_id)
        if known is None or known.users is None:
            return
        if user and not set(user.roles) <= set(known.roles):
            self.forget(account_id)
            return
        others = tuple(each for each in known.users if each.id != user_id)
        self._known[account_id] = replace(known, users=(*others, user) if user else others)

    async def _ask(self, administrator: Agent, question: Callable[[Acting], Awaitable[Value]]) -> Value:
        try:
            return await question(self._of_account(administrator.account_id))
        except NoGrant:
            pass
        except (GrantError, MissingScope, MissingRight) as error:
            log.info("The account's grant did not do; the administrator's own is used.", action="roster", code=error.code)
        try:
            return await question(self._acting_for(administrator))
        except MissingScope as error:
            raise _explained(error) from error


def _explained(error: MissingScope) -> MissingScope:
    explained = MissingScope("Offhook may not ask HubSpot who is in this account.", remedy=REMEDY)
    explained.scopes = error.scopes
    return explained

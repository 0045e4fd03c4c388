"""Attending: noticing that something was done about a request for help, and telling her who asked.

HubSpot tells nobody a person's single rights, only whether she is Super Admin and which permission sets she has. So a
change of those is noticed by itself, soon after she asked; everything else takes an administrator who presses *check*.
She may not be who she says she is: she is told that something was done, never what.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import msgspec
import structlog
from msgspec.structs import replace

from offhook.administration import store
from offhook.administration.people import NOBODY, People, refuse_impossible
from offhook.administration.person import Person, report_of
from offhook.administration.roster import Roster
from offhook.administration.store import HelpRequest, Standing, was_super_admin
from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.desktop.panels import Panels
from offhook.diagnosis.meanings import YOU
from offhook.diagnosis.report import Report
from offhook.errors import NotFound, OffhookError
from offhook.grants import store as grants
from offhook.grants.attempt import OPEN
from offhook.hubspot.client import Acting
from offhook.hubspot.users import User

log = structlog.get_logger()

# HubSpot is asked this often about those who asked lately; after that only when an administrator presses.
LOOK_EVERY = timedelta(seconds=15)
LOOK_FOR = timedelta(hours=2)
# Of one account, so many are looked at in one round.
MOST = 50

REMEMBER_LOG_IN = "Log out of HubSpot and in again before you try: only then changed rights count."
TRY_AGAIN = "log out of HubSpot, log in again, and then press Try again."
DONE = ("Something was done about your request", "Your rights in HubSpot may be enough now.")
LOOKED = (
    "An administrator has looked at your request",
    "If a right was switched on for you, it may be enough now. HubSpot tells nobody which rights you have, so only "
    "trying again shows it.",
)


def standing_of(user: User) -> Standing:
    return Standing(user.super_admin, tuple(sorted(user.roles)))


def changed(request: HelpRequest, user: User) -> bool:
    """Whether HubSpot says something else of her than soon after she asked; False when that was not learned."""
    if request.standing is None:
        return False
    return msgspec.json.decode(request.standing, type=Standing) != standing_of(user)


def attended(report: Report, words: tuple[str, str]) -> Report:
    """The diagnosis as she sees it now. What was missing stays: it is what was lent, should she get through."""
    title, says = words
    return replace(report, title=title, says=says, remember=REMEMBER_LOG_IN, who=YOU, remedy=TRY_AGAIN, sure="unknown")


class Attending:
    """Looks at what became of requests for help."""

    def __init__(
        self,
        database: Database,
        people: People,
        roster: Roster,
        of_account: Callable[[int], Acting],
        panels: Panels,
        now: Callable[[], datetime],
        promoted: Callable[[HelpRequest, User], Awaitable[None]],
    ) -> None:
        """`promoted(request, user)` is called when she is Super Admin now, and was none when she asked."""
        self._database, self._people, self._roster = database, people, roster
        self._of_account, self._panels, self._now = of_account, panels, now
        self._promoted = promoted
        self._heard = asyncio.Event()

    # One press.

    async def check(self, administrator: Agent, hubspot_user_id: int) -> Person:
        """Ask HubSpot about her now, and tell her that an administrator has looked.

        Raises:
            NotFound: there is nobody with this id in the account.
            GrantError, HubSpotError: it could not be asked.
        """
        refuse_impossible(hubspot_user_id)
        user = await self._roster.fresh(administrator, hubspot_user_id)
        async with self._database.reading() as connection:
            agent = await agents.of_user(connection, administrator.account_id, hubspot_user_id)
            known = await store.open_requests(connection, administrator.account_id)
        if user is None and agent is None:
            raise NotFound(NOBODY)
        if user:
            hers = [each for each in known if each.is_of(user.id, user.email)]
            await self._notice_promotion(hers, user)
            await self._attend(hers, DONE if any(changed(each, user) for each in hers) else LOOKED)
        return await self._people.one(administrator, hubspot_user_id)

    # By itself.

    def heard(self) -> None:
        """Somebody has asked: what HubSpot says of her should be learned before it changes."""
        self._heard.set()

    async def watch(self) -> None:
        """For ever; a round that fails is one that is tried again."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("Requests for help could not be looked at.", action="help_unwatched")
            try:
                async with asyncio.timeout(LOOK_EVERY.total_seconds()):
                    await self._heard.wait()
            except TimeoutError:
                pass
            self._heard.clear()

    async def look(self) -> None:
        """One round over all accounts in which somebody waits."""
        since = self._now() - LOOK_FOR
        async with self._database.reading() as connection:
            accounts = await store.accounts_asking(connection, since)
        for account_id in accounts:
            try:
                await self._look_at(account_id, since)
            except OffhookError as error:
                log.info("Who asked for help could not be looked up.", action="help_unseen", code=error.code)

    async def _look_at(self, account_id: int, since: datetime) -> None:
        async with self._database.reading() as connection:
            known = await store.open_requests(connection, account_id)
        waiting = [each for each in known if each.attended_at is None and each.asked_at > since and _named(each)]
        acting = self._of_account(account_id)
        for request in waiting[:MOST]:
            user = await _user_of(acting, request)
            if user and request.standing is None:
                await self._learn(request, user)
            elif user and changed(request, user):
                self._roster.forget(account_id)
                await self._notice_promotion([request], user)
                await self._attend([request], DONE)

    async def _learn(self, request: HelpRequest, user: User) -> None:
        standing = msgspec.json.encode(standing_of(user)).decode()
        async with self._database.transaction() as connection:
            await store.change_request(connection, request.account_id, request.id, standing=standing)

    async def _notice_promotion(self, requests: Sequence[HelpRequest], user: User) -> None:
        for request in requests:
            if user.super_admin and was_super_admin(request) is False:
                await self._promoted(request, user)

    # She is told.

    async def _attend(self, requests: Sequence[HelpRequest], words: tuple[str, str]) -> None:
        for request in requests:
            async with self._database.transaction() as connection:
                await store.change_request(connection, request.account_id, request.id, attended_at=self._now())
            await self._tell(request, words)
        for account_id in {each.account_id for each in requests}:
            await self._people.tell_administrators(account_id)

    async def _tell(self, request: HelpRequest, words: tuple[str, str]) -> None:
        """Her panel asks every other second how her attempt stands; an agent's panel is told."""
        async with self._database.transaction() as connection:
            attempt = await grants.attempt(connection, request.attempt_id) if request.attempt_id else None
            if attempt and attempt.state in OPEN:
                before = msgspec.json.decode(attempt.report, type=Report) if attempt.report else report_of(request)
                after = msgspec.json.encode(attended(before, words)).decode()
                await grants.remember_report(connection, attempt.id, after)
            user_id = request.hubspot_user_id
            agent = await agents.of_user(connection, request.account_id, user_id) if user_id is not None else None
        if agent:
            await self._panels.changed(agent.id)


def _named(request: HelpRequest) -> bool:
    return request.hubspot_user_id is not None or "@" in request.email


async def _user_of(acting: Acting, request: HelpRequest) -> User | None:
    if request.hubspot_user_id is not None:
        return await acting.user(request.hubspot_user_id)
    return await acting.user_with_email(request.email)

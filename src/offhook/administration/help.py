"""Help: somebody who cannot connect asks the administrators of her account, with one press.

She may not be signed in: then her account and her address are as she says, and what she is answered depends on nothing
that is known of anybody.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.administration import store
from offhook.administration.letter import Letter, bounded, letter, message_of
from offhook.administration.limits import Turns
from offhook.administration.people import People
from offhook.administration.person import report_of
from offhook.administration.roster import Roster
from offhook.administration.store import HelpRequest
from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.diagnosis.report import Report
from offhook.diagnosis.unanswered import account_in
from offhook.errors import HubSpotNotFound, NoGrant, TooManyTries, WrongState
from offhook.grants import store as grants
from offhook.grants.grant import Grant, holder_of_account
from offhook.hubspot.client import Acting
from offhook.hubspot.tasks import Task

log = structlog.get_logger()

HOUR = timedelta(hours=1)
# So often in an hour may one attempt, or one agent, ask; so many new requests of people who are not signed in does an
# account take; and so many at all.
MOST_OF_ONE = 20
MOST_IN_AN_HOUR = 60
MOST_OPEN = 500

TOLD_ANYBODY = (
    "If an administrator of your HubSpot account uses Offhook, it is on her administration page now.",
    "Send her the message as well, in case she does not look there.",
)
FULL = ("Too many people have asked for help just now, so it was not kept here: send the message yourself.",)
NO_ACCOUNT = (
    "Offhook cannot tell which HubSpot account you mean, so it could not show it to anybody: send the message yourself.",
)
NOBODY_HERE = ("No administrator of your account uses Offhook yet, so send the message yourself.",)


class Asker(Struct, frozen=True):
    """Who asks, and what stands in her way. `agent`: she is signed in. `email`: as she says, when she is not."""

    report: Report
    agent: Agent | None = None
    attempt_id: str | None = None
    email: str = ""


class Asked(Struct, frozen=True):
    """`asked`: it is kept for the administrators. `told`: sentences for her."""

    asked: bool
    message: Letter
    told: tuple[str, ...]


class HelpDesk:
    """Takes requests for help, and makes tasks of them."""

    def __init__(
        self,
        database: Database,
        people: People,
        roster: Roster,
        of_account: Callable[[int], Acting],
        now: Callable[[], datetime],
        heard: Callable[[], None],
    ) -> None:
        """`of_account(account)`: HubSpot with the account's own grant. `heard` is called when somebody has asked."""
        self._database, self._people, self._roster = database, people, roster
        self._of_account, self._now, self._heard = of_account, now, heard
        self._turns = Turns(MOST_OF_ONE, HOUR)

    # Somebody asks.

    async def ask(self, asker: Asker) -> Asked:
        """Keep the request, show it to the administrators at once, and give the message.

        Raises:
            TooManyTries: the same attempt or agent asks again and again.
        """
        who = asker.agent.id if asker.agent else asker.attempt_id or ""
        if not self._turns.take(who, self._now()):
            raise TooManyTries("You have asked for help many times already.", remedy="Send the message yourself.")
        account_id = await self._account_of(asker)
        kept = account_id is not None and await self._keep(asker, account_id)
        if account_id is not None and kept:
            log.info("Somebody asks for help.", action="help-asked", account=account_id, attempt=asker.attempt_id)
            self._heard()
            await self._people.tell_administrators(account_id)
        return await self._answer(asker, account_id, kept)

    async def _account_of(self, asker: Asker) -> int | None:
        """The agent's; else the one whose page she came from; else the only one that there is here."""
        if asker.agent:
            return asker.agent.account_id
        named = account_in(asker.report.users_url)
        if named is not None:
            return named
        async with self._database.reading() as connection:
            return await agents.only_account(connection)

    async def _keep(self, asker: Asker, account_id: int) -> bool:
        user_id = asker.agent.hubspot_user_id if asker.agent else None
        now, report = self._now(), msgspec.json.encode(bounded(asker.report)).decode()
        email = asker.agent.email if asker.agent else asker.email
        async with self._database.transaction() as connection:
            known = await store.open_requests(connection, account_id)
            earlier = next((each for each in known if _same(each, asker, user_id)), None)
            if earlier:
                again = {"email": email or earlier.email, "report": report, "asked_at": now}
                again |= {"standing": None, "attended_at": None, "attempt_id": asker.attempt_id or earlier.attempt_id}
                return await store.change_request(connection, account_id, earlier.id, **again)
            if asker.agent is None and await self._full(connection, account_id, len(known)):
                return False
            request = HelpRequest(uuid4().hex, account_id, email, user_id, asker.attempt_id, report, now)
            await store.ask_for_help(connection, request)
        return True

    async def _full(self, connection: AsyncConnection, account_id: int, known: int) -> bool:
        """Whether strangers may add no more. Agents have one request each, and nobody can take their place."""
        lately = await store.count_since(connection, account_id, self._now() - HOUR)
        return known >= MOST_OPEN or lately >= MOST_IN_AN_HOUR

    async def _answer(self, asker: Asker, account_id: int | None, kept: bool) -> Asked:
        if asker.agent is None:
            told = TOLD_ANYBODY if kept else NO_ACCOUNT if account_id is None else FULL
            return Asked(kept, letter(asker.report, asker.email), told)
        admins = [each for each in await self._people.administrators(asker.agent.account_id) if each != asker.agent]
        written = letter(asker.report, asker.agent.email, [each.email for each in admins])
        names = ", ".join(each.name for each in admins)
        told = (f"On the administration page of {names} now.",) if names else NOBODY_HERE
        return Asked(kept, written, told if kept else FULL)

    # It is over.

    async def connected(self, connection: AsyncConnection, agent: Agent, attempt_id: str) -> int:
        """She is connected, in the caller's transaction: her requests are solved. Gives how many."""
        return await store.solve(
            connection,
            agent.account_id,
            user_id=agent.hubspot_user_id,
            email=agent.email,
            attempt_id=attempt_id,
            now=self._now(),
        )

    # A task of it.

    async def task(self, administrator: Agent, hubspot_user_id: int) -> str:
        """Make a HubSpot task of somebody's request, for a Super Admin; once. Gives its address.

        Raises:
            NotFound, WrongState: nobody like that in the account, or she has not asked for anything.
            GrantError, HubSpotError: the account has no grant of its own, or HubSpot refused.
        """
        person = await self._people.one(administrator, hubspot_user_id)
        if person.request_id is None:
            raise WrongState(f"{person.name} has not asked for help, or is connected now.")
        if person.task_url:
            return person.task_url
        request = await self._request(administrator.account_id, person.request_id)
        return await self._make_task(administrator, request, person.email)

    async def _request(self, account_id: int, request_id: str) -> HelpRequest:
        async with self._database.reading() as connection:
            known = await store.open_requests(connection, account_id)
        found = next((each for each in known if each.id == request_id), None)
        if found is None:
            raise WrongState("That request for help is solved.")
        return found

    async def _make_task(self, administrator: Agent, request: HelpRequest, email: str) -> str:
        account_id = administrator.account_id
        acting = self._of_account(account_id)
        owner = await acting.owner(await self._super_admin(administrator))
        if owner is None:
            raise HubSpotNotFound("The Super Admin who should do this has no owner record in HubSpot.")
        message = message_of(report_of(request), email)
        task_id = await acting.create_task(Task(message.subject, message.text, owner.id, self._now()))
        async with self._database.transaction() as connection:
            await store.change_request(connection, account_id, request.id, task_id=task_id)
        await self._people.tell_administrators(account_id)
        return self._people.task_url(account_id, task_id)

    async def _super_admin(self, administrator: Agent) -> int:
        """The HubSpot user who shall do it: herself when she is one, else who connected the account, else another."""
        async with self._database.reading() as connection:
            grant = await grants.grant_of(connection, holder_of_account(administrator.account_id))
        if grant is None:
            raise NoGrant(remedy="A Super Admin connects the whole account on the administration page first.")
        listed = await self._roster.of(administrator)
        return _assignee(administrator, grant, [user.id for user in listed.users or () if user.super_admin])


def _assignee(administrator: Agent, grant: Grant, super_admins: list[int]) -> int:
    for user_id in (administrator.hubspot_user_id, grant.hubspot_user_id):
        if user_id in super_admins:
            return user_id
    return super_admins[0] if super_admins else grant.hubspot_user_id


def _same(request: HelpRequest, asker: Asker, user_id: int | None) -> bool:
    """Only what is proven counts: nobody takes a colleague's request away by giving her address."""
    if user_id is not None:
        return request.hubspot_user_id == user_id
    return request.attempt_id is not None and request.attempt_id == asker.attempt_id

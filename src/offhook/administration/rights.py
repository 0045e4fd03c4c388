"""Own rights: who is not signed in has her own rights checked, and nobody learns anything about anybody else.

An address proves nothing. So the answer to whoever gives one is always the same; what HubSpot says goes where only the
owner of the address reads it: a task on her own list in HubSpot. Who was signed in when she began is told at once.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace

from offhook.administration.limits import Turns
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.diagnosis.meanings import YOU
from offhook.diagnosis.no_consent import missing_for
from offhook.diagnosis.report import Check, Report
from offhook.diagnosis.rights import MARKETPLACE
from offhook.errors import OffhookError, TooManyTries
from offhook.grants.grant import holder_of_account
from offhook.hubspot import scopes
from offhook.hubspot.client import Acting
from offhook.hubspot.tasks import Task
from offhook.hubspot.users import User
from offhook.jobs import outbox

log = structlog.get_logger()

ANSWER_RIGHTS = "answer_rights"

# One attempt asks so often in an hour, one account is asked about so often; an address gets one answer a day.
MOST_OF_ONE, MOST_OF_ACCOUNT = 5, 60
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

TITLE = "The answer waits for you in HubSpot"
SAYS = (
    "What HubSpot says of a user is told to that user only. If this is your address in HubSpot, and an administrator has "
    "connected your account, a task with the answer is on your list there in a minute. You can read it although you "
    "could not connect."
)
REMEDY = "look at your tasks in HubSpot."
ONLY_THERE = "Told only to the owner of the address, in HubSpot."
ASKED = ("Your HubSpot user", "Super Admin", "Permission set", "Single rights")
NOBODY_IS_TOLD = "HubSpot tells nobody which single rights a user has; only trying to connect shows it."
SUBJECT = "Offhook: your rights in HubSpot"


class RightsAsker(Struct, frozen=True):
    """`report`: the diagnosis of her attempt. `agent`: whose panel began the attempt, if it was signed in."""

    email: str
    attempt_id: str
    report: Report
    account_id: int | None
    agent: Agent | None = None


class RightsJob(Struct, frozen=True):
    """Without an address there is nothing to do: such a job only takes the same time as another."""

    account_id: int
    email: str


class OwnRights:
    """Checks the rights of one person, for herself."""

    def __init__(self, database: Database, of_account: Callable[[int], Acting], now: Callable[[], datetime]) -> None:
        """`of_account(account)`: HubSpot with the account's own grant."""
        self._database, self._of_account, self._now = database, of_account, now
        self._attempts, self._accounts = Turns(MOST_OF_ONE, HOUR), Turns(MOST_OF_ACCOUNT, HOUR)
        self._addresses = Turns(1, DAY)

    async def ask(self, asker: RightsAsker) -> Report:
        """What may be said here and now.

        Raises:
            TooManyTries: this attempt asks again and again.
        """
        if not self._attempts.take(asker.attempt_id, self._now()):
            raise TooManyTries("You have asked for this often already.", remedy="Look at your tasks in HubSpot.")
        if asker.agent and asker.agent.email.lower() == asker.email.lower():
            return await self._of_agent(asker.agent, asker.report)
        if asker.account_id is not None:
            may_ask = self._may_ask(asker.account_id, asker.email)
            await self._put(RightsJob(asker.account_id, asker.email.lower() if may_ask else ""))
        return said_to_anybody(asker.report)

    def _may_ask(self, account_id: int, email: str) -> bool:
        now = self._now()
        return self._accounts.take(str(account_id), now) and self._addresses.take(f"{account_id} {email.lower()}", now)

    async def _put(self, job: RightsJob) -> None:
        key = hashlib.sha256(f"{job.account_id} {job.email}".encode()).hexdigest()
        async with self._database.transaction() as connection:
            await outbox.put(
                connection,
                kind=ANSWER_RIGHTS,
                key=key,
                payload=msgspec.json.encode(job),
                subject=holder_of_account(job.account_id),
                account_id=job.account_id,
                now=self._now(),
            )

    async def _of_agent(self, agent: Agent, report: Report) -> Report:
        acting = self._of_account(agent.account_id)
        try:
            checks = checks_of(await acting.user(agent.hubspot_user_id), await _names(acting))
        except OffhookError as error:
            checks = (Check(ASKED[0], "could-not-ask", error.says, error.remedy), _single_rights())
        return replace(report, checks=checks)

    # Afterwards.

    async def answer_later(self, payload: bytes) -> None:
        """A job: put the answer on her own list of tasks, if there is such a user. What cannot be asked is dropped."""
        job = msgspec.json.decode(payload, type=RightsJob)
        if not job.email:
            return
        try:
            await self._answer(job)
        except OffhookError as error:
            if error.retryable:
                raise
            log.info("Somebody's rights could not be checked.", action="rights_unanswered", code=error.code)

    async def _answer(self, job: RightsJob) -> None:
        acting = self._of_account(job.account_id)
        user = await acting.user_with_email(job.email)
        owner = await acting.owner(user.id) if user else None
        if user and owner:
            checks = checks_of(user, await _names(acting))
            await acting.create_task(Task(SUBJECT, told_to_herself(checks), owner.id, self._now()))


def said_to_anybody(report: Report) -> Report:
    """The same for every address, whoever has it, and whether or not anybody does."""
    checks = tuple(Check(name, "could-not-ask", ONLY_THERE) for name in ASKED)
    return replace(report, title=TITLE, says=SAYS, checks=checks, sure="unknown", who=YOU, remedy=REMEDY)


def checks_of(user: User | None, roles: dict[str, str]) -> tuple[Check, ...]:
    """What HubSpot says of her. `roles`: names of permission sets by id."""
    if user is None:
        return (Check(ASKED[0], "fail", "HubSpot does not list you in this account: deactivated, or taken out of it."),)
    names = ", ".join(roles.get(each, each) for each in user.roles)
    return (
        Check(ASKED[0], "pass", f"HubSpot lists you as {user.email}."),
        Check(ASKED[1], "pass", "You are Super Admin, so no right is missing." if user.super_admin else "You are none."),
        Check(ASKED[2], "pass", f"Your rights are those of: {names}." if names else "You have none."),
        *(() if user.super_admin else (_single_rights(),)),
    )


def _single_rights() -> Check:
    return Check(ASKED[3], "could-not-ask", NOBODY_IS_TOLD)


def told_to_herself(checks: Sequence[Check]) -> str:
    needed = missing_for(scopes.REQUIRED, scopes.CAPABILITIES)
    rights = [f"- {each.right}: {each.value}" for each in needed]
    first = f"- {MARKETPLACE.label}: {MARKETPLACE.value}. Only for the first person of an account who connects."
    return "\n\n".join(
        (
            "You, or somebody who gave your address, asked Offhook whether your rights are enough to connect it.",
            "\n".join(f"- {each.name}: {each.says}" for each in checks),
            "Connecting needs:\n" + "\n".join((*rights, first)),
            "If something was switched on for you, log out of HubSpot and in again before you try. If it was not you who "
            "asked, delete this task; nobody but you was told.",
        )
    )


async def _names(acting: Acting) -> dict[str, str]:
    return {role.id: role.name for role in await acting.roles()}

"""People: everybody in an administrator's account, with what stands in her way."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.administration import store
from offhook.administration.person import Person, Traces, person_of
from offhook.administration.roster import Listed, Roster
from offhook.administration.store import HelpRequest
from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.desktop.panels import Panels
from offhook.desktop.who import Reason, reason_of
from offhook.errors import NotFound
from offhook.grants.access import Access
from offhook.grants.elevation import Elevation, Elevations
from offhook.grants.grant import Grant, GrantState
from offhook.hubspot.users import User
from offhook.policies import store as policies
from offhook.policies.policy import Policy

TaskUrl = Callable[[int, str], str]

# The largest number that a database keeps; HubSpot's ids are far smaller.
LARGEST_ID = 2**63 - 1
NOBODY = "There is nobody with this user id in your account."


class PeopleView(Struct, frozen=True):
    """`as_of`: when HubSpot said who is in the account; null when it could not be asked, and `problem` says why."""

    people: tuple[Person, ...]
    as_of: datetime | None
    problem: Reason | None
    account_grant: bool
    admins: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """What is known here of an account, without asking HubSpot. Requests are newest first."""

    agents: Sequence[Agent]
    grants: Sequence[Grant]
    requests: Sequence[HelpRequest]
    elevations: Sequence[Elevation]
    policy: Policy

    @property
    def account_grant(self) -> bool:
        return any(each.of_account and each.state is GrantState.ACTIVE for each in self.grants)

    def traces(self, user: User | None, listed: bool, user_id: int, email: str) -> Traces:
        """All of one person: by her user id, or where that is not known by her e-mail address."""
        agent = self._agents.get(user_id)
        return Traces(
            listed=listed,
            user=user,
            agent=agent,
            grant=self._grants.get(agent.id) if agent else None,
            request=self._proven.get(user_id) or self._claimed.get(email.lower()),
            elevations=[each for each in self.elevations if each.hubspot_user_id == user_id],
        )

    @cached_property
    def _agents(self) -> Mapping[int, Agent]:
        return {each.hubspot_user_id: each for each in self.agents}

    @cached_property
    def _grants(self) -> Mapping[str, Grant]:
        return {each.holder: each for each in self.grants}

    @cached_property
    def _proven(self) -> Mapping[int, HelpRequest]:
        return {each.hubspot_user_id: each for each in reversed(self.requests) if each.hubspot_user_id is not None}

    @cached_property
    def _claimed(self) -> Mapping[str, HelpRequest]:
        unproven = (each for each in reversed(self.requests) if each.hubspot_user_id is None and each.email)
        return {each.email.lower(): each for each in unproven}


class People:
    """Looks an administrator's people up. Nothing of another account is ever read."""

    def __init__(
        self,
        database: Database,
        roster: Roster,
        access: Access,
        elevations: Elevations,
        panels: Panels,
        now: Callable[[], datetime],
        task_url: TaskUrl,
    ) -> None:
        self._database, self._roster, self._access, self._elevations = database, roster, access, elevations
        self._panels, self._now, self.task_url = panels, now, task_url

    async def of(self, administrator: Agent) -> PeopleView:
        """Everybody: those whom HubSpot lists, those who are agents here, and those who asked for help."""
        listed = await self._roster.of(administrator)
        known = await self._known(administrator.account_id)
        people = [self._person(each, listed, known, administrator) for each in _everybody(listed, known)]
        return PeopleView(
            people=tuple(sorted(people, key=_by_need)),
            as_of=listed.as_of,
            problem=reason_of(listed.problem) if listed.problem else None,
            account_grant=known.account_grant,
            admins=tuple(each.email for each in known.agents if self._panels.is_administrator(each)),
        )

    async def one(self, administrator: Agent, hubspot_user_id: int) -> Person:
        """One of them, with what HubSpot said last.

        Raises:
            NotFound: nobody in her account has this user id.
        """
        refuse_impossible(hubspot_user_id)
        listed = await self._roster.of(administrator)
        user = next((each for each in listed.users or () if each.id == hubspot_user_id), None)
        known = await self._known(administrator.account_id)
        traces = known.traces(user, listed.users is not None, hubspot_user_id, _email_of(user, known, hubspot_user_id))
        if traces.user is None and traces.agent is None and not traces.elevations:
            raise NotFound(NOBODY)
        return self._person(traces, listed, known, administrator)

    async def _known(self, account_id: int) -> Known:
        async with self._database.reading() as connection:
            return await self._read(connection, account_id)

    async def _read(self, connection: AsyncConnection, account_id: int) -> Known:
        return Known(
            agents=await agents.in_account(connection, account_id),
            grants=await self._access.grants_in(connection, account_id),
            requests=await store.open_requests(connection, account_id),
            elevations=await self._elevations.pending(connection, account_id),
            policy=await policies.policy_of(connection, account_id),
        )

    def _person(self, traces: Traces, listed: Listed, known: Known, administrator: Agent) -> Person:
        person = person_of(traces, listed.roles, known.policy.without, self._now())
        task_id = traces.request.task_id if traces.request else None
        if task_id is None:
            return person
        return replace(person, task_url=self.task_url(administrator.account_id, task_id))

    async def tell_administrators(self, account_id: int) -> None:
        """Something about people changed: their panels, and with them the administration page, look again."""
        for each in await self.administrators(account_id):
            await self._panels.changed(each.id)

    async def administrators(self, account_id: int) -> list[Agent]:
        """The agents of the account who may administrate Offhook."""
        async with self._database.reading() as connection:
            everybody = await agents.in_account(connection, account_id)
        return [each for each in everybody if self._panels.is_administrator(each)]


def refuse_impossible(user_id: int) -> None:
    """Raises NotFound: nobody has such an id, and no database could look for it."""
    if not 0 <= user_id <= LARGEST_ID:
        raise NotFound(NOBODY)


def _everybody(listed: Listed, known: Known) -> Iterable[Traces]:
    """Each person once, whichever way she is known."""
    asked = listed.users is not None
    seen: set[int] = set()
    shown: set[str] = set()
    for user in listed.users or ():
        seen.add(user.id)
        yield known.traces(user, asked, user.id, user.email)
    for agent in known.agents:
        if agent.hubspot_user_id not in seen:
            yield known.traces(None, asked, agent.hubspot_user_id, agent.email)
    emails = {each.email.lower() for each in listed.users or ()} | {each.email.lower() for each in known.agents}
    for request in known.requests:
        if request.hubspot_user_id is None and request.email.lower() not in emails | shown:
            shown |= {request.email.lower()} if request.email else set()
            yield Traces(listed=asked and bool(request.email), request=request)


def _email_of(user: User | None, known: Known, user_id: int) -> str:
    if user:
        return user.email
    return next((each.email for each in known.agents if each.hubspot_user_id == user_id), "")


_ORDER = {"broken": 0, "asked": 0, "off": 1, "connected": 1, "not-connected": 2}


def _by_need(person: Person) -> tuple[bool, int, str]:
    """Who waits for an administrator comes first."""
    return person.asked_at is None, _ORDER[person.state], person.name.lower()

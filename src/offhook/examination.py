"""Examination: the questions of the diagnosis, asked of the rooms that know the answers.

Nothing here changes anything: HubSpot is asked what leaves no trace, and what it refuses is an answer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct

from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.desktop.callers import ActingFor
from offhook.diagnosis import checks, of_desk, of_grant, of_service
from offhook.diagnosis.check import Finding, Probe, answered, ask, failed, not_asked
from offhook.diagnosis.of_account import Asked
from offhook.diagnosis.of_desk import PhoneSystemSeen
from offhook.diagnosis.of_service import Service
from offhook.diagnosis.report import Report
from offhook.errors import GrantError, NoGrant, NotFound, OffhookError
from offhook.grants.access import Access
from offhook.grants.authorization_server import AuthorizationServer
from offhook.grants.grant import Grant, GrantState, holder_of_account
from offhook.grants.vault import Secret
from offhook.hubspot import scopes
from offhook.hubspot.client import Acting, HubSpot
from offhook.hubspot.signs_of_life import time_at
from offhook.hubspot.users import User
from offhook.hubspot_app.commands import wanted_by
from offhook.hubspot_app.folder import check as check_project
from offhook.jobs import inbox as deliveries
from offhook.policies import store as policies
from offhook.settings import Settings
from offhook.telephony.phone_system import PhoneSystem, Rings

# A service that does not answer itself within this will not answer anybody, in seconds.
PATIENCE = 5.0
# No token looks like this: HubSpot is asked about it to see whether it objects to the app that asks.
NO_TOKEN = Secret("offhook-asks-whether-its-app-is-known")
KINDS = checks.Kinds(scopes.REQUIRED, (*scopes.REQUIRED, *scopes.OPTIONAL, *scopes.OF_ACCOUNT), scopes.CAPABILITIES)


class Whom(Struct, frozen=True):
    """Whom a report is about: a HubSpot user of an account, who may be an agent here."""

    account_id: int
    user_id: int
    email: str
    name: str
    agent: Agent | None = None


class Examined(Struct, frozen=True):
    """A report of `offhook doctor`; `agent` (e-mail) and `account_id` are None when it is about the installation."""

    agent: str | None
    account_id: int | None
    report: Report


class Examination:
    """What stands in somebody's way, and how the installation is."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        hubspot: HubSpot,
        access: Access,
        server: AuthorizationServer,
        acting_for: ActingFor,
        of_account: Callable[[int], Acting],
        systems: Mapping[str, PhoneSystem],
        http: httpx.AsyncClient,
        now: Callable[[], datetime],
    ) -> None:
        """`of_account(account)`: HubSpot with the grant that an administrator gave for the whole account."""
        self._settings, self._database, self._hubspot, self._systems = settings, database, hubspot, systems
        self._access, self._server, self._http, self._now = access, server, http, now
        self._acting_for, self._of_account = acting_for, of_account

    # Reports.

    async def for_doctor(self, email: str | None) -> list[Examined]:
        """Of the installation, or of every connection that an agent has here."""
        if email is None:
            return [Examined(None, None, await self.of_installation())]
        async with self._database.reading() as connection:
            known = await agents.by_email(connection, email)
        reports = [Examined(each.email, each.account_id, await self.of_agent(each)) for each in known]
        return reports or [Examined(email, None, _nobody(email, self._hubspot.app_url))]

    async def of_agent(self, agent: Agent) -> Report:
        """Everything between this agent and a logged call."""
        return await self._of(Whom(agent.account_id, agent.hubspot_user_id, agent.email, agent.name, agent))

    async def of_user(self, account_id: int, user_id: int) -> Report:
        """The same of any HubSpot user of an account, for its administrators.

        Raises:
            NotFound: neither Offhook nor, with the account's grant, HubSpot knows such a user there.
        """
        async with self._database.reading() as connection:
            agent = await agents.of_user(connection, account_id, user_id)
        if agent:
            return await self.of_agent(agent)
        user = await answered(self._of_account(account_id).user(user_id))
        if not isinstance(user, User):
            raise NotFound("Nobody here is known by that id.")
        name = " ".join(filter(None, (user.first_name, user.last_name))) or user.email
        return await self._of(Whom(account_id, user_id, user.email, name))

    async def of_installation(self) -> Report:
        """What everybody's connection stands on."""
        service, live = await asyncio.gather(self._service(), self._of_ground(None))
        return checks.of_installation(service, KINDS, live, self._hubspot.app_url)

    async def _of(self, whom: Whom) -> Report:
        service, asked, live, ground = await asyncio.gather(
            self._service(), self._asked(whom), self._live(whom), self._of_ground(whom)
        )
        # Only now: what was asked may have shown that a grant is broken.
        subject = await self._subject(whom)
        users_url = self._hubspot.users_url(whom.account_id)
        return checks.for_agent(service, subject, KINDS, asked, (*ground, *live), users_url)

    # What is known here.

    async def _service(self) -> Service:
        settings = self._settings
        folder = settings.hubspot_app_project
        known = await asyncio.to_thread(check_project, folder, wanted_by(settings)) if folder != Path() else None
        secret = bool(settings.hubspot_client_secret)
        return Service(settings.address, settings.redirect_uri, settings.hubspot_client_id, secret, known)

    async def _subject(self, whom: Whom) -> checks.Subject:
        agent = whom.agent
        async with self._database.reading() as connection:
            policy = await policies.policy_of(connection, whom.account_id)
        return checks.Subject(
            name=whom.name,
            email=whom.email,
            grant=await self._access.grant_of(agent.id) if agent else None,
            account_grant=await self._access.grant_of(holder_of_account(whom.account_id)),
            without=policy.without,
            phone_system=self._phone_system(agent.phone_system) if agent and agent.phone_system else None,
            line=agent.line if agent else None,
        )

    def _phone_system(self, key: str) -> PhoneSystemSeen:
        system = self._systems.get(key)
        return PhoneSystemSeen(key, system.title, isinstance(system, Rings)) if system else PhoneSystemSeen(key)

    # What must be asked: the ground.

    async def _of_ground(self, whom: Whom | None) -> list[Finding]:
        """`whom`: whose phone system's deliveries are looked at; of everybody's when None."""
        looks = (
            Probe(of_service.ITSELF, self._look_at_itself),
            Probe("Database", self._look_at_database, "Look at OFFHOOK_DATABASE_URL."),
            Probe(of_service.CREDENTIALS, self._look_at_app, part="app"),
            Probe("Deliveries", lambda: self._look_at_deliveries(whom), part="deliveries"),
        )
        findings, time = await asyncio.gather(asyncio.gather(*map(ask, looks)), self._time())
        return [*findings, *time]

    async def _look_at_itself(self) -> Finding:
        address = self._settings.address
        answer: bool | str
        try:
            response = await self._http.get(f"{address}/health/live", timeout=PATIENCE)
            answer = response.is_success and response.json() == {"status": "ok"}
        except httpx.HTTPError as error:
            answer = type(error).__name__
        except ValueError:
            answer = False
        return of_service.itself(address, answer)

    async def _look_at_database(self) -> str:
        await self._database.ping()
        return "The database answers."

    async def _look_at_app(self) -> Finding:
        return of_service.credentials(await answered(self._server.introspect(NO_TOKEN)))

    async def _look_at_deliveries(self, whom: Whom | None) -> Finding:
        key = whom.agent.phone_system if whom and whom.agent else None
        if whom and key is None:
            says = "No phone system is chosen whose deliveries could be looked at."
            return not_asked("Deliveries", says, part="deliveries", minor=True)
        async with self._database.reading() as connection:
            found = await deliveries.arrivals(connection, key)
        system = self._systems.get(key or "")
        return of_desk.deliveries(found, system.title if system else key or "any phone system", self._now())

    async def _time(self) -> tuple[Finding, Finding]:
        before = self._now()
        there = await answered(time_at(self._http, self._settings.hubspot_api_url))
        if isinstance(there, OffhookError):
            ahead: Any = there
        else:
            # HubSpot named its time at some moment in between.
            ahead = there and before + (self._now() - before) / 2 - there
        return of_service.api(self._settings.hubspot_api_url, there), of_service.clock(ahead)

    # What must be asked: HubSpot, of the account and the person.

    async def _asked(self, whom: Whom) -> Asked:
        acting, accounts = self._own(whom), self._of_account(whom.account_id)
        has_account_grant = await self._access.grant_of(holder_of_account(whom.account_id)) is not None
        own, theirs, user = await asyncio.gather(
            answered(acting.account()) if acting else _nothing(),
            answered(accounts.account()) if has_account_grant else _nothing(),
            self._user(whom),
        )
        roles = await self._roles(whom) if isinstance(user, User) and user.roles else {}
        return Asked(own, theirs, user, roles)

    def _own(self, whom: Whom) -> Acting | None:
        return self._acting_for(whom.agent) if whom.agent else None

    async def _user(self, whom: Whom) -> User | OffhookError | None:
        found: User | OffhookError | None = await self._first(whom, lambda acting: acting.user(whom.user_id))
        return found

    async def _roles(self, whom: Whom) -> Mapping[str, str]:
        found = await self._first(whom, lambda acting: acting.roles())
        return {} if isinstance(found, OffhookError) or found is None else {each.id: each.name for each in found}

    async def _first(self, whom: Whom, question: Callable[[Acting], Awaitable[Any]]) -> Any:
        """The answer with the account's grant, else with her own; else her own error, or the account's."""
        theirs = await answered(question(self._of_account(whom.account_id)))
        own = self._own(whom)
        if own is None or not isinstance(theirs, OffhookError):
            return theirs
        return await answered(question(own))

    # What must be asked: HubSpot, in her own name.

    async def _live(self, whom: Whom) -> list[Finding]:
        grant = await self._access.grant_of(whom.agent.id) if whom.agent else None
        if whom.agent is None or grant is None or grant.state is not GrantState.ACTIVE:
            return []
        acting = self._acting_for(whom.agent)
        held, *findings = await asyncio.gather(
            self._at_hubspot(grant),
            ask(Probe("Find a contact", lambda: _search(acting), part="live")),
            self._owner(acting, grant),
            self._write(acting, grant),
        )
        return [*held, *findings]

    async def _at_hubspot(self, grant: Grant) -> list[Finding]:
        async def introspect() -> Any:
            token = await self._access.token_source(grant.holder)(False)
            return await self._server.introspect(Secret(token))

        answer = await answered(introspect())
        # A grant that broke just now says so itself.
        return [] if isinstance(answer, GrantError) else [of_grant.at_hubspot(grant, answer)]

    async def _owner(self, acting: Acting, grant: Grant) -> Finding:
        async def look() -> str | Finding:
            found = await acting.owner(grant.hubspot_user_id)
            return f"HubSpot knows {found.email or grant.email} as an owner." if found else of_grant.no_owner(grant.email)

        return await self._if_granted(grant, scopes.OWNERS_READ, Probe("Owner", look, part="live"))

    async def _write(self, acting: Acting, grant: Grant) -> Finding:
        async def look() -> str:
            await acting.may_log_calls()
            return "HubSpot would take a call entry. It was asked without making one."

        return await self._if_granted(grant, scopes.CONTACTS_WRITE, Probe("Log a call", look, part="live"))

    async def _if_granted(self, grant: Grant, scope: str, probe: Probe) -> Finding:
        if grant.lacks((scope,)):
            says = f"Not tried: {scope} was not granted."
            return not_asked(probe.name, says, part="live", minor=True)
        return await ask(probe)


def _nobody(email: str, app_url: str) -> Report:
    says = f"Nobody with the address {email} has connected HubSpot here."
    return checks.report((failed("Agent", says, NoGrant.remedy, "person", "person"),), (), app_url, None)


async def _search(acting: Acting) -> str:
    await acting.contacts_matching("offhook", 1)
    return "HubSpot searches contacts."


async def _nothing() -> None:
    return None

"""Examination: the reports of the diagnosis, of anybody and of the installation.

Nothing here changes anything: HubSpot is asked what leaves no trace, and what it refuses is an answer.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.diagnosis import checks
from offhook.diagnosis.check import failed
from offhook.diagnosis.of_desk import PhoneSystemSeen
from offhook.diagnosis.of_service import Service
from offhook.diagnosis.report import Report
from offhook.diagnosis.unanswered import MEMORY, proved_missing
from offhook.errors import NoGrant, NotFound, OffhookError
from offhook.examination.ground import Ground
from offhook.examination.in_hubspot import InHubSpot
from offhook.examination.whom import Whom
from offhook.grants import store as grants
from offhook.grants.access import Access
from offhook.grants.grant import holder_of_account
from offhook.hubspot import scopes
from offhook.hubspot.client import HubSpot
from offhook.hubspot.users import User
from offhook.hubspot_app.commands import wanted_by
from offhook.hubspot_app.folder import check as check_project
from offhook.policies import store as policies
from offhook.settings import Settings
from offhook.telephony.phone_system import PhoneSystem, Rings, SelfTesting

KINDS = checks.Kinds(scopes.REQUIRED, (*scopes.REQUIRED, *scopes.OPTIONAL, *scopes.OF_ACCOUNT), scopes.CAPABILITIES)


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
        systems: Mapping[str, PhoneSystem],
        ground: Ground,
        in_hubspot: InHubSpot,
        now: Callable[[], datetime],
    ) -> None:
        self._settings, self._database, self._hubspot, self._access = settings, database, hubspot, access
        self._systems, self._ground, self._in_hubspot, self._now = systems, ground, in_hubspot, now

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
            HubSpotError: HubSpot does not answer just now.
        """
        async with self._database.reading() as connection:
            agent = await agents.of_user(connection, account_id, user_id)
        if agent:
            return await self.of_agent(agent)
        user = await self._in_hubspot.user_of(account_id, user_id)
        if isinstance(user, OffhookError) and user.retryable:
            raise user
        if not isinstance(user, User):
            raise NotFound("Nobody here is known by that id.")
        name = " ".join(filter(None, (user.first_name, user.last_name))) or user.email
        return await self._of(Whom(account_id, user_id, user.email, name))

    async def of_installation(self) -> Report:
        """What everybody's connection stands on."""
        service, live = await asyncio.gather(self._service(), self._ground.of(None))
        return checks.of_installation(service, KINDS, live, self._hubspot.app_url)

    async def _of(self, whom: Whom) -> Report:
        service, asked, live, ground = await asyncio.gather(
            self._service(), self._in_hubspot.of(whom), self._in_hubspot.live(whom), self._ground.of(whom)
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
            last = await grants.last_stopped(connection, whom.account_id, whom.user_id, self._now() - MEMORY)
        return checks.Subject(
            name=whom.name,
            email=whom.email,
            grant=await self._access.grant_of(agent.id) if agent else None,
            account_grant=await self._access.grant_of(holder_of_account(whom.account_id)),
            without=policy.without,
            phone_system=self._phone_system(agent.phone_system) if agent and agent.phone_system else None,
            line=agent.line if agent else None,
            proved=proved_missing(last),
            tried_at=last.begun_at if last else None,
        )

    def _phone_system(self, key: str) -> PhoneSystemSeen:
        system = self._systems.get(key)
        if system is None:
            return PhoneSystemSeen(key)
        return PhoneSystemSeen(key, system.title, isinstance(system, Rings), isinstance(system, SelfTesting))


def _nobody(email: str, app_url: str) -> Report:
    says = f"Nobody with the address {email} has connected HubSpot here."
    return checks.report((failed("Agent", says, NoGrant.remedy, "person", "person"),), (), app_url, None)

"""Examination: the questions of the diagnosis, asked of the rooms that know the answers."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.desktop.callers import ActingFor
from offhook.diagnosis import checks
from offhook.diagnosis.check import Probe, ask
from offhook.diagnosis.report import Report
from offhook.grants.access import Access
from offhook.hubspot import scopes
from offhook.hubspot.client import HubSpot
from offhook.settings import Settings


class Examination:
    """What stands in an agent's way, and how the installation is."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        hubspot: HubSpot,
        access: Access,
        acting_for: ActingFor,
        unhandled: Callable[[AsyncConnection], Awaitable[int]],
    ) -> None:
        """`unhandled` counts the deliveries that wait."""
        self._settings, self._database, self._hubspot = settings, database, hubspot
        self._access, self._acting_for, self._unhandled = access, acting_for, unhandled

    @property
    def _about_service(self) -> checks.Service:
        settings = self._settings
        secret = bool(settings.hubspot_client_secret)
        return checks.Service(settings.address, settings.redirect_uri, settings.hubspot_client_id, secret)

    async def of_agent(self, agent: Agent) -> Report:
        """Everything between this agent and a logged call."""
        grant = await self._access.grant_of(agent.id)
        live = [await ask(Probe("HubSpot answers", lambda: self._look_at_hubspot(agent)))] if grant else []
        return checks.for_agent(
            self._about_service,
            checks.Subject(agent.name, grant, agent.phone_system, agent.line),
            required=scopes.REQUIRED,
            capabilities=scopes.CAPABILITIES,
            users_url=self._hubspot.users_url(agent.account_id),
            live=live,
        )

    async def _look_at_hubspot(self, agent: Agent) -> str:
        await self._acting_for(agent).contacts_matching("offhook", 1)
        return f"HubSpot searches contacts for {agent.email}."

    async def of_installation(self) -> Report:
        """The same from the operator's side."""
        probes = [Probe("Database", self._look_at_database), Probe("HubSpot's API", self._look_at_api)]
        return await checks.doctor(self._about_service, probes, self._hubspot.app_url)

    async def _look_at_database(self) -> str:
        await self._database.ping()
        async with self._database.reading() as connection:
            waiting = await self._unhandled(connection)
        return f"The database answers; {waiting} deliveries wait to be handled."

    async def _look_at_api(self) -> str:
        await self._hubspot.reach()
        return f"HubSpot's API answers at {self._settings.hubspot_api_url}."

"""What everybody's connection stands on, looked at now: the service, its database, HubSpot's API, the app, deliveries."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx

from offhook.database import Database
from offhook.diagnosis import of_desk, of_service
from offhook.diagnosis.check import Finding, Probe, answered, ask, not_asked
from offhook.errors import OffhookError
from offhook.examination.whom import Whom
from offhook.grants.authorization_server import AuthorizationServer
from offhook.grants.vault import Secret
from offhook.hubspot.signs_of_life import time_at
from offhook.jobs import inbox as deliveries
from offhook.settings import Settings
from offhook.telephony.phone_system import PhoneSystem, SelfTesting

# A service that does not answer itself within this will not answer anybody, in seconds.
PATIENCE = 5.0
# No token looks like this: HubSpot is asked about it to see whether it objects to the app that asks.
NO_TOKEN = Secret("offhook-asks-whether-its-app-is-known")


class Ground:
    """Looks at it."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        server: AuthorizationServer,
        systems: Mapping[str, PhoneSystem],
        http: httpx.AsyncClient,
        now: Callable[[], datetime],
    ) -> None:
        self._settings, self._database, self._server, self._systems = settings, database, server, systems
        self._http, self._now = http, now

    async def of(self, whom: Whom | None) -> list[Finding]:
        """`whom`: whose phone system's deliveries are looked at; of everybody's when None."""
        looks = (
            Probe(of_service.ITSELF, self._look_at_itself),
            Probe("Database", self._look_at_database, "Look at OFFHOOK_DATABASE_URL."),
            Probe(of_service.CREDENTIALS, self._look_at_app, part="app"),
            Probe("Deliveries", lambda: self._look_at_deliveries(whom), part="deliveries"),
        )
        asked = asyncio.gather(*map(ask, looks)), self._time(), self._ways_to_phone_systems(whom)
        findings, time, ways = await asyncio.gather(*asked)
        return [*findings, *time, *ways]

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

    async def _ways_to_phone_systems(self, whom: Whom | None) -> list[Finding]:
        """How far the way of a phone leads: on her line, or without one for whoever looks at the installation."""
        key, line = (whom.agent.phone_system, whom.agent.line) if whom and whom.agent else (None, None)
        tested = [each for each in self._systems.values() if whom is None or each.key == key]
        ways = [await each.self_test(line) for each in tested if isinstance(each, SelfTesting)]
        return [of_desk.step(each.name, each.ok, each.says, each.remedy) for way in ways for each in way]

    async def _time(self) -> tuple[Finding, Finding]:
        before = self._now()
        there = await answered(time_at(self._http, self._settings.hubspot_api_url))
        if isinstance(there, OffhookError):
            ahead: Any = there
        else:
            # HubSpot named its time at some moment in between.
            ahead = there and before + (self._now() - before) / 2 - there
        return of_service.api(self._settings.hubspot_api_url, there), of_service.clock(ahead)

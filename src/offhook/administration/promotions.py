"""Promotions: who asked for help, and was made Super Admin since, was made one in order to connect.

HubSpot says of her what she was when she asked, and what she is now; so it does not matter who it really was that asked.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.administration.store import HelpRequest, newest_request_of, was_super_admin
from offhook.administration.telling import Telling
from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.grants.elevation import MEMORY, Elevations, Refusal
from offhook.hubspot.users import User
from offhook.policies import store as policies

log = structlog.get_logger()


class Promotions:
    """Remembers them, so that they are taken back."""

    def __init__(self, database: Database, elevations: Elevations, telling: Telling, now: Callable[[], datetime]) -> None:
        self._database, self._elevations, self._telling, self._now = database, elevations, telling, now

    async def notice(self, request: HelpRequest, user: User) -> None:
        """She was no Super Admin when she asked, and is one now; whether or not she has connected yet.

        It may be noticed in several places at once: by the watch of each node, and by an administrator's press.
        """
        account_id = request.account_id
        async with self._database.transaction() as connection:
            agent = await agents.of_user(connection, account_id, user.id)
            elevation = await self._elevations.noticed(
                connection,
                Refusal(request.asked_at, request.report),
                account_id=account_id,
                hubspot_user_id=user.id,
                agent_id=agent.id if agent else "",
                agent_name=user.name or user.email,
                email=user.email,
            )
            if elevation is None:
                return
            said = f"{elevation.agent_name} is Super Admin now."
            await policies.record(
                connection, account_id, who="HubSpot", what="elevation-noticed", detail=said, now=self._now()
            )
        log.info("Who asked for help was made super admin.", action="elevation_noticed", elevation=elevation.id)
        await self._telling.concerned(account_id, user.id)


async def known_before(connection: AsyncConnection, agent: Agent, now: datetime) -> tuple[bool | None, Refusal | None]:
    """Of somebody who has just consented: whether she was Super Admin before, and what she was refused, if she asked.

    What was asked in her name counts as hers only when she was signed in; what HubSpot said of her then counts anyway.
    """
    asked = await newest_request_of(connection, agent.account_id, agent.hubspot_user_id, agent.email, now - MEMORY)
    if asked is None:
        return agent.super_admin, None
    before = was_super_admin(asked) if agent.super_admin is None else agent.super_admin
    hers = asked.hubspot_user_id == agent.hubspot_user_id
    return before, Refusal(asked.asked_at, asked.report) if hers else None

"""Arrival: an agent has connected HubSpot; learn who she is there, so that calls are logged in her name."""

from collections.abc import Callable
from datetime import datetime

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.desktop.callers import ActingFor
from offhook.errors import HubSpotError, OffhookError
from offhook.hubspot.client import Acting
from offhook.jobs import outbox

log = structlog.get_logger()

LEARN_AGENT = "learn_agent"


class Learned(Struct, frozen=True):
    """`name` is empty and `owner_id` None when HubSpot does not say; `super_admin` None when it may not be asked."""

    name: str = ""
    owner_id: str | None = None
    super_admin: bool | None = None
    complete: bool = True


class LearnJob(Struct, frozen=True):
    agent_id: str


class Arrival:
    """Learns about agents from HubSpot's owner records."""

    def __init__(
        self,
        database: Database,
        with_token: Callable[[str, int], Acting],
        acting_for: ActingFor,
        now: Callable[[], datetime],
    ) -> None:
        """`with_token(access token, account)`: HubSpot for somebody whose grant is not kept yet."""
        self._database = database
        self._with_token = with_token
        self._acting_for = acting_for
        self._now = now

    async def learn(self, token: str, account_id: int, user_id: int) -> Learned:
        """What HubSpot says about somebody who has just connected; never raises."""
        acting = self._with_token(token, account_id)
        try:
            return await _learn(acting, user_id)
        except OffhookError as error:
            log.info("An agent's owner record will be read later.", action="learn_later", code=error.code)
            return Learned(complete=False)

    async def keep(self, connection: AsyncConnection, agent: Agent, learned: Learned) -> None:
        """Keep what was learned, or put the job that learns it later."""
        if learned.complete:
            name = learned.name or agent.name
            await agents.learn(connection, agent.id, name=name, owner_id=learned.owner_id)
            return
        await outbox.put(
            connection,
            kind=LEARN_AGENT,
            key=agent.id,
            subject=agent.id,
            account_id=agent.account_id,
            payload=msgspec.json.encode(LearnJob(agent.id)),
            now=self._now(),
        )

    async def learn_later(self, payload: bytes) -> None:
        """The handler of `learn_agent`. Raises OffhookError."""
        agent_id = msgspec.json.decode(payload, type=LearnJob).agent_id
        async with self._database.reading() as connection:
            agent = await agents.get(connection, agent_id)
        learned = await _learn(self._acting_for(agent), agent.hubspot_user_id)
        async with self._database.transaction() as connection:
            await self.keep(connection, agent, learned)


async def _learn(acting: Acting, user_id: int) -> Learned:
    try:
        owner = await acting.owner(user_id)
    except HubSpotError as error:
        if error.retryable:
            raise
        owner = None  # owners may not be read with this consent: calls are logged without an owner
    name = f"{owner.first_name} {owner.last_name}".strip() if owner else ""
    return Learned(name, owner.id if owner else None, await acting.is_super_admin(user_id))

"""In whose name HubSpot is asked: the agent's, the account's, or that of somebody whose grant is not kept yet."""

from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.errors import GrantBroken, NoGrant
from offhook.grants.access import Access
from offhook.grants.grant import GrantState, holder_of_account
from offhook.hubspot.client import Acting, HubSpot
from offhook.policies import store as policies


class InWhoseName:
    """Gives HubSpot with a token that works; vendors' code never sees where tokens are kept."""

    def __init__(self, hubspot: HubSpot, access: Access, database: Database) -> None:
        self._hubspot, self._access, self._database = hubspot, access, database

    def agents(self, agent: Agent) -> Acting:
        """In the agent's own name."""
        return self._hubspot.acting(self._access.token_source(agent.id), agent.account_id)

    def accounts(self, account_id: int) -> Acting:
        """With the grant that an administrator gave for the whole account."""
        return self._hubspot.acting(self._access.token_source(holder_of_account(account_id)), account_id)

    def loggers(self, agent: Agent) -> Acting:
        """In the agent's name; the account's grant stands in for one that is broken or gone.

        A job that waited for somebody's consent must meet its tokens, whichever node it was given to.
        """
        own = self._access.token_source(agent.id, at_once=True)
        stand_in = self._access.token_source(holder_of_account(agent.account_id), at_once=True)

        async def token(refused: bool) -> str:
            try:
                return await own(refused)
            except (NoGrant, GrantBroken):
                if not await self.stand_in(agent):
                    raise
                return await stand_in(refused)

        return self._hubspot.acting(token, agent.account_id)

    async def stand_in(self, agent: Agent) -> str | None:
        """Who gave the account's grant, when that is used for this agent's calls; None when it is not."""
        own = await self._access.grant_of(agent.id)
        if own and own.state is not GrantState.BROKEN:
            return None
        grant = await self._access.grant_of(holder_of_account(agent.account_id))
        async with self._database.reading() as connection:
            policy = await policies.policy_of(connection, agent.account_id)
        active = grant is not None and grant.state is GrantState.ACTIVE
        return grant.email if grant and active and policy.account_logs else None

    def newcomers(self, token: str, account_id: int) -> Acting:
        """In the name of somebody who has just consented."""

        async def given(refused: bool) -> str:
            return token

        return self._hubspot.acting(given, account_id)

"""Telling: the panels of those whom an elevation concerns get the whole truth."""

from offhook.agents import store as agents
from offhook.database import Database
from offhook.desktop.panels import Panels


class Telling:
    """Tells the person herself and every administrator of her account."""

    def __init__(self, database: Database, panels: Panels) -> None:
        self._database, self._panels = database, panels

    async def concerned(self, account_id: int, user_id: int) -> None:
        """A change about this HubSpot user."""
        async with self._database.reading() as connection:
            everybody = await agents.in_account(connection, account_id)
        for agent in everybody:
            if agent.hubspot_user_id == user_id or self._panels.is_administrator(agent):
                await self._panels.changed(agent.id)

"""News: what panels are told, and what goes on, when a grant or an account's policy has changed."""

from collections.abc import Callable, Sequence
from datetime import datetime

from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.desktop.panels import Panels
from offhook.desktop.rules import Rules
from offhook.in_whose_name import InWhoseName
from offhook.jobs import outbox


class News:
    """Tells those whom it concerns."""

    def __init__(
        self,
        database: Database,
        panels: Panels,
        rules: Rules,
        name: InWhoseName,
        nudge: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        """`nudge`: there may be work for the worker."""
        self._database, self._panels, self._rules = database, panels, rules
        self._name, self._nudge, self._now = name, nudge, now

    async def grant_changed(self, holder: str) -> None:
        """Show it to those whom it concerns; a call that waited for this grant may now be logged with the account's."""
        async with self._database.reading() as connection:
            concerned = await agents.concerned_by(connection, holder)
        await self._go_on_with([agent for agent in concerned if agent.id == holder])
        await self._tell(concerned)

    async def account_changed(self, account_id: int) -> None:
        """An administrator decided something for everybody: what it lets through goes on, and every panel shows it."""
        async with self._database.reading() as connection:
            everybody = await agents.in_account(connection, account_id)
        await self._rules.refresh()
        await self._go_on_with(everybody)
        await self._tell(everybody)

    async def _go_on_with(self, those: Sequence[Agent]) -> None:
        """Try again what waits for the grants of these agents, when the account's stands in for them."""
        helped = [agent for agent in those if await self._name.stand_in(agent)]
        async with self._database.transaction() as connection:
            for agent in helped:
                await outbox.resume(connection, agent.id, self._now())
        self._nudge()

    async def _tell(self, those: Sequence[Agent]) -> None:
        for agent in those:
            await self._panels.changed(agent.id)

"""The whole truth for one panel, and telling it when something other than a call has changed."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from offhook import __version__
from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.calls import store as calls
from offhook.calls.store import KeptCall
from offhook.database import Database
from offhook.desktop import store
from offhook.desktop.panel import (
    AgentView,
    CallFrame,
    CallView,
    GrantView,
    HubSpotLinks,
    LineView,
    Outcome,
    Panel,
    PanelFrame,
    PhoneSystemView,
    Reminder,
    Stray,
    Tell,
    call_view,
)
from offhook.desktop.rules import Rules
from offhook.hubspot.engagements import OUTCOMES
from offhook.telephony.phone_system import HasOwnApp, HasSoftphone, HasStatus, PhoneSystem, Status, TakesCodes

RECENT = 20
# Calls older than this many are not brought up for wrap-up any more; they stay under Recent.
UNFINISHED = 50


class Panels:
    """Makes `Panel`s. What comes from rooms that the desktop may not know is given as functions.

    `reminders(agent, whether she is an administrator)`: of rights that were lent to her, and to others.
    """

    def __init__(
        self,
        database: Database,
        systems: Mapping[str, PhoneSystem],
        tell: Tell,
        *,
        grant_view: Callable[[str], Awaitable[GrantView]],
        reminders: Callable[[Agent, bool], Awaitable[tuple[Reminder, ...]]],
        links: Callable[[int], HubSpotLinks],
        administrators: frozenset[str],
        region: str,
        rules: Rules,
        opened: Callable[[Agent], None] = lambda agent: None,
    ) -> None:
        """`opened(agent)`: somebody looks at this agent's panel."""
        self._rules, self._opened = rules, opened
        self._refreshing: set[asyncio.Task[object]] = set()
        self._database = database
        self._systems = systems
        self._tell = tell
        self._grant_view = grant_view
        self._reminders = reminders
        self._links = links
        self.administrators = administrators
        self._region = region
        for key, system in systems.items():
            if isinstance(system, HasStatus):
                system.watch_statuses(partial(self._status_changed, key))

    def is_administrator(self, agent: Agent) -> bool:
        """Named in the settings, or a Super Admin of her HubSpot account who is to stay one."""
        return agent.email.lower() in self.administrators or bool(agent.super_admin)

    async def of(self, agent_id: str) -> Panel:
        """Everything that this agent's panel shows.

        Raises:
            NotFound: there is no such agent any more.
        """
        async with self._database.reading() as connection:
            agent = await agents.get(connection, agent_id)
            kept = await calls.recent(connection, agent_id, limit=UNFINISHED)
            strays = await self._strays(connection, agent)
        self._opened(agent)
        views = [self.call(each, agent_id) for each in kept]
        return Panel(
            agent=self._agent(agent),
            grant=await self._grant_view(agent_id),
            phone_systems=tuple(_system(each) for each in self._systems.values()),
            phone_system=agent.phone_system if agent.phone_system in self._systems else None,
            line=LineView(agent.line, agent.line_name or agent.line) if agent.line else None,
            status=self._status(agent),
            calls=tuple(each for each in views if not (each.state == "ended" and each.wrapped_up)),
            recent=tuple(views[:RECENT]),
            outcomes=tuple(Outcome(key, label) for key, label in OUTCOMES.items()),
            reminders=await self._reminders(agent, self.is_administrator(agent)),
            strays=strays,
            hubspot=self._links(agent.account_id),
            version=__version__,
            habits=self._rules.habits(agent),
            region=self._region,
        )

    async def recent(self, agent_id: str, before: datetime | None, limit: int) -> tuple[Sequence[CallView], bool]:
        """A page of the agent's calls, and whether there are more."""
        async with self._database.reading() as connection:
            kept = await calls.recent(connection, agent_id, before=before, limit=limit + 1)
        return [self.call(each, agent_id) for each in kept[:limit]], len(kept) > limit

    def call(self, kept: KeptCall, agent_id: str) -> CallView:
        system = self._systems.get(kept.call.phone_system)
        rule = self._rules.of(agent_id, kept.account_id)
        return call_view(kept, agent_id, system.capabilities if system else frozenset(), self._region, rule)

    def show(self, kept: KeptCall) -> None:
        """Put the call, as it is now, on the panels of everyone on it."""
        for agent_id in set(kept.agents.values()) - {""}:
            self._tell(agent_id, CallFrame(self.call(kept, agent_id)))

    async def changed(self, agent_id: str) -> Panel:
        """Something other than a call has changed: the panel gets the whole truth."""
        panel = await self.of(agent_id)
        self._tell(agent_id, PanelFrame(panel))
        return panel

    def refresh(self, agent_id: str) -> None:
        """The same, without waiting."""
        self._later(self.changed(agent_id))

    async def stop(self) -> None:
        """Nobody is told any more."""
        for task in self._refreshing:
            task.cancel()
        await asyncio.gather(*self._refreshing, return_exceptions=True)

    def _status_changed(self, phone_system: str, line: str) -> None:
        self._later(self._line_changed(phone_system, line))

    async def _line_changed(self, phone_system: str, line: str) -> None:
        async with self._database.reading() as connection:
            agent = await agents.on_line(connection, phone_system, line)
        if agent:
            await self.changed(agent.id)

    def _later(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._refreshing.add(task)
        task.add_done_callback(self._refreshing.discard)

    def _status(self, agent: Agent) -> Status | None:
        system = self._systems.get(agent.phone_system or "")
        return system.status(agent.line) if agent.line and isinstance(system, HasStatus) else None

    def _agent(self, agent: Agent) -> AgentView:
        return AgentView(agent.id, agent.name, agent.email, self.is_administrator(agent), agent.available)

    async def _strays(self, connection: AsyncConnection, agent: Agent) -> tuple[Stray, ...]:
        return tuple(await store.strays(connection)) if self.is_administrator(agent) else ()


def _system(system: PhoneSystem) -> PhoneSystemView:
    can = tuple(sorted(system.capabilities))
    phone = isinstance(system, HasSoftphone)
    own_app = system.own_app if isinstance(system, HasOwnApp) else None
    codes, most = (system.codes, system.most_codes) if isinstance(system, TakesCodes) else ((), 0)
    return PhoneSystemView(system.key, system.title, system.says, system.line_login, can, phone, own_app, codes, most)

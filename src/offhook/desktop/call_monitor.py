"""The call monitor: what phone systems tell becomes calls, kept and shown. The one way in for everything about a call."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.calls import store as calls
from offhook.calls.call import CallState
from offhook.calls.events import CallEvent, CallStarted
from offhook.calls.follow import follow
from offhook.calls.phone_number import masked
from offhook.calls.sighting import Sighting
from offhook.calls.store import KeptCall
from offhook.desktop import same_call, store
from offhook.desktop.call_log import LOG_CALL, put_log_job, put_unlog_job
from offhook.desktop.desk import BY_HAND, NO_CALL, Log, LogState, chosen_contact, desk_of, with_log
from offhook.desktop.rules import Rules
from offhook.desktop.screen_pop import ScreenPop
from offhook.telephony.phone_system import PhoneSystem

log = structlog.get_logger()

AfterCommit = Callable[[], None]

# What rang longer ago than this is not told of while it happens; somebody else may be on the line by now.
AFTERWARDS = timedelta(minutes=1)


class CallMonitor:
    """Follows calls. `hear` and `happened` run inside a caller's transaction and give what is to be done after it."""

    def __init__(
        self,
        systems: Mapping[str, PhoneSystem],
        screen_pop: ScreenPop,
        show: Callable[[KeptCall], None],
        now: Callable[[], datetime],
        nudge: Callable[[], None],
        rules: Rules,
        refresh: Callable[[str], None] = lambda agent_id: None,
    ) -> None:
        """`nudge`: there may be work for the worker; spared while a phone only rings. `refresh`: an agent's panels."""
        self._nudge, self._rules, self._refresh = nudge, rules, refresh
        self._systems = systems
        self._screen_pop = screen_pop
        self._panels_show = show
        self._now = now

    async def hear(self, connection: AsyncConnection, phone_system: str, body: bytes) -> AfterCommit:
        """Follow what one delivery says."""
        reading = self._systems[phone_system].read(body)
        if reading.unrecognised:
            await store.add_stray(connection, phone_system, f"Not understood: {reading.unrecognised}", self._now())
        each = _by_call(reading.events)
        taken_back = reading.withdrawn
        after = [await self.happened(connection, phone_system, events, reading.seen, taken_back) for events in each]
        return lambda: _do_all(after)

    async def happened(
        self,
        connection: AsyncConnection,
        phone_system: str,
        events: list[CallEvent],
        seen: Sequence[Sighting] = (),
        withdrawn: bool = False,
    ) -> AfterCommit:
        """Follow events of one call: keep it, put its log job when it has ended. `seen`, `withdrawn`: as in `Reading`."""
        before = await calls.heard_as(connection, phone_system, events[0].call)
        alike = await same_call.find(connection, phone_system, seen) if seen else []
        before = alike[0] if alike else before
        kept = await self._as_one(connection, alike) if alike else before or self._new(phone_system, events[0])
        for event in events:
            kept = replace(kept, call=follow(kept.call, event, phone_system))
        kept, joined = await self._with_agents(connection, kept)
        kept = _withdrawn(kept) if withdrawn else _told_after_all(kept)
        kept = self._logged_by_hand(await self._screen_pop.with_known(kept))
        await self._keep(connection, before, kept, joined)
        await same_call.remember(connection, kept, seen)
        await self._log_if_due(connection, before, kept)
        if before and self._screen_pop.can_ask(kept) and not self._screen_pop.can_ask(before):
            joined = await self._everybody(connection, kept)  # the number came later than the call
        concerned = {*kept.agents.values()} - {""} if len(alike) > 1 else ()
        return lambda: self._show(kept, joined, _answered(before, kept), concerned)

    async def _as_one(self, connection: AsyncConnection, alike: Sequence[KeptCall]) -> KeptCall:
        """What several panels saw as calls of their own; never across accounts."""
        kept, *others = alike
        for other in others:
            if None in (kept.account_id, other.account_id) or kept.account_id == other.account_id:
                kept = await same_call.as_one(connection, kept, other)
                await put_unlog_job(connection, other, self._now())
        return kept

    async def dialled(
        self, connection: AsyncConnection, agent: Agent, line: str, event: CallStarted, contact_id: str | None
    ) -> tuple[KeptCall, AfterCommit]:
        """An agent has asked for a call: keep it at once; the phone system's own deliveries join it."""
        system = agent.phone_system or ""
        before = await calls.heard_as(connection, system, event.call)
        kept = before or self._new(system, event)
        joined = [] if agent.id in kept.agents.values() else [agent]
        kept = replace(
            kept,
            call=follow(kept.call, event, system),
            agents=kept.agents | {line: agent.id},
            account_id=agent.account_id,
            wrap_up=replace(kept.wrap_up, contact=contact_id or kept.wrap_up.contact),
        )
        await self._keep(connection, before, await self._screen_pop.with_known(kept), joined)
        return kept, lambda: self._show(kept, joined)

    async def _keep(
        self, connection: AsyncConnection, before: KeptCall | None, kept: KeptCall, joined: list[Agent]
    ) -> None:
        await (calls.save(connection, kept) if before else calls.add(connection, kept))
        if before and before.call.began != kept.call.began:
            await calls.move(connection, kept)
        for agent in joined:
            await calls.show_to(connection, kept, agent.id)

    def _new(self, phone_system: str, event: CallEvent) -> KeptCall:
        return KeptCall(id=uuid4().hex, call=follow(None, event, phone_system))

    async def _with_agents(self, connection: AsyncConnection, kept: KeptCall) -> tuple[KeptCall, list[Agent]]:
        """Who is on the call's lines. Asked once a line, so that a later line login changes nothing about it."""
        joined = []
        for line in sorted({leg.line for leg in kept.call.legs} - kept.agents.keys()):
            agent = await self._agent_on(connection, kept, line)
            if agent and agent.id not in kept.agents.values():
                joined.append(agent)
            kept = replace(
                kept,
                agents=kept.agents | {line: agent.id if agent else ""},
                account_id=kept.account_id or (agent.account_id if agent else None),
            )
        return kept, joined

    async def _agent_on(self, connection: AsyncConnection, kept: KeptCall, line: str) -> Agent | None:
        """Who is on a line. Accounts are strictly apart: a call of one is shown to nobody of another."""
        rang = _rang_at(kept, line)
        afterwards = self._now() - rang >= AFTERWARDS
        system = kept.call.phone_system
        agent = await agents.was_on_line(connection, system, line, rang) if afterwards else None
        if agent is None and not (afterwards and kept.call.ended_at):
            agent = await agents.on_line(connection, system, line)
        if agent is None:
            await self._stray(connection, kept, line, "which nobody is logged in to")
        elif kept.account_id not in (None, agent.account_id):
            await self._stray(connection, kept, line, "whose agent belongs to another HubSpot account")
            return None
        return agent

    async def _stray(self, connection: AsyncConnection, kept: KeptCall, line: str, why: str) -> None:
        number = masked(kept.call.party.number)
        log.warning(f"A call reached a line {why}.", action="call_stray", line=line, call=kept.id)
        says = f"A call with {number} reached line {line}, {why}."
        await store.add_stray(connection, kept.call.phone_system, says, self._now())

    async def _everybody(self, connection: AsyncConnection, kept: KeptCall) -> list[Agent]:
        return [await agents.get(connection, each) for each in sorted({*kept.agents.values()} - {""})]

    def _logged_by_hand(self, kept: KeptCall) -> KeptCall:
        """A call of an agent whose calls are logged only when she asks for it."""
        over = kept.call.state is CallState.ENDED and desk_of(kept).log.state is LogState.NOT_YET
        if not over or kept.agent_id is None or self._rules.of(kept.agent_id, kept.account_id).habits.auto_log:
            return kept
        return with_log(kept, BY_HAND)

    async def _log_if_due(self, connection: AsyncConnection, before: KeptCall | None, kept: KeptCall) -> None:
        """The log is written when the last leg has ended, and amended when more is learned later."""
        if kept.call.state is not CallState.ENDED or kept.agent_id is None:
            return
        log_of = desk_of(kept).log
        if log_of in (BY_HAND, NO_CALL) or (log_of.state is LogState.OFF and chosen_contact(kept) is None):
            return
        if before is None or before.call != kept.call:
            await put_log_job(connection, kept, LOG_CALL, self._now())

    def _show(
        self, kept: KeptCall, joined: list[Agent], answered: Collection[str] = (), changed: Collection[str] = ()
    ) -> None:
        """`changed`: those whose panels show a call that is none of its own any more."""
        self._panels_show(kept)
        for agent_id in changed:
            self._refresh(agent_id)
        for agent in joined:
            self._screen_pop.begin(agent, kept)
        for agent_id in answered:
            self._screen_pop.answered(agent_id, kept)
        if kept.call.state is CallState.ENDED:
            self._nudge()


def _withdrawn(kept: KeptCall) -> KeptCall:
    """Nobody talked, and nothing else tells of it."""
    return with_log(kept, NO_CALL) if desk_of(kept).log == Log() and not kept.call.answered_at else kept


def _told_after_all(kept: KeptCall) -> KeptCall:
    return with_log(kept, Log()) if desk_of(kept).log == NO_CALL else kept


def _by_call(events: tuple[CallEvent, ...]) -> list[list[CallEvent]]:
    grouped: dict[str, list[CallEvent]] = {}
    for event in events:
        grouped.setdefault(event.call, []).append(event)
    return list(grouped.values())


def _answered(before: KeptCall | None, kept: KeptCall) -> list[str]:
    """The agents who have answered just now."""
    earlier = {leg.id for leg in before.call.told if leg.answered_at} if before else set[str]()
    legs = (leg for leg in kept.call.told if leg.answered_at and leg.id not in earlier)
    return [agent_id for leg in legs if (agent_id := kept.agents.get(leg.line))]


def _do_all(after: list[AfterCommit]) -> None:
    for each in after:
        each()


def _rang_at(kept: KeptCall, line: str) -> datetime:
    leg = kept.call.leg_on(line)
    return (leg and (leg.alerting_at or leg.answered_at)) or kept.call.began

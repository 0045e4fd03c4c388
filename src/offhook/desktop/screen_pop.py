"""Screen pop: who is calling, on the screen as the phone rings.

The number is shown at once. Who it is comes with it when the directory knows already, and as soon as HubSpot has answered
when not. The record opens when there is exactly one, once, and only for a call that comes in.
"""

import asyncio
from collections.abc import Callable

from msgspec.structs import replace

from offhook.agents.agent import Agent
from offhook.calls import store as calls
from offhook.calls.call import CallState
from offhook.calls.events import Direction
from offhook.calls.phone_number import PhoneNumber, parse
from offhook.calls.store import KeptCall
from offhook.database import Database
from offhook.desktop.callers import Callers
from offhook.desktop.desk import desk_of, with_desk
from offhook.desktop.panel import ScreenPopFrame, Tell
from offhook.desktop.who import NO_NUMBER, Answer, Who

# When HubSpot could not be asked and trying again can help, the caller is worth two more tries while the call lives.
PAUSES = (2.0, 5.0)


class ScreenPop:
    """Finds out who calls and opens their record."""

    def __init__(
        self,
        database: Database,
        callers: Callers,
        tell: Tell,
        show: Callable[[KeptCall], None],
        region: str,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self._database = database
        self._callers = callers
        self._tell = tell
        self._show = show
        self._region = region
        self._pauses = pauses
        self._asking: set[asyncio.Task[None]] = set()

    async def with_known(self, kept: KeptCall) -> KeptCall:
        """The call with what is known already about its number."""
        desk = desk_of(kept)
        if desk.who.answer is not Answer.ASKING or kept.account_id is None:
            return kept
        number = parse(kept.call.party.number, self._region)
        if not isinstance(number, PhoneNumber):
            return with_desk(kept, replace(desk, who=NO_NUMBER)) if kept.call.direction else kept
        known = await self._callers.known(kept.account_id, number)
        return with_desk(kept, replace(desk, who=known)) if known else kept

    def begin(self, agent: Agent, kept: KeptCall) -> None:
        """The call has reached this agent: open the record, or find out whose it is first."""
        if desk_of(kept).who.answer is not Answer.ASKING:
            self._pop(agent, kept)
            return
        task = asyncio.create_task(self._ask(agent, kept.id))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def stop(self) -> None:
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)

    async def _ask(self, agent: Agent, call_id: str) -> None:
        for pause in (*self._pauses, None):
            async with self._database.reading() as connection:
                kept = await calls.get(connection, call_id)
            number = parse(kept.call.party.number, self._region)
            if not isinstance(number, PhoneNumber):
                return
            who = await self._callers.ask(agent, number)
            await self._remember(agent, call_id, who)
            if pause is None or not (who.reason and who.reason.retryable and not who.contacts):
                return
            await asyncio.sleep(pause)

    async def _remember(self, agent: Agent, call_id: str, who: Who) -> None:
        async with self._database.transaction() as connection:
            kept = await calls.get(connection, call_id)
            kept = with_desk(kept, replace(desk_of(kept), who=who))
            await calls.save(connection, kept)
        self._show(kept)
        self._pop(agent, kept)

    def _pop(self, agent: Agent, kept: KeptCall) -> None:
        who = desk_of(kept).who
        coming_in = kept.call.direction is Direction.INBOUND and kept.call.state is not CallState.ENDED
        if who.answer is Answer.ONE and coming_in:
            self._tell(agent.id, ScreenPopFrame(kept.id, who.contacts[0].url))

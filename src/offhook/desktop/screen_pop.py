"""Screen pop: who is calling, on the screen as the phone rings.

The number is shown at once. Who it is comes with it when the directory knows already, and as soon as HubSpot has answered
when not; who was ever seen with the number is shown meanwhile, as that. The record opens when there is exactly one, once,
and only for a call that comes in.
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
from offhook.desktop.desk import INTERNAL, Log, LogState, desk_of, unasked, with_desk
from offhook.desktop.panel import ScreenPopFrame, Tell
from offhook.desktop.rules import Rules
from offhook.desktop.who import NO_NUMBER, Answer, Who
from offhook.policies.policy import Pop

# When HubSpot could not be asked and trying again can help, the caller is worth two more tries while the call lives.
PAUSES = (2.0, 5.0)
# Another agent whom the call reaches may be allowed to ask what the first was not.
UNANSWERED = frozenset({Answer.ASKING, Answer.NOT_ALLOWED, Answer.COULD_NOT_ASK})


class ScreenPop:
    """Finds out who calls and opens their record."""

    def __init__(
        self,
        database: Database,
        callers: Callers,
        tell: Tell,
        show: Callable[[KeptCall], None],
        region: str,
        rules: Rules,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self._rules = rules
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
        if desk.who.answer not in (Answer.ASKING, Answer.NO_NUMBER) or kept.account_id is None:
            return kept
        text = kept.call.party.number
        number = parse(text, self._region)
        if isinstance(number, PhoneNumber):
            known = await self._callers.known(kept.account_id, number)
            log = Log() if desk.log == INTERNAL else desk.log
            who = known or await self._callers.meanwhile(kept.account_id, number)
            return with_desk(kept, replace(desk, who=who, log=log))
        if kept.call.direction is None:
            return kept
        internal = desk.log.state is LogState.NOT_YET and unasked(text, number) == INTERNAL
        return with_desk(kept, replace(desk, who=NO_NUMBER, log=INTERNAL if internal else desk.log))

    def can_ask(self, kept: KeptCall) -> bool:
        """Whether the call has a number yet that somebody can be asked about."""
        return isinstance(parse(kept.call.party.number, self._region), PhoneNumber)

    def begin(self, agent: Agent, kept: KeptCall) -> None:
        """The call has reached this agent: open the record, or find out in her name whose it is first."""
        if desk_of(kept).who.answer not in UNANSWERED:
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
            who = await self._asked(agent, call_id)
            again = who and who.reason and who.reason.retryable and not who.contacts
            if who is None or not await self._remember(agent, call_id, who) or not again or pause is None:
                return
            await asyncio.sleep(pause)

    async def _asked(self, agent: Agent, call_id: str) -> Who | None:
        """What HubSpot says, or why it says nothing; None when there is no number to ask about."""
        async with self._database.reading() as connection:
            kept = await calls.get(connection, call_id)
        number = parse(kept.call.party.number, self._region)
        return await self._callers.ask(agent, number) if isinstance(number, PhoneNumber) else None

    async def _remember(self, agent: Agent, call_id: str, who: Who) -> bool:
        """Keep the answer and show it; whether the call still lives."""
        async with self._database.transaction() as connection:
            kept = await calls.get(connection, call_id)
            if desk_of(kept).who.answer in UNANSWERED:  # else somebody was quicker, perhaps the agent herself
                kept = with_desk(kept, replace(desk_of(kept), who=who))
                await calls.save(connection, kept)
        self._show(kept)
        self._pop(agent, kept)
        return kept.call.state is not CallState.ENDED

    def answered(self, agent_id: str, kept: KeptCall) -> None:
        """An agent has answered: the moment at which some want the record."""
        if self._rules.of(agent_id, kept.account_id).habits.pop is Pop.ANSWERED:
            self._open(agent_id, kept)

    def _pop(self, agent: Agent, kept: KeptCall) -> None:
        pop = self._rules.of(agent.id, kept.account_id).habits.pop
        leg = next((each for each in kept.call.told if kept.agents.get(each.line) == agent.id), None)
        if pop is Pop.RINGING or (pop is Pop.ANSWERED and leg and leg.answered_at):
            self._open(agent.id, kept)

    def _open(self, agent_id: str, kept: KeptCall) -> None:
        who = self._rules.of(agent_id, kept.account_id).shown(desk_of(kept).who)
        coming_in = kept.call.direction is Direction.INBOUND and kept.call.state is not CallState.ENDED
        if who.answer is Answer.ONE and coming_in:
            self._tell(agent_id, ScreenPopFrame(kept.id, who.contacts[0].url))

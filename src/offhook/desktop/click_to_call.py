"""Click-to-call and call control: the one path from the agent to the phone system.

Asking is all that happens here. What becomes of it comes back as deliveries, like everything about a call.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from offhook.agents.agent import Agent
from offhook.calls import store as calls
from offhook.calls.events import CallStarted, Direction
from offhook.calls.phone_number import PhoneNumber, parse
from offhook.calls.store import KeptCall
from offhook.database import Database
from offhook.desktop.call_monitor import AfterCommit, CallMonitor
from offhook.errors import InvalidInput, InvalidNumber, Unsupported, WrongState
from offhook.telephony.phone_system import (
    CAPABILITY_FOR,
    Action,
    Capability,
    HasSoftphone,
    HasStatus,
    PhoneSystem,
    TakesCodes,
)


class ClickToCall:
    """What an agent asks of her phone system."""

    def __init__(
        self,
        database: Database,
        systems: Mapping[str, PhoneSystem],
        monitor: CallMonitor,
        now: Callable[[], datetime],
        region: str,
    ) -> None:
        self._database = database
        self._systems = systems
        self._monitor = monitor
        self._now = now
        self._region = region

    async def dial(self, agent: Agent, text: str, contact_id: str | None = None) -> KeptCall:
        """Call a number in any writing; `contact_id` is the record from which it was dialled.

        Raises:
            InvalidNumber, WrongState: not logged in to a line, or it is busy; Unsupported, PhoneSystemUnavailable.
        """
        number = self._number(text)
        system, line = self._line(agent)
        if Capability.DIAL not in system.capabilities:
            raise Unsupported(_why_not(system, f"{system.title} cannot be asked to dial; dial on the phone."))
        external_id = await system.dial(line, number)
        started = CallStarted(external_id, self._now(), Direction.OUTBOUND, number.e164)
        try:
            kept, after = await self._keep(agent, line, started, contact_id)
        except IntegrityError:  # the phone system's own delivery was kept at the same moment: join it
            kept, after = await self._keep(agent, line, started, contact_id)
        after()
        return kept

    async def _keep(
        self, agent: Agent, line: str, started: CallStarted, contact_id: str | None
    ) -> tuple[KeptCall, AfterCommit]:
        async with self._database.transaction() as connection:
            return await self._monitor.dialled(connection, agent, line, started, contact_id)

    async def control(self, agent: Agent, call_id: str, action: Action, to: str = "") -> KeptCall:
        """Do something to the agent's leg of a call.

        Raises:
            NotFound, WrongState, Unsupported, InvalidNumber, PhoneSystemUnavailable.
        """
        async with self._database.reading() as connection:
            kept = await calls.of_agent(connection, agent.id, call_id)
        line = kept.line_of(agent.id)
        system = self._systems[kept.call.phone_system]
        if CAPABILITY_FOR[action] not in system.capabilities:
            raise Unsupported(_why_not(system, f"{system.title} cannot do that from here; use the phone."))
        if line is None:
            raise WrongState("This call is not on your line.")
        await system.control(kept.call.id, line, action, self._target(action, to))
        return kept

    async def set_codes(self, agent: Agent, call_id: str, codes: tuple[str, ...]) -> None:
        """Say what became of a call in the phone system's own codes (ids). What comes of it is told as a delivery.

        Raises:
            NotFound, InvalidInput, Unsupported; WrongState, PhoneSystemRightMissing, PhoneSystemUnavailable: not taken.
        """
        async with self._database.reading() as connection:
            kept = await calls.of_agent(connection, agent.id, call_id)
        system, line = self._systems.get(kept.call.phone_system), kept.line_of(agent.id)
        if line is None or not isinstance(system, TakesCodes) or not system.codes:
            raise Unsupported("The phone system of this call takes no codes.")
        if not set(codes) <= {each.id for each in system.codes}:
            raise InvalidInput("There is no such code.")
        if len(set(codes)) > system.most_codes:
            raise InvalidInput(f"A call can have {system.most_codes} codes; these are {len(set(codes))}.")
        try:
            await system.set_codes(kept.call.id, line, tuple(dict.fromkeys(codes)))
        except WrongState as error:
            raise WrongState(error.says, remedy="Choose other codes, or save without any.") from error

    async def set_status(self, agent: Agent, key: str) -> None:
        """Change what the agent does, in a phone system that has a status of hers.

        Raises:
            WrongState, InvalidInput, Unsupported, PhoneSystemRightMissing, PhoneSystemUnavailable.
        """
        system, line = self._line(agent)
        if not isinstance(system, HasStatus):
            raise Unsupported(f"{system.title} has no status that could be changed.")
        await system.set_status(line, key)

    def _number(self, text: str) -> PhoneNumber:
        """What to dial. Digits that only the phone system understands, such as a line, are its own business."""
        number = parse(text, self._region)
        if isinstance(number, PhoneNumber):
            return number
        if number.why != "internal":
            raise InvalidNumber(f"“{text[:40]}” is not a phone number that can be dialled.")
        return PhoneNumber(re.sub(r"[^\d*#]", "", text.partition("@")[0]))

    def _target(self, action: Action, to: str) -> str:
        if action is not Action.TRANSFER:
            return ""
        number = parse(to, self._region)
        if isinstance(number, PhoneNumber):
            return number.e164
        if number.why != "internal":
            raise InvalidNumber(f"“{to[:40]}” is neither a line nor a phone number.")
        return to.strip()

    def _line(self, agent: Agent) -> tuple[PhoneSystem, str]:
        system = self._systems.get(agent.phone_system or "")
        if system is None or agent.line is None:
            raise WrongState("You are not logged in to a line.", remedy="Log in to your line in the panel first.")
        return system, agent.line


def _why_not(system: PhoneSystem, otherwise: str) -> str:
    if isinstance(system, HasSoftphone):
        return "Your browser is the telephone here, and it is not connected just now: see the state of your line above."
    return otherwise

"""Wrap-up at the desk: notes kept while the agent types, then the outcome; and who it was, when that was not clear."""

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.calls import store as calls
from offhook.calls.call import CallState
from offhook.calls.store import KeptCall
from offhook.calls.wrap_up import noted, saved
from offhook.desktop.call_log import AMEND_CALL_LOG, LOG_CALL, put_log_job
from offhook.desktop.desk import BY_HAND, Log, LogState, desk_of, with_desk, with_log
from offhook.desktop.who import ContactCard, found
from offhook.errors import InvalidInput, WrongState
from offhook.hubspot.engagements import OUTCOMES
from offhook.jobs import outbox


class WrapUps:
    """What an agent adds to her calls. Each method runs inside the caller's transaction."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    async def note(self, connection: AsyncConnection, agent_id: str, call_id: str, notes: str) -> None:
        """Keep a draft; it reaches the timeline with the next writing of the log.

        A draft that was on its way while the wrap-up was saved is older than that, and no longer wanted.
        """
        kept = await calls.of_agent(connection, agent_id, call_id)
        if agent_id in kept.wrap_up.saved_by:
            return
        await calls.save(connection, replace(kept, wrap_up=noted(kept.wrap_up, notes)))

    async def choose_contact(
        self,
        connection: AsyncConnection,
        agent_id: str,
        call_id: str,
        contact_id: str,
        card: ContactCard | None = None,
    ) -> KeptCall:
        """The agent says who it is; a call that waited for that is logged now. `card`: the contact, if just made."""
        kept = await calls.of_agent(connection, agent_id, call_id)
        if card:
            kept = with_desk(kept, replace(desk_of(kept), who=found((card,))))
        kept = replace(kept, wrap_up=replace(kept.wrap_up, contact=_contact_id(contact_id)))
        return await self._keep(connection, kept)

    async def save(
        self,
        connection: AsyncConnection,
        agent_id: str,
        call_id: str,
        *,
        notes: str,
        outcome: str | None,
        contact_id: str | None,
    ) -> KeptCall:
        """Finish the wrap-up.

        Raises:
            InvalidInput: no such outcome.
            WrongState: the agent is still on the call.
        """
        if outcome is not None and outcome not in OUTCOMES:
            raise InvalidInput("There is no such outcome.")
        kept = await calls.of_agent(connection, agent_id, call_id)
        leg = kept.call.leg_on(kept.line_of(agent_id) or "")
        if leg is None or leg.ending is None:
            raise WrongState("The call has not ended yet.")
        contact = _contact_id(contact_id) if contact_id else None
        kept = replace(kept, wrap_up=saved(kept.wrap_up, notes, outcome, contact, self._now(), agent_id))
        return await self._keep(connection, kept)

    async def log_again(self, connection: AsyncConnection, agent_id: str, call_id: str) -> KeptCall:
        """Try the log again now, whatever it waits for."""
        kept = await calls.of_agent(connection, agent_id, call_id)
        if desk_of(kept).log == BY_HAND:
            kept = with_log(kept, Log(LogState.WAITING))
        for kind in (LOG_CALL, AMEND_CALL_LOG):
            await outbox.retry_now(connection, kind, kept.id, self._now())
        return await self._keep(connection, kept)

    async def _keep(self, connection: AsyncConnection, kept: KeptCall) -> KeptCall:
        await calls.save(connection, kept)
        if kept.call.state is CallState.ENDED and desk_of(kept).log != BY_HAND:
            await put_log_job(connection, kept, AMEND_CALL_LOG, self._now())
        return kept


def _contact_id(text: str) -> str:
    """HubSpot's record ids are digits; anything else would end up in an address."""
    if not (text.isdecimal() and len(text) <= 20):
        raise InvalidInput("That is no HubSpot contact.")
    return text

"""The call log: every call on the timeline, once.

Two kinds of job, in one lane a call so that they keep their order: `log_call` when the last leg has ended,
`amend_call_log` when the agent has wrapped up or something was learned later. Both bring HubSpot's engagement up to what
we know *now*, so doing either again is harmless. When the answer of a try was lost, what it may have made is looked for
before anything is made again.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.calls import store as calls
from offhook.calls.call import CallState, EndedHow
from offhook.calls.events import Direction
from offhook.calls.phone_number import PhoneNumber, Unreadable, parse
from offhook.calls.store import KeptCall
from offhook.database import Database
from offhook.desktop.callers import ActingFor, Callers, ContactUrl
from offhook.desktop.desk import Log, LogState, chosen_contact, desk_of, unasked, with_desk, with_log
from offhook.desktop.recordings import OnTimeline, Recordings
from offhook.desktop.who import Answer, Reason, Who
from offhook.errors import HubSpotNotFound
from offhook.hubspot.contacts import Contact
from offhook.hubspot.engagements import AskedOf, CallLogEntry
from offhook.jobs import outbox

log = structlog.get_logger()

LOG_CALL = "log_call"
AMEND_CALL_LOG = "amend_call_log"
UNLOG_CALL = "unlog_call"

NO_CONTACT = Reason(
    "no-contact", "No contact in HubSpot has this number.", "Choose or create the contact, and the call is logged."
)
CHOOSE_CONTACT = Reason(
    "choose-contact", "Several contacts have this number.", "Choose the right one, and the call is logged."
)
GONE = Reason("contact-gone", "The contact is no longer in HubSpot.", "Choose another, and the call is logged.")


class LogJob(Struct, frozen=True):
    call_id: str


async def put_log_job(connection: AsyncConnection, kept: KeptCall, kind: str, now: datetime) -> None:
    """Ask for the call's engagement to be brought up to date, in the caller's transaction."""
    await outbox.put(
        connection,
        kind=kind,
        key=kept.id,
        lane=kept.id,
        subject=kept.agent_id or "",
        account_id=kept.account_id,
        payload=msgspec.json.encode(LogJob(kept.id)),
        now=now,
    )


class UnlogJob(Struct, frozen=True):
    """A call that is part of another now, and what HubSpot may hold of it."""

    call_id: str
    agent_id: str
    engagement_id: str | None
    contact_id: str | None


async def put_unlog_job(connection: AsyncConnection, joined: KeptCall, now: datetime) -> None:
    """Ask for what HubSpot holds of a call that was joined to another to be taken away; behind its own log jobs."""
    log_of = desk_of(joined).log
    if joined.agent_id is None or not log_of.attempted:
        return
    job = UnlogJob(joined.id, joined.agent_id, log_of.engagement_id, log_of.contact_id)
    await outbox.put(
        connection,
        kind=UNLOG_CALL,
        key=joined.id,
        lane=joined.id,
        subject=joined.agent_id,
        account_id=joined.account_id,
        payload=msgspec.json.encode(job),
        now=now,
    )


class CallLog:
    """Writes engagements. `show` puts the call, as it is now, on the panels of those on it."""

    def __init__(
        self,
        database: Database,
        callers: Callers,
        acting_for: ActingFor,
        contact_url: ContactUrl,
        show: Callable[[KeptCall], None],
        region: str,
        by: Callable[[Agent], Awaitable[str | None]],
        recordings: Recordings,
    ) -> None:
        """`by` says whose grant stands in for the agent's own; None when hers is used."""
        self._by, self._recordings = by, recordings
        self._database = database
        self._callers = callers
        self._acting_for = acting_for
        self._contact_url = contact_url
        self._show = show
        self._region = region

    async def bring_up_to_date(self, payload: bytes) -> None:
        """The handler of both kinds of job.

        Raises:
            OffhookError: the engagement could not be written; the error says whether trying again can help.
        """
        call_id = msgspec.json.decode(payload, type=LogJob).call_id
        async with self._database.reading() as connection:
            kept = await calls.get(connection, call_id)
            agent = await agents.get(connection, kept.agent_id) if kept.agent_id else None
        if agent is None or kept.call.state is not CallState.ENDED or kept.id != call_id:  # it was joined to another
            return
        contact_id = chosen_contact(kept) or await self._find_contact(agent, kept)
        if contact_id:
            await self._write(agent, call_id, contact_id)

    async def unlog(self, payload: bytes) -> None:
        """The handler of `unlog_call`. Raises as `bring_up_to_date`."""
        job = msgspec.json.decode(payload, type=UnlogJob)
        async with self._database.reading() as connection:
            agent = await agents.get(connection, job.agent_id)
        acting = self._acting_for(agent)
        engagement_id = job.engagement_id or await acting.call_logged_as(job.call_id, job.contact_id)
        if engagement_id:
            await acting.take_call_away(engagement_id)
            log.info("A part of a call is off the timeline.", action="call_unlogged", call=job.call_id)

    async def _find_contact(self, agent: Agent, kept: KeptCall) -> str | None:
        """Ask again whose number it is: that may not have been known while it rang."""
        number = parse(kept.call.party.number, self._region)
        if isinstance(number, Unreadable):
            log_of = unasked(kept.call.party.number, number)
            await self._settle(kept.id, state=log_of.state, reason=log_of.reason)
            return None
        who = await self._callers.find(agent, number)
        if who.answer is Answer.ONE:
            await self._keep_who(kept.id, who)
            return who.contacts[0].id
        reason = NO_CONTACT if who.answer is Answer.NONE else CHOOSE_CONTACT
        await self._settle(kept.id, who, state=LogState.WAITING, reason=reason)
        return None

    async def _write(self, agent: Agent, call_id: str, contact_id: str) -> None:
        acting = self._acting_for(agent)
        try:
            contact = await acting.contact(contact_id)
        except HubSpotNotFound:
            await self._settle(call_id, state=LogState.WAITING, reason=GONE)
            return
        about = await self._about_to_write(call_id, contact_id)
        if about is None:
            return
        kept, before = about
        entry = entry_for(kept, agent, contact, self._region, self._recordings.on_timeline(kept))
        engagement_id = before.engagement_id
        if engagement_id is None and before.attempted:
            engagement_id = await acting.call_logged_as(entry.external_id, before.contact_id or contact_id)
        if engagement_id is None:
            engagement_id = await acting.log_call(entry)
        else:
            await acting.amend_call(engagement_id, entry, before.contact_id)
        logged = {
            "state": LogState.LOGGED,
            "engagement_id": engagement_id,
            "contact_id": contact_id,
            "url": self._contact_url(agent.account_id, contact_id),
            "by": await self._by(agent),
        }
        await self._settle(call_id, None, reason=None, **logged)
        log.info("A call is on the timeline.", action="call_logged", call=call_id, engagement=engagement_id)

    async def _about_to_write(self, call_id: str, contact_id: str) -> tuple[KeptCall, Log] | None:
        """Keep that HubSpot is about to be asked; gives the call as it is now, and the log as it was before.

        None when the call is part of another now.
        """
        async with self._database.transaction() as connection:
            kept = await calls.get(connection, call_id)
            if kept.id != call_id:  # it was joined to another since
                return None
            before = desk_of(kept).log
            about = replace(before, attempted=True, contact_id=before.contact_id or contact_id)
            await calls.save(connection, with_log(kept, about))
        return kept, before

    async def _keep_who(self, call_id: str, who: Who) -> None:
        async with self._database.transaction() as connection:
            kept = await calls.get(connection, call_id)
            await calls.save(connection, with_desk(kept, replace(desk_of(kept), who=who)))

    async def _settle(self, call_id: str, who: Who | None = None, **changes: Any) -> None:
        """Keep how far the log is, and show it. What HubSpot holds already is not forgotten."""
        async with self._database.transaction() as connection:
            kept = await calls.get(connection, call_id)
            if kept.id != call_id:  # it was joined to another since, and `unlog_call` follows
                return
            desk = desk_of(kept)
            entry = replace(desk.log, next_try_at=None, **changes)
            kept = with_desk(kept, replace(desk, log=entry, who=who or desk.who))
            await calls.save(connection, kept)
        self._show(kept)

    async def not_yet(self, call_id: str, state: LogState, problem: Reason, next_try_at: datetime | None) -> None:
        """The job did not get through: say so on the panel. The worker tries again, or waits for a person."""
        async with self._database.transaction() as connection:
            kept = await calls.get(connection, call_id)
            if kept.id != call_id:
                return
            entry = replace(desk_of(kept).log, state=state, reason=problem, next_try_at=next_try_at)
            await calls.save(connection, with_log(kept, entry))
        self._show(with_log(kept, entry))


def entry_for(kept: KeptCall, agent: Agent, contact: Contact, region: str, recording: OnTimeline) -> CallLogEntry:
    """What the timeline shall say of a call that has ended. Pure."""
    call = kept.call
    outbound = call.direction is Direction.OUTBOUND
    number = parse(call.party.number, region)
    customer = number.e164 if isinstance(number, PhoneNumber) else call.party.number
    line = next((line for line, who in kept.agents.items() if who == agent.id), "")
    return CallLogEntry(
        external_id=kept.id,
        direction=call.direction or Direction.INBOUND,
        ended_how=call.ended_how or EndedHow.COMPLETED,
        started_at=call.began,
        duration=call.duration or timedelta(),
        from_number=line if outbound else customer,
        to_number=customer if outbound else line,
        title=f"Call to {contact.name}" if outbound else f"Call from {contact.name}",
        outcome=kept.wrap_up.outcome,
        notes=kept.wrap_up.notes,
        codes=call.codes.words if call.codes else (),
        owner_id=agent.owner_id,
        contact_id=contact.id,
        company_id=contact.company_id,
        recording_url=recording.url,
        recording_asked_of=AskedOf(recording.app_id, agent.account_id) if recording.app_id else None,
    )

"""The agent's calls: dial, control, note, wrap up."""

from datetime import UTC, datetime
from typing import Annotated

from litestar import get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Struct

from offhook.agents.agent import Agent
from offhook.calls.store import KeptCall
from offhook.desktop.panel import CallView
from offhook.errors import InvalidInput
from offhook.telephony.phone_system import Action
from offhook.web.parts import Parts, TheAgent, TheParts


class CallPage(Struct, frozen=True):
    calls: tuple[CallView, ...]
    more: bool


class Dial(Struct, frozen=True):
    number: str
    contact_id: str | None = None


class Target(Struct, frozen=True):
    to: str = ""


class Notes(Struct, frozen=True):
    notes: str


class Chosen(Struct, frozen=True):
    contact_id: str


class Outcome(Struct, frozen=True):
    notes: str
    outcome: str | None = None
    contact_id: str | None = None
    codes: tuple[str, ...] = ()


@get("/api/calls", tags=["Calls"])
async def recent_calls(
    agent: TheAgent,
    parts: TheParts,
    before: FromQuery[datetime | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=100)] = 20,
) -> CallPage:
    """The agent's calls, newest first; a time without a zone is UTC."""
    page, more = await parts.panels.recent(agent.id, _in_utc(before) if before else None, limit)
    return CallPage(tuple(page), more)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError as error:
        raise InvalidInput("There is no such time.") from error


@post("/api/calls", tags=["Calls"])
async def dial(data: JSONBody[Dial], agent: TheAgent, parts: TheParts) -> CallView:
    """Click-to-call."""
    kept = await parts.click_to_call.dial(agent, data.number, data.contact_id)
    return parts.panels.call(kept, agent.id)


@post("/api/calls/{call_id:str}/{action:str}", status_code=200, tags=["Calls"])
async def control(
    call_id: FromPath[str],
    action: FromPath[Action],
    agent: TheAgent,
    parts: TheParts,
    data: JSONBody[Target | None] = None,
) -> CallView:
    """Ask something of the agent's leg; what becomes of it comes over the live stream."""
    kept = await parts.click_to_call.control(agent, call_id, action, data.to if data else "")
    return parts.panels.call(kept, agent.id)


@put("/api/calls/{call_id:str}/notes", status_code=204, tags=["Calls"])
async def keep_notes(call_id: FromPath[str], data: JSONBody[Notes], agent: TheAgent, parts: TheParts) -> None:
    """A draft, saved while typing."""
    async with parts.database.transaction() as connection:
        await parts.wrap_ups.note(connection, agent.id, call_id, data.notes)


@put("/api/calls/{call_id:str}/contact", tags=["Calls"])
async def choose_contact(call_id: FromPath[str], data: JSONBody[Chosen], agent: TheAgent, parts: TheParts) -> CallView:
    """The agent says who it is."""
    async with parts.database.transaction() as connection:
        kept = await parts.wrap_ups.choose_contact(connection, agent.id, call_id, data.contact_id)
    return _settled(parts, kept, agent)


@post("/api/calls/{call_id:str}/wrap-up", status_code=200, tags=["Calls"])
async def wrap_up(call_id: FromPath[str], data: JSONBody[Outcome], agent: TheAgent, parts: TheParts) -> CallView:
    """Finish the work after the call. Codes first: when the phone system does not take them, nothing is saved either."""
    if data.codes:
        await parts.click_to_call.set_codes(agent, call_id, data.codes)
    async with parts.database.transaction() as connection:
        kept = await parts.wrap_ups.save(
            connection, agent.id, call_id, notes=data.notes, outcome=data.outcome, contact_id=data.contact_id
        )
    return _settled(parts, kept, agent)


@post("/api/calls/{call_id:str}/log", status_code=200, tags=["Calls"])
async def log_again(call_id: FromPath[str], agent: TheAgent, parts: TheParts) -> CallView:
    """Try the log again now."""
    async with parts.database.transaction() as connection:
        kept = await parts.wrap_ups.log_again(connection, agent.id, call_id)
    return _settled(parts, kept, agent)


def _settled(parts: Parts, kept: KeptCall, agent: Agent) -> CallView:
    parts.nudge()
    parts.panels.show(kept)
    return parts.panels.call(kept, agent.id)


routes = [recent_calls, dial, control, keep_notes, choose_contact, wrap_up, log_again]

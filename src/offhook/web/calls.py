"""The agent's calls: dial, control, note, wrap up."""

from datetime import datetime
from typing import Annotated

from litestar import get, post, put
from litestar.params import Parameter
from msgspec import Struct

from offhook.agents.agent import Agent
from offhook.calls.store import KeptCall
from offhook.desktop.panel import CallView
from offhook.telephony.phone_system import Action
from offhook.web.parts import Parts


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


@get("/api/calls", tags=["Calls"])
async def recent_calls(
    agent: Agent,
    parts: Parts,
    before: datetime | None = None,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 20,
) -> CallPage:
    """The agent's calls, newest first."""
    page, more = await parts.panels.recent(agent.id, before, limit)
    return CallPage(tuple(page), more)


@post("/api/calls", tags=["Calls"])
async def dial(data: Dial, agent: Agent, parts: Parts) -> CallView:
    """Click-to-call."""
    kept = await parts.click_to_call.dial(agent, data.number, data.contact_id)
    return parts.panels.call(kept, agent.id)


@post("/api/calls/{call_id:str}/{action:str}", status_code=200, tags=["Calls"])
async def control(call_id: str, action: Action, agent: Agent, parts: Parts, data: Target | None = None) -> CallView:
    """Ask something of the agent's leg; what becomes of it comes over the live stream."""
    kept = await parts.click_to_call.control(agent, call_id, action, data.to if data else "")
    return parts.panels.call(kept, agent.id)


@put("/api/calls/{call_id:str}/notes", status_code=204, tags=["Calls"])
async def keep_notes(call_id: str, data: Notes, agent: Agent, parts: Parts) -> None:
    """A draft, saved while typing."""
    async with parts.database.transaction() as connection:
        await parts.wrap_ups.note(connection, agent.id, call_id, data.notes)


@put("/api/calls/{call_id:str}/contact", tags=["Calls"])
async def choose_contact(call_id: str, data: Chosen, agent: Agent, parts: Parts) -> CallView:
    """The agent says who it is."""
    async with parts.database.transaction() as connection:
        kept = await parts.wrap_ups.choose_contact(connection, agent.id, call_id, data.contact_id)
    return _settled(parts, kept, agent)


@post("/api/calls/{call_id:str}/wrap-up", status_code=200, tags=["Calls"])
async def wrap_up(call_id: str, data: Outcome, agent: Agent, parts: Parts) -> CallView:
    """Finish the work after the call."""
    async with parts.database.transaction() as connection:
        kept = await parts.wrap_ups.save(
            connection, agent.id, call_id, notes=data.notes, outcome=data.outcome, contact_id=data.contact_id
        )
    return _settled(parts, kept, agent)


@post("/api/calls/{call_id:str}/log", status_code=200, tags=["Calls"])
async def log_again(call_id: str, agent: Agent, parts: Parts) -> CallView:
    """Try the log again now."""
    async with parts.database.transaction() as connection:
        kept = await parts.wrap_ups.log_again(connection, agent.id, call_id)
    return _settled(parts, kept, agent)


def _settled(parts: Parts, kept: KeptCall, agent: Agent) -> CallView:
    parts.nudge()
    parts.panels.show(kept)
    return parts.panels.call(kept, agent.id)


routes = [recent_calls, dial, control, keep_notes, choose_contact, wrap_up, log_again]

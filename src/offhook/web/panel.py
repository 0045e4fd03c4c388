"""The agent's desk: her panel, phone system, line, and whether she takes calls."""

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.desktop.panel import Panel
from offhook.diagnosis.report import Report
from offhook.errors import InvalidInput, NotAllowed, WrongLineLogin, WrongState
from offhook.policies import store as policies
from offhook.policies.policy import Preferences, refuse_locked
from offhook.telephony.phone_system import PhoneSystem
from offhook.web.elevations import take_back
from offhook.web.parts import Parts, TheAgent, TheParts


class PhoneSystemChoice(Struct, frozen=True):
    phone_system: str


class LineLogin(Struct, frozen=True):
    line: str
    secret: str | None = None


class Availability(Struct, frozen=True):
    available: bool


class ChosenStatus(Struct, frozen=True):
    status: str


@get("/api/panel", tags=["Panel"])
async def panel(agent: TheAgent, parts: TheParts) -> Panel:
    """Everything that the panel shows."""
    return await parts.panels.of(agent.id)


@get("/api/diagnosis", tags=["Panel"])
async def diagnosis(agent: TheAgent, parts: TheParts) -> Report:
    """What stands in this agent's way, if anything."""
    return await parts.agent_report(agent)


@put("/api/phone-system", tags=["Panel"])
async def choose_phone_system(data: JSONBody[PhoneSystemChoice], agent: TheAgent, parts: TheParts) -> Panel:
    """Choose the product. Another one means another line login."""
    if data.phone_system not in parts.systems:
        raise InvalidInput("There is no such phone system here.")
    if data.phone_system != agent.phone_system:
        await leave_line(agent, parts)
        async with parts.database.transaction() as connection:
            await agents.choose_phone_system(connection, agent.id, data.phone_system, parts.now())
    return await parts.panels.changed(agent.id)


@post("/api/line-login", status_code=200, tags=["Panel"])
async def log_in_to_line(data: JSONBody[LineLogin], agent: TheAgent, parts: TheParts) -> Panel:
    """Sign in to the agent's place in the phone system."""
    system = parts.systems.get(agent.phone_system or "")
    if system is None:
        raise WrongState("No phone system is chosen.", remedy="Choose your product in the panel first.")
    line = data.line.strip()
    if not (0 < len(line) <= 64 and line.isprintable()):
        raise InvalidInput("A line has 1 to 64 characters.")
    name = await _prove_line(system, agent, line, data.secret or "", parts)
    async with parts.database.transaction() as connection:
        await agents.take_line(connection, agent, line, name, parts.now())
    return await parts.panels.changed(agent.id)


async def _prove_line(system: PhoneSystem, agent: Agent, line: str, secret: str, parts: Parts) -> str:
    """The line's name; a wrong PIN is counted, and too many are refused before they are looked at."""
    parts.line_logins.check(agent.id, system.key, line, parts.now())
    try:
        return await system.log_in(line, secret)
    except WrongLineLogin:
        parts.line_logins.wrong(agent.id, system.key, line, parts.now())
        raise


@delete("/api/line-login", status_code=200, tags=["Panel"])
async def log_out_of_line(agent: TheAgent, parts: TheParts) -> Panel:
    """Leave the line; a call on it goes on in the phone system."""
    await leave_line(agent, parts)
    return await parts.panels.changed(agent.id)


@put("/api/availability", tags=["Panel"])
async def set_availability(data: JSONBody[Availability], agent: TheAgent, parts: TheParts) -> Panel:
    """Whether the agent takes calls now."""
    async with parts.database.transaction() as connection:
        await agents.set_available(connection, agent.id, data.available)
    return await parts.panels.changed(agent.id)


@put("/api/status", tags=["Panel"])
async def set_status(data: JSONBody[ChosenStatus], agent: TheAgent, parts: TheParts) -> Panel:
    """Change what the agent does, where the phone system has a status of hers: one of `Panel.status.choices`."""
    await parts.click_to_call.set_status(agent, data.status)
    return await parts.panels.changed(agent.id)


@put("/api/preferences", tags=["Panel"])
async def change_preferences(data: JSONBody[Preferences], agent: TheAgent, parts: TheParts) -> Panel:
    """How the agent's own calls are treated; null: as the account has it."""
    async with parts.database.transaction() as connection:
        policy = await policies.policy_of(connection, agent.account_id)
        refuse_locked(policy, data)
        await policies.save_preferences(connection, agent.id, data)
    await parts.rules.refresh()
    return await parts.panels.changed(agent.id)


@post("/api/reminders/{elevation_id:str}/done", status_code=200, tags=["Administration"])
async def rights_taken_back(elevation_id: FromPath[str], agent: TheAgent, parts: TheParts) -> Panel:
    """An administrator says that rights which were lent are taken back."""
    if not parts.panels.is_administrator(agent):
        raise NotAllowed("Only an administrator can say that.")
    await take_back(parts, agent, elevation_id)
    return await parts.panels.of(agent.id)


async def leave_line(agent: Agent, parts: Parts) -> None:
    """Log the agent out of her line, if she is on one."""
    system = parts.systems.get(agent.phone_system or "")
    if system and agent.line:
        await system.log_out(agent.line)
    async with parts.database.transaction() as connection:
        await agents.leave_line(connection, agent.id, parts.now())


routes = [
    panel,
    diagnosis,
    choose_phone_system,
    log_in_to_line,
    log_out_of_line,
    set_availability,
    set_status,
    change_preferences,
    rights_taken_back,
]

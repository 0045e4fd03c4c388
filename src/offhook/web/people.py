"""What administrators see of the people in their account and of its phone systems; and one press to look again."""

from litestar import get, post
from litestar.params import FromPath
from msgspec import Struct

from offhook.administration.people import PeopleView
from offhook.administration.person import Person
from offhook.agents import store as agents
from offhook.telephony.phone_system import Capability, PhoneSystem
from offhook.web.administration import TheAdministrator, note
from offhook.web.parts import TheParts


class TaskView(Struct, frozen=True):
    task_url: str


class LineInUse(Struct, frozen=True):
    """A line that somebody of the account is logged in to; `agent`: her name."""

    number: str
    name: str
    agent: str | None


class PhoneSystemInUse(Struct, frozen=True):
    key: str
    title: str
    says: str
    can: tuple[Capability, ...]
    lines: tuple[LineInUse, ...]


class PhoneSystemsView(Struct, frozen=True):
    phone_systems: tuple[PhoneSystemInUse, ...]


@get("/api/administration/people", tags=["Administration"])
async def people(administrator: TheAdministrator, parts: TheParts) -> PeopleView:
    """Everybody in the account: connected or not, and what stands in her way."""
    return await parts.office.people.of(administrator)


@post("/api/administration/people/{hubspot_user_id:int}/check", status_code=200, tags=["Administration"])
async def check_person(hubspot_user_id: FromPath[int], administrator: TheAdministrator, parts: TheParts) -> Person:
    """Ask HubSpot about her now, look whether her own connection works, and tell her that somebody has looked."""
    person = await parts.office.attending.check(administrator, hubspot_user_id)
    if person.state != "connected" or person.agent_id is None:
        return person
    async with parts.database.reading() as connection:
        agent = await agents.get(connection, person.agent_id)
    await parts.agent_report(agent)  # asks HubSpot in her own name: what is broken is noticed by that
    return await parts.office.people.one(administrator, hubspot_user_id)


@post("/api/administration/people/{hubspot_user_id:int}/task", status_code=200, tags=["Administration"])
async def make_task(hubspot_user_id: FromPath[int], administrator: TheAdministrator, parts: TheParts) -> TaskView:
    """Make a HubSpot task for a Super Admin of what somebody asked for; once."""
    url = await parts.office.help_desk.task(administrator, hubspot_user_id)
    person = await parts.office.people.one(administrator, hubspot_user_id)
    await note(parts, administrator, "task-made", f"A HubSpot task for {person.email or person.name}.")
    return TaskView(url)


@get("/api/administration/phone-systems", tags=["Administration"])
async def phone_systems(administrator: TheAdministrator, parts: TheParts) -> PhoneSystemsView:
    """What agents can choose, and who of the account is on which line."""
    async with parts.database.reading() as connection:
        everybody = await agents.in_account(connection, administrator.account_id)
    lines: dict[str, list[LineInUse]] = {}
    for each in everybody:
        if each.phone_system and each.line:
            lines.setdefault(each.phone_system, []).append(LineInUse(each.line, each.line_name or each.line, each.name))
    return PhoneSystemsView(tuple(_in_use(system, lines.get(system.key, [])) for system in parts.systems.values()))


def _in_use(system: PhoneSystem, lines: list[LineInUse]) -> PhoneSystemInUse:
    in_order = tuple(sorted(lines, key=lambda line: line.number))
    return PhoneSystemInUse(system.key, system.title, system.says, tuple(sorted(system.capabilities)), in_order)


routes = [people, check_person, make_task, phone_systems]

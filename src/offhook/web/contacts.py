"""HubSpot's contacts, for the agent."""

from typing import Annotated

from litestar import get, post
from litestar.params import Parameter
from msgspec import Struct

from offhook.agents.agent import Agent
from offhook.desktop.who import ContactCard, Who
from offhook.web.parts import Parts


class NewContact(Struct, frozen=True):
    number: str
    first_name: str = ""
    last_name: str = ""
    email: str | None = None
    call_id: str | None = None


@get("/api/contacts", tags=["Contacts"])
async def search_contacts(text: Annotated[str, Parameter(query="query")], agent: Agent, parts: Parts) -> Who:
    """By name, e-mail, company, or any form of a number. *None*, *not allowed* and *could not ask* are answers too."""
    return await parts.search.search(agent, text)


@post("/api/contacts", tags=["Contacts"])
async def create_contact(data: NewContact, agent: Agent, parts: Parts) -> ContactCard:
    """A new contact, unless there is one already (409 `contact-exists`). With `call_id`, the call becomes theirs."""
    card = await parts.search.create(
        agent, first_name=data.first_name, last_name=data.last_name, email=data.email, number=data.number
    )
    if data.call_id:
        async with parts.database.transaction() as connection:
            kept = await parts.wrap_ups.choose_contact(connection, agent.id, data.call_id, card.id, card)
        parts.nudge()
        parts.panels.show(kept)
    return card


routes = [search_contacts, create_contact]

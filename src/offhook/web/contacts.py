"""HubSpot's contacts, for the agent."""

from typing import Annotated

from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct

from offhook.calls import store as calls
from offhook.desktop.around import CAPABILITY_OF, Shelf
from offhook.desktop.who import ContactCard, Who
from offhook.web.parts import TheAgent, TheParts


class NewContact(Struct, frozen=True):
    number: str
    first_name: str = ""
    last_name: str = ""
    email: str | None = None
    call_id: str | None = None


@get("/api/contacts", tags=["Contacts"])
async def search_contacts(text: Annotated[str, QueryParameter(name="query")], agent: TheAgent, parts: TheParts) -> Who:
    """By name, e-mail, company, or any form of a number. *None*, *not allowed* and *could not ask* are answers too."""
    return await parts.search.search(agent, text)


@post("/api/contacts", tags=["Contacts"])
async def create_contact(data: JSONBody[NewContact], agent: TheAgent, parts: TheParts) -> ContactCard:
    """A new contact, unless there is one already (409 `contact-exists`). With `call_id`, the call becomes theirs."""
    if data.call_id:  # before anything is made: whose call it is
        async with parts.database.reading() as connection:
            await calls.of_agent(connection, agent.id, data.call_id)
    card = await parts.search.create(
        agent, first_name=data.first_name, last_name=data.last_name, email=data.email, number=data.number
    )
    if data.call_id:
        async with parts.database.transaction() as connection:
            kept = await parts.wrap_ups.choose_contact(connection, agent.id, data.call_id, card.id, card)
        parts.nudge()
        parts.panels.show(kept)
    return card


class Shelves(Struct, frozen=True):
    """`off`: kinds that are not shown, because the capability for them is off."""

    shelves: tuple[Shelf, ...]
    off: tuple[str, ...]


@get("/api/contacts/{contact_id:str}/around", tags=["Contacts"])
async def around_contact(contact_id: FromPath[str], agent: TheAgent, parts: TheParts) -> Shelves:
    """Company, deals and tickets of a contact, as far as the agent was granted them."""
    on = {each.key for each in (await parts.grant_view(agent.id)).capabilities if each.on}
    kinds = tuple(kind for kind, key in CAPABILITY_OF.items() if key in on)
    return Shelves(
        await parts.around.of(agent, contact_id, kinds), tuple(each for each in CAPABILITY_OF if each not in kinds)
    )


routes = [around_contact, search_contacts, create_contact]

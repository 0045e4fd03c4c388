"""Contact search: by name, e-mail, company or any form of a number; and a new contact, never a silent double."""

from offhook.agents.agent import Agent
from offhook.calls.phone_number import PhoneNumber, parse
from offhook.desktop.callers import ActingFor, Callers
from offhook.desktop.rules import Rules
from offhook.desktop.who import ContactCard, Who, found, unanswered
from offhook.directory.index import Directory
from offhook.errors import ContactExists, InvalidNumber, OffhookError
from offhook.hubspot.contacts import NewContact

# What an agent types; the rest of a pasted page is not looked for.
MAX_QUERY = 200
LIMIT = 10
MOST = 100


class ContactSearch:
    """HubSpot's contacts, in the name of an agent."""

    def __init__(self, directory: Directory, callers: Callers, acting_for: ActingFor, region: str, rules: Rules) -> None:
        self._rules = rules
        self._directory = directory
        self._callers = callers
        self._acting_for = acting_for
        self._region = region

    async def search(self, agent: Agent, query: str) -> Who:
        """The contacts that fit, or why they could not be asked for; never raises."""
        text = query.strip()[:MAX_QUERY]
        if not text:
            return found(())
        try:
            contacts = await self._acting_for(agent).contacts_matching(text, self._limit(agent))
        except OffhookError as error:
            return unanswered(error)
        await self._directory.saw(agent.account_id, contacts)
        rule = self._rules.of(agent.id, agent.account_id)
        seen = tuple(each for each in self._callers.cards(agent.account_id, contacts) if rule.sees(each))
        return found(seen[:LIMIT])

    def _limit(self, agent: Agent) -> int:
        """More where some of it is kept from her, so that what she sees is not crowded out."""
        return LIMIT if self._rules.of(agent.id, agent.account_id).owners is None else MOST

    async def create(
        self, agent: Agent, *, first_name: str, last_name: str, email: str | None, number: str
    ) -> ContactCard:
        """A new contact, unless there is one with this number or e-mail address already.

        Raises:
            InvalidNumber, ContactExists (with `contacts`), HubSpotError, GrantError.
        """
        parsed = parse(number, self._region)
        if not isinstance(parsed, PhoneNumber):
            raise InvalidNumber
        new = NewContact(first_name.strip(), last_name.strip(), (email or "").strip() or None, parsed)
        try:
            contact = await self._acting_for(agent).create_contact(new)
        except ContactExists as error:
            await self._directory.saw(agent.account_id, error.contacts)
            who = found(self._callers.cards(agent.account_id, error.contacts))
            shown = self._rules.of(agent.id, agent.account_id).shown(who)
            error.contacts = shown.contacts
            if shown.reason:
                raise ContactExists(shown.reason.says, remedy=shown.reason.remedy) from error
            raise
        await self._directory.saw(agent.account_id, (contact,))
        return self._callers.card(agent.account_id, contact)

"""Who is at a number: the directory's answer, in the panel's values."""

from collections.abc import Callable

from offhook.agents.agent import Agent
from offhook.calls.phone_number import PhoneNumber
from offhook.desktop.who import ASKING, Answer, ContactCard, Who, card, found, reason_of, unanswered
from offhook.directory.index import Answer as LookedUp
from offhook.directory.index import Directory
from offhook.hubspot.client import Acting
from offhook.hubspot.contacts import Contact

# Gives HubSpot in the name of an agent.
ActingFor = Callable[[Agent], Acting]
# The address of a contact's record: account, contact.
ContactUrl = Callable[[int, str], str]


def nobody_known(account_id: int, owner_id: str | None) -> str | None:
    """The names of owners are not known."""
    return None


class Callers:
    """Looks numbers up, in memory first and at HubSpot when that does not know."""

    def __init__(
        self,
        directory: Directory,
        acting_for: ActingFor,
        contact_url: ContactUrl,
        region: str,
        owner_name: Callable[[int, str | None], str | None] = nobody_known,
    ) -> None:
        """`owner_name(account, owner id)`: what the owner of a contact is called, as far as that is known."""
        self._owner_name = owner_name
        self._directory = directory
        self._acting_for = acting_for
        self._contact_url = contact_url
        self._region = region

    async def known(self, account_id: int, number: PhoneNumber) -> Who | None:
        """What is known without asking anybody; None when that is nothing, or too old."""
        known = await self._directory.known(account_id, number)
        return found(self.cards(account_id, known.contacts)) if known else None

    async def meanwhile(self, account_id: int, number: PhoneNumber) -> Who:
        """What to show while HubSpot is asked: who was ever seen with this number."""
        known = await self._directory.remembered(account_id, number)
        return Who(Answer.ASKING, self.cards(account_id, known.contacts)) if known else ASKING

    async def ask(self, agent: Agent, number: PhoneNumber) -> Who:
        """HubSpot's answer, or why there is none; never raises."""
        return self._who(agent.account_id, await self._look_up(agent, number))

    async def find(self, agent: Agent, number: PhoneNumber) -> Who:
        """The same for work that can wait: raises the OffhookError that stood in the way."""
        answer = await self._look_up(agent, number)
        if answer.problem and not answer.contacts:
            raise answer.problem
        return self._who(agent.account_id, answer)

    async def _look_up(self, agent: Agent, number: PhoneNumber) -> LookedUp:
        return await self._directory.look_up(self._acting_for(agent), agent.account_id, number, agent.owner_id)

    def _who(self, account_id: int, answer: LookedUp) -> Who:
        problem = answer.problem
        if problem and not answer.contacts:
            return unanswered(problem)
        return found(self.cards(account_id, answer.contacts), reason_of(problem) if problem else None)

    def cards(self, account_id: int, contacts: tuple[Contact, ...]) -> tuple[ContactCard, ...]:
        return tuple(self.card(account_id, each) for each in contacts)

    def card(self, account_id: int, contact: Contact) -> ContactCard:
        owner = self._owner_name(account_id, contact.owner_id)
        return card(contact, self._contact_url(account_id, contact.id), self._region, owner)

"""Around a contact: company, deals and tickets, as far as the agent may have them; each kind answers for itself."""

import asyncio
from collections.abc import Collection, Mapping

from msgspec import Struct

from offhook.agents.agent import Agent
from offhook.desktop.callers import ActingFor
from offhook.desktop.rules import HIDDEN, Rules
from offhook.desktop.who import Reason, reason_of
from offhook.errors import HubSpotNotFound, NotAllowed, NotFound, OffhookError
from offhook.hubspot.around import Kind, Neighbour

# What each kind takes; keys of `hubspot.scopes.CAPABILITIES`.
CAPABILITY_OF: Mapping[Kind, str] = {
    "companies": "company-and-deals",
    "deals": "company-and-deals",
    "tickets": "tickets",
}


class Shelf(Struct, frozen=True):
    """One kind. `reason` says why it could not be read; an empty one without a reason really is empty."""

    kind: Kind
    records: tuple[Neighbour, ...] = ()
    reason: Reason | None = None


class Around:
    """Reads what is tied to a contact, in the agent's name."""

    def __init__(self, acting_for: ActingFor, rules: Rules) -> None:
        self._acting_for, self._rules = acting_for, rules

    async def of(self, agent: Agent, contact_id: str, kinds: Collection[Kind]) -> tuple[Shelf, ...]:
        """One shelf for each kind that was asked for, in the given order.

        Raises:
            NotFound: there is no such contact.
            HubSpotError, GrantError: the contact itself could not be read.
            NotAllowed: it belongs to a colleague, and this account keeps those apart.
        """
        acting = self._acting_for(agent)
        try:
            contact = await acting.tied_to(contact_id, kinds)
        except HubSpotNotFound as error:
            raise NotFound(error.says) from error
        if not self._rules.of(agent.id, agent.account_id).sees_owner(contact.value("hubspot_owner_id")):
            raise NotAllowed(HIDDEN.says, remedy=HIDDEN.remedy)

        async def shelf(kind: Kind) -> Shelf:
            try:
                return Shelf(kind, await acting.neighbours(contact, kind))
            except OffhookError as error:
                return Shelf(kind, (), reason_of(error))

        return tuple(await asyncio.gather(*(shelf(kind) for kind in kinds)))

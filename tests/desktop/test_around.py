"""Company, deals and tickets of a contact; each kind answers for itself."""

from typing import Any

import pytest
from tests.desktop.office import ACORN, Office

from offhook.agents.agent import Agent
from offhook.desktop.around import Around
from offhook.errors import HubSpotNotFound, MissingScope, NotAllowed, NotFound
from offhook.hubspot.around import Neighbour
from offhook.hubspot.wire import Record
from offhook.policies import store as policies
from offhook.policies.policy import Policy, Visibility

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DEAL = Neighbour("1", "Beans", "1,200.00 USD", "https://x/1", open=True)


class FakeActing:
    """`answers`: kind → its records or the problem with them."""

    def __init__(self, owner: str | None = None, **answers: Any) -> None:
        self.owner, self.answers = owner, answers

    async def tied_to(self, contact_id: str, kinds: Any) -> Record:
        if contact_id != "7":
            raise HubSpotNotFound
        return Record("7", {"hubspot_owner_id": self.owner})

    async def neighbours(self, contact: Record, kind: str) -> tuple[Neighbour, ...]:
        answer = self.answers.get(kind, ())
        if isinstance(answer, Exception):
            raise answer
        return tuple(answer)


def around(office: Office, acting: FakeActing) -> Around:
    given: Any = lambda agent: acting  # noqa: E731
    return Around(given, office.rules)


async def test_a_kind_that_cannot_be_read_says_why_and_the_others_are_there(office: Office, ben: Agent) -> None:
    acting = FakeActing(deals=[DEAL], tickets=MissingScope())
    deals, tickets = await around(office, acting).of(ben, "7", ("deals", "tickets"))
    assert (deals.kind, deals.records, deals.reason) == ("deals", (DEAL,), None)
    assert tickets.reason
    assert (tickets.records, tickets.reason.code) == ((), "missing-scope")


async def test_a_contact_that_is_gone_is_no_empty_answer(office: Office, ben: Agent) -> None:
    with pytest.raises(NotFound):
        await around(office, FakeActing()).of(ben, "8", ("deals",))


async def test_a_colleagues_contact_keeps_its_deals_to_itself(office: Office, ben: Agent) -> None:
    async with office.database.transaction() as connection:
        await policies.save_policy(connection, ACORN, Policy(visibility=Visibility.OWN))
    await office.rules.refresh()
    with pytest.raises(NotAllowed):
        await around(office, FakeActing(owner="999", deals=[DEAL])).of(ben, "7", ("deals",))
    [deals] = await around(office, FakeActing(owner=ben.owner_id, deals=[DEAL])).of(ben, "7", ("deals",))
    assert deals.records == (DEAL,)

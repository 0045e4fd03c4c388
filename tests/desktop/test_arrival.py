"""Who an agent is in HubSpot: learned when she connects, or as soon as HubSpot says it."""

from typing import Any

import pytest
from tests.desktop.office import Office

from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.desktop.arrival import LEARN_AGENT, Arrival, Learned
from offhook.errors import HubSpotUnavailable, MissingScope
from offhook.hubspot.users import Owner
from offhook.jobs import outbox
from offhook.jobs.worker import Worker

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def arrival(office: Office, ben: Agent) -> Arrival:
    office.hubspot.owners[ben.hubspot_user_id] = Owner("42", ben.email, "Ben", "Bright", ben.hubspot_user_id)
    acting_for: Any = office.hubspot.acting_for
    return Arrival(office.database, lambda token, account: acting_for(ben), acting_for, office.clock)


async def arrived(office: Office, arrival: Arrival, ben: Agent) -> Agent:
    learned = await arrival.learn("token", ben.account_id, ben.hubspot_user_id)
    async with office.database.transaction() as connection:
        await arrival.keep(connection, ben, learned)
    async with office.database.reading() as connection:
        return await agents.get(connection, ben.id)


async def test_her_name_and_owner_record_are_learned_at_once(office: Office, arrival: Arrival, ben: Agent) -> None:
    known = await arrived(office, arrival, ben)
    assert (known.name, known.owner_id) == ("Ben Bright", "42")


async def test_while_hubspot_does_not_answer_the_job_waits(office: Office, arrival: Arrival, ben: Agent) -> None:
    office.hubspot.problem = HubSpotUnavailable()
    assert (await arrived(office, arrival, ben)).name == "Ben Example"
    office.hubspot.problem = None
    worker = Worker(
        office.database, {LEARN_AGENT: lambda job: arrival.learn_later(job.payload)}, office.clock, jitter=lambda: 0.5
    )
    assert await worker.catch_up() == 1
    async with office.database.reading() as connection:
        assert (await agents.get(connection, ben.id)).owner_id == "42"
        assert await outbox.counts(connection) == {}


async def test_without_the_right_to_read_owners_calls_have_no_owner(office: Office, arrival: Arrival, ben: Agent) -> None:
    office.hubspot.owners.clear()
    known = await arrived(office, arrival, ben)
    assert (known.name, known.owner_id) == ("Ben Example", None)


async def test_a_refusal_is_final_and_never_raised(office: Office, arrival: Arrival, ben: Agent) -> None:
    office.hubspot.problem = MissingScope()
    learned = await arrival.learn("token", ben.account_id, ben.hubspot_user_id)
    assert isinstance(learned, Learned)
    assert learned.owner_id is None

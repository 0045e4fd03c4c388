"""What an administrator lets agents see and choose, kept to wherever something is shown."""

import msgspec
import pytest
from tests.desktop.office import ACORN, CARLA, CARLA_NUMBER, Office

from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.desktop.desk import LogState
from offhook.desktop.who import Answer
from offhook.errors import ContactExists
from offhook.policies import store as policies
from offhook.policies.policy import Choice, Policy, Pop, Preferences, Visibility
from offhook.telephony.phone_system import Action

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ELSEWHERE = "999"


async def decide(office: Office, policy: Policy, account_id: int = ACORN) -> None:
    async with office.database.transaction() as connection:
        await policies.save_policy(connection, account_id, policy)
    await office.rules.refresh()


async def choose(office: Office, agent: Agent, preferences: Preferences) -> None:
    async with office.database.transaction() as connection:
        await policies.save_preferences(connection, agent.id, preferences)
    await office.rules.refresh()


@pytest.fixture
def a_colleagues(office: Office) -> None:
    """Carla belongs to somebody else."""
    office.hubspot.contacts[CARLA.id] = msgspec.structs.replace(CARLA, owner_id=ELSEWHERE)


@pytest.mark.parametrize("visibility", [Visibility.OWN, Visibility.TEAM])
async def test_a_colleagues_contact_is_not_shown_when_she_calls(
    office: Office, ben: Agent, a_colleagues: None, visibility: Visibility
) -> None:
    await decide(office, Policy(visibility=visibility))
    external = await office.ring(CARLA_NUMBER)
    call = await office.until(lambda: (view := office.shown(ben)) and view.who.answer is not Answer.ASKING and view)
    assert (call.who.answer, call.who.contacts, call.contact_id) == (Answer.NOT_ALLOWED, (), None)
    assert call.who.reason.code == "not-visible"
    assert "Carla" not in repr(call)
    assert office.pops(ben) == []
    await office.does(ben, external, Action.ANSWER, Action.HANG_UP)
    await office.worker.catch_up()
    view = await office.view(external, ben)
    assert (view.log.state, view.log.url, view.contact_id) == (LogState.LOGGED, None, None)
    assert "Carla" not in repr(view)


async def test_a_colleagues_contact_is_not_shown_either_while_hubspot_is_asked(
    office: Office, ben: Agent, a_colleagues: None
) -> None:
    await office.directory.saw(ACORN, [*office.hubspot.contacts.values()])
    await decide(office, Policy(visibility=Visibility.OWN))
    office.hubspot.gate.clear()
    await office.ring(CARLA_NUMBER)
    call = await office.until(lambda: office.shown(ben))
    assert (call.who.answer, call.who.contacts) == (Answer.ASKING, ())
    office.hubspot.gate.set()


async def test_a_team_mates_contact_is_shown(office: Office, ben: Agent, a_colleagues: None) -> None:
    async with office.database.transaction() as connection:
        await agents.learn_mates(connection, ben.id, [ELSEWHERE])
    await decide(office, Policy(visibility=Visibility.TEAM))
    await office.ring(CARLA_NUMBER)
    assert await office.until(lambda: office.pops(ben))


async def test_everybody_sees_everything_where_nobody_decided(office: Office, ben: Agent, a_colleagues: None) -> None:
    await decide(office, Policy(visibility=Visibility.OWN), account_id=ACORN + 1)
    await office.ring(CARLA_NUMBER)
    assert await office.until(lambda: office.pops(ben))


async def test_a_colleagues_contact_is_not_found_and_not_made_again(
    office: Office, ben: Agent, a_colleagues: None
) -> None:
    await decide(office, Policy(visibility=Visibility.OWN))
    assert (await office.search.search(ben, "carla")).answer is Answer.NONE
    with pytest.raises(ContactExists) as refused:
        await office.search.create(ben, first_name="C", last_name="R", email=None, number=CARLA_NUMBER)
    assert refused.value.contacts == ()
    assert "colleague" in refused.value.says


async def test_a_record_opens_when_the_agent_wants_it(office: Office, ben: Agent) -> None:
    await choose(office, ben, Preferences(pop=Pop.NEVER))
    external = await office.ring(CARLA_NUMBER)
    await office.until(lambda: (view := office.shown(ben)) and view.who.answer is Answer.ONE)
    assert office.pops(ben) == []
    await choose(office, ben, Preferences(pop=Pop.ANSWERED))
    await office.does(ben, external, Action.ANSWER)
    assert len(await office.until(lambda: office.pops(ben))) == 1


async def test_a_locked_choice_counts_for_everybody(office: Office, ben: Agent) -> None:
    await choose(office, ben, Preferences(pop=Pop.NEVER))
    await decide(office, Policy(pop=Choice(Pop.RINGING, locked=True)))
    await office.ring(CARLA_NUMBER)
    assert await office.until(lambda: office.pops(ben))


async def test_calls_are_logged_by_hand_where_the_agent_wants_it(office: Office, ben: Agent) -> None:
    await choose(office, ben, Preferences(auto_log=False))
    external = await office.ring(CARLA_NUMBER)
    await office.does(ben, external, Action.ANSWER, Action.HANG_UP)
    view = await office.view(external, ben)
    assert (view.log.state, view.log.reason and view.log.reason.code) == (LogState.OFF, "by-hand")
    async with office.database.transaction() as connection:
        await office.wrap_ups.save(connection, ben.id, view.id, notes="A note", outcome=None, contact_id=None)
    assert (await office.view(external, ben)).log.state is LogState.OFF
    assert not office.hubspot.engagements
    async with office.database.transaction() as connection:
        await office.wrap_ups.log_again(connection, ben.id, view.id)
    assert (await office.view(external, ben)).log.state is LogState.WAITING

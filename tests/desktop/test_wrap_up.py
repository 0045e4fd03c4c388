"""Notes, outcome, and who it was."""

import pytest
from tests.desktop.office import CARLA_NUMBER, Office

from offhook.agents.agent import Agent
from offhook.errors import InvalidInput, NotFound, TooLarge, WrongState
from offhook.hubspot.engagements import OUTCOMES
from offhook.jobs import outbox
from offhook.telephony.phone_system import Action

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def save(office: Office, agent: Agent, call_id: str, **given: str | None) -> None:
    values = {"notes": "", "outcome": None, "contact_id": None, **given}
    async with office.database.transaction() as connection:
        await office.wrap_ups.save(connection, agent.id, call_id, **values)


async def ended(office: Office, agent: Agent) -> str:
    call = await office.ring()
    await office.does(agent, call, Action.ANSWER, Action.HANG_UP)
    return (await office.kept(call)).id


async def test_notes_are_kept_while_she_types_and_saved_with_the_outcome(office: Office, ben: Agent) -> None:
    call = await office.ring()
    kept = await office.kept(call)
    async with office.database.transaction() as connection:
        await office.wrap_ups.note(connection, ben.id, kept.id, "Half a sent")
    assert (await office.view(call, ben)).notes == "Half a sent"
    await office.does(ben, call, Action.ANSWER, Action.HANG_UP)
    [waiting] = (await office.panel(ben)).calls
    assert (waiting.state, waiting.wrapped_up, waiting.notes) == ("ended", False, "Half a sent")
    await save(office, ben, kept.id, notes="A sentence.", outcome="connected", contact_id="701")
    panel = await office.panel(ben)
    assert panel.calls == ()
    assert (panel.recent[0].notes, panel.recent[0].outcome) == ("A sentence.", "connected")


@pytest.mark.parametrize("outcome", [None, *OUTCOMES])
async def test_every_outcome_of_hubspot_can_be_chosen_and_none_need_be(
    office: Office, ben: Agent, outcome: str | None
) -> None:
    call = await ended(office, ben)
    await save(office, ben, call, outcome=outcome)
    assert (await office.panel(ben)).recent[0].outcome == outcome


@pytest.mark.parametrize(
    "given", [{"outcome": "sold"}, {"outcome": ""}, {"contact_id": "../7"}, {"contact_id": "7" * 21}]
)
async def test_what_does_not_exist_is_refused(office: Office, ben: Agent, given: dict[str, str]) -> None:
    call = await ended(office, ben)
    with pytest.raises(InvalidInput):
        await save(office, ben, call, **given)
    assert not (await office.panel(ben)).recent[0].wrapped_up


async def test_nobody_wraps_up_a_call_that_she_is_still_on(office: Office, ben: Agent) -> None:
    call = await office.ring()
    await office.does(ben, call, Action.ANSWER)
    with pytest.raises(WrongState):
        await save(office, ben, (await office.kept(call)).id)


async def test_nor_one_that_has_only_been_asked_for(office: Office, ben: Agent) -> None:
    async def dial(line: str, number: object) -> str:
        return "silent"

    office.exchange.dial = dial  # type: ignore[method-assign]
    kept = await office.click.dial(ben, CARLA_NUMBER)
    with pytest.raises(WrongState):
        await save(office, ben, kept.id)


async def test_an_agent_who_passed_a_call_on_wraps_up_while_it_goes_on(office: Office, ben: Agent, cleo: Agent) -> None:
    call = await office.ring()
    await office.does(ben, call, Action.ANSWER)
    kept = await office.kept(call)
    await office.click.control(ben, kept.id, Action.TRANSFER, "202")
    await save(office, ben, kept.id, notes="Passed on.")
    assert (await office.panel(ben)).calls == ()
    async with office.database.reading() as connection:
        assert await outbox.counts(connection) == {}


async def test_each_agent_who_talked_wraps_up_and_the_last_word_counts(office: Office, ben: Agent, cleo: Agent) -> None:
    call = await office.ring()
    await office.does(ben, call, Action.ANSWER)
    kept = await office.kept(call)
    await office.click.control(ben, kept.id, Action.TRANSFER, "202")
    await office.does(cleo, call, Action.ANSWER)
    await save(office, ben, kept.id, notes="Passed on.")
    async with office.database.transaction() as connection:
        await office.wrap_ups.note(connection, cleo.id, kept.id, "Passed on. Wants")
        await office.wrap_ups.note(connection, ben.id, kept.id, "too late")
    await office.does(cleo, call, Action.HANG_UP)
    [waiting] = (await office.panel(cleo)).calls
    assert (waiting.wrapped_up, waiting.notes) == (False, "Passed on. Wants")
    await save(office, cleo, kept.id, notes="Passed on. Wants tea.", outcome="connected")
    assert (await office.panel(cleo)).calls == ()
    assert (await office.panel(ben)).recent[0].notes == "Passed on. Wants tea."


async def test_notes_have_a_limit_that_says_so(office: Office, ben: Agent) -> None:
    call = await ended(office, ben)
    await save(office, ben, call, notes="x" * 100_000)
    with pytest.raises(TooLarge, match="200,000"):
        await save(office, ben, call, notes="x" * 200_001)
    assert len((await office.panel(ben)).recent[0].notes) == 100_000


async def test_nobody_touches_the_call_of_another(office: Office, ben: Agent, cleo: Agent, zed: Agent) -> None:
    call = await ended(office, ben)
    for other in (cleo, zed):
        with pytest.raises(NotFound):
            await save(office, other, call, notes="Mine.")
        async with office.database.transaction() as connection:
            for wish in (
                office.wrap_ups.note(connection, other.id, call, "Mine."),
                office.wrap_ups.choose_contact(connection, other.id, call, "703"),
                office.wrap_ups.log_again(connection, other.id, call),
            ):
                with pytest.raises(NotFound):
                    await wish
    assert (await office.panel(ben)).recent[0].notes == ""

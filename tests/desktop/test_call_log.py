"""Every call on the timeline, once. HubSpot is a fake that loses answers, contacts and its temper."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from tests.desktop.office import ACORN, CARLA, CARLA_NUMBER, STRANGER, TWINS_NUMBER, Office

from offhook.agents.agent import Agent
from offhook.calls.call import EndedHow
from offhook.calls.events import Direction
from offhook.calls.store import KeptCall
from offhook.desktop.call_log import entry_for
from offhook.desktop.desk import LogState
from offhook.desktop.panel import CallView
from offhook.desktop.recordings import OnTimeline
from offhook.desktop.who import Answer
from offhook.errors import GrantBroken, HubSpotBusy, HubSpotRejected, HubSpotUnreachable, MissingScope
from offhook.jobs import outbox
from offhook.telephony.exchange import FarEnd
from offhook.telephony.phone_system import Action

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def talked(office: Office, agent: Agent, caller: str = CARLA_NUMBER) -> str:
    """A call that came in, was answered, and has ended; gives the exchange's id."""
    call = await office.ring(caller)
    office.clock.advance(seconds=4)
    await office.does(agent, call, Action.ANSWER)
    office.clock.advance(seconds=60)
    await office.does(agent, call, Action.HANG_UP)
    return call


async def logged(office: Office, agent: Agent, call: str) -> CallView:
    """The call after the worker has done what it can."""
    await office.worker.catch_up()
    return await office.view(call, agent)


async def choose(office: Office, agent: Agent, call: str, contact: str) -> KeptCall:
    async with office.database.transaction() as connection:
        return await office.wrap_ups.choose_contact(connection, agent.id, (await office.kept(call)).id, contact)


async def wrap_up(office: Office, agent: Agent, call: str, notes: str = "Tea.", **more: str) -> None:
    kept = await office.kept(call)
    given = {"outcome": "connected", "contact_id": None, **more}
    async with office.database.transaction() as connection:
        await office.wrap_ups.save(connection, agent.id, kept.id, notes=notes, **given)


async def test_a_call_is_logged_once(office: Office, ben: Agent) -> None:
    call = await talked(office, ben)
    view = await logged(office, ben, call)
    assert view.log.state is LogState.LOGGED
    assert view.log.url == f"https://app.hubspot.test/contacts/{ACORN}/record/0-1/{CARLA.id}"
    [engagement] = office.hubspot.engagements.values()
    assert (engagement.entry.external_id, engagement.contacts) == (view.id, {CARLA.id})
    assert (engagement.entry.duration, engagement.entry.ended_how) == (timedelta(seconds=60), EndedHow.COMPLETED)
    assert (engagement.entry.from_number, engagement.entry.to_number) == (CARLA_NUMBER, "201")
    assert (engagement.entry.owner_id, engagement.entry.company_id) == (ben.owner_id, CARLA.company_id)
    shown = office.shown(ben)
    assert shown
    assert shown.log.state is LogState.LOGGED


async def test_doing_the_job_again_changes_nothing(office: Office, ben: Agent) -> None:
    call = await talked(office, ben)
    await logged(office, ben, call)
    payload = b'{"call_id":"%s"}' % (await office.kept(call)).id.encode()
    for _ in range(2):
        await office.call_log.bring_up_to_date(payload)
    assert len(office.hubspot.engagements) == 1


async def test_a_call_that_still_lives_is_not_logged(office: Office, ben: Agent) -> None:
    call = await office.ring()
    await office.call_log.bring_up_to_date(b'{"call_id":"%s"}' % (await office.kept(call)).id.encode())
    assert office.hubspot.engagements == {}


async def test_when_the_answer_was_lost_the_next_try_finds_what_it_made(office: Office, ben: Agent) -> None:
    office.hubspot.lost_answers = 1
    call = await talked(office, ben)
    view = await logged(office, ben, call)
    assert view.log.state is LogState.WAITING
    assert view.log.reason
    assert view.log.reason.code == "hubspot-unreachable"
    assert view.log.next_try_at
    office.clock.advance(minutes=1)
    view = await logged(office, ben, call)
    assert (view.log.state, view.log.reason, view.log.next_try_at) == (LogState.LOGGED, None, None)
    assert len(office.hubspot.engagements) == 1


async def test_a_call_whose_answer_was_lost_moves_whole_to_the_contact_chosen_since(office: Office, ben: Agent) -> None:
    office.hubspot.lost_answers = 1
    call = await talked(office, ben)
    await logged(office, ben, call)
    await choose(office, ben, call, "702")
    office.clock.advance(minutes=1)
    assert (await logged(office, ben, call)).log.state is LogState.LOGGED
    [engagement] = office.hubspot.engagements.values()
    assert engagement.contacts == {"702"}


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        (HubSpotUnreachable(), LogState.WAITING),
        (HubSpotBusy(), LogState.WAITING),
        (GrantBroken(), LogState.WAITING),
        (MissingScope(), LogState.WAITING),
        (HubSpotRejected(), LogState.FAILED),
    ],
)
async def test_what_stands_in_the_way_is_shown_with_its_reason(
    office: Office, ben: Agent, problem: HubSpotRejected, state: LogState
) -> None:
    office.hubspot.problem = problem
    view = await logged(office, ben, await talked(office, ben))
    assert view.log.state is state
    assert view.log.reason
    assert (view.log.reason.code, view.log.reason.remedy) == (problem.code, problem.remedy)


async def test_a_log_that_waits_for_a_person_is_written_when_she_has_acted(office: Office, ben: Agent) -> None:
    office.hubspot.problem = GrantBroken()
    call = await talked(office, ben)
    await logged(office, ben, call)
    office.hubspot.problem = None
    async with office.database.transaction() as connection:
        assert await outbox.resume(connection, ben.id, office.clock()) == 1
    assert (await logged(office, ben, call)).log.state is LogState.LOGGED


async def test_a_log_that_failed_can_be_tried_again(office: Office, ben: Agent) -> None:
    office.hubspot.problem = HubSpotRejected()
    call = await talked(office, ben)
    await logged(office, ben, call)
    office.hubspot.problem = None
    async with office.database.transaction() as connection:
        await office.wrap_ups.log_again(connection, ben.id, (await office.kept(call)).id)
    assert (await logged(office, ben, call)).log.state is LogState.LOGGED
    assert len(office.hubspot.engagements) == 1


@pytest.mark.parametrize(
    ("caller", "code"),
    [(STRANGER, "no-contact"), (TWINS_NUMBER, "choose-contact"), ("", "no-number"), ("anonymous", "no-number")],
)
async def test_without_one_contact_the_log_waits_until_one_is_chosen(
    office: Office, ben: Agent, caller: str, code: str
) -> None:
    call = await talked(office, ben, caller)
    view = await logged(office, ben, call)
    assert view.log.state is LogState.WAITING
    assert view.log.reason
    assert view.log.reason.code == code
    assert office.hubspot.engagements == {}
    await choose(office, ben, call, "703")
    view = await logged(office, ben, call)
    assert (view.log.state, view.contact_id) == (LogState.LOGGED, "703")
    [engagement] = office.hubspot.engagements.values()
    assert engagement.contacts == {"703"}


async def test_a_local_number_without_its_area_code_is_no_colleague(office: Office, ben: Agent) -> None:
    view = await logged(office, ben, await talked(office, ben, "555-0100"))
    assert view.log.state is LogState.WAITING
    assert view.log.reason
    assert view.log.reason.code == "no-number"


async def test_a_call_between_colleagues_is_logged_only_when_somebody_says_that_it_was_a_contact(
    office: Office, ben: Agent
) -> None:
    call = await talked(office, ben, "202")
    assert (await logged(office, ben, call)).log.state is LogState.OFF
    await choose(office, ben, call, "703")
    assert (await logged(office, ben, call)).log.state is LogState.LOGGED


async def test_a_contact_that_was_created_meanwhile_is_found_when_the_log_is_written(office: Office, ben: Agent) -> None:
    call = await talked(office, ben, STRANGER)
    await office.until(lambda: (shown := office.shown(ben)) and shown.who.answer == "none")
    card = await office.search.create(ben, first_name="Oliver", last_name="Hughes", email=None, number=STRANGER)
    view = await logged(office, ben, call)
    assert (view.log.state, view.contact_id) == (LogState.LOGGED, card.id)
    assert view.who.contacts[0].name == "Oliver Hughes"


async def test_a_contact_that_is_gone_is_asked_for_anew(office: Office, ben: Agent) -> None:
    call = await talked(office, ben)
    # Who called is shown in any case; the record opens only when that is known before the call is over.
    await office.until(lambda: (shown := office.shown(ben)) and shown.who.answer is Answer.ONE)
    del office.hubspot.contacts[CARLA.id]
    view = await logged(office, ben, call)
    assert view.log.reason
    assert (view.log.state, view.log.reason.code) == (LogState.WAITING, "contact-gone")
    await choose(office, ben, call, "702")
    assert (await logged(office, ben, call)).log.state is LogState.LOGGED


async def test_what_hubspot_holds_is_not_forgotten_when_the_next_contact_is_gone(office: Office, ben: Agent) -> None:
    call = await talked(office, ben)
    await logged(office, ben, call)
    await choose(office, ben, call, "999")
    assert (await logged(office, ben, call)).log.state is LogState.WAITING
    await choose(office, ben, call, "702")
    assert (await logged(office, ben, call)).log.state is LogState.LOGGED
    [engagement] = office.hubspot.engagements.values()
    assert engagement.contacts == {"702"}


async def test_wrap_up_amends_what_is_logged(office: Office, ben: Agent) -> None:
    call = await talked(office, ben)
    await logged(office, ben, call)
    await wrap_up(office, ben, call, "Wants <tea>.", outcome="left-voicemail")
    await logged(office, ben, call)
    [engagement] = office.hubspot.engagements.values()
    assert (engagement.entry.notes, engagement.entry.outcome) == ("Wants <tea>.", "left-voicemail")


async def test_a_wrap_up_before_the_log_is_written_is_part_of_it(office: Office, ben: Agent) -> None:
    office.hubspot.problem = HubSpotUnreachable()
    call = await talked(office, ben)
    await logged(office, ben, call)
    await wrap_up(office, ben, call)
    office.hubspot.problem = None
    office.clock.advance(minutes=1)
    await logged(office, ben, call)
    [engagement] = office.hubspot.engagements.values()
    assert engagement.entry.notes == "Tea."


async def test_at_wrap_up_a_call_can_move_to_another_contact(office: Office, ben: Agent) -> None:
    call = await talked(office, ben)
    await logged(office, ben, call)
    await wrap_up(office, ben, call, contact_id="702")
    view = await logged(office, ben, call)
    [engagement] = office.hubspot.engagements.values()
    assert engagement.contacts == {"702"}
    assert view.log.url
    assert view.log.url.endswith("/702")
    assert engagement.entry.title == "Call from Twin One"


async def test_a_log_that_could_not_be_amended_keeps_its_address(office: Office, ben: Agent) -> None:
    call = await talked(office, ben)
    url = (await logged(office, ben, call)).log.url
    office.hubspot.problem = HubSpotUnreachable()
    await wrap_up(office, ben, call)
    view = await logged(office, ben, call)
    assert (view.log.state, view.log.url) == (LogState.WAITING, url)


@pytest.mark.parametrize(
    ("does", "how"),
    [(FarEnd.BUSY, EndedHow.BUSY), (FarEnd.SILENT, EndedHow.NO_ANSWER), (FarEnd.FAILS, EndedHow.FAILED)],
)
async def test_a_call_that_was_made_in_vain_is_logged_too(
    office: Office, ben: Agent, does: FarEnd, how: EndedHow
) -> None:
    kept = await office.click.dial(ben, CARLA_NUMBER, CARLA.id)
    await office.exchange.far_end_does(kept.call.id, does)
    assert (await logged(office, ben, kept.call.id)).log.state is LogState.LOGGED
    [engagement] = office.hubspot.engagements.values()
    entry = engagement.entry
    assert (entry.direction, entry.ended_how, entry.duration) == (Direction.OUTBOUND, how, timedelta())
    assert (entry.from_number, entry.to_number, entry.title) == ("201", CARLA_NUMBER, "Call to Carla Reyes")


async def test_a_missed_call_is_logged_for_the_agent_whom_it_reached(office: Office, ben: Agent) -> None:
    call = await office.ring()
    await office.exchange.caller_hangs_up(call)
    assert (await logged(office, ben, call)).log.state is LogState.LOGGED
    [engagement] = office.hubspot.engagements.values()
    assert (engagement.entry.ended_how, engagement.entry.owner_id) == (EndedHow.MISSED, ben.owner_id)


async def test_after_a_transfer_it_is_logged_once_and_for_who_talked_last(
    office: Office, ben: Agent, cleo: Agent
) -> None:
    call = await office.ring()
    await office.does(ben, call, Action.ANSWER)
    await office.click.control(ben, (await office.kept(call)).id, Action.TRANSFER, "202")
    await office.does(cleo, call, Action.ANSWER, Action.HANG_UP)
    await logged(office, cleo, call)
    [engagement] = office.hubspot.engagements.values()
    assert (engagement.entry.owner_id, engagement.entry.to_number) == (cleo.owner_id, "202")


async def test_an_entry_says_what_is_known_and_nothing_else(office: Office, ben: Agent) -> None:
    call = await office.ring("anonymous")
    kept = await office.kept(call)
    entry = entry_for(kept, ben, replace(CARLA, company_id=None), "US", OnTimeline())
    assert (entry.from_number, entry.to_number, entry.notes, entry.outcome) == ("anonymous", "201", "", None)
    assert (entry.company_id, entry.recording_url, entry.duration) == (None, None, timedelta())
    assert entry.started_at == kept.call.began

"""From what phone systems tell to calls on panels, over the exchange and a real database."""

import itertools
from datetime import datetime, timedelta

import pytest
from tests.desktop.office import ACORN, CARLA, CARLA_NUMBER, STRANGER, TWINS_NUMBER, Office

from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.calls import store as calls
from offhook.calls.call import EndedHow
from offhook.calls.events import (
    CallEvent,
    CallStarted,
    Direction,
    EndReason,
    LegAlerting,
    LegAnswered,
    LegEnded,
    RecordingReady,
)
from offhook.desktop.desk import LogState
from offhook.desktop.panel import CallFrame
from offhook.desktop.who import Answer
from offhook.errors import (
    GrantBroken,
    HubSpotUnavailable,
    HubSpotUnreachable,
    MissingRight,
    MissingScope,
    NotFound,
    WrongState,
)
from offhook.jobs import outbox
from offhook.telephony.exchange import FarEnd
from offhook.telephony.phone_system import Action


async def happen(office: Office, *events: CallEvent) -> None:
    """One delivery for each event."""
    for event in events:
        async with office.database.transaction() as connection:
            after = await office.monitor.happened(connection, "exchange", [event])
        after()


async def jobs(office: Office) -> dict[tuple[str, str], int]:
    async with office.database.reading() as connection:
        return dict(await outbox.counts(connection))


# Who is calling.


async def test_the_number_is_on_the_screen_first_and_the_name_as_soon_as_it_is_known(office: Office, ben: Agent) -> None:
    office.hubspot.gate.clear()
    await office.ring()
    view = await office.until(lambda: office.shown(ben))
    assert (view.state, view.number, view.who.answer) == ("ringing", CARLA_NUMBER, Answer.ASKING)
    office.hubspot.gate.set()
    [pop] = await office.until(lambda: office.pops(ben))
    shown = office.shown(ben)
    assert shown
    assert [each.name for each in shown.who.contacts] == ["Carla Reyes"]
    assert (pop.call_id, pop.url) == (shown.id, shown.who.contacts[0].url)


async def test_a_number_that_is_known_needs_no_asking_and_opens_the_record_at_once(office: Office, ben: Agent) -> None:
    first = await office.ring()
    await office.until(lambda: office.pops(ben))
    await office.exchange.caller_hangs_up(first)
    asked = len(office.hubspot.asked)
    await office.ring()
    shown = office.shown(ben)
    assert shown
    assert shown.who.answer is Answer.ONE
    assert len(office.pops(ben)) == 2
    assert len(office.hubspot.asked) == asked


async def test_who_was_ever_seen_with_the_number_is_shown_while_hubspot_is_asked_and_hubspot_has_the_last_word(
    office: Office, ben: Agent
) -> None:
    await office.directory.saw(ACORN, [CARLA])
    office.clock.advance(minutes=20)
    office.hubspot.gate.clear()
    await office.ring()
    view = await office.until(lambda: office.shown(ben))
    assert (view.who.answer, [each.name for each in view.who.contacts]) == (Answer.ASKING, ["Carla Reyes"])
    assert (view.contact_id, office.pops(ben)) == (None, []), "nothing is done about it yet"
    del office.hubspot.contacts[CARLA.id]
    office.hubspot.gate.set()
    answered = await office.until(lambda: (now := office.shown(ben)) and now.who.answer is not Answer.ASKING and now)
    assert (answered.who.answer, answered.who.contacts) == (Answer.NONE, ()), "she was archived"
    assert office.pops(ben) == []


async def test_who_is_known_when_hubspot_cannot_be_asked_is_shown_with_the_reason(office: Office, ben: Agent) -> None:
    await office.directory.saw(ACORN, [CARLA])
    office.hubspot.problem = HubSpotUnreachable()
    await office.ring()
    view = await office.until(lambda: (now := office.shown(ben)) and now.who.answer is not Answer.ASKING and now)
    assert (view.who.answer, [each.name for each in view.who.contacts]) == (Answer.ONE, ["Carla Reyes"])
    assert view.who.reason
    assert view.who.reason.code == "hubspot-unreachable"


@pytest.mark.parametrize(
    ("caller", "answer", "contacts"),
    [(STRANGER, Answer.NONE, 0), (TWINS_NUMBER, Answer.SEVERAL, 2)],
)
async def test_nobody_and_several_open_no_record(
    office: Office, ben: Agent, caller: str, answer: Answer, contacts: int
) -> None:
    await office.ring(caller)
    await office.until(lambda: (shown := office.shown(ben)) and shown.who.answer is answer)
    shown = office.shown(ben)
    assert shown
    assert len(shown.who.contacts) == contacts
    assert office.pops(ben) == []


@pytest.mark.parametrize("caller", ["", "anonymous", "Restricted", "+999", "9" * 400, "<script>", "202"])
async def test_without_a_number_that_can_be_asked_about_nobody_is_asked(office: Office, ben: Agent, caller: str) -> None:
    call = await office.ring(caller)
    assert (await office.view(call, ben)).who.answer is Answer.NO_NUMBER
    assert office.hubspot.asked == []


@pytest.mark.parametrize("problem", [MissingScope, MissingRight])
async def test_not_allowed_is_an_answer_of_its_own(office: Office, ben: Agent, problem: type[MissingScope]) -> None:
    office.hubspot.problem = problem()
    await office.ring()
    await office.until(lambda: (shown := office.shown(ben)) and shown.who.answer is Answer.NOT_ALLOWED)
    shown = office.shown(ben)
    assert shown
    assert shown.who.reason
    assert shown.who.reason.code == problem.code
    assert office.hubspot.asked.count("contacts_with_number") == 1


async def test_could_not_ask_says_why_and_is_tried_twice_more_while_the_phone_rings(office: Office, ben: Agent) -> None:
    office.hubspot.problem = HubSpotUnreachable()
    call = await office.ring()
    await office.until(lambda: office.hubspot.asked.count("contacts_with_number") == 3)
    view = await office.view(call, ben)
    assert view.who.answer is Answer.COULD_NOT_ASK
    assert view.who.reason
    assert (view.who.reason.code, view.who.reason.retryable) == ("hubspot-unreachable", True)


async def test_when_hubspot_answers_the_second_time_the_record_opens_after_all(office: Office, ben: Agent) -> None:
    office.hubspot.problem = HubSpotUnavailable()
    office.hubspot.gate.clear()
    await office.ring()
    office.hubspot.gate.set()
    await office.until(lambda: (shown := office.shown(ben)) and shown.who.answer is Answer.COULD_NOT_ASK)
    office.hubspot.problem = None
    assert len(await office.until(lambda: office.pops(ben))) == 1


async def test_the_record_of_a_call_that_is_over_does_not_open(office: Office, ben: Agent) -> None:
    office.hubspot.gate.clear()
    call = await office.ring()
    await office.exchange.caller_hangs_up(call)
    office.hubspot.gate.set()
    await office.until(lambda: (shown := office.shown(ben)) and shown.who.answer is Answer.ONE)
    assert office.pops(ben) == []


async def test_a_number_that_comes_after_the_call_is_still_asked_about(office: Office, ben: Agent) -> None:
    at = office.clock()
    await happen(office, LegAlerting("w1", "l1", at, "201"))
    shown = office.shown(ben)
    assert shown
    assert shown.number is None
    await happen(office, CallStarted("w1", at, Direction.INBOUND, CARLA_NUMBER))
    [pop] = await office.until(lambda: office.pops(ben))
    assert pop.call_id == shown.id


async def test_a_number_that_was_withheld_at_first_and_told_later_is_asked_about(office: Office, ben: Agent) -> None:
    at = office.clock()
    await happen(office, CallStarted("w1", at, Direction.INBOUND, ""), LegAlerting("w1", "l1", at, "201"))
    assert (await office.view("w1", ben)).who.answer is Answer.NO_NUMBER
    await happen(office, CallStarted("w1", at, Direction.INBOUND, CARLA_NUMBER))
    assert len(await office.until(lambda: office.pops(ben))) == 1


async def test_the_same_told_twice_opens_the_record_once(office: Office, ben: Agent) -> None:
    at = office.clock()
    told = [CallStarted("w1", at, Direction.INBOUND, CARLA_NUMBER), LegAlerting("w1", "l1", at, "201")]
    await happen(office, *told)
    await office.until(lambda: office.pops(ben))
    await happen(office, *told, CallStarted("w1", at, Direction.INBOUND, "+1 (415) 555-0100"))
    assert len(office.pops(ben)) == 1


async def test_what_the_agent_has_chosen_meanwhile_is_not_undone_by_a_late_answer(office: Office, ben: Agent) -> None:
    office.hubspot.gate.clear()
    call = await office.ring(TWINS_NUMBER)
    kept = await office.kept(call)
    card = office.callers.card(ACORN, office.hubspot.contacts["702"])
    async with office.database.transaction() as connection:
        await office.wrap_ups.choose_contact(connection, ben.id, kept.id, "702", card)
    before = len(office.frames(ben, CallFrame))
    office.hubspot.gate.set()
    await office.until(lambda: len(office.frames(ben, CallFrame)) > before)
    view = await office.view(call, ben)
    assert (view.contact_id, [each.id for each in view.who.contacts]) == ("702", ["702"])


# Whose call it is.


async def tell(office: Office, call: str, rang: datetime, line: str = "201") -> None:
    """A call that nobody answered, in one delivery, as a phone system tells of it when it is over."""
    told = [
        CallStarted(call, rang, Direction.INBOUND, CARLA_NUMBER),
        LegAlerting(call, "leg", rang, line),
        LegEnded(call, "leg", rang + timedelta(seconds=20), line, EndReason.NO_ANSWER),
    ]
    async with office.database.transaction() as connection:
        after = await office.monitor.happened(connection, "exchange", told)
    after()


async def test_a_call_on_nobodys_line_is_kept_and_shown_to_administrators_only(office: Office, ben: Agent) -> None:
    ada = await office.agent("Ada", ACORN, None)
    call = await office.ring(line="204")
    await office.exchange.caller_hangs_up(call)
    [stray] = (await office.panel(ada)).strays
    assert "204" in stray.says
    assert "nobody is logged in" in stray.says
    assert CARLA_NUMBER not in stray.says
    assert (await office.panel(ben)).strays == ()
    assert (await office.kept(call)).call.ended_at
    assert await jobs(office) == {}


async def test_a_later_line_login_changes_nothing_about_an_earlier_call(office: Office) -> None:
    call = await office.ring(line="204")
    late = await office.agent("Late", ACORN, "204")
    await office.exchange.caller_hangs_up(call)
    assert (await office.panel(late)).recent == ()


async def test_a_call_that_is_told_of_afterwards_is_hers_who_was_on_the_line(office: Office, ben: Agent) -> None:
    rang = office.clock()
    office.clock.advance(minutes=5)
    async with office.database.transaction() as connection:
        await agents.leave_line(connection, ben.id, office.clock())
    late = await office.agent("Late", ACORN, "201")
    office.clock.advance(minutes=5)
    await tell(office, "told-late", rang)
    assert [each.number for each in (await office.panel(ben)).recent] == [CARLA_NUMBER]
    assert (await office.panel(late)).recent == ()


async def test_a_call_that_was_over_before_anybody_came_to_the_line_is_nobodys(office: Office) -> None:
    rang = office.clock()
    office.clock.advance(hours=1)
    late = await office.agent("Late", ACORN, "204")
    await tell(office, "night", rang, line="204")
    assert (await office.panel(late)).recent == ()
    assert ["204" in each.says for each in await office.strays()] == [True]


async def test_a_delivery_that_nobody_understands_is_told_to_administrators(office: Office) -> None:
    await office.deliver("k1", b'{"type": "dance", "call": "x1"}')
    [stray] = await office.strays()
    assert stray.says.startswith("Not understood:")
    assert "dance" in stray.says


async def test_a_transfer_shows_the_call_to_both_agents(office: Office, ben: Agent, cleo: Agent) -> None:
    call = await office.ring()
    await office.does(ben, call, Action.ANSWER)
    await office.until(lambda: office.pops(ben))
    kept = await office.kept(call)
    await office.click.control(ben, kept.id, Action.TRANSFER, "202")
    mine, hers = await office.view(call, ben), await office.view(call, cleo)
    assert (mine.state, mine.ended_how, mine.can) == ("ended", EndedHow.TRANSFERRED, ())
    assert (hers.state, hers.can) == ("ringing", (Action.ANSWER, Action.DECLINE))
    assert len(office.pops(cleo)) == 1
    assert [each.id for each in (await office.panel(cleo)).calls] == [kept.id]
    await office.does(cleo, call, Action.ANSWER, Action.HANG_UP)
    assert (await office.view(call, cleo)).ended_how is EndedHow.COMPLETED
    assert await jobs(office) == {("log_call", "ready"): 1}
    assert (await office.kept(call)).agent_id == cleo.id


async def test_a_call_that_was_made_and_passed_on_rings_at_the_new_line(office: Office, ben: Agent, cleo: Agent) -> None:
    kept = await office.click.dial(ben, STRANGER)
    await office.exchange.far_end_does(kept.call.id, FarEnd.ANSWERS)
    await office.click.control(ben, kept.id, Action.TRANSFER, "202")
    view = await office.view(kept.call.id, cleo)
    assert (view.direction, view.state, view.can) == ("outbound", "ringing", (Action.ANSWER, Action.DECLINE))
    await office.does(cleo, kept.call.id, Action.DECLINE)
    view = await office.view(kept.call.id, cleo)
    assert (view.ended_how, view.wrapped_up) == (EndedHow.DECLINED, True)


async def test_an_agent_who_may_ask_does_so_although_the_first_might_not(office: Office, ben: Agent, cleo: Agent) -> None:
    office.hubspot.problems_of[ben.id] = GrantBroken()
    call = await office.ring()
    await office.does(ben, call, Action.ANSWER)
    await office.until(lambda: (shown := office.shown(ben)) and shown.who.answer is Answer.COULD_NOT_ASK)
    await office.click.control(ben, (await office.kept(call)).id, Action.TRANSFER, "202")
    assert len(await office.until(lambda: office.pops(cleo))) == 1


async def test_a_call_of_one_account_is_shown_to_nobody_of_another(office: Office, ben: Agent, zed: Agent) -> None:
    call = await office.ring()
    await office.does(ben, call, Action.ANSWER)
    kept = await office.kept(call)
    await office.click.control(ben, kept.id, Action.TRANSFER, "203")
    assert (await office.panel(zed)).calls == ()
    assert office.shown(zed) is None
    with pytest.raises(NotFound):
        await office.click.control(zed, kept.id, Action.ANSWER)
    [stray] = await office.strays()
    assert "another HubSpot account" in stray.says
    assert (await office.kept(call)).account_id == ACORN


async def test_each_agent_sees_only_her_own_calls(office: Office, ben: Agent, cleo: Agent) -> None:
    await office.ring(line="201")
    assert [each.line for each in (await office.panel(ben)).recent] == ["201"]
    assert (await office.panel(cleo)).recent == ()


# Outbound.


async def test_a_call_that_is_dialled_is_joined_with_its_deliveries_in_any_order(office: Office, ben: Agent) -> None:
    at = office.clock()
    started = CallStarted("d", at, Direction.OUTBOUND, CARLA_NUMBER)
    deliveries: list[CallEvent] = [
        LegAlerting("d", "l1", at, "201"),
        LegAnswered("d", "l1", at, "201"),
        LegEnded("d", "l1", at, "201", EndReason.HUNG_UP),
    ]
    for number, order in enumerate(itertools.permutations([started, *deliveries])):
        external_id = f"d{number}"
        for event in order:
            named = type(event)(
                **{**{name: getattr(event, name) for name in event.__struct_fields__}, "call": external_id}
            )
            if isinstance(named, CallStarted):
                async with office.database.transaction() as connection:
                    _, after = await office.monitor.dialled(connection, ben, "201", named, "701")
                after()
            else:
                await happen(office, named)
        view = await office.view(external_id, ben)
        assert (view.direction, view.state, view.ended_how) == ("outbound", "ended", EndedHow.COMPLETED), order
        assert (view.number, view.contact_id) == (CARLA_NUMBER, "701")
    page, more = await office.panels.recent(ben.id, None, 100)
    assert len(page) == number + 1
    assert not more


async def test_a_dialled_call_opens_no_record(office: Office, ben: Agent) -> None:
    kept = await office.click.dial(ben, CARLA_NUMBER)
    await office.until(lambda: (shown := office.shown(ben)) and shown.who.answer is Answer.ONE)
    assert office.pops(ben) == []
    assert (await office.view(kept.call.id, ben)).contact_id == "701"


# The log's job.


async def test_the_job_that_logs_is_put_once(office: Office, ben: Agent) -> None:
    call = await office.ring()
    await office.does(ben, call, Action.ANSWER)
    assert await jobs(office) == {}
    await office.does(ben, call, Action.HANG_UP)
    assert await jobs(office) == {("log_call", "ready"): 1}
    await happen(office, RecordingReady(call, office.clock(), "https://records.test/1.mp3"))
    assert await jobs(office) == {("log_call", "ready"): 1}
    kept = await office.kept(call)
    await happen(office, LegEnded(call, kept.call.legs[0].id, office.clock(), "201", EndReason.HUNG_UP))
    assert await jobs(office) == {("log_call", "ready"): 1}


async def test_a_recording_that_comes_after_the_log_asks_for_it_again(office: Office, ben: Agent) -> None:
    call = await office.ring()
    await office.does(ben, call, Action.ANSWER, Action.HANG_UP)
    await office.worker.catch_up()
    assert await jobs(office) == {}
    await happen(office, RecordingReady(call, office.clock(), "https://records.test/1.mp3"))
    await office.worker.catch_up()
    [engagement] = office.hubspot.engagements.values()
    assert engagement.entry.recording_url == "https://records.test/1.mp3"


async def test_a_call_that_turns_out_to_be_older_takes_its_place(office: Office, ben: Agent) -> None:
    at = office.clock()
    office.clock.advance(seconds=60)
    await happen(
        office, LegAlerting("late", "l1", office.clock(), "201"), LegAlerting("mid", "l2", office.clock(), "201")
    )
    await happen(office, CallStarted("late", at, Direction.INBOUND, CARLA_NUMBER))
    page, _ = await office.panels.recent(ben.id, None, 10)
    assert [each.started_at for each in page] == [office.clock(), at]
    page, more = await office.panels.recent(ben.id, page[0].started_at, 1)
    assert [each.started_at for each in page] == [at]
    assert not more


async def test_two_calls_in_one_delivery_are_two_calls(office: Office, ben: Agent, cleo: Agent) -> None:
    await office.click.dial(ben, "202")
    assert {(await office.panel(each)).calls[0].state for each in (ben, cleo)} == {"dialing", "ringing"}


async def test_an_agent_who_left_her_line_keeps_the_call_that_she_had(office: Office, ben: Agent) -> None:
    call = await office.ring()
    await office.does(ben, call, Action.ANSWER)
    async with office.database.transaction() as connection:
        await agents.leave_line(connection, ben.id, office.clock())
    await office.exchange.caller_hangs_up(call)
    assert (await office.view(call, ben)).ended_how is EndedHow.COMPLETED
    async with office.database.reading() as connection:
        assert (await calls.of_agent(connection, ben.id, (await office.kept(call)).id)).agent_id == ben.id


async def test_an_ended_call_takes_no_more_wishes(office: Office, ben: Agent) -> None:
    call = await office.ring()
    await office.exchange.caller_hangs_up(call)
    for action in Action:
        with pytest.raises(WrongState):
            await office.click.control(ben, (await office.kept(call)).id, action, "202")


async def test_a_call_between_lines_is_never_logged_nor_looked_up(office: Office, ben: Agent, cleo: Agent) -> None:
    kept = await office.click.dial(ben, "202")
    assert kept.call.party.number == "202"
    await office.does(cleo, f"{kept.call.id}-peer", Action.ANSWER)
    await office.does(ben, kept.call.id, Action.HANG_UP)
    for agent, call in ((ben, kept.call.id), (cleo, f"{kept.call.id}-peer")):
        view = await office.view(call, agent)
        assert (view.state, view.log.state, view.who.answer) == ("ended", LogState.OFF, Answer.NO_NUMBER)
        assert view.log.reason
        assert view.log.reason.code == "internal-call"
    assert await jobs(office) == {}
    assert office.hubspot.asked == []

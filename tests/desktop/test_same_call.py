"""One call that two places see under ids of their own, over a real database."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from msgspec.structs import replace
from tests.desktop.office import Office

from offhook.agents.agent import Agent
from offhook.calls import store as calls
from offhook.calls.call import CallState, EndedHow
from offhook.calls.events import CallEvent, CallStarted, Direction, EndReason, LegAlerting, LegAnswered, LegEnded
from offhook.calls.sighting import Sighting
from offhook.calls.wrap_up import WrapUp

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)  # when agents of these tests take their lines
CARLA = "+14155550100"


def after(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def sighting(source: str, id_: str, began: float, ended: float | None) -> Sighting:
    end = None if ended is None else after(ended)
    return Sighting(source, id_, "201", CARLA, Direction.INBOUND, after(began), end)


def panel(id_: str, began: float, ended: float, answered: float | None = None) -> list[tuple[list[CallEvent], Sighting]]:
    """Two deliveries, as an agent's panel sends them."""
    start = CallStarted(id_, after(began), Direction.INBOUND, CARLA)
    first: list[CallEvent] = [start, LegAlerting(id_, "201", after(began), "201")]
    if answered:
        first.append(LegAnswered(id_, "201", after(answered), "201"))
    last: list[CallEvent] = [start, LegEnded(id_, "201", after(ended), "201", EndReason.UNKNOWN)]
    return [(first, sighting("panel", id_, began, None)), (last, sighting("panel", id_, began, ended))]


def record(id_: str, began: float, ended: float, answered: float | None = None) -> tuple[list[CallEvent], Sighting]:
    reason = EndReason.HUNG_UP if answered else EndReason.DECLINED
    events: list[CallEvent] = [
        CallStarted(id_, after(began), Direction.INBOUND, CARLA),
        LegAlerting(id_, "201", after(began), "201"),
        LegEnded(id_, "201", after(ended), "201", reason),
    ]
    if answered:
        events.append(LegAnswered(id_, "201", after(answered), "201"))
    return events, sighting("record", id_, began, ended)


async def hear(office: Office, told: Sequence[tuple[list[CallEvent], Sighting]]) -> None:
    office.clock.at = AT + timedelta(hours=1)
    for events, seen in told:
        async with office.database.transaction() as connection:
            done = await office.monitor.happened(connection, "exchange", events, (seen,))
        done()


async def of(office: Office, agent: Agent) -> list[calls.KeptCall]:
    async with office.database.reading() as connection:
        return list(await calls.recent(connection, agent.id))


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_call_that_panel_and_record_tell_of_is_one_in_any_order(
    office: Office, ben: Agent, order: Sequence[int]
) -> None:
    told = [*panel("p1", 1, 64, answered=6), record("77", 0, 63.5, answered=5.5)]
    await hear(office, [told[each] for each in order])
    [kept] = await of(office, ben)
    assert (kept.call.state, kept.call.duration) == (CallState.ENDED, timedelta(seconds=58))


async def test_two_calls_of_one_customer_stay_two(office: Office, ben: Agent) -> None:
    seen_live = panel("p2", 90, 120, answered=95)
    records = [record("77", 0, 20), record("78", 89, 120, answered=94)]
    await hear(office, [*seen_live, *records])
    assert [each.call.ended_how for each in await of(office, ben)] == [EndedHow.COMPLETED, EndedHow.DECLINED]


async def test_the_reason_is_known_from_the_place_that_knows_it(office: Office, ben: Agent) -> None:
    await hear(office, [*panel("p1", 0, 9), record("77", 0, 10)])
    [kept] = await of(office, ben)
    assert kept.call.ended_how is EndedHow.DECLINED
    assert kept.call.ended_at == after(9)


async def test_what_is_told_twice_changes_nothing(office: Office, ben: Agent) -> None:
    told = [*panel("p1", 1, 64, answered=6), record("77", 0, 63.5, answered=5.5)]
    await hear(office, told)
    [before] = await of(office, ben)
    await hear(office, told)
    [after_all] = await of(office, ben)
    assert (after_all.id, after_all.call) == (before.id, before.call)


async def test_bookmarks_are_kept_and_replaced(office: Office) -> None:
    async with office.database.transaction() as connection:
        assert await calls.read_bookmark(connection, "exchange", "calls") is None
        for place in ("here", "there"):
            await calls.keep_bookmark(connection, "exchange", "calls", place)
        assert await calls.read_bookmark(connection, "exchange", "calls") == "there"
        assert await calls.read_bookmark(connection, "webhook", "calls") is None


# Two panels saw two parts of one call, and the record then says that it is one.


def on(line: str, id_: str, began: float, ended: float, answered: float | None) -> tuple[list[CallEvent], Sighting]:
    events: list[CallEvent] = [
        CallStarted(id_, after(began), Direction.INBOUND, CARLA),
        LegAlerting(id_, line, after(began), line),
        LegEnded(id_, line, after(ended), line, EndReason.UNKNOWN),
    ]
    if answered:
        events.append(LegAnswered(id_, line, after(answered), line))
    return events, Sighting("panel", id_, line, CARLA, Direction.INBOUND, after(began), after(ended))


async def whole(office: Office, line: str = "202") -> None:
    """Ben's phone rang in vain, then Cleo's did, and she answered."""
    ends = ("201", 0, 15, None, EndReason.ELSEWHERE), (line, 15, 80, 20, EndReason.HUNG_UP)
    events: list[CallEvent] = [CallStarted("77", after(0), Direction.INBOUND, CARLA)]
    seen = []
    for line, began, ended, answered, reason in ends:
        events += [LegAlerting("77", line, after(began), line), LegEnded("77", line, after(ended), line, reason)]
        events += [LegAnswered("77", line, after(answered), line)] if answered else []
        seen.append(Sighting("record", f"77-{line}", line, CARLA, Direction.INBOUND, after(began), after(ended)))
    async with office.database.transaction() as connection:
        done = await office.monitor.happened(connection, "exchange", events, seen)
    done()


async def test_parts_that_two_panels_saw_become_one_call_with_all_that_was_written(
    office: Office, ben: Agent, cleo: Agent
) -> None:
    await hear(office, [on("201", "p1", 1, 15, None), on("202", "p2", 16, 80, 21)])
    [bens], [cleos] = await of(office, ben), await of(office, cleo)
    assert bens.id != cleos.id
    async with office.database.transaction() as connection:
        await calls.save(connection, replace(cleos, wrap_up=WrapUp("Wants twelve bags.")))
    for _ in range(2):
        await whole(office)
    assert [[each.id for each in await of(office, agent)] for agent in (ben, cleo)] == [[bens.id], [bens.id]]
    async with office.database.transaction() as connection:
        kept = await calls.of_agent(connection, cleo.id, cleos.id)  # her panel may still know it by that id
    assert (kept.id, kept.wrap_up.notes) == (bens.id, "Wants twelve bags.")
    assert (kept.call.ended_how, kept.agent_id, kept.call.duration) == (
        EndedHow.COMPLETED,
        cleo.id,
        timedelta(seconds=60),
    )
    await office.until(lambda: office.panel_frames(ben) and office.panel_frames(cleo))


@pytest.mark.parametrize("lost", [0, 1])
async def test_what_hubspot_held_of_the_other_part_is_taken_away(
    office: Office, ben: Agent, cleo: Agent, lost: int
) -> None:
    """Also when HubSpot's answer to its making was lost."""
    await hear(office, [on("201", "p1", 1, 15, None)])
    await office.worker.catch_up()
    office.hubspot.lost_answers = lost
    await hear(office, [on("202", "p2", 16, 80, 21)])
    await office.worker.catch_up()
    assert len(office.hubspot.engagements) == 2
    await whole(office)
    office.clock.advance(hours=1)
    await office.worker.catch_up()
    [held] = office.hubspot.engagements.values()
    [kept] = await of(office, cleo)
    assert (held.entry.external_id, held.entry.duration) == (kept.id, timedelta(seconds=60))


async def test_parts_in_two_accounts_stay_apart(office: Office, ben: Agent, zed: Agent) -> None:
    await hear(office, [on("201", "p1", 1, 15, None), on("203", "p2", 16, 80, 21)])
    await whole(office, "203")
    [bens], [zeds] = await of(office, ben), await of(office, zed)
    assert (bens.id != zeds.id, zeds.call.ended_how) == (True, EndedHow.COMPLETED)

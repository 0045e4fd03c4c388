"""What an agent asks of her phone system."""

import asyncio

import pytest
from sqlalchemy import text
from tests.desktop.office import CARLA_NUMBER, Office

from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.calls.events import CallStarted, Direction
from offhook.calls.phone_number import PhoneNumber
from offhook.errors import InvalidNumber, NotFound, Unsupported, WrongState
from offhook.telephony.phone_system import Action, Capability

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_sqlite
@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("+1 415 555 0100", CARLA_NUMBER),
        ("(415) 555-0100", CARLA_NUMBER),
        ("tel:+14155550100", CARLA_NUMBER),
        ("001 415 555 0100", CARLA_NUMBER),
        ("202", "202"),
        (" tel:202 ", "202"),
        ("sip:202@10.0.0.1", "202"),
        ("*97#", "*97#"),
        ("555-0100", "5550100"),
    ],
)
async def test_any_writing_of_a_number_or_a_line_is_dialled(
    office: Office, ben: Agent, written: str, dialled: str
) -> None:
    asked: list[PhoneNumber] = []
    office.exchange.dial = _noting(asked)  # type: ignore[method-assign]
    kept = await office.click.dial(ben, written)
    assert [each.e164 for each in asked] == [dialled]
    assert (kept.call.direction, kept.call.party.number) == (Direction.OUTBOUND, dialled)


def _noting(asked: list[PhoneNumber]) -> object:
    async def dial(line: str, number: PhoneNumber) -> str:
        asked.append(number)
        return f"noted-{line}"

    return dial


@on_sqlite
@pytest.mark.parametrize("written", ["", "   ", "anonymous", "nobody", "+999", "1" * 40, "<script>"])
async def test_what_is_no_number_is_refused(office: Office, ben: Agent, written: str) -> None:
    with pytest.raises(InvalidNumber):
        await office.click.dial(ben, written)
    assert (await office.panel(ben)).recent == ()


@on_sqlite
async def test_a_line_that_is_busy_or_calls_itself_is_refused(office: Office, ben: Agent) -> None:
    with pytest.raises(WrongState):
        await office.click.dial(ben, "201")
    await office.click.dial(ben, CARLA_NUMBER)
    with pytest.raises(WrongState):
        await office.click.dial(ben, CARLA_NUMBER)
    assert len((await office.panel(ben)).recent) == 1


@on_sqlite
async def test_nobody_dials_without_a_line_or_a_phone_system_that_can(office: Office, ben: Agent) -> None:
    nobody = await office.agent("Nobody", 1, None)
    with pytest.raises(WrongState):
        await office.click.dial(nobody, CARLA_NUMBER)
    office.exchange.capabilities = frozenset(Capability) - {Capability.DIAL}
    for number in (CARLA_NUMBER, "202"):
        with pytest.raises(Unsupported):
            await office.click.dial(ben, number)


@on_sqlite
async def test_what_a_phone_system_cannot_do_is_refused_before_it_is_asked(office: Office, ben: Agent) -> None:
    call = await office.ring()
    office.exchange.capabilities = frozenset()
    with pytest.raises(Unsupported):
        await office.does(ben, call, Action.ANSWER)


@on_sqlite
async def test_nobody_controls_a_call_that_is_not_hers(office: Office, ben: Agent, cleo: Agent, zed: Agent) -> None:
    call = await office.ring()
    for other in (cleo, zed):
        for action in Action:
            with pytest.raises(NotFound):
                await office.does(other, call, action)
    with pytest.raises(NotFound):
        await office.click.control(ben, "no such call", Action.ANSWER)
    assert (await office.view(call, ben)).state == "ringing"


@on_sqlite
@pytest.mark.parametrize("to", ["", "nobody", "999", "sip:"])
async def test_a_transfer_needs_a_line_or_a_number(office: Office, ben: Agent, to: str) -> None:
    call = await office.ring()
    await office.does(ben, call, Action.ANSWER)
    with pytest.raises(InvalidNumber):
        await office.click.control(ben, (await office.kept(call)).id, Action.TRANSFER, to)
    assert (await office.view(call, ben)).state == "connected"


@on_sqlite
async def test_a_call_can_be_passed_on_to_a_number_outside(office: Office, ben: Agent) -> None:
    call = await office.ring()
    await office.does(ben, call, Action.ANSWER)
    await office.click.control(ben, (await office.kept(call)).id, Action.TRANSFER, "(212) 555-0123")
    assert (await office.view(call, ben)).ended_how == "transferred"


@on_sqlite
async def test_hold_mute_and_back(office: Office, ben: Agent) -> None:
    call = await office.ring()
    await office.does(ben, call, Action.ANSWER)
    for action, state, muted in (
        (Action.HOLD, "held", False),
        (Action.RESUME, "connected", False),
        (Action.MUTE, "connected", True),
        (Action.UNMUTE, "connected", False),
    ):
        office.clock.advance(seconds=1)
        await office.does(ben, call, action)
        view = await office.view(call, ben)
        assert (view.state, view.muted) == (state, muted)


async def test_a_delivery_that_is_kept_at_the_same_moment_does_not_stand_in_the_way(office: Office, ben: Agent) -> None:
    """The phone system's own news of the call and the agent's click meet in the database."""
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def news() -> None:
        async with office.database.transaction() as connection:
            started = CallStarted("meet", office.clock(), Direction.OUTBOUND, CARLA_NUMBER)
            await office.monitor.happened(connection, "exchange", [started])
            arrived.set()
            await go_on.wait()

    async def dial(line: str, number: PhoneNumber) -> str:
        return "meet"

    office.exchange.dial = dial  # type: ignore[method-assign]
    async with asyncio.TaskGroup() as group:
        group.create_task(news())
        await arrived.wait()
        dialled = group.create_task(office.click.dial(ben, CARLA_NUMBER))
        await _until_it_waits(office)
        go_on.set()
    assert [each.id for each in (await office.panel(ben)).calls] == [dialled.result().id]


async def _until_it_waits(office: Office) -> None:
    """Until the click waits for the other transaction. On SQLite it does so from the start: there is one writer."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while not office.database.is_sqlite:
        async with office.database.reading() as connection:
            if await connection.scalar(waiting):
                return


@on_sqlite
async def test_dialling_uses_the_line_that_the_agent_is_on_now(office: Office, ben: Agent) -> None:
    async with office.database.transaction() as connection:
        await agents.take_line(connection, ben, "204", "Line 204", office.clock())
        ben = await agents.get(connection, ben.id)
    kept = await office.click.dial(ben, CARLA_NUMBER)
    assert (await office.view(kept.call.id, ben)).line == "204"

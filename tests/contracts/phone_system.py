"""What every phone system must do. A phone system passes by inheriting `PhoneSystemContract` and giving a `driver`."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offhook.calls.call import Call, CallState, EndedHow, LegState
from offhook.calls.events import CallEvent, Direction
from offhook.calls.follow import follow
from offhook.calls.phone_number import PhoneNumber, parse
from offhook.errors import DeliveryRefused, Unsupported, WrongLineLogin, WrongState
from offhook.telephony.phone_system import CAPABILITY_FOR, Action, Capability, PhoneSystem

CUSTOMER = "+1 415 555 0100"
CUSTOMER_NUMBER = PhoneNumber("+14155550100")
BEGAN = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)


class Clock:
    """The time of a test; it passes only when told."""

    def __init__(self, at: datetime = BEGAN) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_seconds(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Driver(Protocol):
    """Plays the world outside a phone system: the caller, and the agent at her desk phone.

    `arrived`: key and body of every delivery, proven, in the order in which they came. `refused`: deliveries over HTTP
    that must not be let through, by a name for people: headers, body and the error. `unknown`: a body that the phone
    system would send one day, with a word that nobody knows yet.
    """

    system: PhoneSystem
    clock: Clock
    line: str
    login: tuple[str, str]
    wrong_logins: tuple[tuple[str, str], ...]
    arrived: list[tuple[str, bytes]]
    refused: Mapping[str, tuple[Mapping[str, str], bytes, type[DeliveryRefused]]]
    unknown: bytes

    async def ring(self, caller: str, name: str = "") -> str: ...
    async def caller_hangs_up(self, call: str) -> None: ...
    async def nobody_answers(self, call: str) -> None: ...
    async def agent_dials(self, number: PhoneNumber) -> str: ...
    async def far_end_answers(self, call: str) -> None: ...
    async def agent_does(self, call: str, action: Action) -> None: ...


JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
    max_leaves=5,
)


def events_of(driver: Driver) -> list[CallEvent]:
    """All that has arrived, read."""
    readings = [driver.system.read(body) for _, body in driver.arrived]
    assert [each.unrecognised for each in readings] == [None] * len(readings)
    return [event for each in readings for event in each.events]


def followed(events: list[CallEvent], call: str, phone_system: str) -> Call:
    known: Call | None = None
    for event in events:
        if event.call == call:
            known = follow(known, event, phone_system)
    assert known is not None, f"nothing was heard of call {call}"
    return known


def heard(driver: Driver, call: str) -> Call:
    """The call as the desk would know it now."""
    return followed(events_of(driver), call, driver.system.key)


@pytest.mark.usefixtures("anyio_backend")  # sync tests need it too, for an async `driver`
class PhoneSystemContract:
    """Give a fixture `driver` that starts the system, and stops it after the test."""

    def test_it_has_words_for_people(self, driver: Driver) -> None:
        system = driver.system
        assert system.key == system.key.lower().strip()
        assert system.title.strip()
        assert system.says.endswith(".")

    # What it tells.

    async def test_it_tells_of_a_call_that_rings(self, driver: Driver) -> None:
        call = heard(driver, await driver.ring(CUSTOMER, "Ada Lovelace"))
        assert call.state is CallState.RINGING
        assert call.direction is Direction.INBOUND
        assert call.party.name == "Ada Lovelace"
        assert parse(call.party.number) == CUSTOMER_NUMBER
        assert call.leg_on(driver.line) is not None

    async def test_it_tells_of_an_answered_call_with_its_times(self, driver: Driver) -> None:
        id_ = await driver.ring(CUSTOMER)
        driver.clock.pass_seconds(5)
        await driver.agent_does(id_, Action.ANSWER)
        assert heard(driver, id_).state is CallState.CONNECTED
        driver.clock.pass_seconds(61.5)
        await driver.caller_hangs_up(id_)
        call = heard(driver, id_)
        assert call.ended_how is EndedHow.COMPLETED
        assert call.began == BEGAN
        assert call.answered_at == BEGAN + timedelta(seconds=5)
        assert call.duration == timedelta(seconds=61.5)

    async def test_it_tells_that_the_agent_hung_up(self, driver: Driver) -> None:
        id_ = await driver.ring(CUSTOMER)
        await driver.agent_does(id_, Action.ANSWER)
        driver.clock.pass_seconds(2)
        await driver.agent_does(id_, Action.HANG_UP)
        assert heard(driver, id_).ended_how is EndedHow.COMPLETED

    async def test_it_tells_of_a_call_that_nobody_answered(self, driver: Driver) -> None:
        id_ = await driver.ring(CUSTOMER)
        driver.clock.pass_seconds(30)
        await driver.nobody_answers(id_)
        call = heard(driver, id_)
        assert (call.ended_how, call.duration) == (EndedHow.MISSED, timedelta())

    async def test_it_tells_of_a_caller_who_gave_up(self, driver: Driver) -> None:
        id_ = await driver.ring(CUSTOMER)
        driver.clock.pass_seconds(4)
        await driver.caller_hangs_up(id_)
        assert heard(driver, id_).ended_how is EndedHow.MISSED

    async def test_it_tells_of_a_declined_call(self, driver: Driver) -> None:
        id_ = await driver.ring(CUSTOMER)
        await driver.agent_does(id_, Action.DECLINE)
        assert heard(driver, id_).ended_how is EndedHow.DECLINED

    async def test_it_tells_of_a_withheld_number(self, driver: Driver) -> None:
        call = heard(driver, await driver.ring("anonymous"))
        assert call.direction is Direction.INBOUND
        assert not isinstance(parse(call.party.number), PhoneNumber)

    async def test_it_tells_of_hold_and_resume(self, driver: Driver) -> None:
        id_ = await driver.ring(CUSTOMER)
        states = []
        for action in (Action.ANSWER, Action.HOLD, Action.RESUME, Action.HOLD):
            driver.clock.pass_seconds(1)
            await driver.agent_does(id_, action)
            states.append(heard(driver, id_).state)
        assert states == [CallState.CONNECTED, CallState.HELD, CallState.CONNECTED, CallState.HELD]

    async def test_it_tells_of_mute_and_unmute(self, driver: Driver) -> None:
        id_ = await driver.ring(CUSTOMER)
        muted = []
        for action in (Action.ANSWER, Action.MUTE, Action.UNMUTE):
            driver.clock.pass_seconds(1)
            await driver.agent_does(id_, action)
            leg = heard(driver, id_).leg_on(driver.line)
            muted.append(leg is not None and leg.muted)
        assert muted == [False, True, False]

    async def test_it_tells_of_an_outbound_call(self, driver: Driver) -> None:
        id_ = await driver.agent_dials(CUSTOMER_NUMBER)
        assert heard(driver, id_).state is CallState.DIALING
        driver.clock.pass_seconds(3)
        await driver.far_end_answers(id_)
        driver.clock.pass_seconds(20)
        await driver.agent_does(id_, Action.HANG_UP)
        call = heard(driver, id_)
        assert (call.direction, call.ended_how) == (Direction.OUTBOUND, EndedHow.COMPLETED)
        assert parse(call.party.number) == CUSTOMER_NUMBER
        assert call.duration == timedelta(seconds=20)

    async def test_it_tells_of_an_outbound_call_that_nobody_answered(self, driver: Driver) -> None:
        id_ = await driver.agent_dials(CUSTOMER_NUMBER)
        driver.clock.pass_seconds(30)
        await driver.nobody_answers(id_)
        assert heard(driver, id_).ended_how is EndedHow.NO_ANSWER

    async def test_it_tells_the_same_when_deliveries_come_twice_and_in_any_order(self, driver: Driver) -> None:
        id_ = await driver.ring(CUSTOMER, "Ada Lovelace")
        for action in (Action.ANSWER, Action.MUTE, Action.HOLD, Action.RESUME, Action.UNMUTE, Action.HANG_UP):
            driver.clock.pass_seconds(1)
            await driver.agent_does(id_, action)
        bodies = [body for _, body in driver.arrived]
        right = heard(driver, id_)

        @given(st.permutations(bodies * 2))
        @settings(max_examples=50, deadline=None)
        def whatever_the_order(shuffled: list[bytes]) -> None:
            events = [event for body in shuffled for event in driver.system.read(body).events]
            assert followed(events, id_, driver.system.key) == right

        whatever_the_order()

    async def test_it_gives_every_happening_a_key_of_its_own(self, driver: Driver) -> None:
        for _ in range(2):
            id_ = await driver.ring(CUSTOMER)
            for action in (Action.ANSWER, Action.HOLD, Action.RESUME, Action.HOLD, Action.RESUME, Action.HANG_UP):
                driver.clock.pass_seconds(1)
                await driver.agent_does(id_, action)
        keys = [key for key, _ in driver.arrived]
        assert len(set(keys)) == len(keys) > 10

    # What it reads and what it refuses.

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.binary(max_size=200) | JSON_VALUES.map(lambda value: json.dumps(value).encode()))
    def test_it_never_raises_when_it_reads(self, driver: Driver, body: bytes) -> None:
        reading = driver.system.read(body)
        assert reading.events or reading.unrecognised or b"events" in body

    async def test_it_never_raises_when_a_true_delivery_was_changed(self, driver: Driver) -> None:
        await driver.agent_does(await driver.ring(CUSTOMER), Action.ANSWER)
        true = [json.loads(body) for _, body in driver.arrived]

        @given(st.sampled_from(true), st.data(), JSON_VALUES)
        @settings(max_examples=150, deadline=None)
        def whatever_was_changed(said: dict[str, Any], data: st.DataObject, value: Any) -> None:
            changed = said | {data.draw(st.sampled_from(sorted(said))): value}
            for event in driver.system.read(json.dumps(changed).encode()).events:
                assert follow(None, event).id == event.call

        whatever_was_changed()

    def test_it_keeps_what_it_does_not_know_and_says_so(self, driver: Driver) -> None:
        reading = driver.system.read(driver.unknown)
        assert reading.events == ()
        assert reading.unrecognised

    def test_it_refuses_what_it_cannot_believe_or_read(self, driver: Driver) -> None:
        for name, (headers, body, error) in driver.refused.items():
            with pytest.raises(error) as raised:
                driver.system.prove(headers, body, driver.clock())
            assert type(raised.value) is error, name
            assert raised.value.says.endswith("."), name

    # What it can be asked.

    async def test_it_does_what_it_says_it_can(self, driver: Driver) -> None:
        id_ = await driver.ring(CUSTOMER)
        expected = {
            Action.ANSWER: LegState.CONNECTED,
            Action.HOLD: LegState.HELD,
            Action.RESUME: LegState.CONNECTED,
            Action.HANG_UP: LegState.ENDED,
        }
        for action, state in expected.items():
            driver.clock.pass_seconds(1)
            if CAPABILITY_FOR[action] not in driver.system.capabilities:
                await driver.agent_does(id_, action)
                continue
            await driver.system.control(id_, driver.line, action)
            leg = heard(driver, id_).leg_on(driver.line)
            assert leg is not None
            assert leg.state is state

    async def test_it_calls_from_a_line_if_it_can(self, driver: Driver) -> None:
        if Capability.DIAL not in driver.system.capabilities:
            with pytest.raises(Unsupported):
                await driver.system.dial(driver.line, CUSTOMER_NUMBER)
            return
        call = heard(driver, await driver.system.dial(driver.line, CUSTOMER_NUMBER))
        assert call.state is CallState.DIALING
        assert call.leg_on(driver.line) is not None

    async def test_it_cannot_do_what_it_does_not_say(self, driver: Driver) -> None:
        id_ = await driver.ring(CUSTOMER)
        before = list(driver.arrived)
        for action in Action:
            if CAPABILITY_FOR[action] not in driver.system.capabilities:
                with pytest.raises(Unsupported):
                    await driver.system.control(id_, driver.line, action, CUSTOMER)
        if driver.system.capabilities:
            with pytest.raises(WrongState):
                await driver.system.control("no such call", driver.line, Action.HANG_UP)
        assert driver.arrived == before

    @pytest.mark.parametrize("action", [Action.HOLD, Action.RESUME, Action.MUTE, Action.TRANSFER])
    async def test_it_refuses_what_is_not_possible_while_it_rings(self, driver: Driver, action: Action) -> None:
        id_ = await driver.ring(CUSTOMER)
        impossible = WrongState if CAPABILITY_FOR[action] in driver.system.capabilities else Unsupported
        with pytest.raises(impossible):
            await driver.system.control(id_, driver.line, action, CUSTOMER)
        assert heard(driver, id_).state is CallState.RINGING

    @pytest.mark.parametrize("action", list(Action))
    async def test_it_refuses_everything_once_the_call_is_over(self, driver: Driver, action: Action) -> None:
        id_ = await driver.ring(CUSTOMER)
        await driver.caller_hangs_up(id_)
        impossible = WrongState if CAPABILITY_FOR[action] in driver.system.capabilities else Unsupported
        with pytest.raises(impossible):
            await driver.system.control(id_, driver.line, action, CUSTOMER)

    # Lines.

    async def test_it_lets_an_agent_log_in_and_out(self, driver: Driver) -> None:
        assert (await driver.system.log_in(*driver.login)).strip()
        await driver.system.log_out(driver.line)
        await driver.system.log_out(driver.line)

    async def test_it_refuses_a_wrong_line_login(self, driver: Driver) -> None:
        for line, secret in driver.wrong_logins:
            with pytest.raises(WrongLineLogin):
                await driver.system.log_in(line, secret)

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from tests.contracts.phone_system import CUSTOMER, CUSTOMER_NUMBER, Clock, heard
from tests.telephony.exchange.driver import LINES, ExchangeDriver

from offhook.calls.call import Call, CallState, EndedHow
from offhook.calls.events import Direction, EndReason
from offhook.calls.phone_number import PhoneNumber
from offhook.errors import InvalidNumber, NotFound, PhoneSystemUnavailable, WrongState
from offhook.telephony.exchange import Exchange, FarEnd
from offhook.telephony.phone_system import Action


@pytest.fixture
async def driver() -> AsyncIterator[ExchangeDriver]:
    driver = ExchangeDriver()
    await driver.start()
    yield driver
    await driver.exchange.stop()


def reasons(call: Call) -> list[tuple[str, EndReason | None]]:
    return [(leg.line, leg.ending.reason if leg.ending else None) for leg in call.legs]


# Callers from outside.


@pytest.mark.parametrize(
    "caller", ["", "anonymous", "0", "+" * 300, "<script>alert(1)</script>", "\0\ud800", "☎" * 100_000]
)
async def test_it_rings_for_any_caller(driver: ExchangeDriver, caller: str) -> None:
    call = heard(driver, await driver.exchange.ring(caller, "201", caller))
    assert call.state is CallState.RINGING
    assert len(call.party.number) <= 250
    assert call.party.number.encode().count(0) == 0


async def test_it_says_which_lines_there_are_when_there_is_no_such_line(driver: ExchangeDriver) -> None:
    with pytest.raises(NotFound, match=r"no line '999'.*201, 202, 203"):
        await driver.exchange.ring(CUSTOMER, "999")


async def test_a_second_caller_rings_while_the_line_is_busy_and_answering_holds_the_first(driver: ExchangeDriver) -> None:
    first = await driver.ring(CUSTOMER)
    await driver.agent_does(first, Action.ANSWER)
    second = await driver.ring("+1 415 555 0111")
    assert heard(driver, second).state is CallState.RINGING
    await driver.agent_does(second, Action.ANSWER)
    assert [heard(driver, call).state for call in (first, second)] == [CallState.HELD, CallState.CONNECTED]
    await driver.agent_does(first, Action.RESUME)
    assert [heard(driver, call).state for call in (first, second)] == [CallState.CONNECTED, CallState.HELD]


# Calls to outside.


@pytest.mark.parametrize(
    ("does", "how"),
    [
        (FarEnd.ANSWERS, None),
        (FarEnd.BUSY, EndedHow.BUSY),
        (FarEnd.FAILS, EndedHow.FAILED),
        (FarEnd.SILENT, EndedHow.NO_ANSWER),
    ],
)
async def test_it_tells_what_the_far_end_does(driver: ExchangeDriver, does: FarEnd, how: EndedHow | None) -> None:
    call = await driver.agent_dials(CUSTOMER_NUMBER)
    await driver.exchange.far_end_does(call, does)
    assert heard(driver, call).ended_how is how


async def test_an_agent_may_give_up_while_it_dials(driver: ExchangeDriver) -> None:
    call = await driver.agent_dials(CUSTOMER_NUMBER)
    with pytest.raises(WrongState, match="cannot answer now: the call is being dialled"):
        await driver.agent_does(call, Action.ANSWER)
    await driver.agent_does(call, Action.HANG_UP)
    assert heard(driver, call).ended_how is EndedHow.CANCELED


async def test_a_line_that_talks_cannot_dial_before_it_holds(driver: ExchangeDriver) -> None:
    call = await driver.ring(CUSTOMER)
    await driver.agent_does(call, Action.ANSWER)
    with pytest.raises(WrongState, match="hold or hang up first"):
        await driver.agent_dials(CUSTOMER_NUMBER)
    await driver.agent_does(call, Action.HOLD)
    assert heard(driver, await driver.agent_dials(CUSTOMER_NUMBER)).state is CallState.DIALING
    with pytest.raises(WrongState, match="dialling"):
        await driver.agent_does(call, Action.RESUME)


async def test_an_unknown_line_can_do_nothing(driver: ExchangeDriver) -> None:
    with pytest.raises(WrongState, match="no line '999'"):
        await driver.exchange.dial("999", CUSTOMER_NUMBER)
    with pytest.raises(WrongState, match="no line '999'"):
        await driver.exchange.control("c", "999", Action.ANSWER)


# Calls between two lines: one call as each side sees it.


async def internal(driver: ExchangeDriver) -> tuple[str, str]:
    mine = await driver.exchange.dial("201", PhoneNumber("202"))
    hers = next(call.id for call in driver.exchange.calls.values() if call.id != mine)
    return mine, hers


async def test_a_line_can_call_another_line(driver: ExchangeDriver) -> None:
    mine, hers = await internal(driver)
    ringing = heard(driver, hers)
    assert (ringing.direction, ringing.party.number, reasons(ringing)) == (Direction.INBOUND, "201", [("202", None)])
    await driver.exchange.control(hers, "202", Action.ANSWER)
    assert heard(driver, mine).state is heard(driver, hers).state is CallState.CONNECTED
    await driver.exchange.control(hers, "202", Action.HANG_UP)
    assert heard(driver, mine).ended_how is heard(driver, hers).ended_how is EndedHow.COMPLETED


async def test_the_number_of_a_line_rings_that_line(driver: ExchangeDriver) -> None:
    await driver.exchange.dial("201", PhoneNumber("+14155550203"))
    assert sorted(leg.line for call in driver.exchange.calls.values() for leg in call.legs) == ["201", "203"]


@pytest.mark.parametrize(
    ("who", "action", "mine_ended", "hers_ended"),
    [
        ("202", Action.DECLINE, EndedHow.BUSY, EndedHow.DECLINED),
        ("201", Action.HANG_UP, EndedHow.CANCELED, EndedHow.MISSED),
    ],
)
async def test_both_sides_of_an_internal_call_end(
    driver: ExchangeDriver, who: str, action: Action, mine_ended: EndedHow, hers_ended: EndedHow
) -> None:
    mine, hers = await internal(driver)
    await driver.exchange.control(mine if who == "201" else hers, who, action)
    assert (heard(driver, mine).ended_how, heard(driver, hers).ended_how) == (mine_ended, hers_ended)


async def test_an_internal_call_survives_that_one_side_is_transferred_away(driver: ExchangeDriver) -> None:
    mine, hers = await internal(driver)
    await driver.exchange.control(hers, "202", Action.ANSWER)
    await driver.exchange.control(hers, "202", Action.TRANSFER, CUSTOMER)
    assert heard(driver, hers).state is CallState.ENDED
    assert heard(driver, mine).state is CallState.CONNECTED


async def test_a_line_cannot_call_itself(driver: ExchangeDriver) -> None:
    with pytest.raises(WrongState, match="itself"):
        await driver.exchange.dial("201", PhoneNumber("201"))


# Transfers.


async def test_a_transferred_call_rings_the_other_line_and_is_never_over_in_between(driver: ExchangeDriver) -> None:
    id_ = await driver.ring(CUSTOMER)
    await driver.agent_does(id_, Action.ANSWER)
    await driver.exchange.control(id_, "201", Action.TRANSFER, "202")
    call = heard(driver, id_)
    assert call.state is CallState.RINGING
    assert reasons(call) == [("201", EndReason.TRANSFERRED), ("202", None)]
    await driver.exchange.control(id_, "202", Action.ANSWER)
    await driver.caller_hangs_up(id_)
    assert reasons(heard(driver, id_)) == [("201", EndReason.TRANSFERRED), ("202", EndReason.HUNG_UP)]


async def test_an_outbound_call_can_be_transferred_and_answered(driver: ExchangeDriver) -> None:
    id_ = await driver.agent_dials(CUSTOMER_NUMBER)
    await driver.far_end_answers(id_)
    await driver.exchange.control(id_, "201", Action.TRANSFER, "202")
    await driver.exchange.control(id_, "202", Action.ANSWER)
    assert heard(driver, id_).state is CallState.CONNECTED


async def test_a_call_transferred_outside_is_over_for_the_exchange(driver: ExchangeDriver) -> None:
    id_ = await driver.ring(CUSTOMER)
    await driver.agent_does(id_, Action.ANSWER)
    await driver.exchange.control(id_, "201", Action.TRANSFER, "(415) 555-0123")
    assert reasons(heard(driver, id_)) == [("201", EndReason.TRANSFERRED)]


@pytest.mark.parametrize(
    ("to", "error"), [("", InvalidNumber), ("999", InvalidNumber), ("nobody", InvalidNumber), ("201", WrongState)]
)
async def test_a_call_cannot_be_transferred_to_nowhere(driver: ExchangeDriver, to: str, error: type[Exception]) -> None:
    id_ = await driver.ring(CUSTOMER)
    await driver.agent_does(id_, Action.ANSWER)
    with pytest.raises(error):
        await driver.exchange.control(id_, "201", Action.TRANSFER, to)
    assert heard(driver, id_).state is CallState.CONNECTED


async def test_a_microphone_is_not_switched_off_twice(driver: ExchangeDriver) -> None:
    id_ = await driver.ring(CUSTOMER)
    await driver.agent_does(id_, Action.ANSWER)
    with pytest.raises(WrongState, match="already on"):
        await driver.agent_does(id_, Action.UNMUTE)


# Time.

Begin = Callable[..., Awaitable["Timed"]]


class Timed(ExchangeDriver):
    """An exchange whose far end is played, in no time; `until` waits for something to be told."""

    def __init__(self, live: tuple[Call, ...] = (), ring_for: float = 30.0, answer_after: float = 0.0) -> None:
        super().__init__()
        self.news = asyncio.Condition()
        self.exchange = self.system = Exchange(
            LINES, self.clock, lambda: f"call-{next(self.ids)}", live, ring_for=ring_for, answer_after=answer_after
        )

    async def _deliver(self, key: str, body: bytes) -> None:
        async with self.news:
            await super()._deliver(key, body)
            self.news.notify_all()

    async def until(self, call: str, state: CallState) -> Call:
        async with asyncio.timeout(5), self.news:
            await self.news.wait_for(lambda: heard(self, call).state is state)
        return heard(self, call)


@pytest.fixture
async def begin() -> AsyncIterator[Begin]:
    begun: list[Timed] = []

    async def begin(live: tuple[Call, ...] = (), **choices: float) -> Timed:
        begun.append(Timed(live, **choices))
        await begun[-1].start()
        return begun[-1]

    yield begin
    for each in begun:
        await each.exchange.stop()


async def test_a_line_that_nobody_answers_stops_ringing(begin: Begin) -> None:
    timed = await begin(ring_for=0.0)
    call = await timed.until(await timed.ring(CUSTOMER), CallState.ENDED)
    assert (call.ended_how, reasons(call)) == (EndedHow.MISSED, [("201", EndReason.NO_ANSWER)])


async def test_an_ordinary_number_answers_by_itself(begin: Begin) -> None:
    timed = await begin()
    await timed.until(await timed.agent_dials(CUSTOMER_NUMBER), CallState.CONNECTED)


@pytest.mark.parametrize(("ending", "how"), [("99", EndedHow.BUSY), ("98", EndedHow.NO_ANSWER), ("97", EndedHow.FAILED)])
async def test_the_demo_numbers_do_what_is_documented(begin: Begin, ending: str, how: EndedHow) -> None:
    timed = await begin(ring_for=0.0)
    call = await timed.until(await timed.agent_dials(PhoneNumber(f"+141555501{ending}")), CallState.ENDED)
    assert call.ended_how is how


async def test_a_line_that_is_called_by_another_decides_for_itself(begin: Begin) -> None:
    timed = await begin(answer_after=0.0)
    mine, hers = await internal(timed)
    outside = await timed.exchange.dial("203", CUSTOMER_NUMBER)
    await timed.until(outside, CallState.CONNECTED)
    assert [heard(timed, call).state for call in (mine, hers)] == [CallState.DIALING, CallState.RINGING]


async def test_an_answered_call_is_not_ended_by_the_time_it_rang(begin: Begin) -> None:
    timed = await begin(ring_for=0.05)
    answered = await timed.ring(CUSTOMER)
    await timed.agent_does(answered, Action.ANSWER)
    later = await timed.exchange.ring(CUSTOMER, "202")
    await timed.until(later, CallState.ENDED)
    assert heard(timed, answered).state is CallState.CONNECTED


# Restarts.


async def test_a_call_survives_a_restart(driver: ExchangeDriver) -> None:
    id_ = await driver.ring(CUSTOMER)
    await driver.agent_does(id_, Action.ANSWER)
    await driver.agent_does(id_, Action.MUTE)
    await driver.exchange.stop()
    ended = Call("exchange", "old", driver.clock())
    later = ExchangeDriver([heard(driver, id_), ended], ids=driver.ids, clock=driver.clock)
    later.arrived = driver.arrived
    await later.start()
    assert list(later.exchange.calls) == [id_]
    with pytest.raises(WrongState, match="already off"):
        await later.agent_does(id_, Action.MUTE)
    await later.agent_does(id_, Action.HOLD)
    await later.caller_hangs_up(id_)
    await later.exchange.stop()
    assert heard(later, id_).ended_how is EndedHow.COMPLETED


async def test_a_line_that_rang_too_long_while_the_service_was_away_stops_at_once(begin: Begin) -> None:
    before = await begin()
    call = heard(before, await before.ring(CUSTOMER))
    await before.exchange.stop()
    after = await begin(live=(call,), ring_for=30.0)
    after.arrived = before.arrived
    after.clock.pass_seconds(31)
    await after.exchange.stop()
    await after.start()
    assert (await after.until(call.id, CallState.ENDED)).ended_how is EndedHow.MISSED


async def test_another_phone_systems_calls_are_not_taken_up() -> None:
    live = Call("webhook", "c", Clock()())
    assert ExchangeDriver([live]).exchange.calls == {}


# Deliveries.


async def test_it_does_nothing_before_it_has_started_or_after_it_has_stopped(driver: ExchangeDriver) -> None:
    with pytest.raises(PhoneSystemUnavailable):
        await ExchangeDriver().ring(CUSTOMER)
    await driver.exchange.stop()
    with pytest.raises(PhoneSystemUnavailable):
        await driver.ring(CUSTOMER)
    assert driver.arrived == []


async def test_deliveries_keep_their_order_when_many_things_happen_at_once(driver: ExchangeDriver) -> None:
    calls = await asyncio.gather(*(driver.exchange.ring(CUSTOMER, line) for line in LINES for _ in range(5)))
    await asyncio.gather(*(driver.exchange.caller_hangs_up(call) for call in calls))
    for call in calls:
        own = [key for key, body in driver.arrived if key.startswith(f"{call}@")]
        assert own == sorted(own)
        assert len(own) == 3


async def test_a_delivery_that_could_not_be_kept_comes_again_and_first(driver: ExchangeDriver) -> None:
    keep = driver._deliver
    failures = iter([OSError("the disk is full")])

    async def deliver(key: str, body: bytes) -> None:
        for failure in failures:
            raise failure
        await keep(key, body)

    await driver.exchange.start(deliver)
    with pytest.raises(OSError, match="full"):
        await driver.ring(CUSTOMER)
    assert driver.arrived == []
    call = next(iter(driver.exchange.calls))
    await driver.agent_does(call, Action.ANSWER)
    assert heard(driver, call).state is CallState.CONNECTED


async def test_a_delivery_that_could_not_be_kept_comes_again_by_itself(
    monkeypatch: pytest.MonkeyPatch, begin: Begin
) -> None:
    monkeypatch.setattr("offhook.telephony.exchange.exchange._HAND_OVER_AGAIN", 0.0)
    timed = await begin()
    keep, failures = timed._deliver, iter([OSError("the disk is full")])

    async def deliver(key: str, body: bytes) -> None:
        for failure in failures:
            raise failure
        await keep(key, body)

    await timed.exchange.start(deliver)
    with pytest.raises(OSError, match="full"):
        await timed.ring(CUSTOMER)
    async with asyncio.timeout(5), timed.news:
        await timed.news.wait_for(lambda: len(timed.arrived) == 2)


async def test_what_happened_is_delivered_even_when_the_asker_has_gone(driver: ExchangeDriver) -> None:
    keep, reached, go_on = driver._deliver, asyncio.Event(), asyncio.Event()

    async def deliver(key: str, body: bytes) -> None:
        reached.set()
        await go_on.wait()
        await keep(key, body)

    await driver.exchange.start(deliver)
    asker = asyncio.create_task(driver.ring(CUSTOMER))
    await reached.wait()
    asker.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asker
    go_on.set()
    await driver.exchange.stop()
    assert len(driver.arrived) == 2

"""The law of the exchange: what its deliveries tell, read and followed, is what it believes itself, whatever happens."""

import asyncio
from collections.abc import Coroutine
from itertools import count
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.contracts.phone_system import Clock, events_of, followed
from tests.telephony.exchange.driver import LINES, ExchangeDriver

from offhook.calls.call import Call, CallState, Leg, LegState
from offhook.calls.phone_number import PhoneNumber
from offhook.errors import WrongState
from offhook.switch.board import Refused
from offhook.telephony.exchange import FarEnd
from offhook.telephony.phone_system import Action

T = TypeVar("T")

LEG_AFTER = {
    Action.ANSWER: LegState.CONNECTED,
    Action.DECLINE: LegState.ENDED,
    Action.HANG_UP: LegState.ENDED,
    Action.HOLD: LegState.HELD,
    Action.RESUME: LegState.CONNECTED,
    Action.TRANSFER: LegState.ENDED,
}
line_keys = st.sampled_from(sorted(LINES))


class AnythingHappens(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock, self.ids = Clock(), count(1)
        self.driver = ExchangeDriver(clock=self.clock, ids=self.ids)
        self.run(self.driver.start())
        self.calls: list[str] = []
        # Lines whose phone let three talk: it mixes, so they may talk to two.
        self.mixes: set[str] = set()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def tried(self, work: Coroutine[Any, Any, T]) -> bool:
        """Whether it was possible; if not, nothing may have happened."""
        before = len(self.driver.arrived)
        try:
            self.run(work)
        except WrongState:
            assert len(self.driver.arrived) == before
            return False
        return True

    def followed(self) -> dict[str, Call]:
        events = events_of(self.driver)
        return {call: followed(events, call, "exchange") for call in dict.fromkeys(event.call for event in events)}

    def legs_of(self, line: str) -> list[Leg]:
        calls = self.driver.exchange.calls.values()
        return [leg for call in calls for leg in call.legs if leg.line == line and not leg.ending]

    def leg(self, call: str, leg: str) -> Any:
        return next(each for each in self.followed()[call].legs if each.id == leg)

    @rule(line=line_keys, caller=st.text(max_size=5))
    def ring(self, line: str, caller: str) -> None:
        self.run(self.driver.exchange.ring(caller, line))

    @rule(line=line_keys, number=st.sampled_from(["+14155550100", "+14155550199", "+14155550203", "201", "202"]))
    def dial(self, line: str, number: str) -> None:
        self.tried(self.driver.exchange.dial(line, PhoneNumber(number)))

    @precondition(lambda self: self.driver.exchange.calls)
    @rule(data=st.data(), action=st.sampled_from(Action), to=st.sampled_from([*LINES, "+14155550100"]))
    def act(self, data: st.DataObject, action: Action, to: str) -> None:
        call = data.draw(st.sampled_from(list(self.driver.exchange.calls.values())))
        leg = data.draw(st.sampled_from(call.legs))
        living = [each for each in call.legs if each.line == leg.line and not each.ending]
        if self.tried(self.driver.exchange.control(call.id, leg.line, action, to)):
            after = self.leg(call.id, living[0].id)
            assert after.state is LEG_AFTER.get(action, after.state)
            assert after.muted is {Action.MUTE: True, Action.UNMUTE: False}.get(action, after.muted)

    @precondition(lambda self: self.driver.exchange.calls)
    @rule(data=st.data(), held=st.booleans())
    def phone_holds_or_resumes(self, data: st.DataObject, held: bool) -> None:
        call = data.draw(st.sampled_from(list(self.driver.exchange.calls.values())))
        leg = data.draw(st.sampled_from(call.legs))
        others = {each.id: each.state for each in self.legs_of(leg.line) if each.id != leg.id}

        async def says() -> None:
            try:
                self.driver.exchange.phones.holds(leg.id, held=held)
            except Refused as error:
                raise WrongState(error.says) from error
            await asyncio.sleep(0)

        if self.tried(says()):
            self.mixes |= set() if held else {leg.line}
            assert self.leg(call.id, leg.id).state is (LegState.HELD if held else LegState.CONNECTED)
            assert others == {each.id: each.state for each in self.legs_of(leg.line) if each.id != leg.id}

    @precondition(lambda self: self.driver.exchange.calls)
    @rule(data=st.data(), does=st.sampled_from(FarEnd))
    def far_end(self, data: st.DataObject, does: FarEnd) -> None:
        call = data.draw(st.sampled_from(sorted(self.driver.exchange.calls)))
        self.tried(self.driver.exchange.far_end_does(call, does))

    @precondition(lambda self: self.driver.exchange.calls)
    @rule(data=st.data())
    def caller_hangs_up(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(sorted(self.driver.exchange.calls)))
        assert self.tried(self.driver.exchange.caller_hangs_up(call))
        assert self.followed()[call].state is CallState.ENDED

    @rule(seconds=st.sampled_from([0.000_000_1, 1, 7, -3]))
    def time_passes_or_the_clock_is_set(self, seconds: float) -> None:
        self.clock.pass_seconds(seconds)

    @rule()
    def restart(self) -> None:
        self.run(self.driver.exchange.stop())
        before = self.driver
        self.driver = ExchangeDriver(list(self.followed().values()), self.ids, self.clock)
        self.driver.arrived = before.arrived
        self.run(self.driver.start())

    @invariant()
    def its_deliveries_tell_what_it_believes(self) -> None:
        told = self.followed()
        assert {
            key: call for key, call in told.items() if call.state is not CallState.ENDED
        } == self.driver.exchange.calls

    @invariant()
    def every_delivery_has_its_own_key(self) -> None:
        keys = [key for key, _ in self.driver.arrived]
        assert len(set(keys)) == len(keys)

    @invariant()
    def a_line_talks_to_one_caller_at_a_time(self) -> None:
        for line in LINES:
            talking = [leg for leg in self.legs_of(line) if leg.state is LegState.CONNECTED]
            if len(talking) < 2:
                self.mixes.discard(line)
            assert len(talking) < 2 or line in self.mixes

    def teardown(self) -> None:
        self.run(self.driver.exchange.stop())
        self.loop.close()


TestAnythingHappens = AnythingHappens.TestCase
TestAnythingHappens.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)

from collections.abc import AsyncIterator, Callable

import pytest
from tests.switch.phone import Phone, until
from tests.telephony.exchange.driver import LINES, ExchangeDriver

from offhook.calls.call import Call
from offhook.telephony.exchange import Exchange, by_number

PINS = {"201": "7391", "202": "5520", "203": "9134"}


class Switched(ExchangeDriver):
    """An exchange with phones; the far end of numbers outside is as in the demo, at once."""

    def __init__(self) -> None:
        super().__init__()
        self.exchange = self.system = Exchange(
            LINES, self.clock, lambda: f"call-{next(self.ids)}", answer_after=0.0, far_end=by_number
        )

    def call(self, line: str) -> Call:
        """The living call that a line is on."""
        return next(
            call for call in self.exchange.calls.values() if any(leg.line == line and not leg.ending for leg in call.legs)
        )

    def states(self, line: str) -> list[str]:
        return [
            leg.state.value
            for call in self.exchange.calls.values()
            for leg in call.legs
            if leg.line == line and not leg.ending
        ]


@pytest.fixture
async def switched() -> AsyncIterator[Switched]:
    switched = Switched()
    await switched.start()
    yield switched
    await switched.exchange.stop()


@pytest.fixture
def phone(switched: Switched) -> Callable[..., Phone]:
    """A registered phone of a line."""

    def phone(line: str, name: str = "") -> Phone:
        made = Phone(line, PINS[line], name).plug_in(switched.exchange.connect_phone)
        assert made.register().status == 200
        return made

    return phone


__all__ = ["PINS", "Switched", "until"]

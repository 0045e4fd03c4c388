"""Plays the world outside the exchange, for the contract and for others who need a phone system that does as told."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from tests.contracts.phone_system import Clock

from offhook.calls.call import Call
from offhook.calls.phone_number import PhoneNumber
from offhook.errors import DeliveryRefused, UnprovenDelivery
from offhook.telephony.exchange import Exchange, FarEnd, Line
from offhook.telephony.phone_system import Action, PhoneSystem

LINES = {
    "201": Line("201", "7391", "Ben's desk"),
    "202": Line("202", "5520"),
    "203": Line("+1 415 555 0203", "9134"),
}


class ExchangeDriver:
    """Nothing happens by itself here but what a timer brings: the far end stays silent until it is told."""

    system: PhoneSystem
    line = "201"
    login = ("201", "7391")
    wrong_logins: tuple[tuple[str, str], ...] = (
        ("201", "0000"),
        ("999", "7391"),
        ("201", ""),
        ("", ""),
        ("201", "٧\ud800"),
    )
    unknown = b'{"type":"conference","call":"c1","leg":"c1.1","line":"201","at":"2026-11-23T18:30:00Z"}'
    refused: Mapping[str, tuple[Mapping[str, str], bytes, type[DeliveryRefused]]] = {
        "anything over HTTP": ({}, unknown, UnprovenDelivery),
    }

    def __init__(self, live: Sequence[Call] = (), ids: Iterator[int] | None = None, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.ids = ids or count(1)
        self.arrived: list[tuple[str, bytes]] = []
        self.exchange = self.system = Exchange(
            LINES, self.clock, lambda: f"call-{next(self.ids)}", live, far_end=lambda number: FarEnd.SILENT
        )

    async def start(self) -> None:
        await self.exchange.start(self._deliver)

    async def _deliver(self, key: str, body: bytes) -> None:
        self.arrived.append((key, body))

    async def ring(self, caller: str, name: str = "") -> str:
        return await self.exchange.ring(caller, self.line, name)

    async def caller_hangs_up(self, call: str) -> None:
        await self.exchange.caller_hangs_up(call)

    async def nobody_answers(self, call: str) -> None:
        await self.exchange.far_end_does(call, FarEnd.SILENT)

    async def agent_dials(self, number: PhoneNumber) -> str:
        return await self.exchange.dial(self.line, number)

    async def far_end_answers(self, call: str) -> None:
        await self.exchange.far_end_does(call, FarEnd.ANSWERS)

    async def agent_does(self, call: str, action: Action) -> None:
        await self.exchange.control(call, self.line, action)

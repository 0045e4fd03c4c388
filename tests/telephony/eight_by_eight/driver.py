"""The contract's two drivers: what 8x8's panel tells while a call goes on, and what its records tell afterwards."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from tests.telephony.eight_by_eight.office import BEN, Office
from tests.telephony.eight_by_eight.test_live import maestro

from offhook.calls.phone_number import PhoneNumber
from offhook.demo.eight_by_eight.ledger import Leg
from offhook.errors import DeliveryRefused, UnprovenDelivery
from offhook.telephony.eight_by_eight.panel import ACCEPTED, OFFERED, TERMINATED
from offhook.telephony.phone_system import Action


@dataclass
class Ongoing:
    """A call that goes on."""

    number: str
    inbound: bool
    began: datetime
    name: str = ""
    answered: datetime | None = None


class Driver8x8:
    """What both have in common: calls that go on."""

    line = BEN
    login = (BEN, "")
    wrong_logins: tuple[tuple[str, str], ...] = (("", ""), ("ben", ""), ("1", ""), ("١٠٠١", ""))
    unknown = b'{"type": "telepathy", "call": "7"}'
    refused: Mapping[str, tuple[Mapping[str, str], bytes, type[DeliveryRefused]]] = {
        "anything over HTTP": ({}, b"{}", UnprovenDelivery),
    }

    def __init__(self) -> None:
        self.office = Office()
        self.system, self.clock = self.office.system, self.office.clock
        self.arrived: list[tuple[str, bytes]] = []
        self.calls: dict[str, Ongoing] = {}
        self.ids = count(1)

    def begin(self, number: str, inbound: bool, name: str = "") -> str:
        call = f"c{next(self.ids)}"
        self.calls[call] = Ongoing(number.replace(" ", ""), inbound, self.clock(), name)
        return call


class PanelDriver(Driver8x8):
    """Ben has 8x8's panel in ours."""

    def tells(self, call: str, kind: str, **more: object) -> None:
        ongoing = self.calls[call]
        began = str(round(ongoing.began.timestamp() * 1000))
        direction = "inbound" if ongoing.inbound else "outbound"
        event = maestro(kind, ongoing.number, direction=direction, startTime=began, **more)
        said = json.dumps({"call": call, "age_ms": 0, "event": event}).encode()
        self.arrived.append(self.system.relayed(self.line, said, self.clock()))

    async def ring(self, caller: str, name: str = "") -> str:
        call = self.begin(caller, inbound=True)
        self.tells(call, OFFERED)
        return call

    async def caller_hangs_up(self, call: str) -> None:
        self.tells(call, TERMINATED, endTime=str(round(self.clock().timestamp() * 1000)))

    nobody_answers = caller_hangs_up

    async def agent_dials(self, number: PhoneNumber) -> str:
        call = self.begin(number.e164, inbound=False)
        self.tells(call, OFFERED)
        return call

    async def far_end_answers(self, call: str) -> None:
        self.tells(call, ACCEPTED)

    async def agent_does(self, call: str, action: Action) -> None:
        if action is Action.ANSWER:
            self.tells(call, ACCEPTED)
        elif action in (Action.HANG_UP, Action.DECLINE):
            await self.caller_hangs_up(call)


class RecordsDriver(Driver8x8):
    """Nobody has a panel open; 8x8 writes the call down when it is over, and Offhook looks."""

    async def looks(self) -> None:
        """From now on; what was before is left alone."""
        await self.office.look()

    async def over(self, call: str, **how: object) -> None:
        ongoing = self.calls.pop(call)
        caller, callee = (ongoing.number, self.line) if ongoing.inbound else (self.line, ongoing.number)
        leg = Leg(call, ongoing.began, self.clock(), caller, callee, ongoing.answered, how)
        self.office.ledger.write(call, "Incoming" if ongoing.inbound else "Outgoing", [leg], ongoing.name)
        await self.office.until(self.clock() + timedelta(minutes=2))
        self.arrived = list(self.office.arrived.items())

    async def ring(self, caller: str, name: str = "") -> str:
        return self.begin(caller, inbound=True, name=name)

    async def caller_hangs_up(self, call: str) -> None:
        await self.over(call, **({} if self.calls[call].answered else {"abandoned": "Abandoned"}))

    async def nobody_answers(self, call: str) -> None:
        await self.over(call, cause="Ring No Answer")

    async def agent_dials(self, number: PhoneNumber) -> str:
        return self.begin(number.e164, inbound=False)

    async def far_end_answers(self, call: str) -> None:
        self.calls[call].answered = self.clock()

    async def agent_does(self, call: str, action: Action) -> None:
        if action is Action.ANSWER:
            self.calls[call].answered = self.clock()
        elif action is Action.HANG_UP:
            await self.over(call)
        elif action is Action.DECLINE:
            await self.over(call, cause="Rejected")

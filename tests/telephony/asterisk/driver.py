"""The contract's driver: a fake Asterisk with one trunk and desk phones, over a real socket."""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from itertools import count

from tests.contracts.phone_system import Clock
from tests.telephony.asterisk.fake_ami import Channel, FakeAsterisk

from offhook.calls.call import Call
from offhook.calls.phone_number import PhoneNumber
from offhook.errors import DeliveryRefused, UnprovenDelivery
from offhook.telephony.asterisk import Address, Asterisk, Dialling, Lines
from offhook.telephony.phone_system import Action, PhoneSystem

DIALLING = Dialling("from-internal")


async def until(holds: Callable[[], object], what: str = "that") -> None:
    """Wait until something holds, without guessing for how long."""
    try:
        async with asyncio.timeout(10):
            while not holds():  # noqa: ASYNC110 (what is waited for is in another task, or in a socket)
                await asyncio.sleep(0.002)
    except TimeoutError:
        raise AssertionError(f"waited in vain for {what}") from None


class AsteriskDriver:
    system: PhoneSystem
    line = "201"
    login = ("201", "")
    wrong_logins: tuple[tuple[str, str], ...] = (("", ""), ("trunk", ""), ("2", ""), ("٢٠١", ""), ("201/x", ""))
    unknown = b'{"word":"unknown","at":"2026-11-23T18:30:00Z","told":{"Event":"TeleportBegin"}}'
    refused: Mapping[str, tuple[Mapping[str, str], bytes, type[DeliveryRefused]]] = {
        "anything over HTTP": ({}, unknown, UnprovenDelivery),
    }

    def __init__(
        self, dialling: Dialling = DIALLING, live: Sequence[Call] = (), pbx: FakeAsterisk | None = None, **more: object
    ) -> None:
        self.clock = Clock()
        self.pbx = pbx or FakeAsterisk(clock=self.clock)
        self.dialling, self.live, self.ids = dialling, live, count(1)
        self.arrived: list[tuple[str, bytes]] = []

    async def start(self, secret: str = "amp111", tls: ssl.SSLContext | None = None) -> None:
        if not self.pbx.port:
            await self.pbx.start()
        address = Address("127.0.0.1", self.pbx.port, "offhook", secret, tls)
        self.asterisk = self.system = Asterisk(
            address, Lines(), self.dialling, self.clock, lambda: f"{next(self.ids)}", self.live, first_pause=0.01
        )
        await self.asterisk.start(self.deliver)

    async def ready(self) -> None:
        await until(lambda: self.asterisk._connection.is_open, "the login")
        await self.settled()

    async def stop(self) -> None:
        await self.asterisk.stop()
        await self.pbx.stop()

    async def deliver(self, key: str, body: bytes) -> None:
        self.arrived.append((key, body))

    async def settled(self) -> None:
        """Until everything that Asterisk said was heard and delivered: the answer to a Ping comes after it."""
        await self.asterisk._connection.ask("Ping")
        await self.asterisk._waiting.join()

    def phone(self, call: str, line: str = "201") -> Channel:
        return self.pbx.find(f"PJSIP/{line}-", call)

    def trunk(self, call: str) -> Channel:
        return self.pbx.find("PJSIP/trunk-", call)

    # The world outside.

    async def ring(self, caller: str, name: str = "", *lines: str) -> str:
        number, known = caller.replace(" ", ""), name or "<unknown>"
        trunk = self.pbx.new("PJSIP/trunk", exten="5550199", number=number, caller=known, state="Ring")
        for line in lines or (self.line,):
            self.pbx.dials(trunk, f"PJSIP/{line}", line)
        await self.settled()
        return trunk.id

    async def caller_hangs_up(self, call: str) -> None:
        self.pbx.hangs_up(self.trunk(call))
        await self.settled()

    async def nobody_answers(self, call: str) -> None:
        trunk, phone = self.trunk(call), self.phone(call)
        source, dest = (trunk, phone) if trunk.id == call else (phone, trunk)
        self.pbx.not_answered(source, dest, "NOANSWER", "0" if dest is phone else "19")
        self.pbx.gone(source, "19")
        await self.settled()

    async def agent_dials(self, number: PhoneNumber, line: str = "201") -> str:
        phone = self.pbx.new(f"PJSIP/{line}", exten=number.e164, number=line, state="Ring")
        self.pbx.dials(phone, "PJSIP/trunk", number.e164)
        await self.settled()
        return phone.id

    async def far_end_answers(self, call: str) -> None:
        self.pbx.answers(self.phone(call), self.trunk(call))
        await self.settled()

    async def agent_does(self, call: str, action: Action) -> None:
        phone = self.phone(call)
        if action is Action.ANSWER:
            self.pbx.answers(self.trunk(call), phone)
        elif action is Action.DECLINE:
            self.pbx.not_answered(self.trunk(call), phone, "BUSY", "21")
            self.pbx.gone(self.trunk(call), "17")
        elif action is Action.HANG_UP:
            self.pbx.hangs_up(phone)
        elif action in (Action.HOLD, Action.RESUME):
            self.pbx.on("Hold" if action is Action.HOLD else "Unhold", phone, MusicClass="default")
        await self.settled()  # Asterisk is not told of a phone's mute key

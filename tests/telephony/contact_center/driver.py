"""The contract's driver: a fake Contact Center over a real socket, whose queue offers calls to Ben."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.contracts.phone_system import Clock
from tests.telephony.asterisk.driver import until
from tests.telephony.contact_center.fake import BEN, KEY, TENANT, TOKEN, FakeContactCenter

from offhook.calls.call import Call
from offhook.calls.phone_number import PhoneNumber
from offhook.errors import DeliveryRefused, UnprovenDelivery
from offhook.telephony.contact_center import Account, ContactCenter
from offhook.telephony.phone_system import Action, PhoneSystem


class ContactCenterDriver:
    system: PhoneSystem
    line = BEN
    login = (BEN, "")
    wrong_logins: tuple[tuple[str, str], ...] = (
        ("", ""),
        ("201", ""),
        ("ag0000000000000000", ""),
        ("ag/../x/y/z/a/b", ""),
    )
    unknown = b'{"events": [], "told": {"event": "InteractionTeleported"}}'
    refused: Mapping[str, tuple[Mapping[str, str], bytes, type[DeliveryRefused]]] = {
        "anything over HTTP": ({}, unknown, UnprovenDelivery),
    }

    def __init__(self, fake: FakeContactCenter | None = None, live: Sequence[Call] = ()) -> None:
        self.clock = Clock()
        self.fake, self.live = fake or FakeContactCenter(self.clock), live
        self.kept: dict[str, bytes] = {}
        self.fails = 0

    @property
    def arrived(self) -> list[tuple[str, bytes]]:
        return list(self.kept.items())

    async def start(
        self, token: str = TOKEN, tenant: str = TENANT, key: str = KEY, region: str = "US", **more: Any
    ) -> None:
        if not self.fake.port:
            await self.fake.start()
        account = Account(tenant, self.fake.stream, key, "http://vcc.example", token, **more)
        self.http = self.fake.http()
        self.system = self.center = ContactCenter(
            account, self.http, self.clock, self.live, region=region, first_pause=0.01
        )
        await self.center.start(self.deliver)

    async def ready(self) -> None:
        await until(lambda: self.fake.sockets and self.center.stream.trouble is None, "the stream")

    async def stop(self) -> None:
        await self.center.stop()
        await self.http.aclose()
        await self.fake.stop()

    async def deliver(self, key: str, body: bytes) -> None:
        """As the inbox does: the first of one key is kept."""
        if self.fails:
            self.fails -= 1
            raise OSError("the database is away")
        self.kept.setdefault(key, body)

    async def settled(self) -> None:
        """Until everything that 8x8 said was heard, kept and acknowledged."""
        await until(lambda: not self.fake.unacknowledged, "acknowledgements")

    # The world outside.

    async def ring(self, caller: str, name: str = "") -> str:
        call = await self.fake.comes_in(caller.replace(" ", ""), name or None)
        await self.fake.assign(call, BEN)
        await self.settled()
        return call.id

    async def caller_hangs_up(self, call: str) -> None:
        await self.fake.hangs_up(self.fake.calls[call])
        await self.settled()

    async def nobody_answers(self, call: str) -> None:
        of = self.fake.calls[call]
        if of.direction == "in":
            await self.fake.reject(of, BEN, 1)
            await self.fake.hangs_up(of)
        else:
            await self.fake.hangs_up(of, "SYSTEM", "CEC_DISCONNECT_NOANSWER")
        await self.settled()

    async def agent_dials(self, number: PhoneNumber) -> str:
        call = await self.fake.begins(BEN, int(number.e164))
        await self.fake.accept(call, BEN)
        await self.settled()
        return call.id

    async def far_end_answers(self, call: str) -> None:
        await self.fake.customer_accepts(self.fake.calls[call])
        await self.settled()

    async def agent_does(self, call: str, action: Action) -> None:
        of = self.fake.calls[call]
        if action is Action.ANSWER:
            await self.fake.accept(of, BEN)
        elif action is Action.DECLINE:
            await self.fake.reject(of, BEN, 2)
        elif action is Action.HANG_UP:
            await self.fake.hangs_up(of, "AGENT")
        else:
            event = "LineHoldStatus" if action in (Action.HOLD, Action.RESUME) else "LineMuteStatus"
            await self.fake.switch(of, event, action in (Action.HOLD, Action.MUTE))
        await self.settled()

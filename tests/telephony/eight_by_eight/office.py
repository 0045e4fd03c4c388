"""An 8x8 phone system over the fake, with a clock, an inbox and a memory of its own; calls joined as the desk does."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from tests.contracts.phone_system import Clock

from offhook.agents.store import Stay
from offhook.calls.call import Call
from offhook.calls.follow import follow
from offhook.demo.eight_by_eight.fake import KEY, PASSWORD, SECRET, USER, Fake8x8
from offhook.telephony.eight_by_eight import EightByEight, Keys
from offhook.telephony.eight_by_eight.eight_by_eight import Pace
from offhook.telephony.phone_system import Reading

BEN, CLEO, CARLA = "1001", "1002", "+14155550100"
FOREVER = datetime.min.replace(tzinfo=Clock().at.tzinfo)


@dataclass
class Office:
    clock: Clock = field(default_factory=Clock)
    keys: Keys = Keys(KEY, SECRET, USER, PASSWORD)
    stays: list[Stay] = field(default_factory=lambda: [Stay(BEN, FOREVER, None), Stay(CLEO, FOREVER, None)])
    region: str = "US"
    pace: Pace = Pace(timedelta(minutes=1), timedelta())
    shelf: dict[str, str] = field(default_factory=dict)
    arrived: dict[str, bytes] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fake = Fake8x8(self.clock)
        self.ledger = self.fake.ledger
        self.restart()

    def restart(self) -> None:
        """Another process: it remembers what was kept, and nothing else."""
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        self.system = EightByEight(
            self.keys, http, self.clock, self, self._stays, pace=self.pace, region=self.region, **self.more
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        status, headers, body = self.fake.answer(str(request.url), dict(request.headers), request.content.decode())
        return httpx.Response(status, headers={"content-length": str(len(body))} | headers, stream=httpx.ByteStream(body))

    async def _stays(self) -> list[Stay]:
        return self.stays

    async def read(self, name: str) -> str | None:
        return self.shelf.get(name)

    async def keep(self, name: str, place: str) -> None:
        self.shelf[name] = place

    async def deliver(self, key: str, body: bytes) -> None:
        self.arrived.setdefault(key, body)

    async def look(self) -> float:
        return await self.system.poller.look(self.deliver)

    async def until(self, moment: datetime) -> None:
        """Look as often as it wants to until then, and once more."""
        while self.clock() < moment:
            pause = await self.look()
            self.clock.at = min(moment, self.clock() + timedelta(seconds=pause))
        await self.look()

    async def settled(self, hours: float = 1.5) -> None:
        await self.until(self.clock() + timedelta(hours=hours))

    # What is known then.

    def readings(self) -> list[Reading]:
        return [self.system.read(body) for body in self.arrived.values()]

    def calls(self) -> list[Call]:
        """Calls by what their places name them, oldest first: sightings of one id are of one call."""
        known: dict[tuple[str, str], int] = {}
        calls: dict[int, Call] = {}
        for number, reading in enumerate(self.readings()):
            assert reading.unrecognised is None
            names = [(each.source, each.id) for each in reading.seen]
            at = next((known[name] for name in names if name in known), number)
            known |= dict.fromkeys(names, at)
            for event in reading.events:
                calls[at] = follow(calls.get(at), event, self.system.key)
        return sorted((each for each in calls.values() if each.legs), key=lambda each: each.began)

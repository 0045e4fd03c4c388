"""A day on 8x8 through the real service, into a real sandbox: exactly the right engagements, whoever saw it live.

The service's clock is the test's: it is put two days back, and passes in steps; everything else is as it always is.
Everything is delivered twice, under keys of its own, and the service is stopped and started in the middle of the day.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from tests.contracts.phone_system import Clock
from tests.real_service import Json, Panel, RealService, real_service, settings_for
from tests.telephony.eight_by_eight.test_live import maestro

from hubspot_sandbox.seeds import people
from hubspot_sandbox.testing import RunningSandbox, running_sandbox
from offhook import bootstrap, systems
from offhook.demo.eight_by_eight.fake import KEY, PASSWORD, SECRET, USER, Fake8x8
from offhook.demo.eight_by_eight.ledger import RECORDING
from offhook.jobs import outbox
from offhook.jobs.inbox import Inbox
from offhook.settings import Settings
from offhook.systems import KeptBookmarks
from offhook.telephony.eight_by_eight.panel import ACCEPTED, LOST, OFFERED, TERMINATED
from offhook.telephony.polling import Place

ADA, CLEO, STRANGER = "1001", "1002", "1777"
SYSTEM = "eight_by_eight"
# HubSpot takes no recording that is not on https.
ADDRESS = "https://offhook.test"
FIELDS = ("status", "direction", "duration", "from_number", "to_number", "recording_url")
numbers = count(1000)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        sandbox.control("POST", "/limits", {"enabled": False})
        sandbox.control("POST", "/index-delay", {"seconds": 0})
        yield sandbox


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock((datetime.now(UTC) - timedelta(hours=52)).replace(microsecond=0))
    monkeypatch.setattr(systems, "_now", clock)
    monkeypatch.setattr(bootstrap, "now", clock)
    return clock


@pytest.fixture
def _everything_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    accept = Inbox.accept

    async def twice(self: Inbox, source: str, key: str, body: bytes) -> bool:
        new = await accept(self, source, key, body)
        await accept(self, source, f"{key}:again", body)
        return new

    monkeypatch.setattr(Inbox, "accept", twice)


@dataclass
class Day:
    """The agents, their customers, and what happens. `live`: whose panels hold 8x8's softphone."""

    service: RealService
    fake: Fake8x8
    clock: Clock
    live: Mapping[str, Panel]
    customers: dict[str, str] = field(default_factory=dict)
    heard: list[tuple[datetime, str, Json]] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=count)

    async def customer(self, name: str) -> str:
        """A new contact with a number of its own; gives the number."""
        number = f"+1650253{next(numbers):04}"
        async with httpx.AsyncClient(
            base_url=self.service.sandbox.base_url, headers=self.service.sandbox.bearer()
        ) as hubspot:
            body = {"properties": {"firstname": name, "lastname": "Moss", "phone": number}}
            answer = await hubspot.post("/crm/v3/objects/contacts", json=body)
            self.customers[str(answer.raise_for_status().json()["id"])] = name
        return number

    def panel(self, line: str, number: str, *times: datetime | None, outbound: bool = False) -> None:
        """What 8x8's softphone in this agent's panel says: it rings, is answered (or not), ends. Its clock differs."""
        began, answered, ended = times
        assert began
        assert ended
        call, skew = f"p{next(self.ids)}", timedelta(seconds=1.5)
        more = {"direction": "outbound" if outbound else "inbound", "startTime": millis(began + skew)}
        said = [(began, OFFERED, more), *([(answered, ACCEPTED, more)] if answered else [])]
        said.append((ended, TERMINATED, more | {"endTime": millis(ended + skew), "callDuration": "00:00:10"}))
        for at, kind, data in said:
            self.heard.append((at, line, {"call": call, "age_ms": 0, "event": maestro(kind, number, **data)}))

    async def goes_on(self, until: datetime) -> None:
        """What panels hear until then is relayed, each thing at its time; then the phone system's records are read."""
        for at, line, said in sorted((each for each in self.heard if each[0] <= until), key=lambda each: each[0]):
            if line in self.live:
                self.clock.at = max(self.clock.at, at + timedelta(milliseconds=200))
                for _ in range(2):
                    await self.live[line].do("POST", "/api/relay", {"said": [said]})
        self.heard = [each for each in self.heard if each[0] > until]
        self.clock.at = until
        await self.settled()

    async def settled(self) -> None:
        """Both feeds were read until now, and nothing is under way any more."""
        parts = self.service.service.parts
        places = KeptBookmarks(parts.database, SYSTEM)

        async def done() -> bool:
            for name in ("call records", "recordings"):
                place = await places.read(name)
                if place is None or msgspec.json.decode(place, type=Place).read_to < self.clock():
                    return False
            async with parts.database.reading() as connection:
                waiting = {status for (_, status), number in (await outbox.counts(connection)).items() if number}
                return not await parts.inbox.unhandled(connection) and not waiting & {"ready", "leased"}

        async with asyncio.timeout(60):
            while not await done():  # noqa: ASYNC110 (what is waited for is in the database)
                await asyncio.sleep(0.05)

    async def timelines(self) -> dict[str, list[tuple[str, ...]]]:
        """What HubSpot holds of each customer, oldest first."""
        names = ",".join(f"hs_call_{name}" for name in FIELDS)
        found: dict[str, list[tuple[str, ...]]] = {}
        async with httpx.AsyncClient(
            base_url=self.service.sandbox.base_url, headers=self.service.sandbox.bearer()
        ) as hubspot:
            for contact, name in self.customers.items():
                path = f"/crm/v3/objects/contacts/{contact}"
                said = (await hubspot.get(path, params={"associations": "calls"})).json()
                tied = {each["id"] for each in said.get("associations", {}).get("calls", {}).get("results", [])}
                answers = [
                    await hubspot.get(f"/crm/v3/objects/calls/{id_}", params={"properties": f"hs_timestamp,{names}"})
                    for id_ in tied
                ]
                calls = [each.json() for each in answers if each.is_success]  # what was archived is on no timeline
                rows = sorted((each["properties"] for each in calls), key=lambda row: row["hs_timestamp"])
                for row in rows:
                    row["hs_call_recording_url"] = await self._heard(row["hs_call_recording_url"])
                found[name] = [tuple(row[f"hs_call_{each}"] or "" for each in FIELDS) for row in rows]
        return found

    async def _heard(self, url: str | None) -> str:
        """Of which recording at 8x8 somebody hears a part, who opens this address; empty when there is none."""
        if not url:
            return ""
        assert url.startswith(ADDRESS)
        answer = await self.service.http.get(url.removeprefix(ADDRESS), headers={"Range": "bytes=100-"})
        assert (answer.status_code, answer.content) == (206, RECORDING[100:])
        [*_, path] = [each.path for each in self.fake.asked if each.path.endswith("/content")]
        return f"https://api.8x8.com{path}"


def millis(at: datetime) -> str:
    return str(round(at.timestamp() * 1000))


@pytest.fixture
async def started(sandbox: RunningSandbox, clock: Clock, tmp_path: Path) -> AsyncIterator[Callable[[], Any]]:
    """Starts the service, or starts it again: the same database, the same 8x8."""
    fake = Fake8x8(clock)
    async with AsyncExitStack() as stack:
        url = stack.enter_context(fake.serving())
        settings: Settings = settings_for(
            sandbox,
            tmp_path,
            base_url=ADDRESS,
            phone_systems=(SYSTEM,),
            eight_by_eight_api_url=url,
            eight_by_eight_api_key=KEY,
            eight_by_eight_api_secret=SECRET,
            eight_by_eight_user=USER,
            eight_by_eight_password=PASSWORD,
            eight_by_eight_records_every=1.0,
            eight_by_eight_activity_every=0.0,
        )
        yield lambda: (real_service(settings, sandbox), fake)


async def at_their_desks(service: RealService) -> dict[str, Panel]:
    desks = {}
    for email, line in ((people.ADA, ADA), (people.CLEO, CLEO)):
        desks[line] = await service.connect(email)
        await desks[line].do("PUT", "/api/phone-system", {"phone_system": SYSTEM})
        await desks[line].do("POST", "/api/line-login", {"line": line})
    return desks


def again(service: RealService, panels: Mapping[str, Panel]) -> dict[str, Panel]:
    return {line: Panel(service, panel.token, panel.id) for line, panel in panels.items()}


WHO_SEES: Mapping[str, Sequence[str]] = {
    "nobody sees it live": (),
    "one agent does": (CLEO,),
    "everybody does": (ADA, CLEO),
}


@pytest.mark.usefixtures("_everything_twice")
@pytest.mark.parametrize("who", WHO_SEES)
async def test_a_day_ends_in_exactly_the_right_engagements(started: Callable[[], Any], clock: Clock, who: str) -> None:
    serving, fake = started()
    ledger, zero = fake.ledger, clock()

    def at(hours: float, seconds: float = 0) -> datetime:
        return zero + timedelta(hours=hours, seconds=seconds)

    async with serving as service:
        desks = await at_their_desks(service)
        day = Day(service, fake, clock, {line: desks[line] for line in WHO_SEES[who]})
        await day.settled()
        want: dict[str, list[tuple[str, ...]]] = {}

        # In the morning: in, out, missed.
        ina = await day.customer("Ina")
        call = ledger.inbound(ina, ADA, at(1), 5, 61, "INA MOSS")
        day.panel(ADA, ina, at(1), at(1, 5), at(1, 66))
        late = ledger.record(call, ADA, timedelta(hours=23.8))
        ledger.inbound(ina, ADA, at(1, 90), 4, 30)  # and once more, a moment later
        day.panel(ADA, ina, at(1, 90), at(1, 94), at(1, 124))
        want["Ina"] = [
            ("COMPLETED", "INBOUND", "61000", ina, ADA, late),
            ("COMPLETED", "INBOUND", "30000", ina, ADA, ""),
        ]
        otto = await day.customer("Otto")
        call = ledger.outbound(otto, CLEO, at(2), 7, 300)
        day.panel(CLEO, otto, at(2), at(2, 7), at(2, 307), outbound=True)
        soon = ledger.record(call, CLEO, timedelta(minutes=20), "uk")
        want["Otto"] = [("COMPLETED", "OUTBOUND", "300000", CLEO, otto, soon)]
        mia = await day.customer("Mia")
        ledger.inbound(mia, ADA, at(3), 25, None)
        day.panel(ADA, mia, at(3), None, at(3, 25))
        want["Mia"] = [("MISSED", "INBOUND", "0", mia, ADA, "")]
        await day.goes_on(at(2.5))
        assert len((await day.timelines())["Otto"]) == 1, "the log waits for the evening"
        # A number was only looked up in 8x8's panel: no call.
        nora = await day.customer("Nora")
        for kind, seconds in ((OFFERED, 0.0), (LOST, 60.0)):
            event = maestro(kind, nora, startTime=millis(at(3.2)))
            day.heard.append((at(3.2, seconds), CLEO, {"call": "looked-up", "age_ms": 0, "event": event}))
        want["Nora"] = []
        await day.goes_on(at(4))
        # A call is talked while the service is stopped; its panels saw it begin.
        tom = await day.customer("Tom")
        ledger.transferred(tom, at(5), (ADA, 120), (CLEO, 3600))
        day.panel(ADA, tom, at(5), at(5, 5), at(5, 125))
        day.panel(CLEO, tom, at(5, 125), at(5, 130), at(5, 3730))
        want["Tom"] = [("COMPLETED", "INBOUND", str((120 + 5 + 3600) * 1000), tom, CLEO, "")]
        await day.goes_on(at(5, 200))

    clock.at = at(7)
    serving, _ = started()
    async with serving as service:
        day.service, day.live = service, again(service, {line: desks[line] for line in WHO_SEES[who]})
        await day.goes_on(at(7))

        # In the afternoon: a queue, a declined call, one in vain, one that 8x8 tells of a day later, and others' calls.
        quinn = await day.customer("Quinn")
        ledger.queue(quinn, at(8), [(ADA, 15), (CLEO, 6)], 90)
        day.panel(ADA, quinn, at(8, 2), None, at(8, 17))
        day.panel(CLEO, quinn, at(8, 17), at(8, 23), at(8, 113))
        want["Quinn"] = [("COMPLETED", "INBOUND", "90000", quinn, CLEO, "")]
        dora = await day.customer("Dora")
        ledger.refused(dora, CLEO, at(9), 8, abandoned=False)
        day.panel(CLEO, dora, at(9), None, at(9, 8))
        want["Dora"] = [("NO_ANSWER", "INBOUND", "0", dora, CLEO, "")]
        nils = await day.customer("Nils")
        ledger.outbound(nils, ADA, at(10), 30, None, "No Answer")
        day.panel(ADA, nils, at(10), None, at(10, 30), outbound=True)
        want["Nils"] = [("NO_ANSWER", "OUTBOUND", "0", ADA, nils, "")]
        lea = await day.customer("Lea")
        ledger.late = timedelta(hours=24)
        ledger.inbound(lea, ADA, at(11), 5, 45)
        day.panel(ADA, lea, at(11), at(11, 5), at(11, 50))
        want["Lea"] = [("COMPLETED", "INBOUND", "45000", lea, ADA, "")]
        ledger.late = timedelta(seconds=30)
        paul = await day.customer("Paul")
        ledger.inbound(paul, STRANGER, at(12), 5, 45)
        ledger.internal(ADA, CLEO, at(13), 60)
        want["Paul"] = []
        await day.goes_on(at(20))
        # The shift ends, and Cleo takes Ada's line; what is told of afterwards stays Ada's.
        ada, cleo = again(service, desks).values()
        await ada.do("DELETE", "/api/line-login")
        await cleo.do("POST", "/api/line-login", {"line": ADA})
        for hours in (28, 36, 48):
            await day.goes_on(at(hours))
        assert await day.timelines() == want
        recent = [{each["number"] for each in (await panel.get("/api/panel"))["recent"]} for panel in (ada, cleo)]
        assert (lea in recent[0], lea in recent[1]) == (True, False)
        checks = {each["name"]: each["state"] for each in (await cleo.get("/api/diagnosis"))["checks"]}
        assert (checks["8x8 call records"], checks["8x8 recordings"]) == ("pass", "pass")
        assert service.service.parts.systems[SYSTEM].poller.trouble == {"call records": None, "recordings": None}  # type: ignore[attr-defined]

"""8x8 Work as a `PhoneSystem`: it tells of calls, live through its panel and afterwards through its records."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
from msgspec import Struct

from offhook.calls.phone_number import PhoneNumber
from offhook.errors import OffhookError, UnprovenDelivery, Unsupported, WrongLineLogin
from offhook.telephony.eight_by_eight import activity, panel, records, wire
from offhook.telephony.eight_by_eight.client import Client, Keys
from offhook.telephony.eight_by_eight.feeds import Feeds, Stays
from offhook.telephony.phone_system import (
    Action,
    Bookmarks,
    Capability,
    Deliver,
    LineLogin,
    LineOffer,
    OwnApp,
    Proven,
    Reading,
    Step,
    lines_named,
)
from offhook.telephony.polling import Feed, Poller
from offhook.telephony.recording import Part, Recording

CANNOT = "8x8 lets no other program dial or control calls: use 8x8's own app or panel."
READERS: dict[str, Callable[[dict[str, Any], str], Reading]] = {
    "call": records.read_call,
    "panel": panel.read_panel,
    "recording": panel.read_recording,
    "activity": activity.read_activity,
}
CALLS, RECORDINGS, ACTIVITY = "call records", "recordings", "agent activity"
# Of a self-test, in seconds.
PATIENCE = 15.0
AGAIN = "Offhook tries again by itself, and no call is lost meanwhile."
# For how long the names of lines are remembered.
NAMES_FRESH = timedelta(minutes=10)


class Pace(Struct, frozen=True):
    """How often one looks. 8x8 publishes no limit; activity is looked at not at all when zero."""

    records: timedelta = timedelta(seconds=60)
    activity: timedelta = timedelta(seconds=15)


USUAL = Pace()


class EightByEight:
    """8x8 publishes no interface by which a server could dial, answer or hold; so there is no capability."""

    key: str = "eight_by_eight"
    title: str = "8x8 Work"
    says: str = "Calls on 8x8 Work: every call and its recording comes to the timeline from 8x8's own records."
    line_login: LineLogin = LineLogin.LINE
    capabilities: frozenset[Capability] = frozenset()

    def __init__(
        self,
        keys: Keys,
        http: httpx.AsyncClient,
        now: Callable[[], datetime],
        bookmarks: Bookmarks,
        stays: Stays,
        *,
        url: str = wire.API,
        pace: Pace = USUAL,
        region: str = "US",
        frame: str = "",
        caller_ids: tuple[str, ...] = (),
    ) -> None:
        """`stays`: who was logged in to which line when. `frame`: the address of 8x8's panel, where it may be framed."""
        self.own_app = OwnApp("tel:{number}", "votel://{number}/{caller_id}", caller_ids, frame)
        self._region, self._now, self._keys = region, now, keys
        self._client = Client(http, url, keys, now)
        self.poller = Poller(self._feeds(Feeds(self._client, stays, bookmarks), pace), bookmarks, now)
        self._polls: asyncio.Task[None] | None = None
        self._names: tuple[datetime, dict[str, str]] | None = None

    def _feeds(self, feeds: Feeds, pace: Pace) -> dict[str, Feed]:
        """What there are keys for."""
        wanted = {CALLS: Feed(feeds.calls, pace.records)} if self._keys.for_records else {}
        if self._keys.for_records and pace.activity:
            wanted[ACTIVITY] = Feed(feeds.activity, pace.activity)
        if self._keys.for_recordings:
            wanted[RECORDINGS] = Feed(feeds.recordings, pace.records * 5)
        return wanted

    async def start(self, deliver: Deliver) -> None:
        self._polls = asyncio.create_task(self.poller.run(deliver), name="8x8")

    async def stop(self) -> None:
        if self._polls:
            self._polls.cancel()
            await asyncio.gather(self._polls, return_exceptions=True)

    def prove(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Proven:
        raise UnprovenDelivery(
            "8x8 sends nothing: Offhook fetches call records, and panels tell of calls when signed in."
        )

    def relayed(self, line: str, said: bytes, now: datetime) -> tuple[str, bytes]:
        return panel.relayed(line, said, now)

    def read(self, body: bytes) -> Reading:
        try:
            said = msgspec.json.decode(body, type=dict[str, Any])
            return READERS[said["type"]](said, self._region)
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError, IndexError, RecursionError, OSError):
            return Reading(unrecognised="8x8 told something in a form that Offhook does not know.")

    # Lines.

    async def log_in(self, line: str, secret: str) -> str:
        """A line is an extension number; 8x8 gives outsiders no way to prove whose it is."""
        if not (line.isascii() and line.isdecimal() and 2 <= len(line) <= 10):
            raise WrongLineLogin("Type your 8x8 extension number: digits only.")
        known = (await self._known_names()).get(line)
        return f"Extension {line}, {known}" if known else f"Extension {line}"

    async def log_out(self, line: str) -> None:
        """Nothing to do: 8x8 does not know who sits at a line."""

    async def lines_of(self, name: str) -> tuple[LineOffer, ...]:
        """Of one name there may be several: 8x8's own panels log such a person out; here she chooses."""
        return lines_named(name, await self._known_names())

    async def _known_names(self) -> dict[str, str]:
        """Name by extension, as far as 8x8 tells: it lists the agents of its call queues [unverified: others, too]."""
        if not self._keys.for_records:
            return {}
        if self._names is None or self._now() - self._names[0] > NAMES_FRESH:
            try:
                self._names = self._now(), await self._ask_names()
            except OffhookError:  # the poller says so; a line can be typed
                return {}
        return self._names[1]

    async def _ask_names(self) -> dict[str, str]:
        rows = [row for pbx in await self._client.pbxes() for row in await self._client.agents(pbx)]
        named = {str(row.get("extension")): (row.get("firstName"), row.get("lastName")) for row in rows}
        return {line: " ".join(str(part).strip() for part in parts if part) for line, parts in named.items()}

    # What it cannot do.

    async def dial(self, line: str, number: PhoneNumber) -> str:
        raise Unsupported(CANNOT)

    async def control(self, call: str, line: str, action: Action, to: str = "") -> None:
        raise Unsupported(CANNOT)

    # Recordings: 8x8's storage asks for a token of its own.

    def recording_at(self, url: str) -> str | None:
        return wire.recording_name(url)

    def recording(self, name: str, part: Part | None) -> AbstractAsyncContextManager[Recording]:
        return self._client.recording(name, part)

    # For the diagnosis.

    async def self_test(self, line: str | None) -> tuple[Step, ...]:
        """Ask 8x8 for nothing much, with each of the keys; changes nothing."""
        since = self._now() - timedelta(minutes=1)
        asked: dict[str, Callable[[], Awaitable[object]]] = {
            CALLS: lambda: self._client.rows(wire.RECORDS, since, self._now()),
            ACTIVITY: self._client.pbxes,
            RECORDINGS: lambda: _first(self._client.recordings(since)),
        }
        return tuple([await _step(name, ask, name in self.poller.feeds) for name, ask in asked.items()])


async def _first(rows: AsyncIterator[object]) -> object:
    return await anext(rows, None)


async def _step(name: str, ask: Callable[[], Awaitable[object]], wanted: bool) -> Step:
    title = f"8x8 {name}"
    if not wanted:
        return Step(title, None, f"No keys are set for {name}, or looking for them is switched off.")
    try:
        async with asyncio.timeout(PATIENCE):
            await ask()
    except OffhookError as error:
        return Step(title, False, error.says, error.remedy or AGAIN)
    except TimeoutError:
        return Step(title, False, f"8x8 did not answer within {PATIENCE:g} seconds.", AGAIN)
    return Step(title, True, f"8x8 gives {name} to Offhook.")

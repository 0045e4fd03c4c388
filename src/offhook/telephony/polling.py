"""Asking a phone system that does not tell by itself: again and again, from where it was read last, and a little before.

Windows overlap, because phone systems are late with what they tell: a little each time, and by up to a day now and
then. What comes twice has the same key and is known to the inbox; how far was read is kept only when all before it was
delivered. So nothing that is told within `LATEST` of its end is lost, whatever fails meanwhile.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta

import msgspec
import structlog
from msgspec import Struct

from offhook.errors import OffhookError
from offhook.telephony.phone_system import Bookmarks, Deliver

log = structlog.get_logger()

OVERLAP = timedelta(minutes=15)
LATE, LATE_EVERY = timedelta(hours=30), timedelta(hours=1)
# What is told later than this after its end may be missed.
LATEST = LATE - LATE_EVERY
# After a long absence it is read in pieces, so that what is held in memory stays bounded.
PIECE = timedelta(days=1)
# The pause after a refusal that a person must mend, and the longest after other failures.
MENDED, LONGEST = timedelta(minutes=5), timedelta(minutes=15)


class Look(Struct, frozen=True):
    """What is asked for: everything from `start` to `end`; nothing that was over before `began`, which is nobody's."""

    start: datetime
    end: datetime
    began: datetime


class Feed(Struct, frozen=True):
    """One kind of thing, and how often it is looked for. `read` gives keys and bodies, and raises OffhookError."""

    read: Callable[[Look], AsyncIterator[tuple[str, bytes]]]
    every: timedelta


class Place(Struct, frozen=True):
    """`began`: when this was first asked for; `late_at`: the last look for what comes late."""

    began: datetime
    read_to: datetime
    late_at: datetime


class Poller:
    """Reads feeds, by name, each at its own pace. `trouble` says what stands in the way of each, if anything."""

    def __init__(self, feeds: Mapping[str, Feed], bookmarks: Bookmarks, now: Callable[[], datetime]) -> None:
        self.feeds, self._bookmarks, self._now = feeds, bookmarks, now
        self.trouble: dict[str, OffhookError | None] = {}
        self._due: dict[str, datetime] = {}
        self._failures: dict[str, int] = {}

    async def run(self, deliver: Deliver) -> None:
        """Look until cancelled."""
        while self.feeds:
            pause = await self.look(deliver)
            await asyncio.sleep(pause)

    async def look(self, deliver: Deliver) -> float:
        """Read what is due; gives the seconds until something is due again."""
        for name, feed in self.feeds.items():
            if self._due.get(name, self._now()) <= self._now():
                self._due[name] = self._now() + await self._tried(name, feed, deliver)
        return max(0.0, (min(self._due.values()) - self._now()).total_seconds())

    async def _tried(self, name: str, feed: Feed, deliver: Deliver) -> timedelta:
        """Read one feed; gives the pause after it. What fails in one is no reason to leave the others."""
        try:
            up_to_date = await self._read(name, feed, deliver)
        except OffhookError as error:
            return self._stopped(name, feed, error)
        except Exception:  # ours, or the database's: the next look may do better
            log.exception("What a phone system keeps could not be read.", action="poll_failed", feed=name)
            return MENDED
        if self.trouble.get(name):
            log.info("What a phone system keeps can be read again.", action="poll_mended", feed=name)
        self.trouble[name], self._failures[name] = None, 0
        return feed.every if up_to_date else timedelta()

    def _stopped(self, name: str, feed: Feed, error: OffhookError) -> timedelta:
        before, self.trouble[name] = self.trouble.get(name), error
        self._failures[name] = self._failures.get(name, 0) + 1
        if before is None or before.says != error.says:
            says = f"{error.says} {error.remedy or ''}".strip()
            log.warning(says, action="poll_refused", feed=name, code=error.code)
        return self._pause(feed, error, self._failures[name])

    def _pause(self, feed: Feed, error: OffhookError, failures: int) -> timedelta:
        """As long as it asks for; until a person may have mended it; else longer each time. Never less than usual."""
        if error.needs_person:
            return max(MENDED, feed.every)
        after: float | None = getattr(error, "retry_after", None)
        longer: timedelta = min(feed.every * 2 ** min(failures, 10), LONGEST)
        return max(timedelta(seconds=after) if after else longer, feed.every)

    async def _read(self, name: str, feed: Feed, deliver: Deliver) -> bool:
        """Whether everything until now was read; else there is another piece."""
        now = self._now()
        place = await self._place(name, now)
        late = now - place.late_at >= LATE_EVERY
        start, end = place.read_to - (LATE if late else OVERLAP), min(now, place.read_to + PIECE)
        async for key, body in feed.read(Look(start, end, place.began)):
            await deliver(key, body)
        await self._keep(name, Place(place.began, end, now if late else place.late_at))
        return end == now

    async def _place(self, name: str, now: datetime) -> Place:
        """The first time, the past is left alone: another product may have put it on the timeline."""
        kept = await self._bookmarks.read(name)
        if kept:
            return msgspec.json.decode(kept, type=Place)
        place = Place(now, now, now)
        await self._keep(name, place)
        return place

    async def _keep(self, name: str, place: Place) -> None:
        await self._bookmarks.keep(name, msgspec.json.encode(place).decode())

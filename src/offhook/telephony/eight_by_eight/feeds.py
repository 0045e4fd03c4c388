"""What 8x8 is asked for again and again: calls with their legs, recordings, activity; of lines that agents were on."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from offhook.telephony.eight_by_eight import activity, panel, records, wire
from offhook.telephony.eight_by_eight.client import Client
from offhook.telephony.phone_system import Bookmarks
from offhook.telephony.polling import Look

# How often one looks further back for what belongs to a call that has ended.
ROUNDS = 4
# A call that another was transferred to begins about when that one ends.
MARGIN = timedelta(minutes=1)
# A conversation that lacks a record may still go on: a queue's call that rang somebody in vain is told of as soon as it
# ended. Only when its last leg ended this long ago is no more awaited: a day that 8x8 may be late, and a long talk.
SETTLED = timedelta(hours=27)
SEEN = "seen"


class LineStay(Protocol):
    """An agent was logged in to a line; `until` is None while she is."""

    @property
    def line(self) -> str: ...

    @property
    def since(self) -> datetime: ...

    @property
    def until(self) -> datetime | None: ...


# Who was logged in when. Records tell of the whole company; calls of others are left alone.
Stays = Callable[[], Awaitable[Sequence[LineStay]]]


class Feeds:
    def __init__(self, client: Client, stays: Stays, bookmarks: Bookmarks) -> None:
        self._client, self._stays, self._bookmarks = client, stays, bookmarks

    async def calls(self, look: Look) -> AsyncIterator[tuple[str, bytes]]:
        """Calls that have ended, each whole: with its record and all of its legs."""
        stays = await self._stays()
        start = look.start
        for _ in range(ROUNDS):
            rows = await self._client.rows(wire.RECORDS, start, look.end)
            legs = await self._client.rows(wire.LEGS, start, look.end)
            ours = [each for each in records.conversations(rows, legs) if _ours(each, stays, look)]
            earliest = min(filter(None, map(records.began_at, ours)), default=start + MARGIN) - MARGIN
            if earliest >= start:
                break
            start = earliest
        for each in ours:
            ended = records.ended_at(each)
            if ended and (records.is_whole(each, rows) or look.end - ended >= SETTLED):
                yield _delivery("call", {**each, "lines": records.lines_in(each, _was_line(stays))})

    async def recordings(self, look: Look) -> AsyncIterator[tuple[str, bytes]]:
        """Recordings of our lines that have appeared."""
        was_line = _was_line(await self._stays())
        async for row in self._client.recordings(look.start):
            tags = panel.tags_of(row)
            line, began = tags.get("extensionNumber", ""), _millis(tags.get("startTime", ""))
            if began and began >= look.began and was_line(line, began):
                yield _delivery("recording", {"object": row})

    async def activity(self, look: Look) -> AsyncIterator[tuple[str, bytes]]:
        """What has happened since the last look. What was seen is kept before it is told of: better untold than twice."""
        ours = [each.line for each in await self._stays() if each.until is None]
        rows = [row for pbx in await self._client.pbxes() for row in await self._client.activity(pbx)] if ours else []
        before = activity.remembered(await self._bookmarks.read(SEEN))
        now = activity.seen_in(rows, ours, look.end)
        kept, happened = activity.between(before, now, look.end)
        await self._bookmarks.keep(SEEN, msgspec.json.encode(kept).decode())
        for said in happened:
            yield f"activity:{said['call']}:{said['state']}:{said['at']}", msgspec.json.encode(said)


def _ours(conversation: dict[str, Any], stays: Sequence[LineStay], look: Look) -> bool:
    """Whether it ended in this window, and not before all began, on a line of ours."""
    ended = records.ended_at(conversation)
    due = ended is not None and ended >= max(look.start, look.began)
    return due and bool(records.lines_in(conversation, _was_line(stays)))


def _was_line(stays: Sequence[LineStay]) -> Callable[[str, datetime], bool]:
    return lambda line, at: any(
        each.line == line and each.since <= at and (each.until is None or at <= each.until) for each in stays
    )


def _millis(text: str) -> datetime | None:
    try:
        return panel.moment(text)
    except (ValueError, OverflowError, OSError):
        return None


def _delivery(kind: str, said: dict[str, Any]) -> tuple[str, bytes]:
    """The same when the same is told again; another when 8x8 has learned more."""
    body = msgspec.json.encode({**said, "type": kind}, order="sorted")
    return f"{kind}:{hashlib.sha256(body).hexdigest()}", body

"""Recordings over HTTP: whoever has an address listens, at her own pace; and nobody's listening harms anybody else."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx
import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs
from tests.real_service import Panel, RealService

from hubspot_sandbox.seeds import people
from offhook.calls import store as calls
from offhook.desktop.recordings import Way
from offhook.errors import (
    OffhookError,
    PhoneSystemRightMissing,
    PhoneSystemUnavailable,
    RecordingGone,
    TooMuchAtOnce,
)
from offhook.telephony.phone_system import PhoneSystem
from offhook.telephony.recording import Part, Recording, cut
from offhook.web import recordings as web
from offhook.web.listeners import ASKS, MOST, MOST_OF_ONE, WITHIN, Listeners

SOUND = bytes(range(256)) * 40
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Tapes:
    """The exchange with recordings behind a login. `open`: how many are listened to; `given`: bytes that were taken."""

    def __init__(self, exchange: PhoneSystem) -> None:
        self._exchange = exchange
        self.fails: OffhookError | None = None
        self.endless = False
        self.media = "audio/mpeg"
        self.open = self.given = 0
        self.changed = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._exchange, name)

    def recording_at(self, url: str) -> str | None:
        return url.rpartition("/")[2]

    @asynccontextmanager
    async def recording(self, name: str, part: Part | None) -> AsyncIterator[Recording]:
        assert name == "secret-name.mp3"
        if self.fails:
            raise self.fails
        self._count(1)
        try:
            yield self._given(part)
        finally:
            self._count(-1)

    def _given(self, part: Part | None) -> Recording:
        if self.endless:
            return Recording(self.media, self._pieces(None))
        if part is None:
            return Recording(self.media, self._pieces(SOUND), len(SOUND))
        within = part.within(len(SOUND))
        return Recording(self.media, cut(self._pieces(SOUND), *within), len(SOUND), within)

    async def _pieces(self, whole: bytes | None) -> AsyncIterator[bytes]:
        rest = whole
        while rest is None or rest:
            piece = bytes(65_536) if rest is None else rest[:1000]
            rest = rest[1000:] if rest else rest
            self.given += len(piece)
            yield piece
            await asyncio.sleep(0)

    def _count(self, more: int) -> None:
        self.open += more
        self.changed.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                self.changed.clear()
                await self.changed.wait()


@pytest.fixture
async def tapes(service: RealService, ben: Panel, monkeypatch: pytest.MonkeyPatch) -> Tapes:
    systems = cast("dict[str, PhoneSystem]", service.service.parts.systems)
    tapes = Tapes(systems["exchange"])
    monkeypatch.setitem(systems, "exchange", cast("PhoneSystem", tapes))
    return tapes


@pytest.fixture
async def path(service: RealService, ben: Panel, tapes: Tapes) -> str:
    """The path of a recording's address."""
    parts = service.service.parts
    await service.ring("anonymous")
    call_id = (await ben.call("ringing"))["id"]
    async with parts.database.transaction() as connection:
        kept = await calls.get(connection, call_id)
        kept = replace(kept, call=replace(kept.call, recording_url="https://tapes.test/secret-name.mp3"))
        await calls.save(connection, kept)
    url = parts.recordings.on_timeline(kept).url
    assert url
    return url.removeprefix(service.settings.address)


async def test_whoever_has_the_address_listens(service: RealService, path: str) -> None:
    answer = await service.http.get(path)
    assert (answer.status_code, answer.content) == (200, SOUND)
    said = answer.headers
    assert (said["content-type"], said["content-length"], said["accept-ranges"]) == ("audio/mpeg", "10240", "bytes")
    assert said["cache-control"] == "private, no-store"
    assert said["x-robots-tag"] == "noindex, nofollow"
    assert said["referrer-policy"] == "no-referrer"
    assert said["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in said


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, 10_239),
        ("bytes=1000-1999", 1000, 1999),
        ("bytes=-10", 10_230, 10_239),
        ("bytes=5-99999", 5, 10_239),
    ],
)
async def test_a_player_seeks(service: RealService, path: str, asked: str, first: int, last: int) -> None:
    answer = await service.http.get(path, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, SOUND[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/10240"
    assert answer.headers["content-length"] == str(last + 1 - first)


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=9-5", "minutes=1-", "x" * 5000])
async def test_a_range_that_is_none_gives_all(service: RealService, path: str, asked: str) -> None:
    assert (await service.http.get(path, headers={"Range": asked})).content == SOUND


async def test_a_part_behind_the_end_is_refused(service: RealService, path: str) -> None:
    answer = await service.http.get(path, headers={"Range": "bytes=99999-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */10240")


async def test_the_head_says_the_same_without_the_sound(service: RealService, path: str, tapes: Tapes) -> None:
    answer = await service.http.head(path, headers={"Range": "bytes=1000-"})
    assert (answer.status_code, answer.content) == (206, b"")
    assert answer.headers["content-range"] == "bytes 1000-10239/10240"
    assert (tapes.open, tapes.given) == (0, 0)
    assert (await service.http.head(path[:-6] + "x.mp3")).status_code == 404


async def test_a_wrong_address_is_a_plain_page_that_says_nothing(service: RealService, path: str) -> None:
    folder, _, file = path.rpartition("/")
    forged = f"{folder}/0-{'A' * 43}.mp3"
    elsewhere = f"/recordings/{'0' * 32}/{file}"
    nonsense = f"{folder}/x"
    pages = [await service.http.get(each) for each in (forged, elsewhere, nonsense)]
    assert {each.status_code for each in pages} == {404}
    assert len({each.text for each in pages}) == 1, "nobody learns which calls there are"
    assert "There is no recording here" in pages[0].text
    assert pages[0].headers["x-robots-tag"] == "noindex, nofollow"


REFUSALS: tuple[tuple[OffhookError, int, str], ...] = (
    (RecordingGone("8x8 does not keep this recording any more."), 410, "8x8 does not keep this recording any more."),
    (PhoneSystemUnavailable("8x8 cannot be reached: secret-name."), 503, "Try again later."),
    (PhoneSystemRightMissing("The key eght_secret may not."), 502, "finds the reason in its log"),
)


@pytest.mark.parametrize(("error", "status", "says"), REFUSALS)
async def test_what_the_phone_system_refuses_is_said_to_people_and_explained_to_the_log(
    service: RealService, path: str, tapes: Tapes, error: OffhookError, status: int, says: str
) -> None:
    tapes.fails = error
    with capture_logs() as logged:
        answer = await service.http.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert says in answer.text
    assert "secret" not in answer.text
    assert [each["code"] for each in logged if each["action"] == "recording_refused"] == [error.code] * (status != 410)
    assert not any(path.rpartition("/")[2] in str(each) for each in logged), "the log would open the recording"


async def test_nothing_of_an_address_is_logged(
    service: RealService, path: str, tapes: Tapes, caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs() as logged, caplog.at_level(logging.INFO):
        await service.http.get(path)
    own = [each for each in caplog.records if each.name not in ("httpx", "httpcore")]  # the listener's, not the service's
    proof = path.rpartition("/")[2]
    assert not any(proof in str(each) for each in (*logged, *(record.getMessage() for record in own)))
    assert tapes.given == len(SOUND)


# Listeners who are slow, gone, or many.


async def _listen(service: RealService, path: str) -> asyncio.StreamWriter:
    """Asks, and reads nothing."""
    _, writer = await asyncio.open_connection("127.0.0.1", service.settings.port, limit=1024)
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    writer.write(f"GET {path} HTTP/1.1\r\nHost: offhook\r\n\r\n".encode())
    return writer


async def _settled(tapes: Tapes) -> int:
    """How much was read when no more is."""
    before = -1
    while before != tapes.given:
        before = tapes.given
        for _ in range(200):
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)  # what the kernel's buffers still take is told by nobody
    return before


async def test_who_does_not_take_what_comes_costs_no_memory_and_is_let_go(
    service: RealService, path: str, tapes: Tapes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "STALLED", 1.0)
    tapes.endless = True
    writer = await _listen(service, path)
    await tapes.until(lambda: tapes.open == 1)
    taken = await _settled(tapes)
    assert taken < 32_000_000, "only the buffers of the connection are filled"
    await tapes.until(lambda: tapes.open == 0)
    assert tapes.given == taken
    writer.close()


async def test_who_goes_away_is_let_go_at_once(service: RealService, path: str, tapes: Tapes) -> None:
    tapes.endless = True
    async with service.http.stream("GET", path) as answer:
        await anext(answer.aiter_raw())
        assert tapes.open == 1
    await tapes.until(lambda: tapes.open == 0)


async def test_so_many_listen_to_one_recording_and_no_more(service: RealService, path: str, tapes: Tapes) -> None:
    tapes.endless = True
    writers = [await _listen(service, path) for _ in range(MOST_OF_ONE)]
    await tapes.until(lambda: tapes.open == MOST_OF_ONE)
    answer = await service.http.get(path)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "10")
    assert "Try again in a moment." in answer.text
    for writer in writers:
        writer.close()
    await tapes.until(lambda: tapes.open == 0)
    tapes.endless = False
    assert (await service.http.get(path)).status_code == 200


async def test_a_recording_that_breaks_off_ends_short_of_its_length(
    service: RealService, path: str, tapes: Tapes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(whole: bytes | None) -> AsyncIterator[bytes]:
        yield SOUND[:1000]
        raise httpx.ReadError("the network is gone")

    monkeypatch.setattr(tapes, "_pieces", broken)
    with pytest.raises(httpx.RemoteProtocolError):
        await service.http.get(path)
    await tapes.until(lambda: tapes.open == 0)


def test_listeners_of_all_recordings_are_counted() -> None:
    listeners = Listeners()
    open_ = [listeners.one_more(f"call {number}", NOW) for number in range(MOST)]
    for each in open_:
        each.__enter__()
    with pytest.raises(TooMuchAtOnce), listeners.one_more("another", NOW):
        pass
    open_[0].__exit__(None, None, None)
    with listeners.one_more("another", NOW):
        pass


def test_one_recording_is_not_asked_for_again_and_again() -> None:
    listeners = Listeners()
    for _ in range(ASKS):
        with listeners.one_more("a call", NOW):
            pass
    with pytest.raises(TooMuchAtOnce), listeners.one_more("a call", NOW + WITHIN - timedelta(milliseconds=1)):
        pass
    with listeners.one_more("another", NOW), listeners.one_more("a call", NOW + WITHIN):
        pass


def test_whose_recording_failed_listens_no_more() -> None:
    listeners = Listeners()
    for _ in range(MOST_OF_ONE + 1):
        with suppress(RecordingGone), listeners.one_more("a call", NOW):
            raise RecordingGone


# HubSpot asks.


async def test_hubspot_is_told_an_address_that_opens_it(
    service: RealService, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings = service.service.parts.recordings
    monkeypatch.setattr(recordings, "_way", Way.HUBSPOT)
    monkeypatch.setattr(recordings, "_app_id", "4711")
    question = path.rpartition("/")[0] + "/address"
    params = {"appId": "4711", "externalAccountId": str(people.ACORN)}
    answer = await service.http.get(question, params=params)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    url = answer.json()["authenticatedUrl"].removeprefix(service.settings.address)
    assert url.endswith(".mp3")
    assert url != path
    assert (await service.http.get(url)).content == SOUND
    for wrong in ({"appId": "1"}, {"externalAccountId": str(people.BIRCH)}):
        assert (await service.http.get(question, params=params | wrong)).status_code == 404
    assert (await service.http.get(question)).status_code == 400


async def test_nobody_is_told_an_address_where_links_are_on_the_timeline(service: RealService, path: str) -> None:
    params = {"appId": "", "externalAccountId": str(people.ACORN)}
    assert (await service.http.get(path.rpartition("/")[0] + "/address", params=params)).status_code == 404

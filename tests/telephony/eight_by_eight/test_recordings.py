"""Recordings are fetched from 8x8's storage with the service's token, in parts, and never from anywhere else."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.contracts.phone_system import BEGAN
from tests.telephony.eight_by_eight.office import BEN, CARLA, Office

from offhook.demo.eight_by_eight.fake import Refused
from offhook.demo.eight_by_eight.ledger import KEEPS, RECORDING
from offhook.errors import (
    NoSuchPart,
    OffhookError,
    PhoneSystemRightMissing,
    PhoneSystemUnavailable,
    RecordingGone,
)
from offhook.telephony.eight_by_eight import wire
from offhook.telephony.phone_system import HasRecordings
from offhook.telephony.recording import Part, asked_part

SIZE = len(RECORDING)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def name(office: Office) -> str:
    """What a recording in the region uk is called."""
    call = office.ledger.inbound(CARLA, BEN, BEGAN, 5, 61)
    url = office.ledger.record(call, BEN, KEEPS * 0, region="uk")
    office.clock.at = BEGAN + KEEPS / 2
    found = office.system.recording_at(url)
    assert found
    return found


async def heard(office: Office, name: str, part: Part | None = None) -> tuple[Any, ...]:
    async with office.system.recording(name, part) as sound:
        return sound.media, sound.size, sound.part, b"".join([each async for each in sound.pieces])


def content(office: Office) -> list[Any]:
    return [each for each in office.fake.asked if each.path.endswith("/content")]


async def test_a_recording_is_heard_with_the_services_own_token(office: Office, name: str) -> None:
    assert isinstance(office.system, HasRecordings)
    assert name.startswith("uk/")
    assert await heard(office, name) == ("audio/mpeg", SIZE, None, RECORDING)
    (asked,) = content(office)
    assert asked.headers["authorization"].startswith("Bearer token-")
    assert "8x8-apikey" not in asked.headers


@pytest.mark.parametrize("gives_parts", [True, False], ids=["8x8 gives parts", "8x8 gives all of it"])
@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-", (0, SIZE - 1)),
        ("bytes=100-199", (100, 199)),
        ("bytes=-100", (SIZE - 100, SIZE - 1)),
        (f"bytes={SIZE - 1}-{SIZE * 9}", (SIZE - 1, SIZE - 1)),
    ],
)
async def test_a_part_is_heard(office: Office, name: str, gives_parts: bool, asked: str, part: tuple[int, int]) -> None:
    office.fake.gives_parts = gives_parts
    first, last = part
    assert await heard(office, name, asked_part(asked)) == ("audio/mpeg", SIZE, part, RECORDING[first : last + 1])


@pytest.mark.parametrize("gives_parts", [True, False])
async def test_a_part_behind_the_end_is_refused_with_the_size(office: Office, name: str, gives_parts: bool) -> None:
    office.fake.gives_parts = gives_parts
    with pytest.raises(NoSuchPart) as refused:
        await heard(office, name, Part(SIZE, None))
    assert refused.value.size == SIZE


async def test_a_token_that_died_early_is_replaced_once(office: Office, name: str) -> None:
    await heard(office, name)
    office.fake.forget_tokens()
    assert (await heard(office, name))[3] == RECORDING
    assert len(content(office)) == 3


async def test_what_8x8_has_deleted_is_gone(office: Office, name: str) -> None:
    office.clock.at = BEGAN + KEEPS * 2
    with pytest.raises(RecordingGone, match="8x8 does not keep this recording any more"):
        await heard(office, name)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Refused(403, {"message": "Forbidden"}), PhoneSystemRightMissing),
        (Refused(500, {}), PhoneSystemUnavailable),
        (Refused(302, {}, location="http://169.254.169.254/latest/meta-data"), PhoneSystemUnavailable),
        (Refused(307, {}, location="https://api.8x8.com/elsewhere"), PhoneSystemUnavailable),
        (Refused(410, {}), RecordingGone),
    ],
)
async def test_a_refusal_is_named_and_a_redirect_is_not_followed(
    office: Office, name: str, answer: Refused, error: type[OffhookError]
) -> None:
    office.fake.spoilt["/content"] = [answer]
    with pytest.raises(error):
        await heard(office, name)
    assert len(content(office)) == 1


async def test_whom_8x8_asks_to_wait_waits(office: Office, name: str) -> None:
    office.fake.spoilt["/content"] = [Refused(429, {}, retry_after="90")]
    for _ in range(2):
        with pytest.raises(PhoneSystemUnavailable) as refused:
            await heard(office, name)
        assert refused.value.retry_after == 90
    assert len(content(office)) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://api.8x8.com.evil.test/storage/uk/v3/objects/1/content",
        "http://api.8x8.com/storage/uk/v3/objects/1/content",
        "https://api.8x8.com/storage/uk/v3/objects/../content",
        "https://api.8x8.com/storage/uk/v3/objects/1%2f2/content",
        "https://api.8x8.com/storage/../v3/objects/1/content",
        "https://api.8x8.com/storage/uk/v3/objects/1/content?presignUrl=true",
        "https://api.8x8.com/storage/uk/v3/objects/1/content\n",
        "",
    ],
)
def test_no_other_address_is_a_recording(office: Office, url: str) -> None:
    assert office.system.recording_at(url) is None


@pytest.mark.parametrize("called", ["", "uk/1", "uk/../1.mp3", "uk/1/2.mp3", "//evil.test/1.mp3", "uk/1.mp3?x=1"])
async def test_what_is_called_otherwise_is_not_asked_for(office: Office, called: str) -> None:
    with pytest.raises(RecordingGone):
        await heard(office, called)
    assert office.fake.asked == []


async def nothing() -> Any:
    yield b""


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, {"content-encoding": "gzip"}),
        (206, {}),
        (206, {"content-range": "bytes 1-2/*"}),
        (206, {"content-range": "x"}),
    ],
)
def test_an_answer_that_no_player_could_use_is_refused(status: int, headers: dict[str, str]) -> None:
    with pytest.raises(PhoneSystemUnavailable):
        wire.recording_of(status, headers, nothing(), Part(0, None))


@pytest.mark.parametrize(("said", "media"), [("audio/wav", "audio/wav"), ("text/html", "audio/mpeg"), ("", "audio/mpeg")])
def test_nothing_but_sound_is_handed_on(said: str, media: str) -> None:
    assert wire.recording_of(200, {"content-type": said}, nothing(), None).media == media


def test_a_whole_of_unknown_length_is_handed_on_as_it_comes() -> None:
    given = wire.recording_of(200, {}, nothing(), Part(5, None))
    assert (given.size, given.part, given.length) == (None, None, None)


async def test_what_is_not_listened_to_any_more_is_closed(
    office: Office, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Callable[..., Any]] = []
    close = httpx.Response.aclose

    async def aclose(self: httpx.Response) -> None:
        closed.append(self.aclose)
        await close(self)

    monkeypatch.setattr(httpx.Response, "aclose", aclose)
    async with office.system.recording(name, None) as sound:
        await anext(sound.pieces)
        before = len(closed)
    assert len(closed) > before

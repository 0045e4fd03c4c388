"""Two ears that hear each other over real WebRTC on loopback; aiortc is also what browsers speak with."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from offhook.media import ear
from offhook.media.attendants import Announcement, Attendant
from offhook.media.ear import Deaf, Ear, listen_on
from offhook.media.sounds import loudness

pytestmark = pytest.mark.skipif(not ear.is_there(), reason="offhook[audio] is not installed")


@pytest.fixture(autouse=True)
def _on_loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import aioice.ice

    before = aioice.ice.get_host_addresses
    listen_on(["127.0.0.1"])
    yield
    aioice.ice.get_host_addresses = before


class Listener(Attendant):
    def __init__(self) -> None:
        super().__init__()
        self.heard = asyncio.Event()

    def listen(self, piece: bytes) -> None:
        if loudness(piece) > 0.01:
            self.heard.set()


async def test_what_one_says_the_other_hears() -> None:
    listener = Listener()
    one, two = Ear(Announcement()), Ear(listener)
    try:
        await one.settle(await two.answer(await one.offer()))
        async with asyncio.timeout(30):
            await listener.heard.wait()
    finally:
        await one.close()
        await two.close()


async def test_it_offers_only_the_addresses_it_was_given() -> None:
    one = Ear(Attendant())
    offer = await one.offer()
    await one.close()
    candidates = [line.split()[4] for line in offer.splitlines() if line.startswith("a=candidate")]
    assert set(candidates) == {"127.0.0.1"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sdp: "",
        lambda sdp: "v=0\r\n",
        lambda sdp: sdp.replace("m=audio", "m=video"),
        lambda sdp: sdp[:200],
        lambda sdp: sdp + "a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n" * 100,
    ],
)
async def test_what_cannot_be_used_is_refused_and_nothing_else_is_raised(spoil: Callable[[str], Any]) -> None:
    one, two = Ear(Attendant()), Ear(Attendant())
    try:
        with pytest.raises(Deaf):
            await two.answer(spoil(await one.offer()))
    finally:
        await one.close()
        await two.close()


def test_the_service_starts_without_it() -> None:
    said = "import sys, offhook.bootstrap; sys.exit(any(each in sys.modules for each in ('aiortc', 'av', 'aioice')))"
    assert subprocess.run([sys.executable, "-c", said], check=False, timeout=120).returncode == 0

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from offhook.errors import ConfigurationError
from offhook.telephony.phone_system import IceServer
from offhook.telephony.sip import ice, ice_server


class Stun(asyncio.DatagramProtocol):
    """Answers the second time: UDP loses some."""

    asked = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked += 1
        if self.asked > 1:
            self.transport.sendto(b"\x01\x01\x00\x00" + data[4:20], addr)


@pytest.fixture
async def stun() -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Stun, local_addr=("127.0.0.1", 0))
    yield int(transport.get_extra_info("sockname")[1])
    transport.close()
    await asyncio.sleep(0)  # so that it is closed before the loop is


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("stun:stun.example", IceServer(("stun:stun.example",))),
        ("stun:stun.example:19302", IceServer(("stun:stun.example:19302",))),
        (
            "turn:offhook:p%3Aw%40@turn.example:3478?transport=udp",
            IceServer(("turn:turn.example:3478?transport=udp",), "offhook", "p:w@"),
        ),
    ],
)
def test_servers_are_read_from_the_settings(text: str, server: IceServer) -> None:
    assert ice_server(text) == server


@pytest.mark.parametrize("text", ["", "stun:", "turn:turn.example", "turn:name@turn.example", "http://x", "stun:a:b@c"])
def test_what_is_no_server_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        ice_server(text)


async def test_a_server_that_answers_is_there(stun: int) -> None:
    assert await ice.answers(IceServer((f"stun:127.0.0.1:{stun}",)), 5)


@pytest.mark.parametrize("url", ["stun:127.0.0.1:9", "turn:no-such-machine.invalid?transport=udp"])
async def test_a_server_that_does_not_is_not(url: str) -> None:
    assert await ice.answers(IceServer((url,)), 1) is False


@pytest.mark.parametrize("url", ["turns:turn.example", "turn:turn.example?transport=tcp"])
async def test_what_only_browsers_can_ask_is_not_asked(url: str) -> None:
    assert await ice.answers(IceServer((url,)), 1) is None

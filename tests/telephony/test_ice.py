"""STUN and TURN servers: written in the settings, and asked; a real coturn is in tests/scenarios/test_desk_phones.py."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from offhook.errors import ConfigurationError
from offhook.telephony import ice, stun
from offhook.telephony.ice import ice_server
from offhook.telephony.phone_system import IceServer


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
async def stun_port() -> AsyncIterator[int]:
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


async def test_a_server_that_answers_is_there(stun_port: int) -> None:
    step = await ice.step(IceServer((f"stun:127.0.0.1:{stun_port}",)), 5)
    assert (step.ok, step.says) == (True, "It answers.")


@pytest.mark.parametrize("url", ["stun:127.0.0.1:9", "stun:no-such-machine.invalid", "stuns:127.0.0.1:9"])
async def test_a_server_that_does_not_is_not(url: str) -> None:
    step = await ice.step(IceServer((url,)), 1)
    assert (step.ok, step.says.partition(",")[0]) == (False, "It does not answer")


async def test_what_only_browsers_can_ask_is_not_asked() -> None:
    step = await ice.step(IceServer(("turns:turn.example?transport=udp",), "offhook", "secret"), 1)
    assert (step.ok, step.remedy) == (None, None)


def test_a_proof_is_that_of_the_standards_own_example() -> None:
    """RFC 5769 2.4: a request with long-term authentication."""
    account = stun.Account(
        "\u30de\u30c8\u30ea\u30c3\u30af\u30b9", "TheMatrIX", "example.org", b"f//499k954d6OL34oL9FSTvy64sA"
    )
    said = stun.request(stun.BINDING, bytes.fromhex("78ad3433c6ad72c029da412e"), account)
    assert said[-20:].hex() == "f67024656dd64a3e02b8e0712e85c9a28ca89666"


@pytest.mark.parametrize("length", range(0, 60, 3))
def test_an_answer_that_is_cut_short_is_none(length: int) -> None:
    number = bytes(12)
    whole = stun.request(stun.ALLOCATE, number, stun.Account("offhook", "secret", "realm", b"nonce"))
    answer = b"\x01\x03" + whole[2:]
    assert stun.read(answer, stun.ALLOCATE, number) == stun.Answer(realm="realm", nonce=b"nonce")
    assert stun.read(answer[:length], stun.ALLOCATE, number) is None
    assert stun.read(answer, stun.BINDING, number) is None
    assert stun.read(answer, stun.ALLOCATE, b"x" * 12) is None

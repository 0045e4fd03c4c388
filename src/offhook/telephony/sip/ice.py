"""STUN and TURN servers: how they are written in the settings, and whether they answer."""

import asyncio
import secrets
from urllib.parse import unquote

from offhook.errors import ConfigurationError
from offhook.telephony.phone_system import IceServer

# A STUN Binding Request (RFC 8489): type, length, magic cookie, then a transaction id of twelve bytes.
_REQUEST, _COOKIE = b"\x00\x01\x00\x00", b"\x21\x12\xa4\x42"
_PORTS = {"stun": 3478, "turn": 3478, "stuns": 5349, "turns": 5349}
AGAIN = 0.5


def ice_server(text: str) -> IceServer:
    """`stun:host:port`, or `turn:name:password@host:port?transport=udp`; a % in the name or password is written %25.

    Raises:
        ConfigurationError: it is neither.
    """
    scheme, _, rest = text.partition(":")
    account, at, host = rest.rpartition("@")
    name, _, password = account.partition(":")
    wants = scheme.startswith("turn")
    if scheme not in _PORTS or not host or (wants != bool(at)) or (wants and not (name and password)):
        says = "OFFHOOK_SIP_ICE_SERVERS must be a list of stun:host:port and turn:name:password@host:port."
        raise ConfigurationError(says)
    return IceServer((f"{scheme}:{host}",), unquote(name), unquote(password))


async def answers(server: IceServer, patience: float) -> bool | None:
    """Whether a server answers STUN over UDP; None when that is not the way to ask it (TLS or TCP)."""
    scheme, _, rest = server.urls[0].partition(":")
    address, _, query = rest.partition("?")
    if scheme.endswith("s") or "tcp" in query:
        return None
    host, _, port = address.rpartition(":") if address.rpartition(":")[2].isdigit() else (address, "", "")
    return await _bound(host.strip("[]"), int(port or _PORTS[scheme]), patience)


async def _bound(host: str, port: int, patience: float) -> bool:
    request = _REQUEST + _COOKIE + secrets.token_bytes(12)
    try:
        async with asyncio.timeout(patience):
            transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Answer(request), remote_addr=(host, port)
            )
            try:
                transport.sendto(request)
                while not await protocol.came(AGAIN):  # UDP may lose one
                    transport.sendto(request)
                return True
            finally:
                transport.close()
    except OSError:  # no such name, or nobody there; a timeout is one, too
        return False


class _Answer(asyncio.DatagramProtocol):
    def __init__(self, request: bytes) -> None:
        self._id = request[4:]
        self._came: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if data[:1] == b"\x01" and data[4:20] == self._id and not self._came.done():
            self._came.set_result(None)

    def error_received(self, exc: Exception) -> None:
        if not self._came.done():
            self._came.set_exception(exc)

    async def came(self, seconds: float) -> bool:
        done, _ = await asyncio.wait({self._came}, timeout=seconds)
        for each in done:
            each.result()
        return bool(done)

"""STUN and TURN servers: how they are written in the settings, and whether they give browsers what they need."""

import asyncio
import secrets
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import unquote

from offhook.errors import ConfigurationError
from offhook.telephony import stun
from offhook.telephony.phone_system import IceServer, Step

_PORTS = {"stun": 3478, "turn": 3478, "stuns": 5349, "turns": 5349}
AGAIN = 0.5
_SILENT = "Look whether it runs, at OFFHOOK_SIP_ICE_SERVERS, and whether the firewall lets it through."
_REFUSES = "Look at its log: whether it lets accounts relay, and whether it is full."
_CERTIFICATE = "Give it a certificate for this name from an authority that browsers know."


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


async def step(server: IceServer, patience: float, trust: ssl.SSLContext | None = None) -> Step:
    """Whether the server answers, and gives a relay where it is one. `trust`: whose certificates are believed."""
    url, name = server.urls[0], f"ICE server {server.urls[0]}"
    try:
        async with asyncio.timeout(patience), _asking(url, trust) as ask:
            return await _relay(name, server, ask) if url.startswith("turn") else await _bound(name, ask)
    except ssl.SSLCertVerificationError as error:
        why = error.verify_message.rstrip(".")
        return Step(name, False, f"Browsers will not believe its certificate: {why} (TLS).", _CERTIFICATE)
    except OSError:  # no such name, or nobody there; a timeout is one, too
        return Step(name, False, "It does not answer, so there may be no sound between networks.", _SILENT)
    except _OnlyBrowsers:
        return Step(name, None, "Only browsers can try a server that is reached by DTLS.")


async def _bound(name: str, ask: "Ask") -> Step:
    answer = await ask(stun.BINDING, None)
    if answer.code:
        return Step(name, False, f"It answers, but refuses ({answer.code} {answer.reason}).", _REFUSES)
    return Step(name, True, "It answers.")


async def _relay(name: str, server: IceServer, ask: "Ask") -> Step:
    """As a browser does it, which first has to be asked who it is. The relay is given back at once."""
    answer, account = await ask(stun.ALLOCATE, None), None
    for _ in range(2):  # a nonce may be stale already
        if answer.code == stun.STALE or (answer.code == stun.UNPROVEN and account is None):
            account = stun.Account(server.username, server.credential, answer.realm, answer.nonce)
            answer = await ask(stun.ALLOCATE, account)
    if answer.code == stun.UNPROVEN:
        says = f"It does not accept the name {server.username} with its password ({answer.code} {answer.reason})."
        return Step(name, False, says, "Correct OFFHOOK_SIP_ICE_SERVERS, or the account on the TURN server.")
    if answer.code:
        return Step(name, False, f"It answers, but gives no relay ({answer.code} {answer.reason}).", _REFUSES)
    await ask(stun.REFRESH, account)
    return Step(name, True, f"It accepts {server.username} and relays from {answer.relayed}.")


# A request, with a proof or without, and its answer.
Ask = Callable[[int, stun.Account | None], Awaitable[stun.Answer]]
# The bytes of one, and those of the next that comes; they need not be its answer. Raises TimeoutError to be asked again.
_Carry = Callable[[bytes], Awaitable[bytes]]


class _OnlyBrowsers(Exception):
    """It is reached in a way that is not known here."""


@asynccontextmanager
async def _asking(url: str, trust: ssl.SSLContext | None) -> AsyncIterator[Ask]:
    scheme, _, rest = url.partition(":")
    address, _, query = rest.partition("?")
    host, _, port = address.rpartition(":") if address.rpartition(":")[2].isdigit() else (address, "", "")
    where = host.strip("[]"), int(port or _PORTS[scheme])
    secure = scheme.endswith("s")
    if secure and "udp" in query:
        raise _OnlyBrowsers
    tls = (trust or ssl.create_default_context()) if secure else None
    async with _stream(*where, tls) if secure or "tcp" in query else _datagrams(*where) as carry:

        async def ask(kind: int, account: stun.Account | None) -> stun.Answer:
            number = secrets.token_bytes(12)
            request = stun.request(kind, number, account)
            while True:
                with suppress(TimeoutError):
                    if answer := stun.read(await carry(request), kind, number):
                        return answer

        yield ask


@asynccontextmanager
async def _stream(host: str, port: int, tls: ssl.SSLContext | None) -> AsyncIterator[_Carry]:
    reader, writer = await asyncio.open_connection(host, port, ssl=tls)

    async def carry(request: bytes) -> bytes:
        writer.write(request)
        try:
            header = await reader.readexactly(stun.HEADER)
            return header + await reader.readexactly(stun.length(header))
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError from error

    try:
        yield carry
    finally:
        writer.close()


@asynccontextmanager
async def _datagrams(host: str, port: int) -> AsyncIterator[_Carry]:
    transport, heard = await asyncio.get_running_loop().create_datagram_endpoint(_Heard, remote_addr=(host, port))

    async def carry(request: bytes) -> bytes:
        transport.sendto(request)  # UDP may lose one
        return await asyncio.wait_for(heard.next(), AGAIN)

    try:
        yield carry
    finally:
        transport.close()


class _Heard(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self._came: asyncio.Queue[bytes | Exception] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._came.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        self._came.put_nowait(exc)

    async def next(self) -> bytes:
        came = await self._came.get()
        if isinstance(came, Exception):
            raise came
        return came

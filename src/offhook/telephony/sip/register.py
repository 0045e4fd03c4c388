"""The way to the SIP server, step by step, as a phone in a browser climbs it: name, TCP, TLS, WebSocket, REGISTER.

A REGISTER without a Contact only asks which phones are registered (RFC 3261 10.2.3), so that the password is proved and
no phone is displaced. FreeSWITCH refuses that with 400 [unverified]; it is then asked with a Contact that is taken back.
"""

import asyncio
import secrets
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, WebSocketException
from websockets.typing import Origin, Subprotocol

from offhook.errors import OffhookError, PhoneSystemRejected, PhoneSystemUnavailable, WrongLineLogin
from offhook.sip.message import Malformed, Request, Response, read, write
from offhook.telephony.phone_system import Step
from offhook.telephony.sip.proof import asked, proof

NAME, REACHED, CERTIFICATE = "SIP server's name", "SIP server reached", "SIP server's certificate"
WEBSOCKET, REGISTRATION = "SIP over WebSocket", "Registration"
SIP = Subprotocol("sip")
PATIENCE = 8.0


# By OpenSSL's codes (x509_vfy.h): expired, another name, another address.
_OTHER_NAME = "OFFHOOK_SIP_SERVER must have a name that the SIP server's certificate is for."
_CERTIFICATES = {10: "Renew the certificate of the SIP server.", 62: _OTHER_NAME, 64: _OTHER_NAME}
_UNKNOWN_AUTHORITY = (
    "Give the SIP server a certificate for this name, with its chain, from an authority that browsers know; if it is "
    "your company's own, which its browsers know, name its file in OFFHOOK_SIP_CA."
)


class Server(Struct, frozen=True):
    """Where phones register. `address`: `wss://…`; `proxy`: a SIP address through which everything goes, mostly empty.

    `origin`: which page browsers come from; some servers look at it.
    """

    address: str
    domain: str
    proxy: str = ""
    origin: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""

    @property
    def is_secure(self) -> bool:
        return self.address.startswith("wss:")

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or (443 if self.is_secure else 80)


class Login(Struct, frozen=True):
    """`password` None: it is not known, and only asked whether the server wants one."""

    line: str
    password: str | None

    def __repr__(self) -> str:
        return f"Login({self.line})"


class Climb:
    """One try. `steps` says how far it came; `error` why no further."""

    def __init__(self, server: Server, login: Login, trust: ssl.SSLContext | None = None) -> None:
        """`trust`: whose certificates are believed; the system's when None."""
        self._server, self._login = server, login
        self._tls = (trust or ssl.create_default_context()) if server.is_secure else None
        self._call_id, self._tag = f"{secrets.token_hex(12)}@offhook.invalid", secrets.token_hex(6)
        self.steps: list[Step] = []
        self.error: OffhookError | None = None

    async def run(self, patience: float = PATIENCE) -> None:
        """Never raises. `patience`: seconds for each step."""
        rungs: list[tuple[str, Callable[[], Awaitable[str]]]] = [(NAME, self._name), (REACHED, self._reach)]
        rungs += [(CERTIFICATE, self._certificate)] if self._tls else []
        async with AsyncExitStack() as self._open:
            for name, rung in (*rungs, (WEBSOCKET, self._websocket), (REGISTRATION, self._register)):
                self.error = await self._try(name, rung, patience)
                if self.error:
                    return

    async def _try(self, name: str, rung: Callable[[], Awaitable[str]], patience: float) -> OffhookError | None:
        try:
            async with asyncio.timeout(patience):
                self.steps.append(Step(name, True, await rung()))
            return None
        except OffhookError as error:
            failed = error
        except TimeoutError:
            failed = PhoneSystemUnavailable(
                f"No answer within {patience:g} seconds ({name}).",
                remedy="Look whether a firewall drops what Offhook sends, and whether the SIP server is overloaded.",
            )
        self.steps.append(Step(name, False, failed.says, failed.remedy))
        return failed

    async def _name(self) -> str:
        server = self._server
        try:
            found = await asyncio.get_running_loop().getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise PhoneSystemUnavailable(
                f"There is no machine of the name {server.host} (DNS).", remedy="Correct OFFHOOK_SIP_SERVER, or the DNS."
            ) from error
        return f"{server.host} is {', '.join(dict.fromkeys(str(each[4][0]) for each in found))}."

    async def _reach(self) -> str:
        server = self._server
        where = f"{server.host} port {server.port}"
        try:
            _, writer = await asyncio.open_connection(server.host, server.port)
        except OSError as error:
            raise PhoneSystemUnavailable(
                f"Nobody listens at {where} (TCP).",
                remedy="Look whether the SIP server runs, at its port for WebSocket, and at the firewall between.",
            ) from error
        writer.close()
        return f"Somebody listens at {where}."

    async def _certificate(self) -> str:
        server = self._server
        try:
            _, writer = await asyncio.open_connection(server.host, server.port, ssl=self._tls)
        except ssl.SSLCertVerificationError as error:
            why = error.verify_message.rstrip(".")
            raise PhoneSystemRejected(
                f"Browsers will not believe the certificate of {server.host}: {why} (TLS).",
                remedy=_CERTIFICATES.get(error.verify_code, _UNKNOWN_AUTHORITY),
            ) from error
        except OSError as error:
            raise PhoneSystemRejected(
                f"{server.host} port {server.port} does not speak TLS.",
                remedy="OFFHOOK_SIP_SERVER must name the port for secure WebSocket (wss).",
            ) from error
        writer.close()
        return f"The certificate of {server.host} is in order."

    async def _websocket(self) -> str:
        server = self._server
        try:
            self._socket = await self._open.enter_async_context(
                connect(
                    server.address,
                    ssl=self._tls,
                    subprotocols=[SIP],
                    origin=Origin(server.origin) if server.origin else None,
                    proxy=None,
                    max_size=65_536,
                    compression=None,
                )
            )
        except (WebSocketException, OSError, ValueError) as error:
            raise _no_websocket(server, error) from error
        if self._socket.subprotocol != SIP:
            raise PhoneSystemRejected(
                "The server speaks WebSocket there, but not SIP: it does not choose the sub-protocol “sip”.",
                remedy="OFFHOOK_SIP_SERVER must be the SIP server's own address for WebSocket, with its path, often /ws.",
            )
        return "It speaks SIP over WebSocket."

    # REGISTER.

    async def _register(self) -> str:
        answer = await self._asked(1)
        if answer.status in (401, 407):
            answer = await self._proved(answer, 2)
        if answer.status == 400:  # a Contact is wanted
            answer = await self._bound_for_a_moment()
        if self._login.password is None and answer.status in (401, 403, 404, 407):  # nobody of this name: no wonder
            return f"The server answers phones of {self._server.domain} ({answer.status}); no password is tried."
        if answer.status == 200:
            return f"{self._login.line}@{self._server.domain} may register."
        raise _refusal(answer, self._login.line, self._server.domain)

    async def _proved(self, challenge: Response, number: int, *more: tuple[str, str]) -> Response:
        """The same once more, with the password; also when a nonce that was good is stale already."""
        for again in range(2):
            password = self._login.password
            if password is None or challenge.status not in (401, 407):
                return challenge
            name = "www-authenticate" if challenge.status == 401 else "proxy-authenticate"
            said = _easiest([value for each, value in challenge.headers if each == name])
            if again and asked(said).get("stale", "").lower() != "true":
                return challenge
            header = "authorization" if challenge.status == 401 else "proxy-authorization"
            uri = f"sip:{self._server.domain}"
            value = proof(said, "REGISTER", uri, self._login.line, password, secrets.token_hex(8))
            challenge = await self._asked(number + again, (header, value), *more)
        return challenge

    async def _bound_for_a_moment(self) -> Response:
        contact = f"<sip:{secrets.token_hex(4)}@{self._tag}.invalid;transport=ws>"
        there, gone = ("contact", f"{contact};expires=60"), ("contact", f"{contact};expires=0")
        answer = await self._proved(await self._asked(10, there), 11, there)
        if answer.status == 200:
            await self._proved(await self._asked(20, gone), 21, gone)
        return answer

    async def _asked(self, number: int, *more: tuple[str, str]) -> Response:
        server, own = self._server, f"<sip:{self._login.line}@{self._server.domain}>"
        branch = f"z9hG4bK{secrets.token_hex(8)}"
        headers = (
            ("via", f"SIP/2.0/{'WSS' if server.is_secure else 'WS'} {self._tag}.invalid;branch={branch}"),
            ("max-forwards", "70"),
            ("from", f"{own};tag={self._tag}"),
            ("to", own),
            ("call-id", self._call_id),
            ("cseq", f"{number} REGISTER"),
            ("user-agent", "Offhook"),
            *((("route", f"<{server.proxy};lr>"),) if server.proxy else ()),
            *more,
        )
        try:
            await self._socket.send(write(Request(headers, "", "REGISTER", f"sip:{server.domain}")))
            async for answer in _answers(self._socket):
                if answer.sequence == (number, "REGISTER") and answer.status >= 200:
                    return answer
        except WebSocketException as error:
            raise PhoneSystemUnavailable("The SIP server hung up in the middle of a registration.") from error
        raise PhoneSystemUnavailable("The SIP server hung up in the middle of a registration.")


def _easiest(challenges: list[str]) -> str:
    """Of several challenges the softphone is given the one that it can answer."""
    known = (each for each in challenges if asked(each).get("algorithm", "MD5").upper() == "MD5")
    return next(known, next(iter(challenges), ""))


async def _answers(connection: ClientConnection) -> AsyncIterator[Response]:
    async for frame in connection:
        try:
            message = read(frame)
        except Malformed:  # a keep-alive, or nothing that we understand
            continue
        if isinstance(message, Response):
            yield message


def _no_websocket(server: Server, error: Exception) -> OffhookError:
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        says = f"{server.host} answers with HTTP {status} instead of opening a WebSocket."
        why = "the SIP server lets in pages of some addresses only, and Offhook's is not among them"
        remedy = f"Correct the path in OFFHOOK_SIP_SERVER, often /ws{f'; or {why}' if status == 403 else ''}."
        return PhoneSystemRejected(says, remedy=remedy)
    if isinstance(error, InvalidHandshake | ValueError):
        return PhoneSystemRejected(
            f"What listens at {server.host} port {server.port} does not speak WebSocket.",
            remedy="OFFHOOK_SIP_SERVER must name the SIP server's port for WebSocket; 5060 and 5061 are mostly others.",
        )
    return PhoneSystemUnavailable(f"{server.host} hung up before the WebSocket was open.")


def _refusal(answer: Response, line: str, domain: str) -> OffhookError:
    """What the final answer to a REGISTER means."""
    said = f"({answer.status} {answer.reason})"
    if answer.status in (401, 407):
        return WrongLineLogin(f"The SIP server does not accept the password of {line} {said}.")
    if answer.status == 403:
        return WrongLineLogin(
            f"The SIP server forbids {line} to register {said}.",
            remedy="Check the password; and on the SIP server, whether this line may register, by WebSocket, from here.",
        )
    if answer.status == 404:
        return WrongLineLogin(
            f"The SIP server knows no line {line} in {domain} {said}.", remedy="Check the line, and OFFHOOK_SIP_DOMAIN."
        )
    if answer.status >= 500:
        return PhoneSystemUnavailable(f"The SIP server cannot register anybody just now {said}.")
    return PhoneSystemRejected(f"The SIP server refuses to register {line} {said}.")

"""A SIP server for one line, over a real WebSocket, that can be broken at every step."""

import asyncio
import secrets
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response as HttpResponse
from websockets.typing import Subprotocol

from offhook.sip.digest import Digest, Proof
from offhook.sip.message import Request, Response, answer, read, write

DOMAIN = "pbx.example"


@dataclass
class Registrar:
    """`answers`: a status for every REGISTER instead of the right one. `challenge`: instead of the usual ones.

    `bare`: without qop, as Kamailio asks by default. `binds`: a Contact is wanted, as FreeSWITCH does.
    """

    passwords: dict[str, str] = field(default_factory=lambda: {"201": "a long password"})
    answers: int = 0
    challenge: str = ""
    bare: bool = False
    binds: bool = False
    http_status: int = 0
    protocol: str = "sip"
    hangs_up: bool = False
    is_silent: bool = False
    port: int = 0
    heard: list[Request] = field(default_factory=list)
    origins: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._digest, self._nonce = Digest(DOMAIN), secrets.token_hex(8)

    @asynccontextmanager
    async def running(self, tls: ssl.SSLContext | None = None) -> AsyncIterator["Registrar"]:
        async with serve(
            self._talk,
            "127.0.0.1",
            0,
            ssl=tls,
            subprotocols=[Subprotocol(self.protocol)] if self.protocol else None,
            select_subprotocol=None if self.protocol == "sip" else lambda *_: None,
            process_request=self._let_in,
        ) as server:
            self.port = _port(server)
            yield self

    def _let_in(self, connection: ServerConnection, request: HttpRequest) -> HttpResponse | None:
        self.origins.append(request.headers.get("Origin"))
        return connection.respond(HTTPStatus(self.http_status), "No.\n") if self.http_status else None

    async def _talk(self, connection: ServerConnection) -> None:
        async for frame in connection:
            message = read(frame)
            assert isinstance(message, Request)
            self.heard.append(message)
            if self.hangs_up:
                return
            if self.is_silent:
                await connection.wait_closed()
                return
            await connection.send("\r\n\r\n")  # a keep-alive, which is no message
            await connection.send(write(answer(message, 100)))
            await connection.send(write(self._answered(message)))

    def _answered(self, request: Request) -> Response:
        if self.answers:
            return answer(request, self.answers, tag="x")
        proof = self._proof(request)
        if proof is not Proof.RIGHT:
            return answer(request, 401, *self._challenges(proof), tag="x")
        if self.binds and not request.first("contact"):
            return answer(request, 400, tag="x")
        return answer(request, 200, tag="x")

    def _proof(self, request: Request) -> Proof:
        line = request.first("from").partition("sip:")[2].partition("@")[0]
        if not self.bare:
            return self._digest.prove(request, line, [self.passwords.get(line, secrets.token_hex())], time.time())
        given = request.first("authorization")
        return Proof.RIGHT if given and given == self.expected(line) else Proof.NONE

    def expected(self, line: str) -> str:
        from offhook.telephony.sip.proof import proof

        return proof(self._bare(), "REGISTER", f"sip:{DOMAIN}", line, self.passwords.get(line, secrets.token_hex()), "")

    def _bare(self) -> str:
        return f'Digest realm="{DOMAIN}", nonce="{self._nonce}", opaque="as it was"'

    def _challenges(self, proof: Proof) -> list[tuple[str, str]]:
        if self.challenge or self.bare:
            return [("www-authenticate", self.challenge or self._bare())]
        return self._digest.challenges(time.time(), stale=proof is Proof.STALE)


def _port(server: Server) -> int:
    return int(next(iter(server.sockets)).getsockname()[1])


@asynccontextmanager
async def deaf() -> AsyncIterator[int]:
    """Somebody listens and says nothing of use."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"SSH-2.0-nothing\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield int(server.sockets[0].getsockname()[1])

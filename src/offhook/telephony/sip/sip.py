"""Any SIP phone system as a `PhoneSystem`: the phone is in the browser; what comes of it comes back by relay."""

import re
import ssl
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from offhook.calls.phone_number import PhoneNumber
from offhook.errors import OffhookError, UnprovenDelivery, Unsupported, WrongLineLogin, WrongState
from offhook.telephony import ice
from offhook.telephony.phone_system import (
    Action,
    Capability,
    Deliver,
    IceServer,
    LineLogin,
    Proven,
    Reading,
    Softphone,
    Step,
)
from offhook.telephony.sip import wire
from offhook.telephony.sip.register import PATIENCE, Climb, Login, Server

# What stands in an address and in a digest unchanged; more is nobody's line.
_LINE = re.compile(r"[A-Za-z0-9._+-]{1,64}")
# Who asks without a line only wants to know whether anybody answers.
_NOBODY = "offhook"


class LineSecrets(Protocol):
    """Where the passwords of lines are kept, sealed; the newest counts."""

    async def keep(self, line: str, secret: str) -> None: ...

    async def of(self, line: str) -> str | None:
        """None: none is kept, or it cannot be read any more."""

    async def forget(self, line: str) -> None: ...


class ServerSide(Protocol):
    """Who else tells of the same calls: another phone system of ours, of which only the listening is used."""

    async def start(self, deliver: Deliver) -> None: ...

    async def stop(self) -> None: ...

    def prove(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Proven: ...

    def read(self, body: bytes) -> Reading: ...


class Sip:
    """Asterisk, FreeSWITCH, Kamailio, or whatever else speaks SIP over WebSocket. The service itself makes no calls."""

    key: str = "sip"
    title: str = "SIP phone system"
    says: str = "Your own SIP phone system; you talk in the browser."
    line_login: LineLogin = LineLogin.LINE_AND_SECRET
    capabilities: frozenset[Capability] = frozenset()

    def __init__(
        self,
        server: Server,
        secrets: LineSecrets,
        *,
        realm: str = "",
        ice_servers: Sequence[IceServer] = (),
        codecs: Sequence[str] = ("opus", "pcmu", "pcma"),
        region: str = "US",
        server_side: ServerSide | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """`realm`: of the digest, the domain when empty. `trust`: whose certificates the self-test believes."""
        self._server, self._secrets, self._realm = server, secrets, realm or server.domain
        self._ice, self._codecs, self._region = tuple(ice_servers), tuple(codecs), region
        self._server_side, self._trust = server_side, trust

    # The protocol.

    async def start(self, deliver: Deliver) -> None:
        if self._server_side:
            await self._server_side.start(deliver)

    async def stop(self) -> None:
        if self._server_side:
            await self._server_side.stop()

    def prove(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Proven:
        """What comes over HTTP is the server side's; softphones are proven by their agents' sign-in instead."""
        if self._server_side is None:
            raise UnprovenDelivery("Nothing but the agents' own softphones tells of calls here: see OFFHOOK_SIP_SEEN_BY.")
        return self._server_side.prove(headers, body, now)

    def relayed(self, line: str, said: bytes, now: datetime) -> tuple[str, bytes]:
        return wire.delivery(line, said)

    def read(self, body: bytes) -> Reading:
        told = wire.read(body, self._region, joined=self._server_side is not None)
        if told is None and self._server_side:
            return wire.seen_by_server(self._server_side.read(body), self._region)
        return told or Reading(unrecognised="What arrived is no word of a softphone.")

    async def log_in(self, line: str, secret: str) -> str:
        """Prove the password to the SIP server, and keep it for the agent's browsers.

        Raises:
            WrongLineLogin: the SIP server refuses it.
            PhoneSystemUnavailable, PhoneSystemRejected: it was not asked; the sentence says at which step the way ends.
        """
        if not _LINE.fullmatch(line):
            raise WrongLineLogin("A line of a SIP phone system is the name in its address, for example 201.")
        climb = Climb(self._server, Login(line, secret), self._trust)
        await climb.run()
        if climb.error:
            raise climb.error
        await self._secrets.keep(line, secret)
        return line

    async def log_out(self, line: str) -> None:
        await self._secrets.forget(line)

    async def dial(self, line: str, number: PhoneNumber) -> str:
        raise _in_the_browser()

    async def control(self, call: str, line: str, action: Action, to: str = "") -> None:
        raise _in_the_browser()

    # The softphone.

    async def softphone(self, line: str) -> Softphone:
        password = await self._secrets.of(line)
        if password is None:
            raise WrongState("The password of your line is not known any more.", remedy="Log in to your line again.")
        return Softphone(
            server=self._server.address,
            uri=f"sip:{line}@{self._server.domain}",
            username=line,
            password=password,
            realm=self._realm,
            ice_servers=self._ice,
            codecs=self._codecs,
            outbound_proxy=self._server.proxy,
            relays=True,
        )

    async def self_test(self, line: str | None) -> tuple[Step, ...]:
        password = await self._secrets.of(line) if line else None
        climb = Climb(self._server, Login(line or _NOBODY, password), self._trust)
        await climb.run()
        return (*climb.steps, *[await ice.step(each, PATIENCE / 2, self._trust) for each in self._ice])


def _in_the_browser() -> OffhookError:
    return Unsupported(
        "On a SIP phone system your browser is the telephone, and it is not connected now. "
        "Allow the microphone in the panel, or use the phone on your desk."
    )

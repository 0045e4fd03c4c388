"""A SIP phone system of another make: the exchange's calls, told by the softphone of the agent on line 201."""

import json
from collections.abc import Mapping
from contextlib import AsyncExitStack

from tests.telephony.exchange.driver import ExchangeDriver
from tests.telephony.sip.registrar import DOMAIN, Registrar

from offhook.errors import DeliveryRefused, UnprovenDelivery
from offhook.telephony.sip import Server, Sip

# The exchange's words as the softphone puts them; its first ring is told together with the call.
WHAT = {
    "ring": "ringing",
    "pick-up": "answered",
    "hold": "held",
    "unhold": "resumed",
    "mute": "muted",
    "unmute": "unmuted",
    "end": "ended",
}


class Kept:
    """Line secrets in memory."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}

    async def keep(self, line: str, secret: str) -> None:
        self.secrets[line] = secret

    async def of(self, line: str) -> str | None:
        return self.secrets.get(line)

    async def forget(self, line: str) -> None:
        self.secrets.pop(line, None)


class SipDriver(ExchangeDriver):
    login = ("201", "a long password")
    wrong_logins = (("201", "guessed"), ("999", "a long password"), ("201", ""), ("", ""), ('2"01', "x"), ("2\r\n1", "x"))
    unknown = b'{"call":"c1","what":"conference","at":"2026-11-23T18:30:00Z","direction":"inbound","line":"201"}'
    refused: Mapping[str, tuple[Mapping[str, str], bytes, type[DeliveryRefused]]] = {
        "anything over HTTP": ({}, unknown, UnprovenDelivery),
    }

    def __init__(self, phone: str = "") -> None:
        super().__init__()
        self.registrar, self.secrets, self._phone = Registrar(), Kept(), phone
        self._open = AsyncExitStack()
        self._told: dict[str, dict[str, str]] = {}

    async def start(self) -> None:
        await super().start()
        await self._open.enter_async_context(self.registrar.running())
        self.system = Sip(Server(f"ws://127.0.0.1:{self.registrar.port}/ws", DOMAIN), self.secrets)

    async def stop(self) -> None:
        await self._open.aclose()

    async def _deliver(self, key: str, body: bytes) -> None:
        happening = json.loads(body)
        if happening["type"] == "call":
            direction = happening.get("direction", "inbound")
            party = {"number": happening.get("party", ""), "name": happening.get("name", "")}
            self._told[happening["call"]] = {"direction": direction, **party}
            self._began = happening["at"]
            return
        about = self._told[happening["call"]]
        what = WHAT[happening["type"]]
        if what == "ringing" and about["direction"] == "outbound":
            what = "calling"
        said = {"what": what, **about, **{name: happening.get(name, "") for name in ("call", "at", "reason")}}
        seq = sum(json.loads(each)["call"] == said["call"] for _, each in self.arrived) + 1
        said |= {"at": self._began} if happening["type"] == "ring" else {}
        said |= {"seq": seq, "phone": self._phone, "line": "not the softphone's to say"}
        assert isinstance(self.system, Sip)
        self.arrived.append(self.system.relayed(self.line, json.dumps(said).encode(), self.clock()))

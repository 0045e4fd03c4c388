"""A phone system of another make: the exchange, behind a thing that speaks docs/reference/webhook.md both ways."""

import json
from collections.abc import Mapping

import msgspec
from tests.contracts.phone_system import BEGAN
from tests.telephony.exchange.driver import ExchangeDriver

from offhook.calls.phone_number import PhoneNumber
from offhook.errors import DeliveryRefused, MalformedDelivery, Refused, UnprovenDelivery
from offhook.telephony.phone_system import Action
from offhook.telephony.webhook import WebhookSystem
from offhook.telephony.webhook.wire import check_signature, signature

SECRET = "a secret that both sides know"
CONTROL_URL = "https://pbx.example/offhook"
UNKNOWN = b'{"type":"conference-started","call":"c1","line":"201","at":"2026-11-23T18:30:00Z"}'

# The exchange's words, as another phone system might write them. It tells of a call only together with its first ring.
TYPES = {
    "ring": "Call.Ringing",
    "pick-up": "answered",
    "hold": "call_held",
    "unhold": "unhold",
    "mute": "mute",
    "unmute": "unmute",
    "end": "hangup",
}


def signed(body: bytes, secret: str = SECRET, at: float = BEGAN.timestamp()) -> dict[str, str]:
    """Headers as Litestar gives them: names in lower case."""
    return {
        "offhook-timestamp": str(int(at)),
        "offhook-signature": signature(secret, str(int(at)), body),
    }


def _refused() -> Mapping[str, tuple[Mapping[str, str], bytes, type[DeliveryRefused]]]:
    now = BEGAN.timestamp()
    good = signed(UNKNOWN)
    event = {"type": "ringing", "call": "c1", "line": "201", "at": "2026-11-23T18:30:00Z"}
    many = json.dumps({"events": [event] * 101}).encode()
    return {
        "nothing at all": ({}, b"", UnprovenDelivery),
        "no signature": ({"offhook-timestamp": good["offhook-timestamp"]}, UNKNOWN, UnprovenDelivery),
        "no time": ({"offhook-signature": good["offhook-signature"]}, UNKNOWN, UnprovenDelivery),
        "a time that is none": (good | {"offhook-timestamp": "now"}, UNKNOWN, UnprovenDelivery),
        "a time in other digits": (good | {"offhook-timestamp": "١٢٣"}, UNKNOWN, UnprovenDelivery),
        "another time": (good | {"offhook-timestamp": str(int(now) + 1)}, UNKNOWN, UnprovenDelivery),
        "another secret": (signed(UNKNOWN, "guessed"), UNKNOWN, UnprovenDelivery),
        "another body": (good, UNKNOWN + b" ", UnprovenDelivery),
        "not a signature": (good | {"offhook-signature": "v1=ü,,\ud800"}, UNKNOWN, UnprovenDelivery),
        "too old": (signed(UNKNOWN, at=now - 301), UNKNOWN, UnprovenDelivery),
        "from the future": (signed(UNKNOWN, at=now + 301), UNKNOWN, UnprovenDelivery),
        "not JSON": (signed(b"<xml/>"), b"<xml/>", MalformedDelivery),
        "too deep": (signed(b"[" * 50_000), b"[" * 50_000, MalformedDelivery),
        "not UTF-8": (signed(b'{"type":"\xff"}'), b'{"type":"\xff"}', MalformedDelivery),
        "too many": (signed(many), many, MalformedDelivery),
    }


class WebhookDriver(ExchangeDriver):
    login = ("201", "")
    wrong_logins = (("", ""), ("   ", "7391"), ("\0", ""), ("2" * 201, ""))
    unknown = UNKNOWN
    refused = _refused()

    def __init__(self, control_url: str = CONTROL_URL) -> None:
        super().__init__()
        self.system = WebhookSystem(SECRET, control_url, self.post, self.clock, lambda: f"ours-{next(self.ids)}")
        self.began: dict[str, object] = {}
        self.proposed: list[str] = []
        self.exchange._new_id = lambda: self.proposed.pop() if self.proposed else f"theirs-{next(self.ids)}"

    async def _deliver(self, key: str, body: bytes) -> None:
        happening = json.loads(body)
        if happening["type"] == "call":
            self.began = {
                "direction": happening.get("direction", "inbound"),
                ("to" if happening.get("direction") else "from"): happening.get("party"),
                "name": happening.get("name"),
                "at": happening["at"],
            }
            return
        event = {field: happening.get(field) for field in ("call", "leg", "line", "at", "reason")}
        told = self.began if happening["type"] == "ring" else {}
        sent = json.dumps({"type": TYPES[happening["type"]], **event, **told}).encode()
        proven = self.system.prove(signed(sent, at=self.clock().timestamp()), sent, self.clock())
        self.arrived.append((proven.key, sent))

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The phone system's own end of the control address."""
        assert url == CONTROL_URL
        check_signature(SECRET, {name.lower(): value for name, value in headers.items()}, body, self.clock())
        asked = msgspec.json.decode(body, type=dict[str, str])
        try:
            if asked["action"] == "dial":
                self.proposed.append(asked["call"])
                await self.exchange.dial(asked["line"], PhoneNumber(asked["number"]))
            else:
                await self.exchange.control(asked["call"], asked["line"], Action(asked["action"]), asked.get("to", ""))
        except Refused:
            return 409
        return 202

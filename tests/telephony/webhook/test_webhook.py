import json
from collections.abc import Mapping

import pytest
from tests.contracts.phone_system import CUSTOMER_NUMBER, Clock
from tests.telephony.webhook.driver import CONTROL_URL, SECRET, UNKNOWN, signed

from offhook.calls.phone_number import PhoneNumber
from offhook.errors import InvalidNumber, PhoneSystemUnavailable, UnprovenDelivery, Unsupported
from offhook.telephony.phone_system import Action, Capability
from offhook.telephony.webhook import WebhookSystem

CLOCK = Clock()


class Answers:
    """The control address: answers with a status, or with nothing at all; keeps what was sent."""

    def __init__(self, status: int | Exception) -> None:
        self.status = status
        self.sent: list[tuple[str, Mapping[str, str], bytes]] = []

    async def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        self.sent.append((url, headers, body))
        if isinstance(self.status, Exception):
            raise self.status
        return self.status


def system(http: Answers, secret: str = SECRET, control_url: str = CONTROL_URL) -> WebhookSystem:
    ids = iter(["call", "request"])
    return WebhookSystem(secret, control_url, http, CLOCK, lambda: next(ids))


async def test_it_asks_for_a_call_with_an_id_of_ours_and_signs() -> None:
    http = Answers(202)
    assert await system(http).dial("201", PhoneNumber("+14155550100", "7")) == "call"
    (url, headers, body) = http.sent[0]
    assert url == CONTROL_URL
    assert json.loads(body) == {
        "id": "request",
        "action": "dial",
        "call": "call",
        "line": "201",
        "number": "+14155550100",
        "extension": "7",
    }
    assert {name.lower(): value for name, value in headers.items()}.items() >= signed(body).items()


async def test_it_asks_for_a_transfer_only_to_somewhere() -> None:
    http = Answers(200)
    with pytest.raises(InvalidNumber):
        await system(http).control("c1", "201", Action.TRANSFER, " ")
    await system(http).control("c1", "201", Action.TRANSFER, " 202 ")
    assert [json.loads(body)["to"] for _, _, body in http.sent] == ["202"]


@pytest.mark.parametrize("failure", [OSError("refused"), TimeoutError(), RuntimeError("a client's own"), 503])
async def test_it_says_that_the_phone_system_does_not_answer(failure: int | Exception) -> None:
    with pytest.raises(PhoneSystemUnavailable):
        await system(Answers(failure)).control("c1", "201", Action.HOLD)


@pytest.mark.parametrize(("secret", "control_url"), [(SECRET, ""), ("", CONTROL_URL), ("", "")])
async def test_it_offers_and_asks_nothing_without_an_address_and_a_secret(secret: str, control_url: str) -> None:
    http = Answers(200)
    silent = system(http, secret, control_url)
    assert silent.capabilities == frozenset()
    with pytest.raises(Unsupported):
        await silent.dial("201", CUSTOMER_NUMBER)
    assert http.sent == []


def test_it_offers_everything_with_an_address() -> None:
    assert system(Answers(200)).capabilities == frozenset(Capability)


def test_it_refuses_everything_until_a_secret_is_set() -> None:
    with pytest.raises(UnprovenDelivery, match="OFFHOOK_WEBHOOK_SECRET"):
        system(Answers(200), secret="").prove(signed(UNKNOWN, ""), UNKNOWN, CLOCK())


def test_it_never_shows_its_secret() -> None:
    assert SECRET not in repr(system(Answers(200)))
    assert SECRET not in str(system(Answers(200)).prove(signed(UNKNOWN), UNKNOWN, CLOCK()))

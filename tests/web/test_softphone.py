"""The telephone in the browser: with what it registers, and what it tells. The phone system is only a shell here."""

import json
from datetime import datetime
from typing import Any, cast

import pytest
from tests.real_service import Panel, RealService
from tests.web.test_deliveries import counted, kept

from offhook.errors import MalformedDelivery
from offhook.telephony.exchange import Exchange
from offhook.telephony.phone_system import HasSoftphone, IceServer, PhoneSystem, Relayed, Softphone

PASSWORD = "the password of a line"
SAID = {"call": "c1", "what": "ringing"}


class Shell:
    """The exchange, with a softphone and a browser that tells of its calls."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __getattr__(self, name: str) -> Any:
        return getattr(self._exchange, name)

    async def softphone(self, line: str) -> Softphone:
        turn = IceServer(("turn:turn.example",), "offhook", PASSWORD)
        uri = f"sip:{line}@pbx.example"
        return Softphone("wss://pbx.example", uri, line, PASSWORD, "pbx.example", ice_servers=(turn,), relays=True)

    def relayed(self, line: str, said: bytes, now: datetime) -> tuple[str, bytes]:
        if "what" not in json.loads(said):
            raise MalformedDelivery('The field "what" is missing.')
        return f"{line} {json.loads(said)}", b'{"of another make": true}'


@pytest.fixture
async def shell(service: RealService, ben: Panel, monkeypatch: pytest.MonkeyPatch) -> Shell:
    systems = cast("dict[str, PhoneSystem]", service.service.parts.systems)
    shell = Shell(cast("Exchange", systems["exchange"]))
    monkeypatch.setitem(systems, "exchange", cast("PhoneSystem", shell))
    return shell


def test_the_protocols_are_seen_by_what_a_phone_system_can() -> None:
    shell = Shell(cast("Exchange", object()))
    assert isinstance(shell, HasSoftphone)
    assert isinstance(shell, Relayed)
    assert not isinstance(object(), HasSoftphone | Relayed)


@pytest.mark.usefixtures("shell")
async def test_the_agents_browser_learns_how_to_register_and_nobody_keeps_it(ben: Panel) -> None:
    answer = await ben.ask("GET", "/api/softphone")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "server": "wss://pbx.example",
        "uri": "sip:201@pbx.example",
        "username": "201",
        "password": PASSWORD,
        "realm": "pbx.example",
        "ice_servers": [{"urls": ["turn:turn.example"], "username": "offhook", "credential": PASSWORD}],
        "codecs": ["opus", "pcmu", "pcma"],
        "outbound_proxy": "",
        "register_seconds": 120,
        "relays": True,
    }


async def test_the_panel_says_which_phone_system_has_a_softphone(shell: Shell, ben: Panel) -> None:
    offered = (await ben.get("/api/panel"))["phone_systems"]
    assert {each["key"]: each["softphone"] for each in offered} == {"exchange": True, "webhook": False}


async def test_a_password_hides_from_whoever_prints_it(shell: Shell) -> None:
    assert PASSWORD not in repr(await shell.softphone("201"))


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/softphone"), ("POST", "/api/relay")])
async def test_without_a_line_there_is_none(shell: Shell, ada: Panel, method: str, path: str) -> None:
    answer = await ada.ask(method, path, {"said": [SAID]} if method == "POST" else None)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_what_is_said_twice_is_kept_once(service: RealService, shell: Shell, ben: Panel) -> None:
    before, accepted = await kept(service), await counted(service, "accepted", "exchange")
    body = {"said": [SAID, SAID | {"seq": 2}]}
    for _ in range(2):
        answer = await ben.ask("POST", "/api/relay", body)
        assert (answer.status_code, answer.json()) == (202, {"kept": 2})
    assert await kept(service) == before + 2
    assert await counted(service, "accepted", "exchange") == accepted + 2


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ([], 400, "invalid-input"),
        ([SAID] * 21, 400, "invalid-input"),
        ([1], 400, "invalid-input"),
        ([SAID, {}], 400, "malformed-delivery"),
        ([SAID, SAID | {"name": "x" * 8_192}], 413, "too-large"),
    ],
    ids=["nothing", "too many", "no object", "one of two is wrong", "too large"],
)
async def test_of_what_cannot_be_used_nothing_is_kept(
    service: RealService, shell: Shell, ben: Panel, said: list[Any], status: int, code: str
) -> None:
    before = await kept(service)
    answer = await ben.ask("POST", "/api/relay", {"said": said})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await kept(service) == before


async def test_a_call_has_the_phone_systems_id(service: RealService, ben: Panel) -> None:
    rang = await service.ring("+14155550100")
    assert (await ben.call("ringing"))["external_id"] == rang

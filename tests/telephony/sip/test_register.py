"""The way to a SIP server, and a broken world for each of its steps: the step that fails is named, with what to do."""

import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.telephony.sip.registrar import DOMAIN, Registrar, deaf

from offhook.errors import OffhookError, PhoneSystemRejected, PhoneSystemUnavailable, WrongLineLogin
from offhook.telephony.sip import register
from offhook.telephony.sip.register import Climb, Login, Server

RIGHT = Login("201", "a long password")
STEPS = (register.NAME, register.REACHED, register.WEBSOCKET, register.REGISTRATION)
SHA_ONLY = f'Digest realm="{DOMAIN}", nonce="1", algorithm=SHA-256, qop="auth"'


async def climbed(address: str, login: Login = RIGHT, **more: Any) -> Climb:
    patience = more.pop("patience", 5.0)
    climb = Climb(Server(address, DOMAIN), login, **more)
    await climb.run(patience)
    return climb


async def with_(registrar: Registrar, login: Login = RIGHT, **more: Any) -> Climb:
    async with registrar.running():
        return await climbed(f"ws://127.0.0.1:{registrar.port}/ws", login, **more)


def check_end(climb: Climb, step: str, error: type[OffhookError], says: str) -> None:
    """It failed at this step, everything before it was passed, nothing after it was tried, and a person is told."""
    *before, last = climb.steps
    assert all(each.ok for each in before)
    assert (last.name, last.ok) == (step, False)
    assert says in last.says
    assert type(climb.error) is error
    assert last.remedy


async def test_a_line_with_its_password_may_register_and_no_phone_is_displaced() -> None:
    registrar = Registrar()
    climb = await with_(registrar)
    assert [(each.name, each.ok) for each in climb.steps] == [(each, True) for each in STEPS]
    assert climb.error is None
    assert [bool(each.first("authorization")) for each in registrar.heard] == [False, True]
    assert not any(each.first("contact") for each in registrar.heard)


@pytest.mark.parametrize("registrar", [Registrar(bare=True), Registrar(binds=True)], ids=["no qop", "wants a Contact"])
async def test_servers_that_ask_otherwise_are_satisfied(registrar: Registrar) -> None:
    climb = await with_(registrar)
    assert climb.error is None


async def test_a_contact_that_had_to_be_given_is_taken_back() -> None:
    registrar = Registrar(binds=True)
    await with_(registrar)
    assert "expires=0" in registrar.heard[-1].first("contact")


async def test_the_password_is_never_said() -> None:
    registrar = Registrar()
    climb = await with_(registrar)
    assert str(RIGHT.password) not in repr((climb.steps, RIGHT, registrar.heard))


async def test_everything_goes_through_the_outbound_proxy_and_says_where_browsers_come_from() -> None:
    registrar = Registrar()
    async with registrar.running():
        server = Server(f"ws://127.0.0.1:{registrar.port}", DOMAIN, "sip:edge.example", "https://offhook.example")
        climb = Climb(server, RIGHT)
        await climb.run()
    assert {each.first("route") for each in registrar.heard} == {"<sip:edge.example;lr>"}
    assert registrar.origins == ["https://offhook.example"]


@pytest.mark.parametrize("answers", [0, 403, 404], ids=["asks for a password", "forbids", "knows nobody of this name"])
async def test_without_a_password_it_is_enough_that_the_server_answers(answers: int) -> None:
    climb = await with_(Registrar(answers=answers), Login("offhook", None))
    assert climb.error is None
    assert "no password is tried" in climb.steps[-1].says


# Broken worlds, from the ground up.


async def test_dns_there_is_no_such_machine() -> None:
    climb = await climbed("wss://no-such-machine.invalid/ws")
    check_end(climb, register.NAME, PhoneSystemUnavailable, "no machine of the name no-such-machine.invalid")


async def test_tcp_nobody_listens() -> None:
    climb = await climbed("ws://127.0.0.1:9/ws")
    check_end(climb, register.REACHED, PhoneSystemUnavailable, "Nobody listens at 127.0.0.1 port 9")


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that signed itself, for localhost."""
    certificate = tmp_path_factory.mktemp("tls") / "certificate.pem"
    key = certificate.with_name("key.pem")
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2"]
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, *subject]
    subprocess.run(request, check=True, capture_output=True)
    return certificate


@pytest.fixture
async def secure(own_certificate: Path) -> AsyncIterator[Registrar]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate, own_certificate.with_name("key.pem"))
    async with Registrar().running(context) as registrar:
        yield registrar


async def test_tls_a_certificate_that_browsers_do_not_believe(secure: Registrar) -> None:
    climb = await climbed(f"wss://127.0.0.1:{secure.port}/ws")
    check_end(climb, register.CERTIFICATE, PhoneSystemRejected, "self-signed certificate")


async def test_tls_a_certificate_that_is_believed(secure: Registrar, own_certificate: Path) -> None:
    trust = ssl.create_default_context(cafile=own_certificate)
    climb = await climbed(f"wss://127.0.0.1:{secure.port}/ws", trust=trust)
    assert [(each.name, each.ok) for each in climb.steps][2] == (register.CERTIFICATE, True)
    assert climb.error is None


async def test_tls_the_port_does_not_speak_it() -> None:
    async with Registrar().running() as registrar:
        climb = await climbed(f"wss://127.0.0.1:{registrar.port}/ws")
    check_end(climb, register.CERTIFICATE, PhoneSystemRejected, "does not speak TLS")


@pytest.mark.parametrize("status", [403, 404])
async def test_websocket_the_path_is_wrong(status: int) -> None:
    climb = await with_(Registrar(http_status=status))
    check_end(climb, register.WEBSOCKET, PhoneSystemRejected, f"HTTP {status}")


async def test_websocket_it_is_another_protocol() -> None:
    async with deaf() as port:
        climb = await climbed(f"ws://127.0.0.1:{port}/ws")
    check_end(climb, register.WEBSOCKET, PhoneSystemRejected, "does not speak WebSocket")


async def test_websocket_of_another_sub_protocol() -> None:
    climb = await with_(Registrar(protocol="chat"))
    check_end(climb, register.WEBSOCKET, PhoneSystemRejected, "not SIP")


@pytest.mark.parametrize(
    ("registrar", "login", "error", "says"),
    [
        (Registrar(), Login("201", "guessed"), WrongLineLogin, "password of 201 (401"),
        (Registrar(bare=True), Login("201", "guessed"), WrongLineLogin, "password of 201 (401"),
        (Registrar(answers=403), RIGHT, WrongLineLogin, "forbids 201 to register (403"),
        (Registrar(answers=404), RIGHT, WrongLineLogin, f"no line 201 in {DOMAIN} (404"),
        (Registrar(answers=503), RIGHT, PhoneSystemUnavailable, "cannot register anybody just now (503"),
        (Registrar(answers=488), RIGHT, PhoneSystemRejected, "refuses to register 201 (488"),
        (Registrar(challenge=SHA_ONLY), RIGHT, PhoneSystemRejected, "do not know (SHA-256)"),
        (Registrar(challenge='Basic realm="x"'), RIGHT, PhoneSystemRejected, "do not know (basic)"),
        (Registrar(hangs_up=True), RIGHT, PhoneSystemUnavailable, "hung up in the middle"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
async def test_registration_is_refused(registrar: Registrar, login: Login, error: type[OffhookError], says: str) -> None:
    climb = await with_(registrar, login)
    *before, last = climb.steps
    assert all(each.ok for each in before)
    assert (last.name, last.ok) == (register.REGISTRATION, False)
    assert says in last.says
    assert type(climb.error) is error


async def test_registration_is_never_answered() -> None:
    climb = await with_(Registrar(is_silent=True), patience=0.3)
    check_end(climb, register.REGISTRATION, PhoneSystemUnavailable, "No answer within 0.3 seconds (Registration)")

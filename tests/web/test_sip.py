"""The WebSocket at which browsers' phones register."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from tests.real_service import Panel, RealService
from tests.switch.phone import Phone
from tests.web.conftest import hang_up_everything
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from offhook.media import ear
from offhook.media.attendants import Attendant
from offhook.media.ear import Ear
from offhook.sip import sdp
from offhook.sip.message import Message, Request, Response, answer, read, write


def address(service: RealService) -> str:
    return f"{service.url.replace('http', 'ws')}/sip"


class Wired:
    """A phone at the real WebSocket, one request after the other."""

    def __init__(self, socket: ClientConnection, line: str, password: str) -> None:
        self.socket, self.phone = socket, Phone(line, password, uuid4().hex)

    async def next(self) -> Message:
        async with asyncio.timeout(10):
            return read(await self.socket.recv())

    async def ask(self, request: Request) -> Response:
        """The final answer."""
        await self.socket.send(write(request))
        while True:
            message = await self.next()
            if isinstance(message, Response) and message.sequence == request.sequence and message.status >= 200:
                return message

    async def asked(self, method: str) -> Request:
        """The next request of this kind."""
        while True:
            message = await self.next()
            if isinstance(message, Request) and message.method == method:
                return message

    async def register(self) -> int:
        first = self.phone.request("REGISTER", "sip:offhook.invalid", call_id=f"reg-{self.phone.name}")
        challenge = (await self.ask(first)).first("www-authenticate")
        return (await self.ask(self.phone.proven(challenge, call_id=f"reg-{self.phone.name}"))).status


async def test_the_agents_browser_registers_with_what_it_was_given(service: RealService, ben: Panel) -> None:
    given = await ben.get("/api/softphone")
    assert given["server"] == f"ws://localhost:{service.settings.port}/sip"
    assert given["relays"] is False
    async with connect(address(service), subprotocols=["sip"]) as socket:
        assert socket.subprotocol == "sip"
        phone = Wired(socket, given["username"], given["password"])
        assert await phone.register() == 200
        await socket.send("\r\n\r\n")
        assert await socket.recv() == "\r\n"
        dialled = phone.phone.request("INVITE", "sip:999@offhook.invalid", body="v=0\r\nm=audio 9 RTP/AVP 0\r\n")
        assert (await phone.ask(dialled)).status == 404


@pytest.mark.skipif(not ear.is_there(), reason="offhook[audio] is not installed")
async def test_phone_and_panel_tell_one_story(service: RealService, ben: Panel) -> None:
    ear.listen_on(["127.0.0.1"])
    given = await ben.get("/api/softphone")
    async with connect(address(service), subprotocols=["sip"]) as socket:
        phone = Wired(socket, given["username"], given["password"])
        assert await phone.register() == 200
        for who_hangs_up in ("the phone", "the panel"):
            rang = await service.ring("+14155550100")
            invite = await phone.asked("INVITE")
            assert invite.first("x-offhook-call") == rang == (await ben.call("ringing"))["external_id"]
            own = Ear(Attendant())
            lifted = answer(
                invite, 200, ("contact", phone.phone.contact), sdp.TYPE, tag="lifted", body=await own.answer(invite.body)
            )
            await socket.send(write(lifted))
            call = await ben.call("connected")
            if who_hangs_up == "the phone":
                bye = phone.phone.request(
                    "BYE", "sip:exchange@offhook.invalid", call_id=invite.call_id, to=invite.first("from"), tag="lifted"
                )
                assert (await phone.ask(bye)).status == 200
            else:
                await ben.do("POST", f"/api/calls/{call['id']}/hang-up")
                await socket.send(write(answer(await phone.asked("BYE"), 200)))
            await own.close()
            ended = await ben.call("ended")
            assert (ended["external_id"], ended["ended_how"]) == (rang, "completed")
            await hang_up_everything(ben)


@pytest.mark.parametrize(
    "how", [{}, {"subprotocols": ["sip"], "origin": "https://evil.example"}, {"subprotocols": ["chat"]}]
)
async def test_other_pages_and_other_languages_stay_outside(service: RealService, how: dict[str, Any]) -> None:
    with pytest.raises(InvalidStatus) as raised:
        await connect(address(service), **how)
    assert raised.value.response.status_code == 403


async def flooded(socket: ClientConnection) -> None:
    while True:
        await socket.send("x" * 60_000)


async def test_a_flood_of_nonsense_ends_the_connection_and_nothing_else(service: RealService, ben: Panel) -> None:
    async with (
        connect(address(service), subprotocols=["sip"]) as socket,
        connect(address(service), subprotocols=["sip"]) as other,
    ):
        with pytest.raises(ConnectionClosed):
            await flooded(socket)
        given = await ben.get("/api/softphone")
        assert await Wired(other, given["username"], given["password"]).register() == 200

"""The live stream, over a real WebSocket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.real_service import Panel, RealService, real_service, settings_for
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from hubspot_sandbox.seeds import demo, people
from hubspot_sandbox.testing import RunningSandbox
from offhook.desktop.panel import PanelFrame
from offhook.web import hub, live
from offhook.web.origins import EXTENSION_ID


@asynccontextmanager
async def listening(panel: Panel, after: str | None = None, **more: Any) -> AsyncIterator[ClientConnection]:
    async with opened(panel.service, **more) as socket:
        await socket.send(json.dumps({"token": panel.token, "after": after}))
        yield socket


def opened(service: RealService, **more: Any) -> connect:
    return connect(f"{service.url.replace('http', 'ws')}/api/live", **more)


async def heard(socket: ClientConnection, kind: str = "") -> dict[str, Any]:
    """The next frame, or the next of this type."""
    async with asyncio.timeout(10):
        while True:
            frame = dict(json.loads(await socket.recv()))
            if kind in ("", frame["type"]):
                return frame


async def ended(socket: ClientConnection) -> int:
    """The code with which the service ends the stream."""
    async with asyncio.timeout(10):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


async def test_the_whole_truth_comes_first_and_then_what_happens(service: RealService, ben: Panel) -> None:
    async with listening(ben) as socket:
        first = await heard(socket)
        assert (first["type"], first["panel"]["agent"]["id"]) == ("panel", ben.id)
        await service.ring(demo.CARLA_NUMBER)
        types = []
        while "screen-pop" not in types:
            frame = await heard(socket)
            types.append(frame["type"])
        assert types[0] == "call"
        assert (await ben.call("ringing"))["who"]["contacts"][0]["name"] == demo.CARLA_NAME
        assert frame["url"].startswith(service.sandbox.base_url)
        await ben.do("PUT", "/api/availability", {"available": True})
        assert (await heard(socket, "panel"))["panel"]["agent"]["available"]


async def test_what_was_missed_is_sent_again_in_order(service: RealService, ben: Panel) -> None:
    async with listening(ben) as socket:
        cursor = (await heard(socket))["cursor"]
    for available in (False, True):
        await ben.do("PUT", "/api/availability", {"available": available})
    async with listening(ben, cursor) as socket:
        frames = [await heard(socket, "panel"), await heard(socket, "panel")]
        assert [each["panel"]["agent"]["available"] for each in frames] == [False, True]
    async with listening(ben, frames[0]["cursor"]) as socket:
        assert await heard(socket, "panel") == frames[1]


async def test_after_a_restart_the_panel_gets_the_whole_truth(sandbox: RunningSandbox, tmp_path: Path) -> None:
    settings = settings_for(sandbox, tmp_path)
    async with real_service(settings, sandbox) as service:
        ada = await service.connect(people.ADA)
        async with listening(ada) as socket:
            cursor = (await heard(socket))["cursor"]
    async with real_service(settings, sandbox) as service, listening(Panel(service, ada.token), cursor) as socket:
        assert (await heard(socket))["type"] == "panel"


async def test_a_service_that_stops_says_that_it_comes_back(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with real_service(settings_for(sandbox, tmp_path), sandbox) as service:
        ada = await service.connect(people.ADA)
        async with listening(ada) as socket:
            await heard(socket)
            service.service.parts.hub.close()
            assert await ended(socket) == live.GOING_AWAY


async def test_when_nothing_happens_there_is_a_beat(monkeypatch: pytest.MonkeyPatch, ben: Panel) -> None:
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.01)
    async with listening(ben) as socket:
        first = await heard(socket)
        assert await heard(socket) == {"cursor": first["cursor"], "type": "beat"}


async def test_signing_out_ends_this_panels_stream_and_no_other(service: RealService) -> None:
    here, there = [await service.connect(people.BEN, people.BIRCH, "search-only") for _ in range(2)]
    async with listening(here) as one, listening(there) as two:
        await heard(one)
        await heard(two)
        await here.do("DELETE", "/api/sign-in")
        assert (await heard(one))["type"] == "sign-out"
        assert await ended(one) == live.SIGNED_OUT
        await there.do("PUT", "/api/availability", {"available": True})
        assert (await heard(two))["type"] == "panel"
        await there.do("DELETE", "/api/grant")
        frame = await heard(two)
        assert (frame["type"], frame["reason"]["code"]) == ("sign-out", "signed-out")
        assert await ended(two) == live.SIGNED_OUT


async def test_whoever_signs_in_again_is_not_signed_out_by_an_old_frame(service: RealService) -> None:
    first = await service.connect(people.BEN, people.BIRCH, "search-only")
    async with listening(first) as socket:
        cursor = (await heard(socket))["cursor"]
        await first.do("DELETE", "/api/grant")
        assert await ended(socket) == live.SIGNED_OUT
    again = await service.connect(people.BEN, people.BIRCH, "search-only")
    async with listening(again, cursor) as socket:
        assert (await heard(socket))["type"] == "panel"


async def test_a_panel_that_is_too_slow_is_cut_off(service: RealService, ben: Panel) -> None:
    parts = service.service.parts
    async with listening(ben, max_queue=1) as socket:
        await heard(socket)
        before = parts.hub.listening()
        frame = PanelFrame(await parts.panels.of(ben.id))
        for _ in range(hub.QUEUE + 1):
            parts.hub.tell(ben.id, frame)
        assert parts.hub.listening() == before - 1
        assert await ended(socket) == live.GOING_AWAY


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1", "chrome-extension://evil"])
async def test_pages_of_others_may_not_listen(service: RealService, origin: str) -> None:
    async with opened(service, origin=origin) as socket:
        assert await ended(socket) == live.ORIGIN_REFUSED


async def test_our_own_pages_and_the_extension_may(service: RealService, ben: Panel) -> None:
    own = service.settings.address
    for origin in (own, own.replace("localhost", "127.0.0.1"), f"chrome-extension://{EXTENSION_ID}", None):
        async with listening(ben, origin=origin) as socket:
            assert (await heard(socket))["type"] == "panel"


@pytest.mark.parametrize(
    "hello", ["", "{}", "[]", '{"token": 7}', '{"token": "x", "after": 7}', "x" * 3_000, b"\xff\x00", "null", "[" * 1_500]
)
async def test_a_first_frame_that_is_not_as_documented_ends_it(service: RealService, hello: str | bytes) -> None:
    async with opened(service) as socket:
        await socket.send(hello)
        assert await ended(socket) == live.MALFORMED


async def test_a_token_that_does_not_work_ends_it(service: RealService) -> None:
    async with opened(service) as socket:
        await socket.send('{"token": "wrong", "after": null}')
        assert await ended(socket) == live.SIGNED_OUT


async def test_whoever_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, service: RealService) -> None:
    monkeypatch.setattr(live, "HELLO_SECONDS", 0.01)
    async with opened(service) as socket:
        assert await ended(socket) == live.MALFORMED


async def test_a_panel_that_leaves_is_forgotten(
    service: RealService, ben: Panel, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = service.service.parts
    before = parts.hub.listening()
    async with opened(service):
        pass
    async with listening(ben) as socket:
        await heard(socket)
        assert parts.hub.listening() == before + 1
    async with asyncio.timeout(10):
        while parts.hub.listening() > before:
            await ben.get("/api/panel")  # the server's turn
    assert "request_broke" not in capsys.readouterr().out

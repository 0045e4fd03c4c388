"""What phone systems send: believed or not, kept or not, counted in any case."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from tests.real_service import WEBHOOK_SECRET, Panel, RealService

from hubspot_sandbox.seeds import demo
from offhook.jobs.store import delivery
from offhook.telephony.webhook import wire


def event(**more: Any) -> bytes:
    at = datetime.now(UTC).isoformat()
    return json.dumps({"type": "ringing", "call": "w1", "line": "204", "from": "anonymous", "at": at} | more).encode()


async def counted(service: RealService, outcome: str, system: str = "webhook") -> float:
    text = (await service.http.get("/metrics")).text
    label = f'offhook_deliveries_total{{outcome="{outcome}",phone_system="{system}"}} '
    return float(next((line.removeprefix(label) for line in text.splitlines() if line.startswith(label)), "0"))


async def kept(service: RealService) -> int:
    async with service.service.parts.database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(delivery)) or 0)


async def check_refusal(service: RealService, answer: httpx.Response, status: int, code: str) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"type":"ringing"}', b"\xff\xfe", b"[" * 30_000, b'{"events":[1]}', event(at="noon")],
    ids=str,
)
async def test_what_cannot_be_read_is_refused_and_not_kept(service: RealService, body: bytes) -> None:
    before, known = await counted(service, "malformed-delivery"), await kept(service)
    await check_refusal(service, await service.deliver(body), 400, "malformed-delivery")
    assert (await counted(service, "malformed-delivery"), await kept(service)) == (before + 1, known)


@pytest.mark.parametrize("size", [65_537, 11_000_000])
async def test_what_is_too_large_is_refused_counted_and_not_kept(service: RealService, size: int) -> None:
    before, known = await counted(service, "too-large"), await kept(service)
    await check_refusal(service, await service.deliver(b" " * size), 413, "too-large")
    assert (await counted(service, "too-large"), await kept(service)) == (before + 1, known)


async def test_what_is_too_large_is_not_read_to_its_end(service: RealService) -> None:
    """The application itself, with a sender who would go on for ever."""
    read, said = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        assert read < 100, "it reads for ever"
        return {"type": "http.request", "body": b"x" * 10_000, "more_body": True}

    async def send(message: Any) -> None:
        said.append(message)

    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http"}
    scope |= {"path": "/api/deliveries/webhook", "raw_path": b"/api/deliveries/webhook", "query_string": b""}
    scope |= {"headers": [], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2), "root_path": ""}
    await service.service.app(scope, receive, send)  # type: ignore[arg-type]
    assert said[0]["status"] == 413
    assert read == 7


@pytest.mark.parametrize("age", [timedelta(seconds=-301), timedelta(seconds=301)])
async def test_a_signature_that_is_old_or_of_tomorrow_is_not_believed(service: RealService, age: timedelta) -> None:
    before, known = await counted(service, "unproven-delivery"), await kept(service)
    answer = await service.deliver(event(), at=datetime.now(UTC) - age)
    await check_refusal(service, answer, 401, "unproven-delivery")
    assert (await counted(service, "unproven-delivery"), await kept(service)) == (before + 1, known)


async def test_what_is_not_signed_or_changed_is_not_believed(service: RealService) -> None:
    known, body = await kept(service), event()
    headers = wire.signed_headers(WEBHOOK_SECRET, datetime.now(UTC), body)
    for content, given in (
        (body, {}),
        (body + b" ", headers),
        (body, headers | {wire.SIGNATURE: "v1=0"}),
        (body, headers | {wire.TIMESTAMP: "now"}),
    ):
        answer = await service.http.post("/api/deliveries/webhook", content=content, headers=given)
        await check_refusal(service, answer, 401, "unproven-delivery")
    await check_refusal(service, await service.deliver(body, secret="another"), 401, "unproven-delivery")
    assert await kept(service) == known


async def test_the_exchange_takes_nothing_over_http(service: RealService) -> None:
    answer = await service.http.post("/api/deliveries/exchange", content=b"{}")
    await check_refusal(service, answer, 401, "unproven-delivery")


async def test_an_unknown_phone_system_is_counted_as_that(service: RealService) -> None:
    before = await counted(service, "not-found", "unknown")
    answer = await service.http.post("/api/deliveries/pigeons", content=b"{}")
    await check_refusal(service, answer, 404, "not-found")
    assert await counted(service, "not-found", "unknown") == before + 1
    assert "pigeons" not in (await service.http.get("/metrics")).text


async def test_the_same_delivery_twice_has_one_effect(service: RealService, ada: Panel) -> None:
    body = event(call="twice", line="nobody's line", id="e1")
    accepted, known = await counted(service, "accepted"), await counted(service, "known")
    before = await kept(service)
    for _ in range(3):
        assert (await service.deliver(body)).status_code == 202
    assert (await counted(service, "accepted"), await counted(service, "known")) == (accepted + 1, known + 2)
    assert await kept(service) == before + 1
    await ada.until(lambda panel: [each for each in panel["strays"] if "nobody's line" in each["says"]] or None)
    strays = [each for each in (await ada.get("/api/panel"))["strays"] if "nobody's line" in each["says"]]
    assert len(strays) == 1


async def test_a_webhook_call_reaches_the_timeline(service: RealService) -> None:
    """A phone system of which only deliveries are known: in any order, some of them twice."""
    agent = await service.connect("ada@acorn.example")
    await agent.do("PUT", "/api/phone-system", {"phone_system": "webhook"})
    await agent.do("POST", "/api/line-login", {"line": "700", "secret": ""})
    at = datetime.now(UTC) - timedelta(minutes=2)

    def told(kind: str, after: int, **more: Any) -> bytes:
        moment = (at + timedelta(seconds=after)).isoformat()
        return json.dumps({"type": kind, "call": "hook", "line": "700", "at": moment} | more).encode()

    ends, answers = told("hangup", 65), told("answered", 5)
    rings = told("ringing", 0, direction="inbound", **{"from": demo.CARLA_NUMBER})
    for body in (answers, ends, ends, rings, answers):
        assert (await service.deliver(body)).status_code == 202
    call = await agent.until(lambda panel: next((c for c in panel["recent"] if c["log"]["state"] == "logged"), None))
    assert (call["duration_ms"], call["ended_how"], call["line"]) == (60_000, "completed", "700")
    entries = await service.engagements(demo.CARLA_EMAIL)
    assert [each["hs_call_external_id"] for each in entries].count(call["id"]) == 1
    await agent.do("DELETE", "/api/line-login")

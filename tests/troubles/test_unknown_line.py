"""The phone system tells of a line where nobody is: kept, shown to the administrator, nobody else's business."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Customer, Stage, eventually

from offhook.demo import people
from offhook.telephony.webhook.wire import signed_headers


@pytest.fixture
def ada(stage: Stage, ben: Desk) -> Iterator[Desk]:
    """The administrator; she sits at no line."""
    desk = Desk(stage, people.ADA)
    desk.consent()
    yield desk
    desk.leave()


def tell(stage: Stage, **event: object) -> httpx.Response:
    body = json.dumps({"at": time.time(), **event}).encode()
    headers = signed_headers(stage.webhook_secret, datetime.now(UTC), body)
    return httpx.post(f"{stage.service}/api/deliveries/webhook", content=body, headers=headers, timeout=20)


def strays(desk: Desk, about: str) -> list[str]:
    return [each["says"] for each in desk.sees()["strays"] if about in each["says"]]


@pytest.mark.parametrize("line", ["999", "no such line", "<b>201</b>"])
def test_a_call_on_an_unknown_line(stage: Stage, ben: Desk, ada: Desk, customer: Customer, line: str) -> None:
    call = f"stray {line}"
    for kind in ("ringing", "answered", "hangup"):
        assert tell(stage, type=kind, call=call, line=line, direction="inbound", **{"from": customer.number}).is_success
    said = eventually(lambda: strays(ada, line), bool, "the stray call to be shown")
    assert len(said) == 1, "once for a call"
    assert customer.number not in said[0], "the number is nobody's business"
    assert strays(ben, line) == [], "an agent is not bothered"
    assert all(each["number"] != customer.number for each in (*ben.sees()["calls"], *ben.sees()["recent"]))
    stage.settled()
    assert stage.timeline(customer.id) == []


def test_a_line_of_the_exchange_where_nobody_sits(stage: Stage, ben: Desk, ada: Desk, customer: Customer) -> None:
    call = stage.ring(customer.number, "202")
    assert eventually(lambda: strays(ada, "line 202"), bool, "the stray call to be shown")
    stage.caller_hangs_up(call)
    stage.settled()
    assert stage.timeline(customer.id) == []


def test_a_type_that_nobody_knows_is_kept(stage: Stage, ada: Desk) -> None:
    assert tell(stage, type="levitated", call="c-1", line="201").status_code == 202
    assert eventually(lambda: strays(ada, "levitated"), bool, "the delivery to be shown")


def test_what_cannot_be_proven_or_read_is_refused_and_counted(stage: Stage, ben: Desk) -> None:
    url = f"{stage.service}/api/deliveries/webhook"
    body = b'{"type": "ringing", "call": "1", "line": "201", "at": 1}'
    good = signed_headers(stage.webhook_secret, datetime.now(UTC), body)
    cases = [
        (body, {**good, "Offhook-Signature": "v1=00"}, 401, "unproven-delivery"),
        (b"no json", signed_headers(stage.webhook_secret, datetime.now(UTC), b"no json"), 400, "malformed-delivery"),
        (b" " * 70_000, good, 413, "too-large"),
    ]
    for content, headers, status, code in cases:
        answer = httpx.post(url, content=content, headers=headers, timeout=20)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        counted = f'offhook_deliveries_total{{outcome="{code}",phone_system="webhook"}}'
        assert counted in httpx.get(f"{stage.service}/metrics", timeout=20).text

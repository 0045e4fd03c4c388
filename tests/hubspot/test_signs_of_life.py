"""Questions that leave no trace, against a HubSpot that answers by itself, and against one that is scripted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hubspot_sandbox.seeds import people
from hubspot_sandbox.testing import RunningSandbox, running_sandbox
from offhook.errors import HubSpotRejected, HubSpotUnavailable, HubSpotUnreachable, MissingScope
from offhook.hubspot.client import Acting, HubSpot
from offhook.hubspot.scopes import CONTACTS_WRITE, REQUIRED
from offhook.hubspot.signs_of_life import time_at

BATCH, CALLS = "POST /crm/objects/2026-09/calls/batch/create", "/crm/objects/2026-09/calls"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        yield sandbox


def records(sandbox: RunningSandbox) -> list[dict[str, int]]:
    """How many of each kind there are, in each account."""
    return [each["records"] for each in sandbox.control("GET", "/state")["accounts"]]


def now() -> datetime:
    return datetime.now(UTC)


def acting(http: httpx.AsyncClient, url: str, token: str) -> Acting:
    async def given(refused: bool) -> str:
        return token

    return HubSpot(http, url, url, now).acting(given, people.ACORN)


async def test_who_may_write_a_call_entry_is_known_and_none_is_made(sandbox: RunningSandbox) -> None:
    before = records(sandbox)
    async with httpx.AsyncClient() as http:
        for scopes, may in ((REQUIRED, False), ((*REQUIRED, CONTACTS_WRITE), True)):
            minted = sandbox.mint(people.ACORN, people.CLEO, people.CLIENT_ID, " ".join(scopes))
            asking = acting(http, sandbox.base_url, minted["access_token"]).may_log_calls()
            if may:
                await asking
            else:
                with pytest.raises(MissingScope):
                    await asking
    assert records(sandbox) == before


def scripted(*answers: tuple[int, Any]) -> tuple[httpx.AsyncClient, list[str]]:
    left, asked = list(answers), list[str]()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url.path}")
        status, body = left.pop(0)
        return httpx.Response(status, json=body)

    return httpx.AsyncClient(transport=httpx.MockTransport(answer)), asked


async def test_should_hubspot_ever_make_one_it_is_deleted_at_once() -> None:
    http, asked = scripted((201, {"results": [{"id": "17"}]}), (204, None))
    await acting(http, "https://hubspot.test", "token").may_log_calls()
    assert asked == [BATCH, f"DELETE {CALLS}/17"]


async def test_a_refusal_for_another_reason_is_no_permission() -> None:
    http, _ = scripted((403, {"category": "SOMETHING_NEW", "message": "No."}))
    with pytest.raises(HubSpotRejected):
        await acting(http, "https://hubspot.test", "token").may_log_calls()


async def test_hubspots_time_is_told_to_the_second(sandbox: RunningSandbox) -> None:
    async with httpx.AsyncClient() as http:
        there = await time_at(http, sandbox.base_url)
    assert there
    assert abs(there - now()) < timedelta(seconds=30)


@pytest.mark.parametrize("date", ["", "yesterday", "0"])
async def test_an_answer_without_a_time_tells_none(date: str) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(404, headers={"Date": date}))
    async with httpx.AsyncClient(transport=transport) as http:
        assert await time_at(http, "https://hubspot.test") is None


async def test_a_hubspot_that_is_gone_or_ill_is_told_apart() -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(HubSpotUnreachable):
            await time_at(http, "http://127.0.0.1:9")
    http, _ = scripted((503, {}))
    with pytest.raises(HubSpotUnavailable):
        await time_at(http, "https://hubspot.test")

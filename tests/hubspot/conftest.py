"""HubSpot's answers, scripted: each request takes the next one, and the requests are kept to look at."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from offhook.hubspot.client import Acting, HubSpot

ACCOUNT = 111
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Script:
    """What HubSpot will answer, in order: (status, body) or (status, body, headers), or an error to raise."""

    answers: list[Any] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body, *headers = answer
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return httpx.Response(status, content=content, headers=dict(*headers))

    def body(self, number: int = -1) -> Any:
        """The JSON of the n-th request."""
        return json.loads(self.requests[number].content)

    @property
    def paths(self) -> list[str]:
        return [f"{each.method} {each.url.raw_path.decode()}" for each in self.requests]


@dataclass
class SteadyClock:
    """Seconds that pass only when somebody sleeps."""

    at: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


@dataclass
class Tokens:
    """Gives `token-1`, and a new one each time the last was refused."""

    given: list[bool] = field(default_factory=list)

    async def __call__(self, refused: bool) -> str:
        self.given.append(refused)
        return f"token-{1 + sum(self.given)}"


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def steady() -> SteadyClock:
    return SteadyClock()


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def hubspot(script: Script, steady: SteadyClock) -> HubSpot:
    # A client over MockTransport holds nothing open that had to be closed.
    http = httpx.AsyncClient(transport=httpx.MockTransport(script))
    api, app = "https://api.hubapi.com/", "https://app.hubspot.com/"
    return HubSpot(http, api, app, lambda: NOW, clock=steady, sleep=steady.sleep)


@pytest.fixture
def acting(hubspot: HubSpot, tokens: Tokens) -> Acting:
    return hubspot.acting(tokens, ACCOUNT)


@pytest.fixture
def record() -> Callable[..., dict[str, Any]]:
    """A record as HubSpot writes it."""

    def written(record_id: str, **properties: str | None) -> dict[str, Any]:
        return {
            "id": record_id,
            "properties": {"hs_object_id": record_id, "createdate": "2026-11-01T10:00:00Z", **properties},
            "createdAt": "2026-11-01T10:00:00Z",
            "updatedAt": "2026-11-01T10:00:00Z",
            "archived": False,
        }

    return written

"""A HubSpot authorization server in memory, and the room's objects wired to it."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qs, parse_qsl, urlsplit

import anyio
import httpx
import pytest

from offhook.database import Database
from offhook.errors import InvalidInput
from offhook.grants.access import Access
from offhook.grants.attempt import Consented
from offhook.grants.authorization_server import AuthorizationServer
from offhook.grants.consent import Consents
from offhook.grants.elevation import Elevations
from offhook.grants.proofs import hashed
from offhook.grants.vault import Secret, Vault
from offhook.grants.wire import App

APP_URL = "https://app.hubspot.com"
ASKS = {
    "everything": (("oauth", "crm.objects.contacts.read", "crm.objects.contacts.write"), ("crm.objects.owners.read",)),
    "search-only": (("oauth", "crm.objects.contacts.read"), ()),
}


def scopes_for(ask: str, *held: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if ask not in ASKS:
        raise InvalidInput
    return ASKS[ask]


SECRET = "s" * 43
DEVICE = "d" * 43


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class FakeHubSpot:
    """Codes, tokens and their people. `script` answers the next requests instead, one each."""

    account_id: int = 111
    user_id: int = 7
    email: str = "ben@example.com"
    tells_who: bool = True
    slow: bool = False
    reached: asyncio.Event | None = None  # set when a request has arrived
    script: list[httpx.Response | Exception] = field(default_factory=list)
    challenges: dict[str, str] = field(default_factory=dict)
    refresh_tokens: set[str] = field(default_factory=set)
    revoked: list[str] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def consent(self, url: str) -> dict[str, str]:
        """The person presses *Grant access*: the query that comes back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{next(self.numbers)}"
        self.challenges[code] = query["code_challenge"]
        return {"code": code, "state": query["state"]}

    def asked(self, kind: str) -> list[dict[str, str]]:
        """Forms sent for `exchange`, `refresh`, `introspect` or `revoke`."""
        return [form for what, form in self.requests if what == kind]

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        form = dict(parse_qsl(request.content.decode()))
        kind = {"token": form.get("grant_type", "")}.get(request.url.path.split("/")[3], "")
        kind = {"authorization_code": "exchange", "refresh_token": "refresh"}.get(kind, request.url.path.split("/")[-1])
        self.requests.append((kind, form))
        if self.reached:
            self.reached.set()
        if self.slow:
            await anyio.lowlevel.checkpoint()
        if self.script:
            answer = self.script.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        answer = getattr(self, f"_{kind}")
        return cast(httpx.Response, answer(form))

    def _exchange(self, form: dict[str, str]) -> httpx.Response:
        challenge = self.challenges.pop(form["code"], None)
        if challenge is None:
            return refusal("BAD_AUTH_CODE", "invalid_grant", "missing or unknown auth code")
        if hashed(form["code_verifier"]) != challenge:
            return refusal("BAD_CODE_VERIFIER", "invalid_grant", "wrong code verifier")
        return self._tokens()

    def _refresh(self, form: dict[str, str]) -> httpx.Response:
        if form["refresh_token"] not in self.refresh_tokens:
            return refusal("BAD_REFRESH_TOKEN", "invalid_grant", "refresh token is invalid, expired or revoked")
        self.refresh_tokens.discard(form["refresh_token"])
        return self._tokens()

    def _tokens(self) -> httpx.Response:
        number = next(self.numbers)
        refresh_token = f"na1-refresh-{number}"
        self.refresh_tokens.add(refresh_token)
        tokens = {
            "access_token": f"access-{number}",
            "refresh_token": refresh_token,
            "expires_in": 1800,
            "token_type": "bearer",
            "token_use": "access_token",
        }
        return httpx.Response(200, json=tokens)

    def _introspect(self, form: dict[str, str]) -> httpx.Response:
        if not self.tells_who:
            return httpx.Response(200, json={"active": False})
        who = {
            "active": True,
            "hub_id": self.account_id,
            "user_id": self.user_id,
            "user": self.email,
            "hub_domain": "example.com",
            "scopes": ["oauth", "crm.objects.contacts.read"],
            "token_type": "Bearer",
        }
        return httpx.Response(200, json=who)

    def _revoke(self, form: dict[str, str]) -> httpx.Response:
        self.revoked.append(form["token"])
        self.refresh_tokens.discard(form["token"])
        return httpx.Response(200)


def refusal(status: str, error: str | None, message: str, http: int = 400) -> httpx.Response:
    body: dict[str, Any] = {"status": status, "message": message}
    if error:
        body |= {"error": error, "error_description": message}
    return httpx.Response(http, content=json.dumps(body))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hubspot() -> FakeHubSpot:
    return FakeHubSpot()


@pytest.fixture
def vault() -> Vault:
    return Vault(["a key"])


@pytest.fixture
async def server(hubspot: FakeHubSpot, clock: Clock) -> AsyncIterator[AuthorizationServer]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(hubspot)) as http:
        app = App("client-id", Secret("client-secret"), "http://localhost:8600/oauth/callback")
        yield AuthorizationServer(http, "https://api.hubapi.com", app, clock)


@pytest.fixture
def consents(database: Database, server: AuthorizationServer, vault: Vault, clock: Clock) -> Consents:
    return Consents(database, server, vault, clock, scopes_for=scopes_for, app_url=APP_URL, lifetime=1800, patience=45)


@pytest.fixture
def changes() -> list[str]:
    """Agents whose grant was said to have changed."""
    return []


@pytest.fixture
async def access(
    database: Database, server: AuthorizationServer, vault: Vault, clock: Clock, changes: list[str]
) -> AsyncIterator[Access]:
    async def changed(agent_id: str) -> None:
        changes.append(agent_id)

    access = Access(database, server, vault, clock, changed)
    yield access
    await access.close()


@pytest.fixture
def elevations(database: Database, clock: Clock) -> Elevations:
    return Elevations(database, clock)


@pytest.fixture
def connect(consents: Consents, access: Access, database: Database, hubspot: FakeHubSpot) -> Callable[..., Any]:
    """Play a whole consent; gives the attempt's id and what came of it."""

    async def play(agent_id: str = "ben", **begin: Any) -> tuple[str, Consented]:
        begun = await consents.begin("everything", hashed(SECRET), begin.pop("device_hash", DEVICE), **begin)
        consented = await consents.complete(hubspot.consent(begun.consent_url))
        async with database.transaction() as connection:
            await access.save(connection, agent_id, consented, "Example Inc")
            await consents.granted(connection, begun.id, agent_id)
        return begun.id, consented

    return play

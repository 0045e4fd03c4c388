"""The real application on a real port, against a real sandbox, and people who use both over HTTP."""

import asyncio
import base64
import hashlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from inspect import isawaitable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import uvicorn

from hubspot_sandbox.seeds import demo, people
from hubspot_sandbox.testing import RunningSandbox
from offhook.bootstrap import Service, running
from offhook.settings import Settings, check
from offhook.telephony.webhook import wire
from offhook.web.operator_token import operator_token_of

Json = dict[str, Any]
LINES = ("201:2010:Ben", "202:2020:Cleo", "203:2030:Birch", "204:2040:Nobody")
WEBHOOK_SECRET = "webhook secret of the tests"
PROPERTIES = (
    "hs_call_body,hs_call_title,hs_call_external_id,hs_call_status,hs_call_from_number,hs_call_disposition,"
    "hs_call_recording_url,hs_call_app_id"
)
SECRET = "s" * 43


def hashed(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def begins(ask: str = "everything") -> Json:
    """The body of a beginning in a browser of its own, as everybody has one.

    What was granted to a browser, or refused to it, and not fetched decides what its next attempts are told.
    """
    return {"secret_hash": hashed(SECRET), "device_hash": hashed(uuid4().hex), "ask": ask}


class _Server(uvicorn.Server):
    """Says when it is ready, and leaves the test's signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        await self._serve(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings_for(sandbox: RunningSandbox, folder: Path, **more: Any) -> Settings:
    """Settings of a service whose HubSpot is the sandbox, which is told where its callback is."""
    port = more.pop("port", None) or free_port()
    url = more.pop("base_url", None) or f"http://localhost:{port}"
    [known] = [each for each in sandbox.control("GET", "/apps") if each["client_id"] == people.CLIENT_ID]
    app = {
        "name": "Offhook",
        "client_id": people.CLIENT_ID,
        "client_secret": people.CLIENT_SECRET,
        "required_scopes": " ".join(people.REQUIRED_SCOPES),
        "optional_scopes": " ".join(people.OPTIONAL_SCOPES),
        "redirect_urls": [*known["redirect_urls"], f"{url}/oauth/callback"],
    }
    sandbox.control("POST", "/apps", app)
    values: Json = {
        "data_dir": folder,
        "port": port,
        "base_url": url,
        "hubspot_api_url": sandbox.base_url,
        "hubspot_app_url": sandbox.base_url,
        "hubspot_client_id": people.CLIENT_ID,
        "hubspot_client_secret": people.CLIENT_SECRET,
        "administrators": (people.ADA,),
        "phone_systems": ("exchange", "webhook"),
        "exchange_lines": LINES,
        "webhook_secret": WEBHOOK_SECRET,
    }
    return check(Settings(**values | more))


@dataclass
class RealService:
    """A service that serves. `url` is where it is asked; browsers would say `localhost`."""

    settings: Settings
    sandbox: RunningSandbox
    http: httpx.AsyncClient
    inside: Service | None = None

    @property
    def service(self) -> Service:
        """The rooms behind it, when it runs in this process."""
        assert self.inside
        return self.inside

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    async def begin(self, ask: str = "everything", **more: Any) -> Json:
        answer = await self.http.post("/api/sign-ins", json=begins(ask) | more)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def claim(self, attempt: str, secret: str = SECRET) -> Json:
        answer = await self.http.post(f"/api/sign-ins/{attempt}/claim", json={"secret": secret})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def decide(
        self, consent_url: str, email: str, account: int, decision: Literal["grant", "cancel"] = "grant"
    ) -> str:
        """A person logs in at HubSpot and decides on its page; the path with which HubSpot sends her browser back."""
        address = await asyncio.to_thread(self.sandbox.consent, consent_url, email, account, decision=decision)
        back = urlsplit(address)
        return f"{back.path}?{back.query}"

    async def connect(self, email: str, account: int = people.ACORN, ask: str = "everything") -> "Panel":
        """A person connects HubSpot; gives her signed-in panel."""
        begun = await self.begin(ask)
        back = await self.http.get(await self.decide(begun["consent_url"], email, account))
        assert back.status_code == 200, back.text
        claim = await self.claim(begun["id"])
        assert claim["state"] == "granted", claim
        panel = Panel(self, claim["token"])
        panel.id = (await panel.get("/api/panel"))["agent"]["id"]
        return panel

    async def ring(self, caller: str, line: str = "201") -> str:
        """Somebody calls a line; gives the exchange's id of the call."""
        answer = await self.operator("/api/operator/ring", {"caller": caller, "line": line})
        return str(answer["call"])

    async def operator(self, path: str, body: Json) -> Json:
        headers = {"Authorization": f"Bearer {operator_token_of(self.settings)}"}
        answer = await self.http.post(path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return dict(answer.json()) if answer.content else {}

    async def deliver(self, body: bytes, secret: str = WEBHOOK_SECRET, at: datetime | None = None) -> httpx.Response:
        """A signed delivery of the webhook phone system."""
        headers = wire.signed_headers(secret, at or datetime.now(UTC), body)
        return await self.http.post("/api/deliveries/webhook", content=body, headers=headers)

    async def engagements(self, contact_email: str) -> list[Json]:
        """The calls on a contact's timeline, as HubSpot's API gives them to anybody with a key."""
        async with httpx.AsyncClient(base_url=self.sandbox.base_url, headers=self.sandbox.bearer()) as hubspot:
            path = f"/crm/v3/objects/contacts/{contact_email}"
            contact = (await hubspot.get(path, params={"idProperty": "email", "associations": "calls"})).json()
            tied = contact.get("associations", {}).get("calls", {}).get("results", [])
            answers = [
                await hubspot.get(f"/crm/v3/objects/calls/{each['id']}", params={"properties": PROPERTIES})
                for each in {each["id"]: each for each in tied}.values()
            ]
        return [dict(each.json()["properties"]) for each in answers]

    async def logged_once(self, call_id: str, contact_email: str = demo.CARLA_EMAIL) -> Json:
        """The call as it is on the contact's timeline: there, and there once."""
        found = [each for each in await self.engagements(contact_email) if each["hs_call_external_id"] == call_id]
        assert len(found) == 1, f"{len(found)} entries on the timeline"
        return found[0]


@dataclass
class Panel:
    """A signed-in panel."""

    service: RealService
    token: str = field(repr=False)
    id: str = ""

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return await self.service.http.request(method, path, json=body, headers=headers, **more)

    async def get(self, path: str, **more: Any) -> Json:
        answer = await self.ask("GET", path, **more)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def do(self, method: str, path: str, body: Any = None) -> Json:
        answer = await self.ask(method, path, body)
        assert answer.is_success, answer.text
        return dict(answer.json()) if answer.content else {}

    async def timeline(self, contact_email: str, call_id: str, body: str) -> str:
        """The notes of a call as HubSpot holds them, as soon as this text is in them."""

        async def there() -> str | None:
            entries = await self.service.engagements(contact_email)
            [notes] = [each["hs_call_body"] or "" for each in entries if each["hs_call_external_id"] == call_id]
            return notes if body in notes else None

        await self.logged(call_id)
        return str(await self.until(lambda panel: there()))

    async def log_in(self, line: str, system: str = "exchange", secret: str | None = None) -> None:
        """To a line; of the exchange, unless another phone system is named."""
        await self.do("PUT", "/api/phone-system", {"phone_system": system})
        await self.do("POST", "/api/line-login", {"line": line, "secret": f"{line}0" if secret is None else secret})

    async def until(self, holds: Callable[[Json], Any]) -> Any:
        """Wait on the live stream until the panel is as it should be; gives what `holds` gave, which may be awaited."""
        from websockets.asyncio.client import connect

        async with asyncio.timeout(15), connect(f"{self.service.url.replace('http', 'ws')}/api/live") as socket:
            await socket.send(f'{{"token": "{self.token}", "after": null}}')
            while True:
                await socket.recv()
                found = holds(await self.get("/api/panel"))
                if found := await found if isawaitable(found) else found:
                    return found

    async def call(self, state: str) -> Json:
        """The agent's call as soon as it is in this state."""

        def there(panel: Json) -> Json | None:
            return next((each for each in panel["calls"] if each["state"] == state), None)

        return dict(await self.until(there))

    async def logged(self, call_id: str, state: str = "logged") -> Json:
        """A recent call as soon as its log is in this state."""

        def there(panel: Json) -> Json | None:
            found = (each for each in panel["recent"] if each["id"] == call_id and each["log"]["state"] == state)
            return next(found, None)

        return dict(await self.until(there))


@asynccontextmanager
async def real_service(settings: Settings, sandbox: RunningSandbox) -> AsyncIterator[RealService]:
    """Start, give, stop; with the same settings again it goes on where it was."""
    async with running(settings) as service:
        config = uvicorn.Config(service.app, log_config=None, access_log=False, lifespan="off", ws="websockets-sansio")
        server = _Server(config)
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", settings.port))
            serving = asyncio.create_task(server.serve([listener]))
            await server.ready.wait()
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.port}", timeout=20) as http:
                yield RealService(settings, sandbox, http, service)
            server.should_exit = True
            service.parts.hub.close()
            await serving

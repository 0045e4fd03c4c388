"""A sandbox in the hands of a test: clients of its API, people who consent, and its control plane in plain words."""

import ssl
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import msgspec

from hubspot_sandbox.developers import DEVELOPER_KEY
from hubspot_sandbox.seeds.people import ACORN, ADA, CLIENT_ID, PASSWORD, SERVICE_KEY
from hubspot_sandbox.testing.consent import decide
from hubspot_sandbox.testing.values import ControlRefused, RegisteredApp, Tokens

CALLBACK = "http://localhost:3000/oauth/callback"
TIMEOUT_SECONDS = 30.0
Json = dict[str, Any]
# The sandbox speaks plain HTTP; loading the machine's certificates would take longer than the request.
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Sandbox:
    """A sandbox at an address. `transport` reaches one that has no socket.

    Whatever the control plane does not do is told by `ControlRefused`.
    """

    def __init__(self, base_url: str, transport: Any = None) -> None:
        self.base_url, self.service_key = base_url.rstrip("/"), SERVICE_KEY
        self._transport = transport

    @property
    def url(self) -> str:
        """What a program gets as HubSpot's address, for API and pages alike."""
        return self.base_url

    # asking the API ----------------------------------------------------------------------------------------

    def bearer(self, token: str = SERVICE_KEY) -> dict[str, str]:
        """The header for a token; none for an empty one."""
        return {"Authorization": f"Bearer {token}"} if token else {}

    def client(self, token: str = SERVICE_KEY) -> httpx.Client:
        """A caller of the API with this token; the service key of account Acorn by default."""
        return httpx.Client(headers=self.bearer(token), **self._way())

    def async_client(self, token: str = SERVICE_KEY) -> httpx.AsyncClient:
        """The same for `await`."""
        return httpx.AsyncClient(headers=self.bearer(token), **self._way())

    def _way(self) -> Json:
        way: Json = {"base_url": self.base_url, "timeout": TIMEOUT_SECONDS, "trust_env": False}
        return way | ({"transport": self._transport} if self._transport else {"verify": _NO_CERTIFICATES})

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the control plane: `control("POST", "/faults", {...})` is `POST /_sandbox/faults`.

        :raises ControlRefused: with its status and body
        """
        content = None if body is None else msgspec.json.encode(body)
        headers = {"content-type": "application/json"}
        with httpx.Client(**self._way()) as client:
            answer = client.request(method, f"/_sandbox{path}", content=content, headers=headers)
        said = answer.json() if answer.content else None
        if not answer.is_success:
            raise ControlRefused(answer.status_code, said)
        return said

    def reset(self, seed: str = "demo") -> None:
        """Forget everything and plant a seed: `demo`, `empty`, `large:N`."""
        self.control("POST", "/reset", {"seed": seed})

    def snapshot(self, name: str) -> None:
        """Remember the state under a name; another one of this name is forgotten. It lives as long as the sandbox."""
        self.control("POST", "/snapshots", {"name": name})

    def restore(self, name: str) -> None:
        """Bring a remembered state back, clock and faults with it; the journal begins empty."""
        self.control("POST", f"/snapshots/{name}/restore")

    def renew(self, seed: str = "demo") -> None:
        """What `reset` does, at the machine's time, and quicker from the second time on. The fixtures do it."""
        name = f"seed.{seed.replace(':', '.')}"
        try:
            self.restore(name)
        except ControlRefused:
            self.reset(seed)
            self.snapshot(name)
        self.unfreeze()

    # apps and consent --------------------------------------------------------------------------------------

    def app(self, client_id: str = CLIENT_ID) -> RegisteredApp:
        """A registered app; the demo's by default.

        :raises KeyError: there is none with this client id
        """
        found: list[Json] = self.control("GET", "/apps")
        known = {each["client_id"]: each for each in found}
        return msgspec.convert(known[client_id], RegisteredApp)

    def register_app(
        self,
        name: str = "App under test",
        scopes: tuple[str, ...] = ("oauth",),
        *,
        optional_scopes: tuple[str, ...] = (),
        redirect_url: str = CALLBACK,
        **more: Any,
    ) -> RegisteredApp:
        """Register an app; `scopes` are the required ones. `more` is what else `POST /_sandbox/apps` takes.

        With the `client_id` of an app that is there, that one is changed.
        """
        wish = {"name": name, "required_scopes": scopes, "optional_scopes": optional_scopes, **more}
        made = self.control("POST", "/apps", {"redirect_urls": [redirect_url], **wish})
        return msgspec.convert(made, RegisteredApp)

    def authorize_url(self, app: RegisteredApp, **more: str) -> str:
        """Where the app sends a browser: all its scopes, and `more` parameters, `state` for one."""
        query = {
            "client_id": app.client_id,
            "redirect_uri": app.redirect_urls[0],
            "scope": " ".join((*app.required_scopes, *app.conditionally_required_scopes)),
            "optional_scope": " ".join(app.optional_scopes),
            **more,
        }
        return f"{self.base_url}/oauth/authorize?{urlencode({name: value for name, value in query.items() if value})}"

    def consent(
        self,
        authorize_url: str,
        person: str = ADA,
        account_id: int = ACORN,
        *,
        decision: Literal["grant", "cancel"] = "grant",
        password: str = PASSWORD,
    ) -> str:
        """A person logs in, chooses the account and decides, on HubSpot's own pages. Nobody needs a browser.

        Gives the address that she is sent back to: the app's, with `code` and `state`, or with `error`.

        :raises ConsentRefused: HubSpot's page stops her; rights count from this login
        """
        with httpx.Client(**self._way()) as browser:
            return decide(browser, authorize_url, person, password, account_id, decision)

    def grant(self, app: RegisteredApp, person: str = ADA, account_id: int = ACORN, **more: str) -> Tokens:
        """Consent to all that the app asks for, and the tokens for the code.

        :raises ConsentRefused: HubSpot's page stops her
        """
        back = dict(parse_qsl(urlsplit(self.consent(self.authorize_url(app, **more), person, account_id)).query))
        form = {
            "grant_type": "authorization_code",
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "redirect_uri": app.redirect_urls[0],
            "code": back["code"],
        }
        with httpx.Client(**self._way()) as client:
            answer = client.post("/oauth/2026-09/token", data=form).raise_for_status()
        return msgspec.convert(answer.json(), Tokens)

    def mint(self, account_id: int, email: str, client_id: str, scopes: str) -> Json:
        """A token pair without any consent, whatever the person may."""
        wish = {"account_id": account_id, "email": email, "client_id": client_id, "scopes": scopes}
        answer: Json = self.control("POST", "/tokens", wish)
        return answer

    def set_rights(self, person: str, account_id: int = ACORN, **more: Any) -> Json:
        """`change={"contacts.view": "all"}`, `rights={…}`, `super_admin=True`, `active=False`; from the next login."""
        saved: Json = self.control("POST", f"/people/{person}/rights", {"account_id": account_id, **more})
        return saved

    def add_account(self, name: str, **more: Any) -> int:
        """Another account, with nobody in it; `more` as `POST /_sandbox/accounts`: `tier="starter"`. Gives its id."""
        made: Json = self.control("POST", "/accounts", {"name": name, **more})
        return int(made["id"])

    def add_person(self, email: str, account_id: int = ACORN, **more: Any) -> Json:
        """Somebody in an account: `name`, `super_admin`, `rights`, `permission_set`, `teams`; her password is `demo`."""
        made: Json = self.control("POST", f"/accounts/{account_id}/people", {"email": email, **more})
        return made

    def expire(self, tokens: Tokens) -> None:
        """The access token ends now; the refresh token works."""
        self.control("POST", "/tokens/expire", {"token": tokens.access_token})

    def revoke(self, tokens: Tokens) -> None:
        """The refresh token is revoked, as when a person has ended the grant."""
        self.control("POST", "/tokens/revoke", {"token": tokens.refresh_token})

    def uninstall(self, app: RegisteredApp, account_id: int = ACORN) -> None:
        """As somebody would in Connected Apps: all its tokens for the account end."""
        self.control("POST", f"/accounts/{account_id}/apps/{app.client_id}/uninstall")

    # time, trouble, limits ---------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The portal's time."""
        return datetime.fromisoformat(self.control("GET", "/clock")["now"])

    def advance(self, seconds: float) -> datetime:
        """Move the portal's clock on, frozen or running; gives its time then."""
        return datetime.fromisoformat(self.control("POST", "/clock", {"advance_seconds": seconds})["now"])

    def freeze(self, at: datetime | None = None) -> datetime:
        """Stop the portal's clock, now or at a time with its zone."""
        return datetime.fromisoformat(self.control("POST", "/clock", {"freeze": at or True})["now"])

    def unfreeze(self) -> None:
        self.control("POST", "/clock", {"freeze": False})

    def fault(
        self,
        path: str = "",
        *,
        pattern: str = "",
        method: str = "*",
        times: int = 1,
        named: str = "",
        status: int | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
        delay_seconds: float = 0.0,
        drop_connection: Literal["before", "after"] | None = None,
    ) -> None:
        """Trouble for the next requests whose path begins with `path`, or is like `pattern` (`/crm/*/objects/**`).

        An answer (`status`, or one of HubSpot's by name, as `ten-secondly`), a delay, or a broken connection.
        """
        trouble = {"path": path, "pattern": pattern, "named": named, "status": status, "body": body, "headers": headers}
        trouble |= {"delay_seconds": delay_seconds, "drop_connection": drop_connection}
        wish = {name: value for name, value in trouble.items() if value not in (None, "")}
        self.control("POST", "/faults", {"method": method, "times": times, **wish})

    def clear_faults(self) -> None:
        self.control("DELETE", "/faults")

    def limits(self, enabled: bool) -> None:
        """Rate limits; on at first."""
        self.control("POST", "/limits", {"enabled": enabled})

    def index_delay(self, seconds: float) -> None:
        """How long search does not see a new record; 0 at first."""
        self.control("POST", "/index-delay", {"seconds": seconds})

    # what was asked and told -------------------------------------------------------------------------------

    def journal(self) -> list[Json]:
        """Every API request: `at`, `method`, `path`, `query`, `body`, `status` (None: dropped), `fault`."""
        entries: list[Json] = self.control("GET", "/journal")
        return entries

    def clear_journal(self) -> None:
        self.control("DELETE", "/journal")

    def subscribe(self, app: RegisteredApp, target_url: str, *events: str) -> None:
        """Webhooks of an app: `contact.creation`; with a property `contact.propertyChange:email`."""
        root, key = f"/webhooks/v3/{app.app_id}", {"hapikey": DEVELOPER_KEY}
        settings = {"targetUrl": target_url, "throttling": {"maxConcurrentRequests": 10}}
        with httpx.Client(params=key, **self._way()) as developer:
            developer.put(f"{root}/settings", json=settings).raise_for_status()
            for event in events:
                kind, _, name = event.partition(":")
                wanted = {"eventType": kind, "active": True} | ({"propertyName": name} if name else {})
                developer.post(f"{root}/subscriptions", json=wanted).raise_for_status()

    def outbox(self) -> list[Json]:
        """Notifications, oldest first: `app_id`, `state`, `attempts`, `last_answer`, `event`…"""
        notifications: list[Json] = self.control("GET", "/webhooks")["notifications"]
        return notifications

    def deliver(self) -> list[Json]:
        """Deliver webhooks that are due now; the outbox when that is done."""
        notifications: list[Json] = self.control("POST", "/webhooks/flush")["notifications"]
        return notifications

"""Apps as developers register them: credentials, redirect URLs, scopes by kind, distribution."""

import secrets
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from hubspot_sandbox.gate import AppScopes
from hubspot_sandbox.rights import SCOPES
from hubspot_sandbox.store import Shelf, Store

Distribution = Literal["private", "marketplace"]


class App(msgspec.Struct, frozen=True):
    """A registered app. `is_user_level` ties its tokens to the person's own rights (beta, S6)."""

    client_id: str
    client_secret: str
    app_id: int
    name: str
    redirect_urls: tuple[str, ...]
    scopes: AppScopes = AppScopes()
    distribution: Distribution = "private"
    is_user_level: bool = False
    is_verified: bool = False


class RegistrationRefused(ValueError):
    """The app's settings are not acceptable; the message says which and why."""


class Apps:
    """The room of registered apps."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._apps = Shelf(store, "app", App)

    def register(
        self,
        *,
        name: str,
        redirect_urls: tuple[str, ...],
        scopes: AppScopes | None = None,
        client_id: str = "",
        client_secret: str = "",
        distribution: Distribution = "private",
        is_user_level: bool = False,
    ) -> App:
        """Add an app, or replace the one with this client id (its app id stays).

        :raises RegistrationRefused: redirect URL not HTTPS nor http://localhost, unknown scope, no name
        """
        _check(name, redirect_urls, scopes or AppScopes())
        known = self._apps.get(client_id)
        app = App(
            client_id=client_id or secrets.token_hex(16),
            client_secret=client_secret or (known.client_secret if known else secrets.token_hex(16)),
            app_id=known.app_id if known else self._store.next_number("app", 3201001),
            name=name,
            redirect_urls=redirect_urls,
            scopes=scopes or AppScopes(),
            distribution=distribution,
            is_user_level=is_user_level,
        )
        self._apps.put(app.client_id, app)
        return app

    def get(self, client_id: str) -> App | None:
        return self._apps.get(client_id)

    def all(self) -> list[App]:
        return self._apps.all()


def _check(name: str, redirect_urls: tuple[str, ...], scopes: AppScopes) -> None:
    if not name.strip():
        raise RegistrationRefused("an app needs a name")
    for url in redirect_urls:
        _check_redirect(url)
    for scope in (*scopes.required, *scopes.conditionally_required, *scopes.optional):
        if scope not in SCOPES:
            raise RegistrationRefused(f"unknown scope {scope!r}; see hubspot_sandbox.rights.SCOPES")


def _check_redirect(url: str) -> None:
    """HTTPS everywhere; `http://localhost` is the only exception, 127.0.0.1 is none (S24)."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname == "localhost":
        return
    raise RegistrationRefused(f"redirect URL {url!r} must begin with https:// or http://localhost")

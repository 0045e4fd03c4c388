"""Apps as developers register them: credentials, redirect URLs, scopes by kind, distribution, and HubSpot's terms."""

import secrets
from collections.abc import Iterable
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from hubspot_sandbox.gate import AppScopes, Terms
from hubspot_sandbox.rights import SCOPES
from hubspot_sandbox.store import Shelf, Store

Distribution = Literal["private", "marketplace"]
AuthType = Literal["oauth", "static"]
CAPS: dict[Distribution, int] = {"private": 10, "marketplace": 25}
"""Accounts that may have the app: allow-listed ones, and installs until it is listed (S24)."""
PARTNER_CAP = 100
"""The same for the private apps of solutions partners (S24)."""


class PermittedUrls(msgspec.Struct, frozen=True):
    """Where the app's pieces inside HubSpot may load from: origins, as in the project file."""

    fetch: tuple[str, ...] = ()
    iframe: tuple[str, ...] = ()
    img: tuple[str, ...] = ()


class App(msgspec.Struct, frozen=True):
    """A registered app. `is_user_level` ties its tokens to the person's own rights (beta, S6).

    `uid` is the name in its developer project, empty when it was not read from one.
    """

    client_id: str
    client_secret: str
    app_id: int
    name: str
    redirect_urls: tuple[str, ...]
    scopes: AppScopes = AppScopes()
    distribution: Distribution = "private"
    is_user_level: bool = False
    is_verified: bool = False
    auth_type: AuthType = "oauth"
    permitted_urls: PermittedUrls = PermittedUrls()
    terms: Terms = Terms()
    uid: str = ""


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
        app = App(
            client_id=client_id,
            client_secret=client_secret,
            app_id=0,
            name=name,
            redirect_urls=redirect_urls,
            scopes=scopes or AppScopes(),
            distribution=distribution,
            is_user_level=is_user_level,
        )
        return self.save(app)

    def save(self, app: App) -> App:
        """The same for an app with all its settings. Credentials and app id that it lacks are kept or made up.

        :raises RegistrationRefused: as `register`; also what HubSpot's rules of distribution forbid
        """
        _check(app)
        known = self._apps.get(app.client_id) if app.client_id else None
        kept = msgspec.structs.replace(
            app,
            client_id=app.client_id or secrets.token_hex(16),
            client_secret=app.client_secret or (known.client_secret if known else secrets.token_hex(16)),
            app_id=known.app_id if known else self._store.next_number("app", 3201001),
        )
        self._apps.put(kept.client_id, kept)
        return kept

    def get(self, client_id: str) -> App | None:
        return self._apps.get(client_id)

    def by_uid(self, uid: str) -> App | None:
        """The app of a developer project."""
        return next((app for app in self.all() if uid and app.uid == uid), None)

    def by_id(self, app_id: int) -> App | None:
        return next((app for app in self.all() if app.app_id == app_id), None)

    def all(self) -> list[App]:
        return self._apps.all()


def cap_of(app: App) -> int:
    """In how many accounts it may be; 0 for no limit: a listed app of the marketplace."""
    if app.terms.install_cap is not None:
        return app.terms.install_cap
    return 0 if app.distribution == "marketplace" and app.terms.is_listed else CAPS[app.distribution]


def _check(app: App) -> None:
    if not app.name.strip():
        raise RegistrationRefused("an app needs a name")
    for url in app.redirect_urls:
        _check_redirect(url)
    _check_scopes((*app.scopes.required, *app.scopes.conditionally_required, *app.scopes.optional))
    if app.auth_type == "static":
        _check_static(app)
    most = app.terms.install_cap or PARTNER_CAP
    if len(app.terms.allow_list or ()) > most:
        raise RegistrationRefused(f"an app of private distribution may be allowed in at most {most} accounts")


def _check_scopes(scopes: Iterable[str]) -> None:
    for scope in scopes:
        if scope not in SCOPES:
            raise RegistrationRefused(f"unknown scope {scope!r}; see hubspot_sandbox.rights.SCOPES")


def _check_static(app: App) -> None:
    """A static token belongs to one account and has the required scopes, nothing else (S24)."""
    if app.distribution == "marketplace":
        raise RegistrationRefused("an app for the marketplace must use auth type 'oauth', not 'static'")
    if app.scopes.optional or app.scopes.conditionally_required:
        raise RegistrationRefused("an app with auth type 'static' may only have required scopes")


def _check_redirect(url: str) -> None:
    """HTTPS everywhere; `http://localhost` is the only exception, 127.0.0.1 is none (S24)."""
    try:
        parts = urlsplit(url)
    except ValueError as broken:
        raise RegistrationRefused(f"redirect URL {url!r} cannot be read") from broken
    if not url.isprintable() or " " in url:
        raise RegistrationRefused(f"redirect URL {url!r} has characters that no URL has")
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname == "localhost":
        return
    raise RegistrationRefused(f"redirect URL {url!r} must begin with https:// or http://localhost")

"""Installations, authorization codes and tokens: what became of a consent."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from hubspot_sandbox.apps import App, Apps
from hubspot_sandbox.clock import Clock
from hubspot_sandbox.people import People
from hubspot_sandbox.problems import OAuthRefusal
from hubspot_sandbox.store import Shelf, Store

ACCESS_TOKEN_LIFE = timedelta(minutes=30)
CODE_LIFE = timedelta(minutes=1)
"""HubSpot only says "short window"; one minute is our choice [inf]."""


DEVELOPER_SCOPES = (
    "developers-read",
    "developers-write",
    "developer.webhooks_journal.read",
    "developer.webhooks_journal.subscriptions.read",
    "developer.webhooks_journal.subscriptions.write",
    "developer.webhooks_journal.snapshots.read",
    "developer.webhooks_journal.snapshots.write",
)
"""What a client-credentials token may hold, beside the scopes in the app's settings; no user can grant them."""


class Installation(msgspec.Struct, frozen=True):
    """An app in an account: what Connected Apps shows. Exists from the first token exchange (S4)."""

    account_id: int
    client_id: str
    approved: tuple[str, ...]
    installed_by: str
    installed_at: datetime
    install_id: int


Happening = Literal["install", "uninstall"]
Listener = Callable[[Happening, Installation], None]


class Code(msgspec.Struct, frozen=True):
    code: str
    account_id: int
    client_id: str
    email: str
    scopes: tuple[str, ...]
    redirect_uri: str
    code_challenge: str
    expires_at: datetime


class Token(msgspec.Struct, frozen=True):
    """An access or refresh token. `expires_at` None means never; service keys have no `client_id`.

    A client-credentials token is its app's, of no account: `account_id` 0. `granted_at` is when its person granted.
    """

    token: str
    use: Literal["access_token", "refresh_token"]
    account_id: int
    client_id: str
    email: str
    scopes: tuple[str, ...]
    expires_at: datetime | None = None
    granted_at: datetime | None = None

    @property
    def is_developers(self) -> bool:
        return self.account_id == 0


class TokenPair(msgspec.Struct, frozen=True):
    access: Token
    refresh: Token


class Grants:
    """The room of installations, codes and tokens."""

    def __init__(self, store: Store, clock: Clock, people: People, apps: Apps) -> None:
        self._store, self._clock, self._people, self._apps = store, clock, people, apps
        self._installations = Shelf(store, "installation", Installation)
        self._codes = Shelf(store, "code", Code)
        self._tokens = Shelf(store, "token", Token)
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Hear of every install and uninstall from now on, after it was kept. A new consent is no new install."""
        self._listeners.append(listener)

    def _tell(self, what: Happening, installation: Installation) -> None:
        for listener in self._listeners:
            listener(what, installation)

    # installations ------------------------------------------------------------------------------------

    def installation(self, account_id: int, client_id: str) -> Installation | None:
        return self._installations.get(f"{account_id}/{client_id}")

    def installations(self, account_id: int) -> list[Installation]:
        return [found for found in self._installations.all() if found.account_id == account_id]

    def installed_in(self, client_id: str) -> tuple[int, ...]:
        """The accounts that have the app."""
        return tuple(found.account_id for found in self._installations.all() if found.client_id == client_id)

    def install(self, account_id: int, client_id: str, email: str, scopes: Collection[str]) -> Installation:
        """Record that these scopes are approved in the account; a later consent only adds to them."""
        known = self.installation(account_id, client_id)
        made = Installation(
            account_id=account_id,
            client_id=client_id,
            approved=tuple(dict.fromkeys((*(known.approved if known else ()), *scopes))),
            installed_by=known.installed_by if known else email,
            installed_at=known.installed_at if known else self._clock.now(),
            install_id=known.install_id if known else self._store.next_number("install", 9100001),
        )
        self._installations.put(f"{account_id}/{client_id}", made)
        if known is None:
            self._store.after_commit(lambda: self._tell("install", made))
        return made

    def uninstall(self, account_id: int, client_id: str) -> bool:
        """Remove the app from the account with all its tokens; False when it was not installed.

        Refresh tokens die (documented); that access tokens die at once too is [unv], sources conflict.
        """
        known = self.installation(account_id, client_id)
        with self._store.transaction():
            for token in self._tokens.all():
                if (token.account_id, token.client_id) == (account_id, client_id):
                    self._tokens.remove(token.token)
            self._installations.remove(f"{account_id}/{client_id}")
        if known is not None:
            self._store.after_commit(lambda: self._tell("uninstall", known))
        return known is not None

    def granted(self, account_id: int, client_id: str) -> list[Token]:
        """The last refresh token of each person who let the app in and has not taken it back, newest first."""
        wanted = (account_id, client_id, "refresh_token")
        found = [each for each in self._tokens.all() if (each.account_id, each.client_id, each.use) == wanted]
        latest: dict[str, Token] = {}
        for each in sorted(found, key=lambda each: str(each.granted_at), reverse=True):
            latest.setdefault(each.email, each)
        return list(latest.values())

    # codes and exchanges ------------------------------------------------------------------------------

    def issue_code(
        self,
        *,
        account_id: int,
        client_id: str,
        email: str,
        scopes: Collection[str],
        redirect_uri: str,
        code_challenge: str = "",
    ) -> str:
        """A single-use authorization code."""
        code = Code(
            code=f"na1-{secrets.token_urlsafe(24)}",
            account_id=account_id,
            client_id=client_id,
            email=email,
            scopes=tuple(scopes),
            redirect_uri=redirect_uri,
            code_challenge=code_challenge,
            expires_at=self._clock.now() + CODE_LIFE,
        )
        self._codes.put(code.code, code)
        return code.code

    def exchange(self, app: App, code: str, redirect_uri: str, code_verifier: str = "") -> TokenPair:
        """Code for tokens. The code is spent even when the rest of the request is wrong [inf].

        :raises OAuthRefusal: BAD_AUTH_CODE, BAD_REDIRECT_URI, BAD_CODE_VERIFIER, BAD_HUB
        """
        found = self._codes.take(code)
        if found is None or found.client_id != app.client_id or found.expires_at <= self._clock.now():
            raise OAuthRefusal("BAD_AUTH_CODE", "missing or unknown auth code")
        if found.redirect_uri != redirect_uri:
            raise OAuthRefusal("BAD_REDIRECT_URI", "redirect_uri does not match the authorization request")
        if found.code_challenge and found.code_challenge != _s256(code_verifier):
            raise OAuthRefusal("BAD_CODE_VERIFIER", "code verifier does not match the code challenge")
        self._check_hub(found.account_id)
        return self.mint(found.account_id, app.client_id, found.email, found.scopes)

    def mint(self, account_id: int, client_id: str, email: str, scopes: Collection[str]) -> TokenPair:
        """Install and issue both tokens, as a successful exchange does."""
        with self._store.transaction():
            self.install(account_id, client_id, email, scopes)
            refresh = Token(
                token=f"na1-{secrets.token_hex(18)}",
                use="refresh_token",
                account_id=account_id,
                client_id=client_id,
                email=email,
                scopes=tuple(scopes),
                granted_at=self._clock.now(),
            )
            self._tokens.put(refresh.token, refresh)
            return TokenPair(self._new_access(refresh), refresh)

    def refresh(self, app: App, refresh_token: str) -> TokenPair:
        """A new access token; the refresh token stays the same, also after its person was deactivated or removed [unv].

        :raises OAuthRefusal: BAD_REFRESH_TOKEN when revoked, unknown or another app's; BAD_HUB when the account is gone
        """
        found = self._tokens.get(refresh_token)
        if found is None or found.use != "refresh_token" or found.client_id != app.client_id:
            raise OAuthRefusal("BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
        self._check_hub(found.account_id)
        return TokenPair(self._new_access(found), found)

    def _check_hub(self, account_id: int) -> None:
        if self._people.account(account_id) is None:
            raise OAuthRefusal("BAD_HUB", "missing or unknown hub id")

    def developer_token(self, app: App, scopes: Collection[str]) -> Token:
        """`client_credentials`: an access token that stands for the app; there is no refresh token with it [comm].

        :raises OAuthRefusal: BAD_SCOPES for none, or one that is neither the developer's nor in the app's settings
        """
        known = {*DEVELOPER_SCOPES, "oauth", *app.scopes.required, *app.scopes.conditionally_required}
        unknown = [scope for scope in scopes if scope not in known | set(app.scopes.optional)]
        if not scopes or unknown:
            raise OAuthRefusal("BAD_SCOPES", f"missing or invalid scopes: {' '.join(unknown) or '(none)'}")
        blank = Token("", "access_token", 0, app.client_id, "", tuple(dict.fromkeys(scopes)))
        return self._new_access(blank)

    def _new_access(self, refresh: Token) -> Token:
        access = msgspec.structs.replace(
            refresh,
            token=f"CN{secrets.token_urlsafe(90)}",
            use="access_token",
            expires_at=self._clock.now() + ACCESS_TOKEN_LIFE,
        )
        self._tokens.put(access.token, access)
        return access

    def add_service_key(self, key: str, account_id: int, scopes: Collection[str], email: str = "") -> Token:
        """A static bearer for one account that never expires."""
        token = Token(key, "access_token", account_id, "", email, tuple(scopes))
        self._tokens.put(key, token)
        return token

    def revoke(self, token: str) -> bool:
        """Kill a token. Access tokens that a refresh token has brought live on until they expire (documented)."""
        found = self._tokens.take(token)
        return found is not None

    def token(self, token: str) -> Token | None:
        """The token as kept, expired or not; `is_live` tells."""
        return self._tokens.get(token)

    def tokens(self) -> list[Token]:
        """All tokens that were not revoked, also expired ones."""
        return self._tokens.all()

    def expire(self, token: Token) -> None:
        """End it now, as if its time had come."""
        self._tokens.put(token.token, msgspec.structs.replace(token, expires_at=self._clock.now()))

    def is_live(self, token: Token) -> bool:
        return token.expires_at is None or token.expires_at > self._clock.now()


def _s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

"""HubSpot's OAuth as values: requests to send, answers to decipher. Pure; `authorization_server` does the sending.

Endpoints and fields: https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Meta, Struct

from offhook.errors import (
    AppRejected,
    ExpiredConsent,
    GrantBroken,
    HubSpotBusy,
    HubSpotError,
    HubSpotMigrating,
    HubSpotRejected,
    HubSpotUnavailable,
    OffhookError,
)
from offhook.grants.vault import Secret

OAUTH = "/oauth/2026-09"
# What HubSpot says is shown to people; longer than this it is no sentence any more.
LONGEST_SENTENCE = 300

Purpose = Literal["exchange", "refresh", "introspect", "revoke"]


class App(Struct, frozen=True):
    """The HubSpot app that we are, as its settings page shows it."""

    client_id: str
    client_secret: Secret
    redirect_uri: str


class Post(Struct, frozen=True):
    """A form to send to HubSpot's API. The form holds secrets, so it must not be logged: see `__repr__`."""

    path: str
    form: Mapping[str, str]
    purpose: Purpose

    def __repr__(self) -> str:
        return f"Post({self.path!r}, {self.purpose!r})"


class Tokens(Struct, frozen=True):
    """What lets us act. `expires_at` is the access token's; the refresh token has no end of its own."""

    access: Secret
    refresh: Secret
    expires_at: datetime


class TokenAnswer(Struct, frozen=True):
    """Tokens, and who consented where HubSpot says so (it may leave it out: then introspect)."""

    tokens: Tokens
    account_id: int | None = None
    user_id: int | None = None
    scopes: tuple[str, ...] = ()


class Identity(Struct, frozen=True):
    """Who a token stands for. `email` and `hub_domain` may be empty."""

    account_id: int
    user_id: int
    email: str = ""
    hub_domain: str = ""
    scopes: tuple[str, ...] = ()


# Requests.


def authorize_url(
    app_url: str,
    app: App,
    *,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    state: str,
    challenge: str,
    account_id: int | None = None,
) -> str:
    """Where the agent consents; `account_id` spares her the choice of the account.

    HubSpot wants `%20` between scopes, and the singular `optional_scope`:
    https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/oauth/working-with-oauth
    """
    query = {
        "client_id": app.client_id,
        "redirect_uri": app.redirect_uri,
        "scope": " ".join(required),
        "optional_scope": " ".join(optional),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    path = f"/oauth/{account_id}/authorize" if account_id else "/oauth/authorize"
    given = {name: value for name, value in query.items() if value}
    return f"{app_url.rstrip('/')}{path}?{urlencode(given, quote_via=quote)}"


def exchange(app: App, code: str, verifier: Secret) -> Post:
    """Authorization code for tokens."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": app.redirect_uri,
        "code_verifier": verifier.reveal(),
    }
    return Post(f"{OAUTH}/token", {**form, **_credentials(app)}, "exchange")


def refresh(app: App, refresh_token: Secret) -> Post:
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token.reveal()}
    return Post(f"{OAUTH}/token", {**form, **_credentials(app)}, "refresh")


def introspect(app: App, access_token: Secret) -> Post:
    form = {"token": access_token.reveal(), "token_type_hint": "access_token"}
    return Post(f"{OAUTH}/token/introspect", {**form, **_credentials(app)}, "introspect")


def revoke(app: App, refresh_token: Secret) -> Post:
    """Access tokens that were made from it live on for at most 30 minutes (HubSpot's v1 guide)."""
    form = {"token": refresh_token.reveal(), "token_type_hint": "refresh_token"}
    return Post(f"{OAUTH}/token/revoke", {**form, **_credentials(app)}, "revoke")


def _credentials(app: App) -> dict[str, str]:
    return {"client_id": app.client_id, "client_secret": app.client_secret.reveal()}


# Answers.


class _TokenBody(Struct):
    access_token: Secret
    refresh_token: Secret
    expires_in: Annotated[int, Meta(ge=1, le=31_536_000)]
    hub_id: int | None = None
    user_id: int | None = None
    scopes: tuple[str, ...] | None = None


class _IdentityBody(Struct):
    active: bool = True
    hub_id: int | None = None
    user_id: int | None = None
    user: str | None = None
    hub_domain: str | None = None
    scopes: tuple[str, ...] | None = None


class _Refusal(Struct):
    """RFC 6749's fields beside HubSpot's older ones, since January 2026 both:
    https://developers.hubspot.com/changelog/new-oauth-v3-api-endpoints-and-standardized-error-responses
    """

    error: Any = None
    error_description: Any = None
    status: Any = None
    message: Any = None


Body = TypeVar("Body", _TokenBody, _IdentityBody)


def decipher_tokens(body: bytes, now: datetime) -> TokenAnswer:
    """
    Raises:
        HubSpotUnavailable: that is no answer of the token endpoint.
    """
    answer = _read(body, _TokenBody)
    if not answer.access_token or not answer.refresh_token:
        raise HubSpotUnavailable("HubSpot gave no token.")
    expires_at = now + timedelta(seconds=answer.expires_in)
    tokens = Tokens(answer.access_token, answer.refresh_token, expires_at)
    return TokenAnswer(tokens, answer.hub_id, answer.user_id, answer.scopes or ())


def decipher_identity(body: bytes) -> Identity | None:
    """Who the token stands for; None when HubSpot does not know the token (`active: false`) or does not say who.

    Raises:
        HubSpotUnavailable: that is no answer of the introspection endpoint.
    """
    answer = _read(body, _IdentityBody)
    if not answer.active or answer.hub_id is None or answer.user_id is None:
        return None
    return Identity(answer.hub_id, answer.user_id, answer.user or "", answer.hub_domain or "", answer.scopes or ())


def _read(body: bytes, kind: type[Body]) -> Body:
    try:
        return msgspec.json.decode(body, type=kind, strict=False, dec_hook=_secret)
    except msgspec.DecodeError:
        # `from None`: the error quotes parts of the body, and a token may be among them.
        raise HubSpotUnavailable("HubSpot's answer cannot be read.") from None


def _secret(kind: type, value: object) -> Secret:
    if kind is not Secret or not isinstance(value, str):
        raise ValueError("expected a text")
    return Secret(value)


# Their word -> whose fault it is. `error` (RFC 6749) is asked first, then `status` (older bodies have only that).
_FAULT: dict[str, Literal["grant", "app"]] = {
    "invalid_grant": "grant",
    "access_denied": "grant",
    "invalid_client": "app",
    "unauthorized_client": "app",
    "invalid_scope": "app",
    "unsupported_grant_type": "app",
    "BAD_REFRESH_TOKEN": "grant",
    "BAD_AUTH_CODE": "grant",
    "BAD_CODE_VERIFIER": "grant",
    "BAD_HUB": "grant",
    "BAD_CLIENT_ID": "app",
    "BAD_CLIENT_SECRET": "app",
    "BAD_REDIRECT_URI": "app",
    "BAD_GRANT_TYPE": "app",
    "BAD_SCOPES": "app",
}


def check(purpose: Purpose, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Let a good answer pass; turn any other into the error that it means. Header names are in lower case.

    Raises:
        GrantBroken, ExpiredConsent: HubSpot does not accept the refresh token, the authorization code.
        AppRejected: HubSpot does not accept our app; its administrator must change that.
        HubSpotBusy, HubSpotMigrating, HubSpotUnavailable: try later.
        HubSpotRejected: anything else.
    """
    if 200 <= status < 300:
        return
    later = _try_later(status, headers)
    raise later or _refused(purpose, status, body)


def _try_later(status: int, headers: Mapping[str, str]) -> HubSpotError | None:
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    kind: type[HubSpotError]
    if status in (423, 429):
        kind = HubSpotBusy
    elif status == 477:
        kind = HubSpotMigrating
    elif status >= 500:
        kind = HubSpotUnavailable
    else:
        return None
    error = kind()
    error.retry_after = _seconds(headers.get("retry-after", ""))
    return error


def _seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _refused(purpose: Purpose, status: int, body: bytes) -> OffhookError:
    refusal = _refusal(body)
    words = [word for word in (refusal.error, refusal.status) if isinstance(word, str)]
    fault = next((_FAULT[word] for word in words if word in _FAULT), None)
    said = plain(refusal.error_description) or plain(refusal.message) or plain(" ".join(words)) or f"HTTP {status}"
    if fault == "app":
        return AppRejected(f"HubSpot does not accept Offhook's app: {said}.")
    if fault == "grant" and purpose == "exchange":
        return ExpiredConsent(f"HubSpot did not accept its own answer any more: {said}.")
    if "BAD_HUB" in words:
        return GrantBroken(f"HubSpot no longer has this account: {said}.")
    if fault == "grant":
        return GrantBroken(f"HubSpot no longer accepts this connection: {said}.")
    return HubSpotRejected(f"HubSpot refused: {said}.")


def _refusal(body: bytes) -> _Refusal:
    try:
        return msgspec.json.decode(body, type=_Refusal)
    except msgspec.DecodeError:
        return _Refusal()


def plain(text: object) -> str:
    """A stranger's sentence made harmless for people's eyes: one line, printable, bounded, no full stop at its end."""
    if not isinstance(text, str):
        return ""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * LONGEST_SENTENCE]).split())
    cut = line if len(line) <= LONGEST_SENTENCE else f"{line[: LONGEST_SENTENCE - 1]}…"
    return cut.rstrip(". ")

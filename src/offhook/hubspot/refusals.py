"""HubSpot's refusals as our reasons, by table: status, category and policy → error. Pure.

https://developers.hubspot.com/docs/api-reference/error-handling
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec
from msgspec import Struct

from offhook.errors import (
    ContactExists,
    GrantBroken,
    HubSpotBusy,
    HubSpotError,
    HubSpotMigrating,
    HubSpotNotFound,
    HubSpotRejected,
    HubSpotUnavailable,
    MissingRight,
    MissingScope,
    OffhookError,
)
from offhook.hubspot.scopes import needing

# What HubSpot says is shown to people; longer than this it is no sentence any more.
LONGEST_SENTENCE = 300

# Seconds to wait after a 429 that names no `Retry-After` (it is not documented to), by policy: the official Node client's
# first waits. The daily limit ends at midnight of the account, which only time tells.
_WAIT_FOR_POLICY = {"TEN_SECONDLY_ROLLING": 10.0, "SECONDLY": 1.0, "DAILY": 900.0}
_WAIT_FOR_MESSAGE = (("ten_secondly", 10.0), ("secondly", 1.0), ("daily", 900.0))
_WAIT_FOR_LOCK = 2.0

_EXISTING = re.compile(r"already exists(?:.*?Existing ID:\s*(\d+))?", re.IGNORECASE | re.DOTALL)


class Refusal(Struct, frozen=True):
    """An answer that is no success. Header names are in lower case; whatever the body lacks is empty."""

    status: int
    headers: Mapping[str, str]
    message: str = ""
    category: str = ""
    policy: str = ""
    correlation_id: str = ""
    scopes: tuple[str, ...] = ()


def read(status: int, headers: Mapping[str, str], body: bytes) -> Refusal:
    """Every field of HubSpot's error body is optional, and some bodies are HTML of a proxy: never raises."""
    try:
        given = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        given = None
    fields: dict[str, Any] = given if isinstance(given, dict) else {}
    return Refusal(
        status,
        headers,
        message=_plain(fields.get("message")),
        category=_plain(fields.get("category")).upper(),
        policy=_plain(fields.get("policyName")).upper(),
        correlation_id=_plain(fields.get("correlationId")),
        scopes=_scopes(fields),
    )


def error_for(refusal: Refusal, now: datetime) -> OffhookError:
    """What the refusal means to us; `retry_after`, where there is one, is in seconds from now."""
    error = _known(refusal) or _by_status(refusal)
    if isinstance(error, HubSpotError):
        error.correlation_id, error.category = refusal.correlation_id or None, refusal.category
        if isinstance(error, HubSpotBusy | HubSpotMigrating | HubSpotUnavailable):
            error.retry_after = _retry_after(refusal, now)
    return error


def _known(refusal: Refusal) -> OffhookError | None:
    """Refusals that HubSpot names by a category."""
    match refusal.status, refusal.category:
        case 403, "MISSING_SCOPES":
            return _missing_scope(refusal.scopes)
        case 403, "USER_DOES_NOT_HAVE_PERMISSIONS":
            return MissingRight()
        case 409, _:
            return _conflict(refusal)
    return None


_MEANING: dict[int, type[OffhookError]] = {
    401: GrantBroken,
    404: HubSpotNotFound,
    408: HubSpotUnavailable,
    423: HubSpotUnavailable,  # one record, not the account: others need not wait
    429: HubSpotBusy,
    477: HubSpotMigrating,
}
_SAYS: dict[int, str] = {
    401: "HubSpot does not accept this connection's token any more.",
    423: "HubSpot has locked this record for a moment.",
}


def _by_status(refusal: Refusal) -> OffhookError:
    if refusal.status >= 500:
        return HubSpotUnavailable()
    meaning = _MEANING.get(refusal.status)
    if meaning is None:
        said = refusal.message or f"it answered with HTTP status {refusal.status}"
        return HubSpotRejected(f"HubSpot did not accept what was sent: {said}.")
    if refusal.policy == "DAILY":
        return meaning("This HubSpot account has used up its requests for today.")
    return meaning(_SAYS.get(refusal.status))


def _missing_scope(scopes: tuple[str, ...]) -> MissingScope:
    titles = " and ".join(each.title.lower() for each in needing(scopes))
    purpose = f"to {titles}" if titles else "for this"
    named = f" ({', '.join(scopes)})" if scopes else ""
    error = MissingScope(f"The HubSpot connection does not include what is needed {purpose}{named}.")
    error.scopes = scopes
    return error


def _conflict(refusal: Refusal) -> OffhookError | None:
    """`Contact already exists. Existing ID: 123`: https://github.com/HubSpot/hubspot-api-nodejs/issues/545"""
    existing = _EXISTING.search(refusal.message)
    if existing is None:
        return None
    error = ContactExists("HubSpot already has this contact.")
    error.record_id = existing[1]
    return error


def _retry_after(refusal: Refusal, now: datetime) -> float | None:
    given = refusal.headers.get("retry-after", "").strip()
    if given.isascii() and given.isdigit() and len(given) < 7:
        return float(given)
    if given:
        return _seconds_until(given, now)
    if refusal.status == 429:
        return _wait_for_policy(refusal)
    return _WAIT_FOR_LOCK if refusal.status == 423 else None


def _wait_for_policy(refusal: Refusal) -> float:
    """Older bodies name the policy in the message only: `You have reached your secondly limit.`"""
    if refusal.policy in _WAIT_FOR_POLICY:
        return _WAIT_FOR_POLICY[refusal.policy]
    message = refusal.message.lower()
    return next((wait for word, wait in _WAIT_FOR_MESSAGE if word in message), 10.0)


def _seconds_until(text: str, now: datetime) -> float | None:
    """RFC 9110 also allows a date."""
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now.timestamp(), 0.0)


def _scopes(fields: dict[str, Any]) -> tuple[str, ...]:
    """Scopes stand in the context of each single error, granular ones under a name of their own:
    https://github.com/estuary/connectors/issues/2213
    """
    errors = fields.get("errors")
    places = [fields, *(errors if isinstance(errors, list) else [])]
    contexts = [place.get("context") for place in places if isinstance(place, dict)]
    named = [
        context.get(key)
        for context in contexts
        if isinstance(context, dict)
        for key in ("requiredGranularScopes", "requiredScopes")
    ]
    names = [name for value in named if isinstance(value, list) for name in value]
    return tuple(dict.fromkeys(name for each in names[:20] if (name := _plain(each))))


def _plain(text: object) -> str:
    """A stranger's words made harmless for people's eyes: one line, printable, bounded, no full stop at the end."""
    if not isinstance(text, str):
        return ""
    shown = "".join(char if char.isprintable() else " " for char in text[: 4 * LONGEST_SENTENCE])
    line = " ".join(shown.split())
    return (line if len(line) <= LONGEST_SENTENCE else f"{line[: LONGEST_SENTENCE - 1]}…").rstrip(". ")

"""Troubles by name, with HubSpot's bodies (facts 1.4 and 4).

Statuses are documented (S12), and so are the bodies of 401, 403 and 429. Of 423, 477 and 5xx only the status is known:
text and the missing category are ours [unv]. What HubSpot's network answers in its place (502 to 524) may be HTML.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from hubspot_sandbox.limits import LimitReached
from hubspot_sandbox.problems import (
    HubSpotProblem,
    OAuthRefusal,
    correlation_id,
    person_refused,
    scopes_missing,
    token_expired,
    unauthenticated,
)

FIVE_HOURS = 5 * 3600.0
MIGRATION_SECONDS = "3600"
"""`Retry-After` of 477; HubSpot says up to 24 hours."""


class Scripted(msgspec.Struct, frozen=True):
    """An answer: its status, its JSON or text, its headers."""

    status: int
    body: Any
    headers: dict[str, str] = {}


def plain(status: int, message: str, **headers: str) -> Scripted:
    """`{status, message, correlationId}`, with every header's name written with underscores."""
    body = {"status": "error", "message": message, "correlationId": correlation_id()}
    return Scripted(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def _problem(problem: HubSpotProblem) -> Scripted:
    return Scripted(problem.status, problem.body())


def _limit(policy: str, group: str) -> Scripted:
    return Scripted(429, LimitReached(policy, group, {}).body())


def _oauth(status: str, message: str) -> Scripted:
    return Scripted(400, OAuthRefusal(status, message).body())


BURST_GROUP = "publicapi:private_app-api-calls-ten-secondly:0:0"
NAMED: dict[str, Callable[[], Scripted]] = {
    "token-expired": lambda: _problem(token_expired(FIVE_HOURS)),
    "token-unknown": lambda: _problem(unauthenticated()),
    "missing-scopes": lambda: _problem(scopes_missing(("crm.objects.contacts.read",))),
    "person-refused": lambda: _problem(person_refused()),
    "bad-refresh-token": lambda: _oauth("BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked"),
    "bad-hub": lambda: _oauth("BAD_HUB", "missing or unknown hub id"),
    "ten-secondly": lambda: _limit("TEN_SECONDLY_ROLLING", BURST_GROUP),
    "secondly": lambda: _limit("SECONDLY", "search"),
    "daily": lambda: _limit("DAILY", ""),
    "locked": lambda: plain(423, "The requested resource is locked. Wait at least 2 seconds before trying again."),
    "migration": lambda: plain(477, "This account is being moved to another data center.", Retry_After=MIGRATION_SECONDS),
    "server-error": lambda: plain(500, "internal error"),
    "bad-gateway": lambda: plain(502, "Bad Gateway"),
    "unavailable": lambda: plain(503, "Service Unavailable"),
    "gateway-timeout": lambda: plain(504, "Gateway Timeout"),
    "server-down": lambda: plain(521, "Web server is down"),
    "connection-timeout": lambda: plain(522, "Connection timed out"),
    "unreachable": lambda: plain(523, "Origin is unreachable"),
    "edge-timeout": lambda: plain(524, "A timeout occurred"),
}

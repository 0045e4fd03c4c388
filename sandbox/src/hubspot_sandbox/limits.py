"""HubSpot's limits, counted by the portal's clock (facts 4).

Calls count per app and account in rolling ten seconds; private apps and service keys also per day. Search
counts apart: five a second per account, and its answers carry no rate-limit headers. HubSpot's documentation
does not promise `Retry-After`, so a 429 here has none [unv].
"""

from collections import deque
from datetime import datetime

import msgspec

from hubspot_sandbox.problems import correlation_id

TEN_SECONDS_MS = 10_000
SEARCH_PER_SECOND = 5
MARKETPLACE_BURST = 110
BURSTS = {"free": 100, "starter": 100, "professional": 190, "enterprise": 190}
DAILY = {"free": 250_000, "starter": 250_000, "professional": 625_000, "enterprise": 1_000_000}


class Allowance(msgspec.Struct, frozen=True):
    """What one caller may do. `daily` 0 means: not counted and not told (marketplace OAuth apps)."""

    burst: int
    daily: int = 0


class LimitReached(Exception):
    """429. `policy` is HubSpot's name of the limit."""

    MESSAGES = {  # noqa: RUF012 - a constant table
        "TEN_SECONDLY_ROLLING": "You have reached your ten_secondly_rolling limit.",
        "SECONDLY": "You have reached your secondly limit.",
        "DAILY": "You have reached your daily limit.",
    }

    def __init__(self, policy: str, group: str, headers: dict[str, str]) -> None:
        super().__init__(self.MESSAGES[policy])
        self.policy, self.group, self.headers = policy, group, headers

    def body(self) -> dict[str, str]:
        body = {
            "status": "error",
            "message": str(self),
            "errorType": "RATE_LIMIT",
            "correlationId": correlation_id(),
            "policyName": self.policy,
        }
        if self.policy == "DAILY":
            return body | {"requestId": correlation_id()}
        return body | {"groupName": self.group}


def allowance(tier: str, marketplace: bool) -> Allowance:
    """The allowance of an app in an account of this tier."""
    if marketplace:
        return Allowance(MARKETPLACE_BURST)
    return Allowance(BURSTS[tier], DAILY[tier])


class Limits:
    """Counters. Lost at restart, as nobody waits longer than a moment for them."""

    def __init__(self) -> None:
        self.enabled = True
        self._recent: dict[str, deque[int]] = {}
        self._days: dict[tuple[str, str], int] = {}

    def count_call(self, app: str, account_id: int, allowed: Allowance, now: datetime) -> dict[str, str]:
        """Count one call and return the headers for its answer.

        :raises LimitReached: nothing is counted then
        """
        key = f"{app}:{account_id}"
        used = self._window(key, TEN_SECONDS_MS, now)
        day = (key, now.date().isoformat())
        headers = self._headers(allowed, len(used) + 1, self._days.get(day, 0) + 1)
        if self.enabled:
            self._refuse(allowed, len(used), self._days.get(day, 0), key, headers)
        used.append(_milliseconds(now))
        self._days[day] = self._days.get(day, 0) + 1
        return headers

    def _refuse(self, allowed: Allowance, used: int, today: int, key: str, headers: dict[str, str]) -> None:
        if allowed.daily and today >= allowed.daily:
            raise LimitReached("DAILY", "", headers)
        if used >= allowed.burst:
            group = f"publicapi:private_app-api-calls-ten-secondly:{key}"
            raise LimitReached("TEN_SECONDLY_ROLLING", group, headers)

    def count_search(self, account_id: int, now: datetime) -> None:
        """:raises LimitReached: the sixth search within one second"""
        used = self._window(f"search:{account_id}", 1000, now)
        if self.enabled and len(used) >= SEARCH_PER_SECOND:
            raise LimitReached("SECONDLY", "search", {})
        used.append(_milliseconds(now))

    def _window(self, key: str, size_ms: int, now: datetime) -> deque[int]:
        """The calls still in the window; ones from a future that a moved clock left are dropped too."""
        used, at = self._recent.setdefault(key, deque()), _milliseconds(now)
        while used and not at - size_ms < used[0] <= at:
            used.popleft()
        return used

    def _headers(self, allowed: Allowance, used: int, today: int) -> dict[str, str]:
        headers = {
            "X-HubSpot-RateLimit-Max": str(allowed.burst),
            "X-HubSpot-RateLimit-Remaining": str(max(allowed.burst - used, 0)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(TEN_SECONDS_MS),
        }
        if allowed.daily:
            headers["X-HubSpot-RateLimit-Daily"] = str(allowed.daily)
            headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(max(allowed.daily - today, 0))
        return headers


def _milliseconds(now: datetime) -> int:
    return int(now.timestamp() * 1000)

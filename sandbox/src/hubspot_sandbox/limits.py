"""HubSpot's limits, counted by the portal's clock (facts 4).

    who calls                               in rolling ten seconds        a day of the account
    marketplace OAuth app                   110 per app and account       not counted, not told
    private app, service key                100 or 190, add-on 250        250,000 / 625,000 / 1,000,000 per account
    search, whoever asks                    5 a second per account        does not count elsewhere
    associations, private app or key        100 or 150, add-on 200        at most 500,000, add-on 1,000,000 (S44)

The day ends at midnight of the account's own time zone, and all its private apps share it (S49). Search answers carry
no rate-limit headers. HubSpot's documentation does not promise `Retry-After`, so a 429 here has none [unv].
"""

from collections import deque
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import msgspec

from hubspot_sandbox.problems import correlation_id
from hubspot_sandbox.store import Shelf, Store

TEN_SECONDS_MS = 10_000
SEARCH_PER_SECOND = 5
MARKETPLACE_BURST = 110
ADD_ON_BURST, ADD_ON_DAILY = 250, 1_000_000
BURSTS = {"free": 100, "starter": 100, "professional": 190, "enterprise": 190}
ASSOCIATION_BURSTS = {"free": 100, "starter": 100, "professional": 150, "enterprise": 150}
ASSOCIATION_ADD_ON_BURST, ASSOCIATION_DAILY, ASSOCIATION_ADD_ON_DAILY = 200, 500_000, 1_000_000
DAILY = {"free": 250_000, "starter": 250_000, "professional": 625_000, "enterprise": 1_000_000}


class Allowance(msgspec.Struct, frozen=True):
    """What one caller may do. `daily` 0 means: not counted and not told (marketplace OAuth apps).

    `time_zone` says when the day ends; an unknown one is read as UTC.
    """

    burst: int
    daily: int = 0
    time_zone: str = "UTC"


class AddOn(msgspec.Struct, frozen=True):
    """The account bought the *API Limit Increase*."""

    account_id: int


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


def allowance(tier: str, marketplace: bool, *, add_on: bool = False, time_zone: str = "UTC") -> Allowance:
    """The allowance of an app in an account of this tier; the add-on raises only what is not the marketplace's."""
    if marketplace:
        return Allowance(MARKETPLACE_BURST, time_zone=time_zone)
    if add_on:
        return Allowance(ADD_ON_BURST, DAILY[tier] + ADD_ON_DAILY, time_zone)
    return Allowance(BURSTS[tier], DAILY[tier], time_zone)


def of_associations(allowed: Allowance, tier: str, *, add_on: bool = False) -> Allowance:
    """What the endpoints of associations let through of it (S44). They are counted together with all other calls, and
    told in the same headers [inf]; the marketplace's limit is the lower one anyway."""
    if not allowed.daily:
        return allowed
    burst = ASSOCIATION_ADD_ON_BURST if add_on else ASSOCIATION_BURSTS[tier]
    daily = ASSOCIATION_ADD_ON_DAILY if add_on else ASSOCIATION_DAILY
    return Allowance(min(allowed.burst, burst), min(allowed.daily, daily), allowed.time_zone)


class Limits:
    """Counters, lost at restart as HubSpot tells nobody where they stood; which account has the add-on is kept."""

    def __init__(self, store: Store | None = None) -> None:
        self.enabled = True
        self._add_ons = Shelf(store, "api-add-on", AddOn) if store else None
        self._with_add_on = {each.account_id for each in self._add_ons.all()} if self._add_ons else set[int]()
        self._recent: dict[str, deque[int]] = {}
        self._days: dict[int, tuple[date, int]] = {}

    # the add-on ---------------------------------------------------------------------------------------

    def has_add_on(self, account_id: int) -> bool:
        return account_id in self._with_add_on

    def set_add_on(self, account_id: int, on: bool) -> None:
        """Buy, or give back, the API Limit Increase for an account."""
        if self._add_ons and on:
            self._add_ons.put(str(account_id), AddOn(account_id))
        elif self._add_ons:
            self._add_ons.remove(str(account_id))
        (self._with_add_on.add if on else self._with_add_on.discard)(account_id)

    # counting -----------------------------------------------------------------------------------------

    def count_call(self, app: str, account_id: int, allowed: Allowance, now: datetime) -> dict[str, str]:
        """Count one call and return the headers for its answer.

        :raises LimitReached: nothing is counted then
        """
        key, day = f"{app}:{account_id}", _day(now, allowed.time_zone)
        used, today = self._window(key, TEN_SECONDS_MS, now), self._today(account_id, day)
        headers = self._headers(allowed, len(used) + 1, today + 1)
        if self.enabled:
            self._refuse(allowed, len(used), today, key, headers)
        used.append(_milliseconds(now))
        if allowed.daily:
            self._days[account_id] = (day, today + 1)
        return headers

    def _refuse(self, allowed: Allowance, used: int, today: int, key: str, headers: dict[str, str]) -> None:
        """The name of the group is known for private apps only; for the marketplace's it is [unv]."""
        if allowed.daily and today >= allowed.daily:
            raise LimitReached("DAILY", "", headers)
        if used >= allowed.burst:
            whose = "private_app-api-calls" if allowed.daily else "oauth_app-api-calls"
            raise LimitReached("TEN_SECONDLY_ROLLING", f"publicapi:{whose}-ten-secondly:{key}", headers)

    def count_search(self, account_id: int, now: datetime) -> None:
        """:raises LimitReached: the sixth search within one second"""
        used = self._window(f"search:{account_id}", 1000, now)
        if self.enabled and len(used) >= SEARCH_PER_SECOND:
            raise LimitReached("SECONDLY", "search", {})
        used.append(_milliseconds(now))

    def used_today(self, account_id: int, time_zone: str, now: datetime) -> int:
        """The calls of the account's private apps and service keys since its last midnight."""
        return self._today(account_id, _day(now, time_zone))

    def _today(self, account_id: int, day: date) -> int:
        known, count = self._days.get(account_id, (day, 0))
        return count if known == day else 0

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


def next_midnight(now: datetime, time_zone: str) -> datetime:
    """When the account's day ends."""
    return datetime.combine(_day(now, time_zone) + timedelta(days=1), time(), _zone(time_zone))


def _day(now: datetime, time_zone: str) -> date:
    return now.astimezone(_zone(time_zone)).date()


def _zone(time_zone: str) -> tzinfo:
    try:
        return ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return UTC

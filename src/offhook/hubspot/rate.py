"""HubSpot's limits, kept before HubSpot has to say so. Pure: times are seconds of any steady clock, given by the caller.

A lane is one limit in one account: `search` (5 a second) and `general` (100 in ten seconds, or what the headers say).
Whoever waits for a ringing phone may use all of a lane; work that can wait leaves some of it free, and what nobody waits
for leaves most of it.

https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
"""

from collections import deque
from collections.abc import Mapping
from enum import Enum

# After this long a pause is tried again, whatever HubSpot said: an answer is worth one refused request a minute.
LONGEST_PAUSE = 60.0


class Urgency(Enum):
    """Who waits: a person at a phone, a job, or nobody at all. `patience`: seconds that it waits for its turn."""

    NOW = "now"
    LATER = "later"
    SPARE = "spare"

    @property
    def patience(self) -> float:
        return 2.0 if self is Urgency.NOW else 15.0


_SHARES_LEFT = {Urgency.NOW: 0, Urgency.LATER: 1, Urgency.SPARE: 2}


class LaneKey(Enum):
    """Which limit a request counts against; searches count against their own only."""

    GENERAL = "general"
    SEARCH = "search"


class Lane:
    """At most `limit` requests in any `seconds`; `kept_free` of them are for those who cannot wait.

    What nobody waits for leaves twice as many, so that it takes nothing from the jobs either.
    """

    def __init__(self, limit: int, seconds: float, kept_free: int) -> None:
        self._limit, self._seconds, self._kept_free = limit, seconds, kept_free
        self._sent: deque[float] = deque()
        self._elsewhere, self._elsewhere_until = 0, 0.0
        self._paused_until = 0.0

    def wait(self, at: float, urgency: Urgency) -> float:
        """Seconds to wait before asking again for a turn; 0 means: go now, and say so with `take`."""
        if at < self._paused_until:
            return self._paused_until - at
        self._forget(at)
        mine = max(self._limit - self._kept_free * _SHARES_LEFT[urgency], 1)
        too_many = len(self._sent) + self._elsewhere - mine + 1
        return 0.0 if too_many <= 0 else max(self._freed(too_many) - at, 0.001)

    def _freed(self, count: int) -> float:
        """When so many of the requests that count now will have left the window."""
        leaving = [(each + self._seconds, 1) for each in self._sent] + [(self._elsewhere_until, self._elsewhere)]
        for at, freed in sorted(leaving):
            count -= freed
            if count <= 0:
                return at
        raise AssertionError("more must leave than there are")  # the limit is at least one

    def take(self, at: float) -> None:
        self._sent.append(at)

    def pause(self, at: float, seconds: float) -> None:
        """HubSpot said 429."""
        self._paused_until = max(self._paused_until, at + min(seconds, LONGEST_PAUSE))

    def hear(self, limit: int, remaining: int, at: float) -> None:
        """What the rate headers say: the true limit, and how much of it others (our other nodes) have used."""
        self._forget(at)
        self._limit = max(limit, 1)
        self._elsewhere = max(limit - remaining - len(self._sent), 0)
        self._elsewhere_until = at + self._seconds

    def _forget(self, at: float) -> None:
        while self._sent and self._sent[0] <= at - self._seconds:
            self._sent.popleft()
        if at >= self._elsewhere_until:
            self._elsewhere = 0


class Rates:
    """The lanes of every account."""

    def __init__(self) -> None:
        self._lanes: dict[tuple[int, LaneKey], Lane] = {}

    def lane(self, account_id: int, key: LaneKey) -> Lane:
        if (account_id, key) not in self._lanes:
            # A little longer than HubSpot's second: requests may arrive closer together than they were sent.
            self._lanes[account_id, key] = Lane(5, 1.1, 2) if key is LaneKey.SEARCH else Lane(100, 10.0, 30)
        return self._lanes[account_id, key]

    def hear(self, account_id: int, headers: Mapping[str, str], at: float) -> None:
        """Learn from an answer's headers (names in lower case). Answers to searches carry none."""
        limit, remaining = (headers.get(f"x-hubspot-ratelimit-{name}", "") for name in ("max", "remaining"))
        if _is_count(limit) and _is_count(remaining):
            self.lane(account_id, LaneKey.GENERAL).hear(int(limit), int(remaining), at)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 7

"""How often something may be asked: counted in memory, so a restart forgets, and each node counts its own."""

from collections import deque
from datetime import datetime, timedelta

# When so many keys are remembered, old ones are forgotten before another is added.
MANY = 10_000


class Turns:
    """At most `most` in any `within`, for each key."""

    def __init__(self, most: int, within: timedelta) -> None:
        self._most, self._within = most, within
        self._taken: dict[str, deque[datetime]] = {}

    def take(self, key: str, now: datetime) -> bool:
        """Whether there was one left; it is taken. None is left when too many ask at all."""
        if key not in self._taken and len(self._taken) >= MANY:
            self._forget(now)
            if len(self._taken) >= MANY:
                return False
        times = self._taken.setdefault(key, deque(maxlen=self._most))
        while times and times[0] <= now - self._within:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        return True

    def _forget(self, now: datetime) -> None:
        self._taken = {key: times for key, times in self._taken.items() if times and times[-1] > now - self._within}

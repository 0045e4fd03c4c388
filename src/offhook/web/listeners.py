"""How many listen to recordings at once, and how often one of them is asked for: both have limits.

A recording passes through the service while somebody listens; its own work, and the phone system, come first.
"""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from offhook.errors import TooMuchAtOnce

# At once: of all recordings, and of one. A player that seeks asks anew before it lets go.
MOST, MOST_OF_ONE = 24, 6
# Of one recording in this time. Whoever drags the slider to and fro asks a few times a second.
ASKS, WITHIN = 120, timedelta(minutes=1)


class Listeners:
    """Those of this process, in memory."""

    def __init__(self) -> None:
        self._now: Counter[str] = Counter()
        self._asked: dict[str, deque[datetime]] = {}

    @contextmanager
    def one_more(self, recording: str, now: datetime) -> Iterator[None]:
        """As long as it lasts. Raises TooMuchAtOnce."""
        self._forget(now)
        asked = self._asked.setdefault(recording, deque(maxlen=ASKS))
        if len(asked) == ASKS or self.count() >= MOST or self._now[recording] >= MOST_OF_ONE:
            raise TooMuchAtOnce("Too many listen to recordings just now.")
        asked.append(now)
        self._now[recording] += 1
        try:
            yield
        finally:
            self._now[recording] -= 1
            self._now += Counter()  # drops who is at zero

    def count(self) -> int:
        """How many listen now."""
        return self._now.total()

    def _forget(self, now: datetime) -> None:
        for recording, times in list(self._asked.items()):
            while times and times[0] <= now - WITHIN:
                times.popleft()
            if not times:
                del self._asked[recording]

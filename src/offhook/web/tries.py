"""Wrong line logins are counted, so that nobody finds a PIN by trying them all."""

import re
from collections import deque
from datetime import datetime, timedelta

from offhook.errors import TooManyTries

# So many wrong tries in this time, by one agent or at one line; then it is time for a pause.
MOST = 5
WITHIN = timedelta(minutes=1)


class Tries:
    """The latest wrong tries, in memory: a restart forgets them, and each node counts its own."""

    def __init__(self) -> None:
        self._wrong: dict[str, deque[datetime]] = {}

    def check(self, agent_id: str, phone_system: str, line: str, now: datetime) -> None:
        """Raises TooManyTries, whether or not the PIN would be right this time."""
        self._forget(now)
        if any(len(self._wrong.get(key, ())) >= MOST for key in _keys(agent_id, phone_system, line)):
            raise TooManyTries("There were too many wrong PINs for this line or from this panel.")

    def wrong(self, agent_id: str, phone_system: str, line: str, now: datetime) -> None:
        """Count a wrong try."""
        for key in _keys(agent_id, phone_system, line):
            self._wrong.setdefault(key, deque(maxlen=MOST)).append(now)

    def _forget(self, now: datetime) -> None:
        """What is old; also of agents and lines that nobody asks about any more."""
        for key, times in list(self._wrong.items()):
            while times and times[0] <= now - WITHIN:
                times.popleft()
            if not times:
                del self._wrong[key]


def _keys(agent_id: str, phone_system: str, line: str) -> tuple[str, str]:
    """A line counts as the same in whatever way it is written."""
    written = re.sub(r"\W", "", line).casefold()
    return f"agent {agent_id}", f"line {phone_system} {written}"

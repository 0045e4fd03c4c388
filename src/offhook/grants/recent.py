"""Recent: tokens that were read a moment ago, so that not every request reads the database and opens a seal.

What happens to a grant in this process is seen at once: whoever changes it says `changed`. What another process does is
seen after `MOMENT` at the latest. A token that HubSpot refuses, and one that ends soon, is never taken from here.
"""

import time
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from offhook.grants.vault import Secret

# Seconds until another node's change is seen: it may be switched off, forgotten or refreshed there.
MOMENT = 2.0
# So many holders at most; then all are read again.
MOST = 10_000


class Opened(Struct, frozen=True):
    """A token that may be used. `generation` names it as `store.SealedTokens.access` does; `until`: refresh it then."""

    generation: str
    token: Secret
    until: datetime


class Recent:
    """For one process. Holders' tokens, each with the time until which it is believed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: in seconds, steady."""
        self._clock = clock
        self._kept: dict[str, tuple[float, Opened]] = {}
        self._changed_at: dict[str, float] = {}

    def of(self, holder: str, now: datetime) -> Opened | None:
        """What may be used without looking."""
        read_at, opened = self._kept.get(holder, (0.0, None))
        fresh = opened is not None and self._clock() - read_at < MOMENT and now < opened.until
        return opened if fresh else None

    def reading(self) -> float:
        """Call it before looking; what is found then is kept with `keep`."""
        return self._clock()

    def keep(self, holder: str, opened: Opened, read_at: float) -> None:
        """Not kept when the holder's grant was changed a moment before: the change may not have been committed then."""
        changed_at = self._changed_at.get(holder)
        if changed_at is not None and read_at - changed_at < MOMENT:
            return
        if len(self._kept) >= MOST:
            self._kept.clear()
            self._changed_at = {each: at for each, at in self._changed_at.items() if read_at - at < MOMENT}
        self._kept[holder] = read_at, opened

    def changed(self, holder: str) -> None:
        """Something was done to the holder's grant here, or is just being done: for a moment it is read each time."""
        self._kept.pop(holder, None)
        self._changed_at[holder] = self._clock()

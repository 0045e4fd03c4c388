"""What is to be told to apps and what became of it: kept in the store, so that a restart forgets nothing.

waiting ── 2xx ──▶ delivered
   │  ▲
   │  └─ anything else: again later, ten times over 24 hours ── after the tenth ──▶ given up
   └──── may not be sent ──▶ kept back
"""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Literal

import msgspec

from hubspot_sandbox.clock import Clock
from hubspot_sandbox.store import Shelf, Store

State = Literal["waiting", "delivered", "given up", "kept back"]
BATCH = 100
DELAYS = tuple(timedelta(minutes=each) for each in (1, 5, 15, 30, 60, 120, 180, 240, 360, 360))
"""Ten retries over 24 hours with varying delays is documented; which delays is ours [inf]."""
SPREAD = 0.05
"""How far a delay is off by chance: a twentieth, less or more [inf]."""
KEPT_DONE = 1000


class Notification(msgspec.Struct, frozen=True):
    """One event for one app. `attempts` have been made; `answer` is what the last one met."""

    id: int
    app_id: int
    account_id: int
    event: dict[str, Any]
    due_at: datetime
    attempts: int = 0
    state: State = "waiting"
    answer: str = ""
    answered_at: datetime | None = None

    def payload(self) -> dict[str, Any]:
        """The event as it is sent now; `attemptNumber` counts from 0."""
        return {**self.event, "attemptNumber": self.attempts}


Batch = Sequence[Notification]


class Outbox:
    """All notifications that wait, and the newest thousand that do not any more."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._shelf = Shelf(store, "webhook", Notification)
        self._kept = {each.id: each for each in self._shelf.all()}

    def add(self, app_id: int, account_id: int, event: dict[str, Any]) -> None:
        """To be sent at once."""
        number = self._store.next_number("webhook", 1)
        self._put(Notification(number, app_id, account_id, event, self._clock.now()))

    def all(self) -> list[Notification]:
        """Oldest first."""
        return sorted(self._kept.values(), key=lambda each: each.id)

    def due(self) -> list[Notification]:
        """What waits and whose time has come."""
        now = self._clock.now()
        return [each for each in list(self._kept.values()) if each.state == "waiting" and each.due_at <= now]

    def delivered(self, batch: Batch, answer: str) -> None:
        self._close(batch, "delivered", answer)

    def kept_back(self, batch: Batch, why: str) -> None:
        """What will not be sent, and is not tried again."""
        self._close(batch, "kept back", why, attempt=0)

    def failed(self, batch: Batch, answer: str) -> None:
        """Again later, each at a time of its own, or never again after the tenth retry."""
        last = [each for each in batch if each.attempts >= len(DELAYS)]
        self._close(last, "given up", answer)
        now = self._clock.now()
        with self._store.transaction():
            for each in (each for each in batch if each not in last):
                wait = DELAYS[each.attempts] * random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311 - no secret
                self._update(
                    msgspec.structs.replace(
                        each, attempts=each.attempts + 1, due_at=now + wait, answer=answer, answered_at=now
                    )
                )

    def clear(self) -> None:
        """Forget what waits and what is done."""
        with self._store.transaction():
            self._forget(self.all())

    def _close(self, batch: Iterable[Notification], state: State, answer: str, attempt: int = 1) -> None:
        now = self._clock.now()
        with self._store.transaction():
            for each in batch:
                done = msgspec.structs.replace(
                    each, attempts=each.attempts + attempt, state=state, answer=answer, answered_at=now
                )
                self._update(done)
            closed = [each for each in self.all() if each.state != "waiting"]
            self._forget(closed[:-KEPT_DONE])

    def _update(self, notification: Notification) -> None:
        """Nothing, when the outbox was emptied while it was on its way."""
        if notification.id in self._kept:
            self._put(notification)

    def _put(self, notification: Notification) -> None:
        with self._store.transaction():
            self._shelf.put(_key(notification), notification)
            self._kept[notification.id] = notification

    def _forget(self, notifications: Iterable[Notification]) -> None:
        for each in notifications:
            self._shelf.remove(_key(each))
            self._kept.pop(each.id, None)


def batches(notifications: Iterable[Notification]) -> list[Batch]:
    """By app and account [inf], at most a hundred in each."""
    ordered, found = sorted(notifications, key=lambda each: (*_whose(each), each.id)), list[Batch]()
    for _, same in groupby(ordered, key=_whose):
        together = list(same)
        found += [together[start : start + BATCH] for start in range(0, len(together), BATCH)]
    return found


def _whose(notification: Notification) -> tuple[int, int]:
    return notification.app_id, notification.account_id


def _key(notification: Notification) -> str:
    return f"{notification.id:012d}"

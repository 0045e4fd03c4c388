"""How far the contacts of an account are known, and what is to be done next about it. Pure.

    listing ──▶ sweeping ──▶ known ──▶ listing …  once a day
       └───── what changed is looked at every few minutes, after the first list also while the next is under way

What is archived or merged, HubSpot tells by no longer listing it: whoever a whole list did not show is swept out.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from offhook.hubspot.all_contacts import FARTHEST, ContactPage
from offhook.hubspot.contacts import MOST

# Longer than a change takes to show in HubSpot's search; what is read twice does no harm.
OVERLAP = timedelta(minutes=2)
LIST_EVERY = timedelta(days=1)
_START = datetime.fromtimestamp(0, UTC)
_MOMENT = timedelta(milliseconds=1)
# Whoever was seen so long before a list began is not known from that list. Clocks of nodes may differ a little.
DOUBT = timedelta(minutes=1)


class Stage(StrEnum):
    LISTING = "listing"
    SWEEPING = "sweeping"
    KNOWN = "known"


class Step(StrEnum):
    """What is to be done next."""

    BEGIN = "begin"
    LIST = "list"
    SWEEP = "sweep"
    LOOK = "look"
    REST = "rest"


class Progress(Struct, frozen=True):
    """Times are by our clock, but `since` and `reading`, which are by HubSpot's.

    `began_at`, `after`, `listed`, `total`: of the list that is under way, or of the last: how many contacts it has shown,
    with and without numbers, of about how many. `listed_at`: when a list last came to its end. `since`: the newest change
    that is known. `reading`: where the look at changes that is under way reads on, None when none is; `offset`: how far
    among contacts that were changed at that same moment. `looked_at`: when such a look last came to its end.
    """

    began_at: datetime
    stage: Stage = Stage.LISTING
    after: str | None = None
    listed: int = 0
    total: int | None = None
    listed_at: datetime | None = None
    since: datetime | None = None
    reading: datetime | None = None
    offset: str | None = None
    looked_at: datetime | None = None

    @property
    def swept_before(self) -> datetime:
        """Contacts that were not seen since then are not in HubSpot any more."""
        return self.began_at - DOUBT

    @property
    def reads_from(self) -> datetime:
        """Where a look reads from; it begins a little before what is known, for changes that did not show in time."""
        return self.reading or (self.since - OVERLAP if self.since else _START)


def next_step(progress: Progress | None, now: datetime, every: timedelta) -> Step:
    """`every`: how often what changed is looked at."""
    if progress is None:
        return Step.BEGIN
    if progress.listed_at and (progress.reading or _is_over(progress.looked_at, every, now)):
        return Step.LOOK
    if progress.stage is not Stage.KNOWN:
        return Step.LIST if progress.stage is Stage.LISTING else Step.SWEEP
    return Step.BEGIN if _is_over(progress.began_at, LIST_EVERY, now) else Step.REST


def _is_over(at: datetime | None, time: timedelta, now: datetime) -> bool:
    return at is None or now - at >= time


# What was done.


def begun(before: Progress | None, newest: ContactPage, now: datetime) -> Progress:
    """A new list. `newest`: the contact that was changed last, with the number of all."""
    if before:
        return replace(before, began_at=now, stage=Stage.LISTING, after=None, listed=0, total=newest.total)
    return Progress(now, total=newest.total, since=newest.newest)


def listed(before: Progress, page: ContactPage) -> Progress:
    stage = Stage.LISTING if page.after else Stage.SWEEPING
    return replace(before, stage=stage, after=page.after, listed=before.listed + len(page.contacts))


def swept(before: Progress, now: datetime) -> Progress:
    return replace(before, stage=Stage.KNOWN, listed_at=now)


def looked(before: Progress, page: ContactPage, now: datetime) -> Progress:
    """The next page begins at the moment of the last contact, not behind so many: while we read, contacts that are
    changed again move to the end, and those behind them move up.

    Only among contacts of one moment it goes by number, and there no further than HubSpot's searches go: of more, the
    rest comes with the next list, which then begins at once.
    """
    since = max((each for each in (before.since, page.newest) if each), default=None)
    if page.after is None:
        return replace(before, since=since, reading=None, offset=None, looked_at=now)
    start = before.reads_from
    if page.newest and page.newest > start:
        return replace(before, since=since, reading=page.newest, offset=None)
    if page.after.isdigit() and int(page.after) + MOST <= FARTHEST:
        return replace(before, since=since, reading=start, offset=page.after)
    return replace(before, began_at=now - LIST_EVERY, since=since, reading=start + _MOMENT, offset=None)

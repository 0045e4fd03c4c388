"""The directory: who has this number, from memory, else from the database, else from HubSpot.

It learns from every answer and every contact that passes by; it needs no full synchronisation to be right, only to be
quick the first time. *None*, *not allowed* and *could not ask* are three answers.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from msgspec import Struct

from offhook.calls.phone_number import PhoneNumber, masked
from offhook.database import Database
from offhook.directory import store
from offhook.directory.match import Seen, match, ranked, tail
from offhook.directory.store import Shelf
from offhook.errors import GrantError, GrantOff, MissingRight, MissingScope, NoGrant, OffhookError
from offhook.hubspot.client import Acting
from offhook.hubspot.contacts import Contact

log = structlog.get_logger()

# *None* is believed for a shorter time: the agent may be creating that contact in HubSpot just now.
NONE_AGE = timedelta(minutes=1)
# HubSpot's search does not show a contact that is newer than this, so its silence about one proves nothing.
INDEX_DELAY = timedelta(minutes=1)
# Numbers kept in memory, each with the few contacts that it may belong to.
IN_MEMORY = 50_000


class Kind(StrEnum):
    """What came of a look-up."""

    NONE = "none"
    ONE = "one"
    SEVERAL = "several"
    NOT_ALLOWED = "not-allowed"
    COULD_NOT_ASK = "could-not-ask"


class Known(Struct, frozen=True):
    """What is known without asking: whose number it is, likeliest first, and since when that is known."""

    contacts: tuple[Contact, ...]
    as_of: datetime
    age: timedelta


class Answer(Struct, frozen=True):
    """The result of a look-up.

    `problem` says why HubSpot could not be asked; with contacts beside it they are those of an earlier time, `as_of`.
    """

    kind: Kind
    contacts: tuple[Contact, ...] = ()
    as_of: datetime | None = None
    problem: OffhookError | None = None


class Directory:
    """Never use it inside a transaction of your own: what it learns is kept in one of its own."""

    def __init__(self, database: Database, now: Callable[[], datetime], *, max_age: timedelta, region: str) -> None:
        """`max_age`: how long HubSpot's answer is used again. `region`: country of numbers that name none."""
        self._database, self._now, self._max_age, self._region = database, now, max_age, region
        self._shelves: OrderedDict[tuple[int, str], tuple[datetime, Shelf]] = OrderedDict()
        self._changes = 0
        self._flights: dict[tuple[int, str], asyncio.Task[None]] = {}

    async def known(self, account_id: int, number: PhoneNumber, owner_id: str | None = None) -> Known | None:
        """What needs no asking; None when HubSpot was not asked about the number, or too long ago.

        `owner_id`: the agent's owner record; of several contacts, her own come first.
        """
        known = await self._known(account_id, number, owner_id)
        if known is None:
            return None
        most = self._max_age if known.contacts else min(self._max_age, NONE_AGE)
        return known if known.age <= most else None

    async def ask(
        self, acting: Acting, account_id: int, number: PhoneNumber, owner_id: str | None = None
    ) -> tuple[Contact, ...]:
        """Ask HubSpot, and remember what it says, *nobody* too. Those who ask for one number at one time ask once.

        Raises:
            GrantError, HubSpotError: HubSpot could not be asked.
        """
        await self._fly(acting, account_id, number)
        known = await self._known(account_id, number, owner_id)
        return known.contacts if known else ()

    async def saw(self, account_id: int, contacts: Sequence[Contact]) -> None:
        """HubSpot showed these contacts (a search, a creation): what is known of them is this from now on."""
        if not contacts:
            return
        async with self._database.transaction() as connection:
            touched = await store.keep_contacts(connection, account_id, contacts, self._now(), self._region)
        self.forget(account_id, touched)

    async def look_up(self, acting: Acting, account_id: int, number: PhoneNumber, owner_id: str | None = None) -> Answer:
        """Whose number it is: as known when that is fresh, else as HubSpot says, else as it was; or why nobody knows."""
        known = await self.known(account_id, number, owner_id)
        if known:
            return _answer(known)
        try:
            contacts = await self.ask(acting, account_id, number, owner_id)
        except OffhookError as problem:
            return await self._without_hubspot(account_id, number, owner_id, problem)
        return _answer(Known(contacts, self._now(), timedelta()))

    async def _without_hubspot(
        self, account_id: int, number: PhoneNumber, owner_id: str | None, problem: OffhookError
    ) -> Answer:
        """An old *somebody* is better than nothing; an old *nobody* is nothing, and so is what one may not see."""
        log.info(
            "HubSpot could not be asked whose number it is.",
            action="look_up_failed",
            account=account_id,
            number=masked(number.e164),
            problem=problem.code,
        )
        if isinstance(problem, MissingScope | MissingRight):
            return Answer(Kind.NOT_ALLOWED, problem=problem)
        known = await self.remembered(account_id, number, owner_id)
        if known is None or isinstance(problem, NoGrant | GrantOff):
            return Answer(Kind.COULD_NOT_ASK, problem=problem)
        return _answer(known, problem)

    async def close(self) -> None:
        """Stop asking."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    # What is known.

    async def _known(self, account_id: int, number: PhoneNumber, owner_id: str | None) -> Known | None:
        """HubSpot's last answer about this number, whatever its age, with what was seen since."""
        shelf = await self._shelf(account_id, tail(number))
        asked_at = shelf.asked.get(number.e164)
        if asked_at is None:
            return None
        found = self._matching(shelf, number)
        return Known(ranked(found, owner_id), asked_at, self._now() - asked_at)

    async def remembered(self, account_id: int, number: PhoneNumber, owner_id: str | None = None) -> Known | None:
        """Whoever was ever seen with this number, asked for or not; None when that is nobody.

        Good for showing a name while HubSpot is asked, and when it cannot be.
        """
        shelf = await self._shelf(account_id, tail(number))
        found = self._matching(shelf, number)
        if not found:
            return None
        as_of = shelf.asked.get(number.e164) or min(each.at for each in found)
        return Known(ranked(found, owner_id), as_of, self._now() - as_of)

    def _matching(self, shelf: Shelf, number: PhoneNumber) -> tuple[Seen, ...]:
        if not shelf.candidates:
            return ()
        right = {each.id for each in match(number, tuple(each.contact for each in shelf.candidates), self._region)}
        return tuple(each for each in shelf.candidates if each.contact.id in right)

    async def _shelf(self, account_id: int, digits: str) -> Shelf:
        key = (account_id, digits)
        held = self._shelves.get(key)
        now = self._now()
        # What another node learned, or forgot, counts here as well, if only later.
        if held and now - held[0] < self._max_age:
            self._shelves.move_to_end(key)
            return held[1]
        changes = self._changes
        async with self._database.reading() as connection:
            read = await store.shelf(connection, account_id, digits)
        # What was written while we read may not be in it.
        if changes == self._changes:
            self._shelves[key] = now, read
            if len(self._shelves) > IN_MEMORY:
                self._shelves.popitem(last=False)
        return read

    def forget(self, account_id: int, tails: Iterable[str]) -> None:
        """Read these again from the database; only after what changed there was committed."""
        self._changes += 1
        for each in tails:
            self._shelves.pop((account_id, each), None)

    def forget_all(self, account_id: int) -> None:
        """Read everything of the account again."""
        self.forget(account_id, [digits for held, digits in self._shelves if held == account_id])

    # Asking.

    async def _fly(self, acting: Acting, account_id: int, number: PhoneNumber) -> None:
        """Ask, or wait for the one who is asking the same already.

        A flight is a task of its own, so that a caller who gives up does not take the answer from the others. When it
        ended for a reason of that agent's own (her grant, her scopes), this one asks in her own name.
        """
        key = (account_id, number.e164)
        while (flight := self._flights.get(key)) and not flight.done():
            try:
                return await asyncio.shield(flight)
            except OffhookError as problem:
                if not (isinstance(problem, GrantError) or problem.needs_person):
                    raise
        return await asyncio.shield(self._start(acting, key, number))

    def _start(self, acting: Acting, key: tuple[int, str], number: PhoneNumber) -> asyncio.Task[None]:
        flight = asyncio.create_task(self._ask(acting, key[0], number))
        self._flights[key] = flight
        flight.add_done_callback(lambda done: self._landed(key, done))
        return flight

    def _landed(self, key: tuple[int, str], flight: asyncio.Task[None]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        if not flight.cancelled():
            flight.exception()  # seen, also when everybody who waited has gone

    async def _ask(self, acting: Acting, account_id: int, number: PhoneNumber) -> None:
        # Without the extension: then the answer serves for every extension behind the number.
        whole = PhoneNumber(number.e164)
        found = await acting.contacts_with_number(whole)
        now, digits = self._now(), tail(whole)
        before = self._matching(await self._shelf(account_id, digits), whole)
        gone = {each.contact.id for each in before if each.at <= now - INDEX_DELAY} - {each.id for each in found}
        if gone:
            async with self._database.transaction() as connection:
                lost = await store.drop_contacts(connection, account_id, gone)
            self.forget(account_id, lost)
        async with self._database.transaction() as connection:
            touched = await store.keep_contacts(connection, account_id, found, now, self._region)
            await store.keep_answer(connection, account_id, whole.e164, digits, now)
        self.forget(account_id, touched | {digits})


def _answer(known: Known, problem: OffhookError | None = None) -> Answer:
    kind = (Kind.NONE, Kind.ONE)[len(known.contacts)] if len(known.contacts) < 2 else Kind.SEVERAL
    return Answer(kind, known.contacts, known.as_of, problem)

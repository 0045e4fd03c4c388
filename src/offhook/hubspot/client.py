"""HubSpot over HTTP: sends what the other files build, in its turn, with a token that works.

One thing is tried again: a request whose token was refused, once, with a fresh one. Whether anything else is worth
another try is for `jobs` to decide, and what an agent clicked is not repeated behind her back.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

import httpx
import structlog

from offhook.calls.phone_number import PhoneNumber, parse
from offhook.errors import (
    ContactExists,
    GrantBroken,
    HubSpotBusy,
    HubSpotNotFound,
    HubSpotRejected,
    HubSpotUnreachable,
    MissingRight,
    MissingScope,
)
from offhook.hubspot import all_contacts, around, contacts, engagements, owners, signs_of_life, tasks, users
from offhook.hubspot.all_contacts import ContactPage
from offhook.hubspot.around import Kind, Neighbour
from offhook.hubspot.contacts import Contact, NewContact, contact_of, contacts_of, has_number
from offhook.hubspot.engagements import CallLogEntry
from offhook.hubspot.newcomers import Newcomers
from offhook.hubspot.owners import Person
from offhook.hubspot.rate import Rates, Urgency
from offhook.hubspot.tasks import Task
from offhook.hubspot.users import Account, Owner, Role, User
from offhook.hubspot.wire import Record, Records, Request, decipher

log = structlog.get_logger()

Value = TypeVar("Value")

# Gives a token that works. True: the one given last was refused with 401.
TokenSource = Callable[[bool], Awaitable[str]]

# Seconds for a whole answer. A ringing phone does not wait longer; a job may.
_PATIENCE = {Urgency.NOW: 8.0, Urgency.LATER: 30.0, Urgency.SPARE: 30.0}
_CONNECT = 4.0

# Pages of users that are read at most: nobody looks through a list of more than ten thousand people.
_MOST_PAGES = 100


class HubSpot:
    """HubSpot, before it is known in whose name."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        api_url: str,
        app_url: str,
        now: Callable[[], datetime],
        *,
        region: str = "US",
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`region`: country of numbers that name none. `clock` and `sleep` are in seconds and measure turns only."""
        self._http, self._now, self._clock, self._sleep = http, now, clock, sleep
        self._api_url, self.app_url, self.region = api_url.rstrip("/"), app_url.rstrip("/"), region
        self._rates, self._newcomers = Rates(), Newcomers()
        self._creating: dict[int, asyncio.Lock] = {}

    def acting(self, token: TokenSource, account_id: int) -> "Acting":
        """HubSpot in somebody's name, in one account."""
        return Acting(self, token, account_id)

    def contact_url(self, account_id: int, contact_id: str) -> str:
        return contacts.contact_url(self.app_url, account_id, contact_id)

    def contacts_url(self, account_id: int) -> str:
        return contacts.contacts_url(self.app_url, account_id)

    def users_url(self, account_id: int) -> str:
        return users.users_url(self.app_url, account_id)

    def task_url(self, account_id: int, task_id: str) -> str:
        return tasks.task_url(self.app_url, account_id, task_id)

    def creating(self, account_id: int) -> asyncio.Lock:
        """Contacts of an account are created one after the other, so that two clicks do not make two."""
        return self._creating.setdefault(account_id, asyncio.Lock())

    def created(self, account_id: int, contact: Contact) -> None:
        self._newcomers.add(account_id, contact, self._clock())

    def newest_with(self, account_id: int, number: PhoneNumber) -> tuple[Contact, ...]:
        """Contacts created here a moment ago, which search may not show yet."""
        return self._newcomers.with_number(account_id, number, self.region, self._clock())

    async def reach(self) -> None:
        """Whether anybody answers there at all; any answer will do. Raises HubSpotUnreachable."""
        try:
            await self._http.get(self._api_url, timeout=httpx.Timeout(_PATIENCE[Urgency.NOW], connect=_CONNECT))
        except httpx.HTTPError as error:
            raise HubSpotUnreachable(f"HubSpot cannot be reached ({type(error).__name__}).") from None

    async def send(self, request: Request[Value], account_id: int, token: str) -> Value:
        """Send in turn and decipher the answer.

        Raises:
            HubSpotBusy: the turn would come too late, or HubSpot says so itself; `retry_after` tells when.
            HubSpotUnreachable: no connection, or no whole answer in time.
            GrantBroken, HubSpotError, ContactExists: see `wire.decipher`.
        """
        await self._turn(request, account_id)
        response = await self._answer(request, token)
        headers = {name.lower(): value for name, value in response.headers.items()}
        self._rates.hear(account_id, headers, self._clock())
        try:
            return decipher(request, response.status_code, headers, response.content, self._now())
        except HubSpotBusy as busy:
            self._rates.lane(account_id, request.lane).pause(self._clock(), busy.retry_after or 1.0)
            log.warning("HubSpot asks to slow down.", action="hubspot_busy", account=account_id, lane=request.lane.value)
            raise

    async def _turn(self, request: Request[Value], account_id: int) -> None:
        lane = self._rates.lane(account_id, request.lane)
        patient_until = self._clock() + request.urgency.patience
        while wait := lane.wait(self._clock(), request.urgency):
            if self._clock() + wait > patient_until:
                busy = HubSpotBusy("HubSpot takes no more requests for this account just now.")
                busy.retry_after = wait
                raise busy
            await self._sleep(wait)
        lane.take(self._clock())

    async def _answer(self, request: Request[Value], token: str) -> httpx.Response:
        """The headers hold the token: nothing here may log them, nor chain an error that does."""
        patience = _PATIENCE[request.urgency]
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if request.json is not None:
            headers["Content-Type"] = "application/json"
        try:
            async with asyncio.timeout(patience):
                return await self._http.request(
                    request.method,
                    self._api_url + request.path,
                    content=request.content,
                    headers=headers,
                    timeout=httpx.Timeout(patience, connect=_CONNECT),
                )
        except (httpx.HTTPError, TimeoutError) as error:
            raise HubSpotUnreachable(f"HubSpot cannot be reached ({type(error).__name__}).") from None


class Acting:
    """HubSpot in somebody's name. Every method raises GrantError and HubSpotError beside what it says."""

    def __init__(self, hubspot: HubSpot, token: TokenSource, account_id: int) -> None:
        self._hubspot, self._token, self.account_id = hubspot, token, account_id

    async def _ask(self, request: Request[Value]) -> Value:
        token = await self._token(False)
        try:
            return await self._hubspot.send(request, self.account_id, token)
        except GrantBroken:
            token = await self._token(True)
        return await self._hubspot.send(request, self.account_id, token)

    # Contacts.

    async def contacts_with_number(self, number: PhoneNumber) -> tuple[Contact, ...]:
        """Contacts that really have this number, at most 200; new ones take moments to appear."""
        try:
            found = await self._ask(contacts.by_number(number))
        except HubSpotRejected:
            found = await self._ask(contacts.by_plain_number(number))
        return tuple(each for each in contacts_of(found) if has_number(each, number, self._hubspot.region))

    async def contacts_matching(self, text: str, limit: int = 10) -> tuple[Contact, ...]:
        """Contacts by name, e-mail address, company, or a number in any form or part; those by number first."""
        text = text.strip()[: contacts.MAX_TEXT]
        if not text:
            return ()
        by_number, by_text = await asyncio.gather(self._by_number(text, limit), self._by_text(text, limit))
        return tuple({each.id: each for each in (*by_number, *by_text)}.values())[:limit]

    async def _by_text(self, text: str, limit: int) -> tuple[Contact, ...]:
        return contacts_of(await self._ask(contacts.by_text(text, limit)))

    async def _by_number(self, text: str, limit: int) -> tuple[Contact, ...]:
        number = parse(text, self._hubspot.region)
        if isinstance(number, PhoneNumber):
            return await self.contacts_with_number(number)
        digits = contacts.part_of_number(text)
        return contacts_of(await self._ask(contacts.by_digits(digits, limit))) if digits else ()

    async def listed_contacts(self, after: str | None = None) -> ContactPage:
        """A page of all contacts that are not archived."""
        return await self._ask(all_contacts.listed(after))

    async def changed_contacts(self, since: datetime | None, after: str | None = None) -> ContactPage:
        """A page of those that were changed at this moment (HubSpot's clock) or later, as far as search shows them."""
        return await self._ask(all_contacts.changed_since(since, after))

    async def last_changed_contact(self) -> ContactPage:
        """The one that was changed last, and how many there are."""
        return await self._ask(all_contacts.last_changed())

    async def contact(self, contact_id: str) -> Contact:
        """Raises HubSpotNotFound."""
        return contact_of(await self._ask(contacts.by_id(contact_id)))

    async def create_contact(self, new: NewContact) -> Contact:
        """Create a contact, after looking once more for one that has the number or the e-mail address.

        Raises:
            ContactExists: with `contacts`, those that have it.
        """
        async with self._hubspot.creating(self.account_id):
            existing = await self._existing(new)
            if existing:
                raise _exists(existing)
            try:
                created = contact_of(await self._ask(contacts.creation(new)))
            except ContactExists as error:
                raise _exists(await self._named(error.record_id)) from error
            self._hubspot.created(self.account_id, created)
            return created

    async def _existing(self, new: NewContact) -> tuple[Contact, ...]:
        newest = self._hubspot.newest_with(self.account_id, new.number)
        found = (*newest, *await self.contacts_with_number(new.number), *await self._with_email(new.email))
        return tuple({each.id: each for each in found}.values())

    async def _with_email(self, email: str | None) -> tuple[Contact, ...]:
        if not email or "@" not in email:
            return ()
        try:
            return (contact_of(await self._ask(contacts.by_email(email))),)
        except HubSpotNotFound:
            return ()

    async def _named(self, contact_id: str | None) -> tuple[Contact, ...]:
        try:
            return (await self.contact(contact_id),) if contact_id else ()
        except HubSpotNotFound:
            return ()

    async def tied_to(self, contact_id: str, kinds: Collection[Kind]) -> Record:
        """A contact with the ids of what is tied to it. Raises HubSpotNotFound."""
        return await self._ask(around.contact_with(contact_id, kinds))

    async def neighbours(self, contact: Record, kind: Kind) -> tuple[Neighbour, ...]:
        """The company, deals or tickets of a contact that `tied_to` gave."""
        ids = around.ids_of(contact, kind)
        found = await self._ask(around.read(kind, ids)) if ids else Records()
        return around.neighbours(kind, found, self._hubspot.app_url, self.account_id)

    # People.

    async def owners(self) -> tuple[Person, ...]:
        """All owners who are not deactivated; of a very large account, the first fifty thousand."""
        found: list[Person] = []
        after: str | None = None
        for _ in range(_MOST_PAGES):
            page = await self._ask(owners.page_of_owners(after))
            found += page.owners
            after = page.after
            if after is None:
                break
        return tuple(found)

    async def owner(self, user_id: int) -> Owner | None:
        """The owner record of a HubSpot user; None when there is none, or not any more."""
        try:
            return await self._ask(users.owner_of_user(user_id))
        except HubSpotNotFound:
            return None

    async def is_super_admin(self, user_id: int) -> bool | None:
        """None: we were not allowed to look. A user who is gone is no Super Admin."""
        try:
            return await self._ask(users.super_admin(user_id))
        except (MissingScope, MissingRight):
            return None
        except HubSpotNotFound:
            return False

    async def users(self) -> tuple[User, ...]:
        """Everybody who may log in to the account; of more than ten thousand, the first."""
        found: list[User] = []
        after: str | None = None
        for _ in range(_MOST_PAGES):
            page = await self._ask(users.page_of_users(after))
            found += page.users
            after = page.after
            if after is None:
                break
        return tuple(found)

    async def user(self, user_id: int) -> User | None:
        """None when the account has no such user, or not any more."""
        try:
            return await self._ask(users.user_by_id(user_id))
        except HubSpotNotFound:
            return None

    async def user_with_email(self, email: str) -> User | None:
        """None when the account has no such user, or not any more."""
        try:
            return await self._ask(users.user_by_email(email))
        except HubSpotNotFound:
            return None

    async def roles(self) -> tuple[Role, ...]:
        """The account's permission sets."""
        return await self._ask(users.roles())

    async def give_role(self, user: User, role_id: str | None) -> User:
        """Put a user under this permission set alone, or under none; see `users.give_role` for what that may cost her."""
        return await self._ask(users.give_role(user, role_id))

    async def create_task(self, task: Task) -> str:
        """Give somebody something to do; gives the task's id."""
        return (await self._ask(tasks.creation(task))).id

    async def account(self) -> Account:
        return await self._ask(users.account_details())

    # Calls.

    async def call_logged_as(self, external_id: str, contact_id: str | None = None) -> str | None:
        """The engagement that an earlier try may have made.

        Search sees it only after moments. With `contact_id`, the contact's own calls are looked through first: they show
        it at once.
        """
        return (contact_id and await self._among_calls_of(contact_id, external_id)) or engagements.engagement_among(
            await self._ask(engagements.found_by_external_id(external_id)), external_id
        )

    async def _among_calls_of(self, contact_id: str, external_id: str) -> str | None:
        try:
            contact = await self._ask(engagements.calls_of_contact(contact_id))
        except HubSpotNotFound:
            return None
        request = engagements.external_ids(contact)
        return engagements.engagement_among(await self._ask(request), external_id) if request else None

    async def log_call(self, entry: CallLogEntry) -> str:
        """Write the call on the timelines of its contact and company; gives the engagement's id."""
        return (await self._ask(engagements.creation(entry))).id

    async def take_call_away(self, engagement_id: str) -> None:
        """Archive an engagement that should not be; harmless when it is gone."""
        with suppress(HubSpotNotFound):
            await self._ask(engagements.removal(engagement_id))

    async def may_log_calls(self) -> None:
        """Whether HubSpot would take a call entry, without making one. Raises MissingScope, MissingRight when not."""
        try:
            for made in (await self._ask(signs_of_life.impossible_call())).results:
                await self._ask(signs_of_life.deletion(made.id))
        except HubSpotRejected as refusal:
            if not signs_of_life.is_expected(refusal):
                raise

    async def amend_call(self, engagement_id: str, entry: CallLogEntry, was_with: str | None = None) -> None:
        """Bring an engagement up to date. `was_with`: the contact that it is known to be tied to.

        When the agent has chosen another contact since, the call moves to that one's timeline.
        """
        await self._ask(engagements.amendment(engagement_id, entry))
        if entry.contact_id is None or entry.contact_id == was_with:
            return
        await self._ask(engagements.associate(engagement_id, "contacts", entry.contact_id))
        if entry.company_id:
            await self._ask(engagements.associate(engagement_id, "companies", entry.company_id))
        if was_with:
            await self._ask(engagements.dissociate(engagement_id, "contacts", was_with))


def _exists(found: tuple[Contact, ...]) -> ContactExists:
    error = ContactExists("A contact with this number or e-mail address is already in HubSpot.")
    error.contacts = found
    return error

"""The contacts of a HubSpot account, as its list and its search show them; the synchronisation asks it for `Acting`."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from offhook.errors import OffhookError
from offhook.hubspot.all_contacts import ContactPage
from offhook.hubspot.client import Acting
from offhook.hubspot.contacts import Contact, ContactNumber

PAGE = 2


@dataclass
class Account:
    """`clock` is HubSpot's. Search shows changes of contacts with an even id at once, those of others `delay` later."""

    clock: Any
    delay: timedelta = timedelta(minutes=1)
    contacts: dict[str, Contact] = field(default_factory=dict)
    history: dict[str, list[tuple[datetime, Contact | None]]] = field(default_factory=dict)
    problem: OffhookError | None = None
    asked: list[str] = field(default_factory=list)

    @property
    def acting(self) -> Acting:
        return cast(Acting, self)

    def has(self, contact_id: str, *numbers: str) -> None:
        """Create a contact or change it."""
        contact = Contact(contact_id, numbers=tuple(ContactNumber("phone", each) for each in numbers))
        self.contacts[contact_id] = contact
        self.history.setdefault(contact_id, []).append((self.clock(), contact))

    def archives(self, contact_id: str) -> None:
        """Nothing tells when; search goes on showing it for a moment."""
        if self.contacts.pop(contact_id, None):
            self.history[contact_id].append((self.clock(), None))

    def _shown(self) -> list[tuple[datetime, Contact]]:
        last = (
            ([each for each in ups if each[0] <= self._until(who)] or [None])[-1] for who, ups in self.history.items()
        )
        return sorted(((at, who) for at, who in filter(None, last) if who), key=lambda each: (each[0], int(each[1].id)))

    def _until(self, contact_id: str) -> datetime:
        return self.clock() - (self.delay if int(contact_id) % 2 else timedelta())

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.problem:
            raise self.problem

    async def listed_contacts(self, after: str | None = None) -> ContactPage:
        self._ask("list")
        rest = sorted((each for each in self.contacts.values() if int(each.id) >= int(after or 0)), key=_number)
        return ContactPage(tuple(rest[:PAGE]), rest[PAGE].id if len(rest) > PAGE else None)

    async def changed_contacts(self, since: datetime, after: str | None = None) -> ContactPage:
        self._ask("look")
        found, start = [each for each in self._shown() if each[0] >= since], int(after or 0)
        page, end = found[start : start + PAGE], start + PAGE
        newest = max((at for at, _ in page), default=None)
        return ContactPage(tuple(who for _, who in page), str(end) if end < len(found) else None, newest, len(found))

    async def last_changed_contact(self) -> ContactPage:
        self._ask("last")
        found = self._shown()
        return ContactPage((), None, found[-1][0] if found else None, len(found))


def _number(contact: Contact) -> int:
    return int(contact.id)

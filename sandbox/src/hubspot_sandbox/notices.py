"""What HubSpot would send to people by e-mail or notification; kept, and sent to nobody.

An uninstall is told to the Super Admins (facts 1.3), and so is a request to approve an app (S14). Wording is ours [unv].
"""

from datetime import datetime

import msgspec

from hubspot_sandbox.apps import Apps
from hubspot_sandbox.clock import Clock
from hubspot_sandbox.grants import Happening, Installation
from hubspot_sandbox.people import People
from hubspot_sandbox.store import Shelf, Store


class Notice(msgspec.Struct, frozen=True):
    """One message to the people of an account."""

    number: int
    account_id: int
    to: tuple[str, ...]
    subject: str
    at: datetime


class Notices:
    """The room of messages to administrators."""

    def __init__(self, store: Store, clock: Clock, people: People, apps: Apps) -> None:
        self._store, self._clock, self._people, self._apps = store, clock, people, apps
        self._notices = Shelf(store, "notice", Notice)

    def tell_admins(self, account_id: int, subject: str) -> Notice:
        """Keep a message to all active Super Admins of the account."""
        members = self._people.members(account_id)
        return self.tell(account_id, tuple(each.email for each in members if each.super_admin and each.active), subject)

    def tell(self, account_id: int, to: tuple[str, ...], subject: str) -> Notice:
        """Keep a message to these people of the account."""
        number = self._store.next_number("notice", 1)
        notice = Notice(number, account_id, to, subject, self._clock.now())
        self._notices.put(f"{account_id}/{number:09d}", notice)
        return notice

    def all(self) -> list[Notice]:
        """Oldest first in each account."""
        return self._notices.all()

    def hear(self, what: Happening, installation: Installation) -> None:
        """A listener of `Grants`: only an uninstall is news by e-mail."""
        if what == "uninstall":
            app = self._apps.get(installation.client_id)
            name = app.name if app else installation.client_id
            self.tell_admins(installation.account_id, f"{name} was uninstalled from your account")

"""The webhooks journal: the same changes, to be fetched by apps that nobody can call (facts 3.7, S24).

    changes, installs ──▶ Journal ── events of matching subscriptions ──▶ pages, each with an offset, kept three days

An app reads a page's address (`earliest`, `latest`, `next`) and then the page. A page that was told to somebody is
closed; what happens later goes into a new one [inf].
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hubspot_sandbox.apps import App, Apps
from hubspot_sandbox.changes import Change, Changes
from hubspot_sandbox.clock import Clock, iso
from hubspot_sandbox.grants import Grants, Installation
from hubspot_sandbox.grants import Happening as Lifecycle
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.problems import not_found
from hubspot_sandbox.store import Shelf, Store
from hubspot_sandbox.webhooks.journal_events import INSTALLED, UNINSTALLED, Event, JournalSubscription, event_of, join

KEPT = timedelta(days=3)
PAGE = 100
"""Events in one page; HubSpot's number is not known [inf]."""


class Page(msgspec.Struct, frozen=True):
    """Some events of one app, of all accounts that have it. `offset` is its name in the API."""

    number: int
    offset: str
    app_id: int
    published_at: datetime
    events: tuple[Event, ...]
    told: bool = False

    def events_of(self, account_id: int) -> tuple[Event, ...]:
        """Those of one account, or with 0 all."""
        return tuple(each for each in self.events if account_id in (0, each["portalId"]))


class Journal:
    """The room of journal subscriptions and pages."""

    def __init__(self, store: Store, clock: Clock, apps: Apps, grants: Grants, changes: Changes) -> None:
        self._store, self._clock, self._apps, self._grants = store, clock, apps, grants
        self._subscriptions = Shelf(store, "journal-subscription", JournalSubscription)
        self._shelf = Shelf(store, "journal-page", Page)
        self._pages = self._shelf.all()
        self._known: list[JournalSubscription] | None = None
        changes.listen(self._hear)
        grants.listen(self._hear_lifecycle)

    # subscriptions ------------------------------------------------------------------------------------

    def subscriptions(self, app_id: int) -> list[JournalSubscription]:
        return [each for each in self._all() if each.app_id == app_id]

    def subscription(self, app_id: int, subscription_id: int) -> JournalSubscription:
        """:raises HubSpotProblem: 404"""
        found = self._subscriptions.get(_key(subscription_id))
        if found is None or found.app_id != app_id:
            raise not_found(f"Subscription {subscription_id} not found")
        return found

    def save(self, wanted: JournalSubscription) -> JournalSubscription:
        """A new one (with id 0), or the changed one of the same account, type and object type [inf]."""
        now = self._clock.now()
        known = next((each for each in self.subscriptions(wanted.app_id) if each.subject == wanted.subject), None)
        number = known.id if known else self._store.next_number("journal-subscription", 60001001)
        created = known.created_at if known else now
        made = msgspec.structs.replace(wanted, id=number, created_at=created, updated_at=now)
        self._subscriptions.put(_key(number), made)
        self._known = None
        return made

    def remove(self, subscriptions: Sequence[JournalSubscription]) -> None:
        for each in subscriptions:
            self._subscriptions.remove(_key(each.id))
        self._known = None

    def _all(self) -> list[JournalSubscription]:
        if self._known is None:
            self._known = self._subscriptions.all()
        return self._known

    # reading ------------------------------------------------------------------------------------------

    def pages(self, app_id: int, account_id: int = 0) -> list[Page]:
        """Oldest first; with an account only those that say something of it."""
        self._forget_old()
        return [page for page in self._pages if page.app_id == app_id and page.events_of(account_id)]

    def after(self, app_id: int, offset: str, account_id: int = 0) -> list[Page]:
        """The pages after this one.

        :raises HubSpotProblem: 404 for an offset that is unknown or too old [unv]
        """
        here = self.page(app_id, offset)
        return [page for page in self.pages(app_id, account_id) if page.number > here.number]

    def page(self, app_id: int, offset: str) -> Page:
        """:raises HubSpotProblem: 404 for an offset that is unknown or too old [unv]"""
        self._forget_old()
        found = next((page for page in self._pages if (page.app_id, page.offset) == (app_id, offset)), None)
        if found is None:
            raise not_found(f"No journal entry at offset {offset}")
        return found

    def tell(self, page: Page) -> None:
        """Somebody knows of this page now, so it does not change any more."""
        if not page.told:
            self._put(msgspec.structs.replace(page, told=True))

    # hearing ------------------------------------------------------------------------------------------

    def _hear(self, change: Change) -> None:
        for app_id in sorted({each.app_id for each in self._all() if each.hears(change)}):
            if self._may_hear(app_id, change):
                self._write(app_id, event_of(change))

    def _may_hear(self, app_id: int, change: Change) -> bool:
        """Installed there, and allowed to read such records [inf]."""
        app = self._apps.by_id(app_id)
        installed = self._grants.installation(change.account_id, app.client_id) if app else None
        return installed is not None and kind_of(change.kind).read_scope in installed.approved

    def _hear_lifecycle(self, what: Lifecycle, installation: Installation) -> None:
        app = self._apps.get(installation.client_id)
        event_type = INSTALLED if what == "install" else UNINSTALLED
        if app and any(each.event_type_id == event_type for each in self.subscriptions(app.app_id)):
            self._write(app.app_id, self._lifecycle_event(app, event_type, installation.account_id))

    def _lifecycle_event(self, app: App, event_type: str, account_id: int) -> Event:
        """Names as reported [comm]; who did it is not told here."""
        properties: dict[str, Any] = {"hs_app_id": app.app_id, "hs_app_install_level": "PORTAL"}
        return {
            "type": "app_lifecycle_event",
            "action": "APP_INSTALL" if event_type == INSTALLED else "APP_UNINSTALL",
            "portalId": account_id,
            "occurredAt": iso(self._clock.now()),
            "eventTypeId": event_type,
            "properties": properties,
        }

    def _write(self, app_id: int, event: Event) -> None:
        """Into the newest page of the app, as long as nobody knows of it and it is not full."""
        with self._store.transaction():
            newest = next((page for page in reversed(self._pages) if page.app_id == app_id), None)
            if newest is None or newest.told or len(newest.events) >= PAGE:
                number = self._store.next_number("journal-page", 1)
                newest = Page(number, str(uuid.uuid4()), app_id, self._clock.now(), ())
                self._pages.append(newest)
            self._put(msgspec.structs.replace(newest, events=join(newest.events, event)))

    def _put(self, page: Page) -> None:
        self._shelf.put(_key(page.number), page)
        self._pages = [page if each.number == page.number else each for each in self._pages]

    def _forget_old(self) -> None:
        oldest = self._clock.now() - KEPT
        for page in [each for each in self._pages if each.published_at < oldest]:
            self._shelf.remove(_key(page.number))
            self._pages.remove(page)


def _key(number: int) -> str:
    return f"{number:012d}"

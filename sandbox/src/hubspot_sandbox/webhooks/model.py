"""Webhooks: where an app wants to be told, of what, and what there is to tell.

changes ──▶ Webhooks ── event per matching subscription ──▶ Outbox ──▶ Courier (delivery.py) ──▶ the app
               └──────▶ Journal: the same to be fetched (journal.py)
"""

import ipaddress
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from hubspot_sandbox.apps import App, Apps
from hubspot_sandbox.changes import Change, Changes
from hubspot_sandbox.clock import Clock
from hubspot_sandbox.grants import Grants
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.problems import conflict, invalid, not_found
from hubspot_sandbox.store import Shelf, Store
from hubspot_sandbox.webhooks.event_types import EVENT_TYPES, is_about
from hubspot_sandbox.webhooks.events import event_of
from hubspot_sandbox.webhooks.journal import Journal
from hubspot_sandbox.webhooks.outbox import Outbox
from hubspot_sandbox.webhooks.signatures import PlainVersion

MOST_SUBSCRIPTIONS = 1000
LEAST_CONCURRENT = 6
"""Documented: a number greater than five (S47)."""


class Settings(msgspec.Struct, frozen=True):
    """Where an app is told, and by how many requests at once."""

    app_id: int
    target_url: str
    max_concurrent_requests: int
    created_at: datetime
    updated_at: datetime


class Subscription(msgspec.Struct, frozen=True):
    """What an app wants to hear of, in every account where it is installed."""

    id: int
    app_id: int
    event_type: str
    property_name: str
    object_type_id: str
    active: bool
    created_at: datetime
    updated_at: datetime

    def hears(self, change: Change) -> bool:
        """Whether this change is one that it was made for."""
        if not self.active or not is_about(
            self.event_type, self.object_type_id, kind_of(change.kind).type_id, change.what
        ):
            return False
        return change.what != "propertyChange" or self.property_name == change.name


class SignatureSetting(msgspec.Struct, frozen=True):
    plain: PlainVersion = "v1"


class Webhooks:
    """The room of webhook settings and subscriptions of all apps."""

    def __init__(self, store: Store, clock: Clock, apps: Apps, grants: Grants, changes: Changes) -> None:
        self._store, self._clock, self._apps, self._grants = store, clock, apps, grants
        self._settings = Shelf(store, "webhook-settings", Settings)
        self._subscriptions = Shelf(store, "webhook-subscription", Subscription)
        self._signature = Shelf(store, "webhook-signature", SignatureSetting)
        self._known: list[Subscription] | None = None
        self.outbox = Outbox(store, clock)
        self.journal = Journal(store, clock, apps, grants, changes)
        changes.listen(self._hear)

    def app(self, app_id: int) -> App | None:
        return self._apps.by_id(app_id)

    # settings -----------------------------------------------------------------------------------------

    def settings(self, app_id: int) -> Settings | None:
        return self._settings.get(str(app_id))

    def save_settings(self, app_id: int, target_url: str, max_concurrent_requests: int) -> Settings:
        """:raises HubSpotProblem: 400 for a URL or a number that does not do; the texts are [unv]"""
        check_target(target_url)
        if max_concurrent_requests < LEAST_CONCURRENT:
            raise invalid("throttling.maxConcurrentRequests must be greater than 5")
        known, now = self.settings(app_id), self._clock.now()
        made = Settings(app_id, target_url, max_concurrent_requests, known.created_at if known else now, now)
        self._settings.put(str(app_id), made)
        return made

    def remove_settings(self, app_id: int) -> None:
        self._settings.remove(str(app_id))

    @property
    def plain_signature(self) -> PlainVersion:
        """Which of v1 and v2 is sent beside v3."""
        return (self._signature.get("signature") or SignatureSetting()).plain

    def set_plain_signature(self, version: PlainVersion) -> None:
        self._signature.put("signature", SignatureSetting(version))

    # subscriptions ------------------------------------------------------------------------------------

    def subscriptions(self, app_id: int) -> list[Subscription]:
        """Oldest first."""
        return [each for each in self._all() if each.app_id == app_id]

    def subscription(self, app_id: int, subscription_id: int) -> Subscription:
        """:raises HubSpotProblem: 404 when the app has none with this id"""
        found = self._subscriptions.get(_key(subscription_id))
        if found is None or found.app_id != app_id:
            raise not_found(f"Subscription {subscription_id} not found")
        return found

    def subscribe(
        self, app_id: int, event_type: str, property_name: str = "", object_type_id: str = "", *, active: bool = False
    ) -> Subscription:
        """A new subscription, paused unless `active`.

        :raises HubSpotProblem: 400 for an unknown event type, a missing property or object type, or more than 1,000;
            409 for one that is there already [unv]
        """
        known = self.subscriptions(app_id)
        wanted = _checked(event_type, property_name, object_type_id)
        if len(known) >= MOST_SUBSCRIPTIONS:
            raise invalid(f"An app may have at most {MOST_SUBSCRIPTIONS} webhook subscriptions.")
        if any((each.event_type, each.property_name, each.object_type_id) == wanted for each in known):
            raise conflict(f"A subscription to {event_type} exists already")
        now = self._clock.now()
        number = self._store.next_number("webhook-subscription", 2100001)
        return self._put(Subscription(number, app_id, *wanted, active, now, now))

    def activate(self, app_id: int, subscription_id: int, active: bool) -> Subscription:
        """:raises HubSpotProblem: 404"""
        found = self.subscription(app_id, subscription_id)
        return self._put(msgspec.structs.replace(found, active=active, updated_at=self._clock.now()))

    def unsubscribe(self, app_id: int, subscription_id: int) -> None:
        """Nothing happens when there is none [unv]."""
        if any(each.id == subscription_id for each in self.subscriptions(app_id)):
            self._subscriptions.remove(_key(subscription_id))
            self._known = None

    def _put(self, subscription: Subscription) -> Subscription:
        self._subscriptions.put(_key(subscription.id), subscription)
        self._known = None
        return subscription

    def _all(self) -> list[Subscription]:
        """Asked for every change there is, so it is kept in memory."""
        if self._known is None:
            self._known = self._subscriptions.all()
        return self._known

    # hearing ------------------------------------------------------------------------------------------

    def _hear(self, change: Change) -> None:
        """One event per subscription; all events of a change share their id, which is not unique in HubSpot either."""
        hearing = [each for each in self._all() if each.hears(change) and self._may_hear(each.app_id, change)]
        if not hearing:
            return
        with self._store.transaction():
            event_id = self._store.next_number("webhook-event", 400000001)
            for each in hearing:
                event = event_of(
                    change, event_id=event_id, subscription_id=each.id, app_id=each.app_id, event_type=each.event_type
                )
                self.outbox.add(each.app_id, change.account_id, event)

    def _may_hear(self, app_id: int, change: Change) -> bool:
        """Installed there, with somewhere to be told, and allowed to read such records [inf]."""
        app = self.app(app_id)
        installed = self._grants.installation(change.account_id, app.client_id) if app else None
        if installed is None or self.settings(app_id) is None:
            return False
        return kind_of(change.kind).read_scope in installed.approved


def check_target(url: str) -> None:
    """HTTPS, or, which is this sandbox's own allowance for local work, HTTP to this machine.

    :raises HubSpotProblem: 400
    """
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and url.isprintable() and " " not in url and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or not (parts.scheme == "https" or (parts.scheme == "http" and is_local(url))):
        raise invalid("targetUrl must be an https:// URL; this sandbox also takes http://localhost and http://127.0.0.1")


def is_local(url: str) -> bool:
    """Whether the URL names this machine, by `localhost` or a loopback address. Names are not looked up."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _checked(event_type: str, property_name: str, object_type_id: str) -> tuple[str, str, str]:
    """The three without what means nothing for this event type, which is passed over in silence [unv]."""
    if event_type not in EVENT_TYPES:
        raise invalid(f"eventType {event_type!r} is not one of {', '.join(sorted(EVENT_TYPES))}")
    of_property, of_object = event_type.endswith(".propertyChange"), event_type.startswith("object.")
    if of_property and not property_name:
        raise invalid(f"propertyName is required for {event_type}")
    if of_object and not object_type_id:
        raise invalid(f"objectTypeId is required for {event_type}")
    return event_type, property_name if of_property else "", object_type_id if of_object else ""


def _key(subscription_id: int) -> str:
    return f"{subscription_id:012d}"

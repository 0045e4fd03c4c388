"""What an app says of its calling: the widget, where recordings are, its channel connection (facts 5.2, spec).

Each is written first with a whole value; before that there is nothing to read or change.
"""

from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from hubspot_sandbox.clock import Clock
from hubspot_sandbox.problems import invalid, not_found
from hubspot_sandbox.store import Shelf, Store


class Widget(msgspec.Struct, frozen=True, rename="camel"):
    """The calling widget of an app; `width` and `height` in pixels. What is not said is the default [inf]."""

    name: str
    url: str
    width: int = 400
    height: int = 600
    is_ready: bool = False
    supports_custom_objects: bool = False
    supports_inbound_calling: bool = False
    uses_remote: bool = False
    uses_calling_window: bool = True


class Recording(msgspec.Struct, frozen=True, rename="camel"):
    """Where HubSpot asks for an authenticated URL; `%s` stands for the call's `hs_call_external_id` (S50)."""

    url_to_retrieve_authed_recording: str


class Channel(msgspec.Struct, frozen=True, rename="camel"):
    """Where the help desk asks for a user's phone numbers (S51)."""

    url: str
    is_ready: bool = False


T = TypeVar("T", Widget, Recording, Channel)


class Kept(msgspec.Struct, Generic[T], frozen=True):
    """A value with its times."""

    value: T
    created_at: datetime
    updated_at: datetime


class Room(Generic[T]):
    """One kind of settings, one value for each app."""

    def __init__(self, clock: Clock, kind: str, shelf: Shelf[Kept[T]]) -> None:
        self._clock, self._kind = clock, kind
        self._shelf: Shelf[Kept[T]] = shelf

    def find(self, app_id: int) -> Kept[T] | None:
        return self._shelf.get(str(app_id))

    def get(self, app_id: int) -> Kept[T]:
        """:raises HubSpotProblem: 404 before the first write; the text is [unv]"""
        found = self.find(app_id)
        if found is None:
            raise not_found(f"No calling {self._kind} settings for app {app_id}")
        return found

    def save(self, app_id: int, value: T) -> Kept[T]:
        """Over what was there, if anything [unv].

        :raises HubSpotProblem: 400
        """
        _check(value)
        now, known = self._clock.now(), self._shelf.get(str(app_id))
        kept: Kept[T] = Kept(value, known.created_at if known else now, now)
        self._shelf.put(str(app_id), kept)
        return kept

    def remove(self, app_id: int) -> None:
        self._shelf.remove(str(app_id))


class Calling:
    """The rooms of calling settings."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.widgets = Room(clock, "widget", Shelf(store, "calling-widget", Kept[Widget]))
        self.recordings = Room(clock, "recording", Shelf(store, "calling-recording", Kept[Recording]))
        self.channels = Room(clock, "channel connection", Shelf(store, "calling-channel", Kept[Channel]))


def _check(value: Widget | Recording | Channel) -> None:
    """:raises HubSpotProblem: 400; the texts are [unv]"""
    url = value.url_to_retrieve_authed_recording if isinstance(value, Recording) else value.url
    if not url.startswith(("https://", "http://")):
        raise invalid("The url must be a valid URL")
    if isinstance(value, Recording) and "%s" not in url:
        raise invalid("urlToRetrieveAuthedRecording must contain %s")
    if isinstance(value, Widget) and not value.name.strip():
        raise invalid("name must not be empty")
    if isinstance(value, Widget) and (value.width < 1 or value.height < 1):
        raise invalid("width and height must be positive")

"""Requests to HubSpot as values, and its answers deciphered. Pure; `client` does the sending.

Paths and bodies: https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct

from offhook.errors import HubSpotNotFound, HubSpotUnavailable
from offhook.hubspot import refusals
from offhook.hubspot.rate import LaneKey, Urgency

API_VERSION = "2026-09"
# User provisioning was published under 2026-09 as beta only when we looked; 2026-03 is supported until September 2027.
USERS_API_VERSION = "2026-03"

OBJECTS = f"/crm/objects/{API_VERSION}"
OWNERS = f"/crm/owners/{API_VERSION}"
ACCOUNT = f"/account-info/{API_VERSION}/details"
USERS = f"/settings/users/{USERS_API_VERSION}"

Value = TypeVar("Value")


class Request(Struct, Generic[Value], frozen=True):
    """One request and how to read a good answer to it. `path` has its query; `json` is None when there is no body."""

    method: str
    path: str
    read: Callable[[bytes], Value]
    json: Mapping[str, Any] | None = None
    lane: LaneKey = LaneKey.GENERAL
    urgency: Urgency = Urgency.NOW

    @property
    def content(self) -> bytes | None:
        return None if self.json is None else msgspec.json.encode(self.json)


class Link(Struct, frozen=True):
    """An associated record."""

    id: str


class Links(Struct, frozen=True):
    results: tuple[Link, ...] = ()


class Record(Struct, frozen=True):
    """Any CRM record. All values are texts; `associations` is there only when it was asked for."""

    id: str
    properties: dict[str, str | None] = {}
    associations: dict[str, Links] = {}

    def value(self, name: str) -> str | None:
        """A property, stripped; None when it is missing or empty, which HubSpot does not tell apart."""
        return (self.properties.get(name) or "").strip() or None


class Records(Struct, frozen=True):
    """The answer of a search or a batch read."""

    results: tuple[Record, ...] = ()


class _Next(Struct, frozen=True):
    after: str | None = None


class Paging(Struct, frozen=True):
    """Where the next page begins; nowhere at the end."""

    next: _Next = _Next()


_read_record = msgspec.json.Decoder(Record).decode
read_records = msgspec.json.Decoder(Records).decode


def decipher(request: Request[Value], status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Value:
    """The value that was asked for. Header names are in lower case.

    Raises:
        GrantBroken: HubSpot does not accept the token (which may only have grown old).
        HubSpotError, ContactExists: whatever else HubSpot refused with, see `refusals`.
        HubSpotUnavailable: also when the answer cannot be read, as that of a proxy in between.
    """
    if not 200 <= status < 300:
        raise refusals.error_for(refusals.read(status, headers, body), now)
    try:
        return request.read(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise HubSpotUnavailable("HubSpot's answer cannot be read.") from error


# Requests that are alike for every kind of record.


def record_path(kind: str, record_id: str) -> str:
    """Ids are digits; anything else would lead to another address.

    Raises:
        HubSpotNotFound: no record has such an id.
    """
    if not (record_id.isascii() and record_id.isdigit() and len(record_id) <= 20):
        raise HubSpotNotFound("That is no id of a HubSpot record.")
    return f"{OBJECTS}/{kind}/{record_id}"


def with_query(path: str, **query: str) -> str:
    return f"{path}?{urlencode(query, quote_via=quote)}" if query else path


def search(
    kind: str,
    properties: tuple[str, ...],
    *,
    groups: tuple[tuple[dict[str, str], ...], ...] = (),
    text: str = "",
    limit: int,
    urgency: Urgency = Urgency.NOW,
) -> Request[Records]:
    """Records that fit any of the groups of filters (at most five) and the text.

    New and changed records take moments to appear: https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
    """
    body: dict[str, Any] = {"properties": properties, "limit": limit}
    if groups:
        body["filterGroups"] = [{"filters": group} for group in groups]
    if text:
        body["query"] = text
    return Request("POST", f"{OBJECTS}/{kind}/search", read_records, body, LaneKey.SEARCH, urgency)


def where(name: str, operator: str, value: str) -> dict[str, str]:
    """A filter of a search."""
    return {"propertyName": name, "operator": operator, "value": value}


def one_record(
    method: str, path: str, json: Mapping[str, Any] | None = None, urgency: Urgency = Urgency.NOW
) -> Request[Record]:
    return Request(method, path, _read_record, json, urgency=urgency)


def batch_read(
    kind: str, ids: list[str], properties: tuple[str, ...], urgency: Urgency = Urgency.NOW
) -> Request[Records]:
    """Records by id, at most 100; ids that do not exist are left out of the answer."""
    body = {"properties": properties, "inputs": [{"id": each} for each in ids]}
    return Request("POST", f"{OBJECTS}/{kind}/batch/read", read_records, body, urgency=urgency)


def nothing(body: bytes) -> None:
    """Reads an answer in which nothing matters but that it is a good one."""

"""All contacts of an account, page by page, and those that changed since. Pure.

The list counts against the general limit and has no end but its own; the search, which alone knows times, counts against
the five a second that callers are looked up with. So everything is listed, and only what changed is searched for. Neither
shows archived contacts, and nothing tells when a contact was archived or merged into another: the next list lacks it.

https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
"""

from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from offhook.hubspot.contacts import MOST, PROPERTIES, Contact, contact_of
from offhook.hubspot.rate import LaneKey, Urgency
from offhook.hubspot.wire import OBJECTS, Paging, Record, Request, with_query

# HubSpot's largest page of a list.
PAGE = 100
# No search goes further than this many records.
FARTHEST = 10_000

CHANGED = "lastmodifieddate"
_START = datetime.fromtimestamp(0, UTC)


class ContactPage(Struct, frozen=True):
    """Some contacts. `after`: where the next begin, None at the end. `newest`: when the last of them was changed, by
    HubSpot's clock; `total`: how many there are in all; both are known of a search only."""

    contacts: tuple[Contact, ...]
    after: str | None
    newest: datetime | None = None
    total: int | None = None


class _Body(Struct):
    results: tuple[Record, ...] = ()
    paging: Paging = Paging()
    total: int | None = None


def listed(after: str | None = None) -> Request[ContactPage]:
    """A page of the list of all contacts."""
    query = {"limit": str(PAGE), "properties": ",".join(PROPERTIES)} | ({"after": after} if after else {})
    return Request("GET", with_query(f"{OBJECTS}/contacts", **query), _page, urgency=Urgency.SPARE)


def changed_since(since: datetime | None, after: str | None = None) -> Request[ContactPage]:
    """Contacts that were changed at this moment or later, those first that were changed first."""
    milliseconds = str(round((since or _START).timestamp() * 1000))
    changed = {"propertyName": CHANGED, "operator": "GTE", "value": milliseconds}
    return _search([{"filters": [changed]}], "ASCENDING", MOST, after)


def last_changed() -> Request[ContactPage]:
    """The contact that was changed last, and how many there are."""
    return _search([], "DESCENDING", 1, None)


def _search(groups: list[object], direction: str, limit: int, after: str | None) -> Request[ContactPage]:
    body = {
        "filterGroups": groups,
        "sorts": [{"propertyName": CHANGED, "direction": direction}],
        "properties": [*PROPERTIES, CHANGED],
        "limit": limit,
        **({"after": after} if after else {}),
    }
    return Request("POST", f"{OBJECTS}/contacts/search", _page, body, LaneKey.SEARCH, Urgency.SPARE)


def _page(body: bytes) -> ContactPage:
    given = msgspec.json.decode(body, type=_Body, strict=False)
    times = [at for each in given.results if (at := _time(each.value(CHANGED)))]
    after = given.paging.next.after
    contacts = tuple(contact_of(each) for each in given.results)
    return ContactPage(contacts, after, max(times, default=None), given.total)


def _time(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)

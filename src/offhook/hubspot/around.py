"""What stands around a contact: company, deals, tickets. Pure.

https://developers.hubspot.com/docs/api-reference/latest/crm/objects/deals/guide
https://developers.hubspot.com/docs/api-reference/latest/crm/objects/tickets/guide
"""

from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from typing import Literal

from msgspec import Struct

from offhook.hubspot.wire import Record, Records, Request, batch_read, one_record, record_path, with_query

Kind = Literal["companies", "deals", "tickets"]
KINDS: tuple[Kind, ...] = ("companies", "deals", "tickets")

# Object type ids in the addresses of HubSpot's pages.
_TYPES: dict[Kind, str] = {"companies": "0-2", "deals": "0-3", "tickets": "0-5"}
_PROPERTIES: dict[Kind, tuple[str, ...]] = {
    "companies": ("name", "domain"),
    "deals": ("dealname", "amount", "deal_currency_code", "closedate", "hs_is_closed", "hs_is_closed_won"),
    "tickets": ("subject", "hs_ticket_priority", "createdate", "closed_date"),
}
# Of each kind; nobody reads more while somebody talks.
MOST = 20


class Neighbour(Struct, frozen=True):
    """A company, deal or ticket. `detail` is one short line; `open` is None where HubSpot does not say."""

    id: str
    name: str
    detail: str
    url: str
    open: bool | None = None


def contact_with(contact_id: str, kinds: Collection[Kind]) -> Request[Record]:
    """The contact's owner and the ids of what is tied to it. Raises HubSpotNotFound."""
    query = {"properties": "hubspot_owner_id"} | ({"associations": ",".join(sorted(kinds))} if kinds else {})
    return one_record("GET", with_query(record_path("contacts", contact_id), **query))


def ids_of(contact: Record, kind: Kind) -> list[str]:
    """Each once, at most `MOST`."""
    links = contact.associations.get(kind)
    return list(dict.fromkeys(link.id for link in links.results))[:MOST] if links else []


def read(kind: Kind, ids: list[str]) -> Request[Records]:
    return batch_read(kind, ids, _PROPERTIES[kind])


def neighbours(kind: Kind, records: Records, app_url: str, account_id: int) -> tuple[Neighbour, ...]:
    """What is open first, then by name."""
    found = [_neighbour(kind, each, f"{app_url}/contacts/{account_id}/record/{_TYPES[kind]}") for each in records.results]
    return tuple(sorted(found, key=lambda each: (each.open is False, each.name.casefold(), each.id)))


def _neighbour(kind: Kind, record: Record, base: str) -> Neighbour:
    name, detail = _WORDS[kind](record)
    return Neighbour(record.id, name, detail, f"{base}/{record.id}", _open(kind, record))


def _open(kind: Kind, record: Record) -> bool | None:
    if kind == "tickets":
        return record.value("closed_date") is None
    closed = record.value("hs_is_closed")
    return None if closed is None else closed != "true"


def _company(record: Record) -> tuple[str, str]:
    return record.value("name") or record.value("domain") or f"Company {record.id}", record.value("domain") or ""


def _deal(record: Record) -> tuple[str, str]:
    outcome = {("true", "true"): "won", ("true", "false"): "lost", ("true", None): "closed"}
    state = outcome.get((record.value("hs_is_closed") or "", record.value("hs_is_closed_won")), "")
    closes = (record.value("closedate") or "")[:10]
    parts = (_amount(record), state or (f"closes {closes}" if closes else ""))
    return record.value("dealname") or f"Deal {record.id}", ", ".join(filter(None, parts))


def _amount(record: Record) -> str:
    """`1,200.00 USD`, without a currency where HubSpot names none."""
    try:
        amount = Decimal(record.value("amount") or "")
    except InvalidOperation:
        return ""
    shown = f"{amount:,.2f}" if amount.is_finite() else ""
    return f"{shown} {record.value('deal_currency_code') or ''}".strip() if shown else ""


def _ticket(record: Record) -> tuple[str, str]:
    priority = (record.value("hs_ticket_priority") or "").capitalize()
    since = (record.value("createdate") or "")[:10]
    parts = (f"{priority} priority" if priority else "", f"since {since}" if since else "")
    return record.value("subject") or f"Ticket {record.id}", ", ".join(filter(None, parts))


_WORDS = {"companies": _company, "deals": _deal, "tickets": _ticket}

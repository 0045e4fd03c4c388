"""An inbound call that an app tells of when it is over: who it may have been, and the engagement (facts 5.2, spec)."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from hubspot_sandbox.access import Access
from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.kind import Kind
from hubspot_sandbox.objects.model import create, reach
from hubspot_sandbox.objects.wire import ObjectInput, Scalar
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body
from hubspot_sandbox.record import Record
from hubspot_sandbox.search import Filter, FilterGroup, Search
from hubspot_sandbox.sight import Sight

NUMBERS = ("hs_searchable_calculated_phone_number", "hs_searchable_calculated_mobile_number")
MOST = 100


class Number(msgspec.Struct, frozen=True, rename="camel"):
    e164_number: str = msgspec.field(name="e164Number")
    extension: str | None = None
    phone_number_type: str | None = None


class InboundCall(msgspec.Struct, frozen=True, rename="camel"):
    """`durationSeconds` in seconds, `callStartedTimestamp` in milliseconds since 1970 [inf]."""

    from_number: Number
    to_number: Number
    external_call_id: str
    final_call_status: str
    create_engagement: bool = False
    engagement_properties: dict[str, Scalar] = {}
    potential_recipient_user_ids: tuple[int, ...] = ()
    user_id: int | None = None
    duration_seconds: int | None = None
    call_started_timestamp: int | None = None


def take(portal: Portal, access: Access, given: InboundCall) -> list[Body]:
    """Log the call when wanted, tied to all who match [inf]; the matches.

    :raises HubSpotProblem: 400 for properties a call may not have
    """
    number = given.from_number.e164_number
    matches = list(matching(portal, access.account_id, number, lambda kind: reach(portal, access, kind, "view")))
    if given.create_engagement:
        with portal.store.transaction():
            made = create(portal, access, "calls", ObjectInput(properties=_properties(portal, access, given)))
            for each in matches:
                portal.associate(access.account_id, "calls", made.id, each.kind, each.id)
    return [match_json(access.account_id, each) for each in matches]


def matching(portal: Portal, account_id: int, number: str, sight_of: Callable[[Kind], Sight]) -> Iterator[Record]:
    """Contacts by their calculated numbers, companies by the number as written, as far as the caller sees [inf]."""
    from hubspot_sandbox.phones import calculate  # loads a large library, which a start can do without

    calculated = calculate(number)
    if not calculated.searchable:
        return
    groups = tuple(FilterGroup((Filter(name, "EQ", calculated.searchable),)) for name in NUMBERS)
    written = Filter("phone", "IN", values=tuple({number, calculated.international or number}))
    for kind, wanted in (("contacts", groups), ("companies", (FilterGroup((written,)),))):
        search = Search(filter_groups=wanted, limit=MOST)
        sight = sight_of(kind_of(kind))
        yield from portal.records.search(account_id, kind, search, delayed=False, sight=sight).records


def _properties(portal: Portal, access: Access, given: InboundCall) -> dict[str, Scalar]:
    """What HubSpot knows from the rest of the body, under what the app says itself [inf]."""
    started = given.call_started_timestamp
    owners = (each for each in portal.people.members(access.account_id) if each.user_id == given.user_id)
    owner = next(owners, None)
    known: dict[str, Any] = {
        "hs_timestamp": iso(portal.clock.now()) if started is None else str(started),
        "hs_call_direction": "INBOUND",
        "hs_call_status": given.final_call_status,
        "hs_call_from_number": given.from_number.e164_number,
        "hs_call_to_number": given.to_number.e164_number,
        "hs_call_external_id": given.external_call_id,
        "hs_call_app_id": str(access.app_id) if access.app_id else None,
        "hubspot_owner_id": str(owner.owner_id) if owner else None,
        "hs_call_duration": None if given.duration_seconds is None else str(given.duration_seconds * 1000),
    }
    return {name: value for name, value in known.items() if value is not None} | given.engagement_properties


def match_json(account_id: int, record: Record) -> Body:
    """As the SDK types a caller id match; that this endpoint answers the same is [inf]."""
    kind = kind_of(record.kind)
    where = {"portalId": account_id, "objectTypeId": kind.type_id, "objectId": int(record.id)}
    if record.kind == "companies":
        return {"callerIdType": "COMPANY", "objectCoordinates": where, "name": record.get("name")}
    names = {"firstName": record.get("firstname"), "lastName": record.get("lastname"), "email": record.get("email")}
    return {"callerIdType": "CONTACT", "objectCoordinates": where, **names}

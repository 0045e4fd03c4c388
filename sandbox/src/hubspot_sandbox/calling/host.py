"""What HubSpot does for a calling widget on a person's page: offers it, finds callers, logs through her session.

The messages are the SDK's (S13); that an engagement is written as the person, and not with the app's token, is [comm].
Which properties HubSpot derives, and how much of a person's rights it asks for, is [inf].
"""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import msgspec

from hubspot_sandbox.apps import App
from hubspot_sandbox.calling.inbound import matching
from hubspot_sandbox.calling.model import Calling, Widget
from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.kind import Kind
from hubspot_sandbox.people import Membership
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import invalid, not_found
from hubspot_sandbox.record import Record, by_hand
from hubspot_sandbox.sight import Sight

STATUS_OF_END = {"REJECTED": "CANCELED", "MISSED": "NO_ANSWER"}
"""End states of the SDK that are no `hs_call_status` of a logged call [inf]."""


class Provider(msgspec.Struct, frozen=True, rename="camel"):
    """A widget that a person may choose; `origin` is where its frame may come from."""

    app_id: int
    name: str
    url: str
    origin: str
    width: int
    height: int
    uses_calling_window: bool


class Told(msgspec.Struct, frozen=True, rename="camel"):
    """A call that a widget tells of: `INCOMING_CALL` or `OUTGOING_CALL_STARTED`."""

    app_id: int
    direction: str
    external_call_id: str
    from_number: str = ""
    to_number: str = ""
    started_at: str = ""


def providers(portal: Portal, account_id: int) -> list[Provider]:
    """The widgets of installed apps that say they are ready. A developer project must permit its frame too [comm] S17."""
    calling = Calling(portal.store, portal.clock)
    installed = (portal.apps.get(each.client_id) for each in portal.grants.installations(account_id))
    apps = sorted(filter(None, installed), key=lambda app: app.name)
    kept = ((app, calling.widgets.find(app.app_id)) for app in apps)
    return [_provider(app, each.value) for app, each in kept if each and _usable(app, each.value)]


def origin_of(url: str) -> str:
    """`https://phone.example:8443` of a URL; empty for what has no host that a policy could name."""
    parts = urlsplit(url)
    plain = parts.netloc.isascii() and not set(parts.netloc) & set("@;, '\"\\")
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc and plain else ""


def _usable(app: App, widget: Widget) -> bool:
    origin = origin_of(widget.url)
    permitted = not app.uid or origin in {origin_of(each) for each in app.permitted_urls.iframe}
    return widget.is_ready and bool(origin) and permitted


def _provider(app: App, widget: Widget) -> Provider:
    return Provider(
        app.app_id,
        widget.name,
        widget.url,
        origin_of(widget.url),
        widget.width,
        widget.height,
        widget.uses_calling_window,
    )


def callers(portal: Portal, account_id: int, number: str, sight_of: Callable[[Kind], Sight]) -> list[Record]:
    """Who may be calling from this number, as far as the person sees."""
    return list(matching(portal, account_id, number, sight_of))


def engage(portal: Portal, member: Membership, told: Told, subjects: list[Record]) -> Record:
    """Log the call as hers, tied to the record she called from or to all who match, and to their companies.

    :raises HubSpotProblem: 400
    """
    account_id, source = member.account_id, by_hand(member.user_id)
    with portal.store.transaction():
        made = portal.records.create(account_id, "calls", _values(portal, member, told), source)
        companies = {each.get("associatedcompanyid") for each in subjects if each.kind == "contacts"}
        tied = {(each.kind, each.id) for each in subjects} | {("companies", each) for each in companies if each}
        for kind, record_id in sorted(tied):
            portal.associate(account_id, "calls", made.id, kind, record_id)
    return made


def _values(portal: Portal, member: Membership, told: Told) -> dict[str, str]:
    values = {
        "hs_timestamp": told.started_at or iso(portal.clock.now()),
        "hs_call_direction": told.direction,
        "hs_call_status": "RINGING",
        "hs_call_from_number": told.from_number,
        "hs_call_to_number": told.to_number,
        "hs_call_external_id": told.external_call_id,
        "hs_call_app_id": str(told.app_id or ""),
        "hs_call_source": "INTEGRATIONS_PLATFORM",
        "hubspot_owner_id": str(member.owner_id),
    }
    return {name: value for name, value in values.items() if value}


def change(portal: Portal, member: Membership, call_id: str, values: Mapping[str, str]) -> Record:
    """What the widget says of a call that is hers.

    :raises HubSpotProblem: 400, 404 also for a colleague's call
    """
    found = portal.record(member.account_id, "calls", call_id)
    if found is None or found.get("hubspot_owner_id") != str(member.owner_id):
        raise not_found()
    if any(not name.startswith(("hs_", "hubspot_owner_id")) for name in values):
        raise invalid("engagementProperties may only hold properties of a call")
    return portal.records.update(member.account_id, "calls", call_id, values, source=by_hand(member.user_id))

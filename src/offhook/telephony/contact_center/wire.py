"""Frames of the event stream into what they say, deliveries into call events, and refusals. Pure.

Sources: https://developer.8x8.com/actions-events/docs/streaming/ (message-format, field-reference, troubleshooting), and
the OpenAPI files of https://github.com/8x8Cloud/public-developer-docs (docs_oas/actions-events).
"""

import base64
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from offhook import errors
from offhook.calls.events import CallEvent, Direction, EndReason, LegEvent, kept_text
from offhook.calls.phone_number import with_lost_plus
from offhook.telephony.contact_center.words import DIRECTIONS, EVENTS, HUNG_UP, INITIATORS, REJECTED
from offhook.telephony.phone_system import Reading

Json = dict[str, Any]
# A transaction code: list and item. 8x8 takes six; of what it tells, as many are looked at.
CODE, MOST_CODES = re.compile(r"[0-9]{1,12}\|[0-9]{1,12}"), 6


class Frame(Struct, frozen=True):
    """One message. `told`: 8x8's event; `control`: about the stream itself, and not to be acknowledged."""

    id: str = ""
    told: Json = msgspec.field(default_factory=lambda: {"event": "(unreadable)"})
    published: str = ""
    control: bool = False


class Delivery(Struct, frozen=True):
    """What one frame means, and 8x8's own words. No events: Offhook does not know the kind."""

    events: tuple[CallEvent, ...]
    told: Json


def frame(message: str | bytes) -> Frame:
    """Read a frame; never raises."""
    said = object_of(message)
    if said.get("type") or said.get("endOfTopic"):
        return Frame(control=True)
    found = Frame(text(said, "messageId"), published=text(said, "publishTime"))
    try:
        envelope = object_of(base64.b64decode(str(said.get("payload", ""))))
    except ValueError:
        return found
    # The envelope is {kind: event}; agents' status changes are named by it only.
    events = [{"event": kind, **event} for kind, event in envelope.items() if isinstance(event, dict)]
    return msgspec.structs.replace(found, told=events[0]) if events else found


def object_of(text: str | bytes) -> Json:
    """Empty when it is none."""
    try:
        return msgspec.json.decode(text, type=Json)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {}


def text(told: Json, name: str) -> str:
    """A field as text: 8x8 writes numbers and booleans as either."""
    value = told.get(name)
    if isinstance(value, bool):
        return str(value).lower()
    return kept_text(str(value)) if isinstance(value, str | int) else ""


def kind(told: Json) -> type[LegEvent] | None:
    """What an event means to a leg, if anything."""
    name = text(told, "event")
    spellings = (f"{name} {text(told, 'callState')}", f"{name} {text(told, 'status')}", name)
    return next((EVENTS[each] for each in spellings if each in EVENTS), None)


def moment(told: Json, published: str) -> datetime | None:
    """When it happened. `eventTS` comes last: 8x8 fills it from when the call came into the queue."""
    ways: tuple[Callable[[], datetime], ...] = (
        lambda: datetime.fromtimestamp(told["msgInfo"]["timestamp"] / 1000, UTC),
        lambda: datetime.fromtimestamp(told["interactionEventTS"], UTC),
        lambda: datetime.fromisoformat(published).astimezone(UTC),
        lambda: datetime.fromtimestamp(told["eventTS"], UTC),
    )
    for way in ways:
        with suppress(KeyError, TypeError, ValueError, OverflowError, OSError):
            return way()
    return None


def direction(told: Json) -> Direction | None:
    """Not every event says it; `inboundChannelid` is a number for inbound and “N/A” for outbound calls."""
    said, channel = text(told, "direction") or text(attached(told), "queueDirection"), text(told, "inboundChannelid")
    if said in DIRECTIONS:
        return DIRECTIONS[said]
    if text(told, "isOutboundCall") == "true" or channel == "N/A":
        return Direction.OUTBOUND
    return Direction.INBOUND if channel.isdecimal() else None


def attached(told: Json) -> Json:
    rows = held.get("attachedDatum") if isinstance(held := told.get("attachedData"), dict) else None
    pairs = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return {str(row.get("attachedDataKey")): row.get("attachedDataValue") for row in pairs}


def number(told: Json, region: str) -> str:
    """The customer's. As a JSON number it has lost its `+`."""
    said = attached(told)
    bare = text(said, "remotePhoneNum") or text(said, "phoneNum") or text(said, "pho")
    return with_lost_plus(bare, region)


def name(told: Json) -> str:
    """The customer's, or nothing: 8x8 also writes the number there; of an outbound call `callingName` may be ours."""
    said, ours = attached(told), direction(told) is Direction.OUTBOUND
    found = text(said, "remoteCallingName") or ("" if ours else text(said, "callingName"))
    return "" if found.lstrip("+").isdecimal() else found


def reason(told: Json) -> EndReason:
    """Why it ended, as far as this event knows: wrap-up (PostProcess, Deassigned) knows nothing."""
    if text(told, "event") == "InteractionRejected":
        return REJECTED.get(text(told, "rejectReason"), EndReason.UNKNOWN)
    by = INITIATORS.get(text(told, "hangupInitiator"), EndReason.UNKNOWN)
    return HUNG_UP.get(text(told, "callHangupReason"), by)


def codes(told: Json) -> tuple[str, ...]:
    """The transaction codes that were chosen, each `list|item`; where 8x8 writes them is documented, when is not."""
    said = text(attached(told), "tclSelectedItems").split(",")[:MOST_CODES]
    return tuple(each.strip() for each in said if CODE.fullmatch(each.strip()))


def selections(chosen: Sequence[str]) -> Json:
    """Transaction codes as they are set: by list."""
    lists: dict[int, list[Json]] = {}
    for each in chosen:
        list_, _, item = each.partition("|")
        lists.setdefault(int(list_), []).append({"id": int(item)})
    return {"selections": [{"id": list_, "codes": items} for list_, items in lists.items()]}


def read(body: bytes) -> Reading:
    """Translate a delivery; what is not understood comes back as unrecognised."""
    try:
        delivery = msgspec.json.decode(body, type=Delivery)
    except (ValueError, RecursionError):
        return Reading(unrecognised="A delivery of 8x8 Contact Center cannot be read.")
    named = text(delivery.told, "event")[:50]
    unknown = f"8x8 Contact Center sent an event {named!r} that Offhook does not know."
    return Reading(delivery.events, None if delivery.events else unknown)


_LOGIN = "Compare OFFHOOK_CONTACT_CENTER_TENANT and _TOKEN with Configuration Manager > Integration > API Token."
_ENABLE = "Ask 8x8 Support to enable it: the Call API and the Agent Status API for your tenant."
_KEY = "Whoever runs Offhook compares OFFHOOK_CONTACT_CENTER_STREAM_KEY with 8x8's Admin Console."
_TENANT = "Compare OFFHOOK_CONTACT_CENTER_TENANT and the region of the stream, or ask 8x8 Support for access."


def refusal(status: int, reasons: object) -> errors.OffhookError:
    """What an answer means. A 429 is not documented [unverified]."""
    if status == 401:
        return errors.PhoneSystemLoginRejected("8x8 does not accept the tenant with its token.", remedy=_LOGIN)
    if status == 403:
        return errors.PhoneSystemRightMissing("8x8 does not let Offhook do this for your tenant.", remedy=_ENABLE)
    if status in (400, 404, 410):
        why = kept_text("; ".join(map(str, reasons))) if isinstance(reasons, list) else ""
        known = {404: "it knows no such agent or call", 410: "this call has ended"}.get(status)
        return errors.WrongState(f"8x8 did not take this request: {known or why or 'it gave no reason'}.")
    busy = "8x8 asks Offhook to slow down" if status == 429 else "8x8 does not answer as it should"
    return errors.PhoneSystemUnavailable(f"{busy} (HTTP {status}).")


def stream_refusal(status: int) -> errors.OffhookError:
    """401 and 403 are documented; that a wrong tenant gets a 404 is not [unverified]."""
    if status == 401:
        return errors.PhoneSystemKeyRejected("8x8 does not accept the key of the event stream.", remedy=_KEY)
    if status in (403, 404):
        says = "8x8 does not let this key read the events of this tenant."
        return errors.PhoneSystemRightMissing(says, remedy=_TENANT)
    return errors.PhoneSystemUnavailable(f"8x8 does not open the event stream just now (HTTP {status}).")

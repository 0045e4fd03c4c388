"""What 8x8's own panel says about a call while it happens, as our panel relays it; and recordings. Pure.

Events: https://developer.8x8.com/tech-partner/docs/partner-sdk-maestro-sdk-events. They carry no id of the call, so our
panel gives each call one. 8x8 raises `offered` on a manual search, too, which cannot be told apart; nothing follows then,
and our panel takes it back (`LOST`), as it does when its frame was closed in the middle of a call.

Relayed: {"call": an id of ours, "age_ms": how long ago it was heard, "event": {"eventType", "status", "data"} of 8x8}
Kept:    {"type": "panel", "call", "line", "at": unix ms, "event"}
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from offhook.calls.events import (
    CallEvent,
    CallStarted,
    Direction,
    EndReason,
    LegAlerting,
    LegAnswered,
    LegEnded,
    RecordingReady,
    kept_text,
)
from offhook.calls.phone_number import with_lost_plus
from offhook.calls.sighting import Sighting
from offhook.errors import MalformedDelivery
from offhook.telephony.eight_by_eight import records
from offhook.telephony.eight_by_eight.wire import API, content_path, recording_name
from offhook.telephony.phone_system import Reading

SOURCE, OF_RECORDING = "panel", "recording"
OFFERED = "mashell-voice-phone-offered-uc-event-v1"
ACCEPTED = "mashell-voice-phone-accepted-uc-event-v1"
TERMINATED = "mashell-voice-phone-terminated-uc-event-v1"
# Our panel's own word, with the data of the last event of the call.
LOST = "offhook-call-lost"
# What is kept by a browser that was closed over a weekend is still told.
OLDEST = timedelta(days=7)


def relayed(line: str, said: bytes, now: datetime) -> tuple[str, bytes]:
    """Key and body of a delivery. The time is the service's, less the age: clocks of computers are often wrong.

    Raises:
        MalformedDelivery: an id, an age or the event is missing.
    """
    try:
        told = msgspec.json.decode(said, type=dict[str, Any])
        call, age, event = told["call"], timedelta(milliseconds=float(told.get("age_ms", 0))), told["event"]
        kind = event["eventType"]
        if not (isinstance(call, str) and 0 < len(call) <= 100 and isinstance(kind, str)):
            raise ValueError("no id")
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise MalformedDelivery("This is not what 8x8's panel says of a call.") from error
    at = now - min(max(age, timedelta()), OLDEST)
    body = {"type": "panel", "call": call, "line": line, "at": round(at.timestamp() * 1000), "event": event}
    return f"panel:{line}:{call}:{kind[:100]}", msgspec.json.encode(body)


def read_panel(said: dict[str, Any], region: str) -> Reading:
    """What the panel relayed. Raises KeyError, TypeError, ValueError, OverflowError, AttributeError: it did not."""
    kind, data = said["event"]["eventType"], said["event"]["data"]
    call, line, at = kept_text(said["call"], 100), kept_text(said["line"], 64), moment(said["at"])
    direction, began = Direction(data["direction"]), moment(data["startTime"])
    number = with_lost_plus(kept_text(data["searchContext"]), region)
    # Their word → ours. 8x8 says neither who hung up nor why, and nothing of hold or mute.
    told: CallEvent
    if kind == OFFERED:
        told = LegAlerting(call, line, began, line)
    elif kind == ACCEPTED:
        told = LegAnswered(call, line, max(at, began), line)
    elif kind == TERMINATED:
        told = LegEnded(call, line, moment(data["endTime"]), line, EndReason.UNKNOWN)
    elif kind == LOST:
        told = LegEnded(call, line, max(at, began), line, EndReason.UNKNOWN)
    else:
        return Reading(unrecognised=f"Offhook does not know what 8x8's “{kept_text(kind, 80)}” means.")
    ended = told.at if isinstance(told, LegEnded) else None
    seen = Sighting(SOURCE, call, line, records.e164(number, region), direction, began, ended)
    return Reading((CallStarted(call, began, direction, number), told), seen=(seen,), withdrawn=kind == LOST)


def read_recording(said: dict[str, Any], region: str) -> Reading:
    """A recording in 8x8's storage. Its tags say of which call, and enough to find it when that id is another.

    https://developer.8x8.com/analytics/docs/cloud-storage-service-objects. That `callId` is that of the records is
    [unverified]; in the samples it has the same form. Raises as `read_panel`.
    """
    row = said["object"]
    tags = tags_of(row)
    call, direction = kept_text(tags["callId"], 200), records.DIRECTIONS[tags["direction"].lower()]
    began, ended = moment(tags["startTime"]), moment(tags["endTime"])
    url = f"{API}{content_path(row['region'], row['id'])}"
    if recording_name(url) is None:
        raise ValueError("Not the address of a recording.")
    number = records.e164(with_lost_plus(kept_text(tags["address"]), region), region)
    line = kept_text(tags["extensionNumber"], 64)
    by_id = Sighting(records.SOURCE, call, "", number, direction, began)
    by_time = Sighting(OF_RECORDING, kept_text(row["id"], 200), line, number, direction, began, ended)
    return Reading((RecordingReady(call, ended, url),), seen=(by_id, by_time))


def tags_of(row: dict[str, Any]) -> dict[str, str]:
    """What an object in the storage says of itself; fields that are not of the documented shape are left out."""
    tags = row.get("tags")
    each = [tag for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []
    return {str(tag.get("key")): tag["value"] for tag in each if isinstance(tag.get("value"), str)}


def moment(value: Any) -> datetime:
    """Milliseconds of unix time, which 8x8 writes as a number here and as a text there. Raises ValueError: it is none."""
    at = datetime.fromtimestamp(int(value) / 1000, UTC)
    if not 2000 <= at.year < 2100:
        raise ValueError("not a time in this century")
    return at

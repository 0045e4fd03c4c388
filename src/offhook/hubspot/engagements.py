"""Calls on the timeline: what we intend to write, and HubSpot's form of it. Pure.

https://developers.hubspot.com/docs/api-reference/latest/crm/activities/calls/guide
"""

import html
import re
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from offhook.calls.call import EndedHow
from offhook.calls.events import Direction
from offhook.hubspot.rate import Urgency
from offhook.hubspot.wire import (
    OBJECTS,
    Record,
    Records,
    Request,
    batch_read,
    nothing,
    one_record,
    record_path,
    search,
    where,
    with_query,
)

# The dispositions of every HubSpot account: our key → what people read.
OUTCOMES = {
    "connected": "Connected",
    "left-voicemail": "Left voicemail",
    "left-live-message": "Left live message",
    "no-answer": "No answer",
    "busy": "Busy",
    "wrong-number": "Wrong number",
}
_DISPOSITIONS = {
    "busy": "9d9162e7-6cf3-4944-bf63-4dff82258764",
    "connected": "f240bbac-87c9-4f6e-bf70-924b57d47db7",
    "left-live-message": "a4c4c377-d246-4b32-a13b-75a56a4cd0ff",
    "left-voicemail": "b2cf5968-551e-4856-9783-52b3da59a7d0",
    "no-answer": "73a0d17f-1163-4015-bdd5-ec830791da20",
    "wrong-number": "17b47fee-58de-441e-a44c-c6300d46f273",
}
# What was answered elsewhere or passed on was a conversation, though not this agent's.
_STATUSES = {
    EndedHow.COMPLETED: "COMPLETED",
    EndedHow.MISSED: "MISSED",
    EndedHow.DECLINED: "NO_ANSWER",
    EndedHow.NO_ANSWER: "NO_ANSWER",
    EndedHow.BUSY: "BUSY",
    EndedHow.CANCELED: "CANCELED",
    EndedHow.FAILED: "FAILED",
    EndedHow.ELSEWHERE: "COMPLETED",
    EndedHow.TRANSFERRED: "COMPLETED",
}
_DIRECTIONS = {Direction.INBOUND: "INBOUND", Direction.OUTBOUND: "OUTBOUND"}

# https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide
CALL_TO_CONTACT = 194
CALL_TO_COMPANY = 182

# HubSpot's limit for the body of an engagement, of HTML. [unverified]
MOST_BODY = 65_536
CUT = "<br><br>[These notes are longer than HubSpot can hold. All of them are kept in Offhook.]"
GAP = "<br><br>"
# Of a contact's calls, those that are looked at for one that may have been logged: HubSpot's largest batch.
MOST_CALLS = 100


class AskedOf(Struct, frozen=True):
    """Whom HubSpot asks where the recording is, each time: the app by its id, with the account in which the call is.

    https://developers.hubspot.com/docs/api-reference/latest/crm/extensions/calling-extensions/recordings-and-transcriptions
    """

    app_id: str
    account_id: int


class CallLogEntry(Struct, frozen=True):
    """What the timeline shall say of one call. `external_id` is ours and the same in every try.

    Numbers are written as they are; `notes` is plain text; `outcome` is a key of `OUTCOMES`; `codes` are words of the
    phone system's own, for which HubSpot has no property: they stand below the notes.
    """

    external_id: str
    direction: Direction
    ended_how: EndedHow
    started_at: datetime
    duration: timedelta
    from_number: str
    to_number: str
    title: str
    outcome: str | None = None
    notes: str = ""
    codes: tuple[str, ...] = ()
    owner_id: str | None = None
    contact_id: str | None = None
    company_id: str | None = None
    recording_url: str | None = None
    recording_asked_of: AskedOf | None = None


# What HubSpot is asked.


def creation(entry: CallLogEntry) -> Request[Record]:
    body = {"properties": properties(entry), "associations": _associations(entry)}
    return one_record("POST", f"{OBJECTS}/calls", body, urgency=Urgency.LATER)


def amendment(engagement_id: str, entry: CallLogEntry) -> Request[Record]:
    """Notes that are gone here are gone there too; the rest is only ever added or replaced."""
    body = {"properties": {"hs_call_body": "", **properties(entry)}}
    return one_record("PATCH", record_path("calls", engagement_id), body, urgency=Urgency.LATER)


def associate(engagement_id: str, kind: str, record_id: str) -> Request[None]:
    """Tie the call to a record, `kind` contacts or companies; harmless when it is tied already."""
    path = f"{record_path('calls', engagement_id)}/associations/default/{_end(kind, record_id)}"
    return Request("PUT", path, nothing, urgency=Urgency.LATER)


def dissociate(engagement_id: str, kind: str, record_id: str) -> Request[None]:
    path = f"{record_path('calls', engagement_id)}/associations/{_end(kind, record_id)}"
    return Request("DELETE", path, nothing, urgency=Urgency.LATER)


def _end(kind: str, record_id: str) -> str:
    return record_path(kind, record_id).removeprefix(f"{OBJECTS}/")


def removal(engagement_id: str) -> Request[None]:
    """Archived, it is on nobody's timeline any more; an administrator can restore it."""
    return Request("DELETE", record_path("calls", engagement_id), nothing, urgency=Urgency.LATER)


def found_by_external_id(external_id: str) -> Request[Records]:
    """Sees a call only some moments after it was created."""
    group = (where("hs_call_external_id", "EQ", external_id),)
    return search("calls", ("hs_call_external_id",), groups=(group,), limit=2, urgency=Urgency.LATER)


def calls_of_contact(contact_id: str) -> Request[Record]:
    """The contact with the ids of its calls. Not through search: this one sees what was made a moment ago."""
    path = with_query(record_path("contacts", contact_id), properties="hs_object_id", associations="calls")
    return one_record("GET", path, urgency=Urgency.LATER)


def external_ids(contact: Record) -> Request[Records] | None:
    """Ask for the external ids of the contact's latest calls; None when it has no calls."""
    ids = {link.id for links in contact.associations.values() for link in links.results if link.id.isdigit()}
    latest = sorted(ids, key=int, reverse=True)[:MOST_CALLS]
    return batch_read("calls", latest, ("hs_call_external_id",), Urgency.LATER) if latest else None


def engagement_among(records: Records, external_id: str) -> str | None:
    """The engagement of this call; the oldest, should there be two."""
    ids = [record.id for record in records.results if record.value("hs_call_external_id") == external_id]
    return min(ids, key=int, default=None)


def properties(entry: CallLogEntry) -> dict[str, str]:
    """HubSpot's properties. What we do not know is left out, so that nothing is cleared that a person entered."""
    given = {
        "hs_timestamp": _time(entry.started_at),
        "hs_call_title": entry.title,
        "hs_call_body": _body(entry),
        "hs_call_direction": _DIRECTIONS[entry.direction],
        "hs_call_status": _STATUSES[entry.ended_how],
        "hs_call_disposition": _DISPOSITIONS.get(entry.outcome or ""),
        "hs_call_duration": str(max(entry.duration // timedelta(milliseconds=1), 0)),
        "hs_call_from_number": entry.from_number,
        "hs_call_to_number": entry.to_number,
        "hs_call_external_id": entry.external_id,
        "hs_call_recording_url": _https(entry.recording_url),
        "hubspot_owner_id": entry.owner_id,
    }
    asked = _asked(entry.recording_asked_of) if entry.recording_asked_of else {}
    return {name: value for name, value in (given | asked).items() if value}


def _asked(of: AskedOf) -> dict[str, str | None]:
    """With the external id, all that HubSpot needs in order to ask."""
    return {
        "hs_call_source": "INTEGRATIONS_PLATFORM",
        "hs_call_app_id": of.app_id,
        "hs_call_external_account_id": str(of.account_id),
    }


def _associations(entry: CallLogEntry) -> list[dict[str, Any]]:
    ends = ((entry.contact_id, CALL_TO_CONTACT), (entry.company_id, CALL_TO_COMPANY))
    return [
        {
            "to": {"id": record_id},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}],
        }
        for record_id, type_id in ends
        if record_id
    ]


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _https(url: str | None) -> str | None:
    """HubSpot refuses the whole call over a recording that is not https."""
    try:
        return url if url and urlsplit(url).scheme == "https" and urlsplit(url).hostname else None
    except ValueError:
        return None


# Notes.


# Characters that no text has: controls but tab and line feed, and halves of surrogate pairs.
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _body(entry: CallLogEntry) -> str:
    if not entry.codes:
        return notes_as_html(entry.notes)
    below = notes_as_html(f"Wrap-up codes: {', '.join(entry.codes)}")
    notes = notes_as_html(entry.notes, MOST_BODY - len(below) - len(GAP))
    return GAP.join(each for each in (notes, below) if each)


def notes_as_html(notes: str, most: int = MOST_BODY) -> str:
    """Plain text as harmless HTML, cut with a sentence that says so where HubSpot's limit demands it."""
    text = _NO_TEXT.sub("", notes.replace("\r\n", "\n").replace("\r", "\n"))
    whole = _as_html(text)
    return whole if len(whole) <= most else _cut(text, most - len(CUT)) + CUT


def _as_html(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _cut(text: str, room: int) -> str:
    """As many whole characters as fit; one may take six (`&quot;`)."""
    lengths = accumulate(len(_as_html(char)) for char in text[:room])
    return _as_html(text[: sum(length <= room for length in lengths)])

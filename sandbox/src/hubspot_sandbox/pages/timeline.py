"""How a call looks on a record's timeline."""

import msgspec
from markupsafe import Markup

from hubspot_sandbox.calling.recordings import question
from hubspot_sandbox.calls.model import DISPOSITIONS
from hubspot_sandbox.objects.values import number
from hubspot_sandbox.pages.names import owner_names
from hubspot_sandbox.pages.notes import harmless
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.record import Record

MOST_SHOWN = 100
LONG_NOTES = 1500
DIRECTIONS = {"INBOUND": "Inbound", "OUTBOUND": "Outbound"}


class CallShown(msgspec.Struct, frozen=True):
    """A call in words."""

    id: str
    title: str
    direction: str
    outcome: str
    status: str
    duration: str
    from_number: str
    to_number: str
    at: str
    owner: str
    source: str
    notes: Markup
    notes_are_long: bool
    recording: str
    voicemail: bool


def calls_shown(portal: Portal, account_id: int, calls: list[Record]) -> list[CallShown]:
    """The newest calls, at most a hundred."""
    owners = owner_names(portal, account_id)
    shown = calls[:MOST_SHOWN]
    return [
        _shown(each, owners.get(each.get("hubspot_owner_id"), ""), _recording(portal, account_id, each)) for each in shown
    ]


def _recording(portal: Portal, account_id: int, call: Record) -> str:
    """Where the player finds it: with us, when the call's app has to be asked first; else as the call says."""
    if question(portal, call):
        return f"/contacts/{account_id}/recording/{call.id}"
    url = call.get("hs_call_recording_url")
    return url if url.startswith("https://") else ""


def _shown(call: Record, owner: str, recording: str) -> CallShown:
    direction = DIRECTIONS.get(call.get("hs_call_direction"), "")
    outcome = call.get("hs_call_disposition")
    notes = call.get("hs_call_body")
    return CallShown(
        id=call.id,
        title=call.get("hs_call_title") or f"{direction} call".strip().capitalize(),
        direction=direction,
        outcome=DISPOSITIONS.get(outcome, outcome),
        status=call.get("hs_call_status").replace("_", " ").capitalize(),
        duration=minutes(call.get("hs_call_duration")),
        from_number=call.get("hs_call_from_number"),
        to_number=call.get("hs_call_to_number"),
        at=call.get("hs_timestamp"),
        owner=owner,
        source=call.get("hs_object_source_label"),
        notes=harmless(notes),
        notes_are_long=len(notes) > LONG_NOTES,
        recording=recording,
        voicemail=call.get("hs_call_has_voicemail") == "true",
    )


def minutes(milliseconds: str) -> str:
    """`65000` is `1:05`, an hour more is `1:00:00`; no duration is nothing.

    >>> minutes("65000")
    '1:05'
    """
    value = number(milliseconds)
    if value is None or value < 0:
        return ""
    hours, rest = divmod(int(value) // 1000, 3600)
    if hours:
        return f"{hours}:{rest // 60:02}:{rest % 60:02}"
    return f"{rest // 60}:{rest % 60:02}"


class EntryShown(msgspec.Struct, frozen=True):
    """A note or a task in words."""

    id: str
    kind: str
    title: str
    at: str
    owner: str
    status: str
    notes: Markup


def entries_shown(portal: Portal, account_id: int, record: Record) -> list[EntryShown]:
    """The notes and tasks of a record, newest first, at most a hundred."""
    owners = owner_names(portal, account_id)
    found = [each for kind in ("notes", "tasks") for each in portal.related(account_id, record.kind, record.id, kind)]
    newest = sorted(found, key=lambda each: each.get("hs_timestamp"), reverse=True)
    return [_entry(each, owners.get(each.get("hubspot_owner_id"), "")) for each in newest[:MOST_SHOWN]]


def _entry(record: Record, owner: str) -> EntryShown:
    note = record.kind == "notes"
    return EntryShown(
        id=record.id,
        kind=record.kind,
        title="Note" if note else record.get("hs_task_subject") or "Task",
        at=record.get("hs_timestamp"),
        owner=owner,
        status="" if note else record.get("hs_task_status").replace("_", " ").capitalize(),
        notes=harmless(record.get("hs_note_body" if note else "hs_task_body")),
    )

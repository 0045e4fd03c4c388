"""Calls (0-48): what an engagement must hold (facts 3.4, S43)."""

from collections.abc import Mapping

from hubspot_sandbox.objects.activity import activity
from hubspot_sandbox.objects.kind import Property, read_only, select, strings
from hubspot_sandbox.problems import property_invalid

GROUP = "call"
DIRECTIONS = ("INBOUND", "OUTBOUND")
STATUSES = (
    "BUSY",
    "CALLING_CRM_USER",
    "CANCELED",
    "COMPLETED",
    "CONNECTING",
    "FAILED",
    "IN_PROGRESS",
    "NO_ANSWER",
    "QUEUED",
    "RINGING",
    "HOLD",
    "MISSED",
    "UNKNOWN",
)
DISPOSITIONS = {
    "9d9162e7-6cf3-4944-bf63-4dff82258764": "Busy",
    "f240bbac-87c9-4f6e-bf70-924b57d47db7": "Connected",
    "a4c4c377-d246-4b32-a13b-75a56a4cd0ff": "Left live message",
    "b2cf5968-551e-4856-9783-52b3da59a7d0": "Left voicemail",
    "73a0d17f-1163-4015-bdd5-ec830791da20": "No answer",
    "17b47fee-58de-441e-a44c-c6300d46f273": "Wrong number",
}


def _same(values: tuple[str, ...]) -> dict[str, str]:
    return {value: value for value in values}


def _check(values: Mapping[str, str]) -> None:
    """The values being written. A wrong enumeration value is caught with the property's options."""
    url = values.get("hs_call_recording_url", "")
    if url and not url.startswith("https://"):
        raise property_invalid("INVALID_URL", "hs_call_recording_url", "Recording URL must use HTTPS")
    source = values.get("hs_call_source", "")
    if source and source != "INTEGRATIONS_PLATFORM":
        raise property_invalid("INVALID_OPTION", "hs_call_source", f"{source} was not INTEGRATIONS_PLATFORM")


CALLS = activity(
    "call",
    "0-48",
    strings(
        GROUP,
        hs_call_title="Call Title",
        hs_call_body="Call notes",
        hs_call_from_number="From Number",
        hs_call_to_number="To Number",
        hs_call_recording_url="Recording URL",
        hs_call_callee_object_id="Callee object id",
        hs_call_callee_object_type="Callee object type",
        hs_call_callee_object_type_id="Callee object type id",
        hs_call_source="Call Source",
        hs_call_app_id="Call App ID",
        hs_call_external_account_id="External Account ID",
        hs_activity_type="Call and meeting type",
        hs_attachment_ids="Attached file IDs",
    ),
    [
        select(GROUP, "hs_call_direction", "Call direction", _same(DIRECTIONS)),
        select(GROUP, "hs_call_status", "Call status", _same(STATUSES)),
        select(GROUP, "hs_call_disposition", "Call outcome", DISPOSITIONS),
        Property("hs_call_duration", "Call duration", "number", "number", GROUP),
        Property("hs_call_has_voicemail", "Has Voicemail", "bool", "booleancheckbox", GROUP),
        Property("hs_call_external_id", "External ID", group_name=GROUP, indexed=True),
    ],
    read_only(GROUP, "number", hs_call_recording_duration="Recording Duration"),
    read_only(GROUP, "string", hs_call_summary="Call summary", hs_call_has_transcript="Has Transcript"),
    first_id=60500001,
    body="hs_call_body",
    searched=("hs_call_title",),
    check=_check,
)

"""Calls (0-48): what an engagement must hold (facts 3.4, S43)."""

import html
import re
from collections.abc import Mapping

from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.kind import Kind, Option, Property, Values, by_name, read_only, strings
from hubspot_sandbox.objects.values import timestamp
from hubspot_sandbox.problems import invalid, property_invalid

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


def _select(name: str, label: str, values: Mapping[str, str]) -> Property:
    options = tuple(Option(shown, value) for value, shown in values.items())
    return Property(name, label, "enumeration", "select", GROUP, options)


def _same(values: tuple[str, ...]) -> dict[str, str]:
    return {value: value for value in values}


_PROPERTIES = by_name(
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
        Property("hs_timestamp", "Activity date", "datetime", "date", GROUP),
        _select("hs_call_direction", "Call direction", _same(DIRECTIONS)),
        _select("hs_call_status", "Call status", _same(STATUSES)),
        _select("hs_call_disposition", "Call outcome", DISPOSITIONS),
        Property("hs_call_duration", "Call duration", "number", "number", GROUP),
        Property("hs_call_has_voicemail", "Has Voicemail", "bool", "booleancheckbox", GROUP),
        Property("hs_call_external_id", "External ID", group_name=GROUP, indexed=True),
        Property("hubspot_owner_id", "Activity assigned to", "enumeration", "select", GROUP),
    ],
    read_only(GROUP, "number", hs_object_id="Record ID", hs_call_recording_duration="Recording Duration"),
    read_only(GROUP, "datetime", hs_createdate="Create date", hs_lastmodifieddate="Last modified date"),
    read_only(
        GROUP,
        "string",
        hs_body_preview="Body preview",
        hs_call_summary="Call summary",
        hs_call_has_transcript="Has Transcript",
        hs_object_source="Record creation source",
        hs_object_source_id="Record creation source ID",
        hs_object_source_label="Record source",
    ),
)


def _check(values: Mapping[str, str], creating: bool) -> None:
    """The values being written. A wrong enumeration value is caught with the property's options."""
    if creating and not values.get("hs_timestamp"):
        raise invalid(
            "Some required properties were not set.",
            [
                {
                    "message": "hs_timestamp is required",
                    "code": "REQUIRED_FIELD",
                    "context": {"properties": ["hs_timestamp"]},
                }
            ],
            properties=["hs_timestamp"],
        )
    url = values.get("hs_call_recording_url", "")
    if url and not url.startswith("https://"):
        raise property_invalid("INVALID_URL", "hs_call_recording_url", "Recording URL must use HTTPS")
    source = values.get("hs_call_source", "")
    if source and source != "INTEGRATIONS_PLATFORM":
        raise property_invalid("INVALID_OPTION", "hs_call_source", f"{source} was not INTEGRATIONS_PLATFORM")


def _derive(values: Values) -> Values:
    """`hs_timestamp` becomes ISO; `hs_body_preview` is the notes without their HTML tags."""
    preview = html.unescape(re.sub(r"<[^>]*>", " ", values.get("hs_call_body", ""))).strip()
    moment = timestamp(values.get("hs_timestamp", ""))
    found = values | {"hs_body_preview": preview} | ({"hs_timestamp": iso(moment)} if moment else {})
    return {name: value for name, value in found.items() if value}


CALLS = Kind(
    name="calls",
    type_id="0-48",
    noun="call",
    right="contacts",
    properties=_PROPERTIES,
    default_properties=("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
    searched=("hs_call_title", "hs_body_preview"),
    read_scope="crm.objects.contacts.read",
    write_scope="crm.objects.contacts.write",
    created="hs_createdate",
    modified="hs_lastmodifieddate",
    first_id=60500001,
    check=_check,
    derive=_derive,
)

"""Notes (0-46): a text on the timelines of the records it is tied to. Scopes as for calls (facts 2.1)."""

from collections.abc import Mapping

from hubspot_sandbox.objects.html_text import plain
from hubspot_sandbox.objects.kind import Kind, Property, Values, by_name, owner, read_only, stamps, strings
from hubspot_sandbox.problems import required_missing

GROUP = "note"
_PROPERTIES = by_name(
    strings(GROUP, hs_note_body="Note body", hs_attachment_ids="Attached file IDs"),
    [
        Property("hs_timestamp", "Activity date", "datetime", "date", GROUP),
        owner(GROUP, "Activity assigned to"),
    ],
    stamps(GROUP),
    read_only(GROUP, "datetime", hs_createdate="Create date", hs_lastmodifieddate="Last modified date"),
    read_only(
        GROUP,
        "string",
        hs_body_preview="Body preview",
    ),
)


def _check(values: Mapping[str, str], creating: bool) -> None:
    if creating and not values.get("hs_timestamp"):
        raise required_missing("hs_timestamp")


def _derive(values: Values) -> Values:
    preview = plain(values.get("hs_note_body", ""))
    return {name: value for name, value in {**values, "hs_body_preview": preview}.items() if value}


NOTES = Kind(
    name="notes",
    type_id="0-46",
    noun="note",
    right="contacts",
    properties=_PROPERTIES,
    default_properties=("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
    searched=("hs_body_preview",),
    read_scope="crm.objects.contacts.read",
    write_scope="crm.objects.contacts.write",
    created="hs_createdate",
    modified="hs_lastmodifieddate",
    first_id=70500001,
    check=_check,
    derive=_derive,
)

"""Notes (0-46): a text on the timelines of the records it is tied to."""

from hubspot_sandbox.objects.activity import activity
from hubspot_sandbox.objects.kind import strings

NOTES = activity(
    "note",
    "0-46",
    strings("note", hs_note_body="Note body", hs_attachment_ids="Attached file IDs"),
    first_id=70500001,
    body="hs_note_body",
)

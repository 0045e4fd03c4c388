"""Wrap-up: what the agent adds to a call. Notes are kept while she types; saving adds the outcome."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from offhook.errors import TooLarge

# HubSpot's own limit for the body of an engagement is 65,536 characters, of HTML. [unverified]
# What is longer is kept whole by us and cut for HubSpot with a sentence that says so.
MAX_NOTES = 200_000


class WrapUp(Struct, frozen=True):
    """`outcome` is the phone-independent id of a disposition, `contact` the record that the agent chose.

    A call that was passed on is wrapped up by each agent who talked: `saved_by` are those who have done so.
    """

    notes: str = ""
    outcome: str | None = None
    contact: str | None = None
    saved_at: datetime | None = None
    saved_by: tuple[str, ...] = ()


def noted(wrap_up: WrapUp, notes: str) -> WrapUp:
    """Keep a draft of the notes.

    Raises:
        TooLarge: more than `MAX_NOTES` characters.
    """
    if len(notes) > MAX_NOTES:
        raise TooLarge(f"Notes can hold {MAX_NOTES:,} characters; these are {len(notes):,}.")
    return replace(wrap_up, notes=notes)


def saved(wrap_up: WrapUp, notes: str, outcome: str | None, contact: str | None, at: datetime, by: str) -> WrapUp:
    """Finish the wrap-up for one agent; may be done again, the last one counts."""
    given = {"outcome": outcome, "contact": contact or wrap_up.contact, "saved_at": at}
    return replace(noted(wrap_up, notes), **given, saved_by=tuple(sorted({*wrap_up.saved_by, by})))

"""What the desktop remembers of a call beside the call itself: who it is, and how far its log is."""

from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from offhook.calls.phone_number import Unreadable
from offhook.calls.store import KeptCall
from offhook.desktop.who import ASKING, Answer, Reason, Who


class LogState(StrEnum):
    """not-yet ──▶ waiting ⇄ (tried) ──▶ logged;  waiting ──▶ failed;  off: never to be logged."""

    NOT_YET = "not-yet"
    WAITING = "waiting"
    LOGGED = "logged"
    FAILED = "failed"
    OFF = "off"


class Log(Struct, frozen=True):
    """The call log entry's way into HubSpot.

    `attempted` is kept before HubSpot is asked to make the engagement: when the answer is lost, the next try looks first
    for what the last one may have made, with `contact_id`. `url` leads to the record whose timeline holds it. `by` says
    whose grant it was written with, when that was not the agent's own.
    """

    state: LogState = LogState.NOT_YET
    reason: Reason | None = None
    url: str | None = None
    next_try_at: datetime | None = None
    engagement_id: str | None = None
    contact_id: str | None = None
    attempted: bool = False
    by: str | None = None


NO_NUMBER_KNOWN = Log(
    LogState.WAITING,
    Reason("no-number", "The caller's number is not known.", "Choose the contact, and the call is logged."),
)
INTERNAL = Log(LogState.OFF, Reason("internal-call", "Calls between colleagues are not logged."))
BY_HAND = Log(
    LogState.OFF,
    Reason("by-hand", "Your calls are logged only when you ask for it.", "Press Log it to put this one on the timeline."),
)
NO_CALL = Log(LogState.OFF, Reason("no-call", "Only a number was shown; the phone system told of no call with it."))
# Lines are shorter than any number outside; a local number without its area code is longer.
LONGEST_LINE = 6


def unasked(text: str, number: Unreadable) -> Log:
    """What becomes of the log of a call with a number that nobody can be asked about."""
    digits = sum(each.isdigit() for each in text)
    return INTERNAL if number.why == "internal" and digits <= LONGEST_LINE else NO_NUMBER_KNOWN


class Desk(Struct, frozen=True):
    who: Who = ASKING
    log: Log = Log()


_read = msgspec.json.Decoder(Desk).decode
_write = msgspec.json.Encoder().encode


def desk_of(kept: KeptCall) -> Desk:
    return _read(kept.desk)


def with_desk(kept: KeptCall, desk: Desk) -> KeptCall:
    return replace(kept, desk=_write(desk).decode())


def with_log(kept: KeptCall, log: Log) -> KeptCall:
    return with_desk(kept, replace(desk_of(kept), log=log))


def chosen_contact(kept: KeptCall) -> str | None:
    """The contact that the call belongs to: the agent's choice, else where it is logged, else the only match."""
    desk = desk_of(kept)
    if kept.wrap_up.contact or desk.log.engagement_id:
        return kept.wrap_up.contact or desk.log.contact_id
    asking = desk.who.answer is Answer.ASKING  # what is known meanwhile may not be so any more
    return desk.who.contacts[0].id if len(desk.who.contacts) == 1 and not asking else None

"""What happened on a call: past tense, normalised, never refused.

A phone system's own words are translated into these by its `read` table. `at` is the phone system's clock, in UTC.
"""

import re
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

# PostgreSQL keeps no NUL, and UTF-8 no lone surrogate.
_NOT_KEPT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def kept_text(text: str, longest: int = 250) -> str:
    """A number, a name or an id as a phone system wrote it, fit to be kept anywhere: without control characters, cut."""
    return _NOT_KEPT.sub("", text[:longest]).strip()


class Direction(StrEnum):
    """Seen from the agent."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class EndReason(StrEnum):
    """Why a leg ended."""

    HUNG_UP = "hung-up"
    CANCELED = "canceled"  # the caller gave up before an answer
    DECLINED = "declined"
    NO_ANSWER = "no-answer"
    BUSY = "busy"
    ELSEWHERE = "elsewhere"  # answered on another line
    TRANSFERRED = "transferred"
    FAILED = "failed"
    UNKNOWN = "unknown"


class CallStarted(Struct, frozen=True, tag="call-started"):
    """A call exists. `customer` is the other side's number as the phone system wrote it; empty when withheld."""

    call: str
    at: datetime
    direction: Direction
    customer: str
    customer_name: str = ""


class LegAlerting(Struct, frozen=True, tag="leg-alerting"):
    """An agent's line rings (inbound) or the customer's does (outbound, on the agent's leg)."""

    call: str
    leg: str
    at: datetime
    line: str


class LegAnswered(Struct, frozen=True, tag="leg-answered"):
    call: str
    leg: str
    at: datetime
    line: str


class LegHeld(Struct, frozen=True, tag="leg-held"):
    call: str
    leg: str
    at: datetime
    line: str


class LegResumed(Struct, frozen=True, tag="leg-resumed"):
    call: str
    leg: str
    at: datetime
    line: str


class LegMuted(Struct, frozen=True, tag="leg-muted"):
    """The agent's microphone was switched off (`muted`) or on."""

    call: str
    leg: str
    at: datetime
    line: str
    muted: bool


class LegEnded(Struct, frozen=True, tag="leg-ended"):
    call: str
    leg: str
    at: datetime
    line: str
    reason: EndReason


class RecordingReady(Struct, frozen=True, tag="recording-ready"):
    """A recording can be fetched; HubSpot takes only `https` addresses."""

    call: str
    at: datetime
    url: str


class CodesChosen(Struct, frozen=True, tag="codes-chosen"):
    """What became of the call, in the phone system's own list; words for people. It is told anew as a whole."""

    call: str
    at: datetime
    codes: tuple[str, ...]


LegEvent = LegAlerting | LegAnswered | LegHeld | LegResumed | LegMuted | LegEnded
CallEvent = CallStarted | LegEvent | RecordingReady | CodesChosen

"""Their words → ours. Words are compared in lower case, with dashes, and without `call-` or `leg-` before them."""

import re
from enum import StrEnum

from msgspec import Struct

from offhook.calls.events import Direction, EndReason


class Kind(StrEnum):
    STARTED = "call-started"
    ALERTING = "leg-alerting"
    ANSWERED = "leg-answered"
    HELD = "leg-held"
    RESUMED = "leg-resumed"
    MUTED = "leg-muted"
    ENDED = "leg-ended"
    RECORDING = "recording-ready"


class Meaning(Struct, frozen=True):
    """What a type says. The rest is assumed unless the event says otherwise."""

    kind: Kind
    direction: Direction | None = None
    reason: EndReason = EndReason.UNKNOWN
    muted: bool = True


def _table(rows: dict[str, Meaning]) -> dict[str, Meaning]:
    return {word: meaning for words, meaning in rows.items() for word in words.split()}


TYPES = _table(
    {
        "started start created new initiated": Meaning(Kind.STARTED),
        "alerting ringing ring rings offered offering": Meaning(Kind.ALERTING),
        "incoming inbound": Meaning(Kind.ALERTING, Direction.INBOUND),
        "dialing dialling dial outgoing outbound calling": Meaning(Kind.ALERTING, Direction.OUTBOUND),
        "answered answer accepted connected connect established bridged talking picked-up in-progress": Meaning(
            Kind.ANSWERED
        ),
        "held hold on-hold holding": Meaning(Kind.HELD),
        "resumed resume unhold unheld off-hold retrieved": Meaning(Kind.RESUMED),
        "muted mute": Meaning(Kind.MUTED),
        "unmuted unmute": Meaning(Kind.MUTED, muted=False),
        "ended end hangup hang-up hung-up disconnected terminated completed finished released": Meaning(Kind.ENDED),
        "missed no-answer unanswered timeout time-out": Meaning(Kind.ENDED, reason=EndReason.NO_ANSWER),
        "declined rejected refused": Meaning(Kind.ENDED, reason=EndReason.DECLINED),
        "canceled cancelled abandoned": Meaning(Kind.ENDED, reason=EndReason.CANCELED),
        "busy": Meaning(Kind.ENDED, reason=EndReason.BUSY),
        "failed": Meaning(Kind.ENDED, reason=EndReason.FAILED),
        "transferred": Meaning(Kind.ENDED, reason=EndReason.TRANSFERRED),
        "answered-elsewhere elsewhere": Meaning(Kind.ENDED, reason=EndReason.ELSEWHERE),
        "recording-ready recording-available recording-completed recorded recording": Meaning(Kind.RECORDING),
    }
)

# With the codes of Q.850 (16, 17 …, as Asterisk and FreeSWITCH write them) and of SIP (486, 603 …).
# https://www.itu.int/rec/T-REC-Q.850 · https://www.rfc-editor.org/rfc/rfc3261#section-21
REASONS: dict[str, EndReason] = {
    word: reason
    for words, reason in {
        "hung-up hangup hang-up normal normal-clearing completed bye 16": EndReason.HUNG_UP,
        "canceled cancelled cancel abandoned caller-left originator-cancel 487": EndReason.CANCELED,
        "declined decline rejected refused 21 603": EndReason.DECLINED,
        "no-answer no-user-response unanswered missed timeout time-out 18 19 408 480": EndReason.NO_ANSWER,
        "busy user-busy 17 486 600": EndReason.BUSY,
        "elsewhere answered-elsewhere completed-elsewhere lose-race 26": EndReason.ELSEWHERE,
        "transferred transfer blind-transfer attended-transfer": EndReason.TRANSFERRED,
        "failed failure error congestion unallocated-number 1 34 38 404 500 503": EndReason.FAILED,
    }.items()
    for word in words.split()
}

# None: the two ends are lines, so who called is read from `from` and `line`.
DIRECTIONS: dict[str, Direction | None] = {
    "inbound": Direction.INBOUND,
    "incoming": Direction.INBOUND,
    "in": Direction.INBOUND,
    "outbound": Direction.OUTBOUND,
    "outgoing": Direction.OUTBOUND,
    "out": Direction.OUTBOUND,
    "internal": None,
    "local": None,
}


def plain(word: str) -> str:
    """`Call.Ringing`, `call_ringing` and `callRinging` are all `ringing`."""
    dashed = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", word)
    return re.sub(r"[^a-z0-9]+", "-", dashed.lower()).strip("-").removeprefix("call-").removeprefix("leg-")

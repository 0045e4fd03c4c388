"""The softphone's words → ours (docs/reference/panel-api.md, *What a softphone says*)."""

from collections.abc import Callable, Mapping
from datetime import datetime

from offhook.calls import events as ours
from offhook.calls.events import EndReason, LegEvent

# Call, leg, time, line, reason.
Made = Callable[[str, str, datetime, str, EndReason], LegEvent]

WHAT: Mapping[str, Made] = {
    "calling": lambda call, leg, at, line, _: ours.LegAlerting(call, leg, at, line),
    "ringing": lambda call, leg, at, line, _: ours.LegAlerting(call, leg, at, line),
    "answered": lambda call, leg, at, line, _: ours.LegAnswered(call, leg, at, line),
    "held": lambda call, leg, at, line, _: ours.LegHeld(call, leg, at, line),
    "resumed": lambda call, leg, at, line, _: ours.LegResumed(call, leg, at, line),
    "muted": lambda call, leg, at, line, _: ours.LegMuted(call, leg, at, line, True),
    "unmuted": lambda call, leg, at, line, _: ours.LegMuted(call, leg, at, line, False),
    "ended": ours.LegEnded,
}

REASONS: Mapping[str, EndReason] = {
    "hung-up": EndReason.HUNG_UP,
    "canceled": EndReason.CANCELED,
    "declined": EndReason.DECLINED,
    "busy": EndReason.BUSY,
    "no-answer": EndReason.NO_ANSWER,
    "elsewhere": EndReason.ELSEWHERE,
    "transferred": EndReason.TRANSFERRED,
    "failed": EndReason.FAILED,
}

"""A call and its legs: what is known so far, and what follows from it.

What is known only ever grows (see `follow`), so every state below is derived and none is stored:

    leg     alerting ──▶ connected ⇄ held ──▶ ended
               └───────────────────────────▶ ended (unanswered, declined, elsewhere)

    call    ringing | dialing ──▶ connected ⇄ held ──▶ ended
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from offhook.calls.events import Direction, EndReason


class LegState(StrEnum):
    ALERTING = "alerting"
    CONNECTED = "connected"
    HELD = "held"
    ENDED = "ended"


class CallState(StrEnum):
    RINGING = "ringing"
    DIALING = "dialing"
    CONNECTED = "connected"
    HELD = "held"
    ENDED = "ended"


class EndedHow(StrEnum):
    """How a call went, for the agent and for the timeline."""

    COMPLETED = "completed"
    MISSED = "missed"
    DECLINED = "declined"
    NO_ANSWER = "no-answer"
    BUSY = "busy"
    CANCELED = "canceled"
    FAILED = "failed"
    ELSEWHERE = "elsewhere"
    TRANSFERRED = "transferred"


class Party(Struct, frozen=True):
    """Who is at the customer's end: number and name as the phone system wrote them, both possibly empty."""

    number: str = ""
    name: str = ""


class Switch(Struct, frozen=True, order=True):
    """The latest turn of something that is on or off (hold, mute). Later wins; at one time, `on` wins."""

    at: datetime
    on: bool


class Ending(Struct, frozen=True, order=True):
    """`told_at`: the end that the reason was told with, when another, which gave none, was told to be earlier."""

    at: datetime
    reason: EndReason
    told_at: datetime | None = None


class Codes(Struct, frozen=True, order=True):
    """What became of the call, in words of the phone system's own list, as was told last."""

    at: datetime
    words: tuple[str, ...]


class Leg(Struct, frozen=True):
    """One agent's line on a call."""

    id: str
    line: str
    alerting_at: datetime | None = None
    answered_at: datetime | None = None
    hold: Switch | None = None
    mute: Switch | None = None
    ending: Ending | None = None

    @property
    def state(self) -> LegState:
        if self.ending:
            return LegState.ENDED
        if self.hold and self.hold.on:
            return LegState.HELD
        # A leg that was ever on hold was answered, even when the answer itself has not arrived yet.
        return LegState.CONNECTED if self.answered_at or self.hold else LegState.ALERTING

    @property
    def muted(self) -> bool:
        return bool(self.mute and self.mute.on and not self.ending)

    @property
    def is_of_one_phone(self) -> bool:
        """One of a line's phones tells of itself (`telephony/sip/wire`): the id is the line, and the phone's own name."""
        return self.id.startswith(f"{self.line} ")

    def with_phones(self, phones: Sequence["Leg"]) -> "Leg":
        """With what the line's phones tell: that they lift, hold and mute; and why it ended, if nothing else says."""
        both, ending = (self, *phones), self.ending
        reasons = [each.ending.reason for each in phones if each.ending and each.ending.reason is not EndReason.UNKNOWN]
        if ending and ending.reason is EndReason.UNKNOWN and reasons:
            ending = replace(ending, reason=reasons[0])
        return replace(
            self,
            answered_at=min((each.answered_at for each in both if each.answered_at), default=None),
            hold=max((each.hold for each in both if each.hold), default=None),
            mute=max((each.mute for each in both if each.mute), default=None),
            ending=ending,
        )


class Call(Struct, frozen=True):
    """One conversation. `id` is the phone system's own; `legs` are sorted by id, and are what was heard of each."""

    phone_system: str
    id: str
    first_seen: datetime
    direction: Direction | None = None
    party: Party = Party()
    started_at: datetime | None = None
    legs: tuple[Leg, ...] = ()
    recording_url: str | None = None
    codes: Codes | None = None

    @property
    def began(self) -> datetime:
        return self.started_at or self.first_seen

    @property
    def told(self) -> tuple[Leg, ...]:
        """The legs from which follows how the call is. A phone knows only itself: whether the leg of a line lives is what
        the phone system tells, where that tells of the line, too."""
        phones = [leg for leg in self.legs if leg.is_of_one_phone]
        told = [leg for leg in self.legs if not leg.is_of_one_phone]
        for line in {leg.line for leg in phones}:
            theirs = [leg for leg in phones if leg.line == line]
            spoken = _spoken_on(line, told)
            told += [] if spoken else theirs
            told = [leg.with_phones(theirs) if leg is spoken else leg for leg in told]
        return tuple(told) if phones else self.legs

    @property
    def answered_at(self) -> datetime | None:
        return min((leg.answered_at for leg in self.legs if leg.answered_at), default=None)

    @property
    def ended_at(self) -> datetime | None:
        """When the last leg ended; None while one lives or none is known."""
        told = self.told
        if not told or any(leg.ending is None for leg in told):
            return None
        return max(leg.ending.at for leg in told if leg.ending)

    @property
    def duration(self) -> timedelta | None:
        """Time talked: from the first answer to the end; zero when nobody answered; None while it lives."""
        if self.ended_at is None:
            return None
        return max(self.ended_at - self.answered_at, timedelta()) if self.answered_at else timedelta()

    @property
    def state(self) -> CallState:
        if self.ended_at:
            return CallState.ENDED
        states = {leg.state for leg in self.told}
        if LegState.CONNECTED in states:
            return CallState.CONNECTED
        if LegState.HELD in states:
            return CallState.HELD
        return CallState.DIALING if self.direction is Direction.OUTBOUND else CallState.RINGING

    @property
    def leg(self) -> Leg | None:
        """The leg that speaks for the call: answered latest (after a transfer), else the first that rang."""
        told = self.told
        answered = [leg for leg in told if leg.answered_at]
        if answered:
            return max(answered, key=lambda leg: (leg.ending is None, leg.answered_at, leg.id))
        return min(
            told,
            key=lambda leg: (leg.ending is not None, leg.alerting_at or self.first_seen, leg.id),
            default=None,
        )

    @property
    def ended_how(self) -> EndedHow | None:
        """How it went, once it has ended."""
        if self.ended_at is None or self.leg is None or self.leg.ending is None:
            return None
        if self.answered_at:
            return EndedHow.COMPLETED
        return _UNANSWERED[self.direction is Direction.OUTBOUND].get(
            self.leg.ending.reason, EndedHow.NO_ANSWER if self._outbound else EndedHow.MISSED
        )

    @property
    def _outbound(self) -> bool:
        return self.direction is Direction.OUTBOUND

    def leg_on(self, line: str) -> Leg | None:
        """The leg that speaks for a line: one that lives, else one that was answered; of several, the latest."""
        return _spoken_on(line, self.told)


def _spoken_on(line: str, legs: Sequence[Leg]) -> Leg | None:
    """A line has several, where its phones ring together, or a call comes back to it."""

    def speaks(leg: Leg) -> tuple[bool, bool, bool, float]:
        at = leg.alerting_at or leg.answered_at
        return leg.ending is None, leg.answered_at is not None, at is not None, at.timestamp() if at else 0.0

    return max((leg for leg in legs if leg.line == line), key=speaks, default=None)


# An unanswered call, by direction (outbound?) and by why its leg ended.
_UNANSWERED: dict[bool, dict[EndReason, EndedHow]] = {
    False: {
        EndReason.DECLINED: EndedHow.DECLINED,
        EndReason.ELSEWHERE: EndedHow.ELSEWHERE,
        EndReason.TRANSFERRED: EndedHow.TRANSFERRED,
        EndReason.FAILED: EndedHow.FAILED,
    },
    True: {
        EndReason.BUSY: EndedHow.BUSY,
        EndReason.DECLINED: EndedHow.BUSY,
        EndReason.CANCELED: EndedHow.CANCELED,
        EndReason.HUNG_UP: EndedHow.CANCELED,
        EndReason.FAILED: EndedHow.FAILED,
    },
}

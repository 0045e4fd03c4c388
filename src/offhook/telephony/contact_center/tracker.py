"""What an event means to a call: whose legs it is about, and what earlier events said of the call. Pure.

A call is told of from when it is offered to an agent: until then it is nobody's. An agent who did not answer may be
offered the same call again; that is another leg. Calls that are over are remembered for a while: what was chosen in
wrap-up may be told after that.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from offhook.calls.call import Call
from offhook.calls.events import (
    CallEvent,
    CallStarted,
    CodesChosen,
    Direction,
    EndReason,
    LegAlerting,
    LegAnswered,
    LegEnded,
    LegEvent,
    LegMuted,
)
from offhook.telephony.contact_center import wire
from offhook.telephony.contact_center.wire import Frame, Json, text
from offhook.telephony.contact_center.words import AVAILABLE, BEGINS, LOGGED_OUT, OVER, SILENT

# Of calls that one knows, and of kinds of events that one does not.
MOST_CALLS, MOST_UNKNOWN = 10_000, 100
# Nothing was heard of a call for so long: no phone rings any more, and who talks may be asked about; it is over.
SILENCE, LONGEST = timedelta(hours=1), timedelta(hours=12)


@dataclass
class Interaction:
    """A call, as far as is known. `legs`: an agent's latest leg, by her id; `over`: those that have ended; `talked`:
    those that were answered. `heard`: the latest time that was told of it; `codes`: what was told last of them.
    """

    began: datetime
    heard: datetime
    direction: Direction | None = None
    number: str = ""
    name: str = ""
    legs: dict[str, str] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)
    talked: set[str] = field(default_factory=set)
    codes: tuple[str, ...] = ()

    def learn(self, told: Json, at: datetime, region: str) -> None:
        """Of two numbers and names the one that says more: with its country code, not without."""
        self.began, self.heard = min(self.began, at), max(self.heard, at)
        self.direction = self.direction or wire.direction(told)
        self.number, self.name = max(self.number, wire.number(told, region), key=len), self.name or wire.name(told)

    def leg_of(self, agent: str, kind: type[LegEvent], at: datetime) -> str:
        if agent not in self.legs or (kind is LegAlerting and self.legs[agent] in self.over):
            self.legs[agent] = f"{agent}@{int(at.timestamp() * 1000)}"
        marks = {LegEnded: self.over, LegAnswered: self.talked}
        if kind in marks:
            marks[kind].add(self.legs[agent])
        return self.legs[agent]

    @property
    def living(self) -> dict[str, str]:
        return {agent: leg for agent, leg in self.legs.items() if leg not in self.over}


class Tracker:
    def __init__(self, region: str, live: Iterable[Call] = (), codes: Mapping[str, str] | None = None) -> None:
        """`live`: the calls that had not ended when the service stopped. `codes`: what `list|item` means."""
        self._region, self._codes, self.unknown = region, codes or {}, set[str]()
        self.calls: OrderedDict[str, Interaction] = OrderedDict()
        for call in live:
            legs = sorted(call.legs, key=lambda each: each.alerting_at or call.began)
            told = [each for leg in legs for each in (leg.alerting_at, leg.answered_at, leg.hold and leg.hold.at) if each]
            self.calls[call.id] = Interaction(
                call.began, max(told, default=call.began), call.direction, call.party.number, call.party.name,
                {leg.line: leg.id for leg in legs}, {leg.id for leg in legs if leg.ending},
                {leg.id for leg in legs if leg.answered_at},
            )  # fmt: skip

    def hear(self, frame: Frame, now: datetime) -> tuple[CallEvent, ...] | None:
        """None: nothing to tell. Empty: it is not known, and told of for the first time. `now`: when the frame came."""
        told, kind, codes = frame.told, wire.kind(frame.told), wire.codes(frame.told)
        name, call = text(told, "event"), text(told, "interactionGUID")
        if kind is None and name not in BEGINS and not codes:
            if name in SILENT or name in self.unknown or len(self.unknown) >= MOST_UNKNOWN:
                return None
            self.unknown.add(name)
            return ()
        # Chats and e-mails are interactions, too. Some events name no medium but in the interaction's id.
        if not call or (text(told, "mediaType") or ("phone" if "-phone-" in call else "")) != "phone":
            return None
        at = wire.moment(told, frame.published) or now
        known = self.calls.setdefault(call, Interaction(at, at))
        known.learn(told, at, self._region)
        found = [*(_events(call, known, kind, told, at) if kind else ()), *self._chosen(call, known, codes, at)]
        if name == OVER and not known.legs:
            del self.calls[call]
        elif len(self.calls) > MOST_CALLS:
            self.calls.popitem(last=False)
        return tuple(found) or None

    def _chosen(self, call: str, known: Interaction, codes: tuple[str, ...], at: datetime) -> Iterator[CodesChosen]:
        """Once, of a call that somebody was offered; every later event of it may have them again."""
        if known.legs and codes and codes != known.codes:
            known.codes = codes
            yield CodesChosen(call, at, self.in_words(codes))

    def in_words(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Codes as `list|item`; one that nobody said the meaning of keeps its numbers."""
        return tuple(self._codes.get(each) or "Code {1} of list {0}".format(*each.split("|")) for each in codes)

    # A call whose end never came.

    def silent(self, now: datetime) -> list[tuple[str, str]]:
        """Living legs (call, agent) of which nothing was heard for `SILENCE`. What is over, too, is forgotten."""
        found = []
        for call, known in list(self.calls.items()):
            if now - known.heard > (LONGEST if not known.legs else SILENCE):
                found += [(call, agent) for agent in known.living]
                if not known.living:
                    del self.calls[call]
        return found

    def is_over(self, call: str, agent: str, now: datetime, told: bool, status: int | None) -> bool:
        """Whether a silent leg cannot live any more. `told`: whatever happened would have been heard; `status`: what its
        agent does, if that could be asked.

        One that rings lives as long as it is offered, which is seconds. Who is available talks to nobody from a queue; on
        a call of her own, 8x8 may show her as available all the same.
        """
        known = self.calls[call]
        ringing = known.legs[agent] not in known.talked
        free = status == LOGGED_OUT or (status == AVAILABLE and known.direction is Direction.INBOUND)
        return now - known.heard > LONGEST or (told and (ringing or free))

    def give_up(self, call: str, agent: str) -> LegEnded:
        """It ended at some time after it was last heard of: that much is certain, and it is all that is told."""
        known = self.calls[call]
        leg = known.leg_of(agent, LegEnded, known.heard)
        return LegEnded(call, leg, known.heard, agent, EndReason.UNKNOWN)


def _events(call: str, known: Interaction, kind: type[LegEvent], told: Json, at: datetime) -> Iterator[CallEvent]:
    """For the agent who is named; for all who are on the call when none is, or when it is over for everybody."""
    agent = text(told, "agentId")
    lines = [agent] if agent and text(told, "event") != OVER else list(known.legs)
    if known.direction is not None and lines:
        yield CallStarted(call, known.began, known.direction, known.number, known.name)
    more = {LegEnded: (wire.reason(told),), LegMuted: (text(told, "status") == "true",)}.get(kind, ())
    for line in lines:
        yield kind(call, known.leg_of(line, kind, at), at, line, *more)

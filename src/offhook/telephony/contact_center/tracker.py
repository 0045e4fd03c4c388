"""What an event means to a call: whose legs it is about, and what earlier events said of the call. Pure.

A call is told of from when it is offered to an agent: until then it is nobody's. An agent who did not answer may be
offered the same call again; that is another leg.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from offhook.calls.call import Call
from offhook.calls.events import CallEvent, CallStarted, Direction, LegAlerting, LegEnded, LegEvent, LegMuted
from offhook.telephony.contact_center import wire
from offhook.telephony.contact_center.wire import Frame, Json, text
from offhook.telephony.contact_center.words import BEGINS, OVER, SILENT

# Of calls that one knows, and of kinds of events that one does not.
MOST_CALLS, MOST_UNKNOWN = 10_000, 100


@dataclass
class Interaction:
    """A call, as far as is known. `legs`: an agent's latest leg, by her id; `over`: those that have ended."""

    began: datetime
    direction: Direction | None = None
    number: str = ""
    name: str = ""
    legs: dict[str, str] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)

    def learn(self, told: Json, at: datetime, region: str) -> None:
        """Of two numbers and names the one that says more: with its country code, not without."""
        self.began, self.direction = min(self.began, at), self.direction or wire.direction(told)
        self.number, self.name = max(self.number, wire.number(told, region), key=len), self.name or wire.name(told)

    def leg_of(self, agent: str, kind: type[LegEvent], at: datetime) -> str:
        if agent not in self.legs or (kind is LegAlerting and self.legs[agent] in self.over):
            self.legs[agent] = f"{agent}@{int(at.timestamp() * 1000)}"
        if kind is LegEnded:
            self.over.add(self.legs[agent])
        return self.legs[agent]


class Tracker:
    def __init__(self, region: str, live: Iterable[Call] = ()) -> None:
        """`live`: the calls that had not ended when the service stopped."""
        self._region, self.unknown = region, set[str]()
        self.calls: OrderedDict[str, Interaction] = OrderedDict()
        for call in live:
            legs = sorted(call.legs, key=lambda each: each.alerting_at or call.began)
            self.calls[call.id] = Interaction(
                call.began, call.direction, call.party.number, call.party.name,
                {leg.line: leg.id for leg in legs}, {leg.id for leg in legs if leg.ending},
            )  # fmt: skip

    def hear(self, frame: Frame, now: datetime) -> tuple[CallEvent, ...] | None:
        """None: nothing to tell. Empty: it is not known, and told of for the first time. `now`: when the frame came."""
        told, kind = frame.told, wire.kind(frame.told)
        name, call = text(told, "event"), text(told, "interactionGUID")
        if kind is None and name not in BEGINS:
            if name in SILENT or name in self.unknown or len(self.unknown) >= MOST_UNKNOWN:
                return None
            self.unknown.add(name)
            return ()
        # Chats and e-mails are interactions, too. Some events name no medium but in the interaction's id.
        if not call or (text(told, "mediaType") or ("phone" if "-phone-" in call else "")) != "phone":
            return None
        at = wire.moment(told, frame.published) or now
        known = self.calls.setdefault(call, Interaction(at))
        known.learn(told, at, self._region)
        found = tuple(_events(call, known, kind, told, at)) if kind else ()
        if name == OVER:
            del self.calls[call]
        elif len(self.calls) > MOST_CALLS:
            self.calls.popitem(last=False)
        return found or None


def _events(call: str, known: Interaction, kind: type[LegEvent], told: Json, at: datetime) -> Iterator[CallEvent]:
    """For the agent who is named; for all who are on the call when none is, or when it is over for everybody."""
    agent = text(told, "agentId")
    lines = [agent] if agent and text(told, "event") != OVER else list(known.legs)
    if known.direction is not None and lines:
        yield CallStarted(call, known.began, known.direction, known.number, known.name)
    more = {LegEnded: (wire.reason(told),), LegMuted: (text(told, "status") == "true",)}.get(kind, ())
    for line in lines:
        yield kind(call, known.leg_of(line, kind, at), at, line, *more)

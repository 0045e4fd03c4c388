"""What the panel shows: pure views of calls, and the frames of its live stream (`docs/reference/panel-api.md`)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from offhook.calls.call import Call, EndedHow, Leg, LegState
from offhook.calls.events import Direction, EndReason
from offhook.calls.phone_number import PhoneNumber, parse
from offhook.calls.store import KeptCall
from offhook.desktop.desk import Desk, LogState, chosen_contact, desk_of
from offhook.desktop.rules import USUAL, Habits, Rule
from offhook.desktop.who import Reason, Who
from offhook.telephony.phone_system import CAPABILITY_FOR, Action, Capability, LineLogin, OwnApp, Status, WrapUpCode


class LogView(Struct, frozen=True):
    state: LogState
    reason: Reason | None
    url: str | None
    next_try_at: datetime | None
    by: str | None = None


class CallView(Struct, frozen=True):
    """One call as one agent sees it; times in UTC, durations in milliseconds. `external_id`: the phone system's own.

    `codes`: what became of it, in words of the phone system's own list.
    """

    id: str
    external_id: str
    phone_system: str
    direction: Direction
    state: str
    muted: bool
    number: str | None
    number_shown: str
    line: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    duration_ms: int | None
    ended_how: EndedHow | None
    who: Who
    contact_id: str | None
    notes: str
    outcome: str | None
    codes: tuple[str, ...]
    wrapped_up: bool
    log: LogView
    can: tuple[Action, ...]


class AgentView(Struct, frozen=True):
    id: str
    name: str
    email: str
    administrator: bool
    available: bool


class CapabilityView(Struct, frozen=True):
    key: str
    title: str
    on: bool
    why: str | None = None
    can_be_added: bool = False


class GrantView(Struct, frozen=True, rename={"as_": "as"}):
    state: str
    as_: str
    account_id: int
    account_name: str
    since: datetime | None
    reason: Reason | None
    capabilities: tuple[CapabilityView, ...]


class PhoneSystemView(Struct, frozen=True):
    key: str
    title: str
    says: str
    line_login: LineLogin
    can: tuple[Capability, ...]
    softphone: bool
    own_app: OwnApp | None = None
    codes: tuple[WrapUpCode, ...] = ()
    most_codes: int = 0


class LineView(Struct, frozen=True):
    number: str
    name: str


class Outcome(Struct, frozen=True):
    id: str
    label: str


class Reminder(Struct, frozen=True):
    """Rights that were only lent: for administrators, and (`mine`) for whom they were lent to."""

    id: str
    agent: str
    says: str
    rights: tuple[str, ...]
    since: datetime
    users_url: str
    checked: bool
    kind: str = "rights"
    due_at: datetime | None = None
    overdue: bool = False
    mine: bool = False


class Stray(Struct, frozen=True):
    """For administrators: something arrived that fits no agent's line."""

    id: str
    received_at: datetime
    phone_system: str
    says: str


class HubSpotLinks(Struct, frozen=True):
    app_url: str
    contacts_url: str
    users_url: str


class Panel(Struct, frozen=True):
    """Everything a panel needs to show itself. `status`: of the phone system's own, where it has one and tells it."""

    agent: AgentView
    grant: GrantView
    phone_systems: tuple[PhoneSystemView, ...]
    phone_system: str | None
    line: LineView | None
    status: Status | None
    calls: tuple[CallView, ...]
    recent: tuple[CallView, ...]
    outcomes: tuple[Outcome, ...]
    reminders: tuple[Reminder, ...]
    strays: tuple[Stray, ...]
    hubspot: HubSpotLinks
    version: str
    habits: Habits
    region: str
    """Country (ISO 3166) of numbers that are written without a country code."""


class PanelFrame(Struct, frozen=True, tag="panel"):
    panel: Panel


class CallFrame(Struct, frozen=True, tag="call"):
    call: CallView


class ScreenPopFrame(Struct, frozen=True, tag="screen-pop"):
    call_id: str
    url: str


class SignOutFrame(Struct, frozen=True, tag="sign-out"):
    reason: Reason


class BeatFrame(Struct, frozen=True, tag="beat"):
    """Nothing has happened; the service is there."""


Frame = PanelFrame | CallFrame | ScreenPopFrame | SignOutFrame | BeatFrame

# Sends a frame to every panel of an agent; never waits, never raises.
Tell = Callable[[str, Frame], None]


def call_view(
    kept: KeptCall, agent_id: str, capabilities: frozenset[Capability], region: str, rule: Rule = USUAL
) -> CallView:
    """The call from this agent's side: her own leg, when she has one, and of the contacts those that she may see."""
    call, desk = kept.call, desk_of(kept)
    contact_id = chosen_contact(kept)
    hidden = any(each.id == contact_id and not rule.sees(each) for each in desk.who.contacts)
    line = kept.line_of(agent_id) or ""
    leg = call.leg_on(line) or call.leg
    number = parse(call.party.number, region)
    ended_at = leg.ending.at if leg and leg.ending else call.ended_at
    answered_at = leg.answered_at if leg else None
    return CallView(
        id=kept.id,
        external_id=call.id,
        phone_system=call.phone_system,
        direction=call.direction or Direction.INBOUND,
        state=_state(call, leg),
        muted=bool(leg and leg.muted),
        number=number.e164 if isinstance(number, PhoneNumber) else None,
        number_shown=number.shown if isinstance(number, PhoneNumber) else call.party.number or "Anonymous",
        line=line,
        started_at=call.began,
        answered_at=answered_at,
        ended_at=ended_at,
        duration_ms=_milliseconds(ended_at - answered_at) if ended_at and answered_at else 0 if ended_at else None,
        ended_how=_ended_how(call, leg),
        who=rule.shown(desk.who),
        contact_id=None if hidden else contact_id,
        notes=kept.wrap_up.notes,
        outcome=kept.wrap_up.outcome,
        codes=call.codes.words if call.codes else (),
        wrapped_up=_wrapped_up(kept, leg, agent_id),
        log=_log(desk, hidden),
        can=tuple(action for action in _possible(leg, call) if CAPABILITY_FOR[action] in capabilities),
    )


def _log(desk: Desk, hidden: bool) -> LogView:
    url = None if hidden else desk.log.url
    return LogView(desk.log.state, desk.log.reason, url, desk.log.next_try_at, desk.log.by)


def _milliseconds(time: timedelta) -> int:
    return max(0, round(time / timedelta(milliseconds=1)))


def _dials(call: Call, leg: Leg) -> bool:
    """Whether this leg makes the call. Legs that came later ring, on an outbound call too: it was passed on to them."""
    first = min(call.told, key=lambda each: (each.alerting_at or each.answered_at or call.began, each.id))
    return call.direction is Direction.OUTBOUND and leg.id == first.id


def _state(call: Call, leg: Leg | None) -> str:
    if leg and leg.state is not LegState.ALERTING:
        return leg.state.value
    dials = _dials(call, leg) if leg else call.direction is Direction.OUTBOUND
    return "dialing" if dials else "ringing"


# How it went for an agent whose leg ended so; what is not here depends on whether she talked.
_ENDED_HOW = {EndReason.TRANSFERRED: EndedHow.TRANSFERRED, EndReason.ELSEWHERE: EndedHow.ELSEWHERE}
# The same for a leg that rang in vain.
_RANG_IN_VAIN = {EndReason.DECLINED: EndedHow.DECLINED, EndReason.FAILED: EndedHow.FAILED}


def _ended_how(call: Call, leg: Leg | None) -> EndedHow | None:
    if leg is None or leg.ending is None:
        return None
    reason = leg.ending.reason
    if reason in _ENDED_HOW:
        return _ENDED_HOW[reason]
    if leg.answered_at:
        return EndedHow.COMPLETED
    if _dials(call, leg):
        return call.ended_how or EndedHow.NO_ANSWER
    return _RANG_IN_VAIN.get(reason, EndedHow.MISSED)


def _wrapped_up(kept: KeptCall, leg: Leg | None, agent_id: str) -> bool:
    """Only a call that was answered, or that the agent made, asks for wrap-up."""
    if agent_id in kept.wrap_up.saved_by:
        return True
    return bool(leg and leg.ending) and not (leg and (leg.answered_at or _dials(kept.call, leg)))


_POSSIBLE: dict[LegState, tuple[Action, ...]] = {
    LegState.CONNECTED: (Action.HOLD, Action.MUTE, Action.TRANSFER, Action.HANG_UP),
    LegState.HELD: (Action.RESUME, Action.TRANSFER, Action.HANG_UP),
    LegState.ENDED: (),
}


def _possible(leg: Leg | None, call: Call) -> tuple[Action, ...]:
    if leg is None:
        return ()
    if leg.state is LegState.ALERTING:
        return (Action.HANG_UP,) if _dials(call, leg) else (Action.ANSWER, Action.DECLINE)
    actions = _POSSIBLE[leg.state]
    return tuple(Action.UNMUTE if each is Action.MUTE and leg.muted else each for each in actions)

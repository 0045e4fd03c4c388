"""One person as administrators see her: what is known here and what HubSpot says, put together. Pure."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from offhook.administration.store import HelpRequest
from offhook.agents.agent import Agent
from offhook.desktop.who import Reason, reason_of
from offhook.diagnosis.no_consent import missing_for
from offhook.diagnosis.report import Message, Missing, Report
from offhook.errors import GrantBroken, HubSpotNotFound
from offhook.grants.elevation import Elevation, Kind
from offhook.grants.grant import Grant, GrantState
from offhook.hubspot import scopes
from offhook.hubspot.users import User

State = Literal["connected", "off", "broken", "asked", "not-connected"]

# Nobody is told to switch on power over other people for the sake of a phone panel.
_NOT_FOR_AGENTS = "check-rights"
_URGENCY: tuple[Kind, ...] = ("super-admin", "permission-set", "rights")


class HasCapability(Struct, frozen=True):
    key: str
    title: str
    on: bool


class Lent(Struct, frozen=True):
    """What she was lent and has to give back. `by` is only known of permission sets that were lent here."""

    id: str
    kind: Kind
    rights: tuple[str, ...]
    since: datetime
    due_at: datetime | None
    overdue: bool
    by: str | None


class Person(Struct, frozen=True):
    """Somebody in the account. What is null is not known.

    `hubspot_user_id` is null of somebody who asked for help without being signed in, with an address that HubSpot does
    not list. `missing` and `message` are of her request for help, else `missing` is what her capabilities lack that are
    off. `may_need_relogin`: something changed for her since she asked, and counts after logging out and in again.
    `claimed`: whoever asked was not signed in, and said that this is her address; nothing proves that she asked herself.
    """

    hubspot_user_id: int | None
    email: str
    name: str
    agent_id: str | None
    state: State
    reason: Reason | None
    since: datetime | None
    capabilities: tuple[HasCapability, ...]
    missing: tuple[Missing, ...]
    asked_at: datetime | None
    request_id: str | None
    message: Message | None
    super_admin: bool | None
    role: str | None
    phone_system: str | None
    line: str | None
    elevation: Lent | None
    may_need_relogin: bool
    claimed: bool = False
    task_url: str | None = None


class Traces(Struct, frozen=True):
    """All that is known of one person. `listed`: HubSpot was asked who is in the account."""

    listed: bool
    user: User | None = None
    agent: Agent | None = None
    grant: Grant | None = None
    request: HelpRequest | None = None
    elevations: Sequence[Elevation] = ()

    @property
    def user_id(self) -> int | None:
        if self.user:
            return self.user.id
        if self.agent:
            return self.agent.hubspot_user_id
        return self.request.hubspot_user_id if self.request else None

    @property
    def email(self) -> str:
        known = (each.email for each in (self.user, self.agent, self.request) if each)
        return next((each for each in known if each), "")


def person_of(traces: Traces, roles: dict[str, str], without: Collection[str], now: datetime) -> Person:
    """`roles`: names of permission sets by id; `without`: capabilities that nobody in the account shall have."""
    user, agent, grant, request = traces.user, traces.agent, traces.grant, traces.request
    return Person(
        hubspot_user_id=traces.user_id,
        email=traces.email,
        name=_name(traces),
        agent_id=agent.id if agent else None,
        state=_state(grant, request),
        reason=_reason(traces),
        since=grant.since if grant else None,
        capabilities=_capabilities(grant, without),
        missing=_missing(traces, without),
        asked_at=request.asked_at if request else None,
        request_id=request.id if request else None,
        message=report_of(request).message if request else None,
        super_admin=user.super_admin if user else None,
        role=_role(user, roles),
        phone_system=agent.phone_system if agent else None,
        line=agent.line if agent else None,
        elevation=_lent(traces.elevations, now),
        may_need_relogin=bool(request and request.attended_at),
        claimed=bool(request and request.email and request.hubspot_user_id is None),
    )


def report_of(request: HelpRequest) -> Report:
    return msgspec.json.decode(request.report, type=Report)


def _name(traces: Traces) -> str:
    known = (each.name for each in (traces.user, traces.agent) if each)
    return next((each for each in known if each.strip()), traces.email or "Somebody who did not say who she is")


def _state(grant: Grant | None, request: HelpRequest | None) -> State:
    states: dict[GrantState, State] = {
        GrantState.ACTIVE: "connected",
        GrantState.OFF: "off",
        GrantState.BROKEN: "broken",
    }
    if grant:
        return states[grant.state]
    return "asked" if request else "not-connected"


def _reason(traces: Traces) -> Reason | None:
    grant = traces.grant
    if grant and grant.state is GrantState.BROKEN:
        return reason_of(GrantBroken(grant.reason))
    if traces.listed and traces.user is None:
        return reason_of(_unlisted(traces))
    return None


def _unlisted(traces: Traces) -> HubSpotNotFound:
    if traces.agent:
        says = "HubSpot does not list this person any more: deactivated, or taken out of the account."
        return HubSpotNotFound(says, remedy="If that was a mistake, bring the user back under Settings > Users & Teams.")
    return HubSpotNotFound(
        "HubSpot lists nobody with this address in this account.",
        remedy="Ask the person which address she uses in HubSpot, or add her under Settings > Users & Teams.",
    )


def _role(user: User | None, roles: dict[str, str]) -> str | None:
    if user is None:
        return None
    return ", ".join(roles[each] for each in user.roles if each in roles) or None


def _capabilities(grant: Grant | None, without: Collection[str]) -> tuple[HasCapability, ...]:
    if grant is None:
        return ()
    return tuple(
        HasCapability(each.key, each.title, each.on and each.key not in without)
        for each in scopes.capabilities(grant.scopes)
    )


def _missing(traces: Traces, without: Collection[str]) -> tuple[Missing, ...]:
    if traces.request:
        return report_of(traces.request).missing
    grant, user = traces.grant, traces.user
    if grant is None or (user and user.super_admin):
        return ()
    wanted = [each for each in scopes.CAPABILITIES if each.key not in (*without, _NOT_FOR_AGENTS)]
    needed = dict.fromkeys(scope for each in wanted for scope in each.scopes)
    return missing_for(grant.lacks(tuple(needed)), wanted)


def _lent(elevations: Sequence[Elevation], now: datetime) -> Lent | None:
    """The gravest, if there are several."""
    for each in sorted(elevations, key=lambda elevation: _URGENCY.index(elevation.kind)):
        due_at, overdue = each.due_at, each.overdue(now)
        return Lent(each.id, each.kind, each.rights, each.granted_at, due_at, overdue, each.by)
    return None

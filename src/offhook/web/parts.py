"""What the HTTP edge works with; bootstrap makes one, and the routes are given it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from litestar.di import NamedDependency

from offhook.administration.lending import Lending
from offhook.administration.office import Office
from offhook.administration.syncing import Syncing
from offhook.administration.telling import Telling
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.desktop.around import Around
from offhook.desktop.arrival import Arrival
from offhook.desktop.click_to_call import ClickToCall
from offhook.desktop.contact_search import ContactSearch
from offhook.desktop.panel import GrantView
from offhook.desktop.panels import Panels
from offhook.desktop.recordings import Recordings
from offhook.desktop.rules import Rules
from offhook.desktop.wrap_up import WrapUps
from offhook.diagnosis.report import Report
from offhook.grants.access import Access
from offhook.grants.consent import Consents
from offhook.grants.elevation import Elevations
from offhook.jobs.inbox import Inbox
from offhook.settings import Settings
from offhook.telephony.phone_system import PhoneSystem
from offhook.web.hub import Hub
from offhook.web.listeners import Listeners
from offhook.web.metrics import Metrics
from offhook.web.origins import Origins
from offhook.web.tries import Tries


@dataclass(frozen=True)
class Parts:
    """The rooms, built.

    `ask_report(attempt, what she saw, address of the page)`: why a consent may not come back;
    `agent_report`: what stands in an agent's way; `user_report(account, user)`: the same of any HubSpot user there;
    `standing(agent)`: the agent with what HubSpot says now of her being Super Admin; `grant_view(holder)`: a grant for
    people's eyes; `account_changed(account)`: tell every panel of it; `capabilities`: key and title of each.
    `is_super_admin(account, HubSpot user)`: None when nobody could be asked.
    `operator_token` lets the command line in; `line_logins` counts the wrong ones, `listeners` those of recordings.
    """

    settings: Settings
    database: Database
    hub: Hub
    origins: Origins
    metrics: Metrics
    systems: Mapping[str, PhoneSystem]
    inbox: Inbox
    consents: Consents
    access: Access
    elevations: Elevations
    lending: Lending
    telling: Telling
    office: Office
    syncing: Syncing
    arrival: Arrival
    panels: Panels
    click_to_call: ClickToCall
    search: ContactSearch
    around: Around
    wrap_ups: WrapUps
    recordings: Recordings
    rules: Rules
    ask_report: Callable[[str, str | None, str | None], Awaitable[Report]]
    agent_report: Callable[[Agent], Awaitable[Report]]
    user_report: Callable[[int, int], Awaitable[Report]]
    nudge: Callable[[], None]
    standing: Callable[[Agent], Awaitable[Agent]]
    grant_view: Callable[[str], Awaitable[GrantView]]
    is_super_admin: Callable[[int, int], Awaitable[bool | None]]
    account_changed: Callable[[int], Awaitable[None]]
    capabilities: tuple[tuple[str, str], ...]
    healthy: Callable[[], Awaitable[Mapping[str, str]]]
    gauge: Callable[[], Awaitable[None]]
    now: Callable[[], datetime]
    operator_token: str = field(repr=False)
    line_logins: Tries = field(default_factory=Tries)
    listeners: Listeners = field(default_factory=Listeners)


# What a route asks for: the rooms, and the agent whose token came with the request.
TheParts = NamedDependency[Parts]
TheAgent = NamedDependency[Agent]

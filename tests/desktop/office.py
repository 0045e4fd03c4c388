"""An office of three agents in two accounts: the desktop's rooms over a real database and the real exchange.

HubSpot is a fake that behaves as `Acting` is documented: it keeps contacts and engagements, and fails when it is told to.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from msgspec.structs import replace

from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.calls import store as calls
from offhook.calls.phone_number import PhoneNumber
from offhook.calls.store import KeptCall
from offhook.database import Database
from offhook.desktop import store as strays
from offhook.desktop.call_log import AMEND_CALL_LOG, LOG_CALL, UNLOG_CALL, CallLog
from offhook.desktop.call_monitor import CallMonitor
from offhook.desktop.callers import Callers
from offhook.desktop.click_to_call import ClickToCall
from offhook.desktop.contact_search import ContactSearch
from offhook.desktop.desk import LogState
from offhook.desktop.panel import (
    CallFrame,
    CallView,
    Frame,
    GrantView,
    HubSpotLinks,
    Panel,
    PanelFrame,
    Reminder,
    ScreenPopFrame,
    Stray,
)
from offhook.desktop.panels import Panels
from offhook.desktop.recordings import Recordings, Way
from offhook.desktop.rules import Rules
from offhook.desktop.screen_pop import ScreenPop
from offhook.desktop.who import Reason
from offhook.desktop.wrap_up import WrapUps
from offhook.directory.index import Directory
from offhook.errors import ContactExists, HubSpotNotFound, HubSpotUnreachable, OffhookError
from offhook.hubspot.contacts import Contact, ContactNumber, NewContact, has_number
from offhook.hubspot.engagements import CallLogEntry
from offhook.hubspot.users import Owner
from offhook.jobs.job import Job, JobStatus, Outcome
from offhook.jobs.worker import Worker
from offhook.telephony.exchange import Exchange, Line
from offhook.telephony.phone_system import PhoneSystem

ACORN, BIRCH = 48201001, 48201002
CARLA_NUMBER = "+14155550100"
CARLA = Contact("701", "Carla", "Reyes", "carla@reyes.example", "Reyes Roasters", "9001", None)
CARLA = replace(CARLA, numbers=(ContactNumber("phone", "+1 415 555 0100"),))
TWINS_NUMBER = "+14155550142"
TWINS = tuple(
    Contact(f"70{n}", "Twin", name, numbers=(ContactNumber("mobile", TWINS_NUMBER),))
    for n, name in ((2, "One"), (3, "Two"))
)
STRANGER = "+442079460018"


@dataclass
class Engagement:
    entry: CallLogEntry
    contacts: set[str]


@dataclass
class FakeHubSpot:
    """`problem`: what every request is answered with. `lost_answers`: so many creations happen and nobody is told."""

    contacts: dict[str, Contact]
    engagements: dict[str, Engagement] = field(default_factory=dict)
    problem: OffhookError | None = None
    problems_of: dict[str, OffhookError] = field(default_factory=dict)
    lost_answers: int = 0
    asked: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    owners: dict[int, Owner] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gate.set()

    def acting_for(self, agent: Agent) -> "FakeActing":
        return FakeActing(self, agent.id)


@dataclass
class FakeActing:
    hubspot: FakeHubSpot
    agent_id: str

    async def _ask(self, what: str) -> None:
        self.hubspot.asked.append(what)
        await self.hubspot.gate.wait()
        problem = self.hubspot.problem or self.hubspot.problems_of.get(self.agent_id)
        if problem:
            raise problem

    async def contacts_with_number(self, number: PhoneNumber) -> tuple[Contact, ...]:
        await self._ask("contacts_with_number")
        return tuple(each for each in self.hubspot.contacts.values() if has_number(each, number, "US"))

    async def contacts_matching(self, text: str, limit: int = 10) -> tuple[Contact, ...]:
        await self._ask("contacts_matching")
        return tuple(each for each in self.hubspot.contacts.values() if text.lower() in each.name.lower())[:limit]

    async def contact(self, contact_id: str) -> Contact:
        await self._ask("contact")
        if contact_id not in self.hubspot.contacts:
            raise HubSpotNotFound
        return self.hubspot.contacts[contact_id]

    async def create_contact(self, new: NewContact) -> Contact:
        existing = await self.contacts_with_number(new.number)
        if existing:
            error = ContactExists()
            error.contacts = existing
            raise error
        number = ContactNumber("phone", new.number.e164)
        contact = Contact(
            str(800 + len(self.hubspot.contacts)), new.first_name, new.last_name, new.email, numbers=(number,)
        )
        self.hubspot.contacts[contact.id] = contact
        return contact

    async def owner(self, user_id: int) -> Owner | None:
        await self._ask("owner")
        return self.hubspot.owners.get(user_id)

    async def is_super_admin(self, user_id: int) -> bool | None:
        await self._ask("is_super_admin")
        return None

    async def call_logged_as(self, external_id: str, contact_id: str | None = None) -> str | None:
        await self._ask("call_logged_as")
        held = self.hubspot.engagements
        return next((key for key, each in held.items() if each.entry.external_id == external_id), None)

    async def log_call(self, entry: CallLogEntry) -> str:
        await self._ask("log_call")
        key = str(5001 + len(self.hubspot.engagements))
        self.hubspot.engagements[key] = Engagement(entry, {entry.contact_id or ""})
        if self.hubspot.lost_answers:
            self.hubspot.lost_answers -= 1
            raise HubSpotUnreachable
        return key

    async def take_call_away(self, engagement_id: str) -> None:
        await self._ask("take_call_away")
        self.hubspot.engagements.pop(engagement_id, None)

    async def amend_call(self, engagement_id: str, entry: CallLogEntry, was_with: str | None = None) -> None:
        await self._ask("amend_call")
        held = self.hubspot.engagements[engagement_id]
        held.entry = entry
        held.contacts = (held.contacts | {entry.contact_id or ""}) - ({was_with or ""} - {entry.contact_id or ""})


@dataclass
class Clock:
    at: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **time: float) -> None:
        self.at += timedelta(**time)


async def own_grant(agent: Agent) -> None:
    """Nobody's grant stands in for another's here."""


class Office:
    """The rooms, wired as bootstrap wires them, and what was told to panels."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.hubspot = FakeHubSpot({each.id: each for each in (CARLA, *TWINS)})
        self.told: list[tuple[str, Frame]] = []
        self._news = asyncio.Event()
        lines = {number: Line(number, f"{number}0", f"Line {number}") for number in ("201", "202", "203", "204")}
        ids = count(1)
        # Nothing happens by itself within any test's time: what happens is said.
        self.exchange = Exchange(lines, clock, lambda: f"x{next(ids)}", ring_for=9_999, answer_after=9_999)
        self.systems: dict[str, PhoneSystem] = {"exchange": self.exchange}
        self.directory = Directory(database, clock, max_age=timedelta(minutes=10), region="US")
        acting_for: Any = self.hubspot.acting_for
        self.callers = Callers(self.directory, acting_for, _contact_url, "US")
        self.rules = Rules(database)
        self.panels = Panels(
            database,
            self.systems,
            self.tell,
            grant_view=_grant_view,
            reminders=_reminders,
            links=lambda account: HubSpotLinks("", "", ""),
            administrators=frozenset({"ada@acorn.example"}),
            region="US",
            rules=self.rules,
        )
        show = self.panels.show
        self.screen_pop = ScreenPop(database, self.callers, self.tell, show, "US", self.rules, pauses=(0.0, 0.0))
        self.monitor = CallMonitor(
            self.systems, self.screen_pop, show, clock, lambda: None, self.rules, self.panels.refresh
        )
        self.recordings = self.recordings_by(Way.LINK)
        self.call_log = CallLog(database, self.callers, acting_for, _contact_url, show, "US", own_grant, self.recordings)
        self.click = ClickToCall(database, self.systems, self.monitor, clock, "US")
        self.search = ContactSearch(self.directory, self.callers, acting_for, "US", self.rules)
        self.wrap_ups = WrapUps(clock)
        log_call = self.call_log.bring_up_to_date
        handlers: dict[str, Callable[[Job], Awaitable[None]]] = {
            LOG_CALL: lambda job: log_call(job.payload),
            AMEND_CALL_LOG: lambda job: log_call(job.payload),
            UNLOG_CALL: lambda job: self.call_log.unlog(job.payload),
        }
        self.worker = Worker(database, handlers, clock, self._settled, jitter=lambda: 0.5)

    async def _settled(self, job: Job, outcome: Outcome) -> None:
        if outcome.problem:
            problem = outcome.problem
            state = LogState.FAILED if outcome.status is JobStatus.FAILED else LogState.WAITING
            reason = Reason(problem.code, problem.says, problem.remedy, problem.retryable)
            await self.call_log.not_yet(job.key, state, reason, outcome.next_try_at)

    def recordings_by(self, way: Way, *keys: bytes) -> Recordings:
        """Another process's, with these keys."""
        signs = keys or (b"key of the tests",)
        address = "https://offhook.test"
        return Recordings(self.database, self.systems, self.rules, signs, address, self.clock, way, "4711")

    # What panels hear.

    def tell(self, agent_id: str, frame: Frame) -> None:
        self.told.append((agent_id, frame))
        self._news.set()

    async def until(self, holds: Callable[[], Any]) -> Any:
        """Wait for what panels are told to make it hold."""
        async with asyncio.timeout(10):
            while not (found := holds()):
                self._news.clear()
                await self._news.wait()
        return found

    def frames(self, agent: Agent, kind: type[Any]) -> list[Any]:
        return [frame for agent_id, frame in self.told if agent_id == agent.id and isinstance(frame, kind)]

    def pops(self, agent: Agent) -> list[ScreenPopFrame]:
        return self.frames(agent, ScreenPopFrame)

    def shown(self, agent: Agent) -> CallView | None:
        """The call as the agent's panel was shown it last."""
        frames: list[CallFrame] = self.frames(agent, CallFrame)
        return frames[-1].call if frames else None

    def panel_frames(self, agent: Agent) -> list[PanelFrame]:
        return self.frames(agent, PanelFrame)

    # What is done.

    async def deliver(self, key: str, body: bytes) -> None:
        async with self.database.transaction() as connection:
            after = await self.monitor.hear(connection, "exchange", body)
        after()

    async def ring(self, caller: str = CARLA_NUMBER, line: str = "201") -> str:
        """A customer calls; gives the exchange's id of the call."""
        return await self.exchange.ring(caller, line)

    async def kept(self, external_id: str) -> KeptCall:
        async with self.database.reading() as connection:
            found = await calls.heard_as(connection, "exchange", external_id)
        assert found
        return found

    async def view(self, external_id: str, agent: Agent) -> CallView:
        return self.panels.call(await self.kept(external_id), agent.id)

    async def panel(self, agent: Agent) -> Panel:
        return await self.panels.of(agent.id)

    async def does(self, agent: Agent, external_id: str, *actions: Any) -> None:
        for action in actions:
            await self.click.control(agent, (await self.kept(external_id)).id, action)

    async def strays(self) -> list[Stray]:
        async with self.database.reading() as connection:
            return list(await strays.strays(connection))

    async def agent(self, name: str, account: int, line: str | None) -> Agent:
        async with self.database.transaction() as connection:
            email = f"{name.lower()}@{'acorn' if account == ACORN else 'birch'}.example"
            user = sum(email.encode())
            agent = await agents.arrive(
                connection, account_id=account, hubspot_user_id=user, email=email, now=self.clock()
            )
            await agents.learn(connection, agent.id, name=f"{name} Example", owner_id=f"9{user}")
            await agents.choose_phone_system(connection, agent.id, "exchange", self.clock())
            agent = await agents.get(connection, agent.id)
            if line:
                await agents.take_line(connection, agent, line, f"Line {line}", self.clock())
            return await agents.get(connection, agent.id)


def _contact_url(account: int, contact: str) -> str:
    return f"https://app.hubspot.test/contacts/{account}/record/0-1/{contact}"


async def _grant_view(agent_id: str) -> GrantView:
    return GrantView("active", "", 0, "", None, None, ())


async def _reminders(agent: Agent, administrator: bool) -> tuple[Reminder, ...]:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    return (Reminder("r1", "Ben Example", "Take it back.", ("Service",), since, "", False),) if administrator else ()

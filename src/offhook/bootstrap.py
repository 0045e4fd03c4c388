"""The one file that knows every room: builds the objects, lists the phone systems, starts and stops what runs."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import structlog
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.administration.lending import GIVE_BACK_ROLE, Lending
from offhook.administration.office import ANSWER_RIGHTS, open_office
from offhook.administration.syncing import SYNC_DIRECTORY, Syncing
from offhook.administration.telling import Telling
from offhook.administration.watch import Watch
from offhook.agents import store as agents
from offhook.calls import store as calls
from offhook.database import Database, migrate
from offhook.desktop.around import Around
from offhook.desktop.arrival import LEARN_AGENT, Arrival
from offhook.desktop.call_log import AMEND_CALL_LOG, LOG_CALL, UNLOG_CALL, CallLog
from offhook.desktop.call_monitor import CallMonitor
from offhook.desktop.callers import Callers
from offhook.desktop.click_to_call import ClickToCall
from offhook.desktop.contact_search import ContactSearch
from offhook.desktop.desk import LogState, desk_of
from offhook.desktop.owner_book import OwnerBook
from offhook.desktop.panel import GrantView, HubSpotLinks
from offhook.desktop.panels import Panels
from offhook.desktop.recordings import Recordings
from offhook.desktop.rules import Rules
from offhook.desktop.screen_pop import ScreenPop
from offhook.desktop.who import Answer, Reason
from offhook.desktop.wrap_up import WrapUps
from offhook.diagnosis.unanswered import Unanswered
from offhook.directory.index import Directory
from offhook.directory.sync import Sync
from offhook.examination.examination import Examination, Examined
from offhook.examination.ground import Ground
from offhook.examination.in_hubspot import InHubSpot
from offhook.grants.access import Access
from offhook.grants.authorization_server import AuthorizationServer
from offhook.grants.consent import Consents
from offhook.grants.elevation import Elevations
from offhook.grants.vault import Secret, Vault
from offhook.grants.wire import App
from offhook.hubspot import scopes
from offhook.hubspot.client import HubSpot
from offhook.in_whose_name import InWhoseName
from offhook.jobs import inbox as inbox_store
from offhook.jobs import outbox
from offhook.jobs.inbox import Inbox
from offhook.jobs.job import Job, JobStatus, Outcome
from offhook.jobs.store import Delivery
from offhook.jobs.worker import Worker
from offhook.news import News
from offhook.policies import store as policies
from offhook.policies.policy import Policy
from offhook.settings import Settings, secret_keys
from offhook.systems import phone_systems
from offhook.telephony.phone_system import Deliver, PhoneSystem
from offhook.upkeep import Upkeep
from offhook.web.app import create_app
from offhook.web.elevations import Reminders
from offhook.web.grants import grant_view
from offhook.web.hub import Hub
from offhook.web.metrics import Metrics
from offhook.web.operator_token import operator_token_of
from offhook.web.origins import EXTENSION_ID, Origins
from offhook.web.parts import Parts

log = structlog.get_logger()


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Service:
    """A running Offhook: the application to serve, and what the command line asks of it."""

    app: Litestar
    parts: Parts
    worker: Worker
    inbox: Inbox


@asynccontextmanager
async def running(settings: Settings, *, serve: bool = True) -> AsyncIterator[Service]:
    """Build everything, start what runs by itself, and stop it in the right order at the end.

    `serve=False`: only the worker runs, for a node that has no web.
    """
    async with AsyncExitStack() as stack:
        database = Database(settings.database)
        stack.push_async_callback(database.close)
        await migrate(database)
        http = await stack.enter_async_context(httpx.AsyncClient(limits=httpx.Limits(max_connections=100)))
        mode = "serve" if serve else "work"
        house = House(settings, database, http, await phone_systems(settings, database, http), mode)
        await house.start(serve=serve)
        stack.push_async_callback(house.stop)
        yield Service(create_app(house.parts), house.parts, house.worker, house.inbox)


class House:
    """The rooms and what runs in them."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        http: httpx.AsyncClient,
        systems: Mapping[str, PhoneSystem],
        mode: str,
    ) -> None:
        """`mode`: what the process is for; two of one machine must not take each other's jobs for their own."""
        self.mode = mode
        self.settings, self.database, self.systems, self.http = settings, database, systems, http
        self.hub, self.metrics = Hub(), Metrics()
        self.hubspot = HubSpot(
            http, settings.hubspot_api_url, settings.hubspot_app_url, now, region=settings.default_region
        )
        self.vault = Vault(secret_keys(settings))
        self._open_grants(http)
        self._open_desktop()
        self._open_jobs()
        self.news = News(database, self.panels, self.rules, self.name, self.worker.nudge, now)
        self.parts = self._parts()
        self._tasks: list[asyncio.Task[None]] = []

    def _open_grants(self, http: httpx.AsyncClient) -> None:
        settings = self.settings
        app = App(settings.hubspot_client_id, Secret(settings.hubspot_client_secret), settings.redirect_uri)
        server = self.server = AuthorizationServer(http, settings.hubspot_api_url, app, now)
        self.access = Access(self.database, server, self.vault, now, lambda holder: self.news.grant_changed(holder))
        self.name = InWhoseName(self.hubspot, self.access, self.database)
        due_after = timedelta(seconds=settings.elevation_due_after)
        self.elevations = Elevations(self.database, now, due_after)
        self.consents = Consents(
            self.database,
            server,
            self.vault,
            now,
            scopes_for=scopes.scopes_for,
            app_url=settings.hubspot_app_url,
            lifetime=settings.consent_lifetime,
            patience=settings.consent_patience,
        )

    def _open_desktop(self) -> None:
        region, database, tell = self.settings.default_region, self.database, self.hub.tell
        max_age = timedelta(seconds=self.settings.directory_max_age)
        self.directory = Directory(database, now, max_age=max_age, region=region)
        self.rules = Rules(database)
        self.owner_book = OwnerBook(database, self.name.agents, self.rules.refresh, now)
        self.callers = Callers(self.directory, self.name.agents, self.hubspot.contact_url, region, self.owner_book.name)
        self.panels = Panels(
            database,
            self.systems,
            tell,
            grant_view=self._grant_view,
            reminders=Reminders(database, self.elevations, self.hubspot.users_url, now).of,
            links=self._links,
            administrators=frozenset(each.lower() for each in self.settings.administrators),
            region=region,
            rules=self.rules,
            opened=self.owner_book.freshen,
        )
        show = self.panels.show
        self.screen_pop = ScreenPop(database, self.callers, tell, show, region, self.rules)
        self.monitor = CallMonitor(
            self.systems, self.screen_pop, show, now, lambda: self.worker.nudge(), self.rules, self.panels.refresh
        )
        signing, chosen = self.vault.keys_for("recordings"), self.settings
        self.recordings = Recordings(
            database, self.systems, self.rules, signing, chosen.address, now, chosen.recordings, chosen.hubspot_app_id
        )
        self.call_log = CallLog(
            database,
            Callers(self.directory, self.name.loggers, self.hubspot.contact_url, region),
            self.name.loggers,
            self.hubspot.contact_url,
            show,
            region,
            self.name.stand_in,
            self.recordings,
        )
        self.upkeep = Upkeep(database, self.elevations, self.panels, self.name.agents, self.name.accounts, now)
        self.arrival = Arrival(database, self.name.newcomers, self.name.agents, now)
        self._open_administration()

    def _open_administration(self) -> None:
        database, of_account = self.database, self.name.accounts
        self.telling = Telling(database, self.panels)
        every = timedelta(seconds=self.settings.directory_sync_every)
        sync = Sync(database, self.directory, now, every=every, region=self.settings.default_region)
        self.syncing = Syncing(database, sync, self.access, of_account, now)
        self.lending = Lending(database, self.elevations, self.access, of_account, now, self.telling.concerned)
        self.office = open_office(
            database, self.name.agents, of_account, self.panels, self.access, self.elevations, self.hubspot.task_url, now
        )
        self.watch = Watch(database, self.elevations, self.lending, self.telling, self.name.agents, of_account, now)

    def _open_jobs(self) -> None:
        self.inbox = Inbox(self.database, self._hear, now)
        self.examination = Examination(
            self.settings,
            self.database,
            self.hubspot,
            self.access,
            self.systems,
            Ground(self.settings, self.database, self.server, self.systems, self.http, now),
            InHubSpot(self.access, self.server, self.name.agents, self.name.accounts),
            now,
        )
        self.unanswered = Unanswered(
            self.database,
            self.hubspot.reach,
            now,
            redirect_uri=self.settings.redirect_uri,
            app_url=self.hubspot.app_url,
            users_url=self.hubspot.users_url,
        )
        log_call = self.call_log.bring_up_to_date
        self.worker = Worker(
            self.database,
            {
                LOG_CALL: lambda job: log_call(job.payload),
                AMEND_CALL_LOG: lambda job: log_call(job.payload),
                UNLOG_CALL: lambda job: self.call_log.unlog(job.payload),
                LEARN_AGENT: lambda job: self.arrival.learn_later(job.payload),
                ANSWER_RIGHTS: lambda job: self.office.own_rights.answer_later(job.payload),
                GIVE_BACK_ROLE: lambda job: self.lending.give_back(job.payload),
                SYNC_DIRECTORY: lambda job: self.syncing.go_on(job.payload),
            },
            now,
            self._settled,
            name=f"{self.mode}@{socket.gethostname()}:{self.settings.port}",
        )

    def _parts(self) -> Parts:
        settings = self.settings
        return Parts(
            settings=settings,
            database=self.database,
            hub=self.hub,
            origins=Origins(settings.address, settings.extension_ids or (EXTENSION_ID,)),
            metrics=self.metrics,
            systems=self.systems,
            inbox=self.inbox,
            consents=self.consents,
            access=self.access,
            elevations=self.elevations,
            lending=self.lending,
            telling=self.telling,
            office=self.office,
            is_super_admin=self.watch.is_super_admin,
            syncing=self.syncing,
            arrival=self.arrival,
            panels=self.panels,
            click_to_call=ClickToCall(self.database, self.systems, self.monitor, now, settings.default_region),
            search=ContactSearch(self.directory, self.callers, self.name.agents, settings.default_region, self.rules),
            rules=self.rules,
            around=Around(self.name.agents, self.rules),
            wrap_ups=WrapUps(now),
            recordings=self.recordings,
            ask_report=self.unanswered.explain,
            agent_report=self.examination.of_agent,
            user_report=self.examination.of_user,
            nudge=self.worker.nudge,
            standing=self.upkeep.standing,
            grant_view=self._grant_view,
            account_changed=self.news.account_changed,
            capabilities=tuple((each.key, each.title) for each in scopes.CAPABILITIES),
            healthy=self._healthy,
            gauge=lambda: self.upkeep.gauge(self.metrics, self.hub, self.inbox.unhandled),
            now=now,
            operator_token=operator_token_of(settings),
        )

    # Started and stopped.

    async def start(self, *, serve: bool) -> None:
        """Start what runs by itself. Phone systems last: what they deliver must find everything in its place."""
        await self.rules.refresh()
        async with self.database.transaction() as connection:
            await outbox.resume_all(connection, now())  # a key that was lost may be back
        await self.syncing.put_all()
        if serve:
            self._run(self.inbox.run(), self.upkeep.watch_rules(self.rules))
            self._run(self.watch.run(), self.office.attending.watch())
        self._run(self.worker.run(), self.upkeep.forget_what_is_old())
        if serve:
            for system in self.systems.values():
                await system.start(self._deliver(system.key))
            await self._ask_again()

    def _run(self, *work: Coroutine[Any, Any, None]) -> None:
        self._tasks += [asyncio.create_task(each) for each in work]

    async def stop(self) -> None:
        """The other way round: nothing new comes in, what is under way is finished, then everything ends."""
        self.hub.close()
        for system in self.systems.values():
            await system.stop()
        await self.screen_pop.stop()
        await self.panels.stop()
        await self.owner_book.close()
        await self.directory.close()
        await self.inbox.stop()
        await self.worker.stop()
        await self.access.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # What comes in.

    def _deliver(self, phone_system: str) -> Deliver:
        async def deliver(key: str, body: bytes) -> None:
            await self.inbox.accept(phone_system, key, body)

        return deliver

    async def _hear(self, connection: AsyncConnection, delivery: Delivery) -> Callable[[], None]:
        return await self.monitor.hear(connection, delivery.source, delivery.body)

    async def _ask_again(self) -> None:
        """Who is calling may not have been answered before a stop; those calls are looked up again."""
        async with self.database.reading() as connection:
            for key in self.systems:
                for kept in await calls.live(connection, key):
                    agent_id = kept.agent_id
                    if agent_id and desk_of(kept).who.answer is Answer.ASKING:
                        self.screen_pop.begin(await agents.get(connection, agent_id), kept)

    # What becomes of jobs.

    async def _settled(self, job: Job, outcome: Outcome) -> None:
        """A log that is not written yet says so, and why, on the panels of those on the call."""
        if job.kind not in (LOG_CALL, AMEND_CALL_LOG) or outcome.problem is None:
            return
        problem = outcome.problem
        state = LogState.FAILED if outcome.status is JobStatus.FAILED else LogState.WAITING
        reason = Reason(problem.code, problem.says, problem.remedy, problem.retryable)
        await self.call_log.not_yet(job.key, state, reason, outcome.next_try_at)

    # What the panel shows of rooms that the desktop does not know.

    async def _grant_view(self, agent_id: str) -> GrantView:
        grant = await self.access.grant_of(agent_id)
        async with self.database.reading() as connection:
            policy = await policies.policy_of(connection, grant.account_id) if grant else Policy()
        return grant_view(grant, scopes.capabilities, policy.without)

    def _links(self, account_id: int) -> HubSpotLinks:
        hubspot = self.hubspot
        return HubSpotLinks(hubspot.app_url, hubspot.contacts_url(account_id), hubspot.users_url(account_id))

    async def _healthy(self) -> Mapping[str, str]:
        return await self.upkeep.health(all(not task.done() for task in self._tasks))


# What the command line asks.


async def examine(settings: Settings, email: str | None) -> Sequence[Examined]:
    """The reports of `offhook doctor`: of the installation, or of every connection of one agent."""
    async with _house(settings) as house:
        return await house.examination.for_doctor(email)


async def replay(settings: Settings) -> int:
    """Let the service handle again what it gave up on; how many deliveries that are."""
    async with _house(settings) as house, house.database.transaction() as connection:
        return await inbox_store.handle_again(connection)


@asynccontextmanager
async def _house(settings: Settings) -> AsyncIterator[House]:
    """The rooms without anything running in them."""
    database = Database(settings.database)
    try:
        await migrate(database)
        async with httpx.AsyncClient() as http:
            house = House(settings, database, http, await phone_systems(settings, database, http), "look")
            yield house
            await house.access.close()
    finally:
        await database.close()

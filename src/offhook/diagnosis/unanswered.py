"""A consent that did not come back: what the service itself knows of it is gathered, then explained by `no_consent`."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.database import Database
from offhook.diagnosis.meanings import Kind
from offhook.diagnosis.no_consent import why_no_consent
from offhook.diagnosis.report import Missing, Report
from offhook.diagnosis.silences import Known
from offhook.errors import HubSpotError
from offhook.grants import store
from offhook.grants.attempt import Attempt
from offhook.hubspot import scopes

log = structlog.get_logger()

# An agent waits for this: longer than this, in seconds, HubSpot is not asked for a sign of life.
PATIENCE = 4.0
# What was missing longer ago says nothing about today.
MEMORY = timedelta(days=7)


class _Missing(Struct):
    right: str
    sure: str = ""


class _Earlier(Struct):
    missing: tuple[_Missing, ...] = ()


class Unanswered:
    """Explains attempts that got no answer."""

    def __init__(
        self,
        database: Database,
        reach: Callable[[], Awaitable[None]],
        now: Callable[[], datetime],
        *,
        redirect_uri: str,
        app_url: str,
        users_url: Callable[[int], str],
    ) -> None:
        """`reach` asks HubSpot for a sign of life and raises HubSpotError when none comes."""
        self._database, self._reach, self._now = database, reach, now
        self._redirect_uri, self._app_url, self._users_url = redirect_uri, app_url, users_url

    async def explain(self, attempt_id: str, saw: str | None = None, page_address: str | None = None) -> Report:
        """Why nothing came back. `saw`: a `Kind` that the agent chose; `page_address`: of the page that stopped her."""
        async with self._database.reading() as connection:
            attempt = await store.attempt(connection, attempt_id)
            assert attempt is not None, "whoever asks has shown the attempt's secret"
            known = await self._known(connection, attempt, page_address)
        kind = next((each for each in Kind if each.value == saw), None)
        if not attempt.page_text and kind is None:
            known = msgspec.structs.replace(known, hubspot_answers=await self._answers())
        account = known.page_account or known.came_from
        required, optional = scopes.scopes_for(attempt.ask)
        return why_no_consent(
            attempt.ask,
            required,
            optional,
            attempt.page_text,
            capabilities=scopes.CAPABILITIES,
            users_url=self._users_url(account) if account else self._app_url,
            saw=kind,
            known=known,
        )

    async def _known(self, connection: AsyncConnection, attempt: Attempt, page_address: str | None) -> Known:
        earlier = await store.stopped_before(connection, attempt, self._now() - MEMORY)
        return Known(
            address=self._redirect_uri,
            came_from=attempt.expected_account or account_in(attempt.return_to),
            page_account=account_in(page_address),
            before=_missing_in(earlier),
            granted_elsewhere=await store.granted_beside(connection, attempt, self._now()),
        )

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._reach()
        except (HubSpotError, TimeoutError) as error:
            log.info("HubSpot gave no sign of life.", action="hubspot-silent", kind=type(error).__name__)
            return False
        return True


def account_in(url: str | None) -> int | None:
    """The account whose page this is, as HubSpot's addresses name it: `/contacts/48201001/…`, `/oauth/48201001/…`."""
    found = re.search(r"^https?://[^/]+/[a-z-]+/(\d{1,15})(?:/|$)", url or "")
    return int(found[1]) if found else None


class _Proving(Struct):
    missing: tuple[Missing, ...] = ()


def proved_missing(attempt: Attempt | None) -> tuple[Missing, ...]:
    """The rights that HubSpot's page named when this attempt came to nothing."""
    if attempt is None or not attempt.report:
        return ()
    missing = msgspec.json.decode(attempt.report, type=_Proving).missing
    return tuple(each for each in missing if each.sure == "proved")


def _missing_in(earlier: Attempt | None) -> tuple[str, ...] | None:
    """What HubSpot's page named the last time; None when that was not about rights, or there was no last time."""
    if earlier is None or not earlier.report:
        return None
    missing = msgspec.json.decode(earlier.report, type=_Earlier).missing
    return tuple(each.right for each in missing if each.sure == "proved") if missing else None

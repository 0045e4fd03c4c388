"""Access: a token that works, for whoever may act for an agent now. Vendors get a function and never see the store.

An access token lives for 30 minutes and is refreshed ahead of its end. One refresh at a time for a grant, however many
ask: in one process they all wait for the same flight, and on PostgreSQL the flights of several nodes wait for each other.
A flight is a task of its own, so a caller who gives up cannot tear it down between HubSpot's answer and our keeping it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.database import Database
from offhook.errors import GrantBroken, GrantError, GrantOff, NoGrant, OffhookError
from offhook.grants import store
from offhook.grants.attempt import Consented
from offhook.grants.authorization_server import AuthorizationServer
from offhook.grants.grant import Grant, GrantState, broken_by, renewed, switched_off, switched_on
from offhook.grants.recent import Opened, Recent
from offhook.grants.store import SealedTokens
from offhook.grants.vault import Unopenable, Vault
from offhook.grants.wire import Tokens

log = structlog.get_logger()

# Refresh this long before the end: longer than any request and than clocks differ.
AHEAD = timedelta(minutes=5)
# Each flight on PostgreSQL holds a connection while it waits for HubSpot; the pool has 30.
FLIGHTS = 8

KEY_LOST = "This connection was kept under a secret key that Offhook no longer has."

# Which generation of tokens (holder -> sealing) this task was given last, so that `True` says which was refused.
_given: ContextVar[dict[str, str]] = ContextVar("given")

# Gives a token that works. True: the one given last was refused with 401.
TokenSource = Callable[[bool], Awaitable[str]]


class Forgotten(Struct, frozen=True):
    """What became of a grant that was forgotten here. `problem`: why HubSpot could not be told."""

    revoked: bool
    problem: str | None = None


class Access:
    """Keeps grants and their tokens."""

    def __init__(
        self,
        database: Database,
        server: AuthorizationServer,
        vault: Vault,
        now: Callable[[], datetime],
        changed: Callable[[str], Awaitable[None]],
        recent: Recent | None = None,
    ) -> None:
        """`changed(holder)` is called after a grant was broken, switched, or given other scopes, for the panels."""
        self._database, self._server, self._vault, self._now, self._changed = database, server, vault, now, changed
        self._recent = recent or Recent()
        self._flights: dict[str, asyncio.Task[SealedTokens]] = {}
        self._seats = asyncio.Semaphore(FLIGHTS)

    # Tokens.

    def token_source(self, holder: str, *, at_once: bool = False) -> TokenSource:
        """A function that gives the holder's token, refreshed when it must be.

        `at_once`: what another node did to the grant a moment ago counts already; else see `recent`.

        It raises NoGrant, GrantOff, GrantBroken, or, when a token is needed and HubSpot gives none, HubSpotError.
        """

        async def token(refused: bool) -> str:
            known = None if refused or at_once else self._recent.of(holder, self._now())
            opened = known or await self._look(holder, refused)
            given = _given.get({})
            if given.get(holder) != opened.generation:
                _given.set({**given, holder: opened.generation})
            return opened.token.reveal()

        return token

    async def _look(self, holder: str, refused: bool) -> Opened:
        read_at = self._recent.reading()
        tokens = await self._usable(holder)
        given = _given.get({}).get(holder, tokens.access)
        if (refused and given == tokens.access) or self._ends_soon(tokens):
            tokens = await self._refreshed(holder, tokens, needed=refused)
        opened = Opened(tokens.access, self._vault.open(tokens.access), tokens.expires_at - AHEAD)
        self._recent.keep(holder, opened, read_at)
        return opened

    async def _usable(self, holder: str) -> SealedTokens:
        async with self._database.reading() as connection:
            found = await store.grant_and_tokens(connection, holder)
        if found is None:
            raise NoGrant
        grant, tokens = self._with_our_keys(*found), found[1]
        if grant.state is GrantState.BROKEN or tokens is None:
            raise GrantBroken(grant.reason)
        if grant.state is GrantState.OFF:
            raise GrantOff
        return tokens

    def _ends_soon(self, tokens: SealedTokens) -> bool:
        return self._now() >= tokens.expires_at - AHEAD

    async def _refreshed(self, holder: str, tokens: SealedTokens, *, needed: bool) -> SealedTokens:
        """Newer tokens; `tokens` themselves when HubSpot gives none just now and they still live and are not refused."""
        try:
            return await asyncio.shield(self._flight(holder, tokens))
        except OffhookError as error:
            if isinstance(error, GrantError) or needed or self._now() >= tokens.expires_at:
                raise
            log.warning(
                "A token could not be refreshed yet; it still works.",
                action="refresh-later",
                holder=holder,
                code=error.code,
            )
            return tokens

    def _flight(self, holder: str, tokens: SealedTokens) -> "asyncio.Task[SealedTokens]":
        flying = self._flights.get(holder)
        if flying and not flying.done():
            return flying
        flight = asyncio.create_task(self._fly(holder, tokens), name=f"refresh {holder}")
        self._flights[holder] = flight
        flight.add_done_callback(lambda done: self._landed(holder, done))
        return flight

    def _landed(self, holder: str, flight: "asyncio.Task[SealedTokens]") -> None:
        if self._flights.get(holder) is flight:
            del self._flights[holder]
        if not flight.cancelled():
            flight.exception()  # whoever asked has it or has gone; nobody else needs to hear of it

    async def _fly(self, holder: str, seen: SealedTokens) -> SealedTokens:
        async with self._alone(holder):
            current = await self._usable(holder)
            if current.access != seen.access:
                return current  # another node, or a new consent, was faster
            refresh_token = self._vault.open(current.refresh)
            try:
                answer = await self._server.refresh(refresh_token)
            except GrantBroken as error:
                await self._broken(holder, current, error)
                raise
            fresh = self._seal(answer.tokens)
            changed = await self._renew(holder, current, fresh, answer.scopes)
        log.info("A token was refreshed.", action="token-refreshed", holder=holder)
        if changed:
            await self._changed(holder)
        return fresh

    async def _renew(self, holder: str, old: SealedTokens, fresh: SealedTokens, scopes: tuple[str, ...]) -> bool:
        """Keep what the refresh brought; whether HubSpot says other scopes now, which nobody here has asked for."""
        async with self._database.transaction() as connection:
            before = await store.grant_of(connection, holder)
            await store.renew_tokens(connection, holder, old, fresh, scopes)
        self._recent.changed(holder)
        changed = before is not None and bool(scopes) and set(scopes) != set(before.scopes)
        if before and changed:
            lost, added = sorted({*before.scopes} - {*scopes}), sorted({*scopes} - {*before.scopes})
            log.warning(
                "HubSpot changed what was granted.", action="scopes-changed", holder=holder, lost=lost, added=added
            )
        return changed

    @asynccontextmanager
    async def _alone(self, holder: str) -> AsyncIterator[None]:
        """Between nodes; within this one, `_flight` sees to it. SQLite has one node, and its writer must not wait."""
        if self._database.is_sqlite:
            yield
            return
        async with self._seats, self._database.transaction() as connection:
            await store.hold_refresh(connection, holder)
            yield

    async def _broken(self, holder: str, tokens: SealedTokens, error: GrantBroken) -> None:
        async with self._database.transaction() as connection:
            grant = await store.grant_of(connection, holder)
            if grant is None or not await store.break_grant(connection, broken_by(grant, error.says), tokens):
                return
        self._recent.changed(holder)
        log.warning("A grant broke.", action="grant-broken", holder=holder, account=grant.account_id)
        await self._changed(holder)

    def _with_our_keys(self, grant: Grant, tokens: SealedTokens | None) -> Grant:
        """The grant as far as our keys reach: whose tokens cannot be opened is broken.

        Nothing is kept of this: with the old key put back, the grant is what it was.
        """
        if tokens is None or (self._vault.opens(tokens.access) and self._vault.opens(tokens.refresh)):
            return grant
        return broken_by(grant, KEY_LOST)

    def _seal(self, tokens: Tokens) -> SealedTokens:
        return SealedTokens(self._vault.seal(tokens.access), self._vault.seal(tokens.refresh), tokens.expires_at)

    # Grants.

    async def save(self, connection: AsyncConnection, holder: str, consented: Consented, account_name: str) -> Grant:
        """Keep what was consented to, in the caller's transaction, in place of the holder's earlier grant.

        A consent to less than the holder has already (begun while signed out, say) takes nothing away.
        """
        found = await store.grant_and_tokens(connection, holder)
        grant, tokens = (self._with_our_keys(*found), found[1]) if found else (None, None)
        fresh = self._seal(consented.tokens)
        if grant is None or (grant.account_id, grant.hubspot_user_id) != (consented.account_id, consented.user_id):
            grant = _new(holder, consented, account_name, self._now())
        else:
            less = grant.state is not GrantState.BROKEN and set(consented.scopes) < set(grant.scopes)
            scopes, fresh = (grant.scopes, tokens) if less and tokens else (consented.scopes, fresh)
            email = consented.email or grant.email
            grant = renewed(grant, scopes=scopes, account_name=account_name, email=email, at=self._now())
        await store.save_grant(connection, grant, fresh)
        self._recent.changed(holder)
        return grant

    async def grant_of(self, holder: str) -> Grant | None:
        async with self._database.reading() as connection:
            found = await store.grant_and_tokens(connection, holder)
        return self._with_our_keys(*found) if found else None

    async def grants_in(self, connection: AsyncConnection, account_id: int) -> list[Grant]:
        """Everybody's in the account, its own among them."""
        return [self._with_our_keys(*each) for each in await store.grants_in(connection, account_id)]

    async def switch(self, holder: str, on: bool) -> Grant:
        """Switch the integration on or off; the grant stays, and a broken one stays broken.

        Raises:
            NoGrant: there is nothing to switch.
        """
        async with self._database.transaction() as connection:
            found = await store.grant_and_tokens(connection, holder)
            if found is None:
                raise NoGrant
            before = self._with_our_keys(*found)
            after = switched_on(before) if on else switched_off(before)
            if after != before:
                await store.save_state(connection, after)
        self._recent.changed(holder)
        if after != before:
            await self._changed(holder)
        return after

    async def forget(self, holder: str) -> Forgotten:
        """Revoke at HubSpot as well as can be, then delete the tokens in any case.

        Raises:
            NoGrant: there is nothing to forget.
        """
        async with self._database.reading() as connection:
            found = await store.grant_and_tokens(connection, holder)
        if found is None:
            raise NoGrant
        forgotten = await self._revoked(found[1])
        async with self._database.transaction() as connection:
            await store.forget_grant(connection, holder)
        self._recent.changed(holder)
        log.info("A grant was forgotten.", action="grant-forgotten", holder=holder, revoked=forgotten.revoked)
        return forgotten

    async def _revoked(self, tokens: SealedTokens | None) -> Forgotten:
        if tokens is None:
            return Forgotten(revoked=True)  # HubSpot ended it before
        try:
            await self._server.revoke(self._vault.open(tokens.refresh))
        except Unopenable:
            return Forgotten(revoked=False, problem=KEY_LOST)
        except GrantBroken:
            return Forgotten(revoked=True)  # HubSpot ended it before
        except OffhookError as error:
            return Forgotten(revoked=False, problem=error.says)
        return Forgotten(revoked=True)

    async def close(self) -> None:
        """Let refreshes that are under way end: their answers must be kept."""
        await asyncio.gather(*self._flights.values(), return_exceptions=True)


def _new(holder: str, consented: Consented, account_name: str, at: datetime) -> Grant:
    return Grant(
        id=uuid4().hex,
        holder=holder,
        account_id=consented.account_id,
        account_name=account_name,
        hubspot_user_id=consented.user_id,
        email=consented.email,
        scopes=consented.scopes,
        state=GrantState.ACTIVE,
        reason=None,
        since=at,
    )

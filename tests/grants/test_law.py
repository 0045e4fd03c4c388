"""The law of grants: whatever happens, and in whatever order, a grant is in one of the states that `grant` draws, came
there by a line that is drawn there, keeps tokens exactly while they may work again, and leaves everybody else's alone.
"""

import asyncio
from contextvars import Context
from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from msgspec import Struct
from sqlalchemy import delete

from offhook.database import Database
from offhook.errors import GrantBroken, GrantError, GrantOff, NoGrant
from offhook.grants import store
from offhook.grants.access import Access
from offhook.grants.attempt import Consented
from offhook.grants.authorization_server import AuthorizationServer
from offhook.grants.vault import Secret, Vault
from offhook.grants.wire import Tokens

HOLDERS = ("ben", "account-111")
SCOPES = {"much": ("oauth", "crm.objects.contacts.read"), "less": ("oauth",)}


class Consent(Struct, frozen=True):
    holder: str
    scopes: str


class Switch(Struct, frozen=True):
    holder: str
    on: bool


class Use(Struct, frozen=True):
    """`refused`: HubSpot has answered 401."""

    holder: str
    refused: bool


class Forget(Struct, frozen=True):
    holder: str


class Uninstall(Struct, frozen=True):
    """HubSpot ends every grant, and tells nobody."""


class Wait(Struct, frozen=True):
    """Longer than an access token lives."""


class Keys(Struct, frozen=True):
    """The service starts with these."""

    keys: tuple[str, ...]


holders = st.sampled_from(HOLDERS)
steps = st.one_of(
    st.builds(Consent, holders, st.sampled_from(sorted(SCOPES))),
    st.builds(Switch, holders, st.booleans()),
    st.builds(Use, holders, st.booleans()),
    st.builds(Forget, holders),
    st.builds(Uninstall),
    st.builds(Wait),
    st.sampled_from([("old",), ("new",), ("new", "old")]).map(Keys),
)


class Row(Struct):
    """What should be kept. `dead`: HubSpot has ended it; `old`: the access token has ended."""

    state: str
    key: str
    scopes: tuple[str, ...]
    dead: bool = False
    old: bool = False


class World:
    """Plays the steps, and knows what should be."""

    def __init__(self, database: Database, server: AuthorizationServer, hubspot: Any, clock: Any) -> None:
        self.database, self.server, self.hubspot, self.clock = database, server, hubspot, clock
        self.rows: dict[str, Row] = {}
        self.start(("old",))

    def start(self, keys: tuple[str, ...]) -> None:
        async def changed(holder: str) -> None:
            """Nobody is looking."""

        self.keys = keys
        self.access = Access(self.database, self.server, Vault(keys), self.clock, changed)

    def state(self, holder: str) -> str:
        """As it should be seen: what our keys do not open is broken."""
        row = self.rows.get(holder)
        if row is None:
            return "none"
        return row.state if row.key in self.keys else "broken"

    async def play(self, step: Any) -> None:
        match step:
            case Consent(holder, scopes):
                await self.consent(holder, SCOPES[scopes])
            case Switch(holder, on):
                await self.switch(holder, on)
            case Use(holder, refused):
                await self.use(holder, refused)
            case Forget(holder):
                await self.forget(holder)
            case Uninstall():
                self.hubspot.refresh_tokens.clear()
                for row in self.rows.values():
                    row.dead = True
            case Wait():
                self.clock.advance(minutes=40)
                for row in self.rows.values():
                    row.old = True
            case Keys(keys):
                self.start(keys)

    async def consent(self, holder: str, scopes: tuple[str, ...]) -> None:
        answer = msgspec.json.decode(self.hubspot._tokens().content)
        ends_at = self.clock.now + timedelta(seconds=answer["expires_in"])
        tokens = Tokens(Secret(answer["access_token"]), Secret(answer["refresh_token"]), ends_at)
        consented = Consented("", 111, 7, "ben@example.com", "example.com", scopes, tokens, "", "", None)
        async with self.database.transaction() as connection:
            await self.access.save(connection, holder, consented, "Example Inc")
        row = self.rows.get(holder)
        if row and self.state(holder) != "broken" and set(scopes) < set(row.scopes):
            row.state = "active"  # nothing that was granted is lost
        else:
            self.rows[holder] = Row("active", self.keys[0], scopes)

    async def switch(self, holder: str, on: bool) -> None:
        before = self.state(holder)
        if before == "none":
            assert await self.refusal(self.access.switch(holder, on=on)) is NoGrant
        else:
            await self.access.switch(holder, on=on)
        if before in ("active", "off"):
            self.rows[holder].state = "active" if on else "off"

    async def use(self, holder: str, refused: bool) -> None:
        expected = {"none": NoGrant, "off": GrantOff, "broken": GrantBroken}.get(self.state(holder))
        row = self.rows.get(holder)
        if row and expected is None and (refused or row.old):
            expected = GrantBroken if row.dead else None
            # The reason is kept when HubSpot refuses, and the tokens are not.
            self.rows[holder] = Row("broken" if row.dead else "active", self.keys[0], row.scopes, row.dead)
        asked = asyncio.create_task(self._token(holder, refused), context=Context())
        assert await self.refusal(asked) is expected

    async def _token(self, holder: str, refused: bool) -> str:
        return await self.access.token_source(holder)(refused)

    async def forget(self, holder: str) -> None:
        known = self.rows.pop(holder, None)
        assert await self.refusal(self.access.forget(holder)) is (None if known else NoGrant)

    async def refusal(self, asked: Any) -> type[GrantError] | None:
        try:
            await asked
        except GrantError as error:
            return type(error)
        return None

    async def look(self) -> None:
        for holder in HOLDERS:
            grant = await self.access.grant_of(holder)
            assert (grant.state.value if grant else "none") == self.state(holder)
            if grant is None:
                continue
            assert bool(grant.reason) == (grant.state.value == "broken")
            assert grant.scopes == self.rows[holder].scopes
            async with self.database.reading() as connection:
                kept = await store.grant_and_tokens(connection, holder)
            assert kept
            assert (kept[1] is not None) == (self.rows[holder].state != "broken")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(played=st.lists(steps, min_size=10, max_size=40))
async def test_a_grant_goes_only_where_its_lines_lead(
    database: Database, server: AuthorizationServer, hubspot: Any, clock: Any, played: list[Any]
) -> None:
    async with database.transaction() as connection:
        await connection.execute(delete(store.hubspot_grant))
    hubspot.refresh_tokens.clear()
    world = World(database, server, hubspot, clock)
    for step in (*(Consent(each, "much") for each in HOLDERS), *played):
        note(str(step))
        await world.play(step)
        await world.look()

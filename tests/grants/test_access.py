"""Tokens that work: refreshed ahead of time, once, and never lost."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from offhook.database import Database
from offhook.errors import GrantBroken, GrantOff, HubSpotUnreachable, NoGrant
from offhook.grants import store
from offhook.grants.access import Access
from offhook.grants.attempt import Consented
from offhook.grants.authorization_server import AuthorizationServer
from offhook.grants.grant import GrantState
from offhook.grants.vault import Vault


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


Connect = Callable[..., Awaitable[tuple[str, Consented]]]
DOWN = httpx.ConnectError("no route")


async def test_a_fresh_token_is_used_as_it_is(connect: Connect, access: Access, hubspot: Any) -> None:
    _, consented = await connect()
    assert await access.token_source("ben")(False) == consented.tokens.access.reveal()
    assert hubspot.asked("refresh") == []


async def test_a_token_is_refreshed_five_minutes_ahead(
    connect: Connect, access: Access, hubspot: Any, clock: Any
) -> None:
    _, consented = await connect()
    old = consented.tokens.access.reveal()
    clock.advance(minutes=24, seconds=59)
    assert await access.token_source("ben")(False) == old
    clock.advance(seconds=1)
    fresh = await access.token_source("ben")(False)
    assert fresh != old
    assert await access.token_source("ben")(False) == fresh
    assert len(hubspot.asked("refresh")) == 1


async def test_the_latest_refresh_token_is_always_kept(
    connect: Connect, access: Access, hubspot: Any, clock: Any
) -> None:
    await connect()
    for _ in range(3):
        clock.advance(minutes=26)
        await access.token_source("ben")(False)
    used = [form["refresh_token"] for form in hubspot.asked("refresh")]
    assert len(set(used)) == 3


async def test_two_hundred_who_ask_at_once_cause_one_refresh(
    connect: Connect, access: Access, hubspot: Any, clock: Any
) -> None:
    await connect()
    clock.advance(minutes=40)
    hubspot.slow = True
    source = access.token_source("ben")
    tokens = await asyncio.gather(*(source(False) for _ in range(200)))
    assert len(set(tokens)) == 1
    assert len(hubspot.asked("refresh")) == 1


async def test_two_hundred_who_were_refused_cause_one_refresh(connect: Connect, access: Access, hubspot: Any) -> None:
    await connect()
    source = access.token_source("ben")
    everybody_has_one = asyncio.Barrier(200)

    async def use_it() -> str:
        await source(False)
        await everybody_has_one.wait()
        return await source(True)

    tokens = await asyncio.gather(*(use_it() for _ in range(200)))
    assert len(set(tokens)) == 1
    assert len(hubspot.asked("refresh")) == 1


async def test_who_is_refused_late_gets_what_others_have_refreshed(
    connect: Connect, access: Access, hubspot: Any
) -> None:
    await connect()
    source, begun, refreshed = access.token_source("ben"), asyncio.Event(), asyncio.Event()

    async def slow() -> str:
        await source(False)
        begun.set()
        await refreshed.wait()
        return await source(True)

    late = asyncio.create_task(slow())
    await begun.wait()
    await source(False)
    token = await source(True)
    refreshed.set()
    assert await late == token
    assert len(hubspot.asked("refresh")) == 1


async def test_a_token_that_is_refused_again_is_refreshed_again(connect: Connect, access: Access, hubspot: Any) -> None:
    await connect()
    source = access.token_source("ben")
    await source(False)
    first, second = await source(True), await source(True)
    assert first != second
    assert len(hubspot.asked("refresh")) == 2


# SQLite has one node.
@pytest.mark.parametrize("database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_two_nodes_cause_one_refresh(
    connect: Connect, database_url: str, server: AuthorizationServer, vault: Vault, hubspot: Any, clock: Any
) -> None:
    async def changed(agent_id: str) -> None:
        raise AssertionError(agent_id)

    await connect()
    clock.advance(minutes=40)
    hubspot.slow = True
    databases = [Database(database_url) for _ in range(3)]
    nodes = [Access(each, server, vault, clock, changed) for each in databases]
    try:
        tokens = await asyncio.gather(*(node.token_source("ben")(False) for node in nodes for _ in range(20)))
    finally:
        for each in databases:
            await each.close()
    assert len(set(tokens)) == 1
    assert len(hubspot.asked("refresh")) == 1


async def test_many_agents_refresh_beside_each_other(connect: Connect, access: Access, hubspot: Any, clock: Any) -> None:
    for number in range(40):
        hubspot.user_id = number
        await connect(agent_id=f"agent-{number}")
    clock.advance(minutes=40)
    hubspot.slow = True
    await asyncio.gather(*(access.token_source(f"agent-{number}")(False) for number in range(40)))
    assert len(hubspot.asked("refresh")) == 40


async def test_who_gives_up_waiting_does_not_lose_the_answer(
    connect: Connect, access: Access, hubspot: Any, clock: Any
) -> None:
    await connect()
    clock.advance(minutes=40)
    hubspot.slow, hubspot.reached = True, asyncio.Event()
    impatient = asyncio.ensure_future(access.token_source("ben")(False))
    await hubspot.reached.wait()
    impatient.cancel()
    with suppress(asyncio.CancelledError):
        await impatient
    await access.close()
    assert await access.token_source("ben")(False)
    assert len(hubspot.asked("refresh")) == 1


async def test_while_hubspot_is_down_a_living_token_is_used(
    connect: Connect, access: Access, hubspot: Any, clock: Any
) -> None:
    _, consented = await connect()
    clock.advance(minutes=26)
    hubspot.script = [DOWN, DOWN]
    assert await access.token_source("ben")(False) == consented.tokens.access.reveal()
    clock.advance(minutes=4)
    with pytest.raises(HubSpotUnreachable):
        await access.token_source("ben")(False)


async def test_a_refused_token_is_not_used_again_because_hubspot_is_down(
    connect: Connect, access: Access, hubspot: Any
) -> None:
    await connect()
    source = access.token_source("ben")
    await source(False)
    hubspot.script = [DOWN]
    with pytest.raises(HubSpotUnreachable):
        await source(True)


async def test_a_living_token_is_used_although_the_apps_secret_is_wrong_now(
    connect: Connect, access: Access, hubspot: Any, clock: Any
) -> None:
    await connect()
    clock.advance(minutes=26)
    hubspot.script = [httpx.Response(400, json={"status": "BAD_CLIENT_SECRET"})]
    assert await access.token_source("ben")(False)


async def test_a_revoked_grant_breaks_with_its_reason_and_is_told_once(
    connect: Connect, access: Access, hubspot: Any, clock: Any, changes: list[str]
) -> None:
    await connect()
    hubspot.refresh_tokens.clear()
    clock.advance(minutes=26)
    for _ in range(2):
        with pytest.raises(GrantBroken, match="expired or revoked"):
            await access.token_source("ben")(False)
    grant = await access.grant_of("ben")
    assert grant is not None
    assert grant.state is GrantState.BROKEN
    assert "expired or revoked" in (grant.reason or "")
    assert changes == ["ben"]
    assert len(hubspot.asked("refresh")) == 1


async def test_a_new_consent_repairs_it(connect: Connect, access: Access, hubspot: Any, clock: Any) -> None:
    await connect()
    hubspot.refresh_tokens.clear()
    clock.advance(minutes=26)
    with pytest.raises(GrantBroken):
        await access.token_source("ben")(False)
    before = await access.grant_of("ben")
    _, consented = await connect()
    after = await access.grant_of("ben")
    assert before is not None
    assert after is not None
    assert (after.id, after.state, after.reason, after.since) == (before.id, GrantState.ACTIVE, None, clock.now)
    assert await access.token_source("ben")(False) == consented.tokens.access.reveal()


async def test_a_consent_during_a_refresh_is_not_overwritten(
    connect: Connect, access: Access, hubspot: Any, clock: Any, database: Database
) -> None:
    await connect()
    clock.advance(minutes=26)
    async with database.reading() as connection:
        seen = await store.grant_and_tokens(connection, "ben")
    _, consented = await connect()
    assert seen is not None
    assert seen[1] is not None
    async with database.transaction() as connection:
        await store.renew_tokens(connection, "ben", seen[1], seen[1], ())
        assert not await store.break_grant(connection, seen[0], seen[1])
    assert await access.token_source("ben")(False) == consented.tokens.access.reveal()


async def test_a_refresh_that_tells_other_scopes_changes_the_grants(
    connect: Connect, access: Access, hubspot: Any, changes: list[str]
) -> None:
    await connect()
    tokens = {"access_token": "a", "refresh_token": "r", "expires_in": 1800, "scopes": ["oauth"]}
    hubspot.script = [httpx.Response(200, json=tokens)]
    hubspot.refresh_tokens.add("r")
    source = access.token_source("ben")
    await source(False)
    await source(True)
    grant = await access.grant_of("ben")
    assert grant is not None
    assert (grant.scopes, grant.state) == (("oauth",), GrantState.ACTIVE)
    assert changes == ["ben"], "the panel is told that something is off now"
    await source(True)
    assert changes == ["ben"], "who says nothing of scopes changes none"


async def test_switching_off_stops_the_tokens_and_keeps_the_grant(
    connect: Connect, access: Access, hubspot: Any, changes: list[str]
) -> None:
    await connect()
    assert (await access.switch("ben", on=False)).state is GrantState.OFF
    with pytest.raises(GrantOff):
        await access.token_source("ben")(False)
    assert (await access.switch("ben", on=True)).state is GrantState.ACTIVE
    await access.switch("ben", on=True)
    assert await access.token_source("ben")(False)
    assert (changes, hubspot.revoked) == (["ben", "ben"], [])


async def test_without_a_grant_there_is_nothing_to_use_switch_or_forget(access: Access) -> None:
    assert await access.grant_of("ben") is None
    for asked in (access.token_source("ben")(False), access.switch("ben", on=True), access.forget("ben")):
        with pytest.raises(NoGrant):
            await asked


async def test_forgetting_revokes_at_hubspot_and_deletes(connect: Connect, access: Access, hubspot: Any) -> None:
    _, consented = await connect()
    assert (await access.forget("ben")).revoked
    assert hubspot.revoked == [consented.tokens.refresh.reveal()]
    assert await access.grant_of("ben") is None


async def test_forgetting_deletes_and_says_so_when_hubspot_cannot_be_told(
    connect: Connect, access: Access, hubspot: Any
) -> None:
    await connect()
    hubspot.script = [DOWN]
    forgotten = await access.forget("ben")
    assert not forgotten.revoked
    assert "cannot be reached" in (forgotten.problem or "")
    assert await access.grant_of("ben") is None


async def test_a_lost_key_is_named_and_breaks_nothing_for_good(
    connect: Connect, access: Access, database: Database, server: AuthorizationServer, clock: Any
) -> None:
    async def changed(agent_id: str) -> None:
        raise AssertionError(agent_id)

    _, consented = await connect()
    keyless = Access(database, server, Vault(["another key"]), clock, changed)
    for refused in (False, True):
        with pytest.raises(GrantBroken, match="secret key"):
            await keyless.token_source("ben")(refused)
    seen = await keyless.grant_of("ben")
    assert seen is not None
    assert (seen.state, "secret key" in (seen.reason or "")) == (GrantState.BROKEN, True)
    async with database.reading() as connection:
        assert await keyless.grants_in(connection, 111) == [seen], "administrators see what she sees"
        assert [each.state for each in await access.grants_in(connection, 111)] == [GrantState.ACTIVE]
    for on in (False, True):
        assert (await keyless.switch("ben", on=on)).state is GrantState.BROKEN
    assert await access.token_source("ben")(False) == consented.tokens.access.reveal()
    assert not (await keyless.forget("ben")).revoked


async def test_a_narrower_consent_replaces_tokens_that_nobody_can_open(
    connect: Connect, access: Access, database: Database, server: AuthorizationServer, clock: Any, hubspot: Any
) -> None:
    async def changed(agent_id: str) -> None:
        raise AssertionError(agent_id)

    _, consented = await connect()
    keyless = Access(database, server, Vault(["another key"]), clock, changed)
    less = msgspec.structs.replace(consented, scopes=("oauth",))
    async with database.transaction() as connection:
        await keyless.save(connection, "ben", less, "Example Inc")
    assert await keyless.token_source("ben")(False) == consented.tokens.access.reveal()
    grant = await keyless.grant_of("ben")
    assert grant is not None
    assert (grant.scopes, grant.state) == (("oauth",), GrantState.ACTIVE)


async def test_two_consents_of_one_holder_at_once_are_one_grant(
    connect: Connect, access: Access, database: Database
) -> None:
    _, consented = await connect(agent_id="somebody else")

    async def keep() -> None:
        async with database.transaction() as connection:
            await access.save(connection, "account-111", consented, "Example Inc")

    await asyncio.gather(*(keep() for _ in range(5)))
    async with database.reading() as connection:
        kept = [each.holder for each in await access.grants_in(connection, 111)]
    assert sorted(kept) == ["account-111", "somebody else"]


@pytest.mark.parametrize("minutes", [10, -10])
async def test_a_clock_that_jumps_by_ten_minutes_costs_one_refresh_at_most(
    connect: Connect, access: Access, hubspot: Any, clock: Any, minutes: int
) -> None:
    """Ahead, the token is renewed early; behind, HubSpot refuses it, and it is renewed then."""
    await connect()
    source = access.token_source("ben")
    clock.advance(minutes=20)
    first = await source(False)
    clock.advance(minutes=minutes)
    second = await source(False)
    assert (second != first) == (minutes > 0)
    third = await source(True) if minutes < 0 else second
    assert len(hubspot.asked("refresh")) == 1
    assert await source(False) == third


async def test_tokens_of_an_account_that_is_gone_break_the_grant_and_say_so(
    connect: Connect, access: Access, hubspot: Any, clock: Any
) -> None:
    await connect()
    clock.advance(minutes=26)
    body = {"status": "BAD_HUB", "message": "missing or unknown hub id", "error": "invalid_grant"}
    hubspot.script = [httpx.Response(400, json=body)]
    with pytest.raises(GrantBroken, match="no longer has this account"):
        await access.token_source("ben")(False)
    assert (await access.forget("ben")).revoked


async def test_tokens_are_encrypted_at_rest(connect: Connect, access: Access, database: Database, tmp_path: Path) -> None:
    _, consented = await connect()
    secrets = [consented.tokens.access.reveal(), consented.tokens.refresh.reveal()]
    if database.is_sqlite:
        kept = everything_in(tmp_path)
    else:
        async with database.reading() as connection:
            rows = await connection.execute(store.hubspot_grant.select())
            kept = repr(rows.all()).encode()
    assert b"ben@example.com" in kept
    assert not any(secret.encode() in kept for secret in secrets)

"""What was read a moment ago is used again, and nothing that is not true any more."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from offhook.database import Database
from offhook.errors import GrantOff, NoGrant
from offhook.grants.access import Access
from offhook.grants.attempt import Consented
from offhook.grants.authorization_server import AuthorizationServer
from offhook.grants.recent import MOMENT, MOST, Opened, Recent
from offhook.grants.vault import Secret, Vault

Connect = Callable[..., Awaitable[tuple[str, Consented]]]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=25)


@dataclass
class Steady:
    """Seconds since somewhen."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def token(name: str = "a", until: datetime = LATER) -> Opened:
    return Opened(f"sealed {name}", Secret(name), until)


def test_it_is_believed_for_a_moment_and_never_when_it_ends_soon() -> None:
    steady = Steady()
    recent = Recent(steady)
    assert recent.of("ben", NOW) is None
    recent.keep("ben", token(), recent.reading())
    assert recent.of("ben", NOW) == token()
    assert recent.of("ada", NOW) is None
    assert recent.of("ben", LATER) is None
    steady.now += MOMENT
    assert recent.of("ben", NOW) is None


def test_what_was_read_before_a_change_is_not_kept_after_it() -> None:
    recent = Recent(Steady())
    read_at = recent.reading()
    recent.changed("ben")
    recent.keep("ben", token(), read_at)
    assert recent.of("ben", NOW) is None


def test_what_is_read_just_after_a_change_may_be_older_than_its_commit() -> None:
    steady = Steady()
    recent = Recent(steady)
    recent.keep("ben", token(), recent.reading())
    recent.changed("ben")
    assert recent.of("ben", NOW) is None
    for passed, kept in ((0.5, False), (MOMENT, True)):
        steady.now += passed
        recent.keep("ben", token("b"), recent.reading())
        assert bool(recent.of("ben", NOW)) == kept


def test_it_does_not_grow_without_end() -> None:
    recent = Recent(Steady())
    for number in range(MOST + 1):
        recent.keep(f"agent-{number}", token(), recent.reading())
    assert recent.of("agent-0", NOW) is None
    assert recent.of(f"agent-{MOST}", NOW) == token()


@pytest.fixture
def steady() -> Steady:
    return Steady()


@pytest.fixture
def node(
    database: Database, server: AuthorizationServer, vault: Vault, clock: Any, changes: list[str], steady: Steady
) -> Access:
    """Another one than `access`, on the same database."""

    async def changed(holder: str) -> None:
        changes.append(holder)

    return Access(database, server, vault, clock, changed, Recent(steady))


async def test_what_happens_on_another_node_is_seen_after_a_moment_and_at_once_by_who_must(
    connect: Connect, access: Access, node: Access, steady: Steady
) -> None:
    await connect()
    source = node.token_source("ben")
    token = await source(False)
    await access.switch("ben", on=False)
    assert await source(False) == token
    with pytest.raises(GrantOff):
        await node.token_source("ben", at_once=True)(False)
    steady.now += MOMENT
    with pytest.raises(GrantOff):
        await source(False)
    await access.switch("ben", on=True)
    assert await source(False) == token, "a refusal is not remembered"
    await access.forget("ben")
    steady.now += MOMENT
    with pytest.raises(NoGrant):
        await source(False)


async def test_what_happens_here_is_seen_at_once(connect: Connect, node: Access, database: Database) -> None:
    await connect()
    source = node.token_source("ben")
    await source(False)
    await node.switch("ben", on=False)
    with pytest.raises(GrantOff):
        await source(False)
    await node.switch("ben", on=True)
    old = await source(False)
    _, again = await connect()
    async with database.transaction() as connection:
        await node.save(connection, "ben", again, "Example Inc")
    assert await source(False) == again.tokens.access.reveal() != old
    await node.forget("ben")
    with pytest.raises(NoGrant):
        await source(False)


async def test_a_token_that_another_node_has_replaced_is_looked_up_when_it_is_refused(
    connect: Connect, access: Access, node: Access, hubspot: Any
) -> None:
    await connect()
    source, other = node.token_source("ben"), access.token_source("ben")
    old = await source(False)
    await other(False)
    new = await other(True)
    assert await source(False) == old
    assert await source(True) == new
    assert len(hubspot.asked("refresh")) == 1


async def test_a_token_is_refreshed_ahead_of_its_end_however_recently_it_was_read(
    connect: Connect, node: Access, hubspot: Any, clock: Any
) -> None:
    await connect()
    source = node.token_source("ben")
    old = await source(False)
    clock.advance(minutes=25)
    assert await source(False) != old
    assert len(hubspot.asked("refresh")) == 1

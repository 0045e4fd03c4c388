"""The same against the local HubSpot, over real HTTP: consent on its pages, tokens, refresh, revocation."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from hubspot_sandbox.testing import ACORN, ADA, RunningSandbox, running_sandbox
from offhook.database import Database
from offhook.errors import DeclinedConsent, GrantBroken
from offhook.grants.access import Access
from offhook.grants.authorization_server import AuthorizationServer
from offhook.grants.consent import Consents
from offhook.grants.proofs import hashed
from offhook.grants.vault import Secret, Vault
from offhook.grants.wire import App

ASKS = {"everything": (("oauth", "crm.objects.contacts.read"), ("crm.objects.contacts.write", "settings.users.read"))}
SECRET, DEVICE = "s" * 43, "d" * 43


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def server(sandbox: RunningSandbox) -> AsyncIterator[AuthorizationServer]:
    def now() -> datetime:
        return sandbox.portal.clock.now()

    app = App("offhook-demo-client", Secret("offhook-demo-secret"), "http://localhost:8600/oauth/callback")
    async with httpx.AsyncClient() as http:
        yield AuthorizationServer(http, sandbox.base_url, app, now)


@pytest.fixture
def consents(database: Database, server: AuthorizationServer, vault: Vault, sandbox: RunningSandbox) -> Consents:
    now = sandbox.portal.clock.now
    return Consents(
        database,
        server,
        vault,
        now,
        scopes_for=lambda ask, *held: ASKS[ask],
        app_url=sandbox.base_url,
        lifetime=1800,
        patience=45,
    )


@pytest.fixture
def access(database: Database, server: AuthorizationServer, vault: Vault, sandbox: RunningSandbox) -> Access:
    async def changed(agent_id: str) -> None:
        assert agent_id == "ada"

    return Access(database, server, vault, sandbox.portal.clock.now, changed)


def decide(sandbox: RunningSandbox, consent_url: str, decision: Literal["grant", "cancel"] = "grant") -> dict[str, str]:
    """Ada logs in on HubSpot's page and decides; the query that comes back to Offhook."""
    address = urlsplit(sandbox.consent(consent_url, ADA, ACORN, decision=decision))
    assert (address.netloc, address.path) == ("localhost:8600", "/oauth/callback")
    return dict(parse_qsl(address.query))


async def connect(sandbox: RunningSandbox, consents: Consents, access: Access, database: Database) -> str:
    begun = await consents.begin("everything", hashed(SECRET), DEVICE)
    consented = await consents.complete(decide(sandbox, begun.consent_url))
    assert (consented.account_id, consented.email) == (ACORN, ADA)
    assert {scope for scopes in ASKS["everything"] for scope in scopes} == set(consented.scopes)
    async with database.transaction() as connection:
        await access.save(connection, "ada", consented, "Acorn Supplies")
        await consents.granted(connection, begun.id, "ada")
    assert (await consents.claim(begun.id, SECRET)).agent_id == "ada"
    return consented.tokens.refresh.reveal()


async def contacts_answer(sandbox: RunningSandbox, token: str) -> int:
    async with sandbox.async_client(token) as hubspot:
        return (await hubspot.get("/crm/objects/2026-09/contacts?limit=1")).status_code


async def test_a_grant_lives_from_consent_to_revocation(
    sandbox: RunningSandbox, consents: Consents, access: Access, database: Database, server: AuthorizationServer
) -> None:
    refresh_token = await connect(sandbox, consents, access, database)
    source = access.token_source("ada")
    first = await source(False)
    assert await contacts_answer(sandbox, first) == 200

    sandbox.control("POST", "/clock", {"advance_seconds": 1801})
    assert await contacts_answer(sandbox, first) == 401
    second = await source(False)
    assert await contacts_answer(sandbox, second) == 200
    assert await contacts_answer(sandbox, await source(True)) == 200

    assert (await access.forget("ada")).revoked
    with pytest.raises(GrantBroken):
        await server.refresh(Secret(refresh_token))


async def test_a_grant_that_hubspot_ended_breaks(
    sandbox: RunningSandbox, consents: Consents, access: Access, database: Database, server: AuthorizationServer
) -> None:
    await server.revoke(Secret(await connect(sandbox, consents, access, database)))
    sandbox.control("POST", "/clock", {"advance_seconds": 1801})
    with pytest.raises(GrantBroken):
        await access.token_source("ada")(False)
    grant = await access.grant_of("ada")
    assert grant is not None
    assert grant.reason


async def test_a_person_who_cancels_declines(sandbox: RunningSandbox, consents: Consents) -> None:
    begun = await consents.begin("everything", hashed(SECRET), DEVICE)
    with pytest.raises(DeclinedConsent, match="denied"):
        await consents.complete(decide(sandbox, begun.consent_url, "cancel"))
    assert (await consents.claim(begun.id, SECRET)).state == "failed"


async def test_an_unknown_token_is_nobody(server: AuthorizationServer) -> None:
    assert await server.introspect(Secret("no-such-token")) is None

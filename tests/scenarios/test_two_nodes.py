"""Two nodes on one PostgreSQL: at the end of a token two hundred who ask at once cause one refresh, as HubSpot saw it."""

import asyncio
import sys
import time
from collections.abc import Iterator

import asyncpg
import httpx
import pytest
from tests.postgres import Server
from tests.scenarios.applicant import MARKETPLACE, MAY_VIEW, Applicant, new_account, set_up_app
from tests.scenarios.stage import Json, Stage, eventually, free_ports, running_stage

from offhook.demo.wait import wait_until
from offhook.grants.recent import MOMENT

pytestmark = pytest.mark.postgres

USERS = 200
# Seconds in which we send HubSpot no more than it takes, and what we say to those for whom that is too long.
WINDOW, BUSY = 10.0, 502
TOKENS = "/oauth/*/token"


class TwoNodes:
    """Both, and somebody who is connected in an account of her own, for herself and for everybody."""

    def __init__(self, stage: Stage, second_port: int, database: str) -> None:
        self.stage, self.database = stage, database
        self.addresses = (stage.service, f"http://localhost:{second_port}")
        set_up_app(stage)
        self.abby = Applicant(stage, new_account(stage), super_admin=True)
        for ask in ("everything", "account"):
            self.abby.logs_in()
            self.abby.begins(ask)
            assert self.abby.grants()["state"] == "granted"
        # What is looked at is the token; HubSpot's other limits shall not matter.
        stage.control("POST", "/limits", {"enabled": False})
        stage.control("POST", f"/accounts/{self.abby.account}/settings", {"api_add_on": True})

    @property
    def agent_id(self) -> str:
        return str(self.abby.panel.ask("GET", "/api/panel")["agent"]["id"])

    def time_passes(self, holder: str) -> None:
        """The holder's token has come to its end, by our own clock; what was read of it before is forgotten."""
        asyncio.run(self._age(holder))
        let_pass(MOMENT)

    async def _age(self, holder: str) -> None:
        connection = await asyncpg.connect(self.database.replace("+asyncpg", ""))
        try:
            await connection.execute(
                "UPDATE hubspot_grant SET expires_at = now() - interval '1 second' WHERE holder = $1", holder
            )
        finally:
            await connection.close()

    def all_ask(self, method: str, path: str, *, may_be_busy: bool = False) -> list[httpx.Response]:
        """Two hundred requests at the same moment, half of them to each node."""
        return asyncio.run(self._all_ask(method, path, may_be_busy))

    async def _all_ask(self, method: str, path: str, may_be_busy: bool) -> list[httpx.Response]:
        headers = {"Authorization": self.abby.panel.api.headers["Authorization"]}
        limits = httpx.Limits(max_connections=USERS)
        async with httpx.AsyncClient(headers=headers, timeout=60, limits=limits) as http:
            nodes = [self.addresses[each % 2] for each in range(USERS)]
            answers = await asyncio.gather(*(http.request(method, node + path) for node in nodes))
        busy = "hubspot-busy" in "".join(each.text for each in answers)
        assert busy <= may_be_busy
        assert {each.status_code for each in answers} == ({200, BUSY} if busy else {200}), answers[-1].text
        return answers

    def refreshes(self) -> list[Json]:
        """What HubSpot was asked for since, of tokens."""
        entries = self.stage.control("GET", f"/journal?pattern={TOKENS}&account_id={self.abby.account}")
        return [each for each in entries if each["body"].get("grant_type") == "refresh_token"]

    def refused(self) -> list[Json]:
        entries: list[Json] = self.stage.control("GET", f"/journal?status=401&account_id={self.abby.account}")
        return entries


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory, postgres_server: Server) -> Iterator[TwoNodes]:
    database = postgres_server.url(postgres_server.make_database())
    # What is counted to the last request shall not be mixed with the contacts that are listed meanwhile.
    settings = {"OFFHOOK_DATABASE_URL": database, "OFFHOOK_DIRECTORY_SYNC_EVERY": "0"}
    with running_stage(tmp_path_factory.mktemp("nodes"), **settings) as stage:
        [port] = free_ports(1)
        environment = stage.service_environment() | {"OFFHOOK_PORT": str(port)}
        stage._run("second", [sys.executable, "-m", "offhook", "serve"], environment)
        eventually(lambda: is_ready(f"http://localhost:{port}"), bool, "the second node to be ready")
        nodes = TwoNodes(stage, port, database)
        yield nodes
        nodes.abby.leaves()


def let_pass(seconds: float) -> None:
    """What is waited for is the time itself."""
    since = time.monotonic()
    wait_until(lambda: time.monotonic() - since > seconds, "time to pass", 2 * seconds)


def is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/ready", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture
def contact(nodes: TwoNodes) -> str:
    """A contact of her account."""
    body = {"number": "+16502530123", "first_name": "Mina", "last_name": "Moss"}
    found = nodes.abby.panel.api.post("/api/contacts", json=body).json()
    return str(found["id"] if "id" in found else found["contacts"][0]["id"])


def test_an_agents_token_that_ends_is_refreshed_once(nodes: TwoNodes, contact: str) -> None:
    nodes.time_passes(nodes.agent_id)
    nodes.stage.control("DELETE", "/journal")
    answers = nodes.all_ask("GET", f"/api/contacts/{contact}/around")
    assert all(shelf["reason"] is None for each in answers for shelf in each.json()["shelves"]), answers[0].text
    assert len(nodes.refreshes()) == 1


def test_an_agents_token_that_hubspot_refuses_is_refreshed_once(nodes: TwoNodes, contact: str) -> None:
    """Each is sent twice then, which is more than HubSpot takes: some are told to come again, none that it is broken."""
    let_pass(WINDOW)
    nodes.stage.control("POST", "/tokens/expire", {"account_id": nodes.abby.account})
    nodes.stage.control("DELETE", "/journal")
    answers = nodes.all_ask("GET", f"/api/contacts/{contact}/around", may_be_busy=True)
    assert "grant-broken" not in "".join(each.text for each in answers)
    assert len(nodes.refused()) > USERS / 4, "many of them met the refusal"
    assert len(nodes.refreshes()) == 1


def test_the_accounts_token_that_ends_is_refreshed_once_for_two_hundred_users(nodes: TwoNodes) -> None:
    stranger = Applicant(nodes.stage, nodes.abby.account, MAY_VIEW | MARKETPLACE)
    stranger.leaves()
    people = nodes.abby.panel.ask("GET", "/api/administration/people")["people"]
    [user] = [each["hubspot_user_id"] for each in people if each["email"] == stranger.email]
    nodes.time_passes(f"account-{nodes.abby.account}")
    nodes.stage.control("DELETE", "/journal")
    let_pass(WINDOW)
    nodes.all_ask("POST", f"/api/administration/people/{user}/check")
    assert len(nodes.refreshes()) == 1
    panel = nodes.abby.panel.ask("GET", "/api/administration/account-grant")
    assert panel["state"] == "active"

"""What tests are promised of a sandbox, with a socket and without."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hubspot_sandbox.rights import APP_MARKETPLACE_ACCESS
from hubspot_sandbox.testing import (
    ACORN,
    ADA,
    BEN,
    BIRCH,
    ConsentRefused,
    ControlRefused,
    InProcessSandbox,
    RegisteredApp,
    RunningSandbox,
    Sandbox,
    Tokens,
)

CONTACTS = "/crm/objects/2026-09/contacts"
READ = ("oauth", "crm.objects.contacts.read")


@pytest.fixture
def hubspot_sandbox_seed() -> str:
    return "empty"


@pytest.fixture(params=["server", "in process"])
def sandbox(
    request: pytest.FixtureRequest, hubspot_sandbox: RunningSandbox, hubspot_sandbox_in_process: InProcessSandbox
) -> Sandbox:
    return hubspot_sandbox if request.param == "server" else hubspot_sandbox_in_process


@pytest.fixture
def at_its_address(hubspot_sandbox: RunningSandbox) -> Sandbox:
    return Sandbox(f"{hubspot_sandbox.url}/")


def create(sandbox: Sandbox, **properties: str) -> httpx.Response:
    with sandbox.client() as client:
        return client.post(CONTACTS, json={"properties": properties})


def test_a_test_writes_with_the_service_key(sandbox: Sandbox) -> None:
    assert create(sandbox, email="ann@x.example").status_code == 201
    [entry] = sandbox.journal()
    assert (entry["method"], entry["path"], entry["status"]) == ("POST", CONTACTS, 201)
    sandbox.clear_journal()
    assert sandbox.journal() == []


def test_the_next_test_finds_nothing_of_it(sandbox: Sandbox) -> None:
    with sandbox.client() as client:
        assert client.get(CONTACTS).json()["results"] == []
    assert [each["path"] for each in sandbox.journal()] == [CONTACTS]


async def test_the_same_with_await(sandbox: Sandbox) -> None:
    async with sandbox.async_client() as client:
        made = await client.post(CONTACTS, json={"properties": {"email": "ann@x.example"}})
        read = await client.get(f"{CONTACTS}/{made.json()['id']}")
    assert (made.status_code, read.json()["properties"]["email"]) == (201, "ann@x.example")


def test_a_person_consents_and_the_app_has_her_tokens(sandbox: Sandbox) -> None:
    app = sandbox.register_app("Mine", READ, optional_scopes=("crm.objects.companies.read",))
    tokens = sandbox.grant(app, ADA, BIRCH)
    assert (tokens.hub_id, set(tokens.scopes)) == (BIRCH, {*READ, "crm.objects.companies.read"})
    with sandbox.client(tokens.access_token) as client:
        assert client.get(CONTACTS).status_code == 200
        sandbox.advance(tokens.expires_in + 1)
        assert client.get(CONTACTS).status_code == 401


def test_a_person_without_the_rights_is_stopped_by_hubspots_page(sandbox: Sandbox) -> None:
    app = sandbox.register_app("Mine", READ)
    with pytest.raises(ConsentRefused) as refused:
        sandbox.grant(app, BEN)
    assert (refused.value.status, refused.value.missing) == (403, ("App Marketplace access", "Team contact visibility"))
    assert refused.value.heading in str(refused.value)
    sandbox.set_rights(BEN, change={"contacts.view": "all", APP_MARKETPLACE_ACCESS: "on"})
    assert sandbox.grant(app, BEN).hub_id == ACORN


def refreshed(sandbox: Sandbox, app: RegisteredApp, tokens: Tokens) -> httpx.Response:
    form = {"grant_type": "refresh_token", "client_id": app.client_id, "client_secret": app.client_secret}
    with sandbox.client("") as client:
        return client.post("/oauth/v1/token", data={**form, "refresh_token": tokens.refresh_token})


def test_tokens_end_one_way_or_another(sandbox: Sandbox) -> None:
    app = sandbox.register_app("Mine", READ)
    tokens = sandbox.grant(app)
    sandbox.expire(tokens)
    with sandbox.client(tokens.access_token) as client:
        assert client.get(CONTACTS).json()["category"] == "EXPIRED_AUTHENTICATION"
    assert refreshed(sandbox, app, tokens).status_code == 200
    sandbox.revoke(tokens)
    assert refreshed(sandbox, app, tokens).json()["status"] == "BAD_REFRESH_TOKEN"
    again = sandbox.grant(app)
    sandbox.uninstall(app)
    with sandbox.client(again.access_token) as client:
        assert client.get(CONTACTS).status_code == 401


def test_people_and_accounts_of_a_tests_own(sandbox: Sandbox) -> None:
    account = sandbox.add_account("Cedar", tier="starter")
    sandbox.add_person("gil@x.example", account, name="Gil Grey", super_admin=True)
    assert sandbox.grant(sandbox.app(), "gil@x.example", account).hub_id == account


def test_a_person_may_press_cancel(sandbox: Sandbox) -> None:
    asked = sandbox.authorize_url(sandbox.app(), state="s t&te")
    back = parse_qs(urlsplit(sandbox.consent(asked, decision="cancel")).query)
    assert (back["error"], back["state"]) == (["access_denied"], ["s t&te"])


def test_a_link_of_an_unknown_app_and_a_wrong_password_are_refusals(sandbox: Sandbox) -> None:
    with pytest.raises(ConsentRefused, match="client ID") as wrong:
        sandbox.consent("https://app.hubspot.com/oauth/authorize?client_id=nobody")
    assert wrong.value.status == 400
    with pytest.raises(ConsentRefused, match="don't belong together"):
        sandbox.consent(sandbox.authorize_url(sandbox.app()), password="wrong")


def test_the_clock_stands_and_moves_by_hand(sandbox: Sandbox) -> None:
    noon = datetime(2027, 2, 16, 12, tzinfo=UTC)
    assert sandbox.freeze(noon) == sandbox.now() == noon
    assert sandbox.advance(60) == noon.replace(minute=1)
    sandbox.unfreeze()
    assert sandbox.now() < noon
    assert sandbox.freeze() == sandbox.now()


def test_faults_come_as_often_as_asked(sandbox: Sandbox) -> None:
    sandbox.fault(CONTACTS, method="POST", times=2, status=503, headers={"Retry-After": "7"})
    answers = [create(sandbox, email="ann@x.example") for _ in range(3)]
    assert [each.status_code for each in answers] == [503, 503, 201]
    assert answers[0].headers["retry-after"] == "7"
    sandbox.fault(CONTACTS, status=500)
    sandbox.clear_faults()
    assert create(sandbox, email="bob@x.example").status_code == 201


def test_hubspots_own_troubles_have_names(sandbox: Sandbox) -> None:
    sandbox.fault(pattern="/crm/objects/*/contacts", named="ten-secondly")
    answer = create(sandbox, email="ann@x.example")
    assert (answer.status_code, answer.json()["policyName"]) == (429, "TEN_SECONDLY_ROLLING")


def test_a_state_is_remembered_and_brought_back(sandbox: Sandbox) -> None:
    create(sandbox, email="ann@x.example")
    sandbox.snapshot("with-ann")
    create(sandbox, email="bob@x.example")
    sandbox.restore("with-ann")
    with sandbox.client() as client:
        assert [each["properties"]["email"] for each in client.get(CONTACTS).json()["results"]] == ["ann@x.example"]
    with pytest.raises(ControlRefused):
        sandbox.restore("nothing")


def test_whatever_a_test_did_is_undone_for_the_next(sandbox: Sandbox) -> None:
    sandbox.freeze(datetime(2030, 1, 1, tzinfo=UTC))
    sandbox.limits(False)
    sandbox.index_delay(9)
    sandbox.fault(CONTACTS, status=500)
    sandbox.register_app("Mine")
    sandbox.renew("empty")
    state = sandbox.control("GET", "/state")
    assert (state["limits_enabled"], state["index_delay_seconds"], state["faults"], len(state["apps"])) == (True, 0, 0, 1)
    assert abs((sandbox.now() - datetime.now(UTC)).total_seconds()) < 5


def test_a_connection_that_is_dropped_may_have_done_its_work(sandbox: Sandbox) -> None:
    sandbox.fault(CONTACTS, drop_connection="after")
    with pytest.raises(httpx.RemoteProtocolError):
        create(sandbox, email="ann@x.example")
    assert create(sandbox, email="ann@x.example").status_code == 409


def test_an_answer_that_takes_too_long_is_the_clients_timeout(sandbox: Sandbox) -> None:
    sandbox.fault(CONTACTS, delay_seconds=20)
    with sandbox.client() as client, pytest.raises(httpx.ReadTimeout):
        client.get(CONTACTS, timeout=0.05)


def test_limits_and_the_index_delay_are_switched(sandbox: Sandbox) -> None:
    sandbox.freeze()
    sandbox.index_delay(5)
    create(sandbox, email="ann@x.example")
    with sandbox.client() as client:
        assert client.post(f"{CONTACTS}/search", json={}).json()["total"] == 0
        sandbox.advance(6)
        assert client.post(f"{CONTACTS}/search", json={}).json()["total"] == 1
        sandbox.freeze()
        busy = [client.post(f"{CONTACTS}/search", json={}).status_code for _ in range(7)]
        assert 429 in busy
        sandbox.limits(False)
        assert client.post(f"{CONTACTS}/search", json={}).status_code == 200


def test_webhooks_of_an_app_are_in_the_outbox(sandbox: Sandbox) -> None:
    app = sandbox.register_app("Mine", READ)
    sandbox.grant(app)
    sandbox.subscribe(app, "https://elsewhere.example/hooks", "contact.creation", "contact.propertyChange:city")
    made = create(sandbox, email="ann@x.example").json()["id"]
    with sandbox.client() as client:
        client.patch(f"{CONTACTS}/{made}", json={"properties": {"city": "Cork"}})
    told = sandbox.deliver()
    kinds = sorted(each["event"]["subscriptionType"] for each in told)
    assert kinds == ["contact.creation", "contact.propertyChange"]
    assert {each["state"] for each in sandbox.outbox()} == {"kept back"}


def test_what_the_control_plane_does_not_do_is_said_in_words(sandbox: Sandbox) -> None:
    with pytest.raises(ControlRefused, match="unknown seed 'nonsense'") as refused:
        sandbox.reset("nonsense")
    assert refused.value.status == 400
    with pytest.raises(KeyError):
        sandbox.app("nobody")


def test_a_sandbox_that_runs_elsewhere_is_used_by_its_address(at_its_address: Sandbox) -> None:
    assert create(at_its_address, email="ann@x.example").status_code == 201
    assert at_its_address.grant(at_its_address.app()).hub_id == ACORN

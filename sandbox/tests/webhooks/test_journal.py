"""The journal that apps fetch instead of being called."""

from typing import Any

import httpx
import pytest
from sandbox.tests.webhooks.conftest import SCOPES, contact

from hubspot_sandbox.seeds.people import ACORN, ADA, BIRCH, CLIENT_ID, CLIENT_SECRET
from hubspot_sandbox.testing import RunningSandbox
from hubspot_sandbox.webhooks.journal import Journal

ALL = " ".join(f"developer.webhooks_journal.{each}" for each in ("read", "subscriptions.read", "subscriptions.write"))
SUBSCRIPTIONS = "/webhooks-journal/subscriptions/2026-03"
JOURNAL = "/webhooks-journal/journal/2026-03"


def app_client(sandbox: RunningSandbox, scope: str = ALL) -> httpx.Client:
    form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "scope": scope}
    token = httpx.post(sandbox.base_url + "/oauth/2026-03/token", data=form).json()["access_token"]
    return httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer(token), timeout=10)


@pytest.fixture
def app(sandbox: RunningSandbox) -> Any:
    sandbox.mint(ACORN, ADA, CLIENT_ID, SCOPES)
    with app_client(sandbox) as client:
        yield client


def subscribe(app: httpx.Client, *actions: str, account: int = ACORN, **more: Any) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "subscriptionType": "OBJECT",
        "portalId": account,
        "objectTypeId": "0-1",
        "actions": actions,
        **more,
    }
    answer = app.post(SUBSCRIPTIONS, json=wanted)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def events(entry: dict[str, Any]) -> list[dict[str, Any]]:
    page = httpx.get(entry["url"]).json()
    assert page["offset"] == entry["currentOffset"]
    found: list[dict[str, Any]] = page["journalEvents"]
    return found


def test_an_app_follows_the_journal(app: httpx.Client, api: httpx.Client) -> None:
    subscribe(app, "CREATE", "UPDATE", properties=["firstname", "lastname"])
    assert app.get(JOURNAL + "/earliest").status_code == 204
    made = contact(api, email="new@example.com", firstname="Ann")
    first = app.get(JOURNAL + "/earliest").json()
    (created,) = events(first)
    assert created | {"action": "CREATE", "portalId": ACORN, "objectTypeId": "0-1", "objectId": int(made)} == created
    following = f"{JOURNAL}/offset/{first['currentOffset']}/next"
    assert app.get(following).status_code == 204
    api.patch(
        f"/crm/v3/objects/contacts/{made}", json={"properties": {"firstname": "Bo", "lastname": "Cho", "city": "Ulm"}}
    )
    second = app.get(following).json()
    (updated,) = events(second)
    assert (updated["action"], updated["propertyChanges"]) == ("UPDATE", {"firstname": "Bo", "lastname": "Cho"})
    assert app.get(JOURNAL + "/latest").json()["currentOffset"] == second["currentOffset"]


def test_pages_come_in_batches(app: httpx.Client, api: httpx.Client) -> None:
    subscribe(app, "CREATE")
    offsets = []
    for number in range(3):
        contact(api, email=f"p{number}@example.com")
        offsets.append(app.get(JOURNAL + "/latest").json()["currentOffset"])

    def told(answer: httpx.Response) -> list[str]:
        assert answer.json()["status"] == "COMPLETE"
        return [each["currentOffset"] for each in answer.json()["results"]]

    assert told(app.get(JOURNAL + "/batch/earliest/2")) == offsets[:2]
    assert told(app.get(JOURNAL + "/batch/latest/2")) == offsets[1:]
    assert told(app.get(f"{JOURNAL}/batch/{offsets[0]}/next/5")) == offsets[1:]
    assert told(app.post(JOURNAL + "/batch/read", json={"inputs": [offsets[2], offsets[0]]})) == [offsets[2], offsets[0]]
    assert app.get(JOURNAL + "/batch/earliest/0").status_code == 400
    assert app.get(JOURNAL + "/offset/unknown/next").status_code == 404


def test_what_happens_between_two_questions_is_one_page(app: httpx.Client, api: httpx.Client) -> None:
    subscribe(app, "CREATE")
    made = [contact(api, email=f"p{number}@example.com") for number in range(3)]
    assert [each["objectId"] for each in events(app.get(JOURNAL + "/latest").json())] == [int(each) for each in made]


def test_install_and_uninstall_are_in_the_journal(app: httpx.Client, sandbox: RunningSandbox) -> None:
    for event_type in ("4-1909196", "4-1916193"):
        wanted = {"subscriptionType": "APP_LIFECYCLE_EVENT", "eventTypeId": event_type, "properties": []}
        assert app.post(SUBSCRIPTIONS, json=wanted).json()["eventTypeId"] == event_type
    sandbox.portal.grants.uninstall(ACORN, CLIENT_ID)
    sandbox.mint(ACORN, ADA, CLIENT_ID, SCOPES)
    found = events(app.get(JOURNAL + "/earliest").json())
    assert [(each["type"], each["action"], each["portalId"], each["eventTypeId"]) for each in found] == [
        ("app_lifecycle_event", "APP_UNINSTALL", ACORN, "4-1916193"),
        ("app_lifecycle_event", "APP_INSTALL", ACORN, "4-1909196"),
    ]


def test_one_account_can_be_read_alone(app: httpx.Client, api: httpx.Client, sandbox: RunningSandbox) -> None:
    subscribe(app, "CREATE")
    subscribe(app, "CREATE", account=BIRCH)
    contact(api, email="acorn@example.com")
    sandbox.portal.records.create(BIRCH, "contacts", {"email": "birch@example.com"})
    for path in (JOURNAL, "/webhooks-journal/journal-local/2026-03"):
        entry = app.get(path + "/earliest", params={"installPortalId": BIRCH}).json()
        assert [each["portalId"] for each in events(entry)] == [BIRCH]
    assert [each["portalId"] for each in events(app.get(JOURNAL + "/earliest").json())] == [ACORN, BIRCH]


def test_pages_are_kept_three_days_and_their_addresses_minutes(
    app: httpx.Client, api: httpx.Client, sandbox: RunningSandbox
) -> None:
    subscribe(app, "CREATE")
    contact(api, email="new@example.com")
    entry = app.get(JOURNAL + "/earliest").json()
    for forged in (entry["url"].replace("account=0", f"account={BIRCH}"), entry["url"][:-1] + "é"):
        assert httpx.get(forged).status_code == 404
    sandbox.control("POST", "/clock", {"advance_seconds": 16 * 60})
    assert httpx.get(entry["url"]).status_code == 404
    sandbox.control("POST", "/clock", {"advance_seconds": 3 * 24 * 3600})
    with app_client(sandbox) as later:
        assert later.get(JOURNAL + "/earliest").status_code == 204


def test_subscriptions_are_listed_changed_and_removed(app: httpx.Client) -> None:
    made = subscribe(app, "CREATE")
    again = subscribe(app, "CREATE", "DELETE")
    other = subscribe(app, "CREATE", account=BIRCH)
    assert again["id"] == made["id"] != other["id"]
    assert app.get(SUBSCRIPTIONS).json()["results"] == [again, other]
    assert app.get(f"{SUBSCRIPTIONS}/{other['id']}").json() == other
    assert app.delete(f"{SUBSCRIPTIONS}/{made['id']}").status_code == 204
    assert app.delete(f"{SUBSCRIPTIONS}/portals/{BIRCH}").status_code == 204
    assert app.get(SUBSCRIPTIONS).json() == {"results": []}
    assert app.get(f"{SUBSCRIPTIONS}/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"subscriptionType": "APP_LIFECYCLE_EVENT", "eventTypeId": "4-1"},
        {"subscriptionType": "OBJECT", "portalId": ACORN, "objectTypeId": "0-1"},
        {"subscriptionType": "WEATHER"},
    ],
)
def test_an_impossible_subscription_is_refused(app: httpx.Client, body: dict[str, Any]) -> None:
    assert app.post(SUBSCRIPTIONS, json=body).status_code == 400


def test_the_journal_is_for_the_app_with_its_scopes(sandbox: RunningSandbox, api: httpx.Client) -> None:
    assert api.get(JOURNAL + "/latest").status_code == 401
    with app_client(sandbox, "developer.webhooks_journal.subscriptions.read") as narrow:
        assert narrow.get(SUBSCRIPTIONS).status_code == 200
        assert narrow.get(JOURNAL + "/latest").json()["category"] == "MISSING_SCOPES"
        assert narrow.post(SUBSCRIPTIONS, json={}).status_code == 403


def test_a_restart_keeps_the_journal(app: httpx.Client, api: httpx.Client, sandbox: RunningSandbox) -> None:
    subscribe(app, "CREATE")
    contact(api, email="new@example.com")
    portal = sandbox.portal
    reopened = Journal(portal.store, portal.clock, portal.apps, portal.grants, portal.changes)
    (owner,) = portal.apps.all()
    assert [page.offset for page in reopened.pages(owner.app_id)] == [
        app.get(JOURNAL + "/latest").json()["currentOffset"]
    ]

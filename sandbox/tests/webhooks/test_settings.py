"""Settings and subscriptions, as an app's developer manages them."""

from typing import Any

import httpx
import pytest
from hubspot import HubSpot  # type: ignore[import-untyped]
from hubspot.webhooks import (  # type: ignore[import-untyped]
    BatchInputSubscriptionBatchUpdateRequest,
    SettingsChangeRequest,
    SubscriptionBatchUpdateRequest,
    SubscriptionCreateRequest,
    SubscriptionPatchRequest,
    ThrottlingSettings,
)
from sandbox.tests.webhooks.conftest import Developer

from hubspot_sandbox.developers import DEVELOPER_KEY
from hubspot_sandbox.seeds.people import CLIENT_ID, CLIENT_SECRET
from hubspot_sandbox.testing import RunningSandbox
from hubspot_sandbox.webhooks.event_types import EVENT_TYPES
from hubspot_sandbox.webhooks.model import MOST_SUBSCRIPTIONS

TARGET = "https://hooks.example.com/hubspot"


def test_the_official_client_manages_webhooks(sandbox: RunningSandbox, developer: Developer) -> None:
    webhooks = HubSpot(api_key=DEVELOPER_KEY, host=sandbox.base_url).webhooks
    app_id = developer.app.app_id
    wanted = SettingsChangeRequest(target_url=TARGET, throttling=ThrottlingSettings(max_concurrent_requests=10))
    assert webhooks.settings_api.configure(app_id, wanted).target_url == TARGET
    assert webhooks.settings_api.get_all(app_id).throttling.max_concurrent_requests == 10
    of_property = SubscriptionCreateRequest(event_type="contact.propertyChange", property_name="email", active=True)
    made = webhooks.subscriptions_api.create(app_id, of_property)
    assert (made.event_type, made.property_name, made.active) == ("contact.propertyChange", "email", True)
    paused = webhooks.subscriptions_api.update(int(made.id), app_id, SubscriptionPatchRequest(active=False))
    assert paused.active is False
    wake = SubscriptionBatchUpdateRequest(id=int(made.id), active=True)
    batch = webhooks.subscriptions_api.update_batch(app_id, BatchInputSubscriptionBatchUpdateRequest(inputs=[wake]))
    assert (batch.status, [each.active for each in batch.results]) == ("COMPLETE", [True])
    assert webhooks.subscriptions_api.get_by_id(int(made.id), app_id).active is True
    webhooks.subscriptions_api.archive(int(made.id), app_id)
    assert webhooks.subscriptions_api.get_all(app_id).results == []
    webhooks.settings_api.clear(app_id)
    assert developer.client.get("/settings").status_code == 404


@pytest.mark.parametrize("root", ["/webhooks/v3", "/webhooks/2026-03", "/app-webhooks/2026-09"])
def test_the_spellings_are_one_thing(sandbox: RunningSandbox, developer: Developer, root: str) -> None:
    url, key = f"{sandbox.base_url}{root}/{developer.app.app_id}", {"hapikey": DEVELOPER_KEY}
    with httpx.Client(base_url=url, params=key) as asks:
        settings = {"targetUrl": TARGET, "throttling": {"maxConcurrentRequests": 10}}
        assert asks.put("/settings", json=settings).json()["targetUrl"] == TARGET
        assert developer.client.get("/settings").json() == asks.get("/settings").json()
        made = asks.post("/subscriptions", json={"eventType": "contact.creation", "active": True}).json()
        one = f"/subscriptions/{made['id']}"
        assert asks.patch(one, json={"active": False}).json()["active"] is False
        wake = {"inputs": [{"id": int(made["id"]), "active": True}]}
        assert asks.post("/subscriptions/batch/update", json=wake).json()["results"][0]["active"] is True
        assert developer.client.get(one).json() == asks.get(one).json()
        assert asks.get("/subscriptions").json()["results"] == [asks.get(one).json()]
        assert (asks.delete(one).status_code, asks.delete("/settings").status_code) == (204, 204)
    assert developer.client.get("/settings").status_code == 404


@pytest.mark.parametrize("root", ["/webhooks/v1", "/webhooks/2026-09", "/app-webhooks/2026-03"])
def test_versions_that_never_were_are_unknown(sandbox: RunningSandbox, developer: Developer, root: str) -> None:
    url = f"{sandbox.base_url}{root}/{developer.app.app_id}/subscriptions"
    assert httpx.get(url, params={"hapikey": DEVELOPER_KEY}).status_code == 404


def token(sandbox: RunningSandbox, scope: str) -> str:
    form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "scope": scope}
    answer = httpx.post(sandbox.base_url + "/oauth/2026-03/token", data=form)
    assert answer.status_code == 200, answer.text
    found: str = answer.json()["access_token"]
    return found


def test_the_app_may_manage_itself_with_a_token(sandbox: RunningSandbox, developer: Developer) -> None:
    url = f"{sandbox.base_url}/webhooks/v3/{developer.app.app_id}/subscriptions"
    reads = sandbox.bearer(token(sandbox, "developers-read"))
    assert httpx.get(url, headers=reads).status_code == 200
    refused = httpx.post(url, headers=reads, json={"eventType": "contact.creation"})
    assert (refused.status_code, refused.json()["category"]) == (403, "MISSING_SCOPES")


def test_strangers_may_not(sandbox: RunningSandbox, developer: Developer) -> None:
    url = f"{sandbox.base_url}/webhooks/v3/{developer.app.app_id}/settings"
    for call in ({}, {"params": {"hapikey": "guess"}}, {"headers": sandbox.bearer()}):
        given: Any = call
        assert httpx.get(url, **given).json()["category"] == "INVALID_AUTHENTICATION"
    assert "guess" not in str(sandbox.journal())


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://localhost/",
        "https://",
        "https://[::1/",
        "https://a b/",
        "localhost",
        "",
        "https://x.example:99999/",
    ],
)
def test_a_target_that_is_not_https_is_refused(developer: Developer, url: str) -> None:
    refused = developer.target(url)
    assert (refused.status_code, refused.json()["category"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    "url", [TARGET, "http://localhost:9000/x", "http://127.0.0.1/", "http://[::1]:8/", "https://[::1]/"]
)
def test_https_is_taken_and_http_to_this_machine(developer: Developer, url: str) -> None:
    assert developer.target(url).json()["targetUrl"] == url


def test_more_than_five_requests_at_once_are_needed(developer: Developer) -> None:
    assert developer.target(TARGET, most=5).status_code == 400
    assert developer.target(TARGET, most=6).json()["throttling"] == {"maxConcurrentRequests": 6}


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"targetUrl": 5}', b'{"targetUrl": "https://x.example/"}', b"\xff"]
)
def test_nonsense_settings_are_refused(developer: Developer, body: bytes) -> None:
    assert developer.client.put("/settings", content=body).status_code == 400


def test_settings_keep_when_they_were_made(sandbox: RunningSandbox, developer: Developer) -> None:
    first = developer.target(TARGET).json()
    sandbox.control("POST", "/clock", {"advance_seconds": 60})
    second = developer.target(TARGET + "/other").json()
    assert second["createdAt"] == first["createdAt"] < second["updatedAt"]


@pytest.mark.parametrize(
    "body",
    [
        {"eventType": "call.creation"},
        {"eventType": "contact.propertyChange"},
        {"eventType": "object.creation"},
        {"eventType": "contact.creation", "active": "yes"},
        {},
    ],
)
def test_an_impossible_subscription_is_refused(developer: Developer, body: dict[str, Any]) -> None:
    refused = developer.client.post("/subscriptions", json=body)
    assert (refused.status_code, refused.json()["category"]) == (400, "VALIDATION_ERROR")


def test_a_subscription_is_paused_unless_it_is_said(developer: Developer) -> None:
    made = developer.client.post("/subscriptions", json={"eventType": "contact.creation"}).json()
    assert made["active"] is False
    assert developer.client.patch(f"/subscriptions/{made['id']}", json={}).json()["active"] is False


def test_the_same_subscription_is_not_made_twice(developer: Developer) -> None:
    developer.subscribe("contact.propertyChange", "email")
    developer.subscribe("contact.propertyChange", "phone")
    again = developer.client.post("/subscriptions", json={"eventType": "contact.propertyChange", "propertyName": "email"})
    assert (again.status_code, again.json()["category"]) == (409, "CONFLICT")


def test_a_thousand_subscriptions_are_the_most(sandbox: RunningSandbox, developer: Developer) -> None:
    with sandbox.portal.store.transaction():
        for number in range(MOST_SUBSCRIPTIONS):
            sandbox.portal.webhooks.subscribe(developer.app.app_id, "contact.propertyChange", f"p{number}")
    refused = developer.client.post("/subscriptions", json={"eventType": "contact.creation"})
    assert (refused.status_code, refused.json()["category"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize("subscription_id", ["0", "12", "x", "99999999999999999999"])
def test_an_unknown_subscription_is_not_found(developer: Developer, subscription_id: str) -> None:
    url = f"/subscriptions/{subscription_id}"
    assert developer.client.get(url).status_code == 404
    assert developer.client.patch(url, json={"active": True}).status_code == 404
    assert developer.client.delete(url).status_code == 204


def test_a_batch_says_what_it_did_not_find(developer: Developer) -> None:
    made = developer.subscribe("contact.creation")
    inputs = [{"id": made, "active": False}, {"id": 1, "active": True}]
    answer = developer.client.post("/subscriptions/batch/update", json={"inputs": inputs})
    assert answer.status_code == 207
    assert [each["id"] for each in answer.json()["results"]] == [str(made)]
    assert answer.json()["numErrors"] == 1
    assert developer.client.post("/subscriptions/batch/update", json={"inputs": []}).status_code == 400


def test_the_event_types_are_the_official_clients_and_one_more() -> None:
    for event_type in EVENT_TYPES - {"event.completed"}:
        assert SubscriptionCreateRequest(event_type=event_type).event_type == event_type
    assert len(EVENT_TYPES) == 47 + 1


def test_an_unknown_app_is_not_found(sandbox: RunningSandbox) -> None:
    for app_id in ("1", "x", "99999999999999999999"):
        url = f"{sandbox.base_url}/webhooks/v3/{app_id}/settings"
        assert httpx.get(url, params={"hapikey": DEVELOPER_KEY}).status_code == 404

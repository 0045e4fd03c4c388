"""What is told, to whom, how often, and how it is signed."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from hubspot.utils.signature import Signature  # type: ignore[import-untyped]
from sandbox.tests.webhooks.conftest import Developer, Receiver, Told, contact, flush, notifications

from hubspot_sandbox.changes import Change
from hubspot_sandbox.opening import open_portal
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BIRCH, CLIENT_ID, CLIENT_SECRET
from hubspot_sandbox.testing import RunningSandbox, running_sandbox
from hubspot_sandbox.webhooks import delivery, sending
from hubspot_sandbox.webhooks.outbox import BATCH, DELAYS, KEPT_DONE, Notification, Outbox, batches


def official(told: Told, version: str) -> bool:
    """The judgement of `hubspot-api-client`."""
    name = "x-hubspot-signature-v3" if version == "v3" else "x-hubspot-signature"
    headers = {key.lower(): value for key, value in told.headers.items()}
    answer: bool = Signature.is_valid(
        signature=headers[name],
        client_secret=CLIENT_SECRET,
        request_body=told.body.decode(),
        http_uri=told.url,
        http_method="POST",
        signature_version=version,
        timestamp=headers["x-hubspot-request-timestamp"],
    )
    return answer


@pytest.fixture
def told_of_contacts(developer: Developer, receiver: Receiver) -> int:
    """The id of the subscription to new contacts."""
    assert developer.target(receiver.url).status_code == 200
    return developer.subscribe("contact.creation")


def test_a_new_contact_is_told(
    api: httpx.Client, developer: Developer, receiver: Receiver, told_of_contacts: int, sandbox: RunningSandbox
) -> None:
    sandbox.control("POST", "/clock", {"freeze": True})
    made = contact(api, email="new@example.com")
    (event,) = receiver.wait_for(1)[0].events
    assert event.pop("eventId") > 0
    created = sandbox.portal.records.existing(ACORN, "contacts", made).created_at
    assert event.pop("occurredAt") == round(1000 * _seconds(created))
    assert event == {
        "subscriptionId": told_of_contacts,
        "portalId": ACORN,
        "appId": developer.app.app_id,
        "subscriptionType": "contact.creation",
        "attemptNumber": 0,
        "objectId": int(made),
        "changeSource": "API",
        "changeFlag": "CREATED",
    }
    assert [each["state"] for each in flush(sandbox)] == ["delivered"]


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.usefixtures("told_of_contacts")
@pytest.mark.parametrize("plain", ["v1", "v2"])
def test_the_official_helper_accepts_the_signatures(
    api: httpx.Client, receiver: Receiver, sandbox: RunningSandbox, plain: str
) -> None:
    sandbox.control("POST", "/webhooks/signature", {"version": plain})
    contact(api, email="new@example.com", firstname="Zoë")
    (told,) = receiver.wait_for(1)
    assert official(told, plain)
    assert official(told, "v3")
    other = "v2" if plain == "v1" else "v1"
    assert not official(told, other)
    forged = Told(told.url, told.body.replace(b"contact.", b"kontakt."), told.headers)
    assert not official(forged, plain)
    assert not official(forged, "v3")
    assert told.headers["X-HubSpot-Signature-Version"] == plain


def test_a_changed_property_is_told_to_those_who_asked_for_it(
    api: httpx.Client, developer: Developer, receiver: Receiver
) -> None:
    made = contact(api, email="new@example.com", firstname="Ann")
    developer.target(receiver.url)
    developer.subscribe("contact.propertyChange", "firstname")
    developer.subscribe("object.propertyChange", "lastname", objectTypeId="0-1")
    developer.subscribe("company.propertyChange", "name")
    api.patch(
        f"/crm/v3/objects/contacts/{made}", json={"properties": {"firstname": "Bo", "lastname": "Cho", "city": "Ulm"}}
    )
    events = [event for told in receiver.wait_for(1) for event in told.events]
    found = {(each["subscriptionType"], each["propertyName"], each["propertyValue"]) for each in events}
    assert found == {("contact.propertyChange", "firstname", "Bo"), ("object.propertyChange", "lastname", "Cho")}
    assert [each.get("objectTypeId") for each in sorted(events, key=lambda each: each["subscriptionId"])] == [None, "0-1"]


def test_what_is_merged_deleted_or_forgotten_is_told(api: httpx.Client, developer: Developer, receiver: Receiver) -> None:
    one, two, three, four = (contact(api, email=f"{name}@example.com") for name in ("a", "b", "c", "d"))
    developer.target(receiver.url)
    for what in ("merge", "deletion", "privacyDeletion"):
        developer.subscribe(f"contact.{what}")
    merged = api.post("/crm/v3/objects/contacts/merge", json={"primaryObjectId": one, "objectIdToMerge": two}).json()[
        "id"
    ]
    api.delete(f"/crm/v3/objects/contacts/{three}")
    api.post("/crm/v3/objects/contacts/gdpr-delete", json={"objectId": four})
    told = receiver.wait_for(1)
    while sum(len(each.events) for each in told) < 3:
        told = receiver.wait_for(len(told) + 1)
    events = {event["subscriptionType"]: event for each in told for event in each.events}
    assert (
        events["contact.merge"]
        | {
            "primaryObjectId": int(one),
            "mergedObjectIds": [int(two)],
            "newObjectId": int(merged),
        }
        == events["contact.merge"]
    )
    assert events["contact.deletion"]["objectId"] == int(three)
    assert events["contact.deletion"]["changeFlag"] == "DELETED"
    assert events["contact.privacyDeletion"]["objectId"] == int(four)


def test_a_new_tie_is_told_from_its_side(sandbox: RunningSandbox, developer: Developer, receiver: Receiver) -> None:
    developer.target(receiver.url)
    developer.subscribe("contact.associationChange")
    developer.subscribe("company.associationChange")
    portal = sandbox.portal
    now = portal.clock.now()
    portal.changes.tell(
        Change(ACORN, "contacts", "12", "associationChange", now, to_kind="companies", to_id="34", type_id=1)
    )
    (event,) = receiver.wait_for(1)[0].events
    assert event["associationType"] == "CONTACT_TO_COMPANY"
    assert (event["fromObjectId"], event["toObjectId"]) == (12, 34)
    assert (event["isPrimaryAssociation"], event["associationRemoved"]) == (True, False)


@pytest.mark.usefixtures("told_of_contacts")
def test_a_hundred_events_are_one_request(api: httpx.Client, receiver: Receiver) -> None:
    for start in (0, 100):
        inputs = [{"properties": {"email": f"p{number}@example.com"}} for number in range(start, start + 100)]
        assert api.post("/crm/v3/objects/contacts/batch/create", json={"inputs": inputs}).status_code == 201
    told = receiver.wait_for(2)
    assert [len(each.events) for each in told] == [100, 100]
    assert len({event["objectId"] for each in told for event in each.events}) == 200


class Road:
    """Instead of the network: counts who is on the way, and lets nobody arrive before it is open."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.now = self.most = self.arrived = 0

    async def sent(self, *_: object) -> tuple[bool, str]:
        self.now += 1
        self.most = max(self.most, self.now)
        await self.open.wait()
        self.now -= 1
        self.arrived += 1
        return True, "HTTP 200"


@pytest.mark.parametrize(("allowed", "most"), [(50, 10), (10, 10), (6, 6)])
def test_at_most_ten_requests_are_on_their_way(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, allowed: int, most: int
) -> None:
    async def carry() -> Road:
        road, courier = Road(), delivery.Courier(portal)
        monkeypatch.setattr(sending, "sent", road.sent)
        flushing = asyncio.create_task(courier.flush())
        for _ in range(2):  # until all twelve have been set off, and have come as far as they may
            await asyncio.create_task(_take_a_turn())
        assert road.now == most
        road.open.set()
        await flushing
        return road

    app = portal.apps.get(CLIENT_ID)
    assert app
    portal.webhooks.save_settings(app.app_id, "https://app.example/hooks", allowed)
    with portal.store.transaction():
        for number in range(12 * BATCH):
            portal.webhooks.outbox.add(app.app_id, ACORN, {"objectId": number})
    monkeypatch.setattr(delivery, "is_local", lambda _: True)
    road = asyncio.run(carry())
    assert (road.most, road.arrived) == (most, 12)


async def _take_a_turn() -> None:
    """Runs after whatever was ready before it."""


@pytest.mark.usefixtures("told_of_contacts")
def test_a_failure_is_told_again_when_the_portals_clock_says_so(
    api: httpx.Client, receiver: Receiver, sandbox: RunningSandbox
) -> None:
    receiver.answers = [500, 404]
    contact(api, email="new@example.com")
    (waiting,) = flush(sandbox)
    assert (waiting["state"], waiting["attempts"], waiting["last_answer"]) == ("waiting", 1, "HTTP 500")
    sandbox.control("POST", "/clock", {"advance_seconds": 45})
    assert flush(sandbox)[0]["attempts"] == len(receiver.told) == 1
    sandbox.control("POST", "/clock", {"advance_seconds": 30})
    receiver.wait_for(2)
    sandbox.control("POST", "/clock", {"advance_seconds": 600})
    receiver.wait_for(3)
    assert [each.events[0]["attemptNumber"] for each in receiver.told] == [0, 1, 2]
    (done,) = flush(sandbox)
    assert (done["state"], done["attempts"], done["last_answer"]) == ("delivered", 3, "HTTP 200")


@pytest.mark.usefixtures("told_of_contacts")
def test_after_ten_retries_within_a_day_it_is_given_up(
    api: httpx.Client, receiver: Receiver, sandbox: RunningSandbox
) -> None:
    receiver.answers = [503] * 11
    sandbox.control("POST", "/clock", {"freeze": True})
    contact(api, email="new@example.com")
    for attempt in range(11):
        (found,) = flush(sandbox)
        assert found["attempts"] == attempt + 1
        sandbox.control("POST", "/clock", {"advance_seconds": 24 * 3600 / 3.8})
    assert found["state"] == "given up"
    assert len(receiver.told) == 11
    assert sum(delay.total_seconds() for delay in DELAYS) * 1.05 < 24 * 3600


@pytest.mark.usefixtures("told_of_contacts")
def test_a_receiver_that_does_not_answer_in_time_has_failed(
    api: httpx.Client, receiver: Receiver, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sending.ANSWER_SECONDS == 5
    monkeypatch.setattr(sending, "ANSWER_SECONDS", 0.2)
    receiver.hold.clear()
    contact(api, email="new@example.com")
    (found,) = flush(sandbox)
    assert found["last_answer"] == "no answer within 0.2 seconds"
    assert (found["state"], found["attempts"]) == ("waiting", 1)


def test_a_receiver_that_is_not_there_has_failed(
    api: httpx.Client, developer: Developer, sandbox: RunningSandbox
) -> None:
    developer.target("http://127.0.0.1:9/nobody")
    developer.subscribe("contact.creation")
    contact(api, email="new@example.com")
    (found,) = flush(sandbox)
    assert found["last_answer"].startswith("no answer: ConnectError")
    assert found["next_due"]


def test_other_machines_are_not_called_unless_the_server_was_told_to(
    api: httpx.Client, developer: Developer, sandbox: RunningSandbox
) -> None:
    assert developer.target("https://hooks.example.com/hubspot").status_code == 200
    developer.subscribe("contact.creation")
    contact(api, email="new@example.com")
    (found,) = flush(sandbox)
    assert (found["state"], found["attempts"], found["next_due"]) == ("kept back", 0, None)
    assert "--webhooks-anywhere" in found["last_answer"]


def test_only_accounts_that_have_the_app_are_told_of(
    api: httpx.Client, developer: Developer, receiver: Receiver, sandbox: RunningSandbox
) -> None:
    developer.target(receiver.url)
    developer.subscribe("contact.creation")
    birch = sandbox.mint(BIRCH, ADA, CLIENT_ID, "oauth crm.objects.contacts.write")["access_token"]
    sandbox.portal.grants.uninstall(ACORN, CLIENT_ID)
    contact(api, email="acorn@example.com")
    with httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer(birch)) as in_birch:
        contact(in_birch, email="birch@example.com")
    (event,) = receiver.wait_for(1)[0].events
    assert event["portalId"] == BIRCH
    assert [each["account_id"] for each in flush(sandbox)] == [BIRCH]


def test_an_app_hears_nothing_of_what_it_may_not_read(
    api: httpx.Client, developer: Developer, receiver: Receiver, sandbox: RunningSandbox
) -> None:
    developer.target(receiver.url)
    developer.subscribe("deal.creation")
    assert api.post("/crm/v3/objects/deals", json={"properties": {"dealname": "Big"}}).status_code == 201
    assert notifications(sandbox) == []


def test_a_request_is_about_one_account_and_one_app() -> None:
    at = datetime(2026, 11, 25, tzinfo=UTC)
    whose = [(1, ACORN), (2, ACORN), (1, BIRCH), (1, ACORN)]
    waiting = [Notification(number, *each, {}, at) for number, each in enumerate(whose)]
    assert [[each.id for each in batch] for batch in batches(waiting)] == [[0, 3], [2], [1]]


def test_apps_do_not_hear_of_each_others_subscriptions(
    api: httpx.Client, developer: Developer, receiver: Receiver, sandbox: RunningSandbox
) -> None:
    sandbox.portal.apps.register(name="Other", redirect_urls=(), client_id="other")
    other = Developer(sandbox, "other")
    for each in (developer, other):
        each.target(receiver.url)
    sandbox.mint(ACORN, ADA, "other", "oauth crm.objects.contacts.read")
    mine = other.subscribe("contact.creation")
    assert developer.client.get("/subscriptions").json() == {"results": []}
    assert developer.client.get(f"/subscriptions/{mine}").status_code == 404
    contact(api, email="new@example.com")
    (told,) = receiver.wait_for(1)
    assert [event["appId"] for event in told.events] == [other.app.app_id]
    assert not official(told, "v3"), "signed with the other app's secret"
    other.client.close()


@pytest.mark.usefixtures("told_of_contacts")
def test_what_is_rolled_back_is_never_told(sandbox: RunningSandbox) -> None:
    def half_done() -> None:
        with sandbox.portal.store.transaction():
            sandbox.portal.records.create(ACORN, "contacts", {"email": "never@example.com"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    assert notifications(sandbox) == []
    sandbox.portal.records.create(ACORN, "contacts", {"email": "ever@example.com"})
    assert len(notifications(sandbox)) == 1


def test_a_paused_subscription_is_told_nothing(
    api: httpx.Client, developer: Developer, told_of_contacts: int, sandbox: RunningSandbox
) -> None:
    developer.client.patch(f"/subscriptions/{told_of_contacts}", json={"active": False})
    contact(api, email="new@example.com")
    assert notifications(sandbox) == []


def in_the_store(sandbox: RunningSandbox) -> list[Notification]:
    """What an outbox finds that is opened now, as after a restart."""
    return Outbox(sandbox.portal.store, sandbox.portal.clock).all()


@pytest.mark.usefixtures("told_of_contacts")
def test_a_reset_forgets_what_was_on_its_way(api: httpx.Client, receiver: Receiver, sandbox: RunningSandbox) -> None:
    receiver.hold.clear()
    contact(api, email="new@example.com")
    receiver.wait_for(1)
    sandbox.control("POST", "/reset", {"seed": "empty"})
    receiver.hold.set()
    assert flush(sandbox) == []
    assert in_the_store(sandbox) == []


@pytest.mark.usefixtures("told_of_contacts")
def test_the_outbox_can_be_emptied(api: httpx.Client, receiver: Receiver, sandbox: RunningSandbox) -> None:
    receiver.answers = [500]
    contact(api, email="new@example.com")
    flush(sandbox)
    sandbox.control("DELETE", "/webhooks")
    assert notifications(sandbox) == in_the_store(sandbox) == []


@pytest.mark.usefixtures("told_of_contacts")
def test_what_was_on_its_way_when_the_outbox_was_emptied_stays_forgotten(
    api: httpx.Client, receiver: Receiver, sandbox: RunningSandbox
) -> None:
    receiver.hold.clear()
    contact(api, email="new@example.com")
    receiver.wait_for(1)
    sandbox.control("DELETE", "/webhooks")
    receiver.hold.set()
    assert flush(sandbox) == []
    assert in_the_store(sandbox) == []


def test_a_restart_keeps_the_outbox(tmp_path: Path, receiver: Receiver) -> None:
    database = tmp_path / "sandbox.db"
    first = open_portal(database, "empty")
    app = first.apps.get(CLIENT_ID)
    assert app
    first.webhooks.save_settings(app.app_id, receiver.url, 10)
    first.webhooks.subscribe(app.app_id, "contact.creation", active=True)
    made = first.records.create(BIRCH, "contacts", {"email": "before@example.com"})
    first.close()
    with running_sandbox("empty", database):
        (told,) = receiver.wait_for(1)
    assert [event["objectId"] for event in told.events] == [int(made.id)]
    last = open_portal(database, "empty")
    assert [each.state for each in last.webhooks.outbox.all()] == ["delivered"]
    last.close()


def test_of_what_is_done_the_newest_thousand_are_kept() -> None:
    portal = open_portal(None, "empty")
    outbox = Outbox(portal.store, portal.clock)
    for number in range(KEPT_DONE + 5):
        outbox.add(1, ACORN, {"objectId": number})
    for batch in batches(outbox.due()):
        outbox.delivered(batch, "HTTP 200")
    assert [each.event["objectId"] for each in outbox.all()] == list(range(5, KEPT_DONE + 5))
    portal.close()

"""Deals, tickets, notes, tasks and users: what each kind asks for and fills in."""

import httpx
import pytest

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, FINN
from hubspot_sandbox.testing import RunningSandbox

OBJECTS = "/crm/objects/2026-09"
AT = "2026-11-25T09:00:00.000Z"


@pytest.mark.parametrize(
    ("kind", "values", "filled"),
    [
        ("deals", {"dealname": "Beans", "dealstage": "closedwon", "amount": "12.5"}, {"dealname": "Beans"}),
        ("tickets", {"subject": "Leak", "hs_pipeline_stage": "1"}, {"hs_pipeline": "0"}),
        ("notes", {"hs_timestamp": AT, "hs_note_body": "<p>Hello</p>"}, {"hs_body_preview": "Hello"}),
        ("tasks", {"hs_timestamp": AT, "hs_task_subject": "Ring"}, {"hs_task_status": "NOT_STARTED"}),
    ],
)
def test_a_record_of_each_kind_is_made_found_and_archived(
    api: httpx.Client, kind: str, values: dict[str, str], filled: dict[str, str]
) -> None:
    made = api.post(f"{OBJECTS}/{kind}", json={"properties": values})
    assert made.status_code == 201, made.text
    record = made.json()
    assert record["properties"].items() >= {**values, **filled}.items()
    found = api.post(f"{OBJECTS}/{kind}/search", json={"properties": list(values)}).json()
    assert [each["id"] for each in found["results"]] == [record["id"]]
    assert api.delete(f"{OBJECTS}/{kind}/{record['id']}").status_code == 204
    assert api.get(f"{OBJECTS}/{kind}/{record['id']}").status_code == 404


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("tickets", {"subject": "no stage"}),
        ("notes", {"hs_note_body": "no time"}),
        ("tasks", {"hs_task_subject": "no time"}),
        ("deals", {"dealstage": "nonsense"}),
        ("deals", {"amount": "much"}),
        ("tasks", {"hs_timestamp": AT, "hs_task_priority": "SOON"}),
        ("users", {"hs_job_title": "made here"}),
    ],
)
def test_what_does_not_fit_is_refused(api: httpx.Client, kind: str, values: dict[str, str]) -> None:
    answer = api.post(f"{OBJECTS}/{kind}", json={"properties": values})
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
    assert api.get(f"{OBJECTS}/{kind}").json()["results"] == [] or kind == "users"


def test_times_come_back_in_one_form(api: httpx.Client) -> None:
    values = {"hs_timestamp": "1764061200000", "hs_note_body": "x"}
    made = api.post(f"{OBJECTS}/notes", json={"properties": values}).json()
    assert made["properties"]["hs_timestamp"] == "2025-11-25T09:00:00.000Z"


def test_everybody_in_the_account_is_a_user_object(api: httpx.Client) -> None:
    wanted = {"properties": ["hs_email", "hs_deactivated", "hs_internal_user_id"], "limit": 50}
    found = api.post(f"{OBJECTS}/users/search", json=wanted).json()["results"]
    people = {each["properties"]["hs_email"]: each["properties"]["hs_deactivated"] for each in found}
    assert (people[ADA], people[FINN]) == (None, "true")
    assert len({each["properties"]["hs_internal_user_id"] for each in found}) == len(people)


def test_a_user_object_follows_the_membership(portal: Portal) -> None:
    before = portal.records.count(ACORN, "users")
    portal.people.set_active(ACORN, BEN, False)
    member = portal.people.membership(ACORN, BEN)
    assert member
    record = portal.records.with_value(ACORN, "users", "hs_internal_user_id", str(member.user_id))
    assert record
    assert record.get("hs_deactivated") == "true"
    assert portal.records.count(ACORN, "users") == before


def test_a_job_title_can_be_written_and_an_address_cannot(api: httpx.Client) -> None:
    user = api.get(f"{OBJECTS}/users").json()["results"][0]["id"]
    changed = api.patch(f"{OBJECTS}/users/{user}", json={"properties": {"hs_job_title": "Buyer"}})
    assert changed.json()["properties"]["hs_job_title"] == "Buyer"
    assert api.patch(f"{OBJECTS}/users/{user}", json={"properties": {"hs_email": "x@y.example"}}).status_code == 400


def test_tickets_have_one_scope_for_both(sandbox: RunningSandbox) -> None:
    token = sandbox.mint(ACORN, ADA, "offhook-demo-client", "oauth crm.objects.contacts.write")["access_token"]
    with httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer(token)) as client:
        answer = client.get(f"{OBJECTS}/tickets")
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["context"] == {"requiredScopes": ["tickets"]}

"""Inbound calls that an app tells of when they are over."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from hubspot_sandbox.seeds.people import ACORN, ADA, CLIENT_ID
from hubspot_sandbox.testing import RunningSandbox, running_sandbox

PATH = "/crm/extensions/calling/2026-03/inbound-call"
ENDED = {
    "createEngagement": True,
    "externalCallId": "call-7",
    "finalCallStatus": "COMPLETED",
    "fromNumber": {"e164Number": "+14155550100"},
    "toNumber": {"e164Number": "+14155550199"},
    "durationSeconds": 42,
    "engagementProperties": {"hs_call_title": "They rang"},
}


@pytest.fixture
def callers(sandbox: RunningSandbox) -> dict[str, str]:
    make = sandbox.portal.records.create
    contact = make(ACORN, "contacts", {"email": "mia@acorn.example", "phone": "(415) 555-0100"})
    company = make(ACORN, "companies", {"name": "Acme", "phone": "+14155550100"})
    make(ACORN, "contacts", {"email": "other@acorn.example", "phone": "+14155550111"})
    return {"CONTACT": contact.id, "COMPANY": company.id}


def matches(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["callerIdMatches"]
    return {each["callerIdType"]: str(each["objectCoordinates"]["objectId"]) for each in found}


def test_the_call_is_logged_with_all_who_match(
    sandbox: RunningSandbox, api: httpx.Client, callers: dict[str, str]
) -> None:
    assert matches(api.post(PATH, json=ENDED)) == callers
    (call,) = sandbox.portal.related(ACORN, "contacts", callers["CONTACT"], "calls")
    assert sandbox.portal.related(ACORN, "companies", callers["COMPANY"], "calls") == [call]
    assert (call.get("hs_call_direction"), call.get("hs_call_status")) == ("INBOUND", "COMPLETED")
    assert (call.get("hs_call_duration"), call.get("hs_call_title")) == ("42000", "They rang")


def test_without_an_engagement_nothing_is_logged(
    sandbox: RunningSandbox, api: httpx.Client, callers: dict[str, str]
) -> None:
    assert matches(api.post(PATH, json=ENDED | {"createEngagement": False})) == callers
    assert sandbox.portal.records.count(ACORN, "calls") == 0


def test_a_stranger_matches_nobody(api: httpx.Client, callers: dict[str, str]) -> None:
    for number in ("+14155550122", "", "nonsense"):
        answer = api.post("/crm/v3/extensions/calling/inbound-call", json=ENDED | {"fromNumber": {"e164Number": number}})
        assert matches(answer) == {}


@pytest.mark.parametrize(
    "bad",
    [
        {"finalCallStatus": "NONSENSE"},
        {"fromNumber": {}},
        {"engagementProperties": {"no_such": "1"}},
        {"callStartedTimestamp": "x"},
    ],
)
def test_bad_calls_are_refused(sandbox: RunningSandbox, api: httpx.Client, bad: dict[str, Any]) -> None:
    assert api.post(PATH, json=ENDED | bad).status_code == 400
    assert sandbox.portal.records.count(ACORN, "calls") == 0


def test_the_scope_is_needed(sandbox: RunningSandbox) -> None:
    token = sandbox.portal.grants.mint(ACORN, CLIENT_ID, ADA, ("oauth", "crm.objects.contacts.read")).access.token
    headers = {"authorization": f"Bearer {token}"}
    assert httpx.post(sandbox.base_url + PATH, headers=headers, json=ENDED).status_code == 403


def test_a_restart_keeps_the_call(tmp_path: Path) -> None:
    with running_sandbox("empty", tmp_path / "portal.db") as first:
        assert httpx.post(first.base_url + PATH, headers=first.bearer(), json=ENDED).status_code == 200
    with running_sandbox("empty", tmp_path / "portal.db") as second:
        assert second.portal.records.count(ACORN, "calls") == 1

"""Objects, batches, associations and the smaller rooms over HTTP."""

from typing import Any

import httpx
import pytest

from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, BIRCH, CLIENT_ID, FINN
from hubspot_sandbox.testing import RunningSandbox

CONTACTS, CALLS, COMPANIES = (f"/crm/objects/2026-09/{kind}" for kind in ("contacts", "calls", "companies"))
CALL = {"hs_timestamp": "1764000000000", "hs_call_direction": "INBOUND", "hs_call_status": "COMPLETED"}
CONNECTED = "f240bbac-87c9-4f6e-bf70-924b57d47db7"


def make(api: httpx.Client, path: str = CONTACTS, **properties: str) -> str:
    answer = api.post(path, json={"properties": properties})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("category", "")


def test_create_read_update_archive(api: httpx.Client) -> None:
    record = make(api, email="Carla@Reyes.Example", firstname="Carla")
    read = api.get(f"{CONTACTS}/{record}").json()
    assert read["properties"]["email"] == "carla@reyes.example"
    assert set(read["properties"]) == {
        "createdate",
        "email",
        "firstname",
        "hs_object_id",
        "lastmodifieddate",
        "lastname",
    }
    assert read["properties"]["lastname"] is None
    changed = api.patch(f"{CONTACTS}/{record}", json={"properties": {"lastname": "Reyes", "firstname": ""}}).json()
    assert changed["properties"]["lastname"] == "Reyes"
    assert "firstname" not in changed["properties"]
    assert api.delete(f"{CONTACTS}/{record}").status_code == 204
    assert problem(api.get(f"{CONTACTS}/{record}")) == (404, "OBJECT_NOT_FOUND")
    gone = api.get(f"{CONTACTS}/{record}", params={"archived": "true"}).json()
    assert gone["archived"]
    assert gone["archivedAt"]


@pytest.mark.parametrize(
    "path",
    [
        "/crm/v3/objects/contacts",
        "/crm/objects/2026-03/contacts",
        "/crm/objects/2026-09/0-1",
        "/crm/v3/objects/contact/",
    ],
)
def test_one_model_in_every_spelling(api: httpx.Client, path: str) -> None:
    make(api, firstname="Ann")
    assert [each["properties"]["firstname"] for each in api.get(path).json()["results"]] == ["Ann"]


def test_by_email_and_chosen_properties(api: httpx.Client) -> None:
    make(api, email="ann@acorn.example", phone="+14155550100")
    params = {"idProperty": "email", "properties": "phone,nonsense", "propertiesWithHistory": "phone"}
    read = api.get(f"{CONTACTS}/ann@acorn.example", params=params).json()
    assert read["properties"]["phone"] == "+14155550100"
    assert "email" not in read["properties"]
    assert read["propertiesWithHistory"]["phone"][0]["value"] == "+14155550100"
    assert problem(api.get(f"{CONTACTS}/x", params={"idProperty": "phone"})) == (400, "VALIDATION_ERROR")
    assert api.get(f"{CONTACTS}/nobody@acorn.example", params=params).status_code == 404


def test_pages_of_a_list(api: httpx.Client) -> None:
    for name in "abc":
        make(api, firstname=name)
    first = api.get(CONTACTS, params={"limit": 2}).json()
    after = first["paging"]["next"]["after"]
    assert first["paging"]["next"]["link"] == f"{api.base_url}{CONTACTS}?limit=2&after={after}"
    second = api.get(first["paging"]["next"]["link"]).json()
    assert [len(first["results"]), len(second["results"])] == [2, 1]
    assert "paging" not in second


def test_a_taken_email_is_a_conflict(api: httpx.Client) -> None:
    record = make(api, email="ann@acorn.example")
    again = api.post(CONTACTS, json={"properties": {"email": "ANN@acorn.example"}})
    assert problem(again) == (409, "CONFLICT")
    assert record in again.json()["message"]
    other = make(api, email="bob@acorn.example")
    assert api.patch(f"{CONTACTS}/{other}", json={"properties": {"email": "ann@acorn.example"}}).status_code == 409
    assert api.patch(f"{CONTACTS}/{record}", json={"properties": {"email": "ann@acorn.example"}}).status_code == 200
    api.delete(f"{CONTACTS}/{record}")
    make(api, email="ann@acorn.example")


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"nonsense": "1"}, "PROPERTY_DOESNT_EXIST"),
        ({"hs_object_id": "1"}, "READ_ONLY_VALUE"),
        ({"hs_searchable_calculated_phone_number": "1"}, "READ_ONLY_VALUE"),
        ({"email": "no address"}, "INVALID_EMAIL"),
        ({"lifecyclestage": "friend"}, "INVALID_OPTION"),
    ],
)
def test_properties_that_do_not_fit(api: httpx.Client, properties: dict[str, str], code: str) -> None:
    body = api.post(CONTACTS, json={"properties": properties}).json()
    assert (body["category"], body["errors"][0]["code"]) == ("VALIDATION_ERROR", code)
    assert body["errors"][0]["context"]["propertyName"] == list(properties)
    assert body["correlationId"]
    assert api.get(CONTACTS).json()["results"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"hs_timestamp": ""}, "REQUIRED_FIELD"),
        ({"hs_timestamp": "soon"}, "INVALID_DATE"),
        ({"hs_call_direction": "SIDEWAYS"}, "INVALID_OPTION"),
        ({"hs_call_status": "DONE"}, "INVALID_OPTION"),
        ({"hs_call_disposition": "Connected"}, "INVALID_OPTION"),
        ({"hs_call_duration": "two minutes"}, "INVALID_INTEGER"),
        ({"hs_call_has_voicemail": "perhaps"}, "INVALID_BOOLEAN"),
        ({"hs_call_recording_url": "http://recordings.example/1.mp3"}, "INVALID_URL"),
        ({"hs_call_source": "ELSEWHERE"}, "INVALID_OPTION"),
    ],
)
def test_calls_are_checked(api: httpx.Client, change: dict[str, str], code: str) -> None:
    answer = api.post(CALLS, json={"properties": CALL | change})
    assert problem(answer) == (400, "VALIDATION_ERROR")
    assert answer.json()["errors"][0]["code"] == code


def test_a_call_with_associations(api: httpx.Client) -> None:
    contact, company = make(api, email="ann@acorn.example"), make(api, COMPANIES, name="Acorn")
    ties = [
        {"to": {"id": to}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": each}]}
        for to, each in ((contact, 194), (company, 182))
    ]
    properties = CALL | {
        "hs_call_disposition": CONNECTED,
        "hs_call_body": "<p>Wants a &amp; b</p>",
        "hs_call_external_id": "X-1",
    }
    made = api.post(CALLS, json={"properties": properties | {"hs_call_duration": 61000}, "associations": ties}).json()
    assert made["properties"]["hs_timestamp"] == "2025-11-24T16:00:00.000Z"
    assert made["properties"]["hs_body_preview"] == "Wants a & b"
    assert made["properties"]["hs_call_duration"] == "61000"
    read = api.get(f"{CALLS}/{made['id']}", params={"associations": "contacts,companies"}).json()
    assert read["associations"]["contacts"]["results"] == [{"id": contact, "type": "call_to_contact"}]
    back = api.get(f"/crm/v4/objects/contacts/{contact}/associations/calls").json()
    assert [each["toObjectId"] for each in back["results"]] == [made["id"]]
    assert back["results"][0]["associationTypes"][0]["typeId"] == 193
    wanted = {"filters": [{"propertyName": "hs_call_external_id", "operator": "EQ", "value": "x-1"}]}
    assert api.post(f"{CALLS}/search", json={"filterGroups": [wanted]}).json()["total"] == 1


def test_an_impossible_association_keeps_nothing(api: httpx.Client) -> None:
    tie = {"to": {"id": "999"}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194}]}
    assert api.post(CALLS, json={"properties": CALL, "associations": [tie]}).status_code == 400
    assert api.get(CALLS).json()["results"] == []


def test_the_first_company_becomes_primary(api: httpx.Client) -> None:
    contact, one, two = make(api, email="ann@acorn.example"), make(api, COMPANIES), make(api, COMPANIES)
    for company in (one, two):
        path = f"{CONTACTS}/{contact}/associations/default/companies/{company}"
        assert api.put(path).json()["results"][0]["associationSpec"]["associationTypeId"] == 279
    ties = api.get(f"{CONTACTS}/{contact}/associations/companies").json()["results"]
    assert [[each["typeId"] for each in tie["associationTypes"]] for tie in ties] == [[1, 279], [279]]
    label = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    path = f"{CONTACTS}/{contact}/associations/companies/{two}"
    assert api.put(path, json=label).json()["labels"] == ["Primary"]
    read = api.get(f"{CONTACTS}/{contact}", params={"properties": "associatedcompanyid"}).json()
    assert read["properties"]["associatedcompanyid"] == two
    assert api.delete(path).status_code == 204
    assert len(api.get(f"{CONTACTS}/{contact}/associations/companies").json()["results"]) == 1


def test_associations_in_batches(api: httpx.Client) -> None:
    contact, company = make(api, email="ann@acorn.example"), make(api, COMPANIES, name="Acorn")
    path = "/crm/associations/2026-09/contacts/companies/batch"
    pair = {"from": {"id": contact}, "to": {"id": company}}
    assert api.post(f"{path}/associate/default", json={"inputs": [pair]}).status_code == 200
    read = api.post(f"{path}/read", json={"inputs": [{"id": contact}, {"id": "999"}]}).json()
    assert [each["from"]["id"] for each in read["results"]] == [contact]


def test_batches(api: httpx.Client) -> None:
    inputs = [{"properties": {"email": f"{name}@acorn.example"}} for name in "ab"]
    made = api.post(f"{CONTACTS}/batch/create", json={"inputs": inputs})
    assert (made.status_code, made.json()["status"]) == (201, "COMPLETE")
    ids = [each["id"] for each in made.json()["results"]]
    read = api.post(f"{CONTACTS}/batch/read", json={"inputs": [{"id": ids[0]}, {"id": "999"}], "properties": []})
    assert (read.status_code, read.json()["numErrors"]) == (207, 1)
    assert read.json()["errors"][0]["context"]["ids"] == ["999"]
    by_email = {"idProperty": "email", "inputs": [{"id": "b@acorn.example"}], "properties": ["email"]}
    assert api.post(f"{CONTACTS}/batch/read", json=by_email).json()["results"][0]["id"] == ids[1]
    changes = [{"id": each, "properties": {"city": "Cork"}} for each in ids]
    assert api.post(f"{CONTACTS}/batch/update", json={"inputs": changes}).status_code == 200
    assert api.post(f"{CONTACTS}/batch/archive", json={"inputs": [{"id": ids[0]}]}).status_code == 204
    assert len(api.get(CONTACTS).json()["results"]) == 1


def test_a_batch_without_trace_ids_is_all_or_nothing(api: httpx.Client) -> None:
    inputs: list[dict[str, Any]] = [{"properties": {"firstname": "a"}}, {"properties": {"nonsense": "b"}}]
    assert api.post(f"{CONTACTS}/batch/create", json={"inputs": inputs}).status_code == 400
    assert api.get(CONTACTS).json()["results"] == []
    traced = [each | {"objectWriteTraceId": str(place)} for place, each in enumerate(inputs)]
    answer = api.post(f"{CONTACTS}/batch/create", json={"inputs": traced})
    assert answer.status_code == 207
    assert answer.json()["results"][0]["objectWriteTraceId"] == "0"
    assert answer.json()["errors"][0]["context"]["objectWriteTraceId"] == ["1"]
    too_many: list[dict[str, Any]] = [{"properties": {}}] * 101
    assert api.post(f"{CONTACTS}/batch/create", json={"inputs": too_many}).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "scopes", "needed"),
    [
        ("POST", CONTACTS, "oauth crm.objects.contacts.read", "crm.objects.contacts.write"),
        ("POST", CALLS, "oauth crm.objects.contacts.read", "crm.objects.contacts.write"),
        ("GET", CONTACTS, "oauth", "crm.objects.contacts.read"),
        ("GET", COMPANIES, "oauth crm.objects.contacts.read", "crm.objects.companies.read"),
        ("GET", "/crm/owners/2026-09", "oauth", "crm.objects.owners.read"),
        ("GET", "/settings/users/2026-03", "oauth", "settings.users.read"),
    ],
)
def test_missing_scopes(
    sandbox: RunningSandbox, api: httpx.Client, method: str, path: str, scopes: str, needed: str
) -> None:
    token = sandbox.mint(ACORN, BEN, CLIENT_ID, scopes)["access_token"]
    answer = api.request(method, path, headers=sandbox.bearer(token), json={})
    body = answer.json()
    assert problem(answer) == (403, "MISSING_SCOPES")
    assert needed in body["errors"][0]["context"]["requiredGranularScopes"]
    assert body["message"] == (
        "This app hasn't been granted all required scopes to make this call."
        " Read more about required scopes here: https://developers.hubspot.com/scopes."
    )
    assert body["links"] == {"scopes": "https://developers.hubspot.com/scopes"}


def test_account_level_tokens_ignore_the_persons_record_rights(sandbox: RunningSandbox, api: httpx.Client) -> None:
    make(api, email="ann@acorn.example")
    token = sandbox.mint(ACORN, BEN, CLIENT_ID, "oauth crm.objects.contacts.read")["access_token"]
    sandbox.control("POST", f"/people/{BEN}/rights", {"account_id": ACORN, "rights": {}})
    assert len(api.get(CONTACTS, headers=sandbox.bearer(token)).json()["results"]) == 1


def test_user_level_tokens_follow_the_person(sandbox: RunningSandbox, api: httpx.Client) -> None:
    wish = {"name": "Mine", "redirect_urls": ["http://localhost/x"], "client_id": "mine", "is_user_level": True}
    sandbox.control("POST", "/apps", wish)
    token = sandbox.mint(ACORN, BEN, "mine", "oauth crm.objects.contacts.read")["access_token"]
    assert api.get(CONTACTS, headers=sandbox.bearer(token)).status_code == 200
    sandbox.control("POST", f"/people/{BEN}/rights", {"account_id": ACORN, "rights": {}})
    refused = api.get(CONTACTS, headers=sandbox.bearer(token))
    assert problem(refused) == (403, "USER_DOES_NOT_HAVE_PERMISSIONS")


def test_a_user_level_token_reads_a_kind_that_no_right_restricts(sandbox: RunningSandbox, api: httpx.Client) -> None:
    wish = {"name": "Mine", "redirect_urls": ["http://localhost/x"], "client_id": "mine", "is_user_level": True}
    sandbox.control("POST", "/apps", wish)
    token = sandbox.mint(ACORN, BEN, "mine", "oauth crm.objects.users.read")["access_token"]
    assert api.get("/crm/v3/objects/users", headers=sandbox.bearer(token)).status_code == 200


def test_accounts_do_not_see_each_other(sandbox: RunningSandbox, api: httpx.Client) -> None:
    record = make(api, email="ann@acorn.example")
    token = sandbox.mint(BIRCH, ADA, CLIENT_ID, "oauth crm.objects.contacts.read")["access_token"]
    assert api.get(f"{CONTACTS}/{record}", headers=sandbox.bearer(token)).status_code == 404


def test_owners(api: httpx.Client) -> None:
    ada = api.get("/crm/owners/2026-09", params={"email": ADA}).json()["results"][0]
    assert (ada["type"], ada["firstName"], ada["archived"]) == ("PERSON", "Ada", False)
    assert ada["id"] != str(ada["userId"])
    by_user = api.get(f"/crm/v3/owners/{ada['userId']}", params={"idProperty": "userId"}).json()
    assert by_user == ada
    gone = api.get("/crm/owners/2026-09", params={"archived": "true"}).json()["results"]
    assert [(each["email"], each["userId"]) for each in gone] == [(FINN, None)]
    page = api.get("/crm/owners/2026-09", params={"limit": 2}).json()
    assert page["paging"]["next"]["after"] == page["results"][-1]["id"]
    assert api.get("/crm/owners/2026-09/1").status_code == 404


def test_users_tell_super_admin_and_no_rights(api: httpx.Client) -> None:
    users = {each["email"]: each for each in api.get("/settings/users/2026-03").json()["results"]}
    assert users[ADA]["superAdmin"]
    assert not users[BEN]["superAdmin"]
    assert "rights" not in users[BEN]
    by_email = api.get(f"/settings/v3/users/{BEN}", params={"idProperty": "EMAIL"}).json()
    assert by_email == users[BEN]
    assert api.get("/settings/users/2026-03/1").status_code == 404


def test_account_details(sandbox: RunningSandbox, api: httpx.Client) -> None:
    details = api.get("/account-info/2026-03/details").json()
    assert details["portalId"] == ACORN
    assert f"http://{details['uiDomain']}" == sandbox.base_url


def test_dispositions(api: httpx.Client) -> None:
    found = api.get("/calling/v1/dispositions").json()
    assert {"id": CONNECTED, "label": "Connected", "deleted": False} in found


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/crm/objects/2026-09/unicorns", 400),
        ("GET", "/crm/objects/2031-03/contacts", 404),
        ("GET", "/crm/nonsense", 404),
        ("GET", "/nowhere/at/all", 404),
        ("PUT", CONTACTS, 405),
        ("GET", f"{CONTACTS}/9{'9' * 40}", 404),
        ("GET", f"{CONTACTS}?limit=1000", 400),
        ("GET", f"{CONTACTS}?after=x", 400),
        ("PATCH", f"{CONTACTS}/1", 400),
        ("POST", CONTACTS, 400),
        ("POST", f"{CONTACTS}/search", 400),
        ("POST", f"{CONTACTS}/batch/read", 400),
        ("POST", "/oauth/2026-09/token", 415),
        ("POST", f"{CONTACTS}/1/associations/default/companies/1", 405),
    ],
)
def test_bad_requests_get_hubspots_shape(api: httpx.Client, method: str, path: str, status: int) -> None:
    answer = api.request(method, path, content=b"\xff{[")
    assert answer.status_code == status
    assert {"status", "message", "correlationId"} <= set(answer.json())


@pytest.mark.parametrize(
    "body",
    [
        {"properties": {"firstname": {"a": 1}}},
        {"properties": []},
        {"properties": {"firstname": "x"}, "associations": [{"to": {"id": "1"}, "types": []}]},
        {"properties": {}, "associations": [{"to": {}, "types": [{}]}]},
        [],
        "text",
        None,
    ],
)
def test_bodies_of_the_wrong_shape(api: httpx.Client, body: Any) -> None:
    assert problem(api.post(CONTACTS, json=body)) == (400, "VALIDATION_ERROR")

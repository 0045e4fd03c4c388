"""Labels that an account makes for its ties: making, using, changing and deleting them, and limits for them."""

from typing import Any

import httpx
import pytest
from sandbox.tests.associations.conftest import Make

from hubspot_sandbox.changes import Change
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds import plant
from hubspot_sandbox.seeds.people import ACORN, ADA
from hubspot_sandbox.testing import RunningSandbox

LABELS = "/crm/associations/2026-09/contacts/companies/labels"
PEOPLE = "/crm/v4/associations/contacts/contacts/labels"
LIMITS = "/crm/associations/2026-09/definitions/configurations"


def label(api: httpx.Client, name: str = "chef", path: str = LABELS, **more: str) -> list[dict[str, Any]]:
    answer = api.post(path, json={"name": name, "label": name.capitalize()} | more)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["results"])


def spec(type_id: int, category: str = "USER_DEFINED") -> dict[str, Any]:
    return {"associationCategory": category, "associationTypeId": type_id}


def tie(api: httpx.Client, one: str, other: str, *specs: dict[str, Any]) -> httpx.Response:
    return api.put(f"/crm/v4/objects/contacts/{one}/associations/companies/{other}", json=list(specs))


def types(api: httpx.Client, one: str) -> list[dict[str, Any]]:
    found = api.get(f"/crm/v4/objects/contacts/{one}/associations/companies").json()["results"]
    return list(found[0]["associationTypes"])


def test_a_label_has_a_type_for_each_direction(api: httpx.Client) -> None:
    back, there = label(api)
    assert (there["category"], there["label"], back["label"]) == ("USER_DEFINED", "Chef", "Chef")
    listed = api.get(LABELS).json()["results"]
    assert {"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None} in listed
    assert there in listed
    assert back not in listed
    assert back in api.get("/crm/v4/associations/companies/contacts/labels").json()["results"]


def test_a_pair_of_labels_between_records_of_one_kind(api: httpx.Client, make: Make) -> None:
    employee, manager = label(api, "manager", PEOPLE, inverseLabel="Employee")
    assert (manager["label"], employee["label"]) == ("Manager", "Employee")
    boss, worker = make("contacts"), make("contacts")
    path = f"/crm/v4/objects/contacts/{worker}/associations/contacts"
    assert api.put(f"{path}/{boss}", json=[spec(manager["typeId"])]).json()["labels"] == ["Manager"]
    (there,) = api.get(path).json()["results"]
    (back,) = api.get(f"/crm/v4/objects/contacts/{boss}/associations/contacts").json()["results"]
    assert [each["label"] for each in there["associationTypes"]] == [None, "Manager"]
    assert [each["label"] for each in back["associationTypes"]] == [None, "Employee"]


def test_one_label_for_both_sides_of_one_kind_is_one_type(api: httpx.Client) -> None:
    assert [each["label"] for each in label(api, "friend", PEOPLE)] == ["Friend"]


def test_labels_are_replaced_by_those_that_are_named(api: httpx.Client, make: Make) -> None:
    chef, buyer = label(api)[1]["typeId"], label(api, "buyer")[1]["typeId"]
    ann, acorn = make("contacts"), make("companies")
    assert tie(api, ann, acorn, spec(chef)).json()["labels"] == ["Chef"]
    assert [each["typeId"] for each in types(api, ann)] == [1, 279, chef]
    assert tie(api, ann, acorn, spec(buyer)).status_code == 201
    assert [each["typeId"] for each in types(api, ann)] == [1, 279, buyer]
    tie(api, ann, acorn, spec(chef), spec(buyer))
    assert [each["label"] for each in types(api, ann)] == ["Primary", None, "Chef", "Buyer"]


def test_a_record_can_be_made_with_a_label(api: httpx.Client, make: Make) -> None:
    chef = label(api)[1]["typeId"]
    wish = {"properties": {"firstname": "Bo"}, "associations": [{"to": {"id": make("companies")}, "types": [spec(chef)]}]}
    made = api.post("/crm/objects/2026-09/contacts", json=wish)
    assert made.status_code == 201, made.text
    assert "Chef" in {each["label"] for each in types(api, made.json()["id"])}


def test_a_label_is_renamed_and_keeps_its_number(api: httpx.Client, make: Make) -> None:
    back, there = label(api)
    assert api.put(LABELS, json={"associationTypeId": there["typeId"], "label": "Cook"}).status_code == 204
    listed = {each["typeId"]: each["label"] for each in api.get(LABELS).json()["results"]}
    assert listed[there["typeId"]] == "Cook"
    others = api.get("/crm/v4/associations/companies/contacts/labels").json()["results"]
    assert {"category": "USER_DEFINED", "typeId": back["typeId"], "label": "Cook"} in others


def test_each_side_of_a_pair_is_renamed_alone(api: httpx.Client) -> None:
    _, manager = label(api, "manager", PEOPLE, inverseLabel="Employee")
    api.put(PEOPLE, json={"associationTypeId": manager["typeId"], "label": "Boss"})
    assert {"Boss", "Employee"} <= {each["label"] for each in api.get(PEOPLE).json()["results"]}
    api.put(PEOPLE, json={"associationTypeId": manager["typeId"], "label": "Boss", "inverseLabel": "Report"})
    assert {"Boss", "Report"} <= {each["label"] for each in api.get(PEOPLE).json()["results"]}


def test_a_label_is_deleted_once_nothing_has_it(api: httpx.Client, make: Make) -> None:
    back, there = label(api)
    ann, acorn = make("contacts"), make("companies")
    tie(api, ann, acorn, spec(there["typeId"]))
    assert api.delete(f"{LABELS}/{there['typeId']}").status_code == 400
    tie(api, ann, acorn, spec(279, "HUBSPOT_DEFINED"))
    assert api.delete(f"{LABELS}/{there['typeId']}").status_code == 204
    assert api.delete(f"{LABELS}/{there['typeId']}").status_code == 404
    assert back not in api.get("/crm/v4/associations/companies/contacts/labels").json()["results"]
    assert tie(api, ann, acorn, spec(there["typeId"])).status_code == 400


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"name": "with-hyphen", "label": "X"}, 400),
        ({"name": "1st", "label": "X"}, 400),
        ({"name": "", "label": "X"}, 400),
        ({"name": "x", "label": "  "}, 400),
        ({"name": "x", "label": "X", "inverseLabel": ""}, 400),
        ({"name": "x"}, 400),
        ({"label": "X"}, 400),
        ({"name": "chef", "label": "Other"}, 409),
        ({"name": "other", "label": "CHEF"}, 409),
        ({"name": "main", "label": "Primary"}, 409),
    ],
)
def test_a_bad_label_is_not_made(api: httpx.Client, wish: dict[str, str], status: int) -> None:
    label(api)
    before = api.get(LABELS).json()
    assert api.post(LABELS, json=wish).status_code == status
    assert api.get(LABELS).json() == before


def test_there_are_ten_labels_between_two_kinds_and_no_more(api: httpx.Client) -> None:
    for number in range(10):
        label(api, f"label{number}")
    assert api.post(LABELS, json={"name": "one_more", "label": "One more"}).status_code == 400
    assert label(api, "elsewhere", PEOPLE)


def test_hubspots_own_types_cannot_be_changed(api: httpx.Client) -> None:
    assert api.put(LABELS, json={"associationTypeId": 1, "label": "Main"}).status_code == 400
    assert api.delete(f"{LABELS}/1").status_code == 400
    assert api.delete(f"{LABELS}/999").status_code == 404
    assert api.delete(f"{LABELS}/nonsense").status_code == 404
    other = label(api, "friend", PEOPLE)[0]["typeId"]
    assert api.delete(f"{LABELS}/{other}").status_code == 404


@pytest.mark.parametrize(
    ("category", "type_id"), [("USER_DEFINED", 3), ("USER_DEFINED", 279), ("HUBSPOT_DEFINED", 4), ("WORK", 279)]
)
def test_a_type_that_does_not_fit_is_named(api: httpx.Client, make: Make, category: str, type_id: int) -> None:
    answer = tie(api, make("contacts"), make("companies"), spec(type_id, category))
    said = answer.json()
    assert (answer.status_code, said["message"]) == (400, "One or more associations are invalid")
    assert said["context"] == {
        "INVALID_ASSOCIATION_TYPE_ID": [f"{category}={type_id} is not a valid association definition id"],
        "associationSpec": [f"{category}={type_id}"],
    }


def test_a_record_that_is_not_there_is_named(api: httpx.Client, make: Make) -> None:
    answer = api.put(f"/crm/v4/objects/contacts/{make('contacts')}/associations/default/companies/424242")
    assert answer.status_code == 400
    assert answer.json()["context"] == {
        "INVALID_OBJECT_IDS": ["COMPANY=424242 is not valid"],
        "objectId": ["424242"],
        "objectType": ["COMPANY"],
    }


def test_an_unknown_category_and_no_types_at_all_are_refused(api: httpx.Client, make: Make) -> None:
    ann, acorn = make("contacts"), make("companies")
    for body in ([spec(279, "NONSENSE")], [], [{"associationTypeId": 279}]):
        assert tie(api, ann, acorn, *body).status_code == 400
    assert api.put(f"/crm/v4/objects/contacts/{ann}/associations/default/contacts/{ann}").status_code == 400


def test_labels_are_told_as_changes(portal: Portal) -> None:
    ann = portal.records.create(ACORN, "contacts", {"firstname": "Ann"})
    acorn = portal.records.create(ACORN, "companies", {"name": "Acorn"})
    back, there = portal.associations.labels.make(ACORN, "contacts", "companies", name="chef", label="Chef", inverse=None)
    portal.associate(ACORN, "contacts", ann.id, "companies", acorn.id)
    heard: list[Change] = []
    portal.changes.listen(heard.append)
    portal.associate(ACORN, "contacts", ann.id, "companies", acorn.id, there.type_id)
    portal.dissociate(ACORN, "contacts", ann.id, "companies", acorn.id, there)
    told = [(each.kind, each.type_id, each.removed) for each in heard if each.what == "associationChange"]
    assert told == [
        ("contacts", there.type_id, False),
        ("companies", back.type_id, False),
        ("contacts", there.type_id, True),
        ("companies", back.type_id, True),
    ]


def test_labels_and_limits_belong_to_one_account_and_survive_a_restart(tmp_path: Any) -> None:
    before = Portal(tmp_path / "sandbox.db")
    plant(before, "empty")
    (made,) = before.associations.labels.make(ACORN, "contacts", "contacts", name="friend", label="Friend", inverse=None)
    before.associations.labels.set_limit(ACORN, made, 3)
    before.close()
    after = Portal(tmp_path / "sandbox.db").associations.labels
    assert after.find(ACORN, made.type_id) == made
    assert after.find(ACORN + 1, made.type_id) is None
    assert after.limited(ACORN) == [(made, 3)]
    assert after.limited(ACORN + 1) == []


# limits -----------------------------------------------------------------------------------------------


def limit(
    api: httpx.Client, type_id: int, most: int, category: str = "HUBSPOT_DEFINED", what: str = "create"
) -> httpx.Response:
    wish = {"inputs": [{"category": category, "typeId": type_id, "maxToObjectIds": most}]}
    return api.post(f"{LIMITS}/contacts/companies/batch/{what}", json=wish)


def test_a_limit_holds_for_new_ties_only(api: httpx.Client, make: Make) -> None:
    ann, old, new = make("contacts"), [make("companies"), make("companies")], make("companies")
    for each in old:
        tie(api, ann, each, spec(279, "HUBSPOT_DEFINED"))
    made = limit(api, 279, 1)
    assert made.status_code == 201
    assert made.json()["results"] == [
        {"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None, "userEnforcedMaxToObjectIds": 1}
    ]
    assert tie(api, ann, old[1], spec(279, "HUBSPOT_DEFINED")).status_code == 201
    refused = tie(api, ann, new, spec(279, "HUBSPOT_DEFINED"))
    assert (refused.status_code, refused.json()["message"]) == (400, "One or more associations are invalid")
    assert len(api.get(f"/crm/v4/objects/contacts/{ann}/associations/companies").json()["results"]) == 2
    assert limit(api, 279, 5, what="update").json()["results"][0]["userEnforcedMaxToObjectIds"] == 5
    assert tie(api, ann, new, spec(279, "HUBSPOT_DEFINED")).status_code == 201


def test_a_limit_holds_from_the_other_side_too(api: httpx.Client, make: Make) -> None:
    wish = {"inputs": [{"category": "HUBSPOT_DEFINED", "typeId": 280, "maxToObjectIds": 1}]}
    assert api.post(f"{LIMITS}/companies/contacts/batch/create", json=wish).status_code == 201
    acorn = make("companies")
    assert tie(api, make("contacts"), acorn, spec(279, "HUBSPOT_DEFINED")).status_code == 201
    assert tie(api, make("contacts"), acorn, spec(279, "HUBSPOT_DEFINED")).status_code == 400


def test_limits_are_listed_and_purged(api: httpx.Client) -> None:
    assert limit(api, 279, 5).status_code == 201
    (one,) = api.get(f"{LIMITS}/contacts/companies").json()["results"]
    assert (one["typeId"], one["userEnforcedMaxToObjectIds"]) == (279, 5)
    assert api.get("/crm/v4/associations/definitions/configurations/all").json()["results"] == [one]
    assert api.get(f"{LIMITS}/contacts/deals").json()["results"] == []
    gone = {"inputs": [{"category": "HUBSPOT_DEFINED", "typeId": 279}]}
    assert api.post(f"{LIMITS}/contacts/companies/batch/purge", json=gone).status_code == 204
    assert api.get(f"{LIMITS}/all").json()["results"] == []


def test_a_label_is_limited_to_no_more_than_the_objects(api: httpx.Client) -> None:
    chef = label(api)[1]["typeId"]
    limit(api, 279, 10)
    assert limit(api, chef, 11, "USER_DEFINED").status_code == 207
    assert limit(api, chef, 10, "USER_DEFINED").status_code == 201
    assert limit(api, 279, 9, what="update").status_code == 207


def test_what_cannot_be_limited_is_said_for_each_input(api: httpx.Client) -> None:
    for answer in (limit(api, 279, 0), limit(api, 4, 1), limit(api, 279, 1, what="update")):
        assert answer.status_code == 207
        assert (answer.json()["numErrors"], answer.json()["results"]) == (1, [])
    limit(api, 279, 2)
    assert limit(api, 279, 3).json()["errors"][0]["category"] == "CONFLICT"
    assert api.post(f"{LIMITS}/contacts/companies/batch/create", json={"inputs": []}).status_code == 400


def test_a_report_on_heavy_use_is_asked_for(api: httpx.Client, sandbox: RunningSandbox) -> None:
    (owner,) = api.get("/crm/owners/2026-09", params={"email": ADA}).json()["results"]
    asked = api.post(f"/crm/v4/associations/usage/high-usage-report/{owner['userId']}")
    assert asked.status_code == 200, asked.text
    assert (asked.json()["userId"], asked.json()["userEmail"]) == (owner["userId"], ADA)
    assert api.post("/crm/v4/associations/usage/high-usage-report/nobody").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", LABELS),
        ("POST", LABELS),
        ("PUT", LABELS),
        ("DELETE", f"{LABELS}/1"),
        ("GET", f"{LIMITS}/all"),
        ("GET", f"{LIMITS}/contacts/companies"),
        ("POST", f"{LIMITS}/contacts/companies/batch/create"),
        ("POST", f"{LIMITS}/contacts/companies/batch/update"),
        ("POST", f"{LIMITS}/contacts/companies/batch/purge"),
    ],
)
def test_a_token_with_the_scope_is_needed(sandbox: RunningSandbox, method: str, path: str) -> None:
    sandbox.control("POST", "/service-keys", {"account_id": ACORN, "scopes": "oauth", "key": "pat-none"})
    for headers, status in (({}, 401), (sandbox.bearer("pat-none"), 403)):
        answer = httpx.request(method, sandbox.base_url + path, headers=headers)
        assert answer.status_code == status or path.endswith("/all"), answer.text
        assert answer.status_code != 200 or answer.json() == {"results": []}

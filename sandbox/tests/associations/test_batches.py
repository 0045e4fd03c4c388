"""Many ties at once: reading in pages, making with errors for single inputs, taking off."""

from typing import Any

import httpx
from sandbox.tests.associations.conftest import Make

from hubspot_sandbox.associations.batches import PAGE
from hubspot_sandbox.seeds.people import ACORN
from hubspot_sandbox.testing import RunningSandbox

BATCH = "/crm/associations/2026-09/contacts/companies/batch"
DEFAULT = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}
PRIMARY = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}


def pair(one: str, other: str, *types: dict[str, Any]) -> dict[str, Any]:
    return {"from": {"id": one}, "to": {"id": other}} | ({"types": list(types)} if types else {})


def ask(api: httpx.Client, what: str, *inputs: Any) -> httpx.Response:
    return api.post(f"{BATCH}/{what}", json={"inputs": list(inputs)})


def companies(api: httpx.Client, contact: str) -> list[dict[str, Any]]:
    return list(api.get(f"/crm/v4/objects/contacts/{contact}/associations/companies").json()["results"])


def test_pairs_are_made_each_for_itself(api: httpx.Client, make: Make) -> None:
    ann, acorn = make("contacts"), make("companies")
    wrong = {"associationCategory": "USER_DEFINED", "associationTypeId": 3}
    inputs = (pair(ann, acorn, PRIMARY), pair(ann, "424242", DEFAULT), pair(ann, acorn, wrong), pair("x", acorn, DEFAULT))
    answer = ask(api, "create", *inputs)
    said = answer.json()
    assert (answer.status_code, said["status"], said["numErrors"]) == (207, "COMPLETE", 3)
    assert said["results"] == [
        {
            "fromObjectTypeId": "0-1",
            "fromObjectId": ann,
            "toObjectTypeId": "0-2",
            "toObjectId": acorn,
            "labels": ["Primary"],
        }
    ]
    contexts = [each["context"] for each in said["errors"]]
    assert contexts[0]["INVALID_OBJECT_IDS"] == ["COMPANY=424242 is not valid"]
    assert contexts[1]["associationSpec"] == ["USER_DEFINED=3"]
    assert contexts[2]["INVALID_OBJECT_IDS"] == ["CONTACT=x is not valid"]
    assert ask(api, "create", pair(ann, acorn, DEFAULT)).status_code == 201


def test_default_pairs_are_made_each_for_itself(api: httpx.Client, make: Make) -> None:
    ann, acorn = make("contacts"), make("companies")
    good = ask(api, "associate/default", pair(ann, acorn))
    assert good.status_code == 200
    assert good.json()["results"] == [{"from": {"id": ann}, "to": {"id": acorn}, "associationSpec": DEFAULT}]
    mixed = ask(api, "associate/default", pair(ann, "424242"), pair(ann, make("companies")))
    assert (mixed.status_code, len(mixed.json()["results"]), mixed.json()["numErrors"]) == (207, 1, 1)
    assert len(companies(api, ann)) == 2


def test_a_batch_that_is_no_batch_is_refused_whole(api: httpx.Client, make: Make) -> None:
    ann, acorn = make("contacts"), make("companies")
    for what, body in (
        ("create", {"inputs": []}),
        ("create", {"inputs": [pair(ann, acorn)]}),
        ("create", {"inputs": [pair(ann, acorn, DEFAULT)] * 2001}),
        ("associate/default", {"inputs": [{"from": {"id": ann}}]}),
        ("read", {"inputs": [{"id": ann}] * 1001}),
        ("read", {"inputs": [{"id": ann, "after": "nonsense"}]}),
        ("archive", {"inputs": [pair(ann, acorn)]}),
        ("labels/archive", {"inputs": [pair(ann, acorn)]}),
        ("labels/archive", {"inputs": [pair(ann, acorn, PRIMARY | {"associationTypeId": 999})]}),
    ):
        assert api.post(f"{BATCH}/{what}", json=body).status_code == 400, what


def test_who_has_no_ties_is_an_error_of_a_read(api: httpx.Client, make: Make) -> None:
    ann, acorn, bob = make("contacts"), make("companies"), make("contacts")
    ask(api, "associate/default", pair(ann, acorn))
    answer = ask(api, "read", {"id": ann}, {"id": bob}, {"id": "nonsense"})
    said = answer.json()
    assert (answer.status_code, said["status"], said["numErrors"]) == (207, "COMPLETE", 2)
    assert [(each["from"]["id"], each["to"][0]["toObjectId"]) for each in said["results"]] == [(ann, acorn)]
    assert said["errors"][0] == {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No company is associated with contact {bob}.",
        "context": {"fromObjectId": [bob], "fromObjectType": ["contact"], "toObjectType": ["company"]},
    }
    assert ask(api, "read", {"id": ann}).status_code == 200


def test_many_ties_are_read_in_pages(api: httpx.Client, make: Make, sandbox: RunningSandbox) -> None:
    acorn, portal = make("companies"), sandbox.portal
    values = [{"firstname": f"C{number}"} for number in range(PAGE + 1)]
    with portal.store.transaction():
        for each in values:
            contact = portal.records.create(ACORN, "contacts", each)
            portal.associations.link(ACORN, "companies", acorn, "contacts", contact.id)
    path = "/crm/v4/associations/companies/contacts/batch/read"
    (first,) = api.post(path, json={"inputs": [{"id": acorn}]}).json()["results"]
    after = first["paging"]["next"]["after"]
    (rest,) = api.post(path, json={"inputs": [{"id": acorn, "after": after}]}).json()["results"]
    assert (len(first["to"]), len(rest["to"])) == (PAGE, 1)
    assert "paging" not in rest
    single = f"/crm/v4/objects/companies/{acorn}/associations/contacts"
    page = api.get(single, params={"limit": 1, "after": after}).json()
    assert page["results"] == rest["to"]
    assert len(api.get(single).json()["results"]) == PAGE
    assert api.get(single, params={"limit": PAGE + 1}).status_code == 400


def test_all_ties_of_a_pair_are_taken_off(api: httpx.Client, make: Make) -> None:
    ann, one, two = make("contacts"), make("companies"), make("companies")
    ask(api, "associate/default", pair(ann, one), pair(ann, two))
    wish = {"from": {"id": ann}, "to": [{"id": one}, {"id": "424242"}, {"id": "x"}]}
    assert ask(api, "archive", wish).status_code == 204
    assert [each["toObjectId"] for each in companies(api, ann)] == [two]
    assert api.get(f"/crm/v4/objects/companies/{one}/associations/contacts").json()["results"] == []


def test_a_record_that_is_not_there_cannot_be_untied(api: httpx.Client, make: Make) -> None:
    ann, acorn = make("contacts"), make("companies")
    ask(api, "associate/default", pair(ann, acorn))
    path = f"/crm/v4/objects/contacts/{ann}/associations/companies"
    assert api.delete(f"{path}/424242").status_code == 404
    assert len(companies(api, ann)) == 1
    assert api.delete(f"{path}/{acorn}").status_code == 204
    assert companies(api, ann) == []


def test_one_type_is_taken_off_and_the_tie_stays(api: httpx.Client, make: Make) -> None:
    ann, acorn = make("contacts"), make("companies")
    ask(api, "create", pair(ann, acorn, PRIMARY))
    assert ask(api, "labels/archive", pair(ann, acorn, PRIMARY)).status_code == 204
    (tie,) = companies(api, ann)
    assert [each["typeId"] for each in tie["associationTypes"]] == [279]
    back = api.get(f"/crm/v4/objects/companies/{acorn}/associations/contacts").json()["results"]
    assert [each["typeId"] for each in back[0]["associationTypes"]] == [280]


def test_without_the_unlabelled_type_nothing_is_left(api: httpx.Client, make: Make) -> None:
    ann, acorn = make("contacts"), make("companies")
    ask(api, "create", pair(ann, acorn, PRIMARY))
    assert ask(api, "labels/archive", pair(ann, acorn, DEFAULT)).status_code == 204
    assert companies(api, ann) == []


def test_the_primary_company_follows(api: httpx.Client, make: Make) -> None:
    ann, one, two = make("contacts"), make("companies"), make("companies")

    def primary() -> str | None:
        read = api.get(f"/crm/objects/2026-09/contacts/{ann}", params={"properties": "associatedcompanyid"}).json()
        value: str | None = read["properties"]["associatedcompanyid"]
        return value

    ask(api, "associate/default", pair(ann, one), pair(ann, two))
    assert primary() == one
    wish = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 2}]
    api.put(f"/crm/v4/objects/companies/{two}/associations/contacts/{ann}", json=wish)
    assert primary() == two
    assert [1 in [kind["typeId"] for kind in each["associationTypes"]] for each in companies(api, ann)] == [False, True]
    ask(api, "archive", {"from": {"id": ann}, "to": [{"id": two}]})
    assert primary() is None


def test_a_company_has_one_parent_and_many_children(api: httpx.Client, make: Make) -> None:
    old, new, child, other = (make("companies") for _ in range(4))
    parent = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 14}]
    for one, to in ((child, old), (other, old), (child, new)):
        assert api.put(f"/crm/v4/objects/companies/{one}/associations/companies/{to}", json=parent).status_code == 201

    def labelled(company: str, label: str) -> set[str]:
        found = api.get(f"/crm/v4/objects/companies/{company}/associations/companies").json()["results"]
        return {each["toObjectId"] for each in found if label in [kind["label"] for kind in each["associationTypes"]]}

    assert (labelled(child, "Parent Company"), labelled(new, "Child Company")) == ({new}, {child})
    assert labelled(old, "Child Company") == {other}


def test_ties_move_with_a_merge(api: httpx.Client, make: Make) -> None:
    ann, twin, acorn = make("contacts"), make("contacts"), make("companies")
    chef = api.post("/crm/v4/associations/contacts/companies/labels", json={"name": "chef", "label": "Chef"}).json()
    own = {"associationCategory": "USER_DEFINED", "associationTypeId": chef["results"][1]["typeId"]}
    ask(api, "create", pair(twin, acorn, own))
    api.put(f"/crm/v4/objects/contacts/{ann}/associations/default/contacts/{twin}")
    wish = {"primaryObjectId": ann, "objectIdToMerge": twin}
    merged = api.post("/crm/objects/2026-09/contacts/merge", json=wish).json()["id"]
    (tie,) = companies(api, merged)
    assert "Chef" in [each["label"] for each in tie["associationTypes"]]
    assert companies(api, twin) == [tie]
    assert ask(api, "associate/default", pair(twin, make("companies"))).status_code == 200
    assert len(companies(api, merged)) == 2
    assert ask(api, "archive", {"from": {"id": twin}, "to": [{"id": acorn}]}).status_code == 204
    assert len(companies(api, merged)) == 1

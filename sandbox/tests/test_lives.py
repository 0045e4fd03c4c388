"""What may happen to a record: history, upsert, merge, privacy deletion; and that all of it is told and kept whole."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from hubspot_sandbox.changes import Change
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import HubSpotProblem
from hubspot_sandbox.record import by_hand
from hubspot_sandbox.search import Search
from hubspot_sandbox.seeds import plant
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, CLIENT_ID
from hubspot_sandbox.sight import Sight
from hubspot_sandbox.testing import RunningSandbox

CONTACTS = "/crm/objects/2026-09/contacts"


def make(api: httpx.Client, kind: str = "contacts", **properties: str) -> str:
    answer = api.post(f"/crm/objects/2026-09/{kind}", json={"properties": properties})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


# history


def test_history_holds_every_value_newest_first(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.control("POST", "/clock", {"freeze": "2026-11-25T09:00:00Z"})
    record = make(api, email="a@x.example", firstname="Ann")
    for name in ("Anna", ""):
        sandbox.control("POST", "/clock", {"advance_seconds": 60})
        api.patch(f"{CONTACTS}/{record}", json={"properties": {"firstname": name}})
    answer = api.get(f"{CONTACTS}/{record}", params={"propertiesWithHistory": "firstname,email"}).json()
    versions = answer["propertiesWithHistory"]
    assert [(each["value"], each["timestamp"][14:16]) for each in versions["firstname"]] == [
        ("", "02"),
        ("Anna", "01"),
        ("Ann", "00"),
    ]
    assert [each["value"] for each in versions["email"]] == ["a@x.example"]


def test_history_and_changes_say_who_wrote(sandbox: RunningSandbox, api: httpx.Client) -> None:
    app, heard = sandbox.portal.apps.get(CLIENT_ID), list[Change]()
    assert app
    token = sandbox.mint(ACORN, ADA, CLIENT_ID, "oauth crm.objects.contacts.read crm.objects.contacts.write")
    as_app = sandbox.bearer(token["access_token"])
    sandbox.portal.changes.listen(heard.append)
    record = make(api, firstname="By a key")
    api.patch(f"{CONTACTS}/{record}", json={"properties": {"firstname": "By an app"}}, headers=as_app)
    inputs = [{"id": record, "properties": {"firstname": "In a batch"}}]
    api.post(f"{CONTACTS}/batch/update", json={"inputs": inputs}, headers=as_app)
    sandbox.portal.records.update(ACORN, "contacts", record, {"firstname": "By hand"}, source=by_hand(7))
    answer = api.get(f"{CONTACTS}/{record}", params={"propertiesWithHistory": "firstname"}).json()
    by_app = {"sourceType": "INTEGRATION", "sourceId": str(app.app_id), "sourceLabel": app.name}
    told = {each.pop("value"): each for each in answer["propertiesWithHistory"]["firstname"] if each.pop("timestamp")}
    assert told == {
        "By hand": {"sourceType": "CRM_UI", "sourceId": "userId:7", "updatedByUserId": 7},
        "In a batch": by_app,
        "By an app": by_app,
        "By a key": {"sourceType": "API"},
    }
    sources = [(each.source, each.source_id) for each in heard]
    assert sources == [("API", ""), *[("INTEGRATION", str(app.app_id))] * 2, ("CRM_UI", "userId:7")]


def test_writing_the_same_value_again_is_no_change(portal: Portal) -> None:
    heard: list[Change] = []
    portal.changes.listen(heard.append)
    record = portal.records.create(ACORN, "contacts", {"email": "a@x.example"})
    portal.records.update(ACORN, "contacts", record.id, {"email": "A@x.example", "firstname": ""})
    assert [each.what for each in heard] == ["creation"]


# upsert


def upsert(api: httpx.Client, *inputs: dict[str, Any]) -> httpx.Response:
    return api.post(f"{CONTACTS}/batch/upsert", json={"inputs": list(inputs)})


def one(email: str, **properties: str) -> dict[str, Any]:
    return {"id": email, "idProperty": "email", "properties": properties}


def test_upsert_updates_what_is_there_and_creates_what_is_not(api: httpx.Client) -> None:
    known = make(api, email="ann@x.example", firstname="Ann")
    answer = upsert(api, one("ann@x.example", city="Cork"), one("bob@x.example", firstname="Bob"))
    assert answer.status_code == 200, answer.text
    ann, bob = answer.json()["results"]
    assert (ann["id"], ann["new"], ann["properties"]["firstname"]) == (known, False, "Ann")
    assert (bob["new"], bob["properties"]["email"]) == (True, "bob@x.example")
    assert upsert(api, one("bob@x.example")).json()["results"][0]["new"] is False


def test_upsert_by_something_that_is_not_unique_keeps_nothing(api: httpx.Client) -> None:
    answer = upsert(api, one("ann@x.example"), {"id": "1", "idProperty": "firstname", "properties": {}})
    assert answer.status_code == 400
    assert upsert(api, {"id": "1", "properties": {}}).status_code == 400
    assert api.get(CONTACTS).json()["results"] == []


def test_with_trace_ids_each_input_stands_for_itself(api: httpx.Client) -> None:
    good, bad = one("ann@x.example"), one("bob@x.example", nonsense="x")
    answer = upsert(api, good | {"objectWriteTraceId": "1"}, bad | {"objectWriteTraceId": "2"})
    assert answer.status_code == 207
    assert [each["objectWriteTraceId"] for each in answer.json()["results"]] == ["1"]
    assert answer.json()["errors"][0]["context"]["objectWriteTraceId"] == ["2"]


def test_a_failed_input_of_a_traced_batch_leaves_nothing_behind(api: httpx.Client) -> None:
    impossible = {"to": {"id": "999"}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]}
    inputs = [{"properties": {"firstname": "Half"}, "associations": [impossible], "objectWriteTraceId": "1"}]
    answer = api.post(f"{CONTACTS}/batch/create", json={"inputs": inputs})
    assert (answer.status_code, answer.json()["results"]) == (207, [])
    assert api.get(CONTACTS).json()["results"] == []


# merge


def merge(api: httpx.Client, primary: str, other: str) -> httpx.Response:
    return api.post(f"{CONTACTS}/merge", json={"primaryObjectId": primary, "objectIdToMerge": other})


def test_a_merged_record_has_the_values_and_ties_of_both(api: httpx.Client) -> None:
    ann = make(api, email="ann@x.example", firstname="Ann")
    dup = make(api, email="dup@x.example", firstname="Annie", phone="+14155550100")
    company = make(api, "companies", name="Acorn")
    tie = {"to": {"id": dup}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194}]}
    call = api.post("/crm/objects/2026-09/calls", json={"properties": {"hs_timestamp": "0"}, "associations": [tie]})
    api.put(f"{CONTACTS}/{ann}/associations/default/companies/{company}")
    merged = merge(api, ann, dup).json()
    assert (
        merged["properties"].items()
        >= {
            "firstname": "Ann",
            "email": "ann@x.example",
            "phone": "+14155550100",
            "hs_additional_emails": "dup@x.example",
            "hs_merged_object_ids": f"{ann};{dup}",
        }.items()
    )
    read = api.get(f"{CONTACTS}/{ann}", params={"associations": "calls,companies"}).json()
    assert read["id"] == merged["id"] == api.get(f"{CONTACTS}/{dup}").json()["id"]
    assert read["associations"]["calls"]["results"][0]["id"] == call.json()["id"]
    assert {each["id"] for each in read["associations"]["companies"]["results"]} == {company}
    found = api.post(f"{CONTACTS}/search", json={}).json()
    assert [each["id"] for each in found["results"]] == [merged["id"]]


def test_a_record_merged_twice_is_found_by_all_its_old_ids(api: httpx.Client) -> None:
    ids = [make(api, firstname=name) for name in "abc"]
    first = merge(api, ids[0], ids[1]).json()["id"]
    last = merge(api, ids[2], first).json()["id"]
    assert {api.get(f"{CONTACTS}/{each}").json()["id"] for each in (*ids, first)} == {last}


def test_merging_nonsense_is_refused(api: httpx.Client) -> None:
    ann = make(api, firstname="Ann")
    assert merge(api, ann, ann).status_code == 400
    assert merge(api, ann, "999").status_code == 404
    assert merge(api, "", "x").status_code == 404
    body = {"primaryObjectId": "1", "objectIdToMerge": "2"}
    assert api.post("/crm/objects/2026-09/calls/merge", json=body).status_code == 400


# privacy deletion


def test_privacy_deletion_leaves_nothing(api: httpx.Client, sandbox: RunningSandbox) -> None:
    ann = make(api, email="ann@x.example", firstname="Ann")
    api.patch(f"{CONTACTS}/{ann}", json={"properties": {"firstname": "Anna"}})
    answer = api.post(f"{CONTACTS}/gdpr-delete", json={"objectId": "ann@x.example", "idProperty": "email"})
    assert answer.status_code == 204, answer.text
    for archived in ("false", "true"):
        assert api.get(f"{CONTACTS}/{ann}", params={"archived": archived}).status_code == 404
    kept = "\n".join(sandbox.portal.store.connection.iterdump())
    assert "Anna" not in kept
    assert api.post(f"{CONTACTS}/gdpr-delete", json={"objectId": ann}).status_code == 404


# changes


def test_changes_are_told_when_they_are_kept_and_never_otherwise(portal: Portal) -> None:
    heard: list[Change] = []
    portal.changes.listen(heard.append)
    with pytest.raises(HubSpotProblem):
        lose(portal)
    assert heard == []
    with portal.store.transaction():
        record = portal.records.create(ACORN, "contacts", {"firstname": "Kept"})
        assert heard == []
    portal.records.update(ACORN, "contacts", record.id, {"firstname": "Changed"})
    portal.records.archive(ACORN, "contacts", record.id)
    assert [(each.what, each.name, each.value) for each in heard] == [
        ("creation", "", ""),
        ("propertyChange", "firstname", "Changed"),
        ("deletion", "", ""),
    ]


def lose(portal: Portal) -> None:
    with portal.store.transaction():
        portal.records.create(ACORN, "contacts", {"firstname": "Lost"})
        portal.records.create(ACORN, "contacts", {"nonsense": "x"})


# restart, and whose records


def test_a_restart_keeps_records_history_and_merged_ids(tmp_path: Path) -> None:
    portal = Portal(tmp_path / "sandbox.db")
    plant(portal, "empty")
    record = portal.records.create(ACORN, "contacts", {"email": "ann@x.example", "firstname": "Ann"})
    portal.records.update(ACORN, "contacts", record.id, {"firstname": "Anna"})
    portal.close()
    again = Portal(tmp_path / "sandbox.db")
    found = again.records.search(ACORN, "contacts", Search(query="anna"))
    assert [each.id for each in found.records] == [record.id]
    assert [each.value for each in again.records.history(ACORN, found.records[0], "firstname")] == ["Anna", "Ann"]
    again.close()


def test_search_sees_only_what_the_person_sees(portal: Portal) -> None:
    for owner in ("1", "2", ""):
        portal.records.create(ACORN, "contacts", {"firstname": f"of {owner}", "hubspot_owner_id": owner})

    def seen(sight: Sight) -> list[str]:
        found = portal.records.search(ACORN, "contacts", Search(), sight=sight)
        assert found.total == len(found.records)
        return [each.get("hubspot_owner_id") for each in found.records]

    assert seen(Sight(owners=frozenset({"1"}))) == ["1"]
    assert seen(Sight(owners=frozenset({"2"}), unassigned=True)) == ["2", ""]
    assert seen(Sight()) == []


@pytest.fixture
def bens(sandbox: RunningSandbox) -> httpx.Client:
    """Ben with a user-level app: his token follows his own rights, which are for his own contacts."""
    app = sandbox.control(
        "POST",
        "/apps",
        {
            "name": "Follows Ben",
            "redirect_urls": ["http://localhost:9/cb"],
            "required_scopes": "oauth crm.objects.contacts.read crm.objects.contacts.write",
            "is_user_level": True,
        },
    )
    scopes = "oauth crm.objects.contacts.read crm.objects.contacts.write"
    token = sandbox.mint(ACORN, BEN, app["client_id"], scopes)["access_token"]
    return httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer(token))


def test_a_user_level_token_reaches_the_persons_own_records_only(
    sandbox: RunningSandbox, api: httpx.Client, bens: httpx.Client
) -> None:
    owners = {email: portal_owner(sandbox.portal, email) for email in (ADA, BEN)}
    his, hers = (make(api, firstname=name, email=name, hubspot_owner_id=owners[name]) for name in (BEN, ADA))
    upserted = {"inputs": [{"idProperty": "email", "id": ADA, "properties": {"firstname": "x"}}]}
    with bens:
        assert [each["id"] for each in bens.get(CONTACTS).json()["results"]] == [his]
        assert bens.post(f"{CONTACTS}/search", json={}).json()["total"] == 1
        assert bens.get(f"{CONTACTS}/{his}").status_code == 200
        for answer in (
            bens.get(f"{CONTACTS}/{hers}"),
            bens.patch(f"{CONTACTS}/{hers}", json={"properties": {"firstname": "x"}}),
            bens.delete(f"{CONTACTS}/{hers}"),
            bens.post(f"{CONTACTS}/batch/upsert", json=upserted),
            bens.post(f"{CONTACTS}/gdpr-delete", json={"objectId": hers}),
        ):
            assert (answer.status_code, answer.json()["category"]) == (403, "USER_DOES_NOT_HAVE_PERMISSIONS")
    assert api.get(f"{CONTACTS}/{hers}").json()["properties"]["firstname"] == ADA


def portal_owner(portal: Portal, email: str) -> str:
    member = portal.people.membership(ACORN, email)
    assert member
    return str(member.owner_id)

"""Records as the guides say (S12, S40): refusals, pages, histories, batches, duplicates, merging."""

import pytest
from sandbox.tests.verified.world import World, objects

CONTACTS = objects("contacts")
NOWHERE = "1"
"""An id that no contact has."""


def test_without_a_good_token_nobody_gets_in(world: World) -> None:
    refused = world.ask("GET", CONTACTS, headers={"Authorization": "Bearer no-such-token"})
    assert (refused.status_code, refused.json()["category"]) == (401, "INVALID_AUTHENTICATION")


def test_what_is_not_there_is_404(world: World) -> None:
    refused = world.ask("GET", f"{CONTACTS}/{NOWHERE}")
    body = refused.json()
    assert (refused.status_code, body["status"], body["category"]) == (404, "error", "OBJECT_NOT_FOUND")
    assert body["correlationId"]


def test_an_unknown_property_is_refused(world: World) -> None:
    refused = world.post(CONTACTS, {"properties": {"no_such_property": "x"}, "associations": []}, 400)
    assert (refused["status"], refused["category"]) == ("error", "VALIDATION_ERROR")
    assert "no_such_property" in refused["message"]


def test_a_record_has_texts_times_and_nulls(world: World) -> None:
    made = world.create("companies", name=world.mark, numberofemployees="12")
    record = world.get(f"{objects('companies')}/{made}", properties="name,numberofemployees,city")
    assert (record["id"], record["archived"]) == (made, False)
    assert record["createdAt"].endswith("Z")
    values = record["properties"]
    assert (values["name"], values["numberofemployees"], values["city"]) == (world.mark, "12", None)


def test_a_list_goes_on_after_the_last_one(world: World) -> None:
    for name in ("One", "Two"):
        world.create("contacts", company=world.mark, firstname=name)
    first = world.get(CONTACTS, limit="1")
    second = world.get(CONTACTS, limit="1", after=first["paging"]["next"]["after"])
    assert len(first["results"]) == len(second["results"]) == 1
    assert first["results"][0]["id"] != second["results"][0]["id"]


def test_a_page_has_at_most_a_hundred(world: World) -> None:
    assert world.ask("GET", CONTACTS, params={"limit": "101"}).status_code == 400


def test_the_history_is_newest_first(world: World) -> None:
    made = world.create("contacts", company=world.mark, city="Cork")
    world.ask("PATCH", f"{CONTACTS}/{made}", {"properties": {"city": "Galway"}})
    record = world.get(f"{CONTACTS}/{made}", propertiesWithHistory="city")
    assert [each["value"] for each in record["propertiesWithHistory"]["city"]] == ["Galway", "Cork"]


def test_an_email_address_is_an_id(world: World) -> None:
    made = world.create("contacts", company=world.mark, email=world.address("ann"))
    assert world.get(f"{CONTACTS}/{world.address('ann')}", idProperty="email")["id"] == made


def test_an_email_address_belongs_to_one_contact(world: World) -> None:
    made = world.create("contacts", company=world.mark, email=world.address("twin"))
    refused = world.post(CONTACTS, {"properties": {"email": world.address("twin")}, "associations": []}, 409)
    assert (refused["category"], made in refused["message"]) == ("CONFLICT", True)


def test_an_upsert_makes_and_changes(world: World) -> None:
    given = {"id": world.address("upsert"), "idProperty": "email", "properties": {"company": world.mark}}
    first = world.post(CONTACTS + "/batch/upsert", {"inputs": [given]})["results"][0]
    world.keep("contacts", str(first["id"]))
    second = world.post(CONTACTS + "/batch/upsert", {"inputs": [given]})["results"][0]
    assert (second["id"], first["new"], second["new"]) == (first["id"], True, False)


def test_what_a_batch_does_not_find_is_told_beside_the_rest(world: World) -> None:
    made = world.create("contacts", company=world.mark)
    wanted = {"inputs": [{"id": made}, {"id": NOWHERE}], "properties": ["company"], "propertiesWithHistory": []}
    answer = world.post(CONTACTS + "/batch/read", wanted, 207)
    assert [each["id"] for each in answer["results"]] == [made]
    assert (answer["numErrors"], answer["errors"][0]["category"]) == (1, "OBJECT_NOT_FOUND")


def test_a_batch_has_at_most_a_hundred(world: World) -> None:
    wanted = {"inputs": [{"id": NOWHERE}] * 101, "properties": [], "propertiesWithHistory": []}
    assert world.post(CONTACTS + "/batch/read", wanted, 400)["category"] == "VALIDATION_ERROR"


def test_merged_contacts_are_one(world: World) -> None:
    first, second = (world.create("contacts", company=world.mark, firstname=name) for name in ("Mo", "Moe"))
    merged = world.post(CONTACTS + "/merge", {"primaryObjectId": first, "objectIdToMerge": second})
    world.keep("contacts", str(merged["id"]))
    assert {world.get(f"{CONTACTS}/{each}")["id"] for each in (first, second)} == {merged["id"]}


def test_the_deleted_are_gone_and_stand_among_the_archived(world: World) -> None:
    made = world.create("contacts", company=world.mark)
    assert world.ask("DELETE", f"{CONTACTS}/{made}").status_code == 204
    assert world.ask("GET", f"{CONTACTS}/{made}").status_code == 404
    assert world.get(f"{CONTACTS}/{made}", archived="true")["archived"] is True


@pytest.mark.parametrize("name", ["email", "hs_searchable_calculated_phone_number"])
def test_properties_are_described(world: World, name: str) -> None:
    described = world.get(f"/crm/properties/2026-03/contacts/{name}")
    assert described["name"] == name
    assert {"label", "type", "fieldType", "groupName", "options", "calculated"} <= set(described)

"""Property definitions: created, read, changed, archived, brought back; and what is refused."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from sandbox.tests.properties.making import PROPERTIES, Define, definition, options, problem

from hubspot_sandbox.objects.kind import Property
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.properties.definition import Maker, Shown
from hubspot_sandbox.seeds import plant
from hubspot_sandbox.seeds.people import ACORN, ADA, BIRCH, CLIENT_ID
from hubspot_sandbox.testing import RunningSandbox

CONTACTS = f"{PROPERTIES}/contacts"


def test_a_property_is_made_and_read_back_whole(api: httpx.Client, define: Define) -> None:
    made = define("crm_number", hasUniqueValue=True, description="Ours", displayOrder=3, formField=True)
    assert (made.status_code, made.headers["location"]) == (201, f"{CONTACTS}/crm_number")
    read = api.get(f"{CONTACTS}/crm_number").json()
    assert read == made.json()
    wanted = {"hasUniqueValue": True, "description": "Ours", "displayOrder": 3, "formField": True, "archived": False}
    assert read.items() >= {**definition("crm_number"), **wanted, "hubspotDefined": False}.items()
    assert read["modificationMetadata"] == {"archivable": True, "readOnlyDefinition": False, "readOnlyValue": False}
    assert read["createdAt"] == read["updatedAt"]
    assert "crm_number" in [each["name"] for each in api.get(CONTACTS).json()["results"]]
    assert api.get(f"{PROPERTIES}/companies/crm_number").status_code == 404


def test_an_older_spelling_is_the_same_property(api: httpx.Client, define: Define) -> None:
    define("crm_number")
    assert api.get("/crm/v3/properties/0-1/crm_number").json()["name"] == "crm_number"


def test_a_taken_name_is_a_conflict_in_hubspots_words(define: Define) -> None:
    define("crm_number")
    again = define("crm_number", label="Other")
    taken = (409, "OBJECT_ALREADY_EXISTS", "Properties.PROPERTY_WITH_NAME_EXISTS")
    assert problem(again) == taken
    assert again.json()["message"] == "A property named 'crm_number' already exists."
    assert problem(define("email")) == taken


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("Upper", {}),
        ("1st", {}),
        ("with space", {}),
        ("", {}),
        ("a" * 101, {}),
        ("p", {"type": "json"}),
        ("p", {"fieldType": "slider"}),
        ("p", {"type": "number", "fieldType": "text"}),
        ("p", {"type": "date", "fieldType": "select"}),
        ("p", {"groupName": "nowhere"}),
        ("p", {"groupName": None}),
        ("p", {"label": " "}),
        ("p", {"type": "enumeration", "fieldType": "select"}),
        ("p", {"type": "enumeration", "fieldType": "select", "options": []}),
        ("p", {"type": "enumeration", "fieldType": "select", "options": options("a", "b", "a")}),
        ("p", {"type": "enumeration", "fieldType": "select", "options": options("a;b")}),
        ("p", {"type": "enumeration", "fieldType": "booleancheckbox", "options": options("yes", "no")}),
        ("p", {"type": "enumeration", "fieldType": "select", "options": options("a"), "hasUniqueValue": True}),
        ("p", {"options": options("a")}),
        ("p", {"type": "number", "fieldType": "calculation_equation", "calculationFormula": "a + b"}),
        ("p", {"dataSensitivity": "sensitive"}),
        ("p", {"displayOrder": 2**40}),
    ],
)
def test_what_makes_no_property_is_refused(define: Define, name: str, wrong: dict[str, Any]) -> None:
    assert problem(define(name, **wrong)) == (400, "VALIDATION_ERROR", "")


def test_missing_fields_are_named(api: httpx.Client) -> None:
    answer = api.post(CONTACTS, json={"name": "p"})
    assert answer.status_code == 400
    assert "`label`" in answer.json()["message"]


def test_a_change_replaces_what_it_gives_and_options_as_a_whole(api: httpx.Client, define: Define) -> None:
    define("size", type="enumeration", fieldType="select", options=options("small", "large"))
    changed = api.patch(f"{CONTACTS}/size", json={"label": "Size of shirt", "fieldType": "radio"})
    assert changed.status_code == 200
    assert (changed.json()["label"], changed.json()["fieldType"]) == ("Size of shirt", "radio")
    assert [each["value"] for each in changed.json()["options"]] == ["small", "large"]
    fewer = api.patch(f"{CONTACTS}/size", json={"options": options("medium")}).json()
    assert [each["value"] for each in fewer["options"]] == ["medium"]
    assert api.get(f"{CONTACTS}/size").json() == fewer


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "number"},
        {"groupName": "nowhere"},
        {"label": ""},
        {"hasUniqueValue": True},
        {"type": "enumeration", "fieldType": "select"},
        {"hidden": "perhaps"},
    ],
)
def test_a_wrong_change_changes_nothing(api: httpx.Client, define: Define, wrong: dict[str, Any]) -> None:
    before = define("p").json()
    assert problem(api.patch(f"{CONTACTS}/p", json=wrong)) == (400, "VALIDATION_ERROR", "")
    assert api.get(f"{CONTACTS}/p").json() == before


def test_hubspots_own_stay_as_they_are(api: httpx.Client) -> None:
    before = api.get(f"{CONTACTS}/firstname").json()
    assert problem(api.patch(f"{CONTACTS}/firstname", json={"label": "Name"})) == (400, "VALIDATION_ERROR", "")
    assert problem(api.delete(f"{CONTACTS}/firstname")) == (400, "VALIDATION_ERROR", "")
    assert before["modificationMetadata"]["archivable"] is False
    assert api.get(f"{CONTACTS}/firstname").json() == before


def test_an_archived_one_is_read_only_when_asked_for(api: httpx.Client, define: Define) -> None:
    define("crm_number")
    assert api.delete(f"{CONTACTS}/crm_number").status_code == 204
    assert problem(api.get(f"{CONTACTS}/crm_number")) == (404, "OBJECT_NOT_FOUND", "")
    archived = api.get(f"{CONTACTS}/crm_number", params={"archived": "true"}).json()
    assert archived["archived"]
    assert archived["archivedAt"]
    assert "crm_number" not in [each["name"] for each in api.get(CONTACTS).json()["results"]]
    assert [each["name"] for each in api.get(CONTACTS, params={"archived": "true"}).json()["results"]] == ["crm_number"]
    assert api.delete(f"{CONTACTS}/crm_number").status_code == 404
    assert api.patch(f"{CONTACTS}/crm_number", json={"label": "x"}).status_code == 404


def test_the_name_of_an_archived_one_brings_it_back(sandbox: RunningSandbox, api: httpx.Client, define: Define) -> None:
    born = define("crm_number").json()["createdAt"]
    api.delete(f"{CONTACTS}/crm_number")
    sandbox.control("POST", "/clock", {"advance_seconds": 60})
    again = define("crm_number", label="New label")
    assert (again.status_code, again.json()["createdAt"], again.json()["label"]) == (201, born, "New label")
    assert api.get(f"{CONTACTS}/crm_number", params={"archived": "true"}).status_code == 404


def test_sensitive_ones_are_not_there(api: httpx.Client) -> None:
    assert api.get(CONTACTS, params={"dataSensitivity": "sensitive"}).json() == {"results": []}
    assert api.get(f"{CONTACTS}/email", params={"dataSensitivity": "sensitive"}).status_code == 404


def test_at_most_ten_are_unique(define: Define) -> None:
    for number in range(10):
        assert define(f"key_{number}", hasUniqueValue=True).status_code == 201
    assert problem(define("key_10", hasUniqueValue=True))[0] == 400


def test_an_owner_property_takes_its_choices_from_outside(define: Define) -> None:
    made = define(
        "coach", type="enumeration", fieldType="select", externalOptions=True, referencedObjectType="OWNER"
    ).json()
    assert (made["externalOptions"], made["referencedObjectType"], made["options"]) == (True, "OWNER", [])


def test_a_yes_or_no_property_has_its_two_options(define: Define) -> None:
    made = define("vip", type="bool", fieldType="booleancheckbox").json()
    assert [(each["label"], each["value"]) for each in made["options"]] == [("Yes", "true"), ("No", "false")]


def test_writing_needs_the_scope_of_the_kind(sandbox: RunningSandbox) -> None:
    token = sandbox.mint(ACORN, ADA, CLIENT_ID, "crm.schemas.companies.write crm.objects.contacts.read")["access_token"]
    with httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer(token)) as client:
        refused = client.post(CONTACTS, json=definition("p"))
        made = client.post(f"{PROPERTIES}/companies", json=definition("p", groupName="companyinformation"))
        read = client.get(CONTACTS)
    assert problem(refused) == (403, "MISSING_SCOPES", "")
    needed = refused.json()["errors"][0]["context"]["requiredGranularScopes"]
    assert (needed, made.status_code, read.status_code) == (["crm.schemas.contacts.write"], 201, 200)
    assert made.json()["createdUserId"]


def test_another_account_never_sees_it(sandbox: RunningSandbox, define: Define) -> None:
    define("crm_number")
    scopes = "crm.schemas.contacts.read crm.schemas.contacts.write crm.objects.contacts.write"
    token = sandbox.mint(BIRCH, ADA, CLIENT_ID, scopes)["access_token"]
    with httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer(token)) as birch:
        assert birch.get(f"{CONTACTS}/crm_number").status_code == 404
        wrote = birch.post("/crm/objects/2026-09/contacts", json={"properties": {"crm_number": "1"}})
        assert wrote.status_code == 400
        assert "PROPERTY_DOESNT_EXIST" in wrote.text
        assert birch.post(CONTACTS, json=definition("crm_number", type="number", fieldType="number")).status_code == 201
    with httpx.Client(base_url=sandbox.base_url, headers=sandbox.bearer()) as acorn:
        assert acorn.get(f"{CONTACTS}/crm_number").json()["type"] == "string"


def test_a_restart_keeps_definitions_and_groups(tmp_path: Path) -> None:
    first = Portal(tmp_path / "sandbox.db")
    plant(first, "empty")
    maker = Maker("7", "2026-11-25T09:00:00.000Z")
    first.properties.groups.create(ACORN, "contacts", "ours", "Ours")
    for name in ("kept", "gone"):
        prop = Property(name, "Kept", group_name="ours", has_unique_value=True, hubspot_defined=False, indexed=True)
        made = first.properties.create(ACORN, "contacts", prop, Shown(description="d"), maker)
    first.properties.archive(first.properties.definition(ACORN, "contacts", "gone"), maker)
    first.close()
    second = Portal(tmp_path / "sandbox.db")
    found = second.properties.definition(ACORN, "contacts", "kept")
    assert (found.shown, found.created_user_id, made.name) == (Shown(description="d"), "7", "gone")
    assert second.properties.hidden(ACORN, "contacts") == {"gone"}
    assert second.properties.groups.get(ACORN, "contacts", "ours").label == "Ours"
    second.close()

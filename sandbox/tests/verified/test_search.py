"""Search as its guide says (S11): operators, letters, groups, order, pages, limits, numbers of telephones."""

import random
from typing import Any

import pytest
from sandbox.tests.verified.world import World, objects, where

DAWN, DOOMSDAY = "2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"
PEOPLE = {
    "ann": {"firstname": "Ann", "lastname": "Stone", "jobtitle": "Head of sales", "city": "Cork"},
    "bob": {"firstname": "Bob", "lastname": "Lee", "jobtitle": "Site engineer"},
    "cyd": {"firstname": "Cyd", "lastname": "Moss", "jobtitle": "Site engineering"},
}


@pytest.fixture(scope="module")
def people(world: World) -> dict[str, str]:
    """Names and ids of three contacts that the index knows."""
    ids = {name: world.create("contacts", company=world.mark, **each) for name, each in PEOPLE.items()}
    assert world.until(lambda: set(world.found("contacts")) == set(ids.values()))
    return ids


@pytest.fixture(scope="module")
def companies(world: World) -> dict[int, str]:
    """Companies by how many employees they have."""
    sizes = (5, 50, 500)
    ids = {size: world.create("companies", name=f"{world.mark} {size}", numberofemployees=str(size)) for size in sizes}
    assert world.until(lambda: set(world.found("companies")) == set(ids.values()))
    return ids


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (where("firstname", "EQ", "ANN"), "ann"),
        (where("firstname", "NEQ", "Ann"), "bob cyd"),
        (where("lastname", "IN", "lee", "moss"), "bob cyd"),
        (where("lastname", "NOT_IN", "lee"), "ann cyd"),
        (where("city", "HAS_PROPERTY"), "ann"),
        (where("city", "NOT_HAS_PROPERTY"), "bob cyd"),
        (where("jobtitle", "CONTAINS_TOKEN", "engineer"), "bob"),
        (where("jobtitle", "CONTAINS_TOKEN", "engineer*"), "bob cyd"),
        (where("jobtitle", "NOT_CONTAINS_TOKEN", "site"), "ann"),
        (where("createdate", "GTE", DAWN), "ann bob cyd"),
        (where("createdate", "LT", DAWN), ""),
        (where("createdate", "BETWEEN", DAWN, DOOMSDAY), "ann bob cyd"),
    ],
    ids=lambda each: f"{each['propertyName']} {each['operator']}" if isinstance(each, dict) else None,
)
def test_operators(world: World, people: dict[str, str], wanted: Any, names: str) -> None:
    assert sorted(world.found("contacts", wanted)) == sorted(people[name] for name in names.split())


@pytest.mark.parametrize(
    ("wanted", "sizes"),
    [
        (where("numberofemployees", "GT", "5"), [50, 500]),
        (where("numberofemployees", "LTE", "50"), [5, 50]),
        (where("numberofemployees", "BETWEEN", "6", "50"), [50]),
        (where("numberofemployees", "EQ", "500"), [500]),
    ],
    ids=lambda each: each["operator"] if isinstance(each, dict) else None,
)
def test_numbers_are_compared_as_numbers(world: World, companies: dict[int, str], wanted: Any, sizes: list[int]) -> None:
    assert sorted(world.found("companies", wanted)) == sorted(companies[size] for size in sizes)


def test_groups_are_alternatives(world: World, people: dict[str, str]) -> None:
    ours = where("company", "EQ", world.mark)
    groups = [{"filters": [ours, where("firstname", "EQ", name)]} for name in ("Ann", "Cyd")]
    found = world.post(objects("contacts") + "/search", {"filterGroups": groups})
    assert {str(each["id"]) for each in found["results"]} == {people["ann"], people["cyd"]}


def test_free_text_looks_into_the_default_properties(world: World, people: dict[str, str]) -> None:
    found = world.post(objects("contacts") + "/search", {"query": world.mark})
    assert {str(each["id"]) for each in found["results"]} == set(people.values())


def test_the_oldest_come_first_unless_they_are_sorted(world: World, people: dict[str, str]) -> None:
    assert world.found("contacts") == list(people.values())
    by_name = [{"propertyName": "firstname", "direction": "DESCENDING"}]
    assert world.found("contacts", sorts=by_name) == [people["cyd"], people["bob"], people["ann"]]


def test_pages_are_offsets(world: World, people: dict[str, str]) -> None:
    first = world.search("contacts", limit=2)
    assert (first["total"], first["paging"]["next"]["after"]) == (3, "2")
    last = world.search("contacts", limit=2, after="2")
    assert ([str(each["id"]) for each in last["results"]], "paging" in last) == ([people["cyd"]], False)


def test_the_default_properties_are_given(world: World, people: dict[str, str]) -> None:
    [ann] = world.search("contacts", where("firstname", "EQ", "Ann"))["results"]
    names = {"createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"}
    assert set(ann["properties"]) == names
    assert ann["properties"]["hs_object_id"] == people["ann"]


ONE = [where("firstname", "EQ", "x")]


@pytest.mark.parametrize(
    "body",
    [
        {"filterGroups": [{"filters": ONE}] * 6},
        {"filterGroups": [{"filters": ONE * 7}]},
        {"filterGroups": [{"filters": ONE * 5}] * 4},
        {"filterGroups": [{"filters": [where("firstname", "LIKE", "x")]}]},
        {"filterGroups": [{"filters": [where("no_such_property", "EQ", "x")]}]},
        {"query": "x" * 3001},
        {"limit": 201},
        {"limit": 100, "after": "9950"},
    ],
    ids=["six groups", "seven filters", "twenty filters", "operator", "property", "query", "limit", "beyond 10,000"],
)
def test_what_is_too_much_is_refused(world: World, body: Any) -> None:
    refused = world.post(objects("contacts") + "/search", body, 400)
    assert refused["status"] == "error"
    assert refused["message"]
    assert refused["correlationId"]


@pytest.mark.parametrize("written", ["+1 415 555 {}", "(415) 555-{}", "415.555.{}"])
def test_a_number_is_found_by_its_national_digits(world: World, written: str) -> None:
    last = f"{random.randrange(10_000):04}"
    made = world.create("contacts", company=world.mark, phone=written.format(last), country="United States")
    wanted = where("hs_searchable_calculated_phone_number", "EQ", f"415555{last}")
    assert world.until(lambda: made in world.found("contacts", wanted))


def test_a_changed_record_is_found_by_its_new_value(world: World) -> None:
    made = world.create("contacts", company=world.mark, city="Cork")
    answer = world.ask("PATCH", f"{objects('contacts')}/{made}", {"properties": {"city": "Galway"}})
    assert answer.status_code == 200
    assert world.until(lambda: made in world.found("contacts", where("city", "EQ", "galway")))


def test_an_archived_record_is_not_found(world: World) -> None:
    made = world.create("contacts", company=world.mark, city="Sligo")
    sligo = where("city", "EQ", "Sligo")
    assert world.until(lambda: world.found("contacts", sligo) == [made])
    assert world.ask("DELETE", f"{objects('contacts')}/{made}").status_code == 204
    assert world.until(lambda: world.found("contacts", sligo) == [])

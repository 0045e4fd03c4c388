"""Many definitions at once."""

import httpx
from sandbox.tests.properties.making import PROPERTIES, Define, definition, problem

BATCH = f"{PROPERTIES}/contacts/batch"


def test_all_are_made(api: httpx.Client) -> None:
    made = api.post(f"{BATCH}/create", json={"inputs": [definition("one"), definition("two")]})
    body = made.json()
    assert (made.status_code, body["status"], [each["name"] for each in body["results"]]) == (
        201,
        "COMPLETE",
        ["one", "two"],
    )


def test_some_are_made_when_others_cannot_be(api: httpx.Client, define: Define) -> None:
    define("one")
    answer = api.post(f"{BATCH}/create", json={"inputs": [definition("one"), definition("two"), definition("2")]})
    body = answer.json()
    assert (answer.status_code, body["numErrors"]) == (207, 2)
    assert [each["name"] for each in body["results"]] == ["two"]
    assert [each["category"] for each in body["errors"]] == ["OBJECT_ALREADY_EXISTS", "VALIDATION_ERROR"]


def test_read_gives_what_is_there_and_names_what_is_not(api: httpx.Client, define: Define) -> None:
    define("one")
    wish = {"archived": False, "inputs": [{"name": "one"}, {"name": "email"}, {"name": "nothing"}]}
    answer = api.post(f"{BATCH}/read", json=wish)
    body = answer.json()
    assert (answer.status_code, [each["name"] for each in body["results"]]) == (207, ["one", "email"])
    assert body["errors"][0]["category"] == "OBJECT_NOT_FOUND"
    api.delete(f"{PROPERTIES}/contacts/one")
    archived = api.post(f"{BATCH}/read", json={"archived": True, "inputs": [{"name": "one"}]})
    assert (archived.status_code, archived.json()["results"][0]["archived"]) == (200, True)


def test_archive_takes_what_is_there(api: httpx.Client, define: Define) -> None:
    define("one")
    define("two")
    wish = {"inputs": [{"name": "one"}, {"name": "two"}, {"name": "nothing"}]}
    assert [api.post(f"{BATCH}/archive", json=wish).status_code for _ in range(2)] == [204, 204]
    assert api.get(f"{PROPERTIES}/contacts/one").status_code == 404


def test_archiving_one_of_hubspots_own_takes_none(api: httpx.Client, define: Define) -> None:
    define("one")
    wish = {"inputs": [{"name": "one"}, {"name": "email"}]}
    assert problem(api.post(f"{BATCH}/archive", json=wish)) == (400, "VALIDATION_ERROR", "")
    assert api.get(f"{PROPERTIES}/contacts/one").status_code == 200


def test_empty_and_enormous_batches_are_refused(api: httpx.Client) -> None:
    for what in ("create", "read", "archive"):
        assert problem(api.post(f"{BATCH}/{what}", json={"inputs": []}))[0] == 400
    names = [{"name": f"n{number}"} for number in range(101)]
    assert problem(api.post(f"{BATCH}/archive", json={"inputs": names}))[0] == 400

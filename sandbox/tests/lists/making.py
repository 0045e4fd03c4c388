"""How segments, filters and members are made in these tests."""

from typing import Any

import httpx

LISTS = "/crm/lists/2026-09"
OBJECTS = "/crm/objects/2026-09"


def asks(name: str, kind: str, operator: str, **operation: Any) -> dict[str, Any]:
    """A PROPERTY filter."""
    return {
        "filterType": "PROPERTY",
        "property": name,
        "operation": {"operationType": kind, "operator": operator, **operation},
    }


def named(*names: str) -> dict[str, Any]:
    """A filter of first names."""
    return asks("firstname", "MULTISTRING", "IS_EQUAL_TO", values=list(names))


def anyone(*groups: list[dict[str, Any]], branches: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """An OR of ANDs; the sub-branches go into the first."""
    ands: list[dict[str, Any]] = [
        {"filterBranchType": "AND", "filterBranches": [], "filters": filters} for filters in groups
    ]
    if branches:
        ands[0]["filterBranches"] = branches
    return {"filterBranchType": "OR", "filters": [], "filterBranches": ands}


def create(api: httpx.Client, name: str, processing: str = "MANUAL", **more: Any) -> httpx.Response:
    return api.post(LISTS, json={"name": name, "objectTypeId": "0-1", "processingType": processing, **more})


def made(api: httpx.Client, name: str, processing: str = "MANUAL", **more: Any) -> str:
    """The id of a new segment."""
    answer = create(api, name, processing, **more)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["list"]["listId"])


def contact(api: httpx.Client, name: str, **values: str) -> str:
    answer = api.post(f"{OBJECTS}/contacts", json={"properties": {"firstname": name, **values}})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def members(api: httpx.Client, list_id: str) -> list[str]:
    found = api.get(f"{LISTS}/{list_id}/memberships").json()
    assert found["total"] == len(found["results"])
    return [each["recordId"] for each in found["results"]]


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, category and subcategory."""
    body = answer.json()
    assert body["status"] == "error"
    assert body["message"]
    return answer.status_code, body.get("category", ""), body.get("subCategory", "")


INVALID = (400, "VALIDATION_ERROR", "")
GONE = (404, "OBJECT_NOT_FOUND", "")

"""What a definition looks like, and how one is made and written."""

from collections.abc import Callable
from typing import Any

import httpx

PROPERTIES = "/crm/properties/2026-09"
OBJECTS = "/crm/objects/2026-09"
Define = Callable[..., httpx.Response]


def definition(name: str, **fields: Any) -> dict[str, Any]:
    """A text property of contacts, unless told otherwise."""
    plain = {"name": name, "label": name.capitalize(), "type": "string", "fieldType": "text"}
    return {**plain, "groupName": "contactinformation", **fields}


def options(*values: str) -> list[dict[str, Any]]:
    return [{"label": value.capitalize(), "value": value, "displayOrder": -1, "hidden": False} for value in values]


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, category and subcategory."""
    body = answer.json()
    assert body["status"] == "error"
    assert body["message"]
    assert body["correlationId"]
    return answer.status_code, body.get("category", ""), body.get("subCategory", "")


def make(api: httpx.Client, **values: str) -> str:
    """A contact's id."""
    answer = api.post(f"{OBJECTS}/contacts", json={"properties": values})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])

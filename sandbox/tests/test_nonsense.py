"""Nonsense never breaks the sandbox: every answer has HubSpot's shape, none is a 5xx."""

import json
import random
from typing import Any

import httpx

from hubspot_sandbox.testing import RunningSandbox

WORDS = ("contacts", "0-48", "batch", "read", "search", "associations", "default", "1", "-1", "9" * 30, "é", "%00", "..")
NAMES = (
    "properties",
    "inputs",
    "filterGroups",
    "filters",
    "associations",
    "id",
    "to",
    "types",
    "query",
    "after",
    "limit",
)
FILTERS = ("propertyName", "operator", "value", "values", "highValue", "sorts", "idProperty")
VALUES: tuple[Any, ...] = ("", "x", "email", "EQ", "IN", "BETWEEN", "\x00", "\ud83d", 0, -1, 10**30, 1.5, True, None)
AREAS = ("/crm/objects/2026-09", "/crm/v3/objects", "/crm/associations/2026-03", "/crm/v3/owners", "/settings/v3/users")
REQUESTS = 600


def value(dice: random.Random, depth: int = 3) -> Any:
    kind = dice.random()
    if depth and kind < 0.35:
        return {dice.choice(NAMES + FILTERS): value(dice, depth - 1) for _ in range(dice.randrange(4))}
    if depth and kind < 0.6:
        return [value(dice, depth - 1) for _ in range(dice.randrange(3))]
    return dice.choice(VALUES)


def test_generated_nonsense(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.control("POST", "/limits", {"enabled": False})
    dice = random.Random(7)
    for _ in range(REQUESTS):
        path = "/".join([dice.choice(AREAS), *(dice.choice(WORDS) for _ in range(dice.randrange(1, 5)))])
        method, query = dice.choice(("GET", "POST", "PATCH", "PUT", "DELETE")), {dice.choice(NAMES): dice.choice("x1é,")}
        answer = api.request(method, path, params=query, content=json.dumps(value(dice)))
        assert answer.status_code < 500, (method, path, answer.text)
        assert answer.status_code < 400 or "message" in answer.json()
    assert len(sandbox.journal()) > REQUESTS * 0.9, "paths with .. may leave the API"

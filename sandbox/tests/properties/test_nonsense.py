"""Definitions that are wrong anywhere are refused or taken; they never break the sandbox."""

import json
import random
from typing import Any

import httpx
from sandbox.tests.properties.making import OBJECTS, PROPERTIES, definition, options

from hubspot_sandbox.testing import RunningSandbox

ODD: tuple[Any, ...] = (
    None, "", "x", "\x00", "é" * 200, "number", "checkbox", 0, -1, 10**30, 1.5, True, [], {}, [{}], "a;b"
)  # fmt: skip
TRIES = 150


def spoilt(dice: random.Random, given: dict[str, Any]) -> dict[str, Any]:
    """With one or two fields replaced or left out."""
    changed = dict(given)
    for name in dice.sample(list(given), dice.randrange(1, 3)):
        if dice.random() < 0.2:
            del changed[name]
        else:
            changed[name] = dice.choice(ODD)
    return changed


def test_spoilt_definitions(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.control("POST", "/limits", {"enabled": False})
    dice, path = random.Random(13), f"{PROPERTIES}/contacts"
    choice = {"type": "enumeration", "fieldType": "checkbox", "options": options("a", "b")}
    statuses = set[int]()
    for number in range(TRIES):
        sound = definition(f"p{number}", displayOrder=1, hidden=False, **(choice if dice.random() < 0.5 else {}))
        wish = spoilt(dice, sound)
        made = api.post(path, content=json.dumps(wish))
        assert made.status_code in (201, 400, 409), made.text
        statuses.add(made.status_code)
        if made.status_code == 201:
            name = made.json()["name"]
            changed = api.patch(f"{path}/{name}", content=json.dumps(spoilt(dice, sound)))
            assert changed.status_code in (200, 400), changed.text
            value = {"properties": {name: str(dice.choice(ODD))}}
            assert api.post(f"{OBJECTS}/contacts", json=value).status_code in (201, 400)
            only = {"propertyName": name, "operator": dice.choice(("EQ", "GT", "CONTAINS_TOKEN")), "value": "a"}
            found = api.post(f"{OBJECTS}/contacts/search", json={"filterGroups": [{"filters": [only]}]})
            assert found.status_code in (200, 400)
            assert api.delete(f"{path}/{name}").status_code == 204
        batch = api.post(f"{path}/batch/create", content=json.dumps({"inputs": [wish]}))
        assert batch.status_code in (201, 207, 400), batch.text
        group = api.post(f"{path}/groups", content=json.dumps(spoilt(dice, {"name": f"g{number}", "label": "G"})))
        assert group.status_code in (201, 400, 409), group.text
    assert statuses >= {201, 400}

"""Filter definitions that are wrong anywhere are refused or mean something; they never break the sandbox."""

import json
import random
from typing import Any

import httpx
from sandbox.tests.lists.making import LISTS, anyone, contact, named
from sandbox.tests.lists.test_filters import CASES

from hubspot_sandbox.testing import RunningSandbox

ODD: tuple[Any, ...] = (
    None, "", "x", "firstname", "IN_LIST", "UPDATED_AT", "\x00", 0, -1, 10**18, 10**30, 1e308, -0.0, True, [], {}, [[]],
    ["x"] * 50, {"timeType": "INDEXED"}, {"days": 10**12}, "America/Argentina/ComodRivadavia",
)  # fmt: skip
TRIES = 150


def spoilt(dice: random.Random, value: Any) -> Any:
    """The same with one leaf, or one whole part, replaced or left out."""
    if isinstance(value, dict) and value and dice.random() < 0.85:
        name = dice.choice(list(value))
        if dice.random() < 0.1:
            return {key: each for key, each in value.items() if key != name}
        return {**value, name: spoilt(dice, value[name])}
    if isinstance(value, list) and value and dice.random() < 0.85:
        place = dice.randrange(len(value))
        return [*value[:place], spoilt(dice, value[place]), *value[place + 1 :]]
    return dice.choice(ODD)


def test_spoilt_definitions(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.control("POST", "/limits", {"enabled": False})
    contact(api, "Ann")
    dice, statuses = random.Random(11), set[int]()
    for number in range(TRIES):
        asked, _ = dice.choice(CASES)
        tied = {"filterBranchType": "ASSOCIATION", "objectTypeId": "0-2", "associationTypeId": 279, "filters": [asked]}
        sound = anyone([asked, named("Ann")], branches=[tied] if dice.random() < 0.3 else None)
        wish = {"name": f"List {number}", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": sound}
        answer = api.post(LISTS, content=json.dumps(spoilt(dice, wish)))
        assert answer.status_code in (200, 400), answer.text
        statuses.add(answer.status_code)
        if answer.status_code == 200:
            found = answer.json()["list"]["listId"]
            assert api.get(f"{LISTS}/{found}/memberships").status_code == 200
            assert api.delete(f"{LISTS}/{found}").status_code == 204
    assert statuses == {200, 400}


def test_spoilt_changes_of_members(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.control("POST", "/limits", {"enabled": False})
    ann, dice = contact(api, "Ann"), random.Random(12)
    made = api.post(LISTS, json={"name": "People", "objectTypeId": "0-1", "processingType": "MANUAL"}).json()
    path = f"{LISTS}/{made['list']['listId']}/memberships"
    bodies: dict[str, Any] = {
        "add": [ann, 5],
        "remove": [ann],
        "add-and-remove": {"recordIdsToAdd": [ann], "recordIdsToRemove": ["7"]},
    }
    for _ in range(TRIES):
        what = dice.choice(list(bodies))
        answer = api.put(f"{path}/{what}", content=json.dumps(spoilt(dice, bodies[what])))
        assert answer.status_code in (200, 400), answer.text
        wish = {dice.choice(("limit", "after", "before")): str(dice.choice(ODD)) for _ in range(2)}
        for page in (path, f"{path}/join-order"):
            assert api.get(page, params=wish).status_code in (200, 400)
        search = spoilt(dice, {"query": "x", "count": 5, "offset": 0, "listIds": ["1"], "processingTypes": ["MANUAL"]})
        for where in ("search", "all"):
            assert api.post(f"{LISTS}/{where}", content=json.dumps(search)).status_code in (200, 400)

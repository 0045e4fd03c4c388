"""Nonsense never breaks the sandbox: every answer has HubSpot's shape, none is a 5xx."""

import asyncio
import json
import random
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice
from typing import Any

import httpx

from hubspot_sandbox.app import create_app
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds import plant
from hubspot_sandbox.seeds.people import SERVICE_KEY
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
BAD_REQUESTS = 10_000
Asked = tuple[str, str, str, dict[str, str]]
"""Method, path, body, headers."""


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


def _bad_requests(dice: random.Random, service: dict[str, str]) -> Iterator[Asked]:
    """Without end; each is wrong in one way, whatever the records are."""
    while True:
        yield dice.choice(WRONG)(dice, service)


def _word(dice: random.Random) -> str:
    return "".join(dice.choices("abcxyz-_é0", k=dice.randrange(3, 12))) + "q"


def _kind(dice: random.Random) -> str:
    return f"/crm/{dice.choice(('objects/2026-03', 'objects/2026-09', 'v3/objects'))}/{dice.choice(KINDS)}"


def _wrong_id(dice: random.Random, service: dict[str, str]) -> Asked:
    path = f"{_kind(dice)}/{dice.choice((_word(dice), str(dice.randrange(10**14, 10**15)), '-1', '0', '9' * 40))}"
    body = json.dumps({"properties": {}})
    return dice.choice((("GET", path, "", service), ("PATCH", path, body, service)))


def _wrong_kind(dice: random.Random, service: dict[str, str]) -> Asked:
    body = json.dumps({"properties": {}, "filterGroups": []})
    path = f"/crm/objects/2026-03/{_word(dice)}{dice.choice(('', '/search', '/batch/create'))}"
    return "POST", path, body, service


def _unknown_property(dice: random.Random, service: dict[str, str]) -> Asked:
    wish = {"properties": {_word(dice): dice.choice(("", "x", "1"))}}
    if dice.random() < 0.5:
        return "POST", _kind(dice), json.dumps(wish), service
    return "POST", f"{_kind(dice)}/batch/create", json.dumps({"inputs": [wish]}), service


def _search(dice: random.Random, service: dict[str, str], wish: dict[str, Any]) -> Asked:
    return "POST", f"{_kind(dice)}/search", json.dumps(wish), service


def _bad_operator(dice: random.Random, service: dict[str, str]) -> Asked:
    wrong = {"propertyName": "hs_object_id", "operator": _word(dice), "value": "1"}
    return _search(dice, service, {"filterGroups": [{"filters": [wrong]}]})


def _too_many_filters(dice: random.Random, service: dict[str, str]) -> Asked:
    one = {"propertyName": "hs_object_id", "operator": "EQ", "value": "1"}
    groups, filters = dice.choice(((dice.randrange(6, 12), 1), (1, dice.randrange(7, 30)), (5, 5)))
    return _search(dice, service, {"filterGroups": [{"filters": [one] * filters}] * groups})


def _bad_page(dice: random.Random, service: dict[str, str]) -> Asked:
    if dice.random() < 0.5:
        return "GET", f"{_kind(dice)}?{dice.choice(('after', 'limit'))}={_word(dice)}", "", service
    wish: dict[str, Any] = dice.choice(({"after": _word(dice)}, {"limit": dice.randrange(201, 999)}, {"after": "10000"}))
    return _search(dice, service, wish)


def _broken_json(dice: random.Random, service: dict[str, str]) -> Asked:
    body = dice.choice(("{", "[", "", "nul", '{"properties": {', '"\ud7ff', "{]", "[1,]", '{"a": 1} x')) + _word(dice)
    return "POST", _kind(dice) + dice.choice(("", "/search", "/batch/read", "/batch/upsert", "/merge")), body, service


def _wrong_content(dice: random.Random, service: dict[str, str]) -> Asked:
    """A form where JSON is wanted."""
    kind = dice.choice(("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "text/xml"))
    return "POST", _kind(dice), f"properties={_word(dice)}", service | {"content-type": kind}


def _wrong_token(dice: random.Random, _: dict[str, str]) -> Asked:
    token = dice.choice(("Bearer ", "Basic ", "", "bearer")) + "".join(dice.choices("abcxyz-019", k=20))
    path = _kind(dice)
    body = json.dumps({"properties": {}})
    return dice.choice((("GET", path, "", {"authorization": token}), ("POST", path, body, {"authorization": token})))


KINDS = ("contacts", "companies", "calls", "deals", "tickets", "0-1", "0-2", "0-48")
WRONG = (
    _wrong_id,
    _wrong_kind,
    _unknown_property,
    _bad_operator,
    _too_many_filters,
    _bad_page,
    _broken_json,
    _wrong_content,
    _wrong_token,
)


def _digest(portal: Portal) -> str:
    """Of every row of every table."""
    return sha256("\n".join(portal.store.connection.iterdump()).encode()).hexdigest()


async def _surprises(portal: Portal, asked: Iterable[Asked]) -> list[str]:
    """The requests that were not refused in HubSpot's shape."""
    app: Any = create_app(portal)  # Litestar's own types of ASGI are narrower than httpx's
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    found = []
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as client:
        for method, path, body, headers in asked:
            sent = {"content-type": "application/json"} | headers
            answer = await client.request(method, path, content=body.encode(), headers=sent)
            if not _refused(answer):
                found.append(f"{method} {path} {body[:200]}: {answer.status_code} {answer.text[:300]}")
    return found


def _refused(answer: httpx.Response) -> bool:
    if not 400 <= answer.status_code < 500:
        return False
    said = answer.json()
    return said["status"] == "error" and bool(said["message"]) and bool(said["correlationId"])


def test_ten_thousand_bad_requests_are_refused_and_change_nothing(portal: Portal) -> None:
    plant(portal, "demo")
    portal.limits.enabled = False
    service = {"authorization": f"Bearer {SERVICE_KEY}"}
    numbering = [("GET", f"/crm/objects/2026-03/{kind}/1", "", service) for kind in KINDS]
    assert not asyncio.run(_surprises(portal, numbering)), "a kind gets its row in `shelves` when first asked for"
    before = _digest(portal)
    asked = islice(_bad_requests(random.Random(11), service), BAD_REQUESTS)
    assert not asyncio.run(_surprises(portal, asked))
    assert _digest(portal) == before

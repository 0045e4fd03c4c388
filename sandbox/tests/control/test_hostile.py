"""Whatever the control plane is asked, it never breaks: an answer, or a refusal that says why."""

import json
import random
from collections import Counter
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest

from hubspot_sandbox.control import (
    accounts,
    approvals,
    apps,
    conditions,
    grants,
    people,
    permission_sets,
    webhooks,
    world,
)
from hubspot_sandbox.control.faults import Fault
from hubspot_sandbox.control.routes import described
from hubspot_sandbox.control.snapshot_routes import SnapshotWish
from hubspot_sandbox.seeds.people import ACORN, BEN, CLIENT_ID
from hubspot_sandbox.testing import running_sandbox

ROUNDS = 20
WORDS = ("1", str(ACORN), BEN, CLIENT_ID, "-1", "9" * 30, "9" * 5000, "é", "%00", "%ff", "..", "%2F", " ", "before")
VALUES: tuple[Any, ...] = (
    *("", "x", "on", BEN, CLIENT_ID, "oauth", "/crm/**", "\x00", "\u202e", "before", "9999-12-31T23:59:59Z", "x" * 9999),
    *(0, -1, 1, ACORN, 10**30, -(10**30), 1.5, 1e308, True, False, None),
)
SHAPES: dict[str, Any] = {
    "/faults": Fault,
    "/snapshots": SnapshotWish,
    "/reset": world.SeedWish,
    "/clock": conditions.ClockWish,
    "/index-delay": conditions.DelayWish,
    "/limits": conditions.LimitsWish,
    "/accounts": accounts.AccountWish,
    "/settings": accounts.SettingsWish,
    "/people": people.PersonWish,
    "/rights": people.RightsWish,
    "/permission-sets": permission_sets.SetWish,
    "/tokens": grants.TokenWish,
    "/service-keys": grants.KeyWish,
    "/expire": grants.Ended,
    "/revoke": grants.Ended,
    "/apps": apps.AppWish,
    "/required": approvals.RuleWish,
    "/approvals": approvals.ApprovalWish,
    "/signature": webhooks.SignatureWish,
}
"""By the end of the path."""
GOOD = {"name": "x", "email": BEN, "account_id": ACORN, "client_id": CLIENT_ID, "scopes": "oauth", "redirect_urls": []}
BROKEN = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'"\\ud83d"',
    b"\xff\xfe",
    b"[" * 20_000,
    b'{"name": "a", "name": 1}',
    b"1e999",
    b'"x"',
)


def value(dice: random.Random, depth: int = 2) -> Any:
    """Anything."""
    kind = dice.random()
    if depth and kind < 0.15:
        return {
            dice.choice(("contacts.view", "email", "X-A", "account_id", "")): value(dice, depth - 1) for _ in range(2)
        }
    if depth and kind < 0.3:
        return [value(dice, depth - 1) for _ in range(dice.randrange(3))]
    return dice.choice(VALUES)


def body(dice: random.Random, where: str) -> bytes:
    """What the endpoint takes, with anything in some of it; or no JSON at all."""
    shape = SHAPES.get("/" + where.rpartition("/")[2], Fault)
    if dice.random() < 0.15:
        return dice.choice(BROKEN)
    names = [each.encode_name for each in msgspec.structs.fields(shape) if each.required or dice.random() < 0.2]
    wish = {name: GOOD[name] if name in GOOD and dice.random() < 0.7 else value(dice) for name in names}
    return json.dumps(wish).encode()


def path(dice: random.Random, pattern: str) -> str:
    filled = [dice.choice(WORDS) if part.startswith("{") else part for part in pattern.split("/")]
    query = f"?{dice.choice(('status', 'since', 'pattern', 'x'))}={quote(str(dice.choice(VALUES))[:99])}"
    return "/".join(filled) + (query if dice.random() < 0.3 else "")


@pytest.mark.parametrize("seed", [1, 2])
def test_the_control_plane_never_breaks(seed: int) -> None:
    dice, statuses = random.Random(seed), Counter[int]()
    asked = [each for each in described() if not each["path"].endswith("/flush")] * ROUNDS
    dice.shuffle(asked)
    with running_sandbox("empty") as sandbox, httpx.Client(base_url=sandbox.base_url, timeout=30) as client:
        for each in asked:
            method, where, sent = each["method"], path(dice, each["path"]), body(dice, each["path"])
            answer = client.request(method, where, content=sent)
            statuses[answer.status_code] += 1
            assert answer.status_code < 500, (method, where, sent, answer.text)
            assert answer.status_code < 400 or answer.json()["message"], (method, where, sent)
        client.delete("/_sandbox/faults")
        client.post("/_sandbox/reset", json={"seed": "empty"})
        found = client.get("/crm/objects/2026-09/contacts", headers=sandbox.bearer())
        assert found.status_code == 200, "and it is still of use"
    assert {200, 201, 204, 400, 404} <= set(statuses)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "DELETE"])
def test_other_methods_are_refused(method: str) -> None:
    with running_sandbox("empty") as sandbox:
        answer = httpx.request(method, f"{sandbox.base_url}/_sandbox/reset")
    assert (answer.status_code, answer.json()["status"]) == (405, "error")

"""An administrator: she connects the whole account, lends permission sets, and looks at what was lent."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Json, Stage, eventually

from offhook.demo import people

ADMINISTRATION = "/api/administration"
CONNECTORS = "Connectors"
# What HubSpot wants of whom it lets connect Offhook, in one permission set.
MAY_CONNECT = {"contacts.view": "all", "app_marketplace_access": "on"}


@contextmanager
def administrator(stage: Stage) -> Iterator["Administrator"]:
    """Ada, with the account connected, until she leaves."""
    ada = Administrator(stage)
    ada.connects_account()
    yield ada
    ada.leave()


class Administrator(Desk):
    """Ada."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, people.ADA, line="203")

    def connects_account(self) -> None:
        """Sign in, then give the account's own grant."""
        self.consent()
        httpx.get(self.answer_of_hubspot(self.panel.begin("account")), timeout=30, follow_redirects=False)
        assert self.panel.claim()["state"] == "granted"

    def asks(self, method: str, path: str, body: Json | None = None) -> Json:
        return self.panel.ask(method, f"{ADMINISTRATION}/{path}", body)

    def role(self, name: str = CONNECTORS) -> str:
        """The id of a permission set."""
        [found] = [each for each in self.asks("GET", "roles")["roles"] if each["name"] == name]
        return str(found["id"])

    def loan(self, **more: Any) -> Json:
        return {"role_id": self.role(), "minutes": 30, "why": "To connect Offhook.", **more}

    def lends(self, user_id: int, **more: Any) -> Json:
        return self.asks("POST", f"people/{user_id}/lend", self.loan(**more))

    def elevations_of(self, user_id: int, *, still: bool = True) -> list[Json]:
        """Those that are not over, or all."""
        found = self.asks("GET", f"elevations?open={str(still).lower()}")["elevations"]
        return [each for each in found if each["hubspot_user_id"] == user_id]

    def deeds(self) -> list[Json]:
        """The audit log, newest first."""
        return list(self.asks("GET", "deeds?limit=200")["deeds"])


def with_permission_sets(stage: Stage) -> None:
    """Acorn has one with which somebody can connect."""
    stage.control("POST", f"/accounts/{people.ACORN}/permission-sets", {"name": CONNECTORS, "rights": MAY_CONNECT})


def person(stage: Stage, email: str) -> Json:
    """All that HubSpot has of somebody in Acorn."""
    everybody: list[Json] = stage.control("GET", f"/accounts/{people.ACORN}/people")
    [found] = [each for each in everybody if each["email"] == email]
    return found


def has_set(stage: Stage, email: str, name: str) -> None:
    """Wait until HubSpot shows somebody under a permission set."""
    eventually(lambda: person(stage, email)["permission_set"], lambda seen: seen == name, f"{email} under {name}")


def time_passes(stage: Stage, minutes: int = 60) -> None:
    """What was lent for half an hour is due earlier by so much."""
    due = f"{datetime.now(UTC) + timedelta(minutes=30 - minutes):%Y-%m-%d %H:%M:%S.%f}"
    with closing(sqlite3.connect(stage.folder / "offhook" / "offhook.db")) as database, database:
        database.execute("UPDATE job SET run_at = ? WHERE kind = 'give_back_role' AND status <> 'done'", (due,))
        database.execute("UPDATE elevation SET due_at = ? WHERE kind = 'permission-set' AND ended_at IS NULL", (due,))

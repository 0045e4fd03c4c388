"""A permission set is lent; then the service dies, or HubSpot does. The old one comes back all the same."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import httpx
import pytest
from tests.scenarios.administrator import CONNECTORS, Administrator, has_set, person, time_passes, with_permission_sets
from tests.scenarios.stage import Stage, eventually
from tests.troubles.conftest import in_order

from offhook.demo import people

LENA, REP = "lena@acorn.example", "Sales rep"
USERS = "/settings/users/2026-03"


@pytest.fixture
def ada(stage: Stage) -> Iterator[Administrator]:
    in_order(stage)
    with_permission_sets(stage)
    ada = Administrator(stage)
    ada.connects_account()
    yield ada
    in_order(stage)
    ada.leave()


@pytest.fixture
def lena(stage: Stage) -> int:
    """Her HubSpot user; she is under *Sales rep*, and has never seen Offhook."""
    everybody = {each["email"] for each in stage.control("GET", f"/accounts/{people.ACORN}/people")}
    if LENA not in everybody:
        wish = {"email": LENA, "name": "Lena Lund", "permission_set": REP}
        stage.control("POST", f"/accounts/{people.ACORN}/people", wish)
    return int(person(stage, LENA)["user_id"])


def is_over(ada: Administrator, lena: int) -> None:
    """The old permission set is there, the reminder is not, and the audit log tells of it."""
    has_set(ada.stage, LENA, REP)
    eventually(lambda: ada.elevations_of(lena), lambda left: not left, "nothing lent any more")
    newest = ada.elevations_of(lena, still=False)[0]
    assert (newest["ended_by"], newest["checked"], newest["by"]) == ("Offhook", True, people.ADA)
    assert newest["why"] == "To connect Offhook."
    deed = ada.deeds()[0]
    assert (deed["deed"], deed["who"]) == ("role-given-back", "Offhook")


def overdue(stage: Stage) -> float:
    lines = httpx.get(f"{stage.service}/metrics", timeout=20).text.splitlines()
    return float(next(each for each in lines if each.startswith("offhook_elevations_overdue ")).split()[-1])


def test_killed_between_lending_and_giving_back(stage: Stage, ada: Administrator, lena: int) -> None:
    lent = ada.lends(lena)
    assert (lent["kind"], lent["checked"], lent["rights"]) == ("permission-set", True, [CONNECTORS])
    has_set(stage, LENA, CONNECTORS)
    stage.service_dies()
    time_passes(stage)
    stage.service_comes_back()
    is_over(ada, lena)


def test_killed_between_hubspots_doing_and_ours(stage: Stage, ada: Administrator, lena: int) -> None:
    """HubSpot is asked; before it answers, the service is no more. What was intended is known all the same."""
    stage.fails(USERS, 1, method="PUT", delay_seconds=3.0)
    loan = ada.loan()

    def press() -> None:
        with suppress(httpx.HTTPError):
            ada.panel.api.post(f"/api/administration/people/{lena}/lend", json=loan, timeout=20)

    with ThreadPoolExecutor(1) as pressing:
        pressing.submit(press)
        eventually(lambda: _intended(stage), bool, "what was intended to be kept")
        assert person(stage, LENA)["permission_set"] == REP, "HubSpot has done nothing yet"
        stage.service_dies()
    has_set(stage, LENA, CONNECTORS)
    time_passes(stage)
    stage.service_comes_back()
    is_over(ada, lena)


def _intended(stage: Stage) -> list[object]:
    with closing(sqlite3.connect(stage.folder / "offhook" / "offhook.db")) as database:
        query = "SELECT id FROM elevation WHERE kind = 'permission-set' AND ended_at IS NULL AND NOT checked"
        return database.execute(query).fetchall()


def test_overdue_while_hubspot_is_down_it_is_said_everywhere_and_put_back_at_last(
    stage: Stage, ada: Administrator, lena: int
) -> None:
    ada.lends(lena)
    stage.service_dies()
    time_passes(stage)
    stage.fails(USERS, status=503, method="PUT")
    stage.service_comes_back()
    assert overdue(stage) == 1
    [elevation] = ada.elevations_of(lena)
    assert elevation["overdue"]
    [reminder] = [each for each in ada.sees()["reminders"] if each["id"] == elevation["id"]]
    assert reminder["says"].startswith("Overdue: Lena Lund has the permission set Connectors")
    eventually(lambda: stage.log_of("service", 1000), lambda log: "elevation_overdue" in log, "it to be in the log")
    assert LENA not in stage.log_of("service", 1000)
    assert "elevation-overdue" in {each["deed"] for each in ada.deeds()}
    stage.works()
    is_over(ada, lena)
    assert overdue(stage) == 0

"""Snapshots: the whole state under a name, and the way back to it."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sandbox.tests.control.calls import CONTACTS, asked, refused

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, CLIENT_ID
from hubspot_sandbox.testing import RunningSandbox, running_sandbox

PATIENCE = 5


@pytest.fixture(params=["memory", "file"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningSandbox]:
    """A sandbox in memory, and one in a file."""
    with running_sandbox("empty", tmp_path / "sandbox.db" if request.param == "file" else None) as running:
        yield running


def made(sandbox: RunningSandbox, name: str) -> str:
    answer = asked(sandbox, "POST", CONTACTS, json={"properties": {"firstname": name}})
    return str(answer.raise_for_status().json()["id"])


def found(sandbox: RunningSandbox, word: str) -> int:
    return int(asked(sandbox, "POST", CONTACTS + "/search", json={"query": word}).raise_for_status().json()["total"])


def test_records_come_back_as_they_were(kept: RunningSandbox) -> None:
    first = made(kept, "Anna")
    taken = kept.control("POST", "/snapshots", {"name": "one"})
    second = made(kept, "Berta")
    asked(kept, "DELETE", f"{CONTACTS}/{first}")
    assert kept.control("POST", "/snapshots/one/restore") == taken
    assert (asked(kept, "GET", f"{CONTACTS}/{first}").status_code, found(kept, "anna")) == (200, 1)
    assert (asked(kept, "GET", f"{CONTACTS}/{second}").status_code, found(kept, "berta")) == (404, 0)
    assert made(kept, "Carla") == second, "numbers are given out as they were"


def test_a_snapshot_can_be_restored_again_and_again(kept: RunningSandbox) -> None:
    kept.control("POST", "/snapshots", {"name": "clean"})
    for _ in range(3):
        made(kept, "Anna")
        kept.control("POST", "/snapshots/clean/restore")
        assert asked(kept, "GET", CONTACTS).json()["results"] == []


def test_a_database_file_holds_what_was_restored(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    with running_sandbox("empty", path) as sandbox:
        kept_one = made(sandbox, "Anna")
        sandbox.control("POST", "/snapshots", {"name": "one"})
        made(sandbox, "Berta")
        sandbox.control("POST", "/snapshots/one/restore")
    with running_sandbox("empty", path) as again:
        assert [each["id"] for each in asked(again, "GET", CONTACTS).json()["results"]] == [kept_one]
        assert again.control("GET", "/snapshots") == [], "they end with the process"


def test_tokens_of_the_snapshot_are_valid_again(kept: RunningSandbox) -> None:
    token = kept.mint(ACORN, ADA, CLIENT_ID, "oauth crm.objects.contacts.read")["access_token"]
    kept.control("POST", "/snapshots", {"name": "installed"})
    later = kept.mint(ACORN, BEN, CLIENT_ID, "oauth crm.objects.contacts.read")["access_token"]
    kept.control("POST", "/clock", {"advance_seconds": 3600})
    assert asked(kept, "GET", CONTACTS, token).status_code == 401
    kept.control("POST", "/snapshots/installed/restore")
    assert asked(kept, "GET", CONTACTS, token).status_code == 200
    assert asked(kept, "GET", CONTACTS, later).status_code == 401


def test_time_goes_on_from_the_snapshot(kept: RunningSandbox) -> None:
    kept.control("POST", "/clock", {"advance_seconds": -86400})
    taken = kept.control("POST", "/snapshots", {"name": "running"})["taken_at"]
    kept.control("POST", "/clock", {"advance_seconds": 86400})
    kept.control("POST", "/snapshots/running/restore")
    assert taken <= kept.control("GET", "/clock")["now"] < taken[:10] + "T99"
    frozen = kept.control("POST", "/clock", {"freeze": "2027-02-16T00:00:00Z"})["now"]
    kept.control("POST", "/snapshots", {"name": "frozen"})
    kept.control("POST", "/clock", {"freeze": False})
    kept.control("POST", "/snapshots/frozen/restore")
    assert kept.control("GET", "/clock")["now"] == frozen


def test_faults_switches_and_outbox_come_back(kept: RunningSandbox) -> None:
    kept.control("POST", "/faults", {"path": "/crm/", "status": 503})
    kept.control("POST", "/limits", {"enabled": False})
    kept.control("POST", "/index-delay", {"seconds": 7})
    kept.portal.webhooks.outbox.add(1, ACORN, {"eventId": 1})
    kept.control("POST", "/snapshots", {"name": "troubled"})
    before = kept.portal.webhooks.outbox.all()
    kept.control("POST", "/reset", {"seed": "empty"})
    assert kept.portal.webhooks.outbox.all() == []
    kept.control("POST", "/snapshots/troubled/restore")
    state = kept.control("GET", "/state")
    assert (state["limits_enabled"], state["index_delay_seconds"], state["faults"]) == (False, 7.0, 1)
    assert [each.id for each in kept.portal.webhooks.outbox.all()] == [each.id for each in before]
    assert asked(kept, "GET", CONTACTS).status_code == 503


def test_after_a_restore_changes_are_told_once(sandbox: RunningSandbox) -> None:
    app = sandbox.portal.apps.all()[0]
    sandbox.portal.webhooks.save_settings(app.app_id, "https://stranger.example/hook", 10)
    sandbox.portal.webhooks.subscribe(app.app_id, "contact.creation", active=True)
    sandbox.mint(ACORN, ADA, CLIENT_ID, "oauth crm.objects.contacts.read")
    sandbox.control("POST", "/snapshots", {"name": "listening"})
    sandbox.control("POST", "/snapshots/listening/restore")
    made(sandbox, "Anna")
    events = [each["event"] for each in sandbox.control("GET", "/webhooks")["notifications"]]
    assert [each["subscriptionType"] for each in events] == ["contact.creation"]


def test_a_delayed_request_is_not_done_in_the_restored_world(sandbox: RunningSandbox, api: httpx.Client) -> None:
    sandbox.control("POST", "/snapshots", {"name": "before"})
    sandbox.control("POST", "/faults", {"path": CONTACTS, "delay_seconds": 0.3})
    outcome: list[object] = []

    def ask() -> None:
        try:
            outcome.append(api.post(CONTACTS, json={"properties": {"firstname": "Late"}}))
        except httpx.TransportError as broken:
            outcome.append(broken)

    asking = threading.Thread(target=ask)
    asking.start()
    while sandbox.control("GET", "/faults"):  # until it is on its way
        pass
    sandbox.control("POST", "/snapshots/before/restore")
    asking.join(PATIENCE)
    assert isinstance(outcome[0], httpx.TransportError)
    assert asked(sandbox, "GET", CONTACTS).json()["results"] == []


def test_the_same_name_again_replaces(sandbox: RunningSandbox) -> None:
    sandbox.control("POST", "/snapshots", {"name": "one"})
    made(sandbox, "Anna")
    sandbox.control("POST", "/snapshots", {"name": "one"})
    sandbox.control("POST", "/reset", {"seed": "empty"})
    sandbox.control("POST", "/snapshots/one/restore")
    assert len(asked(sandbox, "GET", CONTACTS).json()["results"]) == 1


def test_snapshots_are_listed_and_deleted(sandbox: RunningSandbox) -> None:
    for name in ("one", "two"):
        sandbox.control("POST", "/snapshots", {"name": name})
    listed = sandbox.control("GET", "/snapshots")
    assert {"one", "two"} <= {each["name"] for each in listed}
    assert all(each["bytes"] > 0 for each in listed)
    sandbox.control("DELETE", "/snapshots/one")
    assert "one" not in {each["name"] for each in sandbox.control("GET", "/snapshots")}
    for method, path in (("POST", "/snapshots/one/restore"), ("DELETE", "/snapshots/one")):
        status, said = refused(sandbox, method, path)
        assert status == 404
        assert "there is no snapshot 'one'" in said
        assert "two" in said


@pytest.mark.parametrize("name", ["", " ", ".hidden", "../etc", "a/b", "é", "x" * 65, "a\n", 7, None])
def test_what_is_no_name_is_refused(sandbox: RunningSandbox, name: Any) -> None:
    assert refused(sandbox, "POST", "/snapshots", {"name": name})[0] == 400


def test_there_are_fifty_at_most(portal: Portal) -> None:
    for number in range(50):
        portal.take_snapshot(f"number-{number}")
    with pytest.raises(ValueError, match="50 snapshots"):
        portal.take_snapshot("one-more")
    portal.take_snapshot("number-0")


def test_what_is_forgotten_is_closed(portal: Portal) -> None:
    old = portal.take_snapshot("one").database
    portal.take_snapshot("one")
    with pytest.raises(sqlite3.ProgrammingError):
        old.execute("SELECT 1")

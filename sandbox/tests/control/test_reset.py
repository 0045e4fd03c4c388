"""A reset forgets everything but what the sandbox was started with, and snapshots."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sandbox.tests.control.calls import CONTACTS, asked

from hubspot_sandbox.projects import register_project
from hubspot_sandbox.seeds.people import ACORN, ADA
from hubspot_sandbox.testing import RunningSandbox, running_sandbox

APP = {
    "uid": "answering",
    "type": "app",
    "config": {
        "name": "Answering",
        "distribution": "private",
        "auth": {
            "type": "oauth",
            "redirectUrls": ["https://phone.example/back"],
            "requiredScopes": ["oauth", "crm.objects.contacts.read"],
        },
    },
}


@pytest.fixture
def started(tmp_path: Path) -> Iterator[RunningSandbox]:
    """As `serve --project` starts it."""
    (tmp_path / "src" / "app").mkdir(parents=True)
    (tmp_path / "hsproject.json").write_text(json.dumps({"name": "answering", "platformVersion": "2026.09"}))
    (tmp_path / "src" / "app" / "app-hsmeta.json").write_text(json.dumps(APP))
    with running_sandbox("empty") as running:
        register_project(running.portal, tmp_path)
        yield running


def test_the_app_of_the_project_stays(started: RunningSandbox) -> None:
    before = started.app("answering-client")
    started.control("POST", "/apps", {"name": "Other", "redirect_urls": [], "client_id": "other"})
    started.control("POST", "/apps", {"name": "Changed", "redirect_urls": [], "client_id": "answering-client"})
    for seed in ("demo", "empty", "large:3"):
        started.control("POST", "/reset", {"seed": seed})
        assert started.app("answering-client") == before
        assert "other" not in {each["client_id"] for each in started.control("GET", "/apps")}
    token = started.mint(ACORN, ADA, "answering-client", "oauth crm.objects.contacts.read")["access_token"]
    assert asked(started, "GET", CONTACTS, token).status_code == 200


def test_snapshots_stay(sandbox: RunningSandbox, api: httpx.Client) -> None:
    api.post(CONTACTS, json={"properties": {"firstname": "Ann"}})
    sandbox.control("POST", "/snapshots", {"name": "ann"})
    sandbox.control("POST", "/reset", {"seed": "empty"})
    assert api.get(CONTACTS).json()["results"] == []
    sandbox.control("POST", "/snapshots/ann/restore")
    assert len(api.get(CONTACTS).json()["results"]) == 1

"""The project is uploaded to the local HubSpot, and somebody connects; and what `check` warns of really happens."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.hubspot_app.conftest import APP_PATH, LABEL, Edit, edited
from tests.real_service import real_service, settings_for

from hubspot_sandbox.cli import project_lines
from hubspot_sandbox.seeds import people
from hubspot_sandbox.testing import ConsentRefused, ControlRefused, RunningSandbox, running_sandbox
from offhook.diagnosis.catalogue import read_page
from offhook.grants import wire
from offhook.grants.vault import Secret
from offhook.hubspot.scopes import CONTACTS_READ, CONTACTS_WRITE, EVERYTHING, scopes_for
from offhook.hubspot_app.commands import wanted_by
from offhook.hubspot_app.folder import check, write
from offhook.hubspot_app.project import Wanted, written
from offhook.settings import Settings, surroundings

CLIENT = {"hubspot_client_id": "offhook-client", "hubspot_client_secret": "offhook-secret"}
WANTED = wanted_by(Settings())


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        yield sandbox


def upload(sandbox: RunningSandbox, folder: Path) -> None:
    """As `hs project upload`, or `curl --data @app-hsmeta.json` to the control plane."""
    sandbox.control("POST", "/apps", json.loads((folder / APP_PATH).read_text()))


async def test_what_init_writes_is_the_app_that_ada_connects(sandbox: RunningSandbox, tmp_path: Path) -> None:
    settings = settings_for(sandbox, tmp_path / "data", **CLIENT)
    command = [sys.executable, "-m", "offhook", "hubspot-app", "init", "project"]
    environment = surroundings() | {"OFFHOOK_BASE_URL": settings.base_url, "OFFHOOK_ADMINISTRATORS": people.ADA}
    run = partial(subprocess.run, command, cwd=tmp_path, env=environment, check=True, capture_output=True, timeout=60)
    await asyncio.to_thread(run)
    # What `hubspot-sandbox serve --project` does, and says.
    assert list(project_lines(sandbox.portal, tmp_path / "project")) == [
        "app Offhook: client id offhook-client, client secret offhook-secret"
    ]
    async with real_service(settings, sandbox) as service:
        ada = await service.connect(people.ADA)
        grant = (await ada.get("/api/panel"))["grant"]
    assert (grant["state"], grant["account_id"]) == ("active", people.ACORN)


def test_the_control_plane_takes_it_as_it_is(sandbox: RunningSandbox, tmp_path: Path) -> None:
    write(tmp_path, written(WANTED, LABEL), force=False)
    made: Any = sandbox.control("POST", "/apps", json.loads((tmp_path / APP_PATH).read_text()))
    assert (made["uid"], tuple(made["required_scopes"]), tuple(made["optional_scopes"])) == (
        "offhook",
        WANTED.required,
        WANTED.optional,
    )


def consent_page(sandbox: RunningSandbox, wanted: Wanted = WANTED) -> ConsentRefused | None:
    """Ada, who may do everything, follows Offhook's own link; None when she is connected."""
    required, optional = scopes_for(EVERYTHING)
    app = wire.App("offhook-client", Secret("offhook-secret"), wanted.redirect_uri)
    url = wire.authorize_url(sandbox.base_url, app, required=required, optional=optional, state="s", challenge="c" * 43)
    try:
        sandbox.consent(url, people.ADA)
    except ConsentRefused as refused:
        return refused
    return None


def auth(**changes: Any) -> Edit:
    return lambda app: app["config"]["auth"].update(changes)


MISTAKES: dict[str, tuple[Edit, str]] = {
    "a required scope is missing in the app": (auth(requiredScopes=["oauth"]), f"Scope {CONTACTS_READ}"),
    "an optional scope is missing in the app": (auth(optionalScopes=[]), f"Scope {CONTACTS_WRITE}"),
    "an optional scope is listed as required": (
        auth(
            requiredScopes=[*WANTED.required, CONTACTS_WRITE],
            optionalScopes=[each for each in WANTED.optional if each != CONTACTS_WRITE],
        ),
        f"Scope {CONTACTS_WRITE}",
    ),
    "a required scope is listed as optional": (
        auth(requiredScopes=["oauth"], optionalScopes=[CONTACTS_READ, *WANTED.optional]),
        f"Scope {CONTACTS_READ}",
    ),
    "the app requires what nobody asks for": (
        auth(requiredScopes=[*WANTED.required, "content"]),
        "Scope content",
    ),
    "the redirect URL has a slash too many": (auth(redirectUrls=[f"{WANTED.redirect_uri}/"]), "Redirect URL"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_check_warns_of_is_what_hubspot_does(sandbox: RunningSandbox, tmp_path: Path, mistake: str) -> None:
    edit, name = MISTAKES[mistake]
    write(tmp_path, written(WANTED, LABEL), force=False)
    upload(sandbox, tmp_path)
    assert consent_page(sandbox) is None, "before the mistake she is connected"
    upload(sandbox, edited(tmp_path, edit))
    refused = consent_page(sandbox)
    assert refused
    found = {each.name: each for each in check(tmp_path, WANTED) if each.state == "fail"}
    assert name in found
    # The words that `check` promises mean what the page's mean, and Offhook's catalogue knows them as the app's fault.
    page, promised = read_page(str(refused)), read_page(found[name].says)
    assert (page.kind, page.cause) == (promised.kind, "app")


def test_a_project_with_plain_http_is_not_taken(sandbox: RunningSandbox, tmp_path: Path) -> None:
    write(tmp_path, written(WANTED, LABEL), force=False)
    edited(tmp_path, auth(redirectUrls=["http://offhook.example.com/oauth/callback"]))
    with pytest.raises(ControlRefused, match="http"):
        upload(sandbox, tmp_path)
    assert any("must begin with https" in each.says for each in check(tmp_path, WANTED))

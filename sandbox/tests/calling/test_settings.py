"""An app's calling settings, as its developer manages them."""

from pathlib import Path

import httpx
import pytest

from hubspot_sandbox.calling.model import Calling, Widget
from hubspot_sandbox.developers import DEVELOPER_KEY
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import CLIENT_ID, CLIENT_SECRET
from hubspot_sandbox.testing import RunningSandbox

WIDGET = {"name": "Offhook", "url": "https://widget.example.com/"}
RECORDING = {"urlToRetrieveAuthedRecording": "https://records.example.com/%s"}
CHANNEL = {"url": "https://numbers.example.com/", "isReady": True}
ROOMS = [("", WIDGET), ("/recording", RECORDING), ("/channel-connection", CHANNEL)]


@pytest.fixture
def app_id(sandbox: RunningSandbox) -> int:
    app = sandbox.portal.apps.get(CLIENT_ID)
    assert app
    return app.app_id


def call(
    sandbox: RunningSandbox, method: str, path: str, body: object = None, root: str = "/crm/extensions/calling/2026-03"
) -> httpx.Response:
    url = f"{sandbox.base_url}{root}{path}"
    return httpx.request(method, url, params={"hapikey": DEVELOPER_KEY}, json=body)


@pytest.mark.parametrize(("room", "body"), ROOMS)
def test_the_first_write_is_a_post(sandbox: RunningSandbox, app_id: int, room: str, body: dict[str, object]) -> None:
    path = f"/{app_id}/settings{room}"
    assert call(sandbox, "GET", path).status_code == 404
    assert call(sandbox, "PATCH", path, body).status_code == 404
    made = call(sandbox, "POST", path, body)
    assert made.status_code == 200
    assert body.items() <= made.json().items()
    assert call(sandbox, "GET", path).json() == made.json()


def test_a_patch_changes_only_what_it_says(sandbox: RunningSandbox, app_id: int) -> None:
    call(sandbox, "POST", f"/{app_id}/settings", WIDGET)
    changed = call(sandbox, "PATCH", f"/{app_id}/settings", {"isReady": True, "width": 300}).json()
    assert (changed["name"], changed["isReady"], changed["width"]) == ("Offhook", True, 300)


@pytest.mark.parametrize("room", ["", "/channel-connection"])
def test_what_is_deleted_is_gone(sandbox: RunningSandbox, app_id: int, room: str) -> None:
    path = f"/{app_id}/settings{room}"
    call(sandbox, "POST", path, dict(ROOMS)[room])
    assert call(sandbox, "DELETE", path).status_code == 204
    assert call(sandbox, "GET", path).status_code == 404


@pytest.mark.parametrize(
    ("room", "body"),
    [
        ("", {"name": "Offhook"}),
        ("", {**WIDGET, "url": "nonsense"}),
        ("", {**WIDGET, "name": " "}),
        ("", {**WIDGET, "width": 0}),
        ("", []),
        ("/recording", {"urlToRetrieveAuthedRecording": "https://records.example.com/"}),
        ("/channel-connection", {"isReady": True}),
    ],
)
def test_bad_settings_are_refused(sandbox: RunningSandbox, app_id: int, room: str, body: object) -> None:
    refused = call(sandbox, "POST", f"/{app_id}/settings{room}", body)
    assert (refused.status_code, refused.json()["category"]) == (400, "VALIDATION_ERROR")
    assert call(sandbox, "GET", f"/{app_id}/settings{room}").status_code == 404


def test_a_developers_token_reaches_its_own_app_only(sandbox: RunningSandbox, app_id: int) -> None:
    other = sandbox.portal.apps.register(name="Other", redirect_urls=())
    form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    asked = httpx.post(sandbox.base_url + "/oauth/v3/token", data=form | {"scope": "developers-read"}).json()
    headers = {"authorization": f"Bearer {asked['access_token']}"}
    root = sandbox.base_url + "/crm/extensions/calling/2026-03"
    for each in (app_id, other.app_id):
        call(sandbox, "POST", f"/{each}/settings", WIDGET)
    assert httpx.get(f"{root}/{app_id}/settings", headers=headers).status_code == 200
    assert httpx.get(f"{root}/{other.app_id}/settings", headers=headers).status_code == 404
    assert httpx.post(f"{root}/{app_id}/settings", headers=headers, json=WIDGET).status_code == 403
    assert httpx.get(f"{root}/{app_id}/settings", headers=sandbox.bearer()).status_code == 401
    assert call(sandbox, "GET", "/nonsense/settings").status_code == 404


@pytest.mark.parametrize("root", ["/crm/v3/extensions/calling", "/crm/extensions/calling/2026-09"])
def test_the_spellings_are_one_thing(sandbox: RunningSandbox, app_id: int, root: str) -> None:
    made = call(sandbox, "POST", f"/{app_id}/settings", WIDGET).json()
    assert call(sandbox, "GET", f"/{app_id}/settings", root=root).json() == made
    assert call(sandbox, "GET", f"/{app_id}/settings", root="/crm/v1/extensions/calling").status_code == 404


def test_a_restart_keeps_settings(tmp_path: Path) -> None:
    first = Portal(tmp_path / "portal.db")
    Calling(first.store, first.clock).widgets.save(7, Widget("Offhook", "https://widget.example.com/"))
    first.close()
    again = Portal(tmp_path / "portal.db")
    assert Calling(again.store, again.clock).widgets.get(7).value.name == "Offhook"
    again.close()

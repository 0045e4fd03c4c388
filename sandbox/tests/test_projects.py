"""Apps as they stand in a developer project."""

import json
from pathlib import Path
from typing import Any

import pytest

from hubspot_sandbox.apps import RegistrationRefused
from hubspot_sandbox.cli import CannotStart, project_lines
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.projects import read_app_file, register_app_file, register_project
from hubspot_sandbox.testing import ControlRefused, RunningSandbox

AUTH = {
    "type": "oauth",
    "redirectUrls": ["http://localhost:3000/oauth-callback"],
    "requiredScopes": ["oauth", "crm.objects.contacts.read"],
    "optionalScopes": ["crm.objects.contacts.write"],
    "conditionallyRequiredScopes": ["tickets"],
}
CONFIG = {
    "description": "Answers the phone.",
    "name": "Answering",
    "distribution": "private",
    "auth": AUTH,
    "permittedUrls": {"fetch": ["https://api.hubapi.com"], "iframe": ["https://phone.example"], "img": []},
    "support": {"supportEmail": "help@phone.example"},
}
META = {"uid": "answering_app", "type": "app", "config": CONFIG}


def project(folder: Path, meta: Any = META, name: str = "app-hsmeta.json", **settings: Any) -> Path:
    whole = {"name": "answering", "srcDir": "src", "platformVersion": "2026.09", **settings}
    (folder / "src" / "app").mkdir(parents=True, exist_ok=True)
    (folder / "hsproject.json").write_text(json.dumps(whole))
    (folder / "src" / "app" / name).write_text(json.dumps(meta))
    return folder


def with_auth(**changes: Any) -> Any:
    return {**META, "config": {**CONFIG, "auth": {**AUTH, **changes}}}


def with_config(**changes: Any) -> Any:
    return {**META, "config": {**CONFIG, **changes}}


def test_a_project_becomes_an_app(portal: Portal, tmp_path: Path) -> None:
    app = register_project(portal, project(tmp_path))
    assert (app.name, app.distribution, app.auth_type, app.is_user_level) == ("Answering", "private", "oauth", False)
    assert app.redirect_urls == ("http://localhost:3000/oauth-callback",)
    assert app.scopes.required == ("oauth", "crm.objects.contacts.read")
    assert app.scopes.optional == ("crm.objects.contacts.write",)
    assert app.scopes.conditionally_required == ("tickets",)
    assert app.permitted_urls.iframe == ("https://phone.example",)
    assert (app.client_id, app.client_secret) == ("answering_app-client", "answering_app-secret")
    assert portal.apps.get("answering_app-client") == app


def test_uploading_again_changes_the_same_app(portal: Portal, tmp_path: Path) -> None:
    first = register_project(portal, project(tmp_path))
    again = register_project(portal, project(tmp_path, with_config(name="Renamed")))
    assert (again.app_id, again.client_id, again.name) == (first.app_id, first.client_id, "Renamed")
    assert len([app for app in portal.apps.all() if app.uid]) == 1


def test_the_file_of_the_app_may_have_any_name_and_stand_beside_others(portal: Portal, tmp_path: Path) -> None:
    project(tmp_path, name="my-app-hsmeta.json")
    (tmp_path / "src" / "app" / "theme-hsmeta.json").write_text('{"type": "card"}')
    assert register_project(portal, tmp_path).uid == "answering_app"


def test_an_app_cannot_be_turned_to_user_level(portal: Portal, tmp_path: Path) -> None:
    register_project(portal, project(tmp_path))
    with pytest.raises(RegistrationRefused, match="isUserLevel"):
        register_project(portal, project(tmp_path, with_config(isUserLevel=True)))


@pytest.mark.parametrize(
    ("meta", "words"),
    [
        (with_auth(redirectUrls=["http://127.0.0.1/x"]), "must begin with https:// or http://localhost"),
        (with_auth(redirectUrls=[]), "needs at least one of redirectUrls"),
        (with_auth(redirectUrls=["https://[broken"]), "cannot be read"),
        (with_auth(requiredScopes=["nonsense"]), "unknown scope 'nonsense'"),
        (with_auth(type="basic"), "config.auth.type: Invalid enum value 'basic'"),
        (with_auth(type="static"), "may only have required scopes"),
        (with_config(distribution="marketplace", auth={**AUTH, "type": "static"}), "must use auth type 'oauth'"),
        (with_config(distribution="shop"), "config.distribution: Invalid enum value 'shop'"),
        (with_config(name=" "), "an app needs a name"),
        ({**META, "uid": "no spaces"}, "uid must be"),
        ({**META, "config": 5}, "config: Expected `object`, got `int`"),
        ({**META, "type": "card"}, "must hold one …-hsmeta.json of type 'app'; there is none"),
        ([], "app-hsmeta.json: Expected `object`, got `array`"),
    ],
)
def test_what_is_wrong_is_said_plainly(portal: Portal, tmp_path: Path, meta: Any, words: str) -> None:
    with pytest.raises(RegistrationRefused) as refused:
        register_project(portal, project(tmp_path, meta))
    assert words in str(refused.value)
    assert not [app for app in portal.apps.all() if app.uid]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"platformVersion": "soon"}, "platformVersion 'soon' is not like '2026.09'"),
        ({"platformVersion": 5}, "platformVersion: Expected `str`"),
        ({"srcDir": "elsewhere"}, "elsewhere/app must hold one"),
        ({"srcDir": "../.."}, "leads out of the project"),
    ],
)
def test_a_wrong_project_file(portal: Portal, tmp_path: Path, settings: Any, words: str) -> None:
    with pytest.raises(RegistrationRefused, match=r"hsproject\.json|must hold") as refused:
        register_project(portal, project(tmp_path, **settings))
    assert words in str(refused.value)


def test_files_that_cannot_be_read(portal: Portal, tmp_path: Path) -> None:
    with pytest.raises(RegistrationRefused, match=r"hsproject\.json: cannot be read"):
        register_project(portal, tmp_path)
    project(tmp_path)
    for broken in (b"{", b"\xff\xfe", b"", b" " * 1_000_001):
        (tmp_path / "src" / "app" / "app-hsmeta.json").write_bytes(broken)
        with pytest.raises(RegistrationRefused, match=r"app-hsmeta\.json"):
            register_project(portal, tmp_path)


def test_a_byte_order_mark_is_read_over(portal: Portal) -> None:
    app = register_app_file(portal, read_app_file(b"\xef\xbb\xbf" + json.dumps(META).encode()))
    assert app.name == "Answering"


def test_an_app_with_a_static_token(portal: Portal) -> None:
    auth = {"type": "static", "requiredScopes": ["oauth", "crm.objects.contacts.read"]}
    meta = json.dumps({**META, "config": {**CONFIG, "auth": auth}}).encode()
    assert register_app_file(portal, read_app_file(meta)).auth_type == "static"


def test_the_control_plane_takes_the_content_of_the_file(sandbox: RunningSandbox) -> None:
    app = sandbox.control("POST", "/apps", META)
    assert (app["uid"], app["client_id"], app["auth_type"]) == ("answering_app", "answering_app-client", "oauth")
    assert app["permitted_urls"]["iframe"] == ["https://phone.example"]
    assert app in sandbox.control("GET", "/apps")


def test_the_control_plane_says_what_is_wrong_with_the_file(sandbox: RunningSandbox) -> None:
    with pytest.raises(ControlRefused, match="unknown scope 'nonsense'") as refused:
        sandbox.control("POST", "/apps", with_auth(requiredScopes=["nonsense"]))
    assert refused.value.status == 400


def test_terms_are_set_by_the_control_plane_and_stay(sandbox: RunningSandbox) -> None:
    plain = {"name": "Mine", "redirect_urls": ["http://localhost/x"], "client_id": "mine"}
    sandbox.control("POST", "/apps", {**plain, "terms": {"allow_list": [1, 2], "wording": "older"}})
    assert sandbox.control("POST", "/apps", plain)["terms"]["allow_list"] == [1, 2]
    for wrong in ({"allow_list": list(range(101))}, {"wording": "newest"}):
        with pytest.raises(ControlRefused):
            sandbox.control("POST", "/apps", {**plain, "terms": wrong})


def test_the_command_registers_a_project_and_tells_its_credentials(portal: Portal, tmp_path: Path) -> None:
    assert list(project_lines(portal, project(tmp_path))) == [
        "app Answering: client id answering_app-client, client secret answering_app-secret",
    ]
    (tmp_path / "hsproject.json").unlink()
    with pytest.raises(CannotStart, match=r"hsproject\.json: cannot be read"):
        list(project_lines(portal, tmp_path))
